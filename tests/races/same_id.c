/* tests/races/same_id.c - one id, many times: together, later, by two writers at once, with another content.
 *
 * The story   A system sends a request and loses the connection before the answer comes. It sends the same
 *             bytes again, perhaps by another gateway, so that two replicas of the service have it at the
 *             same moment. It must be done once, and every copy must get the same bytes back. A system that
 *             uses the id again for something else is told so, and nothing happens.
 */
#include "tests/races/stage.h"

#include <string.h>

#include "sangkien/submissions/v1/commands.pb-c.h"

#define SAME_BYTES(a, b)                                                                           \
    do {                                                                                           \
        assert_int_equal((a).size, (b).size);                                                      \
        assert_memory_equal((a).data, (b).data, (a).size);                                         \
    } while (0)

static struct stage s;

static int64_t
ceilings(void)
{
    return stage_number(&s, "SELECT count(*) FROM funding.budget_ceiling WHERE programme = $1");
}

static int64_t
funding_events(void)
{
    return stage_number(
        &s, "SELECT count(*) FROM runtime.journal WHERE programme = $1 AND service = 'funding'");
}

static int64_t
answers(void)
{
    return stage_number(
        &s, "SELECT count(*) FROM runtime.inbox WHERE programme = $1 AND service = 'funding'");
}

static struct bytes
kept(struct bytes reply)
{
    return arena_bytes(s.arena, reply.data, reply.size);
}

static void
a_request_that_comes_again_gets_the_same_bytes_and_nothing_more_happens(void **state)
{
    struct letter *first = ask_set_ceiling(&s, 1, 900, "provincial", 100);
    struct letter *again = stage_again(&s, &funding_service, first);
    struct bytes reply;

    (void) state;
    assert_string_equal(stage_say(&s.funding, first), "OK");
    assert_true(reply_of(s.arena, first->reply)->final);
    reply = kept(first->reply);
    assert_string_equal(stage_say(&s.funding, again), "OK");
    assert_int_equal(again->fate, KNOWN);
    SAME_BYTES(again->reply, reply);
    assert_int_equal(funding_events(), 1);
    assert_int_equal(answers(), 1);
}

static void
twins_in_one_batch_are_decided_once_and_get_the_same_bytes(void **state)
{
    struct letter *first = ask_set_ceiling(&s, 1, 900, "provincial", 100);
    struct letter *letters[] = { first, stage_again(&s, &funding_service, first),
                                 stage_again(&s, &funding_service, first) };

    (void) state;
    stage_run(&s.funding, s.programme, letters, 3);
    assert_string_equal(reply_word(s.arena, first->reply), "OK");
    SAME_BYTES(letters[1]->reply, first->reply);
    SAME_BYTES(letters[2]->reply, first->reply);
    assert_int_equal(funding_events(), 1);
    assert_int_equal(answers(), 1);
}

static void
an_id_used_again_for_another_content_is_refused_and_the_first_answer_stays(void **state)
{
    struct letter *first = ask_set_ceiling(&s, 1, 900, "provincial", 100);
    struct letter *other = ask_set_ceiling(&s, 1, 900, "provincial", 200);
    struct letter *again = stage_again(&s, &funding_service, first);
    struct bytes reply;

    (void) state;
    assert_string_equal(stage_say(&s.funding, first), "OK");
    reply = kept(first->reply);
    assert_string_equal(stage_say(&s.funding, other), "REUSED_ID");
    assert_false(reply_of(s.arena, other->reply)->final);
    assert_string_equal(stage_say(&s.funding, again), "OK");
    SAME_BYTES(again->reply, reply);
    assert_int_equal(
        stage_number(&s, "SELECT amount_vnd FROM funding.budget_ceiling WHERE programme = $1"),
        100);
}

static void
in_one_batch_the_second_content_under_an_id_is_refused(void **state)
{
    struct letter *letters[] = { ask_set_ceiling(&s, 1, 900, "provincial", 100),
                                 ask_set_ceiling(&s, 1, 900, "provincial", 200) };

    (void) state;
    stage_run(&s.funding, s.programme, letters, 2);
    assert_string_equal(reply_word(s.arena, letters[0]->reply), "OK");
    assert_string_equal(reply_word(s.arena, letters[1]->reply), "REUSED_ID");
    assert_int_equal(answers(), 1);
}

