/* services/appraisal/core.c - what may happen to an appraisal case: its tables, and how it begins.
 * Pure: no SQL, no sockets, no clock. */
#include "services/appraisal/core.h"

/* ------------------------------------------------------------------ opening */

static void
its_dossier(const struct given *given, const void *message, struct keys *keys)
{
    const Appraisal__OpenAppraisal *ask = message;

    (void) given;
    need(keys, &dossier_intake_kind, uuid_of(ask->dossier_id));
}

static const char **
authors_of(const struct dossier_intake *i, struct events *out, size_t *ret_count)
{
    const char **ids = arena_zero(out->arena, (i->authors.count + 1) * sizeof(*ids));
    size_t count = 0;

    LIST_EACH (const struct dossier_author, author, &i->authors)
        if (author->dossier_version == i->dossier_version)
            ids[count++] = id_text(out, &author->person_id);
    *ret_count = count;
    return ids;
}

static const char **
co_entrants_of(const struct dossier_intake *i, struct events *out, size_t *ret_count)
{
    const char **ids = arena_zero(out->arena, (i->co_entrants.count + 1) * sizeof(*ids));
    size_t count = 0;

    LIST_EACH (const struct co_entrant, other, &i->co_entrants)
        ids[count++] = id_text(out, &other->agency_id);
    *ret_count = count;
    return ids;
}

static int
may_be_taken_up(const struct dossier_intake *i, int64_t dossier_version)
{
    if (i->self.state == INTAKE(WITHDRAWN))
        return NO(ENTRY_WITHDRAWN);
    if (i->self.state == INTAKE(TAKEN_UP))
        return NO(ALREADY_OPEN);
    if (i->self.state != INTAKE(WAITING))
        return NO(DOSSIER_NOT_ACCEPTED);
    if (i->dossier_version != dossier_version)
        return NO(OTHER_VERSION);
    return ACCEPTED;
}

static int
open_appraisal(const struct given *given, const void *message, struct events *out)
{
    const Appraisal__OpenAppraisal *ask = message;
    const struct dossier_intake *i = also(given, 0);
    int refusal = may_be_taken_up(i, ask->dossier_version);
    Appraisal__AppraisalOpened *opened;
    Appraisal__DossierTakenUp *taken;

    if (refusal)
        return refusal;

    opened = new_event(out, ON(appraisal_opened));
    opened->appraisal_case_id = id_text(out, &given->subject);
    opened->dossier_id = ask->dossier_id;
    opened->dossier_version = i->dossier_version;
    opened->digest = proto_digest(out->arena, &i->digest);
    opened->entry_code = i->entry_code;
    opened->title = i->title;
    opened->entrant_agency_id = id_text(out, &i->entrant_agency_id);
    opened->estimate_vnd = i->estimate_vnd;
    opened->author_ids = authors_of(i, out, &opened->n_author_ids);
    opened->co_entrant_ids = co_entrants_of(i, out, &opened->n_co_entrant_ids);

    taken = new_event_on(out, &dossier_intake_kind, i->self.id, ON(dossier_taken_up));
    taken->dossier_id = ask->dossier_id;
    taken->appraisal_case_id = id_text(out, &given->subject);
    return ACCEPTED;
}

static void
appraisal_opened(void *state, const void *event)
{
    struct appraisal_case *c = state;
    const Appraisal__AppraisalOpened *e = event;

    c->dossier_id = uuid_of(e->dossier_id);
    c->dossier_version = e->dossier_version;
    c->digest = proto_digest_of(e->digest);
    c->entry_code = e->entry_code;
    c->title = e->title;
    c->entrant_agency_id = uuid_of(e->entrant_agency_id);
    c->estimate_vnd = e->estimate_vnd;
    for (size_t n = 0; n < e->n_author_ids; n++)
        ((struct case_author *) list_add(&c->authors))->person_id = uuid_of(e->author_ids[n]);
    for (size_t n = 0; n < e->n_co_entrant_ids; n++)
        ((struct co_entrant *) list_add(&c->co_entrants))->agency_id =
            uuid_of(e->co_entrant_ids[n]);
}

