/* common/record.h - what inbox and journal keep of a letter that was decided, chained to their ends.
 *
 * Ownership  rows borrow from the letter and from the arena.
 * Threads    pure, but for the head, which grows.
 */
#ifndef SANGKIEN_COMMON_RECORD_H
#define SANGKIEN_COMMON_RECORD_H

#include "common/journal.h"
#include "common/letter.h"

struct record {
    const struct service *service;
    struct arena *arena;
    struct journal_head *head;
    int64_t now_us;
};

/* Makes the reply, too: the letter knows the first position of its events. */
struct inbox_row record_request(const struct record *record, struct letter *letter,
                                const uint8_t salt[16]);

/* request: the row of the one that caused it; NULL: none did. */
struct journal_row record_event(const struct record *record, const struct letter *letter,
                                const struct happened *happened, const struct inbox_row *request);

#endif
