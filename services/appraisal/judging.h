/* services/appraisal/judging.h - judging of a contest: its rounds, who may be in them, the councils
 * that judge, and their score sheets.
 *
 * Shapes     a contest has its edition's id, a contender its entry's; a sheet's id follows from
 *            round, entry and person. A round brings its own copy of rules and members, so that
 *            what it was judged by never changes.
 * Units      points in hundredths.
 * Source     rules R-E3 to R-E7. Those a model can check stand in tests/model/simulation.
 */
#ifndef SANGKIEN_APPRAISAL_JUDGING_H
#define SANGKIEN_APPRAISAL_JUDGING_H

#include "common/limits.h"
#include "sangkien/submissions/v1/rules.pb-c.h"
#include "services/appraisal/appraisal.h"
#include "services/appraisal/ranking.h"

#define CONTEST(state) APPRAISAL__CONTEST_STATE__CONTEST_STATE_##state
#define CONTENDER(state) APPRAISAL__CONTENDER_STATE__CONTENDER_STATE_##state
#define COUNCIL(state) APPRAISAL__COUNCIL_STATE__COUNCIL_STATE_##state
#define ROUND(state) APPRAISAL__ROUND_STATE__ROUND_STATE_##state
#define SHEET(state) APPRAISAL__SHEET_STATE__SHEET_STATE_##state
#define CONFLICT(kind) APPRAISAL__CONFLICT_KIND__CONFLICT_KIND_##kind
#define STAGE(stage) SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_##stage

/* What keeps events and answers about a whole round or council small enough to be sent. */
enum { MOST_ENTRIES = ROUND_MOST_ENTRIES, MOST_DECLARED = 500 };

/* Where a round stood when it was planned, confirmed or annulled: its last row counts. */
struct contest_round {
    struct uuid round_id;
    const char *round_code;
    const char *cluster_code;
    int32_t instance;
    int state;
    struct digest ranking_digest; /* of a confirmed one, and who stands behind it */
    struct uuid proposed_by;
    struct uuid confirmed_by;
};

struct contest {
    struct aggregate self;
    struct digest rules_digest;
    const Submissions__EditionRules *rules;
    bool jury_may_enter;               /* as in the rules; for the database */
    struct uuid organiser_agency_id;   /* of a local contest */
    const Appraisal__Awaited *awaited; /* NULL: nobody waits for a round */
    struct list rounds;                /* of struct contest_round */
};

struct contender_author {
    struct uuid person_id;
};

/* A file that the entry cites. */
struct exhibit {
    int kind;
    const char *name;
    const char *uri;
    struct digest sha256;
    int64_t size_bytes;
    const char *media_type;
};

struct contender {
    struct aggregate self;
    struct uuid edition_id;
    const char *entry_code;
    const char *title;
    const char *summary;
    struct uuid entrant_agency_id;
    const char *team;
    const char *track;
    int64_t submitted_at_us;
    int64_t entry_version;
    struct uuid round_id;        /* the one that it is in, or was in last */
    const char *next_round_code; /* empty: the first one, or none */
    struct list authors;         /* of struct contender_author */
    struct list co_entrants;     /* of struct co_entrant */
    struct list evidence;        /* of struct exhibit */
};

struct council_member {
    struct uuid person_id;
    int seat;
};

/* One row for each member and entry. */
struct conflict {
    struct uuid person_id;
    struct uuid entry_id;
    int kind;
};

struct declarant {
    struct uuid person_id;
};

struct council_round {
    struct uuid round_id;
    bool is_over;
};

struct council {
    struct aggregate self;
    struct uuid edition_id;
    const Types__OfficialDocument *document;
    struct uuid organiser_agency_id; /* of a local contest */
    struct list members;             /* of struct council_member */
    struct list conflicts;           /* of struct conflict: those declared */
    struct list declarants;          /* of struct declarant */
    struct list rounds;              /* of struct council_round: the last row of a round counts */
};

struct round_entry {
    struct uuid entry_id;
    const char *entry_code;
};

/* Where nobody is named, what was decided before is void. */
struct tie_decision {
    const Appraisal__TieDecision *decision;
};

struct round {
    struct aggregate self;
    struct uuid edition_id;
    const char *round_code;
    const char *cluster_code;
    int32_t instance;
    struct uuid council_id;
    int stage;
    struct digest rules_digest; /* of the whole edition's rules */
    const Submissions__RoundRules *rules;
    bool is_last;
    struct uuid organiser_agency_id; /* of a local contest */
    int64_t due_at_us;
    const Appraisal__Ranking *ranking;     /* once it is confirmed */
    struct digest ranking_digest;          /* once one is proposed */
    bool was_proposed;                     /* once, and maybe void by now */
    Appraisal__Deliberation *deliberation; /* in which it was */
    struct uuid proposed_by;
    struct uuid confirmed_by;
    struct list members;   /* of struct council_member */
    struct list entries;   /* of struct round_entry */
    struct list conflicts; /* of struct conflict */
    struct list decisions; /* of struct tie_decision */
};

