/* tests/model/simulation/commands_judging.c - councils, and rounds up to their beginning; and how they are annulled. */
#include "tests/model/simulation/commands_judging.h"

static const void *
about(struct draft *d, const struct kind *kind, unsigned states)
{
    const struct stored *row = stored_in(d->programme, kind, states);

    if (!row)
        return NULL;
    d->subject = row->key.id;
    return row->state;
}

/* Whoever organises speaks. */
static void
spoken_by_organiser(struct draft *d, const struct uuid *organiser)
{
    if (uuid_is_nil(organiser))
        spoken_by(d, MAY(ORGANISER) | MAY(STANDING));
    else
        spoken_for(d, *organiser, MAY(CLERK) | MAY(ENTRANT_HEAD));
}

const struct contender *
contender_of(const struct draft *d, const struct uuid *id)
{
    const struct stored *row = stored_find(d->programme, &contender_kind, id);

    return row ? (const void *) row->state : NULL;
}

struct uuid
seated_in(const struct round *r, int seat)
{
    LIST_EACH (const struct council_member, m, &r->members)
        if (m->seat == seat && !often(15))
            return m->person_id;
    return any_person();
}

/* ------------------------------------------------------------------ councils */

static const struct contest *
a_contest(const struct draft *d, unsigned states)
{
    const struct stored *row = stored_in(d->programme, &contest_kind, states);

    return row ? (const void *) row->state : NULL;
}

/* One that can still judge, of the contest: the youngest, or none. */
static const struct council *
council_of(const struct draft *d, const struct contest *contest)
{
    const struct list *rows = &d->programme->stored[kind_number(&council_kind)];

    for (size_t i = rows->count; i-- > 0;) {
        const struct council *council = (const void *) stored_at(rows, i)->state;

        if (uuid_equal(&council->edition_id, &contest->self.id) &&
            council->self.state == COUNCIL(CONSTITUTED))
            return council;
    }
    return NULL;
}

static bool
is_named(Appraisal__CouncilMember *const *members, size_t count, const char *person_id)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(members[i]->person_id, person_id) == 0)
            return true;
    return false;
}

static void
add_members(Appraisal__ConstituteCouncil *m, size_t count)
{
    m->members = arena_zero(sim.step, count * sizeof(*m->members));
    while (m->n_members < count) {
        Appraisal__CouncilMember *member = proto_new(sim.step, ON(council_member));

        member->person_id = text_of(any_judge());
        member->seat = (Appraisal__PanelSeat) (m->n_members < 2 ? m->n_members + 1 : 3);
        if (m->n_members == 2 && often(500))
            member->seat = SEAT(VICE_CHAIR);
        if (often(15))
            member->seat = often(700) ? SEAT(CHAIR) : SEAT(VICE_CHAIR);
        if (!is_named(m->members, m->n_members, member->person_id) || often(30))
            m->members[m->n_members++] = member;
    }
}

/* One is enough for a contest, mostly. */
bool
constitute_council(struct draft *d)
{
    Appraisal__ConstituteCouncil *m = (void *) (uintptr_t) d->message;
    const struct contest *contest = a_contest(
        d, STATE(CONTEST(PUBLISHED)) | STATE(CONTEST(CLOSED)) | STATE(CONTEST(ENTRANTS_CONFIRMED)));

    if (!contest || (council_of(d, contest) && !often(40)))
        return false;
    m->edition_id = text_of(contest->self.id);
    add_members(m, often(30) ? 2 : 4 + any_of(2));
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DECISION);
    spoken_by_organiser(d, &contest->organiser_agency_id);
    return true;
}

static bool
has_declared(const struct council *council, const struct uuid *person)
{
    LIST_EACH (const struct declarant, declarant, &council->declarants)
        if (uuid_equal(&declarant->person_id, person))
            return true;
    return false;
}

/* One that was not heard yet. NULL: all were. */
static const struct council_member *
silent_member(const struct council *council)
{
    LIST_EACH (const struct council_member, member, &council->members)
        if (!has_declared(council, &member->person_id))
            return member;
    return NULL;
}

/* Of the same contest, but for some. */
static void
add_conflict(const struct draft *d, const struct council *council, Appraisal__DeclareConflicts *m)
{
    enum { TRIES = 8 };

    m->entry_ids = arena_zero(sim.step, sizeof(*m->entry_ids));
    for (int i = 0; i < TRIES && m->n_entry_ids == 0; i++) {
        const struct stored *row = any_stored(d->programme, &contender_kind, 0);
        const struct contender *c = row ? (const void *) row->state : NULL;

        if (c && (uuid_equal(&c->edition_id, &council->edition_id) || often(20)))
            m->entry_ids[m->n_entry_ids++] = text_of(c->self.id);
    }
}

