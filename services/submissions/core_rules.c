/* services/submissions/core_rules.c - are the rules of an edition whole, and do they go together? Pure.
 *
 * Asked once, when they are published: from then on everybody who reads them may take it for granted. What the gateway
 * refuses (an unset enum, a number that is not positive) is not looked at again. */
#include "services/submissions/core_rules.h"

#include <string.h>

#include "common/clock.h"
#include "common/proto.h"
#include "services/submissions/core_edition.h"

enum {
    MOST_NAMED = 100, /* a reply has its limit, and nobody reads more at once */
    MOST_CURE_DAYS = 60,
};

static void
name(struct review *review, int refusal, const char *holder, const char *field, const char *what)
{
    if (review->out->violations.count < MOST_NAMED)
        (void) wrong(review->out, refusal,
                     arena_format(review->out->arena, "%s%s%s", holder, *field ? "." : "", field),
                     "%s", what);
}

void
submissions_lacks(struct review *review, const char *holder, const char *field, const char *what)
{
    review->is_incomplete = true;
    name(review, NO(RULES_INCOMPLETE), holder, field, what);
}

void
submissions_clashes(struct review *review, const char *holder, const char *field, const char *what)
{
    review->is_inconsistent = true;
    name(review, NO(RULES_INCONSISTENT), holder, field, what);
}

const char *
submissions_item(struct review *review, const char *list, size_t nth)
{
    return arena_format(review->out->arena, "%s[%zu]", list, nth);
}

static const char *
code_of(ProtobufCMessage *message)
{
    const ProtobufCFieldDescriptor *field;

    return *(const char *const *) proto_field(message, "code", &field);
}

void
submissions_review_codes(struct review *review, const char *list, void *items, size_t count)
{
    ProtobufCMessage **messages = items;

    for (size_t i = 1; i < count; i++)
        for (size_t n = 0; n < i; n++)
            if (strcmp(code_of(messages[i]), code_of(messages[n])) == 0) {
                submissions_clashes(review, submissions_item(review, list, i), "code",
                                    "stands in the list before");
                break;
            }
}

/* ------------------------------------------------------------------ what must be there */

static bool
has_subject(const Submissions__EditionRules *rules)
{
    return *rules->subject;
}

static bool
has_legal_basis(const Submissions__EditionRules *rules)
{
    return rules->n_legal_basis > 0;
}

static bool
has_registration(const Submissions__EditionRules *rules)
{
    return *rules->registration;
}

static bool
has_opens(const Submissions__EditionRules *rules)
{
    return rules->opens;
}

static bool
has_closes(const Submissions__EditionRules *rules)
{
    return rules->closes;
}

static bool
has_eligibility(const Submissions__EditionRules *rules)
{
    return rules->eligibility;
}

static bool
has_rounds(const Submissions__EditionRules *rules)
{
    return rules->n_rounds > 0;
}

static bool
has_prizes(const Submissions__EditionRules *rules)
{
    return rules->n_prizes > 0;
}

/* clang-format off */
static const struct {
    const char *field;
    bool (*is_there)(const Submissions__EditionRules *rules);
    const char *what;
} needed[] = {
    { "subject",      has_subject,      "says what the contest is about" },
    { "legal_basis",  has_legal_basis,  "cites at least one document" },
    { "registration", has_registration, "says how to enter" },
    { "opens",        has_opens,        "says when registration opens" },
    { "closes",       has_closes,       "says when registration closes" },
    { "eligibility",  has_eligibility,  "says who may enter" },
    { "rounds",       has_rounds,       "says how entries are judged" },
    { "prizes",       has_prizes,       "says what can be won" },
};
/* clang-format on */

static void
review_needed(struct review *review)
{
    for (size_t i = 0; i < sizeof(needed) / sizeof(*needed); i++)
        if (!needed[i].is_there(review->rules))
            submissions_lacks(review, "rules", needed[i].field, needed[i].what);
}

/* ------------------------------------------------------------------ days */

static void
review_legal_basis(struct review *review)
{
    int64_t midnight_us;

    for (size_t i = 0; i < review->rules->n_legal_basis; i++)
        if (!submissions_day(review->rules->legal_basis[i]->issued_on, &midnight_us))
            submissions_clashes(review, submissions_item(review, "rules.legal_basis", i),
                                "issued_on", "there is no such day");
}

static bool
has_end(const Types__Deadline *deadline, int64_t *ret_us)
{
    const Types__Date *date = deadline->date;

    return date && local_midnight_us(date->year, date->month, date->day,
                                     deadline->utc_offset_minutes, ret_us);
}

