/* services/submissions/core_entry.c - an entry, from its draft to its prize. Pure.
 *
 * Nothing here undoes money: what was paid is a fact, also about an entry that was withdrawn
 * meanwhile. */
#include "sangkien/funding/v1/events.pb-c.h"
#include "services/submissions/submissions.h"

#define IS(state) SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_##state

static bool
is_entrant(const struct given *given, const struct entry *entry)
{
    return uuid_equal(&entry->entrant_agency_id, &given->actor->agency);
}

/* ------------------------------------------------------------------ drafting */

static void
edition_asked_for(const struct given *given, const void *command, struct keys *keys)
{
    const Submissions__CreateEntry *ask = command;

    (void) given;
    need(keys, &edition_kind, uuid_of(ask->edition_id));
}

static int
create_entry(const struct given *given, const void *command, struct events *out)
{
    const Submissions__CreateEntry *ask = command;
    const struct edition *edition = also(given, 0);
    int refusal;

    if (edition->self.version == 0)
        return wrong(out, NO(UNKNOWN_EDITION), "edition_id", "there is no such edition");
    if (edition->self.state != SUBMISSIONS__EDITION_STATE__EDITION_STATE_OPEN)
        return NO(EDITION_NOT_OPEN);
    refusal = submissions_judge_authors(ask, out);
    if (!refusal)
        refusal = submissions_judge_co_entrants(given, ask, out);
    if (refusal)
        return refusal;

    Submissions__EntryDrafted *said = new_event(out, ON(entry_drafted));
    said->entry_id = id_text(out, &given->subject);
    said->edition_id = ask->edition_id;
    said->entrant_agency_id = id_text(out, &given->actor->agency);
    said->entry_kind = ask->entry_kind;
    said->title = ask->title;
    said->summary = ask->summary;
    said->team = ask->team;
    said->n_authors = ask->n_authors;
    said->authors = ask->authors;
    said->n_co_entrants = ask->n_co_entrants;
    said->co_entrants = ask->co_entrants;
    return ACCEPTED;
}

static void
entry_drafted(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryDrafted *e = event;

    entry->edition_id = uuid_of(e->edition_id);
    entry->entrant_agency_id = uuid_of(e->entrant_agency_id);
    entry->entry_kind = (int) e->entry_kind;
    entry->title = e->title;
    entry->summary = e->summary;
    entry->team = e->team;
    for (size_t i = 0; i < e->n_authors; i++)
        *(struct author *) list_add(&entry->authors) =
            (struct author){ uuid_of(e->authors[i]->person_id), e->authors[i]->share_bp };
    submissions_remember_co_entrants(&entry->co_entrants, e->co_entrants, e->n_co_entrants);
}

/* ------------------------------------------------------------------ submitting and registering */

static int
submit_entry(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    int64_t shares_bp = 0;

    (void) command;
    if (!is_entrant(given, entry))
        return NO(NOT_YOUR_ENTRY);
    LIST_EACH (const struct author, author, &entry->authors)
        shares_bp += author->share_bp;
    if (shares_bp != WHOLE_BP)
        return NO(SHARES_NOT_WHOLE); /* so also for an entry without authors */

    Submissions__EntrySubmitted *said = new_event(out, ON(entry_submitted));
    said->entry_id = id_text(out, &given->subject);
    said->title = entry->title;
    said->submitted_by = id_text(out, &given->actor->person);
    return ACCEPTED;
}

static void
entry_submitted(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntrySubmitted *e = event;

    entry->submitted_by = uuid_of(e->submitted_by);
}

static int
register_entry(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const Submissions__RegisterEntry *ask = command;

    if (uuid_equal(&entry->submitted_by, &given->actor->person))
        return NO(OWN_SUBMISSION);

    Submissions__EntryRegistered *said = new_event(out, ON(entry_registered));
    said->entry_id = id_text(out, &given->subject);
    said->entry_code = ask->entry_code;
    said->title = entry->title;
    said->edition_id = id_text(out, &entry->edition_id);
    said->entrant_agency_id = id_text(out, &entry->entrant_agency_id);
    said->registered_by = id_text(out, &given->actor->person);
    return ACCEPTED;
}

static void
entry_registered(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryRegistered *e = event;

    entry->entry_code = e->entry_code;
    entry->registered_by = uuid_of(e->registered_by);
}

/* ------------------------------------------------------------------ results */

static void
edition_of(const struct given *given, const void *command, struct keys *keys)
{
    const struct entry *entry = given->state;

    (void) command;
    need_state(keys);
    if (entry && !uuid_is_nil(&entry->edition_id))
        need(keys, &edition_kind, entry->edition_id);
}

