/* tests/model/simulation/commands_funding.c - ceilings, proposals, sign-offs, decisions and payments. */
#include "services/funding/funding.h"
#include "tests/model/simulation/commands.h"

#define CASE_IS(s) STATE(IS(s))
#define YEAR 2020

bool
any_granted_dossier(const struct tenant *programme, struct uuid *ret_dossier)
{
    const struct stored *row = any_stored(
        programme, &funding_case_kind, CASE_IS(APPROVED) | CASE_IS(ALLOTTED) | CASE_IS(DISBURSING));
    const struct funding_case *c = row ? (const void *) row->state : NULL;

    if (!c || c->approved_vnd == 0)
        return false;
    *ret_dossier = c->dossier_id;
    return true;
}

static const struct funding_case *
about(struct draft *d, unsigned states)
{
    const struct stored *row = any_stored(d->programme, &funding_case_kind, states);

    if (!row)
        return NULL;
    d->subject = row->key.id;
    return (const void *) row->state;
}

/* The present text, an earlier one, or none that there ever was. */
static int64_t
text_before(const struct funding_case *c, ProtobufCBinaryData *ret_digest)
{
    const struct proposal_version *p = NULL;
    struct digest *digest = arena_zero(sim.step, sizeof(*digest));
    size_t back = often(60) ? 1 : 0;

    if (c->proposals.count > back)
        p = list_at(&c->proposals, c->proposals.count - 1 - back);
    if (p)
        *digest = p->digest;
    if (often(15))
        digest->bytes[any_of(32)] ^= 1;
    *ret_digest = (ProtobufCBinaryData){ sizeof(digest->bytes), digest->bytes };
    if (often(40))
        return c->proposal_version ? c->proposal_version : 1;
    return p ? p->number : 1;
}

/* ------------------------------------------------------------------ ceilings and cases */

static bool
set_ceiling(struct draft *d)
{
    Funding__SetCeiling *m = (void *) (uintptr_t) d->message;
    const struct list *rows = &d->programme->stored[kind_number(&budget_ceiling_kind)];
    const struct stored *row =
        rows->count > 2 ? any_stored(d->programme, &budget_ceiling_kind, 0) : NULL;

    m->budget_source = word_for("Ngân sách", between(1, 3));
    m->fiscal_year = YEAR + (int32_t) any_of(2);
    m->amount_vnd = between(100000000, 1500000000);
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DECISION);
    if (row && !often(50)) {
        const struct budget_ceiling *ceiling = (const void *) row->state;

        d->subject = row->key.id;
        m->budget_source = ceiling->budget_source;
        m->fiscal_year = ceiling->fiscal_year;
        m->amount_vnd = ceiling->amount_vnd + between(-200000000, 250000000);
        if (often(200)) /* just what is held */
            m->amount_vnd = ceiling->reserved_vnd + ceiling->committed_vnd + between(-1, 1);
    }
    if (m->amount_vnd < 1)
        m->amount_vnd = 1;
    spoken_by(d, MAY(FINANCE_SIGNOFF) | MAY(AUTHORITY));
    return true;
}

static bool
open_funding_case(struct draft *d)
{
    Funding__OpenFundingCase *m = (void *) (uintptr_t) d->message;
    const struct stored *row = any_stored(d->programme, &recommendation_kind, STATE(1));
    const struct stored *ceiling = any_stored(d->programme, &budget_ceiling_kind, 0);
    const struct recommendation *r;

    if (!row || !ceiling)
        return false;
    r = (const void *) row->state;
    m->dossier_id = text_of(row->key.id);
    m->purpose = r->completion ? FUNDING__PURPOSE__PURPOSE_COMPLETION
                               : FUNDING__PURPOSE__PURPOSE_REPLICATION;
    if (often(300) && r->replication)
        m->purpose = FUNDING__PURPOSE__PURPOSE_REPLICATION;
    if (often(30))
        m->purpose = (Funding__Purpose) between(1, 2);
    m->ceiling_id = text_of(often(20) ? dice_uuid(&sim.dice) : ceiling->key.id);
    m->fiscal_year = ((const struct budget_ceiling *) (const void *) ceiling->state)->fiscal_year;
    if (often(20))
        m->fiscal_year++;
    m->beneficiary_kind = FUNDING__BENEFICIARY_KIND__BENEFICIARY_KIND_AGENCY;
    m->beneficiary_id = text_of(r->entrant_agency_id);
    m->budget_unit_agency_id = text_of(agency_id(any_of(AGENCIES)));
    m->budget_unit_code = often(20) ? "12345" : "1234567";
    spoken_by(d, MAY(STANDING));
    return true;
}

static bool
propose_funding(struct draft *d)
{
    Funding__ProposeFunding *m = (void *) (uintptr_t) d->message;
    const struct funding_case *c = about(d, CASE_IS(DRAFT) | CASE_IS(REVISING));
    int64_t about_vnd;

    if (!c)
        return false;
    about_vnd = c->appraised_vnd - c->appraised_vnd / between(2, 20);
    m->lines = any_lines(about_vnd > 10 ? about_vnd : 10, &m->n_lines, &m->total_vnd);
    m->justification = word_for("Căn cứ", between(1, 100000));
    spoken_by(d, MAY(STANDING));
    return true;
}

