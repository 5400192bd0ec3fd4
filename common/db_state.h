/* common/db_state.h - what the parts of the connection share. Not for others. */
#ifndef SANGKIEN_COMMON_DB_STATE_H
#define SANGKIEN_COMMON_DB_STATE_H

#include <libpq-fe.h>

#include "common/db.h"

enum {
    MOST_CALLS = 1024,
    MOST_PARAMS = 48,
    MOST_STATEMENTS = 256,
    MOST_COLUMNS = 64,
    MOST_TRIPS = 2
};

struct param {
    size_t at;
    int length; /* -1: NULL */
};

/* How the server knows a table's row. */
struct row_type {
    uint32_t oid;
    size_t width;
    uint32_t columns[MOST_COLUMNS]; /* their types */
    bool are_given[MOST_COLUMNS];
};

struct prepared {
    const struct statement *statement;
    struct row_type *rows; /* NULL: it takes none */
};

/* What travels together. */
struct trip {
    size_t calls;
    bool is_closed; /* by a sync: the server tells what came of it */
    bool has_commit;
    bool pushed_commit; /* and the server may have it */
};

struct db {
    char *dsn;
    char *name;
    PGconn *conn;
    struct prepared statements[MOST_STATEMENTS];
    size_t statement_count;
    /* the call that is being put together */
    const struct statement *call;
    struct param params[MOST_PARAMS];
    size_t param_count;
    size_t array_left;
    const struct row_type *rows; /* of the open array; NULL: its elements are no rows */
    size_t column;               /* of the open row */
    size_t row_at;
    uint8_t *buffer;
    size_t used, room;
    struct trip trips[MOST_TRIPS]; /* under way, the first one first */
    size_t trip_count;
    PGresult *results[MOST_CALLS]; /* of the last one that came back */
    size_t answered;
    bool is_lost; /* the connection, while db_run waited */
    bool commit_unknown;
    bool send_failed;
    bool is_over;    /* an error said so: the connection is given up at the end of the round trip */
    bool is_undoing; /* what fails now fails because of what failed before */
    char constraint[64];
};

extern const struct statement db_begin_statement, db_begin_still_statement;
extern const struct statement db_commit_statement;
extern const struct statement db_rollback_statement;
extern const struct statement db_row_type_statement;

/* What the server calls the rows of the statement's table. */
int db_learn_row_type(struct db *db, struct prepared *prepared) MUST_CHECK;

/* Runs one statement by itself; its result is there until db_forget. */
int db_ask(struct db *db, const char *sql) MUST_CHECK;

/* Sends what libpq still holds, and waits for the results up to the next sync; the first error decides. */
int db_wait(struct db *db) MUST_CHECK;

/* Says that the connection is gone. */
int db_lost(struct db *db, const char *what);

/* That which is being put together; NULL: all of them are closed. */
struct trip *db_open_trip(struct db *db);

/* Hands the call that was put together to libpq. */
void db_send_call(struct db *db);

/* Forgets what came back, and what is under way. */
void db_forget(struct db *db);

#endif
