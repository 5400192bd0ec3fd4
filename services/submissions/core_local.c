/* services/submissions/core_local.c - an agency's own contest, held under the terms of an edition of the programme. Pure.
 *
 * It is encouraged, never owed: nothing here has a deadline, and nothing is overdue. What it may cost, and how many entries
 * it may send up, is taken over when it is set up, so that it never needs to look at the edition above again. */
#include <string.h>

#include "common/proto.h"
#include "services/submissions/core_edition.h"

#define IS(state) EDITION_IS(state)

enum { ABOVE, ENTRANT }; /* what setting up needs, in this order */

void
submissions_edition_above(const struct given *given, const void *command, struct keys *keys)
{
    const Submissions__CreateLocalEdition *ask = command;

    struct uuid above = uuid_of(ask->parent_edition_id);

    need(keys, &edition_kind, above);
    need(keys, &entrant_kind, submissions_entrant_id(&above, &given->actor->agency));
}

/* A draft is not known outside. */
static int
judge_above(const struct edition *above, struct events *out)
{
    const char *field = "parent_edition_id";

    if (above->self.version == 0 || above->self.state == IS(DRAFT))
        return wrong(out, NO(UNKNOWN_EDITION), field, "there is no such edition");
    if (submissions_is_local(above))
        return wrong(out, NO(NO_LOCAL_CONTESTS), field, "is a local contest itself");
    if (above->self.state == IS(CANCELLED) || above->self.state == IS(ARCHIVED))
        return wrong(out, NO(NO_LOCAL_CONTESTS), field, "is over");
    if (!above->rules || !above->rules->local_terms)
        return wrong(out, NO(NO_LOCAL_CONTESTS), field, "has no terms for local contests");
    return ACCEPTED;
}

static bool
is_met(const Submissions__CreateLocalEdition *ask, const char *code)
{
    for (size_t i = 0; i < ask->n_met_items; i++)
        if (strcmp(ask->met_items[i], code) == 0)
            return true;
    return false;
}

static bool
is_asked(const Submissions__LocalTerms *terms, const char *code)
{
    for (size_t i = 0; i < terms->n_checklist; i++)
        if (strcmp(terms->checklist[i]->code, code) == 0)
            return true;
    return false;
}

/* All that is open is named at once. */
static int
judge_checklist(const Submissions__CreateLocalEdition *ask, const Submissions__LocalTerms *terms,
                struct events *out)
{
    int refusal = ACCEPTED;

    for (size_t i = 0; i < terms->n_checklist; i++)
        if (!is_met(ask, terms->checklist[i]->code))
            refusal =
                wrong(out, NO(CHECKLIST_OPEN), "met_items", "lacks %s", terms->checklist[i]->code);
    for (size_t i = 0; i < ask->n_met_items; i++)
        if (!is_asked(terms, ask->met_items[i]))
            refusal = wrong(out, NO(CHECKLIST_OPEN), arena_format(out->arena, "met_items[%zu]", i),
                            "is not on the checklist");
    return refusal;
}

static int
judge_plan(const struct given *given, const Submissions__CreateLocalEdition *ask,
           struct events *out)
{
    const struct edition *above = also(given, ABOVE);
    int refusal = judge_above(above, out);

    if (!refusal)
        refusal =
            submissions_judge_another_contest(above->rules->local_terms, also(given, ENTRANT));
    if (refusal)
        return refusal;
    if (ask->planned_cost_vnd > above->rules->local_terms->cost_cap_vnd)
        return wrong(out, NO(ABOVE_COST_CAP), "planned_cost_vnd", "is above %lld",
                     (long long) above->rules->local_terms->cost_cap_vnd);
    refusal = judge_checklist(ask, above->rules->local_terms, out);
    return refusal ? refusal : submissions_judge_document(ask->document, out);
}

/* What is the province's own stays there: its terms, its clusters, its days. */
static Submissions__EditionRules *
rules_below(const Submissions__EditionRules *above, struct events *out)
{
    Submissions__EditionRules *below = proto_new(out->arena, ON(edition_rules));

    *below = *above;
    below->local_terms = NULL;
    below->n_clusters = 0;
    below->clusters = NULL;
    below->opens = NULL;
    below->closes = NULL;
    return below;
}

int
submissions_create_local_edition(const struct given *given, const void *command, struct events *out)
{
    const Submissions__CreateLocalEdition *ask = command;
    const struct edition *above = also(given, ABOVE);
    int refusal = judge_plan(given, ask, out);
    struct digest digest;
    struct bytes packed;

    if (refusal)
        return refusal;

    Submissions__EditionCreated *said = new_event(out, ON(edition_created));
    said->edition_id = id_text(out, &given->subject);
    said->ordinal = ask->ordinal;
    said->year = above->year;
    said->name = ask->name;
    said->document = ask->document;
    said->organiser_agency_id = id_text(out, &given->actor->agency);
    said->parent_edition_id = id_text(out, &above->self.id);
    said->planned_cost_vnd = ask->planned_cost_vnd;
    said->n_met_items = ask->n_met_items;
    said->met_items = ask->met_items;
    said->terms = above->rules->local_terms;
    said->rules = rules_below(above->rules, out);
    packed = proto_pack(out->arena, said->rules);
    digest = sha256(packed.data, packed.size);
    said->rules_digest = proto_digest(out->arena, &digest);
    submissions_count_contest(out, &above->self.id, &given->actor->agency, &given->subject);
    return ACCEPTED;
}

/* ------------------------------------------------------------------ what came of it */

int
submissions_report_local_results(const struct given *given, const void *command, struct events *out)
{
    const struct edition *edition = given->state;
    const Submissions__ReportLocalResults *ask = command;
    int refusal = submissions_judge_organiser(given, edition, 0, MAY(ENTRANT_HEAD) | MAY(CLERK));

    if (refusal)
        return refusal;
    if (edition->local_report)
        return NO(ALREADY_REPORTED);
    if (ask->cost_vnd > edition->cost_cap_vnd)
        return wrong(out, NO(ABOVE_COST_CAP), "cost_vnd", "is above %lld",
                     (long long) edition->cost_cap_vnd);
    if (submissions_judge_document(ask->document, out))
        return NO(BAD_DATE);

    Submissions__LocalResultsReported *said = new_event(out, ON(local_results_reported));
    said->edition_id = id_text(out, &given->subject);
    said->parent_edition_id = id_text(out, &edition->parent_edition_id);
    said->organiser_agency_id = id_text(out, &edition->organiser_agency_id);
    said->cost_vnd = ask->cost_vnd;
    said->document = ask->document;
    said->finalists = edition->finalists;
    said->results_document = edition->results_document;
    if (!uuid_is_nil(&edition->final_round_id))
        said->ranking_digest = proto_digest(out->arena, &edition->ranking_digest);
    return ACCEPTED;
}

void
submissions_local_results_reported(void *state, const void *event)
{
    struct edition *edition = state;
    const Submissions__LocalResultsReported *e = event;

    edition->cost_vnd = e->cost_vnd;
    edition->local_report = e->document;
}
