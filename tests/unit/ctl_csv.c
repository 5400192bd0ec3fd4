/* tests/unit/ctl_csv.c - reading comma-separated values, RFC 4180. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ops/ctl/csv.h"

struct story {
    struct arena *arena;
    struct csv csv;
    struct record record;
};

static void
given(struct story *story, const char *text, size_t size)
{
    story->csv.separator = ',';
    story->csv.file = tmpfile();
    assert_non_null(story->csv.file);
    assert_int_equal(fwrite(text, 1, size, story->csv.file), size);
    rewind(story->csv.file);
}

#define GIVEN(story, text) given(story, text, sizeof(text) - 1)

static void
then_fields(struct story *story, size_t line, size_t count, const char *const *fields)
{
    assert_int_equal(csv_next(&story->csv, story->arena, &story->record), 0);
    assert_int_equal(story->record.line, line);
    assert_int_equal(story->record.count, count);
    for (size_t n = 0; n < count; n++)
        assert_string_equal(story->record.fields[n], fields[n]);
}

#define THEN(story, line, ...)                                                                     \
    then_fields(story, line, sizeof((const char *[]){ __VA_ARGS__ }) / sizeof(char *),             \
                (const char *[]){ __VA_ARGS__ })

static void
then_end(struct story *story)
{
    assert_int_equal(csv_next(&story->csv, story->arena, &story->record), ERR_NOT_FOUND);
}

static void
then_broken(struct story *story, const char *reason)
{
    assert_int_equal(csv_next(&story->csv, story->arena, &story->record), ERR_POISON);
    assert_string_equal(err_text(), reason);
}

static int
begin(void **state)
{
    static struct story story;

    story = (struct story){ .arena = arena_new() };
    *state = &story;
    return 0;
}

static int
end(void **state)
{
    struct story *story = *state;

    if (story->csv.file)
        fclose(story->csv.file);
    csv_done(&story->csv);
    arena_free(&story->arena);
    return 0;
}

static void
fields_are_split_at_commas_and_lines_end_in_lf_or_crlf(void **state)
{
    GIVEN(*state, "a,b,c\r\n1,,3\nlast");
    THEN(*state, 1, "a", "b", "c");
    THEN(*state, 2, "1", "", "3");
    THEN(*state, 3, "last");
    then_end(*state);
}

static void
a_quoted_field_holds_commas_line_ends_and_doubled_quotes(void **state)
{
    GIVEN(*state, "\"a,b\",\"say \"\"yes\"\"\",\"one\r\ntwo\"\nnext\n");
    THEN(*state, 1, "a,b", "say \"yes\"", "one\r\ntwo");
    THEN(*state, 3, "next");
    then_end(*state);
}

static void
an_empty_quoted_field_is_an_empty_field(void **state)
{
    GIVEN(*state, "\"\",\"\"\"\",\n");
    THEN(*state, 1, "", "\"", "");
    then_end(*state);
}

static void
spaces_belong_to_the_field(void **state)
{
    GIVEN(*state, " a , b\n");
    THEN(*state, 1, " a ", " b");
}

static void
a_byte_order_mark_and_empty_lines_are_passed_over(void **state)
{
    GIVEN(*state, "\xEF\xBB\xBFtên\n\r\n\nMột\n\n");
    THEN(*state, 1, "tên");
    THEN(*state, 4, "Một");
    then_end(*state);
}

static void
another_separator_leaves_commas_alone(void **state)
{
    struct story *story = *state;

    GIVEN(story, "1,5;2\n");
    story->csv.separator = ';';
    THEN(story, 1, "1,5", "2");
}

static void
the_raw_text_is_kept_without_its_line_end(void **state)
{
    struct story *story = *state;

    GIVEN(story, "a,\"b\nc\"\r\n");
    THEN(story, 1, "a", "b\nc");
    assert_int_equal(story->record.raw.size, 7);
    assert_memory_equal(story->record.raw.data, "a,\"b\nc\"", 7);
}

static void
a_quote_inside_an_unquoted_field_is_refused(void **state)
{
    GIVEN(*state, "5\" pipe\",x\ngood\n");
    then_broken(*state, "line 1: a quote stands where none may");
    THEN(*state, 2, "good");
}

static void
text_behind_a_closing_quote_is_refused(void **state)
{
    GIVEN(*state, "\"a\"b,c\n");
    then_broken(*state, "line 1: a quote stands where none may");
}

static void
a_quote_that_is_never_closed_is_refused(void **state)
{
    GIVEN(*state, "fine\n\"open,\nmore\n");
    THEN(*state, 1, "fine");
    then_broken(*state, "line 2: a quote is not closed");
    then_end(*state);
}

static void
a_nul_is_refused(void **state)
{
    GIVEN(*state, "a\0b,c\n");
    then_broken(*state, "line 1: holds a NUL");
}

static void
an_empty_file_has_no_records(void **state)
{
    GIVEN(*state, "");
    then_end(*state);
}

/* What one field becomes in a file. */
static void
then_written(const char *text, bool is_guarded, const char *wanted)
{
    char found[64] = "";
    FILE *file = fmemopen(found, sizeof(found), "w");

    assert_non_null(file);
    csv_put(file, text, is_guarded, true);
    fclose(file);
    assert_string_equal(found, wanted);
}

static void
what_is_written_is_quoted_where_it_must_be(void **state)
{
    (void) state;
    then_written("Khánh Hòa", true, "Khánh Hòa\r\n");
    then_written("a,b", true, "\"a,b\"\r\n");
    then_written("say \"no\"", true, "\"say \"\"no\"\"\"\r\n");
    then_written("two\nlines", true, "\"two\nlines\"\r\n");
}

static void
no_text_becomes_a_formula_of_a_spreadsheet(void **state)
{
    (void) state;
    then_written("=1+1", true, "\"'=1+1\"\r\n");
    then_written("@SUM(A1)", true, "\"'@SUM(A1)\"\r\n");
    then_written("-5", false, "-5\r\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(fields_are_split_at_commas_and_lines_end_in_lf_or_crlf),
        TEST(a_quoted_field_holds_commas_line_ends_and_doubled_quotes),
        TEST(an_empty_quoted_field_is_an_empty_field),
        TEST(spaces_belong_to_the_field),
        TEST(a_byte_order_mark_and_empty_lines_are_passed_over),
        TEST(another_separator_leaves_commas_alone),
        TEST(the_raw_text_is_kept_without_its_line_end),
        TEST(a_quote_inside_an_unquoted_field_is_refused),
        TEST(text_behind_a_closing_quote_is_refused),
        TEST(a_quote_that_is_never_closed_is_refused),
        TEST(a_nul_is_refused),
        TEST(an_empty_file_has_no_records),
        TEST(what_is_written_is_quoted_where_it_must_be),
        TEST(no_text_becomes_a_formula_of_a_spreadsheet),
    };
    return cmocka_run_group_tests_name("unit.ctl_csv", tests, NULL, NULL);
}
