/* tests/unit/judging_story.h - the people, the rules and the commands of every story about judging.
 *
 * Shapes     begin() tells who there is and publishes an edition of two rounds, so-khao and chung-khao;
 *            begin_closed(), begin_planned(), begin_assigned(), begin_scoring(), begin_proposed() and
 *            begin_confirmed() tell the story so far. Entries are ENTRY, ENTRY + 1 ...
 */
#ifndef SANGKIEN_TESTS_UNIT_JUDGING_STORY_H
#define SANGKIEN_TESTS_UNIT_JUDGING_STORY_H

#include "tests/unit/story.h"

#include "sangkien/submissions/v1/events.pb-c.h"
#include "services/appraisal/judging.h"

enum {
    HOME_AFFAIRS = 1,
    ENTRANT = 2,
    FINANCE = 3,
    EDUCATION = 4,
    PARTNER = 5,  /* entered together with the entrant */
    BUREAU = 6,   /* under the entrant */
    PROVINCE = 7, /* above the entrant */
    JUSTICE = 9,
    HEAD = 10, /* of Home Affairs */
    CHAIR = 11,
    SECRETARY = 12,
    COLLEAGUE = 21, /* works for the entrant */
    CLERK = 22,     /* of the entrant */
    MEMBER = 31,
    AUTHOR = 32, /* wrote every entry, and works at Finance */
    ANOTHER_MEMBER = 41,
    ALLY = 51,
    UNDERLING = 61,
    BOSS = 71,
    OWNER = 72,
    AUDITOR = 73,
    EDITION = 90,
    COUNCIL = 91,
    ENTRY = 100,
    ROUND = 300,
    FINAL = 301,
};

#define DUE_US (STORY_BEGINS_US + 19 * DAY_US - 7 * HOUR_US) /* 20 November, 00:00 in Viet Nam */

static uint8_t rules_digest_bytes[32] = { 7, 7, 7 };

/* ------------------------------------------------------------------ who there is */

static inline void
agency_under(struct story *s, unsigned agency, unsigned parent)
{
    Directory__AgencyRegistered e = DIRECTORY__AGENCY_REGISTERED__INIT;

    e.agency_id = story_id(s, agency);
    e.name = arena_format(s->arena, "Agency %u", agency);
    e.agency_code = arena_format(s->arena, "A%u", agency);
    e.agency_class = DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_DEPARTMENT;
    e.level = DIRECTORY__AGENCY_LEVEL__AGENCY_LEVEL_PROVINCE;
    e.parent_agency_id = story_id(s, parent);
    story_directory(s, &e);
}

/* All of them; the one who moved works for that agency. */
static inline void
introduce_moved(struct story *s, unsigned moved, unsigned to)
{
    static const unsigned people[][2] = {
        { HOME_AFFAIRS, HEAD }, { HOME_AFFAIRS, CHAIR }, { HOME_AFFAIRS, SECRETARY },
        { ENTRANT, COLLEAGUE }, { ENTRANT, CLERK },      { FINANCE, MEMBER },
        { FINANCE, AUTHOR },    { PARTNER, ALLY },       { EDUCATION, ANOTHER_MEMBER },
        { BUREAU, UNDERLING },  { PROVINCE, BOSS },      { PROVINCE, OWNER },
        { JUSTICE, AUDITOR },
    };

    agency_under(s, PROVINCE, 0);
    agency_under(s, HOME_AFFAIRS, 0);
    agency_under(s, ENTRANT, PROVINCE);
    agency_under(s, FINANCE, 0);
    agency_under(s, EDUCATION, 0);
    agency_under(s, PARTNER, 0);
    agency_under(s, BUREAU, ENTRANT);
    agency_under(s, JUSTICE, 0);
    for (size_t i = 0; i < sizeof(people) / sizeof(*people); i++)
        story_person(s, people[i][1] == moved ? to : people[i][0], people[i][1]);
    story_bind(s, DIRECTORY__ROLE__ROLE_STANDING, HOME_AFFAIRS, HEAD, "khanh-hoa");
    story_bind(s, DIRECTORY__ROLE__ROLE_CLERK, ENTRANT, CLERK, "khanh-hoa");
    story_bind(s, DIRECTORY__ROLE__ROLE_OWNER, PROVINCE, OWNER, "khanh-hoa");
    story_bind(s, DIRECTORY__ROLE__ROLE_AUDITOR, JUSTICE, AUDITOR, "khanh-hoa");
}

