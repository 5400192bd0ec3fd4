/* tests/unit/edition_rules.c - what keeps the rules of an edition from being published. */
#include "tests/unit/edition_story.h"

/* What was made wrong, and the one thing that must be named. */
struct flaw {
    void (*make)(struct story *s, Submissions__EditionRules *rules);
    const char *field;
    const char *refusal;
};

#define FLAW(name, how)                                                                            \
    static void name(struct story *s, Submissions__EditionRules *rules)                            \
    {                                                                                              \
        (void) s;                                                                                  \
        how;                                                                                       \
    }

static void
assert_named(struct story *s, const struct flaw *flaw)
{
    Submissions__EditionRules *rules = whole_rules(s);

    flaw->make(s, rules);
    set_rules_as(s, 21, 100, rules);
    assert_happened(s, "EditionRulesSet");
    publish_as(s, 11, 100);
    if (strcmp(field_named(s), flaw->field) != 0 || s->last.violations.count != 1)
        fail_msg("%s: %s, and %zu are named, the first one %s", flaw->field, story_result(s),
                 s->last.violations.count, field_named(s));
    assert_refused(s, flaw->refusal);
}

static void
assert_all_named(struct story *s, const struct flaw *flaws)
{
    judged_edition_is_drafted(s);
    for (const struct flaw *f = flaws; f->make; f++)
        assert_named(s, f);
    set_rules_as(s, 21, 100, whole_rules(s));
    publish_as(s, 11, 100);
    assert_happened(s, "EditionPublished");
}

/* ------------------------------------------------------------------ what must be there */

FLAW(no_subject, rules->subject = "")
FLAW(no_legal_basis, rules->n_legal_basis = 0)
FLAW(no_way_to_enter, rules->registration = "")
FLAW(no_beginning, rules->opens = NULL)
FLAW(no_end, rules->closes = NULL)
FLAW(nobody_eligible, rules->eligibility = NULL)
FLAW(no_prizes, rules->n_prizes = 0)
FLAW(no_rounds, rules->n_rounds = 0)
FLAW(no_parts, rules->rounds[0]->n_parts = 0)
FLAW(no_criteria, rules->rounds[0]->parts[1]->n_criteria = 0)
FLAW(no_quorum, rules->rounds[1]->quorum_bp = 0)
FLAW(a_quorum_of_nobody_knows_whom, rules->rounds[1]->counting_base = 0)

static void
rules_are_whole(void **state)
{
    /* clang-format off */
    static const struct flaw flaws[] = {
        { no_subject,      "rules.subject",                      "RULES_INCOMPLETE" },
        { no_legal_basis,  "rules.legal_basis",                  "RULES_INCOMPLETE" },
        { no_way_to_enter, "rules.registration",                 "RULES_INCOMPLETE" },
        { no_beginning,    "rules.opens",                        "RULES_INCOMPLETE" },
        { no_end,          "rules.closes",                       "RULES_INCOMPLETE" },
        { nobody_eligible, "rules.eligibility",                  "RULES_INCOMPLETE" },
        { no_prizes,       "rules.prizes",                       "RULES_INCOMPLETE" },
        { no_rounds,       "rules.rounds",                       "RULES_INCOMPLETE" },
        { no_parts,        "rules.rounds[0].parts",              "RULES_INCOMPLETE" },
        { no_criteria,     "rules.rounds[0].parts[1].criteria",  "RULES_INCOMPLETE" },
        { no_quorum,       "rules.rounds[1].quorum_bp",          "RULES_INCOMPLETE" },
        { a_quorum_of_nobody_knows_whom, "rules.rounds[1].counting_base", "RULES_INCOMPLETE" },
        { 0 },
    };
    /* clang-format on */

    assert_all_named(*state, flaws);
}

static const char *
all_named(struct story *s)
{
    const char *text = "";

    LIST_EACH (const struct violation, v, &s->last.violations)
        text = arena_format(s->arena, "%s%s%s", text, *text ? ", " : "", v->field);
    return text;
}

