/* tests/races/footing.c - what is decided without asking is decided as if it had been asked.
 *
 * The story   A writer has just created entries, and knows where the programme's head is and what the edition is like.
 *             He decides on further ones at once. Meanwhile others write too, end a role, or have sent the same
 *             requests before: whoever decided on what he knew writes nothing, and asks. Batches that were sent one
 *             after the other come true one after the other, or not at all.
 */
#include "tests/races/stage.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include "common/batch_state.h"
#include "common/footing.h"
#include "sangkien/submissions/v1/commands.pb-c.h"

enum { EDITION = 600, FIRST_ENTRY = 1000, ENTRIES = 3, REST = 32 };

static struct stage s;
static struct writer writer, other;
static unsigned requests;

static struct letter *
open_registration(void)
{
    return ask_open_registration(&s, ++requests, EDITION);
}

static struct letter *
create(unsigned entry)
{
    return ask_create_entry(&s, ++requests, EDITION, FIRST_ENTRY + entry);
}

static void
fill(struct letter **letters, unsigned first)
{
    for (unsigned i = 0; i < ENTRIES; i++)
        letters[i] = create(first + i);
}

static void
must_say(struct letter **letters, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++)
        assert_string_equal(reply_word(s.arena, letters[i]->reply), word);
}

static bool
stands(const struct writer *w)
{
    return footing_head(w->footing, s.programme);
}

static void
raise_stage(struct writer *publisher)
{
    stage_begin(&s);
    requests = 100;
    stage_writer(&s, &submissions_service, &writer);
    stage_writer(&s, &submissions_service, &other);
    given_a_published_edition(&s, publisher, 1, EDITION);
}

static int
begin(void **state)
{
    (void) state;
    raise_stage(&writer);
    return 0;
}

static int
begin_without_footing(void **state)
{
    (void) state;
    raise_stage(&other);
    return 0;
}

