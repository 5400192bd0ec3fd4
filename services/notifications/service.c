/* services/notifications/service.c - the service as data. */
#include "services/notifications/notifications.h"

/* In the order in which things happened. The index notification_page is over the very same key. */
static const char list_notifications[] =
    "SELECT (lpad(event_position::text, 19, '0') || id::text) COLLATE \"C\" AS page_key, id, "
    "version, state,"
    " event_position, event_type, agency_id, template, recipient_role, address, sent_at, failure"
    " FROM notifications.notification"
    " WHERE programme = $1::text AND ($2::uuid IS NULL OR agency_id = $2::uuid)"
    " AND ($3::text IS NULL OR (lpad(event_position::text, 19, '0') || id::text) COLLATE \"C\" > "
    "$3::text)"
    " ORDER BY 1 LIMIT $4";

/* clang-format off */
static const struct kind *const notifications_kinds[] = { &notification_kind, NULL };

static const struct query notifications_queries[] = {
    { ON(get_notification),   ON(get_notification_response),   .kind = &notification_kind },
    { ON(list_notifications), ON(list_notifications_response), .select = list_notifications },
    { 0 },
};

static const struct refusal_text notifications_refusal_texts[] = { { 0 } };
/* clang-format on */

const struct service notifications_service = {
    .name = "notifications",
    .package = "sangkien.notifications.v1",
    .kinds = notifications_kinds,
    .queries = notifications_queries,
    .refusals = &notifications__refusal__descriptor,
    .refusal_texts = notifications_refusal_texts,
    .errand = notifications_send,
    .errand_prepare = notifications_prepare,
};