static void
all_that_is_missing_is_named_at_once(void **state)
{
    struct story *s = *state;

    judged_edition_is_drafted(s);
    publish_as(s, 11, 100); /* without any */
    assert_refused(s, "RULES_INCOMPLETE");
    assert_int_equal(s->last.violations.count, 8);
    set_rules_as(s, 21, 100, proto_new(s->arena, ON(edition_rules)));
    publish_as(s, 11, 100);
    assert_refused(s, "RULES_INCOMPLETE");
    assert_string_equal(all_named(s),
                        "rules.subject, rules.legal_basis, rules.registration, rules.opens, "
                        "rules.closes, rules.eligibility, rules.rounds, rules.prizes");
}

static void
what_does_not_go_together_is_named_with_what_is_missing(void **state)
{
    struct story *s = *state;
    Submissions__EditionRules *rules = whole_rules(s);

    judged_edition_is_drafted(s);
    rules->subject = "";
    rules->rounds[0]->decimals = 3;
    rules->rounds[1]->min_members = 2;
    set_rules_as(s, 21, 100, rules);
    publish_as(s, 11, 100);
    assert_refused(s, "RULES_INCOMPLETE");
    assert_string_equal(all_named(s), "rules.subject, rules.rounds[0].decimals, "
                                      "rules.rounds[1].min_members, rules.rounds[1].min_members");
    rules->subject = "Cải cách";
    set_rules_as(s, 21, 100, rules);
    publish_as(s, 11, 100);
    assert_refused(s, "RULES_INCONSISTENT");
    assert_int_equal(s->last.violations.count, 3);
}

static void
a_reply_names_no_more_than_fits_into_it(void **state)
{
    struct story *s = *state;
    Submissions__EditionRules *rules = whole_rules(s);

    judged_edition_is_drafted(s);
    for (int i = 0; i < 300; i++)
        add_prize(s, rules, SUBMISSIONS__AWARD__AWARD_FIRST, 1);
    set_rules_as(s, 21, 100, rules);
    publish_as(s, 11, 100);
    assert_refused(s, "RULES_INCONSISTENT");
    assert_int_equal(s->last.violations.count, 100);
}

/* ------------------------------------------------------------------ days */

FLAW(basis_of_no_day, {
    Types__OfficialDocument *plan = proto_new(s->arena, &types__official_document__descriptor);

    plan->issued_on = until(s, 2019, 2, 29, false)->date;
    rules->legal_basis[0] = plan;
})
FLAW(opens_on_no_day, rules->opens = until(s, 2019, 2, 29, false))
FLAW(opens_at_the_end_of_a_day, rules->opens->inclusive = true)
FLAW(closes_on_no_day, rules->closes = until(s, 2019, 13, 1, true))
FLAW(closes_as_it_opens, rules->closes = until(s, 2019, 11, 10, false))
FLAW(closes_before_it_opens, rules->closes = until(s, 2019, 11, 8, true))
FLAW(age_on_no_day, rules->eligibility->max_age_years = 35)
FLAW(age_on_an_impossible_day,
     rules->eligibility->reference_date = until(s, 2019, 2, 29, false)->date)

static void
days_exist_and_follow_one_another(void **state)
{
    /* clang-format off */
    static const struct flaw flaws[] = {
        { basis_of_no_day,           "rules.legal_basis[0].issued_on",   "RULES_INCONSISTENT" },
        { opens_on_no_day,           "rules.opens.date",                 "RULES_INCONSISTENT" },
        { opens_at_the_end_of_a_day, "rules.opens.inclusive",            "RULES_INCONSISTENT" },
        { closes_on_no_day,          "rules.closes.date",                "RULES_INCONSISTENT" },
        { closes_as_it_opens,        "rules.closes",                     "RULES_INCONSISTENT" },
        { closes_before_it_opens,    "rules.closes",                     "RULES_INCONSISTENT" },
        { age_on_no_day,             "rules.eligibility.reference_date", "RULES_INCONSISTENT" },
        { age_on_an_impossible_day,  "rules.eligibility.reference_date", "RULES_INCONSISTENT" },
        { 0 },
    };
    /* clang-format on */

    assert_all_named(*state, flaws);
}

