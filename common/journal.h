/* common/journal.h - the append-only log of events of one programme, and the inbox of its requests.
 *
 * Shapes     positions and inbox numbers are 1, 2, 3 ... without gaps, in commit order; a chain is 32 bytes,
 *            zero before the first row: chain(n) = H(1, programme, n, chain(n-1), H(0, row)), with 3 and 2 for the inbox.
 * Units      times in UTC microseconds.
 * Errors     0 or a negative ERR_*. The head row is locked until the transaction ends: nothing may be
 *            waited for in between but the round trip that writes and commits.
 * Ownership  rows borrow everything they point to.
 * Threads    belongs to the thread of its connection.
 * Source     RFC 6962 section 2 for the domain-separated hash.
 */
#ifndef SANGKIEN_COMMON_JOURNAL_H
#define SANGKIEN_COMMON_JOURNAL_H

#include "common/arena.h"
#include "common/db.h"
#include "common/id.h"
#include "common/list.h"

struct journal_head {
    const char *programme;
    int64_t position;
    int64_t directory; /* end of the directory's journal, not before the lock was asked for */
    int64_t inbox_count;
    struct digest chain;
    struct digest inbox_chain;
};

struct journal_row {
    int64_t position;
    const char *service;
    const char *kind;
    struct uuid aggregate;
    int64_t version;
    const char *type;
    struct bytes body;
    int64_t recorded_us;
    const char *because;
    const struct uuid *parties;
    size_t party_count;
    struct uuid source; /* nil: heard, or the runtime's own */
    struct uuid cause;  /* id of the request or timer at the beginning of it all */
    int64_t heard;      /* position of the event that was heard; 0: none was */
    struct uuid agency;
    struct uuid actor;
    int32_t capacity;
    const char *traceparent;
    struct digest request_digest; /* zero: no request caused it */
    struct digest reply_digest;
    struct digest chain;
};

struct inbox_row {
    int64_t number;
    struct uuid source;
    struct uuid id;
    const char *service;
    const char *type;
    struct uuid subject;
    struct uuid agency;
    struct uuid actor;
    int32_t capacity;
    int64_t received_us;
    int64_t stored_us;
    uint8_t salt[16];
    struct bytes request;
    struct digest request_digest; /* SHA-256 of salt and bytes */
    struct bytes reply;
    struct digest chain;
};

int journal_prepare(struct db *db) MUST_CHECK;
/* For those services that may make a new programme. */
int journal_prepare_founding(struct db *db) MUST_CHECK;

/* Queues the lock of the head; after the run, journal_locked takes it from the nth result. false: the
 * programme has no journal yet; the head is that of an empty one. */
void journal_lock(struct db *db, const char *programme);
bool journal_locked(const struct db *db, size_t nth, const char *programme,
                    struct journal_head *ret_head);

/* At start: ERR_FATAL when the machine's clock is further behind what is recorded than that. Whoever believed it would take
 * what holds since then for the future. */
int journal_check_clock(struct db *db, int64_t now_us, int64_t most_behind_seconds) MUST_CHECK;

/* Queues the making of a new programme's head. */
void journal_found(struct db *db, const char *programme);

struct digest request_digest(const uint8_t salt[16], struct bytes request);

/* Chains the next row to the head: fills in position or number, and chain. */
void journal_chain(struct journal_head *head, struct journal_row *row);
void inbox_chain(struct journal_head *head, struct inbox_row *row);

/* Queues the insertion of all rows. Lists of struct journal_row and struct inbox_row. */
void journal_add(struct db *db, const char *programme, const struct list *events,
                 const struct list *requests);

/* After the run: did every row go in? first_p moves behind the results. */
int journal_added(const struct db *db, const struct list *events, const struct list *requests,
                  size_t *first_p) MUST_CHECK;

/* Queues the move of the locked head; after the run, journal_moved looks whether it was there. */
void journal_move(struct db *db, const struct journal_head *to);
int journal_moved(const struct db *db, size_t nth) MUST_CHECK;

/* Queues both, the lock and the move, of a head that is known: the transaction fails when another one is found, or when the
 * directory's journal has another end than the known head tells. */
void journal_take(struct db *db, const struct journal_head *known, const struct journal_head *to);

/* The columns of a row, in the order in which verify reads them. */
#define JOURNAL_COLUMNS                                                                            \
    "position, service, kind, aggregate, version, type, body, recorded_at, because, parties,"      \
    " source, cause, heard, agency, actor, capacity, traceparent, request_digest, reply_digest,"   \
    " chain"

#define INBOX_COLUMNS                                                                              \
    "i.number, i.source, i.id, i.service, i.type, i.subject, i.agency, i.actor, i.capacity,"       \
    " i.received_at, i.stored_at, i.request_digest, i.reply, i.chain"

#endif
