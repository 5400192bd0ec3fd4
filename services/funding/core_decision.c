/* services/funding/core_decision.c - what the authority decides, once, on the text agreed on. */
#include "services/funding/core.h"

static int
approve(const struct given *given, const Funding__Decide *ask, struct events *out)
{
    const struct funding_case *c = given->state;

    if (ask->amount_vnd <= 0)
        return wrong(out, NO(AMOUNT_MISSING), "amount_vnd", "an approval names an amount");
    if (ask->amount_vnd > c->agreed_vnd)
        return wrong(out, NO(ABOVE_AGREED), "amount_vnd", "agreed were %lld",
                     (long long) c->agreed_vnd);

    CASE_EVENT(approved, Funding__FundingApproved, out, c, ON(funding_approved));
    approved->dossier_id = id_text(out, &c->dossier_id);
    approved->approved_vnd = ask->amount_vnd;
    approved->digest = funding_digest(out, c);
    approved->person_id = id_text(out, &given->actor->person);
    approved->decision = ask->decision;
    funding_commit(out, c, ask->amount_vnd);
    return ACCEPTED;
}

static int
reject(const struct given *given, const Funding__Decide *ask, struct events *out)
{
    const struct funding_case *c = given->state;

    if (ask->amount_vnd != 0)
        return wrong(out, NO(ABOVE_AGREED), "amount_vnd", "a rejection grants nothing");
    if (ask->reason[0] == '\0')
        return wrong(out, NO(REASON_MISSING), "reason", "a rejection says why");

    CASE_EVENT(rejected, Funding__FundingRejected, out, c, ON(funding_rejected));
    rejected->dossier_id = id_text(out, &c->dossier_id);
    rejected->reason = ask->reason;
    rejected->person_id = id_text(out, &given->actor->person);
    rejected->decision = ask->decision;
    funding_release(out, c);
    return ACCEPTED;
}

int
funding_decide(const struct given *given, const void *command, struct events *out)
{
    const struct funding_case *c = given->state;
    const Funding__Decide *ask = command;
    const struct uuid *person = &given->actor->person;

    if (!funding_is_current(c, ask->proposal_version, ask->digest))
        return NO(OTHER_VERSION);
    if (funding_has_signed(c, person) || funding_has_drafted(c, person))
        return NO(SIGNED_BEFORE);
    return ask->ruling == FUNDING__RULING__RULING_APPROVE ? approve(given, ask, out)
                                                          : reject(given, ask, out);
}

void
funding_approved(void *state, const void *event)
{
    struct funding_case *c = state;
    const Funding__FundingApproved *e = event;

    c->approved_vnd = e->approved_vnd;
    c->decided_by = uuid_of(e->person_id);
    c->decision = e->decision;
}

void
funding_rejected(void *state, const void *event)
{
    struct funding_case *c = state;
    const Funding__FundingRejected *e = event;

    c->decided_by = uuid_of(e->person_id);
    c->decision = e->decision;
}
