/* common/hint.h - what a journal has grown by: a reason to look, for whom it concerns.
 *
 * Shapes     names of events, each once.
 * Ownership  the names stay where they are; they are those of the protobuf descriptors.
 */
#ifndef SANGKIEN_COMMON_HINT_H
#define SANGKIEN_COMMON_HINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HINT_MOST_TYPES = 16 };

struct hint {
    int64_t position; /* end of the journal; 0: it has not grown */
    const char *types[HINT_MOST_TYPES];
    size_t type_count;
    bool has_more; /* more than fit, or unknown */
};

void hint_add_type(struct hint *hint, const char *type);

/* Makes one of two. */
void hint_add(struct hint *hint, const struct hint *other);

#endif
