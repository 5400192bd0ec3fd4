/* tests/unit/clock.c - the clock, its rehearsal file, and the calendar. */
#include "common/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define SECOND_US INT64_C(1000000)

static char path[] = "/tmp/sangkien-unit-clock.XXXXXX";

static void
write_shift(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int64_t
shift_seconds(void)
{
    int64_t difference = clock_now_us() - (int64_t) time(NULL) * SECOND_US;

    return (difference + SECOND_US / 2) / SECOND_US;
}

static void
without_a_file_it_is_the_machines_clock(void **state)
{
    (void) state;
    assert_int_equal(clock_open(NULL), 0);
    assert_in_range(shift_seconds() + 5, 3, 7);
    assert_int_equal(clock_open(""), 0);
    assert_in_range(shift_seconds() + 5, 3, 7);
}

static void
the_rehearsal_file_moves_the_clock_at_every_call(void **state)
{
    (void) state;
    write_shift("86400\n");
    assert_int_equal(clock_open(path), 0);
    assert_in_range(shift_seconds(), 86398, 86402);
    write_shift("-3600");
    assert_in_range(shift_seconds() + 3600 + 5, 3, 7);
    write_shift("+100000000\n");
    assert_in_range(shift_seconds(), 99999998, 100000002);
}

static void
a_file_that_is_just_being_rewritten_changes_nothing(void **state)
{
    (void) state;
    write_shift("86400\n");
    assert_int_equal(clock_open(path), 0);
    write_shift("");
    assert_in_range(shift_seconds(), 86398, 86402);
    write_shift("tomorrow");
    assert_in_range(shift_seconds(), 86398, 86402);
    unlink(path);
    assert_in_range(shift_seconds(), 86398, 86402);
}

static void
a_file_without_a_number_is_refused_at_start(void **state)
{
    static const char *const wrong[] = { "", "x", "12x", "1 2", "99999999999", "\n", "1.5" };

    (void) state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        write_shift(wrong[i]);
        assert_int_equal(clock_open(path), ERR_FATAL);
    }
    assert_int_equal(clock_open("/nowhere/at/all"), ERR_FATAL);
    assert_non_null(strstr(err_text(), "SANGKIEN_CLOCK_FILE"));
}

static void
monotonic_time_does_not_go_back(void **state)
{
    int64_t before = monotonic_ms();

    (void) state;
    assert_true(before > 0);
    for (int i = 0; i < 1000; i++) {
        int64_t now = monotonic_ms();

        assert_true(now >= before);
        before = now;
    }
}

static void
a_time_is_written_in_utc_with_microseconds(void **state)
{
    static const struct {
        int64_t us;
        const char *text;
    } rows[] = {
        { 0, "1970-01-01T00:00:00.000000Z" },
        { -1, "1969-12-31T23:59:59.999999Z" },
        { INT64_C(1580428800000000), "2020-01-31T00:00:00.000000Z" },
        { INT64_C(951782400123456), "2000-02-29T00:00:00.123456Z" },
        { INT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z" },
        { INT64_C(-62135596800000000), "0001-01-01T00:00:00.000000Z" },
    };
    struct arena *arena = arena_new();

    (void) state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_string_equal(time_text(arena, rows[i].us), rows[i].text);
    assert_non_null(time_text(arena, INT64_MAX));
    assert_non_null(time_text(arena, INT64_MIN));
    arena_free(&arena);
}

static void
a_local_day_begins_at_its_own_midnight(void **state)
{
    static const struct {
        int year, month, day, offset;
        int64_t us;
    } rows[] = {
        { 2019, 10, 29, 420, INT64_C(1572282000000000) },
        { 2024, 2, 29, 0, INT64_C(1709164800000000) },
        { 2000, 3, 1, -840, INT64_C(951919200000000) },
        { 1, 1, 1, 840, INT64_C(-62135647200000000) },
        { 9999, 12, 31, -840, INT64_C(253402264800000000) },
    };
    int64_t us;

    (void) state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_true(
            local_midnight_us(rows[i].year, rows[i].month, rows[i].day, rows[i].offset, &us));
        assert_int_equal(us, rows[i].us);
    }
}

static void
a_day_that_does_not_exist_has_no_midnight(void **state)
{
    static const int wrong[][4] = {
        { 2023, 2, 29, 420 }, { 1900, 2, 29, 420 }, { 2024, 4, 31, 420 },  { 2024, 0, 1, 420 },
        { 2024, 13, 1, 420 }, { 2024, 1, 0, 420 },  { 2024, 1, 32, 420 },  { 0, 1, 1, 0 },
        { 10000, 1, 1, 0 },   { -5, 1, 1, 0 },      { 2024, 1, 1, 841 },   { 2024, 1, 1, -841 },
        { 2024, -1, 1, 0 },   { 2024, 1, -1, 0 },   { 2024, 1, 1, 100000 }
    };
    int64_t us = 77;

    (void) state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_false(local_midnight_us(wrong[i][0], wrong[i][1], wrong[i][2], wrong[i][3], &us));
    assert_int_equal(us, 77);
}

