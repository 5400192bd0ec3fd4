/* tests/unit/directory.c - who may be entered, who may be given a role, and by whom. */
#include "services/directory/directory.h"

#include <stdlib.h>
#include <unistd.h>

#include "common/config.h"
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

/* ------------------------------------------------------------------ words */

static void
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

static void
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

static void
register_person(struct story *s, unsigned id, unsigned agency, const char *email)
{
    Directory__RegisterPerson m = DIRECTORY__REGISTER_PERSON__INIT;

    m.agency_id = story_id(s, agency);
    m.full_name = "Trần Thị Ánh";
    m.email = email;
    story_say(s, id, &m);
}

static void
register_system(struct story *s, unsigned id, unsigned agency, const char *key)
{
    Directory__RegisterSystem m = DIRECTORY__REGISTER_SYSTEM__INIT;

    m.agency_id = story_id(s, agency);
    m.name = "Records";
    m.public_key = key;
    story_say(s, id, &m);
}

static void
revoke_system(struct story *s, unsigned id)
{
    Directory__RevokeSystem m = DIRECTORY__REVOKE_SYSTEM__INIT;

    m.reason = "key lost";
    story_say(s, id, &m);
}

static Directory__BindRole
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

static void
bind_role(struct story *s, unsigned id, Directory__Role role, unsigned agency, unsigned person)
{
    Directory__BindRole m = binding_of(s, role, agency, person,
                                       role == ROLE(OPERATOR) ? DIRECTORY_PROGRAMME : "khanh-hoa");

    story_say(s, id, &m);
}

static void
bind_period(struct story *s, const Google__Protobuf__Timestamp *from,
            const Google__Protobuf__Timestamp *until)
{
    Directory__BindRole m = binding_of(s, ROLE(CLERK), HOME_AFFAIRS, OFFICER, "khanh-hoa");

    m.valid_from = (Google__Protobuf__Timestamp *) (uintptr_t) from;
    m.valid_until = (Google__Protobuf__Timestamp *) (uintptr_t) until;
    story_say(s, NEW, &m);
}

static void
end_role(struct story *s, unsigned id)
{
    Directory__EndRole m = DIRECTORY__END_ROLE__INIT;

    m.reason = "retired";
    story_say(s, id, &m);
}

/* An office with one operator and a colleague, Home Affairs with one officer; the operator speaks.
 * They were entered by the runtime itself, before anybody might say anything. */
static int
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

static int
tear_down(void **state)
{
    struct story *s = *state;

    story_end(s);
    free(s);
    return 0;
}

static bool
holds(struct story *s, unsigned person, unsigned roles, const char *programme)
{
    struct uuid id = ID(person);

    return authority_holds(s->authority, &id, roles, programme, s->now_us);
}

/* ------------------------------------------------------------------ agencies */

static void
an_operator_enters_an_agency_and_it_is_a_party_of_that(void **state)
{
    struct story *s = *state;
    const struct agency_state *a = story_state(s, &agency_kind, NEW);
    struct uuid parent = ID(OFFICE);

    register_agency(s, NEW, "snv2@khanhhoa.gov.vn", "H32.3", OFFICE);
    assert_happened(s, "AgencyRegistered");
    assert_true(story_is_party(s, 0, NEW));
    assert_false(story_is_party(s, 0, OFFICE));
    assert_int_equal(a->self.state, AGENCY_IS(ACTIVE));
    assert_string_equal(a->name, "Sở Nội vụ");
    assert_string_equal(a->short_name, "SNV");
    assert_string_equal(a->email, "snv2@khanhhoa.gov.vn");
    assert_string_equal(a->agency_code, "H32.3");
    assert_int_equal(a->agency_class, DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_DEPARTMENT);
    assert_int_equal(a->level, DIRECTORY__AGENCY_LEVEL__AGENCY_LEVEL_PROVINCE);
    assert_true(uuid_equal(&a->parent_agency_id, &parent));
}

static void
an_agency_needs_no_mailbox_and_no_parent(void **state)
{
    struct story *s = *state;

    register_agency(s, NEW, "", "H32.3", 0);
    assert_happened(s, "AgencyRegistered");
}

