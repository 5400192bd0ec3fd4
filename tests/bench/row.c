/* tests/bench/row.c - rows of one command, learned from its statements and made again for any other. */
#include "tests/bench/row.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/bench/pool.h"

#define UUID_OID 2950
#define INT8_OID 20
#define ENTRY_IDS 0x8002

void
die(const char *what, const char *why)
{
    fprintf(stderr, "limit: %s: %s\n", what, why);
    exit(1);
}

PGresult *
ask(PGconn *connection, const char *sql, int format)
{
    PGresult *result = PQexecParams(connection, sql, 0, NULL, NULL, NULL, NULL, format);
    ExecStatusType status = PQresultStatus(result);

    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        die(sql, PQerrorMessage(connection));
    return result;
}

static char *
put_int4(char *at, uint32_t value)
{
    uint32_t big = htobe32(value);

    memcpy(at, &big, sizeof(big));
    return at + sizeof(big);
}

static void
put_int8(char *at, uint64_t value)
{
    uint64_t big = htobe64(value);

    memcpy(at, &big, sizeof(big));
}

/* ------------------------------------------------------------------ learning */

static enum mark
mark_of(const char *value, int length)
{
    enum mark mark = (enum mark)(value[0] / 0x11);

    for (int i = 0; i < length; i++)
        if (value[i] != (char) (mark * 0x11))
            return NO_MARK;
    if ((length == 16 && (mark == REQUEST || mark == SUBJECT)) ||
        (length == 8 && (mark == VERSION || mark == POSITION)))
        return mark;
    return NO_MARK;
}

static void
note_mark(struct row *row, const char *value, int length, size_t at)
{
    enum mark mark = length == 16 || length == 8 ? mark_of(value, length) : NO_MARK;

    if (mark == NO_MARK)
        return;
    if (row->mark_count == MOST_MARKS)
        die("row", "too many marks");
    row->marks[row->mark_count].mark = mark;
    row->marks[row->mark_count++].at = at;
}

static void
copy_row(struct row *row, const PGresult *result)
{
    char *at;

    row->size = 4;
    for (int i = 0; i < PQnfields(result); i++)
        row->size += 8 + (size_t) PQgetlength(result, 0, i);
    row->bytes = at = malloc(row->size);
    if (!at)
        die("row", "no memory");
    at = put_int4(at, (uint32_t) PQnfields(result));
    for (int i = 0; i < PQnfields(result); i++) {
        int length = PQgetlength(result, 0, i);

        at = put_int4(at, PQftype(result, i));
        at = put_int4(at, PQgetisnull(result, 0, i) ? UINT32_MAX : (uint32_t) length);
        memcpy(at, PQgetvalue(result, 0, i), (size_t) length);
        note_mark(row, at, length, (size_t) (at - row->bytes));
        at += length;
    }
}

void
row_learn(struct row *row, PGconn *connection, char *line)
{
    char table[64], sql[8192];
    PGresult *result;

    if (sscanf(line, "INSERT INTO %63s", table) != 1)
        die(line, "cannot be learned from");
    line[strcspn(line, ";\n")] = '\0';
    snprintf(sql, sizeof(sql), "%s RETURNING *", line);
    result = ask(connection, sql, 1);
    copy_row(row, result);
    PQclear(result);
    snprintf(sql, sizeof(sql), "SELECT reltype FROM pg_class WHERE oid = '%s'::regclass", table);
    result = ask(connection, sql, 0);
    row->type = (Oid) strtoul(PQgetvalue(result, 0, 0), NULL, 10);
    PQclear(result);
    snprintf(row->insert, sizeof(row->insert), "INSERT INTO %s SELECT * FROM unnest($1::%s[])",
             table, table);
}

/* ------------------------------------------------------------------ making */

void
put_pooled(char at[16], uint16_t which, uint64_t n)
{
    put_int8(at, 0x7000);
    put_int8(at + 8, (uint64_t) which << 48 | n);
}

static void
put_mark(char *at, enum mark mark, const struct series *s, uint64_t nth)
{
    uint64_t number = (s->first + s->sent + nth) * s->places + s->place;

    if (mark == SUBJECT && s->updates) {
        put_pooled(at, ENTRY_IDS, pool_entry((s->sent + nth) * s->places + s->place));
        return;
    }
    put_int8(at, number);
    if (mark == REQUEST || mark == SUBJECT)
        put_int8(at + 8, mark);
}

static char *
open_array(char *at, Oid type, uint32_t count)
{
    at = put_int4(at, 1); /* dimension */
    at = put_int4(at, 0); /* NULLs */
    at = put_int4(at, type);
    at = put_int4(at, count);
    return put_int4(at, 1); /* counted from */
}

int
row_array(char *buffer, const struct row *row, const struct series *series, uint32_t count)
{
    char *at = open_array(buffer, row->type, count);

    for (uint32_t nth = 0; nth < count; nth++) {
        at = put_int4(at, (uint32_t) row->size);
        memcpy(at, row->bytes, row->size);
        for (size_t i = 0; i < row->mark_count; i++)
            put_mark(at + row->marks[i].at, row->marks[i].mark, series, nth);
        at += row->size;
    }
    return (int) (at - buffer);
}

int
mark_array(char *buffer, enum mark mark, const struct series *series, uint32_t count)
{
    uint32_t size = mark <= SUBJECT ? 16 : 8;
    char *at = open_array(buffer, mark <= SUBJECT ? UUID_OID : INT8_OID, count);

    for (uint32_t nth = 0; nth < count; nth++) {
        at = put_int4(at, size);
        put_mark(at, mark, series, nth);
        at += size;
    }
    return (int) (at - buffer);
}
