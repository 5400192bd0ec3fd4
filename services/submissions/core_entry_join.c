/* services/submissions/core_entry_join.c - agencies that are named as co-entrants agree to an entry, or leave it. Pure.
 *
 * Whoever is named has not agreed to anything, and cannot be made to: until every co-entrant has agreed to what was
 * handed in, or has left, the entry is not registered. An agreement is to one draft. */
#include "services/submissions/entry.h"

/* A draft that has lapsed is nobody's business any more. */
static int
judge_co_entrant(const struct given *given, const struct edition *edition)
{
    const struct entry *entry = given->state;

    if (!submissions_is_co_entrant(&entry->co_entrants, &given->actor->agency))
        return NO(NOT_A_CO_ENTRANT);
    return entry->self.state == ENTRY_IS(DRAFT) ? entry_judge_time(given, edition) : ACCEPTED;
}

int
entry_join(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const Submissions__JoinEntry *ask = command;
    const struct uuid *agency = &given->actor->agency;
    int refusal = judge_co_entrant(given, also(given, 0));

    if (refusal)
        return refusal;
    if (ask->draft != entry->draft)
        return wrong(out, NO(OTHER_DRAFT), "draft", "is not %d, the present one", entry->draft);
    if (submissions_draft_agreed(&entry->co_entrants, agency) == entry->draft)
        return NO(ALREADY_JOINED);

    Submissions__CoEntrantJoined *said = new_event(out, ON(co_entrant_joined));
    said->entry_id = id_text(out, &given->subject);
    said->agency_id = id_text(out, agency);
    said->draft = entry->draft;
    said->joined_by = id_text(out, &given->actor->person);
    return ACCEPTED;
}

static void
look_who_is_silent(struct entry *entry)
{
    if (submissions_all_agree(&entry->co_entrants, entry->draft))
        entry->silent_since_us = 0;
}

void
entry_joined(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__CoEntrantJoined *e = event;

    *(struct co_entrant *) list_add(&entry->co_entrants) = (struct co_entrant){
        .agency_id = uuid_of(e->agency_id),
        .draft = e->draft,
        .said_by = uuid_of(e->joined_by),
    };
    look_who_is_silent(entry);
}

int
entry_leave(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const Submissions__LeaveEntry *ask = command;
    int refusal = judge_co_entrant(given, also(given, 0));

    if (refusal)
        return refusal;

    Submissions__CoEntrantLeft *said = new_event(out, ON(co_entrant_left));
    said->entry_id = id_text(out, &given->subject);
    said->agency_id = id_text(out, &given->actor->agency);
    said->title = entry->title;
    said->reason = ask->reason;
    said->draft = entry->draft;
    said->left_by = id_text(out, &given->actor->person);
    return ACCEPTED;
}

void
entry_left(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__CoEntrantLeft *e = event;

    *(struct co_entrant *) list_add(&entry->co_entrants) = (struct co_entrant){
        .agency_id = uuid_of(e->agency_id),
        .draft = e->draft,
        .has_left = true,
        .said_by = uuid_of(e->left_by),
    };
    look_who_is_silent(entry);
}
