/* tests/unit/roll.c - how many entries can be registered of an edition, or of a cluster.
 *
 * Entries from NORTH on are of agency 3, which competes in the cluster north; those from SOUTH on are of agency 4, in the
 * other one. */
#include "common/limits.h"
#include "tests/unit/edition_story.h"

enum { NORTH = 200, SOUTH = 250 };

static void
registration_is_open(struct story *s, Submissions__EditionRules *(*rules)(struct story *s))
{
    judged_edition_is_drafted(s);
    set_rules_as(s, 21, 100, rules(s));
    publish_as(s, 11, 100);
    assert_happened(s, "EditionPublished");
    story_later(s, OPENS_US);
    story_person(s, 4, 42);
    story_bind(s, DIRECTORY__ROLE__ROLE_CLERK, 4, 42, s->programme);
}

/* Of two clusters 150 each go on to the final: all that it can hold. */
static Submissions__EditionRules *
best_of_each_cluster(struct story *s)
{
    Submissions__EditionRules *rules = whole_rules(s);

    rules->rounds[0]->threshold_centi = 0;
    rules->rounds[0]->top_entries = ROUND_MOST_ENTRIES / 2;
    return rules;
}

static struct roll *
roll_of(struct story *s, const char *cluster_code)
{
    struct uuid edition = ID(100);
    struct uuid id = submissions_roll_id(&edition, cluster_code);

    return (void *) world_hold(s->world, &roll_kind, id)->state;
}

/* As if so many others were registered, too. */
static void
fill(struct story *s, const char *cluster_code)
{
    roll_of(s, cluster_code)->entries = ROUND_MOST_ENTRIES;
}

static void
hand_in(struct story *s, unsigned entry)
{
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;
    Submissions__CreateEntry *ask = new_entry(s);

    ask->n_co_entrants = 0;
    say_as(s, entry < SOUTH ? 31 : 42, entry, ask);
    say_as(s, entry < SOUTH ? 32 : 41, entry, &submit);
    assert_happened(s, "EntrySubmitted");
}

static void
come_in(struct story *s, unsigned entry)
{
    hand_in(s, entry);
    register_it(s, entry);
    assert_happened(s, "EntryRegistered, RollCounted");
}

static void
withdraw(struct story *s, unsigned entry)
{
    Submissions__WithdrawEntry ask = SUBMISSIONS__WITHDRAW_ENTRY__INIT;

    ask.reason = "Rút hồ sơ";
    say_as(s, 32, entry, &ask);
}

static void
disqualify(struct story *s, unsigned entry)
{
    struct entry *accused = (void *) world_hold(s->world, &entry_kind, ID(entry))->state;
    Submissions__DisqualifyEntry ask = SUBMISSIONS__DISQUALIFY_ENTRY__INIT;

    accused->accused_by = ID(21);
    accused->answered = true;
    ask.reason = "Sao chép";
    ask.document = &report;
    say_as(s, 11, entry, &ask);
}

/* ------------------------------------------------------------------ of an edition */

static void
an_edition_has_no_more_entries_than_a_round_can_hold(void **state)
{
    struct story *s = *state;

    registration_is_open(s, local_rules);
    come_in(s, NORTH);
    assert_int_equal(roll_of(s, "")->entries, 1);
    roll_of(s, "")->entries = ROUND_MOST_ENTRIES - 1;
    come_in(s, SOUTH);
    hand_in(s, SOUTH + 1);
    register_it(s, SOUTH + 1);
    assert_refused(s, "TOO_MANY_ENTRIES");
    assert_string_equal(field_named(s), "entry_id");
    assert_int_equal(roll_of(s, "")->entries, ROUND_MOST_ENTRIES);
}

