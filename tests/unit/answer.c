/* tests/unit/answer.c - what a decision sounds like on the wire. */
#include "common/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sangkien/funding/v1/events.pb-c.h"
#include "sangkien/funding/v1/types.pb-c.h"

extern const struct service funding_service;

static struct arena *arena;
static struct letter letter;

static int
begin(void **state)
{
    (void) state;
    arena = arena_new();
    letter = (struct letter){ .id = { { 1 } }, .subject = { { 2 } }, .fate = ANSWERED };
    list_init(&letter.outcome.happened, arena, sizeof(struct happened));
    list_init(&letter.outcome.violations, arena, sizeof(struct violation));
    return 0;
}

static int
end(void **state)
{
    (void) state;
    arena_free(&arena);
    return 0;
}

static Wire__Reply *
replied(bool final)
{
    struct bytes bytes = answer_pack(arena, &funding_service, &letter, final);
    Wire__Reply *reply = NULL;

    assert_int_equal(proto_unpack(arena, &wire__reply__descriptor, bytes.data, bytes.size, &reply),
                     0);
    return reply;
}

static void
add_event(int64_t vnd)
{
    Funding__CeilingReserved *event = proto_new(arena, &funding__ceiling_reserved__descriptor);
    struct happened *happened = list_add(&letter.outcome.happened);

    event->amount_vnd = vnd;
    happened->event = &event->base;
}

static void
yes_carries_the_first_event_and_the_positions_of_all(void **state)
{
    Funding__CeilingReserved *said = NULL;
    Wire__Reply *reply;

    (void) state;
    add_event(5);
    add_event(6);
    letter.first_position = 40;
    letter.outcome.version = 3;
    reply = replied(true);
    assert_int_equal(reply->code, CODE_OK);
    assert_string_equal(reply->reason, "");
    assert_true(reply->final);
    assert_int_equal(reply->version, 3);
    assert_string_equal(reply->type, "sangkien.funding.v1.CeilingReserved");
    assert_int_equal(proto_unpack(arena, &funding__ceiling_reserved__descriptor, reply->body.data,
                                  reply->body.len, &said),
                     0);
    assert_int_equal(said->amount_vnd, 5);
    assert_int_equal(reply->n_positions, 2);
    assert_int_equal(reply->positions[0], 40);
    assert_int_equal(reply->positions[1], 41);
}

static void
a_rehearsal_tells_no_positions(void **state)
{
    (void) state;
    add_event(5);
    assert_int_equal(replied(false)->n_positions, 0);
    assert_false(replied(false)->final);
}

static void
a_refusal_of_the_service_is_named_and_explained(void **state)
{
    Wire__Reply *reply;

    (void) state;
    letter.outcome.refusal = FUNDING__REFUSAL__REFUSAL_SAME_PERSON;
    reply = replied(true);
    assert_int_equal(reply->code, CODE_FAILED_PRECONDITION);
    assert_string_equal(reply->reason, "SAME_PERSON");
    assert_string_not_equal(reply->message, "");
    assert_string_equal(reply->type, "");
}

static void
a_refusal_about_fields_names_each(void **state)
{
    struct violation *v;
    Wire__Reply *reply;

    (void) state;
    letter.outcome.refusal = FUNDING__REFUSAL__REFUSAL_TOTAL;
    v = list_add(&letter.outcome.violations);
    *v = (struct violation){ "total_vnd", "is not the sum" };
    v = list_add(&letter.outcome.violations);
    *v = (struct violation){ "lines", "are too few" };
    reply = replied(true);
    assert_int_equal(reply->code, CODE_INVALID_ARGUMENT);
    assert_int_equal(reply->n_field_violations, 2);
    assert_string_equal(reply->field_violations[0]->field, "total_vnd");
    assert_string_equal(reply->field_violations[1]->description, "are too few");
}

static void
a_reason_of_the_runtime_goes_before_everything(void **state)
{
    Wire__Reply *reply;

    (void) state;
    letter.reason = WIRE__REASON__REASON_VERSION_MISMATCH;
    letter.field = "expected_version";
    reply = replied(true);
    assert_int_equal(reply->code, CODE_ABORTED);
    assert_string_equal(reply->reason, "VERSION_MISMATCH");
    assert_int_equal(reply->n_field_violations, 1);
    assert_string_equal(reply->field_violations[0]->field, "expected_version");
}

/* The last row answers for all that have none: nobody but INTERNAL may need it. */
static void
every_reason_of_the_wire_has_a_code_and_a_sentence_of_its_own(void **state)
{
    const ProtobufCEnumDescriptor *reasons = &wire__reason__descriptor;

    (void) state;
    for (unsigned i = 0; i < reasons->n_values; i++) {
        int reason = reasons->values[i].value;

        if (reason == 0 || reason == WIRE__REASON__REASON_INTERNAL)
            continue;
        if (strcmp(reason_sentence(reason), reason_sentence(WIRE__REASON__REASON_INTERNAL)) == 0)
            fail_msg("%s has no row", reasons->values[i].name);
        assert_int_not_equal(reason_code(reason), CODE_OK);
        assert_int_not_equal(reason_code(reason), CODE_INTERNAL);
    }
    assert_int_equal(reason_code(0), CODE_OK);
    assert_string_equal(reason_word(0), "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(yes_carries_the_first_event_and_the_positions_of_all),
        TEST(a_rehearsal_tells_no_positions),
        TEST(a_refusal_of_the_service_is_named_and_explained),
        TEST(a_refusal_about_fields_names_each),
        TEST(a_reason_of_the_runtime_goes_before_everything),
        TEST(every_reason_of_the_wire_has_a_code_and_a_sentence_of_its_own),
    };

    return cmocka_run_group_tests_name("unit.answer", tests, NULL, NULL);
}
