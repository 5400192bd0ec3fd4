/* tests/unit/promotion.c - how the winner of a local contest goes on in the contest above. */
#include "tests/unit/entry_story.h"

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
promote_as(struct story *s, unsigned person, unsigned entry, unsigned from)
{
    Submissions__CreateEntry *ask = promoted(s, from, 110);

    ask->n_co_entrants = 0;
    say_as(s, person, entry, ask);
}

static void
the_winner_of_a_local_contest_goes_on_once(void **state)
{
    struct story *s = *state;

    local_contest_is_won(s);
    promote_as(s, 31, 200, 210);
    assert_happened(s, "EntryDrafted, EntryPromoted, PromotionCounted");
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
    assert_happened(s, "EntryDrafted, EntryPromoted, PromotionCounted");
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
    promote_as(s, 31, 200, 210);
    promote_as(s, 31, 201, 211);
    assert_refused(s, "TOO_MANY_PROMOTIONS");
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
        TOLD(only_its_own_agency_promotes_an_entry),
        TOLD(an_entry_is_promoted_from_the_edition_in_which_it_won),
        TOLD(an_entry_goes_on_only_in_the_contest_above_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
