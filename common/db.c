/* common/db.c - one connection to PostgreSQL: statements queue up, travel together, come back in
 * order. */
#include "common/db.h"

#include <arpa/inet.h>
#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/db_check.h"

#define EPOCH_US INT64_C(946684800000000) /* PostgreSQL counts from 2000-01-01 */

enum { MOST_CALLS = 1024, MOST_PARAMS = 48, MOST_STATEMENTS = 256 };

static const struct statement begin_statement = { "begin", "BEGIN" };
static const struct statement commit_statement = { "commit", "COMMIT" };
static const struct statement rollback_statement = { "rollback", "ROLLBACK" };

struct param {
    size_t at;
    int length; /* -1: NULL */
};

struct db {
    char *dsn;
    char *name;
    PGconn *conn;
    const struct statement *statements[MOST_STATEMENTS];
    size_t statement_count;
    /* the call that is being put together */
    const struct statement *call;
    struct param params[MOST_PARAMS];
    size_t param_count;
    size_t array_left;
    uint8_t *buffer;
    size_t used, room;
    /* what was sent since the last run */
    PGresult *results[MOST_CALLS];
    size_t sent;
    size_t answered;
    bool sent_commit;
    bool commit_unknown;
    bool send_failed;
    char constraint[64];
};

/* ------------------------------------------------------------------ errors */

/* What the caller does about an SQLSTATE; a class is its first two characters. */
static const struct {
    const char *prefix;
    int code;
} sqlstates[] = {
    { "23505",
      ERR_RETRY }, /* unique: somebody was faster, or never will it work; the batch finds out */
    { "40", ERR_RETRY },    /* serialization, deadlock */
    { "55P03", ERR_RETRY }, /* lock not available */
    { "57", ERR_RETRY },    /* operator intervention: shutdown, timeout */
    { "53", ERR_RETRY },    /* resources: disk full, too many connections */
    { "08", ERR_RETRY },    /* connection */
    { "25", ERR_RETRY },    /* transaction state: it was ended under us */
    { "58", ERR_RETRY },    /* system error: I/O */
    { "42", ERR_FATAL },    /* what we say is not what the database has */
    { "28", ERR_FATAL },    /* not let in */
    { "", ERR_POISON },     /* the data itself */
};

static int
code_of(const char *sqlstate)
{
    size_t i = 0;

    while (strncmp(sqlstate, sqlstates[i].prefix, strlen(sqlstates[i].prefix)) != 0)
        i++;
    return sqlstates[i].code;
}

static int
lost(struct db *db, const char *what)
{
    db->commit_unknown = db->sent_commit;
    return err_set(ERR_RETRY, "%s: %s", what,
                   db->conn ? PQerrorMessage(db->conn) : "no connection");
}

static int
refused(struct db *db, const PGresult *result, const char *statement)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    snprintf(db->constraint, sizeof(db->constraint), "%s", constraint ? constraint : "");
    return err_set(code_of(state ? state : "08"), "%s: %s (%s)", statement,
                   message ? message : PQresultErrorMessage(result), state ? state : "no state");
}

/* ------------------------------------------------------------------ one round trip */

/* Sends what libpq still holds, reading meanwhile so that neither side blocks the other. */
static int
flush(struct db *db)
{
    for (;;) {
        struct pollfd fd = { PQsocket(db->conn), POLLIN | POLLOUT, 0 };
        int rest = PQflush(db->conn);

        if (rest == 0)
            return 0;
        if (rest < 0 || (poll(&fd, 1, -1) < 0 && errno != EINTR))
            return lost(db, "cannot send");
        if ((fd.revents & POLLIN) && !PQconsumeInput(db->conn))
            return lost(db, "cannot read");
    }
}

static void
clear_results(struct db *db)
{
    for (size_t i = 0; i < db->answered; i++)
        PQclear(db->results[i]);
    db->answered = 0;
    db->sent = 0;
    db->sent_commit = false;
    db->send_failed = false;
    db->used = 0;
    db->call = NULL;
}

/* Gives up a connection whose other end is gone, whatever libpq thinks of it. */
static int
cut_off(struct db *db)
{
    int rc = lost(db, "connection lost");

    PQfinish(db->conn);
    db->conn = NULL;
    return rc;
}

