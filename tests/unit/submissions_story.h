/* tests/unit/submissions_story.h - the 2019 contest, as far as a test needs it.
 *
 * Shapes     agencies: 1 the People's Committee, 2 Home Affairs, 3 the entrant, 4 another entrant;
 *            persons: 11 owner; 21, 22 standing, 21 also head of the own agency as an entrant; 31
 * clerk and 32 head of 3; 41 head of 4. Programme 10, edition 100, entry and dossier 200.
 */
#ifndef SANGKIEN_TESTS_UNIT_SUBMISSIONS_STORY_H
#define SANGKIEN_TESTS_UNIT_SUBMISSIONS_STORY_H

#include <stdlib.h>

#include "services/submissions/submissions.h"
#include "tests/unit/story.h"

#define BEFORE_31_JANUARY_2020_US                                                                  \
    INT64_C(1580403600000000) /* 2020-01-30T17:00:00Z: midnight in Viet Nam */

extern const struct service submissions_service;

static Types__Date date_of_report = { PROTOBUF_C_MESSAGE_INIT(&types__date__descriptor), 2019, 10,
                                      29 };
static Types__OfficialDocument report;

static inline void
contest_begin(struct story *s)
{
    report = (Types__OfficialDocument) TYPES__OFFICIAL_DOCUMENT__INIT;
    report.kind = TYPES__DOCUMENT_KIND__DOCUMENT_KIND_REPORT;
    report.document_symbol = "2417/BC-SNV";
    report.issued_on = &date_of_report;

    story_begin(s, &submissions_service, "khanh-hoa");
    for (unsigned agency = 1; agency <= 4; agency++)
        story_agency(s, agency);
    for (const unsigned *p = (const unsigned[]){ 11, 21, 22, 31, 32, 41, 0 }; *p; p++)
        story_person(s, *p / 10, *p);
    story_bind(s, DIRECTORY__ROLE__ROLE_OWNER, 1, 11, s->programme);
    story_bind(s, DIRECTORY__ROLE__ROLE_STANDING, 2, 0, s->programme);
    story_bind(s, DIRECTORY__ROLE__ROLE_ENTRANT_HEAD, 2, 21, s->programme);
    story_bind(s, DIRECTORY__ROLE__ROLE_CLERK, 3, 31, s->programme);
    story_bind(s, DIRECTORY__ROLE__ROLE_ENTRANT_HEAD, 3, 32, s->programme);
    story_bind(s, DIRECTORY__ROLE__ROLE_ENTRANT_HEAD, 4, 41, s->programme);
    story_bind(s, DIRECTORY__ROLE__ROLE_CLERK, 2, 0, s->programme);
}

static inline void
say_as(struct story *s, unsigned person, unsigned subject, const void *message)
{
    story_as(s, person);
    story_say(s, subject, message);
}

/* ------------------------------------------------------------------ editions */

static inline Submissions__CreateEdition
fourth_edition(void)
{
    Submissions__CreateEdition ask = SUBMISSIONS__CREATE_EDITION__INIT;

    ask.ordinal = 4;
    ask.year = 2019;
    ask.name = "Lần thứ 4";
    ask.threshold_centi = 7000;
    ask.maximum_centi = 10000;
    ask.judged_elsewhere = true;
    ask.document = &report;
    return ask;
}

static inline void
edition_is_published(struct story *s)
{
    Submissions__CreateEdition create = fourth_edition();
    Submissions__PublishEdition publish = SUBMISSIONS__PUBLISH_EDITION__INIT;

    say_as(s, 21, 100, &create);
    say_as(s, 11, 100, &publish);
    assert_happened(s, "EditionPublished");
}

static inline void
edition_is_open(struct story *s)
{
    Submissions__OpenRegistration open = SUBMISSIONS__OPEN_REGISTRATION__INIT;

    edition_is_published(s);
    say_as(s, 21, 100, &open);
    assert_happened(s, "RegistrationOpened");
}

/* ------------------------------------------------------------------ entries */

