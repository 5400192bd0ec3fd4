/* tests/unit/smtp.c - what a relay's answers mean, which settings are refused, and whole
 * conversations with a relay that misbehaves in every way that was measured. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "services/notifications/smtp.h"

/* ------------------------------------------------------------------ a relay on a thread */

enum manners {
    TAKES_ALL,
    REFUSES_RECIPIENT,  /* 550 */
    PUTS_OFF_RECIPIENT, /* 451 */
    REFUSES_CONTENT,    /* 554 after the dot */
    PUTS_OFF_CONTENT,   /* 452 after the dot */
    GOES_SILENT,        /* closes after the dot */
    REFUSES_SENDER,     /* 550 at MAIL FROM */
    SHUTS_DOWN,         /* 421 at RCPT TO */
};

struct relay {
    int listener;
    pthread_t thread;
    enum manners manners;
    unsigned connections;
    unsigned mails;
    char conversation[65536]; /* all that was said to it */
};

static void
say(FILE *peer, const char *line)
{
    fprintf(peer, "%s\r\n", line);
    fflush(peer);
}

static void
take_content(struct relay *relay, FILE *peer)
{
    char line[2048];

    say(peer, "354 go on");
    while (fgets(line, sizeof(line), peer) && strcmp(line, ".\r\n") != 0)
        strncat(relay->conversation, line,
                sizeof(relay->conversation) - strlen(relay->conversation) - 1);
    relay->mails++;
    if (relay->manners == GOES_SILENT)
        shutdown(fileno(peer), SHUT_RDWR);
    else if (relay->manners == REFUSES_CONTENT)
        say(peer, "554 5.7.1 \x1b[31mnot\twanted");
    else
        say(peer, relay->manners == PUTS_OFF_CONTENT ? "452 4.2.2 full" : "250 taken");
}

static const char *
answer(const struct relay *relay, const char *line)
{
    if (strncasecmp(line, "EHLO", 4) == 0)
        return "250-relay.test\r\n250 SIZE 1000000";
    if (strncasecmp(line, "MAIL FROM", 9) == 0)
        return relay->manners == REFUSES_SENDER ? "550 5.7.1 who are you" : "250 ok";
    if (strncasecmp(line, "RCPT TO", 7) != 0)
        return strncasecmp(line, "QUIT", 4) == 0 ? "221 bye" : "250 ok";
    switch (relay->manners) {
    case REFUSES_RECIPIENT:
        return "550 5.1.1 unknown user";
    case PUTS_OFF_RECIPIENT:
        return "451 4.7.1 grey-listed";
    case SHUTS_DOWN:
        return "421 closing";
    default:
        return "250 ok";
    }
}

static void
converse(struct relay *relay, FILE *peer)
{
    char line[2048];

    relay->connections++;
    say(peer, "220 relay.test");
    while (fgets(line, sizeof(line), peer)) {
        strncat(relay->conversation, line,
                sizeof(relay->conversation) - strlen(relay->conversation) - 1);
        if (strncasecmp(line, "DATA", 4) == 0)
            take_content(relay, peer);
        else
            say(peer, answer(relay, line));
    }
}

static void *
serve(void *context)
{
    struct relay *relay = context;
    int fd;

    while ((fd = accept(relay->listener, NULL, NULL)) >= 0) {
        FILE *peer = fdopen(fd, "r+");

        converse(relay, peer);
        fclose(peer);
    }
    return NULL;
}

struct test {
    struct relay relay;
    struct config config;
    struct smtp *smtp;
    struct arena *arena;
    const char *reason;
};

