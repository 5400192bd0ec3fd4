/* tests/races/timers.c - an alarm rings once, at its time, and not for those who have moved on.
 *
 * The story   A dossier is required by a day. On that day nobody has handed it in: the runtime says so, once, also
 *             when two replicas see the alarm at the same moment. Another dossier was handed in before: its alarm
 *             rings for nothing, and is taken away.
 */
#include "tests/races/post.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sangkien/submissions/v1/commands.pb-c.h"
#include "sangkien/submissions/v1/inner.pb-c.h"

enum { EDITION = 600, ENTRY = 700, HEAD = CLERK };

static struct stage s;
static struct writer submissions;
static char clock_path[64];

static void
move_clock(long days)
{
    FILE *file = fopen(clock_path, "w");

    assert_non_null(file);
    fprintf(file, "%+ld\n", days * 86400);
    fclose(file);
}

static int
begin(void **state)
{
    int fd;

    (void) state;
    snprintf(clock_path, sizeof(clock_path), "/tmp/sangkien-clock.XXXXXX");
    fd = mkstemp(clock_path);
    assert_true(fd >= 0);
    close(fd);
    move_clock(0);
    assert_int_equal(clock_open(clock_path), 0);
    stage_begin(&s);
    stage_writer(&s, &submissions_service, &submissions);
    return 0;
}

static int
end(void **state)
{
    (void) state;
    writer_close(&submissions);
    assert_string_equal(stage_verify(&s), "");
    stage_end(&s);
    assert_int_equal(clock_open(NULL), 0);
    unlink(clock_path);
    return 0;
}

static void
said(unsigned request, unsigned person, unsigned subject, const void *message)
{
    struct letter *letter =
        stage_letter(&s, &submissions_service, request, person, subject, message);
    const char *word = stage_say(&submissions, letter);

    if (strcmp(word, "OK") != 0)
        fail_msg("%s: %s", letter->type, word);
}

static Types__Date today = { PROTOBUF_C_MESSAGE_INIT(&types__date__descriptor), 2019, 10, 29 };
static Types__OfficialDocument report;

static void
given_a_finalist(void)
{
    Submissions__OpenRegistration open = SUBMISSIONS__OPEN_REGISTRATION__INIT;
    Submissions__CreateEntry entry = SUBMISSIONS__CREATE_ENTRY__INIT;
    Submissions__Author author = SUBMISSIONS__AUTHOR__INIT, *authors[] = { &author };
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;
    Submissions__RegisterEntry take = SUBMISSIONS__REGISTER_ENTRY__INIT;
    Submissions__RecordFinalResult result = SUBMISSIONS__RECORD_FINAL_RESULT__INIT;

    report = (Types__OfficialDocument) TYPES__OFFICIAL_DOCUMENT__INIT;
    report.kind = TYPES__DOCUMENT_KIND__DOCUMENT_KIND_REPORT;
    report.document_symbol = "2417/BC-SNV";
    report.issued_on = &today;
    given_a_published_edition(&s, &submissions, 11, EDITION);
    said(13, OFFICER, EDITION, &open);
    entry.edition_id = stage_id_text(&s, EDITION);
    entry.entry_kind = SUBMISSIONS__ENTRY_KIND__ENTRY_KIND_MODEL;
    entry.title = "a library without books";
    author.person_id = stage_id_text(&s, CLERK);
    author.share_bp = 10000;
    entry.n_authors = 1;
    entry.authors = authors;
    said(14, CLERK, ENTRY, &entry);
    said(15, HEAD, ENTRY, &submit);
    take.entry_code = "KH-04";
    said(16, OFFICER, ENTRY, &take);
    result.score_centi = 7500;
    result.reached_final = true;
    result.award = SUBMISSIONS__AWARD__AWARD_FIRST;
    result.document = &report;
    said(17, OFFICER, ENTRY, &result);
}

/* In about so many days, on the clock as it stands. */
static void
required_in(unsigned request, long days)
{
    Submissions__RequireDossier ask = SUBMISSIONS__REQUIRE_DOSSIER__INIT;
    Types__Deadline due = TYPES__DEADLINE__INIT;
    Types__Date date = TYPES__DATE__INIT;
    char day[TIME_TEXT_SIZE];

    time_print(clock_now_us() + days * INT64_C(86400000000), day);
    assert_int_equal(sscanf(day, "%d-%d-%d", &date.year, &date.month, &date.day), 3);
    due.date = &date;
    due.inclusive = true;
    due.utc_offset_minutes = 420;
    ask.due = &due;
    said(request, OFFICER, ENTRY, &ask);
}

static int64_t
timers(void)
{
    return stage_number(&s, "SELECT count(*) FROM runtime.timer WHERE programme = $1");
}

static int64_t
overdue(void)
{
    return stage_number(&s, "SELECT count(*) FROM runtime.journal WHERE programme = $1"
                            " AND type = 'sangkien.submissions.v1.DossierOverdue'");
}

static int64_t
journal_end(void)
{
    return stage_number(&s, "SELECT position FROM runtime.journal_head WHERE programme = $1");
}

