/* common/verify_lots.c - sorts the events that pass by into lots of aggregates, so that none has to be kept long.
 *
 * New ids are mostly greater than older ones, and an aggregate mostly lives for a while only. So a lot is opened
 * for ids above all others, keeps what is told of them, and is given to the comparers when there is no room for it
 * any more. If it was not yet complete, or anything in it is not in order, it is read again from the database, which
 * sorts all of that by aggregate: then it is cut into lots that are not too large, however the ids were chosen. */
#include <stdlib.h>
#include <string.h>

#include "common/verify_parts.h"

enum { BIRTHS = 2000, RECENT = 64, MOST_NOTED = 16384, EVENTS = 10000 };

#define ROOM ((size_t) 64 << 20)

struct lots {
    struct arena *arena;
    struct list all;            /* of struct lot *, in the order of their ids */
    size_t first_open;          /* those before it were given away */
    size_t room, used;          /* bytes */
    struct uuid recent[RECENT]; /* the last that were born in the newest */
    /* One event in so many gives the id of its aggregate. */
    struct uuid noted[MOST_NOTED];
    size_t noted_count;
    int64_t stride, events;
};

/* ------------------------------------------------------------------ what is told */

static void
add_told(struct lot *lot, struct told *told)
{
    told->next = NULL;
    if (lot->last_told)
        lot->last_told->next = told;
    else
        lot->told = told;
    lot->last_told = told;
}

/* With all that it points to. */
static struct told *
copy_told(struct arena *arena, const struct told *told)
{
    struct told *copy = arena_zero(arena, sizeof(*copy));

    *copy = *told;
    copy->service = arena_text(arena, told->service);
    copy->kind = arena_text(arena, told->kind);
    copy->type = arena_text(arena, told->type);
    copy->because = arena_text(arena, told->because);
    copy->body = arena_bytes(arena, told->body.data, told->body.size);
    return copy;
}

void
lot_keep(struct lot *lot, const struct journal_row *event)
{
    const struct told told = {
        .position = event->position,
        .service = event->service,
        .kind = event->kind,
        .type = event->type,
        .aggregate = event->aggregate,
        .version = event->version,
        .recorded_us = event->recorded_us,
        .because = event->because,
        .body = event->body,
    };

    add_told(lot, copy_told(lot->kept, &told));
}

/* ------------------------------------------------------------------ lots */

static struct lot *
open_lot(struct lots *lots, const struct uuid *first)
{
    struct lot *lot = arena_zero(lots->arena, sizeof(*lot));

    lot->first = *first;
    memset(lot->last.bytes, 0xff, sizeof(lot->last.bytes));
    lot->kept = arena_new();
    *(struct lot **) list_add(&lots->all) = lot;
    return lot;
}

static struct lot *
lot_at(const struct lots *lots, size_t i)
{
    return *(struct lot **) list_at(&lots->all, i);
}

struct lots *
lots_new(struct arena *arena, size_t room)
{
    static const struct uuid least;
    struct lots *lots = calloc(1, sizeof(*lots));

    if (!lots)
        abort();
    lots->arena = arena;
    lots->room = room ? room : ROOM;
    lots->stride = 1;
    list_init(&lots->all, arena, sizeof(struct lot *));
    open_lot(lots, &least);
    return lots;
}

void
lots_free(struct lots **lots_p)
{
    for (size_t i = 0; i < (*lots_p)->all.count; i++)
        arena_free(&lot_at(*lots_p, i)->kept);
    free(*lots_p);
    *lots_p = NULL;
}

static struct uuid
next_of(struct uuid id)
{
    for (size_t i = sizeof(id.bytes); i-- > 0 && ++id.bytes[i] == 0;)
        ;
    return id;
}

/* The newest lot ends, at the greatest of the last ids that came: an odd one long ago does not count. */
static void
begin_another(struct lots *lots)
{
    struct lot *newest = lot_at(lots, lots->all.count - 1);
    struct uuid greatest = newest->first, first;

    for (size_t i = 0; i < RECENT; i++)
        if (uuid_compare(&lots->recent[i], &greatest) > 0)
            greatest = lots->recent[i];
    newest->last = greatest;
    first = next_of(greatest);
    open_lot(lots, &first);
    memset(lots->recent, 0, sizeof(lots->recent));
}

