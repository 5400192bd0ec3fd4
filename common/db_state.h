/* common/db_state.h - what the parts of the connection share. Not for others. */
#ifndef SANGKIEN_COMMON_DB_STATE_H
#define SANGKIEN_COMMON_DB_STATE_H

#include <libpq-fe.h>

#include "common/db.h"

#define EPOCH_US INT64_C(946684800000000) /* PostgreSQL counts from 2000-01-01 */

enum { MOST_CALLS = 1024, MOST_PARAMS = 48, MOST_STATEMENTS = 256 };

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
    bool is_over; /* an error said so: the connection is given up at the end of the round trip */
    char constraint[64];
};

extern const struct statement db_begin_statement;
extern const struct statement db_commit_statement;
extern const struct statement db_rollback_statement;

/* Hands the call that was put together to libpq. */
void db_send_call(struct db *db);
void db_clear_results(struct db *db);

#endif
