/* services/submissions/queries.c - what one may ask submissions, and the statements that answer. */
#include "common/proto.h"
#include "sangkien/submissions/v1/queries.pb-c.h"
#include "services/submissions/entry.h"

#define NIL "'00000000000000000000000000000000'"

/* clang-format off */
/* Whoever judges a blind round of the edition is shown nothing of its entries until that is over: in every list of them,
 * $5 is the person who asks. The view has no column of a name that an entry has: edition would mean that one. */
#define SHOWN(edition)                                                                             \
    "NOT EXISTS (SELECT FROM submissions.blind_judge AS j WHERE j.programme = $1::text AND j.blind_edition_id = " edition \
    " AND j.person_id = $5::uuid OFFSET 0)"
/* Whoever has left an entry has no part in it any more. */
#define HAS_NOT_LEFT                                                                               \
    "NOT EXISTS (SELECT FROM submissions.entry_co_entrant AS l WHERE l.programme = c.programme AND l.parent = c.parent" \
    " AND l.agency_id = c.agency_id AND l.has_left)"
#define UNASKED_SUBJECT " AND ($6::uuid IS NULL OR true)"

/* Under the programme's own id: that one. Under the directory's: all that are here. */
static const char list_programmes[] =
    "SELECT t.programme COLLATE \"C\" AS page_key, t.programme, t.id, t.version, t.state, t.name,"
    " t.owner_agency_id, t.utc_offset_minutes"
    " FROM submissions.programme AS t"
    " WHERE ($1::text = '" DIRECTORY_PROGRAMME "' OR t.programme = $1)" QUERY_FOR_EVERYBODY
    " AND t.programme COLLATE \"C\" > coalesce($3::text, '') ORDER BY 1 LIMIT $4::int8";

/* Agencies see an edition once it is published, and their own before. Its rules are for those who ask for it alone. */
static const char list_editions[] =
    "SELECT " QUERY_PAGE_KEY ", t.id, t.version, t.state, t.ordinal, t.year, t.name,"
    " t.threshold_centi, t.maximum_centi, t.judged_elsewhere, t.organiser_agency_id,"
    " t.parent_edition_id, t.rules_version, t.opens_at, t.closes_at"
    " FROM submissions.edition AS t WHERE t.programme = $1::text"
    " AND ($2::uuid IS NULL OR t.organiser_agency_id = $2"
    "  OR EXISTS (SELECT FROM submissions.published_edition AS p WHERE p.programme = t.programme "
    "AND p.id = t.id))" QUERY_PAGE;

/* A draft has lapsed when its edition is not open any more: from CLOSED on. Nothing is written for that. */
#define SHOWN_STATE                                                                                \
    "CASE WHEN t.state = 1 AND (SELECT d.state FROM submissions.edition AS d WHERE d.programme = $1::text" \
    " AND d.id = t.edition_id) >= 4 THEN 14 ELSE t.state END AS state"

static const char list_entries[] = QUERY_BY_IDS(
    QUERY_PAGE_KEY ", t.id, t.version, " SHOWN_STATE ", t.edition_id, t.entrant_agency_id, t.team, t.entry_kind, t.title,"
    " t.summary, t.entry_code, t.score_centi, t.award, t.reached_final, t.money_paid, t.track, t.draft,"
    " t.content_digest, t.entry_version, t.submitted_at, t.cure_at, t.round_code, t.rank, t.may_have_prize,"
    " t.promoted_from_id",
    "submissions.entry",
    QUERY_IDS("submissions.entry", "id", QUERY_ALL " AND " SHOWN("edition_id") UNASKED_SUBJECT)
    " UNION " QUERY_IDS("submissions.entry", "id", "entrant_agency_id = $2 AND " SHOWN("edition_id"))
    " UNION " QUERY_IDS("submissions.entry", "id", "organiser_agency_id = $2 AND " SHOWN("edition_id"))
    " UNION " QUERY_IDS("submissions.entry_co_entrant AS c", "parent", "agency_id = $2 AND draft = 0 AND " HAS_NOT_LEFT " AND "
        SHOWN("(SELECT e.edition_id FROM submissions.entry AS e WHERE e.programme = c.programme AND e.id = c.parent)")));

static const char list_dossiers[] = QUERY_BY_IDS(
    QUERY_PAGE_KEY ", t.id, t.version, t.state, t.entrant_agency_id, t.entry_code, t.title, t.due_at, t.cure_at,"
    " t.overdue, t.dossier_version",
    "submissions.dossier",
    QUERY_IDS("submissions.dossier", "id", QUERY_ALL)
    " UNION " QUERY_IDS("submissions.dossier", "id", "entrant_agency_id = $2")
    " UNION " QUERY_IDS("submissions.dossier_co_entrant", "parent", "agency_id = $2"));

/* A row of the view open_work for each dossier in a state that it knows; each branch has an index of those. */
#define OPEN "state IN (1, 2, 3, 4, 8)"

