/* services/submissions/core_entry_examine.c - what an organiser makes of an entry that was handed in. Pure. */
#include "common/clock.h"
#include "common/proto.h"
#include "services/submissions/entry.h"

enum { EDITION, ROLL }; /* what registering needs, in this order */

/* What arrived in time may be sent again for so long, with a receipt: submissions.judge_edition_entrants waits as long. */
#define RECEIPTS_AGE_US DAY_US

void
entry_needs_count(const struct given *given, const void *command, struct keys *keys)
{
    const struct entry *entry = given->state;

    entry_needs_edition(given, command, keys);
    if (entry && !uuid_is_nil(&entry->edition_id))
        need(keys, &entrant_kind,
             submissions_entrant_id(&entry->edition_id, &entry->entrant_agency_id));
}

bool
submissions_wrote(const struct entry *entry, const struct uuid *person)
{
    LIST_EACH (const struct author, author, &entry->authors)
        if (author->draft == entry->draft && uuid_equal(&author->person_id, person))
            return true;
    return false;
}

/* Nobody decides on what they wrote or handed in themselves, or agreed to. */
static int
judge_examiner(const struct given *given, const struct edition *edition)
{
    const struct entry *entry = given->state;
    int refusal = submissions_judge_organiser(given, edition, MAY(ORGANISER) | MAY(STANDING),
                                              MAY(CLERK) | MAY(ENTRANT_HEAD));

    if (refusal)
        return refusal;
    if (uuid_equal(&entry->submitted_by, &given->actor->person) ||
        submissions_wrote(entry, &given->actor->person) ||
        submissions_has_agreed(&entry->co_entrants, &given->actor->person))
        return NO(OWN_SUBMISSION);
    return ACCEPTED;
}

/* Entries are registered, or sent back to be mended, until the entrants are confirmed; they are refused also later. */
static int
judge_time(const struct edition *edition)
{
    return edition->entrants_confirmed ? NO(ENTRANTS_CONFIRMED) : ACCEPTED;
}

/* ------------------------------------------------------------------ sending it back */

/* Not for ever: others were judged by when registration closed. An edition that is judged elsewhere has no rule for it. */
static int
judge_cure(const struct given *given, const struct edition *edition, int64_t cure_us,
           struct events *out)
{
    if (cure_us <= given->now_us)
        return wrong(out, NO(BAD_DATE), "cure.date", "is not in the future");
    if (edition->rules && cure_us > edition->closes_at_us + edition->rules->max_cure_days * DAY_US)
        return wrong(out, NO(BAD_DATE), "cure.date",
                     "is more than %d days after the end of registration",
                     edition->rules->max_cure_days);
    return ACCEPTED;
}

int
entry_return(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const struct edition *edition = also(given, EDITION);
    const Submissions__ReturnEntry *ask = command;
    int64_t cure_us = 0;
    int refusal = judge_examiner(given, edition);

    if (!refusal)
        refusal = judge_time(edition);
    if (!refusal)
        refusal = submissions_deadline_end(ask->cure, "cure", out, &cure_us);
    if (!refusal)
        refusal = judge_cure(given, edition, cure_us, out);
    if (refusal)
        return refusal;

    Submissions__EntryReturned *said = new_event(out, ON(entry_returned));
    said->entry_id = id_text(out, &given->subject);
    said->title = entry->title;
    said->n_faults = ask->n_faults;
    said->faults = ask->faults;
    said->reason = ask->reason;
    said->cure_at = proto_time(out->arena, cure_us);
    said->cure = ask->cure;
    said->returned_by = id_text(out, &given->actor->person);
    return ACCEPTED;
}

void
entry_returned(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryReturned *e = event;

    entry->cure_at_us = proto_time_us(e->cure_at);
    entry->examined_by = uuid_of(e->returned_by);
}

/* ------------------------------------------------------------------ refusing */