static void
registration_may_be_open_for_one_day(void **state)
{
    struct story *s = *state;
    Submissions__EditionRules *rules = whole_rules(s);

    judged_edition_is_drafted(s);
    rules->closes = until(s, 2019, 11, 10, true);
    set_rules_as(s, 21, 100, rules);
    publish_as(s, 11, 100);
    assert_happened(s, "EditionPublished");
}

static void
a_cure_takes_no_more_than_sixty_days(void **state)
{
    struct story *s = *state;
    Submissions__EditionRules *rules = whole_rules(s);

    judged_edition_is_drafted(s);
    rules->max_cure_days = 61;
    set_rules_as(s, 21, 100, rules);
    publish_as(s, 11, 100);
    assert_refused(s, "RULES_INCONSISTENT");
    assert_string_equal(field_named(s), "rules.max_cure_days");
    rules->max_cure_days = 60;
    set_rules_as(s, 21, 100, rules);
    publish_as(s, 11, 100);
    assert_happened(s, "EditionPublished");
}

/* ------------------------------------------------------------------ names */

static void
add_track(struct story *s, Submissions__EditionRules *rules)
{
    Submissions__Track *track = ADD(s, rules, tracks, track);

    track->code = track->name = "digital";
}

FLAW(a_track_twice, {
    add_track(s, rules);
    add_track(s, rules);
})
FLAW(a_cluster_twice, rules->clusters[1]->code = "north")
FLAW(an_agency_in_two_clusters,
     rules->clusters[1]->agency_ids[0] = rules->clusters[0]->agency_ids[0])
FLAW(an_agency_that_is_not_registered, rules->clusters[1]->agency_ids[0] = story_id(s, 99))
FLAW(a_round_twice, rules->rounds[1]->code = "clusters")
FLAW(a_part_twice, rules->rounds[1]->parts[1]->code = "model")
FLAW(a_criterion_twice, rules->rounds[1]->parts[1]->criteria[1]->code = "new")
FLAW(an_item_twice, rules->local_terms->checklist[1]->code = "safe")
FLAW(a_prize_that_is_none, rules->prizes[1]->award = SUBMISSIONS__AWARD__AWARD_NONE)
FLAW(a_prize_twice, rules->prizes[1]->award = SUBMISSIONS__AWARD__AWARD_FIRST)

static void
nothing_is_listed_twice(void **state)
{
    /* clang-format off */
    static const struct flaw flaws[] = {
        { a_track_twice,                    "rules.tracks[1].code",                      "RULES_INCONSISTENT" },
        { a_cluster_twice,                  "rules.clusters[1].code",                    "RULES_INCONSISTENT" },
        { an_agency_in_two_clusters,        "rules.clusters[1].agency_ids[0]",           "RULES_INCONSISTENT" },
        { an_agency_that_is_not_registered, "rules.clusters[1].agency_ids[0]",           "RULES_INCONSISTENT" },
        { a_round_twice,                    "rules.rounds[1].code",                      "RULES_INCONSISTENT" },
        { a_part_twice,                     "rules.rounds[1].parts[1].code",             "RULES_INCONSISTENT" },
        { a_criterion_twice,                "rules.rounds[1].parts[1].criteria[1].code", "RULES_INCONSISTENT" },
        { an_item_twice,                    "rules.local_terms.checklist[1].code",       "RULES_INCONSISTENT" },
        { a_prize_that_is_none,             "rules.prizes[1].award",                     "RULES_INCONSISTENT" },
        { a_prize_twice,                    "rules.prizes[1].award",                     "RULES_INCONSISTENT" },
        { 0 },
    };
    /* clang-format on */

    assert_all_named(*state, flaws);
}

/* ------------------------------------------------------------------ rounds */

