/* services/appraisal/core_round.c - a round of a contest: its tables, and how it is planned. Pure: no
 * SQL, no sockets, no clock. */
#include "common/proto.h"
#include "services/appraisal/judging.h"

void
judging_note_round(struct events *out, const struct round *round, int state,
                   const struct uuid *confirmed_by)
{
    Appraisal__ContestRoundNoted *noted =
        new_event_on(out, &contest_kind, round->edition_id, ON(contest_round_noted));

    noted->edition_id = id_text(out, &round->edition_id);
    noted->round_id = id_text(out, &round->self.id);
    noted->round_code = round->round_code;
    noted->cluster_code = round->cluster_code;
    noted->instance = round->instance;
    noted->state = (Appraisal__RoundState) state;
    if (!confirmed_by)
        return;
    noted->ranking_digest = proto_digest(out->arena, &round->ranking_digest);
    noted->proposed_by = id_text(out, &round->proposed_by);
    noted->confirmed_by = id_text(out, confirmed_by);
}

void
judging_note_council(struct events *out, const struct round *round, bool is_over)
{
    Appraisal__CouncilRoundNoted *noted =
        new_event_on(out, &council_kind, round->council_id, ON(council_round_noted));

    noted->council_id = id_text(out, &round->council_id);
    noted->round_id = id_text(out, &round->self.id);
    noted->is_over = is_over;
}

/* ------------------------------------------------------------------ planning */

static void
its_council(const struct given *given, const void *message, struct keys *keys)
{
    const Appraisal__PlanRound *ask = message;

    (void) given;
    need(keys, &contest_kind, uuid_of(ask->edition_id));
    need(keys, &council_kind, uuid_of(ask->council_id));
}

/* A cluster is named exactly where clusters compete, each for itself. */
static int
judge_cluster(const struct contest *contest, const Submissions__RoundRules *rules,
              const Appraisal__PlanRound *ask, struct events *out)
{
    bool is_named = ask->cluster_code[0] != '\0';

    if (rules->stage != STAGE(CLUSTER) && is_named)
        return wrong(out, NO(UNKNOWN_CLUSTER), "cluster_code", "must be empty in this round");
    if (rules->stage == STAGE(CLUSTER) && !judging_cluster(contest, ask->cluster_code))
        return wrong(out, NO(UNKNOWN_CLUSTER), "cluster_code", "is no cluster of the edition");
    return ACCEPTED;
}

static int
judge_turn(const struct contest *contest, size_t nth, const Appraisal__PlanRound *ask)
{
    const struct contest_round *standing =
        judging_standing(contest, ask->round_code, ask->cluster_code);

    if (!judging_may_begin(contest, nth))
        return NO(NOT_THE_NEXT_ROUND);
    if (standing && standing->state != ROUND(ANNULLED))
        return NO(NOT_THE_NEXT_ROUND);
    return ACCEPTED;
}

/* Who has not declared is told by the place in the council, not by name. */
static int
judge_declared(const struct council *council, struct events *out)
{
    int refusal = ACCEPTED;
    size_t place = 0;

    LIST_EACH (const struct council_member, m, &council->members) {
        bool has_declared = false;

        LIST_EACH (const struct declarant, d, &council->declarants)
            has_declared = has_declared || uuid_equal(&d->person_id, &m->person_id);
        if (!has_declared)
            refusal = wrong(out, NO(CONFLICTS_UNDECLARED),
                            arena_format(out->arena, "members[%zu].person_id", place),
                            "has not said which conflicts there are, or that there are none");
        place++;
    }
    return refusal;
}

static int
judge_council(const struct council *council, const Submissions__RoundRules *rules,
              const Appraisal__PlanRound *ask, struct events *out)
{
    struct uuid edition = uuid_of(ask->edition_id);

    if (council->self.state != COUNCIL(CONSTITUTED) || !uuid_equal(&council->edition_id, &edition))
        return NO(UNKNOWN_COUNCIL);
    if (judging_count_judges(&council->members) < (size_t) rules->min_members)
        return wrong(out, NO(COUNCIL_TOO_SMALL), "council_id", "has fewer than %d who judge",
                     rules->min_members);
    return judge_declared(council, out);
}

