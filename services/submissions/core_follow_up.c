/* services/submissions/core_follow_up.c - what follows confirmed results: they are made known, finalists owe their dossiers, and
 * in the end the edition is archived. Pure.
 *
 * Who has a place is known from the edition alone. The dossiers of an edition that was judged elsewhere are not: it has no
 * follow-up, and is never archived. */
#include "services/submissions/core_edition.h"
#include "services/submissions/dossier.h"
#include "services/submissions/entry.h"

/* ------------------------------------------------------------------ made known */

int
submissions_publish_results(const struct given *given, const void *command, struct events *out)
{
    const struct edition *edition = given->state;
    const Submissions__PublishResults *ask = command;
    int refusal =
        submissions_judge_organiser(given, edition, MAY(OWNER) | MAY(ORGANISER), MAY(ENTRANT_HEAD));

    if (!refusal && edition->results_published_at_us)
        refusal = NO(ALREADY_PUBLISHED);
    if (!refusal && ask->document)
        refusal = submissions_judge_document(ask->document, out);
    if (refusal)
        return refusal;

    Submissions__ResultsPublished *said = new_event(out, ON(results_published));
    said->edition_id = id_text(out, &given->subject);
    said->published_at = proto_time(out->arena, given->now_us);
    said->url = ask->url;
    said->document = ask->document;
    return ACCEPTED;
}

void
submissions_results_published(void *state, const void *event)
{
    struct edition *edition = state;
    const Submissions__ResultsPublished *e = event;

    edition->results_published_at_us = proto_time_us(e->published_at);
    edition->results_url = e->url;
    edition->results_notice = e->document;
}

/* ------------------------------------------------------------------ who has a place */

/* Each entry in front of its dossier: the order in which it is found again. */
void
submissions_entries_placed(const struct given *given, const void *command, struct keys *keys)
{
    const struct edition *edition = given->state;

    (void) command;
    need_state(keys);
    for (size_t i = 0; edition && edition->places && i < edition->places->n_places; i++) {
        struct uuid id = uuid_of(edition->places->places[i]->entry_id);

        need(keys, &entry_kind, id);
        need(keys, &dossier_kind, id);
    }
}

static const struct entry *
placed(const struct given *given, size_t nth)
{
    return also(given, 2 * nth);
}

static const struct dossier *
dossier_of(const struct given *given, size_t nth)
{
    return also(given, 2 * nth + 1);
}

/* ------------------------------------------------------------------ dossiers */

/* Whoever has left since, or lost the result, owes none; who owes one already owes no other. */
static bool
owes_one_from_now_on(const struct given *given, size_t nth)
{
    const struct entry *entry = placed(given, nth);

    return (entry->self.state == ENTRY_IS(AWARDED) || entry->self.state == ENTRY_IS(NOT_AWARDED)) &&
           entry->reached_final && dossier_of(given, nth)->self.version == 0;
}

static int
judge_due(const struct given *given, const Types__Deadline *due, struct events *out,
          int64_t *ret_due_us)
{
    int refusal = submissions_deadline_end(due, "due", out, ret_due_us);

    if (refusal)
        return refusal;
    if (*ret_due_us <= given->now_us)
        return wrong(out, NO(BAD_DATE), "due.date", "is not in the future");
    if (!due->document)
        return wrong(out, NO(RULES_INCOMPLETE), "due.document",
                     "is the document that sets the day");
    return submissions_judge_document(due->document, out);
}

static void
say_follow_up(const struct given *given, Types__Deadline *due, int64_t due_us, struct events *out)
{
    size_t places = submissions_count_places(given->state);
    Submissions__FollowUpStarted *said = new_event(out, ON(follow_up_started));

    said->edition_id = id_text(out, &given->subject);
    said->due_at = proto_time(out->arena, due_us);
    said->due = due;
    said->dossier_ids = arena_zero(out->arena, (places + 1) * sizeof(*said->dossier_ids));
    for (size_t i = 0; i < places; i++) {
        const struct entry *entry = placed(given, i);

        if (!owes_one_from_now_on(given, i))
            continue;
        said->dossier_ids[said->n_dossier_ids++] = id_text(out, &entry->self.id);
        dossier_say_required(out, entry, due, due_us);
    }
}