#define STAGE(name) SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_##name
#define AGGREGATION(name) SUBMISSIONS__AGGREGATION__AGGREGATION_##name

FLAW(two_finals, rules->rounds[0]->stage = STAGE(FINAL))
FLAW(a_last_round_that_is_no_final, rules->rounds[1]->stage = STAGE(PRELIMINARY))
FLAW(clusters_of_nobody, rules->n_clusters = 0)
FLAW(clusters_behind_all, {
    rules->n_rounds = 0;
    add_round(s, rules, "preliminary", STAGE(PRELIMINARY));
    add_round(s, rules, "clusters", STAGE(CLUSTER));
    add_round(s, rules, "final", STAGE(FINAL));
})
FLAW(a_last_round_that_leaves_equals, rules->rounds[1]->every_place_counts = false)
FLAW(more_than_the_final_can_hold, {
    rules->rounds[0]->threshold_centi = 0;
    rules->rounds[0]->top_entries = 151;
})
FLAW(two_bars, rules->rounds[1]->top_entries = 10)
FLAW(no_bar, rules->rounds[1]->threshold_centi = 0)
FLAW(a_bar_too_high, rules->rounds[1]->threshold_centi = 10001)
FLAW(a_sum_too_high, {
    rules->rounds[1]->aggregation = AGGREGATION(SUM);
    rules->rounds[1]->threshold_centi = 250001;
})
FLAW(too_many_decimals, rules->rounds[1]->decimals = 3)
FLAW(trimmed_without_saying_so, rules->rounds[1]->trimmed_sheets = 1)
FLAW(a_trimmed_mean_of_all, rules->rounds[1]->aggregation = AGGREGATION(TRIMMED_MEAN))
FLAW(trimmed_to_nothing, {
    rules->rounds[1]->aggregation = AGGREGATION(TRIMMED_MEAN);
    rules->rounds[1]->trimmed_sheets = 2;
    rules->rounds[1]->min_sheets = 4;
    rules->rounds[1]->min_members = 4;
})
FLAW(a_council_of_two, {
    rules->rounds[1]->min_members = 2;
    rules->rounds[1]->min_sheets = 2;
})
FLAW(a_quorum_of_more_than_all, rules->rounds[1]->quorum_bp = 10001)
FLAW(a_council_too_large, rules->rounds[1]->min_members = 26)
FLAW(more_sheets_than_members, rules->rounds[1]->min_sheets = 4)
FLAW(parts_that_weigh_less, rules->rounds[1]->parts[0]->weight_bp = 5999)
FLAW(points_off_the_grid, rules->rounds[1]->parts[0]->criteria[0]->step_centi = 300)
FLAW(no_step, rules->rounds[1]->parts[0]->criteria[0]->step_centi = 0)
FLAW(a_minimum_above_all, rules->rounds[1]->parts[0]->criteria[0]->minimum_centi = 2001)

