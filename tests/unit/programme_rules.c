/* tests/unit/programme_rules.c - what holds for all editions of a programme, and what an edition keeps of it. */
#include "tests/unit/edition_story.h"

static const char *
all_named(struct story *s)
{
    const char *text = "";

    LIST_EACH (const struct violation, v, &s->last.violations)
        text = arena_format(s->arena, "%s%s%s", text, *text ? ", " : "", v->field);
    return text;
}

/* ------------------------------------------------------------------ setting them */

static void
owner_and_standing_agency_set_them_for_a_programme_that_is_there(void **state)
{
    struct story *s = *state;

    set_programme_rules_as(s, 11, whole_programme_rules(s));
    assert_refused(s, "NOT_FOUND");
    programme_is_created(s);
    set_programme_rules_as(s, 32, whole_programme_rules(s));
    assert_refused(s, "NOT_ALLOWED");
    set_programme_rules_as(s, 11, whole_programme_rules(s));
    assert_happened(s, "ProgrammeRulesSet");
    set_programme_rules_as(s, 21, whole_programme_rules(s));
    assert_happened(s, "ProgrammeRulesSet");
}

static void
every_version_is_kept_with_the_digest_of_its_exact_bytes(void **state)
{
    struct story *s = *state;
    Submissions__SetProgrammeRules ask = SUBMISSIONS__SET_PROGRAMME_RULES__INIT;
    const Submissions__ProgrammeRulesSet *said;
    struct digest digest;
    struct bytes bytes;

    programme_has_rules(s);
    ask.rules = whole_programme_rules(s);
    ask.rules_version = 1;
    ask.rules->description = "Bản thứ hai";
    say_as(s, 11, 10, &ask);
    said = story_event(s, 0);
    bytes = proto_pack(s->arena, &ask);
    digest = sha256(bytes.data, bytes.size);
    assert_string_equal(said->programme_id, story_id(s, 10));
    assert_int_equal(said->rules_version, 2);
    assert_memory_equal(said->rules_digest.data, digest.bytes, sizeof(digest.bytes));
    assert_int_equal(the_rules(s)->versions.count, 2);
    assert_true(digest_equal(&submissions_latest_rules(the_rules(s))->digest, &digest));
    assert_string_equal(submissions_latest_rules(the_rules(s))->rules->description, "Bản thứ hai");
}

/* Two officers who write at once do not undo each other's work unseen; nor is an edition published under rules unseen. */
static void
whoever_goes_by_rules_names_those_that_hold(void **state)
{
    struct story *s = *state;
    Submissions__SetProgrammeRules ask = SUBMISSIONS__SET_PROGRAMME_RULES__INIT;
    Submissions__PublishEdition publish = SUBMISSIONS__PUBLISH_EDITION__INIT;

    judged_edition_is_drafted(s);
    set_rules_as(s, 21, 100, whole_rules(s));
    ask.rules = whole_programme_rules(s);
    for (ask.rules_version = 0; ask.rules_version <= 2; ask.rules_version += 2) {
        say_as(s, 21, 10, &ask);
        assert_refused(s, "OTHER_RULES");
        assert_string_equal(field_named(s), "rules_version");
    }
    ask.rules_version = 1;
    say_as(s, 21, 10, &ask);
    assert_happened(s, "ProgrammeRulesSet");
    publish.rules_version = publish.programme_rules_version = 1;
    say_as(s, 11, 100, &publish);
    assert_refused(s, "OTHER_RULES");
    assert_string_equal(field_named(s), "programme_rules_version");
    publish.programme_rules_version = 2;
    say_as(s, 11, 100, &publish);
    assert_happened(s, "EditionPublished");
}

static void
they_are_set_a_hundred_times(void **state)
{
    struct story *s = *state;

    programme_is_created(s);
    for (int i = 0; i < 100; i++) {
        set_programme_rules_as(s, 11, whole_programme_rules(s));
        assert_happened(s, "ProgrammeRulesSet");
    }
    set_programme_rules_as(s, 11, whole_programme_rules(s));
    assert_refused(s, "TOO_MANY_VERSIONS");
}

static void
all_that_is_missing_is_named_at_once(void **state)
{
    struct story *s = *state;

    programme_is_created(s);
    set_programme_rules_as(s, 11, proto_new(s->arena, ON(programme_rules)));
    assert_refused(s, "RULES_INCOMPLETE");
    assert_string_equal(all_named(s), "rules.jurisdiction, rules.language, rules.time_zone, "
                                      "rules.currency, rules.legal_basis");
}

