/* services/funding/core_ceiling.c - the ceiling: reserved at agreement, committed at the decision. */
#include <string.h>

#include "services/funding/core.h"

static int
change_ceiling(const struct budget_ceiling *ceiling, const Funding__SetCeiling *ask,
               struct events *out)
{
    Funding__CeilingChanged *changed;

    if (strcmp(ask->budget_source, ceiling->budget_source) != 0)
        return wrong(out, NO(CEILING_EXISTS), "budget_source",
                     "this ceiling is for another source");
    if (ask->fiscal_year != ceiling->fiscal_year)
        return wrong(out, NO(OTHER_FISCAL_YEAR), "fiscal_year", "this ceiling is for the year %d",
                     ceiling->fiscal_year);
    if (ask->amount_vnd < ceiling->reserved_vnd + ceiling->committed_vnd)
        return wrong(out, NO(BELOW_COMMITTED), "amount_vnd", "%lld is reserved or committed",
                     (long long) (ceiling->reserved_vnd + ceiling->committed_vnd));
    changed = new_event(out, ON(ceiling_changed));
    changed->ceiling_id = id_text(out, &ceiling->self.id);
    changed->amount_vnd = ask->amount_vnd;
    changed->document = ask->document;
    return ACCEPTED;
}

/* Whether another ceiling stands for the source and year, the database says (CEILING_EXISTS). */
int
funding_set_ceiling(const struct given *given, const void *command, struct events *out)
{
    const struct budget_ceiling *ceiling = given->state;
    const Funding__SetCeiling *ask = command;
    Funding__CeilingSet *set;

    if (ceiling->self.version > 0)
        return change_ceiling(ceiling, ask, out);
    set = new_event(out, ON(ceiling_set));
    set->ceiling_id = id_text(out, &given->subject);
    set->budget_source = ask->budget_source;
    set->fiscal_year = ask->fiscal_year;
    set->amount_vnd = ask->amount_vnd;
    set->document = ask->document;
    return ACCEPTED;
}

/* The ceiling of a case is locked wherever its reservation may change. */
void
funding_ceiling_of(const struct given *given, const void *command, struct keys *keys)
{
    const struct funding_case *c = given->state;

    (void) command;
    need_state(keys);
    if (c && c->self.version > 0)
        need(keys, &budget_ceiling_kind, c->ceiling_id);
}

/* Subtractions only: reserved + committed never pass the ceiling, so none of them can overflow. */
bool
funding_has_room(const struct budget_ceiling *ceiling, int64_t amount_vnd)
{
    return ceiling->self.version > 0 &&
           amount_vnd <= ceiling->amount_vnd - ceiling->reserved_vnd - ceiling->committed_vnd;
}

void
funding_reserve(struct events *out, const struct funding_case *c, int64_t amount_vnd)
{
    Funding__CeilingReserved *reserved =
        new_event_on(out, &budget_ceiling_kind, c->ceiling_id, ON(ceiling_reserved));

    reserved->ceiling_id = id_text(out, &c->ceiling_id);
    reserved->funding_case_id = id_text(out, &c->self.id);
    reserved->amount_vnd = amount_vnd;
}

void
funding_release(struct events *out, const struct funding_case *c)
{
    Funding__CeilingReleased *released =
        new_event_on(out, &budget_ceiling_kind, c->ceiling_id, ON(ceiling_released));

    released->ceiling_id = id_text(out, &c->ceiling_id);
    released->funding_case_id = id_text(out, &c->self.id);
    released->amount_vnd = c->agreed_vnd;
}

void
funding_commit(struct events *out, const struct funding_case *c, int64_t approved_vnd)
{
    Funding__CeilingCommitted *committed =
        new_event_on(out, &budget_ceiling_kind, c->ceiling_id, ON(ceiling_committed));

    committed->ceiling_id = id_text(out, &c->ceiling_id);
    committed->funding_case_id = id_text(out, &c->self.id);
    committed->reserved_vnd = c->agreed_vnd;
    committed->committed_vnd = approved_vnd;
}

void
funding_ceiling_set(void *state, const void *event)
{
    struct budget_ceiling *ceiling = state;
    const Funding__CeilingSet *e = event;

    ceiling->budget_source = e->budget_source;
    ceiling->fiscal_year = e->fiscal_year;
    ceiling->amount_vnd = e->amount_vnd;
}

void
funding_ceiling_changed(void *state, const void *event)
{
    struct budget_ceiling *ceiling = state;
    const Funding__CeilingChanged *e = event;

    ceiling->amount_vnd = e->amount_vnd;
}

void
funding_ceiling_reserved(void *state, const void *event)
{
    struct budget_ceiling *ceiling = state;
    const Funding__CeilingReserved *e = event;

    ceiling->reserved_vnd += e->amount_vnd;
}

void
funding_ceiling_released(void *state, const void *event)
{
    struct budget_ceiling *ceiling = state;
    const Funding__CeilingReleased *e = event;

    ceiling->reserved_vnd -= e->amount_vnd;
}

void
funding_ceiling_committed(void *state, const void *event)
{
    struct budget_ceiling *ceiling = state;
    const Funding__CeilingCommitted *e = event;

    ceiling->reserved_vnd -= e->reserved_vnd;
    ceiling->committed_vnd += e->committed_vnd;
}
