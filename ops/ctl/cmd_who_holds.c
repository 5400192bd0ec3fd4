/* ops/ctl/cmd_who_holds.c - sangkien who-holds: all open work of a programme, and who must act
 * next. */
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "ops/ctl/pages.h"
#include "sangkien/types/v1/types.pb-c.h"

struct holds_ask {
    struct settings settings;
    const char *role;
};

struct rows {
    struct libscols_table *table;
    struct arena *arena;
    const char *role; /* NULL: whoever it is */
};

static const char *const questions[] = {
    "submissions.ListOpenEntries",  "submissions.ListOpenDossiers", "appraisal.ListOpenJudging",
    "appraisal.ListOpenAppraisals", "funding.ListOpenFunding",      NULL,
};

static error_t
take(int key, char *argument, struct argp_state *state)
{
    struct holds_ask *ask = state->input;

    switch (key) {
    case 'r':
        ask->role = argument;
        return 0;
    default:
        return take_common(key, argument, state, &ask->settings, NULL);
    }
}

static const char *
when(struct arena *arena, int64_t time_us)
{
    return time_us ? time_text(arena, time_us) : "";
}

static void
add_rows(void *context, ProtobufCMessage *const *answers, size_t count)
{
    const struct rows *rows = context;

    for (size_t n = 0; n < count; n++) {
        const Types__OpenWork *work = (const void *) answers[n];

        if (rows->role && strcmp(rows->role, work->waiting_for) != 0)
            continue;
        struct libscols_line *line = table_row(rows->table);
        table_cell(line, 0, work->kind);
        table_cell(line, 1, work->entry_code);
        table_cell(line, 2, work->title);
        table_cell(line, 3, work->state);
        table_cell(line, 4, work->waiting_for);
        table_cell(line, 5, when(rows->arena, work->since_us));
        table_cell(line, 6, when(rows->arena, work->until_us));
        table_cell(line, 7, work->subject);
    }
}

static int
gather(struct client *client, const struct holds_ask *ask, struct rows *rows)
{
    int status = EXIT_DONE;

    for (const char *const *name = questions; *name && status == EXIT_DONE; name++) {
        struct listing listing = { .settings = &ask->settings, .subject = "" };

        if (listing_of(rows->arena, *name, &listing) < 0)
            return failed(EXIT_USAGE, "");
        status = pages_each(client, rows->arena, &listing, add_rows, rows);
    }
    return status;
}

/* clang-format off */

static const struct argp_option options[] = {
    { "role", 'r', "ROLE", 0, "Only what waits for this role, for example FINANCE", 1 },
    { 0 },
};
/* clang-format on */

int
cmd_who_holds(int argc, char **argv)
{
    static const char *const columns[] = { "KIND",  "CODE",  "TITLE",   "STATE", "WAITING_FOR",
                                           "SINCE", "UNTIL", "SUBJECT", NULL };
    static const struct argp_child children[] = { { &settings_argp }, { 0 } };
    static const struct argp argp = {
        .options = options,
        .parser = take,
        .doc = "Shows the open entries, rounds, dossiers, appraisals and funding cases, and who "
               "must act next.\v"
               "Examples:\n"
               "  sangkien who-holds --programme kh-2019\n"
               "  sangkien who-holds --programme kh-2019 --role FINANCE --json",
        .children = children,
    };
    struct arena *arena CLEANUP(arena_free) = arena_new();
    struct client *client CLEANUP(client_close) = NULL;
    struct holds_ask ask = { .settings.timeout_ms = 30000 };

    settings_parse(&argp, argc, argv, &ask);
    if (!ask.settings.programme)
        usage("which programme? --programme");
    if (client_open(&ask.settings, &client) < 0)
        return failed(EXIT_USAGE, "");
    struct rows rows = { table_new("openwork", columns, ask.settings.as_json), arena, ask.role };
    int status = gather(client, &ask, &rows);
    if (status == EXIT_DONE)
        table_print(&rows.table);
    else
        table_free(&rows.table);
    return status;
}
