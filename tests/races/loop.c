/* tests/races/loop.c - the writer's loop: nobody suffers for another's message, and nothing is lost or done twice.
 *
 * The story   Messages of many systems travel in one transaction. One of them breaks a constraint that no core
 *             can see: it alone is answered for it, all others as if it had not been there. And in the worst
 *             moment, between COMMIT and its answer, the connection breaks: the loop connects again, looks the
 *             ids up, and answers what had been decided.
 */
#include "tests/races/post.h"

#include <stdlib.h>

#include "tests/races/proxy.h"

static struct stage s;
static struct post *post;

static int
begin(void **state)
{
    (void) state;
    stage_begin(&s);
    post = post_open(&s, &funding_service, stage_dsn(&s, "funding", NULL));
    return 0;
}

static int
end(void **state)
{
    (void) state;
    post_close(&post);
    assert_string_equal(stage_verify(&s), "");
    stage_end(&s);
    return 0;
}

static uint64_t
send_ceiling(unsigned request, unsigned ceiling, const char *source)
{
    return post_send(post, &s, ask_set_ceiling(&s, request, ceiling, source, 100));
}

static int64_t
ceilings(void)
{
    return stage_number(&s, "SELECT count(*) FROM funding.budget_ceiling WHERE programme = $1");
}

static int64_t
answers(void)
{
    return stage_number(
        &s, "SELECT count(*) FROM runtime.inbox WHERE programme = $1 AND service = 'funding'");
}

/* "e" and a combining acute: the database keeps only composed text. The gateway would have refused it. */
#define NOT_COMPOSED "ngh\x65\xCC\x81"

static void
the_message_that_fails_alone_is_refused_and_the_others_go_through(void **state)
{
    uint64_t before = send_ceiling(11, 901, "one");
    uint64_t bad = send_ceiling(12, 902, NOT_COMPOSED);
    uint64_t after = send_ceiling(13, 903, "three");

    (void) state;
    post_start(post);
    assert_string_equal(post_answer(post, &s, before), "OK");
    assert_string_equal(post_answer(post, &s, after), "OK");
    assert_string_equal(post_answer(post, &s, bad), "INTERNAL");
    assert_true(post_reply(post, &s, bad)->final);
    assert_int_equal(ceilings(), 2);
    assert_int_equal(answers(), 3);
}

static void
what_failed_alone_gets_the_same_answer_for_ever(void **state)
{
    struct letter *letter = ask_set_ceiling(&s, 12, 902, NOT_COMPOSED, 100);
    uint64_t first = post_send(post, &s, letter), again;

    (void) state;
    post_start(post);
    assert_string_equal(post_answer(post, &s, first), "INTERNAL");
    again = post_send(post, &s, letter);
    assert_string_equal(post_answer(post, &s, again), "INTERNAL");
    assert_true(post_reply(post, &s, again)->final);
    assert_int_equal(answers(), 1);
}

static void
what_only_the_database_can_see_becomes_the_refusal_that_says_the_same(void **state)
{
    uint64_t first = send_ceiling(11, 901, "provincial");
    uint64_t second = send_ceiling(12, 902, "provincial");
    uint64_t other = send_ceiling(13, 903, "central");

    (void) state;
    post_start(post);
    assert_string_equal(post_answer(post, &s, first), "OK");
    assert_string_equal(post_answer(post, &s, second), "CEILING_EXISTS");
    assert_true(post_reply(post, &s, second)->final);
    assert_string_equal(post_answer(post, &s, other), "OK");
    assert_int_equal(ceilings(), 2);
}

static void
an_id_that_another_service_has_answered_is_told_so(void **state)
{
    uint64_t used = post_send(post, &s, ask_set_ceiling(&s, 1, 901, "one", 100));
    Funding__SetCeiling ask = FUNDING__SET_CEILING__INIT;
    uint64_t taken;

    (void) state;
    ask.budget_source = "two";
    ask.fiscal_year = 2020;
    ask.amount_vnd = 1;
    /* Request 1 of agency 1's system made the programme. */
    taken = post_send_bytes(post, &s, CHAIR,
                            stage_request(&s, s.programme, 1, CHAIR, 902, false, &ask));
    post_start(post);
    assert_string_equal(post_answer(post, &s, used), "OK");
    assert_string_equal(post_answer(post, &s, taken), "REUSED_ID");
    assert_false(post_reply(post, &s, taken)->final);
    assert_int_equal(ceilings(), 1);
}

