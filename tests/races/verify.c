/* tests/races/verify.c - whoever alters what was written is found, and the place is named.
 *
 * The story   Somebody with the superuser's password changes a row, swaps two, cuts off the end, or gives a case
 *             more money in the table that the screens show. The next verify says where: also when it has no room
 *             to keep events at hand, and reads all of them twice.
 */
#include "tests/races/stage.h"

#include <stdlib.h>
#include <string.h>

#include "common/verify.h"

static struct stage s;

/* A ceiling and a case up to one sign-off: journal positions from 2 on, requests from 2 on. */
static int
begin(void **state)
{
    (void) state;
    stage_begin(&s);
    given_cases_one_sign_off_short(&s, 150, 100, (const unsigned[]){ 100 }, 1);
    assert_string_equal(stage_verify(&s), "");
    return 0;
}

static int
end(void **state)
{
    (void) state;
    stage_end(&s);
    return 0;
}

static void
tamper(const char *sql)
{
    const char *values[] = { s.programme };
    PGresult *r = PQexecParams(s.judge, sql, 1, NULL, values, NULL, NULL, 0);

    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        fail_msg("%s: %s", sql, PQerrorMessage(s.judge));
    assert_int_not_equal(strtol(PQcmdTuples(r), NULL, 10), 0);
    PQclear(r);
}

/* The judge's own changes stand beside the triggers that guard money. */
static void
tamper_with_state(const char *sql)
{
    stage_do(&s, "SET session_replication_role = replica");
    tamper(sql);
    stage_do(&s, "SET session_replication_role = origin");
}

/* With all events at hand, and with none. */
static void
assert_found(const char *words)
{
    for (s.verify_room = 0; s.verify_room <= 1; s.verify_room++) {
        const char *damages = stage_verify(&s);

        if (!strstr(damages, words))
            fail_msg("verify did not say \"%s\" but: %s", words, damages);
    }
}

static void
what_nobody_touched_is_whole(void **state)
{
    (void) state;
    for (s.verify_room = 0; s.verify_room <= 1; s.verify_room++)
        assert_string_equal(stage_verify(&s), "");
}

static void
an_altered_event_is_found_at_its_position(void **state)
{
    (void) state;
    tamper("UPDATE runtime.journal SET because = 'for no reason' WHERE programme = $1 AND position "
           "= 4");
    assert_found("position 4: the row is not what was written");
}

static void
an_altered_body_is_found_also_when_only_one_bit_is_another(void **state)
{
    (void) state;
    tamper("UPDATE runtime.journal SET body = set_bit(body, 20, 1 - get_bit(body, 20))"
           " WHERE programme = $1 AND position = 2");
    assert_found("position 2: the row is not what was written");
}

static void
an_altered_party_is_found(void **state)
{
    (void) state;
    tamper("UPDATE runtime.journal SET parties = parties || gen_random_uuid()"
           " WHERE programme = $1 AND position = 5");
    assert_found("position 5: the row is not what was written");
}

static void
an_altered_actor_is_found(void **state)
{
    (void) state;
    tamper("UPDATE runtime.journal SET actor = gen_random_uuid() WHERE programme = $1 AND position "
           "= 5");
    assert_found("position 5: the row is not what was written");
}

static void
an_altered_time_is_found(void **state)
{
    (void) state;
    tamper("UPDATE runtime.journal SET recorded_at = recorded_at - interval '1 day'"
           " WHERE programme = $1 AND position = 5");
    assert_found("position 5: the row is not what was written");
}

static void
two_swapped_events_are_both_found(void **state)
{
    (void) state;
    tamper("UPDATE runtime.journal SET position = position + 1000000 WHERE programme = $1 AND "
           "position = 5");
    tamper("UPDATE runtime.journal SET position = 5 WHERE programme = $1 AND position = 6");
    tamper("UPDATE runtime.journal SET position = 6 WHERE programme = $1 AND position = 1000005");
    assert_found("position 5: the row is not what was written");
    assert_found("position 6: the row is not what was written");
}

static void
a_deleted_event_in_the_middle_is_missed(void **state)
{
    (void) state;
    tamper("DELETE FROM runtime.journal WHERE programme = $1 AND position = 5");
    assert_found("position 5: missing");
}

