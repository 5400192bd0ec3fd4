/* common/clock.c - the clock, and the calendar in whole numbers. */
#include "common/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND_US INT64_C(1000000)
#define MOST_SHIFT_SECONDS INT64_C(3155760000) /* a century */
#define MOST_OFFSET_MINUTES (14 * 60)

/* Of a correction (a leap second, a clock that is set at start); and between looks at two clocks that count as one. */
#define MOST_STEP_US (2 * SECOND_US)
#define MOST_LOOK_US (SECOND_US / 10)

static char shift_path[PATH_MAX];
static _Atomic int64_t shift_us;
static struct timeline timeline;

/* Reads a signed whole number, with nothing after it but the end of its line. */
static bool
read_shift(const char *path, int64_t *ret_us)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char text[32];
    ssize_t size;
    long long seconds;
    char *end;

    if (fd < 0)
        return false;
    size = read(fd, text, sizeof(text) - 1);
    close(fd);
    if (size <= 0)
        return false;
    text[size] = '\0';
    errno = 0;
    seconds = strtoll(text, &end, 10);
    if (end == text || errno || (*end && strcmp(end, "\n") != 0))
        return false;
    if (seconds > MOST_SHIFT_SECONDS || seconds < -MOST_SHIFT_SECONDS)
        return false;
    *ret_us = seconds * SECOND_US;
    return true;
}

int
clock_open(const char *path)
{
    int64_t us = 0;

    if (!path)
        path = "";
    if (strlen(path) >= sizeof(shift_path))
        return err_set(ERR_FATAL, "SANGKIEN_CLOCK_FILE: the path is too long");
    if (*path && !read_shift(path, &us))
        return err_set(ERR_FATAL, "SANGKIEN_CLOCK_FILE: %s holds no number of seconds", path);
    memcpy(shift_path, path, strlen(path) + 1);
    atomic_store(&shift_us, us);
    timeline = (struct timeline){ 0 };
    clock_now_us();
    return 0;
}

/* ------------------------------------------------------------------ the line of time */

int64_t
timeline_now_us(struct timeline *line, int64_t steady_us, int64_t machine_us)
{
    int64_t origin = atomic_load(&line->origin_us);
    int64_t off = machine_us - steady_us - origin;
    bool is_followed =
        !atomic_load(&line->has_begun) || (-MOST_STEP_US <= off && off <= MOST_STEP_US);

    atomic_store(&line->jump_us, is_followed ? 0 : off);
    if (!is_followed)
        return steady_us + origin;
    atomic_store(&line->origin_us, machine_us - steady_us);
    atomic_store(&line->has_begun, true);
    return machine_us;
}

static int64_t
read_us(clockid_t clock)
{
    struct timespec now;

    clock_gettime(clock, &now);
    return now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

/* A process that was halted between its two looks looks again. The steady clock goes on while the machine sleeps. */
static int64_t
now_us(void)
{
    int64_t steady, machine;

    do {
        steady = read_us(CLOCK_BOOTTIME);
        machine = read_us(CLOCK_REALTIME);
    } while (read_us(CLOCK_BOOTTIME) - steady > MOST_LOOK_US);
    return timeline_now_us(&timeline, steady, machine);
}

/* A file that is just being rewritten counts as unchanged. */
int64_t
clock_now_us(void)
{
    int64_t us;

    if (*shift_path && read_shift(shift_path, &us))
        atomic_store(&shift_us, us);
    return now_us() + atomic_load(&shift_us);
}

int64_t
clock_jump_us(void)
{
    return atomic_load(&timeline.jump_us);
}

int64_t
monotonic_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

int64_t
monotonic_ms(void)
{
    return monotonic_us() / 1000;
}

void
monotonic_cond_init(pthread_cond_t *cond)
{
    pthread_condattr_t monotonic;

    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(cond, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

bool
monotonic_cond_wait(pthread_cond_t *cond, pthread_mutex_t *mutex, int64_t until_ms)
{
    struct timespec until = { until_ms / 1000, until_ms % 1000 * 1000000 };

    return pthread_cond_timedwait(cond, mutex, &until) == 0;
}

/* ------------------------------------------------------------------ calendar */

/* Years are counted from March, so that the leap day is the last of its year; 400 years are an era
 * of 146,097 days, and 719,468 days lie between 0000-03-01 and 1970-01-01. Proleptic Gregorian. */
static int64_t
days_from_civil(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = y / 400; /* no year before 0 comes here */
    int64_t year_of_era = y - era * 400;
    int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * 146097 + day_of_era - 719468;
}

static void
civil_from_days(int64_t days, int64_t *ret_year, int64_t *ret_month, int64_t *ret_day)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * day_of_year + 2) / 153;

    *ret_day = day_of_year - (153 * march_month + 2) / 5 + 1;
    *ret_month = march_month < 10 ? march_month + 3 : march_month - 9;
    *ret_year = year_of_era + era * 400 + (*ret_month <= 2);
}

void
time_print(int64_t time_us, char ret_text[TIME_TEXT_SIZE])
{
    int64_t us_of_day = time_us % DAY_US;
    int64_t days = time_us / DAY_US;
    int64_t year, month, day;

    if (us_of_day < 0) {
        us_of_day += DAY_US;
        days--;
    }
    civil_from_days(days, &year, &month, &day);
    snprintf(ret_text, TIME_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", (int) year,
             (int) month, (int) day, (int) (us_of_day / (3600 * SECOND_US)),
             (int) (us_of_day / (60 * SECOND_US) % 60), (int) (us_of_day / SECOND_US % 60),
             (int) (us_of_day % SECOND_US));
}

const char *
time_text(struct arena *arena, int64_t time_us)
{
    char text[TIME_TEXT_SIZE];

    time_print(time_us, text);
    return arena_text(arena, text);
}

static bool
is_date(int year, int month, int day)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    return day <= days[month - 1] + (month == 2 && is_leap);
}

bool
local_midnight_us(int year, int month, int day, int utc_offset_minutes, int64_t *ret_us)
{
    if (!is_date(year, month, day))
        return false;
    if (utc_offset_minutes < -MOST_OFFSET_MINUTES || utc_offset_minutes > MOST_OFFSET_MINUTES)
        return false;
    *ret_us = days_from_civil(year, month, day) * DAY_US - utc_offset_minutes * (60 * SECOND_US);
    return true;
}
