/* services/notifications/smtp.h - hands a mail to a relay.
 *
 * Shapes     one connection that is used again; one recipient per mail. Encrypted, with the relay's
 *            certificate checked, or to this very machine.
 * Errors     opening: ERR_FATAL with the setting that is wrong. Sending answers with what to do
 *            next.
 * Threads    belongs to one thread.
 * Source     RFC 5321 4.2.1, 4.5.4.1: judged by the phase and the response code,
 *            never by libcurl's code alone.
 */
#ifndef SANGKIEN_NOTIFICATIONS_SMTP_H
#define SANGKIEN_NOTIFICATIONS_SMTP_H

#include <stdbool.h>

#include "common/arena.h"
#include "common/config.h"
#include "common/err.h"

struct smtp;

/* How far the conversation came. */
enum smtp_phase {
    PHASE_CONNECT,   /* connection, encryption, greeting, log-in, sender: the relay and we */
    PHASE_RECIPIENT, /* RCPT TO: this one recipient */
    PHASE_CONTENT,   /* DATA: not all of it is out */
    PHASE_ANSWER,    /* the final dot is out */
};

enum smtp_verdict {
    MAIL_SENT,
    MAIL_REFUSED,  /* for good: trying again will not help */
    MAIL_RETRY,    /* this mail, later */
    MAIL_NO_RELAY, /* no mail at all gets through now */
};

/* Pure: what an outcome means. response is the last reply's code, 0 for none. */
enum smtp_verdict smtp_judge(bool succeeded, enum smtp_phase phase, long response);

/* ERR_FATAL unless the settings make sense and nothing can go unencrypted over a network. */
int smtp_check(const struct config *config) MUST_CHECK;

/* config is kept. */
int smtp_open(const struct config *config, struct smtp **ret_smtp) MUST_CHECK;
void smtp_close(struct smtp **smtp_p);

/* *ret_reason lives until the next call; plain ASCII, one line. */
enum smtp_verdict smtp_send(struct smtp *smtp, const char *to, struct bytes mail,
                            const char **ret_reason);

#endif
