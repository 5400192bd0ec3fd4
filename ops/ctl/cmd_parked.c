/* ops/ctl/cmd_parked.c - sangkien parked: what a consumer could not take, and what shall become of
 * it. */
#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "common/db.h"
#include "ops/ctl/ctl.h"
#include "ops/ctl/json.h"

struct parked_ask {
    struct settings settings;
    const char *verb;
    const char *consumer;
    int64_t position; /* 0: all of the subject or programme */
    const char *subject;
    const char *reason;
};

static const struct statement list_statement = {
    "ctl_parked_list",
    "SELECT p.consumer, p.programme, p.position, p.subject, j.type, p.reason, p.parked_at, "
    "p.verdict,"
    " p.verdict_reason FROM runtime.parked p LEFT JOIN runtime.journal j USING (programme, "
    "position)"
    " WHERE ($1::text = '' OR p.programme = $1::text) AND ($2::text = '' OR p.consumer = $2::text)"
    " AND ($3::int8 = 0 OR p.position = $3::int8) AND ($4::uuid IS NULL OR p.subject = $4)"
    " ORDER BY p.programme, p.consumer, p.position"
};

static const struct statement show_statement = {
    "ctl_parked_show",
    "SELECT type, body FROM runtime.journal WHERE programme = $1::text AND position = $2::int8"
};

/* A verdict without a reason would leave nobody to ask. */
static const struct statement verdict_statement = {
    "ctl_parked_verdict",
    "UPDATE runtime.parked SET verdict = $5::text, verdict_reason = $6::text"
    " WHERE programme = $1::text AND ($2::text = '' OR consumer = $2::text)"
    " AND ($3::int8 = 0 OR position = $3::int8) AND ($4::uuid IS NULL OR subject = $4)"
};

/* Asked before, so that who may not is told what is missing. */
static const struct statement role_statement = {
    "ctl_parked_role",
    "SELECT has_any_column_privilege('runtime.parked', 'UPDATE'), current_user::text"
};

static error_t
take(int key, char *argument, struct argp_state *state)
{
    struct parked_ask *ask = state->input;

    switch (key) {
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "say list, show, retry or discard");
        return EINVAL;
    case 'c':
        ask->consumer = argument;
        return 0;
    case 'p':
        ask->position = number_of("--position", argument, 1, INT64_MAX);
        return 0;
    case 's':
        ask->subject = argument;
        return 0;
    case 'r':
        ask->reason = argument;
        return 0;
    default:
        return take_common(key, argument, state, &ask->settings, &ask->verb);
    }
}

static void
ask_for(struct db *db, const struct statement *statement, const struct parked_ask *ask)
{
    struct uuid subject = uuid_of(ask->subject);

    db_call(db, statement);
    db_text(db, ask->settings.programme ? ask->settings.programme : "");
    db_text(db, ask->consumer);
    db_int8(db, ask->position);
    db_uuid(db, &subject);
}

static int
list(struct db *db, struct arena *arena, const struct parked_ask *ask)
{
    static const char *const columns[] = { "CONSUMER", "PROGRAMME", "POSITION", "SUBJECT", "TYPE",
                                           "REASON",   "PARKED",    "VERDICT",  "BECAUSE", NULL };

    ask_for(db, &list_statement, ask);
    if (db_run(db) < 0)
        return failed(EXIT_REFUSED, "the database");
    const struct db_result *rows = db_result(db, 0);
    if (db_rows(rows) == 0)
        fputs("sangkien: nothing is parked\n", stderr);
    struct libscols_table *table = table_new("parked", columns, ask->settings.as_json);
    for (size_t n = 0; n < db_rows(rows); n++) {
        struct libscols_line *line = table_row(table);
        struct uuid subject = db_get_uuid(rows, n, 3);
        table_cell(line, 0, db_get_text(rows, n, 0));
        table_cell(line, 1, db_get_text(rows, n, 1));
        table_cell(line, 2, arena_format(arena, "%lld", (long long) db_get_int(rows, n, 2)));
        table_cell(line, 3, uuid_text(arena, &subject));
        table_cell(line, 4, db_get_text(rows, n, 4));
        table_cell(line, 5, db_get_text(rows, n, 5));
        table_cell(line, 6, time_text(arena, db_get_time(rows, n, 6)));
        table_cell(line, 7, db_get_text(rows, n, 7));
        table_cell(line, 8, db_get_text(rows, n, 8));
    }
    table_print(&table);
    return EXIT_DONE;
}

static int
show(struct db *db, struct arena *arena, const struct parked_ask *ask)
{
    const char *json;

    db_call(db, &show_statement);
    db_text(db, ask->settings.programme);
    db_int8(db, ask->position);
    if (db_run(db) < 0)
        return failed(EXIT_REFUSED, "the database");
    const struct db_result *rows = db_result(db, 0);
    if (db_rows(rows) == 0) {
        fprintf(stderr, "sangkien: %s has no event at that position\n", ask->settings.programme);
        return EXIT_REFUSED;
    }
    if (json_of_bytes(arena, db_get_text(rows, 0, 0), db_get_bytes(rows, 0, 1),
                      !ask->settings.as_json, &json) < 0)
        return failed(EXIT_REFUSED, db_get_text(rows, 0, 0));
    if (!ask->settings.as_json)
        printf("%s\n", db_get_text(rows, 0, 0));
    puts(json);
    return EXIT_DONE;
}

