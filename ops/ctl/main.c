/* ops/ctl/main.c - `sangkien`: the operator's and the integrator's tool. */
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "ops/ctl/ctl.h"

/* clang-format off */
static const struct command commands[] = {
    { "call",      cmd_call,      "Send one message as JSON and print the reply as JSON" },
    { "events",    cmd_events,    "Print a programme's events, and follow them" },
    { "import",    cmd_import,    "Send many messages from a CSV or JSON lines file" },
    { "keys",      cmd_keys,      "Make a CURVE key pair, or show its public key" },
    { "list",      cmd_list,      "Print every row of a list, also as CSV" },
    { "parked",    cmd_parked,    "Show what a consumer could not take, and decide on it" },
    { "status",    cmd_status,    "Show whether the services are ready" },
    { "types",     cmd_types,     "List the message types and their fields" },
    { "verify",    cmd_verify,    "Check the journal and everything that follows from it" },
    { "who-holds", cmd_who_holds, "Show all open work and who must act next" },
    { 0 },
};
/* clang-format on */

static void
print_help(FILE *out)
{
    fputs("Usage: sangkien COMMAND [OPTION...]\n\n", out);
    for (const struct command *c = commands; c->name; c++)
        fprintf(out, "  %-10s %s\n", c->name, c->summary);
    fputs("\nsangkien COMMAND --help tells the options, with examples.\n"
          "Exit status: 0 done, 1 refused by the system, 2 usage, 3 cannot be reached, 4 damage "
          "found.\n",
          out);
}

/* Names the command in its own messages: "sangkien call: ...". */
static int
run(const struct command *command, int argc, char **argv)
{
    char name[64];

    snprintf(name, sizeof name, "sangkien %s", command->name);
    argv[1] = name;
    return command->run(argc - 1, argv + 1);
}

int
main(int argc, char **argv)
{
    setlocale(LC_ALL,
              "C.UTF-8"); /* widths of what we print do not depend on the caller's settings */
    argp_err_exit_status = EXIT_USAGE;

    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        print_help(stdout);
        return EXIT_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("sangkien " SANGKIEN_VERSION);
        return EXIT_DONE;
    }
    for (const struct command *c = commands; c->name; c++) {
        if (strcmp(c->name, argv[1]) == 0) {
            int status = run(c, argc, argv);
            if (fflush(stdout) != 0 && status == EXIT_DONE) {
                perror("sangkien: standard output");
                return EXIT_USAGE;
            }
            return status;
        }
    }
    usage("there is no command %s; see: sangkien --help", argv[1]);
}
