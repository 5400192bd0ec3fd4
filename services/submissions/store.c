/* services/submissions/store.c - where programmes, editions, entries and dossiers are kept, and what is counted of
 * entries. */
#include "services/submissions/submissions.h"

/* clang-format off */
static const struct column programme_columns[] = {
    COLUMN(struct programme, name,               TEXT),
    COLUMN(struct programme, owner_agency_id,    PARTY),
    COLUMN(struct programme, utc_offset_minutes, INT4),
    { 0 },
};

static const struct column programme_rules_columns[] = {
    COLUMN(struct programme_rules, rules_version, INT8),
    { 0 },
};

static const struct column rules_version_columns[] = {
    COLUMN(struct rules_version, number, INT8),
    COLUMN(struct rules_version, digest, DIGEST),
    COLUMN_MESSAGE(struct rules_version, rules, ON(programme_rules)),
    { 0 },
};

static const struct child programme_rules_children[] = {
    CHILD("submissions.programme_rules_version", struct programme_rules, versions, struct rules_version, rules_version_columns),
    { 0 },
};

static const struct column edition_columns[] = {
    COLUMN(struct edition, ordinal,             INT4),
    COLUMN(struct edition, year,                INT4),
    COLUMN(struct edition, name,                TEXT),
    COLUMN(struct edition, threshold_centi,     INT4),
    COLUMN(struct edition, maximum_centi,       INT4),
    COLUMN_MESSAGE(struct edition, document, &types__official_document__descriptor),
    COLUMN(struct edition, judged_elsewhere,    BOOL),
    COLUMN(struct edition, organiser_agency_id, PARTY),
    COLUMN(struct edition, parent_edition_id,   UUID),
    COLUMN(struct edition, planned_cost_vnd,    INT8),
    COLUMN(struct edition, cost_cap_vnd,        INT8),
    COLUMN(struct edition, max_promotions,      INT4),
    COLUMN_MESSAGE(struct edition, rules, ON(edition_rules)),
    COLUMN(struct edition, rules_version,       INT8),
    COLUMN(struct edition, rules_digest,        DIGEST),
    COLUMN(struct edition, opens_at_us,         TIME),
    COLUMN(struct edition, closes_at_us,        TIME),
    COLUMN(struct edition, finalists,           INT4),
    COLUMN_MESSAGE(struct edition, places, ON(final_places)),
    COLUMN_MESSAGE(struct edition, results_document, &types__official_document__descriptor),
    COLUMN(struct edition, cost_vnd,            INT8),
    COLUMN_MESSAGE(struct edition, local_report, &types__official_document__descriptor),
    COLUMN(struct edition, entrants_confirmed,  BOOL),
    COLUMN(struct edition, judging_ended,       BOOL),
    COLUMN(struct edition, ranking_digest,      DIGEST),
    COLUMN(struct edition, programme_rules_version, INT8),
    COLUMN(struct edition, programme_rules_digest,  DIGEST),
    COLUMN(struct edition, results_published_at_us, TIME),
    COLUMN(struct edition, results_url,             TEXT),
    COLUMN_MESSAGE(struct edition, results_notice, &types__official_document__descriptor),
    COLUMN(struct edition, follow_up_due_at_us,     TIME),
    COLUMN(struct edition, final_round_id,      UUID),
    COLUMN(struct edition, places_round_id,     UUID),
    { 0 },
};

static const struct column author_columns[] = {
    COLUMN(struct author, person_id,  UUID),
    COLUMN(struct author, share_bp,   INT4),
    COLUMN(struct author, staff_kind, ENUM),
    COLUMN(struct author, draft,      INT4),
    { 0 },
};

static const struct column evidence_columns[] = {
    COLUMN(struct evidence, kind,       ENUM),
    COLUMN(struct evidence, name,       TEXT),
    COLUMN(struct evidence, uri,        TEXT),
    COLUMN(struct evidence, sha256,     DIGEST),
    COLUMN(struct evidence, size_bytes, INT8),
    COLUMN(struct evidence, media_type, TEXT),
    COLUMN(struct evidence, draft,      INT4),
    { 0 },
};

static const struct column co_entrant_columns[] = {
    COLUMN(struct co_entrant, agency_id, PARTY),
    COLUMN(struct co_entrant, draft,     INT4),
    COLUMN(struct co_entrant, has_left,  BOOL),
    COLUMN(struct co_entrant, said_by,   UUID),
    { 0 },
};