static void
a_parent_must_be_registered_and_is_never_the_agency_itself(void **state)
{
    struct story *s = *state;

    register_agency(s, NEW, "", "H32.3", STRANGER);
    assert_refused(s, "UNKNOWN_AGENCY");
    register_agency(s, NEW, "", "H32.3", NEW);
    assert_refused(s, "UNKNOWN_AGENCY");
}

static void
an_agency_is_entered_once(void **state)
{
    struct story *s = *state;

    register_agency(s, HOME_AFFAIRS, "", "H32.3", 0);
    assert_refused(s, "ALREADY_EXISTS");
}

static void
a_renamed_agency_keeps_the_names_it_had(void **state)
{
    struct story *s = *state;
    const struct agency_state *a = story_state(s, &agency_kind, HOME_AFFAIRS);
    const struct agency_name *first, *second;

    rename_agency(s, HOME_AFFAIRS, "Sở Nội vụ (mới)");
    assert_happened(s, "AgencyRenamed");
    assert_string_equal(a->name, "Sở Nội vụ (mới)");
    assert_string_equal(a->short_name, "");
    assert_int_equal(a->names.count, 2);
    first = list_at(&a->names, 0);
    second = list_at(&a->names, 1);
    assert_string_equal(first->name, "Sở Nội vụ");
    assert_string_equal(first->short_name, "SNV");
    assert_null(first->document);
    assert_string_equal(second->name, "Sở Nội vụ (mới)");
    assert_string_equal(second->document->document_symbol, "202/2025/QH15");
    assert_int_equal(a->self.version, 2);
}

static void
what_is_not_there_cannot_be_renamed_revoked_or_ended(void **state)
{
    struct story *s = *state;

    rename_agency(s, STRANGER, "X");
    assert_refused(s, "NOT_FOUND");
    revoke_system(s, STRANGER);
    assert_refused(s, "NOT_FOUND");
    end_role(s, STRANGER);
    assert_refused(s, "NOT_FOUND");
}

static void
a_mailbox_is_local_part_at_domain_in_ascii(void **state)
{
    static const char *const good[] = {
        "vanthu@khanhhoa.gov.vn",
        "a@b",
        "first.last+tag@sub-domain.example.vn",
        "o'brien@x.vn",
        "1234567890123456789012345678901234567890123456789012345678901234@x.vn",
        NULL,
    };
    struct story *s = *state;

    for (unsigned i = 0; good[i]; i++) {
        register_person(s, NEW + i, HOME_AFFAIRS, good[i]);
        if (s->last.refusal)
            fail_msg("%s was refused", good[i]);
    }
}

static void
anything_else_is_no_mailbox(void **state)
{
    static const char *const bad[] = {
        "khanhhoa.gov.vn",
        "@khanhhoa.gov.vn",
        "vanthu@",
        "van thu@khanhhoa.gov.vn",
        "vanthu@khanhhoa.gov.vn ",
        "vanthu@khanh hoa.vn",
        "vanthu@khanhhoa.gov.vn\r\nBcc: all@x.vn",
        "van\tthu@x.vn",
        "văn.thư@khanhhoa.gov.vn",
        "vanthu@khánhhòa.vn",
        "vanthu@@x.vn",
        "a@b@c",
        ".a@x.vn",
        "a.@x.vn",
        "a..b@x.vn",
        "a@.x.vn",
        "a@x.vn.",
        "a@x..vn",
        "a@-x.vn",
        "a@x-.vn",
        "a@x.vn-",
        "a@x_y.vn",
        "<a@x.vn>",
        "\"a b\"@x.vn",
        "a@[127.0.0.1]",
        "a,b@x.vn",
        "12345678901234567890123456789012345678901234567890123456789012345@x.vn",
        "a@1234567890123456789012345678901234567890123456789012345678901234.vn",
        NULL,
    };
    struct story *s = *state;

    for (unsigned i = 0; bad[i]; i++) {
        register_person(s, NEW, HOME_AFFAIRS, bad[i]);
        if (s->last.refusal != NO(BAD_EMAIL))
            fail_msg("\"%s\" passed for a mailbox", bad[i]);
        register_agency(s, NEW, bad[i], "H32.3", 0);
        assert_refused(s, "BAD_EMAIL");
    }
}

