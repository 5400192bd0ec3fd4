/* tests/fuzz/make.h - messages made up from the bytes of an input: nearly all valid, and about what is there.
 *
 * Ownership  messages lie in the arena.
 */
#ifndef SANGKIEN_TESTS_FUZZ_MAKE_H
#define SANGKIEN_TESTS_FUZZ_MAKE_H

#include "common/arena.h"
#include "common/list.h"
#include "common/proto.h"

/* What messages may name. */
struct known {
    struct list ids;          /* of struct uuid */
    struct list digests;      /* of struct digest */
    const char *const *codes; /* closed by NULL; NULL: there are none */
    int64_t now_us;
};

void *make_message(struct arena *arena, struct bytes *in, const struct known *known,
                   const ProtobufCMessageDescriptor *type);

/* One of the ids; one that nobody bears where there are none. */
struct uuid make_id(struct bytes *in, const struct known *known);

#endif
