/* common/hint.c - what a journal has grown by. */
#include "common/hint.h"

#include <string.h>

void
hint_add_type(struct hint *hint, const char *type)
{
    for (size_t i = 0; i < hint->type_count; i++)
        if (hint->types[i] == type || strcmp(hint->types[i], type) == 0)
            return;
    if (hint->type_count == HINT_MOST_TYPES)
        hint->has_more = true;
    else
        hint->types[hint->type_count++] = type;
}

void
hint_add(struct hint *hint, const struct hint *other)
{
    if (other->position > hint->position)
        hint->position = other->position;
    for (size_t i = 0; i < other->type_count; i++)
        hint_add_type(hint, other->types[i]);
    hint->has_more = hint->has_more || other->has_more;
}
