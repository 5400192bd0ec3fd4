/* common/db.h - one connection to PostgreSQL, in pipeline mode, speaking binary.
 *
 * Shapes     a statement is prepared once under its name; parameters are added one by one; statements
 *            queue up and travel together at db_send or db_run. Two such trips may be under way; they come back
 *            one after the other, each at a db_run.
 * Errors     ERR_RETRY for 23505, 40001 and 40P01, and when the server could not be reached;
 *            ERR_POISON for what the data itself caused; ERR_FATAL for what nobody can mend at run time.
 *            After an error the transaction is over: db_rollback, then begin again.
 * Ownership  results belong to the connection until the next db_run or db_rollback.
 * Threads    belongs to the thread that opened it.
 * Source     PostgreSQL 15 manual, 34.5 Pipeline Mode; appendix A, SQLSTATE.
 */
#ifndef SANGKIEN_COMMON_DB_H
#define SANGKIEN_COMMON_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "common/id.h"

struct db;
struct db_result;

/* A statement of the program, declared once. It is prepared at db_prepare and again after a reconnect. */
struct statement {
    const char *name;
    const char *sql;
    const char *table; /* its first parameter is an array of this table's rows; NULL: it has none */
    const char *columns; /* those that are given, in the table's order, as in "id, body" */
};

/* What begins every statement that writes rows: one array of the table's own row type. Many arrays side by
 * side, one a column, cost the server several times as much. */
#define INSERT_ROWS(table, columns)                                                                \
    "INSERT INTO " table " (" columns ") SELECT " columns " FROM unnest($1::" table "[])"

/* Connects, checks the server's settings (version, fsync, full_page_writes, synchronous_commit) and the
 * schema version. name shows up in pg_stat_activity. */
int db_open(const char *dsn, const char *name, struct db **ret_db) MUST_CHECK;
void db_close(struct db **db_p);

/* Remembers the statement and prepares it now; the strings must outlive the connection. */
int db_prepare(struct db *db, const struct statement *statement) MUST_CHECK;

/* Is the connection that of the service's role, and may that role run everything that is prepared? Asked once, at
 * start: a right that is missing must not show at night. */
int db_check_rights(struct db *db, const char *service) MUST_CHECK;

/* Is the connection there? db_reconnect makes it anew and prepares everything again. */
bool db_is_open(const struct db *db);
int db_reconnect(struct db *db) MUST_CHECK;

/* Queues a statement; its parameters follow in order. */
void db_call(struct db *db, const struct statement *statement);
void db_text(struct db *db, const char *text);
void db_uuid(struct db *db, const struct uuid *uuid); /* NULL or nil: NULL */
void db_int8(struct db *db, int64_t number);
void db_int4(struct db *db, int32_t number);
void db_bool(struct db *db, bool truth);
void db_bytes(struct db *db, const void *bytes, size_t size); /* bytes NULL: NULL */
void db_time(struct db *db, int64_t time_us);                 /* 0: NULL */
void db_place(struct db *db, const struct row_place *place);

/* Arrays: db_array, then so many of the element calls above, each of the same type. */
enum db_type { DB_TEXT, DB_UUID, DB_INT8, DB_INT4, DB_BOOL, DB_BYTES, DB_TIME, DB_PLACE };
void db_array(struct db *db, enum db_type type, size_t count);

/* Rows of the statement's table: db_row_array, then for each row a call above for each of the statement's
 * columns. Columns that the table has besides stay NULL. */
void db_row_array(struct db *db, size_t count);
void db_uuids(struct db *db, const struct uuid *uuids, size_t count); /* one value of type uuid[] */

void db_begin(struct db *db);
void db_commit(struct db *db);

/* Between the two, all that is read is of one moment. Nothing is written there: see the triggers that guard money. */
void db_begin_still(struct db *db);
void db_end_still(struct db *db);

/* Sends what is queued, so that the server may begin with it. More may follow. */
void db_push(struct db *db);

/* The same, and the server tells what came of it, for db_run to take. What is queued from then on is another trip. */
void db_send(struct db *db);

/* Waits, sending what either still holds, until the server says something on one of two connections: on this one? */
bool db_is_first(struct db *db, struct db *other);

/* Waits, sending what it still holds, until the server says something, or the descriptor can be read: does the server? */
bool db_is_before(struct db *db, int fd);

/* Sends what is queued, if anything still is, and waits for the first trip that is under way. The nth result is that
 * of its nth db_call, begin, commit or end. When the connection was lost nothing is under way any more, and
 * db_commit_is_unknown tells that a COMMIT was: then its outcome is unknown. */
int db_run(struct db *db) MUST_CHECK;
bool db_commit_is_unknown(const struct db *db);
int db_rollback(struct db *db) MUST_CHECK;

/* Name of the constraint that the last error broke; "" for none. */
const char *db_constraint(const struct db *db);

const struct db_result *db_result(const struct db *db, size_t nth);
size_t db_rows(const struct db_result *result);
size_t db_changed(const struct db_result *result); /* rows that INSERT, UPDATE or DELETE touched */
size_t db_width(const struct db_result *result);
const char *db_name(const struct db_result *result, size_t column);
bool db_is_uuid(const struct db_result *result, size_t column);
bool db_is_null(const struct db_result *result, size_t row, size_t column);
int64_t db_get_int(const struct db_result *result, size_t row,
                   size_t column); /* int4, int8, bool */
struct uuid db_get_uuid(const struct db_result *result, size_t row,
                        size_t column); /* nil for NULL */
struct row_place db_get_place(const struct db_result *result, size_t row, size_t column);
struct bytes db_get_bytes(const struct db_result *result, size_t row, size_t column);
/* All zero for NULL, and for what is not 32 bytes. */
struct digest db_get_digest(const struct db_result *result, size_t row, size_t column);
const char *db_get_text(const struct db_result *result, size_t row,
                        size_t column);                                         /* "" for NULL */
int64_t db_get_time(const struct db_result *result, size_t row, size_t column); /* 0 for NULL */
size_t db_get_uuids(const struct db_result *result, size_t row, size_t column, struct arena *arena,
                    struct uuid **ret_uuids);

#endif
