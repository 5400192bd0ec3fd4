/* tests/model/simulation/check_submissions.c - entries and dossiers: R-E1, R-E2, R-D1 to R-D6, R-A4, R-F9. */
#include "sangkien/submissions/v1/commands.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "tests/model/simulation/coalitions.h"

#define ON(event) &submissions__##event##__descriptor

static const char code_what[] = "entry code";

static struct entry_note *
its_note(const struct fact *fact)
{
    return entry_note_of(fact, fact->row->aggregate);
}

/* What is handed in waits to be examined; what is examined, or gone, does not. */
static void
wait_for_examiner(const struct fact *fact, bool waits)
{
    struct entry_note *n = its_note(fact);

    edition_note_of(fact, n->edition)->waiting += (int) waits - (int) n->waits;
    n->waits = waits;
}

/* Registration is over since, and was not when it arrived. */
static bool
came_in_time(const struct fact *fact, const struct edition_note *edition)
{
    return edition->was_open && !edition->is_over && fact->received_us >= edition->opens_us &&
           fact->received_us < edition->closes_us;
}

static void
entry_drafted(const struct fact *fact, const void *event)
{
    Submissions__EntryDrafted *e = (void *) (uintptr_t) event;
    struct entry_note *n = its_note(fact);
    const struct edition_note *edition = edition_note_of(fact, uuid_of(e->edition_id));
    struct uuid entrant = uuid_of(e->entrant_agency_id);

    MUST("R-E1", !n->is_drafted, "entry %s was drafted twice", e->entry_id);
    MUST("R-E1", edition->is_open || came_in_time(fact, edition),
         "entry %s is of an edition that is not open", e->entry_id);
    MUST("R-E1", uuid_equal(&entrant, &fact->row->agency), "entry %s is of another agency",
         e->entry_id);
    MUST("R-E2", is_of_event(&e->base, &e->digest), "entry %s has the digest of something else",
         e->entry_id);
    n->is_drafted = true;
    learn_co_entrants(fact, e);
    n->content_digest = digest_from(e->digest);
    n->edition = uuid_of(e->edition_id);
}

static void
entry_submitted(const struct fact *fact, const void *event)
{
    const Submissions__EntrySubmitted *e = event;
    struct entry_note *n = its_note(fact);
    struct digest digest = digest_from(e->digest);

    MUST("R-E2", e->entry_version == n->entry_version + 1, "entry %s: version %lld follows %lld",
         e->entry_id, (long long) e->entry_version, (long long) n->entry_version);
    MUST("R-E2", digest_equal(&digest, &n->content_digest),
         "entry %s was handed in with the digest of something else", e->entry_id);
    MUST("R-D2", !n->is_returned || fact->received_us < n->mend_us,
         "entry %s was taken %lld us after its cure date", e->entry_id,
         (long long) (fact->received_us - n->mend_us));
    n->entry_version = e->entry_version;
    n->entry_submitter = fact->row->actor;
    MUST("R-E1", !edition_note_of(fact, n->edition)->is_complete,
         "entry %s was handed in when the entrants were confirmed", e->entry_id);
    n->is_returned = false;
    n->is_handed_in = true;
    wait_for_examiner(fact, true);
}

static void
entry_revised(const struct fact *fact, const void *event)
{
    Submissions__EntryRevised *e = (void *) (uintptr_t) event;
    struct entry_note *n = its_note(fact);

    MUST("R-E2", is_of_event(&e->base, &e->digest), "entry %s has the digest of something else",
         e->entry_id);
    MUST("R-E2", n->entry_version == 0 || n->is_returned,
         "entry %s was changed after it was handed in", e->entry_id);
    n->content_digest = digest_from(e->digest);
    learn_next_draft(fact, e);
}

static void
judge_examiner(const struct fact *fact, const char *entry_id)
{
    MUST("R-F3", !uuid_equal(&its_note(fact)->entry_submitter, &fact->row->actor),
         "entry %s was examined by who handed it in", entry_id);
}

/* Editions that are judged elsewhere have no rule for it. */
static void
judge_cure(const struct fact *fact, const char *entry_id)
{
    const struct entry_note *n = its_note(fact);
    const struct edition_note *edition = edition_note_of(fact, n->edition);

    if (edition->judged_elsewhere)
        return;
    MUST("CURE",
         n->mend_us <=
             edition->closes_us + edition->rules_said->max_cure_days * INT64_C(86400000000),
         "entry %s may be mended for longer than the rules allow", entry_id);
}

static void
entry_returned(const struct fact *fact, const void *event)
{
    const Submissions__EntryReturned *e = event;
    struct entry_note *n = its_note(fact);

    judge_examiner(fact, e->entry_id);
    n->is_returned = true;
    wait_for_examiner(fact, false);
    n->mend_us = time_from(e->cure_at);
    judge_cure(fact, e->entry_id);
}

