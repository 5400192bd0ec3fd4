/* tests/unit/edition_local.c - an agency's own contest, under the terms of an edition of the programme. */
#include "tests/unit/edition_story.h"

static void
terms_are_needed_of_an_edition_that_is_known(void **state)
{
    struct story *s = *state;
    Submissions__CreateLocalEdition *ask = local_contest(s);
    Submissions__EditionRules *rules = whole_rules(s);

    say_as(s, 32, 110, ask);
    assert_refused(s, "UNKNOWN_EDITION");
    judged_edition_is_drafted(s);
    rules->local_terms = NULL;
    set_rules_as(s, 21, 100, rules);
    say_as(s, 32, 110, ask);
    assert_refused(s, "UNKNOWN_EDITION"); /* a draft */
    publish_as(s, 11, 100);
    say_as(s, 32, 110, ask);
    assert_refused(s, "NO_LOCAL_CONTESTS");
    assert_string_equal(field_named(s), "parent_edition_id");
}

static void
an_edition_that_is_judged_elsewhere_has_no_local_contests(void **state)
{
    struct story *s = *state;

    edition_is_open(s);
    say_as(s, 32, 110, local_contest(s));
    assert_refused(s, "NO_LOCAL_CONTESTS");
}

static void
a_cancelled_edition_has_no_local_contests(void **state)
{
    struct story *s = *state;
    Submissions__CancelEdition cancel = SUBMISSIONS__CANCEL_EDITION__INIT;

    judged_edition_is_published(s);
    say_as(s, 11, 100, &cancel);
    assert_happened(s, "EditionCancelled");
    say_as(s, 32, 110, local_contest(s));
    assert_refused(s, "NO_LOCAL_CONTESTS");
}

static void
an_agency_holds_no_more_contests_under_an_edition_than_the_terms_allow(void **state)
{
    struct story *s = *state;
    Submissions__CreateLocalEdition *ask = local_contest(s);
    Submissions__CancelEdition cancel = SUBMISSIONS__CANCEL_EDITION__INIT;

    local_edition_is_drafted(s);
    assert_true(story_is_party(s, 1, 3));
    ask->ordinal = 2;
    say_as(s, 31, 111, ask);
    assert_happened(s, "EditionCreated, LocalContestCounted");
    say_as(s, 32, 111, &cancel); /* it counts all the same */
    ask->ordinal = 3;
    say_as(s, 32, 112, ask);
    assert_refused(s, "TOO_MANY_CONTESTS");
    say_as(s, 41, 112, ask); /* of another agency */
    assert_happened(s, "EditionCreated, LocalContestCounted");
}

static void
a_local_contest_has_none_under_it(void **state)
{
    struct story *s = *state;
    Submissions__CreateLocalEdition *ask = local_contest(s);
    Submissions__EditionRules *rules = local_rules(s);

    local_edition_is_drafted(s);
    rules->local_terms = whole_rules(s)->local_terms;
    set_rules_as(s, 32, 110, rules);
    publish_as(s, 32, 110);
    assert_refused(s, "RULES_INCONSISTENT");
    assert_string_equal(field_named(s), "rules.local_terms");
    set_rules_as(s, 32, 110, local_rules(s));
    publish_as(s, 32, 110);
    assert_happened(s, "EditionPublished");
    ask->parent_edition_id = story_id(s, 110);
    say_as(s, 41, 120, ask);
    assert_refused(s, "NO_LOCAL_CONTESTS");
}

static void
a_local_contest_costs_no_more_than_the_terms_allow(void **state)
{
    struct story *s = *state;
    Submissions__CreateLocalEdition *ask = local_contest(s);

    judged_edition_is_published(s);
    ask->planned_cost_vnd++;
    say_as(s, 32, 110, ask);
    assert_refused(s, "ABOVE_COST_CAP");
    assert_string_equal(field_named(s), "planned_cost_vnd");
}

static void
each_item_of_the_checklist_is_met_and_no_other(void **state)
{
    struct story *s = *state;
    Submissions__CreateLocalEdition *ask = local_contest(s);

    judged_edition_is_published(s);
    ask->n_met_items = 0;
    say_as(s, 32, 110, ask);
    assert_refused(s, "CHECKLIST_OPEN");
    assert_int_equal(s->last.violations.count, 2);
    ask->n_met_items = 1;
    say_as(s, 32, 110, ask);
    assert_refused(s, "CHECKLIST_OPEN");
    assert_int_equal(s->last.violations.count, 1);
    assert_string_equal(field_named(s), "met_items");
    ask->n_met_items = 3;
    ask->met_items[2] = "cheap";
    say_as(s, 32, 110, ask);
    assert_refused(s, "CHECKLIST_OPEN");
    assert_string_equal(field_named(s), "met_items[2]");
}

