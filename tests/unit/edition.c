/* tests/unit/edition.c - an edition that is judged here: its rules, who may do what with it, and when entries may come in. */
#include "tests/unit/edition_story.h"

static void
open_as(struct story *s, unsigned person, unsigned edition)
{
    Submissions__OpenRegistration ask = SUBMISSIONS__OPEN_REGISTRATION__INIT;

    say_as(s, person, edition, &ask);
}

static void
close_as(struct story *s, unsigned person, unsigned edition)
{
    Submissions__CloseRegistration ask = SUBMISSIONS__CLOSE_REGISTRATION__INIT;

    say_as(s, person, edition, &ask);
}

static void
cancel_as(struct story *s, unsigned person, unsigned edition)
{
    Submissions__CancelEdition ask = SUBMISSIONS__CANCEL_EDITION__INIT;

    ask.reason = "Không tổ chức";
    say_as(s, person, edition, &ask);
}

static void
extend_as(struct story *s, unsigned person, Types__Deadline *closes)
{
    Submissions__ExtendRegistration ask = SUBMISSIONS__EXTEND_REGISTRATION__INIT;

    ask.closes = closes;
    say_as(s, person, 100, &ask);
}

static Types__Deadline *
cited(Types__Deadline *closes)
{
    closes->document = &report;
    return closes;
}

/* ------------------------------------------------------------------ its beginning */

static void
the_scale_of_an_edition_that_is_judged_here_is_in_its_rules(void **state)
{
    struct story *s = *state;
    Submissions__CreateEdition ask = fourth_edition();

    ask.judged_elsewhere = false;
    say_as(s, 21, 100, &ask);
    assert_refused(s, "SCORE_OUT_OF_RANGE");
    assert_string_equal(field_named(s), "threshold_centi");
    ask.threshold_centi = 0;
    say_as(s, 21, 100, &ask);
    assert_refused(s, "SCORE_OUT_OF_RANGE");
    assert_string_equal(field_named(s), "maximum_centi");
    ask.maximum_centi = 0;
    say_as(s, 21, 100, &ask);
    assert_happened(s, "EditionCreated");
}

static void
an_edition_that_is_judged_elsewhere_has_a_scale_and_no_rules(void **state)
{
    struct story *s = *state;
    Submissions__CreateEdition ask = fourth_edition();
    Submissions__PublishEdition publish = SUBMISSIONS__PUBLISH_EDITION__INIT;

    ask.threshold_centi = ask.maximum_centi = 0;
    say_as(s, 21, 100, &ask);
    assert_refused(s, "SCORE_OUT_OF_RANGE");
    assert_string_equal(field_named(s), "maximum_centi");
    ask.maximum_centi = 10000;
    say_as(s, 21, 100, &ask);
    set_rules_as(s, 21, 100, whole_rules(s));
    assert_refused(s, "RULES_INCONSISTENT");
    publish.rules_version = 1;
    say_as(s, 11, 100, &publish);
    assert_refused(s, "OTHER_RULES");
    publish_as(s, 11, 100);
    assert_happened(s, "EditionPublished");
    assert_null(((const Submissions__EditionPublished *) story_event(s, 0))->rules);
    assert_int_equal(s->alarms.count, 0);
}

static void
the_plan_of_an_edition_is_of_a_day_that_there_is(void **state)
{
    struct story *s = *state;
    Submissions__CreateEdition ask = fourth_edition();
    Types__Date never = { PROTOBUF_C_MESSAGE_INIT(&types__date__descriptor), 2019, 2, 29 };
    Types__OfficialDocument plan = report;

    plan.issued_on = &never;
    ask.document = &plan;
    say_as(s, 21, 100, &ask);
    assert_refused(s, "BAD_DATE");
}

/* ------------------------------------------------------------------ rules */

static void
rules_are_set_anew_until_the_owner_publishes_the_present_ones(void **state)
{
    struct story *s = *state;
    Submissions__PublishEdition publish = SUBMISSIONS__PUBLISH_EDITION__INIT;

    judged_edition_is_drafted(s);
    set_rules_as(s, 21, 100, whole_rules(s));
    set_rules_as(s, 22, 100, whole_rules(s));
    assert_happened(s, "EditionRulesSet");
    assert_int_equal(the_edition(s, 100)->rules_version, 2);
    publish.rules_version = publish.programme_rules_version = 1;
    say_as(s, 11, 100, &publish);
    assert_refused(s, "OTHER_RULES");
    assert_string_equal(field_named(s), "rules_version");
    publish.rules_version = 2;
    say_as(s, 11, 100, &publish);
    assert_happened(s, "EditionPublished");
    set_rules_as(s, 21, 100, whole_rules(s));
    assert_refused(s, "NOT_NOW");
}

