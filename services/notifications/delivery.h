/* services/notifications/delivery.h - the mailer's own table: what is to be sent, by whom, and when
 * again.
 *
 * Shapes     notifications.delivery has a row for every notification that is being worked on. A
 *            claim has a holder, a session of the database, and ends with it; and an epoch: whoever
 *            finishes says it, and is not heard when another one has claimed the row since.
 * Errors     as db.h; after ERR_RETRY call delivery_mend before anything else.
 * Ownership  what is read lies in the arena.
 * Threads    belongs to the errand's thread.
 */
#ifndef SANGKIEN_NOTIFICATIONS_DELIVERY_H
#define SANGKIEN_NOTIFICATIONS_DELIVERY_H

#include <stdbool.h>
#include <stdint.h>

#include "common/db.h"
#include "services/notifications/facts.h"

/* What became of a mail. Kept until the service has recorded it too. */
enum delivery_outcome { DELIVERY_OPEN, DELIVERY_SENT, DELIVERY_FAILED };

struct delivery {
    const char *programme;
    struct uuid notification;
    int64_t epoch;
    int32_t attempts; /* with the one that this claim is for */
    enum delivery_outcome outcome;
    const char *failure;
    int64_t event_position;
    struct uuid agency;
    const char *template;
    int recipient_role;
    const char *address;
    bool is_recorded; /* the notification itself says what came of it */
};

int delivery_prepare(struct db *db) MUST_CHECK;

/* Rolls back or connects anew, as needed. */
int delivery_mend(struct db *db) MUST_CHECK;

/* Makes rows for queued notifications that have none. */
int delivery_fill(struct db *db, size_t *ret_count) MUST_CHECK;

/* The next row that is due; ERR_NOT_FOUND when there is none. `done`, if any, has been recorded: its row goes. */
int delivery_claim(struct db *db, struct arena *arena, const struct delivery *done,
                   struct delivery *ret_delivery) MUST_CHECK;

/* The relay puts it off. */
int delivery_postpone(struct db *db, const struct delivery *delivery, int64_t seconds) MUST_CHECK;

/* Something of our own went wrong: others go first. A known outcome is kept with the row, and the mail is not sent
 * again; without one this counts as no attempt. */
int delivery_put_off(struct db *db, const struct delivery *delivery, int64_t seconds) MUST_CHECK;

/* What is remembered of another mailer between two looks; times by the monotonic clock. Begins as zero. */
struct delivery_watch {
    char seen[96];
    int64_t since_ms;
    int64_t next_ms;
};

/* Call it often: now and then it looks at another mailer, and ends the session, and with it the claim, of one that stands
 * still. */
int delivery_watch(struct db *db, struct delivery_watch *watched) MUST_CHECK;

/* How many notifications wait. */
int delivery_depth(struct db *db, int64_t *ret_count) MUST_CHECK;

/* What the mail is about, from the journal. ERR_POISON: it is not there, or not readable. */
int delivery_notice(struct db *db, struct arena *arena, const struct delivery *delivery,
                    struct notice *ret_notice) MUST_CHECK;

#endif