static void
the_plan_of_a_local_contest_is_of_a_day_that_there_is(void **state)
{
    struct story *s = *state;
    Submissions__CreateLocalEdition *ask = local_contest(s);
    Types__OfficialDocument plan = report;

    judged_edition_is_published(s);
    plan.issued_on = until(s, 2019, 2, 29, false)->date;
    ask->document = &plan;
    say_as(s, 32, 110, ask);
    assert_refused(s, "BAD_DATE");
}

static void
a_local_contest_is_its_organisers_and_shows_to_them(void **state)
{
    struct story *s = *state;
    const struct edition *edition;

    local_edition_is_drafted(s);
    assert_true(story_is_party(s, 0, 3));
    assert_false(story_is_party(s, 0, 4));
    edition = the_edition(s, 110);
    assert_int_equal(edition->year, 2019);
    assert_int_equal(edition->cost_cap_vnd, 50000000);
    assert_int_equal(edition->max_promotions, 2);
    set_rules_as(s, 41, 110, local_rules(s));
    assert_refused(s, "NOT_YOUR_EDITION");
    set_rules_as(s, 21, 110, local_rules(s)); /* not the province either */
    assert_refused(s, "NOT_YOUR_EDITION");
    set_rules_as(s, 31, 110, local_rules(s));
    assert_happened(s, "EditionRulesSet");
    publish_as(s, 11, 110);
    assert_refused(s, "NOT_YOUR_EDITION");
    publish_as(s, 31, 110); /* a clerk */
    assert_refused(s, "NOT_ALLOWED");
    publish_as(s, 32, 110);
    assert_happened(s, "EditionPublished");
}

static void
until_it_sets_others_it_has_the_rules_from_above_but_not_their_days(void **state)
{
    struct story *s = *state;
    const Submissions__EditionCreated *said;
    struct digest digest;
    struct bytes packed;

    local_edition_is_drafted(s);
    said = story_event(s, 0);
    assert_null(said->rules->local_terms);
    assert_null(said->rules->opens);
    assert_null(said->rules->closes);
    assert_int_equal(said->rules->n_clusters, 0);
    assert_int_equal(said->rules->n_rounds, 2);
    packed = proto_pack(s->arena, said->rules);
    digest = sha256(packed.data, packed.size);
    assert_memory_equal(&the_edition(s, 110)->rules_digest, &digest, sizeof(digest));
    assert_int_equal(the_edition(s, 110)->rules_version, 1);
    publish_as(s, 32, 110);
    assert_refused(s, "RULES_INCOMPLETE");
    assert_string_equal(field_named(s), "rules.opens");
}

static void
nothing_is_overdue_about_a_local_contest(void **state)
{
    struct story *s = *state;
    size_t alarms;

    local_edition_is_drafted(s);
    alarms = s->alarms.count; /* of the edition above */
    assert_int_equal(alarms, 2);
    story_later(s, CLOSES_US + 1000 * DAY_US);
    assert_int_equal(the_edition(s, 110)->self.state,
                     SUBMISSIONS__EDITION_STATE__EDITION_STATE_DRAFT);
}

/* ------------------------------------------------------------------ what came of it */

static void
report_as(struct story *s, unsigned person, unsigned edition, int64_t cost_vnd)
{
    Submissions__ReportLocalResults ask = SUBMISSIONS__REPORT_LOCAL_RESULTS__INIT;

    ask.cost_vnd = cost_vnd;
    ask.document = &report;
    say_as(s, person, edition, &ask);
}

static const struct digest digest_of_final = { { 1, 2, 3 } };

/* As if it had been judged; two reached the final. */
static void
local_results_are_confirmed(struct story *s)
{
    Submissions__ResultsConfirmed confirmed = SUBMISSIONS__RESULTS_CONFIRMED__INIT;
    struct edition *edition;

    local_edition_is_drafted(s);
    edition = (void *) (uintptr_t) the_edition(s, 110);
    confirmed.document = &report;
    edition->finalists = 2;
    edition->final_round_id = ID(300);
    edition->ranking_digest = digest_of_final;
    edition->self.state = SUBMISSIONS__EDITION_STATE__EDITION_STATE_JUDGING;
    transition_find(&edition_kind, edition->self.state, ON(results_confirmed))
        ->remember(edition, &confirmed);
    edition->self.state = SUBMISSIONS__EDITION_STATE__EDITION_STATE_RESULTS_CONFIRMED;
}