int
entry_refuse(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const struct edition *edition = also(given, EDITION);
    const Submissions__RefuseEntry *ask = command;
    int refusal = judge_examiner(given, edition);

    if (!refusal && entry->self.state == ENTRY_IS(RETURNED) &&
        given->received_us < entry->cure_at_us + RECEIPTS_AGE_US)
        refusal = NO(TOO_EARLY); /* it may still be mended, or have been */
    if (refusal)
        return refusal;

    Submissions__EntryRefused *said = new_event(out, ON(entry_refused));
    said->entry_id = id_text(out, &given->subject);
    said->title = entry->title;
    said->fault = ask->fault;
    said->reason = ask->reason;
    said->refused_by = id_text(out, &given->actor->person);
    submissions_count(out, edition, &entry->edition_id, &entry->entrant_agency_id, entry->team, -1);
    return ACCEPTED;
}

void
entry_refused(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryRefused *e = event;

    entry->examined_by = uuid_of(e->refused_by);
}

/* ------------------------------------------------------------------ registering */

/* Of the latest draft, which is what was handed in. */
static Submissions__Evidence **
evidence_of(const struct entry *entry, struct events *out, size_t *ret_count)
{
    Submissions__Evidence **said =
        arena_zero(out->arena, (entry->evidence.count + 1) * sizeof(*said));

    *ret_count = 0;
    LIST_EACH (const struct evidence, e, &entry->evidence) {
        Submissions__Evidence *cited = proto_new(out->arena, ON(evidence));

        if (e->draft != entry->draft)
            continue;
        cited->kind = (Submissions__EvidenceKind) e->kind;
        cited->name = e->name;
        cited->uri = e->uri;
        cited->sha256 = proto_digest(out->arena, &e->sha256);
        cited->size_bytes = e->size_bytes;
        cited->media_type = e->media_type;
        said[(*ret_count)++] = cited;
    }
    return said;
}

void
entry_needs_for_registration(const struct given *given, const void *command, struct keys *keys)
{
    entry_needs_edition(given, command, keys);
    submissions_need_roll(given, keys);
    submissions_need_origin(given, keys);
}

static int
judge_registration(const struct given *given, struct events *out)
{
    const struct entry *entry = given->state;
    const struct edition *edition = also(given, EDITION);
    int refusal = judge_examiner(given, edition);

    if (!refusal)
        refusal = judge_time(edition);
    if (refusal)
        return refusal;
    if (edition->self.state == EDITION_IS(CANCELLED))
        return NO(EDITION_NOT_OPEN);
    if (!submissions_all_agree(&entry->co_entrants, entry->draft))
        return NO(CO_ENTRANT_SILENT);
    refusal = submissions_judge_still_eligible(given, edition, entry, out);
    if (!refusal)
        refusal = submissions_judge_origin(given);
    if (!refusal && !uuid_is_nil(&entry->roll_id))
        refusal = submissions_judge_roll(also(given, ROLL), out);
    return refusal;
}

int
entry_register(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const Submissions__RegisterEntry *ask = command;
    int refusal = judge_registration(given, out);

    if (refusal)
        return refusal;

    Submissions__EntryRegistered *said = new_event(out, ON(entry_registered));
    said->entry_id = id_text(out, &given->subject);
    said->entry_code = ask->entry_code;
    said->title = entry->title;
    said->edition_id = id_text(out, &entry->edition_id);
    said->entrant_agency_id = id_text(out, &entry->entrant_agency_id);
    said->registered_by = id_text(out, &given->actor->person);
    said->author_ids = submissions_author_ids_of(out, entry, &said->n_author_ids);
    said->co_entrants = submissions_co_entrants_of(out, &entry->co_entrants, &said->n_co_entrants);
    said->track = entry->track;
    said->submitted_at = proto_time(out->arena, entry->submitted_at_us);
    said->entry_version = entry->entry_version;
    said->digest = proto_digest(out->arena, &entry->content_digest);
    said->summary = entry->summary;
    said->team = entry->team;
    said->evidence = evidence_of(entry, out, &said->n_evidence);
    submissions_count_on_roll(out, also(given, EDITION), entry, 1);
    return ACCEPTED;
}

void
entry_registered(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryRegistered *e = event;

    entry->entry_code = e->entry_code;
    entry->registered_by = uuid_of(e->registered_by);
}
