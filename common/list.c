/* common/list.c - a list that outgrows its room moves; its old items stay readable where they were.
 */
#include "common/list.h"

#include <assert.h>
#include <string.h>

void
list_init(struct list *list, struct arena *arena, size_t item_size)
{
    *list = (struct list){ .arena = arena, .item_size = item_size };
}

void *
list_add(struct list *list)
{
    assert(list->arena && list->item_size);
    if (list->count == list->room) {
        size_t room = list->room ? list->room * 2 : 4;
        void *items = arena_zero(list->arena, room * list->item_size);

        if (list->count)
            memcpy(items, list->items, list->count * list->item_size);
        list->items = items;
        list->room = room;
    }
    list->count++;
    /* A copy of this list may have written here before it was given up. */
    return memset(list_at(list, list->count - 1), 0, list->item_size);
}

void *
list_at(const struct list *list, size_t index)
{
    assert(index < list->count);
    return (char *) list->items + index * list->item_size;
}
