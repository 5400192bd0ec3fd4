/* common/arena.c - a row of chunks, filled from front to back. */
#include "common/arena.h"

#include <assert.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 16
#define CHUNK_SIZE ((size_t) 64 * 1024)
#define LARGEST (SIZE_MAX / 4)

struct chunk {
    struct chunk *next;
    size_t size;
    size_t used;
    size_t dirty; /* bytes from the start that an earlier use may have written */
    alignas(ALIGNMENT) unsigned char bytes[];
};

struct arena {
    struct chunk *first;
    struct chunk *current; /* those after it are empty */
    size_t used;
    size_t limit;
    ProtobufCAllocator allocator;
};

static void
out_of_memory(void)
{
    fputs("sangkien: out of memory\n", stderr);
    abort();
}

/* calloc: the kernel's fresh pages are zero already and stay untouched until used. */
static struct chunk *
chunk_new(size_t size)
{
    struct chunk *chunk = calloc(1, sizeof(*chunk) + size);

    if (!chunk)
        out_of_memory();
    chunk->size = size;
    return chunk;
}

static void *
allocate(struct arena *arena, size_t size)
{
    struct chunk *chunk = arena->current;
    unsigned char *block;

    if (size > LARGEST)
        out_of_memory();
    size = (size + ALIGNMENT - 1) & ~(size_t) (ALIGNMENT - 1);
    if (chunk->size - chunk->used < size) {
        if (!chunk->next || chunk->next->size < size) {
            struct chunk *fresh = chunk_new(size > CHUNK_SIZE ? size : CHUNK_SIZE);

            fresh->next = chunk->next;
            chunk->next = fresh;
        }
        chunk = arena->current = chunk->next;
    }
    block = chunk->bytes + chunk->used;
    if (chunk->dirty > chunk->used) {
        size_t left = chunk->dirty - chunk->used;

        memset(block, 0, size < left ? size : left);
    }
    chunk->used += size;
    arena->used += size;
    return block;
}

static void *
allocate_within_limit(void *context, size_t size)
{
    struct arena *arena = context;

    if (arena->limit && (arena->used >= arena->limit || size > arena->limit - arena->used))
        return NULL;
    return allocate(arena, size);
}

static void
free_nothing(void *context, void *block)
{
    (void) context;
    (void) block;
}

struct arena *
arena_new(void)
{
    struct arena *arena = calloc(1, sizeof(*arena));

    if (!arena)
        out_of_memory();
    arena->first = arena->current = chunk_new(CHUNK_SIZE);
    arena->allocator = (ProtobufCAllocator){ allocate_within_limit, free_nothing, arena };
    return arena;
}

void
arena_free(struct arena **arena_p)
{
    struct arena *arena = *arena_p;

    *arena_p = NULL;
    if (!arena)
        return;
    for (struct chunk *chunk = arena->first, *next; chunk; chunk = next) {
        next = chunk->next;
        free(chunk);
    }
    free(arena);
}

/* The first chunk always stays; of the others, as many as fit. */
void
arena_reset(struct arena *arena, size_t keep_bytes)
{
    size_t kept = 0;

    for (struct chunk **link = &arena->first; *link;) {
        struct chunk *chunk = *link;

        if (chunk != arena->first && (kept > keep_bytes || chunk->size > keep_bytes - kept)) {
            *link = chunk->next;
            free(chunk);
            continue;
        }
        kept += chunk->size;
        if (chunk->dirty < chunk->used)
            chunk->dirty = chunk->used;
        chunk->used = 0;
        link = &chunk->next;
    }
    arena->current = arena->first;
    arena->used = 0;
}

void *
arena_zero(struct arena *arena, size_t size)
{
    return allocate(arena, size);
}

char *
arena_text(struct arena *arena, const char *text)
{
    size_t size = strlen(text) + 1;

    return memcpy(allocate(arena, size), text, size);
}

char *
arena_format(struct arena *arena, const char *format, ...)
{
    va_list args, again;
    char *text;
    int length;

    va_start(args, format);
    va_copy(again, args);
    length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(length >= 0);
    text = allocate(arena, (size_t) length + 1);
    vsnprintf(text, (size_t) length + 1, format, again);
    va_end(again);
    return text;
}

struct bytes
arena_bytes(struct arena *arena, const void *data, size_t size)
{
    uint8_t *copy = allocate(arena, size);

    if (size)
        memcpy(copy, data, size);
    return (struct bytes){ copy, size };
}

size_t
arena_used(const struct arena *arena)
{
    return arena->used;
}

ProtobufCAllocator *
arena_allocator(struct arena *arena)
{
    return &arena->allocator;
}

void
arena_limit(struct arena *arena, size_t most_bytes)
{
    arena->limit = most_bytes;
}