/* ------------------------------------------------------------------ sign-offs */

static bool
has_spoken(const struct funding_case *c, int party)
{
    LIST_EACH (const struct signoff, s, &c->signoffs)
        if (s->number == c->proposal_version && s->party == party)
            return true;
    return false;
}

static bool
sign_off(struct draft *d)
{
    Funding__SignOff *m = (void *) (uintptr_t) d->message;
    const struct funding_case *c = about(d, CASE_IS(UNDER_SIGNOFF));
    bool finance = often(500);

    if (!c)
        return false;
    if (has_spoken(c, FUNDING__PARTY__PARTY_HOME_AFFAIRS) && !often(50))
        finance = true;
    if (has_spoken(c, FUNDING__PARTY__PARTY_FINANCE) && !often(50))
        finance = false;
    m->party = finance ? FUNDING__PARTY__PARTY_FINANCE : FUNDING__PARTY__PARTY_HOME_AFFAIRS;
    m->verdict = often(100) ? FUNDING__VERDICT__VERDICT_DISAGREE : FUNDING__VERDICT__VERDICT_AGREE;
    m->proposal_version = text_before(c, &m->digest);
    m->reason = often(800) ? "Vượt định mức." : "";
    spoken_by(d, finance ? MAY(FINANCE_SIGNOFF) : MAY(HOME_AFFAIRS_SIGNOFF));
    return true;
}

static bool
revise_proposal(struct draft *d)
{
    Funding__ReviseProposal *m = (void *) (uintptr_t) d->message;

    m->reason = "Tính lại dự toán.";
    spoken_by(d, MAY(STANDING));
    return about(d, CASE_IS(UNDER_SIGNOFF) | CASE_IS(AGREED));
}

static bool
submit_to_authority(struct draft *d)
{
    Funding__SubmitToAuthority *m = (void *) (uintptr_t) d->message;
    const struct funding_case *c = about(d, CASE_IS(AGREED));

    if (!c)
        return false;
    m->proposal_version = text_before(c, &m->digest);
    m->submission = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_SUBMISSION);
    spoken_by(d, MAY(STANDING));
    return true;
}

/* ------------------------------------------------------------------ decisions and money */

/* Mostly no more than there is room for, to the last dong; at times one more. */
static int64_t
amount_within(int64_t room_vnd)
{
    if (often(80))
        return room_vnd + between(1, 1000000);
    if (often(10))
        return INT64_MAX;
    if (room_vnd <= 1)
        return 1;
    return often(400) ? room_vnd : between(1, room_vnd);
}

static bool
decide(struct draft *d)
{
    Funding__Decide *m = (void *) (uintptr_t) d->message;
    const struct funding_case *c = about(d, CASE_IS(SUBMITTED));

    if (!c)
        return false;
    m->ruling = often(150) ? FUNDING__RULING__RULING_REJECT : FUNDING__RULING__RULING_APPROVE;
    m->proposal_version = text_before(c, &m->digest);
    if (m->ruling == FUNDING__RULING__RULING_APPROVE || often(30))
        m->amount_vnd = amount_within(c->agreed_vnd);
    m->reason = often(900) ? "Không thuộc đối tượng." : "";
    m->decision = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DECISION);
    spoken_by(d, MAY(AUTHORITY));
    return true;
}

static bool
allot(struct draft *d)
{
    Funding__Allot *m = (void *) (uintptr_t) d->message;
    const struct funding_case *c = about(d, CASE_IS(APPROVED) | CASE_IS(ALLOTTED));

    if (!c)
        return false;
    m->amount_vnd = amount_within(c->approved_vnd - c->allotted_vnd);
    m->allotment_method = FUNDING__ALLOTMENT_METHOD__ALLOTMENT_METHOD_PAYMENT_ORDER;
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DECISION);
    spoken_by(d, MAY(ACCOUNTANT));
    return true;
}

static bool
record_disbursement(struct draft *d)
{
    Funding__RecordDisbursement *m = (void *) (uintptr_t) d->message;
    const struct funding_case *c = about(d, CASE_IS(ALLOTTED) | CASE_IS(DISBURSING));

    if (!c)
        return false;
    m->disbursement_kind = FUNDING__DISBURSEMENT_KIND__DISBURSEMENT_KIND_PAYMENT;
    m->amount_vnd = amount_within(c->allotted_vnd - c->disbursed_vnd);
    m->treasury_office = "KBNN";
    m->voucher_year = c->fiscal_year + (often(20) ? 1 : 0);
    m->voucher_number = word_for("CT", often(500) ? between(1, 6) : between(1, 1000000));
    spoken_by(d, MAY(TREASURY) | MAY(ACCOUNTANT));
    return true;
}

/* clang-format off */
const struct maker funding_makers[] = {
    /* command                 weight */
    { ON(set_ceiling),          8, set_ceiling },
    { ON(open_funding_case),   24, open_funding_case },
    { ON(propose_funding),     36, propose_funding },
    { ON(sign_off),            70, sign_off },
    { ON(revise_proposal),      5, revise_proposal },
    { ON(submit_to_authority), 24, submit_to_authority },
    { ON(decide),              24, decide },
    { ON(allot),               24, allot },
    { ON(record_disbursement), 24, record_disbursement },
    { 0 },
};
/* clang-format on */
