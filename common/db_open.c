/* common/db_open.c - makes the connection, prepares what was declared, and makes it anew when it was lost. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "common/db_check.h"
#include "common/db_state.h"

/* What was just handed to libpq, by itself. */
static int
run_alone(struct db *db, bool is_handed, const char *what)
{
    return is_handed && PQpipelineSync(db->conn) ? db_wait(db) : db_lost(db, what);
}

int
db_ask(struct db *db, const char *sql)
{
    db_forget(db);
    return run_alone(db, PQsendQueryParams(db->conn, sql, 0, NULL, NULL, NULL, NULL, 0),
                     "cannot ask");
}

static int
prepare_now(struct db *db, struct prepared *prepared)
{
    const struct statement *statement = prepared->statement;
    int rc;

    db_forget(db);
    rc = run_alone(db, PQsendPrepare(db->conn, statement->name, statement->sql, 0, NULL),
                   "cannot prepare");
    db_forget(db);
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

    db_forget(db);
    if (db->conn)
        PQfinish(db->conn);
    db->conn = PQconnectdbParams(keys, values, 1);
    if (PQstatus(db->conn) != CONNECTION_OK)
        return db_lost(db, "cannot connect to PostgreSQL");
    return db_check(db->conn);
}

int
db_reconnect(struct db *db)
{
    int rc = connect_now(db);

    if (rc)
        return rc;
    if (PQsetnonblocking(db->conn, 1) != 0 || !PQenterPipelineMode(db->conn))
        return db_lost(db, "cannot enter pipeline mode");
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
        rc = db_prepare(db, &db_begin_still_statement);
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
    db_forget(db);
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