/* ------------------------------------------------------------------ what does not go together */

static void
assert_clash(struct story *s, Submissions__ProgrammeRules *rules, const char *field)
{
    set_programme_rules_as(s, 11, rules);
    assert_string_equal(all_named(s), field);
    assert_refused(s, "RULES_INCONSISTENT");
}

static void
words_are_those_of_the_world(void **state)
{
    static const char *const languages[] = { "Vi", "v", "viet", "v1", "vi-VN" };
    static const char *const zones[] = {
        "Asia",    "Asia/", "/Asia", "Asia//Ho", "Asia/Ho Chi Minh", "GMT+7", "Asia/Hồ_Chí_Minh",
        "Asia/Ho/"
    };
    struct story *s = *state;
    Submissions__ProgrammeRules *rules = whole_programme_rules(s);

    programme_is_created(s);
    for (size_t i = 0; i < sizeof(languages) / sizeof(*languages); i++) {
        rules->language = languages[i];
        assert_clash(s, rules, "rules.language");
    }
    rules->language = "vie";
    for (size_t i = 0; i < sizeof(zones) / sizeof(*zones); i++) {
        rules->time_zone = zones[i];
        assert_clash(s, rules, "rules.time_zone");
    }
    rules->time_zone = "Etc/GMT-7";
    rules->currency = "USD";
    assert_clash(s, rules, "rules.currency");
    rules->currency = "VND";
    rules->utc_offset_minutes = 841;
    assert_clash(s, rules, "rules.utc_offset_minutes");
    rules->utc_offset_minutes = -841;
    assert_clash(s, rules, "rules.utc_offset_minutes");
    rules->utc_offset_minutes = -840;
    set_programme_rules_as(s, 11, rules);
    assert_happened(s, "ProgrammeRulesSet");
}

static void
documents_are_in_force_from_one_day_to_another(void **state)
{
    struct story *s = *state;
    Submissions__ProgrammeRules *rules = whole_programme_rules(s);
    Submissions__LegalBasis *basis = rules->legal_basis[0];
    Types__OfficialDocument document = report;

    programme_is_created(s);
    basis->valid_from = until(s, 2019, 2, 29, false)->date;
    assert_clash(s, rules, "rules.legal_basis[0].valid_from");
    basis->valid_from = until(s, 2019, 2, 28, false)->date;
    basis->valid_to = until(s, 2019, 2, 29, false)->date;
    assert_clash(s, rules, "rules.legal_basis[0].valid_to");
    basis->valid_to = until(s, 2019, 2, 27, false)->date;
    assert_clash(s, rules, "rules.legal_basis[0].valid_to");
    basis->valid_from = NULL; /* from 29 October on, when it was issued */
    basis->valid_to = until(s, 2019, 10, 28, false)->date;
    assert_clash(s, rules, "rules.legal_basis[0].valid_to");
    basis->valid_to = until(s, 2019, 10, 29, false)->date;
    set_programme_rules_as(s, 11, rules);
    assert_happened(s, "ProgrammeRulesSet");
    document.issued_on = until(s, 2019, 13, 1, false)->date;
    basis->document = &document;
    assert_clash(s, rules, "rules.legal_basis[0].document.issued_on");
}

/* More than an event that carries them can have. */
static void
they_are_not_longer_than_an_event(void **state)
{
    enum { LONG = 49 * 1024 };
    struct story *s = *state;
    Submissions__ProgrammeRules *rules = whole_programme_rules(s);
    char *text = arena_zero(s->arena, LONG);

    memset(text, 'a', LONG - 1);
    rules->description = text;
    programme_is_created(s);
    assert_clash(s, rules, "rules");
}

/* ------------------------------------------------------------------ an edition under them */

static void
no_edition_is_published_without_them(void **state)
{
    struct story *s = *state;
    Submissions__CreateEdition create = fourth_edition();

    create.judged_elsewhere = false;
    create.threshold_centi = create.maximum_centi = 0;
    say_as(s, 21, 100, &create);
    set_rules_as(s, 21, 100, whole_rules(s));
    publish_as(s, 11, 100);
    assert_refused(s, "RULES_INCOMPLETE");
    assert_string_equal(all_named(s), "programme_rules");
    the_edition(s, 100)->rules->subject = "";
    publish_as(s, 11, 100);
    assert_string_equal(all_named(s), "rules.subject, programme_rules"); /* in one reply */
    the_edition(s, 100)->rules->subject = "Cải cách";
    programme_has_rules(s);
    publish_as(s, 11, 100);
    assert_happened(s, "EditionPublished");
}

