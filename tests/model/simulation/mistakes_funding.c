/* tests/model/simulation/mistakes_funding.c - mistakes about money. */
#include "sangkien/submissions/v1/events.pb-c.h"
#include "services/funding/core.h"
#include "tests/model/simulation/simulation.h"

/* The same, but about another state. */
static int
decide_on(const struct given *given, const void *state, const void *message, struct events *out)
{
    struct given looked = *given;

    looked.state = state;
    return as_it_should_be(&looked, message, out);
}

/* ------------------------------------------------------------------ who signs */

/* The case as a core sees it that looks away: who signed, as which agency. */
static struct funding_case
without_signers(const struct funding_case *c, bool persons, bool agencies)
{
    struct funding_case seen = *c;

    list_init(&seen.signoffs, sim.letters, sizeof(struct signoff));
    LIST_EACH (const struct signoff, there, &c->signoffs) {
        struct signoff *s = list_add(&seen.signoffs);

        *s = *there;
        if (persons)
            s->person_id = (struct uuid){ { 0 } };
        if (agencies)
            s->agency_id = (struct uuid){ { 0 } };
    }
    return seen;
}

static int
digest_not_bound(const struct given *given, const void *message, struct events *out)
{
    const struct funding_case *c = given->state;
    Funding__SignOff ask = *(const Funding__SignOff *) message;

    ask.digest = funding_digest(out, c);
    ask.proposal_version = c->proposal_version;
    return as_it_should_be(given, &ask, out);
}

static int
one_person_signs_twice(const struct given *given, const void *message, struct events *out)
{
    struct funding_case seen = without_signers(given->state, true, true);

    return decide_on(given, &seen, message, out);
}

static int
one_agency_signs_twice(const struct given *given, const void *message, struct events *out)
{
    struct funding_case seen = without_signers(given->state, false, true);

    return decide_on(given, &seen, message, out);
}

static int
drafter_signs(const struct given *given, const void *message, struct events *out)
{
    struct funding_case seen = *(const struct funding_case *) given->state;

    list_init(&seen.proposals, sim.letters, sizeof(struct proposal_version));
    return decide_on(given, &seen, message, out);
}

static int
signer_decides(const struct given *given, const void *message, struct events *out)
{
    struct funding_case seen = without_signers(given->state, true, false);

    return decide_on(given, &seen, message, out);
}

/* ------------------------------------------------------------------ how much */

/* The further aggregate seen otherwise. */
static int
decide_beside(const struct given *given, size_t nth, void *seen, const void *message,
              struct events *out)
{
    struct given looked = *given;
    struct held *also = arena_zero(sim.letters, given->also_count * sizeof(*also));

    memcpy(also, given->also, given->also_count * sizeof(*also));
    also[nth].state = seen;
    looked.also = also;
    return as_it_should_be(&looked, message, out);
}

static int
ceiling_not_checked(const struct given *given, const void *message, struct events *out)
{
    struct budget_ceiling seen = *(const struct budget_ceiling *) also(given, 0);

    seen.amount_vnd = INT64_MAX;
    return decide_beside(given, 0, &seen.self, message, out);
}

static int
ceiling_below_held(const struct given *given, const void *message, struct events *out)
{
    struct budget_ceiling seen = *(const struct budget_ceiling *) given->state;

    seen.reserved_vnd = seen.committed_vnd = 0;
    return decide_on(given, &seen, message, out);
}

static int
above_appraised(const struct given *given, const void *message, struct events *out)
{
    struct funding_case seen = *(const struct funding_case *) given->state;

    seen.appraised_vnd = INT64_MAX;
    return decide_on(given, &seen, message, out);
}

static int
above_agreed(const struct given *given, const void *message, struct events *out)
{
    const struct funding_case *c = given->state;
    const Funding__Decide *ask = message;
    struct funding_case seen = *c;
    Funding__CeilingCommitted *committed;
    int refusal;

    if (ask->ruling == FUNDING__RULING__RULING_APPROVE)
        seen.agreed_vnd = INT64_MAX;
    refusal = decide_on(given, &seen, message, out);
    committed = just_said(out, ON(ceiling_committed));
    if (committed)
        committed->reserved_vnd = c->agreed_vnd;
    return refusal;
}

