/* common/map.c - open addressing over FNV-1a. */
#include "common/map.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void **
slot_of(const struct map *map, void **slots, size_t room, const void *key)
{
    const uint8_t *bytes = key;
    uint64_t hash = 14695981039346656037U; /* FNV-1a */

    for (size_t i = 0; i < map->key_size; i++)
        hash = (hash ^ bytes[i]) * 1099511628211U;
    hash ^= hash >> 32;
    for (size_t i = hash & (room - 1);; i = (i + 1) & (room - 1))
        if (!slots[i] || memcmp((char *) slots[i] + map->key_offset, key, map->key_size) == 0)
            return &slots[i];
}

static void **
slots_new(size_t room)
{
    void **slots = calloc(room, sizeof(void *));

    if (!slots)
        abort();
    return slots;
}

void
map_init(struct map *map, size_t key_offset, size_t key_size)
{
    *map = (struct map){ slots_new(64), 64, 0, key_offset, key_size };
}

void
map_done(struct map *map)
{
    free(map->slots);
    *map = (struct map){ 0 };
}

void *
map_get(const struct map *map, const void *key)
{
    return *slot_of(map, map->slots, map->room, key);
}

void
map_put(struct map *map, void *item)
{
    void **slot;

    if (2 * (map->count + 1) > map->room) {
        size_t room = map->room * 2;
        void **slots = slots_new(room);

        for (size_t i = 0; i < map->room; i++)
            if (map->slots[i])
                *slot_of(map, slots, room, (char *) map->slots[i] + map->key_offset) =
                    map->slots[i];
        free(map->slots);
        map->slots = slots;
        map->room = room;
    }
    slot = slot_of(map, map->slots, map->room, (char *) item + map->key_offset);
    if (!*slot)
        map->count++;
    *slot = item;
}
