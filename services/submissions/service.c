/* services/submissions/service.c - submissions, as data. */
#include "sangkien/submissions/v1/queries.pb-c.h"
#include "services/submissions/submissions.h"

/* Under the programme's own id: that one. Under the directory's: all that are here. */
static const char list_programmes[] =
    "SELECT t.programme COLLATE \"C\" AS page_key, t.programme, t.id, t.version, t.state, t.name,"
    " t.owner_agency_id, t.utc_offset_minutes"
    " FROM submissions.programme AS t"
    " WHERE ($1::text = '" DIRECTORY_PROGRAMME "' OR t.programme = $1)" QUERY_FOR_EVERYBODY
    " AND t.programme COLLATE \"C\" > coalesce($3::text, '') ORDER BY 1 LIMIT $4::int8";

/* Agencies see an edition once it is published. */
static const char list_editions[] =
    "SELECT " QUERY_PAGE_KEY ", t.id, t.version, t.state, t.ordinal, t.year, t.name,"
    " t.threshold_centi, t.maximum_centi"
    " FROM submissions.edition AS t WHERE t.programme = $1::text"
    " AND ($2::uuid IS NULL OR EXISTS (SELECT FROM submissions.published_edition AS p"
    "  WHERE p.programme = t.programme AND p.id = t.id))" QUERY_PAGE;

static const char list_entries[] = QUERY_BY_IDS(
    QUERY_PAGE_KEY
    ", t.id, t.version, t.state, t.edition_id, t.entrant_agency_id, t.team,"
    " t.entry_kind, t.title, t.summary, t.entry_code, t.score_centi, t.award, t.reached_final,"
    " t.money_paid",
    "submissions.entry",
    QUERY_IDS("submissions.entry", "id", QUERY_ALL) " UNION " QUERY_IDS(
        "submissions.entry", "id",
        "entrant_agency_id = $2") " UNION " QUERY_IDS("submissions.entry_co_entrant", "parent",
                                                      "agency_id = $2"));

static const char list_dossiers[] = QUERY_BY_IDS(
    QUERY_PAGE_KEY ", t.id, t.version, t.state, t.entrant_agency_id, t.entry_code, t.title,"
                   " t.due_at, t.cure_at, t.overdue, t.dossier_version",
    "submissions.dossier",
    QUERY_IDS("submissions.dossier", "id", QUERY_ALL) " UNION " QUERY_IDS(
        "submissions.dossier", "id",
        "entrant_agency_id = $2") " UNION " QUERY_IDS("submissions.dossier_co_entrant", "parent",
                                                      "agency_id = $2"));

/* A row of the view open_work for each dossier in a state that it knows; each branch has an index of those. */
#define OPEN "state IN (1, 2, 3, 4, 8)"

/* clang-format off */
static const char list_open_dossiers[] =
    "SELECT w.page_key, w.subject, w.kind, w.entry_code, w.title, w.state, w.waiting_for, w.agency_id, w.since_us"
    " FROM (" QUERY_IDS("submissions.dossier", "id", OPEN " AND " QUERY_ALL)
    " UNION " QUERY_IDS("submissions.dossier", "id", OPEN " AND entrant_agency_id = $2")
    " UNION " QUERY_IDS("submissions.dossier_co_entrant AS c", "parent", "agency_id = $2 AND EXISTS ("
        "SELECT FROM submissions.dossier WHERE programme = c.programme AND id = c.parent AND " OPEN ")")
    " ORDER BY 1 LIMIT $4::int8) AS k CROSS JOIN LATERAL (SELECT * FROM submissions.open_work"
    " WHERE programme = $1::text AND subject = k.id LIMIT 1) AS w ORDER BY k.id";

/* Entries are locked before editions: an entry's edition is known only when the entry is loaded. */
static const struct kind *const kinds[] = { &programme_kind, &entry_kind, &dossier_kind, &edition_kind, NULL };

