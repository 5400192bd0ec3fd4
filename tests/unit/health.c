/* tests/unit/health.c - the page over real HTTP on loopback, and what the metrics say. */
#include "common/health.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define PROMTOOL "/usr/bin/promtool"
#define THREADS 4
#define MOVES_EACH 20000

static struct health *health;
static unsigned short port;
static char answer[65536];

static int
listener(int family, unsigned short *ret_port)
{
    struct sockaddr_storage address = { .ss_family = (sa_family_t) family };
    socklen_t size = sizeof(address);
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (family == AF_INET)
        ((struct sockaddr_in *) &address)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    else
        ((struct sockaddr_in6 *) &address)->sin6_addr = in6addr_loopback;
    if (fd < 0 || bind(fd, (struct sockaddr *) &address, size) != 0 || listen(fd, 1) != 0)
        return fd < 0 ? -1 : (close(fd), -1);
    getsockname(fd, (struct sockaddr *) &address, &size);
    *ret_port = ntohs(family == AF_INET ? ((struct sockaddr_in *) &address)->sin_port
                                        : ((struct sockaddr_in6 *) &address)->sin6_port);
    return fd;
}

/* Speaks one request and reads until the end; returns the status, the whole answer is in answer. */
static int
ask_over(int family, const char *request)
{
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(port) };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t used = 0;
    ssize_t got;
    int status = 0;

    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v6.sin6_addr = in6addr_loopback;
    assert_true(fd >= 0);
    if (family == AF_INET)
        assert_int_equal(connect(fd, (struct sockaddr *) &v4, sizeof(v4)), 0);
    else
        assert_int_equal(connect(fd, (struct sockaddr *) &v6, sizeof(v6)), 0);
    assert_int_equal(send(fd, request, strlen(request), MSG_NOSIGNAL), strlen(request));
    while ((got = recv(fd, answer + used, sizeof(answer) - 1 - used, 0)) > 0)
        used += (size_t) got;
    close(fd);
    answer[used] = '\0';
    assert_int_equal(sscanf(answer, "HTTP/1.%*d %d", &status), 1);
    return status;
}

static int
ask(const char *method, const char *path)
{
    char request[256];

    snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
             method, path);
    return ask_over(AF_INET, request);
}

static const char *
body(void)
{
    const char *end = strstr(answer, "\r\n\r\n");

    assert_non_null(end);
    return end + 4;
}

static void
says(const char *text)
{
    if (!strstr(body(), text))
        fail_msg("\"%s\" is not in:\n%s", text, answer);
}

static void
says_not(const char *text)
{
    if (strstr(body(), text))
        fail_msg("\"%s\" is in:\n%s", text, answer);
}

static size_t
times_said(const char *text)
{
    size_t count = 0;

    for (const char *c = body(); (c = strstr(c, text)) != NULL; c++)
        count++;
    return count;
}

/* ------------------------------------------------------------------ tests */

static void
a_process_that_expects_nothing_yet_is_alive_but_not_ready(void **state)
{
    (void) state;
    assert_int_equal(ask("GET", "/healthz"), 200);
    assert_int_equal(ask("GET", "/readyz"), 503);
}

static void
readiness_waits_for_every_condition_and_names_those_that_fail(void **state)
{
    (void) state;
    health_expect(health, "database");
    health_expect(health, "gateway");
    assert_int_equal(ask("GET", "/readyz"), 503);
    says("failed: database\n");
    says("failed: gateway\n");
    health_ready(health, "database", true);
    assert_int_equal(ask("GET", "/readyz"), 503);
    says_not("database");
    says("failed: gateway\n");
    health_ready(health, "gateway", true);
    assert_int_equal(ask("GET", "/readyz"), 200);
    says_not("failed");
    assert_int_equal(ask("GET", "/metrics"), 200);
    says("sangkien_ready{condition=\"gateway\"} 1\n");
    health_ready(health, "database", false);
    assert_int_equal(ask("GET", "/readyz"), 503);
    says("failed: database\n");
    assert_int_equal(ask("GET", "/healthz"), 200);
}

