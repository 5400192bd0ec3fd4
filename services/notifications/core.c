/* services/notifications/core.c - who is told, and what became of it. Pure: no SQL, no sockets, no
 * clock. */
#include <assert.h>
#include <string.h>

#include "common/proto_value.h"
#include "sangkien/appraisal/v1/events.pb-c.h"
#include "sangkien/funding/v1/events.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "services/notifications/notifications.h"
#include "services/notifications/rules.h"

struct uuid
notification_id(const char *programme, int64_t event_position, const struct uuid *agency,
                const char *template)
{
    uint8_t bytes[sizeof(uint64_t) + sizeof(agency->bytes) + 160];
    uint8_t *at = bytes;
    const size_t programme_size = strlen(programme) + 1;
    const size_t template_size = strlen(template);

    assert(programme_size + template_size <= 160);
    for (int shift = 56; shift >= 0; shift -= 8)
        *at++ = (uint8_t) ((uint64_t) event_position >> shift);
    memcpy(at, agency->bytes, sizeof(agency->bytes));
    at += sizeof(agency->bytes);
    memcpy(at, programme, programme_size); /* its NUL keeps the two texts apart */
    at += programme_size;
    memcpy(at, template, template_size);
    at += template_size;
    return uuid_derive("notification", bytes, (size_t) (at - bytes));
}

static struct uuid
id_of(const struct given *given, const struct recipient *recipient)
{
    return notification_id(given->programme, given->heard_position, &recipient->agency,
                           recipient->template);
}

/* ------------------------------------------------------------------ an event is heard */

static struct uuid
first_notification(const struct given *given, const void *event)
{
    struct recipient first;

    return first_recipient_of(given, event, &first) ? id_of(given, &first) : (struct uuid){ 0 };
}

static void
other_notifications(const struct given *given, const void *event, struct keys *keys)
{
    const struct list recipients = recipients_of(given, event, keys->arena);

    for (size_t i = 1; i < recipients.count; i++)
        need(keys, &notification_kind, id_of(given, list_at(&recipients, i)));
}

static void
queue(struct events *out, const struct given *given, const struct uuid *id,
      const struct recipient *to)
{
    Notifications__NotificationQueued *queued =
        new_event_on(out, &notification_kind, *id, ON(notification_queued));

    queued->notification_id = id_text(out, id);
    queued->event_position = given->heard_position;
    queued->event_type = given->heard_type;
    queued->agency_id = id_text(out, &to->agency);
    queued->template_ = to->template;
    queued->recipient_role = (Notifications__RecipientRole) to->recipient_role;
    queued->address = to->address;
}

/* Who only has to know is not told; the notification says so. */
static void
suppress(struct events *out, const struct given *given, const struct uuid *id,
         const struct recipient *to)
{
    Notifications__NotificationSuppressed *suppressed =
        new_event_on(out, &notification_kind, *id, ON(notification_suppressed));

    suppressed->notification_id = id_text(out, id);
    suppressed->event_position = given->heard_position;
    suppressed->event_type = given->heard_type;
    suppressed->agency_id = id_text(out, &to->agency);
    suppressed->template_ = to->template;
    suppressed->reason = "no address";
}

/* Who has to act may not be passed over (R-N2): the failure is there for people to see. */
static void
fail_without_address(struct events *out, const struct uuid *id)
{
    Notifications__NotificationFailed *failed =
        new_event_on(out, &notification_kind, *id, ON(notification_failed));

    failed->notification_id = id_text(out, id);
    failed->failure = "no address";
}

static int
tell(const struct given *given, const void *event, struct events *out)
{
    const struct list recipients = recipients_of(given, event, out->arena);

    for (size_t i = 0; i < recipients.count; i++) {
        const struct recipient *to = list_at(&recipients, i);
        const struct notification *n = i == 0 ? given->state : also(given, i - 1);
        const struct uuid id = id_of(given, to);

        assert(uuid_equal(&n->self.id, &id));
        if (n->self.version > 0)
            continue; /* told already: the event was heard before */
        if (*to->address) {
            queue(out, given, &id, to);
        } else if (to->recipient_role == FOR(ACTION)) {
            queue(out, given, &id, to);
            fail_without_address(out, &id);
        } else {
            suppress(out, given, &id, to);
        }
    }
    return ACCEPTED;
}

/* ------------------------------------------------------------------ the mailer reports */

/* A report that comes again, or after another one has settled it, changes nothing. */
static bool
is_settled(const struct notification *n)
{
    return n->self.state != IS(QUEUED);
}

