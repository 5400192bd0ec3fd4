/* ops/ctl/done.h - which lines of an import are done, kept in a file beside it.
 *
 * Shapes     one request id a line. Losing the file loses time, never correctness: a request that
 * is sent again gets its old reply. Errors     ERR_FATAL when the file cannot be read or written.
 */
#ifndef SANGKIEN_CTL_DONE_H
#define SANGKIEN_CTL_DONE_H

#include <stdbool.h>

#include "common/err.h"

struct done;

/* path NULL: nothing is kept. */
int done_open(const char *path, struct done **ret_done) MUST_CHECK;
void done_close(struct done **done_p);

bool done_has(const struct done *done, const char *id);
void done_add(struct done *done, const char *id);

#endif
