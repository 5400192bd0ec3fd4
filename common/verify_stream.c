/* common/verify_stream.c - the rows of one long SELECT, as COPY hands them out: half the work of a result. */
#include <endian.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/pg_value.h"
#include "common/verify_parts.h"

enum { MOST_FIELDS = 32, HEADER_SIZE = 19 };

struct stream {
    PGconn *conn;
    bool is_first; /* row, which comes with the header */
    char *row;
    struct bytes fields[MOST_FIELDS]; /* data NULL: NULL */
    size_t field_count;
    struct uuid *uuids;
    size_t uuid_room;
};

static int
failed(const struct stream *s, const char *what)
{
    return err_set(PQstatus(s->conn) == CONNECTION_OK ? ERR_FATAL : ERR_RETRY, "%s: %s", what,
                   PQerrorMessage(s->conn));
}

static int
run(struct stream *s, const char *sql, ExecStatusType wanted)
{
    PGresult *result = PQexec(s->conn, sql);
    int rc = PQresultStatus(result) == wanted ? 0 : failed(s, sql);

    PQclear(result);
    return rc;
}

int
stream_open(const struct verifier *v, const char *settings, struct stream **ret_stream)
{
    static const char *const keys[] = { "dbname", "application_name", "options", NULL };
    char all[512];
    const char *values[] = { v->options->dsn, "verify", all, NULL };
    struct stream *s = calloc(1, sizeof(*s));
    int rc = 0;

    snprintf(all, sizeof(all),
             "-c jit=off -c enable_seqscan=off -c max_parallel_workers_per_gather=0"
             " -c work_mem=64MB -c effective_io_concurrency=0"
             " -c idle_in_transaction_session_timeout=0 %s",
             settings);
    if (!s)
        abort();
    s->conn = PQconnectdbParams(keys, values, 1);
    if (PQstatus(s->conn) != CONNECTION_OK)
        rc = failed(s, "cannot connect to PostgreSQL");
    if (rc == 0)
        rc = run(s, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", PGRES_COMMAND_OK);
    if (rc == 0)
        rc = run(s, v->adopt.sql, PGRES_COMMAND_OK);
    if (rc)
        stream_close(&s);
    else
        *ret_stream = s;
    return rc;
}

void
stream_close(struct stream **stream_p)
{
    struct stream *s = *stream_p;

    if (!s)
        return;
    PQfreemem(s->row);
    PQfinish(s->conn);
    free(s->uuids);
    free(s);
    *stream_p = NULL;
}

const char *
stream_quote(struct stream *s, struct arena *arena, const char *text)
{
    char *quoted = PQescapeLiteral(s->conn, text, strlen(text));
    const char *kept = arena_text(arena, quoted ? quoted : "");

    PQfreemem(quoted);
    return kept;
}

int
stream_start(struct stream *s, struct arena *arena, const char *select)
{
    s->is_first = true;
    return run(s, arena_format(arena, "COPY (%s) TO STDOUT (FORMAT binary)", select),
               PGRES_COPY_OUT);
}

int
stream_skip(struct stream *s)
{
    bool is_row = true;
    int rc = 0;

    while (rc == 0 && is_row)
        rc = stream_next(s, &is_row);
    return rc;
}

static int
finish(struct stream *s)
{
    PGresult *result = PQgetResult(s->conn);
    int rc = PQresultStatus(result) == PGRES_COMMAND_OK ? 0 : failed(s, "COPY");

    PQclear(result);
    while ((result = PQgetResult(s->conn)))
        PQclear(result);
    return rc;
}

static int
broken(void)
{
    return err_set(ERR_FATAL, "COPY: a row is not as PostgreSQL writes it");
}

/* Each length is read before the byte behind the field before becomes the NUL that texts end with. What stands there is
 * not believed: a length that points behind the row would have others' memory read. */
static int
take_fields(struct stream *s, size_t count, char *at, const char *end)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t length;

        if ((size_t) (end - at) < sizeof(length))
            return broken();
        memcpy(&length, at, sizeof(length));
        *at = '\0';
        length = be32toh(length);
        at += sizeof(length);
        s->fields[i] = (struct bytes){ NULL, 0 };
        if (length == UINT32_MAX)
            continue;
        if (length > (size_t) (end - at))
            return broken();
        s->fields[i] = (struct bytes){ (uint8_t *) at, length };
        at += length;
    }
    return 0;
}

