/* tests/bench/generate_copy.h - rows on their way into tables, through COPY in PostgreSQL's binary form.
 *
 * Shapes     a connection per table, so that PostgreSQL takes in several at once. What is nil, zero or none goes
 *            in as NULL just as common/db.h would send it.
 * Errors     none come back: whatever fails ends the program, with its reason.
 * Threads    belongs to one thread.
 */
#ifndef SANGKIEN_BENCH_GENERATE_COPY_H
#define SANGKIEN_BENCH_GENERATE_COPY_H

#include <stdnoreturn.h>

#include "common/journal.h"
#include "common/world.h"

struct copy;

noreturn void die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The two tables of the runtime. */
struct copy *copy_open_journal(const char *dsn, const char *programme);
struct copy *copy_open_inbox(const char *dsn, const char *programme);
void copy_event(struct copy *copy, const struct journal_row *row);
void copy_inbox(struct copy *copy, const struct inbox_row *row);

/* An aggregate's table, or one of its children's. */
struct copy *copy_open_table(const char *dsn, const char *programme, const struct table *table);
struct copy *copy_open_child(const char *dsn, const char *programme, const struct child *child);
void copy_state(struct copy *copy, const struct table *table, const struct aggregate *state);
void copy_children(struct copy *copy, const struct child *child, const struct aggregate *state);

/* Ends the COPY and commits it. */
void copy_close(struct copy **copy_p);

#endif