struct score_sheet {
    struct aggregate self;
    struct uuid round_id;
    struct uuid entry_id;
    const char *entry_code;
    struct uuid person_id;
    struct uuid judge_agency_id;
    struct uuid council_id;
    const Appraisal__Scores *scores;
    int32_t total_centi;
    const char *reason; /* why it was reopened or excused */
    struct uuid excused_by;
};

extern const struct table contest_table, contender_table, council_table, round_table,
    score_sheet_table;
extern const struct kind contest_kind, contender_kind, council_kind, round_kind, score_sheet_kind;

/* ------------------------------------------------------------------ core_contest.c */

/* Says that the entry takes no part any more, and that nobody waits for it, unless that was said. */
void contender_leaves(const struct contender *c, const struct contest *contest, struct events *out);

/* UNKNOWN_CONTEST unless it is judged here and not over. */
int judging_judge_contest(const struct contest *contest) MUST_CHECK;

/* NOT_YOUR_CONTEST unless the actor may organise: a local contest is its own agency's, any other one
 * is the organiser's or the standing agency's. */
int judging_judge_organiser(const struct given *given, const struct uuid *organiser) MUST_CHECK;

/* The rules of a round and its place among them; NULL when there is none of that code. */
const Submissions__RoundRules *judging_round_rules(const struct contest *contest, const char *code,
                                                   size_t *ret_nth);
/* Of the agency; NULL: of none. */
const Submissions__Cluster *judging_cluster_of(const struct contest *contest,
                                               const struct uuid *agency);
const Submissions__Cluster *judging_cluster(const struct contest *contest, const char *code);

/* Where the round stands; NULL: it was never planned. */
const struct contest_round *judging_standing(const struct contest *contest, const char *round_code,
                                             const char *cluster_code);

/* Planned, and neither confirmed nor annulled? NULL is not. */
bool judging_is_live(const struct contest_round *standing);

/* Are all rounds before the nth one confirmed, in every cluster of which somebody was to be judged? Is any behind
 * it under way or over? */
bool judging_may_begin(const struct contest *contest, size_t nth);
bool judging_later_began(const struct contest *contest, size_t nth);

/* ------------------------------------------------------------------ who waits: core_awaited.c */

/* How many wait for that round, in that cluster; and for all together. */
int32_t judging_awaited_in(const struct contest *contest, const char *round_code,
                           const char *cluster_code);
int32_t judging_awaited(const struct contest *contest);

/* Counts as a decision changes them: begun, changed as often as it takes, and said once. */
struct tally {
    const struct contest *contest;
    struct events *out;
    Appraisal__Awaited *awaited; /* NULL: of this contest nothing is counted */
    bool is_changed;
};

void judging_tally_begin(struct tally *tally, const struct contest *contest, struct events *out);
/* Of an entry of that agency whose next round is that one; empty: the first. */
void judging_tally(struct tally *tally, const char *next_round_code, const struct uuid *agency,
                   int32_t change);
void judging_tally_say(struct tally *tally);
void judging_contenders_awaited(void *state, const void *event);

/* ------------------------------------------------------------------ core_contest_end.c */

int judging_close_judging(const struct given *given, const void *message, struct events *out);

/* ------------------------------------------------------------------ core_council.c */

bool judging_has_seat(const struct list *members, int seat, const struct uuid *person);
bool judging_is_member(const struct list *members, const struct uuid *person);
size_t judging_count_judges(const struct list *members);

/* Does the entry stand among the first so many ids of a command? */
bool judging_is_named_before(const char *const *entry_ids, size_t nth, const struct uuid *entry);

/* Has the council a round under way? */
bool judging_is_at_work(const struct council *c);

/* The conflict of that person and that entry; NULL: none. */
const struct conflict *judging_conflict(const struct list *conflicts, const struct uuid *person,
                                        const struct uuid *entry);

/* ------------------------------------------------------------------ core_conflict.c */

bool judging_wrote(const struct contender *c, const struct uuid *person);

/* Does the person head an agency, or organise, in the programme? */
bool judging_heads(const struct given *given, const struct uuid *person);

/* What keeps the person from judging the contender, by what the council was told and the directory knows by now;
 * 0: nothing. And whether that does, or anything that the round was told. */
int judging_conflict_of(const struct given *given, const struct council *council,
                        const struct uuid *person, const struct contender *c);
/* Does the directory know of one, whatever was declared? */
bool judging_is_known_conflict(const struct given *given, const struct uuid *person,
                               const struct contender *c);
bool judging_in_conflict(const struct given *given, const struct round *r,
                         const struct council *council, const struct uuid *person,
                         const struct contender *c);

/* What somebody wants to decide on: these entries, and the sheet of that judge (NULL: none). */
struct matter {
    const struct council *council;
    const struct contender *const *entries;
    size_t count;
    const struct uuid *judge;
};

/* Is it the actor's turn? It is that of the first of these seats, closed by 0, that is taken, by somebody else than
 * the judge and without conflict. Refuses NOT_THE_CHAIR, or SAME_PERSON or IN_CONFLICT to whom that keeps from it. */