static int
record_sent(const struct given *given, const void *command, struct events *out)
{
    const Notifications__RecordSent *report = command;
    Notifications__NotificationSent *sent;

    if (is_settled(given->state))
        return ACCEPTED;
    sent = new_event(out, ON(notification_sent));
    sent->notification_id = id_text(out, &given->subject);
    sent->attempts = report->attempts;
    sent->sent_at = proto_time(out->arena, given->now_us);
    return ACCEPTED;
}

static int
record_failure(const struct given *given, const void *command, struct events *out)
{
    const Notifications__RecordFailure *report = command;
    Notifications__NotificationFailed *failed;

    if (is_settled(given->state))
        return ACCEPTED;
    failed = new_event(out, ON(notification_failed));
    failed->notification_id = id_text(out, &given->subject);
    failed->attempts = report->attempts;
    failed->failure = *report->failure ? report->failure : "unknown";
    return ACCEPTED;
}

/* ------------------------------------------------------------------ what is remembered */

static void
notification_queued(void *state, const void *event)
{
    struct notification *n = state;
    const Notifications__NotificationQueued *e = event;

    n->event_position = e->event_position;
    n->event_type = e->event_type;
    n->agency_id = uuid_of(e->agency_id);
    n->template = e->template_;
    n->recipient_role = (int) e->recipient_role;
    n->address = e->address;
}

static void
notification_suppressed(void *state, const void *event)
{
    struct notification *n = state;
    const Notifications__NotificationSuppressed *e = event;

    n->event_position = e->event_position;
    n->event_type = e->event_type;
    n->agency_id = uuid_of(e->agency_id);
    n->template = e->template_;
    n->recipient_role = FOR(INFO); /* nobody who has to act is ever suppressed */
    n->failure = e->reason;
}

static void
notification_sent(void *state, const void *event)
{
    struct notification *n = state;
    const Notifications__NotificationSent *e = event;

    n->sent_at_us = proto_time_us(e->sent_at);
}

static void
notification_failed(void *state, const void *event)
{
    struct notification *n = state;
    const Notifications__NotificationFailed *e = event;

    n->failure = e->failure;
}

/* clang-format off */
#define TELL(package, event) \
    { OF(package, event), HEARD, tell, EITHER, other_notifications, first_notification }

static const struct handler notification_handlers[] = {
    TELL(submissions, registration_opened),
    TELL(submissions, entry_submitted),
    TELL(submissions, entry_registered),
    TELL(submissions, entry_reached_final),
    TELL(submissions, entry_eliminated),
    TELL(submissions, entry_awarded),
    TELL(submissions, entry_not_awarded),
    TELL(submissions, entry_withdrawn),
    TELL(submissions, dossier_required),
    TELL(submissions, dossier_submitted),
    TELL(submissions, dossier_returned),
    TELL(submissions, dossier_accepted),
    TELL(submissions, dossier_overdue),
    TELL(appraisal, appraisal_opened),
    TELL(appraisal, opinions_requested),
    TELL(appraisal, opinion_given),
    TELL(appraisal, appraisal_concluded),
    TELL(appraisal, appraisal_reported),
    TELL(appraisal, appraisal_voided),
    TELL(funding, signoff_opened),
    TELL(funding, signoff_refused),
    TELL(funding, funding_agreed),
    TELL(funding, funding_submitted),
    TELL(funding, funding_approved),
    TELL(funding, funding_rejected),
    TELL(funding, funds_allotted),
    TELL(funding, funds_disbursed),
    TELL(funding, funding_withdrawn),
    TELL(funding, revocation_required),
    /* message               who may        decide          birth */
    { ON(record_sent),       ONLY_RUNTIME,  record_sent,    MUST_EXIST },
    { ON(record_failure),    ONLY_RUNTIME,  record_failure, MUST_EXIST },
    { 0 },
};

static const struct transition notification_transitions[] = {
    /* from         when                          to               remember                 because */
    { NOTHING,      ON(notification_queued),      IS(QUEUED),      notification_queued,     "a rule names this agency as one to be told" },
    { NOTHING,      ON(notification_suppressed),  IS(SUPPRESSED),  notification_suppressed, "an agency that only had to know has no address" },
    { IS(QUEUED),   ON(notification_sent),        IS(SENT),        notification_sent,       "a relay took the message" },
    { IS(QUEUED),   ON(notification_failed),      IS(FAILED),      notification_failed,     "the message will not be tried again" },
    { 0 },
};
/* clang-format on */

const struct kind notification_kind = {
    .name = "notification",
    .states = &notifications__notification_state__descriptor,
    .table = &notification_table,
    .handlers = notification_handlers,
    .transitions = notification_transitions,
};
