/* tests/model/simulation/commands_rules.c - rules of an edition: one to three rounds, few criteria with few points, so
 * that entries often get the same score. */
#include "tests/model/simulation/commands_rules.h"
#include "tests/model/simulation/commands.h"

/* ------------------------------------------------------------------ what points are given for */

static Submissions__Criterion *
any_criterion(size_t nth)
{
    Submissions__Criterion *criterion = proto_new(sim.step, ON(criterion));

    criterion->code = criterion->name = nth == 0 ? "new" : "useful";
    criterion->max_centi = nth == 0 ? 1000 : 1500;
    criterion->step_centi = often(15) ? 300 + 1 : 500;
    criterion->weight = (int32_t) between(1, 2);
    if (often(150)) {
        criterion->minimum_centi = 500;
        criterion->disqualifying = often(400);
    }
    return criterion;
}

static Submissions__ContestPart *
any_part(const char *code, int32_t weight_bp)
{
    Submissions__ContestPart *part = proto_new(sim.step, ON(contest_part));

    part->code = part->name = code;
    part->mode = SUBMISSIONS__PART_MODE__PART_MODE_WRITTEN;
    part->weight_bp = weight_bp;
    part->n_criteria = 1 + any_of(2);
    part->criteria = arena_zero(sim.step, part->n_criteria * sizeof(*part->criteria));
    for (size_t i = 0; i < part->n_criteria; i++)
        part->criteria[i] = any_criterion(i);
    return part;
}

static void
add_parts(Submissions__RoundRules *round)
{
    bool two = often(300);

    round->n_parts = two ? 2 : 1;
    round->parts = arena_zero(sim.step, 2 * sizeof(*round->parts));
    round->parts[0] = any_part("model", two ? 6000 : often(15) ? 9000 : WHOLE_BP);
    if (two)
        round->parts[1] = any_part("stage", 4000);
}

/* ------------------------------------------------------------------ rounds */

static void
add_tie_key(Submissions__RoundRules *round)
{
    round->n_tie_keys = 1;
    round->tie_keys = arena_zero(sim.step, sizeof(*round->tie_keys));
    round->tie_keys[0] = proto_new(sim.step, ON(tie_key));
    round->tie_keys[0]->kind = often(500)
                                   ? SUBMISSIONS__TIE_KEY_KIND__TIE_KEY_KIND_HIGHEST_SHEET
                                   : SUBMISSIONS__TIE_KEY_KIND__TIE_KEY_KIND_SUBMITTED_EARLIER;
}

static Submissions__RoundRules *
any_round(const char *code, Submissions__RoundStage stage)
{
    Submissions__RoundRules *round = proto_new(sim.step, ON(round_rules));

    round->code = round->name = code;
    round->stage = stage;
    round->is_blind = often(500);
    round->min_members = 3;
    round->min_sheets = often(300) ? 2 : 1;
    round->aggregation = SUBMISSIONS__AGGREGATION__AGGREGATION_MEAN;
    round->normalisation = SUBMISSIONS__NORMALISATION__NORMALISATION_NONE;
    round->decimals = (int32_t) any_of(3);
    if (often(500))
        round->top_entries = (int32_t) between(1, 2);
    else
        round->threshold_centi = (int32_t) between(30, 60) * 100;
    round->quorum_bp = often(15) ? 10001 : (int32_t) between(1, 4) * 2500;
    round->counting_base = often(500) ? SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_MEMBERS
                                      : SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_JUDGES;
    round->every_place_counts =
        stage == SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_FINAL ? !often(15) : often(500);
    if (often(300))
        add_tie_key(round);
    add_parts(round);
    return round;
}

/* Clusters only where they stand before all others; a local contest has none. */
static Submissions__RoundStage
any_stage(size_t nth, bool has_clusters)
{
    return nth == 0 && has_clusters ? SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_CLUSTER
                                    : SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_PRELIMINARY;
}

static void
add_rounds(Submissions__EditionRules *rules, bool is_local)
{
    static const char *const codes[] = { "first", "second" };
    size_t before = often(is_local ? 900 : 150) ? 0 : often(650) ? 2 : 1;

    rules->n_rounds = before + 1;
    rules->rounds = arena_zero(sim.step, rules->n_rounds * sizeof(*rules->rounds));
    for (size_t i = 0; i < before; i++)
        rules->rounds[i] = any_round(codes[i], any_stage(i, rules->n_clusters > 0));
    rules->rounds[before] = any_round("final", SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_FINAL);
}

