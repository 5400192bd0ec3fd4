/* services/submissions/core_edition.c - an edition of the contest, and its rules, which are frozen when it is published.
 * Pure. */
#include "services/submissions/core_edition.h"
#include "sangkien/appraisal/v1/events.pb-c.h"

#define IS(state) EDITION_IS(state)

size_t
submissions_count_places(const struct edition *edition)
{
    return edition->places ? edition->places->n_places : 0;
}

bool
submissions_is_local(const struct edition *edition)
{
    return !uuid_is_nil(&edition->organiser_agency_id);
}

/* When it arrived, and still, as the runtime asks of the roles that a handler's row names. */
static bool
holds(const struct given *given, unsigned roles)
{
    const struct uuid *person = &given->actor->person;

    return authority_holds(given->authority, person, roles, given->programme, given->received_us) &&
           authority_holds(given->authority, person, roles, given->programme, given->now_us);
}

int
submissions_judge_organiser(const struct given *given, const struct edition *edition,
                            unsigned provincial, unsigned local)
{
    bool may = submissions_is_local(edition)
                   ? uuid_equal(&given->actor->agency, &edition->organiser_agency_id) &&
                         holds(given, local)
                   : holds(given, provincial);

    return may ? ACCEPTED : NO(NOT_YOUR_EDITION);
}

/* ------------------------------------------------------------------ its beginning */

static int
judge_scale(const Submissions__CreateEdition *ask, struct events *out)
{
    if (!ask->judged_elsewhere && ask->threshold_centi)
        return wrong(out, NO(SCORE_OUT_OF_RANGE), "threshold_centi",
                     "is for an edition that is judged elsewhere");
    if (!ask->judged_elsewhere && ask->maximum_centi)
        return wrong(out, NO(SCORE_OUT_OF_RANGE), "maximum_centi",
                     "is for an edition that is judged elsewhere");
    if (ask->judged_elsewhere && ask->maximum_centi <= 0)
        return wrong(out, NO(SCORE_OUT_OF_RANGE), "maximum_centi", "is not above 0");
    if (ask->threshold_centi > ask->maximum_centi)
        return wrong(out, NO(SCORE_OUT_OF_RANGE), "threshold_centi", "is above maximum_centi");
    return ACCEPTED;
}

static int
create_edition(const struct given *given, const void *command, struct events *out)
{
    const Submissions__CreateEdition *ask = command;
    int refusal = judge_scale(ask, out);

    if (!refusal)
        refusal = submissions_judge_document(ask->document, out);
    if (refusal)
        return refusal;

    Submissions__EditionCreated *said = new_event(out, ON(edition_created));
    said->edition_id = id_text(out, &given->subject);
    said->ordinal = ask->ordinal;
    said->year = ask->year;
    said->name = ask->name;
    said->threshold_centi = ask->threshold_centi;
    said->maximum_centi = ask->maximum_centi;
    said->document = ask->document;
    said->judged_elsewhere = ask->judged_elsewhere;
    return ACCEPTED;
}

static void
edition_created(void *state, const void *event)
{
    struct edition *edition = state;
    const Submissions__EditionCreated *e = event;

    edition->ordinal = e->ordinal;
    edition->year = e->year;
    edition->name = e->name;
    edition->threshold_centi = e->threshold_centi;
    edition->maximum_centi = e->maximum_centi;
    edition->document = e->document;
    edition->judged_elsewhere = e->judged_elsewhere;
    edition->organiser_agency_id = uuid_of(e->organiser_agency_id);
    edition->parent_edition_id = uuid_of(e->parent_edition_id);
    edition->planned_cost_vnd = e->planned_cost_vnd;
    edition->cost_cap_vnd = e->terms ? e->terms->cost_cap_vnd : 0;
    edition->max_promotions = e->terms ? e->terms->max_promotions : 0;
    edition->rules = e->rules;
    edition->rules_version = e->rules ? 1 : 0;
    edition->rules_digest = proto_digest_of(e->rules_digest);
}

/* ------------------------------------------------------------------ its rules */

