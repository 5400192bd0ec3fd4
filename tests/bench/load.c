/* tests/bench/load.c - sends one kind of command, and tells how many were carried out and how fast.
 *
 * Systems come in groups, each with its own figures. A group keeps so many commands in flight, each
 * answer bringing the next command ("closed"); or it sends so many a second whatever comes back
 * ("open"), and then a command's time counts from the moment at which it was due. */
#define _GNU_SOURCE /* ppoll */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <zmq.h>

#include "common/clock.h"
#include "tests/bench/client.h"
#include "tests/bench/pauses.h"
#include "tests/bench/pool.h"
#include "tests/bench/tally.h"

#define MOST_SYSTEMS 256
#define MOST_GROUPS 4
#define MOST_REASONS 16
#define FLIGHTS (1U << 20) /* more can never be under way */
#define SILENCE_US 5000000
#define LEAST_PAUSE_US 100 /* to wake for each command of a flood takes more than to send it */

static const char usage[] =
    "Usage: load OPTIONS NAME=LOAD:KEYFILE[,KEYFILE...] ...\n"
    "\n"
    "Each argument is a group of systems. LOAD is how many commands they have in flight together\n"
    "(256), or how many they send a second (@5000). Prints one line of JSON.\n"
    "\n"
    "  --endpoint E         the gateway\n"
    "  --server-key Z85     its public key\n"
    "  --programme P        in which\n"
    "  --person ID          in whose name\n"
    "  --create EDITION     CreateEntry, in this edition\n"
    "  --update N           or else SubmitEntry; N of the pool's entries have been taken before\n"
    "  --commands N         no more than so many; with --update no more than the pool still has\n"
    "  --seconds S          how long (3)\n"
    "  --warmup S           how long before that, uncounted (0.5)\n"
    "  --pause MS           first pause of whoever finds no room; doubles each time (0)\n"
    "  --diary FILE         a line for each answer: the request's id, a tab, why it was refused\n";

enum option_name {
    ENDPOINT,
    SERVER_KEY,
    PROGRAMME,
    PERSON,
    CREATE,
    UPDATE,
    COMMANDS,
    SECONDS,
    WARMUP,
    PAUSE,
    DIARY,
    OPTIONS,
};
static const char *const option_names[] = { "endpoint", "server-key", "programme", "person",
                                            "create",   "update",     "commands",  "seconds",
                                            "warmup",   "pause",      "diary" };

struct group {
    const char *name;
    size_t first, systems; /* of the clients */
    uint32_t in_flight;    /* closed; 0: open */
    double rate;           /* open */
    uint64_t sent;
    size_t done; /* accepted within the measured time */
    struct tally accepted;
    struct refusal {
        char reason[32];
        struct tally tally;
    } refusals[MOST_REASONS];
};

struct run {
    uint32_t first;    /* to take from the pool */
    uint32_t commands; /* most to send */
    struct command command;
    struct client *clients[MOST_SYSTEMS];
    struct pollfd fds[MOST_SYSTEMS];
    size_t client_count;
    struct group groups[MOST_GROUPS];
    size_t group_count;
    struct flight *flights;
    struct pauses *pauses;
    uint32_t sent, under_way;
    int64_t start_us;
    int64_t begin_us, end_us; /* of the measured time */
    FILE *diary;
};

/* ------------------------------------------------------------------ sending */

/* Whoever has nothing left to send has reached the end of what can be measured. */
static bool
may_send(struct run *run)
{
    int64_t now = monotonic_us();

    if (run->sent >= run->commands && now < run->end_us)
        run->end_us = now;
    return now < run->end_us;
}

static void
send_one(struct run *run, struct group *group, size_t client, int64_t began_us, int refused)
{
    uint32_t ticket = run->sent++;
    struct flight *flight = &run->flights[ticket % FLIGHTS];

    if (flight->began_us)
        die("no answer", "to the command of a million commands ago");
    *flight = (struct flight){ began_us, (uint32_t) client, (uint16_t) (group - run->groups),
                               (uint16_t) refused };
    run->under_way++;
    client_send(run->clients[client], &run->command, ticket, run->first + ticket);
}

static void
send_next(struct run *run, struct group *group, int64_t began_us)
{
    send_one(run, group, group->first + group->sent++ % group->systems, began_us, 0);
}

static void
send_first(struct run *run)
{
    for (struct group *group = run->groups; group < run->groups + run->group_count; group++)
        for (uint32_t i = 0; i < group->in_flight && may_send(run); i++)
            send_next(run, group, monotonic_us());
}

static int64_t
due_us(const struct run *run, const struct group *group)
{
    return run->start_us + (int64_t) ((double) group->sent * 1e6 / group->rate);
}

