/* tests/fuzz/verify.c - the verifier over a database whose every row is made up.
 *
 * What would come from PostgreSQL comes from the input: rows of the journal, of the inbox, of the states, and the heads.
 * The first two bytes say how long the rows of the journal are, the next two those of the inbox, the next two those of
 * the heads; the rest are values of the states' rows. Rows are as COPY sends them, each behind its length.
 */
#include <libpq-fe.h>
#include <pthread.h>

#include "common/pg_value.h"
#include "common/verify_parts.h"
#include "tests/fuzz/input.h"

enum { MOST_ROWS_OF_A_TABLE = 3, HEADS = 2 };

extern const struct service appraisal_service, directory_service, funding_service,
    notifications_service, submissions_service;

static const struct service *const services[] = {
    &directory_service, &submissions_service,   &appraisal_service,
    &funding_service,   &notifications_service, NULL,
};

static struct bytes journal, inbox, heads, values;
static struct arena *made;                               /* what statements gave back */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* for values and made */

/* ------------------------------------------------------------------ long results */

struct pg_conn {
    struct bytes rest;
    bool is_copying;
};
struct pg_result {
    ExecStatusType status;
};

/* In the place of libpq's, by the linker's option --wrap. */
PGconn *__wrap_PQconnectdbParams(const char *const *keys, const char *const *values, int expand);
ConnStatusType __wrap_PQstatus(const PGconn *conn);
void __wrap_PQfinish(PGconn *conn);
char *__wrap_PQerrorMessage(const PGconn *conn);
PGresult *__wrap_PQexec(PGconn *conn, const char *sql);
PGresult *__wrap_PQgetResult(PGconn *conn);
ExecStatusType __wrap_PQresultStatus(const PGresult *result);
void __wrap_PQclear(PGresult *result);
int __wrap_PQgetCopyData(PGconn *conn, char **row, int async);
void __wrap_PQfreemem(void *memory);
char *__wrap_PQescapeLiteral(PGconn *conn, const char *text, size_t size);

PGconn *
__wrap_PQconnectdbParams(const char *const *keys, const char *const *words, int expand)
{
    PGconn *conn = calloc(1, sizeof(*conn));

    (void) keys;
    (void) words;
    (void) expand;
    if (!conn)
        abort();
    return conn;
}

ConnStatusType
__wrap_PQstatus(const PGconn *conn)
{
    (void) conn;
    return CONNECTION_OK;
}

void
__wrap_PQfinish(PGconn *conn)
{
    free(conn);
}

char *
__wrap_PQerrorMessage(const PGconn *conn)
{
    static char text[] = "made up\n";

    (void) conn;
    return text;
}

static PGresult *
result_of(ExecStatusType status)
{
    PGresult *result = calloc(1, sizeof(*result));

    if (!result)
        abort();
    result->status = status;
    return result;
}

PGresult *
__wrap_PQexec(PGconn *conn, const char *sql)
{
    if (strncmp(sql, "COPY", 4) != 0)
        return result_of(PGRES_COMMAND_OK);
    conn->rest = strstr(sql, "FROM runtime.journal") ? journal : inbox;
    conn->is_copying = true;
    return result_of(PGRES_COPY_OUT);
}

PGresult *
__wrap_PQgetResult(PGconn *conn)
{
    bool was_copying = conn->is_copying;

    conn->is_copying = false;
    return was_copying ? result_of(PGRES_COMMAND_OK) : NULL;
}

ExecStatusType
__wrap_PQresultStatus(const PGresult *result)
{
    return result->status;
}

void
__wrap_PQclear(PGresult *result)
{
    free(result);
}

/* As libpq does it: a piece of memory of its own, with a NUL behind it. */
int
__wrap_PQgetCopyData(PGconn *conn, char **row, int async)
{
    struct bytes bytes;

    (void) async;
    if (conn->rest.size < 3)
        return -1;
    bytes = take_bytes(&conn->rest);
    *row = calloc(1, bytes.size + 1);
    if (!*row)
        abort();
    if (bytes.size)
        memcpy(*row, bytes.data, bytes.size);
    return (int) bytes.size;
}

void
__wrap_PQfreemem(void *memory)
{
    free(memory);
}

char *
__wrap_PQescapeLiteral(PGconn *conn, const char *text, size_t size)
{
    (void) conn;
    (void) size;
    return strdup(text);
}

/* ------------------------------------------------------------------ statements */

/* A connection knows what was called since the last run; a result is one of these. */
struct db_result {
    const char *name;
    size_t rows;
    size_t taken_row, taken_column; /* values come in this order only */
};
struct db {
    struct db_result results[64];
    size_t count;
    bool has_run;
};

int __wrap_db_open(const char *dsn, const char *name, struct db **ret_db);
void __wrap_db_close(struct db **db_p);
int __wrap_db_prepare(struct db *db, const struct statement *statement);
void __wrap_db_begin_still(struct db *db);
void __wrap_db_call(struct db *db, const struct statement *statement);
void __wrap_db_text(struct db *db, const char *text);
void __wrap_db_uuid(struct db *db, const struct uuid *uuid);
void __wrap_db_int8(struct db *db, int64_t number);
int __wrap_db_run(struct db *db);
const struct db_result *__wrap_db_result(const struct db *db, size_t nth);
size_t __wrap_db_rows(const struct db_result *result);
bool __wrap_db_is_null(const struct db_result *result, size_t row, size_t column);
struct bytes __wrap_db_get_bytes(const struct db_result *result, size_t row, size_t column);
int64_t __wrap_db_get_int(const struct db_result *result, size_t row, size_t column);
int64_t __wrap_db_get_time(const struct db_result *result, size_t row, size_t column);
struct uuid __wrap_db_get_uuid(const struct db_result *result, size_t row, size_t column);
struct digest __wrap_db_get_digest(const struct db_result *result, size_t row, size_t column);
const char *__wrap_db_get_text(const struct db_result *result, size_t row, size_t column);

