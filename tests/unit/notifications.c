/* tests/unit/notifications.c - who is told of what, once, and what becomes of it. */
#include "tests/unit/story.h"

#include <stdlib.h>

#include "sangkien/appraisal/v1/events.pb-c.h"
#include "sangkien/funding/v1/events.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "services/notifications/address.h"
#include "services/notifications/backoff.h"
#include "services/notifications/notifications.h"
#include "services/notifications/rules.h"

#define PROGRAMME "khanh-hoa"
#define BIND(agency, role) story_bind(&t->story, DIRECTORY__ROLE__ROLE_##role, agency, 0, PROGRAMME)

enum { HOME_AFFAIRS = 1, FINANCE, ENTRANT, CO_ENTRANT, STRANGER, ENTRY = 100 };

struct test {
    struct story story;
    struct uuid parties[4];
    size_t party_count;
};

/* An agency with an address; NULL for none. */
static void
agency(struct test *t, unsigned number, const char *email)
{
    Directory__AgencyRegistered e = DIRECTORY__AGENCY_REGISTERED__INIT;

    e.agency_id = story_id(&t->story, number);
    e.name = "Sở Nội vụ";
    e.agency_code = arena_format(t->story.arena, "A%u", number);
    e.email = email ? email : "";
    story_directory(&t->story, &e);
}

static int
set_up(void **state)
{
    struct test *t = calloc(1, sizeof(*t));

    story_begin(&t->story, &notifications_service, PROGRAMME);
    agency(t, HOME_AFFAIRS, "snv@khanhhoa.gov.vn");
    agency(t, FINANCE, "stc@khanhhoa.gov.vn");
    agency(t, ENTRANT, "yte@khanhhoa.gov.vn");
    agency(t, CO_ENTRANT, "tinhdoan@khanhhoa.gov.vn");
    agency(t, STRANGER, "congan@khanhhoa.gov.vn");
    *state = t;
    return 0;
}

static int
tear_down(void **state)
{
    struct test *t = *state;

    story_end(&t->story);
    free(t);
    return 0;
}

static void
party(struct test *t, unsigned number)
{
    t->parties[t->party_count++] = ID(number);
}

/* The event stands at this position of the programme's journal and names the parties so far. */
static void
hear(struct test *t, int64_t position, const void *event)
{
    struct story *s = &t->story;
    const ProtobufCMessage *copy = story_copy(s, event);
    struct envelope envelope = story_envelope(s, copy);
    struct given given = { .programme = PROGRAMME,
                           .now_us = s->now_us,
                           .authority = s->authority,
                           .heard_position = position,
                           .heard_type = copy->descriptor->name,
                           .heard_parties = t->parties,
                           .heard_party_count = t->party_count };
    const struct kind *kind = NULL;
    const struct handler *handler =
        service_handler(&notifications_service, copy->descriptor, &kind);

    assert_non_null(handler);
    envelope.subject = handler->subject(&given, copy);
    envelope.heard_position = position;
    envelope.heard_type = copy->descriptor->name;
    envelope.heard_parties = t->parties;
    envelope.heard_party_count = t->party_count;
    s->last = (struct outcome){ 0 };
    if (!uuid_is_nil(&envelope.subject))
        s->last = world_say(s->world, handler, kind, &envelope, copy);
}

static const struct notification *
notification(struct test *t, int64_t position, unsigned number, const char *template)
{
    const struct uuid agency_id = ID(number);

    return (const void *) world_hold(t->story.world, &notification_kind,
                                     notification_id(PROGRAMME, position, &agency_id, template))
        ->state;
}

static bool
is_told(struct test *t, int64_t position, unsigned number, const char *template, int role)
{
    const struct notification *n = notification(t, position, number, template);

    return n->self.version > 0 && n->recipient_role == role;
}

static void
require_dossier(struct test *t, int64_t position)
{
    Submissions__DossierRequired e = SUBMISSIONS__DOSSIER_REQUIRED__INIT;

    e.dossier_id = story_id(&t->story, ENTRY);
    e.entry_code = "MS-01";
    hear(t, position, &e);
}