static void
entry_refused(const struct fact *fact, const void *event)
{
    const Submissions__EntryRefused *e = event;
    struct entry_note *n = its_note(fact);

    judge_examiner(fact, e->entry_id);
    MUST("CURE", !n->is_returned || fact->received_us >= n->mend_us,
         "entry %s was refused while it might be mended", e->entry_id);
    n->is_withdrawn = true;
    wait_for_examiner(fact, false);
}

/* The programme's own editions share their codes, a local contest has its own. */
static struct uuid
code_of(const struct entry_note *n, const char *code)
{
    struct uuid scope = uuid_is_nil(&n->organiser) ? (struct uuid){ { 0 } } : n->edition;
    const char *whole = arena_format(sim.step, "%s %s", id_of(scope), code);

    return uuid_derive("code", whole, strlen(whole));
}

static void
entry_registered(const struct fact *fact, const void *event)
{
    const Submissions__EntryRegistered *e = event;
    struct uuid code = code_of(its_note(fact), e->entry_code);
    bool *is_used = note_of(code_what, fact->programme, code, sizeof(*is_used));
    struct uuid edition = uuid_of(e->edition_id);

    judge_examiner(fact, e->entry_id);
    MUST("R-E1", !edition_note_of(fact, edition)->is_complete,
         "entry %s was registered when the entrants were confirmed", e->entry_id);
    MUST("R-E1", !*is_used, "the code %s was given twice", e->entry_code);
    MUST("R-E1", uuid_equal(&edition, &its_note(fact)->edition), "entry %s changed its edition",
         e->entry_id);
    *is_used = true;
    its_note(fact)->is_registered = true;
    wait_for_examiner(fact, false);
    judge_agreement(fact, e);
    learn_registered(fact, e);
}

static void
entry_withdrawn(const struct fact *fact, const void *event)
{
    struct entry_note *n = its_note(fact);

    (void) event;
    MUST("R-F4", !n->is_paid, "entry %s was withdrawn though it was known that money was out",
         id_of(fact->row->aggregate));
    n->is_withdrawn = true;
    learn_gone(fact);
    wait_for_examiner(fact, false);
    judge_leaving(fact);
}

/* ------------------------------------------------------------------ accusations */

static void
disqualification_proposed(const struct fact *fact, const void *event)
{
    const Submissions__DisqualificationProposed *e = event;
    struct entry_note *n = its_note(fact);

    n->is_accused = true;
    n->is_heard = false;
    n->accuser = fact->row->actor;
    n->answer_us = time_from(e->answer_due_at);
}

static void
accusation_answered(const struct fact *fact, const void *event)
{
    (void) event;
    its_note(fact)->is_heard = true;
}

static void
accusation_dismissed(const struct fact *fact, const void *event)
{
    (void) event;
    its_note(fact)->is_accused = false;
}

static void
entry_disqualified(const struct fact *fact, const void *event)
{
    const Submissions__EntryDisqualified *e = event;
    struct entry_note *n = its_note(fact);

    MUST("HEARING", n->is_accused && (n->is_heard || fact->received_us >= n->answer_us),
         "entry %s was disqualified unheard", e->entry_id);
    MUST("R-F3", !uuid_equal(&n->accuser, &fact->row->actor),
         "entry %s was disqualified by who accused it", e->entry_id);
    MUST("R-F4", !n->is_paid, "entry %s was disqualified though it was known that money was out",
         e->entry_id);
    n->is_withdrawn = true;
    learn_gone(fact);
    wait_for_examiner(fact, false);
    judge_leaving(fact);
}

static void
result_annulled(const struct fact *fact, const void *event)
{
    const Submissions__ResultAnnulled *e = event;
    struct entry_note *n = its_note(fact);

    MUST("R-F4", !n->is_paid,
         "the result of %s was annulled though it was known that money was out", e->entry_id);
    MUST("R-F4", n->committed == 0,
         "the result of %s was annulled though it was known that money was committed", e->entry_id);
    n->is_withdrawn = true;
    n->is_annulled = true;
    judge_leaving(fact);
}

static void
entry_paid(const struct fact *fact, const void *event)
{
    (void) event;
    its_note(fact)->is_paid = true;
}

/* ------------------------------------------------------------------ dossiers */

