/* common/db.c - one connection to PostgreSQL: statements travel together and come back in order. */
#include "common/db.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/db_check.h"
#include "common/db_state.h"

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
    db->is_lost = true;
    db->constraint[0] = '\0';
    return err_set(ERR_RETRY, "%s: %s", what,
                   db->conn ? PQerrorMessage(db->conn) : "no connection");
}

/* The server is leaving, or is no longer the one that may be written to: another connection, please. */
static bool
is_end(const char *sqlstate)
{
    return strcmp(sqlstate, "25006") == 0 || strncmp(sqlstate, "57P", 3) == 0;
}

static int
refused(struct db *db, const PGresult *result, const char *statement)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);

    snprintf(db->constraint, sizeof(db->constraint), "%s", constraint ? constraint : "");
    db->is_over = state && is_end(state);
    return err_set(code_of(state ? state : "08"), "%s: %s (%s)", statement,
                   message ? message : PQresultErrorMessage(result), state ? state : "no state");
}

/* ------------------------------------------------------------------ one round trip */

enum { MOST_WAIT_MS = 60000 };

/* Gives up a connection whose other end is gone, whatever libpq thinks of it. */
static int
cut_off(struct db *db)
{
    int rc = lost(db, "connection lost");

    PQfinish(db->conn);
    db->conn = NULL;
    db->is_over = false;
    return rc;
}

/* false: nothing came of it for longer than anything may take here. */
static bool
await(struct pollfd *fds, nfds_t count)
{
    int ready = poll(fds, count, MOST_WAIT_MS);

    return ready > 0 || (ready < 0 && errno == EINTR);
}

/* Sends what libpq still holds, reading meanwhile so that neither side blocks the other. */
static int
flush(struct db *db)
{
    for (;;) {
        struct pollfd fd = { PQsocket(db->conn), POLLIN | POLLOUT, 0 };
        int rest = PQflush(db->conn);

        if (rest == 0)
            return 0;
        if (rest < 0)
            return lost(db, "cannot send");
        if (!await(&fd, 1))
            return cut_off(db);
        if ((fd.revents & POLLIN) && !PQconsumeInput(db->conn))
            return lost(db, "cannot read");
    }
}

void
db_clear_results(struct db *db)
{
    for (size_t i = 0; i < db->answered; i++)
        PQclear(db->results[i]);
    db->answered = 0;
    db->sent = 0;
    db->is_sent = false;
    db->sent_commit = db->pushed_commit = false;
    db->send_failed = false;
    db->used = 0;
    db->call = NULL;
}

/* Waits for the next result, but not for ever: without memory libpq loses what it has read, even the sync that ends
 * all, and waits for it to come again. */
static bool
is_there(struct db *db)
{
    while (PQisBusy(db->conn)) {
        struct pollfd fd = { PQsocket(db->conn), POLLIN, 0 };

        if (!await(&fd, 1))
            return false;
        if (!PQconsumeInput(db->conn))
            return true; /* PQgetResult says what it is */
    }
    return true;
}

