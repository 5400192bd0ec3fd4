/* services/gateway/scan.h - looks through a serialised message before anybody unpacks it.
 *
 * Shapes     at most 64 KiB, 16 levels, 4,096 fields (packed elements count); no singular field
 *            twice, no two members of one oneof, no unknown field; then what limits.proto says. Enum
 *            values must be known, and not 0 but in events. What passes, protobuf-c unpacks.
 * Errors     0 or a Reason of the wire: MALFORMED, TOO_LARGE, TOO_COMPLEX, INVALID_FIELD.
 * Ownership  nothing is kept; descriptions are constant or inside the result.
 * Threads    pure: no sockets, no clock, no memory but for long text outside ASCII and Vietnamese.
 * Source     proto/sangkien/wire/v1/limits.proto; reliability rules for protobuf.
 */
#ifndef SANGKIEN_GATEWAY_SCAN_H
#define SANGKIEN_GATEWAY_SCAN_H

#include "common/arena.h"
#include "common/proto.h"

enum {
    SCAN_MOST_BYTES = 65536,
    SCAN_MOST_DEPTH = 16,
    SCAN_MOST_FIELDS = 4096,
    SCAN_MOST_MEMBERS = 64, /* fields of one message type: a wrong program otherwise */
    SCAN_MOST_VIOLATIONS = 8,
    SCAN_PATH_SIZE = 160,
    SCAN_TEXT_SIZE = 80,
};

struct scan_violation {
    char field[SCAN_PATH_SIZE]; /* "lines[2].amount_vnd" */
    char description[SCAN_TEXT_SIZE];
};

struct scan_result {
    int reason;
    size_t count;
    struct scan_violation violations[SCAN_MOST_VIOLATIONS];
};

/* On success only reason and count are set. */
int scan_message(const struct word *word, struct bytes bytes, struct scan_result *ret);

/* Adds one more. */
void scan_blame(struct scan_result *result, const char *field, const char *description);

#endif
