/* common/db.c - one connection to PostgreSQL: statements travel together and come back in order. */
#include "common/db.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

int
db_lost(struct db *db, const char *what)
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

    db->is_over = db->is_over || (state && is_end(state));
    if (db->is_undoing)
        return ERR_RETRY;
    snprintf(db->constraint, sizeof(db->constraint), "%s", constraint ? constraint : "");
    return err_set(code_of(state ? state : "08"), "%s: %s (%s)", statement,
                   message ? message : PQresultErrorMessage(result), state ? state : "no state");
}

/* ------------------------------------------------------------------ one round trip */

enum { MOST_WAIT_MS = 60000 };

static void
give_up(struct db *db)
{
    PQfinish(db->conn);
    db->conn = NULL;
    db->is_over = false;
}

/* Gives up a connection whose other end is gone, whatever libpq thinks of it. */
static int
cut_off(struct db *db)
{
    int rc = db_lost(db, "connection lost");

    give_up(db);
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
            return db_lost(db, "cannot send");
        if (!await(&fd, 1))
            return cut_off(db);
        if ((fd.revents & POLLIN) && !PQconsumeInput(db->conn))
            return db_lost(db, "cannot read");
    }
}

static void
clear_results(struct db *db)
{
    for (size_t i = 0; i < db->answered; i++)
        PQclear(db->results[i]);
    db->answered = 0;
}

void
db_forget(struct db *db)
{
    clear_results(db);
    db->trip_count = 0;
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
                return db_lost(db, "connection lost");
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
            return db_lost(db, "connection lost");
    }
}

int
db_wait(struct db *db)
{
    int rc = flush(db);

    return rc ? rc : collect(db);
}

/* Whether the server may have a COMMIT that it did not answer. */
static bool
any_commit(const struct db *db, bool all_sent)
{
    bool any = false;

    for (size_t i = 0; i < db->trip_count; i++)
        any = any || (all_sent ? db->trips[i].has_commit : db->trips[i].pushed_commit);
    return any;
}

int
db_run(struct db *db)
{
    bool is_sent;
    int rc;

    db_send(db);
    if (db->trip_count == 0)
        return 0;
    clear_results(db);
    /* Otherwise the last calls never reached the wire as a whole. */
    is_sent = db->conn && !db->send_failed;
    db->is_lost = false;
    rc = is_sent ? db_wait(db) : db_lost(db, "cannot send");
    db->commit_unknown = db->is_lost && any_commit(db, is_sent);
    if (!db->is_lost) {
        memmove(db->trips, db->trips + 1, --db->trip_count * sizeof(*db->trips));
    } else { /* what is asked next is not asked after this */
        db_forget(db);
        give_up(db);
    }
    return rc;
}

void
db_push(struct db *db)
{
    struct trip *trip;

    db_send_call(db);
    trip = db_open_trip(db);
    if (trip)
        trip->pushed_commit = trip->has_commit;
    if (db->conn && PQflush(db->conn) < 0)
        db->send_failed = true;
}

void
db_send(struct db *db)
{
    struct trip *trip;

    db_send_call(db);
    trip = db_open_trip(db);
    if (!trip || !db->conn || db->send_failed)
        return;
    trip->pushed_commit = trip->has_commit;
    trip->is_closed = PQpipelineSync(db->conn);
    db->send_failed = !trip->is_closed;
}

/* What to wait for, after sending what can be sent. false: db_run will say why. */
static bool
flush_some(struct db *db, struct pollfd *ret_fd)
{
    int rest = db->conn ? PQflush(db->conn) : -1;

    if (rest < 0)
        return false;
    *ret_fd = (struct pollfd){ PQsocket(db->conn), POLLIN, 0 };
    ret_fd->events |= rest ? POLLOUT : 0;
    return true;
}

bool
db_is_before(struct db *db, int fd)
{
    struct pollfd fds[2] = { { 0 }, { fd, POLLIN, 0 } };

    for (;;) {
        if (!flush_some(db, &fds[0]) || !PQisBusy(db->conn) || !await(fds, 2) ||
            (fds[0].revents & ~POLLOUT))
            return true;
        if (fds[1].revents)
            return false;
    }
}

bool
db_is_first(struct db *db, struct db *other)
{
    struct pollfd fds[2];

    for (;;) {
        if (!flush_some(db, &fds[0]) || !flush_some(other, &fds[1]) || !PQisBusy(other->conn) ||
            !await(fds, 2))
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
    db->call = NULL;
    db->param_count = 0;
    db->array_left = 0;
    db->is_undoing = true;
    while (db_is_open(db) && db->trip_count) { /* queued, never run; or sent behind what failed */
        int rc = db_run(db);

        (void) rc;
    }
    db->is_undoing = false;
    if (!db_is_open(db))
        return db_lost(db, "cannot roll back");
    if (PQtransactionStatus(db->conn) == PQTRANS_IDLE)
        return 0;
    db_call(db, &db_rollback_statement);
    return db_run(db);
}
