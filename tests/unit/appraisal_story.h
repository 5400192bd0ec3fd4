/* tests/unit/appraisal_story.h - the people, the dossier and the commands of every story about
 * appraisal.
 *
 * Shapes     begin() tells who there is; begin_opened(), begin_with_panel() ... tell the story so
 * far.
 */
#ifndef SANGKIEN_TESTS_UNIT_APPRAISAL_STORY_H
#define SANGKIEN_TESTS_UNIT_APPRAISAL_STORY_H

#include "tests/unit/story.h"

#include "sangkien/submissions/v1/events.pb-c.h"
#include "services/appraisal/appraisal.h"

/* Who there is. */
enum {
    HOME_AFFAIRS = 1,
    ENTRANT = 2,
    FINANCE = 3,
    EDUCATION = 4,
    PARTNER = 5, /* entered together with the entrant */
    HEAD = 10,   /* of Home Affairs */
    CHAIR = 11,
    SECRETARY = 12,
    MEMBER = 31,
    ANOTHER_MEMBER = 41,
    COLLEAGUE = 21, /* works for the entrant */
    ALLY = 51,      /* works for the partner */
    AUTHOR = 42,    /* wrote the dossier, and works elsewhere now */
    DOSSIER = 100,
    CASE = 200,
};

#define ESTIMATE_VND INT64_C(180000000)
#define DUE_US (STORY_BEGINS_US + 19 * DAY_US - 7 * HOUR_US) /* 20 November, 00:00 in Viet Nam */

static uint8_t digest_bytes[32] = { 1, 2, 3 };

static inline void
begin(struct story *s)
{
    story_begin(s, &appraisal_service, "khanh-hoa");
    for (unsigned agency = HOME_AFFAIRS; agency <= PARTNER; agency++)
        story_agency(s, agency);
    story_person(s, HOME_AFFAIRS, HEAD);
    story_person(s, HOME_AFFAIRS, CHAIR);
    story_person(s, HOME_AFFAIRS, SECRETARY);
    story_person(s, FINANCE, MEMBER);
    story_person(s, EDUCATION, ANOTHER_MEMBER);
    story_person(s, ENTRANT, COLLEAGUE);
    story_person(s, PARTNER, ALLY);
    story_person(s, EDUCATION, AUTHOR);
    story_bind(s, DIRECTORY__ROLE__ROLE_STANDING, HOME_AFFAIRS, HEAD, "khanh-hoa");
    story_as(s, HEAD);
}

static inline Types__OfficialDocument *
document(struct story *s, int32_t day)
{
    Types__OfficialDocument *d = proto_new(s->arena, &types__official_document__descriptor);

    d->kind = TYPES__DOCUMENT_KIND__DOCUMENT_KIND_REPORT;
    d->document_symbol = "2417/BC-SNV";
    d->issued_on = proto_new(s->arena, &types__date__descriptor);
    d->issued_on->year = 2019;
    d->issued_on->month = 11;
    d->issued_on->day = day;
    return d;
}

static inline void
accept_dossier(struct story *s, int64_t version)
{
    Submissions__DossierAccepted e = SUBMISSIONS__DOSSIER_ACCEPTED__INIT;
    const char *authors[] = { story_id(s, AUTHOR) };
    Submissions__CoEntrant partner = SUBMISSIONS__CO_ENTRANT__INIT;
    Submissions__CoEntrant *co_entrants[] = { &partner };

    e.dossier_id = story_id(s, DOSSIER);
    e.entry_code = "KH-2019-07";
    e.title = "Một cửa điện tử";
    e.dossier_version = version;
    e.digest = (ProtobufCBinaryData){ sizeof(digest_bytes), digest_bytes };
    e.total_vnd = ESTIMATE_VND;
    e.entrant_agency_id = story_id(s, ENTRANT);
    e.n_author_ids = 1;
    e.author_ids = authors;
    partner.agency_id = story_id(s, PARTNER);
    e.n_co_entrants = 1;
    e.co_entrants = co_entrants;
    story_hear(s, DOSSIER, &e);
}

static inline void
withdraw_entry(struct story *s)
{
    Submissions__EntryWithdrawn e = SUBMISSIONS__ENTRY_WITHDRAWN__INIT;

    e.entry_id = story_id(s, DOSSIER);
    e.entry_code = "KH-2019-07";
    e.reason = "the team gave up";
    story_hear(s, DOSSIER, &e);
}

static inline void
open_case(struct story *s, unsigned id, int64_t version)
{
    Appraisal__OpenAppraisal m = APPRAISAL__OPEN_APPRAISAL__INIT;

    m.dossier_id = story_id(s, DOSSIER);
    m.dossier_version = version;
    story_say(s, id, &m);
}

