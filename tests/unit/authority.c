/* tests/unit/authority.c - what a process believes of agencies, persons, systems and roles. */
#include "tests/unit/story.h"

#include <stdlib.h>

#include "common/decide.h"

#define ROLE(name) DIRECTORY__ROLE__ROLE_##name
#define NOW STORY_BEGINS_US
#define KEY_A "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define KEY_B "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"

static const struct service nobody = { .name = "nobody" };

static int
set_up(void **state)
{
    struct story *s = calloc(1, sizeof(*s));

    story_begin(s, &nobody, "khanh-hoa");
    story_agency(s, 1);
    story_agency(s, 2);
    story_person(s, 1, 11);
    story_person(s, 1, 12);
    story_person(s, 2, 21);
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
holds(struct story *s, unsigned person, unsigned roles, int64_t at_us)
{
    struct uuid id = ID(person);

    return authority_holds(s->authority, &id, roles, "khanh-hoa", at_us);
}

static bool
agency_holds(struct story *s, unsigned agency, unsigned roles)
{
    struct uuid id = ID(agency);

    return authority_agency_holds(s->authority, &id, roles, "khanh-hoa", NOW);
}

static void
register_system(struct story *s, unsigned system, unsigned agency, const char *key)
{
    Directory__SystemRegistered e = DIRECTORY__SYSTEM_REGISTERED__INIT;

    e.system_id = story_id(s, system);
    e.agency_id = story_id(s, agency);
    e.name = "Records";
    e.public_key = key;
    story_directory(s, &e);
}

static int
hear(struct story *s, const void *event)
{
    struct bytes bytes = proto_pack(s->arena, event);
    const ProtobufCMessage *message = event;

    return authority_hear(s->authority, s->directory_position + 1, message->descriptor->name,
                          bytes.data, bytes.size);
}

static void
an_agency_is_known_by_its_id_with_name_mailbox_and_code(void **state)
{
    struct story *s = *state;
    Directory__AgencyRegistered e = DIRECTORY__AGENCY_REGISTERED__INIT;
    struct uuid id = ID(3), stranger = ID(4);
    const struct agency *agency;

    e.agency_id = story_id(s, 3);
    e.name = "Sở Nội vụ";
    e.short_name = "SNV";
    e.email = "snv@khanhhoa.gov.vn";
    e.agency_code = "H32.16";
    story_directory(s, &e);
    agency = authority_agency(s->authority, &id);
    assert_non_null(agency);
    assert_string_equal(agency->name, "Sở Nội vụ");
    assert_string_equal(agency->short_name, "SNV");
    assert_string_equal(agency->email, "snv@khanhhoa.gov.vn");
    assert_string_equal(agency->code, "H32.16");
    assert_null(authority_agency(s->authority, &stranger));
}

static void
an_agency_stands_above_those_that_name_it_as_their_parent_and_what_is_below_them(void **state)
{
    struct story *s = *state;
    struct uuid top = ID(1), middle = ID(30), bottom = ID(31), beside = ID(2);

    for (unsigned n = 30; n <= 31; n++) {
        Directory__AgencyRegistered e = DIRECTORY__AGENCY_REGISTERED__INIT;

        e.agency_id = story_id(s, n);
        e.parent_agency_id = story_id(s, n == 30 ? 1 : 30);
        e.agency_class = DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_DEPARTMENT;
        story_directory(s, &e);
    }
    assert_true(authority_is_above(s->authority, &top, &middle));
    assert_true(authority_is_above(s->authority, &top, &bottom));
    assert_false(authority_is_above(s->authority, &bottom, &top));
    assert_false(authority_is_above(s->authority, &middle, &middle));
    assert_false(authority_is_above(s->authority, &beside, &bottom));
    assert_int_equal(authority_agency(s->authority, &bottom)->agency_class,
                     DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_DEPARTMENT);
}

static void
a_renamed_agency_keeps_its_id(void **state)
{
    struct story *s = *state;
    Directory__AgencyRenamed e = DIRECTORY__AGENCY_RENAMED__INIT;
    struct uuid id = ID(1);
    const struct agency *before = authority_agency(s->authority, &id);

    e.agency_id = story_id(s, 1);
    e.name = "New name";
    e.short_name = "NN";
    story_directory(s, &e);
    assert_ptr_equal(authority_agency(s->authority, &id), before);
    assert_string_equal(before->name, "New name");
    assert_string_equal(before->short_name, "NN");
    assert_string_equal(before->code, "A1");
}

static void
a_person_belongs_to_one_agency(void **state)
{
    struct story *s = *state;
    struct uuid person = ID(21), agency = ID(2), stranger = ID(99);

    assert_true(uuid_equal(authority_agency_of(s->authority, &person), &agency));
    assert_null(authority_agency_of(s->authority, &stranger));
}

static void
a_system_is_found_by_id_and_by_key_also_after_it_is_revoked(void **state)
{
    struct story *s = *state;
    Directory__SystemRevoked e = DIRECTORY__SYSTEM_REVOKED__INIT;
    struct uuid id = ID(31), agency = ID(1);

    register_system(s, 31, 1, KEY_A);
    assert_ptr_equal(authority_system_by_key(s->authority, KEY_A),
                     authority_system(s->authority, &id));
    assert_true(uuid_equal(&authority_system(s->authority, &id)->agency, &agency));
    assert_false(authority_system(s->authority, &id)->is_revoked);
    assert_null(authority_system_by_key(s->authority, KEY_B));
    assert_null(authority_system_by_key(s->authority, ""));
    e.system_id = story_id(s, 31);
    story_directory(s, &e);
    assert_true(authority_system_by_key(s->authority, KEY_A)->is_revoked);
}

static void
count_system(void *context, const struct peer_system *system)
{
    assert_false(system->is_revoked);
    ++*(int *) context;
}

static void
only_systems_that_are_not_revoked_are_listed(void **state)
{
    struct story *s = *state;
    Directory__SystemRevoked e = DIRECTORY__SYSTEM_REVOKED__INIT;
    int count = 0;

    register_system(s, 31, 1, KEY_A);
    register_system(s, 32, 2, KEY_B);
    e.system_id = story_id(s, 31);
    story_directory(s, &e);
    authority_each_system(s->authority, count_system, &count);
    assert_int_equal(count, 1);
}

static void
a_binding_with_a_person_binds_that_person_alone(void **state)
{
    struct story *s = *state;

    story_bind(s, ROLE(STANDING), 1, 11, "khanh-hoa");
    assert_true(holds(s, 11, MAY(STANDING), NOW));
    assert_true(holds(s, 11, MAY(STANDING) | MAY(OWNER), NOW));
    assert_false(holds(s, 11, MAY(OWNER), NOW));
    assert_false(holds(s, 12, MAY(STANDING), NOW));
    assert_false(holds(s, 21, MAY(STANDING), NOW));
}

static void
a_binding_without_a_person_binds_everybody_of_the_agency_also_who_comes_later(void **state)
{
    struct story *s = *state;

    story_bind(s, ROLE(CLERK), 1, 0, "khanh-hoa");
    story_person(s, 1, 13);
    assert_true(holds(s, 11, MAY(CLERK), NOW));
    assert_true(holds(s, 12, MAY(CLERK), NOW));
    assert_true(holds(s, 13, MAY(CLERK), NOW));
    assert_false(holds(s, 21, MAY(CLERK), NOW));
}

static void
a_role_in_one_programme_is_none_in_another(void **state)
{
    struct story *s = *state;

    story_bind(s, ROLE(CLERK), 1, 11, "ninh-thuan");
    assert_false(holds(s, 11, MAY(CLERK), NOW));
    assert_false(agency_holds(s, 1, MAY(CLERK)));
}

static void
a_period_begins_with_its_first_moment_and_ends_before_its_last(void **state)
{
    struct story *s = *state;
    Directory__RoleBound e = DIRECTORY__ROLE_BOUND__INIT;

    e.binding_id = story_id(s, 41);
    e.role = ROLE(MEMBER);
    e.agency_id = story_id(s, 1);
    e.person_id = story_id(s, 11);
    e.programme = "khanh-hoa";
    e.valid_from = story_time(s, NOW + 10);
    e.valid_until = story_time(s, NOW + 20);
    story_directory(s, &e);
    assert_false(holds(s, 11, MAY(MEMBER), NOW + 9));
    assert_true(holds(s, 11, MAY(MEMBER), NOW + 10));
    assert_true(holds(s, 11, MAY(MEMBER), NOW + 19));
    assert_false(holds(s, 11, MAY(MEMBER), NOW + 20));
}

static void
an_ended_role_held_until_it_ended(void **state)
{
    struct story *s = *state;
    struct uuid binding = story_bind(s, ROLE(MEMBER), 1, 11, "khanh-hoa");

    s->now_us = NOW + HOUR_US;
    story_unbind(s, binding);
    assert_true(holds(s, 11, MAY(MEMBER), NOW + HOUR_US - 1));
    assert_false(holds(s, 11, MAY(MEMBER), NOW + HOUR_US));
}

static void
ending_never_lengthens_a_period(void **state)
{
    struct story *s = *state;
    Directory__RoleBound e = DIRECTORY__ROLE_BOUND__INIT;

    e.binding_id = story_id(s, 41);
    e.role = ROLE(MEMBER);
    e.agency_id = story_id(s, 1);
    e.programme = "khanh-hoa";
    e.valid_until = story_time(s, NOW + 20);
    story_directory(s, &e);
    s->now_us = NOW + 100;
    story_unbind(s, ID(41));
    assert_true(holds(s, 11, MAY(MEMBER), NOW + 19));
    assert_false(holds(s, 11, MAY(MEMBER), NOW + 20));
}

static void
an_operator_holds_no_business_role_whatever_the_agency_holds(void **state)
{
    struct story *s = *state;
    struct uuid binding = story_bind(s, ROLE(OPERATOR), 1, 11, DIRECTORY_PROGRAMME);
    struct uuid person = ID(11);

    story_bind(s, ROLE(CLERK), 1, 0, "khanh-hoa");
    story_bind(s, ROLE(OWNER), 1, 11, "khanh-hoa");
    assert_false(holds(s, 11, MAY(CLERK) | MAY(OWNER), NOW));
    assert_true(holds(s, 12, MAY(CLERK), NOW));
    assert_true(authority_holds(s->authority, &person, MAY(OPERATOR), DIRECTORY_PROGRAMME, NOW));
    s->now_us = NOW + HOUR_US;
    story_unbind(s, binding);
    assert_true(holds(s, 11, MAY(CLERK), NOW + HOUR_US));
}

static void
an_operator_is_one_until_the_binding_is_ended(void **state)
{
    struct story *s = *state;
    struct uuid eleven = ID(11), stranger = ID(99);
    struct uuid binding = story_bind(s, ROLE(OPERATOR), 1, 11, DIRECTORY_PROGRAMME);

    assert_true(authority_is_operator(s->authority, &eleven));
    assert_false(authority_has_business(s->authority, &eleven));
    story_unbind(s, binding);
    assert_false(authority_is_operator(s->authority, &eleven));
    assert_false(authority_is_operator(s->authority, &stranger));
}

static void
a_stranger_holds_nothing(void **state)
{
    struct story *s = *state;
    struct uuid stranger = ID(99);

    assert_false(holds(s, 99, ~0U, NOW));
    assert_false(agency_holds(s, 99, ~0U));
    assert_false(authority_has_business(s->authority, &stranger));
}

static void
operator_is_never_given_to_a_whole_agency(void **state)
{
    struct story *s = *state;
    struct uuid person = ID(11), agency = ID(1), none = { 0 };

    story_bind(s, ROLE(OPERATOR), 1, 0, DIRECTORY_PROGRAMME);
    assert_false(authority_holds(s->authority, &person, MAY(OPERATOR), DIRECTORY_PROGRAMME, NOW));
    assert_false(
        authority_agency_holds(s->authority, &agency, MAY(OPERATOR), DIRECTORY_PROGRAMME, NOW));
    assert_false(authority_is_operator(s->authority, &person));
    assert_false(authority_has_other_operator(s->authority, &none, NOW));
}

static void
business_counts_by_name_and_through_the_agency_until_it_is_ended(void **state)
{
    struct story *s = *state;
    struct uuid eleven = ID(11), twelve = ID(12), other = ID(21);
    struct uuid named = story_bind(s, ROLE(AUTHOR), 1, 11, "khanh-hoa");
    struct uuid wide;

    assert_true(authority_has_business(s->authority, &eleven));
    assert_false(authority_has_business(s->authority, &twelve));
    story_unbind(s, named);
    assert_false(authority_has_business(s->authority, &eleven));
    wide = story_bind(s, ROLE(CONSULTEE), 1, 0, "khanh-hoa");
    assert_true(authority_has_business(s->authority, &twelve));
    assert_false(authority_has_business(s->authority, &other));
    story_unbind(s, wide);
    assert_false(authority_has_business(s->authority, &twelve));
}

static void
another_operator_is_one_by_another_binding_now_and_for_an_open_period(void **state)
{
    struct story *s = *state;
    Directory__RoleBound e = DIRECTORY__ROLE_BOUND__INIT;
    struct uuid first = story_bind(s, ROLE(OPERATOR), 1, 11, DIRECTORY_PROGRAMME), second;

    story_bind(s, ROLE(CLERK), 2, 21, "khanh-hoa");
    assert_false(authority_has_other_operator(s->authority, &first, NOW));
    e.binding_id = story_id(s, 41);
    e.role = ROLE(OPERATOR);
    e.agency_id = story_id(s, 1);
    e.person_id = story_id(s, 12);
    e.programme = DIRECTORY_PROGRAMME;
    e.valid_from = story_time(s, NOW);
    e.valid_until = story_time(s, NOW + DAY_US);
    story_directory(s, &e);
    assert_false(authority_has_other_operator(s->authority, &first, NOW));
    second = story_bind(s, ROLE(OPERATOR), 2, 21, DIRECTORY_PROGRAMME);
    assert_true(authority_has_other_operator(s->authority, &first, NOW));
    assert_true(authority_has_other_operator(s->authority, &second, NOW));
    assert_false(authority_has_other_operator(s->authority, &first, NOW - 1));
    story_unbind(s, second);
    assert_false(authority_has_other_operator(s->authority, &first, NOW));
}

static void
an_agency_holds_what_one_of_its_persons_holds(void **state)
{
    struct story *s = *state;

    story_bind(s, ROLE(TREASURY), 2, 21, "khanh-hoa");
    assert_true(agency_holds(s, 2, MAY(TREASURY)));
    assert_false(agency_holds(s, 2, MAY(CLERK)));
    assert_false(agency_holds(s, 1, MAY(TREASURY)));
}

static void
an_agency_of_operators_only_holds_no_business_role_and_an_empty_one_does(void **state)
{
    struct story *s = *state;

    story_bind(s, ROLE(CLERK), 2, 0, "khanh-hoa");
    assert_true(agency_holds(s, 2, MAY(CLERK)));
    story_bind(s, ROLE(OPERATOR), 2, 21, DIRECTORY_PROGRAMME);
    assert_false(agency_holds(s, 2, MAY(CLERK)));
    story_agency(s, 3);
    story_bind(s, ROLE(CLERK), 3, 0, "khanh-hoa");
    assert_true(agency_holds(s, 3, MAY(CLERK)));
}

static void
roles_that_see_the_whole_read_all_and_others_do_not(void **state)
{
    struct story *s = *state;
    struct uuid one = ID(1), two = ID(2);

    story_bind(s, ROLE(AUDITOR), 1, 11, "khanh-hoa");
    story_bind(s, ROLE(CLERK), 2, 21, "khanh-hoa");
    assert_true(authority_reads_all(s->authority, &one, "khanh-hoa", NOW));
    assert_false(authority_reads_all(s->authority, &two, "khanh-hoa", NOW));
    assert_false(authority_reads_all(s->authority, &one, DIRECTORY_PROGRAMME, NOW));
}

static void
an_operator_reads_the_directory_and_no_programme(void **state)
{
    struct story *s = *state;
    struct uuid one = ID(1);

    story_bind(s, ROLE(OPERATOR), 1, 11, DIRECTORY_PROGRAMME);
    story_bind(s, ROLE(OPERATOR), 1, 12, "khanh-hoa");
    assert_true(authority_reads_all(s->authority, &one, DIRECTORY_PROGRAMME, NOW));
    assert_false(authority_reads_all(s->authority, &one, "khanh-hoa", NOW));
}

struct seen {
    int count;
    struct uuid last;
};

static void
see(void *context, const struct agency *agency)
{
    struct seen *seen = context;

    seen->count++;
    seen->last = agency->id;
}

static void
every_agency_that_holds_a_role_is_called_once(void **state)
{
    struct story *s = *state;
    struct seen holders = { 0 }, all = { 0 };
    struct uuid two = ID(2);

    story_bind(s, ROLE(CLERK), 2, 0, "khanh-hoa");
    story_bind(s, ROLE(CLERK), 2, 21, "khanh-hoa");
    story_bind(s, ROLE(CLERK), 1, 0, "ninh-thuan");
    authority_each_agency(s->authority, MAY(CLERK), "khanh-hoa", NOW, see, &holders);
    assert_int_equal(holders.count, 1);
    assert_true(uuid_equal(&holders.last, &two));
    authority_each_agency(s->authority, 0, "khanh-hoa", NOW, see, &all);
    assert_int_equal(all.count, 2);
}

static void
what_was_heard_before_is_passed_over(void **state)
{
    struct story *s = *state;
    int64_t position = authority_position(s->authority);
    struct uuid binding = story_bind(s, ROLE(CLERK), 1, 11, "khanh-hoa");
    Directory__RoleEnded e = DIRECTORY__ROLE_ENDED__INIT;
    struct bytes bytes;

    e.binding_id = uuid_text(s->arena, &binding);
    bytes = proto_pack(s->arena, &e);
    assert_int_equal(authority_position(s->authority), position + 1);
    assert_int_equal(authority_hear(s->authority, position + 1, "sangkien.directory.v1.RoleEnded",
                                    bytes.data, bytes.size),
                     0);
    assert_true(holds(s, 11, MAY(CLERK), NOW));
}

static void
what_does_not_matter_here_only_moves_the_position(void **state)
{
    struct story *s = *state;
    int64_t position = authority_position(s->authority);

    assert_int_equal(
        authority_hear(s->authority, position + 1, "sangkien.other.v1.Event", "\xff", 1), 0);
    assert_int_equal(authority_position(s->authority), position + 1);
}

static void
an_event_that_contradicts_the_past_is_poison_and_does_not_move_the_position(void **state)
{
    struct story *s = *state;
    int64_t position = authority_position(s->authority);
    Directory__PersonRegistered lost = DIRECTORY__PERSON_REGISTERED__INIT;
    Directory__AgencyRegistered twice = DIRECTORY__AGENCY_REGISTERED__INIT;
    Directory__RoleEnded unbound = DIRECTORY__ROLE_ENDED__INIT;
    Directory__RoleBound role = DIRECTORY__ROLE_BOUND__INIT;
    Directory__AgencyRenamed nobody_renamed = DIRECTORY__AGENCY_RENAMED__INIT;

    lost.person_id = story_id(s, 77);
    lost.agency_id = story_id(s, 78);
    assert_int_equal(hear(s, &lost), ERR_POISON);
    lost.person_id = story_id(s, 11);
    lost.agency_id = story_id(s, 1);
    assert_int_equal(hear(s, &lost), ERR_POISON);
    twice.agency_id = story_id(s, 1);
    assert_int_equal(hear(s, &twice), ERR_POISON);
    nobody_renamed.agency_id = story_id(s, 78);
    assert_int_equal(hear(s, &nobody_renamed), ERR_POISON);
    unbound.binding_id = story_id(s, 79);
    assert_int_equal(hear(s, &unbound), ERR_POISON);
    role.binding_id = story_id(s, 80);
    role.agency_id = story_id(s, 1);
    role.role = (Directory__Role) 40;
    assert_int_equal(hear(s, &role), ERR_POISON);
    role.role = ROLE(CLERK);
    role.person_id = story_id(s, 78);
    assert_int_equal(hear(s, &role), ERR_POISON);
    role.person_id = "";
    role.agency_id = story_id(s, 78);
    assert_int_equal(hear(s, &role), ERR_POISON);
    assert_int_equal(
        authority_hear(s->authority, position + 1, "sangkien.directory.v1.RoleBound", "\xff", 1),
        ERR_POISON);
    assert_int_equal(authority_position(s->authority), position);
}

static void
a_system_or_binding_that_contradicts_the_past_is_poison(void **state)
{
    struct story *s = *state;
    Directory__SystemRegistered system = DIRECTORY__SYSTEM_REGISTERED__INIT;
    Directory__SystemRevoked revoked = DIRECTORY__SYSTEM_REVOKED__INIT;
    Directory__RoleBound role = DIRECTORY__ROLE_BOUND__INIT;
    struct uuid binding = story_bind(s, ROLE(CLERK), 1, 0, "khanh-hoa");

    register_system(s, 31, 1, KEY_A);
    system.agency_id = story_id(s, 1);
    system.system_id = story_id(s, 31);
    system.public_key = KEY_B;
    assert_int_equal(hear(s, &system), ERR_POISON);
    system.system_id = story_id(s, 32);
    system.public_key = KEY_A;
    assert_int_equal(hear(s, &system), ERR_POISON);
    system.public_key = "short";
    assert_int_equal(hear(s, &system), ERR_POISON);
    system.public_key = KEY_B;
    system.agency_id = story_id(s, 78);
    assert_int_equal(hear(s, &system), ERR_POISON);
    revoked.system_id = story_id(s, 33);
    assert_int_equal(hear(s, &revoked), ERR_POISON);
    role.binding_id = uuid_text(s->arena, &binding);
    role.agency_id = story_id(s, 1);
    role.role = ROLE(CLERK);
    assert_int_equal(hear(s, &role), ERR_POISON);
}

static void
a_hundred_thousand_agencies_are_all_found(void **state)
{
    struct story *s = *state;
    Directory__AgencyRegistered e = DIRECTORY__AGENCY_REGISTERED__INIT;
    struct uuid id;
    char text[UUID_TEXT_SIZE];
    uint8_t bytes[256];

    e.agency_id = text;
    e.name = "Agency";
    for (unsigned n = 1000; n < 101000; n++) {
        id = ID(n);
        uuid_print(&id, text);
        assert_int_equal(authority_hear(s->authority, s->directory_position + n,
                                        e.base.descriptor->name, bytes,
                                        directory__agency_registered__pack(&e, bytes)),
                         0);
    }
    for (unsigned n = 1000; n < 101000; n++) {
        id = ID(n);
        assert_true(uuid_equal(&authority_agency(s->authority, &id)->id, &id));
    }
}

/* clang-format off */
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
static const struct CMUnitTest tests[] = {
    TEST(an_agency_is_known_by_its_id_with_name_mailbox_and_code),
    TEST(an_agency_stands_above_those_that_name_it_as_their_parent_and_what_is_below_them),
    TEST(a_renamed_agency_keeps_its_id),
    TEST(a_person_belongs_to_one_agency),
    TEST(a_system_is_found_by_id_and_by_key_also_after_it_is_revoked),
    TEST(only_systems_that_are_not_revoked_are_listed),
    TEST(a_binding_with_a_person_binds_that_person_alone),
    TEST(a_binding_without_a_person_binds_everybody_of_the_agency_also_who_comes_later),
    TEST(a_role_in_one_programme_is_none_in_another),
    TEST(a_period_begins_with_its_first_moment_and_ends_before_its_last),
    TEST(an_ended_role_held_until_it_ended),
    TEST(ending_never_lengthens_a_period),
    TEST(an_operator_holds_no_business_role_whatever_the_agency_holds),
    TEST(an_operator_is_one_until_the_binding_is_ended),
    TEST(a_stranger_holds_nothing),
    TEST(operator_is_never_given_to_a_whole_agency),
    TEST(business_counts_by_name_and_through_the_agency_until_it_is_ended),
    TEST(another_operator_is_one_by_another_binding_now_and_for_an_open_period),
    TEST(an_agency_holds_what_one_of_its_persons_holds),
    TEST(an_agency_of_operators_only_holds_no_business_role_and_an_empty_one_does),
    TEST(roles_that_see_the_whole_read_all_and_others_do_not),
    TEST(an_operator_reads_the_directory_and_no_programme),
    TEST(every_agency_that_holds_a_role_is_called_once),
    TEST(what_was_heard_before_is_passed_over),
    TEST(what_does_not_matter_here_only_moves_the_position),
    TEST(an_event_that_contradicts_the_past_is_poison_and_does_not_move_the_position),
    TEST(a_system_or_binding_that_contradicts_the_past_is_poison),
    TEST(a_hundred_thousand_agencies_are_all_found),
};
/* clang-format on */

int
main(void)
{
    return cmocka_run_group_tests_name("unit.authority", tests, NULL, NULL);
}