static void
begin(struct test *t, enum manners manners)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t size = sizeof(address);

    *t = (struct test){ .arena = arena_new() };
    t->relay.manners = manners;
    t->relay.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(t->relay.listener, (struct sockaddr *) &address, size), 0);
    assert_int_equal(listen(t->relay.listener, 8), 0);
    assert_int_equal(getsockname(t->relay.listener, (struct sockaddr *) &address, &size), 0);
    assert_int_equal(pthread_create(&t->relay.thread, NULL, serve, &t->relay), 0);
    t->config = (struct config){
        .smtp_url = arena_format(t->arena, "smtp://127.0.0.1:%d", ntohs(address.sin_port)),
        .smtp_user = "",
        .smtp_password = "",
        .smtp_ca_file = "",
        .smtp_plain = "allow",
        .mail_from = "sangkien@khanhhoa.gov.vn",
        .mail_domain = "khanhhoa.gov.vn",
    };
}

static enum smtp_verdict
send_to(struct test *t, const char *to)
{
    static const char mail[] = "Subject: x\r\n\r\n.dot\r\n";

    if (!t->smtp && smtp_open(&t->config, &t->smtp))
        fail_msg("%s", err_text());
    return smtp_send(t->smtp, to, (struct bytes){ (const uint8_t *) mail, strlen(mail) },
                     &t->reason);
}

static void
end(struct test *t)
{
    smtp_close(&t->smtp);
    shutdown(t->relay.listener, SHUT_RDWR);
    pthread_join(t->relay.thread, NULL);
    close(t->relay.listener);
    arena_free(&t->arena);
}

static enum smtp_verdict
verdict_of(enum manners manners, const char *reason)
{
    struct test t;
    enum smtp_verdict verdict;

    begin(&t, manners);
    verdict = send_to(&t, "snv@khanhhoa.gov.vn");
    if (!strstr(t.reason, reason))
        fail_msg("the reason is \"%s\", not \"%s\"", t.reason, reason);
    end(&t);
    return verdict;
}

/* ------------------------------------------------------------------ conversations */

static void
what_the_relay_took_is_sent(void **state)
{
    struct test t;

    (void) state;
    begin(&t, TAKES_ALL);
    assert_int_equal(send_to(&t, "snv@khanhhoa.gov.vn"), MAIL_SENT);
    assert_int_equal(t.relay.mails, 1);
    assert_non_null(strstr(t.relay.conversation, "EHLO khanhhoa.gov.vn\r\n"));
    assert_non_null(strstr(t.relay.conversation, "MAIL FROM:<sangkien@khanhhoa.gov.vn>"));
    assert_non_null(strstr(t.relay.conversation, "RCPT TO:<snv@khanhhoa.gov.vn>\r\n"));
    assert_non_null(strstr(t.relay.conversation, "Subject: x\r\n\r\n..dot\r\n"));
    end(&t);
}

static void
one_connection_serves_many_mails(void **state)
{
    struct test t;

    (void) state;
    begin(&t, TAKES_ALL);
    for (int i = 0; i < 3; i++)
        assert_int_equal(send_to(&t, "snv@khanhhoa.gov.vn"), MAIL_SENT);
    assert_int_equal(t.relay.connections, 1);
    assert_int_equal(t.relay.mails, 3);
    end(&t);
}

static void
what_is_refused_for_good_is_not_tried_again(void **state)
{
    (void) state;
    assert_int_equal(verdict_of(REFUSES_RECIPIENT, "550 5.1.1 unknown user"), MAIL_REFUSED);
    assert_int_equal(verdict_of(REFUSES_CONTENT, "554 5.7.1 [31mnotwanted"), MAIL_REFUSED);
}

static void
what_is_put_off_is_tried_again(void **state)
{
    (void) state;
    assert_int_equal(verdict_of(PUTS_OFF_RECIPIENT, "451 4.7.1 grey-listed"), MAIL_RETRY);
    assert_int_equal(verdict_of(PUTS_OFF_CONTENT, "452 4.2.2 full"), MAIL_RETRY);
}

static void
silence_after_the_dot_is_tried_again(void **state)
{
    (void) state;
    assert_int_equal(verdict_of(GOES_SILENT, "354"), MAIL_RETRY);
}

