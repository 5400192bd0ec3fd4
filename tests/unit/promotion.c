/* tests/unit/promotion.c - how the winner of a local contest goes on in the contest above. */
#include "services/submissions/entry.h"
#include "tests/unit/entry_story.h"

/* That of new_entry. */
static void
has_content(struct story *s, struct entry *entry)
{
    entry->draft = 1;
    entry->title = "MỘT CỬA thân thiện";
    list_init(&entry->authors, s->arena, sizeof(struct author));
    for (unsigned person = 32; person >= 31; person--)
        *(struct author *) list_add(&entry->authors) =
            (struct author){ .person_id = ID(person), .share_bp = 5000, .draft = 1 };
}

static struct entrant *
counted(struct story *s, unsigned agency)
{
    struct uuid edition = ID(100), id = ID(agency);

    return (void *) world_hold(s->world, &entrant_kind, submissions_entrant_id(&edition, &id))
        ->state;
}

static void
agency_has_held_a_contest(struct story *s, unsigned agency)
{
    struct entrant *entrant = counted(s, agency);

    entrant->self.version = 1;
    entrant->self.state = SUBMISSIONS__ENTRANT_STATE__ENTRANT_STATE_LIVE;
    entrant->edition_id = ID(100);
    entrant->agency_id = ID(agency);
    entrant->contests = 1;
}

/* Edition 110 is agency 3's contest under 100, which lets one winner of each come up; its winner is 210. */
static struct entry *
local_contest_is_won(struct story *s)
{
    struct edition *parent = edition_has_rules(s, 100);
    struct edition *local = edition_of_agency_3(s, 110);
    struct entry *winner = (void *) world_hold(s->world, &entry_kind, ID(210))->state;

    parent->rules->local_terms = proto_new(s->arena, ON(local_terms));
    parent->rules->local_terms->max_promotions = 1;
    local->self.state = SUBMISSIONS__EDITION_STATE__EDITION_STATE_RESULTS_CONFIRMED;
    winner->self.version = 9;
    winner->self.state = SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_AWARDED;
    winner->edition_id = ID(110);
    winner->entrant_agency_id = ID(3);
    winner->reached_final = true;
    has_content(s, winner);
    agency_has_held_a_contest(s, 3);
    return winner;
}

static Submissions__CreateEntry *
promoted(struct story *s, unsigned from, unsigned edition)
{
    Submissions__CreateEntry *ask = new_entry(s);

    ask->promoted_from_id = story_id(s, from);
    ask->promoted_from_edition_id = story_id(s, edition);
    return ask;
}

static void
promote_from_as(struct story *s, unsigned person, unsigned entry, unsigned from, unsigned edition)
{
    Submissions__CreateEntry *ask = promoted(s, from, edition);

    ask->n_co_entrants = 0;
    say_as(s, person, entry, ask);
}

static void
promote_as(struct story *s, unsigned person, unsigned entry, unsigned from)
{
    promote_from_as(s, person, entry, from, 110);
}

static void
the_winner_of_a_local_contest_goes_on_once(void **state)
{
    struct story *s = *state;

    local_contest_is_won(s);
    promote_as(s, 31, 200, 210);
    assert_happened(s, "EntryDrafted, EntryPromoted, AgencyPromotionCounted");
    assert_true(uuid_equal(&entry_at(s, 200)->promoted_from_id, &(struct uuid[]){ ID(210) }[0]));
    assert_true(uuid_equal(&entry_at(s, 210)->promoted_to_id, &(struct uuid[]){ ID(200) }[0]));
    promote_as(s, 31, 201, 210);
    assert_refused(s, "NOT_PROMOTABLE");
}

static void
a_finalist_without_a_prize_may_go_on_and_nobody_who_fell_out(void **state)
{
    struct story *s = *state;
    struct entry *winner = local_contest_is_won(s);

    for (int i = SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_DRAFT;
         i <= SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_DISQUALIFIED; i++) {
        winner->self.state = i;
        if (i == SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_AWARDED ||
            i == SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_NOT_AWARDED)
            continue;
        promote_as(s, 31, 200, 210);
        assert_refused(s, "NOT_PROMOTABLE");
    }
    winner->self.state = SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_NOT_AWARDED;
    promote_as(s, 31, 200, 210);
    assert_happened(s, "EntryDrafted, EntryPromoted, AgencyPromotionCounted");
}

