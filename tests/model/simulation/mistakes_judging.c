/* tests/model/simulation/mistakes_judging.c - mistakes about councils, rounds, score sheets and rankings. */
#include "sangkien/submissions/v1/events.pb-c.h"
#include "services/appraisal/judging.h"
#include "tests/model/simulation/simulation.h"

/* Its further aggregates, to be seen otherwise. */
static struct held *
copied(const struct given *given, struct given *ret_looked)
{
    struct held *also = arena_zero(sim.letters, (given->also_count + 1) * sizeof(*also));

    memcpy(also, given->also, given->also_count * sizeof(*also));
    *ret_looked = *given;
    ret_looked->also = also;
    return also;
}

static int
decide_on(const struct given *given, const void *state, const void *message, struct events *out)
{
    struct given looked = *given;

    looked.state = state;
    return as_it_should_be(&looked, message, out);
}

/* ------------------------------------------------------------------ sheets */

static int
sheet_of_another(const struct given *given, const void *message, struct events *out)
{
    struct score_sheet seen = *(const struct score_sheet *) given->state;

    seen.person_id = given->actor->person;
    return decide_on(given, &seen, message, out);
}

/* Any number of points is a step, up to the most. */
static Submissions__RoundRules *
without_steps(const Submissions__RoundRules *rules)
{
    struct bytes packed = proto_pack(sim.letters, rules);
    Submissions__RoundRules *seen = NULL;

    if (proto_unpack(sim.letters, OF(submissions, round_rules), packed.data, packed.size, &seen))
        give_up("rules cannot be read");
    for (size_t p = 0; p < seen->n_parts; p++)
        for (size_t c = 0; c < seen->parts[p]->n_criteria; c++)
            seen->parts[p]->criteria[c]->step_centi = 1;
    return seen;
}

static int
off_step(const struct given *given, const void *message, struct events *out)
{
    struct round seen = *(const struct round *) also(given, 0);
    struct given looked;
    struct held *also = copied(given, &looked);

    if (seen.rules)
        seen.rules = without_steps(seen.rules);
    also[0].state = &seen.self;
    return as_it_should_be(&looked, message, out);
}

static int
ranking_forgotten(const struct given *given, const void *message, struct events *out)
{
    struct round seen = *(const struct round *) also(given, 0);
    struct given looked;
    struct held *also = copied(given, &looked);

    seen.was_proposed = false;
    also[0].state = &seen.self;
    return as_it_should_be(&looked, message, out);
}

static int
reopened_by_anybody(const struct given *given, const void *message, struct events *out)
{
    struct round seen = *(const struct round *) also(given, 0);
    struct given looked;
    struct held *also = copied(given, &looked);

    list_init(&seen.members, sim.letters, sizeof(struct council_member));
    *(struct council_member *) list_add(&seen.members) =
        (struct council_member){ given->actor->person, SEAT(CHAIR) };
    also[0].state = &seen.self;
    return as_it_should_be(&looked, message, out);
}

/* Entries are nobody's. */
static void
disown(struct held *also, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (also[i].kind == &contender_kind) {
            struct contender *seen = arena_zero(sim.letters, sizeof(*seen));

            *seen = *(const struct contender *) (const void *) also[i].state;
            seen->entrant_agency_id = (struct uuid){ { 0 } };
            list_init(&seen->co_entrants, sim.letters, sizeof(struct co_entrant));
            also[i].state = &seen->self;
        }
}

static int
moved_judge(const struct given *given, const void *message, struct events *out)
{
    struct given looked;

    disown(copied(given, &looked), given->also_count);
    return as_it_should_be(&looked, message, out);
}

/* ------------------------------------------------------------------ rounds */

static int
conflict_judges(const struct given *given, const void *message, struct events *out)
{
    struct round seen = *(const struct round *) given->state;
    struct council council = *(const struct council *) also(given, 1);
    struct given looked;
    struct held *also = copied(given, &looked);

    list_init(&seen.conflicts, sim.letters, sizeof(struct conflict));
    list_init(&council.conflicts, sim.letters, sizeof(struct conflict));
    also[1].state = &council.self;
    looked.state = &seen;
    return as_it_should_be(&looked, message, out);
}

static int
partial_chair(const struct given *given, const void *message, struct events *out)
{
    struct given looked;

    disown(copied(given, &looked), given->also_count);
    return conflict_judges(&looked, message, out);
}

static int
round_twice(const struct given *given, const void *message, struct events *out)
{
    struct contest seen = *(const struct contest *) also(given, 0);
    struct given looked;
    struct held *also = copied(given, &looked);

    list_init(&seen.rounds, sim.letters, sizeof(struct contest_round));
    also[0].state = &seen.self;
    return as_it_should_be(&looked, message, out);
}

/* As if nobody waited. */
static int
contender_forgotten(const struct given *given, const void *message, struct events *out)
{
    struct contest seen = *(const struct contest *) also(given, 0);
    struct given looked;
    struct held *also = copied(given, &looked);

    seen.awaited = NULL;
    also[0].state = &seen.self;
    return as_it_should_be(&looked, message, out);
}

/* ------------------------------------------------------------------ rankings */

/* The rules ask for hardly anybody. */
static int
nobody_there(const struct given *given, const void *message, struct events *out)
{
    struct round seen = *(const struct round *) given->state;
    Submissions__RoundRules rules = *seen.rules;

    rules.quorum_bp = 1;
    rules.counting_base = SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_MEMBERS;
    seen.rules = &rules;
    return decide_on(given, &seen, message, out);
}

