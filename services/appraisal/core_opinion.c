/* services/appraisal/core_opinion.c - opinions of other agencies, and the panel's conclusion. Pure:
 * no SQL, no sockets, no clock. */
#include "common/clock.h"
#include "common/proto.h"
#include "services/appraisal/core.h"

bool
appraisal_is_dated(const Types__OfficialDocument *document)
{
    int64_t midnight_us;

    return document && document->issued_on &&
           local_midnight_us(document->issued_on->year, document->issued_on->month,
                             document->issued_on->day, 0, &midnight_us);
}

/* ------------------------------------------------------------------ asking */

bool
appraisal_end_of(const Types__Deadline *due, int64_t *ret_us)
{
    int64_t midnight_us;

    if (!due->date || !local_midnight_us(due->date->year, due->date->month, due->date->day,
                                         due->utc_offset_minutes, &midnight_us))
        return false;
    *ret_us = midnight_us + (due->inclusive ? DAY_US : 0);
    return true;
}

static int
judge_agencies(const struct given *given, const Appraisal__RequestOpinions *ask, struct events *out)
{
    for (size_t i = 0; i < ask->n_agency_ids; i++) {
        struct uuid id = uuid_of(ask->agency_ids[i]);
        const char *field = arena_format(out->arena, "agency_ids[%zu]", i);

        if (!authority_agency(given->authority, &id))
            return wrong(out, NO(UNKNOWN_AGENCY), field, "is no agency that the directory knows");
        for (size_t k = 0; k < i; k++) {
            struct uuid other = uuid_of(ask->agency_ids[k]);

            if (uuid_equal(&id, &other))
                return wrong(out, NO(CONSULTED_TWICE), field, "is named twice");
        }
    }
    return ACCEPTED;
}

int
appraisal_request_opinions(const struct given *given, const void *message, struct events *out)
{
    const struct appraisal_case *c = given->state;
    const Appraisal__RequestOpinions *ask = message;
    int refusal = judge_agencies(given, ask, out);
    Appraisal__OpinionsRequested *requested;
    int64_t due_us;

    if (refusal)
        return refusal;
    if (!appraisal_end_of(ask->due, &due_us))
        return wrong(out, NO(BAD_DATE), "due.date", "there is no such day");
    if (due_us <= given->received_us)
        return wrong(out, NO(DUE_IN_PAST), "due", "is over already");

    requested = new_event(out, ON(opinions_requested));
    requested->appraisal_case_id = id_text(out, &given->subject);
    requested->entry_code = c->entry_code;
    requested->title = c->title;
    requested->n_agency_ids = ask->n_agency_ids;
    requested->agency_ids = ask->agency_ids;
    requested->due_at = proto_time(out->arena, due_us);
    return ACCEPTED;
}

void
appraisal_opinions_requested(void *state, const void *event)
{
    struct appraisal_case *c = state;
    const Appraisal__OpinionsRequested *e = event;

    c->opinions_due_at_us = proto_time_us(e->due_at);
    for (size_t i = 0; i < e->n_agency_ids; i++)
        ((struct consultee *) list_add(&c->consultees))->agency_id = uuid_of(e->agency_ids[i]);
}

/* ------------------------------------------------------------------ answering */

static bool
is_consulted(const struct appraisal_case *c, const struct uuid *agency)
{
    LIST_EACH (const struct consultee, consultee, &c->consultees)
        if (uuid_equal(&consultee->agency_id, agency))
            return true;
    return false;
}

static bool
has_answered(const struct appraisal_case *c, const struct uuid *agency)
{
    LIST_EACH (const struct opinion, opinion, &c->opinions)
        if (uuid_equal(&opinion->agency_id, agency))
            return true;
    return false;
}

int
appraisal_give_opinion(const struct given *given, const void *message, struct events *out)
{
    const struct appraisal_case *c = given->state;
    const Appraisal__GiveOpinion *ask = message;
    Appraisal__OpinionGiven *said;

    if (!is_consulted(c, &given->actor->agency))
        return NO(NOT_CONSULTED);
    if (ask->dossier_version != c->dossier_version)
        return NO(OTHER_VERSION);
    if (has_answered(c, &given->actor->agency))
        return NO(OPINION_GIVEN);
    if (!appraisal_is_dated(ask->document))
        return wrong(out, NO(BAD_DATE), "document.issued_on", "there is no such day");

    said = new_event(out, ON(opinion_given));
    said->appraisal_case_id = id_text(out, &given->subject);
    said->entry_code = c->entry_code;
    said->title = c->title;
    said->agency_id = id_text(out, &given->actor->agency);
    said->person_id = id_text(out, &given->actor->person);
    said->verdict = ask->verdict;
    said->opinion = ask->opinion;
    said->document = ask->document;
    return ACCEPTED;
}

void
appraisal_opinion_given(void *state, const void *event)
{
    struct appraisal_case *c = state;
    const Appraisal__OpinionGiven *e = event;
    struct opinion *opinion = list_add(&c->opinions);

    opinion->agency_id = uuid_of(e->agency_id);
    opinion->person_id = uuid_of(e->person_id);
    opinion->verdict = (int) e->verdict;
    opinion->opinion = e->opinion;
    opinion->document = e->document;
}

/* ------------------------------------------------------------------ concluding */