/* ------------------------------------------------------------------ the panel */

enum { LEAST_MEMBERS = 3 };

static bool
is_author(const struct appraisal_case *c, const struct uuid *person)
{
    LIST_EACH (const struct case_author, author, &c->authors)
        if (uuid_equal(&author->person_id, person))
            return true;
    return false;
}

static bool
sits_before(const Appraisal__SetPanel *ask, size_t nth, const struct uuid *person)
{
    for (size_t i = 0; i < nth; i++) {
        struct uuid other = uuid_of(ask->panel[i]->person_id);

        if (uuid_equal(&other, person))
            return true;
    }
    return false;
}

/* May the nth person sit, given those before? */
/* Did the agency enter, alone or with others? */
static bool
entered(const struct appraisal_case *c, const struct uuid *agency)
{
    LIST_EACH (const struct co_entrant, other, &c->co_entrants)
        if (uuid_equal(&other->agency_id, agency))
            return true;
    return uuid_equal(agency, &c->entrant_agency_id);
}

static int
judge_member(const struct given *given, const Appraisal__SetPanel *ask, size_t nth,
             struct events *out)
{
    const struct appraisal_case *c = given->state;
    struct uuid person = uuid_of(ask->panel[nth]->person_id);
    const struct uuid *agency = authority_agency_of(given->authority, &person);
    const char *field = arena_format(out->arena, "panel[%zu].person_id", nth);

    if (!agency)
        return wrong(out, NO(UNKNOWN_PERSON), field, "is nobody whom the directory knows");
    if (sits_before(ask, nth, &person))
        return wrong(out, NO(SITS_TWICE), field, "has a seat already");
    if (is_author(c, &person))
        return wrong(out, NO(AUTHOR_ON_PANEL), field, "wrote the dossier");
    if (entered(c, agency))
        return wrong(out, NO(SAME_UNIT), field, "belongs to the agency that entered");
    return ACCEPTED;
}

static size_t
count_seats(const Appraisal__SetPanel *ask, int seat)
{
    size_t count = 0;

    for (size_t i = 0; i < ask->n_panel; i++)
        count += ask->panel[i]->seat == (Appraisal__PanelSeat) seat;
    return count;
}

static int
set_panel(const struct given *given, const void *message, struct events *out)
{
    const Appraisal__SetPanel *ask = message;
    Appraisal__PanelSet *set;

    if (ask->n_panel < LEAST_MEMBERS)
        return wrong(out, NO(PANEL_TOO_SMALL), "panel", "has fewer than %d members", LEAST_MEMBERS);
    if (count_seats(ask, SEAT(CHAIR)) != 1 || count_seats(ask, SEAT(SECRETARY)) != 1 ||
        count_seats(ask, SEAT(VICE_CHAIR)) != 0)
        return wrong(out, NO(PANEL_SEATS), "panel",
                     "has not exactly one chair and one secretary, beside members");
    for (size_t i = 0; i < ask->n_panel; i++) {
        int refusal = judge_member(given, ask, i, out);

        if (refusal)
            return refusal;
    }

    set = new_event(out, ON(panel_set));
    set->appraisal_case_id = id_text(out, &given->subject);
    set->n_panel = ask->n_panel;
    set->panel = ask->panel;
    return ACCEPTED;
}

static void
panel_set(void *state, const void *event)
{
    struct appraisal_case *c = state;
    const Appraisal__PanelSet *e = event;

    for (size_t i = 0; i < e->n_panel; i++) {
        struct panel_member *member = list_add(&c->panel);

        member->person_id = uuid_of(e->panel[i]->person_id);
        member->seat = (int) e->panel[i]->seat;
    }
}

/* ------------------------------------------------------------------ its end */

