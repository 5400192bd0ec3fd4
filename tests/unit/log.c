/* tests/unit/log.c - one line per message, whatever is in it. Standard error goes to a file
 * meanwhile. */
#include "common/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static int standard_error = -1;
static FILE *file;
static char written[65536];

static void
listen(const char *level)
{
    assert_int_equal(log_open("funding", level), 0);
    assert_int_equal(ftruncate(fileno(file), 0), 0);
    rewind(file);
    assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
}

/* What was written since, after the time stamp; NULL for nothing. */
static const char *
heard(void)
{
    size_t size;

    assert_true(dup2(standard_error, STDERR_FILENO) >= 0);
    rewind(file);
    size = fread(written, 1, sizeof(written) - 1, file);
    written[size] = '\0';
    if (!size)
        return NULL;
    assert_ptr_equal(strchr(written, '\n'), written + size - 1);
    assert_memory_equal(written, "ts=20", 5);
    assert_memory_equal(written + 29, "Z ", 2);
    return written + 31;
}

static void
a_message_is_one_line_of_pairs(void **state)
{
    (void) state;
    listen("info");
    log_info("answered", "type", "sangkien.funding.v1.SignOff", "reason", "", "n", "5", NULL);
    assert_string_equal(heard(), "level=info service=funding msg=answered "
                                 "type=sangkien.funding.v1.SignOff reason=\"\" n=5\n");
}

static void
every_level_says_its_name(void **state)
{
    (void) state;
    listen("debug");
    log_debug("x", NULL);
    assert_string_equal(heard(), "level=debug service=funding msg=x\n");
    listen("debug");
    log_warning("x", NULL);
    assert_string_equal(heard(), "level=warning service=funding msg=x\n");
    listen("debug");
    log_error("x", NULL);
    assert_string_equal(heard(), "level=error service=funding msg=x\n");
}

static void
what_is_below_the_level_is_not_written(void **state)
{
    (void) state;
    listen("warning");
    log_debug("x", NULL);
    log_info("x", NULL);
    assert_null(heard());
    listen("warning");
    log_warning("x", NULL);
    assert_non_null(heard());
    assert_false(log_is_debug());
    assert_int_equal(log_open("funding", "debug"), 0);
    assert_true(log_is_debug());
}

static void
an_unknown_level_is_refused(void **state)
{
    (void) state;
    assert_int_equal(log_open("funding", "verbose"), ERR_FATAL);
    assert_int_equal(log_open("funding", ""), ERR_FATAL);
}

static void
a_pair_without_a_value_is_left_out(void **state)
{
    (void) state;
    listen("info");
    log_info("x", "a", NULL, "b", "1", NULL);
    assert_string_equal(heard(), "level=info service=funding msg=x b=1\n");
}

static void
no_input_begins_a_new_line_or_a_new_key(void **state)
{
    static const struct {
        const char *value;
        const char *shown;
    } rows[] = {
        { "two words", "v=\"two words\"" },
        { "a\nlevel=error", "v=\"a\\nlevel=error\"" },
        { "a=b", "v=\"a=b\"" },
        { "say \"x\" \\", "v=\"say \\\"x\\\" \\\\\"" },
        { "\t\r\x1b[2J\x7f", "v=\"\\u0009\\u000d\\u001b[2J\\u007f\"" },
        { "sáng kiến", "v=\"sáng kiến\"" },
        { "\xc3\x28\xff", "v=\"\\ufffd(\\ufffd\"" },
        { "\xed\xa0\x80\xc0\x8a\xe1\xbb",
          "v=\"\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\\ufffd\"" },
        { "\xc2\x85\xe2\x80\xa8\xe2\x80\xae", "v=\"\\u0085\\u2028\\u202e\"" },
        { "", "v=\"\"" },
    };

    (void) state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char expected[256];

        listen("info");
        log_info("m", "v", rows[i].value, NULL);
        snprintf(expected, sizeof(expected), "level=info service=funding msg=m %s\n",
                 rows[i].shown);
        assert_string_equal(heard(), expected);
    }
}

static void
a_key_cannot_break_the_line(void **state)
{
    (void) state;
    listen("info");
    log_info("m", "a b\n=", "1", NULL);
    assert_string_equal(heard(), "level=info service=funding msg=m a_b__=1\n");
}

static void
a_value_is_cut_at_2_kib_between_characters(void **state)
{
    static const char head[] = "level=info service=funding msg=m v=\"";
    char value[4000];
    const char *line;

    (void) state;
    memset(value, 'x', sizeof(value));
    memcpy(value + 2047, "\xe1\xbb\x87", 3); /* begins on the last byte that still goes in */
    value[sizeof(value) - 1] = '\0';
    listen("info");
    log_info("m", "v", value, NULL);
    line = heard();
    assert_memory_equal(line, head, strlen(head));
    assert_string_equal(line + strlen(head) + 2046, "x\xe1\xbb\x87...\"\n");
    value[2047] = 'x';
    value[2048] = '\0';
    listen("info");
    log_info("m", "v", value, NULL);
    assert_int_equal(strlen(heard()), strlen(head) - 1 + 2048 + 1);
}

static void
a_line_that_grows_too_long_says_so_and_stays_whole(void **state)
{
    char value[2001];
    const char *line;

    (void) state;
    memset(value, '\x01', sizeof(value));
    value[sizeof(value) - 1] = '\0';
    listen("info");
    log_info("m", "first", "1", "second", value, "third", value, "fourth", "4", NULL);
    line = heard();
    assert_non_null(strstr(line, " first=1 second=\"\\u0001"));
    assert_null(strstr(line, "third"));
    assert_string_equal(line + strlen(line) - 11, "\" cut=true\n");
}

static int
open_file(void **state)
{
    (void) state;
    file = tmpfile();
    standard_error = dup(STDERR_FILENO);
    return file && standard_error >= 0 ? 0 : -1;
}

static int
close_file(void **state)
{
    (void) state;
    dup2(standard_error, STDERR_FILENO);
    close(standard_error);
    return fclose(file);
}

static int
speak_again(void **state)
{
    (void) state;
    return dup2(standard_error, STDERR_FILENO) >= 0 ? 0 : -1;
}

#define TEST(name) cmocka_unit_test_teardown(name, speak_again)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_message_is_one_line_of_pairs),
        TEST(every_level_says_its_name),
        TEST(what_is_below_the_level_is_not_written),
        TEST(an_unknown_level_is_refused),
        TEST(a_pair_without_a_value_is_left_out),
        TEST(no_input_begins_a_new_line_or_a_new_key),
        TEST(a_key_cannot_break_the_line),
        TEST(a_value_is_cut_at_2_kib_between_characters),
        TEST(a_line_that_grows_too_long_says_so_and_stays_whole),
    };

    return cmocka_run_group_tests(tests, open_file, close_file);
}
