/* tests/model/simulation/check_appraisal.c - panels, opinions, votes and reports: R-A1 to R-A3, R-A5, R-E4, R-D6. */
#include "sangkien/appraisal/v1/types.pb-c.h"
#include "tests/model/simulation/rounds.h"

#define ON(event) &appraisal__##event##__descriptor

static const char case_what[] = "appraisal case";

struct case_note {
    struct uuid dossier;
    int64_t version, estimate_vnd;
    struct digest digest;
    struct list authors; /* of struct uuid */
    struct list asked;   /* of struct uuid: agencies; those that answered are nil */
    size_t members, waiting;
    struct uuid chair, secretary;
    int64_t due_us;
    bool is_concluded;
    int outcome;
    int64_t ceiling_vnd;
};

static struct case_note *
case_note_of(const struct fact *fact)
{
    struct case_note *c =
        note_of(case_what, fact->programme, fact->row->aggregate, sizeof(struct case_note));

    if (!c->authors.arena) {
        list_init(&c->authors, sim.arena, sizeof(struct uuid));
        list_init(&c->asked, sim.arena, sizeof(struct uuid));
    }
    return c;
}

static void
dossier_noted(const struct fact *fact, const void *event)
{
    const Appraisal__DossierNoted *e = event;
    struct entry_note *n = entry_note_of(fact, fact->row->aggregate);
    struct digest digest = digest_from(e->digest);

    MUST("R-D6",
         e->dossier_version <= n->accepted_version &&
             (e->dossier_version < n->accepted_version ||
              (digest_equal(&digest, &n->accepted_digest) && e->estimate_vnd == n->accepted_vnd)),
         "dossier %s was noted as what was not accepted", e->dossier_id);
    n->noted_version = e->dossier_version;
}

static void
withdrawal_noted(const struct fact *fact, const void *event)
{
    struct entry_note *n = entry_note_of(fact, fact->row->aggregate);

    (void) event;
    MUST("R-F4", n->is_withdrawn, "a withdrawal was noted that did not happen");
    n->intake_withdrawn = true;
}

static void
opened(const struct fact *fact, const void *event)
{
    const Appraisal__AppraisalOpened *e = event;
    struct case_note *c = case_note_of(fact);
    struct entry_note *n = entry_note_of(fact, uuid_of(e->dossier_id));

    c->dossier = uuid_of(e->dossier_id);
    c->version = e->dossier_version;
    c->digest = digest_from(e->digest);
    c->estimate_vnd = e->estimate_vnd;
    for (size_t i = 0; i < e->n_author_ids; i++)
        *(struct uuid *) list_add(&c->authors) = uuid_of(e->author_ids[i]);
    MUST("R-A5", !n->has_case, "dossier %s has two appraisals", e->dossier_id);
    MUST("R-D6", c->version == n->accepted_version && digest_equal(&c->digest, &n->accepted_digest),
         "an appraisal was opened of a version of %s that was not accepted", e->dossier_id);
    MUST("R-F4", !n->intake_withdrawn, "an appraisal was opened of %s, which is withdrawn",
         e->dossier_id);
    n->has_case = true;
    n->appraisal_case = fact->row->aggregate;
}

static bool
is_among(const struct list *ids, struct uuid id)
{
    LIST_EACH (const struct uuid, other, ids)
        if (uuid_equal(other, &id))
            return true;
    return false;
}

static void
panel_set(const struct fact *fact, const void *event)
{
    const Appraisal__PanelSet *e = event;
    struct case_note *c = case_note_of(fact);

    c->members = e->n_panel;
    for (size_t i = 0; i < e->n_panel; i++) {
        struct uuid person = uuid_of(e->panel[i]->person_id);

        MUST("R-E4", !is_among(&c->authors, person), "an author of %s sits on its panel",
             id_of(c->dossier));
        for (size_t n = 0; n < i; n++)
            MUST("R-E4", strcmp(e->panel[i]->person_id, e->panel[n]->person_id) != 0,
                 "%s sits twice", e->panel[i]->person_id);
        if (e->panel[i]->seat == APPRAISAL__PANEL_SEAT__PANEL_SEAT_CHAIR)
            c->chair = person;
        if (e->panel[i]->seat == APPRAISAL__PANEL_SEAT__PANEL_SEAT_SECRETARY)
            c->secretary = person;
    }
    MUST("R-A2", !uuid_is_nil(&c->chair) && !uuid_is_nil(&c->secretary) && c->members >= 3,
         "the panel of %s has no chair, no secretary, or too few members", id_of(c->dossier));
}

static void
opinions_requested(const struct fact *fact, const void *event)
{
    const Appraisal__OpinionsRequested *e = event;
    struct case_note *c = case_note_of(fact);

    c->due_us = time_from(e->due_at);
    c->waiting = e->n_agency_ids;
    for (size_t i = 0; i < e->n_agency_ids; i++)
        *(struct uuid *) list_add(&c->asked) = uuid_of(e->agency_ids[i]);
}

static void
opinion_given(const struct fact *fact, const void *event)
{
    const Appraisal__OpinionGiven *e = event;
    struct case_note *c = case_note_of(fact);
    struct uuid agency = uuid_of(e->agency_id);
    bool was_asked = false;

    MUST("R-A3", uuid_equal(&agency, &fact->row->agency), "%s spoke for another agency",
         id_of(fact->row->agency));
    LIST_EACH (struct uuid, asked, &c->asked)
        if (uuid_equal(asked, &agency)) {
            *asked = (struct uuid){ { 0 } };
            was_asked = true;
            c->waiting--;
        }
    MUST("R-A3", was_asked, "%s was not asked, or had answered", e->agency_id);
}

