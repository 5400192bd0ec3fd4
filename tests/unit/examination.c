/* tests/unit/examination.c - drafts and versions, what an organiser makes of them, and which look alike. */
#include "tests/unit/entry_story.h"

#define BEFORE_20_NOVEMBER_US (STORY_BEGINS_US + 19 * DAY_US - 7 * HOUR_US)

static void
entry_is_returned(struct story *s)
{
    entry_is_submitted(s);
    return_entry_until(s, 22, 200, until(s, 2019, 11, 20, false));
    assert_happened(s, "EntryReturned");
}

/* ------------------------------------------------------------------ drafts and versions */

static void
what_is_handed_in_has_a_number_and_the_digest_of_the_latest_draft(void **state)
{
    struct story *s = *state;
    Submissions__ReviseEntry *draft = new_draft(s, "Một cửa liên thông");
    Submissions__EntryRevised revised;
    struct bytes bytes;
    struct digest digest;
    const Submissions__EntrySubmitted *said;

    entry_is_drafted(s);
    say_as(s, 31, 200, draft);
    assert_happened(s, "EntryRevised");
    assert_int_equal(the_entry(s)->draft, 2);
    revised = *(const Submissions__EntryRevised *) story_event(s, 0);
    revised.digest = (ProtobufCBinaryData){ 0 };
    bytes = proto_pack(s->arena, &revised);
    digest = sha256(bytes.data, bytes.size);
    assert_true(digest_equal(&the_entry(s)->content_digest, &digest));
    submit_as(s, 32, 200);
    said = story_event(s, 0);
    assert_int_equal(said->entry_version, 1);
    assert_int_equal(said->digest.len, 32);
    assert_memory_equal(said->digest.data, the_entry(s)->content_digest.bytes, 32);
    assert_int_equal(proto_time_us(said->submitted_at), s->now_us);
    assert_string_equal(said->title, "Một cửa liên thông");
}

static void
the_digest_of_a_draft_tells_nothing_of_a_day_of_birth(void **state)
{
    struct story *s = *state;
    Submissions__ReviseEntry *draft = new_draft(s, "Một cửa");
    Types__Date born = TYPES__DATE__INIT;
    Submissions__Declaration declaration = SUBMISSIONS__DECLARATION__INIT,
                             *all[] = { &declaration };
    struct digest digests[2];

    entry_is_drafted(s);
    declaration.person_id = draft->authors[0]->person_id;
    declaration.born_on = &born;
    draft->declarations = all;
    draft->n_declarations = 1;
    for (int i = 0; i < 2; i++) {
        born = (Types__Date){ .base = born.base, .year = 1990 + i, .month = 1, .day = 1 };
        say_as(s, 31, 200, draft);
        assert_happened(s, "EntryRevised");
        digests[i] = the_entry(s)->content_digest;
    }
    assert_true(digest_equal(&digests[0], &digests[1]));
}

static void
only_the_authors_of_the_latest_draft_count(void **state)
{
    struct story *s = *state;
    Submissions__ReviseEntry *draft = new_draft(s, "Một cửa");
    const Submissions__EntryRegistered *said;

    edition_is_open(s);
    say_as(s, 31, 200, new_entry(s));
    draft->n_authors = 1;
    say_as(s, 31, 200, draft);
    submit_as(s, 32, 200);
    assert_refused(s, "SHARES_NOT_WHOLE");
    draft->authors[0]->share_bp = 10000;
    say_as(s, 31, 200, draft);
    submit_as(s, 32, 200);
    join_as(s, 41, 200, 3);
    register_as(s, 22, 200, "KH-01");
    said = story_event(s, 0);
    assert_int_equal(said->n_author_ids, 1);
    assert_string_equal(said->author_ids[0], story_id(s, 31));
}

static void
what_was_handed_in_is_not_drafted_anew(void **state)
{
    struct story *s = *state;

    entry_is_submitted(s);
    say_as(s, 31, 200, new_draft(s, "Một cửa"));
    assert_refused(s, "NOT_NOW");
    submit_as(s, 32, 200);
    assert_refused(s, "NOT_NOW");
}

static void
only_the_entrant_agency_drafts_its_entry_anew(void **state)
{
    struct story *s = *state;

    entry_is_drafted(s);
    say_as(s, 22, 200, new_draft(s, "Một cửa"));
    assert_refused(s, "NOT_YOUR_ENTRY");
}