static void
what_is_published_are_the_rules_with_the_digest_of_the_exact_bytes_that_set_them(void **state)
{
    struct story *s = *state;
    Submissions__SetEditionRules ask = SUBMISSIONS__SET_EDITION_RULES__INIT;
    struct bytes bytes;
    struct digest digest;
    const Submissions__EditionPublished *said;

    judged_edition_is_published(s);
    ask.rules = whole_rules(s);
    bytes = proto_pack(s->arena, &ask);
    digest = sha256(bytes.data, bytes.size);
    said = story_event(s, 0);
    assert_int_equal(said->rules_version, 1);
    assert_int_equal(said->rules_digest.len, sizeof(digest));
    assert_memory_equal(said->rules_digest.data, digest.bytes, sizeof(digest));
    assert_string_equal(said->rules->rounds[1]->code, "final");
    assert_int_equal(proto_time_us(said->opens_at), OPENS_US);
    assert_int_equal(proto_time_us(said->closes_at), CLOSES_US);
}

static void
rules_leave_room_for_what_the_events_that_carry_them_say_besides(void **state)
{
    struct story *s = *state;
    Submissions__EditionRules *rules = whole_rules(s);
    char *text = arena_zero(s->arena, 48 * 1024);

    judged_edition_is_drafted(s);
    memset(text, 'a', 48 * 1024 - 1);
    rules->registration = text;
    set_rules_as(s, 21, 100, rules);
    assert_refused(s, "RULES_INCONSISTENT");
    assert_string_equal(field_named(s), "rules");
}

/* ------------------------------------------------------------------ who may */

static void
an_edition_of_the_programme_is_run_by_the_programme(void **state)
{
    struct story *s = *state;

    judged_edition_is_drafted(s);
    set_rules_as(s, 32, 100, whole_rules(s));
    assert_refused(s, "NOT_YOUR_EDITION");
    set_rules_as(s, 11, 100, whole_rules(s));
    assert_refused(s, "NOT_ALLOWED");
    set_rules_as(s, 21, 100, whole_rules(s));
    publish_as(s, 32, 100);
    assert_refused(s, "NOT_YOUR_EDITION");
    publish_as(s, 22, 100);
    assert_refused(s, "NOT_ALLOWED");
    publish_as(s, 11, 100);
    open_as(s, 32, 100);
    assert_refused(s, "NOT_YOUR_EDITION");
    extend_as(s, 32, cited(until(s, 2019, 12, 20, true)));
    assert_refused(s, "NOT_YOUR_EDITION");
    cancel_as(s, 32, 100);
    assert_refused(s, "NOT_YOUR_EDITION");
    story_later(s, OPENS_US);
    close_as(s, 31, 100);
    assert_refused(s, "NOT_YOUR_EDITION");
}

static void
a_role_that_was_taken_away_does_not_count_any_more(void **state)
{
    struct story *s = *state;
    struct uuid owner = story_bind(s, DIRECTORY__ROLE__ROLE_OWNER, 3, 32, s->programme);

    judged_edition_is_drafted(s);
    set_rules_as(s, 21, 100, whole_rules(s));
    story_unbind(s, owner);
    s->now_us += 1000000;
    publish_as(s, 32, 100); /* ENTRANT_HEAD still */
    assert_refused(s, "NOT_YOUR_EDITION");
}

/* ------------------------------------------------------------------ registration */

static void
registration_opens_and_closes_by_itself(void **state)
{
    struct story *s = *state;

    judged_edition_is_published(s);
    story_later(s, OPENS_US - 1);
    assert_happened(s, "EditionPublished");
    story_later(s, OPENS_US);
    assert_happened(s, "RegistrationOpened");
    story_later(s, CLOSES_US - 1);
    assert_happened(s, "RegistrationOpened");
    story_later(s, CLOSES_US);
    assert_happened(s, "RegistrationClosed");
}

static void
registration_that_opens_too_late_closes_at_once(void **state)
{
    struct story *s = *state;

    judged_edition_is_drafted(s);
    set_rules_as(s, 21, 100, whole_rules(s));
    s->now_us = CLOSES_US;
    publish_as(s, 11, 100);
    story_later(s, CLOSES_US);
    assert_happened(s, ""); /* the second alarm finds nothing to do */
    assert_int_equal(the_edition(s, 100)->self.state,
                     SUBMISSIONS__EDITION_STATE__EDITION_STATE_CLOSED);
    assert_int_equal(the_edition(s, 100)->self.version, 5);
}

static void
nobody_opens_or_closes_before_the_time_that_the_rules_name(void **state)
{
    struct story *s = *state;

    judged_edition_is_published(s);
    open_as(s, 21, 100);
    assert_refused(s, "TOO_EARLY");
    s->now_us = OPENS_US;
    open_as(s, 21, 100);
    assert_happened(s, "RegistrationOpened");
    story_later(s, OPENS_US);
    assert_happened(s, ""); /* it is open already */
    close_as(s, 21, 100);
    assert_refused(s, "TOO_EARLY");
    s->now_us = CLOSES_US;
    close_as(s, 21, 100);
    assert_happened(s, "RegistrationClosed");
}

