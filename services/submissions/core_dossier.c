/* services/submissions/core_dossier.c - the dossier that a finalist owes, until it was appraised.
 * Pure.
 *
 * What is judged by time is judged by the arrival at the gateway, never by when its turn came. */
#include <string.h>

#include "sangkien/appraisal/v1/events.pb-c.h"
#include "sangkien/funding/v1/events.pb-c.h"
#include "services/submissions/dossier.h"

#define IS(state)                                                                                  \
    SUBMISSIONS__DOSSIER_STATE__DOSSIER_STATE_##state /* by hand: ACCEPTED is a word of decide.h, too */

/* The dossier's entry has the same id. */
static void
entry_of(const struct given *given, const void *command, struct keys *keys)
{
    (void) command;
    need(keys, &entry_kind, given->subject);
}

/* ------------------------------------------------------------------ submitting */

static void
say_submitted(const struct given *given, const Submissions__SubmitDossier *ask, struct events *out)
{
    const struct dossier *dossier = given->state;
    struct digest *digest = arena_zero(out->arena, sizeof(*digest));
    Submissions__DossierSubmitted *said = new_event(out, ON(dossier_submitted));

    said->dossier_id = id_text(out, &given->subject);
    said->entry_code = dossier->entry_code;
    said->title = dossier->title;
    said->dossier_version = dossier->dossier_version + 1;
    *digest = sha256(given->body.data, given->body.size);
    said->digest = (ProtobufCBinaryData){ sizeof(digest->bytes), digest->bytes };
    said->dossier_form = ask->dossier_form;
    said->solution = ask->solution;
    said->implementation_method = ask->implementation_method;
    said->n_lines = ask->n_lines;
    said->lines = ask->lines;
    said->total_vnd = ask->total_vnd;
    said->document = ask->document;
    said->submitted_by = id_text(out, &given->actor->person);
}

static int
submit_dossier(const struct given *given, const void *command, struct events *out)
{
    const struct dossier *dossier = given->state;
    const Submissions__SubmitDossier *ask = command;
    int refusal;

    if (!uuid_equal(&dossier->entrant_agency_id, &given->actor->agency))
        return NO(NOT_YOUR_ENTRY);
    if (dossier_is_late(dossier, given->received_us))
        return NO(DEADLINE_PASSED);
    refusal = submissions_judge_estimate(ask, out);
    if (!refusal)
        refusal = submissions_judge_document(ask->document, out);
    if (refusal)
        return refusal;

    if (dossier->self.state == IS(REQUIRED)) {
        Submissions__DossierDrafted *drafted = new_event(out, ON(dossier_drafted));

        drafted->dossier_id = id_text(out, &given->subject);
    }
    say_submitted(given, ask, out);
    return ACCEPTED;
}

static void
remember_lines(struct dossier *dossier, const Submissions__DossierSubmitted *e)
{
    for (size_t i = 0; i < e->n_lines; i++) {
        const Types__EstimateLine *said = e->lines[i];
        struct dossier_line *line = list_add(&dossier->lines);

        line->number = e->dossier_version;
        line->ordinal = (int32_t) i + 1;
        line->description = said->description;
        line->quantity = said->quantity;
        line->unit_price_vnd = said->unit_price_vnd;
        line->amount_vnd = said->amount_vnd;
        line->index_code = said->index_code;
    }
}

static void
dossier_submitted(void *state, const void *event)
{
    struct dossier *dossier = state;
    const Submissions__DossierSubmitted *e = event;
    struct dossier_version *version = list_add(&dossier->versions);

    version->number = e->dossier_version;
    if (e->digest.len == sizeof(version->digest))
        memcpy(&version->digest, e->digest.data, sizeof(version->digest));
    version->dossier_form = (int) e->dossier_form;
    version->solution = e->solution;
    version->implementation_method = e->implementation_method;
    version->total_vnd = e->total_vnd;
    version->document = e->document;
    remember_lines(dossier, e);
    dossier->dossier_version = e->dossier_version;
    dossier->submitted_by = uuid_of(e->submitted_by);
    dossier->overdue = false; /* it arrived in time, even where its turn came after the deadline */
}

/* ------------------------------------------------------------------ completeness */

static int
judge_examiner(const struct given *given, int64_t dossier_version)
{
    const struct dossier *dossier = given->state;

    if (dossier->versions.count == 0 || dossier_version != dossier->dossier_version)
        return NO(OTHER_VERSION);
    if (uuid_equal(&dossier->submitted_by, &given->actor->person))
        return NO(OWN_SUBMISSION);
    return ACCEPTED;
}

static int
return_dossier(const struct given *given, const void *command, struct events *out)
{
    const struct dossier *dossier = given->state;
    const Submissions__ReturnDossier *ask = command;
    int64_t cure_us = 0;
    int refusal = judge_examiner(given, ask->dossier_version);

    if (!refusal)
        refusal = submissions_deadline_end(ask->cure, "cure", out, &cure_us);
    if (refusal)
        return refusal;
    if (cure_us <= given->now_us)
        return wrong(out, NO(BAD_DATE), "cure.date", "is not in the future");

    Submissions__DossierReturned *said = new_event(out, ON(dossier_returned));
    said->dossier_id = id_text(out, &given->subject);
    said->entry_code = dossier->entry_code;
    said->title = dossier->title;
    said->dossier_version = ask->dossier_version;
    said->reason = ask->reason;
    said->cure_at = proto_time(out->arena, cure_us);
    said->cure = ask->cure;
    dossier_remind_at(out, &given->subject, cure_us);
    return ACCEPTED;
}

