/* tests/model/simulation/check_judging.c - contests, who may be judged in them, councils; and how all of it goes with
 * what submissions knows: R-E3, R-F4, R-E6. */
#include "tests/model/simulation/rounds.h"

#include "sangkien/submissions/v1/types.pb-c.h"

static const char contest_what[] = "contest", council_what[] = "council", round_what[] = "round",
                  contender_what[] = "contender", standing_what[] = "standing";

struct contest_note *
contest_note_of(const struct fact *fact, struct uuid id)
{
    struct contest_note *c = note_of(contest_what, fact->programme, id, sizeof(*c));

    if (!c->contenders.arena)
        list_init(&c->contenders, sim.arena, sizeof(struct uuid));
    return c;
}

struct council_note *
council_note_of(const struct fact *fact, struct uuid id)
{
    struct council_note *c = note_of(council_what, fact->programme, id, sizeof(*c));

    if (!c->bars.arena)
        list_init(&c->bars, sim.arena, sizeof(struct bar));
    return c;
}

struct round_note *
round_note_of(const struct tenant *programme, struct uuid id)
{
    struct round_note *r = note_of(round_what, programme, id, sizeof(*r));

    if (!r->bars.arena) {
        r->id = id;
        list_init(&r->members, sim.arena, sizeof(struct uuid));
        list_init(&r->entries, sim.arena, sizeof(struct uuid));
        list_init(&r->bars, sim.arena, sizeof(struct bar));
        list_init(&r->sheets, sim.arena, sizeof(struct sheet_note *));
    }
    return r;
}

struct contender_note *
contender_note_of(const struct tenant *programme, struct uuid id)
{
    struct contender_note *c = note_of(contender_what, programme, id, sizeof(*c));

    if (!c->authors.arena) {
        list_init(&c->partners, sim.arena, sizeof(struct uuid));
        list_init(&c->authors, sim.arena, sizeof(struct uuid));
    }
    return c;
}

struct standing_note *
standing_of(const struct fact *fact, struct uuid edition, const char *code, const char *cluster)
{
    const char *name = arena_format(sim.step, "%s %s %s", id_of(edition), code, cluster);

    return note_of(standing_what, fact->programme, uuid_derive("standing", name, strlen(name)),
                   sizeof(struct standing_note));
}

bool
is_barred(const struct list *bars, struct uuid person, struct uuid entry)
{
    LIST_EACH (const struct bar, bar, bars)
        if (uuid_equal(&bar->person, &person) && uuid_equal(&bar->entry, &entry))
            return true;
    return false;
}

/* ------------------------------------------------------------------ contests */

void
learn_contest_noted(const struct fact *fact, const void *event)
{
    const Appraisal__ContestNoted *e = event;
    struct digest rules = digest_from(e->rules_digest);
    const struct edition_note *edition = edition_note_of(fact, fact->row->aggregate);

    MUST("R-G7", edition->is_published && digest_equal(&rules, &edition->rules),
         "edition %s is to be judged by other rules than were published", e->edition_id);
    contest_note_of(fact, fact->row->aggregate)->rules = e->rules;
}

void
learn_contest_ended(const struct fact *fact, const void *event)
{
    (void) event;
    contest_note_of(fact, fact->row->aggregate)->is_over = true;
    MUST("R-G4", edition_note_of(fact, fact->row->aggregate)->is_over,
         "the contest %s is over, and its edition goes on", id_of(fact->row->aggregate));
}

/* ------------------------------------------------------------------ contenders */

static struct contender_note *
its_contender(const struct fact *fact)
{
    return contender_note_of(fact->programme, fact->row->aggregate);
}

void
learn_contender_noted(const struct fact *fact, const void *event)
{
    const Appraisal__ContenderNoted *e = event;
    struct contender_note *c = its_contender(fact);

    c->is_known = true;
    c->entrant = uuid_of(e->entrant_agency_id);
    *(struct uuid *) list_add(&contest_note_of(fact, uuid_of(e->edition_id))->contenders) =
        fact->row->aggregate;
    for (size_t i = 0; i < e->n_author_ids; i++)
        *(struct uuid *) list_add(&c->authors) = uuid_of(e->author_ids[i]);
    for (size_t i = 0; i < e->n_co_entrant_ids; i++)
        *(struct uuid *) list_add(&c->partners) = uuid_of(e->co_entrant_ids[i]);
}

void
learn_contender_assigned(const struct fact *fact, const void *event)
{
    const Appraisal__ContenderAssigned *e = event;
    struct contender_note *c = its_contender(fact);

    MUST("ONE_ROUND", !c->is_in_round && !c->is_gone, "entry %s is in two rounds", e->entry_id);
    c->is_in_round = true;
    c->round = uuid_of(e->round_id);
}

static void
leave_round(const struct fact *fact, const char *round_id)
{
    struct contender_note *c = its_contender(fact);
    struct uuid round = uuid_of(round_id);

    /* An annulled round takes back also who had left it. */
    MUST("ONE_ROUND", !c->is_in_round || uuid_equal(&c->round, &round),
         "entry %s left a round that it was not in", id_of(fact->row->aggregate));
    c->is_in_round = false;
}

void
learn_contender_passed(const struct fact *fact, const void *event)
{
    const Appraisal__ContenderPassed *e = event;

    leave_round(fact, e->round_id);
    its_contender(fact)->next = e->next_round_code;
    its_contender(fact)->is_out = false;
}

void
learn_contender_out(const struct fact *fact, const void *event)
{
    leave_round(fact, ((const Appraisal__ContenderOut *) event)->round_id);
    its_contender(fact)->is_out = true;
}

