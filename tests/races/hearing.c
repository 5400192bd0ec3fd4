/* tests/races/hearing.c - a consumer hears every event once, in order, and one bad event stops only its own subject.
 *
 * The story   Two replicas of funding hear the same journal; whoever has the cursor hears, the other one leaves
 *             it alone and goes on from where the first one stopped. Then an event comes that cannot be taken:
 *             it is parked, later events of its subject wait behind it, everybody else's pass. An operator
 *             looks, and says RETRY or DISCARD.
 */
#include "tests/races/stage.h"

#include <string.h>

#include "common/hearing.h"
#include "sangkien/appraisal/v1/events.pb-c.h"

static struct stage s;

static int64_t
cursor(void)
{
    return stage_number(&s, "SELECT position FROM runtime.cursor WHERE programme = $1"
                            " AND consumer = 'funding'");
}

static int64_t
journal_end(void)
{
    return stage_number(&s, "SELECT position FROM runtime.journal_head WHERE programme = $1");
}

static int64_t
noted(void)
{
    return stage_number(&s, "SELECT count(*) FROM funding.recommendation WHERE programme = $1");
}

static const char *
parked(void)
{
    return stage_text(
        &s, "SELECT coalesce(string_agg(position || ' ' || reason, '; ' ORDER BY position), '')"
            " FROM runtime.parked WHERE programme = $1 AND consumer = 'funding'");
}

static struct heard
hear(struct writer *writer, int64_t limit, const struct failure *known)
{
    static const struct failure none;
    struct failure failure = { 0 };
    struct heard heard = { 0 };

    if (hearing_run(writer, s.arena, s.programme, limit, known ? known : &none, &failure, &heard))
        fail_msg("cannot hear: %s", err_text());
    return heard;
}

static int
hear_code(struct writer *writer, int64_t limit, struct failure *ret_failure)
{
    static const struct failure none;
    struct heard heard = { 0 };
    int rc = hearing_run(writer, s.arena, s.programme, limit, &none, ret_failure, &heard);

    if (rc && db_rollback(writer->db))
        fail_msg("%s", err_text());
    return rc;
}

/* What the loop does with an event that cannot be taken: alone, and then aside. */
static void
hear_all_parking(void)
{
    struct heard heard = { .has_more = true };

    while (heard.has_more) {
        struct failure failure = { 0 };
        int rc = hear_code(&s.funding, 1, &failure);

        if (rc) {
            assert_int_equal(rc, ERR_POISON);
            snprintf(failure.reason, sizeof(failure.reason), "it cannot be read");
            heard = hear(&s.funding, 1, &failure);
        }
        heard.has_more = cursor() < journal_end();
    }
}

/* An appraisal's event whose bytes are none. */
static int64_t
publish_noise(unsigned dossier)
{
    static const uint8_t noise[] = { 0xff, 0xff };

    return stage_publish(&s, "appraisal", 5000 + dossier, "sangkien.appraisal.v1.AppraisalReported",
                         (struct bytes){ noise, sizeof(noise) });
}

static void
give_verdict(int64_t position, const char *verdict)
{
    stage_do(&s,
             "UPDATE runtime.parked SET verdict = '%s', verdict_reason = 'looked at it'"
             " WHERE programme = '%s' AND position = %lld",
             verdict, s.programme, (long long) position);
}

static struct heard
drain(void)
{
    struct heard heard = { 0 };

    if (hearing_drain(&s.funding, s.arena, s.programme, &heard))
        fail_msg("cannot drain: %s", err_text());
    return heard;
}

/* ------------------------------------------------------------------ the cursor */

static void
what_is_heard_and_the_cursor_move_together(void **state)
{
    int64_t last;

    (void) state;
    publish_appraisal(&s, 100, "one", 10);
    last = publish_appraisal(&s, 101, "two", 10);
    hear_all(&s, &s.funding);
    assert_int_equal(noted(), 2);
    assert_true(cursor() >= last);
    hear_all(&s, &s.funding);
    assert_int_equal(stage_number(&s, "SELECT count(*) FROM runtime.journal WHERE programme = $1"
                                      " AND type = 'sangkien.funding.v1.RecommendationNoted'"),
                     2);
}

static void
a_small_limit_leaves_no_gap(void **state)
{
    (void) state;
    for (unsigned i = 0; i < 7; i++)
        publish_appraisal(&s, 100 + i, "a title", 10);
    for (struct heard heard = { .has_more = true }; heard.has_more;)
        heard = hear(&s.funding, 2, NULL);
    assert_int_equal(noted(), 7);
}