static int
begin_with_footing(void **state)
{
    begin(state);
    assert_string_equal(stage_say(&writer, open_registration()), "OK");
    assert_string_equal(stage_say(&writer, create(900)), "OK");
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

/* One batch of the writer's: was it decided without a lock? */
static int
start(struct letter **letters, size_t count, struct batch **ret_batch)
{
    int rc = batch_start(&writer, s.programme, letters, count, NULL, ret_batch);

    if (rc)
        fail_msg("%s", err_text());
    return (*ret_batch)->is_guess;
}

static int
finish(struct batch *batch)
{
    struct hint hint;

    return batch_finish(batch, &hint);
}

static void
finishes_well(struct batch *batch)
{
    if (finish(batch))
        fail_msg("%s", err_text());
}

/* Nothing of it happened, and the writer asks from now on. */
static void
comes_to_nothing(struct batch *batch)
{
    int64_t before =
        stage_number(&s, "SELECT position FROM runtime.journal_head WHERE programme = $1");

    assert_int_equal(finish(batch), ERR_RETRY);
    assert_int_equal(db_rollback(writer.db), 0);
    assert_false(stands(&writer));
    assert_int_equal(
        stage_number(&s, "SELECT position FROM runtime.journal_head WHERE programme = $1"), before);
}

/* ------------------------------------------------------------------ one batch */

static void
what_is_known_is_not_asked(void **state)
{
    struct letter *drafts[ENTRIES];
    struct batch *batch;

    (void) state;
    fill(drafts, 0);
    assert_true(start(drafts, ENTRIES, &batch));
    finishes_well(batch);
    must_say(drafts, ENTRIES, "OK");
    fill(drafts, ENTRIES);
    assert_true(start(drafts, ENTRIES, &batch));
    finishes_well(batch);
    must_say(drafts, ENTRIES, "OK");
}

static void
what_another_writer_does_is_seen(void **state)
{
    struct letter *drafts[ENTRIES];
    struct batch *batch;

    (void) state;
    fill(drafts, 0);
    assert_string_equal(stage_say(&other, create(ENTRIES)), "OK");
    assert_true(start(drafts, ENTRIES, &batch));
    comes_to_nothing(batch);
    stage_run(&writer, s.programme, drafts, ENTRIES);
    must_say(drafts, ENTRIES, "OK");
}

/* It moves no position, but the inbox. */
static void
what_another_writer_refuses_is_seen(void **state)
{
    struct letter *drafts[ENTRIES];
    struct batch *batch;

    (void) state;
    fill(drafts, 0);
    assert_string_equal(stage_say(&other, open_registration()), "NOT_NOW");
    assert_true(start(drafts, ENTRIES, &batch));
    comes_to_nothing(batch);
    stage_run(&writer, s.programme, drafts, ENTRIES);
    must_say(drafts, ENTRIES, "OK");
}

/* It saw the edition before it was opened. */
static void
what_this_writer_changes_is_read_again(void **state)
{
    struct letter *early = create(0), *draft = create(1);
    struct batch *batch;

    (void) state;
    assert_string_equal(stage_say(&writer, early), "EDITION_NOT_OPEN");
    assert_string_equal(stage_say(&writer, open_registration()), "OK");
    assert_true(stands(&writer));
    assert_true(start(&draft, 1, &batch));
    assert_true(batch->is_peek);
    finishes_well(batch);
    must_say(&draft, 1, "OK");
}

/* An entry that nobody has looked at. */
static void
what_is_not_known_is_read_without_a_lock(void **state)
{
    struct letter *submission = ask_submit_entry(&s, ++requests, FIRST_ENTRY + 900);
    struct batch *batch;

    (void) state;
    batch_ask(&writer, s.programme, &submission, 1);
    assert_string_equal(stage_say(&other, create(0)), "OK"); /* he waits for nobody */
    assert_true(start(&submission, 1, &batch));
    assert_true(batch->is_peek);
    comes_to_nothing(batch);
    stage_run(&writer, s.programme, &submission, 1);
    must_say(&submission, 1, "OK");
}

/* It looks at the entry's edition: by its threshold this is a finalist's score. */
static struct letter *
record_final_result(unsigned entry)
{
    Submissions__RecordFinalResult ask = SUBMISSIONS__RECORD_FINAL_RESULT__INIT;
    Types__OfficialDocument report = TYPES__OFFICIAL_DOCUMENT__INIT;
    Types__Date today = { PROTOBUF_C_MESSAGE_INIT(&types__date__descriptor), 2019, 10, 29 };

    report.kind = TYPES__DOCUMENT_KIND__DOCUMENT_KIND_REPORT;
    report.document_symbol = "2/BC-SNV";
    report.issued_on = &today;
    ask.score_centi = 8000;
    ask.document = &report;
    return stage_letter(&s, &submissions_service, ++requests, OFFICER, entry, &ask);
}

static void
given_others_have_made_an_entry(void)
{
    assert_string_equal(stage_say(&other, open_registration()), "OK");
    assert_string_equal(stage_say(&other, create(0)), "OK");
    assert_string_equal(stage_say(&writer, open_registration()), "NOT_NOW");
}

/* The entry tells which edition. */
static void
what_the_first_reading_tells_of_is_read_too(void **state)
{
    struct letter *result;
    struct batch *batch;

    (void) state;
    given_others_have_made_an_entry();
    result = record_final_result(FIRST_ENTRY);
    assert_true(start(&result, 1, &batch));
    assert_true(batch->is_peek);
    finishes_well(batch);
    must_say(&result, 1, "SCORE_OUT_OF_RANGE");
}

/* What is refused must be looked for, which reading what is to change did not do. */
static void
what_is_read_in_vain_is_asked(void **state)
{
    struct letter *letters[2];
    struct batch *batch;

    (void) state;
    given_others_have_made_an_entry();
    letters[0] = stage_letter(&s, &submissions_service, ++requests, OFFICER, FIRST_ENTRY,
                              create(0)->message);
    letters[1] = ask_submit_entry(&s, ++requests, FIRST_ENTRY);
    assert_false(start(letters, 2, &batch));
    assert_true(batch->is_peek);
    finishes_well(batch);
    assert_string_not_equal(reply_word(s.arena, letters[0]->reply), "OK");
    must_say(&letters[1], 1, "OK");
    assert_false(stands(&writer));
}

static void
a_request_that_was_answered_is_answered_again(void **state)
{
    struct letter *first = create(0), *again;
    struct batch *batch;
    const char *reply;

    (void) state;
    assert_string_equal(stage_say(&writer, first), "OK");
    reply = arena_text(s.arena, reply_of(s.arena, first->reply)->request_id);
    again = stage_again(&s, &submissions_service, first);
    assert_true(start(&again, 1, &batch));
    comes_to_nothing(batch);
    stage_run(&writer, s.programme, &again, 1);
    assert_int_equal(again->fate, KNOWN);
    assert_string_equal(reply_of(s.arena, again->reply)->request_id, reply);
}

static void
what_is_there_cannot_be_created(void **state)
{
    struct letter *draft = create(900);
    struct batch *batch;

    (void) state;
    assert_true(start(&draft, 1, &batch));
    comes_to_nothing(batch);
    stage_run(&writer, s.programme, &draft, 1);
    must_say(&draft, 1, "ALREADY_EXISTS");
}

/* Whether it is there already decides which refusal is the right one. */
static void
what_is_refused_is_asked(void **state)
{
    struct letter *draft = stage_letter(&s, &submissions_service, ++requests, OFFICER,
                                        FIRST_ENTRY + 900, create(900)->message);
    struct batch *batch;

    (void) state;
    assert_false(start(&draft, 1, &batch));
    finishes_well(batch);
    assert_string_not_equal(reply_word(s.arena, draft->reply), "OK");
    assert_false(stands(&writer));
}

/* Who may is read off the directory, which has another head. */
static void
a_role_that_was_ended_is_seen(void **state)
{
    struct letter *draft = create(0);
    struct batch *batch;

    (void) state;
    stage_end_roles(&s, CLERK);
    assert_true(start(&draft, 1, &batch));
    comes_to_nothing(batch);
    stage_run(&writer, s.programme, &draft, 1);
    must_say(&draft, 1, "NOT_ALLOWED");
}

/* ------------------------------------------------------------------ one after the other */

static void
what_is_sent_ahead_comes_true_after_what_was_sent_before(void **state)
{
    struct letter *first[ENTRIES], *second[ENTRIES];
    struct batch *batch;

    (void) state;
    fill(first, 0);
    fill(second, ENTRIES);
    start(first, ENTRIES, &batch);
    assert_true(batch_send_ahead(&writer, s.programme, second, ENTRIES));
    finishes_well(batch);
    must_say(first, ENTRIES, "OK");
    assert_true(start(second, ENTRIES, &batch));
    finishes_well(batch);
    must_say(second, ENTRIES, "OK");
    assert_true(first[ENTRIES - 1]->first_position < second[0]->first_position);
}

static void
what_is_sent_ahead_fails_with_what_was_sent_before(void **state)
{
    struct letter *first[ENTRIES], *second[ENTRIES];
    struct batch *batch;

    (void) state;
    fill(first, 0);
    fill(second, ENTRIES);
    first[1] = create(900); /* it is there */
    assert_true(start(first, ENTRIES, &batch));
    assert_true(batch_send_ahead(&writer, s.programme, second, ENTRIES));
    comes_to_nothing(batch);
    stage_run(&writer, s.programme, first, ENTRIES);
    assert_string_equal(reply_word(s.arena, first[1]->reply), "ALREADY_EXISTS");
    stage_run(&writer, s.programme, second, ENTRIES);
    must_say(second, ENTRIES, "OK");
}

static void
what_the_batch_before_changes_is_not_sent_ahead(void **state)
{
    struct letter *early = create(0), *opening = open_registration(), *draft = create(1);
    struct batch *batch;

    (void) state;
    assert_string_equal(stage_say(&writer, early), "EDITION_NOT_OPEN");
    start(&opening, 1, &batch);
    assert_false(batch_send_ahead(&writer, s.programme, &draft, 1));
    finishes_well(batch);
    must_say(&opening, 1, "OK");
    stage_run(&writer, s.programme, &draft, 1);
    must_say(&draft, 1, "OK");
}

/* The server dies between the two, or after both: whatever it was, each is answered as it was decided. */
static void
what_was_sent_when_the_server_died_is_found_out(void **state)
{
    struct letter *first[ENTRIES], *second[ENTRIES];
    struct batch *batch;

    (void) state;
    fill(first, 0);
    fill(second, ENTRIES);
    assert_true(start(first, ENTRIES, &batch));
    assert_true(batch_send_ahead(&writer, s.programme, second, ENTRIES));
    stage_do(&s, "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
                 " WHERE usename = 'sangkien_submissions'");
    if (finish(batch)) {
        assert_true(db_commit_is_unknown(writer.db));
        assert_int_equal(db_reconnect(writer.db), 0);
        stage_run(&writer, s.programme, first, ENTRIES);
    }
    must_say(first, ENTRIES, "OK");
    start(second, ENTRIES, &batch);
    if (finish(batch)) {
        assert_int_equal(db_reconnect(writer.db), 0);
        stage_run(&writer, s.programme, second, ENTRIES);
    }
    must_say(second, ENTRIES, "OK");
    assert_int_equal(
        stage_number(&s, "SELECT count(*) FROM submissions.entry WHERE programme = $1"),
        1 + 2 * ENTRIES);
}

/* Nobody is asked about what a rehearsal would do: it ends in a rollback. */
static void
nothing_is_sent_behind_what_does_not_write(void **state)
{
    struct letter *drafts[ENTRIES], *known = create(0), *again;
    struct batch *batch;

    (void) state;
    assert_string_equal(stage_say(&writer, known), "OK");
    again = stage_again(&s, &submissions_service, known);
    again->validate_only = true; /* is never decided without asking */
    fill(drafts, ENTRIES);
    assert_false(start(&again, 1, &batch));
    assert_true(stands(&writer));
    assert_false(batch_send_ahead(&writer, s.programme, drafts, ENTRIES));
    finishes_well(batch);
    assert_true(start(drafts, ENTRIES, &batch));
    finishes_well(batch);
    must_say(drafts, ENTRIES, "OK");
}

/* What broke is told by its name, whatever came behind it. */
static void
what_broke_is_named_although_more_was_sent(void **state)
{
    struct letter *taken = create(900), *draft = create(0);
    struct batch *batch;

    (void) state;
    assert_true(start(&taken, 1, &batch));
    assert_true(batch_send_ahead(&writer, s.programme, &draft, 1));
    comes_to_nothing(batch);
    assert_string_equal(db_constraint(writer.db), "entry_pkey");
}

/* ------------------------------------------------------------------ two round trips */

static const struct statement first = { "first", "SELECT 1" };
static const struct statement second = { "second",
                                         "SELECT 2 FROM pg_advisory_xact_lock_shared(2)" };

static struct db *
two_trips(void)
{
    struct db *db;

    if (db_open(stage_dsn(&s, "submissions", NULL), "two trips", &db) || db_prepare(db, &first) ||
        db_prepare(db, &second))
        fail_msg("%s", err_text());
    db_call(db, &first);
    db_send(db);
    db_call(db, &second);
    db_send(db);
    return db;
}

static void
wait_until_both_are_answered(void)
{
    int64_t give_up_ms = monotonic_ms() + 10000;

    while (stage_number(&s, "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle'"
                            " AND wait_event = 'ClientRead' AND application_name = 'two trips' AND "
                            "query LIKE 'SELECT 2%'") == 0)
        if (monotonic_ms() > give_up_ms)
            fail_msg("nothing was answered");
}

/* It lies in the memory of the library, and no socket says so. */
static void
an_answer_that_has_come_is_not_waited_for(void **state)
{
    CLEANUP(db_close) struct db *db = two_trips();
    int always = eventfd(1, EFD_CLOEXEC);

    (void) state;
    wait_until_both_are_answered();
    assert_int_equal(db_run(db), 0);
    assert_int_equal(db_get_int(db_result(db, 0), 0, 0), 1);
    assert_true(db_is_before(db, always));
    assert_int_equal(db_run(db), 0);
    assert_int_equal(db_get_int(db_result(db, 0), 0, 0), 2);
    close(always);
}

static void
who_has_not_answered_the_second_time_is_not_before(void **state)
{
    CLEANUP(db_close) struct db *db = NULL;
    int always = eventfd(1, EFD_CLOEXEC);

    (void) state;
    stage_do(&s, "SELECT pg_advisory_lock(2)");
    db = two_trips();
    assert_int_equal(db_run(db), 0);
    assert_false(db_is_before(db, always));
    stage_do(&s, "SELECT pg_advisory_unlock(2)");
    assert_int_equal(db_run(db), 0);
    close(always);
}

/* ------------------------------------------------------------------ for how long */

static void
who_was_wrong_asks_for_a_while(void **state)
{
    struct letter *draft;
    struct batch *batch;

    (void) state;
    footing_lose(writer.footing);
    for (unsigned i = 0; i <= REST; i++) {
        draft = create(i);
        assert_false(start(&draft, 1, &batch));
        finishes_well(batch);
    }
    draft = create(REST + 1);
    assert_true(start(&draft, 1, &batch));
    finishes_well(batch);
}

#define KNOWN_TEST(name) cmocka_unit_test_setup_teardown(name, begin_with_footing, end)
#define NEW_TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
#define STRANGER_TEST(name) cmocka_unit_test_setup_teardown(name, begin_without_footing, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        KNOWN_TEST(what_is_known_is_not_asked),
        KNOWN_TEST(what_another_writer_does_is_seen),
        KNOWN_TEST(what_another_writer_refuses_is_seen),
        STRANGER_TEST(what_this_writer_changes_is_read_again),
        KNOWN_TEST(what_is_not_known_is_read_without_a_lock),
        STRANGER_TEST(what_the_first_reading_tells_of_is_read_too),
        STRANGER_TEST(what_is_read_in_vain_is_asked),
        KNOWN_TEST(a_request_that_was_answered_is_answered_again),
        KNOWN_TEST(what_is_there_cannot_be_created),
        KNOWN_TEST(what_is_refused_is_asked),
        KNOWN_TEST(a_role_that_was_ended_is_seen),
        KNOWN_TEST(what_is_sent_ahead_comes_true_after_what_was_sent_before),
        KNOWN_TEST(what_is_sent_ahead_fails_with_what_was_sent_before),
        NEW_TEST(what_the_batch_before_changes_is_not_sent_ahead),
        KNOWN_TEST(what_was_sent_when_the_server_died_is_found_out),
        KNOWN_TEST(nothing_is_sent_behind_what_does_not_write),
        KNOWN_TEST(what_broke_is_named_although_more_was_sent),
        NEW_TEST(an_answer_that_has_come_is_not_waited_for),
        NEW_TEST(who_has_not_answered_the_second_time_is_not_before),
        KNOWN_TEST(who_was_wrong_asks_for_a_while),
    };

    return cmocka_run_group_tests_name("footing", tests, NULL, NULL);
}
