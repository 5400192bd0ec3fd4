/* ops/ctl/settings.c - how the commands find the gateway, the keys and the database. */
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "ops/ctl/ctl.h"

enum { OPTION_CONTEXT = 256, OPTION_FIRST };

/* A setting that is a text: an option, a variable, a line of a context file. */
struct place {
    const char *name;
    const char *variable;
    size_t offset;
    const char *otherwise;
};

static struct arena *kept; /* what was read from a context file; lives as long as the process */

/* clang-format off */
#define PLACE(member) offsetof(struct settings, member)
static const struct place places[] = {
    /* name          variable                    member                otherwise */
    { "gateway",     "SANGKIEN_CTL_ENDPOINT",    PLACE(gateway),       "tcp://127.0.0.1:7301" },
    { "server-key",  "SANGKIEN_CTL_SERVER_KEY",  PLACE(server_key),    NULL },
    { "key",         "SANGKIEN_CTL_KEY",         PLACE(key_file),      NULL },
    { "programme",   "SANGKIEN_CTL_PROGRAMME",   PLACE(programme),     NULL },
    { "actor",       "SANGKIEN_CTL_ACTOR",       PLACE(actor),         NULL },
    { "dsn",         "SANGKIEN_CTL_DSN",         PLACE(dsn),           NULL },
    { "health",      "SANGKIEN_CTL_HEALTH",      PLACE(health),
      "127.0.0.1:9101,127.0.0.1:9102,127.0.0.1:9103,127.0.0.1:9104,127.0.0.1:9105,127.0.0.1:9106" },
};
/* clang-format on */

enum { PLACE_COUNT = sizeof places / sizeof places[0] };

static const char **
text_at(struct settings *settings, size_t n)
{
    return (const char **) ((char *) settings + places[n].offset);
}

static void
take_line(struct settings *settings, const char *path, char *line)
{
    line += strspn(line, " \t");
    line[strcspn(line, "\r\n")] = '\0';
    if (line[0] == '\0' || line[0] == '#')
        return;
    char *value = strchr(line, '=');
    if (!value)
        usage("%s: a line is not name=value: %s", path, line);
    *value++ = '\0';
    line[strcspn(line, " \t")] = '\0';
    value += strspn(value, " \t");
    for (size_t n = 0; n < PLACE_COUNT; n++) {
        if (strcmp(places[n].name, line) == 0) {
            if (!*text_at(settings, n))
                *text_at(settings, n) = arena_text(kept, value);
            return;
        }
    }
    usage("%s: there is no setting %s", path, line);
}

static void
take_context(struct settings *settings)
{
    const char *base = getenv("XDG_CONFIG_HOME");
    const char *home = getenv("HOME");
    char *path = NULL;
    int length = base && base[0] ? asprintf(&path, "%s/sangkien/%s", base, settings->context)
                                 : asprintf(&path, "%s/.config/sangkien/%s", home ? home : "",
                                            settings->context);
    if (length < 0)
        abort();
    if (strchr(settings->context, '/'))
        usage("a context is a name, not a path: %s", settings->context);

    FILE *file = fopen(path, "re");
    if (!file)
        usage("cannot open %s: %s", path, strerror(errno));
    char *line = NULL;
    size_t room = 0;
    kept = arena_new();
    while (getline(&line, &room, file) >= 0)
        take_line(settings, path, line);
    free(line);
    fclose(file);
    free(path);
}

static void
complete(struct settings *settings)
{
    for (size_t n = 0; n < PLACE_COUNT; n++) {
        const char *value = getenv(places[n].variable);
        if (!*text_at(settings, n) && value && value[0])
            *text_at(settings, n) = value;
    }
    if (settings->context)
        take_context(settings);
    for (size_t n = 0; n < PLACE_COUNT; n++) {
        if (!*text_at(settings, n))
            *text_at(settings, n) = places[n].otherwise;
    }
}

static error_t
take_option(int key, char *argument, struct argp_state *state)
{
    struct settings *settings = state->input;

    if (key >= OPTION_FIRST && (size_t) (key - OPTION_FIRST) < PLACE_COUNT) {
        *text_at(settings, (size_t) (key - OPTION_FIRST)) = argument;
        return 0;
    }
    switch (key) {
    case OPTION_CONTEXT:
        settings->context = argument;
        return 0;
    case 't':
        settings->timeout_ms = number_of("--timeout", argument, 1, 86400) * 1000;
        return 0;
    case 'j':
        settings->as_json = true;
        return 0;
    case ARGP_KEY_END:
        complete(settings);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

void
settings_parse(const struct argp *argp, int argc, char **argv, void *input)
{
    error_t error = argp_parse(argp, argc, argv, 0, NULL, input);
    if (error)
        usage("%s", strerror(error));
}

error_t
take_common(int key, char *argument, struct argp_state *state, struct settings *settings,
            const char **ret_argument)
{
    if (key == ARGP_KEY_INIT) {
        state->child_inputs[0] = settings;
        return 0;
    }
    if (key != ARGP_KEY_ARG || !ret_argument)
        return ARGP_ERR_UNKNOWN;
    if (state->arg_num > 0)
        argp_error(state, "too much: %s", argument);
    *ret_argument = argument;
    return 0;
}

void
usage(const char *format, ...)
{
    va_list arguments;

    fputs("sangkien: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    exit(EXIT_USAGE);
}

int64_t
number_of(const char *option, const char *text, int64_t least, int64_t most)
{
    char *end;

    errno = 0;
    long long number = strtoll(text, &end, 10);
    if (errno || end == text || *end || number < least || number > most)
        usage("%s: %s is not a number from %lld to %lld", option, text, (long long) least,
              (long long) most);
    return number;
}

/* clang-format off */
#define OPTION(name, place, argument, meaning) { name, OPTION_FIRST + (place), argument, 0, meaning, 2 }
static const struct argp_option options[] = {
    { NULL, 0, NULL, 0, "Connection:", 2 },
    OPTION("gateway",    0, "URL",  "Where the gateway listens ($SANGKIEN_CTL_ENDPOINT; tcp://127.0.0.1:7301)"),
    OPTION("server-key", 1, "KEY",  "The gateway's public key, Z85 or @FILE ($SANGKIEN_CTL_SERVER_KEY)"),
    OPTION("key",        2, "FILE", "Your own key pair ($SANGKIEN_CTL_KEY)"),
    OPTION("programme",  3, "NAME", "Which programme it is about ($SANGKIEN_CTL_PROGRAMME)"),
    OPTION("actor",      4, "UUID", "Person in whose name you speak ($SANGKIEN_CTL_ACTOR)"),
    OPTION("dsn",        5, "DSN",  "Database, where the command needs it ($SANGKIEN_CTL_DSN)"),
    OPTION("health",     6, "LIST", "Health pages, address:port separated by commas ($SANGKIEN_CTL_HEALTH)"),
    { "context", OPTION_CONTEXT, "NAME", 0, "Read settings from ~/.config/sangkien/NAME", 2 },
    { "timeout", 't', "SECONDS", 0, "Give up after this time (30)", 2 },
    { "json", 'j', NULL, 0, "Print JSON for programs", 2 },
    { 0 },
};
/* clang-format on */

const struct argp settings_argp = { options, take_option, NULL, NULL, NULL, NULL, NULL };
