/* services/funding/service.c - the funding service, as data. */
#include "services/funding/funding.h"

#include "sangkien/funding/v1/queries.pb-c.h"

/* Ceilings are for those who read the whole programme. */
static const char list_budget_ceilings[] =
    "SELECT " QUERY_PAGE_KEY ", t.id, t.version, t.state, t.budget_source, t.fiscal_year,"
    " t.amount_vnd, t.reserved_vnd, t.committed_vnd"
    " FROM funding.budget_ceiling AS t"
    " WHERE t.programme = $1::text AND $2::uuid IS NULL" QUERY_PAGE;

static const char list_funding_cases[] = QUERY_BY_IDS(
    QUERY_PAGE_KEY
    ", t.id, t.version, t.state, t.dossier_id, t.entry_code, t.title,"
    " t.entrant_agency_id, t.purpose, t.fiscal_year, t.ceiling_id, t.beneficiary_kind,"
    " t.beneficiary_id, t.budget_unit_agency_id, t.budget_unit_code, t.appraised_vnd,"
    " t.proposal_version, t.digest, t.proposed_vnd, t.agreed_vnd, t.approved_vnd,"
    " t.allotted_vnd, t.disbursed_vnd, t.revocation_required, t.submission, t.decision",
    "funding.funding_case",
    QUERY_IDS("funding.funding_case", "id", QUERY_ALL) " UNION " QUERY_IDS(
        "funding.funding_case", "id",
        "entrant_agency_id = $2") " UNION " QUERY_IDS("funding.funding_case", "id",
                                                      "budget_unit_agency_id = $2"));

/* One row for each role that a case waits for: two while neither party has signed. */
static const char list_open_funding[] = QUERY_OPEN_WORK(
    "funding", "($2::uuid IS NULL OR $2::uuid IN (w.agency_id, w.budget_unit_agency_id))");

static const struct kind *const kinds[] = {
    &recommendation_kind,
    &funding_case_kind,
    &budget_ceiling_kind,
    NULL,
};

/* clang-format off */
static const struct query queries[] = {
    { &funding__get_budget_ceiling__descriptor,   &funding__get_budget_ceiling_response__descriptor,   &budget_ceiling_kind, NULL },
    { &funding__list_budget_ceilings__descriptor, &funding__list_budget_ceilings_response__descriptor, NULL, list_budget_ceilings },
    { &funding__get_funding_case__descriptor,     &funding__get_funding_case_response__descriptor,     &funding_case_kind, NULL },
    { &funding__list_funding_cases__descriptor,   &funding__list_funding_cases_response__descriptor,   NULL, list_funding_cases },
    { &funding__list_open_funding__descriptor,    &funding__list_open_funding_response__descriptor,    NULL, list_open_funding },
    { 0 },
};

static const struct refusal_text refusal_texts[] = {
    { NO(NOT_REPORTED),            "no appraisal report is known for this dossier" },
    { NO(PURPOSE_NOT_RECOMMENDED), "the appraisal does not recommend money for this purpose" },
    { NO(CASE_OPEN),               "a funding case for this dossier, purpose and fiscal year is open" },
    { NO(ENTRY_WITHDRAWN),         "the entry was withdrawn, or is archived; it can gain no money" },
    { NO(UNKNOWN_CEILING),         "there is no such budget ceiling" },
    { NO(OTHER_FISCAL_YEAR),       "the budget ceiling is for another fiscal year" },
    { NO(UNKNOWN_AGENCY),          "the directory knows no such agency" },
    { NO(BUDGET_UNIT_CODE),        "the code of a budget-using unit has exactly seven digits" },
    { NO(LINE_AMOUNT),             "a line's amount is not its quantity times its unit price" },
    { NO(TOTAL),                   "the total is not the sum of the lines" },
    { NO(MONEY_OVERFLOW),          "the amounts are larger than can be counted" },
    { NO(ABOVE_APPRAISED_CEILING), "the total is above what the appraisal recommended" },
    { NO(OTHER_VERSION),           "the proposal version or its digest is not the current one" },
    { NO(ALREADY_SIGNED),          "this party has already given its word on this version" },
    { NO(SAME_PERSON),             "this person has signed for another party of this case" },
    { NO(SAME_AGENCY),             "this agency has signed for another party of this version" },
    { NO(NOT_THE_PARTY),           "the signer does not hold the role of this party" },
    { NO(DRAFTER),                 "whoever drafted a version does not sign it" },
    { NO(CEILING_EXCEEDED),        "the budget ceiling has no room for this amount" },
    { NO(REASON_MISSING),          "a reason is needed" },
    { NO(SIGNED_BEFORE),           "whoever drafted or signed a version of the case does not decide on it" },
    { NO(ABOVE_AGREED),            "the amount is above what the parties agreed on" },
    { NO(ABOVE_APPROVED),          "allotments would pass the approved amount" },
    { NO(ABOVE_ALLOTTED),          "disbursements would pass the allotted amount" },
    { NO(BELOW_COMMITTED),         "more than this amount is already reserved or committed" },
    { NO(CEILING_EXISTS),          "another ceiling stands for this source, or this one is for another source" },
    { NO(VOUCHER_USED),            "this voucher of this Treasury office and year is recorded already" },
    { NO(REVOCATION_REQUIRED),     "the entry was withdrawn, or is archived; the decision must be revoked first" },
    { NO(AMOUNT_MISSING),          "an approval needs an amount above zero" },
    { NO(CLOSED_PERIOD),           "the voucher is of another year than the money" },
    { 0 },
};

/* What one decision cannot see of other aggregates, the database says. */
static const struct guard guards[] = {
    { "budget_ceiling_source_key", NO(CEILING_EXISTS) },
    { "funding_case_open_key",     NO(CASE_OPEN) },
    { "disbursement_voucher_key",  NO(VOUCHER_USED) },
    { 0 },
};
/* clang-format on */

const struct service funding_service = {
    .name = "funding",
    .package = "sangkien.funding.v1",
    .kinds = kinds,
    .queries = queries,
    .refusals = &funding__refusal__descriptor,
    .refusal_texts = refusal_texts,
    .guards = guards,
};