static void
behind_another_content_in_one_batch_the_first_one_still_gets_its_answer(void **state)
{
    struct letter *first = ask_set_ceiling(&s, 1, 900, "provincial", 100);
    struct letter *letters[] = { ask_set_ceiling(&s, 1, 900, "provincial", 200),
                                 stage_again(&s, &funding_service, first) };
    struct bytes reply;

    (void) state;
    assert_string_equal(stage_say(&s.funding, first), "OK");
    reply = kept(first->reply);
    stage_run(&s.funding, s.programme, letters, 2);
    assert_string_equal(reply_word(s.arena, letters[0]->reply), "REUSED_ID");
    assert_int_equal(letters[1]->fate, KNOWN);
    SAME_BYTES(letters[1]->reply, reply);
    assert_int_equal(answers(), 1);
}

static void
the_same_id_of_another_system_is_another_request(void **state)
{
    Funding__SetCeiling ask = FUNDING__SET_CEILING__INIT;
    struct letter *ours = ask_set_ceiling(&s, 5, 900, "provincial", 100);
    struct letter *theirs;

    (void) state;
    ask.amount_vnd = 5;
    ask.fiscal_year = 2020;
    ask.budget_source = "central";
    theirs = stage_letter(&s, &funding_service, 5, CHAIR, 901, &ask);
    assert_string_equal(stage_say(&s.funding, ours), "OK");
    assert_string_equal(stage_say(&s.funding, theirs), "OK");
    assert_int_equal(ceilings(), 2);
}

static void
a_refusal_of_the_service_is_final_and_stays_what_it_was_when_the_world_has_changed(void **state)
{
    struct letter *early = ask_open_case(&s, 1, 100, 2000, 900);
    struct letter *again = stage_again(&s, &funding_service, early);
    struct bytes reply;

    (void) state;
    assert_string_equal(stage_say(&s.funding, early), "NOT_REPORTED");
    assert_true(reply_of(s.arena, early->reply)->final);
    reply = kept(early->reply);
    publish_appraisal(&s, 2000, "a title", 100);
    hear_all(&s, &s.funding);
    assert_string_equal(stage_say(&s.funding, ask_set_ceiling(&s, 2, 900, "provincial", 100)),
                        "OK");
    assert_string_equal(stage_say(&s.funding, again), "NOT_REPORTED");
    SAME_BYTES(again->reply, reply);
    assert_string_equal(stage_say(&s.funding, ask_open_case(&s, 3, 100, 2000, 900)), "OK");
}

static void
for_a_programme_that_nobody_made_nothing_is_stored(void **state)
{
    struct letter *letter = ask_set_ceiling(&s, 1, 900, "provincial", 100);

    (void) state;
    letter->programme = "never-made";
    assert_string_equal(stage_say(&s.funding, letter), "UNKNOWN_PROGRAMME");
    assert_false(reply_of(s.arena, letter->reply)->final);
    assert_int_equal(
        stage_number(&s, "SELECT count(*) FROM runtime.inbox WHERE programme = 'never-made'"), 0);
}

/* Were the refusal stored, the programme would have a journal, and nobody could found it any more. */
static void
a_foundation_that_is_refused_founds_nothing(void **state)
{
    Submissions__CreateProgramme create = SUBMISSIONS__CREATE_PROGRAMME__INIT;
    const char *other = arena_format(s.arena, "%s-2", s.programme);
    struct writer submissions;
    struct letter *letter;

    (void) state;
    create.name = "another programme";
    stage_writer(&s, &submissions_service, &submissions);
    letter = stage_letter_in(&s, &submissions_service, other, 5, OWNER, 501, &create);
    assert_string_equal(stage_say(&submissions, letter),
                        "NOT_ALLOWED"); /* the owner of the first only */
    assert_false(reply_of(s.arena, letter->reply)->final);
    assert_int_equal(
        stage_number(&s, "SELECT count(*) FROM runtime.journal_head WHERE programme = $1 || '-2'"),
        0);
    writer_close(&submissions);
}

static void
an_expected_version_is_held_to(void **state)
{
    struct letter *set = ask_set_ceiling(&s, 1, 900, "provincial", 100);
    struct letter *late = ask_set_ceiling(&s, 2, 900, "provincial", 200);

    (void) state;
    assert_string_equal(stage_say(&s.funding, set), "OK");
    late->expected_version = 7;
    assert_string_equal(stage_say(&s.funding, late), "VERSION_MISMATCH");
    assert_true(reply_of(s.arena, late->reply)->final);
    assert_int_equal(funding_events(), 1);
}

