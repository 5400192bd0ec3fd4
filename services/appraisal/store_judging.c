/* services/appraisal/store_judging.c - where contests, contenders, councils, rounds and score sheets are
 * kept. */
#include "services/appraisal/judging.h"

/* clang-format off */
static const struct column contest_columns[] = {
    COLUMN(struct contest, rules_digest,        DIGEST),
    COLUMN_MESSAGE(struct contest, rules, OF(submissions, edition_rules)),
    COLUMN(struct contest, jury_may_enter,      BOOL),
    COLUMN(struct contest, organiser_agency_id, PARTY),
    COLUMN_MESSAGE(struct contest, awaited, ON(awaited)),
    { 0 },
};

static const struct column contest_round_columns[] = {
    COLUMN(struct contest_round, round_id,     UUID),
    COLUMN(struct contest_round, round_code,   TEXT),
    COLUMN(struct contest_round, cluster_code, TEXT),
    COLUMN(struct contest_round, instance,     INT4),
    COLUMN(struct contest_round, state,        ENUM),
    COLUMN(struct contest_round, ranking_digest, DIGEST),
    COLUMN(struct contest_round, proposed_by,  UUID),
    COLUMN(struct contest_round, confirmed_by, UUID),
    { 0 },
};

static const struct child contest_children[] = {
    CHILD("appraisal.contest_round", struct contest, rounds, struct contest_round, contest_round_columns),
    { 0 },
};

static const struct column contender_columns[] = {
    COLUMN(struct contender, edition_id,        UUID),
    COLUMN(struct contender, entry_code,        TEXT),
    COLUMN(struct contender, title,             TEXT),
    COLUMN(struct contender, summary,           TEXT),
    COLUMN(struct contender, entrant_agency_id, PARTY),
    COLUMN(struct contender, team,              TEXT),
    COLUMN(struct contender, track,             TEXT),
    COLUMN(struct contender, submitted_at_us,   TIME),
    COLUMN(struct contender, entry_version,     INT8),
    COLUMN(struct contender, round_id,          UUID),
    COLUMN(struct contender, next_round_code,   TEXT),
    { 0 },
};

static const struct column contender_author_columns[] = {
    COLUMN(struct contender_author, person_id, UUID),
    { 0 },
};

static const struct column co_entrant_columns[] = {
    COLUMN(struct co_entrant, agency_id, PARTY),
    { 0 },
};

static const struct column exhibit_columns[] = {
    COLUMN(struct exhibit, kind,       ENUM),
    COLUMN(struct exhibit, name,       TEXT),
    COLUMN(struct exhibit, uri,        TEXT),
    COLUMN(struct exhibit, sha256,     DIGEST),
    COLUMN(struct exhibit, size_bytes, INT8),
    COLUMN(struct exhibit, media_type, TEXT),
    { 0 },
};

static const struct child contender_children[] = {
    CHILD("appraisal.contender_author",     struct contender, authors,     struct contender_author, contender_author_columns),
    CHILD("appraisal.contender_co_entrant", struct contender, co_entrants, struct co_entrant,       co_entrant_columns),
    CHILD("appraisal.contender_evidence",   struct contender, evidence,    struct exhibit,          exhibit_columns),
    { 0 },
};

static const struct column council_columns[] = {
    COLUMN(struct council, edition_id,          UUID),
    COLUMN_MESSAGE(struct council, document, OF(types, official_document)),
    COLUMN(struct council, organiser_agency_id, PARTY),
    { 0 },
};

static const struct column council_member_columns[] = {
    COLUMN(struct council_member, person_id, UUID),
    COLUMN(struct council_member, seat,      ENUM),
    { 0 },
};

static const struct column conflict_columns[] = {
    COLUMN(struct conflict, person_id, UUID),
    COLUMN(struct conflict, entry_id,  UUID),
    COLUMN(struct conflict, kind,      ENUM),
    { 0 },
};

static const struct column declarant_columns[] = {
    COLUMN(struct declarant, person_id, UUID),
    { 0 },
};