/* Two authors, who share all of it; the coalition's other agency is 4. */
static inline Submissions__CreateEntry *
new_entry(struct story *s)
{
    Submissions__CreateEntry *ask = proto_new(s->arena, ON(create_entry));

    ask->edition_id = story_id(s, 100);
    ask->entry_kind = SUBMISSIONS__ENTRY_KIND__ENTRY_KIND_MODEL;
    ask->title = "Một cửa thân thiện";
    ask->n_authors = 2;
    ask->authors = arena_zero(s->arena, 2 * sizeof(*ask->authors));
    for (unsigned i = 0; i < 2; i++) {
        ask->authors[i] = proto_new(s->arena, ON(author));
        ask->authors[i]->person_id = story_id(s, 31 + i);
        ask->authors[i]->share_bp = i ? 4000 : 6000;
    }
    ask->n_co_entrants = 1;
    ask->co_entrants = arena_zero(s->arena, 2 * sizeof(*ask->co_entrants));
    ask->co_entrants[0] = proto_new(s->arena, ON(co_entrant));
    ask->co_entrants[0]->agency_id = story_id(s, 4);
    return ask;
}

static inline void
join_as(struct story *s, unsigned person, unsigned entry, int32_t draft)
{
    Submissions__JoinEntry ask = SUBMISSIONS__JOIN_ENTRY__INIT;

    ask.draft = draft;
    say_as(s, person, entry, &ask);
}

static inline void
leave_as(struct story *s, unsigned person, unsigned entry)
{
    Submissions__LeaveEntry ask = SUBMISSIONS__LEAVE_ENTRY__INIT;

    ask.reason = "Không tham gia";
    say_as(s, person, entry, &ask);
}

static inline void
entry_is_drafted(struct story *s)
{
    edition_is_open(s);
    say_as(s, 31, 200, new_entry(s));
    assert_happened(s, "EntryDrafted");
}

static inline void
entry_is_joined(struct story *s)
{
    entry_is_drafted(s);
    join_as(s, 41, 200, 1);
    assert_happened(s, "CoEntrantJoined");
}

static inline void
entry_is_submitted(struct story *s)
{
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;

    entry_is_joined(s);
    say_as(s, 32, 200, &submit);
    assert_happened(s, "EntrySubmitted");
}

static inline void
entry_is_registered(struct story *s)
{
    Submissions__RegisterEntry ask = SUBMISSIONS__REGISTER_ENTRY__INIT;

    entry_is_submitted(s);
    ask.entry_code = "KH-04";
    say_as(s, 21, 200, &ask);
    assert_happened(s, "EntryRegistered");
}

static inline Submissions__RecordFinalResult
result_of(int32_t score_centi, bool reached_final, Submissions__Award award)
{
    Submissions__RecordFinalResult ask = SUBMISSIONS__RECORD_FINAL_RESULT__INIT;

    ask.score_centi = score_centi;
    ask.reached_final = reached_final;
    ask.award = award;
    ask.document = &report;
    return ask;
}

static inline void
entry_is_eliminated(struct story *s)
{
    Submissions__RecordFinalResult ask =
        result_of(6999, false, SUBMISSIONS__AWARD__AWARD_UNSPECIFIED);

    entry_is_registered(s);
    say_as(s, 21, 200, &ask);
    assert_happened(s, "EntryAssigned, EntryEliminated");
}

static inline void
entry_is_finalist(struct story *s)
{
    Submissions__RecordFinalResult ask = result_of(7000, true, SUBMISSIONS__AWARD__AWARD_FIRST);

    entry_is_registered(s);
    say_as(s, 21, 200, &ask);
    assert_happened(s, "EntryAssigned, EntryReachedFinal, EntryAwarded");
}

/* ------------------------------------------------------------------ dossiers */

