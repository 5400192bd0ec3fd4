/* tests/unit/columns.c - one column: its name, when two values are the same, and what comes out of a row. */
#include "common/columns.h"

#include <arpa/inet.h>
#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "common/id.h"
#include "common/proto.h"
#include "sangkien/types/v1/types.pb-c.h"

struct row {
    int mood;
    int32_t small;
    int64_t large;
    bool truth;
    struct uuid id;
    struct uuid agency;
    struct digest digest;
    const char *text;
    int64_t due_at_us;
    Types__Date *date;
};

/* clang-format off */
static const struct column columns[] = {
    COLUMN(struct row, mood,      ENUM),
    COLUMN(struct row, small,     INT4),
    COLUMN(struct row, large,     INT8),
    COLUMN(struct row, truth,     BOOL),
    COLUMN(struct row, id,        UUID),
    COLUMN(struct row, agency,    PARTY),
    COLUMN(struct row, digest,    DIGEST),
    COLUMN(struct row, text,      TEXT),
    COLUMN(struct row, due_at_us, TIME),
    COLUMN_MESSAGE(struct row, date, &types__date__descriptor),
    { 0 },
};
/* clang-format on */

enum { WIDTH = 10 };

static struct arena *arena;
static Types__Date first_day, other_day;

static int
begin(void **state)
{
    (void) state;
    arena = arena_new();
    first_day = (Types__Date) TYPES__DATE__INIT;
    other_day = (Types__Date) TYPES__DATE__INIT;
    first_day.year = other_day.year = 2020;
    other_day.month = 1;
    return 0;
}

static int
end(void **state)
{
    (void) state;
    arena_free(&arena);
    return 0;
}

static struct row
a_row(void)
{
    return (struct row){ .mood = 1, .small = 2, .large = 3, .text = "four", .date = &first_day };
}

static size_t
differences(const struct row *a, const struct row *b)
{
    size_t count = 0;

    for (const struct column *c = columns; c->name; c++)
        count += !column_equal(c, a, b);
    return count;
}

static void
a_time_is_named_without_its_unit_and_everything_else_as_it_is(void **state)
{
    (void) state;
    assert_string_equal(column_sql_name(arena, &columns[8]), "due_at");
    assert_string_equal(column_sql_name(arena, &columns[7]), "text");
}

/* Each line changes one member: exactly one column says so. */
#define CHANGED(change)                                                                            \
    do {                                                                                           \
        struct row whole = a_row(), other = a_row();                                               \
                                                                                                   \
        change;                                                                                    \
        if (differences(&whole, &other) != 1)                                                      \
            fail_msg("not seen: %s", #change);                                                     \
    } while (0)

static void
two_rows_are_equal_in_a_column_or_not(void **state)
{
    struct row left = a_row(), right = a_row();
    Types__Date same_day = first_day;

    (void) state;
    right.date = &same_day;
    right.text = arena_text(arena, "four");
    assert_int_equal(differences(&left, &right), 0);
    CHANGED(other.mood = 9);
    CHANGED(other.small = 9);
    CHANGED(other.large = INT64_C(1) << 40);
    CHANGED(other.truth = true);
    CHANGED(other.id.bytes[15] = 1);
    CHANGED(other.agency.bytes[15] = 1);
    CHANGED(other.digest.bytes[31] = 1);
    CHANGED(other.text = "fou");
    CHANGED(other.due_at_us = 1);
    CHANGED(other.date = &other_day);
    CHANGED(other.date = NULL);
}

static void
an_empty_message_is_not_the_same_as_none(void **state)
{
    Types__Date empty = TYPES__DATE__INIT;
    struct row left = a_row(), right = a_row();

    (void) state;
    left.date = &empty;
    right.date = NULL;
    assert_int_equal(differences(&left, &right), 1);
}

/* ------------------------------------------------------------------ out of a row */

static PGresult *
a_result(void)
{
    PGresAttDesc attributes[WIDTH] = { 0 };
    PGresult *result = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);

    for (int i = 0; i < WIDTH; i++) {
        attributes[i].name = (char *) (uintptr_t) columns[i].name;
        attributes[i].format = 1;
    }
    assert_int_equal(PQsetResultAttrs(result, WIDTH, attributes), 1);
    return result;
}

static void
put(PGresult *result, int column, const void *value, size_t size)
{
    assert_int_equal(PQsetvalue(result, 0, column, (char *) (uintptr_t) value, (int) size), 1);
}

static int
read_all(const PGresult *result, struct row *ret_row)
{
    int rc = 0;

    for (size_t i = 0; i < WIDTH && rc == 0; i++)
        rc = column_read((const struct db_result *) result, 0, i, &columns[i], ret_row, arena);
    return rc;
}

static void
every_type_is_read(void **state)
{
    PGresult *result = a_result();
    struct bytes packed = proto_pack(arena, &other_day);
    uint32_t mood = htonl((uint32_t) -5), small = htonl(7);
    uint64_t large = htobe64(UINT64_C(1) << 40);
    struct uuid id = { { 1 } }, agency = { { 2 } };
    struct digest digest = { { 3 } };
    uint64_t due = htobe64((uint64_t) -INT64_C(1)); /* a microsecond before 2000 */
    struct row row = { 0 };

    (void) state;
    put(result, 0, &mood, 4);
    put(result, 1, &small, 4);
    put(result, 2, &large, 8);
    put(result, 3, "\1", 1);
    put(result, 4, id.bytes, 16);
    put(result, 5, agency.bytes, 16);
    put(result, 6, digest.bytes, 32);
    put(result, 7, "text", 4);
    put(result, 8, &due, 8);
    put(result, 9, packed.data, packed.size);
    assert_int_equal(read_all(result, &row), 0);
    assert_int_equal(row.mood, -5);
    assert_int_equal(row.small, 7);
    assert_true(row.large == INT64_C(1) << 40);
    assert_true(row.truth);
    assert_true(uuid_equal(&row.id, &id));
    assert_true(uuid_equal(&row.agency, &agency));
    assert_true(digest_equal(&row.digest, &digest));
    assert_string_equal(row.text, "text");
    assert_true(row.due_at_us == INT64_C(946684800000000) - 1);
    assert_int_equal(row.date->month, 1);
    PQclear(result);
    assert_string_equal(row.text, "text"); /* it outlives the result */
}

static void
null_is_nothing_of_each_type(void **state)
{
    PGresult *result = a_result();
    struct row row = { 0 };

    (void) state;
    for (int i = 0; i < WIDTH; i++)
        PQsetvalue(result, 0, i, NULL, -1);
    assert_int_equal(read_all(result, &row), 0);
    assert_true(uuid_is_nil(&row.id));
    assert_string_equal(row.text, "");
    assert_int_equal(row.due_at_us, 0);
    assert_null(row.date);
    PQclear(result);
}

static void
a_stored_message_that_does_not_parse_is_poison(void **state)
{
    PGresult *result = a_result();
    struct row row = { 0 };

    (void) state;
    put(result, 9, "\xff\xff", 2);
    assert_int_equal(column_read((const struct db_result *) result, 0, 9, &columns[9], &row, arena),
                     ERR_POISON);
    PQclear(result);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_time_is_named_without_its_unit_and_everything_else_as_it_is),
        TEST(two_rows_are_equal_in_a_column_or_not),
        TEST(an_empty_message_is_not_the_same_as_none),
        TEST(every_type_is_read),
        TEST(null_is_nothing_of_each_type),
        TEST(a_stored_message_that_does_not_parse_is_poison),
    };

    return cmocka_run_group_tests_name("unit.columns", tests, NULL, NULL);
}