static int
sheet_not_awaited(const struct given *given, const void *message, struct events *out)
{
    struct given looked;
    struct held *also = copied(given, &looked);

    for (size_t i = 0; i < given->also_count; i++)
        if (also[i].kind == &score_sheet_kind &&
            (also[i].state->state == SHEET(ASSIGNED) || also[i].state->state == SHEET(DRAFT))) {
            struct score_sheet *seen = arena_zero(sim.letters, sizeof(*seen));

            *seen = *(const struct score_sheet *) (const void *) also[i].state;
            seen->self.state = SHEET(EXCUSED);
            also[i].state = &seen->self;
        }
    return as_it_should_be(&looked, message, out);
}

/* What its table does not allow is not said. */
static void
hush(struct events *out, const struct uuid *id)
{
    struct said *said = out->said.items;
    size_t kept = 0;

    for (size_t i = 0; i < out->said.count; i++)
        if (said[i].kind != &contender_kind || !uuid_equal(&said[i].id, id))
            said[kept++] = said[i];
    out->said.count = kept;
}

/* Whoever has gone since is ranked as if nothing had happened. */
static int
gone_is_ranked(const struct given *given, const void *message, struct events *out)
{
    struct given looked;
    struct held *also = copied(given, &looked);
    int refusal;

    for (size_t i = 0; i < given->also_count; i++)
        if (also[i].kind == &contender_kind && also[i].state->state == CONTENDER(GONE)) {
            struct contender *seen = arena_zero(sim.letters, sizeof(*seen));

            *seen = *(const struct contender *) (const void *) also[i].state;
            seen->self.state = CONTENDER(IN_ROUND);
            also[i].state = &seen->self;
        }
    refusal = as_it_should_be(&looked, message, out);
    for (size_t i = 0; i < given->also_count; i++)
        if (also[i].state != given->also[i].state)
            hush(out, &also[i].id);
    return refusal;
}

static int
proposer_confirms(const struct given *given, const void *message, struct events *out)
{
    struct round seen = *(const struct round *) given->state;
    Appraisal__RoundConfirmed *confirmed;
    int refusal;

    seen.proposed_by = (struct uuid){ { 0 } };
    refusal = decide_on(given, &seen, message, out);
    confirmed = just_said(out, ON(round_confirmed));
    if (confirmed)
        confirmed->proposed_by = id_text(out, &((const struct round *) given->state)->proposed_by);
    return refusal;
}

/* The first one gets a point of a hundred more, and the digest goes with it. */
static int
score_changed(const struct given *given, const void *message, struct events *out)
{
    int refusal = as_it_should_be(given, message, out);
    Appraisal__RoundConfirmed *confirmed = just_said(out, ON(round_confirmed));

    if (confirmed)
        confirmed->ranking->lines[0]->score_centi++;
    return refusal;
}

/* ------------------------------------------------------------------ what is heard */

static int
other_cluster(const struct given *given, const void *message, struct events *out)
{
    struct round seen = *(const struct round *) given->state;

    if (seen.stage == STAGE(CLUSTER)) {
        seen.cluster_code = "";
        seen.stage = STAGE(PRELIMINARY);
    }
    return decide_on(given, &seen, message, out);
}

static int
goes_on(const struct given *given, const void *message, struct events *out)
{
    (void) given;
    (void) message;
    (void) out;
    return ACCEPTED;
}

/* The contest ends, and its rounds go on. */
static int
judged_all_the_same(const struct given *given, const void *message, struct events *out)
{
    int refusal = as_it_should_be(given, message, out);
    size_t kept = 0;

    LIST_EACH (const struct said, said, &out->said)
        if (said->kind != &round_kind)
            *(struct said *) list_at(&out->said, kept++) = *said;
    out->said.count = kept;
    return refusal;
}

/* clang-format off */
const struct mistaken judging_mistakes[] = {
    { SHEET_OF_ANOTHER,    &score_sheet_kind, ON(lock_sheet),      sheet_of_another },
    { OFF_STEP,            &score_sheet_kind, ON(lock_sheet),      off_step },
    { REOPENED_BY_ANYBODY, &score_sheet_kind, ON(reopen_sheet),    reopened_by_anybody },
    { RANKING_FORGOTTEN,   &score_sheet_kind, ON(reopen_sheet),    ranking_forgotten },
    { CONFLICT_JUDGES,     &round_kind,       ON(start_round),     conflict_judges },
    { CONTENDER_FORGOTTEN, &round_kind,       ON(start_round),     contender_forgotten },
    { NOBODY_THERE,        &round_kind,       ON(propose_ranking), nobody_there },
    { OTHER_CLUSTER,       &round_kind,       ON(assign_to_round), other_cluster },
    { PARTIAL_CHAIR,       &round_kind,       ON(decide_tie),      partial_chair },
    { MOVED_JUDGE,         &score_sheet_kind, ON(lock_sheet),      moved_judge },
    { MOVED_JUDGE,         &score_sheet_kind, ON(save_sheet),      moved_judge },
    { ROUND_TWICE,         &round_kind,       ON(plan_round),      round_twice },
    { SHEET_NOT_AWAITED,   &round_kind,       ON(propose_ranking), sheet_not_awaited },
    { GONE_IS_RANKED,      &round_kind,       ON(propose_ranking), gone_is_ranked },
    { GONE_IS_RANKED,      &round_kind,       ON(confirm_round),   gone_is_ranked },
    { PROPOSER_CONFIRMS,   &round_kind,       ON(confirm_round),   proposer_confirms },
    { SCORE_CHANGED,       &round_kind,       ON(confirm_round),   score_changed },
    { JUDGED_ALL_THE_SAME, &contest_kind,     OF(submissions, edition_cancelled), judged_all_the_same },
    { DISQUALIFIED_GOES_ON, &dossier_intake_kind, OF(submissions, entry_disqualified), goes_on },
    { 0 },
};
/* clang-format on */