void
learn_contender_gone(const struct fact *fact, const void *event)
{
    struct contender_note *c = its_contender(fact);

    (void) event;
    MUST("R-F4", entry_note_of(fact, fact->row->aggregate)->is_withdrawn,
         "entry %s is gone, and nobody withdrew or disqualified it", id_of(fact->row->aggregate));
    c->is_in_round = false;
    c->is_gone = true;
}

/* ------------------------------------------------------------------ councils */

static size_t
count_seats(const Appraisal__CouncilConstituted *e, Appraisal__PanelSeat seat)
{
    size_t count = 0;

    for (size_t i = 0; i < e->n_members; i++)
        count += e->members[i]->seat == seat;
    return count;
}

void
learn_council_constituted(const struct fact *fact, const void *event)
{
    const Appraisal__CouncilConstituted *e = event;

    MUST("R-A2",
         e->n_members >= 3 && count_seats(e, APPRAISAL__PANEL_SEAT__PANEL_SEAT_CHAIR) == 1 &&
             count_seats(e, APPRAISAL__PANEL_SEAT__PANEL_SEAT_SECRETARY) == 1,
         "council %s has too few members, or not one chair and one secretary", e->council_id);
    MUST("R-A2", count_seats(e, APPRAISAL__PANEL_SEAT__PANEL_SEAT_VICE_CHAIR) <= 1,
         "council %s has two vice-chairs", e->council_id);
    for (size_t i = 0; i < e->n_members; i++)
        MUST("R-E3", !check_runs_system(uuid_of(e->members[i]->person_id)),
             "%s runs the system, and sits on council %s", e->members[i]->person_id, e->council_id);
    for (size_t i = 0; i < e->n_members; i++)
        for (size_t n = 0; n < i; n++)
            MUST("R-E4", strcmp(e->members[i]->person_id, e->members[n]->person_id) != 0,
                 "%s sits twice", e->members[i]->person_id);
    (void) council_note_of(fact, fact->row->aggregate);
}

void
learn_conflicts_declared(const struct fact *fact, const void *event)
{
    const Appraisal__ConflictsDeclared *e = event;
    struct council_note *c = council_note_of(fact, fact->row->aggregate);
    struct uuid person = uuid_of(e->person_id);

    MUST("R-E4", uuid_equal(&person, &fact->row->actor), "%s declared for somebody else",
         id_of(fact->row->actor));
    for (size_t i = 0; i < e->n_entry_ids; i++)
        *(struct bar *) list_add(&c->bars) = (struct bar){ person, uuid_of(e->entry_ids[i]) };
}

void
learn_council_round_noted(const struct fact *fact, const void *event)
{
    const Appraisal__CouncilRoundNoted *e = event;
    struct council_note *c = council_note_of(fact, fact->row->aggregate);

    if (e->is_over)
        c->at_work--;
    else
        c->at_work++;
}

void
learn_council_dissolved(const struct fact *fact, const void *event)
{
    (void) event;
    MUST("R-A2", council_note_of(fact, fact->row->aggregate)->at_work == 0,
         "council %s was let go in the middle of a round", id_of(fact->row->aggregate));
}

/* ------------------------------------------------------------------ when all is heard */

#define ENTRY(state) (1U << SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_##state)
#define GONE (ENTRY(WITHDRAWN) | ENTRY(DISQUALIFIED))
#define PLACED (ENTRY(FINALIST) | ENTRY(AWARDED) | ENTRY(NOT_AWARDED))

/* In which states an entry may be, given the contender's. An annulled result ends as ELIMINATED, and GONE here. */
static unsigned
fitting(int contender)
{
    switch (contender) {
    case APPRAISAL__CONTENDER_STATE__CONTENDER_STATE_READY:
        return ENTRY(REGISTERED) | ENTRY(IN_ROUND) | ENTRY(FINALIST);
    case APPRAISAL__CONTENDER_STATE__CONTENDER_STATE_IN_ROUND:
        return ENTRY(REGISTERED) | ENTRY(IN_ROUND) | ENTRY(FINALIST);
    case APPRAISAL__CONTENDER_STATE__CONTENDER_STATE_OUT:
        return ENTRY(ELIMINATED) | PLACED;
    default:
        return GONE | ENTRY(ELIMINATED);
    }
}

static void
check_contender(const struct tenant *programme, const struct stored *row,
                const struct kind *entries)
{
    const struct fact fact = { .programme = programme };
    const struct entry_note *n = entry_note_of(&fact, row->key.id);
    const struct stored *entry = stored_find(programme, entries, &row->key.id);
    bool is_gone = row->state->state == APPRAISAL__CONTENDER_STATE__CONTENDER_STATE_GONE;

    MUST("R-F4", is_gone == n->is_withdrawn, "entry %s is gone, or not, in one place only",
         id_of(row->key.id));
    MUST("R-G4",
         edition_note_of(&fact, n->edition)->is_over ||
             (entry && 1U << entry->state->state & fitting(row->state->state)),
         "entry %s stands in state %d, and the contender in %d", id_of(row->key.id),
         entry ? entry->state->state : 0, row->state->state);
}

void
check_rest(void)
{
    const struct kind *contenders = kind_named("contender"), *entries = kind_named("entry");
    const struct kind *rounds = kind_named("round");

    for (size_t p = 1; p < PROGRAMMES; p++) {
        const struct list *rows = &sim.programmes[p].stored[kind_number(contenders)];

        for (size_t i = 0; i < rows->count; i++)
            check_contender(&sim.programmes[p], stored_at(rows, i), entries);
        rows = &sim.programmes[p].stored[kind_number(rounds)];
        for (size_t i = 0; i < rows->count; i++)
            check_jury(&sim.programmes[p],
                       round_note_of(&sim.programmes[p], stored_at(rows, i)->key.id));
    }
}