static void
the_page_can_only_be_read_and_only_where_it_is(void **state)
{
    (void) state;
    assert_int_equal(ask("GET", "/"), 404);
    assert_int_equal(ask("GET", "/healthz/"), 404);
    assert_int_equal(ask("DELETE", "/healthz"), 405);
    assert_non_null(strstr(answer, "Allow: GET, HEAD"));
    assert_int_equal(ask("HEAD", "/healthz"), 200);
    assert_string_equal(body(), "");
    assert_int_equal(ask_over(AF_INET, "POST /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                       "Content-Length: 5\r\n\r\nhello"),
                     405);
}

static void
metrics_of_one_family_stand_together_under_one_head(void **state)
{
    struct metric *accepted =
        metric_new("sangkien_replies_total", "outcome=\"accepted\"", METRIC_COUNTER, "Replies.");
    struct metric *depth = metric_new("sangkien_queue_depth", NULL, METRIC_GAUGE, "Waiting.");
    struct metric *refused =
        metric_new("sangkien_replies_total", "outcome=\"refused\"", METRIC_COUNTER, "Replies.");

    (void) state;
    metric_add(accepted, 3);
    metric_add(refused, 1);
    metric_add(depth, 9);
    metric_add(depth, -2);
    assert_int_equal(ask("GET", "/metrics"), 200);
    assert_non_null(strstr(answer, "Content-Type: text/plain; version=0.0.4"));
    says("sangkien_replies_total{outcome=\"refused\"} 1\n"
         "sangkien_replies_total{outcome=\"accepted\"} 3\n");
    says("# HELP sangkien_queue_depth Waiting.\n# TYPE sangkien_queue_depth gauge\n"
         "sangkien_queue_depth 7\n");
    assert_int_equal(times_said("# HELP sangkien_replies_total "), 1);
    assert_int_equal(times_said("# TYPE sangkien_replies_total counter\n"), 1);
    metric_set(depth, 0);
    ask("GET", "/metrics");
    says("sangkien_queue_depth 0\n");
}

static void
the_same_name_and_label_give_the_same_metric(void **state)
{
    struct metric *one = metric_new("sangkien_same_total", "a=\"1\"", METRIC_COUNTER, "Same.");
    struct metric *two = metric_new("sangkien_same_total", "a=\"2\"", METRIC_COUNTER, "Same.");

    (void) state;
    assert_ptr_equal(metric_new("sangkien_same_total", "a=\"1\"", METRIC_COUNTER, "Same."), one);
    assert_ptr_not_equal(one, two);
}

static void
a_histogram_counts_upwards_in_seconds(void **state)
{
    struct metric *plain = metric_new("sangkien_commit_seconds", NULL, METRIC_SECONDS, "A commit.");
    struct metric *labelled =
        metric_new("sangkien_step_seconds", "step=\"load\"", METRIC_SECONDS, "A step.");

    (void) state;
    metric_seconds(plain, 500);      /* exactly the first bucket's most */
    metric_seconds(plain, 501);      /* the second */
    metric_seconds(plain, 10000001); /* none */
    metric_seconds(plain, -5);       /* a clock set back counts as no time */
    metric_seconds(labelled, 30000);
    ask("GET", "/metrics");
    says("# TYPE sangkien_commit_seconds histogram\n");
    says("sangkien_commit_seconds_bucket{le=\"0.0005\"} 2\n");
    says("sangkien_commit_seconds_bucket{le=\"0.001\"} 3\n");
    says("sangkien_commit_seconds_bucket{le=\"10\"} 3\n");
    says("sangkien_commit_seconds_bucket{le=\"+Inf\"} 4\n");
    says("sangkien_commit_seconds_sum 10.001002\n");
    says("sangkien_commit_seconds_count 4\n");
    says("sangkien_step_seconds_bucket{step=\"load\",le=\"0.025\"} 0\n");
    says("sangkien_step_seconds_bucket{step=\"load\",le=\"0.05\"} 1\n");
    says("sangkien_step_seconds_sum{step=\"load\"} 0.030000\n");
    says("sangkien_step_seconds_count{step=\"load\"} 1\n");
}

static long long
number_after(const char *name)
{
    const char *line = strstr(body(), name);

    assert_non_null(line);
    return strtoll(line + strlen(name), NULL, 10);
}

static void
the_process_tells_its_memory_and_files(void **state)
{
    long long before;
    int fds[50][2];

    (void) state;
    ask("GET", "/metrics");
    before = number_after("\nprocess_open_fds ");
    assert_true(before >= 3);
    assert_true(number_after("\nprocess_resident_memory_bytes ") > 100000);
    for (size_t i = 0; i < 50; i++)
        assert_int_equal(pipe(fds[i]), 0);
    ask("GET", "/metrics");
    /* the connection before may still be closing */
    assert_in_range(number_after("\nprocess_open_fds "), before + 100, before + 101);
    for (size_t i = 0; i < 50; i++) {
        close(fds[i][0]);
        close(fds[i][1]);
    }
}

static void *
move(void *metric)
{
    struct metric *seconds =
        metric_new("sangkien_race_seconds", NULL, METRIC_SECONDS, "Many threads.");

    for (int i = 0; i < MOVES_EACH; i++) {
        metric_add(metric, 1);
        metric_seconds(seconds, 1000);
    }
    return NULL;
}

static void
no_move_of_any_thread_is_lost(void **state)
{
    struct metric *counter =
        metric_new("sangkien_race_total", NULL, METRIC_COUNTER, "Many threads.");
    pthread_t threads[THREADS];

    (void) state;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, move, counter), 0);
    ask("GET", "/metrics");
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    ask("GET", "/metrics");
    assert_int_equal(number_after("\nsangkien_race_total "), THREADS * MOVES_EACH);
    assert_int_equal(number_after("\nsangkien_race_seconds_count "), THREADS * MOVES_EACH);
}

