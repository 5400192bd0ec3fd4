/* services/appraisal/service.c - the service as data. */
#include "services/appraisal/appraisal.h"

/* Without panel, consultees and opinions: GetAppraisalCase has them. Who does not read the whole
 * programme sees the cases of the own entries, and those where the own opinion is asked. */
static const char list_appraisal_cases[] = QUERY_BY_IDS(
    QUERY_PAGE_KEY
    ", t.id, t.version, t.state, t.dossier_id, t.dossier_version, t.digest,"
    " t.entry_code, t.title, t.entrant_agency_id, t.estimate_vnd, t.opinions_due_at, t.outcome,"
    " t.scope, t.recommended_ceiling_vnd, t.minutes, t.report",
    "appraisal.appraisal_case",
    QUERY_IDS("appraisal.appraisal_case", "id", QUERY_ALL) " UNION " QUERY_IDS(
        "appraisal.appraisal_case", "id",
        "entrant_agency_id = $2") " UNION " QUERY_IDS("appraisal.consultee", "parent",
                                                      "agency_id = $2"));

static const char list_open_appraisals[] = QUERY_OPEN_WORK(
    "appraisal", "($2::uuid IS NULL OR $2::uuid IN (w.entrant_agency_id, w.agency_id))");

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
