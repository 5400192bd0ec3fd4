/* services/submissions/core_registration.c - when entries may come in. Pure.
 *
 * An edition whose rules were published opens and closes by itself: its alarms carry the moment for which they were set, and
 * one that is no longer the present one means nothing.
 *
 * What was handed in is registered, returned or refused also when it is closed, until whoever organises confirms the entrants.
 * That is said once, and in the same journal as registrations: whoever reads it in order has all of them behind him. */
#include "common/proto.h"
#include "services/submissions/core_edition.h"

#define IS(state) EDITION_IS(state)

void
submissions_wake_at(struct events *out, int64_t due_us)
{
    Submissions__RegistrationDue *due = proto_new(out->arena, ON(registration_due));

    due->due_us = due_us;
    set_alarm(out, due_us, due);
}

static void
say_opened(const struct given *given, struct events *out)
{
    Submissions__RegistrationOpened *said = new_event(out, ON(registration_opened));

    said->edition_id = id_text(out, &given->subject);
}

static void
say_closed(const struct given *given, struct events *out)
{
    Submissions__RegistrationClosed *said = new_event(out, ON(registration_closed));

    said->edition_id = id_text(out, &given->subject);
}

/* Who may do by hand what also happens by itself. */
static int
judge_doorkeeper(const struct given *given)
{
    return submissions_judge_organiser(given, given->state, MAY(ORGANISER) | MAY(STANDING),
                                       MAY(ENTRANT_HEAD) | MAY(CLERK));
}

int
submissions_open_registration(const struct given *given, const void *command, struct events *out)
{
    const struct edition *edition = given->state;
    int refusal = judge_doorkeeper(given);

    (void) command;
    if (refusal)
        return refusal;
    if (given->now_us < edition->opens_at_us)
        return NO(TOO_EARLY);
    say_opened(given, out);
    return ACCEPTED;
}

int
submissions_close_registration(const struct given *given, const void *command, struct events *out)
{
    const struct edition *edition = given->state;
    int refusal = judge_doorkeeper(given);

    (void) command;
    if (refusal)
        return refusal;
    if (given->now_us < edition->closes_at_us)
        return NO(TOO_EARLY);
    say_closed(given, out);
    return ACCEPTED;
}

/* That nothing lies unexamined the database says, which knows all entries of the edition. */
int
submissions_confirm_entrants(const struct given *given, const void *command, struct events *out)
{
    const struct edition *edition = given->state;
    int refusal = judge_doorkeeper(given);

    (void) command;
    if (refusal)
        return refusal;
    if (edition->judged_elsewhere)
        return NO(JUDGED_ELSEWHERE);
    if (edition->entrants_confirmed)
        return NO(ENTRANTS_CONFIRMED);

    Submissions__EntrantsConfirmed *said = new_event(out, ON(entrants_confirmed));
    said->edition_id = id_text(out, &given->subject);
    return ACCEPTED;
}

void
submissions_entrants_confirmed(void *state, const void *event)
{
    struct edition *edition = state;

    (void) event;
    edition->entrants_confirmed = true;
}

/* Both moments may have passed when the first alarm comes; the second one then finds nothing to do. */
int
submissions_come_due(const struct given *given, const void *message, struct events *out)
{
    const struct edition *edition = given->state;
    const Submissions__RegistrationDue *due = message;
    bool opens = edition->self.state == IS(PUBLISHED) && due->due_us == edition->opens_at_us;
    bool closes = edition->self.state == IS(OPEN) && due->due_us == edition->closes_at_us;

    if (opens)
        say_opened(given, out);
    if (closes || (opens && given->now_us >= edition->closes_at_us))
        say_closed(given, out);
    return ACCEPTED;
}

static int
judge_later_end(const struct given *given, const Submissions__ExtendRegistration *ask,
                struct events *out, int64_t *ret_closes_us)
{
    const struct edition *edition = given->state;
    const Types__OfficialDocument *document = ask->closes ? ask->closes->document : NULL;
    int refusal = submissions_deadline_end(ask->closes, "closes", out, ret_closes_us);

    if (refusal)
        return refusal;
    if (edition->judged_elsewhere)
        return wrong(out, NO(BAD_DATE), "closes", "this edition closes when it is told to");
    if (!document)
        return wrong(out, NO(RULES_INCOMPLETE), "closes.document",
                     "is the document that puts the day off");
    if (submissions_judge_document(document, out))
        return NO(BAD_DATE);
    if (edition->self.state != IS(DRAFT) && given->received_us >= edition->closes_at_us)
        return NO(REGISTRATION_CLOSED);
    if (*ret_closes_us <= edition->closes_at_us)
        return wrong(out, NO(BAD_DATE), "closes.date", "is not later than the present one");
    return ACCEPTED;
}

int
submissions_extend_registration(const struct given *given, const void *command, struct events *out)
{
    const Submissions__ExtendRegistration *ask = command;
    int64_t closes_us = 0;
    int refusal = submissions_judge_organiser(given, given->state, MAY(OWNER), MAY(ENTRANT_HEAD));

    if (!refusal)
        refusal = judge_later_end(given, ask, out, &closes_us);
    if (refusal)
        return refusal;

    Submissions__RegistrationExtended *said = new_event(out, ON(registration_extended));
    said->edition_id = id_text(out, &given->subject);
    said->closes_at = proto_time(out->arena, closes_us);
    said->closes = ask->closes;
    submissions_wake_at(out, closes_us);
    return ACCEPTED;
}

void
submissions_registration_extended(void *state, const void *event)
{
    struct edition *edition = state;
    const Submissions__RegistrationExtended *e = event;

    edition->closes_at_us = proto_time_us(e->closes_at);
}