static void
while_one_replica_has_the_cursor_the_other_leaves_it_alone(void **state)
{
    struct writer other;
    struct heard heard;

    (void) state;
    stage_writer(&s, &funding_service, &other);
    publish_appraisal(&s, 100, "one", 10);
    hear_all(&s, &s.funding);
    publish_appraisal(&s, 101, "two", 10);
    stage_do(&s, "BEGIN");
    stage_do(&s, "SELECT FROM runtime.cursor WHERE programme = '%s' FOR UPDATE", s.programme);
    heard = hear(&other, 256, NULL);
    assert_int_equal(heard.events, 0);
    assert_false(heard.has_more);
    stage_do(&s, "COMMIT");
    heard = hear(&other, 256, NULL);
    assert_int_equal(heard.events, 1);
    assert_int_equal(hear(&s.funding, 256, NULL).events, 0);
    assert_int_equal(noted(), 2);
    writer_close(&other);
}

struct listener {
    struct writer writer;
    pthread_t thread;
    size_t events;
    int rc;
};

static void *
listen(void *context)
{
    struct listener *l = context;
    struct arena *arena = arena_new();
    struct heard heard = { 0 };

    for (int turn = 0; turn < 200 && l->rc == 0; turn++) {
        struct failure failure = { 0 };

        l->rc = hearing_run(&l->writer, arena, s.programme, 1, &failure, &failure, &heard);
        l->events += l->rc == 0 ? heard.events : 0;
        if (l->rc == ERR_RETRY)
            l->rc = db_rollback(l->writer.db);
    }
    arena_free(&arena);
    return NULL;
}

static void
two_replicas_share_a_cursor_without_gap_or_double(void **state)
{
    enum { EVENTS = 24 };
    struct listener listeners[2] = { 0 };

    (void) state;
    for (unsigned i = 0; i < EVENTS; i++)
        publish_appraisal(&s, 100 + i, "a title", 10);
    for (size_t i = 0; i < 2; i++) {
        stage_writer(&s, &funding_service, &listeners[i].writer);
        assert_int_equal(pthread_create(&listeners[i].thread, NULL, listen, &listeners[i]), 0);
    }
    for (size_t i = 0; i < 2; i++) {
        pthread_join(listeners[i].thread, NULL);
        assert_int_equal(listeners[i].rc, 0);
        writer_close(&listeners[i].writer);
    }
    hear_all(&s, &s.funding);
    assert_int_equal(noted(), EVENTS);
    assert_int_equal(stage_number(&s, "SELECT count(*) FROM runtime.journal WHERE programme = $1"
                                      " AND type = 'sangkien.funding.v1.RecommendationNoted'"),
                     EVENTS);
    assert_true(listeners[0].events + listeners[1].events <= EVENTS);
}

/* ------------------------------------------------------------------ what cannot be taken */

static void
a_bad_event_among_good_ones_changes_nothing_until_it_is_alone(void **state)
{
    struct failure failure = { 0 };
    (void) state;
    publish_appraisal(&s, 100, "one", 10);
    publish_noise(101);
    assert_int_equal(hear_code(&s.funding, 256, &failure), ERR_POISON);
    assert_int_equal(noted(), 0);
    hear_all_parking();
    assert_int_equal(noted(), 1);
}

static void
a_bad_event_parks_its_own_subject_and_all_others_pass(void **state)
{
    int64_t bad, behind;

    (void) state;
    publish_appraisal(&s, 100, "one", 10);
    bad = publish_noise(101);
    publish_appraisal(&s, 102, "three", 10);
    behind = publish_appraisal(&s, 101, "later, of the same subject", 10);
    publish_appraisal(&s, 103, "four", 10);
    hear_all_parking();
    assert_int_equal(noted(), 3);
    assert_string_equal(
        parked(),
        arena_format(s.arena,
                     "%lld it cannot be read; %lld an earlier event of this subject is parked",
                     (long long) bad, (long long) behind));
    assert_int_equal(cursor(), journal_end());
}

static void
what_is_discarded_goes_and_what_waited_behind_it_is_heard(void **state)
{
    int64_t bad;

    (void) state;
    bad = publish_noise(101);
    publish_appraisal(&s, 101, "later", 10);
    publish_appraisal(&s, 101, "and later", 10);
    hear_all_parking();
    assert_int_equal(noted(), 0);
    give_verdict(bad, "DISCARD");
    while (drain().has_more)
        ;
    assert_string_equal(parked(), "");
    assert_string_equal(
        stage_text(
            &s, "SELECT version || ' ' || title FROM funding.recommendation WHERE programme = $1"),
        "2 and later");
}