/* Takes results up to the next sync; the first error decides. */
static int
collect(struct db *db)
{
    int rc = 0;

    for (;;) {
        PGresult *result = PQgetResult(db->conn);
        ExecStatusType status;

        if (!result) { /* the end of one statement's results, or of the connection */
            if (PQstatus(db->conn) != CONNECTION_OK)
                return lost(db, "connection lost");
            continue;
        }
        status = PQresultStatus(result);
        if (status == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            return rc;
        }
        if (status == PGRES_FATAL_ERROR && !PQresultErrorField(result, PG_DIAG_SQLSTATE)) {
            /* libpq's own error, not the server's: it could not write. The status may still say OK, and
             * no sync will ever come. */
            PQclear(result);
            return cut_off(db);
        }
        if (status == PGRES_FATAL_ERROR && rc == 0)
            rc = refused(db, result, "statement");
        if (db->answered < MOST_CALLS)
            db->results[db->answered++] = result;
        else
            PQclear(result);
        if (PQstatus(db->conn) != CONNECTION_OK)
            return lost(db, "connection lost");
    }
}

static void
send_call(struct db *db)
{
    const char *values[MOST_PARAMS];
    int lengths[MOST_PARAMS];
    int formats[MOST_PARAMS];

    if (!db->call)
        return;
    assert(db->array_left == 0);
    for (size_t i = 0; i < db->param_count; i++) {
        values[i] = db->params[i].length < 0 ? NULL : (const char *) db->buffer + db->params[i].at;
        lengths[i] = db->params[i].length;
        formats[i] = 1;
    }
    assert(db->sent < MOST_CALLS);
    if (!db->conn || !PQsendQueryPrepared(db->conn, db->call->name, (int) db->param_count, values,
                                          lengths, formats, 1))
        db->send_failed = true;
    db->sent++;
    if (db->call == &commit_statement)
        db->sent_commit = true;
    db->call = NULL;
    db->param_count = 0;
    db->used = 0;
}

int
db_run(struct db *db)
{
    int rc;

    send_call(db);
    if (db->sent == 0)
        return 0;
    db->commit_unknown = false;
    if (!db->conn || db->send_failed || !PQpipelineSync(db->conn)) {
        db->sent_commit = false; /* never reached the wire as a whole */
        return lost(db, "cannot send");
    }
    rc = flush(db);
    return rc ? rc : collect(db);
}

bool
db_commit_is_unknown(const struct db *db)
{
    return db->commit_unknown;
}

const char *
db_constraint(const struct db *db)
{
    return db->constraint;
}

int
db_rollback(struct db *db)
{
    int rc;

    db->call = NULL;
    db->param_count = 0;
    db->array_left = 0;
    if (!db_is_open(db))
        return lost(db, "cannot roll back");
    if (db->sent > db->answered) { /* queued, never run */
        rc = db_run(db);
        (void) rc;
    }
    if (PQtransactionStatus(db->conn) == PQTRANS_IDLE)
        return 0;
    db_call(db, &rollback_statement);
    return db_run(db);
}

/* ------------------------------------------------------------------ putting a call together */

void
db_call(struct db *db, const struct statement *statement)
{
    if (db->answered)
        clear_results(db);
    send_call(db);
    db->call = statement;
}

void
db_begin(struct db *db)
{
    db->constraint[0] = '\0'; /* not at each run: it is asked for after the rollback */
    db_call(db, &begin_statement);
}

void
db_commit(struct db *db)
{
    db_call(db, &commit_statement);
}

static uint8_t *
room_for(struct db *db, size_t size)
{
    if (db->used + size > db->room) {
        db->room = 2 * (db->used + size) + 4096;
        db->buffer = realloc(db->buffer, db->room);
        if (!db->buffer)
            abort();
    }
    db->used += size;
    return db->buffer + db->used - size;
}

/* Writes a value: as the next parameter, or as the next element of the open array. NULL bytes:
 * NULL. */
static void
put(struct db *db, const void *bytes, size_t size)
{
    if (db->array_left) {
        uint32_t length = htonl(bytes ? (uint32_t) size : UINT32_MAX);

        memcpy(room_for(db, sizeof(length)), &length, sizeof(length));
        if (bytes && size)
            memcpy(room_for(db, size), bytes, size);
        db->array_left--;
        db->params[db->param_count - 1].length =
            (int) (db->used - db->params[db->param_count - 1].at);
        return;
    }
    assert(db->param_count < MOST_PARAMS);
    db->params[db->param_count++] = (struct param){ db->used, bytes ? (int) size : -1 };
    memcpy(room_for(db, size + 1), bytes ? bytes : "", bytes ? size : 0);
}

