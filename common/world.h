/* common/world.h - the aggregates that a batch holds, and what messages do to them, in memory.
 *
 * Shapes     one state per (kind, id); a state that was never loaded or created has version 0.
 * Errors     world_say answers with an outcome; it never fails.
 * Ownership  everything lives in the arena.
 * Threads    pure.
 */
#ifndef SANGKIEN_COMMON_WORLD_H
#define SANGKIEN_COMMON_WORLD_H

#include "common/decide.h"
#include "common/service.h"

struct world;

struct world *world_new(struct arena *arena);

/* The state of (kind, id), made with version 0 when it is not there yet. */
struct held *world_hold(struct world *world, const struct kind *kind, struct uuid id);

/* The same, if it is there. */
const struct held *world_find(const struct world *world, const struct kind *kind, struct uuid id);

/* Holds a copy of what another world holds. */
void world_bring(struct world *world, const struct held *held);

/* From now on only what is loaded may be used: a message that needs more is put off. */
void world_close(struct world *world);

/* All that is held of one kind. */
struct held **world_all(struct world *world, const struct kind *kind, size_t *ret_count);

/* Adds those that a batch has changed, as struct held. */
void world_add_changed(struct world *world, struct list *changed);

/* As if it had never been loaded. */
void world_forget(struct world *world, const struct kind *kind, struct uuid id);

/* The same for all that another world has changed. */
void world_forget_changed(struct world *world, const struct world *other);

/* Who speaks, when, about what. */
struct envelope {
    const char *programme;
    struct uuid subject;
    struct actor actor;
    int64_t received_us;
    int64_t now_us;
    int64_t expected_version;
    struct bytes body;
    const struct authority *authority;
    struct uuid heard_subject;
    int64_t heard_position;
    const char *heard_type;
    const struct uuid *heard_parties;
    size_t heard_party_count;
};

/* An event that happened. */
struct happened {
    const struct kind *kind;
    struct uuid id;
    int64_t version;
    const ProtobufCMessage *event;
    const char *because;
    /* Of the aggregate as the event leaves it, and who left by it; of a sealed kind the nil id. */
    const struct uuid *parties;
    size_t party_count;
};

struct outcome {
    int reason;           /* a wire Reason, or 0 */
    int refusal;          /* a Refusal of the service, or 0 */
    struct list happened; /* of struct happened; empty when refused */
    struct list violations;
    struct list alarms;
    struct list asides;
    int64_t version; /* of the aggregate, after */
    bool is_put_off; /* needs an aggregate that was not loaded: nothing happened, ask again */
};

/* Which aggregates the message needs beyond its own, with what is known now. state NULL: not loaded yet. */
void world_needs(struct world *world, const struct handler *handler,
                 const struct envelope *envelope, const void *state, const void *message,
                 struct keys *ret_keys);

/* Judges a message by its handler and lets what follows happen. Who may send it was judged before. */
struct outcome world_say(struct world *world, const struct handler *handler,
                         const struct kind *kind, const struct envelope *envelope,
                         const void *message);

/* Lets one event happen to one state: the same for a decision and for verify. ERR_POISON: no such move. */
int world_apply(const struct kind *kind, struct aggregate *state, const ProtobufCMessage *event,
                int64_t now_us, const char **ret_because) MUST_CHECK;

/* A zeroed state of a kind, its lists ready. */
struct aggregate *world_blank(struct arena *arena, const struct kind *kind, struct uuid id);

#endif