static void
one_that_is_judged_elsewhere_is_published_without_them_or_keeps_them(void **state)
{
    struct story *s = *state;
    Submissions__CreateEdition create = fourth_edition();

    say_as(s, 21, 100, &create);
    publish_as(s, 11, 100);
    assert_happened(s, "EditionPublished");
    assert_int_equal(the_edition(s, 100)->programme_rules_version, 0);
    programme_has_rules(s);
    create.ordinal = 5;
    say_as(s, 21, 101, &create);
    publish_as(s, 11, 101);
    assert_int_equal(the_edition(s, 101)->programme_rules_version, 1);
}

static void
what_is_published_keeps_the_version_that_held_then(void **state)
{
    struct story *s = *state;
    Submissions__ProgrammeRules *later = whole_programme_rules(s);
    struct digest first;

    judged_edition_is_published(s);
    first = submissions_latest_rules(the_rules(s))->digest;
    later->description = "Từ lần sau";
    set_programme_rules_as(s, 11, later);
    assert_happened(s, "ProgrammeRulesSet");
    assert_int_equal(the_edition(s, 100)->programme_rules_version, 1);
    assert_true(digest_equal(&the_edition(s, 100)->programme_rules_digest, &first));
    say_as(s, 32, 110, local_contest(s));
    set_rules_as(s, 32, 110, local_rules(s));
    publish_as(s, 32, 110);
    assert_happened(s, "EditionPublished");
    assert_int_equal(the_edition(s, 110)->programme_rules_version, 2);
}

static void
registration_keeps_to_the_programmes_local_time(void **state)
{
    struct story *s = *state;
    Submissions__EditionRules *rules = whole_rules(s);

    judged_edition_is_drafted(s);
    rules->opens->utc_offset_minutes = 480;
    rules->closes->utc_offset_minutes = 419;
    set_rules_as(s, 21, 100, rules);
    publish_as(s, 11, 100);
    assert_refused(s, "RULES_INCONSISTENT");
    assert_string_equal(all_named(s),
                        "rules.opens.utc_offset_minutes, rules.closes.utc_offset_minutes");
}

/* It is 1 November, local time, when it is published. */
static void
some_document_is_in_force_when_an_edition_is_published(void **state)
{
    struct story *s = *state;
    Submissions__ProgrammeRules *rules = whole_programme_rules(s);
    Submissions__LegalBasis *basis = rules->legal_basis[0];

    judged_edition_is_drafted(s);
    set_rules_as(s, 21, 100, whole_rules(s));
    basis->valid_to = until(s, 2019, 10, 31, false)->date;
    set_programme_rules_as(s, 11, rules);
    publish_as(s, 11, 100);
    assert_refused(s, "RULES_INCONSISTENT");
    assert_string_equal(all_named(s), "programme_rules.legal_basis");
    basis->valid_to = NULL;
    basis->valid_from = until(s, 2019, 11, 2, false)->date;
    set_programme_rules_as(s, 11, rules);
    publish_as(s, 11, 100);
    assert_string_equal(all_named(s), "programme_rules.legal_basis");
    basis->valid_from = basis->valid_to = until(s, 2019, 11, 1, false)->date;
    set_programme_rules_as(s, 11, rules);
    publish_as(s, 11, 100);
    assert_happened(s, "EditionPublished");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(owner_and_standing_agency_set_them_for_a_programme_that_is_there),
        TOLD(every_version_is_kept_with_the_digest_of_its_exact_bytes),
        TOLD(whoever_goes_by_rules_names_those_that_hold),
        TOLD(they_are_set_a_hundred_times),
        TOLD(all_that_is_missing_is_named_at_once),
        TOLD(words_are_those_of_the_world),
        TOLD(documents_are_in_force_from_one_day_to_another),
        TOLD(they_are_not_longer_than_an_event),
        TOLD(no_edition_is_published_without_them),
        TOLD(one_that_is_judged_elsewhere_is_published_without_them_or_keeps_them),
        TOLD(what_is_published_keeps_the_version_that_held_then),
        TOLD(registration_keeps_to_the_programmes_local_time),
        TOLD(some_document_is_in_force_when_an_edition_is_published),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
