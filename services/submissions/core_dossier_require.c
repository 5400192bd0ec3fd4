/* services/submissions/core_dossier_require.c - that a finalist owes a dossier, and by when. Pure.
 *
 * An edition's follow-up says it of all its finalists at once; here it is said of one, where the edition was judged elsewhere,
 * or the others owe theirs already. Nobody is left for it in an edition that is archived. */
#include "common/proto.h"
#include "services/submissions/dossier.h"
#include "services/submissions/entry.h"

bool
dossier_is_awaited(const struct dossier *dossier)
{
    return dossier->self.state == DOSSIER_IS(REQUIRED) ||
           dossier->self.state == DOSSIER_IS(DRAFT) || dossier->self.state == DOSSIER_IS(RETURNED);
}

int64_t
dossier_limit_us(const struct dossier *dossier)
{
    return dossier->self.state == DOSSIER_IS(RETURNED) ? dossier->cure_at_us : dossier->due_at_us;
}

bool
dossier_is_late(const struct dossier *dossier, int64_t at_us)
{
    return dossier_is_awaited(dossier) && at_us >= dossier_limit_us(dossier);
}

void
dossier_remind_at(struct events *out, const struct uuid *dossier, int64_t due_us)
{
    Submissions__DeadlinePassed *passed = proto_new(out->arena, ON(deadline_passed));

    passed->due_us = due_us;
    set_alarm_on(out, &dossier_kind, *dossier, due_us, passed);
}

/* Until its results are confirmed, a round that is annulled may make a finalist none again. */
static int
judge_finalist(const struct entry *entry)
{
    switch (entry->self.state) {
    case NOTHING:
        return NO(UNKNOWN_ENTRY);
    case ENTRY_IS(WITHDRAWN):
    case ENTRY_IS(DISQUALIFIED):
        return NO(ENTRY_WITHDRAWN);
    case ENTRY_IS(ELIMINATED):
    case ENTRY_IS(REFUSED):
    case ENTRY_IS(ANNULLED):
        return NO(NOT_A_FINALIST);
    case ENTRY_IS(FINALIST):
        return NO(NO_RESULTS_YET);
    default:
        if (!uuid_is_nil(&entry->organiser_agency_id))
            return NO(
                NOT_A_FINALIST); /* of a local contest, to which the province gives no money */
        return entry->reached_final ? ACCEPTED : NO(NO_RESULTS_YET);
    }
}

void
dossier_say_required(struct events *out, const struct entry *entry, Types__Deadline *due,
                     int64_t due_us)
{
    Submissions__DossierRequired *said =
        new_event_on(out, &dossier_kind, entry->self.id, ON(dossier_required));

    said->dossier_id = id_text(out, &entry->self.id);
    said->entrant_agency_id = id_text(out, &entry->entrant_agency_id);
    said->entry_code = entry->entry_code;
    said->title = entry->title;
    said->due_at = proto_time(out->arena, due_us);
    said->due = due;
    said->co_entrants = submissions_co_entrants_of(out, &entry->co_entrants, &said->n_co_entrants);
    dossier_remind_at(out, &entry->self.id, due_us);
}

int
dossier_require(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = also(given, 0);
    const Submissions__RequireDossier *ask = command;
    int64_t due_us = 0;
    int refusal = judge_finalist(entry);

    if (!refusal)
        refusal = submissions_deadline_end(ask->due, "due", out, &due_us);
    if (!refusal)
        dossier_say_required(out, entry, ask->due, due_us);
    return refusal;
}

void
dossier_required(void *state, const void *event)
{
    struct dossier *dossier = state;
    const Submissions__DossierRequired *e = event;

    dossier->entrant_agency_id = uuid_of(e->entrant_agency_id);
    dossier->entry_code = e->entry_code;
    dossier->title = e->title;
    dossier->due_at_us = proto_time_us(e->due_at);
    dossier->due = e->due;
    submissions_remember_co_entrants(&dossier->co_entrants, e->co_entrants, e->n_co_entrants);
}
