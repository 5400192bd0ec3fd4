/* services/appraisal/service.c - the service as data. */
#include "services/appraisal/judging.h"

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

/* Where every answer is the asker's own, or of its subject alone, some of $2, $5 and $6 play no part. */
#define UNASKED(parameter) " AND (" parameter "::uuid IS NULL OR true)"
#define NIL_UUID "'00000000-0000-0000-0000-000000000000'"

/* Without its entries and its ranking: GetRound has them. Members of its council see a round too. */
static const char list_rounds[] = QUERY_BY_IDS(
    QUERY_PAGE_KEY
    ", t.id, t.version, t.state, t.edition_id, t.round_code, t.cluster_code, t.instance,"
    " t.council_id, t.stage, t.ranking_digest, t.proposed_by, t.confirmed_by, t.due_at",
    "appraisal.round",
    QUERY_IDS("appraisal.round", "id", QUERY_ALL) " UNION " QUERY_IDS(
        "appraisal.round", "id",
        "organiser_agency_id = $2") " UNION " QUERY_IDS("appraisal.round_member", "parent",
                                                        "person_id = $5::uuid" UNASKED("$6")));

static const char list_my_sheets[] =
    "SELECT " QUERY_PAGE_KEY ", t.id, t.version, t.state, t.round_id, t.entry_id, t.entry_code,"
    " t.person_id, t.scores, t.total_centi, t.reason FROM appraisal.score_sheet AS t"
    " WHERE t.programme = $1::text AND t.person_id = $5::uuid" UNASKED("$2") UNASKED("$6")
        QUERY_PAGE;

/* For those who read the whole programme, who organise a local contest, and the round's chair and
 * secretary. */
static const char list_round_progress[] =
    "SELECT m.person_id::text AS page_key, r.id AS round_id, m.person_id, s.assigned, s.locked,"
    " s.excused, r.due_at"
    " FROM (SELECT id, organiser_agency_id, due_at FROM appraisal.round"
    "  WHERE programme = $1::text AND id = $6::uuid LIMIT 1) AS r CROSS JOIN LATERAL"
    " (SELECT person_id FROM appraisal.round_member WHERE programme = $1::text AND parent = r.id"
    "  AND seat <> 2 AND person_id > coalesce($3::text, " NIL_UUID ")::uuid"
    "  ORDER BY person_id LIMIT $4::int8) AS m CROSS JOIN LATERAL"
    " (SELECT (count(*) FILTER (WHERE state <> 6))::int4 AS assigned, (count(*) FILTER (WHERE "
    "state = 3))::int4 AS locked,"
    "  (count(*) FILTER (WHERE state = 5))::int4 AS excused FROM appraisal.score_sheet"
    "  WHERE programme = $1::text AND round_id = r.id AND person_id = m.person_id) AS s"
    " WHERE $2::uuid IS NULL OR r.organiser_agency_id = $2 OR EXISTS"
    "  (SELECT FROM appraisal.round_member WHERE programme = $1::text AND parent = r.id"
    "   AND person_id = $5::uuid AND seat IN (1, 2) OFFSET 0)"
    " ORDER BY m.person_id";

/* clang-format off */
/* A round that is scored waits for its members as long as a sheet is open, then for its chair; one that was called off for
 * the owner, who annuls it. */
#define OPEN_ROUNDS(whose)                                                                         \
    "(SELECT r.id AS subject, 'round'::text AS kind, ''::text AS entry_code, r.round_code AS"      \
    " title, CASE r.state WHEN 1 THEN 'PLANNED' WHEN 2 THEN 'SCORING' WHEN 3 THEN 'DELIBERATION'"  \
    " ELSE 'CALLED_OFF' END AS state, CASE WHEN r.state = 1 THEN 'ORGANISER' WHEN r.state = 6"     \
    " THEN 'OWNER' WHEN r.state = 2 AND EXISTS (SELECT FROM appraisal.score_sheet AS s"            \
    " WHERE s.programme = r.programme AND s.round_id = r.id AND s.state IN (1, 2, 4) OFFSET 0)"    \
    " THEN 'MEMBER' ELSE 'CHAIR' END AS waiting_for,"                                              \
    " r.organiser_agency_id AS agency_id, r.changed_at, r.due_at FROM appraisal.round AS r"        \
    " WHERE r.programme = $1::text AND " whose " AND r.state IN (1, 2, 3, 6)"                      \
    " AND r.id > coalesce($3::text, " NIL_UUID ")::uuid ORDER BY r.id LIMIT $4::int8)"
