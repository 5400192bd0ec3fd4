/* common/party.h - which agencies have a part in an aggregate, and so may see it and hear its events.
 *
 * Shapes     those in its PARTY columns, each once, the nil id left out. Whoever left by a row of a child
 *            table has no part by the rows of that table any more.
 * Ownership  the list's arena.
 * Threads    pure.
 */
#ifndef SANGKIEN_COMMON_PARTY_H
#define SANGKIEN_COMMON_PARTY_H

#include <stdbool.h>

#include "common/id.h"
#include "common/list.h"
#include "common/table.h"

/* Adds the parties of a state to a list of struct uuid, and takes away none that stands there. */
void party_add_all(struct list *parties, const struct table *table, const void *state);

bool party_is_among(const struct list *parties, const struct uuid *agency);

/* Does a row give somebody a part that another row may end? */
bool party_may_leave(const struct table *table, const void *state);

#endif
