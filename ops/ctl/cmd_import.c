/* ops/ctl/cmd_import.c - sangkien import: many messages from a file, several under way at a time.
 *
 * A line waits for those before it that have the same subject or another type: what a line builds
 * upon has then been answered. Nothing else is put in order.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/answer.h"
#include "ops/ctl/done.h"
#include "ops/ctl/import.h"
#include "ops/ctl/request.h"

#define MOST_WINDOW 4096

struct import_ask {
    struct settings settings;
    struct import_defaults defaults;
    const char *file;
    int64_t window;
    bool is_rehearsal;
    bool forgets;
};

struct counts {
    size_t accepted;
    size_t refused;
    size_t unanswered;
    size_t done_before;
};

struct job {
    struct call call;
    struct import_line line;
    struct job *next;
};

struct run {
    const struct import_ask *ask;
    struct import *import;
    struct done *done;
    struct client *client;
    struct calls calls;
    struct counts counts;
    struct job *jobs; /* under way */
    size_t job_count;
    bool shows_progress;
};

enum { KEY_SEPARATOR = 512, KEY_BATCH, KEY_CAPACITY, KEY_CHECK, KEY_FORGET };

static error_t
take(int key, char *argument, struct argp_state *state)
{
    struct import_ask *ask = state->input;

    switch (key) {
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which file?");
        return EINVAL;
    case 'T':
        ask->defaults.type = argument;
        return 0;
    case 'w':
        ask->window = number_of("--window", argument, 1, MOST_WINDOW);
        return 0;
    case KEY_CAPACITY:
        ask->defaults.capacity = argument;
        return 0;
    case KEY_BATCH:
        ask->defaults.batch = argument;
        return 0;
    case KEY_SEPARATOR:
        if (strlen(argument) != 1 || strchr("\"\r\n", argument[0]))
            argp_error(state, "--separator: one character");
        ask->defaults.separator = argument[0];
        return 0;
    case KEY_CHECK:
        ask->is_rehearsal = true;
        return 0;
    case KEY_FORGET:
        ask->forgets = true;
        return 0;
    default:
        return take_common(key, argument, state, &ask->settings, &ask->file);
    }
}

/* ------------------------------------------------------------------ telling */

static void
wipe(const struct run *run)
{
    if (run->shows_progress)
        fputs("\r\033[K", stderr);
}

static void
show_progress(const struct run *run)
{
    static const char bar[] = "##############################";
    int permille = import_permille(run->import);

    if (run->shows_progress)
        fprintf(stderr, "\r[%-30.*s] %3d%%  %zu accepted, %zu refused", permille * 30 / 1000, bar,
                permille / 10, run->counts.accepted, run->counts.refused);
}

static void
refuse(struct run *run, size_t line, const char *reason, const char *message)
{
    run->counts.refused++;
    wipe(run);
    fprintf(stderr, "line %zu: %s: %s\n", line, reason, message);
}

static void
settle(struct run *run, const struct job *job)
{
    const Wire__Reply *reply = job->call.reply;

    if (!reply || call_may_go_again(reply)) {
        run->counts.unanswered++;
        wipe(run);
        fprintf(stderr, "line %zu: not answered in time: %s\n", job->line.number,
                reply ? reply->reason : client_trouble(run->client));
    } else if (reply->code == CODE_OK) {
        run->counts.accepted++;
        done_add(run->done, job->call.id);
    } else {
        refuse(run, job->line.number, reply->reason, reply->message);
        call_print_violations(reply);
    }
    show_progress(run);
}

/* ------------------------------------------------------------------ the window */

static void
finish_one(struct run *run)
{
    struct call *call = calls_finish(&run->calls);
    struct job **place = &run->jobs;

    while (&(*place)->call != call)
        place = &(*place)->next;
    struct job *job = *place;
    *place = job->next;
    run->job_count--;
    settle(run, job);
    arena_free(&job->call.arena);
    free(job);
}

static bool
must_wait(const struct run *run, const struct import_line *line)
{
    if (run->job_count >= (size_t) run->ask->window)
        return true;
    for (const struct job *job = run->jobs; job; job = job->next) {
        if (strcmp(job->line.intent.subject, line->intent.subject) == 0 ||
            strcmp(job->line.intent.type, line->intent.type) != 0)
            return true;
    }
    return false;
}

static void
start(struct run *run, struct job *job, struct arena *arena)
{
    while (must_wait(run, &job->line))
        finish_one(run);
    request_call(&job->call, arena, job->line.intent.id, job->line.request,
                 run->ask->settings.timeout_ms);
    job->next = run->jobs;
    run->jobs = job;
    run->job_count++;
    calls_start(&run->calls, &job->call);
}