static void
a_mailbox_has_at_most_254_characters(void **state)
{
    struct story *s = *state;
    char text[300] = "a@";

    for (size_t length = 2; length < 254; length += 2)
        memcpy(text + length, "b.", 3);
    memcpy(text + 253, "c", 2);
    assert_int_equal(strlen(text), 254);
    register_person(s, NEW, HOME_AFFAIRS, text);
    assert_happened(s, "PersonRegistered");
    memcpy(text + 254, "c", 2);
    register_person(s, OTHER, HOME_AFFAIRS, text);
    assert_refused(s, "BAD_EMAIL");
}

/* ------------------------------------------------------------------ persons */

static bool
contains(struct bytes bytes, const char *text)
{
    size_t size = strlen(text);

    for (size_t i = 0; i + size <= bytes.size; i++)
        if (memcmp(bytes.data + i, text, size) == 0)
            return true;
    return false;
}

static void
a_persons_name_and_mailbox_are_put_aside_and_in_no_event(void **state)
{
    struct story *s = *state;
    const struct person_private *private;
    const struct aside *aside;
    struct bytes event;
    struct uuid id = ID(NEW);

    register_person(s, NEW, HOME_AFFAIRS, "anh@khanhhoa.gov.vn");
    assert_happened(s, "PersonRegistered");
    assert_true(story_is_party(s, 0, HOME_AFFAIRS));
    assert_int_equal(s->last.asides.count, 1);
    aside = list_at(&s->last.asides, 0);
    private = aside->row;
    assert_ptr_equal(aside->table, &person_private_table);
    assert_true(uuid_equal(&private->id, &id));
    assert_string_equal(private->full_name, "Trần Thị Ánh");
    assert_string_equal(private->email, "anh@khanhhoa.gov.vn");
    event = proto_pack(s->arena, story_event(s, 0));
    assert_true(contains(event, story_id(s, NEW)));
    assert_false(contains(event, "Ánh"));
    assert_false(contains(event, "anh@"));
}

static void
a_person_belongs_to_a_registered_agency(void **state)
{
    struct story *s = *state;

    register_person(s, NEW, STRANGER, "");
    assert_refused(s, "UNKNOWN_AGENCY");
    assert_int_equal(s->last.asides.count, 0);
}

/* ------------------------------------------------------------------ systems */

static void
a_system_is_entered_with_its_key_and_its_agency_is_a_party(void **state)
{
    struct story *s = *state;
    const struct peer_system_state *system = story_state(s, &peer_system_kind, NEW);

    register_system(s, NEW, HOME_AFFAIRS, KEY_A);
    assert_happened(s, "SystemRegistered");
    assert_true(story_is_party(s, 0, HOME_AFFAIRS));
    assert_string_equal(system->public_key, KEY_A);
    assert_string_equal(system->name, "Records");
}

static void
a_system_belongs_to_a_registered_agency(void **state)
{
    struct story *s = *state;

    register_system(s, NEW, STRANGER, KEY_A);
    assert_refused(s, "UNKNOWN_AGENCY");
}

static void
a_key_is_forty_characters_of_z85_that_stand_for_32_bytes(void **state)
{
    struct story *s = *state;
    static const char *const bad[] = {
        "",
        "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hI",   /* 39 */
        "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hIDD", /* 41 */
        "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hI ",
        "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{h~D",
        "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{h\"D",
        "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hé",
        "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaL#####", /* the last five are more than four bytes */
        NULL,
    };

    for (unsigned i = 0; bad[i]; i++) {
        register_system(s, NEW, HOME_AFFAIRS, bad[i]);
        assert_refused(s, "BAD_KEY");
    }
    register_system(s, NEW, HOME_AFFAIRS,
                    "%nSc0%nSc0%nSc0%nSc0%nSc0%nSc0%nSc0%nSc0"); /* all ones */
    assert_happened(s, "SystemRegistered");
}

static void
a_key_is_registered_once_and_never_again_after_it_is_revoked(void **state)
{
    struct story *s = *state;

    register_system(s, NEW, HOME_AFFAIRS, KEY_A);
    register_system(s, OTHER, OFFICE, KEY_A);
    assert_refused(s, "KEY_ALREADY_REGISTERED");
    revoke_system(s, NEW);
    assert_happened(s, "SystemRevoked");
    register_system(s, OTHER, OFFICE, KEY_A);
    assert_refused(s, "KEY_ALREADY_REGISTERED");
    register_system(s, OTHER, OFFICE, KEY_B);
    assert_happened(s, "SystemRegistered");
}