static void
a_deleted_tail_is_missed(void **state)
{
    int64_t last =
        stage_number(&s, "SELECT max(position) FROM runtime.journal WHERE programme = $1");

    (void) state;
    tamper("DELETE FROM runtime.journal WHERE programme = $1 AND position ="
           " (SELECT position FROM runtime.journal_head WHERE programme = $1)");
    assert_found(arena_format(s.arena, "position %lld: the journal ends here, its head says %lld",
                              (long long) last - 1, (long long) last));
}

static void
an_altered_answer_is_found_at_its_number(void **state)
{
    (void) state;
    tamper("UPDATE runtime.inbox SET reply = reply || '\\x00' WHERE programme = $1 AND number = 3");
    assert_found("request 3: the row is not what was written");
    assert_found("request or reply is not the one that caused it");
}

static void
altered_bytes_of_a_request_are_found(void **state)
{
    (void) state;
    tamper("UPDATE runtime.inbox SET request = request || '\\x00'"
           " WHERE programme = $1 AND number = 3");
    assert_found("request 3: its bytes are not those that came");
}

static void
a_deleted_answer_is_missed(void **state)
{
    (void) state;
    tamper("DELETE FROM runtime.inbox WHERE programme = $1 AND number = 3");
    assert_found("request 3: missing");
}

static void
a_deleted_last_answer_is_missed(void **state)
{
    (void) state;
    tamper("DELETE FROM runtime.inbox WHERE programme = $1 AND number ="
           " (SELECT inbox_count FROM runtime.journal_head WHERE programme = $1)");
    assert_found("the inbox ends here");
}

static void
erased_bytes_are_no_damage(void **state)
{
    (void) state;
    tamper("UPDATE runtime.inbox SET salt = NULL, request = NULL WHERE programme = $1");
    assert_string_equal(stage_verify(&s), "");
}

static void
more_money_in_the_table_than_in_the_journal_is_found(void **state)
{
    (void) state;
    tamper_with_state(
        "UPDATE funding.budget_ceiling SET amount_vnd = amount_vnd + 1 WHERE programme = $1");
    assert_found("budget_ceiling");
}

static void
an_altered_child_row_is_found(void **state)
{
    (void) state;
    tamper_with_state(
        "UPDATE funding.signoff SET person_id = gen_random_uuid() WHERE programme = $1");
    assert_found("funding_case");
}

static void
a_row_that_no_event_explains_is_found(void **state)
{
    (void) state;
    tamper_with_state(
        "INSERT INTO funding.budget_ceiling (programme, id, version, state, changed_at, "
        "budget_source,"
        " fiscal_year, amount_vnd, reserved_vnd, committed_vnd)"
        " VALUES ($1, gen_random_uuid(), 1, 1, now(), 'a second purse', 2020, 1, 0, 0)");
    assert_found("budget_ceiling: 1 rows that no event explains");
}

static void
a_deleted_state_is_found(void **state)
{
    (void) state;
    tamper_with_state("DELETE FROM funding.signoff WHERE programme = $1");
    assert_found("funding_case");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_nobody_touched_is_whole),
        TEST(an_altered_event_is_found_at_its_position),
        TEST(an_altered_body_is_found_also_when_only_one_bit_is_another),
        TEST(an_altered_party_is_found),
        TEST(an_altered_actor_is_found),
        TEST(an_altered_time_is_found),
        TEST(two_swapped_events_are_both_found),
        TEST(a_deleted_event_in_the_middle_is_missed),
        TEST(a_deleted_tail_is_missed),
        TEST(an_altered_answer_is_found_at_its_number),
        TEST(altered_bytes_of_a_request_are_found),
        TEST(a_deleted_answer_is_missed),
        TEST(a_deleted_last_answer_is_missed),
        TEST(erased_bytes_are_no_damage),
        TEST(more_money_in_the_table_than_in_the_journal_is_found),
        TEST(an_altered_child_row_is_found),
        TEST(a_row_that_no_event_explains_is_found),
        TEST(a_deleted_state_is_found),
    };

    return cmocka_run_group_tests_name("races.verify", tests, NULL, NULL);
}
