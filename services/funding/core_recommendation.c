/* services/funding/core_recommendation.c - what appraisal recommended, and its withdrawal. */
#include "common/proto_value.h"
#include "sangkien/appraisal/v1/events.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "services/funding/core.h"

struct uuid
funding_dossier_reported(const struct given *given, const void *event)
{
    const Appraisal__AppraisalReported *e = event;

    (void) given;
    return uuid_of(e->dossier_id);
}

static bool
recommends(Appraisal__Outcome outcome, int purpose)
{
    if (outcome == APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_BOTH)
        return true;
    if (purpose == FUNDING__PURPOSE__PURPOSE_COMPLETION)
        return outcome == APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_COMPLETION;
    return outcome == APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_REPLICATION;
}

/* A report after the withdrawal must not bring the entry back: it is passed over. */
int
funding_take_note(const struct given *given, const void *event, struct events *out)
{
    const struct recommendation *r = given->state;
    const Appraisal__AppraisalReported *e = event;
    Funding__RecommendationNoted *noted;

    if (r->self.state == FUNDING__RECOMMENDATION_STATE__RECOMMENDATION_STATE_WITHDRAWN)
        return ACCEPTED;
    noted = new_event(out, ON(recommendation_noted));
    noted->dossier_id = e->dossier_id;
    noted->dossier_version = e->dossier_version;
    noted->appraisal_case_id = e->appraisal_case_id;
    noted->entry_code = e->entry_code;
    noted->title = e->title;
    noted->entrant_agency_id = e->entrant_agency_id;
    noted->completion = recommends(e->outcome, FUNDING__PURPOSE__PURPOSE_COMPLETION);
    noted->replication = recommends(e->outcome, FUNDING__PURPOSE__PURPOSE_REPLICATION);
    if (noted->completion || noted->replication)
        noted->appraised_vnd = e->recommended_ceiling_vnd;
    return ACCEPTED;
}

/* Each case in front of its ceiling: the order in which funding_withdraw finds them again. */
void
funding_linked_cases(const struct given *given, const void *event, struct keys *keys)
{
    const struct recommendation *r = given->state;

    (void) event;
    need_state(keys);
    if (!r)
        return;
    LIST_EACH (const struct linked_case, link, &r->cases) {
        need(keys, &funding_case_kind, link->funding_case_id);
        need(keys, &budget_ceiling_kind, link->ceiling_id);
    }
}

static void
withdraw_case(const struct funding_case *c, const char *reason, struct events *out)
{
    CASE_EVENT(withdrawn, Funding__FundingWithdrawn, out, c, ON(funding_withdrawn));

    withdrawn->dossier_id = id_text(out, &c->dossier_id);
    withdrawn->reason = reason;
    if (c->self.state == IS(AGREED) || c->self.state == IS(SUBMITTED))
        funding_release(out, c);
}

static void
require_revocation(const struct funding_case *c, const char *reason, struct events *out)
{
    CASE_EVENT(required, Funding__RevocationRequired, out, c, ON(revocation_required));

    required->reason = reason;
}

/* Also where nothing was noted yet, so that a report on its way finds the door shut. */
static int
end_recommendation(const struct given *given, const char *reason, struct events *out)
{
    const struct recommendation *r = given->state;
    Funding__RecommendationWithdrawn *withdrawn;

    if (r->self.state == FUNDING__RECOMMENDATION_STATE__RECOMMENDATION_STATE_WITHDRAWN)
        return ACCEPTED;
    withdrawn = new_event(out, ON(recommendation_withdrawn));
    withdrawn->dossier_id = id_text(out, &given->subject);
    withdrawn->reason = reason;
    for (size_t i = 0; i < r->cases.count; i++) {
        const struct funding_case *c = also(given, 2 * i);

        if (funding_is_over(c))
            continue;
        if (c->approved_vnd > 0)
            require_revocation(c, reason, out);
        else
            withdraw_case(c, reason, out);
    }
    return ACCEPTED;
}

int
funding_withdraw(const struct given *given, const void *event, struct events *out)
{
    return end_recommendation(given, proto_text(event, "reason"), out);
}

/* No case of it was open as far as submissions had heard when it archived the edition. */
int
funding_close(const struct given *given, const void *event, struct events *out)
{
    (void) event;
    return end_recommendation(given, "its edition was archived", out);
}

void
funding_noted(void *state, const void *event)
{
    struct recommendation *r = state;
    const Funding__RecommendationNoted *e = event;

    r->dossier_version = e->dossier_version;
    r->appraisal_case_id = uuid_of(e->appraisal_case_id);
    r->entry_code = e->entry_code;
    r->title = e->title;
    r->entrant_agency_id = uuid_of(e->entrant_agency_id);
    r->completion = e->completion;
    r->replication = e->replication;
    r->appraised_vnd = e->appraised_vnd;
}

void
funding_linked(void *state, const void *event)
{
    struct recommendation *r = state;
    const Funding__CaseLinked *e = event;
    struct linked_case *link = list_add(&r->cases);

    link->funding_case_id = uuid_of(e->funding_case_id);
    link->ceiling_id = uuid_of(e->ceiling_id);
    link->purpose = (int) e->purpose;
    link->fiscal_year = e->fiscal_year;
}
