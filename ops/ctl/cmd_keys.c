/* ops/ctl/cmd_keys.c - sangkien keys: makes and shows CURVE key pairs. */
#include <errno.h>
#include <string.h>
#include <zmq.h>

#include "ops/ctl/ctl.h"

struct keys_ask {
    struct settings settings;
    const char *verb;
    const char *file;
};

static error_t
take(int key, char *argument, struct argp_state *state)
{
    struct keys_ask *ask = state->input;

    switch (key) {
    case ARGP_KEY_ARG:
        if (state->arg_num > 1)
            argp_error(state, "too much: %s", argument);
        *(state->arg_num == 0 ? &ask->verb : &ask->file) = argument;
        return 0;
    case ARGP_KEY_END:
        if (!ask->file || (strcmp(ask->verb, "new") != 0 && strcmp(ask->verb, "show") != 0))
            argp_error(state, "say new FILE or show FILE");
        return 0;
    default:
        return take_common(key, argument, state, &ask->settings, NULL);
    }
}

static int
make(struct key_pair *ret_pair)
{
    if (zmq_curve_keypair(ret_pair->public_key, ret_pair->secret_key) == 0)
        return 0;
    return err_set(ERR_FATAL, "no key pair could be made: %s", zmq_strerror(errno));
}

static int
show(const struct keys_ask *ask, const char *public_key)
{
    if (!ask->settings.as_json) {
        puts(public_key);
        return EXIT_DONE;
    }
    fputs("{\"publicKey\": ", stdout);
    print_json_text(public_key);
    puts("}");
    return EXIT_DONE;
}

int
cmd_keys(int argc, char **argv)
{
    static const struct argp_child children[] = { { &settings_argp }, { 0 } };
    static const struct argp argp = {
        .parser = take,
        .args_doc = "new FILE\nshow FILE",
        .doc =
            "Makes a CURVE key pair, or shows the public key of one.\v"
            "The file is readable by its owner only, and never overwritten. The public key is what "
            "an operator registers with directory.RegisterSystem.\n\n"
            "Examples:\n"
            "  sangkien keys new ~/.config/sangkien/home-affairs.key\n"
            "  sangkien keys show ~/.config/sangkien/home-affairs.key",
        .children = children,
    };
    struct keys_ask ask = { 0 };
    struct key_pair pair = { 0 };
    char public_key[KEY_TEXT_SIZE] = "";

    settings_parse(&argp, argc, argv, &ask);
    if (strcmp(ask.verb, "new") == 0) {
        int rc = make(&pair);
        if (rc == 0)
            rc = keyfile_write(ask.file, pair.public_key, pair.secret_key);
        explicit_bzero(pair.secret_key, sizeof pair.secret_key);
        if (rc < 0)
            return failed(EXIT_USAGE, "");
        return show(&ask, pair.public_key);
    }
    if (public_key_load(ask.file, public_key) < 0)
        return failed(EXIT_USAGE, "");
    return show(&ask, public_key);
}
