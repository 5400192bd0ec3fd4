/* tests/bench/tally.c - how many there were, and how long they took. */
#include "tests/bench/tally.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>

static size_t
bucket_of(int64_t us)
{
    int shift;

    if (us < 256)
        return us < 0 ? 0 : (size_t) us;
    shift = 56 - __builtin_clzll((unsigned long long) us); /* leaves 128 to 255 */
    return 128 * (size_t) shift + (size_t) (us >> shift);
}

static int64_t
end_of(size_t bucket)
{
    int shift = bucket < 256 ? 0 : (int) (bucket / 128) - 1;

    return (((int64_t) bucket - INT64_C(128) * shift + 1) << shift) - 1;
}

void
tally_add(struct tally *tally, int64_t took_us)
{
    size_t bucket = bucket_of(took_us);

    assert(bucket < TALLY_BUCKETS);
    tally->count++;
    tally->buckets[bucket]++;
    if (took_us > tally->longest_us)
        tally->longest_us = took_us;
}

int64_t
tally_percentile(const struct tally *tally, double percent)
{
    size_t wanted = (size_t) ((double) tally->count * percent / 100), seen = 0, i = 0;

    if (tally->count == 0)
        return 0;
    while (i < TALLY_BUCKETS && (seen += tally->buckets[i]) <= wanted)
        i++;
    return i < TALLY_BUCKETS && end_of(i) < tally->longest_us ? end_of(i) : tally->longest_us;
}

void
tally_print(const struct tally *tally)
{
    printf("\"p50_us\": %" PRId64 ", \"p99_us\": %" PRId64 ", \"max_us\": %" PRId64,
           tally_percentile(tally, 50), tally_percentile(tally, 99), tally->longest_us);
}
