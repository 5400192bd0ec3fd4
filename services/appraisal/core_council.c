/* services/appraisal/core_council.c - who judges a contest, and what keeps them from judging an entry.
 * Pure: no SQL, no sockets, no clock. */
#include "common/proto.h"
#include "services/appraisal/core.h"
#include "services/appraisal/judging.h"

enum { LEAST_COUNCIL = 3 };

bool
judging_has_seat(const struct list *members, int seat, const struct uuid *person)
{
    LIST_EACH (const struct council_member, m, members)
        if (m->seat == seat && uuid_equal(&m->person_id, person))
            return true;
    return false;
}

bool
judging_is_member(const struct list *members, const struct uuid *person)
{
    LIST_EACH (const struct council_member, m, members)
        if (uuid_equal(&m->person_id, person))
            return true;
    return false;
}

const struct conflict *
judging_conflict(const struct list *conflicts, const struct uuid *person, const struct uuid *entry)
{
    LIST_EACH (const struct conflict, c, conflicts)
        if (uuid_equal(&c->person_id, person) && uuid_equal(&c->entry_id, entry))
            return c;
    return NULL;
}

size_t
judging_count_judges(const struct list *members)
{
    size_t count = 0;

    LIST_EACH (const struct council_member, m, members)
        count += judging_judges(m);
    return count;
}

bool
judging_is_named_before(const char *const *entry_ids, size_t nth, const struct uuid *entry)
{
    for (size_t i = 0; i < nth; i++) {
        struct uuid other = uuid_of(entry_ids[i]);

        if (uuid_equal(&other, entry))
            return true;
    }
    return false;
}

/* ------------------------------------------------------------------ constituting */

static void
its_contest(const struct given *given, const void *message, struct keys *keys)
{
    const Appraisal__ConstituteCouncil *ask = message;

    (void) given;
    need(keys, &contest_kind, uuid_of(ask->edition_id));
}

static size_t
count_seats(const Appraisal__ConstituteCouncil *ask, int seat)
{
    size_t count = 0;

    for (size_t i = 0; i < ask->n_members; i++)
        count += ask->members[i]->seat == (Appraisal__PanelSeat) seat;
    return count;
}

/* May the nth person sit, given those before? */
static int
judge_member(const struct given *given, const Appraisal__ConstituteCouncil *ask, size_t nth,
             struct events *out)
{
    struct uuid person = uuid_of(ask->members[nth]->person_id);
    const char *field = arena_format(out->arena, "members[%zu].person_id", nth);

    if (!authority_agency_of(given->authority, &person))
        return wrong(out, NO(UNKNOWN_PERSON), field, "is nobody whom the directory knows");
    if (authority_is_operator(given->authority, &person))
        return wrong(out, NO(OPERATOR_ON_COUNCIL), field, "runs the system");
    for (size_t i = 0; i < nth; i++) {
        struct uuid other = uuid_of(ask->members[i]->person_id);

        if (uuid_equal(&other, &person))
            return wrong(out, NO(SITS_TWICE), field, "has a seat already");
    }
    return ACCEPTED;
}

static int
judge_members(const struct given *given, const Appraisal__ConstituteCouncil *ask,
              struct events *out)
{
    if (ask->n_members < LEAST_COUNCIL)
        return wrong(out, NO(COUNCIL_TOO_SMALL), "members", "are fewer than %d", LEAST_COUNCIL);
    if (count_seats(ask, SEAT(CHAIR)) != 1 || count_seats(ask, SEAT(SECRETARY)) != 1 ||
        count_seats(ask, SEAT(VICE_CHAIR)) > 1)
        return wrong(
            out, NO(PANEL_SEATS), "members",
            "are not exactly one chair, one secretary, at most one vice-chair, and others");
    for (size_t i = 0; i < ask->n_members; i++) {
        int refusal = judge_member(given, ask, i, out);

        if (refusal)
            return refusal;
    }
    return ACCEPTED;
}

static int
constitute_council(const struct given *given, const void *message, struct events *out)
{
    const struct contest *contest = also(given, 0);
    const Appraisal__ConstituteCouncil *ask = message;
    Appraisal__CouncilConstituted *said;
    int refusal = judging_judge_contest(contest);

    if (!refusal)
        refusal = judging_judge_organiser(given, &contest->organiser_agency_id);
    if (!refusal)
        refusal = judge_members(given, ask, out);
    if (refusal)
        return refusal;
    if (!appraisal_is_dated(ask->document))
        return wrong(out, NO(BAD_DATE), "document.issued_on", "there is no such day");

    said = new_event(out, ON(council_constituted));
    said->council_id = id_text(out, &given->subject);
    said->edition_id = ask->edition_id;
    said->n_members = ask->n_members;
    said->members = ask->members;
    said->document = ask->document;
    said->organiser_agency_id = id_text(out, &contest->organiser_agency_id);
    return ACCEPTED;
}

static void
council_constituted(void *state, const void *event)
{
    struct council *c = state;
    const Appraisal__CouncilConstituted *e = event;

    c->edition_id = uuid_of(e->edition_id);
    c->document = e->document;
    c->organiser_agency_id = uuid_of(e->organiser_agency_id);
    for (size_t i = 0; i < e->n_members; i++) {
        struct council_member *member = list_add(&c->members);

        member->person_id = uuid_of(e->members[i]->person_id);
        member->seat = (int) e->members[i]->seat;
    }
}

/* ------------------------------------------------------------------ conflicts */

