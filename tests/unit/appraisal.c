/* tests/unit/appraisal.c - which dossiers are appraised, by whom, and what the report says. */
#include "tests/unit/appraisal_story.h"

/* ------------------------------------------------------------------ opening */

static void
a_case_carries_what_was_accepted(void **unused __attribute__((unused)))
{
    struct story s;

    begin_opened(&s);
    const Appraisal__AppraisalOpened *e = story_event(&s, 0);

    assert_int_equal(e->dossier_version, 1);
    assert_memory_equal(e->digest.data, digest_bytes, 32);
    assert_string_equal(e->entry_code, "KH-2019-07");
    assert_int_equal(the_case(&s)->estimate_vnd, ESTIMATE_VND);
    assert_true(story_is_party(&s, 0, ENTRANT));
    assert_false(story_is_party(&s, 0, FINANCE));
    assert_int_equal(the_intake(&s)->self.state, INTAKE(TAKEN_UP));
    story_end(&s);
}

static void
only_an_accepted_dossier_is_appraised(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    open_case(&s, CASE, 1);
    assert_refused(&s, "DOSSIER_NOT_ACCEPTED");
    accept_dossier(&s, 2);
    open_case(&s, CASE, 1);
    assert_refused(&s, "OTHER_VERSION");
    open_case(&s, CASE, 2);
    assert_happened(&s, "AppraisalOpened, DossierTakenUp");
    story_end(&s);
}

static void
a_dossier_has_one_case(void **unused __attribute__((unused)))
{
    struct story s;

    begin_opened(&s);
    open_case(&s, CASE + 1, 1);
    assert_refused(&s, "ALREADY_OPEN");
    open_case(&s, CASE, 1);
    assert_refused(&s, "ALREADY_EXISTS");
    story_end(&s);
}

static void
only_the_standing_agency_leads(void **unused __attribute__((unused)))
{
    struct story s;

    begin(&s);
    accept_dossier(&s, 1);
    story_as(&s, MEMBER);
    open_case(&s, CASE, 1);
    assert_refused(&s, "NOT_ALLOWED");
    story_as(&s, HEAD);
    open_case(&s, CASE, 1);
    story_as(&s, MEMBER);
    set_panel_with(&s, MEMBER, ANOTHER_MEMBER);
    assert_refused(&s, "NOT_ALLOWED");
    request_opinions(&s, FINANCE, EDUCATION, 20, false);
    assert_refused(&s, "NOT_ALLOWED");
    story_end(&s);
}

/* ------------------------------------------------------------------ the panel */

static void
a_panel_has_three_members_or_more(void **unused __attribute__((unused)))
{
    struct story s;
    unsigned persons[] = { CHAIR, SECRETARY, MEMBER };

    begin_opened(&s);
    set_panel(&s, persons, usual_seats, 2);
    assert_refused(&s, "PANEL_TOO_SMALL");
    set_panel(&s, persons, usual_seats, 3);
    assert_happened(&s, "PanelSet");
    assert_int_equal(the_case(&s)->panel.count, 3);
    story_end(&s);
}

static void
a_panel_has_one_chair_and_one_secretary(void **unused __attribute__((unused)))
{
    struct story s;
    unsigned persons[] = { CHAIR, SECRETARY, MEMBER };
    int two_chairs[] = { SEAT(CHAIR), SEAT(SECRETARY), SEAT(CHAIR) };
    int no_chair[] = { SEAT(MEMBER), SEAT(SECRETARY), SEAT(MEMBER) };
    int two_secretaries[] = { SEAT(CHAIR), SEAT(SECRETARY), SEAT(SECRETARY) };
    int no_secretary[] = { SEAT(CHAIR), SEAT(MEMBER), SEAT(MEMBER) };

    begin_opened(&s);
    set_panel(&s, persons, two_chairs, 3);
    assert_refused(&s, "PANEL_SEATS");
    set_panel(&s, persons, no_chair, 3);
    assert_refused(&s, "PANEL_SEATS");
    set_panel(&s, persons, two_secretaries, 3);
    assert_refused(&s, "PANEL_SEATS");
    set_panel(&s, persons, no_secretary, 3);
    assert_refused(&s, "PANEL_SEATS");
    story_end(&s);
}

static void
nobody_with_a_conflict_sits_on_the_panel(void **unused __attribute__((unused)))
{
    struct story s;

    begin_opened(&s);
    set_panel_with(&s, MEMBER, CHAIR);
    assert_refused(&s, "SITS_TWICE");
    set_panel_with(&s, MEMBER, AUTHOR);
    assert_refused(&s, "AUTHOR_ON_PANEL");
    set_panel_with(&s, MEMBER, COLLEAGUE);
    assert_refused(&s, "SAME_UNIT");
    set_panel_with(&s, MEMBER, ALLY);
    assert_refused(&s, "SAME_UNIT");
    set_panel_with(&s, MEMBER, 999);
    assert_refused(&s, "UNKNOWN_PERSON");
    assert_int_equal(s.last.violations.count, 1);
    assert_string_equal(((const struct violation *) list_at(&s.last.violations, 0))->field,
                        "panel[3].person_id");
    set_panel_with(&s, MEMBER, ANOTHER_MEMBER);
    assert_happened(&s, "PanelSet");
    story_end(&s);
}