/* Takes results up to the next sync; the first error decides. */
static int
collect(struct db *db)
{
    int rc = 0;

    for (;;) {
        PGresult *result;
        ExecStatusType status;

        if (!is_there(db))
            return cut_off(db);
        result = PQgetResult(db->conn);
        if (!result) { /* the end of one statement's results, or of the connection */
            if (PQstatus(db->conn) != CONNECTION_OK)
                return lost(db, "connection lost");
            continue;
        }
        status = PQresultStatus(result);
        if (status == PGRES_PIPELINE_SYNC) {
            PQclear(result);
            return db->is_over ? cut_off(db) : rc;
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

static int
wait_for_all(struct db *db)
{
    int rc = flush(db);

    return rc ? rc : collect(db);
}

static int
run(struct db *db)
{
    if (!db->conn || db->send_failed) {
        db->sent_commit = db->pushed_commit; /* otherwise it never reached the wire as a whole */
        return lost(db, "cannot send");
    }
    return wait_for_all(db);
}

int
db_run(struct db *db)
{
    int rc;

    db_send(db);
    if (db->sent == db->answered)
        return 0;
    db->is_lost = false;
    rc = run(db);
    db->is_sent = false;
    db->commit_unknown = db->is_lost && db->sent_commit;
    if (db->is_lost)
        db_clear_results(db); /* what is asked next is not asked after this */
    return rc;
}

void
db_push(struct db *db)
{
    db_send_call(db);
    db->pushed_commit = db->sent_commit;
    if (db->conn && PQflush(db->conn) < 0)
        db->send_failed = true;
}

void
db_send(struct db *db)
{
    db_send_call(db);
    if (db->sent == db->answered || db->is_sent || !db->conn || db->send_failed)
        return;
    db->pushed_commit = db->sent_commit;
    db->is_sent = PQpipelineSync(db->conn);
    db->send_failed = !db->is_sent;
}

bool
db_is_first(struct db *db, struct db *other)
{
    struct db *const both[] = { db, other };
    struct pollfd fds[2];

    for (;;) {
        for (size_t i = 0; i < 2; i++) {
            int rest = both[i]->conn ? PQflush(both[i]->conn) : -1;

            if (rest < 0)
                return false; /* db_run will say why */
            fds[i] = (struct pollfd){ PQsocket(both[i]->conn), POLLIN, 0 };
            fds[i].events |= rest ? POLLOUT : 0;
        }
        if (!await(fds, 2))
            return false;
        if (fds[1].revents & ~POLLOUT)
            return false;
        if (fds[0].revents & ~POLLOUT)
            return true;
    }
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
    db_call(db, &db_rollback_statement);
    return db_run(db);
}

/* ------------------------------------------------------------------ the connection */

/* What was just handed to libpq, by itself. */
static int
run_alone(struct db *db, bool is_handed, const char *what)
{
    return is_handed && PQpipelineSync(db->conn) ? wait_for_all(db) : lost(db, what);
}

int
db_ask(struct db *db, const char *sql)
{
    db_clear_results(db);
    return run_alone(db, PQsendQueryParams(db->conn, sql, 0, NULL, NULL, NULL, NULL, 0),
                     "cannot ask");
}

static int
prepare_now(struct db *db, struct prepared *prepared)
{
    const struct statement *statement = prepared->statement;
    int rc;

    db_clear_results(db);
    rc = run_alone(db, PQsendPrepare(db->conn, statement->name, statement->sql, 0, NULL),
                   "cannot prepare");
    db_clear_results(db);
    if (rc == 0 && statement->table)
        rc = db_learn_row_type(db, prepared);
    return rc ? err_add(rc, "cannot prepare %s", statement->name) : 0;
}

int
db_prepare(struct db *db, const struct statement *statement)
{
    assert(db->statement_count < MOST_STATEMENTS);
    for (size_t i = 0; i < db->statement_count; i++)
        if (strcmp(db->statements[i].statement->name, statement->name) == 0)
            return err_set(ERR_FATAL, "two statements are called %s", statement->name);
    db->statements[db->statement_count].statement = statement;
    return prepare_now(db, &db->statements[db->statement_count++]);
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
    " -c enable_mergejoin=off -c enable_bitmapscan=off -c enable_sort=off -c jit=off"

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

    db_clear_results(db);
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
        rc = prepare_now(db, &db->statements[i]);
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
        rc = db_prepare(db, &db_begin_statement);
    if (rc == 0)
        rc = db_prepare(db, &db_commit_statement);
    if (rc == 0)
        rc = db_prepare(db, &db_rollback_statement);
    if (rc == 0)
        rc = db_prepare(db, &db_row_type_statement);
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
    db_clear_results(db);
    if (db->conn)
        PQfinish(db->conn);
    for (size_t i = 0; i < db->statement_count; i++)
        free(db->statements[i].rows);
    free(db->buffer);
    free(db->dsn);
    free(db->name);
    free(db);
    *db_p = NULL;
}
