/* tests/model/simulation/main.c - runs episodes of a seed, and shows how a rule was broken. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/model/simulation/bus.h"
#include "tests/model/simulation/check.h"
#include "tests/model/simulation/commands.h"

enum { COMMANDS_OF_AN_EPISODE = 4000, LAST_STEPS = 40 };

#define BEGINS_US INT64_C(1572325200000000) /* 2019-10-29 */

struct sim sim;

static const char usage[] =
    "Usage: model_simulation [--seed N] [--commands N] [--mistake NAME] [--print] [--moves] "
    "[--mistakes]\n"
    "                        [--mail sent|failed]\n"
    "\n"
    "Runs all services' cores over a clock, a bus and a database that are made up: lost, doubled "
    "and reordered\n"
    "messages, crashes around COMMIT, time that jumps. Prints a hash of all that happened: the "
    "same seed, the same\n"
    "hash. Exit status: 0 when every rule held after every step, 1 when one was broken, 2 for "
    "anything else.\n"
    "\n"
    "--seed N        what decides all that happens; 1 when it is not given\n"
    "--commands N    how many commands clients think up; 200000 when it is not given\n"
    "--mistake NAME  makes this mistake on purpose, to see that it is found\n"
    "--mistakes      names them\n"
    "--print         tells every step\n"
    "--moves         tells at the end how often each move of an aggregate was made\n"
    "--mail WHAT     all mail is sent, or all of it fails; what becomes of it is chance when it is "
    "not given\n";

/* ------------------------------------------------------------------ saying */

void
tell(const char *format, ...)
{
    va_list args;

    if (!sim.prints)
        return;
    printf("%8llu  ", (unsigned long long) sim.step_number);
    va_start(args, format);
    vprintf(format, args);
    va_end(args);
    putchar('\n');
}

const char *
id_of(struct uuid id)
{
    return uuid_text(sim.step, &id);
}

void
broken(const char *rule, const char *format, ...)
{
    va_list args;

    if (sim.rule)
        return;
    sim.rule = rule;
    va_start(args, format);
    vsnprintf(sim.why, sizeof(sim.why), format, args);
    va_end(args);
    tell("BROKEN %s: %s", sim.rule, sim.why);
}

void
give_up(const char *format, ...)
{
    va_list args;

    fprintf(stderr, "model_simulation: ");
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(2);
}

/* ------------------------------------------------------------------ an episode */

static void
pass_time(void)
{
    int64_t step_us = (int64_t) dice_throw(&sim.dice, 2000000);

    if (dice_chance(&sim.dice, 3))
        step_us = (int64_t) dice_throw(&sim.dice, UINT64_C(86400000000));
    sim.now_us += step_us;
}

static struct tenant *
any_tenant(void)
{
    return &sim.programmes[1 + dice_throw(&sim.dice, PROGRAMMES - 1)];
}

static void
take_step(void)
{
    uint64_t what = dice_throw(&sim.dice, 1000);
    struct tenant *programme = any_tenant();

    if (what < 430)
        commands_post();
    else if (what < 680)
        bus_deliver();
    else if (what < 800)
        bus_deliver_answers();
    else if (what < 830)
        bus_resend();
    else if (what < 940)
        hear(any_server(SUBMISSIONS + (unsigned) dice_throw(&sim.dice, SERVICES - 1)), programme);
    else if (what < 960)
        ring(any_server(SUBMISSIONS), programme);
    else
        report_mail(any_server(NOTIFICATIONS));
}

static void
hear_everything(void)
{
    for (unsigned s = SUBMISSIONS; s < SERVICES && !sim.rule; s++)
        for (unsigned p = 1; p < PROGRAMMES && !sim.rule; p++)
            hear(any_server(s), &sim.programmes[p]);
}

static bool
all_is_heard(void)
{
    for (unsigned s = SUBMISSIONS; s < SERVICES; s++)
        for (unsigned p = 1; p < PROGRAMMES; p++)
            if (sim.programmes[p].cursors[s] < sim.programmes[p].head.position)
                return false;
    return true;
}

/* When nothing new is asked for, everybody gets an answer and everything is heard, crashes or not. */
static void
come_to_rest(void)
{
    enum { PATIENCE = 5000 };

    if (!bus_settle())
        broken("ANSWERED", "a client never gets a final answer");
    for (int i = 0; i < PATIENCE && !all_is_heard() && !sim.rule; i++) {
        arena_reset(sim.step, 1 << 20);
        hear_everything();
    }
    MUST("HEARD", all_is_heard(), "some events are never heard");
    if (!sim.rule)
        check_rest();
}

