/* services/submissions/core_entry_accuse.c - how an entry is disqualified, once its agency was heard. Pure.
 *
 * An accusation is a flag, not a state: the contest goes on while it is looked into. */
#include "services/submissions/entry.h"

static bool
is_accused(const struct entry *entry)
{
    return !uuid_is_nil(&entry->accused_by);
}

/* ------------------------------------------------------------------ accusing */

int
entry_accuse(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const Submissions__ProposeDisqualification *ask = command;
    int64_t due_us = 0;
    int refusal;

    if (is_accused(entry))
        return NO(HEARING_OPEN);
    refusal = entry_judge_archive(also(given, 0));
    if (refusal)
        return refusal;
    refusal = submissions_deadline_end(ask->answer_due, "answer_due", out, &due_us);
    if (refusal)
        return refusal;
    if (due_us <= given->now_us)
        return wrong(out, NO(BAD_DATE), "answer_due.date", "is not in the future");

    Submissions__DisqualificationProposed *said = new_event(out, ON(disqualification_proposed));
    said->entry_id = id_text(out, &given->subject);
    said->entry_code = entry->entry_code;
    said->title = entry->title;
    said->reason = ask->reason;
    said->answer_due_at = proto_time(out->arena, due_us);
    said->answer_due = ask->answer_due;
    said->accused_by = id_text(out, &given->actor->person);
    return ACCEPTED;
}

void
entry_accused(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__DisqualificationProposed *e = event;

    entry->accused_by = uuid_of(e->accused_by);
    entry->accusation = e->reason;
    entry->answer_due_at_us = proto_time_us(e->answer_due_at);
    entry->answered = false;
}

/* ------------------------------------------------------------------ answering */

int
entry_answer(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const Submissions__AnswerAccusation *ask = command;

    if (!entry_is_ours(given, entry))
        return NO(NOT_YOUR_ENTRY);
    if (!is_accused(entry))
        return NO(NO_HEARING);
    if (given->received_us >= entry->answer_due_at_us)
        return NO(DEADLINE_PASSED);

    Submissions__AccusationAnswered *said = new_event(out, ON(accusation_answered));
    said->entry_id = id_text(out, &given->subject);
    said->answer = ask->answer;
    said->answered_by = id_text(out, &given->actor->person);
    return ACCEPTED;
}

void
entry_answered(void *state, const void *event)
{
    struct entry *entry = state;

    (void) event;
    entry->answered = true;
}

/* ------------------------------------------------------------------ deciding */

int
entry_dismiss(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const Submissions__DismissAccusation *ask = command;

    if (!is_accused(entry))
        return NO(NO_HEARING);

    Submissions__AccusationDismissed *said = new_event(out, ON(accusation_dismissed));
    said->entry_id = id_text(out, &given->subject);
    said->reason = ask->reason;
    return ACCEPTED;
}

void
entry_cleared(void *state, const void *event)
{
    struct entry *entry = state;

    (void) event;
    entry->accused_by = (struct uuid){ { 0 } };
    entry->accusation = "";
    entry->answer_due_at_us = 0;
    entry->answered = false;
}

static int
judge_hearing(const struct given *given, const struct entry *entry)
{
    if (!is_accused(entry))
        return NO(NO_HEARING);
    if (uuid_equal(&entry->accused_by, &given->actor->person))
        return NO(OWN_SUBMISSION);
    if (!entry->answered && given->received_us < entry->answer_due_at_us)
        return NO(HEARING_OPEN);
    return entry->money_paid ? NO(MONEY_PAID) : submissions_judge_leaving_origin(given);
}

int
entry_disqualify(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const Submissions__DisqualifyEntry *ask = command;
    int refusal = judge_hearing(given, entry);

    if (!refusal)
        refusal = entry_judge_archive(also(given, 1)); /* behind its dossier */
    if (!refusal)
        refusal = submissions_judge_document(ask->document, out);
    if (refusal)
        return refusal;

    Submissions__EntryDisqualified *said = new_event(out, ON(entry_disqualified));
    said->entry_id = id_text(out, &given->subject);
    said->entry_code = entry->entry_code;
    said->title = entry->title;
    said->reason = ask->reason;
    said->document = ask->document;
    said->disqualified_by = id_text(out, &given->actor->person);
    said->edition_id = id_text(out, &entry->edition_id);
    entry_take_along(given, out);
    return ACCEPTED;
}

void
entry_disqualified(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryDisqualified *e = event;

    entry->disqualified_by = uuid_of(e->disqualified_by);
}
