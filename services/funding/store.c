/* services/funding/store.c - where recommendations, funding cases and ceilings are kept. */
#include "services/funding/funding.h"

/* clang-format off */
static const struct column linked_case_columns[] = {
    COLUMN(struct linked_case, funding_case_id, UUID),
    COLUMN(struct linked_case, ceiling_id,      UUID),
    COLUMN(struct linked_case, purpose,         ENUM),
    COLUMN(struct linked_case, fiscal_year,     INT4),
    { 0 },
};

static const struct child recommendation_children[] = {
    CHILD("funding.linked_case", struct recommendation, cases, struct linked_case, linked_case_columns),
    { 0 },
};

static const struct column recommendation_columns[] = {
    COLUMN(struct recommendation, dossier_version,   INT8),
    COLUMN(struct recommendation, appraisal_case_id, UUID),
    COLUMN(struct recommendation, entry_code,        TEXT),
    COLUMN(struct recommendation, title,             TEXT),
    COLUMN(struct recommendation, entrant_agency_id, PARTY),
    COLUMN(struct recommendation, completion,        BOOL),
    COLUMN(struct recommendation, replication,       BOOL),
    COLUMN(struct recommendation, appraised_vnd,     INT8),
    { 0 },
};

static const struct column proposal_version_columns[] = {
    COLUMN(struct proposal_version, number,     INT8),
    COLUMN(struct proposal_version, digest,     DIGEST),
    COLUMN(struct proposal_version, total_vnd,  INT8),
    COLUMN(struct proposal_version, drafter_id, UUID),
    { 0 },
};

static const struct column proposal_line_columns[] = {
    COLUMN(struct proposal_line, number,         INT8),
    COLUMN(struct proposal_line, ordinal,        INT4),
    COLUMN(struct proposal_line, description,    TEXT),
    COLUMN(struct proposal_line, quantity,       INT8),
    COLUMN(struct proposal_line, unit_price_vnd, INT8),
    COLUMN(struct proposal_line, amount_vnd,     INT8),
    COLUMN(struct proposal_line, index_code,     TEXT),
    { 0 },
};

/* The agency is no PARTY column: sign-off parties read the whole programme anyway. */
static const struct column signoff_columns[] = {
    COLUMN(struct signoff, number,    INT8),
    COLUMN(struct signoff, party,     ENUM),
    COLUMN(struct signoff, person_id, UUID),
    COLUMN(struct signoff, agency_id, UUID),
    COLUMN(struct signoff, digest,    DIGEST),
    COLUMN(struct signoff, verdict,   ENUM),
    { 0 },
};

static const struct column allotment_columns[] = {
    COLUMN(struct allotment, amount_vnd,       INT8),
    COLUMN(struct allotment, allotment_method, ENUM),
    COLUMN_MESSAGE(struct allotment, document, &types__official_document__descriptor),
    { 0 },
};

static const struct column disbursement_columns[] = {
    COLUMN(struct disbursement, ordinal,           INT4),
    COLUMN(struct disbursement, disbursement_kind, ENUM),
    COLUMN(struct disbursement, amount_vnd,        INT8),
    COLUMN(struct disbursement, treasury_office,   TEXT),
    COLUMN(struct disbursement, voucher_year,      INT4),
    COLUMN(struct disbursement, voucher_number,    TEXT),
    { 0 },
};

static const struct child funding_case_children[] = {
    CHILD("funding.proposal_version", struct funding_case, proposals,     struct proposal_version, proposal_version_columns),
    CHILD("funding.proposal_line",    struct funding_case, lines,         struct proposal_line,    proposal_line_columns),
    CHILD("funding.signoff",          struct funding_case, signoffs,      struct signoff,          signoff_columns),
    CHILD("funding.allotment",        struct funding_case, allotments,    struct allotment,        allotment_columns),
    CHILD("funding.disbursement",     struct funding_case, disbursements, struct disbursement,     disbursement_columns),
    { 0 },
};

static const struct column funding_case_columns[] = {
    COLUMN(struct funding_case, dossier_id,            UUID),
    COLUMN(struct funding_case, entry_code,            TEXT),
    COLUMN(struct funding_case, title,                 TEXT),
    COLUMN(struct funding_case, entrant_agency_id,     PARTY),
    COLUMN(struct funding_case, purpose,               ENUM),
    COLUMN(struct funding_case, fiscal_year,           INT4),
    COLUMN(struct funding_case, ceiling_id,            UUID),
    COLUMN(struct funding_case, beneficiary_kind,      ENUM),
    COLUMN(struct funding_case, beneficiary_id,        UUID),
    COLUMN(struct funding_case, budget_unit_agency_id, PARTY),
    COLUMN(struct funding_case, budget_unit_code,      TEXT),
    COLUMN(struct funding_case, appraised_vnd,         INT8),
    COLUMN(struct funding_case, proposal_version,      INT8),
    COLUMN(struct funding_case, digest,                DIGEST),
    COLUMN(struct funding_case, proposed_vnd,          INT8),
    COLUMN(struct funding_case, agreed_vnd,            INT8),
    COLUMN(struct funding_case, approved_vnd,          INT8),
    COLUMN(struct funding_case, allotted_vnd,          INT8),
    COLUMN(struct funding_case, disbursed_vnd,         INT8),
    COLUMN(struct funding_case, revocation_required,   BOOL),
    COLUMN(struct funding_case, decided_by,            UUID),
    COLUMN_MESSAGE(struct funding_case, submission, &types__official_document__descriptor),
    COLUMN_MESSAGE(struct funding_case, decision,   &types__official_document__descriptor),
    { 0 },
};

static const struct column budget_ceiling_columns[] = {
    COLUMN(struct budget_ceiling, budget_source, TEXT),
    COLUMN(struct budget_ceiling, fiscal_year,   INT4),
    COLUMN(struct budget_ceiling, amount_vnd,    INT8),
    COLUMN(struct budget_ceiling, reserved_vnd,  INT8),
    COLUMN(struct budget_ceiling, committed_vnd, INT8),
    { 0 },
};

const struct table recommendation_table = {
    "funding.recommendation", recommendation_columns, sizeof(struct recommendation), recommendation_children,
};
const struct table funding_case_table = {
    "funding.funding_case", funding_case_columns, sizeof(struct funding_case), funding_case_children,
};
const struct table budget_ceiling_table = {
    "funding.budget_ceiling", budget_ceiling_columns, sizeof(struct budget_ceiling), NULL,
};
/* clang-format on */
