/* tests/unit/jury.c - who is shown nothing of an edition's entries, and for how long; and what a registered entry takes
 * along for its judges.
 *
 * Rounds 300 and 301 are of edition 100; persons 41 and 42 judge. */
#include "sangkien/appraisal/v1/events.pb-c.h"
#include "tests/unit/edition_story.h"

static bool
is_blind(struct story *s, unsigned person)
{
    struct uuid id = ID(person);

    return submissions_judges_blind(story_state(s, &jury_kind, 100), &id);
}

static void
round_starts(struct story *s, unsigned round, bool is_blind, unsigned first, unsigned count)
{
    Appraisal__RoundStarted heard = APPRAISAL__ROUND_STARTED__INIT;
    const char *judges[2] = { story_id(s, first), story_id(s, first + 1) };

    heard.round_id = story_id(s, round);
    heard.edition_id = story_id(s, 100);
    heard.round_code = "clusters";
    heard.is_blind = is_blind;
    heard.n_judge_ids = count;
    heard.judge_ids = judges;
    story_hear(s, round, &heard);
}

static void
round_is_confirmed(struct story *s, unsigned round)
{
    Appraisal__RoundConfirmed heard = APPRAISAL__ROUND_CONFIRMED__INIT;

    heard.round_id = story_id(s, round);
    heard.edition_id = story_id(s, 100);
    story_hear(s, round, &heard);
}

static void
round_is_annulled(struct story *s, unsigned round)
{
    Appraisal__RoundAnnulled heard = APPRAISAL__ROUND_ANNULLED__INIT;

    heard.round_id = story_id(s, round);
    heard.edition_id = story_id(s, 100);
    story_hear(s, round, &heard);
}

static void
judging_is_closed(struct story *s)
{
    Appraisal__JudgingClosed heard = APPRAISAL__JUDGING_CLOSED__INIT;

    heard.edition_id = story_id(s, 100);
    story_hear(s, 100, &heard);
}

static void
judges_of_a_blind_round_are_blind_until_judging_ends(void **state)
{
    struct story *s = *state;

    judged_edition_is_closed(s);
    round_starts(s, 300, true, 41, 2);
    assert_happened(s, "JudgingStarted, JudgesBlinded");
    assert_true(is_blind(s, 41));
    assert_true(is_blind(s, 42));
    assert_false(is_blind(s, 43));
    assert_false(is_blind(s, 0));
    round_is_confirmed(s, 300); /* the next one may be blind too */
    assert_happened(s, "RoundOutcomeNoted");
    assert_true(is_blind(s, 41));
    judging_is_closed(s);
    assert_happened(s, "JudgingEnded, JudgesReleased");
    assert_false(is_blind(s, 41));
    assert_false(is_blind(s, 42));
    judging_is_closed(s);
    assert_happened(s, "");
    round_starts(s, 301, true, 41, 1); /* heard too late: nobody would release them */
    assert_false(is_blind(s, 41));
}

/* Whatever they may have seen meanwhile. */
static void
judges_are_blind_again_when_judging_is_opened_again(void **state)
{
    struct story *s = *state;
    Types__Date day = TYPES__DATE__INIT;
    Types__OfficialDocument decision = TYPES__OFFICIAL_DOCUMENT__INIT;
    Submissions__ReopenJudging ask = SUBMISSIONS__REOPEN_JUDGING__INIT;

    day.year = 2019;
    day.month = 11;
    day.day = 12;
    decision.kind = TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DECISION;
    decision.document_symbol = "1/QĐ-UBND";
    decision.issued_on = &day;
    ask.reason = "A sheet was added up wrongly.";
    ask.document = &decision;
    judged_edition_is_closed(s);
    round_starts(s, 300, true, 41, 2);
    round_starts(s, 301, true, 42, 2);
    for (int times = 0; times < 2; times++) {
        judging_is_closed(s);
        assert_happened(s, "JudgingEnded, JudgesReleased");
        say_as(s, 11, 100, &ask);
        assert_happened(s, "JudgingReopened, JudgesBlinded");
        for (unsigned person = 41; person <= 43; person++)
            assert_true(is_blind(s, person));
        assert_false(is_blind(s, 44));
    }
    judging_is_closed(s);
    for (unsigned person = 41; person <= 43; person++)
        assert_false(is_blind(s, person));
}

static void
who_judged_a_round_that_was_annulled_stays_blind_for_the_next_one(void **state)
{
    struct story *s = *state;

    judged_edition_is_closed(s);
    round_starts(s, 300, true, 41, 2);
    round_is_annulled(s, 300);
    assert_happened(s, "RoundOutcomeNoted");
    assert_true(is_blind(s, 41));
    round_starts(s, 301, true, 42, 2);
    assert_true(is_blind(s, 41));
    assert_true(is_blind(s, 42));
    assert_true(is_blind(s, 43));
    judging_is_closed(s);
    assert_happened(s, "JudgingEnded, JudgesReleased");
    for (unsigned person = 41; person <= 43; person++)
        assert_false(is_blind(s, person));
}

