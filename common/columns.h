/* common/columns.h - moves one column between a struct's member, a parameter and a result.
 *
 * Shapes     common/table.h says which type of member goes with which type of column.
 * Ownership  what is read lies in the arena.
 */
#ifndef SANGKIEN_COMMON_COLUMNS_H
#define SANGKIEN_COMMON_COLUMNS_H

#include "common/db.h"
#include "common/table.h"

/* Name of the column in SQL: "due_at" for the member due_at_us. */
const char *column_sql_name(struct arena *arena, const struct column *column);

/* ", name" for every column. */
const char *columns_sql(struct arena *arena, const struct column *columns);

/* The four that every aggregate's table begins with, behind programme; state structs keep them in self. */
extern const struct column aggregate_columns[];

/* Adds the member's value as a parameter, or in its column of a row. */
void column_write(struct db *db, const struct column *column, const void *row, struct arena *arena);

/* ERR_POISON: a stored message does not parse. */
int column_read(const struct db_result *result, size_t row, size_t place,
                const struct column *column, void *item, struct arena *arena) MUST_CHECK;

/* All of them, from the place on, which moves behind them. */
int columns_read(const struct db_result *result, size_t row, size_t *place_p,
                 const struct column *columns, void *item, struct arena *arena) MUST_CHECK;

/* What the item points to, taken over from one that was copied, becomes the arena's own. */
void columns_own(const struct column *columns, void *item, struct arena *arena);

bool column_equal(const struct column *column, const void *a, const void *b);

#endif
