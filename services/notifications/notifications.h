/* services/notifications/notifications.h - who is told of what: one notification per (event,
 * recipient, template).
 *
 * Shapes     a notification's id follows from what it is about, so that hearing an event again
 * finds it. What the mailer tries in between (claims, attempts, pauses) stands in
 * notifications.delivery, outside the fold; the fold knows QUEUED, SENT, FAILED and SUPPRESSED.
 * Source     rules R-N1 to R-N5. Those a model can check stand in tests/model/simulation.
 */
#ifndef SANGKIEN_NOTIFICATIONS_H
#define SANGKIEN_NOTIFICATIONS_H

#include "common/decide.h"
#include "common/service.h"
#include "common/table.h"
#include "sangkien/notifications/v1/events.pb-c.h"
#include "sangkien/notifications/v1/inner.pb-c.h"
#include "sangkien/notifications/v1/queries.pb-c.h"
#include "sangkien/notifications/v1/types.pb-c.h"

#define ON(message) &notifications__##message##__descriptor
#define OF(package, message) &package##__##message##__descriptor
#define IS(state) NOTIFICATIONS__NOTIFICATION_STATE__NOTIFICATION_STATE_##state
#define FOR(role) NOTIFICATIONS__RECIPIENT_ROLE__RECIPIENT_ROLE_##role

struct notification {
    struct aggregate self;
    int64_t event_position; /* of the event that caused it, in the same programme */
    const char *event_type;
    struct uuid agency_id;
    const char *template;
    int recipient_role;
    const char *address;
    int64_t sent_at_us;
    const char *failure;
};

extern const struct table notification_table;
extern const struct kind notification_kind;
extern const struct service notifications_service;

/* The id of the notification of one event to one agency by one template. */
struct uuid notification_id(const char *programme, int64_t event_position,
                            const struct uuid *agency, const char *template);

/* The errand: checks the mail settings and templates before the service says ready; sends what is
 * queued. */
int notifications_prepare(struct errands *errands);
int notifications_send(struct errands *errands);

#endif