/* What open groups owe by now. Returns how long nothing more is due. */
static int64_t
send_due(struct run *run)
{
    int64_t pause_us = 1000000, now = monotonic_us();

    for (struct group *group = run->groups; group < run->groups + run->group_count; group++) {
        if (group->in_flight)
            continue;
        while (due_us(run, group) <= now && may_send(run))
            send_next(run, group, due_us(run, group));
        if (due_us(run, group) - now < pause_us)
            pause_us = due_us(run, group) - now;
    }
    if (pause_us < LEAST_PAUSE_US)
        pause_us = LEAST_PAUSE_US;
    return may_send(run) ? pause_us : 1000000;
}

/* Those whose pause is over. Returns how long nobody else's is. */
static int64_t
send_rested(struct run *run)
{
    int64_t now = monotonic_us();
    struct flight rested;

    while (pauses_take(run->pauses, now, &rested))
        if (may_send(run))
            send_one(run, &run->groups[rested.group], rested.client, now, rested.refused);
    return pauses_next_us(run->pauses, now + 1000000) - now;
}

/* ------------------------------------------------------------------ taking */

/* The place of a flight that has ended is taken by the next command, at once or after a pause. */
static void
go_on(struct run *run, const struct flight *ended, bool is_busy)
{
    if (is_busy && pauses_put(run->pauses, ended, monotonic_us()))
        return;
    if (may_send(run))
        send_one(run, &run->groups[ended->group], ended->client, monotonic_us(), 0);
}

static struct tally *
refusal_tally(struct group *group, const char *reason)
{
    for (struct refusal *r = group->refusals; r < group->refusals + MOST_REASONS; r++) {
        if (r->reason[0] == '\0')
            snprintf(r->reason, sizeof(r->reason), "%s", *reason ? reason : "UNNAMED");
        if (strncmp(r->reason, *reason ? reason : "UNNAMED", sizeof(r->reason) - 1) == 0)
            return &r->tally;
    }
    die("answers", "more reasons than can be counted");
}

static void
count(struct run *run, struct group *group, const struct answer *answer, int64_t began_us)
{
    int64_t now = monotonic_us();

    if (answer->accepted && now >= run->begin_us && now < run->end_us)
        group->done++;
    if (began_us >= run->begin_us)
        tally_add(answer->accepted ? &group->accepted : refusal_tally(group, answer->reason),
                  now - began_us);
}

static bool
take_all_of(struct run *run, size_t client)
{
    struct answer answer;
    bool took = false;

    for (; client_take(run->clients[client], &answer); took = true) {
        struct flight *flight = &run->flights[answer.ticket % FLIGHTS];
        struct flight ended = *flight;
        struct group *group = &run->groups[ended.group];

        if (ended.began_us == 0 || ended.client != client)
            die("answer", "to nobody");
        if (run->diary)
            fprintf(run->diary, "%s\t%s\n", answer.id, answer.reason);
        count(run, group, &answer, ended.began_us);
        flight->began_us = 0;
        run->under_way--;
        if (group->in_flight)
            go_on(run, &ended, answer.busy);
    }
    return took;
}

static void
await(struct run *run, int64_t pause_us)
{
    struct timespec pause = { pause_us / 1000000, pause_us % 1000000 * 1000 };

    if (ppoll(run->fds, run->client_count, &pause, NULL) < 0 && errno != EINTR)
        die("poll", strerror(errno));
}

/* Every socket is asked before each wait: its fd only tells of what came after the last question. */
static void
carry_on(struct run *run)
{
    int64_t heard_us = monotonic_us();

    while (run->under_way || may_send(run)) {
        int64_t pause_us = send_due(run), rested_us = send_rested(run);
        bool took = false;

        for (size_t i = 0; i < run->client_count; i++)
            took = take_all_of(run, i) || took;
        if (took)
            heard_us = monotonic_us();
        else if (monotonic_us() - heard_us > SILENCE_US)
            break; /* whoever takes its answers too slowly loses some, and would ask again */
        else if (pause_us > 0 && rested_us > 0)
            await(run, pause_us < rested_us ? pause_us : rested_us);
    }
}

/* ------------------------------------------------------------------ telling */

static void
print_group(const struct group *group, double seconds)
{
    const char *comma = "";

    printf("{\"name\": \"%s\", \"systems\": %zu, \"count\": %zu, \"rate\": %.1f, ", group->name,
           group->systems, group->done, (double) group->done / seconds);
    tally_print(&group->accepted);
    printf(", \"refused\": {");
    for (const struct refusal *r = group->refusals; r < group->refusals + MOST_REASONS; r++) {
        if (r->tally.count == 0)
            continue;
        printf("%s\"%s\": {\"count\": %zu, ", comma, r->reason, r->tally.count);
        tally_print(&r->tally);
        printf("}");
        comma = ", ";
    }
    printf("}}");
}

