/* services/funding/core_case.c - opening a funding case, and when it is over. */
#include "services/funding/core.h"

/* funding_open_case finds them in this order. */
void
funding_grounds(const struct given *given, const void *command, struct keys *keys)
{
    const Funding__OpenFundingCase *ask = command;

    (void) given;
    need(keys, &recommendation_kind, uuid_of(ask->dossier_id));
    need(keys, &budget_ceiling_kind, uuid_of(ask->ceiling_id));
}

/* Rejected or withdrawn. */
bool
funding_is_over(const struct funding_case *c)
{
    return c->self.state == IS(REJECTED) || c->self.state == IS(WITHDRAWN);
}

static bool
is_recommended(const struct recommendation *r, Funding__Purpose purpose)
{
    switch (purpose) {
    case FUNDING__PURPOSE__PURPOSE_COMPLETION:
        return r->completion;
    case FUNDING__PURPOSE__PURPOSE_REPLICATION:
        return r->replication;
    default:
        return false;
    }
}

static bool
is_budget_unit_code(const char *code)
{
    size_t digits = 0;

    while (code[digits] >= '0' && code[digits] <= '9')
        digits++;
    return digits == 7 && code[digits] == '\0';
}

static int
judge_recommendation(const struct given *given, const Funding__OpenFundingCase *ask)
{
    const struct recommendation *r = also(given, 0);

    if (r->self.state == FUNDING__RECOMMENDATION_STATE__RECOMMENDATION_STATE_WITHDRAWN)
        return NO(ENTRY_WITHDRAWN);
    if (r->self.state != FUNDING__RECOMMENDATION_STATE__RECOMMENDATION_STATE_NOTED)
        return NO(NOT_REPORTED);
    if (!is_recommended(r, ask->purpose))
        return NO(PURPOSE_NOT_RECOMMENDED);
    return ACCEPTED;
}

static int
judge_money(const struct given *given, const Funding__OpenFundingCase *ask, struct events *out)
{
    const struct budget_ceiling *ceiling = also(given, 1);
    struct uuid unit = uuid_of(ask->budget_unit_agency_id);
    struct uuid beneficiary = uuid_of(ask->beneficiary_id);

    if (ceiling->self.version == 0)
        return wrong(out, NO(UNKNOWN_CEILING), "ceiling_id", "there is no such ceiling");
    if (ceiling->fiscal_year != ask->fiscal_year)
        return wrong(out, NO(OTHER_FISCAL_YEAR), "fiscal_year", "the ceiling is for the year %d",
                     ceiling->fiscal_year);
    if (!authority_agency(given->authority, &unit))
        return wrong(out, NO(UNKNOWN_AGENCY), "budget_unit_agency_id", "no such agency");
    if (ask->beneficiary_kind == FUNDING__BENEFICIARY_KIND__BENEFICIARY_KIND_AGENCY &&
        !authority_agency(given->authority, &beneficiary))
        return wrong(out, NO(UNKNOWN_AGENCY), "beneficiary_id", "no such agency");
    if (!is_budget_unit_code(ask->budget_unit_code))
        return wrong(out, NO(BUDGET_UNIT_CODE), "budget_unit_code", "must be seven digits");
    return ACCEPTED;
}

static void
link_case(const struct given *given, const Funding__OpenFundingCase *ask, struct events *out)
{
    const struct recommendation *r = also(given, 0);
    Funding__CaseLinked *linked =
        new_event_on(out, &recommendation_kind, r->self.id, ON(case_linked));

    linked->dossier_id = ask->dossier_id;
    linked->funding_case_id = id_text(out, &given->subject);
    linked->ceiling_id = ask->ceiling_id;
    linked->purpose = ask->purpose;
    linked->fiscal_year = ask->fiscal_year;
}

/* That no other case is open for the dossier, purpose and year is for the database to say
 * (CASE_OPEN): the recommendation knows its cases, but not which of them are over. */
int
funding_open_case(const struct given *given, const void *command, struct events *out)
{
    const Funding__OpenFundingCase *ask = command;
    const struct recommendation *r = also(given, 0);
    Funding__FundingCaseOpened *opened;
    int refusal = judge_recommendation(given, ask);

    if (refusal)
        return refusal;
    refusal = judge_money(given, ask, out);
    if (refusal)
        return refusal;

    opened = new_event(out, ON(funding_case_opened));
    opened->funding_case_id = id_text(out, &given->subject);
    opened->dossier_id = ask->dossier_id;
    opened->entry_code = r->entry_code;
    opened->title = r->title;
    opened->entrant_agency_id = id_text(out, &r->entrant_agency_id);
    opened->purpose = ask->purpose;
    opened->fiscal_year = ask->fiscal_year;
    opened->ceiling_id = ask->ceiling_id;
    opened->beneficiary_kind = ask->beneficiary_kind;
    opened->beneficiary_id = ask->beneficiary_id;
    opened->budget_unit_agency_id = ask->budget_unit_agency_id;
    opened->budget_unit_code = ask->budget_unit_code;
    opened->appraised_vnd = r->appraised_vnd;
    link_case(given, ask, out);
    return ACCEPTED;
}

void
funding_case_opened(void *state, const void *event)
{
    struct funding_case *c = state;
    const Funding__FundingCaseOpened *e = event;

    c->dossier_id = uuid_of(e->dossier_id);
    c->entry_code = e->entry_code;
    c->title = e->title;
    c->entrant_agency_id = uuid_of(e->entrant_agency_id);
    c->purpose = (int) e->purpose;
    c->fiscal_year = e->fiscal_year;
    c->ceiling_id = uuid_of(e->ceiling_id);
    c->beneficiary_kind = (int) e->beneficiary_kind;
    c->beneficiary_id = uuid_of(e->beneficiary_id);
    c->budget_unit_agency_id = uuid_of(e->budget_unit_agency_id);
    c->budget_unit_code = e->budget_unit_code;
    c->appraised_vnd = e->appraised_vnd;
}

void
funding_revocation_required(void *state, const void *event)
{
    struct funding_case *c = state;

    (void) event;
    c->revocation_required = true;
}
