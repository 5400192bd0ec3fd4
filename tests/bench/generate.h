/* tests/bench/generate.h - what the parts of the generator share.
 *
 * Shapes     the story of a programme: editions one after the other, in each of them the lives of so many entries,
 *            one step of one entry after the other. Every step is decided by the service's own core.
 * Threads    belongs to one thread.
 */
#ifndef SANGKIEN_BENCH_GENERATE_H
#define SANGKIEN_BENCH_GENERATE_H

#include "common/authority.h"
#include "common/journal.h"
#include "common/world.h"
#include "tests/bench/generate_copy.h"

struct plan {
    const char *dsn;
    const char *programme;
    int64_t entries, events;
    uint64_t seed;
};

/* A person, and the system by which the person's agency speaks. */
struct speaker {
    struct uuid person, agency, system;
};

/* Those who sign and hand in for an agency that enters. */
struct contestant {
    struct speaker clerk, head;
};

struct cast {
    struct speaker owner, standing;
    struct list entrants; /* of struct contestant */
};

/* What was written so far, and to where. */
struct chronicle {
    const char *programme;
    const struct authority *authority;
    struct journal_head head;
    int64_t begun_at; /* the journal's position before the first event of ours */
    int64_t now_us;
    uint64_t dice;
    struct arena *scratch; /* of one command */
    struct copy *journal, *inbox;
};

/* A number below so many; the same seed gives the same numbers. */
uint64_t throw_dice(struct chronicle *c, uint64_t below);

/* A new id of the chronicle's time, as text in the arena. */
const char *new_id(struct chronicle *c, struct arena *arena);

/* A command is decided on, and written with all that follows from it. message and what it points to must live as
 * long as the world. Returns whether it was accepted. */
bool say(struct chronicle *c, struct world *world, const struct speaker *who, const char *subject,
         const ProtobufCMessage *message, struct list *ret_alarms);

/* An alarm of the aggregate's own is due. */
void ring(struct chronicle *c, struct world *world, const char *subject,
          const ProtobufCMessage *message);

/* Another service has said something that the aggregate hears. That event itself stands nowhere: as heard counts
 * the last one before. */
void hear(struct chronicle *c, struct world *world, const char *subject,
          const ProtobufCMessage *message);

/* One edition, and the lives of count entries in it, until the time `until_us`; their rows are written too. */
struct stages;
struct stages *stages_open(const struct plan *plan);
void stages_close(struct stages **stages_p);
void play_edition(struct chronicle *c, struct stages *stages, const struct cast *cast,
                  const struct plan *plan, int ordinal, int64_t first, int64_t count,
                  int64_t until_us);

#endif
