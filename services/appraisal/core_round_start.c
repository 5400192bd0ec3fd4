/* services/appraisal/core_round_start.c - who judges which entries of a round, and how it begins. Pure:
 * no SQL, no sockets, no clock. */
#include "common/proto.h"
#include "services/appraisal/core.h"
#include "services/appraisal/judging.h"

/* So many sheets keep RoundStarted below 40 KiB; a round of more derives them, as everybody can. */
enum { MOST_SHEETS_TOLD = 300 };

/* ------------------------------------------------------------------ sheets and their judges */

bool
judging_judges(const struct council_member *member)
{
    return member->seat != SEAT(SECRETARY);
}

struct uuid
judging_sheet_id(const struct uuid *round, const struct uuid *entry, const struct uuid *person)
{
    struct uuid parts[] = { *round, *entry, *person };

    return uuid_derive("score_sheet", parts, sizeof(parts));
}

static void
need_circle(const struct round *r, struct keys *keys)
{
    need(keys, &contest_kind, r->edition_id);
    need(keys, &council_kind, r->council_id);
    LIST_EACH (const struct round_entry, entry, &r->entries)
        need(keys, &contender_kind, entry->entry_id);
}

/* Also those that no member with a conflict ever gets: they are not there, and stay so. */
void
judging_need_sheets(const struct given *given, const void *message, struct keys *keys)
{
    const struct round *r = given->state;

    (void) message;
    if (!r) {
        need_state(keys);
        return;
    }
    need_circle(r, keys);
    LIST_EACH (const struct round_entry, entry, &r->entries)
        LIST_EACH (const struct council_member, m, &r->members)
            if (judging_judges(m))
                need(keys, &score_sheet_kind,
                     judging_sheet_id(&r->self.id, &entry->entry_id, &m->person_id));
}

const struct contest *
judging_contest(const struct given *given)
{
    return also(given, 0);
}

const struct council *
judging_council(const struct given *given)
{
    return also(given, 1);
}

const struct contender *
judging_contender(const struct given *given, size_t entry)
{
    return also(given, 2 + entry);
}

const struct score_sheet *
judging_next_sheet(const struct given *given, size_t entry, size_t *judge_p)
{
    const struct round *r = given->state;
    size_t judges = judging_count_judges(&r->members);

    while (*judge_p < judges) {
        const struct score_sheet *sheet =
            also(given, 2 + r->entries.count + entry * judges + (*judge_p)++);

        if (sheet->self.state != NOTHING)
            return sheet;
    }
    return NULL;
}

/* ------------------------------------------------------------------ starting */

/* Declared on the council since entries were assigned, or known from the directory by now; 0: nothing. */
static int
late_conflict(const struct given *given, const struct uuid *person, size_t entry)
{
    const struct round *r = given->state;
    const struct contender *c = judging_contender(given, entry);

    return judging_conflict(&r->conflicts, person, &c->self.id)
               ? 0
               : judging_conflict_of(given, judging_council(given), person, c);
}

/* As long as the directory tells an operator from others: nobody who runs the system judges. */
static bool
may_judge(const struct given *given, const struct council_member *m, size_t entry)
{
    return judging_judges(m) && !authority_is_operator(given->authority, &m->person_id) &&
           !judging_in_conflict(given, given->state, judging_council(given), &m->person_id,
                                judging_contender(given, entry));
}

static bool
is_gone(const struct given *given, size_t entry)
{
    return judging_contender(given, entry)->self.state != CONTENDER(IN_ROUND);
}

static int
judge_judges(const struct given *given, struct events *out)
{
    const struct round *r = given->state;
    int refusal = ACCEPTED;
    size_t there = 0;

    for (size_t i = 0; i < r->entries.count; i++) {
        const struct round_entry *entry = list_at(&r->entries, i);
        size_t judges = 0;

        if (is_gone(given, i))
            continue;
        if (judging_sits_wrongly(given, judging_contest(given), judging_contender(given, i)))
            return wrong(out, NO(AUTHOR_ON_COUNCIL), arena_format(out->arena, "entries[%zu]", i),
                         "was written by a member of the council");
        there++;
        LIST_EACH (const struct council_member, m, &r->members)
            judges += may_judge(given, m, i);
        if (judges < (size_t) r->rules->min_sheets)
            refusal = wrong(out, NO(TOO_FEW_JUDGES), arena_format(out->arena, "entries[%zu]", i),
                            "%s has %zu of %d judges without conflict", entry->entry_code, judges,
                            r->rules->min_sheets);
    }
    return there ? refusal : NO(NO_ENTRIES);
}

/* All entries are known, and none that is to be judged in this round is left out. */
static int
judge_completeness(const struct given *given, struct events *out)
{
    const struct round *r = given->state;
    const struct contest *contest = judging_contest(given);
    int32_t awaited = judging_awaited_in(contest, r->round_code, r->cluster_code);

    if (contest->self.state != CONTEST(ENTRANTS_CONFIRMED))
        return NO(ENTRANTS_NOT_CONFIRMED);
    if (awaited)
        return wrong(out, NO(CONTENDERS_UNASSIGNED), "entries",
                     "leave out %d that wait for this round", awaited);
    return ACCEPTED;
}

