/* ops/ctl/cmd_list.c - sangkien list: all pages of a list, as a table, JSON or CSV. */
#include <stdlib.h>
#include <string.h>

#include "ops/ctl/cells.h"
#include "ops/ctl/csv.h"
#include "ops/ctl/pages.h"

struct list_ask {
    struct settings settings;
    const char *name;
    const char *subject;
    bool as_csv;
};

/* Where rows go, and of which fields they are. */
struct out {
    struct arena *arena;
    const ProtobufCMessageDescriptor *row;
    struct libscols_table *table; /* NULL: CSV, to standard output */
};

enum { KEY_CSV = 512 };

static error_t
take(int key, char *argument, struct argp_state *state)
{
    struct list_ask *ask = state->input;

    switch (key) {
    case 's':
        ask->subject = argument;
        return 0;
    case KEY_CSV:
        ask->as_csv = true;
        return 0;
    default:
        return take_common(key, argument, state, &ask->settings, &ask->name);
    }
}

/* The next field behind that one that has a cell; NULL for the first, or when there is none. */
static const ProtobufCFieldDescriptor *
next_field(const ProtobufCMessageDescriptor *row, const ProtobufCFieldDescriptor *field)
{
    const ProtobufCFieldDescriptor *end = row->fields + row->n_fields;

    for (field = field ? field + 1 : row->fields; field < end; field++)
        if (cell_is_for(field))
            return field;
    return NULL;
}

static void
take_row(struct out *out, const ProtobufCMessage *message)
{
    struct libscols_line *line = out->table ? table_row(out->table) : NULL;
    const ProtobufCFieldDescriptor *field = next_field(out->row, NULL), *next;

    for (size_t column = 0; field; column++, field = next) {
        const char *text = cell_of(out->arena, message, field);

        next = next_field(out->row, field);
        if (line)
            table_cell(line, column, text);
        else
            csv_put(stdout, text, field->type == PROTOBUF_C_TYPE_STRING, !next);
    }
}

static void
take_rows(void *context, ProtobufCMessage *const *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        take_row(context, rows[i]);
}

static void
begin(struct out *out, bool as_csv, bool as_json)
{
    const char **names = arena_zero(out->arena, (out->row->n_fields + 1) * sizeof(*names));
    size_t count = 0;

    for (const ProtobufCFieldDescriptor *f = next_field(out->row, NULL); f;
         f = next_field(out->row, f))
        names[count++] = f->name;
    if (!as_csv)
        out->table = table_new("rows", names, as_json);
    for (size_t i = 0; as_csv && i < count; i++)
        csv_put(stdout, names[i], false, i + 1 == count);
}

/* clang-format off */
static const struct argp_option options[] = {
    { "subject", 's',     "ID", 0, "What the list is about, where it is about one thing", 1 },
    { "csv",     KEY_CSV, NULL, 0, "Comma-separated values, RFC 4180, in UTF-8", 1 },
    { 0 },
};
/* clang-format on */

int
cmd_list(int argc, char **argv)
{
    static const struct argp_child children[] = { { &settings_argp }, { 0 } };
    static const struct argp argp = {
        .options = options,
        .parser = take,
        .args_doc = "QUERY",
        .doc = "Prints every row of a list that may be seen.\v"
               "A text that a spreadsheet would take for a formula gets an apostrophe before it in "
               "CSV.\n\n"
               "Examples:\n"
               "  sangkien list submissions.ListEntries --programme kh-2019 --csv >entries.csv\n"
               "  sangkien list submissions.ListResults --programme kh-2019 --subject EDITION",
        .children = children,
    };
    struct arena *arena CLEANUP(arena_free) = arena_new();
    struct client *client CLEANUP(client_close) = NULL;
    struct list_ask ask = { .settings.timeout_ms = 30000, .subject = "" };
    struct listing listing = { 0 };
    struct out out = { .arena = arena };
    int status;

    settings_parse(&argp, argc, argv, &ask);
    if (!ask.name)
        usage("which list? see sangkien types");
    if (!ask.settings.programme)
        usage("which programme? --programme");
    if (listing_of(arena, ask.name, &listing) < 0)
        usage("%s", err_text());
    listing.settings = &ask.settings;
    listing.subject = ask.subject;
    if (client_open(&ask.settings, &client) < 0)
        return failed(EXIT_USAGE, "");
    out.row = listing_rows(&listing)->descriptor;
    begin(&out, ask.as_csv, ask.settings.as_json);
    status = pages_each(client, arena, &listing, take_rows, &out);
    if (!out.table)
        return fflush(stdout) == 0 ? status : failed(EXIT_USAGE, "cannot write");
    if (status == EXIT_DONE)
        table_print(&out.table);
    else
        table_free(&out.table);
    return status;
}