static inline void
introduce(struct story *s)
{
    introduce_moved(s, 0, 0);
}

/* From now on the person works for that agency, whatever the directory said before. */
static inline void
move_person(struct story *s, unsigned person, unsigned agency)
{
    authority_free(&s->authority);
    s->authority = authority_new();
    s->directory_position = 0;
    introduce_moved(s, person, agency);
}

/* ------------------------------------------------------------------ the rules */

static inline Submissions__Criterion *
criterion(struct story *s, const char *code, int32_t max_centi, int32_t step_centi)
{
    Submissions__Criterion *c = proto_new(s->arena, &submissions__criterion__descriptor);

    c->code = code;
    c->name = code;
    c->max_centi = max_centi;
    c->step_centi = step_centi;
    c->weight = 1;
    return c;
}

/* One part of two criteria: "new", 0 to 60 in steps of 5, and "use", 0 to 40 in steps of a quarter. */
static inline Submissions__RoundRules *
round_rules(struct story *s, const char *code, Submissions__RoundStage stage)
{
    Submissions__RoundRules *r = proto_new(s->arena, &submissions__round_rules__descriptor);
    Submissions__ContestPart *part = proto_new(s->arena, &submissions__contest_part__descriptor);

    part->code = "model";
    part->name = "Mô hình";
    part->mode = SUBMISSIONS__PART_MODE__PART_MODE_WRITTEN;
    part->weight_bp = 10000;
    part->criteria = arena_zero(s->arena, 2 * sizeof(*part->criteria));
    part->criteria[part->n_criteria++] = criterion(s, "new", 6000, 500);
    part->criteria[part->n_criteria++] = criterion(s, "use", 4000, 25);
    r->code = code;
    r->name = code;
    r->stage = stage;
    r->is_blind = true;
    r->min_members = 2;
    r->min_sheets = 2;
    r->parts = arena_zero(s->arena, sizeof(*r->parts));
    r->parts[r->n_parts++] = part;
    r->aggregation = SUBMISSIONS__AGGREGATION__AGGREGATION_MEAN;
    r->normalisation = SUBMISSIONS__NORMALISATION__NORMALISATION_NONE;
    r->decimals = 2;
    r->top_entries = 1;
    r->quorum_bp = 6667;
    r->counting_base = SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_MEMBERS;
    return r;
}

static inline Submissions__EditionRules *
usual_rules(struct story *s)
{
    Submissions__EditionRules *rules = proto_new(s->arena, &submissions__edition_rules__descriptor);

    rules->eligibility = proto_new(s->arena, &submissions__eligibility__descriptor);
    rules->rounds = arena_zero(s->arena, 3 * sizeof(*rules->rounds));
    rules->rounds[rules->n_rounds++] = round_rules(s, "so-khao", STAGE(PRELIMINARY));
    rules->rounds[rules->n_rounds++] = round_rules(s, "chung-khao", STAGE(FINAL));
    return rules;
}

static inline void
add_cluster(struct story *s, Submissions__EditionRules *rules, const char *code, unsigned agency)
{
    Submissions__Cluster *c = proto_new(s->arena, &submissions__cluster__descriptor);

    if (!rules->clusters)
        rules->clusters = arena_zero(s->arena, 4 * sizeof(*rules->clusters));
    c->code = code;
    c->name = code;
    c->agency_ids = arena_zero(s->arena, sizeof(*c->agency_ids));
    c->agency_ids[c->n_agency_ids++] = story_id(s, agency);
    rules->clusters[rules->n_clusters++] = c;
}

