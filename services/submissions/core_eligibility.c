/* services/submissions/core_eligibility.c - who may enter an edition, by its rules. Pure.
 *
 * A day of birth is looked at and let go: it stands in no event, no state and no answer. */
#include <string.h>

#include "common/clock.h"
#include "services/submissions/entry.h"

static bool
is_before(const Types__Date *a, const Types__Date *b)
{
    if (a->year != b->year)
        return a->year < b->year;
    return a->month != b->month ? a->month < b->month : a->day < b->day;
}

int
submissions_age_on(const Types__Date *born, const Types__Date *day)
{
    Types__Date birthday = *born;

    birthday.year = day->year;
    return day->year - born->year - (is_before(day, &birthday) ? 1 : 0);
}

/* ------------------------------------------------------------------ agencies */

const Submissions__Cluster *
submissions_cluster_of(const Submissions__EditionRules *rules, const struct uuid *agency)
{
    for (size_t i = 0; i < rules->n_clusters; i++)
        for (size_t n = 0; n < rules->clusters[i]->n_agency_ids; n++) {
            struct uuid id = uuid_of(rules->clusters[i]->agency_ids[n]);

            if (uuid_equal(&id, agency))
                return rules->clusters[i];
        }
    return NULL;
}

/* Where clusters begin, nobody could ever judge an entry that is of none. */
static bool
has_a_first_round(const Submissions__EditionRules *rules, const struct uuid *agency)
{
    return rules->n_rounds == 0 ||
           rules->rounds[0]->stage != SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_CLUSTER ||
           submissions_cluster_of(rules, agency);
}

static int
judge_agency(const struct given *given, const struct edition *edition, const struct uuid *entrant)
{
    const struct uuid *organiser = &edition->organiser_agency_id;
    const Submissions__Eligibility *rules = edition->rules->eligibility;
    const struct agency *agency = authority_agency(given->authority, entrant);
    bool is_listed = !rules || rules->n_agency_classes == 0;

    for (size_t i = 0; rules && agency && i < rules->n_agency_classes; i++)
        is_listed = is_listed || (int) rules->agency_classes[i] == agency->agency_class;
    if (!is_listed)
        return NO(AGENCY_NOT_ELIGIBLE);
    if (!uuid_is_nil(organiser) && !uuid_equal(organiser, entrant) &&
        !authority_is_above(given->authority, organiser, entrant))
        return NO(AGENCY_NOT_ELIGIBLE);
    return has_a_first_round(edition->rules, entrant) ? ACCEPTED : NO(AGENCY_NOT_ELIGIBLE);
}

static int
judge_track(const Submissions__EditionRules *rules, const char *track, struct events *out)
{
    for (size_t i = 0; i < rules->n_tracks; i++)
        if (strcmp(rules->tracks[i]->code, track) == 0)
            return ACCEPTED;
    if (rules->n_tracks == 0 && !*track)
        return ACCEPTED;
    return wrong(out, NO(UNKNOWN_TRACK), "track", "is no track of the edition");
}

/* ------------------------------------------------------------------ authors */

static int
judge_staff_kind(const Submissions__Eligibility *rules, const struct content *content, size_t place,
                 struct events *out)
{
    for (size_t i = 0; i < rules->n_staff_kinds; i++)
        if (rules->staff_kinds[i] == content->authors[place]->staff_kind)
            return ACCEPTED;
    if (rules->n_staff_kinds == 0)
        return ACCEPTED;
    return wrong(out, NO(AUTHOR_NOT_ELIGIBLE),
                 arena_format(out->arena, "authors[%zu].staff_kind", place),
                 "is not among those that may enter");
}

/* The one declaration about a person; two could say two things. */
static int
find_declaration(const struct content *content, size_t place, struct events *out, size_t *ret_index)
{
    struct uuid person = uuid_of(content->authors[place]->person_id);
    size_t found = 0;

    for (size_t i = 0; i < content->n_declarations; i++) {
        struct uuid other = uuid_of(content->declarations[i]->person_id);

        if (!uuid_equal(&person, &other))
            continue;
        *ret_index = i;
        found++;
    }
    if (found == 1)
        return ACCEPTED;
    return wrong(out, NO(AUTHOR_NOT_ELIGIBLE),
                 arena_format(out->arena, "authors[%zu].person_id", place),
                 "needs one declaration of the day of birth");
}