static bool
has_seat(const struct appraisal_case *c, int seat, const struct uuid *person)
{
    LIST_EACH (const struct panel_member, member, &c->panel)
        if (member->seat == seat && uuid_equal(&member->person_id, person))
            return true;
    return false;
}

/* Silence is no reply, never consent: who was silent is said by name. */
static const char **
silent_ones(const struct appraisal_case *c, struct events *out, size_t *ret_count)
{
    const char **ids = arena_zero(out->arena, (c->consultees.count + 1) * sizeof(*ids));
    size_t count = 0;

    LIST_EACH (const struct consultee, consultee, &c->consultees)
        if (!has_answered(c, &consultee->agency_id))
            ids[count++] = id_text(out, &consultee->agency_id);
    *ret_count = count;
    return ids;
}

/* The chair speaks, and the secretary, who is another person since nobody sits twice, stands by. */
static int
judge_signers(const struct given *given, const Appraisal__Conclude *ask)
{
    const struct appraisal_case *c = given->state;
    struct uuid secretary = uuid_of(ask->secretary_id);

    if (!has_seat(c, SEAT(CHAIR), &given->actor->person))
        return NO(NOT_THE_CHAIR);
    if (uuid_equal(&secretary, &given->actor->person) || !has_seat(c, SEAT(SECRETARY), &secretary))
        return NO(NOT_THE_SECRETARY);
    return ACCEPTED;
}

/* At least two thirds of all members, whether they came or not, stand behind a recommendation. */
static int
judge_votes(const struct appraisal_case *c, const Appraisal__Conclude *ask, bool is_recommended)
{
    int64_t members = (int64_t) c->panel.count, votes = ask->votes_for;

    if (votes > members)
        return NO(MORE_VOTES_THAN_MEMBERS);
    if (is_recommended && 3 * votes < 2 * members)
        return NO(NOT_ENOUGH_VOTES);
    return ACCEPTED;
}

static int
judge_ceiling(const struct appraisal_case *c, const Appraisal__Conclude *ask, bool is_recommended,
              struct events *out)
{
    const char *field = "recommended_ceiling_vnd";

    if (is_recommended && ask->recommended_ceiling_vnd == 0)
        return wrong(out, NO(CEILING_MISSING), field, "a recommendation names a ceiling");
    if (!is_recommended && ask->recommended_ceiling_vnd != 0)
        return wrong(out, NO(CEILING_MISSING), field, "must be 0 where nothing is recommended");
    if (ask->recommended_ceiling_vnd > c->estimate_vnd)
        return wrong(out, NO(CEILING_ABOVE_ESTIMATE), field, "is above the dossier's estimate");
    return ACCEPTED;
}

static int
judge_conclusion(const struct given *given, const Appraisal__Conclude *ask, size_t silent,
                 struct events *out)
{
    const struct appraisal_case *c = given->state;
    bool is_recommended = ask->outcome != APPRAISAL__OUTCOME__OUTCOME_NOT_RECOMMENDED;
    int refusal = judge_signers(given, ask);

    if (refusal)
        return refusal;
    if (ask->dossier_version != c->dossier_version)
        return NO(OTHER_VERSION);
    if (silent && given->received_us < c->opinions_due_at_us)
        return NO(OPINIONS_OUTSTANDING);
    if (!appraisal_is_dated(ask->minutes))
        return wrong(out, NO(BAD_DATE), "minutes.issued_on", "there is no such day");
    refusal = judge_votes(c, ask, is_recommended);
    return refusal ? refusal : judge_ceiling(c, ask, is_recommended, out);
}

int
appraisal_conclude(const struct given *given, const void *message, struct events *out)
{
    const struct appraisal_case *c = given->state;
    const Appraisal__Conclude *ask = message;
    size_t silent;
    const char **silent_ids = silent_ones(c, out, &silent);
    int refusal = judge_conclusion(given, ask, silent, out);
    Appraisal__ScoringStarted *scoring;
    Appraisal__DeliberationStarted *deliberation;
    Appraisal__AppraisalConcluded *concluded;

    if (refusal)
        return refusal;

    scoring = new_event(out, ON(scoring_started));
    scoring->appraisal_case_id = id_text(out, &given->subject);
    scoring->n_silent_agency_ids = silent;
    scoring->silent_agency_ids = silent_ids;

    deliberation = new_event(out, ON(deliberation_started));
    deliberation->appraisal_case_id = id_text(out, &given->subject);

    concluded = new_event(out, ON(appraisal_concluded));
    concluded->appraisal_case_id = id_text(out, &given->subject);
    concluded->entry_code = c->entry_code;
    concluded->title = c->title;
    concluded->outcome = ask->outcome;
    concluded->scope = ask->scope;
    concluded->recommended_ceiling_vnd = ask->recommended_ceiling_vnd;
    concluded->votes_for = ask->votes_for;
    concluded->members = (int32_t) c->panel.count;
    concluded->chair_id = id_text(out, &given->actor->person);
    concluded->secretary_id = ask->secretary_id;
    concluded->minutes = ask->minutes;
    return ACCEPTED;
}

void
appraisal_concluded(void *state, const void *event)
{
    struct appraisal_case *c = state;
    const Appraisal__AppraisalConcluded *e = event;

    c->outcome = (int) e->outcome;
    c->scope = (int) e->scope;
    c->recommended_ceiling_vnd = e->recommended_ceiling_vnd;
    c->minutes = e->minutes;
}
