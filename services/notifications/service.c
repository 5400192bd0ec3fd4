/* services/notifications/service.c - the service as data. */
#include "services/notifications/notifications.h"

/* In the order in which things happened. The indexes notification_page and notification_agency_page are over the
 * very same key. */
#define PAGE_KEY "(lpad(event_position::text, 19, '0') || id::text) COLLATE \"C\""
#define PAGE_OF(whose)                                                                             \
    "(SELECT " PAGE_KEY " AS page_key, id, version, state, event_position, event_type, agency_id," \
    " template, recipient_role, address, sent_at, failure FROM notifications.notification"         \
    " WHERE programme = $1::text AND " whose " AND " PAGE_KEY " > coalesce($3::text, '')"          \
    " ORDER BY 1 LIMIT $4::int8)"
static const char list_notifications[] = PAGE_OF("$2::uuid IS NULL") " UNION ALL " PAGE_OF(
    "agency_id = $2") " ORDER BY 1 LIMIT $4::int8";

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