static void
report(const struct run *run)
{
    double seconds = (double) (run->end_us - run->begin_us) / 1e6;
    struct rusage used;

    getrusage(RUSAGE_SELF, &used);
    printf("{\"seconds\": %.3f, \"sent\": %u, \"unanswered\": %u, \"cpu_s\": %.3f, \"groups\": [",
           seconds, run->sent, run->under_way,
           (double) (used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
               (double) (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    for (size_t g = 0; g < run->group_count; g++) {
        printf(g ? ", " : "");
        print_group(&run->groups[g], seconds);
    }
    printf("]}\n");
}

/* ------------------------------------------------------------------ what is asked for */

static void
misused(void)
{
    fputs(usage, stderr);
    exit(2);
}

/* Returns the place of the first word that is no option. */
static int
read_options(int argc, char **argv, const char *ret_values[OPTIONS])
{
    int at = 1;

    for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2) {
        size_t i = 0;

        while (i < OPTIONS && strcmp(argv[at] + 2, option_names[i]) != 0)
            i++;
        if (i == OPTIONS)
            misused();
        ret_values[i] = argv[at + 1];
    }
    if (!ret_values[ENDPOINT] || !ret_values[SERVER_KEY] || !ret_values[PROGRAMME] ||
        !ret_values[PERSON] || !ret_values[CREATE] == !ret_values[UPDATE])
        misused();
    return at;
}

static double
number(const char *text, double otherwise)
{
    char *end;
    double value = text ? strtod(text, &end) : otherwise;

    if (text && (end == text || *end || value < 0))
        die(text, "is not a number");
    return value;
}

static void
dial(struct run *run, void *context, const char *values[OPTIONS], const char *key_file)
{
    size_t i = run->client_count++;

    if (i == MOST_SYSTEMS)
        die(key_file, "one system too many");
    run->clients[i] = client_dial(context, values[ENDPOINT], values[SERVER_KEY], key_file);
    run->fds[i] = (struct pollfd){ .fd = client_fd(run->clients[i]), .events = POLLIN };
}

/* NAME=LOAD:KEYFILE[,KEYFILE...] */
static void
add_group(struct run *run, void *context, const char *values[OPTIONS], char *text)
{
    char *load = strchr(text, '='), *keys = load ? strchr(load, ':') : NULL;
    struct group *group = &run->groups[run->group_count++];
    double amount;

    if (!keys || run->group_count > MOST_GROUPS)
        misused();
    *load++ = *keys++ = '\0';
    amount = number(load + (*load == '@'), 0);
    if (amount < 1)
        misused();
    *group = (struct group){ .name = text, .first = run->client_count };
    if (*load == '@')
        group->rate = amount;
    else
        group->in_flight = (uint32_t) amount;
    for (char *end; keys; keys = end) {
        end = strchr(keys, ',');
        if (end)
            *end++ = '\0';
        dial(run, context, values, keys);
        group->systems++;
    }
}

static void
plan(struct run *run, const char *values[OPTIONS])
{
    double first = number(values[UPDATE], 0);
    double most = values[UPDATE] ? POOL - first : UINT32_MAX;
    double wanted = number(values[COMMANDS], most);

    if (most < 1 || wanted < 1)
        misused();
    run->commands = (uint32_t) (wanted < most ? wanted : most);
    run->first = (uint32_t) first;
    run->command = (struct command){ .programme = values[PROGRAMME],
                                     .person = values[PERSON],
                                     .edition = values[CREATE],
                                     .updates = values[UPDATE] != NULL };
    command_prepare(&run->command);
    run->flights = calloc(FLIGHTS, sizeof(*run->flights));
    run->pauses = pauses_new((int64_t) (number(values[PAUSE], 0) * 1000));
    if (!run->flights)
        die("flights", strerror(errno));
    if (values[DIARY] && !(run->diary = fopen(values[DIARY], "w")))
        die(values[DIARY], strerror(errno));
    run->start_us = monotonic_us();
    run->begin_us = run->start_us + (int64_t) (number(values[WARMUP], 0.5) * 1e6);
    run->end_us = run->begin_us + (int64_t) (number(values[SECONDS], 3) * 1e6);
}

int
main(int argc, char **argv)
{
    static struct run run;
    const char *values[OPTIONS] = { 0 };
    int at = read_options(argc, argv, values);
    void *context = zmq_ctx_new();

    if (at == argc)
        misused();
    prctl(PR_SET_TIMERSLACK, 1000UL); /* waits as long as asked, not 50 us more */
    for (; at < argc; at++)
        add_group(&run, context, values, argv[at]);
    plan(&run, values);
    send_first(&run);
    carry_on(&run);
    if (monotonic_us() < run.end_us || run.under_way == run.sent)
        die("no answer", "for five seconds");
    if (run.end_us <= run.begin_us)
        die("commands", "there were none left to measure after the warm-up");
    if (run.diary && fclose(run.diary))
        die("diary", strerror(errno));
    report(&run);
    for (size_t i = 0; i < run.client_count; i++)
        client_close(&run.clients[i]);
    zmq_ctx_term(context);
    arena_free(&run.command.arena);
    free(run.flights);
    return 0;
}