static int
set_edition_rules(const struct given *given, const void *command, struct events *out)
{
    const struct edition *edition = given->state;
    const Submissions__SetEditionRules *ask = command;
    struct digest digest = sha256(given->body.data, given->body.size);
    int refusal = submissions_judge_organiser(given, edition, MAY(STANDING) | MAY(ORGANISER),
                                              MAY(ENTRANT_HEAD) | MAY(CLERK));

    if (refusal)
        return refusal;
    if (edition->judged_elsewhere)
        return wrong(out, NO(RULES_INCONSISTENT), "rules",
                     "are not for an edition that is judged elsewhere");
    if (given->body.size > MOST_RULES_BYTES)
        return wrong(out, NO(RULES_INCONSISTENT), "rules", "are longer than %d bytes",
                     MOST_RULES_BYTES);

    Submissions__EditionRulesSet *said = new_event(out, ON(edition_rules_set));
    said->edition_id = id_text(out, &given->subject);
    said->rules_version = edition->rules_version + 1;
    said->rules_digest = proto_digest(out->arena, &digest);
    said->rules = ask->rules;
    return ACCEPTED;
}

static void
edition_rules_set(void *state, const void *event)
{
    struct edition *edition = state;
    const Submissions__EditionRulesSet *e = event;

    edition->rules = e->rules;
    edition->rules_version = e->rules_version;
    edition->rules_digest = proto_digest_of(e->rules_digest);
}

static void
say_rules(const struct given *given, int64_t opens_us, int64_t closes_us, struct events *out)
{
    const struct edition *edition = given->state;
    const struct rules_version *programme = submissions_latest_rules(also(given, 0));
    Submissions__EditionPublished *said = new_event(out, ON(edition_published));

    said->edition_id = id_text(out, &given->subject);
    said->organiser_agency_id = id_text(out, &edition->organiser_agency_id);
    said->parent_edition_id = id_text(out, &edition->parent_edition_id);
    if (programme) {
        said->programme_rules_version = programme->number;
        said->programme_rules_digest = proto_digest(out->arena, &programme->digest);
    }
    if (edition->judged_elsewhere)
        return;
    said->rules_version = edition->rules_version;
    said->rules_digest = proto_digest(out->arena, &edition->rules_digest);
    said->rules = edition->rules;
    said->opens_at = proto_time(out->arena, opens_us);
    said->closes_at = proto_time(out->arena, closes_us);
    submissions_wake_at(out, opens_us);
    submissions_wake_at(out, closes_us);
}

static int
publish_edition(const struct given *given, const void *command, struct events *out)
{
    const struct edition *edition = given->state;
    const Submissions__PublishEdition *ask = command;
    int64_t opens_us = 0, closes_us = 0;
    int refusal = submissions_judge_organiser(given, edition, MAY(OWNER), MAY(ENTRANT_HEAD));

    if (refusal)
        return refusal;
    if (ask->rules_version != edition->rules_version)
        return wrong(out, NO(OTHER_RULES), "rules_version", "is not %lld, the present one",
                     (long long) edition->rules_version);
    if (!edition->judged_elsewhere)
        refusal = submissions_judge_present(also(given, 0), ask->programme_rules_version,
                                            "programme_rules_version", out);
    if (!refusal && !edition->judged_elsewhere)
        refusal = submissions_judge_rules(given, edition, out, &opens_us, &closes_us);
    if (!refusal)
        say_rules(given, opens_us, closes_us, out);
    return refusal;
}

static void
edition_published(void *state, const void *event)
{
    struct edition *edition = state;
    const Submissions__EditionPublished *e = event;

    if (e->opens_at)
        edition->opens_at_us = proto_time_us(e->opens_at);
    if (e->closes_at)
        edition->closes_at_us = proto_time_us(e->closes_at);
    edition->programme_rules_version = e->programme_rules_version;
    edition->programme_rules_digest = proto_digest_of(e->programme_rules_digest);
}

/* ------------------------------------------------------------------ its early end */