static inline Types__Deadline *
until(struct story *s, int year, int month, int day, bool inclusive)
{
    Types__Deadline *deadline = proto_new(s->arena, &types__deadline__descriptor);

    deadline->date = proto_new(s->arena, &types__date__descriptor);
    deadline->date->year = year;
    deadline->date->month = month;
    deadline->date->day = day;
    deadline->inclusive = inclusive;
    deadline->utc_offset_minutes = 420;
    return deadline;
}

static inline void
require_until(struct story *s, Types__Deadline *due)
{
    Submissions__RequireDossier ask = SUBMISSIONS__REQUIRE_DOSSIER__INIT;

    ask.due = due;
    say_as(s, 21, 200, &ask);
}

/* Two lines: 2 x 30,000,000 and 1 x 40,000,000. */
static inline Submissions__SubmitDossier *
new_dossier(struct story *s)
{
    Submissions__SubmitDossier *ask = proto_new(s->arena, ON(submit_dossier));

    ask->dossier_form = SUBMISSIONS__DOSSIER_FORM__DOSSIER_FORM_SCHEME;
    ask->solution = "Giải pháp";
    ask->implementation_method = "Cách thực hiện";
    ask->n_lines = 2;
    ask->lines = arena_zero(s->arena, 2 * sizeof(*ask->lines));
    for (unsigned i = 0; i < 2; i++) {
        ask->lines[i] = proto_new(s->arena, &types__estimate_line__descriptor);
        ask->lines[i]->description = "Thiết bị";
        ask->lines[i]->quantity = i ? 1 : 2;
        ask->lines[i]->unit_price_vnd = i ? 40000000 : 30000000;
        ask->lines[i]->amount_vnd = i ? 40000000 : 60000000;
    }
    ask->total_vnd = 100000000;
    ask->document = &report;
    return ask;
}

static inline void
dossier_is_required(struct story *s)
{
    entry_is_finalist(s);
    require_until(s, until(s, 2020, 1, 31, false));
    assert_happened(s, "DossierRequired");
}

static inline void
dossier_is_submitted(struct story *s)
{
    dossier_is_required(s);
    say_as(s, 32, 200, new_dossier(s));
    assert_happened(s, "DossierDrafted, DossierSubmitted");
}

static inline void
return_until(struct story *s, int64_t version, Types__Deadline *cure)
{
    Submissions__ReturnDossier ask = SUBMISSIONS__RETURN_DOSSIER__INIT;

    ask.dossier_version = version;
    ask.reason = "Thiếu dự toán";
    ask.cure = cure;
    say_as(s, 21, 200, &ask);
}

static inline void
accept_as(struct story *s, unsigned person, int64_t version)
{
    Submissions__AcceptDossier ask = SUBMISSIONS__ACCEPT_DOSSIER__INIT;

    ask.dossier_version = version;
    say_as(s, person, 200, &ask);
}

static inline void
dossier_is_accepted(struct story *s)
{
    dossier_is_submitted(s);
    accept_as(s, 21, 1);
    assert_happened(s, "DossierAccepted");
}

static inline void
withdraw_as(struct story *s, unsigned person)
{
    Submissions__WithdrawEntry ask = SUBMISSIONS__WITHDRAW_ENTRY__INIT;

    ask.reason = "Rút hồ sơ";
    say_as(s, person, 200, &ask);
}

/* ------------------------------------------------------------------ every test's own contest */

static inline int
begin(void **state)
{
    struct story *s = calloc(1, sizeof(*s));

    contest_begin(s);
    *state = s;
    return 0;
}

static inline int
end(void **state)
{
    story_end(*state);
    free(*state);
    return 0;
}

static inline const struct entry *
the_entry(struct story *s)
{
    return story_state(s, &entry_kind, 200);
}

static inline const struct dossier *
the_dossier(struct story *s)
{
    return story_state(s, &dossier_kind, 200);
}

/* The field that the last refusal named. */
static inline const char *
field_named(const struct story *s)
{
    const struct violation *violation =
        s->last.violations.count ? list_at(&s->last.violations, 0) : NULL;

    return violation ? violation->field : "";
}

#define TOLD(test) cmocka_unit_test_setup_teardown(test, begin, end)

#endif