static int
judge_age(const Submissions__Eligibility *rules, const struct content *content, size_t place,
          struct events *out)
{
    const Types__Date *born;
    int64_t midnight_us;
    size_t index = 0;
    int refusal;

    if (rules->max_age_years == 0 || !rules->reference_date)
        return ACCEPTED;
    refusal = find_declaration(content, place, out, &index);
    if (refusal)
        return refusal;
    born = content->declarations[index]->born_on;
    if (!born || !local_midnight_us(born->year, born->month, born->day, 0, &midnight_us) ||
        is_before(rules->reference_date, born))
        return wrong(out, NO(BAD_DATE),
                     arena_format(out->arena, "declarations[%zu].born_on", index),
                     "is no day of birth");
    if (submissions_age_on(born, rules->reference_date) > rules->max_age_years)
        return wrong(out, NO(AUTHOR_NOT_ELIGIBLE),
                     arena_format(out->arena, "authors[%zu].person_id", place),
                     "is above the age on the reference date");
    return ACCEPTED;
}

/* Who organises it, or runs the programme or the system. What a whole agency holds, each of its persons does. */
static bool
has_a_hand_in_it(const struct given *given, const struct edition *edition,
                 const struct uuid *person)
{
    const struct uuid *agency = authority_agency_of(given->authority, person);
    unsigned roles = MAY(OWNER) | MAY(ORGANISER) | MAY(STANDING);

    if (submissions_is_local(edition) && agency &&
        uuid_equal(agency, &edition->organiser_agency_id))
        roles |= MAY(CLERK) | MAY(ENTRANT_HEAD);
    return authority_holds(given->authority, person, roles, given->programme, given->received_us) ||
           authority_is_operator(given->authority, person);
}

static int
judge_hand(const struct given *given, const struct edition *edition, const struct uuid *person,
           size_t place, struct events *out)
{
    if (edition->rules->eligibility->organisers_may_enter ||
        !has_a_hand_in_it(given, edition, person))
        return ACCEPTED;
    return wrong(out, NO(AUTHOR_NOT_ELIGIBLE),
                 arena_format(out->arena, "authors[%zu].person_id", place),
                 "is one of those who organise, or who run the system");
}

static int
judge_authors(const struct given *given, const struct edition *edition,
              const struct content *content, struct events *out)
{
    const Submissions__Eligibility *rules = edition->rules->eligibility;
    int refusal = ACCEPTED;

    if (rules->max_authors && content->n_authors > (size_t) rules->max_authors)
        return wrong(out, NO(TOO_MANY_AUTHORS), "authors", "are more than %d", rules->max_authors);
    for (size_t i = 0; i < content->n_authors && !refusal; i++) {
        struct uuid person = uuid_of(content->authors[i]->person_id);

        refusal = judge_staff_kind(rules, content, i, out);
        if (!refusal)
            refusal = judge_age(rules, content, i, out);
        if (!refusal)
            refusal = judge_hand(given, edition, &person, i, out);
    }
    return refusal;
}

int
submissions_judge_eligibility(const struct given *given, const struct edition *edition,
                              const struct content *content, struct events *out)
{
    int refusal;

    if (!edition->rules)
        return ACCEPTED;
    refusal = judge_agency(given, edition, &given->actor->agency);
    if (!refusal)
        refusal = judge_track(edition->rules, content->track, out);
    if (!refusal && edition->rules->eligibility)
        refusal = judge_authors(given, edition, content, out);
    return refusal;
}

/* Roles and agencies may be others than when it was drafted. */
int
submissions_judge_still_eligible(const struct given *given, const struct edition *edition,
                                 const struct entry *entry, struct events *out)
{
    size_t place = 0;
    int refusal;

    if (!edition->rules)
        return ACCEPTED;
    refusal = judge_agency(given, edition, &entry->entrant_agency_id);
    if (refusal || !edition->rules->eligibility)
        return refusal;
    LIST_EACH (const struct author, author, &entry->authors) {
        if (author->draft == entry->draft)
            refusal = judge_hand(given, edition, &author->person_id, place++, out);
        if (refusal)
            return refusal;
    }
    return ACCEPTED;
}