/* Mostly that there is none; and at times later, of an entry that is judged already. */
bool
declare_conflicts(struct draft *d)
{
    Appraisal__DeclareConflicts *m = (void *) (uintptr_t) d->message;
    const struct council *council = about(d, &council_kind, STATE(COUNCIL(CONSTITUTED)));
    const struct council_member *member = council ? silent_member(council) : NULL;
    bool is_late = council && !member;
    bool is_at_work = council && council->rounds.count % 2;

    if (!council || (is_late && !often(is_at_work ? 40 : 3)))
        return false;
    if (is_late)
        member = list_at(&council->members, any_of(council->members.count));
    if (often(is_late ? 700 : 60))
        add_conflict(d, council, m);
    spoken_by_person(d, often(20) ? any_person() : member->person_id);
    return true;
}

bool
dissolve_council(struct draft *d)
{
    Appraisal__DissolveCouncil *m = (void *) (uintptr_t) d->message;
    const struct council *council = about(d, &council_kind, STATE(COUNCIL(CONSTITUTED)));

    if (!council || (council->rounds.count == 0 && !often(100)))
        return false;
    m->reason = "Hết nhiệm vụ.";
    spoken_by_organiser(d, &council->organiser_agency_id);
    return true;
}

/* ------------------------------------------------------------------ rounds */

static const struct contest *
contest_of(const struct draft *d, const struct round *r)
{
    const struct stored *row = stored_find(d->programme, &contest_kind, &r->edition_id);

    return row ? (const void *) row->state : NULL;
}

/* Is there nothing to wait for in the round of that cluster? */
static bool
is_over(const struct contest *contest, const char *round_code, const char *cluster_code)
{
    const struct contest_round *standing = judging_standing(contest, round_code, cluster_code);

    return (standing && standing->state == ROUND(CONFIRMED)) ||
           (*cluster_code && !judging_is_live(standing) &&
            judging_awaited_in(contest, round_code, cluster_code) == 0);
}

static bool
may_be_held(const struct contest *contest, const char *round_code, const char *cluster_code)
{
    const struct contest_round *standing = judging_standing(contest, round_code, cluster_code);

    return !standing || standing->state == ROUND(ANNULLED) || often(10);
}

static bool
choose_cluster(const struct contest *contest, Appraisal__PlanRound *m)
{
    const Submissions__EditionRules *rules = contest->rules;

    for (size_t c = 0; c < rules->n_clusters; c++) {
        m->cluster_code = rules->clusters[c]->code;
        if (!is_over(contest, m->round_code, m->cluster_code) &&
            may_be_held(contest, m->round_code, m->cluster_code))
            return true;
    }
    return false;
}

static bool
is_over_in_all(const struct contest *contest, const Submissions__RoundRules *round)
{
    if (round->stage != STAGE(CLUSTER))
        return is_over(contest, round->code, "");
    for (size_t c = 0; c < contest->rules->n_clusters; c++)
        if (!is_over(contest, round->code, contest->rules->clusters[c]->code))
            return false;
    return true;
}

/* The first one that is not over. */
static bool
choose_round(const struct contest *contest, Appraisal__PlanRound *m)
{
    const Submissions__EditionRules *rules = contest->rules;
    size_t nth = 0;

    while (nth < rules->n_rounds && is_over_in_all(contest, rules->rounds[nth]))
        nth++;
    if (nth == rules->n_rounds)
        return false;
    m->round_code = rules->rounds[nth]->code;
    return rules->rounds[nth]->stage == STAGE(CLUSTER) ? choose_cluster(contest, m)
                                                       : may_be_held(contest, m->round_code, "");
}

bool
plan_round(struct draft *d)
{
    Appraisal__PlanRound *m = (void *) (uintptr_t) d->message;
    const struct contest *contest =
        a_contest(d, STATE(CONTEST(CLOSED)) | STATE(CONTEST(ENTRANTS_CONFIRMED)));
    const struct council *council = contest ? council_of(d, contest) : NULL;

    if (!contest || !council || (council->declarants.count < council->members.count && !often(50)))
        return false;
    if (!choose_round(contest, m) ||
        (!judging_awaited_in(contest, m->round_code, m->cluster_code) && !often(60)))
        return false;
    if (often(15))
        m->round_code = "final";
    if (often(10))
        m->cluster_code = "even";
    m->edition_id = text_of(contest->self.id);
    m->council_id = text_of(council->self.id);
    spoken_by_organiser(d, &contest->organiser_agency_id);
    return true;
}

