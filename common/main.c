/* common/main.c - the one main(): options, checks, threads, and the wait for the signal to stop. */
#include <argp.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/bus.h"
#include "common/clock.h"
#include "common/errand_thread.h"
#include "common/hearing.h"
#include "common/log.h"
#include "common/loop.h"
#include "common/process.h"
#include "common/reader.h"
#include "common/tables.h"

#ifndef SANGKIEN_VERSION
#define SANGKIEN_VERSION "unknown"
#endif

enum { MOST_OFFERED = 128 };

struct options {
    bool check;
    bool describe;
    bool settings;
    const char *role;
};

static const struct argp_option option_table[] = {
    { "check", 'c', NULL, 0, "Verify settings, keys and database, print the settings, and exit",
      0 },
    { "describe", 'd', NULL, 0, "Print the state machines as Mermaid diagrams, and exit", 0 },
    { "settings", 's', NULL, 0, "List every setting with its default, and exit", 0 },
    { "role", 'r', "ROLE", 0, "writer, reader or both (the default)", 0 },
    { 0 },
};

const char *argp_program_version = "sangkien " SANGKIEN_VERSION;

static error_t
take_option(int key, char *argument, struct argp_state *state)
{
    struct options *options = state->input;

    switch (key) {
    case 'c':
        options->check = true;
        return 0;
    case 'd':
        options->describe = true;
        return 0;
    case 's':
        options->settings = true;
        return 0;
    case 'r':
        if (strcmp(argument, "writer") != 0 && strcmp(argument, "reader") != 0 &&
            strcmp(argument, "both") != 0)
            argp_error(state, "a role is writer, reader or both, not %s", argument);
        options->role = argument;
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "nothing but options is expected, not %s", argument);
        return EINVAL;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ------------------------------------------------------------------ a service */

/* The threads of a service process. */
struct crew {
    struct process *process;
    struct loop *loop;
    struct reader *reader;
    struct errands *errands;
    struct bus *bus;
    pthread_t writing, reading;
    const char *commands[MOST_OFFERED + 1];
    const char *queries[MOST_OFFERED + 1];
    const char *heard[MOST_OFFERED + 1];
};

static void
name_offer(struct crew *crew)
{
    const struct service *service = crew->process->service;
    size_t n = 0, heard = 0;

    for (const struct kind *const *kind = service->kinds; *kind && crew->process->writes; kind++)
        for (const struct handler *h = (*kind)->handlers; h->message; h++) {
            if (h->who & HEARD && heard < MOST_OFFERED)
                crew->heard[heard++] = h->message->name;
            else if (!(h->who & (HEARD | ONLY_RUNTIME)) && n < MOST_OFFERED)
                crew->commands[n++] = h->message->name;
        }
    n = 0;
    for (const struct query *q = service->queries; q && q->ask && crew->process->reads; q++)
        if (n < MOST_OFFERED)
            crew->queries[n++] = q->ask->name;
}

static int
open_crew(struct crew *crew)
{
    const struct process *process = crew->process;
    struct bus_offer offer = { process->service->name, crew->commands, crew->queries, crew->heard };
    int rc = 0;

    name_offer(crew);
    if (process->writes)
        rc = loop_open(process, &crew->loop);
    if (rc == 0 && process->reads)
        rc = reader_open(process, &crew->reader);
    if (rc == 0 && process->writes && process->service->errand)
        rc = errands_open(process, &crew->errands);
    if (rc == 0) /* also to check the keys: nothing is announced before bus_serve */
        rc = bus_open(process->config, &offer, &crew->bus);
    if (rc == 0 && !process->only_check)
        rc = health_listen(process->health, process->config->health);
    return rc;
}

static void *
write_for_ever(void *context)
{
    struct crew *crew = context;

    loop_run(crew->loop, crew->bus);
    return NULL;
}

static void *
read_for_ever(void *context)
{
    struct crew *crew = context;

    reader_run(crew->reader, crew->bus);
    return NULL;
}

/* Until a signal asks to stop; meanwhile tells whether the gateway is there. */
static void
wait_for_signal(const struct process *process, const struct bus *bus)
{
    for (;;) {
        struct pollfd fd = { process->signal_fd, POLLIN, 0 };
        struct signalfd_siginfo info;

        if (poll(&fd, 1, 250) > 0 &&
            read(process->signal_fd, &info, sizeof(info)) == (ssize_t) sizeof(info)) {
            if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT)
                return;
            log_info("signal means nothing here", NULL);
        }
        health_ready(process->health, "gateway", bus_is_connected(bus));
        process_watch_clock(process);
    }
}

