/* ops/ctl/import.h - reads a file of intents, line by line, for cmd_import.c.
 *
 * Shapes     JSON lines when the first character is "{", CSV otherwise. Columns of a CSV file are
 * named by its first row: those of an intent (type, subject, actor ...), and else fields of the
 * body, dotted for nested ones. Errors     ERR_NOT_FOUND at the end; ERR_POISON for a line that
 * cannot be a request (the next one can be read all the same); ERR_FATAL for a file that cannot be
 * read at all. Ownership  an intent lies in the arena that was given for it.
 */
#ifndef SANGKIEN_CTL_IMPORT_H
#define SANGKIEN_CTL_IMPORT_H

#include "ops/ctl/json.h"

/* What counts where a line does not say it. */
struct import_defaults {
    const char *type;
    const char *programme;
    const char *actor;
    const char *capacity;
    const char *batch; /* another one gives every line another id */
    char separator;
};

struct import;

struct import_line {
    struct intent intent; /* with its id, and a subject */
    struct bytes request;
    size_t number;
};

int import_open(const char *path, const struct import_defaults *defaults,
                struct import **ret_import) MUST_CHECK;
void import_close(struct import **import_p);

/* ret_line->number is set also when the line is refused. */
int import_next(struct import *import, struct arena *arena,
                struct import_line *ret_line) MUST_CHECK;

/* How much of the file was read, from 0 to 1000. */
int import_permille(const struct import *import);

#endif
