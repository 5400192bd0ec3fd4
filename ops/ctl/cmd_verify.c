/* ops/ctl/cmd_verify.c - sangkien verify: the journal, its chains, and everything that follows from
 * it. */
#include <stdlib.h>
#include <string.h>

#include "common/verify.h"
#include "ops/ctl/ctl.h"

extern const struct service *const verify_services[];

struct verify_ask {
    struct settings settings;
    const char *checkpoint;
    const char *write_checkpoint;
};

static error_t
take(int key, char *argument, struct argp_state *state)
{
    struct verify_ask *ask = state->input;

    switch (key) {
    case 'c':
        ask->checkpoint = argument;
        return 0;
    case 'w':
        ask->write_checkpoint = argument;
        return 0;
    default:
        return take_common(key, argument, state, &ask->settings, NULL);
    }
}

/* A line of verify_run's about a whole programme; false: it is none. */
static bool
print_programme(const char *line, bool is_first)
{
    char name[65], state[16], events[21], requests[21], erased[21], aggregates[21];

    if (sscanf(line,
               "%64[^:]: %15[a-z], %20[0-9] events, %20[0-9] requests (%20[0-9] erased), "
               "%20[0-9] aggregates",
               name, state, events, requests, erased, aggregates) != 6)
        return false;
    fputs(is_first ? "" : ", ", stdout);
    fputs("{\"programme\": ", stdout);
    print_json_text(name);
    printf(", \"state\": \"%s\", \"events\": %s, \"requests\": %s, \"erased\": %s, "
           "\"aggregates\": %s}",
           state, events, requests, erased, aggregates);
    return true;
}

/* "damage: programme: what and where" */
static void
print_damage(char *line, bool is_first)
{
    char *what = line + strlen("damage: ");
    char *name = strsep(&what, ":");

    fputs(is_first ? "" : ", ", stdout);
    fputs("{\"programme\": ", stdout);
    print_json_text(name);
    fputs(", \"damage\": ", stdout);
    print_json_text(what ? what + strspn(what, " ") : "");
    putchar('}');
}

/* Programmes come after their damages, so these wait. */
static void
print_json(struct arena *arena, char *told, size_t damage_count)
{
    char **damages = arena_zero(arena, (damage_count + 1) * sizeof *damages);
    size_t programmes = 0, found = 0;
    char *line;

    printf("{\"verify\": \"%s\", \"programmes\": [", damage_count ? "damaged" : "ok");
    while ((line = strsep(&told, "\n"))) {
        if (print_programme(line, programmes == 0))
            programmes++;
        else if (strncmp(line, "damage: ", 8) == 0 && found < damage_count)
            damages[found++] = line;
    }
    fputs("], \"damages\": [", stdout);
    for (size_t n = 0; n < found; n++)
        print_damage(damages[n], n == 0);
    puts("]}");
}

static void
print_end(size_t damages)
{
    if (damages)
        printf("verify: %zu damages\n", damages);
    else
        puts("verify: ok");
}

static int
verify(const struct verify_ask *ask)
{
    struct arena *arena CLEANUP(arena_free) = arena_new();
    char *told = NULL;
    size_t size = 0, damages = 0;
    FILE *out = ask->settings.as_json ? open_memstream(&told, &size) : stdout;
    const struct verify_options verify_options = {
        .dsn = ask->settings.dsn,
        .programme = ask->settings.programme,
        .services = verify_services,
        .out = out,
        .checkpoint = ask->checkpoint,
        .write_checkpoint = ask->write_checkpoint,
        .progress = stderr,
    };

    if (!out)
        abort();
    int rc = verify_run(&verify_options, &damages);
    if (out != stdout && fclose(out) != 0)
        abort();
    if (rc == 0 && ask->settings.as_json)
        print_json(arena, told, damages);
    else if (rc == 0)
        print_end(damages);
    free(told);
    if (rc < 0)
        return failed(rc == ERR_RETRY ? EXIT_UNREACHED : EXIT_REFUSED, "verify");
    return damages ? EXIT_DAMAGED : EXIT_DONE;
}

/* clang-format off */
static const struct argp_option options[] = {
    { "checkpoint", 'c', "FILE", 0, "Compare with a journal head that was written down earlier", 1 },
    { "write-checkpoint", 'w', "FILE", 0, "Write the journal heads down, to be kept elsewhere", 1 },
    { 0 },
};
/* clang-format on */

int
cmd_verify(int argc, char **argv)
{
    static const struct argp_child children[] = { { &settings_argp }, { 0 } };
    static const struct argp argp = {
        .options = options,
        .parser = take,
        .doc =
            "Reads the journals again from their beginning and compares everything with them.\v"
            "The last line is \"verify: ok\" or \"verify: N damages\". Ends with 4 when something "
            "does not "
            "agree. Only a checkpoint that was kept elsewhere "
            "can prove that nobody rewrote a journal together with its head.\n\n"
            "Examples:\n"
            "  sangkien verify --dsn 'host=/run/postgresql user=sangkien_auditor dbname=sangkien'\n"
            "  sangkien verify --programme kh-2019 --write-checkpoint 2020-01-31.head",
        .children = children,
    };
    struct verify_ask ask = { 0 };

    settings_parse(&argp, argc, argv, &ask);
    if (!ask.settings.dsn)
        usage("which database? --dsn");
    return verify(&ask);
}