static void
dossier_required(const struct fact *fact, const void *event)
{
    const Submissions__DossierRequired *e = event;
    struct entry_note *n = its_note(fact);
    const struct edition_note *edition = edition_note_of(fact, n->edition);

    MUST("R-D1", n->reached_final && !n->is_withdrawn, "entry %s owes a dossier and is no finalist",
         e->dossier_id);
    MUST("R-D1", edition->judged_elsewhere || edition->has_results,
         "entry %s owes a dossier, and there are no results", e->dossier_id);
    MUST("R-D4", !n->is_required, "the due time of %s was set again", e->dossier_id);
    n->is_required = true;
    count_dossier(fact, n, 1);
    n->due_us = time_from(e->due_at);
    /* Midnights of a local time of seven hours ahead: R-D3. */
    MUST("R-D3", (n->due_us + INT64_C(25200000000)) % INT64_C(86400000000) == 0,
         "the due time of %s is no midnight", e->dossier_id);
}

static bool
adds_up(const Submissions__DossierSubmitted *e)
{
    wide sum = 0;

    for (size_t i = 0; i < e->n_lines; i++) {
        if ((wide) e->lines[i]->quantity * e->lines[i]->unit_price_vnd != e->lines[i]->amount_vnd)
            return false;
        sum += e->lines[i]->amount_vnd;
    }
    return e->n_lines > 0 && sum == e->total_vnd;
}

static void
dossier_submitted(const struct fact *fact, const void *event)
{
    const Submissions__DossierSubmitted *e = event;
    struct entry_note *n = its_note(fact);
    int64_t limit_us = n->is_cured ? n->cure_us : n->due_us;

    /* What was judged may not change: no version follows the accepted one. */
    MUST("R-A4", n->accepted_version == 0, "dossier %s was revised after it was accepted",
         e->dossier_id);
    MUST("R-D2", fact->received_us < limit_us, "dossier %s was taken %lld us after its deadline",
         e->dossier_id, (long long) (fact->received_us - limit_us));
    MUST("R-D5", *e->solution && *e->implementation_method && e->n_lines,
         "dossier %s was taken without all its parts", e->dossier_id);
    MUST("R-F9", adds_up(e), "the estimate of dossier %s does not add up", e->dossier_id);
    MUST("R-D6", e->dossier_version == n->version + 1, "dossier %s: version %lld follows %lld",
         e->dossier_id, (long long) e->dossier_version, (long long) n->version);
    MUST("R-E2", is_of_body(fact, e->digest), "dossier %s has the digest of something else",
         e->dossier_id);
    n->version = e->dossier_version;
    n->digest = digest_from(e->digest);
    n->total_vnd = e->total_vnd;
    n->submitter = fact->row->actor;
}

static void
dossier_returned(const struct fact *fact, const void *event)
{
    const Submissions__DossierReturned *e = event;
    struct entry_note *n = its_note(fact);

    MUST("R-D6", e->dossier_version == n->version, "dossier %s: another version was returned",
         e->dossier_id);
    n->is_cured = true;
    n->cure_us = time_from(e->cure_at);
}

static void
dossier_accepted(const struct fact *fact, const void *event)
{
    const Submissions__DossierAccepted *e = event;
    struct entry_note *n = its_note(fact);
    struct digest digest = digest_from(e->digest);

    MUST("R-D6",
         e->dossier_version == n->version && digest_equal(&digest, &n->digest) &&
             e->total_vnd == n->total_vnd,
         "dossier %s: another version was accepted", e->dossier_id);
    MUST("R-F3", !uuid_equal(&n->submitter, &fact->row->actor),
         "dossier %s was accepted by who handed it in", e->dossier_id);
    n->accepted_version = e->dossier_version;
    n->accepted_digest = digest;
    n->accepted_vnd = e->total_vnd;
}

static void
dossier_overdue(const struct fact *fact, const void *event)
{
    const Submissions__DossierOverdue *e = event;
    const struct entry_note *n = its_note(fact);

    MUST("R-D2",
         time_from(e->due_at) == (n->is_cured ? n->cure_us : n->due_us) &&
             fact->row->recorded_us >= time_from(e->due_at),
         "dossier %s is overdue before its time", e->dossier_id);
}

static void
dossier_appraisal_started(const struct fact *fact, const void *event)
{
    (void) event;
    its_note(fact)->appraisal_started = true;
}

static void
dossier_appraised(const struct fact *fact, const void *event)
{
    (void) event;
    its_note(fact)->is_appraised = true;
    count_dossier(fact, its_note(fact), -1);
}

static void
dossier_withdrawn(const struct fact *fact, const void *event)
{
    (void) event;
    if (!its_note(fact)->is_appraised)
        count_dossier(fact, its_note(fact), -1);
    its_note(fact)->dossier_withdrawn = true;
}

/* At the end of a commit: what is examined in the same one as they are confirmed, is examined. */
static void
check_entrants(const struct fact *fact)
{
    const struct edition_note *n = edition_note_of(fact, fact->row->aggregate);

    MUST("R-E1", !n->is_complete || n->waiting == 0,
         "the entrants of %s are confirmed, and %d entries wait to be examined",
         id_of(fact->row->aggregate), n->waiting);
}

