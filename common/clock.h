/* common/clock.h - what time it is.
 *
 * Units      UTC microseconds since 1970, but for the monotonic ones, which count from an unknown start.
 * Source     the machine's clock, moved by what SANGKIEN_CLOCK_FILE says when that is set (a signed
 *            number of seconds, read afresh at every call): for rehearsals, never in production.
 */
#ifndef SANGKIEN_COMMON_CLOCK_H
#define SANGKIEN_COMMON_CLOCK_H

#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"

/* path may be NULL or "": the machine's own clock. */
int clock_open(const char *path) MUST_CHECK;
int64_t clock_now_us(void);
int64_t monotonic_us(void);
int64_t monotonic_ms(void);

#define TIME_TEXT_SIZE 48 /* with the closing NUL and room for years of six digits */

/* "2020-01-31T00:00:00.000000Z" */
void time_print(int64_t time_us, char ret_text[TIME_TEXT_SIZE]);
const char *time_text(struct arena *arena, int64_t time_us);

/* Midnight at the start of a local date, as UTC. false: there is no such day. */
_Bool local_midnight_us(int year, int month, int day, int utc_offset_minutes, int64_t *ret_us);

#endif
