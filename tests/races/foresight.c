/* tests/races/foresight.c - what was read beforehand is used only while it is true.
 *
 * The story   While one batch is being committed, the aggregates of the next one are read. Meanwhile the edition is
 *             opened and an entry is handed in, by this writer or by another: nobody may be told anything by what
 *             was read before that. Where nothing has happened, nothing is read twice.
 */
#include "tests/races/stage.h"

#include "common/foresight.h"
#include "sangkien/submissions/v1/commands.pb-c.h"

enum { EDITION = 600, FIRST_ENTRY = 1000, ENTRIES = 20 };

static struct stage s;
static struct writer writer, other;
static unsigned requests;
static bool takes_at_once;

static struct letter *
open_registration(void)
{
    return ask_open_registration(&s, ++requests, EDITION);
}

static struct letter *
submit(unsigned entry)
{
    return ask_submit_entry(&s, ++requests, FIRST_ENTRY + entry);
}

static struct letter *
create(unsigned entry)
{
    return ask_create_entry(&s, ++requests, EDITION, FIRST_ENTRY + entry);
}

static void
fill(struct letter **letters, struct letter *(*ask)(unsigned entry))
{
    for (unsigned i = 0; i < ENTRIES; i++)
        letters[i] = ask(i);
}

static void
must_say(struct letter **letters, const char *word)
{
    for (size_t i = 0; i < ENTRIES; i++)
        assert_string_equal(reply_word(s.arena, letters[i]->reply), word);
}

static int
begin(void **state)
{
    (void) state;
    stage_begin(&s);
    requests = 100;
    stage_writer(&s, &submissions_service, &writer);
    stage_writer(&s, &submissions_service, &other);
    if (foresight_open(&submissions_service, stage_dsn(&s, "submissions", NULL), &writer.foresight))
        fail_msg("%s", err_text());
    given_a_published_edition(&s, &writer, 1, EDITION);
    return 0;
}

static int
end(void **state)
{
    (void) state;
    writer_close(&writer);
    writer_close(&other);
    assert_string_equal(stage_verify(&s), "");
    stage_end(&s);
    return 0;
}

/* The server has read, and we have not looked what. */
static void
wait_until_read(const char *since)
{
    const char *sql = arena_format(
        s.arena,
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle' AND query = 'ROLLBACK'"
        " AND usename = 'sangkien_submissions' AND query_start > '%s'",
        since);
    int64_t give_up_ms = monotonic_ms() + 10000;

    while (stage_number(&s, sql) == 0)
        if (monotonic_ms() > give_up_ms)
            fail_msg("nothing was read");
}

static void
look(struct letter **letters)
{
    const char *since = stage_text(&s, "SELECT clock_timestamp()");

    foresight_look(&writer, s.programme, letters, ENTRIES);
    if (takes_at_once)
        foresight_take(&writer); /* it waits: the writer's connection has nothing to say */
    else
        wait_until_read(since);
}

static void
given_entries(void)
{
    struct letter *drafts[ENTRIES];

    assert_string_equal(stage_say(&writer, open_registration()), "OK");
    fill(drafts, create);
    stage_run(&writer, s.programme, drafts, ENTRIES);
    must_say(drafts, "OK");
}

static void
what_was_foreseen_is_not_read_again(void **state)
{
    struct letter *submissions[ENTRIES];
    struct world *world;
    int64_t position = 0;

    (void) state;
    given_entries();
    fill(submissions, submit);
    look(submissions);
    world = foresight_use(&writer, s.programme, submissions, &position);
    assert_non_null(world);
    assert_int_equal(position, stage_number(&s, "SELECT position FROM runtime.journal_head"
                                                " WHERE programme = $1"));
    for (size_t i = 0; i < ENTRIES; i++)
        assert_true(world_hold(world, submissions[i]->kind, submissions[i]->subject)->is_whole);
    assert_null(foresight_use(&writer, s.programme, submissions, &position));
}