/* A round in two clusters, of the entrant and of Education, and the final. */
static inline Submissions__EditionRules *
cluster_rules(struct story *s)
{
    Submissions__EditionRules *rules = usual_rules(s);

    rules->rounds[0] = round_rules(s, "cum", STAGE(CLUSTER));
    add_cluster(s, rules, "1", ENTRANT);
    add_cluster(s, rules, "2", EDUCATION);
    return rules;
}

/* ------------------------------------------------------------------ what is heard */

/* As story_hear, by the handler of this kind: more than one kind may hear an event. */
static inline void
hear_as(struct story *s, const struct kind *kind, unsigned subject, const void *event)
{
    const ProtobufCMessage *copy = story_copy(s, event);
    struct envelope envelope = story_envelope(s, copy);
    struct given given = { .programme = s->programme, .heard_subject = ID(subject) };
    const struct handler *h = kind->handlers;

    while (h->message != copy->descriptor) {
        if (!h->message)
            fail_msg("%s does not hear %s", kind->name, copy->descriptor->name);
        h++;
    }
    envelope.actor = (struct actor){ 0 };
    envelope.subject = envelope.heard_subject = ID(subject);
    envelope.heard_type = copy->descriptor->name;
    if (h->subject)
        envelope.subject = h->subject(&given, copy);
    s->last = (struct outcome){ 0 };
    if (uuid_is_nil(&envelope.subject))
        return; /* not for this service */
    s->last = world_say(s->world, h, kind, &envelope, copy);
}

static inline void
publish_as(struct story *s, unsigned edition, Submissions__EditionRules *rules, unsigned organiser)
{
    Submissions__EditionPublished e = SUBMISSIONS__EDITION_PUBLISHED__INIT;

    e.edition_id = story_id(s, edition);
    e.rules_digest = (ProtobufCBinaryData){ sizeof(rules_digest_bytes), rules_digest_bytes };
    e.rules = rules;
    e.organiser_agency_id = story_id(s, organiser);
    hear_as(s, &contest_kind, edition, &e);
}

static inline void
publish(struct story *s, Submissions__EditionRules *rules, unsigned organiser)
{
    publish_as(s, EDITION, rules, organiser);
}

static inline void
close_registration(struct story *s)
{
    Submissions__RegistrationClosed e = SUBMISSIONS__REGISTRATION_CLOSED__INIT;

    e.edition_id = story_id(s, EDITION);
    hear_as(s, &contest_kind, EDITION, &e);
}

static inline void
confirm_entrants(struct story *s)
{
    Submissions__EntrantsConfirmed e = SUBMISSIONS__ENTRANTS_CONFIRMED__INIT;

    e.edition_id = story_id(s, EDITION);
    hear_as(s, &contest_kind, EDITION, &e);
}

static inline void
cancel_edition(struct story *s)
{
    Submissions__EditionCancelled e = SUBMISSIONS__EDITION_CANCELLED__INIT;

    e.edition_id = story_id(s, EDITION);
    hear_as(s, &contest_kind, EDITION, &e);
}

static inline void
reopen_judging(struct story *s)
{
    Submissions__JudgingReopened e = SUBMISSIONS__JUDGING_REOPENED__INIT;

    e.edition_id = story_id(s, EDITION);
    hear_as(s, &contest_kind, EDITION, &e);
}