static struct bytes
rehearsal(unsigned request, unsigned ceiling)
{
    Funding__SetCeiling ask = FUNDING__SET_CEILING__INIT;

    ask.budget_source = "provincial";
    ask.fiscal_year = 2020;
    ask.amount_vnd = 1;
    return stage_request(&s, s.programme, request, FIN_SIGNER, ceiling, true, &ask);
}

static void
a_rehearsal_alone_changes_nothing_and_the_loop_goes_on(void **state)
{
    uint64_t only = post_send_bytes(post, &s, FIN_SIGNER, rehearsal(11, 901)), next;

    (void) state;
    post_start(post);
    assert_string_equal(post_answer(post, &s, only), "OK");
    assert_false(post_reply(post, &s, only)->final);
    next = send_ceiling(12, 901, "provincial");
    assert_string_equal(post_answer(post, &s, next), "OK");
    assert_int_equal(answers(), 1);
    assert_int_equal(ceilings(), 1);
}

static void
a_rehearsal_among_others_is_not_seen_by_them(void **state)
{
    uint64_t before = send_ceiling(11, 901, "one");
    uint64_t only = post_send_bytes(post, &s, FIN_SIGNER, rehearsal(12, 902));
    uint64_t after = send_ceiling(13, 902, "provincial");
    uint64_t last =
        post_send_bytes(post, &s, FIN_SIGNER, rehearsal(14, 901)); /* of another source */

    (void) state;
    post_start(post);
    assert_string_equal(post_answer(post, &s, before), "OK");
    assert_string_equal(post_answer(post, &s, only), "OK");
    assert_string_equal(post_answer(post, &s, after), "OK");
    assert_true(post_reply(post, &s, after)->final);
    assert_string_equal(post_answer(post, &s, last), "CEILING_EXISTS");
    assert_int_equal(answers(), 2);
}

static void
what_is_no_request_is_answered_and_takes_nobody_along(void **state)
{
    static const uint8_t noise[] = { 0xff, 0xff, 0xff, 0xff };
    uint64_t bad = post_send_bytes(post, &s, FIN_SIGNER, (struct bytes){ noise, sizeof(noise) });
    uint64_t good = send_ceiling(11, 901, "one");

    (void) state;
    post_start(post);
    assert_string_equal(post_answer(post, &s, bad), "MALFORMED");
    assert_string_equal(post_answer(post, &s, good), "OK");
}

/* ------------------------------------------------------------------ the connection breaks */

static void
the_connection_breaks(enum accident accident)
{
    struct proxy *proxy = proxy_open(getenv("SANGKIEN_TEST_DB"));
    struct letter *letter = ask_set_ceiling(&s, 11, 901, "one", 100);
    uint64_t ticket, again;

    post_close(&post);
    post = post_open(&s, &funding_service, stage_dsn(&s, "funding", proxy_folder(proxy)));
    proxy_arm(proxy, accident);
    ticket = post_send(post, &s, letter);
    post_start(post);
    assert_string_equal(post_answer(post, &s, ticket), "OK");
    assert_true(post_reply(post, &s, ticket)->final);
    assert_int_equal(proxy_accidents(proxy), 1);
    again = post_send(post, &s, letter);
    assert_string_equal(post_answer(post, &s, again), "OK");
    assert_int_equal(ceilings(), 1);
    assert_int_equal(answers(), 1);
    assert_int_equal(stage_number(&s, "SELECT count(*) FROM runtime.journal WHERE programme = $1"
                                      " AND service = 'funding'"),
                     1);
    post_close(&post);
    proxy_close(&proxy);
    post = post_open(&s, &funding_service, stage_dsn(&s, "funding", NULL));
}

static void
a_commit_whose_answer_is_lost_is_found_again_and_not_repeated(void **state)
{
    (void) state;
    the_connection_breaks(LOSES_ANSWER);
}

static void
a_commit_that_is_lost_on_its_way_is_made_again(void **state)
{
    (void) state;
    the_connection_breaks(LOSES_COMMIT);
}

