/* common/db_check.c - refuses a server that would lose what it confirmed, or that holds another
 * schema. */
#include "common/db_check.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *setting;
    const char *wanted;
    const char *also_good;
} demands[] = {
    { "fsync", "on", "on" },
    { "full_page_writes", "on", "on" },
    { "synchronous_commit", "on", "remote_apply" },
    { "data_checksums", "on", "on" },
    { "server_encoding", "UTF8", "UTF8" },
};

static int
ask(PGconn *conn, const char *sql, PGresult **ret_result)
{
    PGresult *result = PQexec(conn, sql);

    if (PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1) {
        *ret_result = result;
        return 0;
    }
    PQclear(result);
    return err_set(PQstatus(conn) == CONNECTION_OK ? ERR_FATAL : ERR_RETRY, "%s: %s", sql,
                   PQerrorMessage(conn));
}

static int
check_setting(PGconn *conn, size_t nth)
{
    PGresult *result = NULL;
    char sql[64] = "SHOW ";
    int rc;

    strncat(sql, demands[nth].setting, sizeof(sql) - 6);
    rc = ask(conn, sql, &result);
    if (rc)
        return rc;
    if (strcmp(PQgetvalue(result, 0, 0), demands[nth].wanted) != 0 &&
        strcmp(PQgetvalue(result, 0, 0), demands[nth].also_good) != 0)
        rc = err_set(ERR_FATAL, "PostgreSQL runs with %s = %s; it must be %s", demands[nth].setting,
                     PQgetvalue(result, 0, 0), demands[nth].wanted);
    PQclear(result);
    return rc;
}

static int
check_schema(PGconn *conn)
{
    PGresult *result = NULL;
    int rc = ask(conn, "SELECT version FROM runtime.schema_version", &result);

    if (rc)
        return err_add(rc, "no schema of ours in this database (ops/db/migrate makes it)");
    if (strtol(PQgetvalue(result, 0, 0), NULL, 10) != SCHEMA_VERSION)
        rc = err_set(ERR_FATAL, "schema version is %s, this program needs %d",
                     PQgetvalue(result, 0, 0), SCHEMA_VERSION);
    PQclear(result);
    return rc;
}

/* Also readers decide who may see what, and that is never decided from behind. */
static int
check_primary(PGconn *conn)
{
    PGresult *result = NULL;
    int rc = ask(conn, "SELECT pg_is_in_recovery()", &result);

    if (rc)
        return rc;
    if (PQgetvalue(result, 0, 0)[0] != 'f')
        rc = err_set(ERR_RETRY, "this server is not the primary");
    PQclear(result);
    return rc;
}

int
db_check(PGconn *conn)
{
    int rc = 0;

    if (PQserverVersion(conn) < 150000)
        return err_set(ERR_FATAL, "PostgreSQL %d is too old; 15 or later is needed",
                       PQserverVersion(conn));
    for (size_t i = 0; i < sizeof(demands) / sizeof(*demands) && rc == 0; i++)
        rc = check_setting(conn, i);
    if (rc == 0)
        rc = check_primary(conn);
    return rc ? rc : check_schema(conn);
}
