/* services/notifications/mail.h - one mail as the bytes that go over the wire.
 *
 * Shapes     one multipart/alternative message, text and HTML, bodies in base64, every line ended
 * by CRLF. Message-ID is <notification-id@domain> and nothing else, so that a second delivery is
 * seen as one. Errors     ERR_POISON when an address or the domain may not stand in a header.
 * Ownership  the bytes lie in the arena.
 * Threads    any, after mail_start.
 * Source     RFC 5322; RFC 2047; RFC 3834 (Auto-Submitted); RFC 2919 (List-Id).
 */
#ifndef SANGKIEN_NOTIFICATIONS_MAIL_H
#define SANGKIEN_NOTIFICATIONS_MAIL_H

#include <stdint.h>

#include "common/arena.h"
#include "common/err.h"
#include "common/id.h"
#include "services/notifications/templates.h"

struct mail {
    struct uuid notification;
    const char *from_name;
    const char *from;
    const char *to_name;
    const char *to;
    const char *domain; /* right-hand side of Message-ID and of List-Id */
    int64_t written_us;
    struct mail_text said;
};

/* Once per process, before the first mail; and at its end. */
void mail_start(void);
void mail_stop(void);

int mail_write(struct arena *arena, const struct mail *mail, struct bytes *ret_bytes) MUST_CHECK;

#endif
