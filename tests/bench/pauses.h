/* tests/bench/pauses.h - who was refused for want of room, and when it may send its next command.
 *
 * Shapes     who was refused so often one after the other pauses twice as long as who was refused once less, up to 32
 *            times as long as the first time.
 * Units      microseconds of the monotonic clock.
 */
#ifndef SANGKIEN_TESTS_BENCH_PAUSES_H
#define SANGKIEN_TESTS_BENCH_PAUSES_H

#include <stdbool.h>
#include <stdint.h>

/* A command under way, or the pause before one. */
struct flight {
    int64_t began_us; /* 0: none; of a pause: when it is over */
    uint32_t client;
    uint16_t group;
    uint16_t refused; /* so often one after the other, before */
};

struct pauses;

/* pause_us 0: nobody pauses. Ends the process without memory. */
struct pauses *pauses_new(int64_t pause_us);

/* The place of a command that was refused now; false: it need not pause. Ends the process where there is no room. */
bool pauses_put(struct pauses *pauses, const struct flight *refused, int64_t now_us);

/* One whose pause is over; false: there is none. */
bool pauses_take(struct pauses *pauses, int64_t now_us, struct flight *ret_rested);

/* When the next pause is over, at the latest then. */
int64_t pauses_next_us(const struct pauses *pauses, int64_t latest_us);

#endif
