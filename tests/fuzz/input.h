/* tests/fuzz/input.h - takes an input of the fuzzer apart, and says aloud what did not hold.
 *
 * Shapes     an input may end anywhere: what is taken behind its end is zero or empty.
 * Ownership  bytes point into the input; texts lie in the arena.
 */
#ifndef SANGKIEN_TESTS_FUZZ_INPUT_H
#define SANGKIEN_TESTS_FUZZ_INPUT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/proto.h"

/* What the fuzzer calls. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PROMISE(holds, ...)                                                                        \
    do {                                                                                           \
        if (!(holds)) {                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #holds);                    \
            fprintf(stderr, __VA_ARGS__);                                                          \
            fputc('\n', stderr);                                                                   \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

static inline uint8_t
take_byte(struct bytes *in)
{
    if (in->size == 0)
        return 0;
    in->size--;
    return *in->data++;
}

static inline uint64_t
take_number(struct bytes *in, unsigned bytes)
{
    uint64_t number = 0;

    while (bytes--)
        number = number << 8 | take_byte(in);
    return number;
}

static inline struct bytes
take_some(struct bytes *in, size_t size)
{
    struct bytes taken = { in->data, size < in->size ? size : in->size };

    in->data += taken.size;
    in->size -= taken.size;
    return taken;
}

/* Bytes behind their length, in two bytes. */
static inline struct bytes
take_bytes(struct bytes *in)
{
    return take_some(in, take_number(in, 2));
}

/* The same, up to the first NUL in it. */
static inline const char *
take_text(struct bytes *in, struct arena *arena)
{
    struct bytes bytes = take_bytes(in);

    return bytes.size ? arena_format(arena, "%.*s", (int) bytes.size, (const char *) bytes.data)
                      : "";
}

/* Names stand on a ring of 65,536 places; two bytes name the next one behind. So a new message takes places from one
 * other only, and inputs that were kept go on meaning the same. tests/fuzz/seeds.py does it too. */
static inline uint16_t
place_of(const char *name)
{
    uint32_t hash = 2166136261;

    for (; *name; name++)
        hash = (hash ^ (uint8_t) *name) * 16777619;
    return (uint16_t) (hash >> 16 ^ hash);
}

static inline const struct word *
take_word(struct bytes *in)
{
    enum { MOST_WORDS = 1024 };
    static uint16_t places[MOST_WORDS];
    static bool is_known;
    uint16_t place = (uint16_t) take_number(in, 2);
    size_t next = 0;

    PROMISE(proto_word_count <= MOST_WORDS, "%zu words", proto_word_count);
    for (size_t i = 0; i < proto_word_count && !is_known; i++)
        places[i] = place_of(proto_words[i].name);
    is_known = true;
    for (size_t i = 1; i < proto_word_count; i++)
        if ((uint16_t) (places[i] - place) < (uint16_t) (places[next] - place))
            next = i;
    return &proto_words[next];
}

#endif
