/* tests/model/simulation/dice.h - chance that can be had again, and the trace of what came of it.
 *
 * Source     splitmix64; FNV-1a, eight bytes at a time.
 */
#ifndef SANGKIEN_TESTS_MODEL_DICE_H
#define SANGKIEN_TESTS_MODEL_DICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/id.h"

struct dice {
    uint64_t state;
};

static inline uint64_t
dice_next(struct dice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* 0 to sides - 1. Never two throws among the arguments of one call: which is the first, the compiler decides. */
static inline uint64_t
dice_throw(struct dice *dice, uint64_t sides)
{
    return dice_next(dice) % sides;
}

/* True so often in a thousand. */
static inline bool
dice_chance(struct dice *dice, unsigned per_mille)
{
    return dice_throw(dice, 1000) < per_mille;
}

static inline struct uuid
dice_uuid(struct dice *dice)
{
    uint64_t halves[2];
    struct uuid id;

    halves[0] = dice_next(dice);
    halves[1] = dice_next(dice);
    memcpy(id.bytes, halves, sizeof(id.bytes));
    id.bytes[6] = (uint8_t) (0x70 | (id.bytes[6] & 0x0f));
    id.bytes[8] = (uint8_t) (0x80 | (id.bytes[8] & 0x3f));
    return id;
}

static inline uint64_t
trace_bytes(uint64_t trace, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    uint64_t word;

    for (; size >= sizeof(word); at += sizeof(word), size -= sizeof(word)) {
        memcpy(&word, at, sizeof(word));
        trace = (trace ^ word) * UINT64_C(1099511628211);
        trace ^= trace >> 29;
    }
    for (; size; at++, size--)
        trace = (trace ^ *at) * UINT64_C(1099511628211);
    return trace ^ (trace >> 32);
}

static inline uint64_t
trace_number(uint64_t trace, uint64_t number)
{
    return trace_bytes(trace, &number, sizeof(number));
}

static inline uint64_t
trace_text(uint64_t trace, const char *text)
{
    return trace_bytes(trace, text, strlen(text));
}

#endif
