/* services/submissions/core_entry_leave.c - how an entry leaves the contest, and what goes with it. Pure.
 *
 * Nothing here undoes money: what was paid is a fact, also about an entry that is out meanwhile. */
#include "sangkien/funding/v1/events.pb-c.h"
#include "services/submissions/entry.h"

enum { DOSSIER, EDITION, ENTRANT }; /* what leaving needs, in this order */

/* A dossier has the id of its entry. */
void
entry_needs_dossier(const struct given *given, const void *command, struct keys *keys)
{
    (void) command;
    need(keys, &dossier_kind, given->subject);
}

void
entry_needs_for_annulment(const struct given *given, const void *command, struct keys *keys)
{
    entry_needs_dossier(given, command, keys);
    entry_needs_edition(given, command, keys);
    submissions_need_promoted(given, keys);
}

/* Whatever became of its entries stays. */
int
entry_judge_archive(const struct edition *edition)
{
    return edition->self.state == EDITION_IS(ARCHIVED) ? NO(EDITION_ARCHIVED) : ACCEPTED;
}

void
entry_needs_all(const struct given *given, const void *command, struct keys *keys)
{
    entry_needs_dossier(given, command, keys);
    entry_needs_count(given, command, keys);
    submissions_need_roll(given, keys);
    submissions_need_promoted(given, keys);
}

static void
take_dossier_along(const struct given *given, struct events *out)
{
    const struct dossier *dossier = also(given, DOSSIER);
    Submissions__DossierWithdrawn *too;

    if (!transition_find(&dossier_kind, dossier->self.state, ON(dossier_withdrawn)))
        return;
    too = new_event_on(out, &dossier_kind, given->subject, ON(dossier_withdrawn));
    too->dossier_id = id_text(out, &given->subject);
    too->entry_code = dossier->entry_code;
    too->title = dossier->title;
}

void
entry_take_along(const struct given *given, struct events *out)
{
    const struct entry *entry = given->state;
    const struct edition *edition = also(given, EDITION);

    take_dossier_along(given, out);
    submissions_count(out, edition, &entry->edition_id, &entry->entrant_agency_id, entry->team, -1);
    if (entry->self.state == ENTRY_IS(REGISTERED) && !edition->entrants_confirmed)
        submissions_count_on_roll(out, edition, entry, -1);
}

/* ------------------------------------------------------------------ withdrawing */

static int
judge_withdrawal(const struct given *given)
{
    const struct entry *entry = given->state;

    if (!entry_is_ours(given, entry))
        return NO(NOT_YOUR_ENTRY);
    if (entry->money_paid)
        return NO(MONEY_PAID);
    if (!transition_find(&entry_kind, entry->self.state, ON(entry_withdrawn)))
        return NO(NOT_WITHDRAWABLE);
    if (entry_judge_archive(also(given, EDITION)))
        return NO(EDITION_ARCHIVED);
    return submissions_judge_leaving_origin(given);
}

int
entry_withdraw(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const Submissions__WithdrawEntry *ask = command;
    int refusal = judge_withdrawal(given);

    if (refusal)
        return refusal;

    Submissions__EntryWithdrawn *said = new_event(out, ON(entry_withdrawn));
    said->entry_id = id_text(out, &given->subject);
    said->entry_code = entry->entry_code;
    said->title = entry->title;
    said->reason = ask->reason;
    said->edition_id = id_text(out, &entry->edition_id);
    entry_take_along(given, out);
    return ACCEPTED;
}

/* ------------------------------------------------------------------ annulling a result */

/* The entry still counts as one of its agency's. A decision on money is revoked first; one that is not known here yet, funding
 * asks to revoke. */
int
entry_annul(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const struct dossier *dossier = also(given, DOSSIER);
    const Submissions__AnnulResult *ask = command;
    int refusal = submissions_judge_document(ask->document, out);

    if (!refusal && entry->money_paid)
        refusal = NO(MONEY_PAID);
    if (!refusal && dossier->committed_cases)
        refusal = NO(MONEY_COMMITTED);
    if (!refusal)
        refusal = entry_judge_archive(also(given, EDITION));
    if (!refusal)
        refusal = submissions_judge_leaving_origin(given);
    if (refusal)
        return refusal;

    Submissions__ResultAnnulled *said = new_event(out, ON(result_annulled));
    said->entry_id = id_text(out, &given->subject);
    said->entry_code = entry->entry_code;
    said->title = entry->title;
    said->reason = ask->reason;
    said->document = ask->document;
    said->edition_id = id_text(out, &entry->edition_id);
    take_dossier_along(given, out);
    return ACCEPTED;
}

void
entry_annulled(void *state, const void *event)
{
    struct entry *entry = state;

    (void) event;
    entry->award = SUBMISSIONS__AWARD__AWARD_UNSPECIFIED;
    entry->score_centi = 0;
    entry->rank = 0;
    entry->may_have_prize = false;
    entry->reached_final = false;
}

/* ------------------------------------------------------------------ money */

struct uuid
entry_paid_for(const struct given *given, const void *event)
{
    const Funding__FundsDisbursed *heard = event;

    (void) given;
    return uuid_of(heard->dossier_id);
}

/* Only finalists are; but the payment may have been on its way when the result was annulled. */
static bool
can_be_paid(const struct entry *entry)
{
    return entry->reached_final || entry->self.state == ENTRY_IS(ANNULLED) ||
           entry->self.state == ENTRY_IS(DISQUALIFIED);
}

int
entry_hear_of_money(const struct given *given, const void *event, struct events *out)
{
    const struct entry *entry = given->state;

    (void) event;
    if (entry->money_paid || !can_be_paid(entry) ||
        !transition_find(&entry_kind, entry->self.state, ON(entry_paid)))
        return ACCEPTED;

    Submissions__EntryPaid *said = new_event(out, ON(entry_paid));
    said->entry_id = id_text(out, &given->subject);
    return ACCEPTED;
}

void
entry_paid(void *state, const void *event)
{
    struct entry *entry = state;

    (void) event;
    entry->money_paid = true;
}