static int
above_approved(const struct given *given, const void *message, struct events *out)
{
    struct funding_case seen = *(const struct funding_case *) given->state;

    seen.approved_vnd = INT64_MAX;
    return decide_on(given, &seen, message, out);
}

static int
above_allotted(const struct given *given, const void *message, struct events *out)
{
    struct funding_case seen = *(const struct funding_case *) given->state;

    seen.allotted_vnd = INT64_MAX;
    return decide_on(given, &seen, message, out);
}

static int
other_year(const struct given *given, const void *message, struct events *out)
{
    struct funding_case seen = *(const struct funding_case *) given->state;

    seen.fiscal_year = ((const Funding__RecordDisbursement *) message)->voucher_year;
    return decide_on(given, &seen, message, out);
}

/* The event that would give it back is not said. */
static int
release_forgotten(const struct given *given, const void *message, struct events *out)
{
    int refusal = as_it_should_be(given, message, out);

    if (just_said(out, ON(ceiling_released)))
        out->said.count--;
    return refusal;
}

/* ------------------------------------------------------------------ what for */

static int
withdrawal_unheard(const struct given *given, const void *message, struct events *out)
{
    (void) given;
    (void) message;
    (void) out;
    return ACCEPTED;
}

static int
not_recommended(const struct given *given, const void *message, struct events *out)
{
    struct recommendation seen = *(const struct recommendation *) also(given, 0);

    seen.completion = seen.replication = true;
    return decide_beside(given, 0, &seen.self, message, out);
}

static int
text_changed(const struct given *given, const void *message, struct events *out)
{
    int refusal = as_it_should_be(given, message, out);
    Funding__FundingProposed *proposed = just_said(out, ON(funding_proposed));

    if (proposed)
        proposed->digest.data[0] ^= 1;
    return refusal;
}

static int
other_text_submitted(const struct given *given, const void *message, struct events *out)
{
    int refusal = as_it_should_be(given, message, out);
    Funding__FundingSubmitted *submitted = just_said(out, ON(funding_submitted));

    if (submitted)
        submitted->digest.data[0] ^= 1;
    return refusal;
}

/* clang-format off */
const struct mistaken funding_mistakes[] = {
    { DIGEST_NOT_BOUND,       &funding_case_kind,   ON(sign_off),            digest_not_bound },
    { ONE_PERSON_SIGNS_TWICE, &funding_case_kind,   ON(sign_off),            one_person_signs_twice },
    { ONE_AGENCY_SIGNS_TWICE, &funding_case_kind,   ON(sign_off),            one_agency_signs_twice },
    { DRAFTER_SIGNS,          &funding_case_kind,   ON(sign_off),            drafter_signs },
    { CEILING_NOT_CHECKED,    &funding_case_kind,   ON(sign_off),            ceiling_not_checked },
    { CEILING_BELOW_HELD,     &budget_ceiling_kind, ON(set_ceiling),         ceiling_below_held },
    { ABOVE_APPRAISED,        &funding_case_kind,   ON(propose_funding),     above_appraised },
    { ABOVE_AGREED,           &funding_case_kind,   ON(decide),              above_agreed },
    { ABOVE_APPROVED,         &funding_case_kind,   ON(allot),               above_approved },
    { ABOVE_ALLOTTED,         &funding_case_kind,   ON(record_disbursement), above_allotted },
    { OTHER_YEAR,             &funding_case_kind,   ON(record_disbursement), other_year },
    { SIGNER_DECIDES,         &funding_case_kind,   ON(decide),              signer_decides },
    { RELEASE_FORGOTTEN,      &funding_case_kind,   ON(revise_proposal),     release_forgotten },
    { RELEASE_FORGOTTEN,      &funding_case_kind,   ON(decide),              release_forgotten },
    { NOT_RECOMMENDED,        &funding_case_kind,   ON(open_funding_case),   not_recommended },
    { TEXT_CHANGED,           &funding_case_kind,   ON(propose_funding),     text_changed },
    { OTHER_TEXT_SUBMITTED,   &funding_case_kind,   ON(submit_to_authority), other_text_submitted },
    { WITHDRAWAL_UNHEARD,     &recommendation_kind, &submissions__entry_withdrawn__descriptor, withdrawal_unheard },
    { ANNULMENT_UNHEARD,      &recommendation_kind, &submissions__result_annulled__descriptor, withdrawal_unheard },
    { 0 },
};
/* clang-format on */