static int
judge_plan(const struct given *given, const Appraisal__PlanRound *ask, struct events *out)
{
    const struct contest *contest = also(given, 0);
    const Submissions__RoundRules *rules;
    int refusal = judging_judge_contest(contest);
    size_t nth;

    if (!refusal)
        refusal = judging_judge_organiser(given, &contest->organiser_agency_id);
    if (refusal)
        return refusal;
    rules = judging_round_rules(contest, ask->round_code, &nth);
    if (!rules)
        return wrong(out, NO(UNKNOWN_ROUND), "round_code", "is no round of the edition's rules");
    refusal = judge_cluster(contest, rules, ask, out);
    if (!refusal)
        refusal = judge_turn(contest, nth, ask);
    return refusal ? refusal : judge_council(also(given, 1), rules, ask, out);
}

static void
say_members(const struct council *council, Appraisal__RoundPlanned *said, struct events *out)
{
    said->members = arena_zero(out->arena, council->members.count * sizeof(*said->members));
    LIST_EACH (const struct council_member, m, &council->members) {
        Appraisal__CouncilMember *member = proto_new(out->arena, ON(council_member));

        member->person_id = id_text(out, &m->person_id);
        member->seat = (Appraisal__PanelSeat) m->seat;
        said->members[said->n_members++] = member;
    }
}

static int
plan_round(const struct given *given, const void *message, struct events *out)
{
    const struct contest *contest = also(given, 0);
    const Appraisal__PlanRound *ask = message;
    const struct contest_round *before;
    Submissions__RoundRules *rules;
    Appraisal__RoundPlanned *said;
    int refusal = judge_plan(given, ask, out);
    struct round planned;
    size_t nth = 0;

    if (refusal)
        return refusal;
    judging_round_rules(contest, ask->round_code, &nth);
    rules = contest->rules->rounds[nth];
    before = judging_standing(contest, ask->round_code, ask->cluster_code);

    said = new_event(out, ON(round_planned));
    said->round_id = id_text(out, &given->subject);
    said->edition_id = ask->edition_id;
    said->round_code = ask->round_code;
    said->cluster_code = ask->cluster_code;
    said->instance = before ? before->instance + 1 : 1;
    said->council_id = ask->council_id;
    said->stage = rules->stage;
    said->rules_digest = proto_digest(out->arena, &contest->rules_digest);
    said->rules = rules;
    say_members(also(given, 1), said, out);
    said->is_last = nth + 1 == contest->rules->n_rounds;
    said->organiser_agency_id = id_text(out, &contest->organiser_agency_id);

    planned = (struct round){ .self.id = given->subject,
                              .edition_id = contest->self.id,
                              .round_code = ask->round_code,
                              .cluster_code = ask->cluster_code,
                              .instance = said->instance,
                              .council_id = uuid_of(ask->council_id) };
    judging_note_round(out, &planned, ROUND(PLANNED), NULL);
    judging_note_council(out, &planned, false);
    return ACCEPTED;
}

static void
round_planned(void *state, const void *event)
{
    struct round *r = state;
    const Appraisal__RoundPlanned *e = event;

    r->edition_id = uuid_of(e->edition_id);
    r->round_code = e->round_code;
    r->cluster_code = e->cluster_code;
    r->instance = e->instance;
    r->council_id = uuid_of(e->council_id);
    r->stage = (int) e->stage;
    r->rules_digest = proto_digest_of(e->rules_digest);
    r->rules = e->rules;
    r->is_last = e->is_last != 0;
    r->organiser_agency_id = uuid_of(e->organiser_agency_id);
    for (size_t i = 0; i < e->n_members; i++) {
        struct council_member *member = list_add(&r->members);

        member->person_id = uuid_of(e->members[i]->person_id);
        member->seat = (int) e->members[i]->seat;
    }
}