void
process_watch_clock(const struct process *process)
{
    static int64_t told_s;
    int64_t jump_s;
    char text[32];

    clock_now_us();
    jump_s = clock_jump_us() / 1000000;
    health_ready(process->health, "clock", jump_s == 0);
    if ((jump_s == 0) == (told_s == 0) && llabs(jump_s - told_s) <= 2) /* seconds are cut off */
        return;
    told_s = jump_s;
    snprintf(text, sizeof(text), "%+lld", (long long) jump_s);
    if (jump_s)
        log_error(
            "the machine's clock has jumped and is not followed; if it is right now, start again",
            "seconds", text, NULL);
    else
        log_info("the machine's clock has come back", NULL);
}

static void
start(pthread_t *thread, void *(*run)(void *), void *context)
{
    if (pthread_create(thread, NULL, run, context))
        abort();
}

static void
run_crew(struct crew *crew)
{
    if (crew->loop)
        start(&crew->writing, write_for_ever, crew);
    if (crew->reader)
        start(&crew->reading, read_for_ever, crew);
    if (crew->errands)
        errands_start(crew->errands, crew->loop);
    bus_serve(crew->bus);
    log_info("ready", NULL);
    wait_for_signal(crew->process, crew->bus);
    log_info("leaving", NULL);
    bus_leave(crew->bus);
    errands_close(&crew->errands); /* the loop decides what it still has to report */
    if (crew->loop)
        pthread_join(crew->writing, NULL);
    if (crew->reader)
        pthread_join(crew->reading, NULL);
}

static int
serve(struct process *process)
{
    struct crew crew = { .process = process };
    int rc;

    health_expect(process->health, "database");
    health_expect(process->health, "gateway");
    health_expect(process->health, "clock");
    rc = open_crew(&crew);
    if (rc == 0 && !process->writes)
        health_ready(process->health, "database", true);
    if (rc == 0 && !process->only_check)
        run_crew(&crew);
    errands_close(&crew.errands);
    if (crew.bus)
        bus_close(&crew.bus);
    loop_close(&crew.loop);
    reader_close(&crew.reader);
    return rc;
}

/* ------------------------------------------------------------------ any process */

/* Signals are read from a descriptor; no handler ever runs. Before the first thread. */
static int
open_signals(void)
{
    sigset_t set;
    int fd;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigaddset(&set, SIGPIPE);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL))
        return err_set(ERR_FATAL, "cannot block signals");
    sigdelset(&set, SIGPIPE);
    fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd >= 0 ? fd : err_set(ERR_FATAL, "cannot open a signal descriptor");
}

static int
check_role(const struct service *service, const struct options *options, struct process *process)
{
    process->writes = strcmp(options->role, "reader") != 0;
    process->reads = strcmp(options->role, "writer") != 0;
    if (service->serve && strcmp(options->role, "both") != 0)
        return err_set(ERR_FATAL, "%s has no roles", service->name);
    if (!process->writes && !(service->queries && service->queries->ask))
        return err_set(ERR_FATAL, "%s answers no questions: it cannot be a reader", service->name);
    return 0;
}

static int
run(const struct service *service, const struct options *options)
{
    struct config config;
    struct process process = { .service = service,
                               .config = &config,
                               .only_check = options->check };
    int rc = config_load(&config);

    if (rc == 0)
        rc = log_open(service->name, config.log_level);
    if (rc == 0)
        rc = clock_open(config.clock_file);
    if (rc == 0)
        rc = check_role(service, options, &process);
    if (rc == 0)
        rc = tables_check(service);
    if (rc == 0) {
        process.signal_fd = open_signals();
        rc = process.signal_fd < 0 ? process.signal_fd : 0;
    }
    if (rc == 0)
        rc = health_open(service->name, "", &process.health);
    if (rc)
        return rc;
    if (options->check)
        config_print(&config, stdout);
    rc = service->serve ? service->serve(&process) : serve(&process);
    health_close(&process.health);
    close(process.signal_fd);
    return rc;
}

int
service_main(const struct service *service, int argc, char **argv)
{
    static const struct argp argp = { option_table,
                                      take_option,
                                      NULL,
                                      "A service of sangkien. Settings come from the environment; "
                                      "see --settings.",
                                      NULL,
                                      NULL,
                                      NULL };
    struct options options = { .role = "both" };
    int rc;

    if (argp_parse(&argp, argc, argv, 0, NULL, &options))
        return 2;
    if (options.describe)
        tables_describe(service, stdout);
    else if (options.settings)
        config_describe(stdout);
    if (options.describe || options.settings)
        return 0;
    rc = run(service, &options);
    if (rc) {
        fprintf(stderr, "sangkien-%s: refuses to run: %s\n", service->name, err_text());
        return 1;
    }
    if (options.check)
        printf("sangkien-%s: all is well\n", service->name);
    return 0;
}
