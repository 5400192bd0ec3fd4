/* common/verify.h - reads everything again and says where it is not what it was.
 *
 * Shapes     a checkpoint is a text file, a line per programme: programme, position, chain, number of inbox
 *            rows, their chain (hexadecimal), and the time it was taken.
 * Errors     0 also when damage was found: *ret_damages counts it, and out names it, a line each.
 * Source     design: positions, chains and versions, and every aggregate folded again through the same
 *            functions that made it. Only a checkpoint kept elsewhere shows a tail cut together with its head.
 */
#ifndef SANGKIEN_COMMON_VERIFY_H
#define SANGKIEN_COMMON_VERIFY_H

#include <stdio.h>

#include "common/service.h"

struct verify_options {
    const char *dsn;
    const char *programme;                 /* NULL: all */
    const struct service *const *services; /* closed by NULL */
    FILE *out;
    const char *checkpoint;       /* file to compare with, or NULL */
    const char *write_checkpoint; /* file to write, or NULL */
    FILE *progress;               /* to be told how far it is; or NULL */
    size_t room;                  /* bytes of events that are kept at hand; 0: 64 MiB */
};

int verify_run(const struct verify_options *options, size_t *ret_damages) MUST_CHECK;

#endif