static int
check_role(struct db *db)
{
    db_call(db, &role_statement);
    if (db_run(db) < 0)
        return failed(EXIT_REFUSED, "the database");
    const struct db_result *rows = db_result(db, 0);
    if (db_get_int(rows, 0, 0))
        return EXIT_DONE;
    fprintf(stderr,
            "sangkien: only the role sangkien_administrator may judge what is parked; "
            "--dsn speaks as %s\n",
            db_get_text(rows, 0, 1));
    return EXIT_REFUSED;
}

static int
judge(struct db *db, const struct parked_ask *ask, const char *verdict)
{
    int status = check_role(db);

    if (status != EXIT_DONE)
        return status;
    db_begin(db);
    ask_for(db, &verdict_statement, ask);
    db_text(db, verdict);
    db_text(db, ask->reason);
    db_commit(db);
    if (db_run(db) < 0)
        return failed(EXIT_REFUSED, "the database");
    size_t count = db_changed(db_result(db, 1));
    if (ask->settings.as_json)
        printf("{\"verdict\": \"%s\", \"count\": %zu}\n", verdict, count);
    else
        printf("%s for %zu; the consumer acts on it at its next look\n", verdict, count);
    return count ? EXIT_DONE : EXIT_REFUSED;
}

static int
act(struct db *db, struct arena *arena, const struct parked_ask *ask)
{
    if (strcmp(ask->verb, "list") == 0)
        return list(db, arena, ask);
    if (strcmp(ask->verb, "show") == 0)
        return show(db, arena, ask);
    return judge(db, ask, strcmp(ask->verb, "retry") == 0 ? "RETRY" : "DISCARD");
}

static void
check(const struct parked_ask *ask)
{
    bool is_list = strcmp(ask->verb, "list") == 0;
    bool is_show = strcmp(ask->verb, "show") == 0;
    struct uuid subject;

    if (!is_list && !is_show && strcmp(ask->verb, "retry") != 0 &&
        strcmp(ask->verb, "discard") != 0)
        usage("say list, show, retry or discard, not %s", ask->verb);
    if (!is_list && !ask->settings.programme)
        usage("which programme? --programme");
    if (is_show && !ask->position)
        usage("which event? --position");
    if (!is_list && !is_show && !ask->reason[0])
        usage("why? --reason");
    if (!is_list && !is_show && !ask->position && !ask->subject[0])
        usage("which ones? --position or --subject");
    if (ask->subject[0] && !uuid_parse(ask->subject, &subject))
        usage("--subject: %s is no UUID", ask->subject);
    if (!ask->settings.dsn)
        usage("which database? --dsn");
}

/* clang-format off */
static const struct argp_option options[] = {
    { "consumer", 'c', "NAME", 0, "Only of this service", 1 },
    { "position", 'p', "N", 0, "Only the event at this position", 1 },
    { "subject", 's', "UUID", 0, "Only the events of this subject", 1 },
    { "reason", 'r', "TEXT", 0, "Why you decide so; it is kept", 1 },
    { 0 },
};
/* clang-format on */

int
cmd_parked(int argc, char **argv)
{
    static const struct argp_child children[] = { { &settings_argp }, { 0 } };
    static const struct argp argp = {
        .options = options,
        .parser = take,
        .args_doc = "list\nshow\nretry\ndiscard",
        .doc =
            "Shows events that a consumer could not take, and says what shall become of them.\v"
            "A verdict needs the database role sangkien_administrator; sangkien_auditor may "
            "look.\n\n"
            "Examples:\n"
            "  sangkien parked list\n"
            "  sangkien parked show --programme kh-2019 --position 41\n"
            "  sangkien parked retry --programme kh-2019 --position 41 --reason 'mended in 0.1.1'",
        .children = children,
    };
    struct arena *arena CLEANUP(arena_free) = arena_new();
    struct db *db CLEANUP(db_close) = NULL;
    struct parked_ask ask = { .consumer = "", .subject = "", .reason = "" };

    settings_parse(&argp, argc, argv, &ask);
    check(&ask);
    if (db_open(ask.settings.dsn, "sangkien-ctl", &db) < 0)
        return failed(EXIT_UNREACHED, "the database");
    if (db_prepare(db, &list_statement) < 0 || db_prepare(db, &show_statement) < 0 ||
        db_prepare(db, &verdict_statement) < 0 || db_prepare(db, &role_statement) < 0)
        return failed(EXIT_REFUSED, "the database");
    return act(db, arena, &ask);
}
