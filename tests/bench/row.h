/* tests/bench/row.h - rows of one command, learned from its statements and made again for any other.
 *
 * Shapes     in the binary form of PostgreSQL: a row as an element of an array of its table's type.
 * Errors     whatever goes wrong ends the program: there is nothing to measure then.
 */
#ifndef SANGKIEN_BENCH_ROW_H
#define SANGKIEN_BENCH_ROW_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOST_MARKS 16

/* What differs from command to command. In the statements that are learned from, all bytes of such a
 * value are 0x11 times the mark. */
enum mark { NO_MARK, REQUEST, SUBJECT, VERSION, POSITION };

struct row {
    char insert[192]; /* for an array of such rows: $1 */
    Oid type;
    char *bytes;
    size_t size;
    struct {
        enum mark mark;
        size_t at;
    } marks[MOST_MARKS];
    size_t mark_count;
};

/* Which commands come next. */
struct series {
    uint64_t first; /* numbers go on with the time, so that no two runs have the same */
    uint64_t sent;
    uint64_t place, places; /* of several who write at once, and share the pool */
    bool updates;
};

/* line: INSERT INTO table ... of one row; is carried out. */
void row_learn(struct row *row, PGconn *connection, char *line);

/* An array of so many rows, one a command. Returns how long it is. */
int row_array(char *buffer, const struct row *row, const struct series *series, uint32_t count);

/* An array of one mark's values. */
int mark_array(char *buffer, enum mark mark, const struct series *series, uint32_t count);

/* The nth of bench.edition_id or bench.entry_id, by the digits that tell one from the other. */
void put_pooled(char at[16], uint16_t which, uint64_t n);

PGresult *ask(PGconn *connection, const char *sql, int format);
void die(const char *what, const char *why) __attribute__((noreturn));

#endif