static void
a_local_contest_tells_once_what_came_of_it_and_what_it_cost(void **state)
{
    struct story *s = *state;
    const Submissions__LocalResultsReported *said;

    local_results_are_confirmed(s);
    report_as(s, 41, 110, 1);
    assert_refused(s, "NOT_YOUR_EDITION");
    report_as(s, 31, 110, 50000001);
    assert_refused(s, "ABOVE_COST_CAP");
    assert_string_equal(field_named(s), "cost_vnd");
    report_as(s, 31, 110, 50000000);
    assert_happened(s, "LocalResultsReported");
    said = story_event(s, 0);
    assert_string_equal(said->parent_edition_id, story_id(s, 100));
    assert_string_equal(said->organiser_agency_id, story_id(s, 3));
    assert_int_equal(the_edition(s, 110)->cost_vnd, 50000000);
    report_as(s, 31, 110, 1);
    assert_refused(s, "ALREADY_REPORTED");
}

/* It is encouraged, and so has no last day. */
static void
a_local_contest_that_is_archived_is_reported_all_the_same(void **state)
{
    struct story *s = *state;

    local_results_are_confirmed(s);
    ((struct edition *) (uintptr_t) the_edition(s, 110))->self.state =
        SUBMISSIONS__EDITION_STATE__EDITION_STATE_ARCHIVED;
    report_as(s, 31, 110, 50000000);
    assert_happened(s, "LocalResultsReported");
    report_as(s, 31, 110, 1);
    assert_refused(s, "ALREADY_REPORTED");
    assert_int_equal(the_edition(s, 110)->self.state,
                     SUBMISSIONS__EDITION_STATE__EDITION_STATE_ARCHIVED);
}

static void
the_report_says_what_was_confirmed(void **state)
{
    struct story *s = *state;
    const Submissions__LocalResultsReported *said;
    struct digest ranking;

    local_results_are_confirmed(s);
    report_as(s, 31, 110, 1);
    said = story_event(s, 0);
    ranking = proto_digest_of(said->ranking_digest);
    assert_int_equal(said->finalists, 2);
    assert_string_equal(said->results_document->document_symbol, report.document_symbol);
    assert_true(digest_equal(&ranking, &digest_of_final));
}

static void
where_nobody_came_to_the_final_the_report_says_so(void **state)
{
    struct story *s = *state;
    const Submissions__LocalResultsReported *said;
    struct edition *edition;

    local_results_are_confirmed(s);
    edition = (void *) (uintptr_t) the_edition(s, 110);
    edition->finalists = 0;
    edition->final_round_id = (struct uuid){ { 0 } };
    edition->ranking_digest = (struct digest){ { 0 } };
    report_as(s, 31, 110, 1);
    said = story_event(s, 0);
    assert_int_equal(said->finalists, 0);
    assert_int_equal(said->ranking_digest.len, 0);
}

static void
nothing_is_reported_of_a_local_contest_without_results(void **state)
{
    struct story *s = *state;

    local_edition_is_drafted(s);
    report_as(s, 31, 110, 1);
    assert_refused(s, "NOT_NOW");
}

static void
an_edition_of_the_programme_reports_to_nobody(void **state)
{
    struct story *s = *state;

    judged_edition_is_published(s);
    report_as(s, 21, 100, 1);
    assert_refused(s, "NOT_YOUR_EDITION");
}

static void
the_report_of_a_local_contest_is_of_a_day_that_there_is(void **state)
{
    struct story *s = *state;
    Submissions__ReportLocalResults ask = SUBMISSIONS__REPORT_LOCAL_RESULTS__INIT;
    Types__OfficialDocument undated = report;

    local_results_are_confirmed(s);
    undated.issued_on = until(s, 2019, 2, 29, false)->date;
    ask.document = &undated;
    say_as(s, 32, 110, &ask);
    assert_refused(s, "BAD_DATE");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(terms_are_needed_of_an_edition_that_is_known),
        TOLD(an_edition_that_is_judged_elsewhere_has_no_local_contests),
        TOLD(a_cancelled_edition_has_no_local_contests),
        TOLD(an_agency_holds_no_more_contests_under_an_edition_than_the_terms_allow),
        TOLD(a_local_contest_has_none_under_it),
        TOLD(a_local_contest_costs_no_more_than_the_terms_allow),
        TOLD(each_item_of_the_checklist_is_met_and_no_other),
        TOLD(the_plan_of_a_local_contest_is_of_a_day_that_there_is),
        TOLD(a_local_contest_is_its_organisers_and_shows_to_them),
        TOLD(until_it_sets_others_it_has_the_rules_from_above_but_not_their_days),
        TOLD(nothing_is_overdue_about_a_local_contest),
        TOLD(a_local_contest_tells_once_what_came_of_it_and_what_it_cost),
        TOLD(a_local_contest_that_is_archived_is_reported_all_the_same),
        TOLD(the_report_says_what_was_confirmed),
        TOLD(where_nobody_came_to_the_final_the_report_says_so),
        TOLD(nothing_is_reported_of_a_local_contest_without_results),
        TOLD(an_edition_of_the_programme_reports_to_nobody),
        TOLD(the_report_of_a_local_contest_is_of_a_day_that_there_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