/* What is told of ids that are no longer this lot's: few, where it ends well. */
static void
move_to_newest(struct lots *lots, struct lot *lot)
{
    struct lot *newest = lot_at(lots, lots->all.count - 1);
    struct told *told = lot->told;

    lot->told = lot->last_told = NULL;
    for (struct told *next; told; told = next) {
        next = told->next;
        if (uuid_compare(&told->aggregate, &newest->first) < 0)
            add_told(lot, told);
        else
            add_told(newest, copy_told(newest->kept, told));
    }
    lots->used += arena_used(newest->kept);
}

static struct lot *
lot_of(const struct lots *lots, const struct uuid *id)
{
    size_t low = 0, high = lots->all.count - 1;

    while (low < high) {
        size_t middle = (low + high + 1) / 2;

        if (uuid_compare(id, &lot_at(lots, middle)->first) < 0)
            high = middle - 1;
        else
            low = middle;
    }
    return lot_at(lots, low);
}

static void
note(struct lots *lots, const struct uuid *aggregate)
{
    if (lots->events++ % lots->stride != 0)
        return;
    if (lots->noted_count == MOST_NOTED) {
        for (size_t i = 0; i < MOST_NOTED / 2; i++)
            lots->noted[i] = lots->noted[2 * i];
        lots->noted_count = MOST_NOTED / 2;
        lots->stride *= 2;
    }
    lots->noted[lots->noted_count++] = *aggregate;
}

static void
give_oldest(struct verifier *v)
{
    struct lots *lots = v->lots;
    struct lot *oldest = lot_at(lots, lots->first_open);

    if (lots->first_open + 1 == lots->all.count)
        begin_another(lots);
    lots->first_open++;
    lots->used -= arena_used(oldest->kept);
    oldest->is_given = true;
    comparers_give(v->comparers, oldest);
}

void
lots_take(struct verifier *v, const struct journal_row *row)
{
    struct lots *lots = v->lots;
    struct lot *lot = lot_of(lots, &row->aggregate);
    const struct lot *newest = lot_at(lots, lots->all.count - 1);

    note(lots, &row->aggregate);
    if (lot->is_given) {
        lot->came_late = true;
        return;
    }
    lots->used -= arena_used(lot->kept);
    lot_keep(lot, row);
    lots->used += arena_used(lot->kept);
    if (lot == newest && row->version == 1)
        lots->recent[lot->births++ % RECENT] = row->aggregate;
    if (lot == newest && lot->births == BIRTHS) {
        begin_another(lots);
        move_to_newest(lots, lot);
    }
    while (lots->used > lots->room)
        give_oldest(v);
}

void
lots_give_all(struct verifier *v)
{
    while (v->lots->first_open + 1 < v->lots->all.count)
        give_oldest(v);
    lot_at(v->lots, v->lots->first_open)->is_given = true;
    comparers_give(v->comparers, lot_at(v->lots, v->lots->first_open++));
}

/* ------------------------------------------------------------------ once more */

static int
by_id(const void *a, const void *b)
{
    return uuid_compare(a, b);
}

static struct lot *
add_cut(struct list *cuts, struct uuid first)
{
    struct lot *lot = list_add(cuts);

    lot->first = first;
    lot->is_final = true;
    return lot;
}

/* At every so-many-th of the ids that were noted. */
static void
cut(struct lots *lots, const struct lot *whole, struct list *cuts)
{
    struct lot *part = add_cut(cuts, whole->first);
    int64_t since = 0;

    for (size_t i = 0; i < lots->noted_count; i++) {
        const struct uuid *id = &lots->noted[i];

        if (uuid_compare(id, &part->first) < 0 || uuid_compare(id, &whole->last) >= 0)
            continue;
        since += lots->stride;
        if (since >= EVENTS) {
            part->last = *id;
            part = add_cut(cuts, next_of(*id));
            since = 0;
        }
    }
    part->last = whole->last;
}

void
lots_again(struct verifier *v, struct list *ret_lots)
{
    struct lots *lots = v->lots;

    qsort(lots->noted, lots->noted_count, sizeof(*lots->noted), by_id);
    list_init(ret_lots, lots->arena, sizeof(struct lot));
    for (size_t i = 0; i < lots->all.count; i++) {
        const struct lot *lot = lot_at(lots, i);

        if (lot->is_in_order && !lot->came_late)
            v->aggregates += lot->aggregates;
        else
            cut(lots, lot, ret_lots);
    }
}