/* false: this is the word that closes the stream. */
static int
take_apart(struct stream *s, char *at, size_t size, bool *ret_is_row)
{
    const char *end = at + size;
    uint16_t count;

    if (size < sizeof(count))
        return broken();
    memcpy(&count, at, sizeof(count));
    count = be16toh(count);
    *ret_is_row = count != UINT16_MAX;
    if (!*ret_is_row)
        return 0;
    if (count > MOST_FIELDS)
        return broken();
    for (size_t i = count; i < s->field_count; i++)
        s->fields[i] = (struct bytes){ NULL, 0 }; /* not those of the row before */
    s->field_count = count;
    return take_fields(s, count, at + sizeof(count), end);
}

/* The row, or the end. */
static int
take_row(struct stream *s, bool *ret_is_row, bool *ret_is_end)
{
    size_t header = s->is_first ? HEADER_SIZE : 0;
    int size;

    PQfreemem(s->row);
    s->row = NULL;
    size = PQgetCopyData(s->conn, &s->row, 0);
    *ret_is_end = size == -1;
    if (size == -1)
        return finish(s);
    if (size < 0 || (size_t) size < header)
        return failed(s, "COPY");
    s->is_first = false;
    return take_apart(s, s->row + header, (size_t) size - header, ret_is_row);
}

int
stream_next(struct stream *s, bool *ret_is_row)
{
    bool is_end = false;
    int rc = 0;

    *ret_is_row = false;
    while (rc == 0 && !*ret_is_row && !is_end) /* behind the last row comes the end */
        rc = take_row(s, ret_is_row, &is_end);
    return rc;
}

/* ------------------------------------------------------------------ fields */

struct bytes
stream_bytes(const struct stream *s, size_t field)
{
    return s->fields[field];
}

const char *
stream_text(const struct stream *s, size_t field)
{
    return s->fields[field].data ? (const char *) s->fields[field].data : "";
}

int64_t
stream_int(const struct stream *s, size_t field)
{
    return pg_int(s->fields[field]);
}

int64_t
stream_time(const struct stream *s, size_t field)
{
    return pg_time(s->fields[field]);
}

struct uuid
stream_uuid(const struct stream *s, size_t field)
{
    return pg_uuid(s->fields[field]);
}

struct digest
stream_digest(const struct stream *s, size_t field)
{
    return pg_digest(s->fields[field]);
}

size_t
stream_uuids(struct stream *s, size_t field, const struct uuid **ret_uuids)
{
    size_t count = pg_uuid_count(s->fields[field]);

    if (count > s->uuid_room) {
        s->uuid_room = 2 * count;
        s->uuids = realloc(s->uuids, s->uuid_room * sizeof(*s->uuids));
        if (!s->uuids)
            abort();
    }
    pg_uuids(s->fields[field], s->uuids);
    *ret_uuids = s->uuids;
    return count;
}

struct journal_row
stream_told(const struct stream *s)
{
    return (struct journal_row){
        .position = verify_place(stream_int(s, 0)),
        .service = stream_text(s, 1),
        .kind = stream_text(s, 2),
        .aggregate = stream_uuid(s, 3),
        .version = stream_int(s, 4),
        .type = stream_text(s, 5),
        .body = stream_bytes(s, 6),
        .recorded_us = stream_time(s, 7),
        .because = stream_text(s, 8),
    };
}