static void
register_entry(struct test *t, int64_t position)
{
    Submissions__EntryRegistered e = SUBMISSIONS__ENTRY_REGISTERED__INIT;

    e.entry_id = story_id(&t->story, ENTRY);
    hear(t, position, &e);
}

/* ------------------------------------------------------------------ the tables */

static void
every_rule_is_about_an_event_that_is_heard(void **state)
{
    (void) state;
    for (const struct rule *rule = notification_rules; rule->event; rule++) {
        const struct word *word = proto_word_of(rule->event);
        const struct kind *kind;
        const struct handler *handler = service_handler(&notifications_service, rule->event, &kind);

        assert_non_null(word);
        assert_int_equal(word->kind, WORD_EVENT);
        if (!handler || !(handler->who & HEARD))
            fail_msg("%s has a rule and is not heard", rule->event->name);
    }
}

static void
every_event_that_is_heard_has_a_rule(void **state)
{
    (void) state;
    for (const struct handler *h = notification_kind.handlers; h->message; h++) {
        const struct rule *rule = notification_rules;

        if (!(h->who & HEARD))
            continue;
        while (rule->event && rule->event != h->message)
            rule++;
        if (!rule->event)
            fail_msg("%s is heard and nobody is told", h->message->name);
    }
}

static void
one_event_is_told_in_one_way_so_that_nobody_gets_two_mails(void **state)
{
    (void) state;
    for (const struct rule *a = notification_rules; a->event; a++)
        for (const struct rule *b = a; b->event; b++)
            assert_int_equal(a->event == b->event, strcmp(a->template, b->template) == 0);
}

static void
a_notification_moves_only_as_the_domain_says(void **state)
{
    static const struct legal_move legal[] = {
        { NOTHING, ON(notification_queued), IS(QUEUED) },
        { NOTHING, ON(notification_suppressed), IS(SUPPRESSED) },
        { IS(QUEUED), ON(notification_sent), IS(SENT) },
        { IS(QUEUED), ON(notification_failed), IS(FAILED) },
        { 0 },
    };

    (void) state;
    assert_only_these_moves(&notifications_service, &notification_kind, legal);
}

/* ------------------------------------------------------------------ who is told */

static void
a_finalist_is_asked_for_its_dossier(void **state)
{
    struct test *t = *state;
    const struct notification *n;

    party(t, ENTRANT);
    require_dossier(t, 7);
    assert_happened(&t->story, "NotificationQueued");
    n = notification(t, 7, ENTRANT, "dossier_required");
    assert_int_equal(n->self.state, IS(QUEUED));
    assert_int_equal(n->recipient_role, FOR(ACTION));
    assert_int_equal(n->event_position, 7);
    assert_string_equal(n->event_type, "sangkien.submissions.v1.DossierRequired");
    assert_string_equal(n->address, "yte@khanhhoa.gov.vn");
    assert_true(story_is_party(&t->story, 0, ENTRANT));
}

static void
co_entrants_are_told_too_and_strangers_are_not(void **state)
{
    struct test *t = *state;

    party(t, ENTRANT);
    party(t, CO_ENTRANT);
    require_dossier(t, 7);
    assert_happened(&t->story, "NotificationQueued, NotificationQueued");
    assert_true(is_told(t, 7, CO_ENTRANT, "dossier_required", FOR(ACTION)));
    assert_int_equal(notification(t, 7, STRANGER, "dossier_required")->self.version, 0);
}

static void
an_event_that_is_heard_again_tells_nobody_twice(void **state)
{
    struct test *t = *state;

    party(t, ENTRANT);
    party(t, CO_ENTRANT);
    require_dossier(t, 7);
    require_dossier(t, 7);
    assert_happened(&t->story, "");
    assert_int_equal(notification(t, 7, ENTRANT, "dossier_required")->self.version, 1);
}

