/* common/party.c - agencies are added in the order in which they stand, columns before rows. Pure. */
#include "common/party.h"

static struct uuid *
find(const struct list *parties, size_t first, const struct uuid *agency)
{
    struct uuid *all = parties->items;

    for (size_t i = first; i < parties->count; i++)
        if (uuid_equal(&all[i], agency))
            return &all[i];
    return NULL;
}

bool
party_is_among(const struct list *parties, const struct uuid *agency)
{
    return find(parties, 0, agency) != NULL;
}

static void
add(struct list *parties, const struct uuid *agency)
{
    if (!uuid_is_nil(agency) && !party_is_among(parties, agency))
        *(struct uuid *) list_add(parties) = *agency;
}

/* From the first one on: those before have their part by something else. */
static void
take_away(struct list *parties, size_t first, const struct uuid *agency)
{
    struct uuid *there = find(parties, first, agency);

    if (there) {
        *there = *(const struct uuid *) list_at(parties, parties->count - 1);
        parties->count--;
    }
}

/* Rows are only ever added: who left stands there as one who came, too, and before. */
static void
add_rows(struct list *parties, const struct child *child, const struct column *column,
         const struct list *rows)
{
    size_t others = parties->count;

    for (size_t i = 0; i < rows->count; i++) {
        const char *row = list_at(rows, i);
        const struct uuid *agency = (const void *) (row + column->offset);

        if (child->left && *(const bool *) (row + child->left))
            take_away(parties, others, agency);
        else
            add(parties, agency);
    }
}

static const struct list *
rows_of(const struct child *child, const void *state)
{
    return (const void *) ((const char *) state + child->offset);
}

void
party_add_all(struct list *parties, const struct table *table, const void *state)
{
    for (const struct column *c = table->columns; c->name; c++)
        if (c->type == PARTY)
            add(parties, (const void *) ((const char *) state + c->offset));
    for (const struct child *child = table->children; child && child->name; child++)
        for (const struct column *c = child->columns; c->name; c++)
            if (c->type == PARTY)
                add_rows(parties, child, c, rows_of(child, state));
}

bool
party_may_leave(const struct table *table, const void *state)
{
    for (const struct child *child = table->children; child && child->name; child++)
        if (child->left && rows_of(child, state)->count)
            return true;
    return false;
}
