/* tests/fuzz/tale_others.c - the directory with its first operator, and notifications with people to tell. */
#include "sangkien/directory/v1/commands.pb-c.h"
#include "tests/fuzz/tale.h"

extern const struct service directory_service, notifications_service;

static void
register_agency(struct story *s, unsigned id, const char *code)
{
    Directory__RegisterAgency m = DIRECTORY__REGISTER_AGENCY__INIT;

    m.name = "Sở Nội vụ";
    m.agency_class = DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_DEPARTMENT;
    m.level = DIRECTORY__AGENCY_LEVEL__AGENCY_LEVEL_PROVINCE;
    m.email = "snv@khanhhoa.gov.vn";
    m.agency_code = code;
    story_say(s, id, &m);
    assert_happened(s, "AgencyRegistered");
}

static void
register_person(struct story *s, unsigned id, unsigned agency)
{
    Directory__RegisterPerson m = DIRECTORY__REGISTER_PERSON__INIT;

    m.agency_id = story_id(s, agency);
    m.full_name = "Trần Thị Ánh";
    story_say(s, id, &m);
}

static void
tell_directory(struct story *s, unsigned how_far)
{
    Directory__BindRole m = DIRECTORY__BIND_ROLE__INIT;

    story_begin(s, &directory_service, DIRECTORY_PROGRAMME);
    register_agency(s, 1, "H32.1");
    register_person(s, 11, 1);
    m.role = DIRECTORY__ROLE__ROLE_OPERATOR;
    m.agency_id = story_id(s, 1);
    m.person_id = story_id(s, 11);
    m.programme = DIRECTORY_PROGRAMME;
    story_say(s, 31, &m);
    assert_happened(s, "RoleBound");
    register_agency(s, 2, "H32.2");
    register_person(s, 12, 1);
    register_person(s, 21, 2);
    if (how_far % 2 == 0)
        return;
    m.role = DIRECTORY__ROLE__ROLE_CLERK;
    m.agency_id = story_id(s, 2);
    m.person_id = story_id(s, 21);
    m.programme = "khanh-hoa";
    story_say(s, 32, &m);
}

static void
tell_notifications(struct story *s, unsigned how_far)
{
    Directory__AgencyRegistered e = DIRECTORY__AGENCY_REGISTERED__INIT;

    story_begin(s, &notifications_service, "khanh-hoa");
    for (unsigned agency = 1; agency <= 5; agency++) {
        e.agency_id = story_id(s, agency);
        e.name = "Sở Y tế";
        e.agency_code = arena_format(s->arena, "A%u", agency);
        e.email = agency == 5 ? "" : "yte@khanhhoa.gov.vn";
        story_directory(s, &e);
        story_person(s, agency, 10 * agency + 1);
    }
    story_bind(s, DIRECTORY__ROLE__ROLE_STANDING, 1, 0, s->programme);
    story_bind(s, DIRECTORY__ROLE__ROLE_FINANCE_SIGNOFF, 2, 0, s->programme);
    if (how_far & 1)
        story_bind(s, DIRECTORY__ROLE__ROLE_AUTHORITY, 3, 0, s->programme);
}

static const unsigned directory_persons[] = { 11, 12, 21, 0 };
static const unsigned directory_agencies[] = { 1, 2, 0 };
static const unsigned told_persons[] = { 11, 21, 31, 41, 51, 0 };
static const unsigned told_agencies[] = { 1, 2, 3, 4, 5, 0 };

const struct tale directory_tale = { &directory_service, tell_directory, directory_persons,
                                     directory_agencies };
const struct tale notifications_tale = { &notifications_service, tell_notifications, told_persons,
                                         told_agencies };
