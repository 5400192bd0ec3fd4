/* tests/unit/edition_story.h - an edition that is judged here, on top of the 2019 contest.
 *
 * Shapes     edition 100 of programme 10; edition 110 is a local contest of agency 3, below it. Registration is open from
 *            10 November to the end of 10 December 2019, local time.
 */
#ifndef SANGKIEN_TESTS_UNIT_EDITION_STORY_H
#define SANGKIEN_TESTS_UNIT_EDITION_STORY_H

#include "tests/unit/submissions_story.h"

#define OPENS_US INT64_C(1573318800000000)  /* 2019-11-09T17:00:00Z */
#define CLOSES_US INT64_C(1575997200000000) /* 2019-12-10T17:00:00Z */

/* A new message, put at the end of a repeated field of the other one. */
#define ADD(s, whole, field, type)                                                                 \
    ((whole)->field =                                                                              \
         memcpy(arena_zero((s)->arena, ((whole)->n_##field + 1) * sizeof(*(whole)->field)),        \
                (whole)->n_##field ? (void *) (whole)->field : "",                                 \
                (whole)->n_##field * sizeof(*(whole)->field)),                                     \
     (whole)->field[(whole)->n_##field++] = proto_new((s)->arena, ON(type)))

static inline void
add_criterion(struct story *s, Submissions__ContestPart *part, const char *code)
{
    Submissions__Criterion *criterion = ADD(s, part, criteria, criterion);

    criterion->code = code;
    criterion->name = code;
    criterion->max_centi = 2000;
    criterion->step_centi = 25;
    criterion->weight = 1;
}

static inline void
add_part(struct story *s, Submissions__RoundRules *round, const char *code, int32_t weight_bp)
{
    Submissions__ContestPart *part = ADD(s, round, parts, contest_part);

    part->code = code;
    part->name = code;
    part->mode = SUBMISSIONS__PART_MODE__PART_MODE_WRITTEN;
    part->weight_bp = weight_bp;
    add_criterion(s, part, "new");
    add_criterion(s, part, arena_format(s->arena, "use of the %s", code));
}

static inline Submissions__RoundRules *
add_round(struct story *s, Submissions__EditionRules *rules, const char *code,
          Submissions__RoundStage stage)
{
    Submissions__RoundRules *round = ADD(s, rules, rounds, round_rules);

    round->code = code;
    round->name = code;
    round->stage = stage;
    round->min_members = 3;
    round->min_sheets = 3;
    round->aggregation = SUBMISSIONS__AGGREGATION__AGGREGATION_MEAN;
    round->normalisation = SUBMISSIONS__NORMALISATION__NORMALISATION_NONE;
    round->decimals = 2;
    round->threshold_centi = 7500;
    round->quorum_bp = 6667;
    round->counting_base = SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_JUDGES;
    round->every_place_counts = stage == SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_FINAL;
    add_part(s, round, "model", 6000);
    add_part(s, round, "video", 4000);
    return round;
}

static inline void
add_prize(struct story *s, Submissions__EditionRules *rules, Submissions__Award award,
          int32_t quota)
{
    Submissions__Prize *prize = ADD(s, rules, prizes, prize);

    prize->award = award;
    prize->quota = quota;
}

static inline void
add_cluster(struct story *s, Submissions__EditionRules *rules, const char *code, unsigned agency)
{
    Submissions__Cluster *cluster = ADD(s, rules, clusters, cluster);

    cluster->code = code;
    cluster->name = code;
    cluster->n_agency_ids = 1;
    cluster->agency_ids = arena_zero(s->arena, sizeof(*cluster->agency_ids));
    cluster->agency_ids[0] = story_id(s, agency);
}

static inline void
add_item(struct story *s, Submissions__LocalTerms *terms, const char *code)
{
    Submissions__ChecklistItem *item = ADD(s, terms, checklist, checklist_item);

    item->code = code;
    item->text = code;
}

/* Clusters, then the final; one first prize and two second ones; local contests for 50,000,000 dong. */
static inline Submissions__EditionRules *
whole_rules(struct story *s)
{
    Submissions__EditionRules *rules = proto_new(s->arena, ON(edition_rules));

    rules->subject = "Cải cách hành chính";
    rules->n_legal_basis = 1;
    rules->legal_basis = arena_zero(s->arena, sizeof(*rules->legal_basis));
    rules->legal_basis[0] = &report;
    rules->registration = "Qua trục liên thông";
    rules->max_cure_days = 30;
    rules->opens = until(s, 2019, 11, 10, false);
    rules->closes = until(s, 2019, 12, 10, true);
    rules->eligibility = proto_new(s->arena, ON(eligibility));
    add_cluster(s, rules, "north", 3);
    add_cluster(s, rules, "south", 4);
    add_round(s, rules, "clusters", SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_CLUSTER);
    add_round(s, rules, "final", SUBMISSIONS__ROUND_STAGE__ROUND_STAGE_FINAL);
    add_prize(s, rules, SUBMISSIONS__AWARD__AWARD_FIRST, 1);
    add_prize(s, rules, SUBMISSIONS__AWARD__AWARD_SECOND, 2);
    rules->local_terms = proto_new(s->arena, ON(local_terms));
    rules->local_terms->cost_cap_vnd = 50000000;
    rules->local_terms->max_promotions = 2;
    rules->local_terms->max_contests_per_agency = 2;
    add_item(s, rules->local_terms, "safe");
    add_item(s, rules->local_terms, "thrifty");
    return rules;
}

/* What holds for all editions of programme 10: in force since 2018. */
static inline Submissions__ProgrammeRules *
whole_programme_rules(struct story *s)
{
    Submissions__ProgrammeRules *rules = proto_new(s->arena, ON(programme_rules));
    Submissions__LegalBasis *basis = ADD(s, rules, legal_basis, legal_basis);

    rules->jurisdiction = "Tỉnh Khánh Hòa";
    basis->document = &report;
    basis->valid_from = until(s, 2018, 1, 1, false)->date;
    rules->language = "vi";
    rules->time_zone = "Asia/Ho_Chi_Minh";
    rules->utc_offset_minutes = 420;
    rules->currency = "VND";
    return rules;
}

static inline const struct programme_rules *
the_rules(struct story *s)
{
    const struct uuid id = submissions_programme_rules_id(s->programme);
    const struct held *held = world_find(s->world, &programme_rules_kind, id);

    return held ? (const void *) held->state : NULL;
}

/* 0: there are none. */
static inline int64_t
present_programme_rules(struct story *s)
{
    return the_rules(s) ? the_rules(s)->rules_version : 0;
}

static inline void
set_programme_rules_as(struct story *s, unsigned person, Submissions__ProgrammeRules *rules)
{
    Submissions__SetProgrammeRules ask = SUBMISSIONS__SET_PROGRAMME_RULES__INIT;

    ask.rules = rules;
    ask.rules_version = present_programme_rules(s);
    say_as(s, person, 10, &ask);
}

static inline void
programme_is_created(struct story *s)
{
    Submissions__CreateProgramme ask = SUBMISSIONS__CREATE_PROGRAMME__INIT;

    ask.name = "Cuộc thi";
    ask.utc_offset_minutes = 420;
    say_as(s, 11, 10, &ask);
    assert_happened(s, "ProgrammeCreated");
}

static inline void
programme_has_rules(struct story *s)
{
    programme_is_created(s);
    set_programme_rules_as(s, 11, whole_programme_rules(s));
    assert_happened(s, "ProgrammeRulesSet");
}

static inline const struct edition *
the_edition(struct story *s, unsigned edition)
{
    return story_state(s, &edition_kind, edition);
}

static inline void
set_rules_as(struct story *s, unsigned person, unsigned edition, Submissions__EditionRules *rules)
{
    Submissions__SetEditionRules ask = SUBMISSIONS__SET_EDITION_RULES__INIT;

    ask.rules = rules;
    say_as(s, person, edition, &ask);
}

static inline void
publish_as(struct story *s, unsigned person, unsigned edition)
{
    Submissions__PublishEdition ask = SUBMISSIONS__PUBLISH_EDITION__INIT;

    ask.rules_version = the_edition(s, edition)->rules_version;
    ask.programme_rules_version = present_programme_rules(s);
    say_as(s, person, edition, &ask);
}

static inline void
judged_edition_is_drafted(struct story *s)
{
    Submissions__CreateEdition create = fourth_edition();

    programme_has_rules(s);
    create.judged_elsewhere = false;
    create.threshold_centi = 0;
    create.maximum_centi = 0;
    say_as(s, 21, 100, &create);
    assert_happened(s, "EditionCreated");
}

static inline void
judged_edition_is_published(struct story *s)
{
    judged_edition_is_drafted(s);
    set_rules_as(s, 21, 100, whole_rules(s));
    assert_happened(s, "EditionRulesSet");
    publish_as(s, 11, 100);
    assert_happened(s, "EditionPublished");
}

static inline void
judged_edition_is_closed(struct story *s)
{
    judged_edition_is_published(s);
    story_later(s, CLOSES_US);
    assert_happened(s, "RegistrationClosed");
}

static inline void
confirm_entrants_as(struct story *s, unsigned person, unsigned edition)
{
    Submissions__ConfirmEntrants ask = SUBMISSIONS__CONFIRM_ENTRANTS__INIT;

    say_as(s, person, edition, &ask);
}

static inline Submissions__CreateLocalEdition *
local_contest(struct story *s)
{
    Submissions__CreateLocalEdition *ask = proto_new(s->arena, ON(create_local_edition));

    ask->parent_edition_id = story_id(s, 100);
    ask->ordinal = 1;
    ask->name = "Hội thi của Sở";
    ask->document = &report;
    ask->planned_cost_vnd = 50000000;
    ask->n_met_items = 2;
    ask->met_items = arena_zero(s->arena, 3 * sizeof(*ask->met_items));
    ask->met_items[0] = "thrifty";
    ask->met_items[1] = "safe";
    return ask;
}

static inline void
local_edition_is_drafted(struct story *s)
{
    judged_edition_is_published(s);
    say_as(s, 32, 110, local_contest(s));
    assert_happened(s, "EditionCreated, LocalContestCounted");
}

/* One round, for nobody but the own agency. */
static inline Submissions__EditionRules *
local_rules(struct story *s)
{
    Submissions__EditionRules *rules = whole_rules(s);

    rules->local_terms = NULL;
    rules->n_clusters = 0;
    rules->rounds[0] = rules->rounds[1];
    rules->n_rounds = 1;
    return rules;
}

static inline void
register_it(struct story *s, unsigned entry)
{
    Submissions__RegisterEntry ask = SUBMISSIONS__REGISTER_ENTRY__INIT;

    ask.entry_code = arena_format(s->arena, "KH-%u", entry);
    say_as(s, 21, entry, &ask);
}

#endif
