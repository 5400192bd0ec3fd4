/* services/notifications/mailing.h - what writes and sends mail, in a module with the large libraries that
 * it takes: they are loaded with the first mail, for whoever sends none needs no memory for them.
 *
 * Errors     ERR_FATAL when the module cannot be loaded, or the settings make no sense.
 * Threads    any; what it opens belongs to one thread.
 */
#ifndef SANGKIEN_NOTIFICATIONS_MAILING_H
#define SANGKIEN_NOTIFICATIONS_MAILING_H

#include "services/notifications/mail.h"
#include "services/notifications/smtp.h"

/* The functions of mail.h and smtp.h. */
struct mailing {
    const char *version; /* of the program that it belongs to */
    int (*check)(const struct config *config);
    void (*start)(void);
    void (*stop)(void);
    int (*write)(struct arena *arena, const struct mail *mail, struct bytes *ret_bytes);
    int (*open)(const struct config *config, struct smtp **ret_smtp);
    void (*close)(struct smtp **smtp_p);
    enum smtp_verdict (*send)(struct smtp *smtp, const char *to, struct bytes mail,
                              const char **ret_reason);
};

/* Can it be loaded, and do the settings make sense? Seen by a child process, which takes the libraries away
 * with it. Before there are threads. */
int mailing_check(const struct config *config) MUST_CHECK;

/* It is never unloaded: not all of the libraries can be. */
int mailing_load(const struct mailing **ret_mailing) MUST_CHECK;

#endif
