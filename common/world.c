/* common/world.c - a batch's aggregates, and what messages do to them. Pure: memory only. */
#include "common/world.h"

#include <assert.h>
#include <string.h>

#include "common/columns.h"
#include "common/party.h"
#include "common/table.h"
#include "sangkien/wire/v1/wire.pb-c.h"

struct world {
    struct arena *arena;
    struct held **slots; /* open addressing; a power of two of them */
    size_t room;
    size_t count;
    bool is_closed;
};

struct world *
world_new(struct arena *arena)
{
    struct world *world = arena_zero(arena, sizeof(*world));

    world->arena = arena;
    world->room = 64;
    world->slots = arena_zero(arena, world->room * sizeof(struct held *));
    return world;
}

static struct held **
slot_of(struct held **slots, size_t room, const struct kind *kind, const struct uuid *id)
{
    uint64_t hash = uuid_hash(id) ^ (uint64_t) (uintptr_t) kind >> 4;

    for (size_t i = hash & (room - 1);; i = (i + 1) & (room - 1))
        if (!slots[i] || (slots[i]->kind == kind && uuid_equal(&slots[i]->id, id)))
            return &slots[i];
}

static void
grow(struct world *world)
{
    size_t room = world->room * 2;
    struct held **slots = arena_zero(world->arena, room * sizeof(struct held *));

    for (size_t i = 0; i < world->room; i++)
        if (world->slots[i])
            *slot_of(slots, room, world->slots[i]->kind, &world->slots[i]->id) = world->slots[i];
    world->slots = slots;
    world->room = room;
}

struct aggregate *
world_blank(struct arena *arena, const struct kind *kind, struct uuid id)
{
    struct aggregate *state = arena_zero(arena, kind->table->size);

    state->id = id;
    for (const struct column *c = kind->table->columns; c->name; c++)
        if (c->type == TEXT)
            *(const char **) ((char *) state + c->offset) = "";
    for (const struct child *c = kind->table->children; c && c->name; c++)
        list_init((struct list *) (void *) ((char *) state + c->offset), arena, c->item_size);
    return state;
}

struct held *
world_hold(struct world *world, const struct kind *kind, struct uuid id)
{
    struct held **slot = slot_of(world->slots, world->room, kind, &id);

    if (*slot)
        return *slot;
    if (2 * (world->count + 1) > world->room) {
        grow(world);
        slot = slot_of(world->slots, world->room, kind, &id);
    }
    *slot = arena_zero(world->arena, sizeof(struct held));
    **slot = (struct held){ .kind = kind, .id = id, .state = world_blank(world->arena, kind, id) };
    world->count++;
    return *slot;
}

const struct held *
world_find(const struct world *world, const struct kind *kind, struct uuid id)
{
    return *slot_of(world->slots, world->room, kind, &id);
}

static void
bring_children(struct arena *arena, const struct child *child, const struct list *from,
               struct list *to)
{
    list_init(to, arena, child->item_size);
    for (size_t i = 0; i < from->count; i++) {
        void *item = list_add(to);

        memcpy(item, list_at(from, i), child->item_size);
        columns_own(child->columns, item, arena);
    }
    to->stored = from->stored;
}

void
world_bring(struct world *world, const struct held *from)
{
    const struct table *table = from->kind->table;
    struct held *to = world_hold(world, from->kind, from->id);
    struct aggregate *state = to->state;

    *to = *from;
    to->state = memcpy(state, from->state, table->size);
    columns_own(table->columns, state, world->arena);
    for (const struct child *c = table->children; c && c->name; c++)
        bring_children(world->arena, c, (const void *) ((const char *) from->state + c->offset),
                       (void *) ((char *) state + c->offset));
}

void
world_close(struct world *world)
{
    world->is_closed = true;
}

struct held **
world_all(struct world *world, const struct kind *kind, size_t *ret_count)
{
    struct held **all = arena_zero(world->arena, (world->count + 1) * sizeof(struct held *));
    size_t count = 0;

    for (size_t i = 0; i < world->room; i++)
        if (world->slots[i] && world->slots[i]->kind == kind)
            all[count++] = world->slots[i];
    *ret_count = count;
    return all;
}

static bool
is_changed(const struct held *held)
{
    return held && held->state->version != held->stored_version;
}

void
world_add_changed(struct world *world, struct list *changed)
{
    for (size_t i = 0; i < world->room; i++)
        if (is_changed(world->slots[i]))
            *(struct held *) list_add(changed) = *world->slots[i];
}

void
world_forget(struct world *world, const struct kind *kind, struct uuid id)
{
    struct held *held = world_hold(world, kind, id);

    *held = (struct held){ .kind = kind, .id = id, .state = world_blank(world->arena, kind, id) };
}

void
world_forget_changed(struct world *world, const struct world *other)
{
    for (size_t i = 0; i < other->room; i++) {
        const struct held *changed = other->slots[i];
        const struct held *held =
            is_changed(changed) ? world_find(world, changed->kind, changed->id) : NULL;

        if (held && held->is_loaded)
            world_forget(world, held->kind, held->id);
    }
}

/* ------------------------------------------------------------------ what follows */

int
world_apply(const struct kind *kind, struct aggregate *state, const ProtobufCMessage *event,
            int64_t now_us, const char **ret_because)
{
    const struct transition *move = transition_find(kind, state->state, event->descriptor);

    if (!move)
        return err_set(ERR_POISON, "%s in state %d: %s cannot happen", kind->name, state->state,
                       event->descriptor->name);
    if (move->remember)
        move->remember(state, event);
    state->state = move->to;
    state->version++;
    state->changed_us = now_us;
    *ret_because = move->because;
    return 0;
}