static int
judge_result(const Submissions__RecordFinalResult *ask, const struct edition *edition,
             struct events *out)
{
    bool is_final = ask->score_centi >= edition->threshold_centi;
    bool has_award = ask->award != SUBMISSIONS__AWARD__AWARD_UNSPECIFIED;

    if (ask->score_centi > edition->maximum_centi)
        return wrong(out, NO(SCORE_OUT_OF_RANGE), "score_centi",
                     "is above %d, the edition's maximum", edition->maximum_centi);
    if ((ask->reached_final != 0) != is_final)
        return wrong(out, NO(SCORE_OUT_OF_RANGE), "reached_final",
                     "does not go with the edition's threshold of %d", edition->threshold_centi);
    if (has_award != is_final)
        return wrong(out, NO(AWARD_WITHOUT_FINAL), "award",
                     "must be set for a finalist, and for nobody else");
    return submissions_judge_document(ask->document, out);
}

static void
say_finalist(const struct entry *entry, const Submissions__RecordFinalResult *ask,
             struct events *out)
{
    Submissions__EntryReachedFinal *reached = new_event(out, ON(entry_reached_final));

    reached->entry_id = id_text(out, &entry->self.id);
    reached->entry_code = entry->entry_code;
    reached->title = entry->title;
    reached->score_centi = ask->score_centi;
    reached->document = ask->document;
    if (ask->award == SUBMISSIONS__AWARD__AWARD_NONE) {
        Submissions__EntryNotAwarded *said = new_event(out, ON(entry_not_awarded));

        said->entry_id = reached->entry_id;
        said->entry_code = entry->entry_code;
        said->title = entry->title;
    } else {
        Submissions__EntryAwarded *said = new_event(out, ON(entry_awarded));

        said->entry_id = reached->entry_id;
        said->entry_code = entry->entry_code;
        said->title = entry->title;
        said->award = ask->award;
    }
}

static int
record_final_result(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const Submissions__RecordFinalResult *ask = command;
    int refusal = judge_result(ask, also(given, 0), out);

    if (refusal)
        return refusal;

    Submissions__EntryAssigned *assigned = new_event(out, ON(entry_assigned));
    assigned->entry_id = id_text(out, &given->subject);
    if (ask->reached_final) {
        say_finalist(entry, ask, out);
        return ACCEPTED;
    }

    Submissions__EntryEliminated *said = new_event(out, ON(entry_eliminated));
    said->entry_id = assigned->entry_id;
    said->entry_code = entry->entry_code;
    said->title = entry->title;
    said->score_centi = ask->score_centi;
    said->document = ask->document;
    return ACCEPTED;
}

static void
entry_eliminated(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryEliminated *e = event;

    entry->score_centi = e->score_centi;
}

static void
entry_reached_final(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryReachedFinal *e = event;

    entry->score_centi = e->score_centi;
    entry->reached_final = true;
}

static void
entry_awarded(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryAwarded *e = event;

    entry->award = (int) e->award;
}

static void
entry_not_awarded(void *state, const void *event)
{
    struct entry *entry = state;

    (void) event;
    entry->award = SUBMISSIONS__AWARD__AWARD_NONE;
}

/* ------------------------------------------------------------------ withdrawing, and money */

static void
dossier_of(const struct given *given, const void *command, struct keys *keys)
{
    (void) command;
    need(keys, &dossier_kind, given->subject);
}

static int
withdraw_entry(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const struct dossier *dossier = also(given, 0);
    const Submissions__WithdrawEntry *ask = command;

    if (!is_entrant(given, entry))
        return NO(NOT_YOUR_ENTRY);
    if (entry->money_paid)
        return NO(MONEY_PAID);
    if (!transition_find(&entry_kind, entry->self.state, ON(entry_withdrawn)))
        return NO(NOT_WITHDRAWABLE);

    Submissions__EntryWithdrawn *said = new_event(out, ON(entry_withdrawn));
    said->entry_id = id_text(out, &given->subject);
    said->entry_code = entry->entry_code;
    said->title = entry->title;
    said->reason = ask->reason;
    if (transition_find(&dossier_kind, dossier->self.state, ON(dossier_withdrawn))) {
        Submissions__DossierWithdrawn *too =
            new_event_on(out, &dossier_kind, given->subject, ON(dossier_withdrawn));

        too->dossier_id = said->entry_id;
        too->entry_code = dossier->entry_code;
        too->title = dossier->title;
    }
    return ACCEPTED;
}

static struct uuid
entry_paid_for(const struct given *given, const void *event)
{
    const Funding__FundsDisbursed *heard = event;

    (void) given;
    return uuid_of(heard->dossier_id);
}