static inline void
register_entry_of(struct story *s, unsigned entry, unsigned agency, unsigned author)
{
    Submissions__EntryRegistered e = SUBMISSIONS__ENTRY_REGISTERED__INIT;
    Submissions__CoEntrant partner = SUBMISSIONS__CO_ENTRANT__INIT;
    Submissions__CoEntrant *co_entrants[] = { &partner };
    Submissions__Evidence film = SUBMISSIONS__EVIDENCE__INIT, *evidence[] = { &film };
    const char *authors[] = { story_id(s, author) };

    e.entry_id = story_id(s, entry);
    e.entry_code = arena_format(s->arena, "KH-%u", entry);
    e.title = "Một cửa điện tử";
    e.edition_id = story_id(s, EDITION);
    e.entrant_agency_id = story_id(s, agency);
    e.n_author_ids = 1;
    e.author_ids = authors;
    partner.agency_id = story_id(s, PARTNER);
    e.n_co_entrants = 1;
    e.co_entrants = co_entrants;
    e.submitted_at = story_time(s, STORY_BEGINS_US + entry);
    e.entry_version = 1;
    e.summary = "Trả kết quả trong ngày";
    e.team = "Đội 1";
    film.kind = SUBMISSIONS__EVIDENCE_KIND__EVIDENCE_KIND_VIDEO;
    film.name = "Phim";
    film.uri = "https://khanhhoa.example/phim";
    film.sha256 = (ProtobufCBinaryData){ sizeof(rules_digest_bytes), rules_digest_bytes };
    film.size_bytes = 1;
    film.media_type = "video/mp4";
    e.n_evidence = 1;
    e.evidence = evidence;
    hear_as(s, &contender_kind, entry, &e);
}

static inline void
register_entry(struct story *s, unsigned entry)
{
    register_entry_of(s, entry, ENTRANT, AUTHOR);
}

static inline void
withdraw_entry(struct story *s, unsigned entry)
{
    Submissions__EntryWithdrawn e = SUBMISSIONS__ENTRY_WITHDRAWN__INIT;

    e.entry_id = story_id(s, entry);
    e.edition_id = story_id(s, EDITION);
    hear_as(s, &dossier_intake_kind, entry, &e);
}

/* ------------------------------------------------------------------ what is said */

static inline Types__OfficialDocument *
document(struct story *s, int32_t day)
{
    Types__OfficialDocument *d = proto_new(s->arena, &types__official_document__descriptor);

    d->kind = TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DECISION;
    d->document_symbol = "12/QD-SNV";
    d->issued_on = proto_new(s->arena, &types__date__descriptor);
    d->issued_on->year = 2019;
    d->issued_on->month = 11;
    d->issued_on->day = day;
    return d;
}

static inline void
constitute_of(struct story *s, unsigned council, const unsigned *persons, const int *seats,
              size_t count)
{
    Appraisal__ConstituteCouncil m = APPRAISAL__CONSTITUTE_COUNCIL__INIT;

    m.edition_id = story_id(s, EDITION);
    m.members = arena_zero(s->arena, (count + 1) * sizeof(*m.members));
    for (; m.n_members < count; m.n_members++) {
        m.members[m.n_members] = proto_new(s->arena, &appraisal__council_member__descriptor);
        m.members[m.n_members]->person_id = story_id(s, persons[m.n_members]);
        m.members[m.n_members]->seat = (Appraisal__PanelSeat) seats[m.n_members];
    }
    m.document = document(s, 1);
    story_say(s, council, &m);
}

static const int usual_seats[] = { SEAT(CHAIR), SEAT(SECRETARY), SEAT(MEMBER), SEAT(MEMBER) };
static const unsigned usual_members[] = { CHAIR, SECRETARY, MEMBER, ANOTHER_MEMBER };
static const int seats_with_vice[] = { SEAT(CHAIR), SEAT(SECRETARY), SEAT(VICE_CHAIR),
                                       SEAT(MEMBER) };

/* Chair, secretary, and these two. */
static inline void
constitute_with(struct story *s, unsigned third, unsigned fourth)
{
    unsigned persons[] = { CHAIR, SECRETARY, third, fourth };

    constitute_of(s, COUNCIL, persons, usual_seats, 4);
}

/* A member says which entries it cannot judge; 0: none. */
static inline void
declare_of(struct story *s, unsigned person, unsigned entry)
{
    Appraisal__DeclareConflicts m = APPRAISAL__DECLARE_CONFLICTS__INIT;
    const char *entries[] = { story_id(s, entry) };

    m.n_entry_ids = entry != 0;
    m.entry_ids = entries;
    story_as(s, person);
    story_say(s, COUNCIL, &m);
    story_as(s, HEAD);
}

