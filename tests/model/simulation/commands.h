/* tests/model/simulation/commands.h - what clients ask for: every command of every service, mostly as somebody would
 * who knows what is going on, and often enough not.
 *
 * Ownership  messages lie in the step's arena.
 */
#ifndef SANGKIEN_TESTS_MODEL_COMMANDS_H
#define SANGKIEN_TESTS_MODEL_COMMANDS_H

#include "common/proto.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "sangkien/directory/v1/types.pb-c.h"
#include "sangkien/types/v1/types.pb-c.h"
#include "tests/model/simulation/simulation.h"

/* A command that is being thought up. */
struct draft {
    struct tenant *programme;
    struct uuid subject;
    struct uuid person;
    struct uuid agency; /* whose system sends it */
    const ProtobufCMessage *message;
};

/* One for each command. false: there is nothing to ask that of now. */
struct maker {
    const ProtobufCMessageDescriptor *command;
    unsigned weight;
    bool (*make)(struct draft *draft);
};

/* Closed by a zero row; a command of a service without a row ends the program, by its name. */
extern const struct maker directory_makers[], submissions_makers[], appraisal_makers[],
    funding_makers[];

/* Looks that every command of every service has a maker, and the other way round. */
void commands_check(void);

/* Thinks up a command and posts it. */
void commands_post(void);

/* ------------------------------------------------------------------ chance */

static inline bool
often(unsigned per_mille)
{
    return dice_chance(&sim.dice, per_mille);
}

static inline size_t
any_of(size_t count)
{
    return (size_t) dice_throw(&sim.dice, count);
}

static inline int64_t
between(int64_t least, int64_t most)
{
    return least + (int64_t) dice_throw(&sim.dice, (uint64_t) (most - least) + 1);
}

/* ------------------------------------------------------------------ things to speak of */

/* One of the programme's aggregates of a kind, rather a young one; of a wanted state, but for some. states is a set of
 * bits, 0 for any. NULL: there is none. */
const struct stored *any_stored(const struct tenant *programme, const struct kind *kind,
                                unsigned states);

#define STATE(number) (1U << (number))

/* The same, and hardly ever one of another state. */
const struct stored *stored_in(const struct tenant *programme, const struct kind *kind,
                               unsigned states);

/* The dossier of a case that was approved. false: there is none. */
bool any_granted_dossier(const struct tenant *programme, struct uuid *ret_dossier);

/* The text of an id; of a made-up one, now and then. */
const char *text_of(struct uuid id);
const char *word_for(const char *word, int64_t number);

Types__OfficialDocument *any_document(Types__DocumentKind kind);
Types__Deadline *any_deadline(int64_t least_days, int64_t most_days);

/* Two or three lines that add up to about so much, but for some; with their sum. */
Types__EstimateLine **any_lines(int64_t about_vnd, size_t *ret_count, int64_t *ret_total_vnd);

/* ------------------------------------------------------------------ cast.c: people */

enum { AGENCIES = 9, ENTRANTS = 3 };

/* The actor of the draft: somebody who was given one of these roles, as a set of bits, but for some. */
void spoken_by(struct draft *draft, unsigned roles);
void spoken_by_person(struct draft *draft, struct uuid person);
/* Somebody of that agency with one of the roles. */
void spoken_for(struct draft *draft, struct uuid agency, unsigned roles);

struct uuid agency_id(size_t nth);
struct uuid agency_of_person(struct uuid person);
struct uuid any_person(void);
/* An agency that has clerks and a head. */
struct uuid any_entrant(void);
/* Rather one whose agency does not enter, and who does not run the system. */
struct uuid any_judge(void);
struct uuid system_of(struct uuid agency);

/* A role as it was given at the beginning. */
struct given_role {
    int role;
    struct uuid agency, person;
};
struct given_role any_given_role(void);

#endif
