/* tests/unit/proto.c - the vocabulary, and messages between bytes and the arena. */
#include "common/proto.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "google/protobuf/timestamp.pb-c.h"
#include "sangkien/funding/v1/commands.pb-c.h"
#include "sangkien/funding/v1/events.pb-c.h"
#include "sangkien/funding/v1/types.pb-c.h"

static struct arena *arena;

static void
every_word_is_found_by_its_name_and_by_its_descriptor(void **state)
{
    (void) state;
    assert_true(proto_word_count > 100);
    for (size_t i = 0; i < proto_word_count; i++) {
        const struct word *word = &proto_words[i];

        assert_ptr_equal(proto_word(word->name), word);
        assert_ptr_equal(proto_word_of(word->message), word);
        assert_string_equal(word->message->name, word->name);
        if (i)
            assert_true(strcmp(proto_words[i - 1].name, word->name) < 0);
    }
}

static void
a_name_that_nobody_speaks_is_not_known(void **state)
{
    static const char *const names[] = { "",
                                         "a",
                                         "zzz",
                                         "sangkien.funding.v1",
                                         "sangkien.funding.v1.SignOf",
                                         "sangkien.funding.v1.SignOff2",
                                         "google.protobuf.Timestamp" };

    (void) state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_null(proto_word(names[i]));
    assert_null(proto_word_of(&google__protobuf__timestamp__descriptor));
}

static void
the_file_of_a_word_says_what_kind_it_is(void **state)
{
    (void) state;
    assert_int_equal(proto_word("sangkien.funding.v1.SignOff")->kind, WORD_COMMAND);
    assert_int_equal(proto_word("sangkien.funding.v1.SignedOff")->kind, WORD_EVENT);
    assert_int_equal(proto_word("sangkien.funding.v1.GetBudgetCeiling")->kind, WORD_QUERY);
    assert_int_equal(proto_word("sangkien.funding.v1.FundingCase")->kind, WORD_PART);
}

static void
the_limits_stand_in_the_order_of_the_fields(void **state)
{
    const struct word *word = proto_word("sangkien.funding.v1.SignOff");
    const ProtobufCMessageDescriptor *message = word->message;

    (void) state;
    for (unsigned i = 0; i < message->n_fields; i++) {
        const struct field_limit *limit = &word->limits[i];
        const char *name = message->fields[i].name;

        assert_int_equal(limit->exact_bytes, strcmp(name, "digest") == 0 ? 32 : 0);
        assert_int_equal(limit->max_bytes, strcmp(name, "reason") == 0 ? 4000 : 0);
        assert_int_equal(limit->positive, strcmp(name, "proposal_version") == 0);
        assert_int_equal(limit->not_negative, strcmp(name, "counter_amount_vnd") == 0);
    }
}

static void
a_message_survives_its_bytes(void **state)
{
    Funding__SignOff *ask = proto_new(arena, &funding__sign_off__descriptor);
    Funding__SignOff *got = NULL;
    struct bytes bytes;

    (void) state;
    assert_string_equal(ask->reason, "");
    ask->party = FUNDING__PARTY__PARTY_FINANCE;
    ask->proposal_version = 3;
    ask->reason = "Không đồng ý";
    bytes = proto_pack(arena, ask);
    assert_true(bytes.size > 0);
    assert_int_equal(
        proto_unpack(arena, &funding__sign_off__descriptor, bytes.data, bytes.size, &got), 0);
    assert_int_equal(got->party, FUNDING__PARTY__PARTY_FINANCE);
    assert_int_equal(got->proposal_version, 3);
    assert_string_equal(got->reason, "Không đồng ý");
}

static void
no_bytes_are_a_message_of_nothing_but_defaults(void **state)
{
    Funding__SignOff *got = NULL;
    struct bytes bytes = proto_pack(arena, proto_new(arena, &funding__sign_off__descriptor));

    (void) state;
    assert_int_equal(bytes.size, 0);
    assert_int_equal(proto_unpack(arena, &funding__sign_off__descriptor, NULL, 0, &got), 0);
    assert_int_equal(got->proposal_version, 0);
    assert_string_equal(got->reason, "");
}