/* ------------------------------------------------------------------ the end */

static void
a_report_carries_what_funding_builds_on(void **unused __attribute__((unused)))
{
    struct story s;

    begin_answered(&s);
    issue_report(&s, 29);
    assert_refused(&s, "NOT_NOW");
    story_end(&s);

    begin_concluded(&s);
    issue_report(&s, 31);
    assert_refused(&s, "BAD_DATE");
    issue_report(&s, 29);
    assert_happened(&s, "AppraisalReported");
    const Appraisal__AppraisalReported *e = story_event(&s, 0);

    assert_string_equal(e->dossier_id, story_id(&s, DOSSIER));
    assert_int_equal(e->dossier_version, 1);
    assert_memory_equal(e->digest.data, digest_bytes, 32);
    assert_string_equal(e->title, "Một cửa điện tử");
    assert_string_equal(e->entrant_agency_id, story_id(&s, ENTRANT));
    assert_int_equal(e->outcome, APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_BOTH);
    assert_int_equal(e->scope, TYPES__SCOPE__SCOPE_PROVINCE);
    assert_int_equal(e->recommended_ceiling_vnd, ESTIMATE_VND);
    assert_string_equal(e->report->document_symbol, "2417/BC-SNV");
    story_end(&s);
}

/* ------------------------------------------------------------------ every move there is */

/* clang-format off */
static const struct legal_move intake_moves[] = {
    { NOTHING,          ON(dossier_noted),            INTAKE(WAITING) },
    { INTAKE(WAITING),  ON(dossier_noted),            INTAKE(WAITING) },
    { INTAKE(WAITING),  ON(dossier_taken_up),         INTAKE(TAKEN_UP) },
    { NOTHING,          ON(dossier_withdrawal_noted), INTAKE(WITHDRAWN) },
    { INTAKE(WAITING),  ON(dossier_withdrawal_noted), INTAKE(WITHDRAWN) },
    { INTAKE(TAKEN_UP), ON(dossier_withdrawal_noted), INTAKE(WITHDRAWN) },
    { 0 },
};

static const struct legal_move case_moves[] = {
    { NOTHING,          ON(appraisal_opened),     IS(OPENED) },
    { IS(OPENED),       ON(panel_set),            IS(PANEL_SET) },
    { IS(PANEL_SET),    ON(opinions_requested),   IS(CONSULTING) },
    { IS(CONSULTING),   ON(opinion_given),        IS(CONSULTING) },
    { IS(CONSULTING),   ON(scoring_started),      IS(SCORING) },
    { IS(SCORING),      ON(deliberation_started), IS(DELIBERATION) },
    { IS(DELIBERATION), ON(appraisal_concluded),  IS(CONCLUDED) },
    { IS(CONCLUDED),    ON(appraisal_reported),   IS(REPORTED) },
    { IS(OPENED),       ON(appraisal_voided),     IS(VOIDED) },
    { IS(PANEL_SET),    ON(appraisal_voided),     IS(VOIDED) },
    { IS(CONSULTING),   ON(appraisal_voided),     IS(VOIDED) },
    { IS(CONCLUDED),    ON(appraisal_voided),     IS(VOIDED) },
    { 0 },
};
/* clang-format on */

static void
nothing_else_can_happen(void **unused __attribute__((unused)))
{
    assert_only_these_moves(&appraisal_service, &dossier_intake_kind, intake_moves);
    assert_only_these_moves(&appraisal_service, &appraisal_case_kind, case_moves);
}

static void
every_refusal_has_a_sentence(void **unused __attribute__((unused)))
{
    for (unsigned i = 0; i < appraisal__refusal__descriptor.n_values; i++) {
        int refusal = appraisal__refusal__descriptor.values[i].value;
        const struct refusal_text *t = appraisal_service.refusal_texts;

        while (t->sentence && t->refusal != refusal)
            t++;
        assert_true(refusal == 0 || t->sentence);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_case_carries_what_was_accepted),
        cmocka_unit_test(only_an_accepted_dossier_is_appraised),
        cmocka_unit_test(a_dossier_has_one_case),
        cmocka_unit_test(only_the_standing_agency_leads),
        cmocka_unit_test(a_panel_has_three_members_or_more),
        cmocka_unit_test(a_panel_has_one_chair_and_one_secretary),
        cmocka_unit_test(nobody_with_a_conflict_sits_on_the_panel),
        cmocka_unit_test(a_report_carries_what_funding_builds_on),
        cmocka_unit_test(nothing_else_can_happen),
        cmocka_unit_test(every_refusal_has_a_sentence),
    };

    return cmocka_run_group_tests_name("appraisal", tests, NULL, NULL);
}