static const char list_open_dossiers[] =
    QUERY_WORK "(" QUERY_IDS("submissions.dossier", "id", OPEN " AND " QUERY_ALL)
    " UNION " QUERY_IDS("submissions.dossier", "id", OPEN " AND entrant_agency_id = $2")
    " UNION " QUERY_IDS("submissions.dossier_co_entrant AS c", "parent", "agency_id = $2 AND EXISTS ("
        "SELECT FROM submissions.dossier WHERE programme = c.programme AND id = c.parent AND " OPEN ")")
    " ORDER BY 1 LIMIT $4::int8) AS k CROSS JOIN LATERAL (SELECT * FROM submissions.open_work"
    " WHERE programme = $1::text AND subject = k.id LIMIT 1) AS w ORDER BY k.id";

/* What waits, by each of the views of it, and by whose business it is there: every branch walks an index of its own. */
#define WAITING(view, whose)                                                                       \
    "(SELECT * FROM submissions." view " AS w WHERE w.programme = $1::text AND " whose             \
    " AND w.edition_id NOT IN (TABLE blind) AND w.subject >= coalesce(left($3::text, 36), " NIL ")::uuid" \
    " AND w.page_key > coalesce($3::text, '') ORDER BY w.subject, w.page_key LIMIT $4::int8)"
#define OF_ENTRANT "w.entrant_agency_id = $2"
#define OF_ORGANISER "w.organiser_agency_id = $2 AND w.entrant_agency_id <> $2"

/* The editions that SHOWN leaves out, found once for all branches. A draft is nobody else's business; who is silent about it,
 * the organiser's, too. */
static const char list_open_entries[] =
    "WITH blind AS (SELECT blind_edition_id FROM submissions.blind_judge WHERE programme = $1::text AND person_id = $5::uuid) "
    QUERY_WORK "("
    WAITING("waiting_entry", QUERY_ALL) " UNION ALL " WAITING("waiting_entry", OF_ENTRANT) " UNION ALL "
    WAITING("waiting_entry", OF_ORGANISER) " UNION ALL " WAITING("waiting_draft", OF_ENTRANT) " UNION ALL "
    WAITING("waiting_accused", QUERY_ALL) " UNION ALL " WAITING("waiting_accused", OF_ENTRANT) " UNION ALL "
    WAITING("waiting_co_entrant", QUERY_ALL) " UNION ALL " WAITING("waiting_co_entrant", OF_ENTRANT) " UNION ALL "
    WAITING("waiting_co_entrant", "w.agency_id = $2") " UNION ALL "
    WAITING("waiting_co_entrant", OF_ORGANISER " AND w.agency_id <> $2")
    ") AS w WHERE ($6::uuid IS NULL OR true) ORDER BY w.page_key LIMIT $4::int8";

/* The edition that is the subject, once its results are published; from when they are confirmed on for those who read the whole
 * programme and for its organiser; where it was judged elsewhere, as they come. Finalists before others, by place, or by
 * score. */
static const char list_results[] =
    "SELECT * FROM (SELECT lpad((row_number() OVER (ORDER BY t.reached_final DESC, t.rank = 0, t.rank, t.score_centi DESC,"
    " t.title COLLATE \"vi-x-icu\", t.id))::text, 8, '0') COLLATE \"C\" AS page_key, t.id AS entry_id,"
    " t.entry_code, t.title, t.entrant_agency_id, t.team, t.entry_kind, t.track, t.reached_final, t.rank,"
    " t.score_centi, t.award FROM submissions.entry AS t JOIN submissions.edition AS d"
    " ON d.programme = t.programme AND d.id = t.edition_id WHERE t.programme = $1::text AND t.edition_id = $6::uuid"
    " AND t.state IN (5, 7, 8) AND (d.judged_elsewhere OR (d.state IN (6, 7, 8) AND ("
    "d.results_published_at IS NOT NULL OR $2::uuid IS NULL OR d.organiser_agency_id = $2)))"
    " AND ($5::uuid IS NULL OR true)) AS r WHERE r.page_key > coalesce($3::text, '') ORDER BY r.page_key LIMIT $4::int8";

/* Of every entry that was judged to the end, as soon as its edition's results are known. */
#define RECOGNISED                                                                                 \
    "state IN (5, 7, 8) AND EXISTS (SELECT FROM submissions.edition AS d WHERE d.programme = $1::text" \
    " AND d.id = edition_id AND (d.judged_elsewhere OR d.state IN (6, 7, 8)) OFFSET 0)"
