/* tests/unit/role.c - who may be given a role, by whom, and for how long. */
#include "tests/unit/directory_story.h"

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

/* clang-format off */
static const struct CMUnitTest tests[] = {
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
};
/* clang-format on */

int
main(void)
{
    return cmocka_run_group_tests_name("unit.role", tests, NULL, NULL);
}