static void
dossier_returned(void *state, const void *event)
{
    struct dossier *dossier = state;
    const Submissions__DossierReturned *e = event;

    dossier->cure_at_us = proto_time_us(e->cure_at);
    dossier->cure = e->cure;
}

static int
accept_dossier(const struct given *given, const void *command, struct events *out)
{
    const struct dossier *dossier = given->state;
    const struct entry *entry = also(given, 0);
    const Submissions__AcceptDossier *ask = command;
    int refusal = judge_examiner(given, ask->dossier_version);

    if (refusal)
        return refusal;

    struct dossier_version *latest = list_at(&dossier->versions, dossier->versions.count - 1);
    Submissions__DossierAccepted *said = new_event(out, ON(dossier_accepted));
    said->dossier_id = id_text(out, &given->subject);
    said->entry_code = dossier->entry_code;
    said->title = dossier->title;
    said->dossier_version = latest->number;
    said->digest = (ProtobufCBinaryData){ sizeof(latest->digest), latest->digest.bytes };
    said->total_vnd = latest->total_vnd;
    said->entrant_agency_id = id_text(out, &dossier->entrant_agency_id);
    said->author_ids = submissions_author_ids_of(out, entry, &said->n_author_ids);
    said->co_entrants = submissions_co_entrants_of(out, &entry->co_entrants, &said->n_co_entrants);
    said->accepted_by = id_text(out, &given->actor->person);
    return ACCEPTED;
}

static void
dossier_accepted(void *state, const void *event)
{
    struct dossier *dossier = state;
    const Submissions__DossierAccepted *e = event;

    dossier->accepted_by = uuid_of(e->accepted_by);
}

/* ------------------------------------------------------------------ time */

static int
deadline_passed(const struct given *given, const void *message, struct events *out)
{
    const struct dossier *dossier = given->state;
    const Submissions__DeadlinePassed *passed = message;

    if (!dossier_is_awaited(dossier) || dossier->overdue ||
        passed->due_us != dossier_limit_us(dossier))
        return ACCEPTED; /* that deadline no longer counts */

    Submissions__DossierOverdue *said = new_event(out, ON(dossier_overdue));
    said->dossier_id = id_text(out, &given->subject);
    said->entry_code = dossier->entry_code;
    said->title = dossier->title;
    said->due_at = proto_time(out->arena, passed->due_us);
    return ACCEPTED;
}

static void
dossier_overdue(void *state, const void *event)
{
    struct dossier *dossier = state;

    (void) event;
    dossier->overdue = true;
}

/* ------------------------------------------------------------------ what appraisal says */

static struct uuid
dossier_opened_for(const struct given *given, const void *event)
{
    const Appraisal__AppraisalOpened *heard = event;

    (void) given;
    return uuid_of(heard->dossier_id);
}

static struct uuid
dossier_reported_on(const struct given *given, const void *event)
{
    const Appraisal__AppraisalReported *heard = event;

    (void) given;
    return uuid_of(heard->dossier_id);
}

/* A dossier that was withdrawn meanwhile takes no part any more; the case hears of that by itself.
 */
static int
appraisal_opened(const struct given *given, const void *event, struct events *out)
{
    const struct dossier *dossier = given->state;
    const Appraisal__AppraisalOpened *heard = event;

    if (!transition_find(&dossier_kind, dossier->self.state, ON(dossier_appraisal_started)))
        return ACCEPTED;

    Submissions__DossierAppraisalStarted *said = new_event(out, ON(dossier_appraisal_started));
    said->dossier_id = id_text(out, &given->subject);
    said->appraisal_case_id = heard->appraisal_case_id;
    return ACCEPTED;
}

static int
appraisal_reported(const struct given *given, const void *event, struct events *out)
{
    const struct dossier *dossier = given->state;
    const Appraisal__AppraisalReported *heard = event;

    if (!transition_find(&dossier_kind, dossier->self.state, ON(dossier_appraised)))
        return ACCEPTED;

    Submissions__DossierAppraised *said = new_event(out, ON(dossier_appraised));
    said->dossier_id = id_text(out, &given->subject);
    said->appraisal_case_id = heard->appraisal_case_id;
    return ACCEPTED;
}

