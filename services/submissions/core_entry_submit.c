/* services/submissions/core_entry_submit.c - how an entry is handed in. Pure.
 *
 * What is judged by time is judged by the arrival at the gateway, never by when its turn came. */
#include "common/fold.h"
#include "services/submissions/entry.h"

bool
entry_is_ours(const struct given *given, const struct entry *entry)
{
    return uuid_equal(&entry->entrant_agency_id, &given->actor->agency);
}

void
entry_needs_edition(const struct given *given, const void *command, struct keys *keys)
{
    const struct entry *entry = given->state;

    (void) command;
    need_state(keys);
    if (entry && !uuid_is_nil(&entry->edition_id))
        need(keys, &edition_kind, entry->edition_id);
}

/* What is judged elsewhere closes when it is told to. */
static bool
is_closed(const struct given *given, const struct edition *edition)
{
    return edition->rules ? given->received_us >= edition->closes_at_us
                          : edition->self.state >= EDITION_IS(CLOSED);
}

int
entry_judge_time(const struct given *given, const struct edition *edition)
{
    const struct entry *entry = given->state;
    bool is_at_home =
        entry->self.state == ENTRY_IS(DRAFT) || entry->self.state == ENTRY_IS(RETURNED);

    if (edition->self.state == EDITION_IS(CANCELLED))
        return NO(EDITION_NOT_OPEN);
    if (entry->self.state == ENTRY_IS(RETURNED) && given->received_us >= entry->cure_at_us)
        return NO(CURE_PASSED);
    if (entry->self.state == ENTRY_IS(DRAFT) && is_closed(given, edition))
        return NO(REGISTRATION_CLOSED);
    return edition->entrants_confirmed && is_at_home ? NO(ENTRANTS_CONFIRMED) : ACCEPTED;
}

static int64_t
shares_of(const struct entry *entry)
{
    int64_t shares_bp = 0;

    LIST_EACH (const struct author, author, &entry->authors)
        if (author->draft == entry->draft)
            shares_bp += author->share_bp;
    return shares_bp;
}

int
entry_submit(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const struct edition *edition = also(given, 0);
    int refusal;

    (void) command;
    if (!entry_is_ours(given, entry))
        return NO(NOT_YOUR_ENTRY);
    refusal = entry_judge_time(given, edition);
    if (!refusal)
        refusal = submissions_judge_still_eligible(given, edition, entry, out);
    if (refusal)
        return refusal;
    if (shares_of(entry) != WHOLE_BP)
        return NO(SHARES_NOT_WHOLE); /* so also for an entry without authors */

    Submissions__EntrySubmitted *said = new_event(out, ON(entry_submitted));
    said->entry_id = id_text(out, &given->subject);
    said->title = entry->title;
    said->submitted_by = id_text(out, &given->actor->person);
    said->entry_version = entry->entry_version + 1;
    said->digest = proto_digest(out->arena, &entry->content_digest);
    said->submitted_at = proto_time(out->arena, given->received_us);
    said->title_key = text_fold(out->arena, entry->title);
    return ACCEPTED;
}

void
entry_submitted(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntrySubmitted *e = event;

    entry->submitted_by = uuid_of(e->submitted_by);
    entry->submitted_at_us = proto_time_us(e->submitted_at);
    entry->entry_version = e->entry_version;
    entry->examined_by = (struct uuid){ { 0 } };
    entry->title_key = e->title_key;
}