static void
trouble_of_our_own_with_the_relay_is_no_fault_of_the_recipient(void **state)
{
    (void) state;
    assert_int_equal(verdict_of(REFUSES_SENDER, "550 5.7.1 who are you"), MAIL_NO_RELAY);
    assert_int_equal(verdict_of(SHUTS_DOWN, "421 closing"), MAIL_NO_RELAY);
}

static void
a_relay_that_is_not_there_refuses_nothing(void **state)
{
    struct test t;

    (void) state;
    begin(&t, TAKES_ALL);
    t.config.smtp_url = "smtp://127.0.0.1:1";
    assert_int_equal(send_to(&t, "snv@khanhhoa.gov.vn"), MAIL_NO_RELAY);
    end(&t);
}

static void
nothing_is_said_in_clear_text_when_encryption_is_wanted(void **state)
{
    struct test t;

    (void) state;
    begin(&t, TAKES_ALL); /* it offers no STARTTLS */
    t.config.smtp_plain = "";
    t.config.smtp_user = "sangkien";
    t.config.smtp_password = "secret";
    assert_int_equal(send_to(&t, "snv@khanhhoa.gov.vn"), MAIL_NO_RELAY);
    assert_null(strstr(t.relay.conversation, "MAIL FROM"));
    assert_null(strstr(t.relay.conversation, "AUTH"));
    end(&t);
}

static void
an_address_with_a_command_in_it_never_reaches_the_relay(void **state)
{
    struct test t;

    (void) state;
    begin(&t, TAKES_ALL);
    assert_int_equal(send_to(&t, "snv@khanhhoa.gov.vn>\r\nRCPT TO:<evil@example.com"),
                     MAIL_REFUSED);
    assert_int_equal(t.relay.connections, 0);
    end(&t);
}

static void
after_a_refusal_the_next_mail_goes_through(void **state)
{
    struct test t;

    (void) state;
    begin(&t, REFUSES_RECIPIENT);
    assert_int_equal(send_to(&t, "snv@khanhhoa.gov.vn"), MAIL_REFUSED);
    t.relay.manners = TAKES_ALL;
    assert_int_equal(send_to(&t, "stc@khanhhoa.gov.vn"), MAIL_SENT);
    assert_string_equal(t.reason, "");
    end(&t);
}

/* ------------------------------------------------------------------ tables */

static void
outcomes_are_judged_by_phase_and_response(void **state)
{
    static const struct {
        bool succeeded;
        enum smtp_phase phase;
        long response;
        enum smtp_verdict verdict;
    } table[] = {
        { true, PHASE_ANSWER, 250, MAIL_SENT },
        { false, PHASE_CONNECT, 0, MAIL_NO_RELAY },   /* not reached */
        { false, PHASE_CONNECT, 554, MAIL_NO_RELAY }, /* the greeting */
        { false, PHASE_CONNECT, 535, MAIL_NO_RELAY }, /* log-in */
        { false, PHASE_CONNECT, 250, MAIL_NO_RELAY }, /* no encryption */
        { false, PHASE_RECIPIENT, 550, MAIL_REFUSED },
        { false, PHASE_RECIPIENT, 451, MAIL_RETRY },
        { false, PHASE_RECIPIENT, 421, MAIL_NO_RELAY },
        { false, PHASE_RECIPIENT, 250, MAIL_RETRY }, /* cut off */
        { false, PHASE_CONTENT, 554, MAIL_REFUSED },
        { false, PHASE_CONTENT, 354, MAIL_RETRY }, /* cut off in the middle */
        { false, PHASE_ANSWER, 554, MAIL_REFUSED },
        { false, PHASE_ANSWER, 451, MAIL_RETRY },
        { false, PHASE_ANSWER, 452, MAIL_RETRY },
        { false, PHASE_ANSWER, 354, MAIL_RETRY }, /* closed after the final dot */
        { false, PHASE_ANSWER, 0, MAIL_RETRY },
    };

    (void) state;
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (smtp_judge(table[i].succeeded, table[i].phase, table[i].response) != table[i].verdict)
            fail_msg("row %zu: phase %d, response %ld", i, (int) table[i].phase, table[i].response);
}