#define OPEN_SHEETS(whose)                                                                         \
    "(SELECT s.id AS subject, 'score_sheet'::text, s.entry_code, ''::text, CASE s.state WHEN 1"    \
    " THEN 'ASSIGNED' WHEN 2 THEN 'DRAFT' ELSE 'REOPENED' END, 'MEMBER', s.judge_agency_id,"       \
    " s.changed_at, (SELECT r.due_at FROM appraisal.round AS r WHERE r.programme = s.programme"    \
    " AND r.id = s.round_id) FROM "                                                                \
    QUERY_IDS("appraisal.score_sheet AS o", "id",                                                  \
              "state IN (1, 2, 4) AND " whose " AND EXISTS (SELECT FROM appraisal.round AS r WHERE"\
              " r.programme = o.programme AND r.id = o.round_id AND r.state = 2 OFFSET 0)")        \
    " AS k CROSS JOIN LATERAL (SELECT * FROM appraisal.score_sheet WHERE programme = $1::text"     \
    " AND id = k.id LIMIT 1) AS s)"

static const char list_open_judging[] =
    "SELECT w.subject::text AS page_key, w.subject, w.kind, w.entry_code, w.title, w.state,"
    " w.waiting_for, w.agency_id, (extract(epoch FROM w.changed_at) * 1000000)::int8 AS since_us,"
    " coalesce((extract(epoch FROM w.due_at) * 1000000)::int8, 0) AS until_us FROM ("
    OPEN_ROUNDS(QUERY_ALL) " UNION ALL " OPEN_ROUNDS("r.organiser_agency_id = $2") " UNION ALL "
    OPEN_SHEETS(QUERY_ALL) " UNION ALL " OPEN_SHEETS("judge_agency_id = $2")
    ") AS w ORDER BY w.subject LIMIT $4::int8";

static const struct kind *const appraisal_kinds[] = {
    &dossier_intake_kind, &appraisal_case_kind, &round_kind, &score_sheet_kind, &contender_kind, &contest_kind,
    &council_kind, NULL,
};

static const struct query appraisal_queries[] = {
    { ON(get_appraisal_case),   ON(get_appraisal_case_response),   .kind = &appraisal_case_kind },
    { ON(list_appraisal_cases), ON(list_appraisal_cases_response), .select = list_appraisal_cases },
    { ON(list_open_appraisals), ON(list_open_appraisals_response), .select = list_open_appraisals },
    { ON(get_council),          ON(get_council_response),          .kind = &council_kind, .may_see = judging_may_see_council,
      .show = judging_show_council },
    { ON(get_round),            ON(get_round_response),            .kind = &round_kind, .may_see = judging_may_see_round },
    { ON(get_score_sheet),      ON(get_score_sheet_response),      .kind = &score_sheet_kind, .may_see = judging_may_see_sheet,
      .also = judging_need_round_of_sheet, .is_hidden = judging_hides_sheet },
    { ON(get_judged_entry),     ON(get_judged_entry_response),     .kind = &score_sheet_kind, .may_see = judging_may_see_entry,
      .also = judging_need_judged_entry, .answer = judging_show_entry },
    { ON(recompute_ranking),    ON(recompute_ranking_response),    .kind = &round_kind, .may_see = judging_may_recompute,
      .also = judging_need_sheets, .answer = judging_recompute },
    { ON(list_rounds),          ON(list_rounds_response),          .select = list_rounds, .asks_person = true },
    { ON(list_my_sheets),       ON(list_my_sheets_response),       .select = list_my_sheets, .asks_person = true },
    { ON(list_round_progress),  ON(list_round_progress_response),  .select = list_round_progress, .asks_person = true },
    { ON(list_open_judging),    ON(list_open_judging_response),    .select = list_open_judging },
    { 0 },
};

