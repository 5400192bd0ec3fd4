/* common/arena.h - memory that is given back all at once, at the end of a batch.
 *
 * Shapes     every block is zeroed and aligned for any type.
 * Errors     never fails: without memory the process aborts.
 * Ownership  the arena owns what it hands out.
 * Threads    belongs to one thread at a time.
 */
#ifndef SANGKIEN_COMMON_ARENA_H
#define SANGKIEN_COMMON_ARENA_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* Bytes that somebody else owns. */
struct bytes {
    const uint8_t *data;
    size_t size;
};

struct arena *arena_new(void);
void arena_free(struct arena **arena_p);

/* Takes everything back; keeps up to keep_bytes of memory for the next use. */
void arena_reset(struct arena *arena, size_t keep_bytes);

void *arena_zero(struct arena *arena, size_t size);
char *arena_text(struct arena *arena, const char *text);
char *arena_format(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
struct bytes arena_bytes(struct arena *arena, const void *data, size_t size);

/* Bytes in use now. */
size_t arena_used(const struct arena *arena);

/* For protobuf-c: allocates here, frees nothing. */
ProtobufCAllocator *arena_allocator(struct arena *arena);

/* Fails every allocation of the allocator above that would pass this many bytes in use; 0 lifts it. */
void arena_limit(struct arena *arena, size_t most_bytes);

#endif