static const char list_recognitions[] =
    "SELECT " QUERY_PAGE_KEY ", t.id AS entry_id, t.edition_id, d.year, t.entry_code, t.title, t.entrant_agency_id,"
    " ARRAY(SELECT a.person_id FROM submissions.entry_author AS a WHERE a.programme = t.programme AND a.parent = t.id"
    " AND a.draft = t.draft ORDER BY a.place) AS author_ids, t.reached_final, t.award"
    " FROM (" QUERY_IDS("submissions.entry", "id", RECOGNISED " AND " QUERY_ALL)
    " UNION " QUERY_IDS("submissions.entry", "id", RECOGNISED " AND entrant_agency_id = $2")
    " UNION " QUERY_IDS("submissions.entry_co_entrant AS c", "parent", "agency_id = $2 AND draft = 0 AND EXISTS (SELECT FROM"
        " submissions.entry WHERE programme = c.programme AND id = c.parent AND " RECOGNISED ") AND " HAS_NOT_LEFT)
    " ORDER BY 1 LIMIT $4::int8) AS k CROSS JOIN LATERAL (SELECT * FROM submissions.entry"
    " WHERE programme = $1::text AND id = k.id LIMIT 1) AS t CROSS JOIN LATERAL (SELECT year FROM submissions.edition"
    " WHERE programme = $1::text AND id = t.edition_id LIMIT 1) AS d"
    " ORDER BY k.id";

/* What waits for the organiser and has the title of another entry that was handed in. For those who read the whole
 * programme. */
static const char list_lookalikes[] =
    "SELECT t.id::text || ' ' || o.id AS page_key, t.id AS entry_id, t.entry_code, t.title, o.id AS other_entry_id,"
    " o.title AS other_title FROM submissions.entry AS t CROSS JOIN LATERAL (SELECT o.id, o.title"
    " FROM submissions.entry AS o WHERE o.programme = t.programme AND o.title_key = t.title_key AND o.title_key <> ''"
    " AND o.id <> t.id AND " SHOWN("o.edition_id") " ORDER BY o.id LIMIT 20) AS o"
    " WHERE t.programme = $1::text AND $2::uuid IS NULL AND " SHOWN("t.edition_id") UNASKED_SUBJECT
    " AND t.state IN (2, 9) AND t.id >= coalesce(left($3::text, 36), " NIL ")::uuid"
    " AND t.id::text || ' ' || o.id > coalesce($3::text, '') COLLATE \"C\" ORDER BY t.id, o.id LIMIT $4::int8";

/* An edition is for everybody once it is published; before, for those who read the whole programme and its organiser. */
static bool
may_see_edition(const struct given *given)
{
    const struct edition *edition = given->state;

    return edition->self.state != SUBMISSIONS__EDITION_STATE__EDITION_STATE_DRAFT ||
           uuid_equal(&edition->organiser_agency_id, &given->actor->agency) ||
           authority_reads_all(given->authority, &given->actor->agency, given->programme, given->now_us);
}

/* A programme, with the rules that hold. */
static void
show_programme(const struct given *given, const void *ask, struct arena *arena, void *response)
{
    const struct programme *programme = given->state;
    const struct rules_version *latest = submissions_latest_rules(also(given, 0));
    Submissions__GetProgrammeResponse *shown = response;
    Submissions__Programme *said = proto_new(arena, ON(programme));

    (void) ask;
    shown->programme = said;
    said->id = uuid_text(arena, &programme->self.id);
    said->version = programme->self.version;
    said->state = (Submissions__ProgrammeState) programme->self.state;
    said->name = programme->name;
    said->owner_agency_id = uuid_text(arena, &programme->owner_agency_id);
    said->utc_offset_minutes = programme->utc_offset_minutes;
    if (!latest)
        return;
    said->rules = latest->rules;
    said->rules_version = latest->number;
    said->rules_digest = proto_digest(arena, &latest->digest);
}

const struct query submissions_queries[] = {
    { ON(get_programme),      ON(get_programme_response),      .kind = &programme_kind, .for_everybody = true,
      .also = submissions_needs_programme_rules, .answer = show_programme },
    { ON(get_edition),        ON(get_edition_response),        .kind = &edition_kind, .may_see = may_see_edition },
    { ON(get_entry),          ON(get_entry_response),          .kind = &entry_kind, .also = entry_needs_to_be_shown, .is_hidden = entry_is_hidden,
      .show = entry_show },
    { ON(get_dossier),        ON(get_dossier_response),        .kind = &dossier_kind },
    { ON(list_programmes),    ON(list_programmes_response),    .select = list_programmes },
    { ON(list_editions),      ON(list_editions_response),      .select = list_editions },
    { ON(list_entries),       ON(list_entries_response),       .select = list_entries, .asks_person = true },
    { ON(list_dossiers),      ON(list_dossiers_response),      .select = list_dossiers },
    { ON(list_results),       ON(list_results_response),       .select = list_results, .asks_person = true },
    { ON(list_recognitions),  ON(list_recognitions_response),  .select = list_recognitions },
    { ON(list_lookalikes),    ON(list_lookalikes_response),    .select = list_lookalikes, .asks_person = true },
    { ON(list_open_entries),  ON(list_open_entries_response),  .select = list_open_entries, .asks_person = true },
    { ON(list_open_dossiers), ON(list_open_dossiers_response), .select = list_open_dossiers },
    { 0 },
};
/* clang-format on */