/* clang-format off */
static const struct handler handlers[] = {
    /* message              who may            decide           birth       also locks */
    { ON(require_dossier),  MAY(STANDING),     dossier_require, CREATES,    entry_of, NULL },
    { ON(submit_dossier),   MAY(ENTRANT_HEAD), submit_dossier,  MUST_EXIST, NULL,     NULL },
    { ON(return_dossier),   MAY(STANDING),     return_dossier,  MUST_EXIST, NULL,     NULL },
    { ON(accept_dossier),   MAY(STANDING),     accept_dossier,  MUST_EXIST, entry_of, NULL },
    { ON(deadline_passed),  ONLY_RUNTIME,      deadline_passed, MUST_EXIST, NULL,     NULL },
    { &appraisal__appraisal_opened__descriptor,   HEARD, appraisal_opened,   MUST_EXIST, NULL, dossier_opened_for },
    { &appraisal__appraisal_reported__descriptor, HEARD, appraisal_reported, MUST_EXIST, NULL, dossier_reported_on },
    { &funding__funding_case_opened__descriptor,  HEARD, dossier_hear_opened,   MUST_EXIST, NULL, dossier_of_case },
    { &funding__funding_approved__descriptor,     HEARD, dossier_hear_granted,  MUST_EXIST, NULL, dossier_of_case },
    { &funding__funding_rejected__descriptor,     HEARD, dossier_hear_ended, MUST_EXIST, NULL, dossier_of_case },
    { &funding__funding_withdrawn__descriptor,    HEARD, dossier_hear_ended,     MUST_EXIST, NULL, dossier_of_case },
    { 0 },
};

static const struct transition transitions[] = {
    /* from                when                           to                   remember           because */
    { NOTHING,             ON(dossier_required),          IS(REQUIRED),        dossier_required,  "a finalist owes a dossier by the date that was set" },
    { IS(REQUIRED),        ON(dossier_drafted),           IS(DRAFT),           NULL,              "the entrant agency began its dossier" },
    { IS(DRAFT),           ON(dossier_submitted),         IS(SUBMITTED),       dossier_submitted, "the dossier arrived before it was due" },
    { IS(RETURNED),        ON(dossier_submitted),         IS(SUBMITTED),       dossier_submitted, "a new version arrived before the cure date" },
    { IS(SUBMITTED),       ON(dossier_returned),          IS(RETURNED),        dossier_returned,  "the standing agency found this version incomplete" },
    { IS(SUBMITTED),       ON(dossier_accepted),          IS(ACCEPTED),        dossier_accepted,  "the standing agency found this version complete" },
    { IS(REQUIRED),        ON(dossier_overdue),           IS(REQUIRED),        dossier_overdue,   "the dossier was not there when it was due" },
    { IS(DRAFT),           ON(dossier_overdue),           IS(DRAFT),           dossier_overdue,   "the dossier was not there when it was due" },
    { IS(RETURNED),        ON(dossier_overdue),           IS(RETURNED),        dossier_overdue,   "no new version was there at the cure date" },
    { IS(ACCEPTED),        ON(dossier_appraisal_started), IS(UNDER_APPRAISAL), NULL,              "an appraisal of the accepted version was opened" },
    { IS(UNDER_APPRAISAL), ON(dossier_appraised),         IS(APPRAISED),       NULL,              "the appraisal was reported" },
    { IS(REQUIRED),        ON(dossier_withdrawn),         IS(WITHDRAWN),       NULL,              "its entry was withdrawn" },
    { IS(DRAFT),           ON(dossier_withdrawn),         IS(WITHDRAWN),       NULL,              "its entry was withdrawn" },
    { IS(SUBMITTED),       ON(dossier_withdrawn),         IS(WITHDRAWN),       NULL,              "its entry was withdrawn" },
    { IS(RETURNED),        ON(dossier_withdrawn),         IS(WITHDRAWN),       NULL,              "its entry was withdrawn" },
    { IS(ACCEPTED),        ON(dossier_withdrawn),         IS(WITHDRAWN),       NULL,              "its entry was withdrawn" },
    { IS(UNDER_APPRAISAL), ON(dossier_withdrawn),         IS(WITHDRAWN),       NULL,              "its entry was withdrawn" },
    { IS(APPRAISED),       ON(dossier_withdrawn),         IS(WITHDRAWN),       NULL,              "its entry was withdrawn" },
    { IS(APPRAISED),       ON(dossier_funding_noted),     IS(APPRAISED),       dossier_funding_noted, "a funding case of it was opened, decided or ended" },
    { IS(CLOSED),          ON(dossier_funding_noted),     IS(CLOSED),          dossier_funding_noted, "a funding case of it was opened, decided or ended" },
    { IS(WITHDRAWN),       ON(dossier_funding_noted),     IS(WITHDRAWN),       dossier_funding_noted, "a funding case of it was opened, decided or ended" },
    { IS(APPRAISED),       ON(dossier_closed),            IS(CLOSED),          NULL,              "its edition was archived" },
    { IS(REQUIRED),        ON(dossier_not_filed),         IS(NOT_FILED),       NULL,              "its edition was archived, and it had not come in time" },
    { IS(DRAFT),           ON(dossier_not_filed),         IS(NOT_FILED),       NULL,              "its edition was archived, and it had not come in time" },
    { IS(RETURNED),        ON(dossier_not_filed),         IS(NOT_FILED),       NULL,              "its edition was archived, and no new version had come in time" },
    { 0 },
};

const struct kind dossier_kind = {
    "dossier", ON(dossier_state), &dossier_table, handlers, transitions,
};
/* clang-format on */
