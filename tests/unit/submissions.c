/* tests/unit/submissions.c - programmes and editions, and the state machines as a whole. */
#include "tests/unit/submissions_story.h"

/* ------------------------------------------------------------------ programmes and editions */

static void
a_programme_belongs_to_the_agency_that_created_it(void **state)
{
    struct story *s = *state;
    Submissions__CreateProgramme ask = SUBMISSIONS__CREATE_PROGRAMME__INIT;

    ask.name = "Cuộc thi";
    ask.utc_offset_minutes = 420;
    say_as(s, 21, 10, &ask);
    assert_refused(s, "NOT_ALLOWED");
    say_as(s, 11, 10, &ask);
    assert_happened(s, "ProgrammeCreated");
    assert_true(story_is_party(s, 0, 1));
    ask.utc_offset_minutes = 841;
    say_as(s, 11, 12, &ask);
    assert_refused(s, "BAD_DATE");
}

static void
a_programme_cannot_be_called_anything(void **state)
{
    struct story *s = *state;
    static const char *const bad[] = { "directory", "", "-a", "A", "a_b", "à" };
    Submissions__CreateProgramme ask = SUBMISSIONS__CREATE_PROGRAMME__INIT;

    ask.name = "Cuộc thi";
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        s->programme = bad[i];
        story_bind(s, DIRECTORY__ROLE__ROLE_OWNER, 1, 11, bad[i]);
        say_as(s, 11, 10, &ask);
        assert_refused(s, "PROGRAMME_NAME");
    }
}

static void
an_edition_is_published_by_the_owner_and_then_opened(void **state)
{
    struct story *s = *state;
    Submissions__CreateEdition create = fourth_edition();
    Submissions__PublishEdition publish = SUBMISSIONS__PUBLISH_EDITION__INIT;
    Submissions__OpenRegistration open = SUBMISSIONS__OPEN_REGISTRATION__INIT;

    create.threshold_centi = 10001;
    say_as(s, 21, 100, &create);
    assert_refused(s, "SCORE_OUT_OF_RANGE");
    create.threshold_centi = 10000;
    say_as(s, 21, 100, &create);
    assert_happened(s, "EditionCreated");
    say_as(s, 21, 100, &open);
    assert_refused(s, "NOT_NOW");
    say_as(s, 21, 100, &publish);
    assert_refused(s, "NOT_YOUR_EDITION");
    say_as(s, 11, 100, &publish);
    assert_happened(s, "EditionPublished");
    say_as(s, 11, 100, &publish);
    assert_refused(s, "NOT_NOW");
    say_as(s, 21, 100, &open);
    assert_happened(s, "RegistrationOpened");
}

/* ------------------------------------------------------------------ legal moves */

