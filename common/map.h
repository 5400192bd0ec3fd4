/* common/map.h - items found by a key that lies inside them.
 *
 * Shapes     all keys of a map have one size, and one place in their items. Items are only added.
 * Errors     without memory the process aborts.
 * Ownership  the map holds pointers; the items are somebody else's.
 * Threads    one writer; readers in other threads must hold a lock of their own.
 */
#ifndef SANGKIEN_COMMON_MAP_H
#define SANGKIEN_COMMON_MAP_H

#include <stddef.h>

struct map {
    void **slots; /* open addressing; a power of two of them */
    size_t room;
    size_t count;
    size_t key_offset;
    size_t key_size;
};

void map_init(struct map *map, size_t key_offset, size_t key_size);
void map_done(struct map *map);

/* NULL when there is no such item. */
void *map_get(const struct map *map, const void *key);

/* Takes the place of an item with the same key. */
void map_put(struct map *map, void *item);

#endif