static void
an_edition_that_is_judged_elsewhere_closes_when_it_is_told_to(void **state)
{
    struct story *s = *state;

    edition_is_open(s);
    extend_as(s, 11, cited(until(s, 2019, 12, 20, true)));
    assert_refused(s, "BAD_DATE");
    assert_string_equal(field_named(s), "closes");
    close_as(s, 21, 100);
    assert_happened(s, "RegistrationClosed");
    close_as(s, 21, 100);
    assert_refused(s, "NOT_NOW");
}

static void
registration_is_extended_to_a_later_day_by_a_cited_document(void **state)
{
    struct story *s = *state;
    Types__Date never = { PROTOBUF_C_MESSAGE_INIT(&types__date__descriptor), 2019, 2, 29 };
    Types__OfficialDocument undated = report;
    Types__Deadline *later = until(s, 2019, 12, 20, true);

    judged_edition_is_published(s);
    extend_as(s, 11, later);
    assert_refused(s, "RULES_INCOMPLETE");
    assert_string_equal(field_named(s), "closes.document");
    undated.issued_on = &never;
    later->document = &undated;
    extend_as(s, 11, later);
    assert_refused(s, "BAD_DATE");
    extend_as(s, 11, cited(until(s, 2019, 2, 30, true)));
    assert_refused(s, "BAD_DATE");
    extend_as(s, 11, cited(until(s, 2019, 12, 10, true)));
    assert_refused(s, "BAD_DATE");
    assert_string_equal(field_named(s), "closes.date");
    extend_as(s, 11, cited(later));
    assert_happened(s, "RegistrationExtended");
    story_later(s, CLOSES_US);
    assert_happened(s, ""); /* the alarm of before means nothing */
    extend_as(s, 11, cited(until(s, 2019, 12, 31, true)));
    assert_happened(s, "RegistrationExtended");
    story_later(s, CLOSES_US + 21 * DAY_US - 1);
    assert_int_equal(the_edition(s, 100)->self.state,
                     SUBMISSIONS__EDITION_STATE__EDITION_STATE_OPEN);
    story_later(s, CLOSES_US + 21 * DAY_US);
    assert_happened(s, "RegistrationClosed");
}

static void
registration_is_not_extended_once_its_time_is_over(void **state)
{
    struct story *s = *state;

    judged_edition_is_published(s);
    story_later(s, CLOSES_US - 1);
    s->now_us = CLOSES_US; /* the alarm has not rung */
    extend_as(s, 11, cited(until(s, 2019, 12, 20, true)));
    assert_refused(s, "REGISTRATION_CLOSED");
    story_later(s, CLOSES_US);
    extend_as(s, 11, cited(until(s, 2019, 12, 20, true)));
    assert_refused(s, "REGISTRATION_CLOSED");
}

static void
a_draft_has_no_registration_to_be_extended(void **state)
{
    struct story *s = *state;

    judged_edition_is_drafted(s);
    extend_as(s, 11, cited(until(s, 2019, 12, 20, true)));
    assert_refused(s, "NOT_NOW");
}

/* ------------------------------------------------------------------ its early end */

static void
the_owner_cancels_an_edition_and_then_nothing_comes_due(void **state)
{
    struct story *s = *state;

    judged_edition_is_published(s);
    cancel_as(s, 21, 100);
    assert_refused(s, "NOT_YOUR_EDITION");
    cancel_as(s, 11, 100);
    assert_happened(s, "EditionCancelled");
    story_later(s, CLOSES_US);
    assert_happened(s, "");
    cancel_as(s, 11, 100);
    assert_refused(s, "NOT_NOW");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TOLD(the_scale_of_an_edition_that_is_judged_here_is_in_its_rules),
        TOLD(an_edition_that_is_judged_elsewhere_has_a_scale_and_no_rules),
        TOLD(the_plan_of_an_edition_is_of_a_day_that_there_is),
        TOLD(rules_are_set_anew_until_the_owner_publishes_the_present_ones),
        TOLD(what_is_published_are_the_rules_with_the_digest_of_the_exact_bytes_that_set_them),
        TOLD(rules_leave_room_for_what_the_events_that_carry_them_say_besides),
        TOLD(an_edition_of_the_programme_is_run_by_the_programme),
        TOLD(a_role_that_was_taken_away_does_not_count_any_more),
        TOLD(registration_opens_and_closes_by_itself),
        TOLD(registration_that_opens_too_late_closes_at_once),
        TOLD(nobody_opens_or_closes_before_the_time_that_the_rules_name),
        TOLD(an_edition_that_is_judged_elsewhere_closes_when_it_is_told_to),
        TOLD(registration_is_extended_to_a_later_day_by_a_cited_document),
        TOLD(registration_is_not_extended_once_its_time_is_over),
        TOLD(a_draft_has_no_registration_to_be_extended),
        TOLD(the_owner_cancels_an_edition_and_then_nothing_comes_due),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