static inline void
plan(struct story *s, unsigned round, const char *code, const char *cluster)
{
    Appraisal__PlanRound m = APPRAISAL__PLAN_ROUND__INIT;

    m.edition_id = story_id(s, EDITION);
    m.council_id = story_id(s, COUNCIL);
    m.round_code = code;
    m.cluster_code = cluster;
    story_say(s, round, &m);
}

static inline void
assign_to(struct story *s, unsigned round, unsigned first, size_t count)
{
    Appraisal__AssignToRound m = APPRAISAL__ASSIGN_TO_ROUND__INIT;

    m.entry_ids = arena_zero(s->arena, (count + 1) * sizeof(*m.entry_ids));
    for (; m.n_entry_ids < count; m.n_entry_ids++)
        m.entry_ids[m.n_entry_ids] = story_id(s, first + (unsigned) m.n_entry_ids);
    story_say(s, round, &m);
}

static inline Types__Deadline *
due(struct story *s, int32_t day)
{
    Types__Deadline *d = proto_new(s->arena, &types__deadline__descriptor);

    d->date = document(s, day)->issued_on;
    d->utc_offset_minutes = 420;
    return d;
}

static inline void
start(struct story *s, unsigned round, int32_t day)
{
    Appraisal__StartRound m = APPRAISAL__START_ROUND__INIT;

    m.due = due(s, day);
    story_say(s, round, &m);
}

static inline struct uuid
sheet_of(unsigned round, unsigned entry, unsigned person)
{
    struct uuid r = ID(round), e = ID(entry), p = ID(person);

    return judging_sheet_id(&r, &e, &p);
}

static inline Appraisal__CriterionScore *
score(struct story *s, const char *part, const char *code, int32_t centi)
{
    Appraisal__CriterionScore *c = proto_new(s->arena, &appraisal__criterion_score__descriptor);

    c->part = part;
    c->criterion = code;
    c->score_centi = centi;
    return c;
}

static inline Appraisal__Scores *
scores(struct story *s, int32_t new_centi, int32_t use_centi)
{
    Appraisal__Scores *all = proto_new(s->arena, &appraisal__scores__descriptor);

    all->scores = arena_zero(s->arena, 4 * sizeof(*all->scores));
    all->scores[all->n_scores++] = score(s, "model", "new", new_centi);
    all->scores[all->n_scores++] = score(s, "model", "use", use_centi);
    return all;
}

static inline void
save_scores(struct story *s, unsigned entry, unsigned person, Appraisal__Scores *all)
{
    Appraisal__SaveSheet m = APPRAISAL__SAVE_SHEET__INIT;

    m.round_id = story_id(s, ROUND);
    m.scores = all;
    story_send(s, sheet_of(ROUND, entry, person), &m);
}

static inline void
lock_scores(struct story *s, unsigned entry, unsigned person, Appraisal__Scores *all)
{
    Appraisal__LockSheet m = APPRAISAL__LOCK_SHEET__INIT;

    m.round_id = story_id(s, ROUND);
    m.scores = all;
    story_send(s, sheet_of(ROUND, entry, person), &m);
}

/* The person itself locks these points. */
static inline void
lock(struct story *s, unsigned entry, unsigned person, int32_t new_centi)
{
    story_as(s, person);
    lock_scores(s, entry, person, scores(s, new_centi, 1000));
    assert_happened(s, "SheetLocked");
}

static inline void
lock_all(struct story *s, unsigned entry, int32_t new_centi)
{
    lock(s, entry, CHAIR, new_centi);
    lock(s, entry, MEMBER, new_centi);
    lock(s, entry, ANOTHER_MEMBER, new_centi);
}

static inline void
reopen(struct story *s, unsigned entry, unsigned person)
{
    Appraisal__ReopenSheet m = APPRAISAL__REOPEN_SHEET__INIT;

    m.round_id = story_id(s, ROUND);
    m.reason = "a slip of the pen";
    story_send(s, sheet_of(ROUND, entry, person), &m);
}

static inline void
excuse(struct story *s, unsigned entry, unsigned person)
{
    Appraisal__ExcuseSheet m = APPRAISAL__EXCUSE_SHEET__INIT;

    m.round_id = story_id(s, ROUND);
    m.reason = "ill";
    story_send(s, sheet_of(ROUND, entry, person), &m);
}

