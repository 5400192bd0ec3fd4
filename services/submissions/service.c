/* services/submissions/service.c - submissions, as data. */
#include "sangkien/submissions/v1/queries.pb-c.h"
#include "services/submissions/submissions.h"

/* An agency sees what it enters or co-enters; who reads the whole programme ($2 NULL) sees all. */
#define IS_PARTY(kind)                                                                             \
    "($2::uuid IS NULL OR t.entrant_agency_id = $2 OR EXISTS (SELECT FROM submissions." kind       \
    "_co_entrant AS c WHERE c.programme = t.programme AND c.parent = t.id AND c.agency_id = $2))"

/* Ids are texts of one length in which the order of "C" is that of the bytes. */
#define PAGE_KEY "t.id::text"
#define PAGE                                                                                       \
    " AND t.id > coalesce($3::text, '00000000-0000-0000-0000-000000000000')::uuid ORDER BY t.id"   \
    " LIMIT $4::int8"

/* Under the programme's own id: that one. Under the directory's: all that are here. */
static const char list_programmes[] =
    "SELECT t.programme COLLATE \"C\" AS page_key, t.programme, t.id, t.version, t.state, t.name, "
    "t.owner_agency_id,"
    " t.utc_offset_minutes"
    " FROM submissions.programme AS t"
    " WHERE ($1::text = '" DIRECTORY_PROGRAMME
    "' OR t.programme = $1) AND ($2::uuid IS NULL OR true)"
    " AND t.programme COLLATE \"C\" > coalesce($3::text, '') ORDER BY 1 LIMIT $4::int8";

/* Agencies see an edition once it is published. */
static const char list_editions[] =
    "SELECT " PAGE_KEY " AS page_key, t.id, t.version, t.state, t.ordinal, t.year, t.name,"
    " t.threshold_centi, t.maximum_centi"
    " FROM submissions.edition AS t WHERE t.programme = $1::text"
    " AND ($2::uuid IS NULL OR t.state <> 1)" PAGE;

static const char list_entries[] =
    "SELECT " PAGE_KEY
    " AS page_key, t.id, t.version, t.state, t.edition_id, t.entrant_agency_id, t.team,"
    " t.entry_kind, t.title, t.summary, t.entry_code, t.score_centi, t.award, t.reached_final, "
    "t.money_paid"
    " FROM submissions.entry AS t WHERE t.programme = $1::text AND " IS_PARTY("entry") PAGE;

static const char list_dossiers[] =
    "SELECT " PAGE_KEY
    " AS page_key, t.id, t.version, t.state, t.entrant_agency_id, t.entry_code, t.title,"
    " t.due_at, t.cure_at, t.overdue, t.dossier_version"
    " FROM submissions.dossier AS t WHERE t.programme = $1::text AND " IS_PARTY("dossier") PAGE;

/* REQUIRED, DRAFT and RETURNED lie with the entrant agency, SUBMITTED and ACCEPTED with the
 * standing one, whose id is for the directory to know. */
static const char list_open_dossiers[] =
    "SELECT " PAGE_KEY
    " AS page_key, t.id AS subject, 'dossier'::text AS kind, t.entry_code, t.title,"
    " (ARRAY['REQUIRED', 'DRAFT', 'SUBMITTED', 'ACCEPTED', '', '', '', 'RETURNED'])[t.state] AS "
    "state,"
    " CASE WHEN t.state IN (1, 2, 8) THEN 'ENTRANT_HEAD' ELSE 'STANDING' END AS waiting_for,"
    " CASE WHEN t.state IN (1, 2, 8) THEN t.entrant_agency_id END AS agency_id,"
    " (extract(epoch FROM t.changed_at) * 1000000)::int8 AS since_us"
    " FROM submissions.dossier AS t WHERE t.programme = $1::text AND t.state IN (1, 2, 3, 4, 8)"
    " AND " IS_PARTY("dossier") PAGE;

/* clang-format off */
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
    { NO(EDITION_NOT_OPEN),    "Registration for this edition is not open." },
    { NO(UNKNOWN_EDITION),     "There is no such edition in this programme." },
    { NO(UNKNOWN_ENTRY),       "There is no entry with this id, which a dossier shares with its entry." },
    { NO(NOT_YOUR_ENTRY),      "Only the entrant agency may do this with its entry or dossier." },
    { NO(UNKNOWN_AGENCY),      "A co-entrant must be a registered agency other than the entrant agency, named once." },
    { NO(SHARES_NOT_WHOLE),    "An entry needs at least one author, and all shares together must make 10000." },
    { NO(AUTHOR_TWICE),        "A person can be an author of an entry only once." },
    { NO(OWN_SUBMISSION),      "Who handed it in may not decide on it." },
    { NO(NO_RESULTS_YET),      "The entry has no confirmed result yet." },
    { NO(NOT_A_FINALIST),      "Only an entry that reached the final owes a dossier." },
    { NO(BAD_DATE),            "A date or offset is impossible, or a date that must lie in the future does not." },
    { NO(DEADLINE_PASSED),     "The dossier arrived at or after its deadline." },
    { NO(LINE_AMOUNT),         "A line's amount is not its quantity times its unit price." },
    { NO(TOTAL),               "The total is not the sum of the lines." },
    { NO(MONEY_OVERFLOW),      "The amounts are larger than can be counted." },
    { NO(NOT_WITHDRAWABLE),    "The entry can no longer be withdrawn." },
    { NO(MONEY_PAID),          "Money was paid out for the entry: it must be revoked and recovered first." },
    { NO(OTHER_VERSION),       "This is not the dossier's present version." },
    { NO(ORDINAL_USED),        "The programme already has an edition of this ordinal." },
    { NO(CODE_USED),           "The programme already has an entry of this code." },
    { NO(SCORE_OUT_OF_RANGE),  "The score does not go with the edition's maximum and threshold." },
    { NO(AWARD_WITHOUT_FINAL), "A finalist, and nobody else, has an award, which may be NONE." },
    { NO(ENTRY_WITHDRAWN),     "The entry was withdrawn or disqualified." },
    { NO(PROGRAMME_NAME),      "A programme's id is of lower-case letters, digits and hyphens, not \"directory\", and not taken." },
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