static const struct column council_round_columns[] = {
    COLUMN(struct council_round, round_id, UUID),
    COLUMN(struct council_round, is_over,  BOOL),
    { 0 },
};

/* In the order in which rows are written: a member before what it declares. */
static const struct child council_children[] = {
    CHILD("appraisal.council_member",    struct council, members,    struct council_member, council_member_columns),
    CHILD("appraisal.council_conflict",  struct council, conflicts,  struct conflict,       conflict_columns),
    CHILD("appraisal.council_declarant", struct council, declarants, struct declarant,      declarant_columns),
    CHILD("appraisal.council_round",     struct council, rounds,     struct council_round,  council_round_columns),
    { 0 },
};

static const struct column round_columns[] = {
    COLUMN(struct round, edition_id,          UUID),
    COLUMN(struct round, round_code,          TEXT),
    COLUMN(struct round, cluster_code,        TEXT),
    COLUMN(struct round, instance,            INT4),
    COLUMN(struct round, council_id,          UUID),
    COLUMN(struct round, stage,               ENUM),
    COLUMN(struct round, rules_digest,        DIGEST),
    COLUMN_MESSAGE(struct round, rules, OF(submissions, round_rules)),
    COLUMN(struct round, is_last,             BOOL),
    COLUMN(struct round, organiser_agency_id, PARTY),
    COLUMN(struct round, due_at_us,           TIME),
    COLUMN_MESSAGE(struct round, ranking, ON(ranking)),
    COLUMN(struct round, ranking_digest,      DIGEST),
    COLUMN(struct round, proposed_by,         UUID),
    COLUMN(struct round, confirmed_by,        UUID),
    COLUMN_MESSAGE(struct round, deliberation, ON(deliberation)),
    COLUMN(struct round, was_proposed,        BOOL),
    { 0 },
};

static const struct column round_entry_columns[] = {
    COLUMN(struct round_entry, entry_id,   UUID),
    COLUMN(struct round_entry, entry_code, TEXT),
    { 0 },
};

static const struct column tie_decision_columns[] = {
    COLUMN_MESSAGE(struct tie_decision, decision, ON(tie_decision)),
    { 0 },
};

static const struct child round_children[] = {
    CHILD("appraisal.round_member",   struct round, members,   struct council_member, council_member_columns),
    CHILD("appraisal.round_entry",    struct round, entries,   struct round_entry,    round_entry_columns),
    CHILD("appraisal.round_conflict", struct round, conflicts, struct conflict,       conflict_columns),
    CHILD("appraisal.round_decision", struct round, decisions, struct tie_decision,   tie_decision_columns),
    { 0 },
};

static const struct column score_sheet_columns[] = {
    COLUMN(struct score_sheet, round_id,        UUID),
    COLUMN(struct score_sheet, entry_id,        UUID),
    COLUMN(struct score_sheet, entry_code,      TEXT),
    COLUMN(struct score_sheet, person_id,       UUID),
    COLUMN(struct score_sheet, judge_agency_id, UUID),
    COLUMN(struct score_sheet, council_id,      UUID),
    COLUMN_MESSAGE(struct score_sheet, scores, ON(scores)),
    COLUMN(struct score_sheet, total_centi,     INT4),
    COLUMN(struct score_sheet, reason,          TEXT),
    COLUMN(struct score_sheet, excused_by,      UUID),
    { 0 },
};
/* clang-format on */

const struct table contest_table = {
    .name = "appraisal.contest",
    .columns = contest_columns,
    .size = sizeof(struct contest),
    .children = contest_children,
};

const struct table contender_table = {
    .name = "appraisal.contender",
    .columns = contender_columns,
    .size = sizeof(struct contender),
    .children = contender_children,
};

const struct table council_table = {
    .name = "appraisal.council",
    .columns = council_columns,
    .size = sizeof(struct council),
    .children = council_children,
};

const struct table round_table = {
    .name = "appraisal.round",
    .columns = round_columns,
    .size = sizeof(struct round),
    .children = round_children,
};

const struct table score_sheet_table = {
    .name = "appraisal.score_sheet",
    .columns = score_sheet_columns,
    .size = sizeof(struct score_sheet),
};