/* Reads one line and sends it on its way; false at the end of the file. Once something was not
 * answered at all, nothing more is sent: the rest would wait in vain, one timeout after the other.
 */
static bool
step(struct run *run)
{
    struct arena *arena = arena_new();
    struct job *job = calloc(1, sizeof *job);

    if (!job)
        abort();
    int rc = import_next(run->import, arena, &job->line);
    if (rc == 0 && !run->ask->is_rehearsal && !done_has(run->done, job->line.intent.id)) {
        start(run, job, arena);
        return run->counts.unanswered == 0;
    }
    if (rc == 0 && !run->ask->is_rehearsal)
        run->counts.done_before++;
    else if (rc == 0)
        run->counts.accepted++;
    else if (rc != ERR_NOT_FOUND)
        refuse(run, job->line.number, "UNREADABLE", err_text());
    arena_free(&arena);
    free(job);
    return rc != ERR_NOT_FOUND;
}

static int
report(const struct run *run)
{
    const struct counts *c = &run->counts;

    wipe(run);
    if (run->ask->settings.as_json)
        printf("{\"accepted\": %zu, \"refused\": %zu, \"unanswered\": %zu, \"doneBefore\": %zu}\n",
               c->accepted, c->refused, c->unanswered, c->done_before);
    else
        printf("%zu %s, %zu refused, %zu unanswered, %zu done before\n", c->accepted,
               run->ask->is_rehearsal ? "readable" : "accepted", c->refused, c->unanswered,
               c->done_before);
    if (c->unanswered)
        return EXIT_UNREACHED;
    return c->refused ? EXIT_REFUSED : EXIT_DONE;
}

static int
run_import(struct run *run)
{
    struct arena *arena CLEANUP(arena_free) = arena_new();
    const struct import_ask *ask = run->ask;
    const char *kept =
        ask->forgets || ask->is_rehearsal ? NULL : arena_format(arena, "%s.done", ask->file);

    if (import_open(ask->file, &ask->defaults, &run->import) < 0 ||
        done_open(kept, &run->done) < 0 ||
        (!ask->is_rehearsal && client_open(&ask->settings, &run->client) < 0))
        return failed(EXIT_USAGE, "");
    run->calls.client = run->client;
    while (step(run))
        show_progress(run);
    while (run->jobs)
        finish_one(run);
    return report(run);
}

/* clang-format off */
static const struct argp_option options[] = {
    { "type", 'T', "TYPE", 0, "Type of the lines that do not name theirs", 1 },
    { "capacity", KEY_CAPACITY, "NAME", 0, "Capacity of the actor where a line names none", 1 },
    { "window", 'w', "N", 0, "Requests under way at a time (64); 1 keeps strict order", 1 },
    { "separator", KEY_SEPARATOR, "C", 0, "Between the fields of a CSV file (,)", 1 },
    { "batch", KEY_BATCH, "NAME", 0, "Under another name the same lines are new requests", 1 },
    { "check", KEY_CHECK, NULL, 0, "Only read the file, send nothing", 1 },
    { "no-state", KEY_FORGET, NULL, 0, "Neither read nor write FILE.done", 1 },
    { 0 },
};
/* clang-format on */

int
cmd_import(int argc, char **argv)
{
    static const struct argp_child children[] = { { &settings_argp }, { 0 } };
    static const struct argp argp = {
        .options = options,
        .parser = take,
        .args_doc = "FILE",
        .doc =
            "Sends every line of a CSV or JSON lines file.\v"
            "The ids of requests, and of subjects that are not given, follow from the lines, so "
            "that running it again repeats nothing; FILE.done keeps what is done. The first row of "
            "a "
            "CSV file names type, programme, subject, actor, capacity, id, expires or "
            "expected_version, and fields of the body such as due.date.year; lists are written as "
            "JSON. A JSON line has the same members, and body.\n"
            "Ends with 1 when a line was refused, 3 when one was not answered.\n\n"
            "Examples:\n"
            "  sangkien import entries.csv --type submissions.CreateEntry --programme kh-2019\n"
            "  sangkien import contest.jsonl --window 1\n"
            "  sangkien import entries.csv --check",
        .children = children,
    };
    struct import_ask ask = {
        .settings.timeout_ms = 30000,
        .defaults = { "", "", "", "", "", ',' },
        .window = 64,
    };
    struct run run = { .ask = &ask, .shows_progress = isatty(STDERR_FILENO) };

    settings_parse(&argp, argc, argv, &ask);
    ask.defaults.programme = ask.settings.programme ? ask.settings.programme : "";
    ask.defaults.actor = ask.settings.actor ? ask.settings.actor : "";
    int status = run_import(&run);
    client_close(&run.client);
    done_close(&run.done);
    import_close(&run.import);
    return status;
}