static void
bytes_that_are_no_message_are_poison(void **state)
{
    static const uint8_t cut[] = { 0x2a, 0x05, 'a' }; /* a text of five bytes, but one is there */
    Funding__SignOff *got = NULL;

    (void) state;
    assert_int_equal(proto_unpack(arena, &funding__sign_off__descriptor, cut, sizeof(cut), &got),
                     ERR_POISON);
    assert_null(got);
    assert_non_null(strstr(err_text(), "sangkien.funding.v1.SignOff"));
}

static void
a_message_that_would_grow_past_the_limit_is_poison(void **state)
{
    static uint8_t lines[900000]; /* empty sign-offs: a key of two bytes, and the length 0 */
    Funding__FundingCase *got = NULL;

    (void) state;
    for (size_t i = 0; i < sizeof(lines); i += 3) {
        lines[i] = 0xe2;
        lines[i + 1] = 0x01;
        lines[i + 2] = 0;
    }
    assert_int_equal(
        proto_unpack(arena, &funding__funding_case__descriptor, lines, sizeof(lines), &got),
        ERR_POISON);
    assert_null(got);
    assert_int_equal(proto_unpack(arena, &funding__funding_case__descriptor, lines, 3999, &got), 0);
    assert_int_equal(got->n_signoffs, 1333);
}

static void
a_field_is_found_by_its_name(void **state)
{
    Funding__SignOff *ask = proto_new(arena, &funding__sign_off__descriptor);
    const ProtobufCFieldDescriptor *field = NULL;

    (void) state;
    assert_ptr_equal(proto_field(ask, "proposal_version", &field), &ask->proposal_version);
    assert_int_equal(field->type, PROTOBUF_C_TYPE_INT64);
    assert_ptr_equal(proto_field(ask, "reason", NULL), &ask->reason);
    assert_null(proto_field(ask, "proposal_versio", &field));
    assert_null(proto_field(ask, "", &field));
}

static void
the_word_of_an_enum_value_has_no_prefix(void **state)
{
    (void) state;
    assert_string_equal(proto_enum_word(&funding__funding_state__descriptor,
                                        FUNDING__FUNDING_STATE__FUNDING_STATE_UNDER_SIGNOFF),
                        "UNDER_SIGNOFF");
    assert_string_equal(
        proto_enum_word(&funding__party__descriptor, FUNDING__PARTY__PARTY_HOME_AFFAIRS),
        "HOME_AFFAIRS");
    assert_string_equal(proto_enum_word(&funding__refusal__descriptor, 0), "UNSPECIFIED");
    assert_null(proto_enum_word(&funding__party__descriptor, 99));
    assert_null(proto_enum_word(&funding__party__descriptor, -1));
}

static int
make(void **state)
{
    (void) state;
    arena = arena_new();
    return 0;
}

static int
give_back(void **state)
{
    (void) state;
    arena_free(&arena);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_found_by_its_name_and_by_its_descriptor),
        cmocka_unit_test(a_name_that_nobody_speaks_is_not_known),
        cmocka_unit_test(the_file_of_a_word_says_what_kind_it_is),
        cmocka_unit_test(the_limits_stand_in_the_order_of_the_fields),
        cmocka_unit_test(a_message_survives_its_bytes),
        cmocka_unit_test(no_bytes_are_a_message_of_nothing_but_defaults),
        cmocka_unit_test(bytes_that_are_no_message_are_poison),
        cmocka_unit_test(a_message_that_would_grow_past_the_limit_is_poison),
        cmocka_unit_test(a_field_is_found_by_its_name),
        cmocka_unit_test(the_word_of_an_enum_value_has_no_prefix),
    };

    return cmocka_run_group_tests(tests, make, give_back);
}