static struct post *
loop_begins(void)
{
    struct post *post = post_open(&s, &submissions_service, stage_dsn(&s, "submissions", NULL));

    post_start(post);
    return post;
}

static void
an_alarm_rings_once_when_its_day_is_over(void **state)
{
    struct post *post;
    int64_t before;

    (void) state;
    given_a_finalist();
    required_in(20, 2);
    assert_int_equal(timers(), 1);
    before = journal_end();
    move_clock(4);
    post = loop_begins();
    post_wait_hint(post, before + 1);
    post_close(&post);
    assert_int_equal(overdue(), 1);
    assert_int_equal(timers(), 0);
    assert_int_equal(journal_end(), before + 1);
}

/* The alarm as a letter, as the loop would make it. */
static struct letter *
alarm_letter(void)
{
    struct letter *letter;
    const char *hex =
        stage_text(&s, "SELECT encode(body, 'hex') FROM runtime.timer WHERE programme = $1");
    size_t size = strlen(hex) / 2;
    uint8_t *body = arena_zero(s.arena, size + 1);

    for (size_t i = 0; i < size; i++) {
        char pair[3] = { hex[2 * i], hex[2 * i + 1], 0 };

        body[i] = (uint8_t) strtoul(pair, NULL, 16);
    }
    if (letter_write(s.arena, &submissions_service, FROM_TIMER, s.programme,
                     stage_text(&s, "SELECT type FROM runtime.timer WHERE programme = $1"),
                     (struct bytes){ body, size }, &letter))
        fail_msg("%s", err_text());
    letter->id = uuid_of(stage_text(&s, "SELECT id FROM runtime.timer WHERE programme = $1"));
    letter->subject =
        uuid_of(stage_text(&s, "SELECT subject FROM runtime.timer WHERE programme = $1"));
    return letter;
}

static void
two_replicas_that_see_the_same_alarm_say_it_once(void **state)
{
    struct rival one = { .programme = s.programme, .count = 1 };
    struct rival two = { .programme = s.programme, .count = 1 };

    (void) state;
    given_a_finalist();
    required_in(20, 2);
    one.programme = two.programme = s.programme;
    one.letters[0] = alarm_letter();
    two.letters[0] = alarm_letter();
    move_clock(4);
    stage_writer(&s, &submissions_service, &one.writer);
    stage_writer(&s, &submissions_service, &two.writer);
    stage_do(&s, "BEGIN");
    stage_do(&s, "SELECT FROM submissions.dossier WHERE programme = '%s' FOR UPDATE", s.programme);
    rival_start(&one);
    rival_start(&two);
    stage_wait_blocked(&s, 2);
    stage_do(&s, "COMMIT");
    rival_join(&one);
    rival_join(&two);
    assert_int_equal(rival_settle(&one), 0);
    assert_int_equal(rival_settle(&two), 0);
    assert_true((one.letters[0]->fate == ANSWERED) != (two.letters[0]->fate == ANSWERED));
    assert_true((one.letters[0]->fate == DROPPED) != (two.letters[0]->fate == DROPPED));
    assert_int_equal(overdue(), 1);
    assert_int_equal(timers(), 0);
    writer_close(&one.writer);
    writer_close(&two.writer);
}

static void
an_alarm_that_was_taken_away_is_dropped(void **state)
{
    struct letter *letter;

    (void) state;
    given_a_finalist();
    required_in(20, 2);
    letter = alarm_letter();
    stage_do(&s, "DELETE FROM runtime.timer WHERE programme = '%s'", s.programme);
    move_clock(4);
    stage_run(&submissions, s.programme, &letter, 1);
    assert_int_equal(letter->fate, DROPPED);
    assert_int_equal(overdue(), 0);
}

static void
an_alarm_of_what_does_not_exist_is_taken_away_in_silence(void **state)
{
    struct letter *letter;

    (void) state;
    given_a_finalist();
    required_in(20, 2);
    stage_do(&s, "UPDATE runtime.timer SET subject = gen_random_uuid() WHERE programme = '%s'",
             s.programme);
    letter = alarm_letter();
    move_clock(4);
    stage_run(&submissions, s.programme, &letter, 1);
    assert_int_equal(letter->fate, DROPPED);
    assert_int_equal(overdue(), 0);
    assert_int_equal(timers(), 0);
}

static void
nobody_from_outside_can_ring_an_alarm(void **state)
{
    Submissions__DeadlinePassed ask = SUBMISSIONS__DEADLINE_PASSED__INIT;
    struct letter *letter;

    (void) state;
    given_a_finalist();
    required_in(20, 2);
    letter = stage_letter(&s, &submissions_service, 21, OFFICER, ENTRY, &ask);
    assert_string_equal(stage_say(&submissions, letter), "UNKNOWN_TYPE");
    assert_int_equal(overdue(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_alarm_rings_once_when_its_day_is_over),
        TEST(two_replicas_that_see_the_same_alarm_say_it_once),
        TEST(an_alarm_that_was_taken_away_is_dropped),
        TEST(an_alarm_of_what_does_not_exist_is_taken_away_in_silence),
        TEST(nobody_from_outside_can_ring_an_alarm),
    };

    return cmocka_run_group_tests_name("races.timers", tests, NULL, NULL);
}