static void
who_was_left_out_the_first_time_is_told_when_it_is_heard_again(void **state)
{
    struct test *t = *state;

    party(t, ENTRANT);
    require_dossier(t, 7);
    party(t, CO_ENTRANT);
    require_dossier(t, 7);
    assert_happened(&t->story, "NotificationQueued");
    assert_true(is_told(t, 7, CO_ENTRANT, "dossier_required", FOR(ACTION)));
}

static void
the_same_kind_of_event_at_another_position_is_told_again(void **state)
{
    struct test *t = *state;

    party(t, ENTRANT);
    require_dossier(t, 7);
    require_dossier(t, 8);
    assert_happened(&t->story, "NotificationQueued");
}

static void
an_agency_with_two_roles_is_told_once(void **state)
{
    struct test *t = *state;
    Submissions__EntryWithdrawn e = SUBMISSIONS__ENTRY_WITHDRAWN__INIT;

    BIND(HOME_AFFAIRS, STANDING);
    BIND(HOME_AFFAIRS, HOME_AFFAIRS_SIGNOFF);
    hear(t, 9, &e);
    assert_happened(&t->story, "NotificationQueued");
}

static void
having_to_act_outweighs_having_to_know(void **state)
{
    struct test *t = *state;
    Submissions__DossierOverdue overdue = SUBMISSIONS__DOSSIER_OVERDUE__INIT;
    Submissions__DossierSubmitted submitted = SUBMISSIONS__DOSSIER_SUBMITTED__INIT;

    BIND(HOME_AFFAIRS, STANDING);
    party(t, HOME_AFFAIRS);
    hear(t, 9, &overdue); /* the party must act, the standing agency must know */
    assert_happened(&t->story, "NotificationQueued");
    assert_true(is_told(t, 9, HOME_AFFAIRS, "dossier_overdue", FOR(ACTION)));
    hear(t, 10, &submitted); /* and here the other way round */
    assert_happened(&t->story, "NotificationQueued");
    assert_true(is_told(t, 10, HOME_AFFAIRS, "dossier_submitted", FOR(ACTION)));
}

static void
both_parties_are_asked_to_sign_off(void **state)
{
    struct test *t = *state;
    Funding__SignoffOpened e = FUNDING__SIGNOFF_OPENED__INIT;

    BIND(HOME_AFFAIRS, HOME_AFFAIRS_SIGNOFF);
    BIND(FINANCE, FINANCE_SIGNOFF);
    party(t, ENTRANT);
    hear(t, 9, &e);
    assert_happened(&t->story, "NotificationQueued, NotificationQueued");
    assert_true(is_told(t, 9, HOME_AFFAIRS, "signoff_opened", FOR(ACTION)));
    assert_true(is_told(t, 9, FINANCE, "signoff_opened", FOR(ACTION)));
}

static void
a_role_in_another_programme_or_one_that_ended_does_not_count(void **state)
{
    struct test *t = *state;
    Funding__SignoffOpened e = FUNDING__SIGNOFF_OPENED__INIT;
    struct uuid ended = BIND(HOME_AFFAIRS, HOME_AFFAIRS_SIGNOFF);

    story_bind(&t->story, DIRECTORY__ROLE__ROLE_FINANCE_SIGNOFF, FINANCE, 0, "ninh-thuan");
    t->story.now_us += HOUR_US;
    story_unbind(&t->story, ended);
    t->story.now_us += HOUR_US;
    hear(t, 9, &e);
    assert_happened(&t->story, "");
}

static void
only_who_is_asked_for_an_opinion_is_told_so(void **state)
{
    struct test *t = *state;
    Appraisal__OpinionsRequested e = APPRAISAL__OPINIONS_REQUESTED__INIT;
    const char *asked[] = { story_id(&t->story, FINANCE), story_id(&t->story, STRANGER) };

    party(t, ENTRANT); /* its dossier, but not its opinion */
    e.agency_ids = asked;
    e.n_agency_ids = 2;
    hear(t, 9, &e);
    assert_happened(&t->story, "NotificationQueued, NotificationQueued");
    assert_true(is_told(t, 9, FINANCE, "opinions_requested", FOR(ACTION)));
    assert_true(is_told(t, 9, STRANGER, "opinions_requested", FOR(ACTION)));
}