static void
a_local_contest_sends_up_as_many_as_it_may(void **state)
{
    struct story *s = *state;
    struct entry *winner = local_contest_is_won(s);
    struct entry *second = (void *) world_hold(s->world, &entry_kind, ID(211))->state;

    second->self.version = 9;
    second->self.state = winner->self.state;
    second->edition_id = winner->edition_id;
    second->entrant_agency_id = winner->entrant_agency_id;
    has_content(s, second);
    promote_as(s, 31, 200, 210);
    promote_as(s, 31, 201, 211);
    assert_refused(s, "TOO_MANY_PROMOTIONS");
}

static void
another_contest_of_the_agency_sends_up_no_more(void **state)
{
    struct story *s = *state;
    struct entry *winner = local_contest_is_won(s);

    edition_of_agency_3(s, 111)->self.state = EDITION_IS(RESULTS_CONFIRMED);
    promote_as(s, 31, 200, 210);
    winner = (void *) world_hold(s->world, &entry_kind, ID(211))->state;
    *winner = *entry_at(s, 210);
    winner->self.id = ID(211);
    winner->promoted_to_id = (struct uuid){ { 0 } };
    winner->edition_id = ID(111);
    promote_from_as(s, 31, 201, 211, 111);
    assert_refused(s, "TOO_MANY_PROMOTIONS");
}

static void
nobody_goes_on_from_a_contest_that_is_archived(void **state)
{
    struct story *s = *state;

    local_contest_is_won(s);
    edition_of_agency_3(s, 110)->self.state = EDITION_IS(ARCHIVED);
    promote_as(s, 31, 200, 210);
    assert_refused(s, "EDITION_ARCHIVED");
}

/* Agency 5 stands below 3 and won in its contest. */
static void
a_promotion_counts_for_the_agency_whose_contest_it_was(void **state)
{
    struct story *s = *state;
    struct entry *winner = local_contest_is_won(s);
    Submissions__CreateEntry *ask = promoted(s, 210, 110);

    agency_below_3_is_there(s);
    winner->entrant_agency_id = ID(5);
    ask->n_co_entrants = 0;
    say_as(s, 51, 200, ask);
    assert_refused(s, "NOT_PROMOTABLE");
    assert_string_equal(field_named(s), "promoted_from_agency_id");
    ask->promoted_from_agency_id = story_id(s, 3);
    say_as(s, 51, 200, ask);
    assert_happened(s, "EntryDrafted, EntryPromoted, AgencyPromotionCounted");
    assert_int_equal(counted(s, 3)->promotions, 1);
    assert_int_equal(counted(s, 5)->promotions, 0);
}

/* ------------------------------------------------------------------ what goes on is what won */

static void
what_goes_on_has_the_title_and_the_authors_of_what_won(void **state)
{
    struct story *s = *state;
    Submissions__CreateEntry *ask;

    local_contest_is_won(s);
    ask = promoted(s, 210, 110);
    ask->title = "Một cửa";
    say_as(s, 31, 200, ask);
    assert_refused(s, "PROMOTED_CONTENT");
    assert_string_equal(field_named(s), "title");
    ask->title = "Một cửa, thân thiện";
    ask->authors[1]->person_id = story_id(s, 41);
    say_as(s, 31, 200, ask);
    assert_refused(s, "PROMOTED_CONTENT");
    assert_string_equal(field_named(s), "authors[1].person_id");
    ask->n_authors = 1;
    say_as(s, 31, 200, ask);
    assert_refused(s, "PROMOTED_CONTENT");
    assert_string_equal(field_named(s), "authors");
    say_as(s, 31, 200, promoted(s, 210, 110));
    assert_happened(s, "EntryDrafted, EntryPromoted, AgencyPromotionCounted");
}

static Submissions__ReviseEntry *
draft_alone(struct story *s, const char *title)
{
    Submissions__ReviseEntry *draft = new_draft(s, title);

    draft->n_co_entrants = 0;
    return draft;
}

static void
it_stays_so_when_it_is_drafted_anew(void **state)
{
    struct story *s = *state;
    Submissions__ReviseEntry *draft;

    local_contest_is_won(s);
    promote_as(s, 31, 200, 210);
    say_as(s, 31, 200, draft_alone(s, "Một cửa"));
    assert_refused(s, "PROMOTED_CONTENT");
    draft = draft_alone(s, "một cửa thân thiện");
    draft->authors[0]->person_id = story_id(s, 41);
    say_as(s, 31, 200, draft);
    assert_refused(s, "PROMOTED_CONTENT");
    draft = draft_alone(s, "một cửa thân thiện");
    draft->summary = "Kể lại cho rõ";
    say_as(s, 31, 200, draft);
    assert_happened(s, "EntryRevised");
}

/* ------------------------------------------------------------------ while both live */

