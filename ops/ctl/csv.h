/* ops/ctl/csv.h - reads comma-separated values, RFC 4180, record by record; and writes them field by field.
 *
 * Shapes     fields may be quoted, hold separators, line ends and doubled quotes; lines end in LF
 * or CRLF; a byte order mark at the start and empty lines are passed over. Errors     ERR_NOT_FOUND
 * at the end; ERR_POISON for a record that is broken, naming its line. Ownership  a record lies in
 * the arena; the file stays the caller's. Source     RFC 4180 section 2.
 */
#ifndef SANGKIEN_CTL_CSV_H
#define SANGKIEN_CTL_CSV_H

#include <stdio.h>

#include "common/list.h"
#include "ops/ctl/ctl.h"

struct csv {
    FILE *file;
    char separator;
    size_t line; /* the last one read */
    char *text;  /* of the record under way */
    size_t size;
};

struct record {
    size_t line; /* where it begins, from 1 */
    size_t count;
    const char **fields;
    struct bytes raw; /* as it stands in the file, without the line end */
};

int csv_next(struct csv *csv, struct arena *arena, struct record *ret_record) MUST_CHECK;
void csv_done(struct csv *csv);

/* Writes one field. Guarded: what a spreadsheet would take for a formula gets an apostrophe before it. */
void csv_put(FILE *file, const char *text, bool is_guarded, bool is_last);

#endif