/* A local contest sends its winners up, where they may become finalists: none of it owes a dossier. */
int
submissions_start_follow_up(const struct given *given, const void *command, struct events *out)
{
    const Submissions__StartFollowUp *ask = command;
    int64_t due_us = 0;
    int refusal = submissions_judge_organiser(given, given->state, MAY(STANDING), 0);

    if (!refusal)
        refusal = judge_due(given, ask->due, out, &due_us);
    if (!refusal)
        say_follow_up(given, ask->due, due_us, out);
    return refusal;
}

void
submissions_follow_up_started(void *state, const void *event)
{
    struct edition *edition = state;
    const Submissions__FollowUpStarted *e = event;

    edition->follow_up_due_at_us = proto_time_us(e->due_at);
}

/* ------------------------------------------------------------------ the end */

/* Whoever has left is accused of nothing any more: nobody could decide it. */
static int
judge_hearings(const struct given *given, struct events *out)
{
    size_t accused = 0;

    for (size_t i = 0; i < submissions_count_places(given->state); i++) {
        const struct entry *entry = placed(given, i);

        accused += !uuid_is_nil(&entry->accused_by) &&
                   transition_find(&entry_kind, entry->self.state, ON(entry_disqualified));
    }
    return accused ? wrong(out, NO(HEARING_OPEN), "entries", "%zu are accused", accused) : ACCEPTED;
}

/* One that nobody has sent in time keeps nothing open. */
static int
judge_open_cases(const struct given *given, struct events *out)
{
    size_t places = submissions_count_places(given->state), dossiers = 0;
    int64_t cases = 0;

    for (size_t i = 0; i < places; i++) {
        dossiers += dossier_is_unfinished(dossier_of(given, i)) &&
                    !dossier_is_late(dossier_of(given, i), given->received_us);
        cases += dossier_of(given, i)->open_cases;
    }
    if (dossiers)
        (void) wrong(out, NO(OPEN_CASES), "dossiers", "%zu are open, or are being appraised",
                     dossiers);
    if (cases)
        (void) wrong(out, NO(OPEN_CASES), "funding_cases", "%lld are open", (long long) cases);
    return dossiers || cases ? NO(OPEN_CASES) : ACCEPTED;
}

static int
judge_end(const struct given *given, struct events *out)
{
    const struct edition *edition = given->state;
    int refusal = ACCEPTED;

    if (edition->self.state == EDITION_IS(RESULTS_CONFIRMED) && !submissions_is_local(edition) &&
        edition->finalists)
        refusal = NO(FOLLOW_UP_FIRST);
    if (!refusal && !edition->results_published_at_us)
        refusal = NO(RESULTS_UNPUBLISHED);
    if (!refusal)
        refusal = judge_hearings(given, out);
    if (!refusal)
        refusal = judge_open_cases(given, out);
    return refusal;
}

static void
say_not_filed(const struct given *given, const struct dossier *dossier, struct events *out)
{
    Submissions__DossierNotFiled *said;

    if (!dossier_is_late(dossier, given->received_us))
        return;
    said = new_event_on(out, &dossier_kind, dossier->self.id, ON(dossier_not_filed));
    said->dossier_id = id_text(out, &dossier->self.id);
    said->entry_code = dossier->entry_code;
    said->title = dossier->title;
    said->due_at = proto_time(out->arena, dossier_limit_us(dossier));
}

static void
say_closed(const struct dossier *dossier, struct events *out)
{
    Submissions__DossierClosed *said;

    if (!transition_find(&dossier_kind, dossier->self.state, ON(dossier_closed)))
        return;
    said = new_event_on(out, &dossier_kind, dossier->self.id, ON(dossier_closed));
    said->dossier_id = id_text(out, &dossier->self.id);
    said->entry_code = dossier->entry_code;
    said->title = dossier->title;
}

int
submissions_archive_edition(const struct given *given, const void *command, struct events *out)
{
    size_t places = submissions_count_places(given->state);
    Submissions__EditionArchived *said;
    int refusal = judge_end(given, out);

    (void) command;
    if (refusal)
        return refusal;

    for (size_t i = 0; i < places; i++)
        say_not_filed(given, dossier_of(given, i), out);
    said = new_event(out, ON(edition_archived));
    said->edition_id = id_text(out, &given->subject);
    for (size_t i = 0; i < places; i++)
        say_closed(dossier_of(given, i), out);
    return ACCEPTED;
}
