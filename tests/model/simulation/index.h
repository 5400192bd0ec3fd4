/* tests/model/simulation/index.h - items found by a key at their beginning: common/map.h, hashed eight bytes at a time,
 * for most of what the simulation does is looking up.
 *
 * Ownership  the index holds pointers; the items are somebody else's.
 */
#ifndef SANGKIEN_TESTS_MODEL_INDEX_H
#define SANGKIEN_TESTS_MODEL_INDEX_H

#include <stdlib.h>

#include "tests/model/simulation/dice.h"

struct index_slot {
    uint64_t hash;
    void *item; /* NULL: free */
};

struct index {
    struct index_slot *slots; /* a power of two of them */
    size_t room, count, key_size;
};

static inline void
index_init(struct index *index, size_t key_size)
{
    *index = (struct index){ .room = 1024, .key_size = key_size };
    index->slots = calloc(index->room, sizeof(*index->slots));
    if (!index->slots)
        abort();
}

static inline void
index_done(struct index *index)
{
    free(index->slots);
    *index = (struct index){ 0 };
}

static inline struct index_slot *
index_slot_of(const struct index *index, uint64_t hash, const void *key)
{
    for (size_t i = hash & (index->room - 1);; i = (i + 1) & (index->room - 1)) {
        struct index_slot *slot = &index->slots[i];

        if (!slot->item || (slot->hash == hash && memcmp(slot->item, key, index->key_size) == 0))
            return slot;
    }
}

/* NULL when there is no such item. */
static inline void *
index_get(const struct index *index, const void *key)
{
    return index_slot_of(index, trace_bytes(0, key, index->key_size), key)->item;
}

static inline void
index_grow(struct index *index)
{
    struct index fresh = { .room = 2 * index->room, .count = index->count };

    fresh.key_size = index->key_size;
    fresh.slots = calloc(fresh.room, sizeof(*fresh.slots));
    if (!fresh.slots)
        abort();
    for (size_t i = 0; i < index->room; i++)
        if (index->slots[i].item) {
            size_t at = index->slots[i].hash & (fresh.room - 1);

            while (fresh.slots[at].item)
                at = (at + 1) & (fresh.room - 1);
            fresh.slots[at] = index->slots[i];
        }
    free(index->slots);
    *index = fresh;
}

/* Takes the place of an item with the same key. */
static inline void
index_put(struct index *index, void *item)
{
    uint64_t hash = trace_bytes(0, item, index->key_size);
    struct index_slot *slot;

    if (2 * (index->count + 1) > index->room)
        index_grow(index);
    slot = index_slot_of(index, hash, item);
    index->count += !slot->item;
    *slot = (struct index_slot){ hash, item };
}

#endif