static void
an_entry_is_drafted_a_hundred_times_and_no_more(void **state)
{
    struct story *s = *state;

    entry_is_drafted(s);
    for (int i = 2; i <= 100; i++) {
        say_as(s, 31, 200, new_draft(s, "Một cửa"));
        assert_happened(s, "EntryRevised");
    }
    say_as(s, 31, 200, new_draft(s, "Một cửa"));
    assert_refused(s, "TOO_MANY_DRAFTS");
}

/* ------------------------------------------------------------------ one's own */

static void
an_author_of_the_latest_draft_does_not_examine_it(void **state)
{
    struct story *s = *state;
    Submissions__ReviseEntry *draft = new_draft(s, "Một cửa");

    entry_is_drafted(s);
    draft->authors[1]->person_id = story_id(s, 22);
    say_as(s, 31, 200, draft);
    join_as(s, 41, 200, 2);
    submit_as(s, 32, 200);
    register_as(s, 22, 200, "KH-01");
    assert_refused(s, "OWN_SUBMISSION");
    refuse_entry_as(s, 22, 200);
    assert_refused(s, "OWN_SUBMISSION");
    return_entry_until(s, 22, 200, until(s, 2019, 11, 20, false));
    assert_refused(s, "OWN_SUBMISSION");
    return_entry_until(s, 21, 200, until(s, 2019, 11, 20, false));
    say_as(s, 31, 200, new_draft(s, "Một cửa"));
    join_as(s, 41, 200, 3);
    submit_as(s, 32, 200);
    register_as(s, 22, 200, "KH-01"); /* an author of it no longer */
    assert_happened(s, "EntryRegistered");
}

/* ------------------------------------------------------------------ returning */

static void
a_returned_entry_comes_back_as_a_new_version_before_its_cure_date(void **state)
{
    struct story *s = *state;
    struct digest first;

    entry_is_returned(s);
    first = the_entry(s)->content_digest;
    assert_int_equal(the_entry(s)->cure_at_us, BEFORE_20_NOVEMBER_US);
    s->now_us = BEFORE_20_NOVEMBER_US - 1;
    say_as(s, 31, 200, new_draft(s, "Một cửa điện tử"));
    assert_happened(s, "EntryRevised");
    submit_as(s, 32, 200);
    assert_happened(s, "EntrySubmitted");
    assert_string_equal(the_entry(s)->title, "Một cửa điện tử");
    assert_false(digest_equal(&first, &the_entry(s)->content_digest));
    assert_int_equal(the_entry(s)->entry_version, 2);
}

static void
a_new_version_that_arrives_at_the_cure_date_is_late(void **state)
{
    struct story *s = *state;

    entry_is_returned(s);
    s->now_us = BEFORE_20_NOVEMBER_US;
    submit_as(s, 32, 200);
    assert_refused(s, "CURE_PASSED");
    say_as(s, 31, 200, new_draft(s, "Một cửa"));
    assert_refused(s, "CURE_PASSED");
}

static void
what_was_returned_may_be_cured_after_registration_has_ended(void **state)
{
    struct story *s = *state;

    edition_has_rules(s, 100)->rules->max_cure_days = 10;
    create_as(s, 31, 200, "");
    submit_as(s, 32, 200);
    return_entry_until(s, 22, 200, until(s, 2019, 11, 20, false));
    s->now_us = CLOSES_US + DAY_US;
    submit_as(s, 32, 200);
    assert_happened(s, "EntrySubmitted");
}

/* Registration closes on 11 November, 00:00 UTC, which is seven in the morning. */
static void
a_cure_ends_no_later_than_the_rules_allow(void **state)
{
    struct story *s = *state;
    struct edition *edition = edition_has_rules(s, 100);

    create_as(s, 31, 200, "");
    submit_as(s, 32, 200);
    return_entry_until(s, 22, 200, until(s, 2019, 11, 12, false));
    assert_refused(s, "BAD_DATE");
    assert_string_equal(field_named(s), "cure.date");
    edition->rules->max_cure_days = 9;
    return_entry_until(s, 22, 200, until(s, 2019, 11, 21, false));
    assert_refused(s, "BAD_DATE");
    return_entry_until(s, 22, 200, until(s, 2019, 11, 20, false));
    assert_happened(s, "EntryReturned");
}