static void
begin(uint64_t seed)
{
    sim.dice.state = seed;
    sim.now_us = BEGINS_US;
    sim.commands = sim.step_number = sim.answers = 0;
    sim.rule = NULL;
    sim.fault = NO_FAULT;
    sim.last_request = (struct uuid){ { 0 } };
    memset(sim.forgotten, 0, sizeof(sim.forgotten));
    arena_reset(sim.arena, (size_t) 64 << 20);
    rows_begin();
    unique_begin();
    check_begin();
    bus_begin();
    servers_begin();
    cast_begin();
}

static void
end(void)
{
    servers_end();
    check_end();
    unique_end();
    rows_end();
}

bool
run_episode(uint64_t seed, uint64_t commands, uint64_t print_from)
{
    bool prints = sim.prints;

    begin(seed);
    while (sim.commands < commands && !sim.rule) {
        sim.step_number++;
        sim.prints = prints || sim.step_number >= print_from;
        arena_reset(sim.step, 1 << 20);
        pass_time();
        take_step();
    }
    sim.prints = prints || sim.step_number >= print_from;
    if (!sim.rule)
        come_to_rest();
    sim.prints = prints;
    end();
    return !sim.rule;
}

/* ------------------------------------------------------------------ all of them */

struct options {
    uint64_t seed;
    uint64_t commands;
    bool tells_moves;
};

static uint64_t
seed_of(const struct options *options, uint64_t episode)
{
    struct dice dice = { options->seed ^ mix_bits(episode + 1) };

    return dice_next(&dice);
}

/* The same episode once more, with its last steps told. */
static void
show(const struct options *options, uint64_t episode, uint64_t commands)
{
    uint64_t last = sim.step_number;

    printf("BROKEN %s: %s\nseed %llu, episode %llu, step %llu; its last steps:\n", sim.rule,
           sim.why, (unsigned long long) options->seed, (unsigned long long) episode,
           (unsigned long long) last);
    if (!sim.prints)
        run_episode(seed_of(options, episode), commands, last > LAST_STEPS ? last - LAST_STEPS : 0);
}

static int
run(const struct options *options)
{
    uint64_t done = 0;

    sim.arena = arena_new();
    sim.step = arena_new();
    sim.letters = arena_new();
    sim.trace = sim.business = UINT64_C(14695981039346656037);
    commands_check();
    for (uint64_t episode = 0; done < options->commands; episode++) {
        uint64_t left = options->commands - done;
        uint64_t commands = left < COMMANDS_OF_AN_EPISODE ? left : COMMANDS_OF_AN_EPISODE;

        if (!run_episode(seed_of(options, episode), commands, UINT64_MAX)) {
            show(options, episode, commands);
            return 1;
        }
        done += commands;
    }
    printf("%llu commands of seed %llu, business %016llx, trace %016llx: every rule held\n",
           (unsigned long long) done, (unsigned long long) options->seed,
           (unsigned long long) sim.business, (unsigned long long) sim.trace);
    if (options->tells_moves)
        check_tell_moves(stdout);
    arena_free(&sim.letters);
    arena_free(&sim.step);
    arena_free(&sim.arena);
    return 0;
}

static uint64_t
number(const char *text)
{
    char *end_of_it;
    uint64_t n = strtoull(text, &end_of_it, 10);

    if (!*text || *end_of_it)
        give_up("%s is no number", text);
    return n;
}

static const char *
next(int argc, char **argv, int *nth)
{
    if (*nth + 1 >= argc)
        give_up("%s takes a value", argv[*nth]);
    return argv[++*nth];
}

static enum mail
mail_called(const char *name)
{
    if (strcmp(name, "sent") == 0)
        return MAIL_SENT;
    if (strcmp(name, "failed") == 0)
        return MAIL_FAILED;
    give_up("mail is sent or failed, not %s", name);
}

static int
name_mistakes(void)
{
    for (enum mistake m = NO_MISTAKE + 1; m < MISTAKES; m++)
        puts(mistake_name(m));
    return 0;
}

int
main(int argc, char **argv)
{
    struct options options = { 1, 200000, false };

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seed") == 0) {
            options.seed = number(next(argc, argv, &i));
        } else if (strcmp(argv[i], "--commands") == 0) {
            options.commands = number(next(argc, argv, &i));
        } else if (strcmp(argv[i], "--print") == 0) {
            sim.prints = true;
        } else if (strcmp(argv[i], "--moves") == 0) {
            options.tells_moves = true;
        } else if (strcmp(argv[i], "--mail") == 0) {
            sim.mail = mail_called(next(argc, argv, &i));
        } else if (strcmp(argv[i], "--mistakes") == 0) {
            return name_mistakes();
        } else if (strcmp(argv[i], "--mistake") == 0) {
            const char *name = next(argc, argv, &i);

            if (!mistake_called(name, &sim.mistake))
                give_up("there is no mistake %s; see --mistakes", name);
        } else {
            fputs(usage, stderr);
            return 2;
        }
    }
    return run(&options);
}
