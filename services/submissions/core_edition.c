/* services/submissions/core_edition.c - an edition of the contest, until entries may come in. Pure.
 */
#include "services/submissions/submissions.h"

static int
create_edition(const struct given *given, const void *command, struct events *out)
{
    const Submissions__CreateEdition *ask = command;

    if (ask->threshold_centi > ask->maximum_centi)
        return wrong(out, NO(SCORE_OUT_OF_RANGE), "threshold_centi", "is above maximum_centi");
    if (submissions_judge_document(ask->document, out))
        return NO(BAD_DATE);

    Submissions__EditionCreated *said = new_event(out, ON(edition_created));
    said->edition_id = id_text(out, &given->subject);
    said->ordinal = ask->ordinal;
    said->year = ask->year;
    said->name = ask->name;
    said->threshold_centi = ask->threshold_centi;
    said->maximum_centi = ask->maximum_centi;
    said->document = ask->document;
    return ACCEPTED;
}

static void
edition_created(void *state, const void *event)
{
    struct edition *edition = state;
    const Submissions__EditionCreated *e = event;

    edition->ordinal = e->ordinal;
    edition->year = e->year;
    edition->name = e->name;
    edition->threshold_centi = e->threshold_centi;
    edition->maximum_centi = e->maximum_centi;
    edition->document = e->document;
}

static int
publish_edition(const struct given *given, const void *command, struct events *out)
{
    Submissions__EditionPublished *said = new_event(out, ON(edition_published));

    (void) command;
    said->edition_id = id_text(out, &given->subject);
    return ACCEPTED;
}

static int
open_registration(const struct given *given, const void *command, struct events *out)
{
    Submissions__RegistrationOpened *said = new_event(out, ON(registration_opened));

    (void) command;
    said->edition_id = id_text(out, &given->subject);
    return ACCEPTED;
}

/* clang-format off */
#define IS(state) SUBMISSIONS__EDITION_STATE__EDITION_STATE_##state

static const struct handler handlers[] = {
    /* message               who may                         decide             birth       also locks */
    { ON(create_edition),    MAY(STANDING) | MAY(ORGANISER), create_edition,    CREATES,    NULL },
    { ON(publish_edition),   MAY(OWNER),                     publish_edition,   MUST_EXIST, NULL },
    { ON(open_registration), MAY(ORGANISER) | MAY(STANDING), open_registration, MUST_EXIST, NULL },
    { 0 },
};

static const struct transition transitions[] = {
    /* from          when                     to             remember         because */
    { NOTHING,       ON(edition_created),     IS(DRAFT),     edition_created, "an edition was set up under its plan" },
    { IS(DRAFT),     ON(edition_published),   IS(PUBLISHED), NULL,            "the owner published the rules, which are frozen from now on" },
    { IS(PUBLISHED), ON(registration_opened), IS(OPEN),      NULL,            "entries may come in" },
    { 0 },
};

const struct kind edition_kind = {
    "edition", ON(edition_state), &edition_table, handlers, transitions,
};
/* clang-format on */