int judging_judge_leader(const struct given *given, const struct round *r, const int *seats,
                         const struct matter *matter) MUST_CHECK;

/* ------------------------------------------------------------------ the round: core_round*.c */

/* Conflicts that one event names at most. */
enum { MOST_CONFLICTS = 400 };

/* Is a member of the round's council an author who may not judge in this contest at all? */
bool judging_sits_wrongly(const struct given *given, const struct contest *contest,
                          const struct contender *c);

/* All judge but the secretary, who counts. */
bool judging_judges(const struct council_member *member);
struct uuid judging_sheet_id(const struct uuid *round, const struct uuid *entry,
                             const struct uuid *person);

/* What a decision about the whole round needs, in this order: contest, council, the contenders in the
 * order of the round's entries, and the sheets, entry by entry, of every judge. */
void judging_need_sheets(const struct given *given, const void *message, struct keys *keys);
const struct contest *judging_contest(const struct given *given);
const struct council *judging_council(const struct given *given);
const struct contender *judging_contender(const struct given *given, size_t entry);

/* The entry's next sheet in the order of the judges, from *judge_p on, which moves behind it; NULL:
 * no more. */
const struct score_sheet *judging_next_sheet(const struct given *given, size_t entry,
                                             size_t *judge_p);

/* Sheets that nobody awaits any more: the open ones of entries that do not take part, or of all. */
void judging_void_sheets(const struct given *given, bool of_all, struct events *out);

/* Does the entry count in the ranking? One that went away counts only where it was ranked before. */
bool judging_takes_part(const struct given *given, size_t entry);

/* CONFLICT_DECLARED where a locked sheet is of somebody who has a conflict by now. */
int judging_judge_conflicts(const struct given *given, struct events *out) MUST_CHECK;

/* Makes the ranking from what judging_need_sheets brought. */
int judging_make_ranking(const struct given *given, struct arena *arena,
                         Appraisal__Ranking **ret_ranking) MUST_CHECK;

/* Confirmed by that person; otherwise NULL. */
void judging_note_round(struct events *out, const struct round *round, int state,
                        const struct uuid *confirmed_by);
void judging_note_council(struct events *out, const struct round *round, bool is_over);
void judging_remember_conflicts(struct list *conflicts, Appraisal__Conflict *const *said,
                                size_t count);
Appraisal__Conflict *judging_say_conflict(struct events *out, const struct conflict *conflict);

void judging_need_entries(const struct given *given, const void *message, struct keys *keys);
int judging_assign_to_round(const struct given *given, const void *message, struct events *out);
void judging_entries_assigned(void *state, const void *event);
int judging_start_round(const struct given *given, const void *message, struct events *out);
void judging_conflicts_noted(void *state, const void *event);
void judging_round_started(void *state, const void *event);
int judging_propose_ranking(const struct given *given, const void *message, struct events *out);
/* Is the member who has that seat among those? */
bool judging_is_there(const struct round *r, int seat, const char **present, size_t count);
/* Does the actor stand behind a ranking of that session? Chair and secretary do, and the vice-chair in the place of whichever
 * of them was not there. */
bool judging_leads(const struct given *given, const char **present, size_t count);
/* Are those present members, each named once, and enough of those that count? */
int judging_judge_quorum(const struct given *given, const Appraisal__ProposeRanking *ask,
                         struct events *out) MUST_CHECK;
Appraisal__Deliberation *judging_say_deliberation(const Appraisal__ProposeRanking *ask,
                                                  struct events *out);
void judging_ranking_proposed(void *state, const void *event);
void judging_ranking_voided(void *state, const void *event);
/* What was decided between equals and still counts: a sheet that is reopened makes other equals, if any. */
const Appraisal__TieDecision **judging_decisions(const struct round *r, struct arena *arena,
                                                 size_t *ret_count);
bool judging_has_decisions(const struct round *r);
int judging_decide_tie(const struct given *given, const void *message, struct events *out);
void judging_tie_decided(void *state, const void *event);
int judging_confirm_round(const struct given *given, const void *message, struct events *out);
void judging_round_confirmed(void *state, const void *event);
int judging_annul_round(const struct given *given, const void *message, struct events *out);

/* ------------------------------------------------------------------ questions: core_asked.c */

bool judging_may_see_council(const struct given *given);
bool judging_may_see_round(const struct given *given);
void judging_show_council(const struct given *given, void *state);
bool judging_may_see_sheet(const struct given *given);
void judging_need_round_of_sheet(const struct given *given, const void *ask, struct keys *keys);
bool judging_hides_sheet(const struct given *given);
bool judging_may_see_entry(const struct given *given);
void judging_need_judged_entry(const struct given *given, const void *ask, struct keys *keys);
void judging_show_entry(const struct given *given, const void *ask, struct arena *arena,
                        void *response);
bool judging_may_recompute(const struct given *given);
void judging_recompute(const struct given *given, const void *ask, struct arena *arena,
                       void *response);

#endif