static void
who_leaves_makes_room_for_another(void **state)
{
    struct story *s = *state;

    registration_is_open(s, local_rules);
    come_in(s, NORTH);
    come_in(s, NORTH + 1);
    hand_in(s, NORTH + 2);
    hand_in(s, NORTH + 3);
    hand_in(s, NORTH + 4);
    fill(s, "");
    withdraw(s, NORTH);
    assert_happened(s, "EntryWithdrawn, RollCounted");
    register_it(s, NORTH + 2);
    assert_happened(s, "EntryRegistered, RollCounted");
    disqualify(s, NORTH + 1);
    assert_happened(s, "EntryDisqualified, RollCounted");
    register_it(s, NORTH + 3);
    assert_happened(s, "EntryRegistered, RollCounted");
    register_it(s, NORTH + 4);
    assert_refused(s, "TOO_MANY_ENTRIES");
}

static void
who_was_not_registered_was_not_counted(void **state)
{
    struct story *s = *state;

    registration_is_open(s, local_rules);
    come_in(s, NORTH);
    hand_in(s, NORTH + 1);
    withdraw(s, NORTH + 1);
    assert_happened(s, "EntryWithdrawn");
    hand_in(s, NORTH + 2);
    disqualify(s, NORTH + 2);
    assert_happened(s, "EntryDisqualified");
    assert_int_equal(roll_of(s, "")->entries, 1);
}

static void
nothing_is_counted_any_more_when_the_entrants_are_confirmed(void **state)
{
    struct story *s = *state;

    registration_is_open(s, local_rules);
    come_in(s, NORTH);
    come_in(s, NORTH + 1);
    story_later(s, CLOSES_US);
    confirm_entrants_as(s, 21, 100);
    assert_happened(s, "EntrantsConfirmed");
    withdraw(s, NORTH);
    assert_happened(s, "EntryWithdrawn");
    disqualify(s, NORTH + 1);
    assert_happened(s, "EntryDisqualified");
    assert_int_equal(roll_of(s, "")->entries, 2);
}

static void
nothing_is_counted_where_it_is_judged_elsewhere(void **state)
{
    struct story *s = *state;

    entry_is_registered(s);
    assert_true(uuid_is_nil(&the_entry(s)->roll_id));
    withdraw(s, 200);
    assert_happened(s, "EntryWithdrawn");
}

/* ------------------------------------------------------------------ of clusters */

static void
each_cluster_that_sends_on_its_best_is_counted_by_itself(void **state)
{
    struct story *s = *state;

    registration_is_open(s, best_of_each_cluster);
    come_in(s, NORTH);
    assert_string_equal(((const Submissions__RollCounted *) story_event(s, 1))->cluster_code,
                        "north");
    hand_in(s, NORTH + 1);
    fill(s, "north");
    come_in(s, SOUTH);
    register_it(s, NORTH + 1);
    assert_refused(s, "TOO_MANY_ENTRIES");
    assert_int_equal(roll_of(s, "south")->entries, 1);
    assert_int_equal(roll_of(s, "")->self.version, 0);
    withdraw(s, NORTH);
    assert_happened(s, "EntryWithdrawn, RollCounted");
    register_it(s, NORTH + 1);
    assert_happened(s, "EntryRegistered, RollCounted");
}

static void
clusters_of_which_all_may_go_on_are_counted_together(void **state)
{
    struct story *s = *state;

    registration_is_open(s, whole_rules);
    come_in(s, NORTH);
    assert_string_equal(((const Submissions__RollCounted *) story_event(s, 1))->cluster_code, "");
    come_in(s, SOUTH);
    assert_int_equal(roll_of(s, "")->entries, 2);
    hand_in(s, SOUTH + 1);
    fill(s, "");
    register_it(s, SOUTH + 1);
    assert_refused(s, "TOO_MANY_ENTRIES");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(an_edition_has_no_more_entries_than_a_round_can_hold),
        TOLD(who_leaves_makes_room_for_another),
        TOLD(who_was_not_registered_was_not_counted),
        TOLD(nothing_is_counted_any_more_when_the_entrants_are_confirmed),
        TOLD(nothing_is_counted_where_it_is_judged_elsewhere),
        TOLD(each_cluster_that_sends_on_its_best_is_counted_by_itself),
        TOLD(clusters_of_which_all_may_go_on_are_counted_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
