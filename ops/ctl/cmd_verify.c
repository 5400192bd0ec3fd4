/* ops/ctl/cmd_verify.c - sangkien verify: the journal, its chains, and everything that follows from
 * it. */
#include "ops/ctl/ctl.h"

#ifdef HAVE_VERIFY
#include "common/verify.h"

extern const struct service *const verify_services[];
#endif

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
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &ask->settings;
        return 0;
    case 'c':
        ask->checkpoint = argument;
        return 0;
    case 'w':
        ask->write_checkpoint = argument;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static int
verify(const struct verify_ask *ask)
{
#ifdef HAVE_VERIFY
    const struct verify_options verify_options = {
        .dsn = ask->settings.dsn,
        .programme = ask->settings.programme,
        .services = verify_services,
        .out = stdout,
        .checkpoint = ask->checkpoint,
        .write_checkpoint = ask->write_checkpoint,
    };
    size_t damages = 0;

    int rc = verify_run(&verify_options, &damages);
    if (rc < 0)
        return failed(rc == ERR_RETRY ? EXIT_UNREACHED : EXIT_REFUSED, "verify");
    return damages ? EXIT_DAMAGED : EXIT_DONE;
#else
    (void) ask;
    usage("this program was built without verify");
#endif
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
            "Ends with 4 when something does not agree. Only a checkpoint that was kept elsewhere "
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
