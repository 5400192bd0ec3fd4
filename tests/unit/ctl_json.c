/* tests/unit/ctl_json.c - protobuf to JSON and back, and messages from the cells of a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/proto.h"
#include "ops/ctl/json.h"
#include "sangkien/submissions/v1/commands.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "sangkien/wire/v1/wire.pb-c.h"

#define DOSSIER "sangkien.submissions.v1.SubmitDossier"

static struct arena *arena;

static int
begin(void **state)
{
    (void) state;
    arena = arena_new();
    return 0;
}

static int
end(void **state)
{
    (void) state;
    arena_free(&arena);
    return 0;
}

static void
json_becomes_the_bytes_that_c_reads(void **state)
{
    const char *json =
        "{\"dossierForm\": \"DOSSIER_FORM_SCHEME\", \"total_vnd\": \"9007199254740993\","
        " \"lines\": [{\"description\": \"Máy chủ\", \"quantity\": 2}]}";
    Submissions__SubmitDossier *dossier;
    struct bytes bytes;

    (void) state;
    assert_int_equal(json_to_bytes(arena, DOSSIER, json, strlen(json), &bytes), 0);
    assert_int_equal(proto_unpack(arena, &submissions__submit_dossier__descriptor, bytes.data,
                                  bytes.size, &dossier),
                     0);
    assert_int_equal(dossier->dossier_form, SUBMISSIONS__DOSSIER_FORM__DOSSIER_FORM_SCHEME);
    assert_true(dossier->total_vnd == 9007199254740993); /* no double in between */
    assert_int_equal(dossier->n_lines, 1);
    assert_string_equal(dossier->lines[0]->description, "Máy chủ");
}

static void
an_unknown_field_is_refused_by_its_name(void **state)
{
    struct bytes bytes;

    (void) state;
    assert_int_equal(json_to_bytes(arena, DOSSIER, "{\"totl\": 1}", 11, &bytes), ERR_POISON);
    assert_non_null(strstr(err_text(), "totl"));
}

static void
an_unknown_type_is_not_found(void **state)
{
    struct bytes bytes;

    (void) state;
    assert_false(json_knows("sangkien.submissions.v1.Nothing"));
    assert_int_equal(json_to_bytes(arena, "sangkien.Nothing", "{}", 2, &bytes), ERR_NOT_FOUND);
}

static struct bytes
a_reply(const char *type, struct bytes body)
{
    Wire__Reply reply = WIRE__REPLY__INIT;

    reply.request_id = "r";
    reply.final = 1;
    reply.type = type;
    reply.body.data = (uint8_t *) body.data;
    reply.body.len = body.size;
    return proto_pack(arena, &reply);
}

static void
the_body_of_a_reply_is_shown_by_its_type(void **state)
{
    Submissions__EntryRegistered registered = SUBMISSIONS__ENTRY_REGISTERED__INIT;
    const char *type = "sangkien.submissions.v1.EntryRegistered";
    const char *json;

    (void) state;
    registered.entry_code = "KH-07";
    struct bytes reply = a_reply(type, proto_pack(arena, &registered));
    assert_int_equal(json_of_reply(arena, reply, type, false, &json), 0);
    assert_string_equal(json, "{\"requestId\":\"r\",\"final\":true,"
                              "\"type\":\"sangkien.submissions.v1.EntryRegistered\","
                              "\"body\":{\"entryCode\":\"KH-07\"}}");
    assert_int_equal(json_of_reply(arena, reply, type, false, &json), 0); /* known by now */
}

static void
a_body_of_a_newer_type_stays_as_bytes(void **state)
{
    const char *json;

    (void) state;
    struct bytes reply = a_reply("sangkien.v9.New", (struct bytes){ (const uint8_t *) "abc", 3 });
    assert_int_equal(json_of_reply(arena, reply, "sangkien.v9.New", false, &json), 0);
    assert_non_null(strstr(json, "\"body\":\"YWJj\""));
}

static void
a_body_that_is_not_of_its_type_stays_as_bytes(void **state)
{
    const char *type = "sangkien.submissions.v1.EntryRegistered";
    const char *json;

    (void) state;
    struct bytes reply = a_reply(type, (struct bytes){ (const uint8_t *) "\xFF\xFF\xFF", 3 });
    assert_int_equal(json_of_reply(arena, reply, type, false, &json), 0);
    assert_non_null(strstr(json, "\"body\":\"////\""));
}

/* libprotobuf's printer alone makes a zero of each of the 240 million bytes that are not there. */
static void
a_reply_that_is_cut_is_refused_at_once(void **state)
{
    const uint8_t cut[] = { 0x5A, 0x80, 0xB6, 0x80, 0x74 }; /* positions: so many bytes follow */
    const char *json;

    (void) state;
    assert_int_equal(json_of_reply(arena, (struct bytes){ cut, sizeof(cut) }, "", false, &json),
                     ERR_POISON);
    assert_int_equal(json_of_bytes(arena, "sangkien.wire.v1.Reply",
                                   (struct bytes){ cut, sizeof(cut) }, false, &json),
                     ERR_POISON);
}