static void
an_entry_waits_for_whoever_registers_entries(void **state)
{
    struct test *t = *state;
    Submissions__EntrySubmitted e = SUBMISSIONS__ENTRY_SUBMITTED__INIT;

    BIND(HOME_AFFAIRS, STANDING);
    BIND(STRANGER, ORGANISER);
    party(t, ENTRANT); /* who submitted it knows */
    hear(t, 4, &e);
    assert_happened(&t->story, "NotificationQueued, NotificationQueued");
    assert_true(is_told(t, 4, HOME_AFFAIRS, "entry_submitted", FOR(ACTION)));
    assert_true(is_told(t, 4, STRANGER, "entry_submitted", FOR(ACTION)));
}

static void
an_entrant_is_told_that_its_appraisal_begins(void **state)
{
    struct test *t = *state;
    Appraisal__AppraisalOpened e = APPRAISAL__APPRAISAL_OPENED__INIT;

    BIND(HOME_AFFAIRS, STANDING); /* which opened it */
    party(t, ENTRANT);
    hear(t, 4, &e);
    assert_happened(&t->story, "NotificationQueued");
    assert_true(is_told(t, 4, ENTRANT, "appraisal_opened", FOR(INFO)));
}

/* The entrant hears of it with the report. */
static void
a_concluded_appraisal_waits_for_its_report(void **state)
{
    struct test *t = *state;
    Appraisal__AppraisalConcluded e = APPRAISAL__APPRAISAL_CONCLUDED__INIT;

    BIND(HOME_AFFAIRS, STANDING);
    party(t, ENTRANT);
    hear(t, 4, &e);
    assert_happened(&t->story, "NotificationQueued");
    assert_true(is_told(t, 4, HOME_AFFAIRS, "appraisal_concluded", FOR(ACTION)));
}

static void
everybody_hears_that_registration_is_open(void **state)
{
    struct test *t = *state;
    Submissions__RegistrationOpened e = SUBMISSIONS__REGISTRATION_OPENED__INIT;

    hear(t, 3, &e);
    assert_int_equal(t->story.last.happened.count, 5);
    assert_true(is_told(t, 3, STRANGER, "registration_opened", FOR(INFO)));
}

static void
an_event_with_nobody_to_be_told_is_passed_over(void **state)
{
    struct test *t = *state;

    register_entry(t, 5);
    assert_happened(&t->story, "");
}

/* ------------------------------------------------------------------ without an address */

static void
who_only_has_to_know_and_has_no_address_is_passed_over_visibly(void **state)
{
    struct test *t = *state;
    const struct notification *n;

    agency(t, 50, NULL);
    party(t, 50);
    register_entry(t, 5);
    assert_happened(&t->story, "NotificationSuppressed");
    n = notification(t, 5, 50, "entry_registered");
    assert_int_equal(n->self.state, IS(SUPPRESSED));
    assert_int_equal(n->recipient_role, FOR(INFO));
    assert_string_equal(n->failure, "no address");
}

static void
who_has_to_act_and_has_no_address_is_a_visible_failure(void **state)
{
    struct test *t = *state;
    const struct notification *n;

    agency(t, 50, NULL);
    party(t, 50);
    require_dossier(t, 5);
    assert_happened(&t->story, "NotificationQueued, NotificationFailed");
    n = notification(t, 5, 50, "dossier_required");
    assert_int_equal(n->self.state, IS(FAILED));
    assert_string_equal(n->failure, "no address");
    require_dossier(t, 5);
    assert_happened(&t->story, "");
}