static int
cancel_edition(const struct given *given, const void *command, struct events *out)
{
    const Submissions__CancelEdition *ask = command;
    int refusal = submissions_judge_organiser(given, given->state, MAY(OWNER), MAY(ENTRANT_HEAD));

    if (refusal)
        return refusal;

    Submissions__EditionCancelled *said = new_event(out, ON(edition_cancelled));
    said->edition_id = id_text(out, &given->subject);
    said->reason = ask->reason;
    submissions_release(given, also(given, 0), out); /* its rounds end no more */
    return ACCEPTED;
}

/* clang-format off */
#define HEAR(message) &appraisal__##message##__descriptor
#define STAFF (MAY(ORGANISER) | MAY(STANDING))
#define LOCAL (MAY(ENTRANT_HEAD) | MAY(CLERK))
/* Where a row names roles of both sorts, the decision looks which of them the edition asks for. */

static const struct handler handlers[] = {
    /* message                  who may                                        decide                            birth       also locks                    about */
    { ON(create_edition),       STAFF,                                         create_edition,                   CREATES,    NULL,                         NULL },
    { ON(create_local_edition), LOCAL,                                         submissions_create_local_edition, CREATES,    submissions_edition_above,    NULL },
    { ON(set_edition_rules),    STAFF | LOCAL,                                 set_edition_rules,                MUST_EXIST, NULL,                         NULL },
    { ON(publish_edition),      MAY(OWNER) | MAY(ENTRANT_HEAD),                publish_edition,                  MUST_EXIST, submissions_needs_programme_rules, NULL },
    { ON(open_registration),    STAFF | LOCAL,                                 submissions_open_registration,    MUST_EXIST, NULL,                         NULL },
    { ON(extend_registration),  MAY(OWNER) | MAY(ENTRANT_HEAD),                submissions_extend_registration,  MUST_EXIST, NULL,                         NULL },
    { ON(close_registration),   STAFF | LOCAL,                                 submissions_close_registration,   MUST_EXIST, NULL,                         NULL },
    { ON(confirm_entrants),     STAFF | LOCAL,                                 submissions_confirm_entrants,     MUST_EXIST, NULL,                         NULL },
    { ON(registration_due),     ONLY_RUNTIME,                                  submissions_come_due,             MUST_EXIST, NULL,                         NULL },
    { HEAR(round_started),      HEARD,                                         submissions_round_started,        MUST_EXIST, submissions_entries_started,  submissions_edition_started },
    { HEAR(round_confirmed),    HEARD,                                         submissions_round_confirmed,      MUST_EXIST, submissions_entries_ranked,   submissions_edition_ranked },
    { HEAR(round_annulled),     HEARD,                                         submissions_round_annulled,       MUST_EXIST, submissions_entries_set_back, submissions_edition_set_back },
    { HEAR(judging_closed),     HEARD,                                         submissions_judging_closed,       MUST_EXIST, submissions_its_jury,         NULL },
    { ON(confirm_results),      MAY(OWNER) | MAY(ORGANISER) | MAY(ENTRANT_HEAD), submissions_confirm_results,    MUST_EXIST, submissions_entries_named,    NULL },
    { ON(reopen_judging),       MAY(OWNER) | MAY(ENTRANT_HEAD),                submissions_reopen_judging,       MUST_EXIST, submissions_its_jury,        NULL },
    { ON(publish_results),      MAY(OWNER) | MAY(ORGANISER) | MAY(ENTRANT_HEAD), submissions_publish_results,    MUST_EXIST, NULL,                         NULL },
    { ON(start_follow_up),      MAY(STANDING),                                 submissions_start_follow_up,      MUST_EXIST, submissions_entries_placed,   NULL },
    { ON(archive_edition),      MAY(STANDING),                                 submissions_archive_edition,      MUST_EXIST, submissions_entries_placed,   NULL },
    { ON(report_local_results), LOCAL,                                         submissions_report_local_results, MUST_EXIST, NULL,                         NULL },
    { ON(cancel_edition),       MAY(OWNER) | MAY(ENTRANT_HEAD),                cancel_edition,                   MUST_EXIST, submissions_its_jury,         NULL },
    { 0 },
};