static void
nothing_moves_but_along_the_state_machines(void **state)
{
    (void) state;
#define P(s) SUBMISSIONS__PROGRAMME_STATE__PROGRAMME_STATE_##s
#define R(s) SUBMISSIONS__PROGRAMME_RULES_STATE__PROGRAMME_RULES_STATE_##s
#define D(s) SUBMISSIONS__EDITION_STATE__EDITION_STATE_##s
#define E(s) SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_##s
#define S(s) SUBMISSIONS__DOSSIER_STATE__DOSSIER_STATE_##s
#define J(state) SUBMISSIONS__JURY_STATE__JURY_STATE_##state
#define L(s) SUBMISSIONS__ROLL_STATE__ROLL_STATE_##s
#define N(s) SUBMISSIONS__ENTRANT_STATE__ENTRANT_STATE_##s
    /* clang-format off */
    static const struct legal_move of_programmes[] = {
        { NOTHING, ON(programme_created), P(ACTIVE) }, { 0 },
    };
    static const struct legal_move of_programme_rules[] = {
        { NOTHING, ON(programme_rules_set), R(SET) }, { R(SET), ON(programme_rules_set), R(SET) }, { 0 },
    };
    static const struct legal_move of_editions[] = {
        { NOTHING,      ON(edition_created),     D(DRAFT) },
        { D(DRAFT),     ON(edition_published),   D(PUBLISHED) },
        { D(DRAFT),     ON(edition_rules_set),   D(DRAFT) },
        { D(PUBLISHED), ON(registration_opened), D(OPEN) },
        { D(PUBLISHED), ON(registration_extended), D(PUBLISHED) }, { D(OPEN), ON(registration_extended), D(OPEN) },
        { D(OPEN),      ON(registration_closed), D(CLOSED) },
        { D(CLOSED),    ON(entrants_confirmed),  D(CLOSED) },
        { D(CLOSED),    ON(judging_ended),       D(JUDGING) },     { D(JUDGING), ON(judging_ended), D(JUDGING) },
        { D(JUDGING),   ON(judging_reopened),    D(JUDGING) },
        { D(CLOSED),    ON(judging_started),     D(JUDGING) },     { D(JUDGING), ON(judging_started), D(JUDGING) },
        { D(JUDGING),   ON(round_outcome_noted), D(JUDGING) },
        { D(JUDGING),   ON(results_confirmed),   D(RESULTS_CONFIRMED) },
        { D(RESULTS_CONFIRMED), ON(local_results_reported), D(RESULTS_CONFIRMED) },
        { D(ARCHIVED),          ON(local_results_reported), D(ARCHIVED) },
        { D(RESULTS_CONFIRMED), ON(results_published), D(RESULTS_CONFIRMED) },
        { D(FOLLOW_UP),         ON(results_published), D(FOLLOW_UP) },
        { D(RESULTS_CONFIRMED), ON(follow_up_started), D(FOLLOW_UP) },
        { D(RESULTS_CONFIRMED), ON(edition_archived),  D(ARCHIVED) }, { D(FOLLOW_UP), ON(edition_archived), D(ARCHIVED) },
        { D(DRAFT),     ON(edition_cancelled),   D(CANCELLED) },   { D(PUBLISHED), ON(edition_cancelled), D(CANCELLED) },
        { D(OPEN),      ON(edition_cancelled),   D(CANCELLED) },   { D(CLOSED),    ON(edition_cancelled), D(CANCELLED) },
        { D(JUDGING),   ON(edition_cancelled),   D(CANCELLED) },   { 0 },
    };
    static const struct legal_move of_entries[] = {
        { NOTHING,         ON(entry_drafted),             E(DRAFT) },
        { E(DRAFT),        ON(entry_revised),             E(DRAFT) },
        { E(RETURNED),     ON(entry_revised),             E(RETURNED) },
        { E(DRAFT),       ON(co_entrant_joined),         E(DRAFT) },
        { E(SUBMITTED),   ON(co_entrant_joined),         E(SUBMITTED) },
        { E(RETURNED),    ON(co_entrant_joined),         E(RETURNED) },
        { E(DRAFT),       ON(co_entrant_left),           E(DRAFT) },
        { E(SUBMITTED),   ON(co_entrant_left),           E(SUBMITTED) },
        { E(RETURNED),    ON(co_entrant_left),           E(RETURNED) },
        { E(DRAFT),        ON(entry_submitted),           E(SUBMITTED) },
        { E(RETURNED),     ON(entry_submitted),           E(SUBMITTED) },
        { E(SUBMITTED),    ON(entry_returned),            E(RETURNED) },
        { E(SUBMITTED),    ON(entry_refused),             E(REFUSED) },
        { E(RETURNED),     ON(entry_refused),             E(REFUSED) },
        { E(SUBMITTED),    ON(entry_registered),          E(REGISTERED) },
        { E(REGISTERED),   ON(entry_assigned),            E(IN_ROUND) },
        { E(IN_ROUND),     ON(entry_assigned),            E(IN_ROUND) },
        { E(FINALIST),     ON(entry_assigned),            E(FINALIST) },
        { E(IN_ROUND),     ON(entry_advanced),            E(IN_ROUND) },
        { E(IN_ROUND),     ON(entry_eliminated),          E(ELIMINATED) },
        { E(IN_ROUND),     ON(entry_reached_final),       E(FINALIST) },
        { E(FINALIST),     ON(entry_placed),              E(FINALIST) },
        { E(IN_ROUND),     ON(entry_reinstated),          E(REGISTERED) },
        { E(ELIMINATED),   ON(entry_reinstated),          E(REGISTERED) },
        { E(FINALIST),     ON(entry_reinstated),          E(REGISTERED) },
        { E(IN_ROUND),     ON(entry_back_in_round),       E(IN_ROUND) },
        { E(ELIMINATED),   ON(entry_back_in_round),       E(IN_ROUND) },
        { E(FINALIST),     ON(entry_back_in_round),       E(IN_ROUND) },
        { E(FINALIST),     ON(entry_back_in_final),       E(FINALIST) },
        { E(FINALIST),     ON(entry_awarded),             E(AWARDED) },
        { E(FINALIST),     ON(entry_not_awarded),         E(NOT_AWARDED) },
        { E(AWARDED),      ON(result_annulled),           E(ANNULLED) },
        { E(NOT_AWARDED),  ON(result_annulled),           E(ANNULLED) },
        { E(AWARDED),      ON(entry_promoted),            E(AWARDED) },
        { E(NOT_AWARDED),  ON(entry_promoted),            E(NOT_AWARDED) },
        { E(DRAFT),        ON(entry_withdrawn),           E(WITHDRAWN) },
        { E(SUBMITTED),    ON(entry_withdrawn),           E(WITHDRAWN) },
        { E(RETURNED),     ON(entry_withdrawn),           E(WITHDRAWN) },
        { E(REGISTERED),   ON(entry_withdrawn),           E(WITHDRAWN) },
        { E(IN_ROUND),     ON(entry_withdrawn),           E(WITHDRAWN) },
        { E(FINALIST),     ON(entry_withdrawn),           E(WITHDRAWN) },
        { E(AWARDED),      ON(entry_withdrawn),           E(WITHDRAWN) },
        { E(NOT_AWARDED),  ON(entry_withdrawn),           E(WITHDRAWN) },
        { E(SUBMITTED),    ON(disqualification_proposed), E(SUBMITTED) },
        { E(RETURNED),     ON(disqualification_proposed), E(RETURNED) },
        { E(REGISTERED),   ON(disqualification_proposed), E(REGISTERED) },
        { E(IN_ROUND),     ON(disqualification_proposed), E(IN_ROUND) },
        { E(ELIMINATED),   ON(disqualification_proposed), E(ELIMINATED) },
        { E(FINALIST),     ON(disqualification_proposed), E(FINALIST) },
        { E(AWARDED),      ON(disqualification_proposed), E(AWARDED) },
        { E(NOT_AWARDED),  ON(disqualification_proposed), E(NOT_AWARDED) },
        { E(ANNULLED),     ON(disqualification_proposed), E(ANNULLED) },
        { E(SUBMITTED),    ON(accusation_answered),       E(SUBMITTED) },
        { E(RETURNED),     ON(accusation_answered),       E(RETURNED) },
        { E(REGISTERED),   ON(accusation_answered),       E(REGISTERED) },
        { E(IN_ROUND),     ON(accusation_answered),       E(IN_ROUND) },
        { E(ELIMINATED),   ON(accusation_answered),       E(ELIMINATED) },
        { E(FINALIST),     ON(accusation_answered),       E(FINALIST) },
        { E(AWARDED),      ON(accusation_answered),       E(AWARDED) },
        { E(NOT_AWARDED),  ON(accusation_answered),       E(NOT_AWARDED) },
        { E(ANNULLED),     ON(accusation_answered),       E(ANNULLED) },
        { E(SUBMITTED),    ON(accusation_dismissed),      E(SUBMITTED) },
        { E(RETURNED),     ON(accusation_dismissed),      E(RETURNED) },
        { E(REGISTERED),   ON(accusation_dismissed),      E(REGISTERED) },
        { E(IN_ROUND),     ON(accusation_dismissed),      E(IN_ROUND) },
        { E(ELIMINATED),   ON(accusation_dismissed),      E(ELIMINATED) },
        { E(FINALIST),     ON(accusation_dismissed),      E(FINALIST) },
        { E(AWARDED),      ON(accusation_dismissed),      E(AWARDED) },
        { E(NOT_AWARDED),  ON(accusation_dismissed),      E(NOT_AWARDED) },
        { E(ANNULLED),     ON(accusation_dismissed),      E(ANNULLED) },
        { E(SUBMITTED),    ON(entry_disqualified),        E(DISQUALIFIED) },
        { E(RETURNED),     ON(entry_disqualified),        E(DISQUALIFIED) },
        { E(REGISTERED),   ON(entry_disqualified),        E(DISQUALIFIED) },
        { E(IN_ROUND),     ON(entry_disqualified),        E(DISQUALIFIED) },
        { E(ELIMINATED),   ON(entry_disqualified),        E(DISQUALIFIED) },
        { E(FINALIST),     ON(entry_disqualified),        E(DISQUALIFIED) },
        { E(AWARDED),      ON(entry_disqualified),        E(DISQUALIFIED) },
        { E(NOT_AWARDED),  ON(entry_disqualified),        E(DISQUALIFIED) },
        { E(ANNULLED),     ON(entry_disqualified),        E(DISQUALIFIED) },
        { E(FINALIST),     ON(entry_paid),                E(FINALIST) },
        { E(AWARDED),      ON(entry_paid),                E(AWARDED) },
        { E(NOT_AWARDED),  ON(entry_paid),                E(NOT_AWARDED) },
        { E(WITHDRAWN),    ON(entry_paid),                E(WITHDRAWN) },
        { E(DISQUALIFIED), ON(entry_paid),                E(DISQUALIFIED) },
        { E(ANNULLED),     ON(entry_paid),                E(ANNULLED) },
        { 0 },
    };
    static const struct legal_move of_dossiers[] = {
        { NOTHING,      ON(dossier_required),  S(REQUIRED) },  { S(REQUIRED), ON(dossier_drafted),   S(DRAFT) },
        { S(DRAFT),     ON(dossier_submitted), S(SUBMITTED) }, { S(RETURNED), ON(dossier_submitted), S(SUBMITTED) },
        { S(SUBMITTED), ON(dossier_returned),  S(RETURNED) },  { S(SUBMITTED), ON(dossier_accepted), S(ACCEPTED) },
        { S(REQUIRED),  ON(dossier_overdue),   S(REQUIRED) },  { S(DRAFT),    ON(dossier_overdue),   S(DRAFT) },
        { S(RETURNED),  ON(dossier_overdue),   S(RETURNED) },
        { S(ACCEPTED),        ON(dossier_appraisal_started), S(UNDER_APPRAISAL) },
        { S(UNDER_APPRAISAL), ON(dossier_appraised),         S(APPRAISED) },
        { S(REQUIRED),  ON(dossier_withdrawn), S(WITHDRAWN) }, { S(DRAFT),    ON(dossier_withdrawn), S(WITHDRAWN) },
        { S(SUBMITTED), ON(dossier_withdrawn), S(WITHDRAWN) }, { S(RETURNED), ON(dossier_withdrawn), S(WITHDRAWN) },
        { S(ACCEPTED),  ON(dossier_withdrawn), S(WITHDRAWN) }, { S(APPRAISED), ON(dossier_withdrawn), S(WITHDRAWN) },
        { S(UNDER_APPRAISAL), ON(dossier_withdrawn), S(WITHDRAWN) },
        { S(APPRAISED), ON(dossier_closed), S(CLOSED) },
        { S(REQUIRED),  ON(dossier_not_filed), S(NOT_FILED) }, { S(DRAFT),    ON(dossier_not_filed), S(NOT_FILED) },
        { S(RETURNED),  ON(dossier_not_filed), S(NOT_FILED) },
        { S(APPRAISED), ON(dossier_funding_noted), S(APPRAISED) }, { S(CLOSED), ON(dossier_funding_noted), S(CLOSED) },
        { S(WITHDRAWN), ON(dossier_funding_noted), S(WITHDRAWN) }, { 0 },
    };
    static const struct legal_move of_juries[] = {
        { NOTHING, ON(judges_blinded), J(KNOWN) }, { J(KNOWN), ON(judges_blinded), J(KNOWN) },
        { J(KNOWN), ON(judges_released), J(KNOWN) }, { 0 },
    };
    static const struct legal_move of_rolls[] = {
        { NOTHING, ON(roll_counted), L(LIVE) }, { L(LIVE), ON(roll_counted), L(LIVE) }, { 0 },
    };
    static const struct legal_move of_entrants[] = {
        { NOTHING, ON(entrant_counted), N(LIVE) }, { N(LIVE), ON(entrant_counted), N(LIVE) },
        { NOTHING, ON(local_contest_counted), N(LIVE) }, { N(LIVE), ON(local_contest_counted), N(LIVE) },
        { N(LIVE), ON(agency_promotion_counted), N(LIVE) }, { 0 },
    };
    /* clang-format on */
    assert_only_these_moves(&submissions_service, &programme_kind, of_programmes);
    assert_only_these_moves(&submissions_service, &programme_rules_kind, of_programme_rules);
    assert_only_these_moves(&submissions_service, &edition_kind, of_editions);
    assert_only_these_moves(&submissions_service, &entry_kind, of_entries);
    assert_only_these_moves(&submissions_service, &dossier_kind, of_dossiers);
    assert_only_these_moves(&submissions_service, &entrant_kind, of_entrants);
    assert_only_these_moves(&submissions_service, &roll_kind, of_rolls);
    assert_only_these_moves(&submissions_service, &jury_kind, of_juries);
}

static void
every_refusal_is_explained(void **state)
{
    const ProtobufCEnumDescriptor *refusals = submissions_service.refusals;

    (void) state;
    for (unsigned i = 0; i < refusals->n_values; i++) {
        const struct refusal_text *text = submissions_service.refusal_texts;

        while (text->refusal && text->refusal != refusals->values[i].value)
            text++;
        assert_int_equal(text->refusal, refusals->values[i].value);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(a_programme_belongs_to_the_agency_that_created_it),
        TOLD(a_programme_cannot_be_called_anything),
        TOLD(an_edition_is_published_by_the_owner_and_then_opened),
        cmocka_unit_test(nothing_moves_but_along_the_state_machines),
        cmocka_unit_test(every_refusal_is_explained),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