static void
every_day_of_four_centuries_agrees_with_the_c_library(void **state)
{
    (void) state;
    for (int64_t day = -62091; day < 84006; day++) { /* 1800 to 2199 */
        time_t seconds = (time_t) (day * 86400);
        struct tm parts;
        char text[TIME_TEXT_SIZE], expected[TIME_TEXT_SIZE];
        int64_t us;

        assert_non_null(gmtime_r(&seconds, &parts));
        assert_true(
            local_midnight_us(parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, 0, &us));
        assert_int_equal(us, (int64_t) seconds * SECOND_US);
        strftime(expected, sizeof(expected), "%Y-%m-%dT00:00:00.000000Z", &parts);
        time_print(us, text);
        assert_string_equal(text, expected);
    }
}

/* ------------------------------------------------------------------ when the machine's clock is set */

enum { BEGAN = 1000000, HOUR = 3600 };

/* What time it is when both clocks have gone on by so many seconds, and the machine's was set by some more. */
static int64_t
later(struct timeline *line, int64_t seconds, int64_t set_by_us)
{
    int64_t passed = seconds * SECOND_US;

    return timeline_now_us(line, 500 * SECOND_US + passed, BEGAN * SECOND_US + passed + set_by_us) -
           BEGAN * SECOND_US;
}

static void
a_small_correction_is_followed(void **state)
{
    struct timeline line = { 0 };

    (void) state;
    assert_int_equal(later(&line, 0, 0), 0);
    for (int64_t by = 1; by <= 100; by++) { /* a hundred of two seconds each */
        assert_int_equal(later(&line, by, 2 * SECOND_US * by), by * 3 * SECOND_US);
        assert_int_equal(line.jump_us, 0);
    }
    assert_int_equal(later(&line, 101, 198 * SECOND_US), 299 * SECOND_US);
}

static void
a_jump_is_not_followed(void **state)
{
    static const int64_t jumps[] = { HOUR, -HOUR, 3, -3, 86400 * 365, -86400 * 365 };

    (void) state;
    for (size_t i = 0; i < sizeof(jumps) / sizeof(*jumps); i++) {
        struct timeline line = { 0 };

        later(&line, 0, 0);
        assert_int_equal(later(&line, 10, jumps[i] * SECOND_US), 10 * SECOND_US);
        assert_int_equal(line.jump_us, jumps[i] * SECOND_US);
        assert_int_equal(later(&line, 7200, jumps[i] * SECOND_US), 7200 * SECOND_US);
    }
}

static void
a_clock_that_comes_back_is_followed_again(void **state)
{
    struct timeline line = { 0 };

    (void) state;
    later(&line, 0, 0);
    later(&line, 10, HOUR * SECOND_US);
    assert_int_equal(later(&line, 20, SECOND_US), 21 * SECOND_US);
    assert_int_equal(line.jump_us, 0);
    assert_int_equal(later(&line, 30, SECOND_US), 31 * SECOND_US);
}

static void
whoever_starts_believes_the_machine(void **state)
{
    struct timeline line = { 0 };

    (void) state;
    assert_int_equal(later(&line, 0, HOUR * SECOND_US), HOUR * SECOND_US);
    assert_int_equal(line.jump_us, 0);
}

static int
make_file(void **state)
{
    int fd = mkstemp(path);

    (void) state;
    return fd < 0 ? -1 : close(fd);
}

static int
remove_file(void **state)
{
    (void) state;
    unlink(path);
    return clock_open(NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_file_it_is_the_machines_clock),
        cmocka_unit_test(the_rehearsal_file_moves_the_clock_at_every_call),
        cmocka_unit_test(a_file_that_is_just_being_rewritten_changes_nothing),
        cmocka_unit_test(a_file_without_a_number_is_refused_at_start),
        cmocka_unit_test(monotonic_time_does_not_go_back),
        cmocka_unit_test(a_small_correction_is_followed),
        cmocka_unit_test(a_jump_is_not_followed),
        cmocka_unit_test(a_clock_that_comes_back_is_followed_again),
        cmocka_unit_test(whoever_starts_believes_the_machine),
        cmocka_unit_test(a_time_is_written_in_utc_with_microseconds),
        cmocka_unit_test(a_local_day_begins_at_its_own_midnight),
        cmocka_unit_test(a_day_that_does_not_exist_has_no_midnight),
        cmocka_unit_test(every_day_of_four_centuries_agrees_with_the_c_library),
    };

    return cmocka_run_group_tests(tests, make_file, remove_file);
}
