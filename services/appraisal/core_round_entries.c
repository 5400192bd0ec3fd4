/* services/appraisal/core_round_entries.c - which entries a round judges, and who may not judge them.
 * Pure: no SQL, no sockets, no clock.
 *
 * Refusals name places, never persons or agencies: who assigns must not learn from them whose an entry
 * is. */
#include "common/proto.h"
#include "services/appraisal/judging.h"

/* The contenders are those of the command, in its order; contest and council stand behind them. */
void
judging_need_entries(const struct given *given, const void *message, struct keys *keys)
{
    const struct round *r = given->state;
    const Appraisal__AssignToRound *ask = message;

    for (size_t i = 0; i < ask->n_entry_ids; i++)
        need(keys, &contender_kind, uuid_of(ask->entry_ids[i]));
    if (!r) {
        need_state(keys);
        return;
    }
    need(keys, &contest_kind, r->edition_id);
    need(keys, &council_kind, r->council_id);
}

/* ------------------------------------------------------------------ conflicts */

Appraisal__Conflict *
judging_say_conflict(struct events *out, const struct conflict *conflict)
{
    Appraisal__Conflict *said = proto_new(out->arena, ON(conflict));

    said->person_id = id_text(out, &conflict->person_id);
    said->entry_id = id_text(out, &conflict->entry_id);
    said->kind = (Appraisal__ConflictKind) conflict->kind;
    return said;
}

void
judging_remember_conflicts(struct list *conflicts, Appraisal__Conflict *const *said, size_t count)
{
    for (size_t i = 0; i < count; i++)
        *(struct conflict *) list_add(conflicts) =
            (struct conflict){ uuid_of(said[i]->person_id), uuid_of(said[i]->entry_id),
                               (int) said[i]->kind };
}

/* ------------------------------------------------------------------ assigning */

static bool
competes_in(const struct contest *contest, const struct round *r, const struct contender *c)
{
    const Submissions__Cluster *cluster = judging_cluster(contest, r->cluster_code);

    for (size_t i = 0; cluster && i < cluster->n_agency_ids; i++) {
        struct uuid agency = uuid_of(cluster->agency_ids[i]);

        if (uuid_equal(&agency, &c->entrant_agency_id))
            return true;
    }
    return r->stage != STAGE(CLUSTER);
}

/* Fresh entries begin with the first round; others go on with the one that they advanced to. */
static bool
is_its_next(const struct contest *contest, const struct round *r, const struct contender *c)
{
    const char *next = c->next_round_code[0] ? c->next_round_code : contest->rules->rounds[0]->code;

    return strcmp(next, r->round_code) == 0;
}

/* Where the jury may enter, no head and no organiser may: they would judge, and be judged by, their own people. */
bool
judging_sits_wrongly(const struct given *given, const struct contest *contest,
                     const struct contender *c)
{
    const struct round *r = given->state;

    LIST_EACH (const struct council_member, m, &r->members)
        if (judging_wrote(c, &m->person_id) &&
            (!contest->jury_may_enter || judging_heads(given, &m->person_id)))
            return true;
    return false;
}

static int
judge_entry(const struct given *given, const Appraisal__AssignToRound *ask, size_t nth,
            struct events *out)
{
    const struct round *r = given->state;
    const struct contender *c = also(given, nth);
    const struct contest *contest = also(given, ask->n_entry_ids);
    const char *field = arena_format(out->arena, "entry_ids[%zu]", nth);

    if (!uuid_equal(&c->edition_id, &r->edition_id))
        return wrong(out, NO(NOT_A_CONTENDER), field, "is no registered entry of this edition");
    if (c->self.state == CONTENDER(IN_ROUND) ||
        judging_is_named_before(ask->entry_ids, nth, &c->self.id))
        return wrong(out, NO(ALREADY_IN_A_ROUND), field, "is in a round already");
    if (c->self.state != CONTENDER(READY))
        return wrong(out, NO(NOT_A_CONTENDER), field, "does not take part any more");
    if (!is_its_next(contest, r, c))
        return wrong(out, NO(NOT_A_CONTENDER), field, "is not to be judged in this round next");
    if (!competes_in(contest, r, c))
        return wrong(out, NO(NOT_A_CONTENDER), field, "does not compete in this cluster");
    if (judging_sits_wrongly(given, contest, c))
        return wrong(out, NO(AUTHOR_ON_COUNCIL), field, "was written by a member of the council");
    return ACCEPTED;
}

