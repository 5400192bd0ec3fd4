/* tests/model/simulation/database.h - a connection to a database that is made up: it knows the statements of the
 * path of a command, by their names, and no others.
 *
 * Ownership  what is queued is borrowed until the next run, as from the real one.
 */
#ifndef SANGKIEN_TESTS_MODEL_DATABASE_H
#define SANGKIEN_TESTS_MODEL_DATABASE_H

#include "tests/model/simulation/simulation.h"

/* A parameter, or a value of a result. */
struct value {
    union {
        struct bytes bytes;
        const char *text;
        int64_t number; /* also a time, and how many elements an array has */
        struct uuid uuid;
        struct {
            const struct uuid *items;
            size_t count;
        } uuids;
    };
    bool is_null;
};

/* db_result is a function's name here, too. */
struct answer {
    size_t rows, columns, changed;
    struct value *cells;
};

struct call {
    const struct statement *statement; /* NULL: BEGIN or COMMIT */
    struct list values;                /* of struct value */
    struct answer answer;
};

struct store {
    struct db *db;
    const struct service *service;
    struct list wanted; /* of struct wanted_row */
    struct world *world;
    const char *programme;
};

struct db {
    struct arena *arena; /* of one transaction */
    struct list calls;   /* of struct call */
    struct list taken;   /* of struct timer *: taken, if it commits */
    bool was_run, commits, is_unknown;
    const char *constraint;
    struct store store;
};

/* The nth parameter. */
static inline const struct value *
value_at(const struct call *call, size_t nth)
{
    return list_at(&call->values, nth);
}

struct value *answer_rows(struct db *db, struct call *call, size_t rows, size_t columns);

/* What statements that only read bring, and what COMMIT does: statements.c, commit.c. */
void statement_read(struct db *db, struct call *call);
int transaction_commit(struct db *db);

/* The calls of this name among those queued; NULL: there is none. */
struct call *call_named(struct db *db, const char *name);

#endif