static int
funds_disbursed(const struct given *given, const void *event, struct events *out)
{
    const struct entry *entry = given->state;

    (void) event;
    if (entry->money_paid || !transition_find(&entry_kind, entry->self.state, ON(entry_paid)))
        return ACCEPTED;

    Submissions__EntryPaid *said = new_event(out, ON(entry_paid));
    said->entry_id = id_text(out, &given->subject);
    return ACCEPTED;
}

static void
entry_paid(void *state, const void *event)
{
    struct entry *entry = state;

    (void) event;
    entry->money_paid = true;
}

/* clang-format off */
static const struct handler handlers[] = {
    /* message                   who may                         decide               birth       also locks         about */
    { ON(create_entry),          MAY(AUTHOR) | MAY(CLERK),       create_entry,        CREATES,    edition_asked_for, NULL },
    { ON(submit_entry),          MAY(ENTRANT_HEAD) | MAY(CLERK), submit_entry,        MUST_EXIST, NULL,              NULL },
    { ON(register_entry),        MAY(ORGANISER) | MAY(STANDING), register_entry,      MUST_EXIST, NULL,              NULL },
    { ON(record_final_result),   MAY(ORGANISER) | MAY(STANDING), record_final_result, MUST_EXIST, edition_of,        NULL },
    { ON(withdraw_entry),        MAY(ENTRANT_HEAD),              withdraw_entry,      MUST_EXIST, dossier_of,        NULL },
    { &funding__funds_disbursed__descriptor, HEARD,              funds_disbursed,     MUST_EXIST, NULL,              entry_paid_for },
    { 0 },
};

static const struct transition transitions[] = {
    /* from            when                     to               remember             because */
    { NOTHING,         ON(entry_drafted),       IS(DRAFT),       entry_drafted,       "the entrant agency began an entry while registration was open" },
    { IS(DRAFT),       ON(entry_submitted),     IS(SUBMITTED),   entry_submitted,     "the entrant agency handed the entry in" },
    { IS(SUBMITTED),   ON(entry_registered),    IS(REGISTERED),  entry_registered,    "the organiser took the entry into the contest under a code" },
    { IS(REGISTERED),  ON(entry_assigned),      IS(IN_ROUND),    NULL,                "the entry was judged" },
    { IS(IN_ROUND),    ON(entry_eliminated),    IS(ELIMINATED),  entry_eliminated,    "the score stayed below the edition's threshold" },
    { IS(IN_ROUND),    ON(entry_reached_final), IS(FINALIST),    entry_reached_final, "the score reached the edition's threshold" },
    { IS(FINALIST),    ON(entry_awarded),       IS(AWARDED),     entry_awarded,       "the confirmed results give the entry a prize" },
    { IS(FINALIST),    ON(entry_not_awarded),   IS(NOT_AWARDED), entry_not_awarded,   "the confirmed results give the entry no prize" },
    { IS(DRAFT),       ON(entry_withdrawn),     IS(WITHDRAWN),   NULL,                "the entrant agency withdrew its draft" },
    { IS(SUBMITTED),   ON(entry_withdrawn),     IS(WITHDRAWN),   NULL,                "the entrant agency withdrew before registration" },
    { IS(REGISTERED),  ON(entry_withdrawn),     IS(WITHDRAWN),   NULL,                "the entrant agency withdrew before results" },
    { IS(IN_ROUND),    ON(entry_withdrawn),     IS(WITHDRAWN),   NULL,                "the entrant agency withdrew before results" },
    { IS(FINALIST),    ON(entry_withdrawn),     IS(WITHDRAWN),   NULL,                "the finalist withdrew before money went out" },
    { IS(AWARDED),     ON(entry_withdrawn),     IS(WITHDRAWN),   NULL,                "the finalist withdrew before money went out" },
    { IS(NOT_AWARDED), ON(entry_withdrawn),     IS(WITHDRAWN),   NULL,                "the finalist withdrew before money went out" },
    { IS(FINALIST),    ON(entry_paid),          IS(FINALIST),    entry_paid,          "money went out for the entry" },
    { IS(AWARDED),     ON(entry_paid),          IS(AWARDED),     entry_paid,          "money went out for the entry" },
    { IS(NOT_AWARDED), ON(entry_paid),          IS(NOT_AWARDED), entry_paid,          "money went out for the entry" },
    { IS(WITHDRAWN),   ON(entry_paid),          IS(WITHDRAWN),   entry_paid,          "money went out before the withdrawal was known: it must be recovered" },
    { 0 },
};

const struct kind entry_kind = {
    "entry", ON(entry_state), &entry_table, handlers, transitions,
};
/* clang-format on */