static void
a_system_is_revoked_once(void **state)
{
    struct story *s = *state;
    struct uuid id = ID(NEW);

    register_system(s, NEW, HOME_AFFAIRS, KEY_A);
    revoke_system(s, NEW);
    assert_true(authority_system(s->authority, &id)->is_revoked);
    revoke_system(s, NEW);
    assert_refused(s, "NOT_NOW");
}

/* ------------------------------------------------------------------ roles */

static void
a_role_holds_from_when_it_is_given_until_it_is_ended(void **state)
{
    struct story *s = *state;
    const struct role_binding_state *b = story_state(s, &role_binding_kind, NEW);

    bind_role(s, NEW, ROLE(STANDING), HOME_AFFAIRS, OFFICER);
    assert_happened(s, "RoleBound");
    assert_true(story_is_party(s, 0, HOME_AFFAIRS));
    assert_int_equal(b->valid_from_us, s->now_us);
    assert_int_equal(b->valid_until_us, 0);
    assert_null(((const Directory__RoleBound *) story_event(s, 0))->valid_until);
    assert_string_equal(b->in_programme, "khanh-hoa");
    assert_true(holds(s, OFFICER, MAY(STANDING), "khanh-hoa"));
    s->now_us += HOUR_US;
    end_role(s, NEW);
    assert_happened(s, "RoleEnded");
    assert_int_equal(b->self.state, BINDING_IS(ENDED));
    assert_int_equal(b->ended_at_us, s->now_us);
    assert_false(holds(s, OFFICER, MAY(STANDING), "khanh-hoa"));
    end_role(s, NEW);
    assert_refused(s, "NOT_NOW");
}

static void
a_role_holds_within_the_period_that_was_asked_for(void **state)
{
    struct story *s = *state;
    const struct role_binding_state *b = story_state(s, &role_binding_kind, NEW);
    int64_t from_us = s->now_us + DAY_US;

    bind_period(s, story_time(s, from_us), story_time(s, from_us + DAY_US));
    assert_happened(s, "RoleBound");
    assert_int_equal(b->valid_from_us, from_us);
    assert_int_equal(b->valid_until_us, from_us + DAY_US);
    assert_false(holds(s, OFFICER, MAY(CLERK), "khanh-hoa"));
    s->now_us = from_us;
    assert_true(holds(s, OFFICER, MAY(CLERK), "khanh-hoa"));
}

static void
a_period_that_is_empty_over_or_no_time_is_refused(void **state)
{
    struct story *s = *state;
    int64_t now_us = s->now_us;
    Google__Protobuf__Timestamp far = GOOGLE__PROTOBUF__TIMESTAMP__INIT, nanos = far;

    bind_period(s, story_time(s, now_us + DAY_US), story_time(s, now_us + DAY_US));
    assert_refused(s, "BAD_PERIOD");
    bind_period(s, story_time(s, now_us + DAY_US), story_time(s, now_us + HOUR_US));
    assert_refused(s, "BAD_PERIOD");
    bind_period(s, NULL, story_time(s, now_us));
    assert_refused(s, "BAD_PERIOD");
    bind_period(s, story_time(s, now_us - DAY_US), story_time(s, now_us - HOUR_US));
    assert_refused(s, "BAD_PERIOD");
    far.seconds = INT64_MAX;
    bind_period(s, NULL, &far);
    assert_refused(s, "BAD_PERIOD");
    bind_period(s, &far, NULL);
    assert_refused(s, "BAD_PERIOD");
    far.seconds = INT64_C(253402300800); /* the year 10000 */
    bind_period(s, NULL, &far);
    assert_refused(s, "BAD_PERIOD");
    nanos.seconds = now_us / 1000000;
    nanos.nanos = 1000000000;
    bind_period(s, &nanos, NULL);
    assert_refused(s, "BAD_PERIOD");
    nanos.nanos = -1;
    bind_period(s, &nanos, NULL);
    assert_refused(s, "BAD_PERIOD");
}

