/* services/submissions/store.c - where programmes, editions, entries and dossiers are kept. */
#include "services/submissions/submissions.h"

/* clang-format off */
static const struct column programme_columns[] = {
    COLUMN(struct programme, name,               TEXT),
    COLUMN(struct programme, owner_agency_id,    PARTY),
    COLUMN(struct programme, utc_offset_minutes, INT4),
    { 0 },
};

static const struct column edition_columns[] = {
    COLUMN(struct edition, ordinal,         INT4),
    COLUMN(struct edition, year,            INT4),
    COLUMN(struct edition, name,            TEXT),
    COLUMN(struct edition, threshold_centi, INT4),
    COLUMN(struct edition, maximum_centi,   INT4),
    COLUMN_MESSAGE(struct edition, document, &types__official_document__descriptor),
    { 0 },
};

static const struct column author_columns[] = {
    COLUMN(struct author, person_id, UUID),
    COLUMN(struct author, share_bp,  INT4),
    { 0 },
};

static const struct column co_entrant_columns[] = {
    COLUMN(struct co_entrant, agency_id, PARTY),
    { 0 },
};

static const struct column entry_columns[] = {
    COLUMN(struct entry, edition_id,        UUID),
    COLUMN(struct entry, entrant_agency_id, PARTY),
    COLUMN(struct entry, team,              TEXT),
    COLUMN(struct entry, entry_kind,        ENUM),
    COLUMN(struct entry, title,             TEXT),
    COLUMN(struct entry, summary,           TEXT),
    COLUMN(struct entry, submitted_by,      UUID),
    COLUMN(struct entry, registered_by,     UUID),
    COLUMN(struct entry, entry_code,        TEXT),
    COLUMN(struct entry, score_centi,       INT4),
    COLUMN(struct entry, award,             ENUM),
    COLUMN(struct entry, reached_final,     BOOL),
    COLUMN(struct entry, money_paid,        BOOL),
    { 0 },
};

static const struct child entry_children[] = {
    CHILD("submissions.entry_author",     struct entry, authors,     struct author,     author_columns),
    CHILD("submissions.entry_co_entrant", struct entry, co_entrants, struct co_entrant, co_entrant_columns),
    { 0 },
};

static const struct column dossier_columns[] = {
    COLUMN(struct dossier, entrant_agency_id, PARTY),
    COLUMN(struct dossier, entry_code,        TEXT),
    COLUMN(struct dossier, title,             TEXT),
    COLUMN(struct dossier, due_at_us,         TIME),
    COLUMN_MESSAGE(struct dossier, due, &types__deadline__descriptor),
    COLUMN(struct dossier, cure_at_us,        TIME),
    COLUMN_MESSAGE(struct dossier, cure, &types__deadline__descriptor),
    COLUMN(struct dossier, overdue,           BOOL),
    COLUMN(struct dossier, dossier_version,   INT8),
    COLUMN(struct dossier, submitted_by,      UUID),
    COLUMN(struct dossier, accepted_by,       UUID),
    { 0 },
};

static const struct column dossier_version_columns[] = {
    COLUMN(struct dossier_version, number,                INT8),
    COLUMN(struct dossier_version, digest,                DIGEST),
    COLUMN(struct dossier_version, dossier_form,          ENUM),
    COLUMN(struct dossier_version, solution,              TEXT),
    COLUMN(struct dossier_version, implementation_method, TEXT),
    COLUMN(struct dossier_version, total_vnd,             INT8),
    COLUMN_MESSAGE(struct dossier_version, document, &types__official_document__descriptor),
    { 0 },
};

static const struct column dossier_line_columns[] = {
    COLUMN(struct dossier_line, number,         INT8),
    COLUMN(struct dossier_line, ordinal,        INT4),
    COLUMN(struct dossier_line, description,    TEXT),
    COLUMN(struct dossier_line, quantity,       INT8),
    COLUMN(struct dossier_line, unit_price_vnd, INT8),
    COLUMN(struct dossier_line, amount_vnd,     INT8),
    COLUMN(struct dossier_line, index_code,     TEXT),
    { 0 },
};

static const struct child dossier_children[] = {
    CHILD("submissions.dossier_co_entrant", struct dossier, co_entrants, struct co_entrant,      co_entrant_columns),
    CHILD("submissions.dossier_version",    struct dossier, versions,    struct dossier_version, dossier_version_columns),
    CHILD("submissions.dossier_line",       struct dossier, lines,       struct dossier_line,    dossier_line_columns),
    { 0 },
};

const struct table programme_table = { "submissions.programme", programme_columns, sizeof(struct programme), NULL };
const struct table edition_table = { "submissions.edition", edition_columns, sizeof(struct edition), NULL };
const struct table entry_table = { "submissions.entry", entry_columns, sizeof(struct entry), entry_children };
const struct table dossier_table = { "submissions.dossier", dossier_columns, sizeof(struct dossier), dossier_children };
/* clang-format on */