static void
nobody_is_blind_in_a_round_that_is_not(void **state)
{
    struct story *s = *state;

    judged_edition_is_closed(s);
    round_starts(s, 300, false, 41, 2);
    assert_happened(s, "JudgingStarted");
    assert_false(is_blind(s, 41));
    round_is_confirmed(s, 300);
    assert_happened(s, "RoundOutcomeNoted");
}

static void
an_edition_that_is_called_off_releases_all_judges(void **state)
{
    struct story *s = *state;
    Submissions__CancelEdition ask = SUBMISSIONS__CANCEL_EDITION__INIT;

    judged_edition_is_closed(s);
    round_starts(s, 300, true, 41, 2);
    round_starts(s, 301, true, 42, 1);
    ask.reason = "bão";
    say_as(s, 11, 100, &ask);
    assert_happened(s, "EditionCancelled, JudgesReleased");
    assert_false(is_blind(s, 41));
    assert_false(is_blind(s, 42));
    round_starts(s, 302, true, 41, 1); /* heard too late */
    assert_happened(s, "");
    assert_false(is_blind(s, 41));
}

/* ------------------------------------------------------------------ for its judges */

static Submissions__Evidence *
add_evidence(struct story *s, Submissions__CreateEntry *ask, size_t uri_bytes)
{
    Submissions__Evidence *e = ADD(s, ask, evidence, evidence);
    static uint8_t digest[32] = { 5 };
    char *uri = arena_zero(s->arena, uri_bytes + 1);

    memset(uri, 'u', uri_bytes);
    e->kind = SUBMISSIONS__EVIDENCE_KIND__EVIDENCE_KIND_VIDEO;
    e->name = "Phim";
    e->uri = uri;
    e->sha256 = (ProtobufCBinaryData){ sizeof(digest), digest };
    e->size_bytes = INT64_MAX;
    e->media_type = "video/mp4";
    return e;
}

static const Submissions__EntryRegistered *
registered(struct story *s, Submissions__CreateEntry *ask)
{
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;
    Submissions__RegisterEntry ask_register = SUBMISSIONS__REGISTER_ENTRY__INIT;

    say_as(s, 31, 200, ask);
    assert_happened(s, "EntryDrafted");
    join_as(s, 41, 200, 1);
    say_as(s, 32, 200, &submit);
    ask_register.entry_code = "KH-01";
    say_as(s, 21, 200, &ask_register);
    assert_happened(s, "EntryRegistered, RollCounted");
    return story_event(s, 0);
}

static void
a_registered_entry_takes_along_what_its_judges_look_at(void **state)
{
    struct story *s = *state;
    const Submissions__EntryRegistered *said;
    Submissions__CreateEntry *ask;

    judged_edition_is_published(s);
    story_later(s, OPENS_US);
    ask = new_entry(s);
    ask->summary = "Trả kết quả trong ngày";
    ask->team = "Đội 1";
    add_evidence(s, ask, 10);
    said = registered(s, ask);
    assert_string_equal(said->summary, "Trả kết quả trong ngày");
    assert_string_equal(said->team, "Đội 1");
    assert_int_equal(said->n_evidence, 1);
    assert_string_equal(said->evidence[0]->uri, "uuuuuuuuuu");
    assert_int_equal(said->evidence[0]->sha256.data[0], 5);
    assert_int_equal(said->evidence[0]->draft, 0);
}

static const char *
of_bytes(struct story *s, size_t bytes)
{
    return memset(arena_zero(s->arena, bytes + 1), 'x', bytes);
}

static void
the_longest_entry_fits_into_an_event(void **state)
{
    struct story *s = *state;
    Submissions__CreateEntry *ask;
    Submissions__Evidence *e;

    judged_edition_is_published(s);
    story_later(s, OPENS_US);
    ask = new_entry(s);
    ask->title = of_bytes(s, 500);
    ask->summary = of_bytes(s, 8000);
    ask->team = of_bytes(s, 100);
    for (int i = 0; i < 20; i++) {
        e = add_evidence(s, ask, 1000);
        e->name = of_bytes(s, 300);
        e->media_type = of_bytes(s, 100);
    }
    assert_in_range(protobuf_c_message_get_packed_size(&registered(s, ask)->base), 38000, 50000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(judges_of_a_blind_round_are_blind_until_judging_ends),
        TOLD(judges_are_blind_again_when_judging_is_opened_again),
        TOLD(who_judged_a_round_that_was_annulled_stays_blind_for_the_next_one),
        TOLD(nobody_is_blind_in_a_round_that_is_not),
        TOLD(an_edition_that_is_called_off_releases_all_judges),
        TOLD(a_registered_entry_takes_along_what_its_judges_look_at),
        TOLD(the_longest_entry_fits_into_an_event),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
