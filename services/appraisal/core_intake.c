/* services/appraisal/core_intake.c - what is known here of accepted dossiers. Pure: no SQL, no
 * sockets, no clock. */
#include "services/appraisal/appraisal.h"
#include "services/appraisal/judging.h"

#include "sangkien/submissions/v1/events.pb-c.h"

static int
note_dossier(const struct given *given, const void *message, struct events *out)
{
    const struct dossier_intake *i = given->state;
    const Submissions__DossierAccepted *heard = message;
    Appraisal__DossierNoted *noted;

    if (i->self.state == INTAKE(WITHDRAWN) || heard->dossier_version <= i->dossier_version)
        return ACCEPTED;

    noted = new_event(out, ON(dossier_noted));
    noted->dossier_id = heard->dossier_id;
    noted->dossier_version = heard->dossier_version;
    noted->digest = heard->digest;
    noted->entry_code = heard->entry_code;
    noted->title = heard->title;
    noted->entrant_agency_id = heard->entrant_agency_id;
    noted->estimate_vnd = heard->total_vnd;
    noted->n_author_ids = heard->n_author_ids;
    noted->author_ids = heard->author_ids;
    noted->co_entrant_ids =
        arena_zero(out->arena, (heard->n_co_entrants + 1) * sizeof(*noted->co_entrant_ids));
    for (size_t n = 0; n < heard->n_co_entrants; n++)
        noted->co_entrant_ids[noted->n_co_entrant_ids++] = heard->co_entrants[n]->agency_id;
    return ACCEPTED;
}

static void
dossier_noted(void *state, const void *event)
{
    struct dossier_intake *i = state;
    const Appraisal__DossierNoted *e = event;

    i->dossier_version = e->dossier_version;
    i->digest = proto_digest_of(e->digest);
    i->entry_code = e->entry_code;
    i->title = e->title;
    i->entrant_agency_id = uuid_of(e->entrant_agency_id);
    i->estimate_vnd = e->estimate_vnd;
    for (size_t n = 0; n < e->n_author_ids; n++) {
        struct dossier_author *author = list_add(&i->authors);

        author->dossier_version = e->dossier_version;
        author->person_id = uuid_of(e->author_ids[n]);
    }
    for (size_t n = i->co_entrants.count; n < e->n_co_entrant_ids; n++)
        ((struct co_entrant *) list_add(&i->co_entrants))->agency_id =
            uuid_of(e->co_entrant_ids[n]);
}

static void
dossier_taken_up(void *state, const void *event)
{
    struct dossier_intake *i = state;
    const Appraisal__DossierTakenUp *e = event;

    i->appraisal_case_id = uuid_of(e->appraisal_case_id);
}

enum { ITS_CONTENDER, ITS_CONTEST, ITS_CASE }; /* what a withdrawal needs, in this order */

/* The intake is locked first; while it is held, nobody can take it up in another case. */
static void
all_that_it_is(const struct given *given, const void *message, struct keys *keys)
{
    const struct dossier_intake *i = given->state;

    need(keys, &contender_kind, given->subject);
    need(keys, &contest_kind, uuid_of(proto_text(message, "edition_id")));
    if (!i)
        need_state(keys);
    else if (!uuid_is_nil(&i->appraisal_case_id))
        need(keys, &appraisal_case_kind, i->appraisal_case_id);
}

/* A report stays as it was issued: whoever built on it hears of the withdrawal too. */
static bool
can_be_voided(const struct appraisal_case *c)
{
    return c->self.state != IS(REPORTED) && c->self.state != IS(VOIDED);
}

static void
void_case(const struct dossier_intake *i, const char *reason, struct events *out)
{
    Appraisal__AppraisalVoided *voided =
        new_event_on(out, &appraisal_case_kind, i->appraisal_case_id, ON(appraisal_voided));

    voided->appraisal_case_id = id_text(out, &i->appraisal_case_id);
    voided->entry_code = i->entry_code;
    voided->title = i->title;
    voided->reason = reason;
}

/* An entry's id is its dossier's, and so the intake's, and the contender's. */
static int
note_withdrawal(const struct given *given, const void *message, struct events *out)
{
    const struct dossier_intake *i = given->state;
    Appraisal__DossierWithdrawalNoted *noted;

    if (i->self.state != INTAKE(WITHDRAWN)) {
        noted = new_event(out, ON(dossier_withdrawal_noted));
        noted->dossier_id = id_text(out, &given->subject);
        noted->reason = proto_text(message, "reason");
        if (given->also_count > ITS_CASE && can_be_voided(also(given, ITS_CASE)))
            void_case(i, proto_text(message, "reason"), out);
    }
    contender_leaves(also(given, ITS_CONTENDER), also(given, ITS_CONTEST), out);
    return ACCEPTED;
}

/* clang-format off */
static const struct handler dossier_intake_handlers[] = {
    /* message                             who may  decide           birth   also locks */
    { OF(submissions, dossier_accepted),   HEARD,   note_dossier,    EITHER },
    { OF(submissions, entry_withdrawn),    HEARD,   note_withdrawal, EITHER, all_that_it_is },
    { OF(submissions, entry_disqualified), HEARD,   note_withdrawal, EITHER, all_that_it_is },
    { OF(submissions, result_annulled),    HEARD,   note_withdrawal, EITHER, all_that_it_is },
    { 0 },
};

static const struct transition dossier_intake_transitions[] = {
    /* from             when                           to                 remember          because */
    { NOTHING,          ON(dossier_noted),             INTAKE(WAITING),   dossier_noted,    "a complete dossier was accepted and can be appraised" },
    { INTAKE(WAITING),  ON(dossier_noted),             INTAKE(WAITING),   dossier_noted,    "a newer version was accepted before the appraisal began" },
    { INTAKE(WAITING),  ON(dossier_taken_up),          INTAKE(TAKEN_UP),  dossier_taken_up, "an appraisal case examines this very version" },
    { NOTHING,          ON(dossier_withdrawal_noted),  INTAKE(WITHDRAWN), NULL,             "the entry was withdrawn before its dossier came" },
    { INTAKE(WAITING),  ON(dossier_withdrawal_noted),  INTAKE(WITHDRAWN), NULL,             "the entry was withdrawn before the appraisal began" },
    { INTAKE(TAKEN_UP), ON(dossier_withdrawal_noted),  INTAKE(WITHDRAWN), NULL,             "the entry was withdrawn after its dossier was taken up" },
    { 0 },
};
/* clang-format on */

const struct kind dossier_intake_kind = {
    .name = "dossier_intake",
    .states = &appraisal__intake_state__descriptor,
    .table = &dossier_intake_table,
    .handlers = dossier_intake_handlers,
    .transitions = dossier_intake_transitions,
};
