/* ops/ctl/cmd_call.c - sangkien call: one message as JSON, and its reply as JSON. */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/proto.h"
#include "common/proto_value.h"
#include "ops/ctl/request.h"

struct call_ask {
    struct settings settings;
    struct intent intent;
    struct request_more more;
    const char *data;
    const char *file;
    const char *journal;
};

enum {
    KEY_CAPACITY = 512,
    KEY_ID,
    KEY_VERSION,
    KEY_VALIDATE,
    KEY_EXPIRES,
    KEY_POSITION,
    KEY_JOURNAL
};

static error_t
take_argument(struct call_ask *ask, char *argument, struct argp_state *state)
{
    if (state->arg_num == 0)
        ask->intent.type = argument;
    else if (state->arg_num == 1 && strcmp(argument, "-") == 0)
        ask->file = argument;
    else
        argp_error(state, "too much: %s", argument);
    return 0;
}

static error_t
take(int key, char *argument, struct argp_state *state)
{
    struct call_ask *ask = state->input;

    switch (key) {
    case ARGP_KEY_ARG:
        return take_argument(ask, argument, state);
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "which type?");
        return EINVAL;
    case 's':
        ask->intent.subject = argument;
        return 0;
    case 'd':
        ask->data = argument;
        return 0;
    case 'f':
        ask->file = argument;
        return 0;
    case KEY_CAPACITY:
        ask->intent.capacity = argument;
        return 0;
    case KEY_ID:
        ask->intent.id = argument;
        return 0;
    case KEY_VERSION:
        ask->intent.expected_version = number_of("--expected-version", argument, 0, INT64_MAX);
        return 0;
    case KEY_VALIDATE:
        ask->more.validate_only = true;
        return 0;
    case KEY_EXPIRES:
        ask->intent.expires = argument;
        return 0;
    case KEY_POSITION:
        ask->more.min_position = number_of("--min-position", argument, 0, INT64_MAX);
        return 0;
    case KEY_JOURNAL:
        ask->journal = argument;
        return 0;
    default:
        return take_common(key, argument, state, &ask->settings, NULL);
    }
}

/* ------------------------------------------------------------------ the intent, kept */

/* Takes id and time over from what was kept, so that the same command line makes the same bytes. */
static int
recall(struct arena *arena, struct call_ask *ask, struct bytes *ret_kept)
{
    const Wire__Request *kept;
    struct bytes bytes;

    if (access(ask->journal, F_OK) != 0)
        return 0;
    if (read_all(arena, ask->journal, &bytes) < 0)
        return ERR_FATAL;
    int rc = proto_unpack(arena, &wire__request__descriptor, bytes.data, bytes.size, &kept);
    if (rc < 0 || !kept->id[0])
        return err_set(ERR_FATAL, "%s holds no request", ask->journal);
    ask->intent.id = kept->id;
    ask->more.time_us = proto_time_us(kept->time);
    *ret_kept = bytes;
    return 0;
}

static int
sync_directory(const char *path)
{
    char *copy = strdup(path);
    int fd = copy ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int rc = fd >= 0 && fsync(fd) == 0 ? 0 : -1;

    if (fd >= 0)
        close(fd);
    free(copy);
    return rc;
}

/* The file appears whole or not at all: a half-kept intent would be another request. */
static int
keep(struct arena *arena, const char *path, struct bytes request)
{
    const char *draft = arena_format(arena, "%s.new", path);
    int fd = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0)
        return err_set(ERR_FATAL, "%s: %s", draft, strerror(errno));
    bool is_kept =
        write(fd, request.data, request.size) == (ssize_t) request.size && fsync(fd) == 0;
    if (close(fd) != 0 || !is_kept || rename(draft, path) != 0 || sync_directory(path) != 0)
        return err_set(ERR_FATAL, "%s: %s", path, strerror(errno));
    return 0;
}

/* ------------------------------------------------------------------ the call */

static int
read_body(struct arena *arena, struct call_ask *ask)
{
    const char *source = ask->file ? ask->file : "--data";
    struct bytes json = { (const uint8_t *) "{}", 2 };

    if (ask->file && ask->data)
        usage("either --data or --file");
    if (ask->data)
        json = (struct bytes){ (const uint8_t *) ask->data, strlen(ask->data) };
    if (ask->file && read_all(arena, ask->file, &json) < 0)
        return ERR_FATAL;
    int rc = json_to_bytes(arena, ask->intent.type, (const char *) json.data, json.size,
                           &ask->intent.body);
    return rc < 0 ? err_add(rc, "%s", source) : 0;
}