static const struct transition transitions[] = {
    /* from                  when                        to                     remember                            because */
    { NOTHING,               ON(edition_created),        IS(DRAFT),             edition_created,                    "an edition was set up under its plan" },
    { IS(DRAFT),             ON(edition_rules_set),      IS(DRAFT),             edition_rules_set,                  "its rules were written, or written anew" },
    { IS(DRAFT),             ON(edition_published),      IS(PUBLISHED),         edition_published,                  "the owner published the rules, which are frozen from now on" },
    { IS(PUBLISHED),         ON(registration_opened),    IS(OPEN),              NULL,                               "entries may come in" },
    { IS(PUBLISHED),         ON(registration_extended),  IS(PUBLISHED),         submissions_registration_extended,  "a cited document puts the end of registration off" },
    { IS(OPEN),              ON(registration_extended),  IS(OPEN),              submissions_registration_extended,  "a cited document puts the end of registration off" },
    { IS(OPEN),              ON(registration_closed),    IS(CLOSED),            NULL,                               "the time for entries is over" },
    { IS(CLOSED),            ON(entrants_confirmed),     IS(CLOSED),            submissions_entrants_confirmed,     "every entry is examined: no further one is registered" },
    { IS(CLOSED),            ON(judging_started),        IS(JUDGING),           NULL,                               "the first round began" },
    { IS(JUDGING),           ON(judging_started),        IS(JUDGING),           NULL,                               "another round began" },
    { IS(JUDGING),           ON(round_outcome_noted),    IS(JUDGING),           submissions_outcome_noted,          "a round was confirmed or annulled" },
    { IS(CLOSED),            ON(judging_ended),          IS(JUDGING),           submissions_judging_ended,          "nobody was left to be judged" },
    { IS(JUDGING),           ON(judging_ended),          IS(JUDGING),           submissions_judging_ended,          "judging is closed: what was confirmed stands" },
    { IS(JUDGING),           ON(judging_reopened),       IS(JUDGING),           submissions_judging_reopened,       "the owner found a fault before there were results: rounds may be held again" },
    { IS(JUDGING),           ON(results_confirmed),      IS(RESULTS_CONFIRMED), submissions_results_confirmed,      "every finalist's prize, or that there is none, is confirmed" },
    { IS(RESULTS_CONFIRMED), ON(local_results_reported), IS(RESULTS_CONFIRMED), submissions_local_results_reported, "a local contest told what came of it, and what it cost" },
    { IS(ARCHIVED),          ON(local_results_reported), IS(ARCHIVED),          submissions_local_results_reported, "a local contest told what came of it when it was archived already" },
    { IS(RESULTS_CONFIRMED), ON(results_published),      IS(RESULTS_CONFIRMED), submissions_results_published,      "the confirmed results are for everybody" },
    { IS(FOLLOW_UP),         ON(results_published),      IS(FOLLOW_UP),         submissions_results_published,      "the confirmed results are for everybody" },
    { IS(RESULTS_CONFIRMED), ON(follow_up_started),      IS(FOLLOW_UP),         submissions_follow_up_started,      "its finalists owe their dossiers" },
    { IS(FOLLOW_UP),         ON(edition_archived),       IS(ARCHIVED),          NULL,                               "nothing of it is open any more" },
    { IS(RESULTS_CONFIRMED), ON(edition_archived),       IS(ARCHIVED),          NULL,                               "it has no follow-up, and nothing of it is open" },
    { IS(DRAFT),             ON(edition_cancelled),      IS(CANCELLED),         NULL,                               "the edition was called off before it was published" },
    { IS(PUBLISHED),         ON(edition_cancelled),      IS(CANCELLED),         NULL,                               "the edition was called off before it opened" },
    { IS(OPEN),              ON(edition_cancelled),      IS(CANCELLED),         NULL,                               "the edition was called off while entries came in" },
    { IS(CLOSED),            ON(edition_cancelled),      IS(CANCELLED),         NULL,                               "the edition was called off before it was judged" },
    { IS(JUDGING),           ON(edition_cancelled),      IS(CANCELLED),         NULL,                               "the edition was called off before there were results" },
    { 0 },
};

const struct kind edition_kind = {
    "edition", ON(edition_state), &edition_table, handlers, transitions, false,
};
/* clang-format on */