/* The state in which an earlier event of the same decision leaves the aggregate. */
static int
state_before(const struct list *said, size_t upto, const struct held *held)
{
    int state = held->state->state;

    for (size_t i = 0; i < upto; i++) {
        const struct said *s = list_at(said, i);

        if (s->kind == held->kind && uuid_equal(&s->id, &held->id))
            state = transition_find(s->kind, state, s->event->descriptor)->to;
    }
    return state;
}

/* Every move is looked up before the first one is made: all or nothing. */
static bool
all_may_happen(struct world *world, const struct list *said)
{
    for (size_t i = 0; i < said->count; i++) {
        const struct said *s = list_at(said, i);
        const struct held *held = world_hold(world, s->kind, s->id);

        if (!transition_find(s->kind, state_before(said, i, held), s->event->descriptor))
            return false;
    }
    return true;
}

/* Whoever leaves by an event hears of it, and of nothing that comes later. */
static void
let_one_happen(struct world *world, const struct said *s, int64_t now_us, struct happened *h)
{
    static const struct uuid nobody;
    struct held *held = world_hold(world, s->kind, s->id);
    struct list parties;
    int rc;

    list_init(&parties, world->arena, sizeof(struct uuid));
    if (party_may_leave(s->kind->table, held->state))
        party_add_all(&parties, s->kind->table, held->state);
    rc = world_apply(s->kind, held->state, s->event, now_us, &h->because);
    assert(rc == 0);
    h->kind = s->kind;
    h->id = s->id;
    h->version = held->state->version;
    h->event = s->event;
    if (!s->kind->is_sealed)
        party_add_all(&parties, s->kind->table, held->state);
    h->parties = s->kind->is_sealed ? &nobody : parties.items;
    h->party_count = s->kind->is_sealed ? 1 : parties.count;
}

static void
let_happen(struct world *world, const struct list *said, int64_t now_us, struct list *happened)
{
    for (size_t i = 0; i < said->count; i++)
        let_one_happen(world, list_at(said, i), now_us, list_add(happened));
}

static struct given
given_of(const struct envelope *e, const void *state)
{
    return (struct given){
        .state = state,
        .subject = e->subject,
        .programme = e->programme,
        .actor = &e->actor,
        .received_us = e->received_us,
        .now_us = e->now_us,
        .body = e->body,
        .authority = e->authority,
        .heard_subject = e->heard_subject,
        .heard_position = e->heard_position,
        .heard_type = e->heard_type,
        .heard_parties = e->heard_parties,
        .heard_party_count = e->heard_party_count,
    };
}

void
world_needs(struct world *world, const struct handler *handler, const struct envelope *envelope,
            const void *state, const void *message, struct keys *ret_keys)
{
    struct given given = given_of(envelope, state);

    *ret_keys = (struct keys){ .arena = world->arena };
    list_init(&ret_keys->items, world->arena, sizeof(struct held));
    if (handler->also)
        handler->also(&given, message, ret_keys);
}

static int
judge_birth(const struct handler *handler, const struct envelope *envelope,
            const struct aggregate *state)
{
    if (handler->birth == MUST_EXIST && state->version == 0)
        return WIRE__REASON__REASON_NOT_FOUND;
    if ((handler->birth == CREATES || handler->birth == FOUNDS) && state->version > 0)
        return WIRE__REASON__REASON_ALREADY_EXISTS;
    if (envelope->expected_version && envelope->expected_version != state->version)
        return WIRE__REASON__REASON_VERSION_MISMATCH;
    return 0;
}

/* false: one of them is not loaded. */
static bool
hold_all(struct world *world, const struct held *own, struct keys *keys)
{
    bool all = !world->is_closed || own->is_loaded;

    LIST_EACH (struct held, key, &keys->items) {
        const struct held *held = world_hold(world, key->kind, key->id);

        key->state = held->state;
        all = all && (!world->is_closed || held->is_loaded);
    }
    return all;
}

struct outcome
world_say(struct world *world, const struct handler *handler, const struct kind *kind,
          const struct envelope *envelope, const void *message)
{
    struct held *own = world_hold(world, kind, envelope->subject);
    struct events events = { .arena = world->arena, .kind = kind, .subject = envelope->subject };
    struct outcome outcome = { .version = own->state->version };
    struct given given = given_of(envelope, own->state);
    struct keys keys;

    list_init(&events.said, world->arena, sizeof(struct said));
    list_init(&events.violations, world->arena, sizeof(struct violation));
    list_init(&events.alarms, world->arena, sizeof(struct alarm));
    list_init(&events.asides, world->arena, sizeof(struct aside));
    list_init(&outcome.happened, world->arena, sizeof(struct happened));
    outcome.violations = events.violations;

    outcome.reason = judge_birth(handler, envelope, own->state);
    if (outcome.reason)
        return outcome;
    world_needs(world, handler, envelope, own->state, message, &keys);
    outcome.is_put_off = !hold_all(world, own, &keys);
    if (outcome.is_put_off)
        return outcome;
    given.also = keys.items.items;
    given.also_count = keys.items.count;

    outcome.refusal = handler->decide(&given, message, &events);
    outcome.violations = events.violations;
    if (outcome.refusal)
        return outcome;
    if (!all_may_happen(world, &events.said)) {
        outcome.reason = WIRE__REASON__REASON_NOT_NOW;
        return outcome;
    }
    let_happen(world, &events.said, envelope->now_us, &outcome.happened);
    outcome.alarms = events.alarms;
    outcome.asides = events.asides;
    outcome.version = own->state->version;
    return outcome;
}