static int
prepare(struct arena *arena, struct call_ask *ask, struct bytes *ret_request)
{
    struct intent *intent = &ask->intent;
    struct bytes kept = { 0 };

    intent->programme = ask->settings.programme ? ask->settings.programme : "";
    intent->actor = ask->settings.actor ? ask->settings.actor : "";
    if (request_type(arena, intent->type, &intent->type) < 0 || read_body(arena, ask) < 0)
        return ERR_POISON;
    ask->more.time_us = clock_now_us();
    if (ask->journal && recall(arena, ask, &kept) < 0)
        return ERR_FATAL;
    if (!intent->id[0]) {
        struct uuid id = uuid_new(ask->more.time_us);
        intent->id = uuid_text(arena, &id);
    }
    int rc = request_pack(arena, intent, &ask->more, ret_request);
    if (rc < 0 || !ask->journal)
        return rc;
    if (!kept.data)
        return keep(arena, ask->journal, *ret_request);
    if (kept.size != ret_request->size || memcmp(kept.data, ret_request->data, kept.size) != 0)
        return err_set(ERR_FATAL, "%s holds another call; a new call needs a new file",
                       ask->journal);
    return 0;
}

/* The type of a reply's body is said in the reply. */
static int
print_reply(const struct call_ask *ask, const struct call *call)
{
    const char *json;

    if (!call->reply)
        return 0;
    if (json_of_reply(call->arena, call->reply_bytes, call->reply->type, !ask->settings.as_json,
                      &json) < 0)
        return failed(EXIT_USAGE, "the reply cannot be shown");
    fputs(json, stdout);
    if (json[0] && json[strlen(json) - 1] != '\n')
        putchar('\n');
    return 0;
}

static int
send_and_print(struct arena *arena, struct call_ask *ask, struct bytes request)
{
    struct client *client CLEANUP(client_close) = NULL;
    struct call call;

    if (client_open(&ask->settings, &client) < 0)
        return failed(EXIT_USAGE, "");
    request_call(&call, arena, ask->intent.id, request, ask->settings.timeout_ms);
    int status = call_ask(client, &call);
    int failure = print_reply(ask, &call);
    return failure ? failure : status;
}

/* clang-format off */
static const struct argp_option options[] = {
    { "subject", 's', "UUID", 0, "The aggregate it is about", 1 },
    { "data", 'd', "JSON", 0, "The body; without one it is empty", 1 },
    { "file", 'f', "FILE", 0, "Read the body from a file (-: standard input)", 1 },
    { "capacity", KEY_CAPACITY, "NAME", 0, "Capacity of the actor: HEAD, FOR_HEAD, BY_ORDER ...", 1 },
    { "id", KEY_ID, "UUID", 0, "Id of the request; a new one without this", 1 },
    { "expected-version", KEY_VERSION, "N", 0, "Refuse unless the aggregate has this version", 1 },
    { "validate-only", KEY_VALIDATE, NULL, 0, "Judge it, change nothing", 1 },
    { "expires", KEY_EXPIRES, "TIME", 0, "Not to be carried out from this time on (RFC 3339)", 1 },
    { "min-position", KEY_POSITION, "N", 0, "Queries: answer from at least this position", 1 },
    { "journal", KEY_JOURNAL, "FILE", 0, "Keep the request here before it is sent", 1 },
    { 0 },
};
/* clang-format on */

int
cmd_call(int argc, char **argv)
{
    static const struct argp_child children[] = { { &settings_argp }, { 0 } };
    static const struct argp argp = {
        .options = options,
        .parser = take,
        .args_doc = "TYPE [-]",
        .doc =
            "Sends one message and prints the reply. TYPE is a full name or a short one such as "
            "submissions.CreateEntry.\v"
            "While nobody answers, or the answer is UNAVAILABLE or RESOURCE_EXHAUSTED, the same "
            "bytes are sent again until the timeout. With --journal the same command line, run "
            "again after a crash, sends the same request and gets the same reply; delete the file "
            "to say something anew.\n\n"
            "Examples:\n"
            "  sangkien call submissions.GetEntry --programme kh-2019 --subject UUID\n"
            "  sangkien call submissions.RegisterEntry --programme kh-2019 --subject UUID \\\n"
            "      --actor UUID --data '{\"entryCode\": \"KH-07\"}'\n"
            "  sangkien call submissions.CreateEntry --journal entry-7.request - < entry-7.json",
        .children = children,
    };
    struct arena *arena CLEANUP(arena_free) = arena_new();
    struct call_ask ask = {
        .settings.timeout_ms = 30000,
        .intent = { "", "", "", "", "", "", "", 0, { 0 } },
    };
    struct bytes request;

    settings_parse(&argp, argc, argv, &ask);
    if (prepare(arena, &ask, &request) < 0)
        return failed(EXIT_USAGE, "");
    return send_and_print(arena, &ask, request);
}
