/* services/appraisal/store.c - where dossier intakes and appraisal cases are kept. */
#include "services/appraisal/appraisal.h"

/* clang-format off */
static const struct column dossier_intake_columns[] = {
    COLUMN(struct dossier_intake, dossier_version,   INT8),
    COLUMN(struct dossier_intake, digest,            DIGEST),
    COLUMN(struct dossier_intake, entry_code,        TEXT),
    COLUMN(struct dossier_intake, title,             TEXT),
    COLUMN(struct dossier_intake, entrant_agency_id, PARTY),
    COLUMN(struct dossier_intake, estimate_vnd,      INT8),
    COLUMN(struct dossier_intake, appraisal_case_id, UUID),
    { 0 },
};

static const struct column dossier_author_columns[] = {
    COLUMN(struct dossier_author, dossier_version, INT8),
    COLUMN(struct dossier_author, person_id,       UUID),
    { 0 },
};

static const struct column co_entrant_columns[] = {
    COLUMN(struct co_entrant, agency_id, PARTY),
    { 0 },
};

static const struct child dossier_intake_children[] = {
    CHILD("appraisal.dossier_author", struct dossier_intake, authors, struct dossier_author, dossier_author_columns),
    CHILD("appraisal.dossier_co_entrant", struct dossier_intake, co_entrants, struct co_entrant, co_entrant_columns),
    { 0 },
};

static const struct column appraisal_case_columns[] = {
    COLUMN(struct appraisal_case, dossier_id,              UUID),
    COLUMN(struct appraisal_case, dossier_version,         INT8),
    COLUMN(struct appraisal_case, digest,                  DIGEST),
    COLUMN(struct appraisal_case, entry_code,              TEXT),
    COLUMN(struct appraisal_case, title,                   TEXT),
    COLUMN(struct appraisal_case, entrant_agency_id,       PARTY),
    COLUMN(struct appraisal_case, estimate_vnd,            INT8),
    COLUMN(struct appraisal_case, opinions_due_at_us,      TIME),
    COLUMN(struct appraisal_case, outcome,                 ENUM),
    COLUMN(struct appraisal_case, scope,                   ENUM),
    COLUMN(struct appraisal_case, recommended_ceiling_vnd, INT8),
    COLUMN_MESSAGE(struct appraisal_case, minutes, OF(types, official_document)),
    COLUMN_MESSAGE(struct appraisal_case, report,  OF(types, official_document)),
    { 0 },
};

static const struct column case_author_columns[] = {
    COLUMN(struct case_author, person_id, UUID),
    { 0 },
};

static const struct column panel_member_columns[] = {
    COLUMN(struct panel_member, person_id, UUID),
    COLUMN(struct panel_member, seat,      ENUM),
    { 0 },
};

static const struct column consultee_columns[] = {
    COLUMN(struct consultee, agency_id, PARTY),
    { 0 },
};

static const struct column opinion_columns[] = {
    COLUMN(struct opinion, agency_id, UUID),
    COLUMN(struct opinion, person_id, UUID),
    COLUMN(struct opinion, verdict,   ENUM),
    COLUMN(struct opinion, opinion,   TEXT),
    COLUMN_MESSAGE(struct opinion, document, OF(types, official_document)),
    { 0 },
};

/* In the order in which rows are written: a consultee before the opinion that refers to it. */
static const struct child appraisal_case_children[] = {
    CHILD("appraisal.case_author",  struct appraisal_case, authors,    struct case_author,  case_author_columns),
    CHILD("appraisal.case_co_entrant", struct appraisal_case, co_entrants, struct co_entrant, co_entrant_columns),
    CHILD("appraisal.panel_member", struct appraisal_case, panel,      struct panel_member, panel_member_columns),
    CHILD("appraisal.consultee",    struct appraisal_case, consultees, struct consultee,    consultee_columns),
    CHILD("appraisal.opinion",      struct appraisal_case, opinions,   struct opinion,      opinion_columns),
    { 0 },
};
/* clang-format on */

const struct table dossier_intake_table = {
    .name = "appraisal.dossier_intake",
    .columns = dossier_intake_columns,
    .size = sizeof(struct dossier_intake),
    .children = dossier_intake_children,
};

const struct table appraisal_case_table = {
    .name = "appraisal.appraisal_case",
    .columns = appraisal_case_columns,
    .size = sizeof(struct appraisal_case),
    .children = appraisal_case_children,
};
