/* common/list.h - a growing row of equal items in an arena.
 *
 * Shapes     items[0 .. count); the first `stored` of them came from the database. Items are only added.
 * Ownership  the arena's; a list is copied with its head, the items stay shared.
 */
#ifndef SANGKIEN_COMMON_LIST_H
#define SANGKIEN_COMMON_LIST_H

#include <stddef.h>

#include "common/arena.h"

struct list {
    struct arena *arena;
    size_t item_size;
    size_t count;
    size_t stored;
    size_t room;
    void *items;
};

void list_init(struct list *list, struct arena *arena, size_t item_size);

/* A new, zeroed item at the end. */
void *list_add(struct list *list);

void *list_at(const struct list *list, size_t index);

#define LIST_EACH(type, item, list)                                                                \
    for (type *item = (list)->items, *item##_end = (list)->count ? item + (list)->count : item;    \
         item < item##_end; item++)

#endif
