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
    assert_refused(s, "NOT_ALLOWED");
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
#define D(s) SUBMISSIONS__EDITION_STATE__EDITION_STATE_##s
#define E(s) SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_##s
#define S(s) SUBMISSIONS__DOSSIER_STATE__DOSSIER_STATE_##s
    /* clang-format off */
    static const struct legal_move of_programmes[] = {
        { NOTHING, ON(programme_created), P(ACTIVE) }, { 0 },
    };
    static const struct legal_move of_editions[] = {
        { NOTHING,      ON(edition_created),     D(DRAFT) },
        { D(DRAFT),     ON(edition_published),   D(PUBLISHED) },
        { D(PUBLISHED), ON(registration_opened), D(OPEN) }, { 0 },
    };
    static const struct legal_move of_entries[] = {
        { NOTHING,       ON(entry_drafted),       E(DRAFT) },
        { E(DRAFT),      ON(entry_submitted),     E(SUBMITTED) },
        { E(SUBMITTED),  ON(entry_registered),    E(REGISTERED) },
        { E(REGISTERED), ON(entry_assigned),      E(IN_ROUND) },
        { E(IN_ROUND),   ON(entry_eliminated),    E(ELIMINATED) },
        { E(IN_ROUND),   ON(entry_reached_final), E(FINALIST) },
        { E(FINALIST),   ON(entry_awarded),       E(AWARDED) },
        { E(FINALIST),   ON(entry_not_awarded),   E(NOT_AWARDED) },
        { E(DRAFT),       ON(entry_withdrawn), E(WITHDRAWN) }, { E(SUBMITTED), ON(entry_withdrawn), E(WITHDRAWN) },
        { E(REGISTERED),  ON(entry_withdrawn), E(WITHDRAWN) }, { E(IN_ROUND),  ON(entry_withdrawn), E(WITHDRAWN) },
        { E(FINALIST),    ON(entry_withdrawn), E(WITHDRAWN) }, { E(AWARDED),   ON(entry_withdrawn), E(WITHDRAWN) },
        { E(NOT_AWARDED), ON(entry_withdrawn), E(WITHDRAWN) },
        { E(FINALIST),    ON(entry_paid), E(FINALIST) },       { E(AWARDED),   ON(entry_paid), E(AWARDED) },
        { E(NOT_AWARDED), ON(entry_paid), E(NOT_AWARDED) },    { E(WITHDRAWN), ON(entry_paid), E(WITHDRAWN) }, { 0 },
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
        { S(UNDER_APPRAISAL), ON(dossier_withdrawn), S(WITHDRAWN) }, { 0 },
    };
    /* clang-format on */
    assert_only_these_moves(&submissions_service, &programme_kind, of_programmes);
    assert_only_these_moves(&submissions_service, &edition_kind, of_editions);
    assert_only_these_moves(&submissions_service, &entry_kind, of_entries);
    assert_only_these_moves(&submissions_service, &dossier_kind, of_dossiers);
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