static void
an_intent_is_read_with_its_body(void **state)
{
    const char *json =
        "{\"type\": \"submissions.RegisterEntry\", \"programme\": \"kh\", \"actor\": \"a\","
        " \"expectedVersion\": 3, \"body\": {\"entry_code\": \"KH-07\"}}";
    const char *type;
    struct intent intent;

    (void) state;
    assert_int_equal(json_type_of(arena, json, strlen(json), &type), 0);
    assert_string_equal(type, "submissions.RegisterEntry");
    assert_int_equal(
        json_to_intent(arena, "sangkien.submissions.v1.RegisterEntry", json, strlen(json), &intent),
        0);
    assert_string_equal(intent.programme, "kh");
    assert_string_equal(intent.actor, "a");
    assert_string_equal(intent.subject, "");
    assert_int_equal(intent.expected_version, 3);
    assert_int_equal(intent.body.size, 7);
    assert_memory_equal(intent.body.data, "\x0A\x05KH-07", 7);
}

static void
an_intent_with_a_member_too_many_is_refused(void **state)
{
    const char *json = "{\"type\": \"x\", \"subjct\": \"y\"}";
    struct intent intent;

    (void) state;
    assert_int_equal(json_to_intent(arena, DOSSIER, json, strlen(json), &intent), ERR_POISON);
    assert_non_null(strstr(err_text(), "subjct"));
}

static void
cells_make_a_message(void **state)
{
    struct draft *draft CLEANUP(draft_free) = NULL;
    Submissions__SubmitDossier *dossier;

    (void) state;
    assert_int_equal(draft_new(DOSSIER, &draft), 0);
    assert_int_equal(draft_set(draft, "solution", "say \"yes\", \\ and\nmore"), 0);
    assert_int_equal(draft_set(draft, "total_vnd", "9007199254740993"), 0);
    assert_int_equal(draft_set(draft, "dossierForm", "DOSSIER_FORM_PLAN"), 0);
    assert_int_equal(draft_set(draft, "document.issued_on.year", "2019"), 0);
    assert_int_equal(draft_set(draft, "document.issued_on.month", "10"), 0);
    assert_int_equal(draft_set(draft, "document.sha256", "YWJj"), 0);
    assert_int_equal(draft_set(draft, "lines", "[{\"quantity\": \"2\"}, {\"quantity\": 3}]"), 0);
    assert_int_equal(draft_set(draft, "implementation_method", ""), 0);

    struct bytes bytes = draft_take(draft, arena);
    assert_int_equal(proto_unpack(arena, &submissions__submit_dossier__descriptor, bytes.data,
                                  bytes.size, &dossier),
                     0);
    assert_string_equal(dossier->solution, "say \"yes\", \\ and\nmore");
    assert_true(dossier->total_vnd == 9007199254740993);
    assert_int_equal(dossier->dossier_form, SUBMISSIONS__DOSSIER_FORM__DOSSIER_FORM_PLAN);
    assert_int_equal(dossier->document->issued_on->year, 2019);
    assert_int_equal(dossier->document->issued_on->month, 10);
    assert_int_equal(dossier->document->sha256.len, 3);
    assert_int_equal(dossier->n_lines, 2);
    assert_int_equal(dossier->lines[1]->quantity, 3);
}

static void
cells_that_are_none_are_refused(void **state)
{
    struct draft *draft CLEANUP(draft_free) = NULL;

    (void) state;
    assert_int_equal(draft_new(DOSSIER, &draft), 0);
    assert_int_equal(draft_set(draft, "nothing", "1"), ERR_POISON);
    assert_int_equal(draft_set(draft, "lines.quantity", "1"), ERR_POISON);
    assert_int_equal(draft_set(draft, "total_vnd", "many"), ERR_POISON);
    assert_int_equal(draft_set(draft, "total_vnd", "1\",\"solution\":\"x"), ERR_POISON);
    assert_int_equal(draft_set(draft, "total_vnd", "99999999999999999999"), ERR_POISON);
    assert_int_equal(draft_set(draft, "dossier_form", "DOSSIER_FORM_JOKE"), ERR_POISON);
    assert_int_equal(draft_take(draft, arena).size, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(json_becomes_the_bytes_that_c_reads),
        TEST(an_unknown_field_is_refused_by_its_name),
        TEST(an_unknown_type_is_not_found),
        TEST(the_body_of_a_reply_is_shown_by_its_type),
        TEST(a_body_of_a_newer_type_stays_as_bytes),
        TEST(a_body_that_is_not_of_its_type_stays_as_bytes),
        TEST(a_reply_that_is_cut_is_refused_at_once),
        TEST(an_intent_is_read_with_its_body),
        TEST(an_intent_with_a_member_too_many_is_refused),
        TEST(cells_make_a_message),
        TEST(cells_that_are_none_are_refused),
    };
    return cmocka_run_group_tests_name("unit.ctl_json", tests, NULL, NULL);
}
