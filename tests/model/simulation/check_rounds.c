/* tests/model/simulation/check_rounds.c - rounds, from their plan to their end: R-E4, R-E7, R-F3, R-G7; and that each is
 * held once, in its turn. */
#include "tests/model/simulation/rounds.h"

static struct round_note *
its_round(const struct fact *fact)
{
    return round_note_of(fact->programme, fact->row->aggregate);
}

static void
add_bars(struct round_note *r, Appraisal__Conflict *const *conflicts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        *(struct bar *) list_add(&r->bars) =
            (struct bar){ uuid_of(conflicts[i]->person_id), uuid_of(conflicts[i]->entry_id) };
}

/* ------------------------------------------------------------------ its turn */

static size_t
place_of(const Submissions__EditionRules *rules, const char *code)
{
    size_t nth = 0;

    while (nth < rules->n_rounds && strcmp(rules->rounds[nth]->code, code) != 0)
        nth++;
    return nth;
}

/* Those that are held once for all; clusters are each for itself. */
static bool
is_for_all(const Submissions__RoundRules *rules)
{
    return rules->stage != SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_CLUSTER;
}

static void
check_turn(const struct fact *fact, const struct round_note *r)
{
    const Submissions__EditionRules *rules = contest_note_of(fact, r->edition)->rules;
    size_t nth = rules ? place_of(rules, r->code) : 0;

    MUST("TURN", rules && nth < rules->n_rounds, "round %s is none of the edition's", id_of(r->id));
    for (size_t i = 0; !sim.rule && i < nth; i++)
        MUST("TURN",
             !is_for_all(rules->rounds[i]) ||
                 standing_of(fact, r->edition, rules->rounds[i]->code, "")->is_confirmed,
             "round %s comes before %s was confirmed", id_of(r->id), rules->rounds[i]->code);
}

static void
remember_seats(struct round_note *r, const Appraisal__RoundPlanned *e)
{
    for (size_t i = 0; i < e->n_members; i++) {
        *(struct uuid *) list_add(&r->members) = uuid_of(e->members[i]->person_id);
        if (e->members[i]->seat == APPRAISAL__PANEL_SEAT__PANEL_SEAT_VICE_CHAIR)
            r->vice_chair = uuid_of(e->members[i]->person_id);
        if (e->members[i]->seat == APPRAISAL__PANEL_SEAT__PANEL_SEAT_CHAIR)
            r->chair = uuid_of(e->members[i]->person_id);
        if (e->members[i]->seat == APPRAISAL__PANEL_SEAT__PANEL_SEAT_SECRETARY)
            r->secretary = uuid_of(e->members[i]->person_id);
    }
}

/* What was under way when the edition was cancelled may only be annulled. */
static void
check_is_open(const struct fact *fact, const struct round_note *r, const char *what)
{
    const struct contest_note *contest = contest_note_of(fact, r->edition);
    bool may_be_over = strcmp(what, "annulled") == 0 && !r->is_confirmed;

    MUST("TURN", (!contest->is_over || may_be_over) && !contest->is_judged,
         "round %s was %s after the end", id_of(r->id), what);
}

void
learn_round_planned(const struct fact *fact, const void *event)
{
    const Appraisal__RoundPlanned *e = event;
    struct round_note *r = its_round(fact);
    struct standing_note *standing;
    struct digest rules = digest_from(e->rules_digest);

    r->edition = uuid_of(e->edition_id);
    r->council = uuid_of(e->council_id);
    r->code = e->round_code;
    r->cluster = e->cluster_code;
    r->rules = e->rules;
    remember_seats(r, e);
    MUST("R-G7", digest_equal(&rules, &edition_note_of(fact, r->edition)->rules),
         "round %s has other rules than its edition", e->round_id);
    check_is_open(fact, r, "planned");
    check_turn(fact, r);
    standing = standing_of(fact, r->edition, r->code, r->cluster);
    MUST("ROUND_ONCE", uuid_is_nil(&standing->round), "round %s of %s is held twice", r->code,
         e->edition_id);
    standing->round = r->id;
}

/* Where clusters compete, each has its own agencies. */
static bool
may_compete(const struct fact *fact, const struct round_note *r, struct uuid entry)
{
    const Submissions__EditionRules *rules = contest_note_of(fact, r->edition)->rules;
    struct uuid entrant = contender_note_of(fact->programme, entry)->entrant;

    for (size_t i = 0; i < rules->n_clusters; i++)
        for (size_t n = 0; n < rules->clusters[i]->n_agency_ids; n++) {
            struct uuid agency = uuid_of(rules->clusters[i]->agency_ids[n]);

            if (uuid_equal(&agency, &entrant))
                return !*r->cluster || strcmp(rules->clusters[i]->code, r->cluster) == 0;
        }
    return !*r->cluster;
}