static const char **
new_ones(const struct given *given, const Appraisal__DeclareConflicts *ask, struct events *out,
         size_t *ret_count)
{
    const struct council *c = given->state;
    const char **ids = arena_zero(out->arena, (ask->n_entry_ids + 1) * sizeof(*ids));
    size_t count = 0;

    for (size_t i = 0; i < ask->n_entry_ids; i++) {
        struct uuid entry = uuid_of(ask->entry_ids[i]);

        if (!judging_conflict(&c->conflicts, &given->actor->person, &entry) &&
            !judging_is_named_before(ask->entry_ids, i, &entry))
            ids[count++] = ask->entry_ids[i];
    }
    *ret_count = count;
    return ids;
}

static size_t
count_declared(const struct council *c, const struct uuid *person)
{
    size_t count = 0;

    LIST_EACH (const struct conflict, conflict, &c->conflicts)
        count += uuid_equal(&conflict->person_id, person);
    return count;
}

/* Of what a council holds: nobody can take the others' room to declare. */
static size_t
share_of_each(const struct council *c)
{
    return MOST_DECLARED / c->members.count;
}

static int
declare_conflicts(const struct given *given, const void *message, struct events *out)
{
    const struct council *c = given->state;
    const Appraisal__DeclareConflicts *ask = message;
    Appraisal__ConflictsDeclared *said;
    const char **ids;
    size_t count;

    if (!judging_is_member(&c->members, &given->actor->person))
        return NO(NOT_A_MEMBER);
    ids = new_ones(given, ask, out, &count);
    if (count_declared(c, &given->actor->person) + count > share_of_each(c))
        return wrong(out, NO(TOO_MANY_ENTRIES), "entry_ids", "make more than %zu of one member",
                     share_of_each(c));

    said = new_event(out, ON(conflicts_declared));
    said->council_id = id_text(out, &given->subject);
    said->person_id = id_text(out, &given->actor->person);
    said->n_entry_ids = count;
    said->entry_ids = ids;
    return ACCEPTED;
}

static bool
has_declared(const struct council *c, const struct uuid *person)
{
    LIST_EACH (const struct declarant, d, &c->declarants)
        if (uuid_equal(&d->person_id, person))
            return true;
    return false;
}

static void
conflicts_declared(void *state, const void *event)
{
    struct council *c = state;
    const Appraisal__ConflictsDeclared *e = event;
    struct uuid person = uuid_of(e->person_id);

    for (size_t i = 0; i < e->n_entry_ids; i++)
        *(struct conflict *) list_add(&c->conflicts) =
            (struct conflict){ person, uuid_of(e->entry_ids[i]), CONFLICT(DECLARED) };
    if (!has_declared(c, &person))
        ((struct declarant *) list_add(&c->declarants))->person_id = person;
}

/* ------------------------------------------------------------------ its rounds, and its end */

static void
council_round_noted(void *state, const void *event)
{
    struct council *c = state;
    const Appraisal__CouncilRoundNoted *e = event;

    *(struct council_round *) list_add(&c->rounds) =
        (struct council_round){ uuid_of(e->round_id), e->is_over != 0 };
}

/* Each round has one row when it is planned, and one when it is over. */
bool
judging_is_at_work(const struct council *c)
{
    size_t begun = 0, over = 0;

    LIST_EACH (const struct council_round, r, &c->rounds) {
        begun += !r->is_over;
        over += r->is_over;
    }
    return begun > over;
}

static int
dissolve_council(const struct given *given, const void *message, struct events *out)
{
    const struct council *c = given->state;
    const Appraisal__DissolveCouncil *ask = message;
    Appraisal__CouncilDissolved *said;
    int refusal = judging_judge_organiser(given, &c->organiser_agency_id);

    if (refusal)
        return refusal;
    if (judging_is_at_work(c))
        return NO(COUNCIL_AT_WORK);

    said = new_event(out, ON(council_dissolved));
    said->council_id = id_text(out, &given->subject);
    said->reason = ask->reason;
    return ACCEPTED;
}

/* clang-format off */
static const struct handler council_handlers[] = {
    /* message                who may                                                          decide              birth       also locks */
    { ON(constitute_council), MAY(ORGANISER) | MAY(STANDING) | MAY(CLERK) | MAY(ENTRANT_HEAD), constitute_council, CREATES,    its_contest },
    { ON(declare_conflicts),  ANYBODY,                                                         declare_conflicts,  MUST_EXIST },
    { ON(dissolve_council),   MAY(ORGANISER) | MAY(STANDING) | MAY(CLERK) | MAY(ENTRANT_HEAD), dissolve_council,   MUST_EXIST },
    { 0 },
};

static const struct transition council_transitions[] = {
    /* from                  when                     to                    remember             because */
    { NOTHING,               ON(council_constituted), COUNCIL(CONSTITUTED), council_constituted, "the organiser named who judges" },
    { COUNCIL(CONSTITUTED),  ON(conflicts_declared),  COUNCIL(CONSTITUTED), conflicts_declared,  "a member said which entries it cannot judge, or that there are none" },
    { COUNCIL(CONSTITUTED),  ON(council_round_noted), COUNCIL(CONSTITUTED), council_round_noted, "a round of the council began, or is over" },
    { COUNCIL(CONSTITUTED),  ON(council_dissolved),   COUNCIL(DISSOLVED),   NULL,                "the organiser let it go, with no round under way" },
    { 0 },
};
/* clang-format on */

const struct kind council_kind = {
    .name = "council",
    .states = &appraisal__council_state__descriptor,
    .table = &council_table,
    .handlers = council_handlers,
    .transitions = council_transitions,
};