static const struct query queries[] = {
    { ON(get_programme),      ON(get_programme_response),      &programme_kind, NULL,            true },
    { ON(get_edition),        ON(get_edition_response),        &edition_kind,   NULL,            true },
    { ON(get_entry),          ON(get_entry_response),          &entry_kind,     NULL,            false },
    { ON(get_dossier),        ON(get_dossier_response),        &dossier_kind,   NULL,            false },
    { ON(list_programmes),    ON(list_programmes_response),    NULL,            list_programmes,    false },
    { ON(list_editions),      ON(list_editions_response),      NULL,            list_editions,      false },
    { ON(list_entries),       ON(list_entries_response),       NULL,            list_entries,       false },
    { ON(list_dossiers),      ON(list_dossiers_response),      NULL,            list_dossiers,      false },
    { ON(list_open_dossiers), ON(list_open_dossiers_response), NULL,            list_open_dossiers, false },
    { 0 },
};

static const struct refusal_text refusal_texts[] = {
    { NO(EDITION_NOT_OPEN),    "registration for this edition is not open" },
    { NO(UNKNOWN_EDITION),     "there is no such edition in this programme" },
    { NO(UNKNOWN_ENTRY),       "there is no entry with this id, which a dossier shares with its entry" },
    { NO(NOT_YOUR_ENTRY),      "only the entrant agency may do this with its entry or dossier" },
    { NO(UNKNOWN_AGENCY),      "a co-entrant must be a registered agency other than the entrant agency, named once" },
    { NO(SHARES_NOT_WHOLE),    "an entry needs at least one author, and all shares together must make 10000" },
    { NO(AUTHOR_TWICE),        "a person can be an author of an entry only once" },
    { NO(OWN_SUBMISSION),      "who handed it in may not decide on it" },
    { NO(NO_RESULTS_YET),      "the entry has no confirmed result yet" },
    { NO(NOT_A_FINALIST),      "only an entry that reached the final owes a dossier" },
    { NO(BAD_DATE),            "a date or offset is impossible, or a date that must lie in the future does not" },
    { NO(DEADLINE_PASSED),     "the dossier arrived at or after its deadline" },
    { NO(LINE_AMOUNT),         "a line's amount is not its quantity times its unit price" },
    { NO(TOTAL),               "the total is not the sum of the lines" },
    { NO(MONEY_OVERFLOW),      "the amounts are larger than can be counted" },
    { NO(NOT_WITHDRAWABLE),    "the entry can no longer be withdrawn" },
    { NO(MONEY_PAID),          "money was paid out for the entry: it must be revoked and recovered first" },
    { NO(OTHER_VERSION),       "this is not the dossier's present version" },
    { NO(ORDINAL_USED),        "the programme already has an edition of this ordinal" },
    { NO(CODE_USED),           "the programme already has an entry of this code" },
    { NO(SCORE_OUT_OF_RANGE),  "the score does not go with the edition's maximum and threshold" },
    { NO(AWARD_WITHOUT_FINAL), "a finalist, and nobody else, has an award, which may be NONE" },
    { NO(ENTRY_WITHDRAWN),     "the entry was withdrawn or disqualified" },
    { NO(PROGRAMME_NAME),      "a programme's id is of lower-case letters, digits and hyphens, not \"directory\", and not taken" },
    { 0 },
};

static const struct guard guards[] = {
    { "programme_once",           NO(PROGRAMME_NAME) },
    { "edition_ordinal_once",     NO(ORDINAL_USED) },
    { "edition_threshold",        NO(SCORE_OUT_OF_RANGE) },
    { "entry_code_once",          NO(CODE_USED) },
    { "entry_registrar",          NO(OWN_SUBMISSION) },
    { "entry_author_once",        NO(AUTHOR_TWICE) },
    { "dossier_examiner",         NO(OWN_SUBMISSION) },
    { "dossier_line_amount",      NO(LINE_AMOUNT) },
    { "dossier_version_total",    NO(TOTAL) },
    { 0 },
};

const struct service submissions_service = {
    .name = "submissions",
    .package = "sangkien.submissions.v1",
    .kinds = kinds,
    .queries = queries,
    .refusals = ON(refusal),
    .refusal_texts = refusal_texts,
    .guards = guards,
};
/* clang-format on */