void
learn_entries_assigned(const struct fact *fact, const void *event)
{
    const Appraisal__EntriesAssigned *e = event;
    struct round_note *r = its_round(fact);

    for (size_t i = 0; i < e->n_entries; i++) {
        struct uuid entry = uuid_of(e->entries[i]->entry_id);

        MUST("ONE_ROUND",
             uuid_equal(&entry_note_of(fact, entry)->edition, &r->edition) &&
                 contender_note_of(fact->programme, entry)->is_known,
             "entry %s is none of this contest", e->entries[i]->entry_id);
        MUST("OWN_CLUSTER", may_compete(fact, r, entry), "entry %s competes in cluster %s",
             e->entries[i]->entry_id, r->cluster);
        *(struct uuid *) list_add(&r->entries) = entry;
        check_no_author_sits(fact, r, entry);
    }
    add_bars(r, e->conflicts, e->n_conflicts);
}

void
learn_conflicts_noted(const struct fact *fact, const void *event)
{
    const Appraisal__ConflictsNoted *e = event;

    add_bars(its_round(fact), e->conflicts, e->n_conflicts);
}

void
learn_round_started(const struct fact *fact, const void *event)
{
    const Appraisal__RoundStarted *e = event;

    its_round(fact)->is_begun = true;
    MUST("R-E6", (e->is_blind != 0) == (its_round(fact)->rules->is_blind != 0),
         "round %s is blind, and does not say so", e->round_id);
    MUST("R-D3", fact->received_us < time_from(e->due_at), "round %s is due before it begins",
         e->round_id);
    MUST("ONE_ROUND", e->n_entry_ids > 0, "round %s judges nobody", e->round_id);
    check_nobody_waits_for(fact, its_round(fact));
    for (size_t i = 0; i < e->n_entry_ids; i++) {
        MUST("R-F4", contender_note_of(fact->programme, uuid_of(e->entry_ids[i]))->is_in_round,
             "entry %s is judged, and takes no part", e->entry_ids[i]);
        check_no_author_sits(fact, its_round(fact), uuid_of(e->entry_ids[i]));
    }
}

/* ------------------------------------------------------------------ its ranking */

static bool
is_away(const Appraisal__Deliberation *session, struct uuid person)
{
    for (size_t i = 0; i < session->n_present_person_ids; i++)
        if (strcmp(session->present_person_ids[i], id_of(person)) == 0)
            return false;
    return true;
}

/* The vice-chair for whom of the two the minutes do not name. */
static bool
leads(const struct round_note *r, struct uuid person)
{
    return uuid_equal(&r->chair, &person) || uuid_equal(&r->secretary, &person) ||
           ((r->is_chair_away || r->is_secretary_away) && uuid_equal(&r->vice_chair, &person));
}

/* Of those that take part none is awaited, and none is of somebody who should not have given points. */
static void
check_sheets_in(const struct fact *fact, const struct round_note *r)
{
    for (size_t i = 0; i < r->sheets.count; i++) {
        const struct sheet_note *sheet = sheet_at(r, i);

        if (!contender_note_of(fact->programme, sheet->entry)->is_in_round)
            continue;
        MUST("R-E7", !sheet->is_open, "round %s is ranked without sheet %s", id_of(r->id),
             id_of(sheet->id));
        MUST("R-E4", !sheet->scores || !has_conflict(fact, r, sheet->person, sheet->entry),
             "sheet %s counts, and its judge has a conflict", id_of(sheet->id));
    }
}

/* Counted as the rules say: of every seat, or of those who judge; nobody twice, and nobody else. */
static void
check_quorum(const struct round_note *r, const Appraisal__Deliberation *session)
{
    bool of_judges = r->rules->counting_base == SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_JUDGES;
    size_t there = 0, all = r->members.count - of_judges, named = 0;

    LIST_EACH (const struct uuid, member, &r->members) {
        size_t times = 0;

        for (size_t i = 0; i < session->n_present_person_ids; i++)
            times += strcmp(session->present_person_ids[i], id_of(*member)) == 0;
        MUST("QUORUM", times < 2, "%s is there twice", id_of(*member));
        named += times;
        there += of_judges && uuid_equal(member, &r->secretary) ? 0 : times;
    }
    MUST("QUORUM", named == session->n_present_person_ids, "others than members of %s are there",
         id_of(r->id));
    MUST("QUORUM", there * 10000 >= all * (size_t) r->rules->quorum_bp,
         "the ranking of %s was proposed by %zu of %zu", id_of(r->id), there, all);
}

