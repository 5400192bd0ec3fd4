/* tests/unit/directory_story.h - the office, the people and the commands of the directory's stories. */
#ifndef SANGKIEN_TESTS_UNIT_DIRECTORY_STORY_H
#define SANGKIEN_TESTS_UNIT_DIRECTORY_STORY_H

#include "services/directory/directory.h"

#include <stdlib.h>

#include "tests/unit/story.h"

#define ROLE(name) DIRECTORY__ROLE__ROLE_##name
#define KEY_A "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define KEY_B "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"

enum {
    OFFICE = 1, /* the operators' agency */
    HOME_AFFAIRS = 2,
    OPERATOR = 11,
    COLLEAGUE = 12,
    OFFICER = 21,
    NEW = 100,
    OTHER = 101,
    STRANGER = 999,
};

static inline void
register_agency(struct story *s, unsigned id, const char *email, const char *code, unsigned parent)
{
    Directory__RegisterAgency m = DIRECTORY__REGISTER_AGENCY__INIT;

    m.name = "Sở Nội vụ";
    m.short_name = "SNV";
    m.agency_class = DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_DEPARTMENT;
    m.level = DIRECTORY__AGENCY_LEVEL__AGENCY_LEVEL_PROVINCE;
    m.email = email;
    m.agency_code = code;
    m.parent_agency_id = story_id(s, parent);
    story_say(s, id, &m);
}

static inline void
rename_agency(struct story *s, unsigned id, const char *name)
{
    Directory__RenameAgency m = DIRECTORY__RENAME_AGENCY__INIT;
    Types__OfficialDocument document = TYPES__OFFICIAL_DOCUMENT__INIT;
    Types__Date date = TYPES__DATE__INIT;

    date.year = 2025;
    date.month = 7;
    date.day = 1;
    document.document_symbol = "202/2025/QH15";
    document.issued_on = &date;
    m.name = name;
    m.document = &document;
    story_say(s, id, &m);
}

static inline void
register_person(struct story *s, unsigned id, unsigned agency, const char *email)
{
    Directory__RegisterPerson m = DIRECTORY__REGISTER_PERSON__INIT;

    m.agency_id = story_id(s, agency);
    m.full_name = "Trần Thị Ánh";
    m.email = email;
    story_say(s, id, &m);
}

static inline void
register_system(struct story *s, unsigned id, unsigned agency, const char *key)
{
    Directory__RegisterSystem m = DIRECTORY__REGISTER_SYSTEM__INIT;

    m.agency_id = story_id(s, agency);
    m.name = "Records";
    m.public_key = key;
    story_say(s, id, &m);
}

static inline void
revoke_system(struct story *s, unsigned id)
{
    Directory__RevokeSystem m = DIRECTORY__REVOKE_SYSTEM__INIT;

    m.reason = "key lost";
    story_say(s, id, &m);
}

static inline Directory__BindRole
binding_of(struct story *s, Directory__Role role, unsigned agency, unsigned person,
           const char *programme)
{
    Directory__BindRole m = DIRECTORY__BIND_ROLE__INIT;

    m.role = role;
    m.agency_id = story_id(s, agency);
    m.person_id = story_id(s, person);
    m.programme = programme;
    return m;
}

static inline void
bind_role(struct story *s, unsigned id, Directory__Role role, unsigned agency, unsigned person)
{
    Directory__BindRole m = binding_of(s, role, agency, person,
                                       role == ROLE(OPERATOR) ? DIRECTORY_PROGRAMME : "khanh-hoa");

    story_say(s, id, &m);
}

static inline void
bind_period(struct story *s, const Google__Protobuf__Timestamp *from,
            const Google__Protobuf__Timestamp *until)
{
    Directory__BindRole m = binding_of(s, ROLE(CLERK), HOME_AFFAIRS, OFFICER, "khanh-hoa");

    m.valid_from = (Google__Protobuf__Timestamp *) (uintptr_t) from;
    m.valid_until = (Google__Protobuf__Timestamp *) (uintptr_t) until;
    story_say(s, NEW, &m);
}

static inline void
end_role(struct story *s, unsigned id)
{
    Directory__EndRole m = DIRECTORY__END_ROLE__INIT;

    m.reason = "retired";
    story_say(s, id, &m);
}

/* An office with one operator and a colleague, Home Affairs with one officer; the operator speaks.
 * They were entered by the runtime itself, before anybody might say anything. */
static inline int
set_up(void **state)
{
    struct story *s = calloc(1, sizeof(*s));

    story_begin(s, &directory_service, DIRECTORY_PROGRAMME);
    register_agency(s, OFFICE, "it@khanhhoa.gov.vn", "H32.1", 0);
    register_agency(s, HOME_AFFAIRS, "snv@khanhhoa.gov.vn", "H32.2", 0);
    register_person(s, OPERATOR, OFFICE, "");
    register_person(s, COLLEAGUE, OFFICE, "");
    register_person(s, OFFICER, HOME_AFFAIRS, "");
    bind_role(s, 31, ROLE(OPERATOR), OFFICE, OPERATOR);
    assert_happened(s, "RoleBound");
    story_as(s, OPERATOR);
    *state = s;
    return 0;
}

static inline int
tear_down(void **state)
{
    struct story *s = *state;

    story_end(s);
    free(s);
    return 0;
}

static inline bool
holds(struct story *s, unsigned person, unsigned roles, const char *programme)
{
    struct uuid id = ID(person);

    return authority_holds(s->authority, &id, roles, programme, s->now_us);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

#endif