static void
promtool_finds_nothing_to_say(void **state)
{
    FILE *tool;

    (void) state;
    if (access(PROMTOOL, X_OK) != 0) {
        print_message(PROMTOOL " is not there: the page is not checked\n");
        skip();
    }
    health_expect(health, "database");
    metric_add(metric_new("sangkien_lint_total", "a=\"b\"", METRIC_COUNTER, "A \\ and\na line."),
               1);
    metric_set(metric_new("sangkien_lint_bytes", NULL, METRIC_GAUGE, "Bytes."), 1);
    metric_seconds(metric_new("sangkien_lint_seconds", "a=\"b\"", METRIC_SECONDS, "Time."), 1);
    ask("GET", "/metrics");
    tool = popen(PROMTOOL " check metrics", "w"); /* banned: its words are ours */
    assert_non_null(tool);
    fputs(body(), tool);
    assert_int_equal(pclose(tool), 0);
}

static void
an_address_that_is_none_is_refused(void **state)
{
    static const char *const wrong[] = {
        "127.0.0.1",        ":9101",         "127.0.0.1:",      "127.0.0.1:0",
        "127.0.0.1:65536",  "127.0.0.1:91x", "[::1]",           "[::1]9101",
        "[::1:9101",        "::1:9101",      "localhost:9101",  "127.0.0:91",
        "[127.0.0.1]:9101", "127.0.0.1:-1",  "127.0.0.1: 9101", "127.0.0.1:9101 ",
        "256.0.0.1:9101",   "[]:9101",       "127.0.0.1:009101"
    };
    struct health *none = NULL;

    (void) state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_int_equal(health_open("x", wrong[i], &none), ERR_FATAL);
        assert_null(none);
    }
}

static void
an_address_in_use_is_refused(void **state)
{
    unsigned short taken;
    int fd = listener(AF_INET, &taken);
    struct health *none = NULL;
    char address[32];

    (void) state;
    assert_true(fd >= 0);
    snprintf(address, sizeof(address), "127.0.0.1:%u", taken);
    assert_int_equal(health_open("x", address, &none), ERR_FATAL);
    assert_non_null(strstr(err_text(), address));
    assert_null(none);
    close(fd);
}

static void
no_address_only_remembers(void **state)
{
    struct health *quiet = NULL;

    (void) state;
    assert_int_equal(health_open("x", "", &quiet), 0);
    health_expect(quiet, "database");
    health_ready(quiet, "database", true);
    health_close(&quiet);
    assert_null(quiet);
    health_close(&quiet);
}

static void
it_listens_on_ipv6_too(void **state)
{
    unsigned short before = port;
    struct health *six = NULL;
    char address[32];
    int fd = listener(AF_INET6, &port);

    (void) state;
    if (fd < 0) {
        print_message("this machine has no IPv6 loopback\n");
        port = before;
        skip();
    }
    close(fd);
    snprintf(address, sizeof(address), "[::1]:%u", port);
    assert_int_equal(health_open("funding", address, &six), 0);
    assert_int_equal(
        ask_over(AF_INET6, "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), 200);
    health_close(&six);
    port = before;
}

/* The port is free a moment before it is taken: whoever comes between makes us try the next. */
static int
open_page(void **state)
{
    (void) state;
    for (int tries = 0; tries < 10; tries++) {
        char address[32];
        int fd = listener(AF_INET, &port);

        if (fd < 0)
            return -1;
        close(fd);
        snprintf(address, sizeof(address), "127.0.0.1:%u", port);
        if (health_open("funding", address, &health) == 0)
            return 0;
    }
    return -1;
}

static int
close_page(void **state)
{
    (void) state;
    health_close(&health);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_page, close_page)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_process_that_expects_nothing_yet_is_alive_but_not_ready),
        TEST(readiness_waits_for_every_condition_and_names_those_that_fail),
        TEST(the_page_can_only_be_read_and_only_where_it_is),
        TEST(metrics_of_one_family_stand_together_under_one_head),
        TEST(the_same_name_and_label_give_the_same_metric),
        TEST(a_histogram_counts_upwards_in_seconds),
        TEST(the_process_tells_its_memory_and_files),
        TEST(no_move_of_any_thread_is_lost),
        TEST(promtool_finds_nothing_to_say),
        cmocka_unit_test(an_address_that_is_none_is_refused),
        cmocka_unit_test(an_address_in_use_is_refused),
        cmocka_unit_test(no_address_only_remembers),
        cmocka_unit_test(it_listens_on_ipv6_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