static void
scoring_started(const struct fact *fact, const void *event)
{
    const Appraisal__ScoringStarted *e = event;
    const struct case_note *c = case_note_of(fact);

    MUST("R-A3", c->waiting == 0 || fact->received_us >= c->due_us,
         "the panel did not wait for the opinions on %s", id_of(c->dossier));
    MUST("R-A3", e->n_silent_agency_ids == c->waiting, "not all who were silent are named");
}

static void
concluded(const struct fact *fact, const void *event)
{
    const Appraisal__AppraisalConcluded *e = event;
    struct case_note *c = case_note_of(fact);
    bool recommends = e->outcome != APPRAISAL__OUTCOME__OUTCOME_NOT_RECOMMENDED;

    MUST("R-A2", !recommends || 3 * (int64_t) e->votes_for >= 2 * (int64_t) c->members,
         "%d of %zu votes were enough for %s", e->votes_for, c->members, id_of(c->dossier));
    MUST("R-A2", (size_t) e->votes_for <= c->members && (size_t) e->members == c->members,
         "more votes than members for %s", id_of(c->dossier));
    MUST("R-A2", uuid_equal(&c->chair, &fact->row->actor),
         "the panel of %s concluded without its chair", id_of(c->dossier));
    MUST("R-F8",
         e->recommended_ceiling_vnd <= c->estimate_vnd &&
             (e->recommended_ceiling_vnd > 0) == recommends,
         "%lld were recommended for an estimate of %lld", (long long) e->recommended_ceiling_vnd,
         (long long) c->estimate_vnd);
    c->is_concluded = true;
    c->outcome = (int) e->outcome;
    c->ceiling_vnd = e->recommended_ceiling_vnd;
}

static void
reported(const struct fact *fact, const void *event)
{
    const Appraisal__AppraisalReported *e = event;
    const struct case_note *c = case_note_of(fact);
    struct entry_note *n = entry_note_of(fact, c->dossier);
    struct digest digest = digest_from(e->digest);

    MUST("R-D6", e->dossier_version == c->version && digest_equal(&digest, &c->digest),
         "the report on %s is of another version", e->dossier_id);
    MUST("R-A1",
         c->is_concluded && (int) e->outcome == c->outcome &&
             e->recommended_ceiling_vnd == c->ceiling_vnd,
         "the report on %s says something else than the panel", e->dossier_id);
    n->is_reported = true;
    n->outcome = c->outcome;
    n->ceiling_vnd = c->ceiling_vnd;
}

static void
voided(const struct fact *fact, const void *event)
{
    (void) event;
    MUST("R-F4", entry_note_of(fact, case_note_of(fact)->dossier)->is_withdrawn,
         "an appraisal was voided whose entry goes on");
}

/* clang-format off */
const struct facts_row appraisal_facts[] = {
    { ON(dossier_noted),            dossier_noted },
    { ON(dossier_taken_up),         NULL },
    { ON(dossier_withdrawal_noted), withdrawal_noted },
    { ON(appraisal_opened),         opened },
    { ON(panel_set),                panel_set },
    { ON(opinions_requested),       opinions_requested },
    { ON(opinion_given),            opinion_given },
    { ON(scoring_started),          scoring_started },
    { ON(deliberation_started),     NULL },
    { ON(appraisal_concluded),      concluded },
    { ON(appraisal_reported),       reported },
    { ON(appraisal_voided),         voided },

    { ON(contest_noted),            learn_contest_noted },
    { ON(contenders_awaited),       learn_contenders_awaited },
    { ON(contest_closed),           NULL },
    { ON(contest_entrants_confirmed), learn_contest_entrants_confirmed },
    { ON(judging_closed),           learn_judging_closed },
    { ON(contest_reopened),         learn_contest_reopened },
    { ON(contest_round_noted),      NULL },
    { ON(contest_ended),            learn_contest_ended },
    { ON(contender_noted),          learn_contender_noted },
    { ON(contender_assigned),       learn_contender_assigned },
    { ON(contender_passed),         learn_contender_passed },
    { ON(contender_out),            learn_contender_out },
    { ON(contender_gone),           learn_contender_gone },
    { ON(council_constituted),      learn_council_constituted },
    { ON(conflicts_declared),       learn_conflicts_declared },
    { ON(council_round_noted),      learn_council_round_noted },
    { ON(council_dissolved),        learn_council_dissolved },
    { ON(round_planned),            learn_round_planned },
    { ON(entries_assigned),         learn_entries_assigned },
    { ON(conflicts_noted),          learn_conflicts_noted },
    { ON(round_started),            learn_round_started },
    { ON(sheet_assigned),           learn_sheet_assigned },
    { ON(sheet_saved),              learn_sheet_saved },
    { ON(sheet_locked),             learn_sheet_locked },
    { ON(sheet_reopened),           learn_sheet_reopened },
    { ON(sheet_excused),            learn_sheet_excused },
    { ON(sheet_voided),             learn_sheet_voided },
    { ON(ranking_proposed),         learn_ranking_proposed },
    { ON(ranking_voided),           learn_ranking_voided },
    { ON(tie_decided),              learn_tie_decided },
    { ON(round_confirmed),          learn_round_confirmed },
    { ON(round_annulled),           learn_round_annulled },
    { ON(round_called_off),         learn_round_called_off },
    { 0 },
};
/* clang-format on */