void
db_text(struct db *db, const char *text)
{
    put(db, text, text ? strlen(text) : 0);
}

void
db_uuid(struct db *db, const struct uuid *uuid)
{
    put(db, uuid && !uuid_is_nil(uuid) ? uuid->bytes : NULL, sizeof(uuid->bytes));
}

void
db_int8(struct db *db, int64_t number)
{
    uint64_t big = htobe64((uint64_t) number);

    put(db, &big, sizeof(big));
}

void
db_int4(struct db *db, int32_t number)
{
    uint32_t big = htonl((uint32_t) number);

    put(db, &big, sizeof(big));
}

void
db_bool(struct db *db, bool truth)
{
    put(db, truth ? "\1" : "\0", 1);
}

void
db_bytes(struct db *db, const void *bytes, size_t size)
{
    put(db, bytes, size);
}

void
db_time(struct db *db, int64_t time_us)
{
    uint64_t big = htobe64((uint64_t) (time_us - EPOCH_US));

    put(db, time_us ? &big : NULL, sizeof(big));
}

void
db_array(struct db *db, enum db_type type, size_t count)
{
    static const uint32_t oids[] = {
        [DB_TEXT] = 25, [DB_UUID] = 2950, [DB_INT8] = 20,   [DB_INT4] = 23,
        [DB_BOOL] = 16, [DB_BYTES] = 17,  [DB_TIME] = 1184,
    };
    uint32_t head[5] = { htonl(count ? 1 : 0), htonl(1), htonl(oids[type]), htonl((uint32_t) count),
                         htonl(1) };
    size_t size = count ? sizeof(head) : 3 * sizeof(head[0]);

    assert(db->array_left == 0 && db->param_count < MOST_PARAMS);
    db->params[db->param_count++] = (struct param){ db->used, (int) size };
    memcpy(room_for(db, size), head, size);
    db->array_left = count;
}

/* ------------------------------------------------------------------ what came back */

const struct db_result *
db_result(const struct db *db, size_t nth)
{
    assert(nth < db->answered);
    return (const struct db_result *) db->results[nth];
}

static const PGresult *
pg(const struct db_result *result)
{
    return (const PGresult *) result;
}

size_t
db_rows(const struct db_result *result)
{
    return (size_t) PQntuples(pg(result));
}

size_t
db_width(const struct db_result *result)
{
    return (size_t) PQnfields(pg(result));
}

const char *
db_name(const struct db_result *result, size_t column)
{
    return PQfname(pg(result), (int) column);
}

size_t
db_changed(const struct db_result *result)
{
    return strtoul(PQcmdTuples((PGresult *) (uintptr_t) result), NULL, 10);
}

bool
db_is_null(const struct db_result *result, size_t row, size_t column)
{
    return PQgetisnull(pg(result), (int) row, (int) column);
}

bool
db_is_uuid(const struct db_result *result, size_t column)
{
    return PQftype(pg(result), (int) column) == 2950;
}

struct bytes
db_get_bytes(const struct db_result *result, size_t row, size_t column)
{
    return (struct bytes){ (const uint8_t *) PQgetvalue(pg(result), (int) row, (int) column),
                           (size_t) PQgetlength(pg(result), (int) row, (int) column) };
}

int64_t
db_get_int(const struct db_result *result, size_t row, size_t column)
{
    struct bytes value = db_get_bytes(result, row, column);
    uint64_t number = 0;

    for (size_t i = 0; i < value.size; i++)
        number = number << 8 | value.data[i];
    if (value.size == 4)
        return (int32_t) (uint32_t) number;
    return (int64_t) number;
}

struct uuid
db_get_uuid(const struct db_result *result, size_t row, size_t column)
{
    struct bytes value = db_get_bytes(result, row, column);
    struct uuid uuid = { 0 };

    if (value.size == sizeof(uuid.bytes))
        memcpy(uuid.bytes, value.data, sizeof(uuid.bytes));
    return uuid;
}

const char *
db_get_text(const struct db_result *result, size_t row, size_t column)
{
    return PQgetvalue(pg(result), (int) row, (int) column);
}

int64_t
db_get_time(const struct db_result *result, size_t row, size_t column)
{
    return db_is_null(result, row, column) ? 0 : db_get_int(result, row, column) + EPOCH_US;
}