static void
what_this_writer_does_meanwhile_counts(void **state)
{
    struct letter *opening = open_registration(), *drafts[ENTRIES], *submissions[ENTRIES];
    struct letter *early = NULL;

    (void) state;
    fill(drafts, create);
    look(drafts); /* it saw an edition that is not open */
    assert_string_equal(stage_say(&writer, opening), "OK");
    stage_run(&writer, s.programme, drafts, ENTRIES);
    must_say(drafts, "OK");

    early = submit(0);
    fill(submissions, submit);
    look(submissions); /* it saw a draft */
    assert_string_equal(stage_say(&writer, early), "OK");
    stage_run(&writer, s.programme, submissions, ENTRIES);
    assert_string_not_equal(reply_word(s.arena, submissions[0]->reply), "OK");
    submissions[0] = submissions[1];
    must_say(submissions, "OK");
}

static void
what_this_writer_does_in_several_batches_counts(void **state)
{
    struct letter *opening = open_registration(), *drafts[ENTRIES], *before = create(ENTRIES);

    (void) state;
    fill(drafts, create);
    look(drafts);
    assert_string_not_equal(stage_say(&writer, before), "OK"); /* that moves no position */
    assert_string_equal(stage_say(&writer, opening), "OK");
    before = create(ENTRIES + 1);
    assert_string_equal(stage_say(&writer, before), "OK");
    stage_run(&writer, s.programme, drafts, ENTRIES);
    must_say(drafts, "OK");
}

static void
what_another_writer_opens_meanwhile_is_open(void **state)
{
    struct letter *drafts[ENTRIES];

    (void) state;
    fill(drafts, create);
    look(drafts);
    assert_string_equal(stage_say(&other, open_registration()), "OK");
    stage_run(&writer, s.programme, drafts, ENTRIES);
    must_say(drafts, "OK");
}

static void
what_another_writer_hands_in_meanwhile_is_handed_in(void **state)
{
    struct letter *submissions[ENTRIES];

    (void) state;
    given_entries();
    fill(submissions, submit);
    look(submissions);
    assert_string_equal(stage_say(&other, submit(0)), "OK");
    stage_run(&writer, s.programme, submissions, ENTRIES);
    assert_string_not_equal(reply_word(s.arena, submissions[0]->reply), "OK");
    submissions[0] = submissions[1];
    must_say(submissions, "OK");
}

/* He reads; another writes; he writes himself, and what he notes begins behind the other's. */
static void
what_both_do_meanwhile_counts(void **state)
{
    struct letter *drafts[ENTRIES];
    struct letter *beside = create(ENTRIES);

    (void) state;
    fill(drafts, create);
    look(drafts);
    assert_string_equal(stage_say(&other, open_registration()), "OK");
    assert_string_equal(stage_say(&writer, beside), "OK");
    stage_run(&writer, s.programme, drafts, ENTRIES);
    must_say(drafts, "OK");
}

/* While it waits for what it asked; and when it has long been gone. */
static void
a_lost_connection_costs_nothing_but_the_foresight(void **state)
{
    struct letter *submissions[ENTRIES];
    int64_t position = 0;

    (void) state;
    given_entries();
    fill(submissions, submit);
    stage_do(&s, "BEGIN");
    stage_do(&s, "LOCK TABLE submissions.entry");
    foresight_look(&writer, s.programme, submissions, ENTRIES);
    stage_wait_blocked(&s, 1);
    stage_do(&s, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                 " WHERE wait_event_type = 'Lock'");
    stage_do(&s, "COMMIT");
    if (takes_at_once)
        foresight_take(&writer);
    stage_run(&writer, s.programme, submissions, ENTRIES);
    must_say(submissions, "OK");
    fill(submissions, submit);
    look(submissions);
    assert_non_null(foresight_use(&writer, s.programme, submissions, &position));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_was_foreseen_is_not_read_again, begin, end),
        cmocka_unit_test_setup_teardown(what_this_writer_does_meanwhile_counts, begin, end),
        cmocka_unit_test_setup_teardown(what_this_writer_does_in_several_batches_counts, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_another_writer_opens_meanwhile_is_open, begin, end),
        cmocka_unit_test_setup_teardown(what_another_writer_hands_in_meanwhile_is_handed_in, begin,
                                        end),
        cmocka_unit_test_setup_teardown(what_both_do_meanwhile_counts, begin, end),
        cmocka_unit_test_setup_teardown(a_lost_connection_costs_nothing_but_the_foresight, begin,
                                        end),
    };
    int failed = cmocka_run_group_tests_name("taken when it is needed", tests, NULL, NULL);

    takes_at_once = true;
    return failed + cmocka_run_group_tests_name("taken at once", tests, NULL, NULL);
}
