/* tests/counts/wire.h - stands between libpq and its socket, and counts what goes over it.
 *
 * Shapes     while it listens, everything is sent at once, and what the server answers is handed over when
 *            it has come whole: how the kernel cuts it in pieces changes nothing of what libpq does.
 * Threads    one connection at a time.
 * Source     PostgreSQL 15 manual, 55.7 Message Formats.
 */
#ifndef SANGKIEN_TESTS_COUNTS_WIRE_H
#define SANGKIEN_TESTS_COUNTS_WIRE_H

#include <stddef.h>

struct wire_counts {
    size_t statements;  /* that the server was told to execute, BEGIN and COMMIT among them */
    size_t round_trips; /* answers that were waited for */
    size_t bytes;       /* sent */
};

/* From here on, with nothing under way. */
void wire_listen(void);
struct wire_counts wire_heard(void);

#endif