static int
issue_report(const struct given *given, const void *message, struct events *out)
{
    const struct appraisal_case *c = given->state;
    const Appraisal__IssueReport *ask = message;
    Appraisal__AppraisalReported *reported;

    if (!appraisal_is_dated(ask->report))
        return wrong(out, NO(BAD_DATE), "report.issued_on", "there is no such day");

    reported = new_event(out, ON(appraisal_reported));
    reported->appraisal_case_id = id_text(out, &given->subject);
    reported->dossier_id = id_text(out, &c->dossier_id);
    reported->dossier_version = c->dossier_version;
    reported->digest = proto_digest(out->arena, &c->digest);
    reported->entry_code = c->entry_code;
    reported->title = c->title;
    reported->entrant_agency_id = id_text(out, &c->entrant_agency_id);
    reported->outcome = (Appraisal__Outcome) c->outcome;
    reported->scope = (Types__Scope) c->scope;
    reported->recommended_ceiling_vnd = c->recommended_ceiling_vnd;
    reported->report = ask->report;
    return ACCEPTED;
}

static void
appraisal_reported(void *state, const void *event)
{
    struct appraisal_case *c = state;
    const Appraisal__AppraisalReported *e = event;

    c->report = e->report;
}

/* A withdrawal is heard by the dossier intake (core_intake.c), which voids its case. A case passes
 * SCORING and DELIBERATION within one decision, so that it can be voided before or after, never
 * there. */

/* clang-format off */
static const struct handler appraisal_case_handlers[] = {
    /* message               who may        decide                      birth       also locks */
    { ON(open_appraisal),    MAY(STANDING), open_appraisal,             CREATES,    its_dossier },
    { ON(set_panel),         MAY(STANDING), set_panel,                  MUST_EXIST },
    { ON(request_opinions),  MAY(STANDING), appraisal_request_opinions, MUST_EXIST },
    { ON(give_opinion),      ANYBODY,       appraisal_give_opinion,     MUST_EXIST },
    { ON(conclude),          ANYBODY,       appraisal_conclude,         MUST_EXIST },
    { ON(issue_report),      MAY(STANDING), issue_report,               MUST_EXIST },
    { 0 },
};

static const struct transition appraisal_case_transitions[] = {
    /* from             when                      to                remember                        because */
    { NOTHING,          ON(appraisal_opened),     IS(OPENED),       appraisal_opened,               "an accepted dossier waits to be appraised" },
    { IS(OPENED),       ON(panel_set),            IS(PANEL_SET),    panel_set,                      "a panel without conflict of interest was named" },
    { IS(PANEL_SET),    ON(opinions_requested),   IS(CONSULTING),   appraisal_opinions_requested,   "the agencies concerned are asked for their opinion" },
    { IS(CONSULTING),   ON(opinion_given),        IS(CONSULTING),   appraisal_opinion_given,        "a consulted agency answered" },
    { IS(CONSULTING),   ON(scoring_started),      IS(SCORING),      NULL,                           "every opinion is in, or its time is over" },
    { IS(SCORING),      ON(deliberation_started), IS(DELIBERATION), NULL,                           "the panel met" },
    { IS(DELIBERATION), ON(appraisal_concluded),  IS(CONCLUDED),    appraisal_concluded,            "the panel voted, and minutes were taken" },
    { IS(CONCLUDED),    ON(appraisal_reported),   IS(REPORTED),     appraisal_reported,             "the standing agency issued its report" },
    { IS(OPENED),       ON(appraisal_voided),     IS(VOIDED),       NULL,                           "the entry was withdrawn before there was a panel" },
    { IS(PANEL_SET),    ON(appraisal_voided),     IS(VOIDED),       NULL,                           "the entry was withdrawn before opinions were asked for" },
    { IS(CONSULTING),   ON(appraisal_voided),     IS(VOIDED),       NULL,                           "the entry was withdrawn while opinions were awaited" },
    { IS(CONCLUDED),    ON(appraisal_voided),     IS(VOIDED),       NULL,                           "the entry was withdrawn before the report was issued" },
    { 0 },
};
/* clang-format on */

const struct kind appraisal_case_kind = {
    .name = "appraisal_case",
    .states = &appraisal__appraisal_state__descriptor,
    .table = &appraisal_case_table,
    .handlers = appraisal_case_handlers,
    .transitions = appraisal_case_transitions,
};
