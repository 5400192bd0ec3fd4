/* tests/unit/agency.c - who is entered as an agency, and how it may be written to. */
#include "tests/unit/directory_story.h"

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

/* clang-format off */
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
};
/* clang-format on */

int
main(void)
{
    return cmocka_run_group_tests_name("unit.agency", tests, NULL, NULL);
}