/* The tables say the same. */
void
check_entries(const struct commit *commit)
{
    struct fact fact = { .commit = commit, .programme = commit->programme };

    if (strcmp(commit->service->name, "submissions") != 0)
        return;
    for (size_t i = 0; i < commit->event_count; i++) {
        const struct entry_note *n;

        fact.row = &commit->events[i];
        n = its_note(&fact);
        if (strcmp(fact.row->kind, "dossier") == 0) {
            check_number("R-D4", commit, fact.row, "due_at_us", n->due_us);
            check_number("R-D6", commit, fact.row, "dossier_version", n->version);
        } else if (strcmp(fact.row->kind, "entry") == 0) {
            check_number("R-D1", commit, fact.row, "reached_final",
                         n->reached_final && !n->is_annulled);
            check_number("R-F4", commit, fact.row, "money_paid", n->is_paid);
            check_roll(&fact);
        } else if (strcmp(fact.row->kind, "edition") == 0) {
            check_entrants(&fact);
        }
    }
}

/* clang-format off */
const struct facts_row submissions_facts[] = {
    { ON(programme_created),         NULL },
    { ON(programme_rules_set),       learn_programme_rules },
    { ON(edition_created),           learn_edition_created },
    { ON(edition_rules_set),         learn_rules_set },
    { ON(edition_published),         learn_edition_published },
    { ON(registration_opened),       learn_registration_opened },
    { ON(registration_extended),     learn_registration_extended },
    { ON(registration_closed),       learn_registration_closed },
    { ON(entrants_confirmed),        learn_entrants_confirmed },
    { ON(edition_cancelled),         learn_edition_cancelled },
    { ON(entry_drafted),             entry_drafted },
    { ON(entry_revised),             entry_revised },
    { ON(entry_submitted),           entry_submitted },
    { ON(co_entrant_joined),         learn_co_entrant_joined },
    { ON(co_entrant_left),           learn_co_entrant_left },
    { ON(entry_returned),            entry_returned },
    { ON(entry_refused),             entry_refused },
    { ON(disqualification_proposed), disqualification_proposed },
    { ON(accusation_answered),       accusation_answered },
    { ON(accusation_dismissed),      accusation_dismissed },
    { ON(entry_disqualified),        entry_disqualified },
    { ON(result_annulled),           result_annulled },
    { ON(entry_registered),          entry_registered },
    { ON(entry_assigned),            learn_entry_assigned },
    { ON(entry_advanced),            learn_entry_advanced },
    { ON(entry_eliminated),          learn_entry_eliminated },
    { ON(entry_reached_final),       learn_entry_reached_final },
    { ON(entry_placed),              learn_entry_placed },
    { ON(entry_reinstated),          learn_entry_reinstated },
    { ON(entry_back_in_round),       learn_entry_back_in_round },
    { ON(entry_back_in_final),       learn_entry_back_in_final },
    { ON(entry_promoted),            learn_entry_promoted },
    { ON(judging_started),           NULL },
    { ON(judging_ended),             NULL },
    { ON(judging_reopened),          NULL },
    { ON(round_outcome_noted),       NULL },
    { ON(judges_blinded),            NULL },
    { ON(judges_released),           NULL },
    { ON(results_confirmed),         learn_results_confirmed },
    { ON(results_published),         learn_results_published },
    { ON(follow_up_started),         learn_follow_up_started },
    { ON(edition_archived),          learn_edition_archived },
    { ON(local_results_reported),    learn_local_report },
    { ON(entrant_counted),           NULL },
    { ON(roll_counted),              learn_roll_counted },
    { ON(local_contest_counted),     learn_contest_counted },
    { ON(agency_promotion_counted),  learn_agency_promotion },
    { ON(entry_awarded),             NULL },
    { ON(entry_not_awarded),         NULL },
    { ON(entry_withdrawn),           entry_withdrawn },
    { ON(entry_paid),                entry_paid },
    { ON(dossier_required),          dossier_required },
    { ON(dossier_drafted),           NULL },
    { ON(dossier_submitted),         dossier_submitted },
    { ON(dossier_returned),          dossier_returned },
    { ON(dossier_accepted),          dossier_accepted },
    { ON(dossier_overdue),           dossier_overdue },
    { ON(dossier_appraisal_started), dossier_appraisal_started },
    { ON(dossier_appraised),         dossier_appraised },
    { ON(dossier_withdrawn),         dossier_withdrawn },
    { ON(dossier_closed),            learn_dossier_closed },
    { ON(dossier_not_filed),         learn_dossier_not_filed },
    { ON(dossier_funding_noted),     learn_funding_noted },
    { 0 },
};
/* clang-format on */