/* Those are there. */
static inline void
propose_with(struct story *s, unsigned person, unsigned round, const unsigned *present,
             size_t count)
{
    Appraisal__ProposeRanking m = APPRAISAL__PROPOSE_RANKING__INIT;

    m.present_person_ids = arena_zero(s->arena, (count + 1) * sizeof(*m.present_person_ids));
    for (; m.n_present_person_ids < count; m.n_present_person_ids++)
        m.present_person_ids[m.n_present_person_ids] = story_id(s, present[m.n_present_person_ids]);
    m.minutes = document(s, 8);
    story_as(s, person);
    story_say(s, round, &m);
}

/* Three of the four. */
static inline void
propose_as(struct story *s, unsigned person, unsigned round)
{
    static const unsigned present[] = { CHAIR, SECRETARY, MEMBER };

    propose_with(s, person, round, present, 3);
}

static inline const struct contest *
the_contest(struct story *s)
{
    return story_state(s, &contest_kind, EDITION);
}

static inline void
close_judging(struct story *s)
{
    Appraisal__CloseJudging m = APPRAISAL__CLOSE_JUDGING__INIT;

    m.document = document(s, 9);
    story_say(s, EDITION, &m);
}

static inline const struct round *
the_round(struct story *s)
{
    return story_state(s, &round_kind, ROUND);
}

static inline const struct contender *
the_contender(struct story *s, unsigned entry)
{
    return story_state(s, &contender_kind, entry);
}

static inline const struct score_sheet *
the_sheet(struct story *s, unsigned entry, unsigned person)
{
    return (const void *) world_hold(s->world, &score_sheet_kind, sheet_of(ROUND, entry, person))
        ->state;
}

/* What is proposed now. */
static inline void
confirm_as(struct story *s, unsigned person)
{
    Appraisal__ConfirmRound m = APPRAISAL__CONFIRM_ROUND__INIT;
    struct digest digest = the_round(s)->ranking_digest;

    m.ranking_digest = (ProtobufCBinaryData){ sizeof(digest.bytes), digest.bytes };
    story_as(s, person);
    story_say(s, ROUND, &m);
}

static inline void
decide_tie_as(struct story *s, unsigned person, const unsigned *entries, size_t count, int32_t day)
{
    Appraisal__DecideTie m = APPRAISAL__DECIDE_TIE__INIT;

    m.entry_ids = arena_zero(s->arena, (count + 1) * sizeof(*m.entry_ids));
    for (; m.n_entry_ids < count; m.n_entry_ids++)
        m.entry_ids[m.n_entry_ids] = story_id(s, entries[m.n_entry_ids]);
    m.minutes = document(s, day);
    story_as(s, person);
    story_say(s, ROUND, &m);
}

static inline void
annul(struct story *s, unsigned round)
{
    Appraisal__AnnulRound m = APPRAISAL__ANNUL_ROUND__INIT;

    m.reason = "the papers were exchanged";
    m.document = document(s, 9);
    story_as(s, OWNER);
    story_say(s, round, &m);
    story_as(s, HEAD);
}

/* ------------------------------------------------------------------ who may ask */

/* A question of that person about the state, with what also names. */
static inline struct given
asked_with(struct story *s, unsigned person, const void *state,
           void (*names)(const struct given *, const void *, struct keys *), struct keys *keys)
{
    struct given given = {
        .programme = s->programme, .now_us = s->now_us, .authority = s->authority, .state = state
    };
    struct held *held;

    story_as(s, person);
    given.actor = &s->actor;
    list_init(&keys->items, s->arena, sizeof(struct held));
    if (names)
        names(&given, NULL, keys);
    held = keys->items.items;
    for (size_t i = 0; i < keys->items.count; i++)
        held[i] = *world_hold(s->world, held[i].kind, held[i].id);
    given.also = held;
    given.also_count = keys->items.count;
    return given;
}