/* The commit came through, and then the whole server is away: nobody may be told that nothing happened. */
static void
while_nobody_knows_whether_it_was_committed_nobody_is_answered(void **state)
{
    struct proxy *proxy = proxy_open(getenv("SANGKIEN_TEST_DB"));
    int64_t give_up_ms = monotonic_ms() + 20000;
    uint64_t ticket;

    (void) state;
    post_close(&post);
    post = post_open(&s, &funding_service, stage_dsn(&s, "funding", proxy_folder(proxy)));
    proxy_arm(proxy, LOSES_ANSWER);
    proxy_refuse(proxy, true);
    ticket = send_ceiling(11, 901, "one");
    post_start(post);
    while (proxy_refused(proxy) < 3)
        assert_true(monotonic_ms() < give_up_ms);
    assert_int_equal(ceilings(), 1);
    assert_false(post_is_answered(post, ticket));
    proxy_refuse(proxy, false);
    assert_string_equal(post_answer(post, &s, ticket), "OK");
    assert_true(post_reply(post, &s, ticket)->final);
    assert_int_equal(answers(), 1);
    post_close(&post);
    proxy_close(&proxy);
    post = post_open(&s, &funding_service, stage_dsn(&s, "funding", NULL));
}

/* The same, and then the service is told to stop: it goes without a word, and the gateway says that it went. */
static void
who_leaves_without_knowing_whether_it_was_committed_says_nothing(void **state)
{
    struct proxy *proxy = proxy_open(getenv("SANGKIEN_TEST_DB"));
    int64_t give_up_ms = monotonic_ms() + 20000;
    struct letter *letter = ask_set_ceiling(&s, 11, 901, "one", 100);
    uint64_t ticket;

    (void) state;
    post_close(&post);
    post = post_open(&s, &funding_service, stage_dsn(&s, "funding", proxy_folder(proxy)));
    proxy_arm(proxy, LOSES_ANSWER);
    proxy_refuse(proxy, true);
    ticket = post_send(post, &s, letter);
    post_start(post);
    while (proxy_refused(proxy) < 1)
        assert_true(monotonic_ms() < give_up_ms);
    post_leave(post);
    assert_int_equal(ceilings(), 1);
    assert_false(post_is_answered(post, ticket));
    post_close(&post);
    proxy_close(&proxy);
    post = post_open(&s, &funding_service, stage_dsn(&s, "funding", NULL));
    post_start(post);
    ticket = post_send(post, &s, letter);
    assert_string_equal(post_answer(post, &s, ticket), "OK");
    assert_int_equal(answers(), 1);
}

static void
a_connection_that_is_gone_may_be_asked_again(void **state)
{
    struct proxy *proxy = proxy_open(getenv("SANGKIEN_TEST_DB"));
    struct db *db;

    (void) state;
    assert_int_equal(db_open(stage_dsn(&s, "funding", proxy_folder(proxy)), "test", &db), 0);
    proxy_close(&proxy);
    for (int i = 0; i < 100; i++) {
        db_begin(db);
        db_commit(db);
        db_send(db);
        assert_int_equal(db_run(db), ERR_RETRY);
    }
    db_close(&db);
}

/* The judge throws the service out while it waits for the head of the journal. */
static void
a_service_that_is_thrown_out_in_the_middle_begins_again(void **state)
{
    uint64_t ticket = send_ceiling(11, 901, "one");

    (void) state;
    stage_do(&s, "BEGIN");
    stage_do(&s, "SELECT FROM runtime.journal_head WHERE programme = '%s' FOR UPDATE", s.programme);
    post_start(post);
    stage_wait_blocked(&s, 1);
    stage_do(&s, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                 " WHERE wait_event_type = 'Lock' AND usename = 'sangkien_funding'");
    stage_do(&s, "COMMIT");
    assert_string_equal(post_answer(post, &s, ticket), "OK");
    assert_int_equal(answers(), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_message_that_fails_alone_is_refused_and_the_others_go_through),
        TEST(what_failed_alone_gets_the_same_answer_for_ever),
        TEST(what_only_the_database_can_see_becomes_the_refusal_that_says_the_same),
        TEST(an_id_that_another_service_has_answered_is_told_so),
        TEST(a_rehearsal_alone_changes_nothing_and_the_loop_goes_on),
        TEST(a_rehearsal_among_others_is_not_seen_by_them),
        TEST(what_is_no_request_is_answered_and_takes_nobody_along),
        TEST(a_commit_whose_answer_is_lost_is_found_again_and_not_repeated),
        TEST(a_commit_that_is_lost_on_its_way_is_made_again),
        TEST(while_nobody_knows_whether_it_was_committed_nobody_is_answered),
        TEST(who_leaves_without_knowing_whether_it_was_committed_says_nothing),
        TEST(a_connection_that_is_gone_may_be_asked_again),
        TEST(a_service_that_is_thrown_out_in_the_middle_begins_again),
    };

    return cmocka_run_group_tests_name("races.loop", tests, NULL, NULL);
}