/* A dossier is owed by those who had agreed. */
static const struct column dossier_co_entrant_columns[] = {
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
    COLUMN(struct entry, track,             TEXT),
    COLUMN(struct entry, draft,             INT4),
    COLUMN(struct entry, content_digest,    DIGEST),
    COLUMN(struct entry, entry_version,     INT8),
    COLUMN(struct entry, submitted_at_us,   TIME),
    COLUMN(struct entry, examined_by,       UUID),
    COLUMN(struct entry, cure_at_us,        TIME),
    COLUMN(struct entry, round_id,          UUID),
    COLUMN(struct entry, round_code,        TEXT),
    COLUMN(struct entry, rank,              INT4),
    COLUMN(struct entry, may_have_prize,    BOOL),
    COLUMN(struct entry, promoted_from_id,  UUID),
    COLUMN(struct entry, promoted_to_id,    UUID),
    COLUMN(struct entry, accused_by,        UUID),
    COLUMN(struct entry, accusation,        TEXT),
    COLUMN(struct entry, answer_due_at_us,  TIME),
    COLUMN(struct entry, answered,          BOOL),
    COLUMN(struct entry, disqualified_by,   UUID),
    COLUMN(struct entry, organiser_agency_id, PARTY),
    COLUMN(struct entry, title_key,         TEXT),
    COLUMN(struct entry, roll_id,           UUID),
    COLUMN(struct entry, silent_since_us,   TIME),
    { 0 },
};

static const struct child entry_children[] = {
    CHILD("submissions.entry_author",     struct entry, authors,     struct author,        author_columns),
    CHILD_LEFT_BY(has_left, "submissions.entry_co_entrant", struct entry, co_entrants, struct co_entrant, co_entrant_columns),
    CHILD("submissions.entry_evidence",   struct entry, evidence,    struct evidence,      evidence_columns),
    { 0 },
};

static const struct column entrant_columns[] = {
    COLUMN(struct entrant, edition_id, UUID),
    COLUMN(struct entrant, agency_id,  PARTY),
    COLUMN(struct entrant, entries,    INT4),
    COLUMN(struct entrant, contests,   INT4),
    COLUMN(struct entrant, promotions, INT4),
    { 0 },
};

static const struct column entrant_entry_columns[] = {
    COLUMN(struct entrant_entry, team,   TEXT),
    COLUMN(struct entrant_entry, change, INT4),
    { 0 },
};

static const struct child entrant_children[] = {
    CHILD("submissions.entrant_entry", struct entrant, changes, struct entrant_entry, entrant_entry_columns),
    { 0 },
};

static const struct column roll_columns[] = {
    COLUMN(struct roll, edition_id,   UUID),
    COLUMN(struct roll, cluster_code, TEXT),
    COLUMN(struct roll, entries,      INT4),
    { 0 },
};

static const struct column jury_columns[] = { { 0 } };

static const struct column jury_judge_columns[] = {
    COLUMN(struct jury_judge, person_id, UUID),
    COLUMN(struct jury_judge, is_over,   BOOL),
    { 0 },
};

static const struct child jury_children[] = {
    CHILD("submissions.jury_judge", struct jury, judges, struct jury_judge, jury_judge_columns),
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
    COLUMN(struct dossier, open_cases,        INT4),
    COLUMN(struct dossier, committed_cases,   INT4),
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
    CHILD("submissions.dossier_co_entrant", struct dossier, co_entrants, struct co_entrant,      dossier_co_entrant_columns),
    CHILD("submissions.dossier_version",    struct dossier, versions,    struct dossier_version, dossier_version_columns),
    CHILD("submissions.dossier_line",       struct dossier, lines,       struct dossier_line,    dossier_line_columns),
    { 0 },
};

const struct table programme_table = { "submissions.programme", programme_columns, sizeof(struct programme), NULL };
const struct table programme_rules_table = { "submissions.programme_rules", programme_rules_columns, sizeof(struct programme_rules), programme_rules_children };
const struct table edition_table = { "submissions.edition", edition_columns, sizeof(struct edition), NULL };
const struct table entry_table = { "submissions.entry", entry_columns, sizeof(struct entry), entry_children };
const struct table entrant_table = { "submissions.entrant", entrant_columns, sizeof(struct entrant), entrant_children };
const struct table roll_table = { "submissions.roll", roll_columns, sizeof(struct roll), NULL };
const struct table jury_table = { "submissions.jury", jury_columns, sizeof(struct jury), jury_children };
const struct table dossier_table = { "submissions.dossier", dossier_columns, sizeof(struct dossier), dossier_children };
/* clang-format on */
