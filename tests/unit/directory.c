/* tests/unit/directory.c - persons and systems, and what holds for all of the directory. */
#include "tests/unit/directory_story.h"

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

/* clang-format off */
static const struct CMUnitTest tests[] = {
    TEST(a_persons_name_and_mailbox_are_put_aside_and_in_no_event),
    TEST(a_person_belongs_to_a_registered_agency),
    TEST(a_system_is_entered_with_its_key_and_its_agency_is_a_party),
    TEST(a_system_belongs_to_a_registered_agency),
    TEST(a_key_is_forty_characters_of_z85_that_stand_for_32_bytes),
    TEST(a_key_is_registered_once_and_never_again_after_it_is_revoked),
    TEST(a_system_is_revoked_once),
    TEST(only_operators_change_the_directory),
    TEST(nothing_of_the_directory_lives_in_another_programme),
    TEST(two_requests_at_once_are_told_what_the_database_found),
    TEST(every_refusal_has_its_sentence),
    TEST(nothing_happens_but_these_moves),
};
/* clang-format on */

int
main(void)
{
    return cmocka_run_group_tests_name("unit.directory", tests, NULL, NULL);
}
