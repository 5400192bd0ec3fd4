/* services/funding/service.c - the funding service, as data. */
#include "services/funding/funding.h"

#include "sangkien/funding/v1/queries.pb-c.h"

/* clang-format off */
/* UUIDs are ordered like their texts, byte by byte: the key of a page is the id as text. */
#define PAGE_OF(table)                                                                             \
    " FROM " table " t WHERE t.programme = $1::text"                                               \
    " AND t.id > coalesce($3::text, '00000000-0000-0000-0000-000000000000')::uuid"
#define IN_ORDER " ORDER BY t.id LIMIT $4::int8"

/* Ceilings are for those who read the whole programme. */
#define CEILING_ROWS                                                                               \
    "SELECT t.id::text AS page_key, t.id, t.version, t.state, t.budget_source, t.fiscal_year,"     \
    " t.amount_vnd, t.reserved_vnd, t.committed_vnd"                                               \
    PAGE_OF("funding.budget_ceiling") " AND $2::uuid IS NULL" IN_ORDER

#define CASE_ROWS                                                                                  \
    "SELECT t.id::text AS page_key, t.id, t.version, t.state, t.dossier_id, t.entry_code,"         \
    " t.title, t.entrant_agency_id, t.purpose, t.fiscal_year, t.ceiling_id, t.beneficiary_kind,"   \
    " t.beneficiary_id, t.budget_unit_agency_id, t.budget_unit_code, t.appraised_vnd,"             \
    " t.proposal_version, t.digest, t.proposed_vnd, t.agreed_vnd, t.approved_vnd,"                 \
    " t.allotted_vnd, t.disbursed_vnd, t.revocation_required, t.submission, t.decision"            \
    PAGE_OF("funding.funding_case")                                                                \
    " AND ($2::uuid IS NULL OR $2::uuid IN (t.entrant_agency_id, t.budget_unit_agency_id))"        \
    IN_ORDER

/* One row for each role that a case waits for: two while neither party has signed. */
#define OPEN_ROWS                                                                                  \
    "SELECT w.page_key, w.subject, w.kind, w.entry_code, w.title, w.state,"       \
    " w.waiting_for, w.agency_id, w.since_us"                                   \
    " FROM funding.open_work w WHERE w.programme = $1::text"                                       \
    " AND ($2::uuid IS NULL OR $2::uuid IN (w.agency_id, w.budget_unit_agency_id))"                \
    " AND ($3::text IS NULL OR w.page_key > $3::text COLLATE \"C\")"                               \
    " ORDER BY w.page_key LIMIT $4::int8"
/* clang-format on */

static const struct kind *const kinds[] = {
    &recommendation_kind,
    &funding_case_kind,
    &budget_ceiling_kind,
    NULL,
};

/* clang-format off */
static const struct query queries[] = {
    { &funding__get_budget_ceiling__descriptor,   &funding__get_budget_ceiling_response__descriptor,   &budget_ceiling_kind, NULL },
    { &funding__list_budget_ceilings__descriptor, &funding__list_budget_ceilings_response__descriptor, NULL, CEILING_ROWS },
    { &funding__get_funding_case__descriptor,     &funding__get_funding_case_response__descriptor,     &funding_case_kind, NULL },
    { &funding__list_funding_cases__descriptor,   &funding__list_funding_cases_response__descriptor,   NULL, CASE_ROWS },
    { &funding__list_open_funding__descriptor,    &funding__list_open_funding_response__descriptor,    NULL, OPEN_ROWS },
    { 0 },
};

static const struct refusal_text refusal_texts[] = {
    { NO(NOT_REPORTED),            "No appraisal report is known for this dossier." },
    { NO(PURPOSE_NOT_RECOMMENDED), "The appraisal does not recommend money for this purpose." },
    { NO(CASE_OPEN),               "A funding case for this dossier, purpose and fiscal year is open." },
    { NO(ENTRY_WITHDRAWN),         "The entry was withdrawn; it can gain no money." },
    { NO(UNKNOWN_CEILING),         "There is no such budget ceiling." },
    { NO(OTHER_FISCAL_YEAR),       "The budget ceiling is for another fiscal year." },
    { NO(UNKNOWN_AGENCY),          "The directory knows no such agency." },
    { NO(BUDGET_UNIT_CODE),        "The code of a budget-using unit has exactly seven digits." },
    { NO(LINE_AMOUNT),             "A line's amount is not its quantity times its unit price." },
    { NO(TOTAL),                   "The total is not the sum of the lines." },
    { NO(MONEY_OVERFLOW),          "The amounts are larger than can be counted." },
    { NO(ABOVE_APPRAISED_CEILING), "The total is above what the appraisal recommended." },
    { NO(OTHER_VERSION),           "The proposal version or its digest is not the current one." },
    { NO(ALREADY_SIGNED),          "This party has already given its word on this version." },
    { NO(SAME_PERSON),             "This person has signed for another party of this case." },
    { NO(SAME_AGENCY),             "This agency has signed for another party of this version." },
    { NO(NOT_THE_PARTY),           "The signer does not hold the role of this party." },
    { NO(DRAFTER),                 "Whoever drafted a version does not sign it." },
    { NO(CEILING_EXCEEDED),        "The budget ceiling has no room for this amount." },
    { NO(REASON_MISSING),          "A reason is needed." },
    { NO(SIGNED_BEFORE),           "Whoever drafted or signed a version of the case does not decide on it." },
    { NO(ABOVE_AGREED),            "The amount is above what the parties agreed on." },
    { NO(ABOVE_APPROVED),          "Allotments would pass the approved amount." },
    { NO(ABOVE_ALLOTTED),          "Disbursements would pass the allotted amount." },
    { NO(BELOW_COMMITTED),         "More than this amount is already reserved or committed." },
    { NO(CEILING_EXISTS),          "Another ceiling stands for this source, or this one is for another source." },
    { NO(VOUCHER_USED),            "This voucher of this Treasury office and year is recorded already." },
    { NO(REVOCATION_REQUIRED),     "The entry was withdrawn; the decision must be revoked first." },
    { NO(AMOUNT_MISSING),          "An approval needs an amount above zero." },
    { NO(CLOSED_PERIOD),           "The voucher is of another year than the money." },
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
