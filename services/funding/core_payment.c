/* services/funding/core_payment.c - money given and paid, never more than was decided. */
#include <string.h>

#include "services/funding/core.h"

/* What was there plus what comes, when it stays within the limit; both are never negative. */
static bool
stays_within(int64_t limit, int64_t there, int64_t comes)
{
    int64_t sum;

    return !__builtin_add_overflow(there, comes, &sum) && sum <= limit;
}

int
funding_allot(const struct given *given, const void *command, struct events *out)
{
    const struct funding_case *c = given->state;
    const Funding__Allot *ask = command;

    /* An accountant is not enough: the money is Finance's to give. */
    if (!authority_agency_holds(given->authority, &given->actor->agency, MAY(FINANCE_SIGNOFF),
                                given->programme, given->received_us))
        return NO(NOT_THE_PARTY);
    if (c->revocation_required)
        return NO(REVOCATION_REQUIRED);
    if (!stays_within(c->approved_vnd, c->allotted_vnd, ask->amount_vnd))
        return wrong(out, NO(ABOVE_APPROVED), "amount_vnd", "%lld of %lld are allotted already",
                     (long long) c->allotted_vnd, (long long) c->approved_vnd);

    CASE_EVENT(allotted, Funding__FundsAllotted, out, c, ON(funds_allotted));
    allotted->amount_vnd = ask->amount_vnd;
    allotted->allotment_method = ask->allotment_method;
    allotted->document = ask->document;
    return ACCEPTED;
}

/* Vouchers of other cases are for the database to compare (VOUCHER_USED). */
static bool
has_voucher(const struct funding_case *c, const Funding__RecordDisbursement *ask)
{
    LIST_EACH (const struct disbursement, d, &c->disbursements)
        if (d->voucher_year == ask->voucher_year &&
            strcmp(d->treasury_office, ask->treasury_office) == 0 &&
            strcmp(d->voucher_number, ask->voucher_number) == 0)
            return true;
    return false;
}

static int
judge_disbursement(const struct funding_case *c, const Funding__RecordDisbursement *ask,
                   struct events *out)
{
    if (c->revocation_required)
        return NO(REVOCATION_REQUIRED);
    if (ask->voucher_year != c->fiscal_year)
        return wrong(out, NO(CLOSED_PERIOD), "voucher_year", "the money is of the year %d",
                     c->fiscal_year);
    if (has_voucher(c, ask))
        return wrong(out, NO(VOUCHER_USED), "voucher_number", "is recorded already");
    if (!stays_within(c->allotted_vnd, c->disbursed_vnd, ask->amount_vnd))
        return wrong(out, NO(ABOVE_ALLOTTED), "amount_vnd", "%lld of %lld are paid already",
                     (long long) c->disbursed_vnd, (long long) c->allotted_vnd);
    return ACCEPTED;
}

static void
say_disbursed(const struct funding_case *c, const Funding__RecordDisbursement *ask,
              struct events *out)
{
    CASE_EVENT(disbursed, Funding__FundsDisbursed, out, c, ON(funds_disbursed));

    disbursed->dossier_id = id_text(out, &c->dossier_id);
    disbursed->disbursement_kind = ask->disbursement_kind;
    disbursed->amount_vnd = ask->amount_vnd;
    disbursed->treasury_office = ask->treasury_office;
    disbursed->voucher_year = ask->voucher_year;
    disbursed->voucher_number = ask->voucher_number;
}

int
funding_record_disbursement(const struct given *given, const void *command, struct events *out)
{
    const struct funding_case *c = given->state;
    const Funding__RecordDisbursement *ask = command;
    int refusal = judge_disbursement(c, ask, out);

    if (refusal)
        return refusal;
    say_disbursed(c, ask, out);
    return ACCEPTED;
}

void
funding_allotted(void *state, const void *event)
{
    struct funding_case *c = state;
    const Funding__FundsAllotted *e = event;
    struct allotment *allotment = list_add(&c->allotments);

    allotment->amount_vnd = e->amount_vnd;
    allotment->allotment_method = (int) e->allotment_method;
    allotment->document = e->document;
    c->allotted_vnd += e->amount_vnd;
}

void
funding_disbursed(void *state, const void *event)
{
    struct funding_case *c = state;
    const Funding__FundsDisbursed *e = event;
    struct disbursement *d = list_add(&c->disbursements);

    d->ordinal = (int32_t) c->disbursements.count;
    d->disbursement_kind = (int) e->disbursement_kind;
    d->amount_vnd = e->amount_vnd;
    d->treasury_office = e->treasury_office;
    d->voucher_year = e->voucher_year;
    d->voucher_number = e->voucher_number;
    c->disbursed_vnd += e->amount_vnd;
}
