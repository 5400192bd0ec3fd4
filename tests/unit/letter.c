/* tests/unit/letter.c - what comes in is read into letters, and what cannot be read is refused by name. */
#include "common/letter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "google/protobuf/timestamp.pb-c.h"
#include "sangkien/funding/v1/commands.pb-c.h"
#include "sangkien/funding/v1/events.pb-c.h"

#define ID_1 "01890000-0000-7000-8000-000000000001"
#define ID_2 "01890000-0000-7000-8000-000000000002"
#define ID_3 "01890000-0000-7000-8000-000000000003"

extern const struct service funding_service;

static struct arena *arena;
static Wire__Request request;
static Wire__Actor actor;

static int
begin(void **state)
{
    Funding__SetCeiling body = FUNDING__SET_CEILING__INIT;
    struct bytes packed;

    (void) state;
    arena = arena_new();
    body.budget_source = "provincial";
    packed = proto_pack(arena, &body);
    request = (Wire__Request) WIRE__REQUEST__INIT;
    actor = (Wire__Actor) WIRE__ACTOR__INIT;
    actor.person = ID_3;
    actor.capacity = WIRE__CAPACITY__CAPACITY_HEAD;
    request.id = ID_1;
    request.type = "sangkien.funding.v1.SetCeiling";
    request.programme = "khanh-hoa";
    request.subject = ID_2;
    request.body.data = (uint8_t *) (uintptr_t) packed.data;
    request.body.len = packed.size;
    request.actor = &actor;
    return 0;
}

static int
end(void **state)
{
    (void) state;
    arena_free(&arena);
    return 0;
}

static struct letter *
opened_bytes(struct bytes bytes)
{
    struct work *work = arena_zero(arena, sizeof(*work));

    work->request = bytes;
    work->received_us = 77;
    work->system = uuid_of(ID_1);
    work->agency = uuid_of(ID_2);
    return letter_open(arena, &funding_service, work);
}

static struct letter *
opened(void)
{
    return opened_bytes(proto_pack(arena, &request));
}

static void
assert_refused(const struct letter *letter, int reason)
{
    assert_int_equal(letter->reason, reason);
    assert_int_equal(letter->fate, REFUSED_ONCE);
    assert_non_null(letter->explanation);
}

static void
a_request_becomes_a_letter_with_all_that_it_says(void **state)
{
    Google__Protobuf__Timestamp expires = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    const Funding__SetCeiling *body;
    struct letter *letter;

    (void) state;
    expires.seconds = 12;
    expires.nanos = 345000;
    request.expires = &expires;
    request.expected_version = 4;
    request.validate_only = true;
    letter = opened();
    assert_int_equal(letter->fate, UNDECIDED);
    assert_string_equal(letter->programme, "khanh-hoa");
    assert_true(uuid_equal(&letter->id, &(struct uuid[]){ uuid_of(ID_1) }[0]));
    assert_true(uuid_equal(&letter->subject, &(struct uuid[]){ uuid_of(ID_2) }[0]));
    assert_true(uuid_equal(&letter->actor.person, &(struct uuid[]){ uuid_of(ID_3) }[0]));
    assert_int_equal(letter->expires_us, 12000345);
    assert_int_equal(letter->expected_version, 4);
    assert_int_equal(letter->received_us, 77);
    assert_true(letter->validate_only);
    body = letter->message;
    assert_string_equal(body->budget_source, "provincial");
}

/* Whatever the message says: who sends is known by the key alone. */
static void
system_and_agency_are_those_of_the_key(void **state)
{
    struct letter *letter = opened();

    (void) state;
    assert_true(uuid_equal(&letter->source, &(struct uuid[]){ uuid_of(ID_1) }[0]));
    assert_true(uuid_equal(&letter->actor.agency, &(struct uuid[]){ uuid_of(ID_2) }[0]));
}

static void
bytes_that_are_no_request_are_malformed(void **state)
{
    static const uint8_t noise[] = { 0xff, 0xff, 0xff };

    (void) state;
    assert_refused(opened_bytes((struct bytes){ noise, sizeof(noise) }),
                   WIRE__REASON__REASON_MALFORMED);
}

static void
an_id_that_is_no_uuid_is_refused(void **state)
{
    (void) state;
    request.id = "7";
    assert_refused(opened(), WIRE__REASON__REASON_INVALID_FIELD);
    request.id = "";
    assert_refused(opened(), WIRE__REASON__REASON_INVALID_FIELD);
}

static void
a_request_about_nothing_is_refused(void **state)
{
    (void) state;
    request.subject = "";
    assert_refused(opened(), WIRE__REASON__REASON_INVALID_FIELD);
}