static void
review_registration(struct review *review)
{
    const Types__Deadline *opens = review->rules->opens, *closes = review->rules->closes;
    int64_t opens_us = 0, closes_us = 0;
    bool both = opens && closes;

    if (opens && opens->inclusive)
        submissions_clashes(review, "rules.opens", "inclusive",
                            "registration opens at the first moment of a day");
    if (opens && !has_end(opens, &opens_us)) {
        submissions_clashes(review, "rules.opens", "date", "there is no such day");
        both = false;
    }
    if (closes && !has_end(closes, &closes_us)) {
        submissions_clashes(review, "rules.closes", "date", "there is no such day");
        both = false;
    }
    if (both && opens_us >= closes_us + (closes->inclusive ? DAY_US : 0))
        submissions_clashes(review, "rules.closes", "", "is not later than opens");
    if (review->rules->max_cure_days > MOST_CURE_DAYS)
        submissions_clashes(review, "rules", "max_cure_days",
                            arena_format(review->out->arena, "is more than %d", MOST_CURE_DAYS));
}

/* ------------------------------------------------------------------ who may enter, and where */

static void
review_eligibility(struct review *review)
{
    const Submissions__Eligibility *eligibility = review->rules->eligibility;
    int64_t midnight_us;

    if (!eligibility)
        return;
    if (eligibility->max_age_years && !eligibility->reference_date)
        submissions_clashes(review, "rules.eligibility", "reference_date",
                            "says on which day an author is not older");
    if (eligibility->reference_date && !submissions_day(eligibility->reference_date, &midnight_us))
        submissions_clashes(review, "rules.eligibility", "reference_date", "there is no such day");
}

/* An agency of a cluster, and where it stands. */
struct place {
    struct uuid agency;
    size_t cluster;
    size_t nth;
};

static void
review_agency(struct review *review, const struct place *places, const struct place *place)
{
    const char *cluster = submissions_item(review, "rules.clusters", place->cluster);
    const char *field = arena_format(review->out->arena, "agency_ids[%zu]", place->nth);

    if (!authority_agency(review->given->authority, &place->agency))
        submissions_clashes(review, cluster, field, "is no registered agency");
    for (const struct place *p = places; p < place; p++)
        if (uuid_equal(&p->agency, &place->agency)) {
            submissions_clashes(review, cluster, field, "stands in a cluster before");
            return;
        }
}

static void
review_clusters(struct review *review)
{
    const Submissions__EditionRules *rules = review->rules;
    size_t count = 0;
    struct place *places, *place;

    submissions_review_codes(review, "rules.tracks", rules->tracks, rules->n_tracks);
    submissions_review_codes(review, "rules.clusters", rules->clusters, rules->n_clusters);
    for (size_t i = 0; i < rules->n_clusters; i++)
        count += rules->clusters[i]->n_agency_ids;
    places = place = arena_zero(review->out->arena, (count + 1) * sizeof(*places));
    for (size_t i = 0; i < rules->n_clusters; i++)
        for (size_t n = 0; n < rules->clusters[i]->n_agency_ids; n++) {
            *place = (struct place){ uuid_of(rules->clusters[i]->agency_ids[n]), i, n };
            review_agency(review, places, place++);
        }
}

/* ------------------------------------------------------------------ what can be won, and below */

static void
review_prizes(struct review *review)
{
    const Submissions__EditionRules *rules = review->rules;

    for (size_t i = 0; i < rules->n_prizes; i++) {
        const char *prize = submissions_item(review, "rules.prizes", i);

        if (rules->prizes[i]->award == SUBMISSIONS__AWARD__AWARD_NONE)
            submissions_clashes(review, prize, "award", "is no prize");
        for (size_t n = 0; n < i; n++)
            if (rules->prizes[n]->award == rules->prizes[i]->award) {
                submissions_clashes(review, prize, "award", "stands in the list before");
                break;
            }
    }
}

static void
review_local_terms(struct review *review, const struct edition *edition)
{
    const Submissions__LocalTerms *terms = review->rules->local_terms;

    if (!terms)
        return;
    if (submissions_is_local(edition))
        submissions_clashes(review, "rules", "local_terms",
                            "a local contest has no local contests under it");
    submissions_review_codes(review, "rules.local_terms.checklist", terms->checklist,
                             terms->n_checklist);
}

int
submissions_judge_rules(const struct given *given, const struct edition *edition,
                        struct events *out, int64_t *ret_opens_us, int64_t *ret_closes_us)
{
    struct review review = { .given = given, .out = out };
    int refusal;

    review.rules = edition->rules ? edition->rules : proto_new(out->arena, ON(edition_rules));
    review_needed(&review);
    review_legal_basis(&review);
    review_registration(&review);
    review_eligibility(&review);
    review_clusters(&review);
    submissions_review_rounds(&review);
    review_prizes(&review);
    review_local_terms(&review, edition);
    submissions_review_programme(&review, also(given, 0));
    if (review.is_incomplete)
        return NO(RULES_INCOMPLETE);
    if (review.is_inconsistent)
        return NO(RULES_INCONSISTENT);
    refusal = submissions_deadline_end(review.rules->opens, "rules.opens", out, ret_opens_us);
    return refusal
               ? refusal
               : submissions_deadline_end(review.rules->closes, "rules.closes", out, ret_closes_us);
}