static void
a_round_can_be_held_by_its_rules(void **state)
{
    /* clang-format off */
    static const struct flaw flaws[] = {
        { two_finals,                    "rules.rounds[0].stage",                              "RULES_INCONSISTENT" },
        { a_last_round_that_leaves_equals, "rules.rounds[1].every_place_counts",               "RULES_INCONSISTENT" },
        { a_last_round_that_is_no_final, "rules.rounds[1].stage",                              "RULES_INCONSISTENT" },
        { clusters_of_nobody,            "rules.rounds[0].stage",                              "RULES_INCONSISTENT" },
        { clusters_behind_all,           "rules.rounds[1].stage",                              "RULES_INCONSISTENT" },
        { more_than_the_final_can_hold,  "rules.rounds[0].top_entries",                        "RULES_INCONSISTENT" },
        { two_bars,                      "rules.rounds[1].threshold_centi",                    "RULES_INCONSISTENT" },
        { no_bar,                        "rules.rounds[1].threshold_centi",                    "RULES_INCONSISTENT" },
        { a_bar_too_high,                "rules.rounds[1].threshold_centi",                    "RULES_INCONSISTENT" },
        { a_sum_too_high,                "rules.rounds[1].threshold_centi",                    "RULES_INCONSISTENT" },
        { too_many_decimals,             "rules.rounds[1].decimals",                           "RULES_INCONSISTENT" },
        { trimmed_without_saying_so,     "rules.rounds[1].trimmed_sheets",                     "RULES_INCONSISTENT" },
        { a_trimmed_mean_of_all,         "rules.rounds[1].trimmed_sheets",                     "RULES_INCONSISTENT" },
        { trimmed_to_nothing,            "rules.rounds[1].trimmed_sheets",                     "RULES_INCONSISTENT" },
        { a_council_of_two,              "rules.rounds[1].min_members",                        "RULES_INCONSISTENT" },
        { a_quorum_of_more_than_all,     "rules.rounds[1].quorum_bp",                          "RULES_INCONSISTENT" },
        { a_council_too_large,           "rules.rounds[1].min_members",                        "RULES_INCONSISTENT" },
        { more_sheets_than_members,      "rules.rounds[1].min_members",                        "RULES_INCONSISTENT" },
        { parts_that_weigh_less,         "rules.rounds[1].parts",                              "RULES_INCONSISTENT" },
        { points_off_the_grid,           "rules.rounds[1].parts[0].criteria[0].step_centi",    "RULES_INCONSISTENT" },
        { no_step,                       "rules.rounds[1].parts[0].criteria[0].step_centi",    "RULES_INCONSISTENT" },
        { a_minimum_above_all,           "rules.rounds[1].parts[0].criteria[0].minimum_centi", "RULES_INCONSISTENT" },
        { 0 },
    };
    /* clang-format on */

    assert_all_named(*state, flaws);
}

/* ------------------------------------------------------------------ where scores are equal */

static void
add_key(struct story *s, Submissions__EditionRules *rules, Submissions__TieKeyKind kind,
        const char *code)
{
    Submissions__TieKey *key = ADD(s, rules->rounds[1], tie_keys, tie_key);

    key->kind = kind;
    key->code = code;
}

#define KEY(name) SUBMISSIONS__TIE_KEY_KIND__TIE_KEY_KIND_##name

FLAW(the_part_that_is_not_there, add_key(s, rules, KEY(PART), "stage"))
FLAW(a_part_that_is_not_named, add_key(s, rules, KEY(PART), ""))
FLAW(the_criterion_that_is_not_there, add_key(s, rules, KEY(CRITERION), "old"))
FLAW(the_criterion_of_two_parts, add_key(s, rules, KEY(CRITERION), "new"))
FLAW(the_criterion_of_no_part, add_key(s, rules, KEY(CRITERION), "stage/new"))
FLAW(two_criteria_of_one_name, {
    rules->rounds[1]->parts[1]->criteria[1]->code = "model/new";
    add_key(s, rules, KEY(CRITERION), "model/new");
})
FLAW(the_earlier_part, add_key(s, rules, KEY(SUBMITTED_EARLIER), "model"))

static void
a_tie_is_broken_by_what_there_is(void **state)
{
    struct story *s = *state;
    Submissions__EditionRules *rules = whole_rules(s);
    /* clang-format off */
    static const struct flaw flaws[] = {
        { the_part_that_is_not_there,      "rules.rounds[1].tie_keys[0].code", "RULES_INCONSISTENT" },
        { a_part_that_is_not_named,        "rules.rounds[1].tie_keys[0].code", "RULES_INCONSISTENT" },
        { the_criterion_that_is_not_there, "rules.rounds[1].tie_keys[0].code", "RULES_INCONSISTENT" },
        { the_criterion_of_two_parts,      "rules.rounds[1].tie_keys[0].code", "RULES_INCONSISTENT" },
        { the_criterion_of_no_part,        "rules.rounds[1].tie_keys[0].code", "RULES_INCONSISTENT" },
        { two_criteria_of_one_name,        "rules.rounds[1].tie_keys[0].code", "RULES_INCONSISTENT" },
        { the_earlier_part,                "rules.rounds[1].tie_keys[0].code", "RULES_INCONSISTENT" },
        { 0 },
    };
    /* clang-format on */

    judged_edition_is_drafted(s);
    for (const struct flaw *f = flaws; f->make; f++)
        assert_named(s, f);
    add_key(s, rules, KEY(PART), "model");
    add_key(s, rules, KEY(CRITERION), "use of the video");
    add_key(s, rules, KEY(CRITERION), "video/new");
    add_key(s, rules, KEY(SUBMITTED_EARLIER), "");
    set_rules_as(s, 21, 100, rules);
    publish_as(s, 11, 100);
    assert_happened(s, "EditionPublished");
}

