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

bool
judging_may_see_round(const struct given *given)
{
    const struct round *r = given->state;

    return oversees(given, &r->organiser_agency_id) ||
           judging_is_member(&r->members, &given->actor->person);
}

bool
judging_may_see_sheet(const struct given *given)
{
    const struct score_sheet *sheet = given->state;

    return uuid_equal(&sheet->person_id, &given->actor->person);
}

/* Until it is confirmed, a ranking is the business of the two who must stand behind it. */
bool
judging_may_recompute(const struct given *given)
{
    const struct round *r = given->state;
    const struct uuid *person = &given->actor->person;

    if (r->self.state == ROUND(CONFIRMED))
        return judging_may_see_round(given);
    return r->self.state == ROUND(DELIBERATION) &&
           (judging_has_seat(&r->members, SEAT(CHAIR), person) ||
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