static void
the_winner_stays_while_it_is_in_the_contest_above(void **state)
{
    struct story *s = *state;
    Submissions__WithdrawEntry withdraw = SUBMISSIONS__WITHDRAW_ENTRY__INIT;
    Submissions__AnnulResult annul = SUBMISSIONS__ANNUL_RESULT__INIT;
    Submissions__DisqualifyEntry disqualify = SUBMISSIONS__DISQUALIFY_ENTRY__INIT;
    struct entry *winner = local_contest_is_won(s);

    annul.document = disqualify.document = &report;
    promote_as(s, 31, 200, 210);
    submit_as(s, 32, 200);
    winner->accused_by = ID(12);
    winner->answered = true;
    say_as(s, 32, 210, &withdraw);
    assert_refused(s, "PROMOTED_ENTRY_LIVES");
    say_as(s, 11, 210, &annul);
    assert_refused(s, "PROMOTED_ENTRY_LIVES");
    say_as(s, 11, 210, &disqualify);
    assert_refused(s, "PROMOTED_ENTRY_LIVES");
    say_as(s, 32, 200, &withdraw);
    assert_happened(s, "EntryWithdrawn");
    say_as(s, 11, 210, &disqualify);
    assert_happened(s, "EntryDisqualified");
}

static void
a_draft_does_not_hold_its_origin_and_is_nothing_without_it(void **state)
{
    struct story *s = *state;
    Submissions__AnnulResult annul = SUBMISSIONS__ANNUL_RESULT__INIT;

    annul.document = &report;
    local_contest_is_won(s);
    promote_as(s, 31, 200, 210);
    say_as(s, 11, 210, &annul);
    assert_happened(s, "ResultAnnulled");
    submit_as(s, 32, 200);
    register_as(s, 22, 200, "KH-01");
    assert_refused(s, "NOT_PROMOTABLE");
    refuse_entry_as(s, 22, 200);
    assert_happened(s, "EntryRefused");
}

static void
only_its_own_agency_promotes_an_entry(void **state)
{
    struct story *s = *state;

    local_contest_is_won(s);
    promote_as(s, 22, 200, 210);
    assert_refused(s, "NOT_PROMOTABLE");
    assert_string_equal(field_named(s), "promoted_from_id");
}

static void
an_entry_is_promoted_from_the_edition_in_which_it_won(void **state)
{
    struct story *s = *state;

    local_contest_is_won(s);
    edition_of_agency_3(s, 111);
    say_as(s, 31, 200, promoted(s, 210, 111));
    assert_refused(s, "NOT_PROMOTABLE");
    assert_string_equal(field_named(s), "promoted_from_edition_id");
    say_as(s, 31, 200, promoted(s, 210, 0));
    assert_refused(s, "NOT_PROMOTABLE");
    say_as(s, 31, 200, promoted(s, 0, 110));
    assert_refused(s, "NOT_PROMOTABLE");
    say_as(s, 31, 200, promoted(s, 299, 110));
    assert_refused(s, "NOT_PROMOTABLE");
}

static void
an_entry_goes_on_only_in_the_contest_above_its_own(void **state)
{
    struct story *s = *state;
    Submissions__CreateEntry *ask;

    local_contest_is_won(s);
    edition_has_rules(s, 120)->rules->local_terms = proto_new(s->arena, ON(local_terms));
    ask = promoted(s, 210, 110);
    ask->edition_id = story_id(s, 120);
    say_as(s, 31, 200, ask);
    assert_refused(s, "NOT_PROMOTABLE");
    ((struct edition *) world_hold(s->world, &edition_kind, ID(100))->state)->rules->local_terms =
        NULL;
    promote_as(s, 31, 200, 210);
    assert_refused(s, "NOT_PROMOTABLE");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(the_winner_of_a_local_contest_goes_on_once),
        TOLD(a_finalist_without_a_prize_may_go_on_and_nobody_who_fell_out),
        TOLD(a_local_contest_sends_up_as_many_as_it_may),
        TOLD(nobody_goes_on_from_a_contest_that_is_archived),
        TOLD(another_contest_of_the_agency_sends_up_no_more),
        TOLD(a_promotion_counts_for_the_agency_whose_contest_it_was),
        TOLD(what_goes_on_has_the_title_and_the_authors_of_what_won),
        TOLD(it_stays_so_when_it_is_drafted_anew),
        TOLD(the_winner_stays_while_it_is_in_the_contest_above),
        TOLD(a_draft_does_not_hold_its_origin_and_is_nothing_without_it),
        TOLD(only_its_own_agency_promotes_an_entry),
        TOLD(an_entry_is_promoted_from_the_edition_in_which_it_won),
        TOLD(an_entry_goes_on_only_in_the_contest_above_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