/* ------------------------------------------------------------------ arithmetic */

static void
weigh(Submissions__ContestPart *part, int32_t max_centi, int32_t weight)
{
    part->n_criteria = 1;
    part->criteria[0]->step_centi = 1;
    part->criteria[0]->max_centi = max_centi;
    part->criteria[0]->weight = weight;
}

static void
add_third(struct story *s, Submissions__RoundRules *round)
{
    round->parts[1]->weight_bp = 3000;
    add_part(s, round, "quiz", 1000);
}

FLAW(too_many_points, weigh(rules->rounds[1]->parts[0], 1000000001, 1))
FLAW(too_many_weighted_points, weigh(rules->rounds[1]->parts[0], INT32_MAX, INT32_MAX))
FLAW(points_of_nothing, weigh(rules->rounds[1]->parts[0], 0, 1))
FLAW(parts_without_a_common_measure, { /* three primes near a hundred thousand */
                                       add_third(s, rules->rounds[1]);
                                       weigh(rules->rounds[1]->parts[0], 99991, 1);
                                       weigh(rules->rounds[1]->parts[1], 99989, 1);
                                       weigh(rules->rounds[1]->parts[2], 99971, 1);
})

static void
scores_can_be_counted_exactly(void **state)
{
    struct story *s = *state;
    Submissions__EditionRules *rules = whole_rules(s);
    /* clang-format off */
    static const struct flaw flaws[] = {
        { too_many_points,                "rules.rounds[1].parts[0].criteria", "RULES_INCONSISTENT" },
        { too_many_weighted_points,       "rules.rounds[1].parts[0].criteria", "RULES_INCONSISTENT" },
        { points_of_nothing,              "rules.rounds[1].parts[0].criteria", "RULES_INCONSISTENT" },
        { parts_without_a_common_measure, "rules.rounds[1].parts",             "RULES_INCONSISTENT" },
        { 0 },
    };
    /* clang-format on */

    judged_edition_is_drafted(s);
    for (const struct flaw *f = flaws; f->make; f++)
        assert_named(s, f);
    weigh(rules->rounds[0]->parts[0], 1000000000, 1); /* 2^9 5^9 */
    weigh(rules->rounds[0]->parts[1], 125000, 1);
    weigh(rules->rounds[1]->parts[0], 1000000, 1);
    weigh(rules->rounds[1]->parts[1], 999999, 1); /* just below 10^12 together */
    set_rules_as(s, 21, 100, rules);
    publish_as(s, 11, 100);
    assert_happened(s, "EditionPublished");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(rules_are_whole),
        TOLD(all_that_is_missing_is_named_at_once),
        TOLD(what_does_not_go_together_is_named_with_what_is_missing),
        TOLD(a_reply_names_no_more_than_fits_into_it),
        TOLD(days_exist_and_follow_one_another),
        TOLD(registration_may_be_open_for_one_day),
        TOLD(a_cure_takes_no_more_than_sixty_days),
        TOLD(nothing_is_listed_twice),
        TOLD(a_round_can_be_held_by_its_rules),
        TOLD(a_tie_is_broken_by_what_there_is),
        TOLD(scores_can_be_counted_exactly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
