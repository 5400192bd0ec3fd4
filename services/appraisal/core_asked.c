/* services/appraisal/core_asked.c - who may ask about councils, rounds and sheets, and the ranking made
 * anew. Pure: no SQL, no sockets, no clock. */
#include "common/proto.h"
#include "services/appraisal/judging.h"

/* Those who read the whole programme, and whoever holds a local contest. */
static bool
oversees(const struct given *given, const struct uuid *organiser)
{
    return authority_reads_all(given->authority, &given->actor->agency, given->programme,
                               given->now_us) ||
           uuid_equal(organiser, &given->actor->agency);
}

bool
judging_may_see_council(const struct given *given)
{
    const struct council *c = given->state;

    return oversees(given, &c->organiser_agency_id) ||
           judging_is_member(&c->members, &given->actor->person);
}

/* Whoever holds the contest; in an edition of the programme, one who organises there. */
static bool
organises(const struct given *given, const struct uuid *organiser)
{
    unsigned roles = MAY(OWNER) | MAY(ORGANISER) | MAY(STANDING);

    return uuid_is_nil(organiser) ? authority_agency_holds(given->authority, &given->actor->agency,
                                                           roles, given->programme, given->now_us)
                                  : uuid_equal(organiser, &given->actor->agency);
}

/* By name: whoever looks into what others gave is not a whole agency. */
static bool
audits(const struct given *given)
{
    return authority_holds(given->authority, &given->actor->person, MAY(AUDITOR), given->programme,
                           given->now_us);
}

/* What members declare tells whose the entries are. */
void
judging_show_council(const struct given *given, void *state)
{
    struct council *c = state;
    const struct uuid *person = &given->actor->person;
    bool is_member = judging_is_member(&c->members, person);
    size_t count = 0;

    if (!is_member &&
        (organises(given, &c->organiser_agency_id) || (audits(given) && !judging_is_at_work(c))))
        return;
    LIST_EACH (const struct conflict, conflict, &c->conflicts)
        if (is_member && uuid_equal(&conflict->person_id, person))
            *(struct conflict *) list_at(&c->conflicts, count++) = *conflict;
    c->conflicts.count = count;
}

bool
judging_may_see_round(const struct given *given)
{
    const struct round *r = given->state;

    return oversees(given, &r->organiser_agency_id) ||
           judging_is_member(&r->members, &given->actor->person);
}

static bool
is_own(const struct given *given)
{
    const struct score_sheet *sheet = given->state;

    return uuid_equal(&sheet->person_id, &given->actor->person);
}

bool
judging_may_see_sheet(const struct given *given)
{
    return is_own(given) || audits(given);
}

void
judging_need_round_of_sheet(const struct given *given, const void *ask, struct keys *keys)
{
    const struct score_sheet *sheet = given->state;

    (void) ask;
    need(keys, &round_kind, sheet->round_id);
}

static bool
is_over(const struct round *r)
{
    return r->self.state == ROUND(CONFIRMED) || r->self.state == ROUND(ANNULLED);
}

/* An auditor who was a member is one of those whom the others' sheets do not concern. */
bool
judging_hides_sheet(const struct given *given)
{
    const struct round *r = also(given, 0);

    return !is_own(given) && (!is_over(r) || judging_is_member(&r->members, &given->actor->person));
}

/* ------------------------------------------------------------------ what is judged */

bool
judging_may_see_entry(const struct given *given)
{
    const struct score_sheet *sheet = given->state;

    return is_own(given) && sheet->self.state != SHEET(EXCUSED);
}

void
judging_need_judged_entry(const struct given *given, const void *ask, struct keys *keys)
{
    const struct score_sheet *sheet = given->state;

    judging_need_round_of_sheet(given, ask, keys);
    need(keys, &contender_kind, sheet->entry_id);
}

static void
show_evidence(const struct contender *c, struct arena *arena, Appraisal__JudgedEntry *shown)
{
    shown->evidence = arena_zero(arena, (c->evidence.count + 1) * sizeof(*shown->evidence));
    LIST_EACH (const struct exhibit, e, &c->evidence) {
        Submissions__Evidence *cited = proto_new(arena, OF(submissions, evidence));

        cited->kind = (Submissions__EvidenceKind) e->kind;
        cited->name = e->name;
        cited->uri = e->uri;
        cited->sha256 = proto_digest(arena, &e->sha256);
        cited->size_bytes = e->size_bytes;
        cited->media_type = e->media_type;
        shown->evidence[shown->n_evidence++] = cited;
    }
}

/* Of a blind round never: it may be held again, and a later one may be blind too. When judging has ended, whose an entry
 * is can be read where it is kept. */
static void
show_whose(const struct contender *c, struct arena *arena, Appraisal__JudgedEntry *shown)
{
    shown->entrant_agency_id = uuid_text(arena, &c->entrant_agency_id);
    shown->team = c->team;
    shown->co_entrants =
        arena_zero(arena, (c->co_entrants.count + 1) * sizeof(*shown->co_entrants));
    LIST_EACH (const struct co_entrant, partner, &c->co_entrants) {
        Submissions__CoEntrant *named = proto_new(arena, OF(submissions, co_entrant));

        named->agency_id = uuid_text(arena, &partner->agency_id);
        shown->co_entrants[shown->n_co_entrants++] = named;
    }
}

void
judging_show_entry(const struct given *given, const void *ask, struct arena *arena, void *response)
{
    const struct round *r = also(given, 0);
    const struct contender *c = also(given, 1);
    Appraisal__GetJudgedEntryResponse *answer = response;
    Appraisal__JudgedEntry *shown = proto_new(arena, ON(judged_entry));

    (void) ask;
    shown->entry_id = uuid_text(arena, &c->self.id);
    shown->entry_code = c->entry_code;
    shown->title = c->title;
    shown->summary = c->summary;
    shown->track = c->track;
    show_evidence(c, arena, shown);
    if (!r->rules->is_blind)
        show_whose(c, arena, shown);
    answer->judged_entry = shown;
}

/* Until it is confirmed, a ranking is the business of the two who must stand behind it, and of whoever may have to decide
 * a tie for the chair. */
bool
judging_may_recompute(const struct given *given)
{
    const struct round *r = given->state;
    const struct uuid *person = &given->actor->person;

    if (r->self.state == ROUND(CONFIRMED))
        return judging_may_see_round(given);
    return r->self.state == ROUND(DELIBERATION) &&
           (judging_has_seat(&r->members, SEAT(CHAIR), person) ||
            judging_has_seat(&r->members, SEAT(VICE_CHAIR), person) ||
            judging_has_seat(&r->members, SEAT(SECRETARY), person));
}

void
judging_recompute(const struct given *given, const void *ask, struct arena *arena, void *response)
{
    const struct round *r = given->state;
    Appraisal__RecomputeRankingResponse *answer = response;
    struct digest digest;
    struct bytes bytes;

    (void) ask;
    if (judging_make_ranking(given, arena, &answer->ranking))
        return; /* an entry went away, and what is left cannot be ranked: it is not the same */
    digest = ranking_digest(arena, answer->ranking);
    bytes = arena_bytes(arena, digest.bytes, sizeof(digest.bytes));
    answer->ranking_digest =
        (ProtobufCBinaryData){ bytes.size, (uint8_t *) (uintptr_t) bytes.data };
    answer->is_same = digest_equal(&digest, &r->ranking_digest);
}