static inline void
set_panel(struct story *s, const unsigned *persons, const int *seats, size_t count)
{
    Appraisal__SetPanel m = APPRAISAL__SET_PANEL__INIT;

    m.panel = arena_zero(s->arena, count * sizeof(*m.panel));
    for (; m.n_panel < count; m.n_panel++) {
        m.panel[m.n_panel] = proto_new(s->arena, &appraisal__panel_member__descriptor);
        m.panel[m.n_panel]->person_id = story_id(s, persons[m.n_panel]);
        m.panel[m.n_panel]->seat = (Appraisal__PanelSeat) seats[m.n_panel];
    }
    story_say(s, CASE, &m);
}

static const int usual_seats[] = { SEAT(CHAIR), SEAT(SECRETARY), SEAT(MEMBER), SEAT(MEMBER) };

/* A chair, a secretary, and these two. */
static inline void
set_panel_with(struct story *s, unsigned third, unsigned fourth)
{
    unsigned persons[] = { CHAIR, SECRETARY, third, fourth };

    set_panel(s, persons, usual_seats, 4);
}

static inline void
request_opinions(struct story *s, unsigned one, unsigned other, int32_t day, bool inclusive)
{
    Appraisal__RequestOpinions m = APPRAISAL__REQUEST_OPINIONS__INIT;
    const char *agencies[] = { story_id(s, one), story_id(s, other) };

    m.n_agency_ids = 2;
    m.agency_ids = agencies;
    m.due = proto_new(s->arena, &types__deadline__descriptor);
    m.due->date = document(s, day)->issued_on;
    m.due->inclusive = inclusive;
    m.due->utc_offset_minutes = 420;
    story_say(s, CASE, &m);
}

static inline void
give_opinion_of(struct story *s, unsigned person, int64_t version)
{
    Appraisal__GiveOpinion m = APPRAISAL__GIVE_OPINION__INIT;

    m.dossier_version = version;
    m.verdict = APPRAISAL__VERDICT__VERDICT_SUPPORT;
    m.opinion = "Đồng ý";
    m.document = document(s, 12);
    story_as(s, person);
    story_say(s, CASE, &m);
}

/* The conclusion that is reached when nothing is wrong: three of four recommend all that was asked
 * for. */
static inline Appraisal__Conclude
conclusion(struct story *s)
{
    Appraisal__Conclude m = APPRAISAL__CONCLUDE__INIT;

    m.dossier_version = 1;
    m.outcome = APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_BOTH;
    m.scope = TYPES__SCOPE__SCOPE_PROVINCE;
    m.recommended_ceiling_vnd = ESTIMATE_VND;
    m.votes_for = 3;
    m.secretary_id = story_id(s, SECRETARY);
    m.minutes = document(s, 21);
    story_as(s, CHAIR);
    return m;
}

static inline void
issue_report(struct story *s, int32_t day)
{
    Appraisal__IssueReport m = APPRAISAL__ISSUE_REPORT__INIT;

    m.report = document(s, day);
    story_as(s, HEAD);
    story_say(s, CASE, &m);
}

static inline void
begin_opened(struct story *s)
{
    begin(s);
    accept_dossier(s, 1);
    open_case(s, CASE, 1);
    assert_happened(s, "AppraisalOpened, DossierTakenUp");
}

static inline void
begin_with_panel(struct story *s)
{
    begin_opened(s);
    set_panel_with(s, MEMBER, ANOTHER_MEMBER);
    assert_happened(s, "PanelSet");
}

static inline void
begin_consulting(struct story *s)
{
    begin_with_panel(s);
    request_opinions(s, FINANCE, EDUCATION, 20, false);
    assert_happened(s, "OpinionsRequested");
}

static inline void
begin_answered(struct story *s)
{
    begin_consulting(s);
    give_opinion_of(s, MEMBER, 1);
    assert_happened(s, "OpinionGiven");
    give_opinion_of(s, AUTHOR, 1); /* speaks for Education here */
    assert_happened(s, "OpinionGiven");
}

static inline void
begin_concluded(struct story *s)
{
    begin_answered(s);
    Appraisal__Conclude m = conclusion(s);

    story_say(s, CASE, &m);
    assert_happened(s, "ScoringStarted, DeliberationStarted, AppraisalConcluded");
}

static inline const struct appraisal_case *
the_case(struct story *s)
{
    return story_state(s, &appraisal_case_kind, CASE);
}

static inline const struct dossier_intake *
the_intake(struct story *s)
{
    return story_state(s, &dossier_intake_kind, DOSSIER);
}

#endif