static int
judge_entries(const struct given *given, const Appraisal__AssignToRound *ask, struct events *out)
{
    const struct round *r = given->state;
    const struct contest *contest = also(given, ask->n_entry_ids);
    int refusal = judging_judge_contest(contest);

    if (!refusal)
        refusal = judging_judge_organiser(given, &r->organiser_agency_id);
    if (!refusal && r->entries.count + ask->n_entry_ids > MOST_ENTRIES)
        refusal = wrong(out, NO(TOO_MANY_ENTRIES), "entry_ids", "make more than %d in one round",
                        MOST_ENTRIES);
    for (size_t i = 0; i < ask->n_entry_ids && !refusal; i++)
        refusal = judge_entry(given, ask, i, out);
    return refusal;
}

static Appraisal__EntriesAssigned *
new_assignment(const struct given *given, struct events *out)
{
    const struct round *r = given->state;
    Appraisal__EntriesAssigned *said = new_event(out, ON(entries_assigned));

    said->round_id = id_text(out, &given->subject);
    said->entries = arena_zero(out->arena, MOST_ENTRIES * sizeof(*said->entries));
    said->conflicts =
        arena_zero(out->arena, (MOST_CONFLICTS + r->members.count) * sizeof(Appraisal__Conflict *));
    return said;
}

static void
say_entry(const struct given *given, const struct council *council, const struct contender *c,
          Appraisal__EntriesAssigned *said, struct events *out)
{
    const struct round *r = given->state;
    Appraisal__RoundEntry *entry = proto_new(out->arena, ON(round_entry));

    entry->entry_id = id_text(out, &c->self.id);
    entry->entry_code = c->entry_code;
    said->entries[said->n_entries++] = entry;
    LIST_EACH (const struct council_member, m, &r->members) {
        struct conflict conflict = { m->person_id, c->self.id, 0 };

        conflict.kind = judging_conflict_of(given, council, &m->person_id, c);
        if (conflict.kind)
            said->conflicts[said->n_conflicts++] = judging_say_conflict(out, &conflict);
    }
}

static void
say_contender_assigned(const struct given *given, const struct contender *c, struct events *out)
{
    const struct round *r = given->state;
    Appraisal__ContenderAssigned *said =
        new_event_on(out, &contender_kind, c->self.id, ON(contender_assigned));

    said->entry_id = id_text(out, &c->self.id);
    said->round_id = id_text(out, &given->subject);
    said->round_code = r->round_code;
}

/* Where there are very many conflicts, they fill more than one event. */
int
judging_assign_to_round(const struct given *given, const void *message, struct events *out)
{
    const Appraisal__AssignToRound *ask = message;
    const struct council *council = also(given, ask->n_entry_ids + 1);
    Appraisal__EntriesAssigned *said = NULL;
    int refusal = judge_entries(given, ask, out);
    struct tally tally;

    if (refusal)
        return refusal;
    for (size_t i = 0; i < ask->n_entry_ids; i++) {
        if (!said || said->n_conflicts >= MOST_CONFLICTS)
            said = new_assignment(given, out);
        say_entry(given, council, also(given, i), said, out);
    }
    judging_tally_begin(&tally, also(given, ask->n_entry_ids), out);
    for (size_t i = 0; i < ask->n_entry_ids; i++) {
        const struct contender *c = also(given, i);

        say_contender_assigned(given, c, out);
        judging_tally(&tally, c->next_round_code, &c->entrant_agency_id, -1);
    }
    judging_tally_say(&tally);
    return ACCEPTED;
}

void
judging_entries_assigned(void *state, const void *event)
{
    struct round *r = state;
    const Appraisal__EntriesAssigned *e = event;

    for (size_t i = 0; i < e->n_entries; i++)
        *(struct round_entry *) list_add(&r->entries) =
            (struct round_entry){ uuid_of(e->entries[i]->entry_id), e->entries[i]->entry_code };
    judging_remember_conflicts(&r->conflicts, e->conflicts, e->n_conflicts);
}