/* clang-format off */
static const struct handler round_handlers[] = {
    /* message             who may                                                          decide                   birth       also locks */
    { ON(plan_round),      MAY(ORGANISER) | MAY(STANDING) | MAY(CLERK) | MAY(ENTRANT_HEAD), plan_round,              CREATES,    its_council },
    { ON(assign_to_round), MAY(ORGANISER) | MAY(STANDING) | MAY(CLERK) | MAY(ENTRANT_HEAD), judging_assign_to_round, MUST_EXIST, judging_need_entries },
    { ON(start_round),     MAY(ORGANISER) | MAY(STANDING) | MAY(CLERK) | MAY(ENTRANT_HEAD), judging_start_round,     MUST_EXIST, judging_need_sheets },
    { ON(propose_ranking), ANYBODY,                                                         judging_propose_ranking, MUST_EXIST, judging_need_sheets },
    { ON(decide_tie),      ANYBODY,                                                         judging_decide_tie,      MUST_EXIST, judging_need_sheets },
    { ON(confirm_round),   ANYBODY,                                                         judging_confirm_round,   MUST_EXIST, judging_need_sheets },
    { ON(annul_round),     MAY(OWNER) | MAY(ENTRANT_HEAD),                                  judging_annul_round,     MUST_EXIST, judging_need_sheets },
    { 0 },
};

static const struct transition round_transitions[] = {
    /* from                 when                  to                   remember                  because */
    { NOTHING,              ON(round_planned),    ROUND(PLANNED),      round_planned,            "it is the next round by the rules, and its council has declared its conflicts" },
    { ROUND(PLANNED),       ON(entries_assigned), ROUND(PLANNED),      judging_entries_assigned, "the organiser assigned entries whose next round it is" },
    { ROUND(PLANNED),       ON(conflicts_noted),  ROUND(PLANNED),      judging_conflicts_noted,  "members declared conflicts after the entries were assigned" },
    { ROUND(PLANNED),       ON(round_started),    ROUND(SCORING),      judging_round_started,    "every entry has enough judges without conflict, and each has a sheet" },
    { ROUND(SCORING),       ON(ranking_proposed), ROUND(DELIBERATION), judging_ranking_proposed, "every sheet is locked or excused, and chair, secretary or who stands in proposed the ranking" },
    { ROUND(DELIBERATION),  ON(ranking_proposed), ROUND(DELIBERATION), judging_ranking_proposed, "the ranking was proposed anew" },
    { ROUND(DELIBERATION),  ON(ranking_voided),   ROUND(SCORING),      judging_ranking_voided,   "a sheet was reopened: the proposed ranking is void" },
    { ROUND(SCORING),       ON(ranking_voided),   ROUND(SCORING),      judging_ranking_voided,   "a sheet was reopened: what was decided between equals is void" },
    { ROUND(DELIBERATION),  ON(tie_decided),      ROUND(SCORING),      judging_tie_decided,      "chair or vice-chair decided between equals: the ranking must be proposed again" },
    { ROUND(DELIBERATION),  ON(round_confirmed),  ROUND(CONFIRMED),    judging_round_confirmed,  "two of chair, secretary and who stands in stand behind the same ranking" },
    { ROUND(PLANNED),       ON(round_annulled),   ROUND(ANNULLED),     NULL,                     "the owner annulled it before it began" },
    { ROUND(SCORING),       ON(round_annulled),   ROUND(ANNULLED),     NULL,                     "the owner annulled it while it was scored" },
    { ROUND(DELIBERATION),  ON(round_annulled),   ROUND(ANNULLED),     NULL,                     "the owner annulled it before it was confirmed" },
    { ROUND(CONFIRMED),     ON(round_annulled),   ROUND(ANNULLED),     NULL,                     "the owner annulled it before a later round began" },
    { ROUND(PLANNED),       ON(round_called_off), ROUND(CALLED_OFF),   NULL,                     "the edition was called off before it began" },
    { ROUND(SCORING),       ON(round_called_off), ROUND(CALLED_OFF),   NULL,                     "the edition was called off while it was scored" },
    { ROUND(DELIBERATION),  ON(round_called_off), ROUND(CALLED_OFF),   NULL,                     "the edition was called off before it was confirmed" },
    { ROUND(CALLED_OFF),    ON(round_annulled),   ROUND(ANNULLED),     NULL,                     "it had been under way when the edition was called off, and is annulled by who may call it off" },
    { 0 },
};
/* clang-format on */

const struct kind round_kind = {
    .name = "round",
    .states = &appraisal__round_state__descriptor,
    .table = &round_table,
    .handlers = round_handlers,
    .transitions = round_transitions,
};