static int
check(const char *url, const char *plain)
{
    const struct config config = { .smtp_url = url,
                                   .smtp_plain = plain,
                                   .mail_from = "sangkien@khanhhoa.gov.vn",
                                   .mail_domain = "khanhhoa.gov.vn",
                                   .smtp_ca_file = "" };

    return smtp_check(&config);
}

static void
unencrypted_mail_leaves_no_machine(void **state)
{
    static const char *const elsewhere[] = {
        "smtp://relay.khanhhoa.gov.vn:25",        "smtp://10.0.0.1",
        "smtp://127.0.0.1@evil.example",          "smtp://127.0.0.1.evil.example:25",
        "smtp://localhost.evil.example",          "smtp://[::2]",
        "smtp://relay.khanhhoa.gov.vn/127.0.0.1", "smtp://0.0.0.0",
    };

    (void) state;
    assert_int_equal(check("smtp://127.0.0.1:2525", "allow"), 0);
    assert_int_equal(check("smtp://localhost", "allow"), 0);
    assert_int_equal(check("smtp://[::1]:25", "allow"), 0);
    for (size_t i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
        if (check(elsewhere[i], "allow") != ERR_FATAL)
            fail_msg("%s is not this machine", elsewhere[i]);
    assert_int_equal(check("smtp://relay.khanhhoa.gov.vn:587", ""), 0);
    assert_int_equal(check("smtps://relay.khanhhoa.gov.vn", ""), 0);
}

static void
settings_that_make_no_sense_are_refused(void **state)
{
    struct config config = { .smtp_url = "smtp://localhost",
                             .smtp_plain = "",
                             .mail_from = "sangkien",
                             .mail_domain = "khanhhoa.gov.vn",
                             .smtp_ca_file = "" };

    (void) state;
    assert_int_equal(smtp_check(&config), ERR_FATAL);
    config.mail_from = "sangkien@khanhhoa.gov.vn";
    config.mail_domain = "khanhhoa.gov.vn>\r\nBcc: x";
    assert_int_equal(smtp_check(&config), ERR_FATAL);
    config.mail_domain = "khanhhoa.gov.vn";
    assert_int_equal(smtp_check(&config), 0);
    config.smtp_ca_file = "/nowhere";
    assert_int_equal(smtp_check(&config), ERR_FATAL);
    assert_non_null(strstr(err_text(), "SANGKIEN_SMTP_CA_FILE"));
    assert_int_equal(check("smtp://localhost", "yes"), ERR_FATAL);
    assert_int_equal(check("http://localhost", ""), ERR_FATAL);
    assert_int_equal(check("file:///etc/passwd", ""), ERR_FATAL);
    assert_int_equal(check("localhost:25", ""), ERR_FATAL);
    assert_int_equal(check("", ""), ERR_FATAL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_relay_took_is_sent),
        cmocka_unit_test(one_connection_serves_many_mails),
        cmocka_unit_test(what_is_refused_for_good_is_not_tried_again),
        cmocka_unit_test(what_is_put_off_is_tried_again),
        cmocka_unit_test(silence_after_the_dot_is_tried_again),
        cmocka_unit_test(trouble_of_our_own_with_the_relay_is_no_fault_of_the_recipient),
        cmocka_unit_test(a_relay_that_is_not_there_refuses_nothing),
        cmocka_unit_test(nothing_is_said_in_clear_text_when_encryption_is_wanted),
        cmocka_unit_test(an_address_with_a_command_in_it_never_reaches_the_relay),
        cmocka_unit_test(after_a_refusal_the_next_mail_goes_through),
        cmocka_unit_test(outcomes_are_judged_by_phase_and_response),
        cmocka_unit_test(unencrypted_mail_leaves_no_machine),
        cmocka_unit_test(settings_that_make_no_sense_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