/* Both replicas stand before the head of the journal with the same new id; the one that comes second looks
 * only then, finds the inbox row of the first, and gives the same bytes. */
static void
two_replicas_with_the_same_new_id_do_it_once_and_answer_alike(void **state)
{
    struct letter *letter = ask_set_ceiling(&s, 1, 900, "provincial", 100);
    struct rival one = { .programme = s.programme, .letters = { letter }, .count = 1 };
    struct rival two = { .programme = s.programme, .count = 1 };

    (void) state;
    two.letters[0] = stage_again(&s, &funding_service, letter);
    stage_writer(&s, &funding_service, &one.writer);
    stage_writer(&s, &funding_service, &two.writer);
    stage_do(&s, "BEGIN");
    stage_do(&s, "SELECT FROM runtime.journal_head WHERE programme = '%s' FOR UPDATE", s.programme);
    rival_start(&one);
    rival_start(&two);
    stage_wait_blocked(&s, 2);
    stage_do(&s, "COMMIT");
    rival_join(&one);
    rival_join(&two);
    assert_true(one.rc == 0 || two.rc == 0);
    assert_int_equal(one.rc, 0);
    assert_int_equal(two.rc, 0);
    assert_int_equal(rival_settle(&one), 0);
    assert_int_equal(rival_settle(&two), 0);
    assert_string_equal(reply_word(s.arena, one.letters[0]->reply), "OK");
    SAME_BYTES(one.letters[0]->reply, two.letters[0]->reply);
    assert_int_equal(funding_events(), 1);
    assert_int_equal(answers(), 1);
    writer_close(&one.writer);
    writer_close(&two.writer);
}

/* The same with a refusal: no state is written, so only the inbox can tell that it was answered. */
static void
two_replicas_with_the_same_refused_id_store_one_refusal(void **state)
{
    struct letter *letter = ask_open_case(&s, 1, 100, 2000, 900);
    struct rival one = { .programme = s.programme, .letters = { letter }, .count = 1 };
    struct rival two = { .programme = s.programme, .count = 1 };

    (void) state;
    two.letters[0] = stage_again(&s, &funding_service, letter);
    stage_writer(&s, &funding_service, &one.writer);
    stage_writer(&s, &funding_service, &two.writer);
    stage_do(&s, "BEGIN");
    stage_do(&s, "SELECT FROM runtime.journal_head WHERE programme = '%s' FOR UPDATE", s.programme);
    rival_start(&one);
    rival_start(&two);
    stage_wait_blocked(&s, 2);
    stage_do(&s, "COMMIT");
    rival_join(&one);
    rival_join(&two);
    assert_int_equal(rival_settle(&one), 0);
    assert_int_equal(rival_settle(&two), 0);
    assert_string_equal(reply_word(s.arena, one.letters[0]->reply), "NOT_REPORTED");
    SAME_BYTES(one.letters[0]->reply, two.letters[0]->reply);
    assert_int_equal(answers(), 1);
    writer_close(&one.writer);
    writer_close(&two.writer);
}

#define TEST(name) STAGE_TEST(name, &s)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_request_that_comes_again_gets_the_same_bytes_and_nothing_more_happens),
        TEST(twins_in_one_batch_are_decided_once_and_get_the_same_bytes),
        TEST(an_id_used_again_for_another_content_is_refused_and_the_first_answer_stays),
        TEST(in_one_batch_the_second_content_under_an_id_is_refused),
        TEST(behind_another_content_in_one_batch_the_first_one_still_gets_its_answer),
        TEST(the_same_id_of_another_system_is_another_request),
        TEST(a_refusal_of_the_service_is_final_and_stays_what_it_was_when_the_world_has_changed),
        TEST(for_a_programme_that_nobody_made_nothing_is_stored),
        TEST(a_foundation_that_is_refused_founds_nothing),
        TEST(an_expected_version_is_held_to),
        TEST(two_replicas_with_the_same_new_id_do_it_once_and_answer_alike),
        TEST(two_replicas_with_the_same_refused_id_store_one_refusal),
    };

    return cmocka_run_group_tests_name("races.same_id", tests, NULL, NULL);
}