static void
a_role_is_given_to_a_registered_agency_and_person_of_it(void **state)
{
    struct story *s = *state;

    bind_role(s, NEW, ROLE(CLERK), STRANGER, 0);
    assert_refused(s, "UNKNOWN_AGENCY");
    bind_role(s, NEW, ROLE(CLERK), HOME_AFFAIRS, STRANGER);
    assert_refused(s, "UNKNOWN_PERSON");
    bind_role(s, NEW, ROLE(CLERK), HOME_AFFAIRS, COLLEAGUE);
    assert_refused(s, "PERSON_OF_ANOTHER_AGENCY");
    bind_role(s, NEW, ROLE(CLERK), HOME_AFFAIRS, 0);
    assert_happened(s, "RoleBound");
    assert_true(holds(s, OFFICER, MAY(CLERK), "khanh-hoa"));
}

static void
an_operator_is_given_no_business_role(void **state)
{
    struct story *s = *state;

    bind_role(s, NEW, ROLE(OPERATOR), OFFICE, COLLEAGUE);
    assert_happened(s, "RoleBound");
    bind_role(s, OTHER, ROLE(AUDITOR), OFFICE, COLLEAGUE);
    assert_refused(s, "OPERATOR_HOLDS_NO_BUSINESS_ROLE");
    end_role(s, NEW);
    bind_role(s, OTHER, ROLE(AUDITOR), OFFICE, COLLEAGUE);
    assert_happened(s, "RoleBound");
}

static void
who_holds_a_business_role_does_not_become_an_operator(void **state)
{
    struct story *s = *state;

    bind_role(s, NEW, ROLE(CLERK), HOME_AFFAIRS, OFFICER);
    bind_role(s, OTHER, ROLE(OPERATOR), HOME_AFFAIRS, OFFICER);
    assert_refused(s, "OPERATOR_HOLDS_NO_BUSINESS_ROLE");
    end_role(s, NEW);
    bind_role(s, OTHER, ROLE(OPERATOR), HOME_AFFAIRS, OFFICER);
    assert_happened(s, "RoleBound");
}

static void
who_holds_a_business_role_through_the_agency_does_not_become_an_operator_either(void **state)
{
    struct story *s = *state;

    bind_role(s, NEW, ROLE(CLERK), HOME_AFFAIRS, 0);
    bind_role(s, OTHER, ROLE(OPERATOR), HOME_AFFAIRS, OFFICER);
    assert_refused(s, "OPERATOR_HOLDS_NO_BUSINESS_ROLE");
}

static void
an_agency_is_never_an_operator(void **state)
{
    struct story *s = *state;

    bind_role(s, NEW, ROLE(OPERATOR), HOME_AFFAIRS, 0);
    assert_refused(s, "OPERATOR_HOLDS_NO_BUSINESS_ROLE");
}

static void
an_operator_is_one_in_the_directory_only(void **state)
{
    struct story *s = *state;
    Directory__BindRole m = binding_of(s, ROLE(OPERATOR), HOME_AFFAIRS, OFFICER, "khanh-hoa");

    story_say(s, NEW, &m);
    assert_refused(s, "OPERATOR_HOLDS_NO_BUSINESS_ROLE");
}

static void
nobody_gives_a_role_to_themself_or_to_the_own_agency(void **state)
{
    struct story *s = *state;

    bind_role(s, NEW, ROLE(OPERATOR), OFFICE, OPERATOR);
    assert_refused(s, "NOT_TO_ONESELF");
    bind_role(s, NEW, ROLE(CLERK), OFFICE, 0);
    assert_refused(s, "NOT_TO_ONESELF");
    bind_role(s, NEW, ROLE(CLERK), OFFICE, COLLEAGUE);
    assert_happened(s, "RoleBound");
}

static void
the_last_operator_stays(void **state)
{
    struct story *s = *state;

    end_role(s, 31);
    assert_refused(s, "LAST_OPERATOR");
    bind_role(s, NEW, ROLE(OPERATOR), HOME_AFFAIRS, OFFICER);
    end_role(s, 31);
    assert_happened(s, "RoleEnded");
    story_as(s, OFFICER);
    end_role(s, NEW);
    assert_refused(s, "LAST_OPERATOR");
}

static void
an_operator_for_a_time_does_not_replace_the_last_one(void **state)
{
    struct story *s = *state;
    Directory__BindRole m =
        binding_of(s, ROLE(OPERATOR), HOME_AFFAIRS, OFFICER, DIRECTORY_PROGRAMME);

    m.valid_until = story_time(s, s->now_us + DAY_US);
    story_say(s, NEW, &m);
    end_role(s, 31);
    assert_refused(s, "LAST_OPERATOR");
    end_role(s, NEW);
    assert_happened(s, "RoleEnded");
}