static void
what_is_not_mended_in_time_can_be_refused_and_not_before(void **state)
{
    struct story *s = *state;

    entry_is_returned(s);
    s->now_us = BEFORE_20_NOVEMBER_US + DAY_US -
                1; /* it may have arrived in time, and come again with a receipt */
    refuse_entry_as(s, 22, 200);
    assert_refused(s, "TOO_EARLY");
    s->now_us++;
    register_as(s, 22, 200, "KH-01");
    assert_refused(s, "NOT_NOW");
    refuse_entry_as(s, 22, 200);
    assert_happened(s, "EntryRefused");
}

static void
a_cure_date_lies_ahead(void **state)
{
    struct story *s = *state;

    entry_is_submitted(s);
    return_entry_until(s, 22, 200, until(s, 2019, 11, 1, false));
    assert_refused(s, "BAD_DATE");
    assert_string_equal(field_named(s), "cure.date");
    return_entry_until(s, 22, 200, until(s, 2019, 11, 31, false));
    assert_refused(s, "BAD_DATE");
}

static void
a_returned_entry_can_be_withdrawn(void **state)
{
    struct story *s = *state;

    entry_is_returned(s);
    withdraw_as(s, 32);
    assert_happened(s, "EntryWithdrawn");
}

static void
a_refused_entry_stays_refused(void **state)
{
    struct story *s = *state;

    entry_is_submitted(s);
    refuse_entry_as(s, 22, 200);
    assert_happened(s, "EntryRefused");
    withdraw_as(s, 32);
    assert_refused(s, "NOT_WITHDRAWABLE");
    submit_as(s, 32, 200);
    assert_refused(s, "NOT_NOW");
    register_as(s, 22, 200, "KH-01");
    assert_refused(s, "NOT_NOW");
}

/* ------------------------------------------------------------------ who examines */

static void
nobody_examines_what_they_handed_in(void **state)
{
    struct story *s = *state;

    edition_is_open(s);
    say_as(s, 22, 200, new_entry(s));
    join_as(s, 41, 200, 1);
    submit_as(s, 21, 200);
    return_entry_until(s, 21, 200, until(s, 2019, 11, 20, false));
    assert_refused(s, "OWN_SUBMISSION");
    refuse_entry_as(s, 21, 200);
    assert_refused(s, "OWN_SUBMISSION");
    register_as(s, 21, 200, "SNV-01");
    assert_refused(s, "OWN_SUBMISSION");
    return_entry_until(s, 22, 200, until(s, 2019, 11, 20, false));
    assert_happened(s, "EntryReturned");
    submit_as(s, 22, 200); /* who returned it hands it in again, and so is out */
    register_as(s, 22, 200, "SNV-01");
    assert_refused(s, "OWN_SUBMISSION");
    register_as(s, 21, 200, "SNV-01");
    assert_happened(s, "EntryRegistered");
}

static void
an_entrant_does_not_examine_in_a_contest_that_is_not_its_own(void **state)
{
    struct story *s = *state;

    entry_is_submitted(s);
    register_as(s, 31, 200, "KH-01");
    assert_refused(s, "NOT_YOUR_EDITION");
    return_entry_until(s, 41, 200, until(s, 2019, 11, 20, false));
    assert_refused(s, "NOT_YOUR_EDITION");
    refuse_entry_as(s, 31, 200);
    assert_refused(s, "NOT_YOUR_EDITION");
}

/* Its authors are this person and the next one. */
static void
create_of(struct story *s, unsigned person, unsigned entry, unsigned author)
{
    Submissions__CreateEntry *ask = new_entry(s);

    ask->n_co_entrants = 0;
    for (unsigned i = 0; i < 2; i++)
        ask->authors[i]->person_id = story_id(s, author + i);
    say_as(s, person, entry, ask);
}

static void
a_local_contest_is_examined_by_its_own_agency(void **state)
{
    struct story *s = *state;

    agency_below_3_is_there(s);
    edition_of_agency_3(s, 100);
    create_of(s, 51, 200, 51);
    submit_as(s, 52, 200);
    register_as(s, 22, 200, "KH-01");
    assert_refused(s, "NOT_YOUR_EDITION");
    register_as(s, 51, 200, "KH-01");
    assert_refused(s, "NOT_YOUR_EDITION");
    register_as(s, 31, 200, "KH-01");
    assert_happened(s, "EntryRegistered, RollCounted");
    create_of(s, 31, 201, 51);
    submit_as(s, 31, 201);
    register_as(s, 31, 201, "KH-02");
    assert_refused(s, "OWN_SUBMISSION");
    register_as(s, 32, 201, "KH-02");
    assert_happened(s, "EntryRegistered, RollCounted");
}