int
__wrap_db_open(const char *dsn, const char *name, struct db **ret_db)
{
    (void) dsn;
    (void) name;
    *ret_db = calloc(1, sizeof(**ret_db));
    return *ret_db ? 0 : ERR_FATAL;
}

void
__wrap_db_close(struct db **db_p)
{
    free(*db_p);
    *db_p = NULL;
}

int
__wrap_db_prepare(struct db *db, const struct statement *statement)
{
    (void) db;
    (void) statement;
    return 0;
}

static size_t
rows_of(const char *name)
{
    size_t rows = 0;

    if (strcmp(name, "all heads") == 0)
        return HEADS;
    pthread_mutex_lock(&lock);
    if (strncmp(name, "read rows", 9) == 0)
        rows = take_byte(&values) % (MOST_ROWS_OF_A_TABLE + 1);
    pthread_mutex_unlock(&lock);
    return strncmp(name, "count", 5) == 0 || strncmp(name, "export", 6) == 0 ? 1 : rows;
}

void
__wrap_db_call(struct db *db, const struct statement *statement)
{
    if (db->has_run)
        db->count = 0;
    db->has_run = false;
    PROMISE(db->count < sizeof(db->results) / sizeof(*db->results), "so many statements");
    db->results[db->count++] =
        (struct db_result){ .name = statement->name, .rows = rows_of(statement->name) };
}

void
__wrap_db_begin_still(struct db *db)
{
    static const struct statement begin = { .name = "begin" };

    __wrap_db_call(db, &begin);
}

void
__wrap_db_text(struct db *db, const char *text)
{
    (void) db;
    (void) text;
}

void
__wrap_db_uuid(struct db *db, const struct uuid *uuid)
{
    (void) db;
    (void) uuid;
}

void
__wrap_db_int8(struct db *db, int64_t number)
{
    (void) db;
    (void) number;
}

int
__wrap_db_run(struct db *db)
{
    db->has_run = true;
    return 0;
}

const struct db_result *
__wrap_db_result(const struct db *db, size_t nth)
{
    PROMISE(nth < db->count, "there is no result %zu", nth);
    return &db->results[nth];
}

size_t
__wrap_db_rows(const struct db_result *result)
{
    return result->rows;
}

bool
__wrap_db_is_null(const struct db_result *result, size_t row, size_t column)
{
    (void) result;
    return (row + column) % 7 == 6;
}

/* A copy, so that nobody reads on behind its end unseen. */
struct bytes
__wrap_db_get_bytes(const struct db_result *result, size_t row, size_t column)
{
    bool is_head = strcmp(result->name, "all heads") == 0;
    struct bytes taken;

    (void) row;
    (void) column;
    pthread_mutex_lock(&lock);
    taken = take_some(is_head ? &heads : &values, take_byte(is_head ? &heads : &values));
    taken = arena_bytes(made, taken.data, taken.size);
    pthread_mutex_unlock(&lock);
    return taken;
}

int64_t
__wrap_db_get_int(const struct db_result *result, size_t row, size_t column)
{
    if (strncmp(result->name, "count", 5) == 0)
        return 0; /* PostgreSQL counts right */
    return pg_int(__wrap_db_get_bytes(result, row, column));
}

int64_t
__wrap_db_get_time(const struct db_result *result, size_t row, size_t column)
{
    return pg_time(__wrap_db_get_bytes(result, row, column));
}

struct uuid
__wrap_db_get_uuid(const struct db_result *result, size_t row, size_t column)
{
    return pg_uuid(__wrap_db_get_bytes(result, row, column));
}

struct digest
__wrap_db_get_digest(const struct db_result *result, size_t row, size_t column)
{
    return pg_digest(__wrap_db_get_bytes(result, row, column));
}

const char *
__wrap_db_get_text(const struct db_result *result, size_t row, size_t column)
{
    struct bytes bytes = __wrap_db_get_bytes(result, row, column);
    const char *text;

    pthread_mutex_lock(&lock);
    text = arena_format(made, "%.*s", (int) bytes.size, (const char *) bytes.data);
    pthread_mutex_unlock(&lock);
    return text;
}

/* ------------------------------------------------------------------ one input */

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static FILE *nowhere;
    struct bytes in = { data, size };
    size_t of_journal = take_number(&in, 2), of_inbox = take_number(&in, 2);
    size_t of_heads = take_number(&in, 2);
    struct verify_options options = { .dsn = "", .services = services, .room = 4096 };
    size_t damages = 0;
    int rc;

    if (!nowhere)
        nowhere = fopen("/dev/null", "w");
    journal = take_some(&in, of_journal);
    inbox = take_some(&in, of_inbox);
    heads = take_some(&in, of_heads);
    values = in;
    made = arena_new();
    options.out = nowhere;
    rc = verify_run(&options, &damages);
    PROMISE(rc == 0 || err_text()[0], "failed, and does not say why");
    arena_free(&made);
    return 0;
}
