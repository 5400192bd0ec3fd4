/* tests/unit/ctl_request.c - from what somebody wants said to the bytes of a request, and to its id. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ops/ctl/request.h"

#define SUBJECT "01890000-0000-7000-8000-000000000001"

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

static struct intent
an_intent(void)
{
    return (struct intent){
        .id = SUBJECT,
        .type = "submissions.SubmitEntry",
        .programme = "kh-2019",
        .subject = SUBJECT,
        .actor = "",
        .capacity = "",
        .expires = "",
    };
}

static const char *
id_of(const char *what, const char *batch, struct intent intent, const char *header,
      const char *line)
{
    return request_derive_id(arena, what, batch, &intent, header,
                             (struct bytes){ (const uint8_t *) line, strlen(line) });
}

static void
the_same_line_gives_the_same_id_and_anything_else_another(void **state)
{
    struct intent other = an_intent();
    const char *id = id_of("request", "", an_intent(), "a,b", "1,2");

    (void) state;
    other.actor = SUBJECT;
    assert_int_equal(strlen(id), 36);
    assert_int_equal(id[14], '8');
    assert_string_equal(id, id_of("request", "", an_intent(), "a,b", "1,2"));
    assert_string_not_equal(id, id_of("request", "", an_intent(), "a,b", "1,3"));
    assert_string_not_equal(id, id_of("request", "", an_intent(), "b,a", "1,2"));
    assert_string_not_equal(id, id_of("request", "again", an_intent(), "a,b", "1,2"));
    assert_string_not_equal(id, id_of("request", "", other, "a,b", "1,2"));
    assert_string_not_equal(id, id_of("subject", "", an_intent(), "a,b", "1,2"));
}

static void
the_same_intent_gives_the_same_bytes(void **state)
{
    struct intent intent = an_intent();
    struct request_more more = { 0 };
    struct bytes one, two;

    (void) state;
    assert_int_equal(request_pack(arena, &intent, &more, &one), 0);
    assert_int_equal(request_pack(arena, &intent, &more, &two), 0);
    assert_int_equal(one.size, two.size);
    assert_memory_equal(one.data, two.data, one.size);
}

static void
short_and_full_names_are_the_same_type(void **state)
{
    const char *type;

    (void) state;
    assert_int_equal(request_type(arena, "funding.SignOff", &type), 0);
    assert_string_equal(type, "sangkien.funding.v1.SignOff");
    assert_int_equal(request_type(arena, "sangkien.funding.v1.SignOff", &type), 0);
    assert_string_equal(type, "sangkien.funding.v1.SignOff");
    assert_int_equal(request_type(arena, "SignOff", &type), ERR_NOT_FOUND);
    assert_int_equal(request_type(arena, "funding.signoff", &type), ERR_NOT_FOUND);
}

static void
capacities_go_by_their_word(void **state)
{
    int capacity = -1;

    (void) state;
    assert_int_equal(request_capacity("FOR_HEAD", &capacity), 0);
    assert_int_equal(capacity, WIRE__CAPACITY__CAPACITY_FOR_HEAD);
    assert_int_equal(request_capacity("CAPACITY_BY_ORDER", &capacity), 0);
    assert_int_equal(capacity, WIRE__CAPACITY__CAPACITY_BY_ORDER);
    assert_int_equal(request_capacity("", &capacity), 0);
    assert_int_equal(capacity, WIRE__CAPACITY__CAPACITY_UNSPECIFIED);
    assert_int_equal(request_capacity("KING", &capacity), ERR_POISON);
}

static void
then_refused(struct intent intent, const char *reason)
{
    struct request_more more = { 0 };
    struct bytes bytes;

    assert_int_equal(request_pack(arena, &intent, &more, &bytes), ERR_POISON);
    assert_non_null(strstr(err_text(), reason));
}

static void
what_cannot_be_a_request_is_refused_by_its_name(void **state)
{
    struct intent intent = an_intent();

    (void) state;
    intent.programme = "";
    then_refused(intent, "programme");
    intent = an_intent();
    intent.subject = "7";
    then_refused(intent, "subject");
    intent = an_intent();
    intent.expires = "2020-13-01T00:00:00Z";
    then_refused(intent, "expires");
    intent.expires = "\"";
    then_refused(intent, "expires");
    intent = an_intent();
    intent.expected_version = -1;
    then_refused(intent, "expected_version");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_same_line_gives_the_same_id_and_anything_else_another),
        TEST(the_same_intent_gives_the_same_bytes),
        TEST(short_and_full_names_are_the_same_type),
        TEST(capacities_go_by_their_word),
        TEST(what_cannot_be_a_request_is_refused_by_its_name),
    };
    return cmocka_run_group_tests_name("unit.ctl_request", tests, NULL, NULL);
}