static void
what_fails_again_goes_back_with_its_reason_and_without_its_verdict(void **state)
{
    int64_t bad;

    (void) state;
    bad = publish_noise(101);
    hear_all_parking();
    give_verdict(bad, "RETRY");
    drain();
    assert_non_null(strstr(parked(), arena_format(s.arena, "%lld ", (long long) bad)));
    assert_string_equal(stage_text(&s, "SELECT coalesce(verdict, 'none') FROM runtime.parked"
                                       " WHERE programme = $1"),
                        "none");
    assert_false(drain().has_more);
}

/* The subject's table is locked away by a constraint of the judge's making, and then freed. */
static void
what_is_retried_when_the_trouble_is_over_is_heard_in_order(void **state)
{
    int64_t first;

    (void) state;
    stage_do(&s,
             "ALTER TABLE funding.recommendation ADD CONSTRAINT not_this CHECK (title <> '%s') NOT "
             "VALID",
             s.programme);
    first = publish_appraisal(&s, 101, s.programme, 10);
    publish_appraisal(&s, 101, "the second title", 10);
    hear_all_parking();
    stage_do(&s, "ALTER TABLE funding.recommendation DROP CONSTRAINT not_this");
    assert_int_equal(noted(), 0);
    give_verdict(first, "RETRY");
    while (drain().has_more)
        ;
    assert_string_equal(parked(), "");
    assert_string_equal(
        stage_text(
            &s, "SELECT version || ' ' || title FROM funding.recommendation WHERE programme = $1"),
        "2 the second title");
}

static void
nothing_is_drained_without_a_verdict(void **state)
{
    (void) state;
    publish_noise(101);
    hear_all_parking();
    assert_false(drain().has_more);
    assert_string_not_equal(parked(), "");
}

/* Between the try and the parking the cursor was free: another replica parked the event and went on. What
 * comes next is not parked in its place. */
static void
what_another_replica_parked_is_not_parked_on_its_neighbour(void **state)
{
    struct failure failure = { 0 };
    struct heard heard;

    (void) state;
    failure.position = publish_noise(100);
    publish_appraisal(&s, 101, "two", 10);
    snprintf(failure.reason, sizeof(failure.reason), "it cannot be read");
    heard = hear(&s.funding, 1, &failure);
    assert_int_equal(heard.parked, 1);
    heard = hear(&s.funding, 1, &failure);
    assert_int_equal(heard.parked, 0);
    assert_int_equal(heard.events, 1);
    assert_int_equal(noted(), 1);
}

/* Trouble with the database is nobody's event's fault. */
static void
a_lost_connection_parks_nothing(void **state)
{
    struct heard heard = { 0 };
    struct failure failure = { 0 };

    (void) state;
    publish_appraisal(&s, 100, "one", 10);
    stage_do(&s, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = "
                 "'sangkien_funding'");
    assert_int_equal(hearing_run(&s.funding, s.arena, s.programme, 256, &failure, &failure, &heard),
                     ERR_RETRY);
    assert_int_equal(db_reconnect(s.funding.db), 0);
    hear_all(&s, &s.funding);
    assert_int_equal(noted(), 1);
    assert_string_equal(parked(), "");
}

#define TEST(name) STAGE_TEST(name, &s)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_heard_and_the_cursor_move_together),
        TEST(a_small_limit_leaves_no_gap),
        TEST(while_one_replica_has_the_cursor_the_other_leaves_it_alone),
        TEST(two_replicas_share_a_cursor_without_gap_or_double),
        TEST(a_bad_event_among_good_ones_changes_nothing_until_it_is_alone),
        TEST(a_bad_event_parks_its_own_subject_and_all_others_pass),
        TEST(what_is_discarded_goes_and_what_waited_behind_it_is_heard),
        TEST(what_fails_again_goes_back_with_its_reason_and_without_its_verdict),
        TEST(what_is_retried_when_the_trouble_is_over_is_heard_in_order),
        TEST(nothing_is_drained_without_a_verdict),
        TEST(what_another_replica_parked_is_not_parked_on_its_neighbour),
        TEST(a_lost_connection_parks_nothing),
    };

    return cmocka_run_group_tests_name("races.hearing", tests, NULL, NULL);
}
