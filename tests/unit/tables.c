/* tests/unit/tables.c - a wrong table is found at start: each fault is seeded into a copy of funding's tables. */
#include "common/tables.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sangkien/funding/v1/queries.pb-c.h"
#include "services/funding/funding.h"

extern const struct service funding_service;

enum { MOST = 64 };

/* Copies that a test may spoil: of the service, of its second kind, and of that kind's rows. */
static struct service service;
static struct kind kind;
static struct handler handlers[MOST];
static struct transition transitions[MOST];
static struct refusal_text texts[MOST];
static struct query queries[MOST];
static const struct kind *kinds[4];

static int
begin(void **state)
{
    size_t n;

    (void) state;
    service = funding_service;
    kind = *funding_service.kinds[1];
    memset(handlers, 0, sizeof(handlers));
    memset(transitions, 0, sizeof(transitions));
    memset(texts, 0, sizeof(texts));
    memset(queries, 0, sizeof(queries));
    for (n = 0; kind.handlers[n].message; n++)
        handlers[n] = kind.handlers[n];
    for (n = 0; kind.transitions[n].event; n++)
        transitions[n] = kind.transitions[n];
    for (n = 0; service.refusal_texts[n].sentence; n++)
        texts[n] = service.refusal_texts[n];
    for (n = 0; service.queries[n].ask; n++)
        queries[n] = service.queries[n];
    kind.handlers = handlers;
    kind.transitions = transitions;
    kinds[0] = funding_service.kinds[0];
    kinds[1] = &kind;
    kinds[2] = funding_service.kinds[2];
    service.kinds = kinds;
    service.refusal_texts = texts;
    service.queries = queries;
    return 0;
}

static void
assert_wrong(const char *words)
{
    assert_int_equal(tables_check(&service), ERR_FATAL);
    if (!strstr(err_text(), words))
        fail_msg("not \"%s\" but: %s", words, err_text());
}

static size_t
last_transition(void)
{
    size_t n = 0;

    while (transitions[n].event)
        n++;
    return n;
}

static void
tables_as_they_are_are_right(void **state)
{
    (void) state;
    assert_int_equal(tables_check(&service), 0);
}

static void
a_message_handled_twice_is_found(void **state)
{
    size_t n = 0;

    (void) state;
    while (handlers[n].message)
        n++;
    handlers[n] = handlers[0];
    assert_wrong("is handled twice");
}

static void
a_handler_that_nobody_may_call_is_found(void **state)
{
    (void) state;
    handlers[0].who = 0;
    assert_wrong("says not who may");
}

static void
a_handler_without_a_decision_is_found(void **state)
{
    (void) state;
    handlers[0].decide = NULL;
    assert_wrong("what follows");
}

static void
two_rows_for_one_move_are_found(void **state)
{
    (void) state;
    transitions[last_transition()] = transitions[2];
    assert_wrong("two rows for state");
}

static void
a_move_without_a_reason_is_found(void **state)
{
    (void) state;
    transitions[2].because = "";
    assert_wrong("no reason for");
}

static void
a_move_into_no_state_is_found(void **state)
{
    (void) state;
    transitions[2].to = 999;
    assert_wrong("leads to no state");
    transitions[2].to = NOTHING;
    assert_wrong("leads to no state");
}

static void
a_row_that_nobody_can_reach_is_found(void **state)
{
    (void) state;
    transitions[0].from = transitions[1].from;
    transitions[0].event = ON(funding_withdrawn);
    assert_int_equal(tables_check(&service), ERR_FATAL);
    begin(state);
    transitions[last_transition()] =
        (struct transition){ 63, ON(signed_off), transitions[0].to, NULL, "from nowhere" };
    assert_wrong("nobody gets to the state");
}

static void
a_move_by_what_is_no_event_is_found(void **state)
{
    (void) state;
    transitions[last_transition()] =
        (struct transition){ NOTHING, ON(sign_off), transitions[0].to, NULL, "a command" };
    assert_wrong("is no event");
}

static void
a_refusal_without_a_sentence_is_found(void **state)
{
    (void) state;
    texts[3].refusal = texts[2].refusal;
    assert_wrong("no sentence for");
}

static void
a_query_of_both_sorts_or_of_none_is_found(void **state)
{
    (void) state;
    queries[0].select = "SELECT 1";
    assert_wrong("either a kind or a select");
    queries[0].select = NULL;
    queries[0].kind = NULL;
    assert_wrong("either a kind or a select");
    queries[0].kind = funding_service.queries[0].kind;
    queries[0].response = NULL;
    assert_wrong("a query has a response");
}

static void
the_picture_shows_every_move_with_its_reason(void **state)
{
    char *picture = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&picture, &size);

    (void) state;
    tables_describe(&service, out);
    fclose(out);
    assert_non_null(strstr(picture, "stateDiagram"));
    assert_non_null(strstr(picture, "[*] --> DRAFT"));
    assert_non_null(strstr(picture, "every party agreed to this very version"));
    free(picture);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, NULL)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(tables_as_they_are_are_right),
        TEST(a_message_handled_twice_is_found),
        TEST(a_handler_that_nobody_may_call_is_found),
        TEST(a_handler_without_a_decision_is_found),
        TEST(two_rows_for_one_move_are_found),
        TEST(a_move_without_a_reason_is_found),
        TEST(a_move_into_no_state_is_found),
        TEST(a_row_that_nobody_can_reach_is_found),
        TEST(a_move_by_what_is_no_event_is_found),
        TEST(a_refusal_without_a_sentence_is_found),
        TEST(a_query_of_both_sorts_or_of_none_is_found),
        TEST(the_picture_shows_every_move_with_its_reason),
    };

    return cmocka_run_group_tests_name("unit.tables", tests, NULL, NULL);
}