/* Is it one that the round is for? Others are asked for now and then. */
static bool
is_next(const struct contest *contest, const struct round *r, const struct contender *c)
{
    const char *next = *c->next_round_code ? c->next_round_code : contest->rules->rounds[0]->code;
    const Submissions__Cluster *cluster = judging_cluster_of(contest, &c->entrant_agency_id);

    if (!uuid_equal(&c->edition_id, &r->edition_id) || c->self.state != CONTENDER(READY) ||
        strcmp(next, r->round_code) != 0)
        return false;
    if (*r->cluster_code && (!cluster || strcmp(cluster->code, r->cluster_code) != 0))
        return often(60);
    LIST_EACH (const struct contender_author, author, &c->authors)
        if (!contest->jury_may_enter && judging_is_member(&r->members, &author->person_id))
            return often(20);
    return true;
}

bool
assign_to_round(struct draft *d)
{
    enum { MOST = 8 };
    Appraisal__AssignToRound *m = (void *) (uintptr_t) d->message;
    const struct list *rows = &d->programme->stored[kind_number(&contender_kind)];
    const struct round *r = about(d, &round_kind, STATE(ROUND(PLANNED)));
    const struct stored *contest =
        r ? stored_find(d->programme, &contest_kind, &r->edition_id) : NULL;

    if (!contest)
        return false;
    m->entry_ids = arena_zero(sim.step, MOST * sizeof(*m->entry_ids));
    for (size_t i = 0; i < rows->count && m->n_entry_ids < MOST; i++) {
        const struct contender *c = (const void *) stored_at(rows, i)->state;

        if (often(2) || (is_next((const void *) contest->state, r, c) && !often(50)))
            m->entry_ids[m->n_entry_ids++] = text_of(c->self.id);
    }
    spoken_by_organiser(d, &r->organiser_agency_id);
    return m->n_entry_ids > 0;
}

/* When everybody is in it, and at times before. */
bool
start_round(struct draft *d)
{
    Appraisal__StartRound *m = (void *) (uintptr_t) d->message;
    const struct round *r = about(d, &round_kind, STATE(ROUND(PLANNED)));
    const struct contest *contest = r ? contest_of(d, r) : NULL;

    if (!contest || (r->entries.count == 0 && !often(30)))
        return false;
    if ((contest->self.state != CONTEST(ENTRANTS_CONFIRMED) ||
         judging_awaited_in(contest, r->round_code, r->cluster_code)) &&
        !often(100))
        return false;
    m->due = any_deadline(often(30) ? -1 : 1, 5);
    spoken_by_organiser(d, &r->organiser_agency_id);
    return true;
}

/* Can it still be annulled? */
static bool
is_the_last(const struct draft *d, const struct round *r)
{
    const struct contest *contest = contest_of(d, r);
    size_t nth = 0;

    return contest && (!judging_judge_contest(contest) || r->self.state != ROUND(CONFIRMED)) &&
           judging_round_rules(contest, r->round_code, &nth) && !judging_later_began(contest, nth);
}

/* Rather one that was confirmed, and stands between two others; or one that stands still. NULL: none is found. */
static const struct round *
round_to_annul(struct draft *d)
{
    enum { TRIES = 6 };

    for (int i = 0; i < TRIES; i++) {
        const struct round *r = about(d, &round_kind, often(700) ? STATE(ROUND(CONFIRMED)) : 0);
        bool is_between = r && strcmp(r->round_code, "second") == 0;

        if (r && r->self.state == ROUND(PLANNED) && r->entries.count > 0 && !often(100))
            continue;
        if (r && r->self.state != ROUND(ANNULLED) && is_the_last(d, r) &&
            (is_between || often(300)))
            return r;
        if (r && often(10))
            return r;
    }
    return NULL;
}

bool
annul_round(struct draft *d)
{
    Appraisal__AnnulRound *m = (void *) (uintptr_t) d->message;

    if (!round_to_annul(d))
        return false;
    m->reason = "Sai quy chế.";
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DECISION);
    spoken_by(d, MAY(OWNER));
    return true;
}

static bool
is_under_way(const struct contest *contest)
{
    LIST_EACH (const struct contest_round, r, &contest->rounds)
        if (judging_is_live(judging_standing(contest, r->round_code, r->cluster_code)))
            return true;
    return false;
}

/* When nobody waits and something was judged; at times before, or where nobody came. */
bool
close_judging(struct draft *d)
{
    Appraisal__CloseJudging *m = (void *) (uintptr_t) d->message;
    const struct contest *contest = about(d, &contest_kind, STATE(CONTEST(ENTRANTS_CONFIRMED)));

    if (!contest)
        return false;
    if ((is_under_way(contest) || judging_awaited(contest)) && !often(10))
        return false;
    if (contest->rounds.count == 0 && !often(30))
        return false;
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DECISION);
    spoken_by_organiser(d, &contest->organiser_agency_id);
    return true;
}