static void
an_edition_with_rules_of_its_own_takes_no_results_from_elsewhere(void **state)
{
    struct story *s = *state;
    Submissions__RecordFinalResult ask = result_of(7000, true, SUBMISSIONS__AWARD__AWARD_NONE);

    edition_has_rules(s, 100);
    create_as(s, 31, 200, "");
    submit_as(s, 32, 200);
    register_as(s, 22, 200, "KH-01");
    say_as(s, 22, 200, &ask);
    assert_refused(s, "JUDGED_HERE");
}

/* ------------------------------------------------------------------ titles */

static void
submit_titled(struct story *s, unsigned person, unsigned entry, const char *title)
{
    Submissions__CreateEntry *ask = new_entry(s);

    ask->n_co_entrants = 0;
    ask->title = title;
    say_as(s, person, entry, ask);
    submit_as(s, person, entry);
}

static void
entries_of_one_title_get_one_key_and_are_taken(void **state)
{
    struct story *s = *state;
    const Submissions__EntrySubmitted *said;

    edition_is_open(s);
    submit_titled(s, 31, 200, "Đường dây nóng Hòa Bình");
    assert_happened(s, "EntrySubmitted");
    submit_titled(s, 22, 201, "ĐƯỜNG  dây nóng – Hoà Bình");
    assert_happened(s, "EntrySubmitted");
    said = story_event(s, 0);
    assert_string_equal(said->title_key, "duong day nong hoa binh");
    submit_titled(s, 22, 202, "Đường dây lạnh Hòa Bình");
    said = story_event(s, 0);
    assert_string_equal(said->title_key, "duong day lanh hoa binh");
}

static void
evidence_belongs_to_the_draft_that_cites_it(void **state)
{
    struct story *s = *state;
    Submissions__CreateEntry *ask = new_entry(s);
    Submissions__Evidence evidence = SUBMISSIONS__EVIDENCE__INIT, *all[] = { &evidence };
    uint8_t bytes[32] = { 7 };
    const struct evidence *kept;

    edition_is_open(s);
    evidence.kind = SUBMISSIONS__EVIDENCE_KIND__EVIDENCE_KIND_VIDEO;
    evidence.name = "video.mp4";
    evidence.sha256 = (ProtobufCBinaryData){ sizeof(bytes), bytes };
    evidence.size_bytes = 5;
    evidence.draft = 9; /* is not for the entrant to say */
    ask->evidence = all;
    ask->n_evidence = 1;
    say_as(s, 31, 200, ask);
    kept = list_at(&the_entry(s)->evidence, 0);
    assert_int_equal(kept->draft, 1);
    assert_int_equal(kept->sha256.bytes[0], 7);
    assert_string_equal(kept->name, "video.mp4");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(what_is_handed_in_has_a_number_and_the_digest_of_the_latest_draft),
        TOLD(the_digest_of_a_draft_tells_nothing_of_a_day_of_birth),
        TOLD(only_the_authors_of_the_latest_draft_count),
        TOLD(what_was_handed_in_is_not_drafted_anew),
        TOLD(an_author_of_the_latest_draft_does_not_examine_it),
        TOLD(only_the_entrant_agency_drafts_its_entry_anew),
        TOLD(an_entry_is_drafted_a_hundred_times_and_no_more),
        TOLD(a_returned_entry_comes_back_as_a_new_version_before_its_cure_date),
        TOLD(a_new_version_that_arrives_at_the_cure_date_is_late),
        TOLD(what_was_returned_may_be_cured_after_registration_has_ended),
        TOLD(a_cure_ends_no_later_than_the_rules_allow),
        TOLD(what_is_not_mended_in_time_can_be_refused_and_not_before),
        TOLD(a_cure_date_lies_ahead),
        TOLD(a_returned_entry_can_be_withdrawn),
        TOLD(a_refused_entry_stays_refused),
        TOLD(nobody_examines_what_they_handed_in),
        TOLD(an_entrant_does_not_examine_in_a_contest_that_is_not_its_own),
        TOLD(a_local_contest_is_examined_by_its_own_agency),
        TOLD(an_edition_with_rules_of_its_own_takes_no_results_from_elsewhere),
        TOLD(entries_of_one_title_get_one_key_and_are_taken),
        TOLD(evidence_belongs_to_the_draft_that_cites_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