void
learn_ranking_proposed(const struct fact *fact, const void *event)
{
    const Appraisal__RankingProposed *e = event;
    struct round_note *r = its_round(fact);

    r->was_proposed = true;
    r->is_chair_away = is_away(e->deliberation, r->chair);
    r->is_secretary_away = is_away(e->deliberation, r->secretary);
    r->proposer = uuid_of(e->proposed_by);
    r->proposed = digest_from(e->ranking_digest);
    MUST("R-F3", leads(r, fact->row->actor) && uuid_equal(&r->proposer, &fact->row->actor),
         "the ranking of %s was proposed by neither chair nor secretary, nor who stands in",
         e->round_id);
    check_quorum(r, e->deliberation);
    check_sheets_in(fact, r);
}

static void
forget_proposal(struct round_note *r)
{
    r->proposer = (struct uuid){ { 0 } };
    r->proposed = (struct digest){ { 0 } };
}

/* By whom and why is told. */
void
learn_ranking_voided(const struct fact *fact, const void *event)
{
    const Appraisal__RankingVoided *e = event;

    MUST("R-G3", *e->sheet_id && *e->reason, "the ranking of %s was set back, and nobody knows why",
         e->round_id);
    forget_proposal(its_round(fact));
}

/* By the chair, or, where a conflict keeps the chair from it, or the chair was away, by the vice-chair. */
void
learn_tie_decided(const struct fact *fact, const void *event)
{
    const Appraisal__TieDecided *e = event;
    struct round_note *r = its_round(fact);
    const struct uuid persons[] = { r->is_chair_away ? r->vice_chair : r->chair,
                                    r->is_chair_away ? r->chair : r->vice_chair };
    struct turn turn = { persons, 2, NULL, { { 0 } } };
    struct list entries;

    list_init(&entries, sim.step, sizeof(struct uuid));
    for (size_t i = 0; i < e->decision->n_entry_ids; i++)
        *(struct uuid *) list_add(&entries) = uuid_of(e->decision->entry_ids[i]);
    turn.entries = &entries;
    check_whose_turn(fact, r, &turn);
    forget_proposal(r);
}

static void
check_confirmer(const struct fact *fact, const struct round_note *r,
                const Appraisal__RoundConfirmed *e)
{
    struct uuid proposed_by = uuid_of(e->proposed_by), confirmed_by = uuid_of(e->confirmed_by);

    MUST("R-F3", leads(r, fact->row->actor) && uuid_equal(&confirmed_by, &fact->row->actor),
         "round %s was confirmed by neither chair nor secretary, nor who stands in", e->round_id);
    MUST("R-F3",
         uuid_equal(&proposed_by, &r->proposer) && !uuid_equal(&r->proposer, &fact->row->actor),
         "round %s was proposed and confirmed by one person", e->round_id);
}

void
learn_round_confirmed(const struct fact *fact, const void *event)
{
    const Appraisal__RoundConfirmed *e = event;
    struct round_note *r = its_round(fact);
    struct bytes packed = proto_pack(sim.step, e->ranking);
    struct digest said = digest_from(e->ranking_digest), made = sha256(packed.data, packed.size);

    MUST("ROUND_ONCE", !r->is_confirmed && !r->is_annulled, "round %s was confirmed twice",
         e->round_id);
    check_is_open(fact, r, "confirmed");
    check_confirmer(fact, r, e);
    MUST("R-E7", digest_equal(&said, &r->proposed) && digest_equal(&said, &made),
         "round %s was confirmed with another ranking than was proposed", e->round_id);
    check_sheets_in(fact, r);
    check_ranking(fact, r, e->ranking);
    r->is_confirmed = true;
    r->confirmer = fact->row->actor;
    standing_of(fact, r->edition, r->code, r->cluster)->is_confirmed = true;
}

void
learn_round_called_off(const struct fact *fact, const void *event)
{
    const Appraisal__RoundCalledOff *e = event;
    const struct round_note *r = its_round(fact);

    MUST("TURN", contest_note_of(fact, r->edition)->is_over && !r->is_confirmed && !r->is_annulled,
         "round %s was called off, and its contest goes on, or it was over", e->round_id);
}

void
learn_round_annulled(const struct fact *fact, const void *event)
{
    const Appraisal__RoundAnnulled *e = event;
    struct round_note *r = its_round(fact);
    const Submissions__EditionRules *rules = contest_note_of(fact, r->edition)->rules;

    check_is_open(fact, r, "annulled");
    for (size_t i = place_of(rules, r->code) + 1; i < rules->n_rounds; i++)
        MUST("TURN",
             !is_for_all(rules->rounds[i]) ||
                 uuid_is_nil(&standing_of(fact, r->edition, rules->rounds[i]->code, "")->round),
             "round %s was annulled after %s had begun", e->round_id, rules->rounds[i]->code);
    r->is_annulled = true;
    forget_proposal(r);
    *standing_of(fact, r->edition, r->code, r->cluster) = (struct standing_note){ 0 };
}
