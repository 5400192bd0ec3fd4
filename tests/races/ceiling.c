/* tests/races/ceiling.c - the last dong is given once, whoever is faster.
 *
 * The story   Two cases hang on one ceiling that has room for one. Home Affairs has signed both; Finance
 *             signs both at the same moment, by two replicas of the service. Both load their own case, then
 *             the ceiling: one waits there for the other, and then sees what is left. Later two officers send
 *             the authority's decision on one case twice, under two ids.
 */
#include "tests/races/stage.h"

static struct stage s;

static int
begin(void **state)
{
    (void) state;
    stage_begin(&s);
    return 0;
}

static int
end(void **state)
{
    (void) state;
    assert_string_equal(stage_verify(&s), "");
    stage_end(&s);
    return 0;
}

/* Starts both while the judge holds the ceiling, lets them stand in line, and lets go. */
static void
race_for_the_ceiling(struct rival *one, struct rival *two)
{
    stage_writer(&s, &funding_service, &one->writer);
    stage_writer(&s, &funding_service, &two->writer);
    stage_do(&s, "BEGIN");
    stage_do(&s, "SELECT FROM funding.budget_ceiling WHERE programme = '%s' FOR UPDATE",
             s.programme);
    rival_start(one);
    rival_start(two);
    stage_wait_blocked(&s, 2);
    stage_do(&s, "COMMIT");
    rival_join(one);
    rival_join(two);
    assert_int_equal(rival_settle(one), 0);
    assert_int_equal(rival_settle(two), 0);
}

static int64_t
reserved(void)
{
    return stage_number(&s, "SELECT reserved_vnd FROM funding.budget_ceiling WHERE programme = $1");
}

static void
two_last_sign_offs_for_one_room_give_one_agreement_and_one_refusal(void **state)
{
    struct rival one = { .programme = s.programme, .count = 1 };
    struct rival two = { .programme = s.programme, .count = 1 };
    const char *first, *second;

    (void) state;
    given_cases_one_sign_off_short(&s, 150, 100, (const unsigned[]){ 100, 101 }, 2);
    one.letters[0] = ask_sign(&s, 1, 100, FIN_SIGNER);
    two.letters[0] = ask_sign(&s, 2, 101, FIN_SIGNER);
    race_for_the_ceiling(&one, &two);
    first = reply_word(s.arena, one.letters[0]->reply);
    second = reply_word(s.arena, two.letters[0]->reply);
    assert_string_equal(arena_format(s.arena, "%s %s", *first == 'O' ? first : second,
                                     *first == 'O' ? second : first),
                        "OK CEILING_EXCEEDED");
    assert_int_equal(reserved(), 100);
    writer_close(&one.writer);
    writer_close(&two.writer);
}

static void
two_last_sign_offs_with_room_for_both_are_both_agreed_and_the_sum_is_right(void **state)
{
    struct rival one = { .programme = s.programme, .count = 1 };
    struct rival two = { .programme = s.programme, .count = 1 };

    (void) state;
    given_cases_one_sign_off_short(&s, 200, 100, (const unsigned[]){ 100, 101 }, 2);
    one.letters[0] = ask_sign(&s, 1, 100, FIN_SIGNER);
    two.letters[0] = ask_sign(&s, 2, 101, FIN_SIGNER);
    race_for_the_ceiling(&one, &two);
    assert_string_equal(reply_word(s.arena, one.letters[0]->reply), "OK");
    assert_string_equal(reply_word(s.arena, two.letters[0]->reply), "OK");
    assert_int_equal(reserved(), 200);
    writer_close(&one.writer);
    writer_close(&two.writer);
}

/* In one batch they see each other in order. */
static void
in_one_batch_the_second_sign_off_finds_the_room_taken(void **state)
{
    struct letter *letters[2];

    (void) state;
    given_cases_one_sign_off_short(&s, 150, 100, (const unsigned[]){ 100, 101 }, 2);
    letters[0] = ask_sign(&s, 1, 100, FIN_SIGNER);
    letters[1] = ask_sign(&s, 2, 101, FIN_SIGNER);
    stage_run(&s.funding, s.programme, letters, 2);
    assert_string_equal(reply_word(s.arena, letters[0]->reply), "OK");
    assert_string_equal(reply_word(s.arena, letters[1]->reply), "CEILING_EXCEEDED");
    assert_int_equal(reserved(), 100);
}

static void
two_decisions_on_one_case_spend_the_money_once(void **state)
{
    struct rival one = { .programme = s.programme, .count = 1 };
    struct rival two = { .programme = s.programme, .count = 1 };
    const char *first, *second;

    (void) state;
    given_cases_one_sign_off_short(&s, 100, 100, (const unsigned[]){ 100 }, 1);
    assert_string_equal(stage_say(&s.funding, ask_sign(&s, 1, 100, FIN_SIGNER)), "OK");
    assert_string_equal(stage_say(&s.funding, ask_submit(&s, 2, 100)), "OK");
    one.letters[0] = ask_approve(&s, 3, 100, 100);
    two.letters[0] = ask_approve(&s, 4, 100, 100);
    race_for_the_ceiling(&one, &two);
    first = reply_word(s.arena, one.letters[0]->reply);
    second = reply_word(s.arena, two.letters[0]->reply);
    assert_string_equal(arena_format(s.arena, "%s %s", *first == 'O' ? first : second,
                                     *first == 'O' ? second : first),
                        "OK NOT_NOW");
    assert_int_equal(reserved(), 0);
    assert_int_equal(
        stage_number(&s, "SELECT committed_vnd FROM funding.budget_ceiling WHERE programme = $1"),
        100);
    writer_close(&one.writer);
    writer_close(&two.writer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_last_sign_offs_for_one_room_give_one_agreement_and_one_refusal),
        TEST(two_last_sign_offs_with_room_for_both_are_both_agreed_and_the_sum_is_right),
        TEST(in_one_batch_the_second_sign_off_finds_the_room_taken),
        TEST(two_decisions_on_one_case_spend_the_money_once),
    };

    return cmocka_run_group_tests_name("races.ceiling", tests, NULL, NULL);
}
