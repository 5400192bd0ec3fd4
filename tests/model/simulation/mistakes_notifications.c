/* tests/model/simulation/mistakes_notifications.c - mistakes about who is told of what. */
#include "sangkien/funding/v1/events.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "services/notifications/notifications.h"
#include "tests/model/simulation/simulation.h"

static int
nobody_told(const struct given *given, const void *message, struct events *out)
{
    (void) given;
    (void) message;
    (void) out;
    return ACCEPTED;
}

static int
told_of_nothing(const struct given *given, const void *message, struct events *out)
{
    int refusal = as_it_should_be(given, message, out);
    Notifications__NotificationQueued *queued = just_said(out, ON(notification_queued));

    if (queued)
        queued->event_position++;
    return refusal;
}

/* clang-format off */
const struct mistaken notifications_mistakes[] = {
    { NOBODY_TOLD,     &notification_kind, OF(funding, funding_approved),   nobody_told },
    { TOLD_OF_NOTHING, &notification_kind, OF(submissions, entry_submitted), told_of_nothing },
    { 0 },
};
/* clang-format on */