static void
an_ended_operator_cannot_be_ended_again(void **state)
{
    struct story *s = *state;

    bind_role(s, NEW, ROLE(OPERATOR), HOME_AFFAIRS, OFFICER);
    end_role(s, NEW);
    end_role(s, NEW);
    assert_refused(s, "NOT_NOW");
}

/* ------------------------------------------------------------------ who, and where */

static void
say_everything(struct story *s, const char *refusal)
{
    register_agency(s, NEW, "", "H32.3", 0);
    assert_refused(s, refusal);
    rename_agency(s, OFFICE, "X");
    assert_refused(s, refusal);
    register_person(s, NEW, OFFICE, "");
    assert_refused(s, refusal);
    register_system(s, NEW, OFFICE, KEY_B);
    assert_refused(s, refusal);
    revoke_system(s, 41);
    assert_refused(s, refusal);
    bind_role(s, NEW, ROLE(CLERK), HOME_AFFAIRS, OFFICER);
    assert_refused(s, refusal);
    end_role(s, 31);
    assert_refused(s, refusal);
}

static void
only_operators_change_the_directory(void **state)
{
    struct story *s = *state;

    register_system(s, 41, OFFICE, KEY_A);
    story_as(s, COLLEAGUE);
    say_everything(s, "NOT_ALLOWED");
}

static void
nothing_of_the_directory_lives_in_another_programme(void **state)
{
    struct story *s = *state;

    register_system(s, 41, OFFICE, KEY_A);
    story_as(s, 0);
    s->programme = "khanh-hoa";
    say_everything(s, "NOT_THE_DIRECTORY");
}

static void
two_requests_at_once_are_told_what_the_database_found(void **state)
{
    static const struct guard expected[] = {
        { "agency_agency_code_key", NO(CODE_ALREADY_USED) },
        { "peer_system_public_key_key", NO(KEY_ALREADY_REGISTERED) },
        { "role_binding_operator_holds_no_business_role", NO(OPERATOR_HOLDS_NO_BUSINESS_ROLE) },
        { "role_binding_last_operator", NO(LAST_OPERATOR) },
    };

    (void) state;
    for (size_t i = 0; i < sizeof(expected) / sizeof(*expected); i++) {
        assert_string_equal(directory_service.guards[i].constraint, expected[i].constraint);
        assert_int_equal(directory_service.guards[i].refusal, expected[i].refusal);
    }
}

static void
every_refusal_has_its_sentence(void **state)
{
    const ProtobufCEnumDescriptor *refusals = directory_service.refusals;

    (void) state;
    for (unsigned i = 0; i < refusals->n_values; i++) {
        const struct refusal_text *text = directory_service.refusal_texts;

        if (!refusals->values[i].value)
            continue;
        while (text->refusal && text->refusal != refusals->values[i].value)
            text++;
        if (!text->sentence)
            fail_msg("%s has no sentence", refusals->values[i].name);
    }
}

static void
nothing_happens_but_these_moves(void **state)
{
    static const struct legal_move agencies[] = {
        { NOTHING, ON(agency_registered), AGENCY_IS(ACTIVE) },
        { AGENCY_IS(ACTIVE), ON(agency_renamed), AGENCY_IS(ACTIVE) },
        { 0 },
    };
    static const struct legal_move persons[] = {
        { NOTHING, ON(person_registered), PERSON_IS(ACTIVE) },
        { 0 },
    };
    static const struct legal_move systems[] = {
        { NOTHING, ON(system_registered), SYSTEM_IS(ACTIVE) },
        { SYSTEM_IS(ACTIVE), ON(system_revoked), SYSTEM_IS(REVOKED) },
        { 0 },
    };
    static const struct legal_move bindings[] = {
        { NOTHING, ON(role_bound), BINDING_IS(BOUND) },
        { BINDING_IS(BOUND), ON(role_ended), BINDING_IS(ENDED) },
        { 0 },
    };

    (void) state;
    assert_only_these_moves(&directory_service, &agency_kind, agencies);
    assert_only_these_moves(&directory_service, &person_kind, persons);
    assert_only_these_moves(&directory_service, &peer_system_kind, systems);
    assert_only_these_moves(&directory_service, &role_binding_kind, bindings);
}

/* ------------------------------------------------------------------ the first operator */