static void
an_agency_that_the_directory_does_not_know_is_not_left_out_in_silence(void **state)
{
    struct test *t = *state;

    party(t, 77);
    require_dossier(t, 5);
    assert_happened(&t->story, "NotificationQueued, NotificationFailed");
}

/* ------------------------------------------------------------------ what the mailer reports */

static void
report(struct test *t, const void *message)
{
    const struct uuid agency_id = ID(ENTRANT);

    story_as(&t->story, 0);
    story_send(&t->story, notification_id(PROGRAMME, 7, &agency_id, "dossier_required"), message);
}

static void
what_a_relay_took_is_sent_and_stays_so(void **state)
{
    struct test *t = *state;
    Notifications__RecordSent sent = NOTIFICATIONS__RECORD_SENT__INIT;
    Notifications__RecordFailure failure = NOTIFICATIONS__RECORD_FAILURE__INIT;

    party(t, ENTRANT);
    require_dossier(t, 7);
    sent.attempts = 2;
    report(t, &sent);
    assert_happened(&t->story, "NotificationSent");
    assert_int_equal(
        ((const Notifications__NotificationSent *) story_event(&t->story, 0))->attempts, 2);
    assert_true(notification(t, 7, ENTRANT, "dossier_required")->sent_at_us == STORY_BEGINS_US);
    report(t, &sent);
    assert_happened(&t->story, "");
    failure.failure = "550 no";
    report(t, &failure);
    assert_happened(&t->story, "");
    assert_int_equal(notification(t, 7, ENTRANT, "dossier_required")->self.state, IS(SENT));
}

static void
what_was_given_up_says_why(void **state)
{
    struct test *t = *state;
    Notifications__RecordFailure failure = NOTIFICATIONS__RECORD_FAILURE__INIT;

    party(t, ENTRANT);
    require_dossier(t, 7);
    failure.failure = "550 5.1.1 unknown user";
    report(t, &failure);
    assert_happened(&t->story, "NotificationFailed");
    assert_string_equal(notification(t, 7, ENTRANT, "dossier_required")->failure,
                        "550 5.1.1 unknown user");
}

static void
nobody_but_the_runtime_may_report(void **state)
{
    struct test *t = *state;
    Notifications__RecordSent sent = NOTIFICATIONS__RECORD_SENT__INIT;

    story_person(&t->story, ENTRANT, 31);
    party(t, ENTRANT);
    require_dossier(t, 7);
    story_as(&t->story, 31);
    story_say(&t->story, ENTRY, &sent);
    assert_refused(&t->story, "UNKNOWN_TYPE");
}

static void
there_is_no_report_on_what_was_never_queued(void **state)
{
    struct test *t = *state;
    Notifications__RecordSent sent = NOTIFICATIONS__RECORD_SENT__INIT;

    report(t, &sent);
    assert_refused(&t->story, "NOT_FOUND");
}

/* ------------------------------------------------------------------ small things */

static void
an_id_follows_from_event_recipient_and_template(void **state)
{
    const struct uuid a = ID(1), b = ID(2);
    const struct uuid id = notification_id("p", 1, &a, "x");
    const struct uuid others[] = {
        notification_id("q", 1, &a, "x"),
        notification_id("p", 2, &a, "x"),
        notification_id("p", 1, &b, "x"),
        notification_id("p", 1, &a, "y"),
    };
    const struct uuid again = notification_id("p", 1, &a, "x");

    (void) state;
    assert_true(uuid_equal(&id, &again));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(uuid_equal(&id, &others[i]));
}

