/* tests/model/simulation/rounds.h - what the checker has noted of contests, councils, rounds and score sheets.
 */
#ifndef SANGKIEN_TESTS_MODEL_ROUNDS_H
#define SANGKIEN_TESTS_MODEL_ROUNDS_H

#include "sangkien/appraisal/v1/commands.pb-c.h"
#include "sangkien/appraisal/v1/events.pb-c.h"
#include "tests/model/simulation/notes.h"

/* A person that may not judge an entry. */
struct bar {
    struct uuid person, entry;
};

struct contest_note {
    const Submissions__EditionRules *rules;
    struct list contenders; /* of struct uuid */
    bool is_complete, is_judged, is_over;
};

struct council_note {
    struct list bars; /* of struct bar: those declared */
    size_t at_work;
};

struct sheet_note {
    struct uuid id, round, entry, person;
    const Appraisal__Scores *scores; /* NULL unless it is locked */
    bool is_open;
};

struct round_note {
    struct uuid id, edition, council;
    const char *code, *cluster;
    const Submissions__RoundRules *rules;
    struct uuid chair, vice_chair, secretary;
    struct list members; /* of struct uuid */
    struct list entries; /* of struct uuid */
    struct list bars;    /* of struct bar */
    struct list sheets;  /* of struct sheet_note * */
    bool is_begun, is_confirmed, is_annulled;
    bool was_proposed;
    bool is_chair_away, is_secretary_away; /* from the session in which the ranking was proposed */
    struct uuid proposer, confirmer;
    struct digest proposed; /* none while nothing is proposed */
};

struct contender_note {
    bool is_known, is_in_round, is_out, is_gone;
    const char *next; /* NULL: the first round */
    struct uuid round, entrant;
    struct list authors;  /* of struct uuid */
    struct list partners; /* of struct uuid: agencies that entered together with it */
};

/* The first of these persons decides who is not the judge and has no conflict with an entry. */
struct turn {
    const struct uuid *persons;
    size_t count;
    const struct list *entries; /* of struct uuid */
    struct uuid judge;
};

/* Which round of that code, in that cluster, counts; nil: none. */
struct standing_note {
    struct uuid round;
    bool is_confirmed;
};

struct contest_note *contest_note_of(const struct fact *fact, struct uuid id);
struct council_note *council_note_of(const struct fact *fact, struct uuid id);
struct round_note *round_note_of(const struct tenant *programme, struct uuid id);
struct contender_note *contender_note_of(const struct tenant *programme, struct uuid id);
struct standing_note *standing_of(const struct fact *fact, struct uuid edition, const char *code,
                                  const char *cluster);
static inline struct sheet_note *
sheet_at(const struct round_note *r, size_t nth)
{
    return *(struct sheet_note *const *) list_at(&r->sheets, nth);
}

bool is_barred(const struct list *bars, struct uuid person, struct uuid entry);

/* check_waiting.c: who waits for a round, counted from what became of each entry. */
void check_nobody_waits_for(const struct fact *fact, const struct round_note *r);
void learn_contest_entrants_confirmed(const struct fact *fact, const void *event);
void learn_contenders_awaited(const struct fact *fact, const void *event);
void learn_contest_reopened(const struct fact *fact, const void *event);
void learn_judging_closed(const struct fact *fact, const void *event);
void check_results_follow(const struct fact *fact, ProtobufCBinaryData ranking_digest);

/* check_judging.c */
void learn_contest_noted(const struct fact *fact, const void *event);
void learn_contest_ended(const struct fact *fact, const void *event);
void learn_contender_noted(const struct fact *fact, const void *event);
void learn_contender_assigned(const struct fact *fact, const void *event);
void learn_contender_passed(const struct fact *fact, const void *event);
void learn_contender_out(const struct fact *fact, const void *event);
void learn_contender_gone(const struct fact *fact, const void *event);
void learn_council_constituted(const struct fact *fact, const void *event);
void learn_conflicts_declared(const struct fact *fact, const void *event);
void learn_council_dissolved(const struct fact *fact, const void *event);
void learn_council_round_noted(const struct fact *fact, const void *event);

/* check_conflict.c */
bool has_conflict(const struct fact *fact, const struct round_note *r, struct uuid person,
                  struct uuid entry);
void check_whose_turn(const struct fact *fact, const struct round_note *r, const struct turn *turn);
void check_no_author_sits(const struct fact *fact, const struct round_note *r, struct uuid entry);
void check_sealed(const struct fact *fact);
void check_jury(const struct tenant *programme, const struct round_note *r);

/* check_rounds.c */
void learn_round_planned(const struct fact *fact, const void *event);
void learn_entries_assigned(const struct fact *fact, const void *event);
void learn_conflicts_noted(const struct fact *fact, const void *event);
void learn_round_started(const struct fact *fact, const void *event);
void learn_ranking_proposed(const struct fact *fact, const void *event);
void learn_ranking_voided(const struct fact *fact, const void *event);
void learn_tie_decided(const struct fact *fact, const void *event);
void learn_round_confirmed(const struct fact *fact, const void *event);
void learn_round_called_off(const struct fact *fact, const void *event);
void learn_round_annulled(const struct fact *fact, const void *event);

/* check_sheets.c */
void learn_sheet_assigned(const struct fact *fact, const void *event);
void learn_sheet_saved(const struct fact *fact, const void *event);
void learn_sheet_locked(const struct fact *fact, const void *event);
void learn_sheet_reopened(const struct fact *fact, const void *event);
void learn_sheet_excused(const struct fact *fact, const void *event);
void learn_sheet_voided(const struct fact *fact, const void *event);

/* check_ranking.c: what the sheets give, counted by other means than the product's. */
void check_total(const struct round_note *r, const Appraisal__SheetLocked *e);
void check_ranking(const struct fact *fact, const struct round_note *r,
                   const Appraisal__Ranking *ranking);

#endif
