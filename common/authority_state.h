/* common/authority_state.h - what an authority is made of; only authority.c and authority_hear.c
 * look.
 *
 * Ownership  everything but the maps' slots lies in the authority's arena and is never taken out.
 */
#ifndef SANGKIEN_COMMON_AUTHORITY_STATE_H
#define SANGKIEN_COMMON_AUTHORITY_STATE_H

#include "common/arena.h"
#include "common/authority.h"
#include "common/map.h"

struct binding {
    struct uuid id;
    unsigned role; /* one MAY bit */
    const char *programme;
    struct unit *unit;
    struct person *person; /* NULL: every person of the unit */
    int64_t from_us;
    int64_t until_us;
    bool is_ended;
    struct binding *next; /* of the unit's, wide or named */
    struct binding *next_of_person;
    struct binding *next_operator;
};

struct person {
    struct uuid id;
    struct unit *unit;
    struct binding *bindings;
    struct person *next; /* of the unit */
};

/* An agency with what hangs on it. */
struct unit {
    struct agency agency; /* first: the id is its key */
    struct person *persons;
    struct binding *wide;
    struct binding *named;
    unsigned roles; /* every role ever bound here: most agencies are passed over by this alone */
    struct unit *next;
};

struct system {
    struct peer_system shown; /* first: the id is its key */
    struct system *next;
};

struct authority {
    struct arena *arena;
    struct arena *scratch; /* of one event */
    int64_t position;
    struct map units;
    struct map persons;
    struct map bindings;
    struct map systems;
    struct map keys;
    struct unit *first_unit, **unit_end;
    struct system *first_system, **system_end;
    struct binding *operators;
};

#endif