size_t
db_get_uuids(const struct db_result *result, size_t row, size_t column, struct arena *arena,
             struct uuid **ret_uuids)
{
    struct bytes value = db_get_bytes(result, row, column);
    size_t count =
        value.size > 20 ? (value.size - 20) / 20 : 0; /* elements of 4 + 16 bytes, none NULL */
    struct uuid *uuids = arena_zero(arena, (count + 1) * sizeof(*uuids));

    for (size_t i = 0; i < count; i++)
        memcpy(uuids[i].bytes, value.data + 20 + i * 20 + 4, 16);
    *ret_uuids = uuids;
    return count;
}

/* ------------------------------------------------------------------ the connection */

static int
prepare_now(struct db *db, const struct statement *statement)
{
    int rc;

    if (db->answered)
        clear_results(db);
    if (!PQsendPrepare(db->conn, statement->name, statement->sql, 0, NULL) ||
        !PQpipelineSync(db->conn))
        return lost(db, "cannot prepare");
    rc = flush(db);
    if (rc == 0)
        rc = collect(db);
    clear_results(db);
    return rc ? err_add(rc, "cannot prepare %s", statement->name) : 0;
}

int
db_prepare(struct db *db, const struct statement *statement)
{
    assert(db->statement_count < MOST_STATEMENTS);
    for (size_t i = 0; i < db->statement_count; i++)
        if (strcmp(db->statements[i]->name, statement->name) == 0)
            return err_set(ERR_FATAL, "two statements are called %s", statement->name);
    db->statements[db->statement_count++] = statement;
    return prepare_now(db, statement);
}

bool
db_is_open(const struct db *db)
{
    return db->conn && PQstatus(db->conn) == CONNECTION_OK;
}

/* Every statement here finds rows by key, from few to a few hundred. A plan that was made while its table
 * was small must not go on reading the whole of it when it has grown. */
#define BY_KEY                                                                                     \
    " -c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off"          \
    " -c enable_mergejoin=off -c jit=off"

static int
connect_now(struct db *db)
{
    const char *keys[] = { "dbname",
                           "application_name",
                           "connect_timeout",
                           "keepalives_idle",
                           "keepalives_interval",
                           "keepalives_count",
                           "tcp_user_timeout",
                           "options",
                           "client_encoding",
                           NULL };
    const char *values[] = { db->dsn,
                             db->name,
                             "5",
                             "10",
                             "5",
                             "3",
                             "15000",
                             "-c lock_timeout=2000 -c idle_in_transaction_session_timeout=10000"
                             " -c default_transaction_isolation=read\\ committed" BY_KEY,
                             "UTF8",
                             NULL };

    clear_results(db);
    if (db->conn)
        PQfinish(db->conn);
    db->conn = PQconnectdbParams(keys, values, 1);
    if (PQstatus(db->conn) != CONNECTION_OK)
        return lost(db, "cannot connect to PostgreSQL");
    return db_check(db->conn);
}

int
db_reconnect(struct db *db)
{
    int rc = connect_now(db);

    if (rc)
        return rc;
    if (PQsetnonblocking(db->conn, 1) != 0 || !PQenterPipelineMode(db->conn))
        return lost(db, "cannot enter pipeline mode");
    for (size_t i = 0; i < db->statement_count && rc == 0; i++)
        rc = prepare_now(db, db->statements[i]);
    return rc;
}

int
db_open(const char *dsn, const char *name, struct db **ret_db)
{
    struct db *db = calloc(1, sizeof(*db));
    int rc;

    if (!db)
        abort();
    db->dsn = strdup(dsn);
    db->name = strdup(name);
    rc = db_reconnect(db);
    if (rc == 0)
        rc = db_prepare(db, &begin_statement);
    if (rc == 0)
        rc = db_prepare(db, &commit_statement);
    if (rc == 0)
        rc = db_prepare(db, &rollback_statement);
    if (rc) {
        db_close(&db);
        return rc;
    }
    *ret_db = db;
    return 0;
}

void
db_close(struct db **db_p)
{
    struct db *db = *db_p;

    if (!db)
        return;
    clear_results(db);
    if (db->conn)
        PQfinish(db->conn);
    free(db->buffer);
    free(db->dsn);
    free(db->name);
    free(db);
    *db_p = NULL;
}
