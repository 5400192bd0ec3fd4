/* common/clock.h - what time it is.
 *
 * Units      UTC microseconds since 1970, but for the monotonic ones, which count from an unknown start.
 * Source     the machine's clock as it was when the process started, and from there the one that only counts. A
 *            machine's clock that is corrected is followed; one that jumps is not: what is due would be due too early,
 *            or too late. Moved by what SANGKIEN_CLOCK_FILE says when that is set (a signed number of seconds, read
 *            afresh at every call): for rehearsals, never in production.
 * Threads    any.
 */
#ifndef SANGKIEN_COMMON_CLOCK_H
#define SANGKIEN_COMMON_CLOCK_H

#include <pthread.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

/* path may be NULL or "": the machine's own clock. */
int clock_open(const char *path) MUST_CHECK;
int64_t clock_now_us(void);

/* How far the machine's clock was ahead of ours at the last call of clock_now_us, if it has jumped; 0: it has not. It is
 * followed again when it comes back to ours, or when the process starts again. */
int64_t clock_jump_us(void);

/* The two clocks on which time is told, and where they are together. */
struct timeline {
    _Atomic int64_t origin_us; /* what the machine's clock shows when the steady one shows 0 */
    _Atomic int64_t jump_us;
    _Atomic _Bool has_begun;
};

/* What time it is by what both clocks show. */
int64_t timeline_now_us(struct timeline *line, int64_t steady_us, int64_t machine_us);

int64_t monotonic_us(void);
int64_t monotonic_ms(void);

/* A condition that is waited for until a moment of the monotonic clock. false: that has passed. */
void monotonic_cond_init(pthread_cond_t *cond);
_Bool monotonic_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until_ms);

#define TIME_TEXT_SIZE 48 /* with the closing NUL and room for years of six digits */

/* "2020-01-31T00:00:00.000000Z" */
void time_print(int64_t time_us, char ret_text[TIME_TEXT_SIZE]);
const char *time_text(struct arena *arena, int64_t time_us);

#define DAY_US INT64_C(86400000000)

/* Midnight at the start of a local date, as UTC. false: there is no such day. */
_Bool local_midnight_us(int year, int month, int day, int utc_offset_minutes, int64_t *ret_us);

#endif