static inline struct given
asked_by(struct story *s, unsigned person, const void *state, struct keys *keys)
{
    return asked_with(s, person, state, state == the_round(s) ? judging_need_sheets : NULL, keys);
}

static inline bool
may(struct story *s, bool (*may_see)(const struct given *), unsigned person, const void *state)
{
    struct keys keys = { .arena = s->arena };
    struct given given = asked_by(s, person, state, &keys);

    return may_see(&given);
}

/* ------------------------------------------------------------------ the story so far */

static inline void
begin_with(struct story *s, Submissions__EditionRules *(*rules)(struct story *s),
           unsigned organiser)
{
    story_begin(s, &appraisal_service, "khanh-hoa");
    introduce(s);
    publish(s, rules(s), organiser);
    assert_happened(s, "ContestNoted");
    story_as(s, HEAD);
}

static inline void
begin(struct story *s)
{
    begin_with(s, usual_rules, 0);
}

/* A council that has no conflicts, and two entries. */
static inline void
go_on_closed_in(struct story *s, const int *seats)
{
    constitute_of(s, COUNCIL, usual_members, seats, 4);
    assert_happened(s, "CouncilConstituted");
    for (size_t i = 0; i < 4; i++)
        declare_of(s, usual_members[i], 0);
    for (unsigned i = 0; i < 2; i++)
        register_entry(s, ENTRY + i);
    close_registration(s);
    assert_happened(s, "ContestClosed");
    confirm_entrants(s);
    assert_happened(s, "ContestEntrantsConfirmed");
}

static inline void
go_on_closed(struct story *s)
{
    go_on_closed_in(s, usual_seats);
}

static inline void
begin_closed(struct story *s)
{
    begin(s);
    go_on_closed(s);
}

static inline void
begin_planned_in(struct story *s, const int *seats)
{
    begin(s);
    go_on_closed_in(s, seats);
    plan(s, ROUND, "so-khao", "");
    assert_happened(s, "RoundPlanned, ContestRoundNoted, CouncilRoundNoted");
}

static inline void
begin_planned(struct story *s)
{
    begin_planned_in(s, usual_seats);
}

static inline void
begin_assigned_in(struct story *s, const int *seats)
{
    begin_planned_in(s, seats);
    assign_to(s, ROUND, ENTRY, 2);
    assert_happened(s, "EntriesAssigned, ContenderAssigned, ContenderAssigned, ContendersAwaited");
}

static inline void
begin_assigned(struct story *s)
{
    begin_assigned_in(s, usual_seats);
}

static inline void
begin_scoring_in(struct story *s, const int *seats)
{
    begin_assigned_in(s, seats);
    start(s, ROUND, 20);
    assert_happened(s, "RoundStarted, SheetAssigned, SheetAssigned, SheetAssigned, SheetAssigned,"
                       " SheetAssigned, SheetAssigned");
}

static inline void
begin_scoring(struct story *s)
{
    begin_scoring_in(s, usual_seats);
}

/* ENTRY has 60 points, ENTRY + 1 has 50. */
static inline void
begin_proposed(struct story *s)
{
    begin_scoring(s);
    lock_all(s, ENTRY, 5000);
    lock_all(s, ENTRY + 1, 4000);
    propose_as(s, SECRETARY, ROUND);
    assert_happened(s, "RankingProposed");
}

static inline void
begin_tied_in(struct story *s, const int *seats)
{
    begin_scoring_in(s, seats);
    lock_all(s, ENTRY, 5000);
    lock_all(s, ENTRY + 1, 5000);
    propose_as(s, SECRETARY, ROUND);
    assert_happened(s, "RankingProposed");
}

static inline void
begin_tied(struct story *s)
{
    begin_tied_in(s, usual_seats);
}

static inline void
begin_confirmed(struct story *s)
{
    begin_proposed(s);
    confirm_as(s, CHAIR);
    assert_happened(s, "RoundConfirmed, ContestRoundNoted, CouncilRoundNoted, ContenderPassed,"
                       " ContenderOut, ContendersAwaited");
    story_as(s, HEAD);
}

#endif
