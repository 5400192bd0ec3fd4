/* tests/races/ceiling.c - the last dong is given once, whoever is faster.
 *
 * The story   Two cases hang on one ceiling that has room for one. Home Affairs has signed both; Finance
 *             signs both at the same moment, by two replicas of the service. Both load their own case, then
 *             the ceiling: one waits there for the other, and then sees what is left. Later two officers send
 *             the authority's decision on one case twice, under two ids; or on two cases that have the
 *             ceiling to the last dong between them, while Finance tries to lower it.
 */
#include "tests/races/stage.h"

static struct stage s;

/* Starts all while the judge holds the head of the journal, lets them stand in line, and lets go. */
static void
race_for_the_ceiling(struct rival *rivals[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        stage_writer(&s, &funding_service, &rivals[i]->writer);
    stage_do(&s, "BEGIN");
    stage_do(&s, "SELECT FROM runtime.journal_head WHERE programme = '%s' FOR UPDATE", s.programme);
    for (size_t i = 0; i < count; i++)
        rival_start(rivals[i]);
    stage_wait_blocked(&s, (int64_t) count);
    stage_do(&s, "COMMIT");
    for (size_t i = 0; i < count; i++)
        rival_join(rivals[i]);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(rival_settle(rivals[i]), 0);
}

static void
race_of_two(struct rival *one, struct rival *two)
{
    race_for_the_ceiling((struct rival *[]){ one, two }, 2);
}

static int64_t
reserved(void)
{
    return stage_number(&s, "SELECT reserved_vnd FROM funding.budget_ceiling WHERE programme = $1");
}

static int64_t
committed(void)
{
    return stage_number(&s,
                        "SELECT committed_vnd FROM funding.budget_ceiling WHERE programme = $1");
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
    race_of_two(&one, &two);
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
    race_of_two(&one, &two);
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
    race_of_two(&one, &two);
    first = reply_word(s.arena, one.letters[0]->reply);
    second = reply_word(s.arena, two.letters[0]->reply);
    assert_string_equal(arena_format(s.arena, "%s %s", *first == 'O' ? first : second,
                                     *first == 'O' ? second : first),
                        "OK NOT_NOW");
    assert_int_equal(reserved(), 0);
    assert_int_equal(committed(), 100);
    writer_close(&one.writer);
    writer_close(&two.writer);
}

/* Each case commits what it had reserved itself: what the other one does takes nothing from it, and no
 * lower ceiling comes between, whichever of the three is first. */
static void
two_cases_decided_at_once_commit_all_of_a_ceiling_that_cannot_be_lowered(void **state)
{
    struct rival one = { .programme = s.programme, .count = 1 };
    struct rival two = { .programme = s.programme, .count = 1 };
    struct rival lower = { .programme = s.programme, .count = 1 };

    (void) state;
    given_cases_one_sign_off_short(&s, 200, 100, (const unsigned[]){ 100, 101 }, 2);
    for (unsigned n = 0; n < 2; n++) {
        assert_string_equal(stage_say(&s.funding, ask_sign(&s, 1 + n, 100 + n, FIN_SIGNER)), "OK");
        assert_string_equal(stage_say(&s.funding, ask_submit(&s, 3 + n, 100 + n)), "OK");
    }
    assert_int_equal(reserved(), 200);
    one.letters[0] = ask_approve(&s, 5, 100, 100);
    two.letters[0] = ask_approve(&s, 6, 101, 100);
    lower.letters[0] = ask_set_ceiling(&s, 7, 900, "provincial", 199);
    race_for_the_ceiling((struct rival *[]){ &one, &two, &lower }, 3);
    assert_string_equal(reply_word(s.arena, one.letters[0]->reply), "OK");
    assert_string_equal(reply_word(s.arena, two.letters[0]->reply), "OK");
    assert_string_equal(reply_word(s.arena, lower.letters[0]->reply), "BELOW_COMMITTED");
    assert_int_equal(reserved(), 0);
    assert_int_equal(committed(), 200);
    assert_int_equal(stage_number(&s, "SELECT sum(approved_vnd) FROM funding.funding_case"
                                      " WHERE programme = $1"),
                     200);
    assert_int_equal(
        stage_number(&s, "SELECT amount_vnd FROM funding.budget_ceiling WHERE programme = $1"),
        200);
    writer_close(&one.writer);
    writer_close(&two.writer);
    writer_close(&lower.writer);
}

#define TEST(name) STAGE_TEST(name, &s)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_last_sign_offs_for_one_room_give_one_agreement_and_one_refusal),
        TEST(two_last_sign_offs_with_room_for_both_are_both_agreed_and_the_sum_is_right),
        TEST(in_one_batch_the_second_sign_off_finds_the_room_taken),
        TEST(two_decisions_on_one_case_spend_the_money_once),
        TEST(two_cases_decided_at_once_commit_all_of_a_ceiling_that_cannot_be_lowered),
    };

    return cmocka_run_group_tests_name("races.ceiling", tests, NULL, NULL);
}
