/* tests/bench/generate_copy.c - rows on their way into tables, through COPY in PostgreSQL's binary form. */
#include "tests/bench/generate_copy.h"

#include <arpa/inet.h>
#include <endian.h>
#include <libpq-fe.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/columns.h"
#include "common/pg_value.h"
#include "common/proto.h"

enum { ROOM = 1 << 20, FLUSH_AT = 1 << 18, UUID_OID = 2950 };

struct copy {
    PGconn *conn;
    struct arena *arena; /* of one message */
    const char *programme;
    int16_t columns;
    size_t used;
    uint8_t *buffer;
};

void
die(const char *format, ...)
{
    va_list args;

    fputs("generate: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

/* ------------------------------------------------------------------ the stream */

static void
flush(struct copy *copy)
{
    if (PQputCopyData(copy->conn, (const char *) copy->buffer, (int) copy->used) != 1)
        die("%s", PQerrorMessage(copy->conn));
    copy->used = 0;
}

static void
put(struct copy *copy, const void *bytes, size_t size)
{
    if (copy->used + size > ROOM)
        die("a row of more than %d bytes", ROOM - FLUSH_AT);
    memcpy(copy->buffer + copy->used, bytes, size);
    copy->used += size;
}

static void
run(PGconn *conn, const char *sql, ExecStatusType wanted)
{
    PGresult *result = PQexec(conn, sql);

    if (PQresultStatus(result) != wanted)
        die("%s: %s", sql, PQerrorMessage(conn));
    PQclear(result);
}

/* columns are those behind programme, which every table has first. */
static struct copy *
open_stream(const char *dsn, const char *programme, const char *table, const char *columns)
{
    static const char head[19] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
    struct copy *copy = calloc(1, sizeof(*copy));
    char sql[2048];

    if (!copy || !(copy->buffer = malloc(ROOM)))
        die("out of memory");
    copy->arena = arena_new();
    copy->programme = programme;
    copy->columns = 2;
    for (const char *c = columns; *c; c++)
        copy->columns = (int16_t) (copy->columns + (*c == ','));
    copy->conn = PQconnectdb(dsn);
    if (PQstatus(copy->conn) != CONNECTION_OK)
        die("%s", PQerrorMessage(copy->conn));
    /* What triggers and references ask was decided by the service's own core; keys and checks stay. */
    run(copy->conn, "SET session_replication_role = replica", PGRES_COMMAND_OK);
    snprintf(sql, sizeof(sql), "COPY %s (programme, %s) FROM STDIN (FORMAT binary)", table,
             columns);
    run(copy->conn, sql, PGRES_COPY_IN);
    put(copy, head, sizeof(head));
    return copy;
}

void
copy_close(struct copy **copy_p)
{
    struct copy *copy = *copy_p;
    PGresult *result;

    put(copy, "\377\377", 2);
    flush(copy);
    if (PQputCopyEnd(copy->conn, NULL) != 1)
        die("%s", PQerrorMessage(copy->conn));
    result = PQgetResult(copy->conn);
    if (PQresultStatus(result) != PGRES_COMMAND_OK)
        die("%s", PQerrorMessage(copy->conn));
    PQclear(result);
    PQfinish(copy->conn);
    arena_free(&copy->arena);
    free(copy->buffer);
    free(copy);
    *copy_p = NULL;
}

/* ------------------------------------------------------------------ one value */

static void
put_bytes(struct copy *copy, const void *bytes, size_t size)
{
    uint32_t length = htonl(bytes ? (uint32_t) size : UINT32_MAX);

    put(copy, &length, sizeof(length));
    if (bytes)
        put(copy, bytes, size);
}

static void
put_text(struct copy *copy, const char *text)
{
    put_bytes(copy, text ? text : "", text ? strlen(text) : 0);
}

static void
put_uuid(struct copy *copy, const struct uuid *uuid)
{
    put_bytes(copy, uuid_is_nil(uuid) ? NULL : uuid->bytes, sizeof(uuid->bytes));
}

static void
put_int8(struct copy *copy, int64_t number)
{
    uint64_t big = htobe64((uint64_t) number);

    put_bytes(copy, &big, sizeof(big));
}

static void
put_int4(struct copy *copy, int32_t number)
{
    uint32_t big = htonl((uint32_t) number);

    put_bytes(copy, &big, sizeof(big));
}

static void
put_time(struct copy *copy, int64_t time_us)
{
    uint64_t big = htobe64((uint64_t) (time_us - PG_EPOCH_US));

    put_bytes(copy, time_us ? &big : NULL, sizeof(big));
}

static void
put_digest(struct copy *copy, const struct digest *digest)
{
    static const struct digest zero;

    put_bytes(copy, digest_equal(digest, &zero) ? NULL : digest->bytes, sizeof(digest->bytes));
}

static void
put_uuids(struct copy *copy, const struct uuid *uuids, size_t count)
{
    uint32_t head[5] = { htonl(count ? 1 : 0), 0, htonl(UUID_OID), htonl((uint32_t) count),
                         htonl(1) };
    size_t head_size = count ? sizeof(head) : 3 * sizeof(head[0]);
    uint32_t length = htonl((uint32_t) (head_size + count * 20));

    put(copy, &length, sizeof(length));
    put(copy, head, head_size);
    for (size_t i = 0; i < count; i++)
        put_bytes(copy, uuids[i].bytes, sizeof(uuids[i].bytes));
}

static void
begin_row(struct copy *copy)
{
    uint16_t columns = htons((uint16_t) copy->columns);

    if (copy->used > FLUSH_AT)
        flush(copy);
    put(copy, &columns, sizeof(columns));
    put_text(copy, copy->programme);
}

/* ------------------------------------------------------------------ the runtime's tables */

struct copy *
copy_open_journal(const char *dsn, const char *programme)
{
    return open_stream(dsn, programme, "runtime.journal",
                       "position, service, kind, aggregate, version, type, body, recorded_at,"
                       " because, parties, source, cause, heard, agency, actor, capacity,"
                       " traceparent, request_digest, reply_digest, chain");
}

void
copy_event(struct copy *copy, const struct journal_row *row)
{
    begin_row(copy);
    put_int8(copy, row->position);
    put_text(copy, row->service);
    put_text(copy, row->kind);
    put_uuid(copy, &row->aggregate);
    put_int8(copy, row->version);
    put_text(copy, row->type);
    put_bytes(copy, row->body.data, row->body.size);
    put_time(copy, row->recorded_us);
    put_text(copy, row->because);
    put_uuids(copy, row->parties, row->party_count);
    put_uuid(copy, &row->source);
    put_uuid(copy, &row->cause);
    put_int8(copy, row->heard);
    put_uuid(copy, &row->agency);
    put_uuid(copy, &row->actor);
    put_int4(copy, row->capacity);
    put_text(copy, row->traceparent);
    put_digest(copy, &row->request_digest);
    put_digest(copy, &row->reply_digest);
    put_bytes(copy, row->chain.bytes, sizeof(row->chain.bytes));
}

struct copy *
copy_open_inbox(const char *dsn, const char *programme)
{
    return open_stream(dsn, programme, "runtime.inbox",
                       "source, id, number, service, type, subject, agency, actor, capacity,"
                       " received_at, stored_at, request_digest, salt, request, reply, chain");
}

void
copy_inbox(struct copy *copy, const struct inbox_row *row)
{
    begin_row(copy);
    put_uuid(copy, &row->source);
    put_uuid(copy, &row->id);
    put_int8(copy, row->number);
    put_text(copy, row->service);
    put_text(copy, row->type);
    put_uuid(copy, &row->subject);
    put_uuid(copy, &row->agency);
    put_uuid(copy, &row->actor);
    put_int4(copy, row->capacity);
    put_time(copy, row->received_us);
    put_time(copy, row->stored_us);
    put_bytes(copy, row->request_digest.bytes, sizeof(row->request_digest.bytes));
    put_bytes(copy, row->salt, sizeof(row->salt));
    put_bytes(copy, row->request.data, row->request.size);
    put_bytes(copy, row->reply.data, row->reply.size);
    put_bytes(copy, row->chain.bytes, sizeof(row->chain.bytes));
}

/* ------------------------------------------------------------------ the services' tables */

static struct copy *
open_columns(const char *dsn, const char *programme, const char *table, const char *first,
             const struct column *columns)
{
    struct arena *arena = arena_new();
    const char *names = first;
    struct copy *copy;

    for (const struct column *c = columns; c->name; c++)
        names = arena_format(arena, "%s, %s", names, column_sql_name(arena, c));
    copy = open_stream(dsn, programme, table, names);
    arena_free(&arena);
    return copy;
}

struct copy *
copy_open_table(const char *dsn, const char *programme, const struct table *table)
{
    return open_columns(dsn, programme, table->name, "id, version, state, changed_at",
                        table->columns);
}

struct copy *
copy_open_child(const char *dsn, const char *programme, const struct child *child)
{
    return open_columns(dsn, programme, child->name, "parent, place", child->columns);
}

static void
put_message(struct copy *copy, const ProtobufCMessage *message)
{
    struct bytes packed = { NULL, 0 };

    arena_reset(copy->arena, FLUSH_AT);
    if (message)
        packed = proto_pack(copy->arena, message);
    put_bytes(copy, packed.data, packed.size);
}

static void
put_column(struct copy *copy, const struct column *column, const void *row)
{
    const void *member = (const char *) row + column->offset;

    switch (column->type) {
    case ENUM:
    case INT4:
        put_int4(copy, *(const int32_t *) member);
        break;
    case INT8:
        put_int8(copy, *(const int64_t *) member);
        break;
    case BOOL:
        put_bytes(copy, *(const bool *) member ? "\1" : "\0", 1);
        break;
    case UUID:
    case PARTY:
        put_uuid(copy, member);
        break;
    case DIGEST:
        put_digest(copy, member);
        break;
    case TEXT:
        put_text(copy, *(const char *const *) member);
        break;
    case TIME:
        put_time(copy, *(const int64_t *) member);
        break;
    case MESSAGE:
        put_message(copy, *(const ProtobufCMessage *const *) member);
        break;
    case COLUMN_END:
        break;
    }
}

static void
put_columns(struct copy *copy, const struct column *columns, const void *row)
{
    for (const struct column *c = columns; c->name; c++)
        put_column(copy, c, row);
}

void
copy_state(struct copy *copy, const struct table *table, const struct aggregate *state)
{
    begin_row(copy);
    put_uuid(copy, &state->id);
    put_int8(copy, state->version);
    put_int4(copy, state->state);
    put_time(copy, state->changed_us);
    put_columns(copy, table->columns, state);
}

void
copy_children(struct copy *copy, const struct child *child, const struct aggregate *state)
{
    const struct list *rows = (const void *) ((const char *) state + child->offset);

    for (size_t place = 0; place < rows->count; place++) {
        begin_row(copy);
        put_uuid(copy, &state->id);
        put_int4(copy, (int32_t) place);
        put_columns(copy, child->columns, list_at(rows, place));
    }
}
