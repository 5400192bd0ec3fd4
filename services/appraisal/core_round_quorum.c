/* services/appraisal/core_round_quorum.c - whether a council may propose a ranking: who is there, of how many. Pure:
 * no SQL, no sockets, no clock. */
#include "common/proto.h"
#include "services/appraisal/core.h"
#include "services/appraisal/judging.h"

#define WHOLE_BP INT64_C(10000)

static bool
is_named(const char **ids, size_t count, const struct uuid *person)
{
    for (size_t i = 0; i < count; i++) {
        struct uuid named = uuid_of(ids[i]);

        if (uuid_equal(&named, person))
            return true;
    }
    return false;
}

static bool
is_present(const Appraisal__ProposeRanking *ask, const struct uuid *person, size_t among)
{
    return is_named(ask->present_person_ids, among, person);
}

bool
judging_is_there(const struct round *r, int seat, const char **present, size_t count)
{
    LIST_EACH (const struct council_member, m, &r->members)
        if (m->seat == seat)
            return is_named(present, count, &m->person_id);
    return false;
}

/* Also where there is a conflict: none of them chooses anything, since the ranking is what the sheets give, to whoever
 * makes it. What leaves a choice is DecideTie's. */
bool
judging_leads(const struct given *given, const char **present, size_t count)
{
    const struct round *r = given->state;
    const struct uuid *person = &given->actor->person;

    if (judging_has_seat(&r->members, SEAT(VICE_CHAIR), person))
        return count > 0 && (!judging_is_there(r, SEAT(CHAIR), present, count) ||
                             !judging_is_there(r, SEAT(SECRETARY), present, count));
    return judging_has_seat(&r->members, SEAT(CHAIR), person) ||
           judging_has_seat(&r->members, SEAT(SECRETARY), person);
}

static int
judge_present(const struct round *r, const Appraisal__ProposeRanking *ask, size_t nth,
              struct events *out)
{
    struct uuid person = uuid_of(ask->present_person_ids[nth]);
    const char *field = arena_format(out->arena, "present_person_ids[%zu]", nth);

    if (!judging_is_member(&r->members, &person))
        return wrong(out, NO(NOT_A_MEMBER), field, "is no member of the council");
    if (is_present(ask, &person, nth))
        return wrong(out, NO(SITS_TWICE), field, "is named before");
    return ACCEPTED;
}

static bool
counts(const struct round *r, const struct council_member *member)
{
    return r->rules->counting_base != SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_JUDGES ||
           judging_judges(member);
}

/* Parts of a person count as a whole one. */
static int
judge_number(const struct round *r, const Appraisal__ProposeRanking *ask, struct events *out)
{
    int64_t base = 0, present = 0, quorum;

    LIST_EACH (const struct council_member, m, &r->members) {
        base += counts(r, m);
        present += counts(r, m) && is_present(ask, &m->person_id, ask->n_present_person_ids);
    }
    quorum = (base * r->rules->quorum_bp + WHOLE_BP - 1) / WHOLE_BP;
    if (present < quorum)
        return wrong(out, NO(NO_QUORUM), "present_person_ids",
                     "are %lld of %lld that count, and %lld must be there", (long long) present,
                     (long long) base, (long long) quorum);
    return ACCEPTED;
}

int
judging_judge_quorum(const struct given *given, const Appraisal__ProposeRanking *ask,
                     struct events *out)
{
    const struct round *r = given->state;

    for (size_t i = 0; i < ask->n_present_person_ids; i++) {
        int refusal = judge_present(r, ask, i, out);

        if (refusal)
            return refusal;
    }
    if (!is_present(ask, &given->actor->person, ask->n_present_person_ids))
        return wrong(out, NO(NO_QUORUM), "present_person_ids", "leave out who proposes");
    if (!appraisal_is_dated(ask->minutes))
        return wrong(out, NO(BAD_DATE), "minutes.issued_on", "there is no such day");
    return judge_number(r, ask, out);
}

Appraisal__Deliberation *
judging_say_deliberation(const Appraisal__ProposeRanking *ask, struct events *out)
{
    Appraisal__Deliberation *said = proto_new(out->arena, ON(deliberation));

    said->n_present_person_ids = ask->n_present_person_ids;
    said->present_person_ids = ask->present_person_ids;
    said->minutes = ask->minutes;
    return said;
}
