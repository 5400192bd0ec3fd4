/* common/fill.h - fills a query's response from a state or from rows, field by field of the same name.
 *
 * Shapes     UUIDs become text, times Timestamps, digests bytes; enums keep their number.
 * Ownership  the response lies in the arena.
 */
#ifndef SANGKIEN_COMMON_FILL_H
#define SANGKIEN_COMMON_FILL_H

#include "common/db.h"
#include "common/decide.h"
#include "common/service.h"

ProtobufCMessage *fill_get(struct arena *arena, const struct query *query,
                           const struct aggregate *state);

/* At most size rows, and at most so many bytes; where more follow, next_page_token says after which. */
ProtobufCMessage *fill_list(struct arena *arena, const struct query *query,
                            const struct db_result *result, size_t size, size_t most_bytes);

#endif