static void
only_plain_addresses_go_near_a_mail_server(void **state)
{
    static const char *const good[] = {
        "snv@khanhhoa.gov.vn",
        "van.thu+ccHC@khanhson.khanhhoa.gov.vn",
        "a@localhost",
        "x_y-z@a-b.vn",
    };
    static const char *const bad[] = {
        "",
        "snv",
        "@khanhhoa.gov.vn",
        "snv@",
        "snv@@khanhhoa.gov.vn",
        "a@b@c",
        "snv@khanhhoa..vn",
        "snv@.vn",
        "snv@vn.",
        "snv@-vn",
        "snv@vn-",
        ".snv@vn",
        "snv.@vn",
        "s..nv@vn",
        "s nv@vn",
        "snv@vn ",
        " snv@vn",
        "<snv@vn>",
        "\"snv\"@vn",
        "snv@[127.0.0.1]",
        "snv@vn\r\nRCPT TO:<evil@vn>",
        "snv\n@vn",
        "snv@vn\n",
        "s\tnv@vn",
        "sở@vn",
        "snv@khánh.vn",
        "a,b@vn",
        "a;b@vn",
        "a(b)@vn",
        "snv@vn\x7f",
        "a:b@vn",
        "a\\b@vn",
    };
    char longest[300];

    (void) state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (!address_is_usable(good[i]))
            fail_msg("%s is a good address", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        if (address_is_usable(bad[i]))
            fail_msg("%s is no good address", bad[i]);
    assert_false(address_is_usable(NULL));
    memset(longest, 'a', sizeof(longest));
    memcpy(longest + 65, "@vn", 4);
    assert_false(address_is_usable(longest));
    assert_true(address_is_usable(longest + 1));
}

static void
pauses_double_up_to_an_hour_and_spread_a_little(void **state)
{
    const struct uuid early = { { 0 } };
    const struct uuid late = { { [15] = 255 } };

    (void) state;
    assert_int_equal(backoff_seconds(60, 1, &early), 60);
    assert_int_equal(backoff_seconds(60, 2, &early), 120);
    assert_int_equal(backoff_seconds(60, 6, &early), 1920);
    assert_int_equal(backoff_seconds(60, 7, &early), 3600);
    assert_int_equal(backoff_seconds(60, 2000000000, &early), 3600);
    assert_int_equal(backoff_seconds(60, 1, &late), 66);
    assert_int_equal(backoff_seconds(0, 1, &early), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_rule_is_about_an_event_that_is_heard),
        TEST(every_event_that_is_heard_has_a_rule),
        TEST(one_event_is_told_in_one_way_so_that_nobody_gets_two_mails),
        TEST(a_notification_moves_only_as_the_domain_says),
        TEST(a_finalist_is_asked_for_its_dossier),
        TEST(co_entrants_are_told_too_and_strangers_are_not),
        TEST(an_event_that_is_heard_again_tells_nobody_twice),
        TEST(who_was_left_out_the_first_time_is_told_when_it_is_heard_again),
        TEST(the_same_kind_of_event_at_another_position_is_told_again),
        TEST(an_agency_with_two_roles_is_told_once),
        TEST(having_to_act_outweighs_having_to_know),
        TEST(both_parties_are_asked_to_sign_off),
        TEST(a_role_in_another_programme_or_one_that_ended_does_not_count),
        TEST(only_who_is_asked_for_an_opinion_is_told_so),
        TEST(an_entry_waits_for_whoever_registers_entries),
        TEST(an_entrant_is_told_that_its_appraisal_begins),
        TEST(a_concluded_appraisal_waits_for_its_report),
        TEST(everybody_hears_that_registration_is_open),
        TEST(an_event_with_nobody_to_be_told_is_passed_over),
        TEST(who_only_has_to_know_and_has_no_address_is_passed_over_visibly),
        TEST(who_has_to_act_and_has_no_address_is_a_visible_failure),
        TEST(an_agency_that_the_directory_does_not_know_is_not_left_out_in_silence),
        TEST(what_a_relay_took_is_sent_and_stays_so),
        TEST(what_was_given_up_says_why),
        TEST(nobody_but_the_runtime_may_report),
        TEST(there_is_no_report_on_what_was_never_queued),
        TEST(an_id_follows_from_event_recipient_and_template),
        TEST(only_plain_addresses_go_near_a_mail_server),
        TEST(pauses_double_up_to_an_hour_and_spread_a_little),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