static const struct refusal_text appraisal_refusal_texts[] = {
    { NO(DOSSIER_NOT_ACCEPTED),    "no accepted dossier with this id is known here" },
    { NO(ALREADY_OPEN),            "this dossier has an appraisal case already" },
    { NO(OTHER_VERSION),           "this is not the dossier version that is being appraised" },
    { NO(PANEL_TOO_SMALL),         "a panel has at least three members" },
    { NO(PANEL_SEATS),             "a panel or council has exactly one chair and exactly one secretary, and a council at most one vice-chair" },
    { NO(SITS_TWICE),              "one person has one seat" },
    { NO(AUTHOR_ON_PANEL),         "an author of the dossier cannot sit on its panel" },
    { NO(UNKNOWN_PERSON),          "the directory knows no such person" },
    { NO(SAME_UNIT),               "nobody of the agency that entered can sit on the panel" },
    { NO(UNKNOWN_AGENCY),          "the directory knows no such agency" },
    { NO(CONSULTED_TWICE),         "an agency is asked once" },
    { NO(NOT_CONSULTED),           "this agency was not asked for its opinion" },
    { NO(OPINION_GIVEN),           "this agency has given its opinion" },
    { NO(OPINIONS_OUTSTANDING),    "opinions are missing, and their time is not over" },
    { NO(NOT_THE_CHAIR),           "only the chair may do this, or who stands in for the chair; of a ranking, chair and secretary, or who stands in" },
    { NO(NOT_THE_SECRETARY),       "the person named is not the panel's secretary" },
    { NO(NOT_ENOUGH_VOTES),        "a recommendation needs two thirds of all members" },
    { NO(MORE_VOTES_THAN_MEMBERS), "more votes are counted than the panel has members" },
    { NO(CEILING_ABOVE_ESTIMATE),  "the recommended ceiling is above the dossier's estimate" },
    { NO(CEILING_MISSING),         "a recommendation names a ceiling, and nothing else does" },
    { NO(BAD_DATE),                "there is no such day" },
    { NO(DUE_IN_PAST),             "the time to answer would be over already" },
    { NO(ENTRY_WITHDRAWN),         "the entry was withdrawn" },
    { NO(UNKNOWN_CONTEST),         "no such contest is judged here, or it is over" },
    { NO(NOT_YOUR_CONTEST),        "a contest is held by its organiser" },
    { NO(COUNCIL_TOO_SMALL),       "the council has too few members" },
    { NO(UNKNOWN_COUNCIL),         "the edition has no such council" },
    { NO(NOT_A_MEMBER),            "only a member of the council may do this" },
    { NO(CONFLICTS_UNDECLARED),    "every member must say first which conflicts there are, or that there are none" },
    { NO(COUNCIL_AT_WORK),         "the council has a round under way" },
    { NO(UNKNOWN_ROUND),           "there is no such round" },
    { NO(NOT_THE_NEXT_ROUND),      "this is not the round that comes next" },
    { NO(UNKNOWN_CLUSTER),         "the round has no such cluster" },
    { NO(NOT_A_CONTENDER),         "the entry cannot be judged in this round" },
    { NO(ALREADY_IN_A_ROUND),      "the entry is in a round already" },
    { NO(AUTHOR_ON_COUNCIL),       "nobody who wrote an entry of the edition sits on a council of it" },
    { NO(NO_ENTRIES),              "the round has no entries" },
    { NO(TOO_FEW_JUDGES),          "an entry has too few judges" },
    { NO(NOT_YOUR_SHEET),          "this score sheet is another person's" },
    { NO(UNKNOWN_CRITERION),       "the round's rules have no such criterion" },
    { NO(SCORE_OUT_OF_RANGE),      "points lie between 0 and the criterion's maximum" },
    { NO(SCORE_OFF_STEP),          "points are given in the criterion's steps" },
    { NO(SCORED_TWICE),            "a criterion is scored once" },
    { NO(SHEET_INCOMPLETE),        "a sheet is locked with every criterion scored" },
    { NO(SHEETS_OUTSTANDING),      "score sheets are neither locked nor excused" },
    { NO(UNEQUAL_SHEETS),          "the entries have not the sheets that their ranking needs" },
    { NO(NOT_TIED),                "only entries that share a place are put in order" },
    { NO(TIE_UNDECIDED),           "the chair must decide first between entries of equal score" },
    { NO(OTHER_RANKING),           "this is not the ranking that is proposed, or it is not what the sheets give any more" },
    { NO(SAME_PERSON),             "a ranking is confirmed by another person than proposed it, and nobody reopens the own sheet, or closes judging on a ranking that he or she proposed or confirmed" },
    { NO(LATER_ROUND_BEGAN),       "a later round has begun" },
    { NO(TOO_MANY_ENTRIES),        "these are more than a round or a council can hold" },
    { NO(NOT_SCORING),             "the round is not being scored" },
    { NO(CONFLICT_DECLARED),       "a judge has a conflict by now: the sheet must be reopened and excused" },
    { NO(ENTRANTS_NOT_CONFIRMED),  "entries may still be registered: no round begins before the entrants are confirmed" },
    { NO(CONTENDERS_UNASSIGNED),   "entries still wait to be judged" },
    { NO(ROUND_UNDER_WAY),         "a round is under way, or planned: it must be confirmed or annulled first" },
    { NO(NO_QUORUM),               "too few members are there, or not the one who proposes" },
    { NO(IN_CONFLICT),             "a conflict with the entry keeps the person from this" },
    { NO(OPERATOR_ON_COUNCIL),     "nobody who runs the system sits on a council, or judges" },
    { NO(RANKING_SEEN),            "chair and vice-chair give no points anew once they may have seen the ranking" },
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
    { "council_member_no_author",     NO(AUTHOR_ON_COUNCIL) },
    { "round_entry_no_author",        NO(AUTHOR_ON_COUNCIL) },
    { "round_one_live",               NO(NOT_THE_NEXT_ROUND) },
    { "round_two_persons_check",      NO(SAME_PERSON) },
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
