/* tests/model/simulation/mistakes_notifications.c - mistakes about who is told of what. */
#include "sangkien/funding/v1/events.pb-c.h"
#include "sangkien/submissions/v1/commands.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "sangkien/submissions/v1/types.pb-c.h"
#include "services/notifications/notifications.h"
#include "tests/model/simulation/simulation.h"

extern const struct kind entry_kind; /* its header has words of its own for what is needed here */

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

/* That it failed, or what else was said last, goes unsaid. */
static int
nobody_sees(const struct given *given, const void *message, struct events *out)
{
    int refusal = as_it_should_be(given, message, out);

    if (just_said(out, ON(notification_failed)))
        out->said.count--;
    return refusal;
}

/* The first one is passed over, and nobody else is told. */
static int
passed_over(const struct given *given, const void *message, struct events *out)
{
    int refusal = as_it_should_be(given, message, out);
    const Notifications__NotificationQueued *queued = just_said(out, ON(notification_queued));
    Notifications__NotificationSuppressed *suppressed;
    struct said *said;

    if (!queued)
        return refusal;
    said = list_at(&out->said, 0);
    suppressed = proto_new(out->arena, ON(notification_suppressed));
    suppressed->notification_id = queued->notification_id;
    suppressed->event_position = queued->event_position;
    suppressed->event_type = queued->event_type;
    suppressed->agency_id = queued->agency_id;
    suppressed->template_ = queued->template_;
    suppressed->reason = "no address";
    said->event = &suppressed->base;
    out->said.count = 1;
    return refusal;
}

/* Nothing is handed in while a mail that had an address has failed. */
static int
mail_blocks(const struct given *given, const void *message, struct events *out)
{
    const struct list *notices =
        &tenant_called(given->programme)->stored[kind_number(&notification_kind)];
    int refusal = as_it_should_be(given, message, out);

    for (size_t i = 0; i < notices->count && !refusal; i++) {
        const struct notification *n = (const void *) stored_at(notices, i)->state;

        if (n->self.state == IS(FAILED) && *n->address)
            refusal = SUBMISSIONS__REFUSAL__REFUSAL_REGISTRATION_CLOSED;
    }
    if (refusal)
        out->said.count = 0;
    return refusal;
}

/* clang-format off */
const struct mistaken notifications_mistakes[] = {
    { NOBODY_TOLD,     &notification_kind, OF(funding, funding_approved),   nobody_told },
    { TOLD_OF_NOTHING, &notification_kind, OF(submissions, entry_submitted), told_of_nothing },
    { NOBODY_SEES,     &notification_kind, OF(submissions, dossier_required), nobody_sees },
    { PASSED_OVER,     &notification_kind, OF(funding, signoff_opened),     passed_over },
    { MAIL_BLOCKS,     &entry_kind,        OF(submissions, submit_entry),   mail_blocks },
    { 0 },
};
/* clang-format on */
