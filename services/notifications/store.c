/* services/notifications/store.c - where a notification is kept. */
#include "services/notifications/notifications.h"

/* clang-format off */
static const struct column notification_columns[] = {
    COLUMN(struct notification, event_position, INT8),
    COLUMN(struct notification, event_type,     TEXT),
    COLUMN(struct notification, agency_id,      PARTY),
    COLUMN(struct notification, template,       TEXT),
    COLUMN(struct notification, recipient_role, ENUM),
    COLUMN(struct notification, address,        TEXT),
    COLUMN(struct notification, sent_at_us,     TIME),
    COLUMN(struct notification, failure,        TEXT),
    { 0 },
};
/* clang-format on */

const struct table notification_table = {
    .name = "notifications.notification",
    .columns = notification_columns,
    .size = sizeof(struct notification),
};
