/* services/notifications/mailing_module.c - what the module of mail shows to whoever loads it. */
#include "services/notifications/mailing.h"

extern const struct mailing sangkien_mailing;

const struct mailing sangkien_mailing = {
    .version = SANGKIEN_VERSION,
    .check = smtp_check,
    .start = mail_start,
    .stop = mail_stop,
    .write = mail_write,
    .open = smtp_open,
    .close = smtp_close,
    .send = smtp_send,
};
