/* ops/ctl/ctl.h - what the commands of `sangkien` share: exit codes, settings, small helpers.
 *
 * Errors     0 or a negative ERR_*; a command's run() returns one of enum exit_code.
 * Ownership  settings live as long as the process.
 */
#ifndef SANGKIEN_CTL_CTL_H
#define SANGKIEN_CTL_CTL_H

#include <argp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/arena.h"
#include "common/err.h"
#include "common/keyfile.h"

enum exit_code {
    EXIT_DONE = 0,
    EXIT_REFUSED = 1, /* the system said no, finally or for now */
    EXIT_USAGE = 2,   /* the command line, or a file it names */
    EXIT_UNREACHED = 3,
    EXIT_DAMAGED = 4, /* verify found damage */
};

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
};

/* Where an option was not given, the environment counts, then the context file, then the default.
 */
struct settings {
    const char *context;
    const char *gateway;
    const char *server_key; /* as given: Z85, or @file */
    const char *key_file;
    const char *dsn;
    const char *health;
    const char *programme;
    const char *actor;
    int64_t timeout_ms;
    bool as_json;
};

/* A child parser for every command; its input is a struct settings. */
extern const struct argp settings_argp;

/* Parses a command line whose children are closed by settings_argp, and completes the settings.
 * Ends the process with EXIT_USAGE when something is wrong. */
void settings_parse(const struct argp *argp, int argc, char **argv, void *input);

/* What the parser of every command does with what it does not know itself: hands the settings to their
 * parser, and takes the one argument there may be. ret_argument NULL: there may be none. */
error_t take_common(int key, char *argument, struct argp_state *state, struct settings *settings,
                    const char **ret_argument);

/* Ends the process with EXIT_USAGE and the reason. */
void usage(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* Says the recorded reason on standard error and returns the exit code. */
int failed(int exit_code, const char *what);

/* A number from an option, or usage(). */
int64_t number_of(const char *option, const char *text, int64_t least, int64_t most);

/* Reads all of a file ("-": standard input), closed by a NUL that does not count. */
int read_all(struct arena *arena, const char *path, struct bytes *ret_bytes) MUST_CHECK;

/* ------------------------------------------------------------------ key files */

struct key_pair {
    char public_key[KEY_TEXT_SIZE];
    char secret_key[KEY_TEXT_SIZE];
};

/* A file with lines "public = ..." and "secret = ..."; others than the owner must not read it. */
int key_pair_load(const char *path, struct key_pair *ret_pair) MUST_CHECK;

/* The public key of a key file, or of a file that holds just the key. */
int public_key_load(const char *path, char ret_key[KEY_TEXT_SIZE]) MUST_CHECK;

/* A public key from its Z85 text, or from "@file". */
int public_key_of(const char *text, char ret_key[KEY_TEXT_SIZE]) MUST_CHECK;

/* ------------------------------------------------------------------ tables */

struct libscols_table;
struct libscols_line;

/* A table with these columns, closed by NULL, for people, or as JSON under this name. */
struct libscols_table *table_new(const char *name, const char *const *columns, bool as_json);
struct libscols_line *table_row(struct libscols_table *table);
void table_cell(struct libscols_line *line, size_t column, const char *text);
void table_free(struct libscols_table **table_p);
void table_print(struct libscols_table **table_p);

/* A text as JSON, in its quotes. */
void print_json_text(const char *text);

/* ------------------------------------------------------------------ commands */

int cmd_call(int argc, char **argv);
int cmd_events(int argc, char **argv);
int cmd_import(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_keys(int argc, char **argv);
int cmd_parked(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_types(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_who_holds(int argc, char **argv);

#endif