static void
a_type_that_nobody_speaks_or_another_service_does_is_unknown(void **state)
{
    (void) state;
    request.type = "sangkien.funding.v1.SetCeilin";
    assert_refused(opened(), WIRE__REASON__REASON_UNKNOWN_TYPE);
    request.type = "sangkien.submissions.v1.CreateEdition";
    assert_refused(opened(), WIRE__REASON__REASON_UNKNOWN_TYPE);
    request.type = "sangkien.funding.v1.CeilingSet";
    assert_refused(opened(), WIRE__REASON__REASON_UNKNOWN_TYPE);
}

static void
a_body_that_is_no_such_message_is_refused(void **state)
{
    static uint8_t noise[] = { 0xff, 0xff, 0xff };

    (void) state;
    request.body = (ProtobufCBinaryData){ sizeof(noise), noise };
    assert_refused(opened(), WIRE__REASON__REASON_UNKNOWN_TYPE);
}

static void
an_attempt_leaves_no_trace_in_the_next_one(void **state)
{
    struct letter *letter = opened();

    (void) state;
    letter->fate = ANSWERED;
    letter->reason = WIRE__REASON__REASON_NOT_FOUND;
    letter->outcome.refusal = 3;
    letter->field = "subject";
    letter->twin = letter;
    letter->first_position = 9;
    letter_restart(letter);
    assert_int_equal(letter->fate, UNDECIDED);
    assert_int_equal(letter->reason, 0);
    assert_int_equal(letter->outcome.refusal, 0);
    assert_null(letter->field);
    assert_null(letter->twin);
    assert_int_equal(letter->first_position, 0);
}

static void
what_could_not_be_read_stays_refused_in_every_attempt(void **state)
{
    struct letter *letter;

    (void) state;
    request.id = "7";
    letter = opened();
    letter_restart(letter);
    assert_refused(letter, WIRE__REASON__REASON_INVALID_FIELD);
}

static void
a_letter_from_inside_that_nobody_handles_is_poison(void **state)
{
    struct letter *letter = NULL;
    struct bytes none = { NULL, 0 };

    (void) state;
    assert_int_equal(letter_write(arena, &funding_service, FROM_JOURNAL, "p",
                                  "sangkien.submissions.v1.EditionCreated", none, &letter),
                     ERR_POISON);
    assert_int_equal(
        letter_write(arena, &funding_service, FROM_JOURNAL, "p", "no.Word", none, &letter),
        ERR_POISON);
    assert_null(letter);
    assert_int_equal(letter_write(arena, &funding_service, FROM_JOURNAL, "p",
                                  "sangkien.submissions.v1.EntryWithdrawn", none, &letter),
                     0);
    assert_non_null(letter->handler);
}

/* ------------------------------------------------------------------ the programme, unread */

static const char *
programme_in(struct bytes bytes)
{
    static char programme[65];

    return request_programme(bytes, programme) ? programme : "none";
}

static void
the_programme_is_found_without_reading_the_rest(void **state)
{
    struct bytes whole = proto_pack(arena, &request);

    (void) state;
    assert_string_equal(programme_in(whole), "khanh-hoa");
    request.programme = "";
    assert_string_equal(programme_in(proto_pack(arena, &request)), "none");
}

static void
a_cut_request_has_no_programme_and_is_not_read_beyond_its_end(void **state)
{
    struct bytes whole = proto_pack(arena, &request);

    (void) state;
    for (size_t size = 0; size < whole.size; size++) {
        uint8_t *copy = test_malloc(size + 1);
        char programme[65];

        memcpy(copy, whole.data, size);
        if (request_programme((struct bytes){ copy, size }, programme))
            assert_string_equal(programme, "khanh-hoa");
        test_free(copy);
    }
}

static void
a_programme_longer_than_any_can_be_is_none(void **state)
{
    char name[80];

    (void) state;
    memset(name, 'x', sizeof(name));
    name[64] = '\0';
    request.programme = name;
    assert_string_equal(programme_in(proto_pack(arena, &request)), name);
    name[64] = 'x';
    name[65] = '\0';
    assert_string_equal(programme_in(proto_pack(arena, &request)), "none");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_request_becomes_a_letter_with_all_that_it_says),
        TEST(system_and_agency_are_those_of_the_key),
        TEST(bytes_that_are_no_request_are_malformed),
        TEST(an_id_that_is_no_uuid_is_refused),
        TEST(a_request_about_nothing_is_refused),
        TEST(a_type_that_nobody_speaks_or_another_service_does_is_unknown),
        TEST(a_body_that_is_no_such_message_is_refused),
        TEST(an_attempt_leaves_no_trace_in_the_next_one),
        TEST(what_could_not_be_read_stays_refused_in_every_attempt),
        TEST(a_letter_from_inside_that_nobody_handles_is_poison),
        TEST(the_programme_is_found_without_reading_the_rest),
        TEST(a_cut_request_has_no_programme_and_is_not_read_beyond_its_end),
        TEST(a_programme_longer_than_any_can_be_is_none),
    };

    return cmocka_run_group_tests_name("unit.letter", tests, NULL, NULL);
}