static int
judge_start(const struct given *given, const Appraisal__StartRound *ask, struct events *out,
            int64_t *ret_due_us)
{
    const struct round *r = given->state;
    int refusal = judging_judge_contest(judging_contest(given));

    if (!refusal)
        refusal = judging_judge_organiser(given, &r->organiser_agency_id);
    if (!refusal)
        refusal = judge_completeness(given, out);
    if (refusal)
        return refusal;
    if (!appraisal_end_of(ask->due, ret_due_us))
        return wrong(out, NO(BAD_DATE), "due.date", "there is no such day");
    if (*ret_due_us <= given->received_us)
        return wrong(out, NO(DUE_IN_PAST), "due", "is over already");
    return judge_judges(given, out);
}

static Appraisal__ConflictsNoted *
new_conflicts(const struct given *given, struct events *out)
{
    Appraisal__ConflictsNoted *said = new_event(out, ON(conflicts_noted));

    said->round_id = id_text(out, &given->subject);
    said->conflicts = arena_zero(out->arena, MOST_CONFLICTS * sizeof(*said->conflicts));
    return said;
}

/* Before the start, so that the round's own memory tells who judges. */
static void
say_late_conflicts(const struct given *given, struct events *out)
{
    const struct round *r = given->state;
    Appraisal__ConflictsNoted *said = NULL;

    for (size_t i = 0; i < r->entries.count; i++)
        LIST_EACH (const struct council_member, m, &r->members) {
            struct conflict late = { m->person_id, judging_contender(given, i)->self.id,
                                     late_conflict(given, &m->person_id, i) };

            if (!late.kind)
                continue;
            if (!said || said->n_conflicts == MOST_CONFLICTS)
                said = new_conflicts(given, out);
            said->conflicts[said->n_conflicts++] = judging_say_conflict(out, &late);
        }
}

static void
say_sheet(const struct given *given, const struct round_entry *entry,
          const struct council_member *m, Appraisal__RoundStarted *started, struct events *out)
{
    const struct uuid *agency = authority_agency_of(given->authority, &m->person_id);
    struct uuid id = judging_sheet_id(&given->subject, &entry->entry_id, &m->person_id);
    Appraisal__SheetAssigned *said = new_event_on(out, &score_sheet_kind, id, ON(sheet_assigned));

    said->sheet_id = id_text(out, &id);
    said->round_id = id_text(out, &given->subject);
    said->entry_id = id_text(out, &entry->entry_id);
    said->entry_code = entry->entry_code;
    said->person_id = id_text(out, &m->person_id);
    said->judge_agency_id = agency ? id_text(out, agency) : "";
    said->council_id = id_text(out, &((const struct round *) given->state)->council_id);
    if (started->n_sheets++ < MOST_SHEETS_TOLD) {
        Appraisal__RoundSheet *sheet = proto_new(out->arena, ON(round_sheet));

        sheet->sheet_id = said->sheet_id;
        sheet->entry_id = said->entry_id;
        sheet->person_id = said->person_id;
        started->sheets[started->n_sheets - 1] = sheet;
    }
}

static void
say_sheets(const struct given *given, Appraisal__RoundStarted *started, struct events *out)
{
    const struct round *r = given->state;

    started->entry_ids = arena_zero(out->arena, r->entries.count * sizeof(*started->entry_ids));
    started->sheets = arena_zero(out->arena, MOST_SHEETS_TOLD * sizeof(*started->sheets));
    for (size_t i = 0; i < r->entries.count; i++) {
        const struct round_entry *entry = list_at(&r->entries, i);

        if (is_gone(given, i))
            continue;
        started->entry_ids[started->n_entry_ids++] = id_text(out, &entry->entry_id);
        LIST_EACH (const struct council_member, m, &r->members)
            if (may_judge(given, m, i))
                say_sheet(given, entry, m, started, out);
    }
    if (started->n_sheets > MOST_SHEETS_TOLD)
        started->n_sheets = 0;
}

static void
say_judges(const struct round *r, Appraisal__RoundStarted *started, struct events *out)
{
    started->judge_ids = arena_zero(out->arena, r->members.count * sizeof(*started->judge_ids));
    LIST_EACH (const struct council_member, m, &r->members)
        if (judging_judges(m))
            started->judge_ids[started->n_judge_ids++] = id_text(out, &m->person_id);
}

int
judging_start_round(const struct given *given, const void *message, struct events *out)
{
    const struct round *r = given->state;
    const Appraisal__StartRound *ask = message;
    Appraisal__RoundStarted *started;
    int64_t due_us = 0;
    int refusal = judge_start(given, ask, out, &due_us);

    if (refusal)
        return refusal;

    say_late_conflicts(given, out);
    started = new_event(out, ON(round_started));
    started->round_id = id_text(out, &given->subject);
    started->edition_id = id_text(out, &r->edition_id);
    started->round_code = r->round_code;
    started->cluster_code = r->cluster_code;
    started->stage = (Submissions__RoundStage) r->stage;
    started->due_at = proto_time(out->arena, due_us);
    started->due = ask->due;
    started->is_blind = r->rules->is_blind;
    say_judges(r, started, out);
    say_sheets(given, started, out);
    return ACCEPTED;
}

void
judging_conflicts_noted(void *state, const void *event)
{
    struct round *r = state;
    const Appraisal__ConflictsNoted *e = event;

    judging_remember_conflicts(&r->conflicts, e->conflicts, e->n_conflicts);
}

void
judging_round_started(void *state, const void *event)
{
    struct round *r = state;
    const Appraisal__RoundStarted *e = event;

    r->due_at_us = proto_time_us(e->due_at);
}
