/* services/appraisal/service.c - the service as data. */
#include "services/appraisal/appraisal.h"

/* Without panel, consultees and opinions: GetAppraisalCase has them. Who does not read the whole
 * programme sees the cases of the own entries, and those where the own opinion is asked. */
static const char list_appraisal_cases[] =
    "SELECT c.id::text AS page_key, c.id, version, state, dossier_id, dossier_version,"
    " digest, entry_code, title, entrant_agency_id, estimate_vnd, opinions_due_at, outcome, scope,"
    " recommended_ceiling_vnd, minutes, report"
    " FROM appraisal.appraisal_case AS c"
    " WHERE programme = $1::text"
    " AND c.id > coalesce($3::text, '00000000-0000-0000-0000-000000000000')::uuid"
    " AND ($2::uuid IS NULL OR entrant_agency_id = $2::uuid"
    "  OR EXISTS (SELECT FROM appraisal.consultee AS q WHERE q.programme = c.programme"
    "   AND q.parent = c.id AND q.agency_id = $2::uuid))"
    " ORDER BY c.id LIMIT $4::int8";

/* A case in consultation waits for each agency that has not answered, and then for the panel. */
static const char list_open_appraisals[] =
    "SELECT (c.id::text || '/' || coalesce(q.agency_id::text, '')) COLLATE \"C\" AS page_key,"
    " c.id AS subject, 'appraisal_case' AS kind, c.entry_code, c.title,"
    " CASE c.state WHEN 1 THEN 'OPENED' WHEN 2 THEN 'PANEL_SET' WHEN 3 THEN 'CONSULTING'"
    "  ELSE 'CONCLUDED' END AS state,"
    " CASE WHEN c.state <> 3 THEN 'STANDING' WHEN q.agency_id IS NOT NULL THEN 'CONSULTEE'"
    "  ELSE 'MEMBER' END AS waiting_for,"
    " q.agency_id, (extract(epoch FROM c.changed_at) * 1000000)::int8 AS since_us"
    " FROM appraisal.appraisal_case AS c"
    " LEFT JOIN appraisal.consultee AS q"
    "  ON c.state = 3 AND q.programme = c.programme AND q.parent = c.id"
    "  AND NOT EXISTS (SELECT FROM appraisal.opinion AS o WHERE o.programme = q.programme"
    "   AND o.parent = q.parent AND o.agency_id = q.agency_id)"
    " WHERE c.programme = $1::text AND c.state IN (1, 2, 3, 6)"
    " AND ($2::uuid IS NULL OR c.entrant_agency_id = $2::uuid OR q.agency_id = $2::uuid)"
    " AND ($3::text IS NULL"
    "  OR (c.id::text || '/' || coalesce(q.agency_id::text, '')) COLLATE \"C\" > $3::text)"
    " ORDER BY 1 LIMIT $4::int8";

/* clang-format off */
static const struct kind *const appraisal_kinds[] = { &dossier_intake_kind, &appraisal_case_kind, NULL };

static const struct query appraisal_queries[] = {
    { ON(get_appraisal_case),   ON(get_appraisal_case_response),   .kind = &appraisal_case_kind },
    { ON(list_appraisal_cases), ON(list_appraisal_cases_response), .select = list_appraisal_cases },
    { ON(list_open_appraisals), ON(list_open_appraisals_response), .select = list_open_appraisals },
    { 0 },
};

static const struct refusal_text appraisal_refusal_texts[] = {
    { NO(DOSSIER_NOT_ACCEPTED),    "no accepted dossier with this id is known here" },
    { NO(ALREADY_OPEN),            "this dossier has an appraisal case already" },
    { NO(OTHER_VERSION),           "this is not the dossier version that is being appraised" },
    { NO(PANEL_TOO_SMALL),         "a panel has at least three members" },
    { NO(PANEL_SEATS),             "a panel has exactly one chair and exactly one secretary" },
    { NO(SITS_TWICE),              "one person has one seat on the panel" },
    { NO(AUTHOR_ON_PANEL),         "an author of the dossier cannot sit on its panel" },
    { NO(UNKNOWN_PERSON),          "the directory knows no such person" },
    { NO(SAME_UNIT),               "nobody of the agency that entered can sit on the panel" },
    { NO(UNKNOWN_AGENCY),          "the directory knows no such agency" },
    { NO(CONSULTED_TWICE),         "an agency is asked once" },
    { NO(NOT_CONSULTED),           "this agency was not asked for its opinion" },
    { NO(OPINION_GIVEN),           "this agency has given its opinion" },
    { NO(OPINIONS_OUTSTANDING),    "opinions are missing, and their time is not over" },
    { NO(NOT_THE_CHAIR),           "only the chair of the panel concludes" },
    { NO(NOT_THE_SECRETARY),       "the person named is not the panel's secretary" },
    { NO(NOT_ENOUGH_VOTES),        "a recommendation needs two thirds of all members" },
    { NO(MORE_VOTES_THAN_MEMBERS), "more votes are counted than the panel has members" },
    { NO(CEILING_ABOVE_ESTIMATE),  "the recommended ceiling is above the dossier's estimate" },
    { NO(CEILING_MISSING),         "a recommendation names a ceiling, and nothing else does" },
    { NO(BAD_DATE),                "there is no such day" },
    { NO(DUE_IN_PAST),             "the time to answer would be over already" },
    { NO(ENTRY_WITHDRAWN),         "the entry was withdrawn" },
    { 0 },
};

static const struct guard appraisal_guards[] = {
    { "appraisal_case_one_open",      NO(ALREADY_OPEN) },
    { "appraisal_case_ceiling_check", NO(CEILING_ABOVE_ESTIMATE) },
    { "panel_member_person_key",      NO(SITS_TWICE) },
    { "panel_member_one_chair",       NO(PANEL_SEATS) },
    { "panel_member_one_secretary",   NO(PANEL_SEATS) },
    { "panel_member_no_author",       NO(AUTHOR_ON_PANEL) },
    { "consultee_agency_key",         NO(CONSULTED_TWICE) },
    { "opinion_agency_key",           NO(OPINION_GIVEN) },
    { "opinion_consultee_fkey",       NO(NOT_CONSULTED) },
    { 0 },
};
/* clang-format on */

const struct service appraisal_service = {
    .name = "appraisal",
    .package = "sangkien.appraisal.v1",
    .kinds = appraisal_kinds,
    .queries = appraisal_queries,
    .refusals = &appraisal__refusal__descriptor,
    .refusal_texts = appraisal_refusal_texts,
    .guards = appraisal_guards,
};
