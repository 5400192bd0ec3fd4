/* tests/bench/pool.h - the entries that are there to be changed, as world.py and schema.sql make them. */
#ifndef SANGKIEN_BENCH_POOL_H
#define SANGKIEN_BENCH_POOL_H

#include <stdint.h>

#define POOL 200000
#define STRIDE 7919 /* prime: one after another they lie all over the table, and none comes twice */

/* Number of the nth entry to take. */
static inline uint64_t
pool_entry(uint64_t n)
{
    return n * STRIDE % POOL;
}

#endif