#define FIRST_LINES                                                                                \
    "# the office that runs it\n\nagency_name = Trung tâm CNTT\nagency_code=H32.9\n"              \
    "  agency_email =  it@khanhhoa.gov.vn  \nperson_name = Lê An\nsystem_name = Console = 1\r\n"  \
    "public_key = " KEY_A "\n"

static int
read_words(struct story *s, const char *lines, size_t size, struct list *words)
{
    char path[] = "/tmp/sangkien-first-XXXXXX";
    int fd = mkstemp(path), rc;
    struct config config = { .first_operator = path };

    assert_true(fd >= 0);
    assert_int_equal(write(fd, lines, size), (ssize_t) size);
    close(fd);
    list_init(words, s->arena, sizeof(struct first_word));
    rc = directory_service.first_words(&config, s->arena, words);
    unlink(path);
    return rc;
}

static void
the_runtime_makes_the_first_operator_from_a_file(void **state)
{
    struct story fresh, *s = &fresh;
    struct list words;
    const struct peer_system *system;
    const struct agency *agency;
    const struct first_word *person;

    (void) state;
    story_begin(s, &directory_service, DIRECTORY_PROGRAMME);
    assert_int_equal(read_words(s, FIRST_LINES, strlen(FIRST_LINES), &words), 0);
    assert_int_equal(words.count, 4);
    LIST_EACH (const struct first_word, word, &words) {
        story_send(s, word->subject, word->message);
        assert_int_equal(s->last.happened.count, 1);
    }
    system = authority_system_by_key(s->authority, KEY_A);
    assert_non_null(system);
    assert_string_equal(system->name, "Console = 1");
    agency = authority_agency(s->authority, &system->agency);
    assert_string_equal(agency->name, "Trung tâm CNTT");
    assert_string_equal(agency->email, "it@khanhhoa.gov.vn");
    assert_string_equal(agency->code, "H32.9");
    person = list_at(&words, 1);
    assert_true(uuid_equal(authority_agency_of(s->authority, &person->subject), &agency->id));
    assert_true(authority_holds(s->authority, &person->subject, MAY(OPERATOR), DIRECTORY_PROGRAMME,
                                s->now_us));
    story_end(s);
}

static void
the_first_operators_ids_never_change(void **state)
{
    struct story *s = *state;
    struct list words, again;

    assert_int_equal(read_words(s, FIRST_LINES, strlen(FIRST_LINES), &words), 0);
    assert_int_equal(read_words(s, FIRST_LINES, strlen(FIRST_LINES), &again), 0);
    for (size_t i = 0; i < 4; i++) {
        const struct first_word *one = list_at(&words, i), *other = list_at(&again, i);

        assert_true(uuid_equal(&one->subject, &other->subject));
        for (size_t j = 0; j < i; j++)
            assert_false(
                uuid_equal(&one->subject, &((struct first_word *) list_at(&words, j))->subject));
    }
}

static void
a_file_that_is_not_quite_right_stops_the_start_and_says_why(void **state)
{
    static const struct {
        const char *lines;
        const char *why;
    } wrong_files[] = {
        { "", "agency_name is missing" },
        { "agency_name\n", "line 1: is not `key = value`" },
        { "agency_name = A\nagency_name = B\n", "line 2: agency_name is there twice" },
        { "agency_nam = A\n", "line 1: there is no such key" },
        { "agency_name = A\nagency_code =\nperson_name = P\n", "agency_code is missing" },
        { "agency_name = \xff\n", "agency_name is not UTF-8" },
        { "agency_name = Ho\xcc\x80"
          "a\n",
          "agency_name is not UTF-8 in NFC" },
        { "agency_name = A\x01\n", "agency_name is not UTF-8 in NFC without control" },
        { "agency_name = A\xc2\x85\n", "agency_name is not UTF-8 in NFC without control" },
        { "agency_name=A\nagency_code=C\nperson_name=P\nsystem_name=S\npublic_key=short\n",
          "public_key is not a CURVE key" },
        { "agency_name=A\nagency_code=C\nagency_email=x\nperson_name=P\nsystem_name=S\npublic_"
          "key=" KEY_A "\n",
          "agency_email is no ASCII address" },
        { "agency_name=A\nagency_code="
          "0123456789012345678901234567890123456789012345678901234567890123456789\n"
          "person_name=P\nsystem_name=S\npublic_key=" KEY_A "\n",
          "agency_code of RegisterAgency has more than 64 bytes" },
    };
    struct story *s = *state;
    struct list words;

    for (size_t i = 0; i < sizeof(wrong_files) / sizeof(*wrong_files); i++) {
        const char *lines = wrong_files[i].lines;

        assert_int_equal(read_words(s, lines, strlen(lines), &words), ERR_FATAL);
        if (!strstr(err_text(), wrong_files[i].why))
            fail_msg("\"%s\" does not say: %s", err_text(), wrong_files[i].why);
        assert_int_equal(words.count, 0);
    }
    assert_int_equal(read_words(s, "agency_name = A\0B\n", 18, &words), ERR_FATAL);
    assert_non_null(strstr(err_text(), "line 1: has a NUL"));
}

