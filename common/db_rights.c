/* common/db_rights.c - finds out at start what a role may not do.
 *
 * To prepare a statement asks for no right; to plan it for running does, and changes nothing.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/db_state.h"

enum { SQL_SIZE = 512 };

/* The greatest n of all $n. */
static long
count_parameters(const char *sql)
{
    long most = 0;

    for (const char *at = strchr(sql, '$'); at; at = strchr(at + 1, '$')) {
        long n = strtol(at + 1, NULL, 10);

        most = n > most ? n : most;
    }
    return most;
}

static int
may_run(struct db *db, const struct statement *statement)
{
    long count = count_parameters(statement->sql);
    char nulls[MOST_PARAMS * 6 + 1] = "";
    char sql[SQL_SIZE];
    int rc;

    assert(count <= MOST_PARAMS);
    for (long i = 0; i < count; i++)
        memcpy(nulls + 6 * i, i == count - 1 ? "NULL" : "NULL, ", i == count - 1 ? 5 : 7);
    rc = snprintf(sql, sizeof(sql), count ? "EXPLAIN EXECUTE \"%s\"(%s)" : "EXPLAIN EXECUTE \"%s\"",
                  statement->name, nulls);
    assert(rc < (int) sizeof(sql));
    rc = db_ask(db, sql);
    db_forget(db);
    return rc ? err_add(rc, "cannot run %s", statement->name) : 0;
}

/* Rows carry the name of the service whose role wrote them: another role would write what nobody finds, and the
 * superuser what nobody may. */
static int
check_role(struct db *db, const char *service)
{
    int rc = db_ask(db, "SELECT current_user");
    const char *role = rc == 0 && db->answered ? PQgetvalue(db->results[0], 0, 0) : "";

    if (rc == 0 && (strncmp(role, "sangkien_", 9) != 0 || strcmp(role + 9, service) != 0))
        rc = err_set(ERR_FATAL, "the database role is %s; it must be sangkien_%s", role, service);
    db_forget(db);
    return rc;
}

int
db_check_rights(struct db *db, const char *service)
{
    int rc = check_role(db, service);

    for (size_t i = 0; i < db->statement_count && rc == 0; i++)
        rc = may_run(db, db->statements[i].statement);
    return rc;
}