/* All agencies, by halves. */
static void
add_clusters(Submissions__EditionRules *rules)
{
    static const char *const codes[] = { "even", "odd" };

    rules->n_clusters = 2;
    rules->clusters = arena_zero(sim.step, 2 * sizeof(*rules->clusters));
    for (size_t i = 0; i < 2; i++) {
        Submissions__Cluster *cluster = proto_new(sim.step, ON(cluster));

        cluster->code = cluster->name = codes[i];
        cluster->agency_ids = arena_zero(sim.step, AGENCIES * sizeof(*cluster->agency_ids));
        for (size_t nth = i; nth < AGENCIES; nth += 2)
            cluster->agency_ids[cluster->n_agency_ids++] = text_of(agency_id(nth));
        rules->clusters[i] = cluster;
    }
}

/* ------------------------------------------------------------------ the rest */

static void
add_prizes(Submissions__EditionRules *rules, size_t count)
{
    rules->n_prizes = count;
    rules->prizes = arena_zero(sim.step, 2 * sizeof(*rules->prizes));
    for (size_t i = 0; i < count; i++) {
        rules->prizes[i] = proto_new(sim.step, ON(prize));
        rules->prizes[i]->award =
            i == 0 ? SUBMISSIONS__AWARD__AWARD_FIRST : SUBMISSIONS__AWARD__AWARD_SECOND;
        rules->prizes[i]->quota = (int32_t) i + 1;
    }
}

static void
add_local_terms(Submissions__EditionRules *rules)
{
    Submissions__LocalTerms *terms = proto_new(sim.step, ON(local_terms));

    terms->cost_cap_vnd = COST_CAP_VND;
    terms->max_promotions = (int32_t) between(1, 2);
    terms->max_contests_per_agency = (int32_t) between(1, 2);
    terms->n_checklist = 1;
    terms->checklist = arena_zero(sim.step, sizeof(*terms->checklist));
    terms->checklist[0] = proto_new(sim.step, ON(checklist_item));
    terms->checklist[0]->code = terms->checklist[0]->text = "safe";
    rules->local_terms = terms;
}

static void
add_eligibility(Submissions__EditionRules *rules)
{
    rules->eligibility = proto_new(sim.step, ON(eligibility));
    rules->eligibility->organisers_may_enter = !often(200);
    rules->eligibility->jury_may_enter = often(500);
    if (often(300))
        rules->eligibility->max_entries_per_agency = (int32_t) between(2, 5);
    if (often(200))
        rules->eligibility->max_teams_per_agency = (int32_t) between(1, 2);
}

/* Some provincial ones stay open long enough for the winners of local contests. */
static void
add_days(Submissions__EditionRules *rules, bool is_local)
{
    rules->opens = any_deadline(-1, often(300) ? 2 : 0);
    rules->opens->inclusive = often(30);
    if (is_local)
        rules->closes = any_deadline(1, 1);
    else
        rules->closes = often(400) ? any_deadline(7, 12) : any_deadline(1, 4);
}

Submissions__EditionRules *
any_rules(const struct edition *edition)
{
    Submissions__EditionRules *rules = proto_new(sim.step, ON(edition_rules));
    bool is_local = edition && submissions_is_local(edition);

    rules->subject = often(30) ? "" : "Cải cách hành chính";
    rules->n_legal_basis = 1;
    rules->legal_basis = arena_zero(sim.step, sizeof(*rules->legal_basis));
    rules->legal_basis[0] = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_PLAN);
    rules->registration = "Qua trục liên thông";
    add_days(rules, is_local);
    rules->max_cure_days = (int32_t) between(0, often(15) ? 70 : 8);
    add_eligibility(rules);
    if (!is_local && often(200))
        add_clusters(rules);
    add_rounds(rules, is_local);
    add_prizes(rules, is_local ? 1 : 2);
    if (!is_local || often(30))
        add_local_terms(rules);
    return rules;
}