static void
without_a_file_there_is_no_first_operator_and_that_is_said(void **state)
{
    struct story *s = *state;
    struct config none = { .first_operator = "" },
                  missing = { .first_operator = "/nowhere/at/all" };
    struct list words;

    list_init(&words, s->arena, sizeof(struct first_word));
    assert_int_equal(directory_service.first_words(&none, s->arena, &words), ERR_FATAL);
    assert_non_null(strstr(err_text(), "SANGKIEN_FIRST_OPERATOR"));
    assert_int_equal(directory_service.first_words(&missing, s->arena, &words), ERR_FATAL);
    assert_non_null(strstr(err_text(), "/nowhere/at/all"));
}

/* clang-format off */
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
static const struct CMUnitTest tests[] = {
    TEST(an_operator_enters_an_agency_and_it_is_a_party_of_that),
    TEST(an_agency_needs_no_mailbox_and_no_parent),
    TEST(a_parent_must_be_registered_and_is_never_the_agency_itself),
    TEST(an_agency_is_entered_once),
    TEST(a_renamed_agency_keeps_the_names_it_had),
    TEST(what_is_not_there_cannot_be_renamed_revoked_or_ended),
    TEST(a_mailbox_is_local_part_at_domain_in_ascii),
    TEST(anything_else_is_no_mailbox),
    TEST(a_mailbox_has_at_most_254_characters),
    TEST(a_persons_name_and_mailbox_are_put_aside_and_in_no_event),
    TEST(a_person_belongs_to_a_registered_agency),
    TEST(a_system_is_entered_with_its_key_and_its_agency_is_a_party),
    TEST(a_system_belongs_to_a_registered_agency),
    TEST(a_key_is_forty_characters_of_z85_that_stand_for_32_bytes),
    TEST(a_key_is_registered_once_and_never_again_after_it_is_revoked),
    TEST(a_system_is_revoked_once),
    TEST(a_role_holds_from_when_it_is_given_until_it_is_ended),
    TEST(a_role_holds_within_the_period_that_was_asked_for),
    TEST(a_period_that_is_empty_over_or_no_time_is_refused),
    TEST(a_role_is_given_to_a_registered_agency_and_person_of_it),
    TEST(an_operator_is_given_no_business_role),
    TEST(who_holds_a_business_role_does_not_become_an_operator),
    TEST(who_holds_a_business_role_through_the_agency_does_not_become_an_operator_either),
    TEST(an_agency_is_never_an_operator),
    TEST(an_operator_is_one_in_the_directory_only),
    TEST(nobody_gives_a_role_to_themself_or_to_the_own_agency),
    TEST(the_last_operator_stays),
    TEST(an_operator_for_a_time_does_not_replace_the_last_one),
    TEST(an_ended_operator_cannot_be_ended_again),
    TEST(only_operators_change_the_directory),
    TEST(nothing_of_the_directory_lives_in_another_programme),
    TEST(two_requests_at_once_are_told_what_the_database_found),
    TEST(every_refusal_has_its_sentence),
    TEST(nothing_happens_but_these_moves),
    TEST(the_runtime_makes_the_first_operator_from_a_file),
    TEST(the_first_operators_ids_never_change),
    TEST(a_file_that_is_not_quite_right_stops_the_start_and_says_why),
    TEST(without_a_file_there_is_no_first_operator_and_that_is_said),
};
/* clang-format on */

int
main(void)
{
    return cmocka_run_group_tests_name("unit.directory", tests, NULL, NULL);
}
