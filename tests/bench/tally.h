/* tests/bench/tally.h - how many there were, and how long they took.
 *
 * Shapes     buckets 1 us wide below 256 us, then 128 to every doubling: below 1% off, up to 19 hours.
 * Units      microseconds.
 */
#ifndef SANGKIEN_BENCH_TALLY_H
#define SANGKIEN_BENCH_TALLY_H

#include <stddef.h>
#include <stdint.h>

#define TALLY_BUCKETS (256 + 28 * 128)

struct tally {
    size_t count;
    int64_t longest_us;
    uint32_t buckets[TALLY_BUCKETS];
};

void tally_add(struct tally *tally, int64_t took_us);

/* At most so long took `percent` of a hundred; 0 when there were none. */
int64_t tally_percentile(const struct tally *tally, double percent);

/* Prints "p50_us": ..., "p99_us": ..., "max_us": ..., the members of a JSON object. */
void tally_print(const struct tally *tally);

#endif
