/* ops/ctl/cmd_status.c - sangkien status: are the services ready, and how far are the journals? */
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/db.h"
#include "ops/ctl/ctl.h"

#define MOST_PAGE ((size_t) 4 * 1024 * 1024)

struct status_ask {
    struct settings settings;
    const char *metrics;
};

struct page {
    struct arena *arena;
    char *text;
    size_t size;
    long status; /* of HTTP; 0: not reached */
};

static error_t
take(int key, char *argument, struct argp_state *state)
{
    struct status_ask *ask = state->input;

    switch (key) {
    case 'm':
        ask->metrics = argument ? argument : "";
        return 0;
    default:
        return take_common(key, argument, state, &ask->settings, NULL);
    }
}

static size_t
receive(char *data, size_t one, size_t size, void *context)
{
    struct page *page = context;

    (void) one; /* is 1, by curl's promise */
    if (page->size + size > MOST_PAGE)
        return 0;
    char *text = realloc(page->text, page->size + size + 1);
    if (!text)
        return 0;
    memcpy(text + page->size, data, size);
    page->text = text;
    page->size += size;
    text[page->size] = '\0';
    return size;
}

static struct page
fetch(struct arena *arena, const char *address, const char *path)
{
    struct page page = { .arena = arena };
    CURL *curl = curl_easy_init();

    if (!curl)
        abort();
    curl_easy_setopt(curl, CURLOPT_URL, arena_format(arena, "http://%s%s", address, path));
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 3L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &page);
    if (curl_easy_perform(curl) == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &page.status);
    curl_easy_cleanup(curl);
    char *text = arena_text(arena, page.text ? page.text : "");
    free(page.text);
    page.text = text;
    return page;
}

/* "funding is not ready", then lines "failed: database". */
static const char *
missing_in(struct arena *arena, char *text)
{
    const char *missing = "";
    char *line;

    strsep(&text, "\n");
    while ((line = strsep(&text, "\n"))) {
        const char *name = strncmp(line, "failed: ", 8) == 0 ? line + 8 : line;
        if (name[0])
            missing = arena_format(arena, "%s%s%s", missing, missing[0] ? ", " : "", name);
    }
    return missing;
}

static int
show_one(struct arena *arena, struct libscols_table *table, const char *address)
{
    struct page page = fetch(arena, address, "/readyz");
    struct libscols_line *line = table_row(table);
    size_t name = strcspn(page.text, " \n");

    table_cell(line, 0, address);
    if (page.status == 0) {
        table_cell(line, 2, "unreached");
        return EXIT_UNREACHED;
    }
    table_cell(line, 1, arena_format(arena, "%.*s", (int) name, page.text));
    table_cell(line, 2, page.status == 200 ? "ready" : "not ready");
    table_cell(line, 3, missing_in(arena, page.text));
    return page.status == 200 ? EXIT_DONE : EXIT_REFUSED;
}

/* Lines of Prometheus' text: "name{label} value"; comments and histogram buckets are passed over.
 */
static void
show_metrics(struct arena *arena, struct libscols_table *table, const char *address,
             const char *part)
{
    struct page page = fetch(arena, address, "/metrics");
    char *rest = page.text;
    char *metric;

    while ((metric = strsep(&rest, "\n"))) {
        char *value = strrchr(metric, ' ');
        if (metric[0] == '#' || !value || strstr(metric, "_bucket{") || !strstr(metric, part))
            continue;
        *value++ = '\0';
        struct libscols_line *line = table_row(table);
        table_cell(line, 0, address);
        table_cell(line, 1, metric);
        table_cell(line, 2, value);
    }
}

static int
show_heads(struct arena *arena, const struct status_ask *ask)
{
    static const struct statement heads = {
        "ctl_heads", "SELECT programme, position, inbox_count FROM runtime.journal_head ORDER BY 1"
    };
    static const char *const columns[] = { "PROGRAMME", "POSITION", "REQUESTS", NULL };
    struct db *db CLEANUP(db_close) = NULL;

    if (db_open(ask->settings.dsn, "sangkien-ctl", &db) < 0)
        return failed(EXIT_UNREACHED, "the database");
    if (db_prepare(db, &heads) < 0)
        return failed(EXIT_REFUSED, "the database");
    db_call(db, &heads);
    if (db_run(db) < 0)
        return failed(EXIT_REFUSED, "the database");

    const struct db_result *rows = db_result(db, 0);
    struct libscols_table *table = table_new("journals", columns, ask->settings.as_json);
    for (size_t n = 0; n < db_rows(rows); n++) {
        struct libscols_line *line = table_row(table);
        table_cell(line, 0, db_get_text(rows, n, 0));
        table_cell(line, 1, arena_format(arena, "%lld", (long long) db_get_int(rows, n, 1)));
        table_cell(line, 2, arena_format(arena, "%lld", (long long) db_get_int(rows, n, 2)));
    }
    table_print(&table);
    return EXIT_DONE;
}

static int
show(struct arena *arena, const struct status_ask *ask)
{
    static const char *const columns[] = { "ADDRESS", "SERVICE", "STATE", "MISSING", NULL };
    static const char *const metric_columns[] = { "ADDRESS", "METRIC", "VALUE", NULL };
    struct libscols_table *services = table_new("services", columns, ask->settings.as_json);
    struct libscols_table *metrics = table_new("metrics", metric_columns, ask->settings.as_json);
    char *rest = arena_text(arena, ask->settings.health);
    char *address;
    int worst = EXIT_DONE;

    while ((address = strsep(&rest, ","))) {
        if (!address[0])
            continue;
        int status = show_one(arena, services, address);
        if (status > worst)
            worst = status;
        if (ask->metrics && status != EXIT_UNREACHED)
            show_metrics(arena, metrics, address, ask->metrics);
    }
    table_print(&services);
    if (ask->metrics) {
        fputs(ask->settings.as_json ? "" : "\n", stdout);
        table_print(&metrics);
    } else {
        table_free(&metrics);
    }
    if (ask->settings.dsn) {
        fputs(ask->settings.as_json ? "" : "\n", stdout);
        int status = show_heads(arena, ask);
        worst = status > worst ? status : worst;
    }
    return worst;
}

/* clang-format off */
static const struct argp_option options[] = {
    { "metrics", 'm', "PART", OPTION_ARG_OPTIONAL, "Show the metrics too, or those with this in their name", 1 },
    { 0 },
};
/* clang-format on */

int
cmd_status(int argc, char **argv)
{
    static const struct argp_child children[] = { { &settings_argp }, { 0 } };
    static const struct argp argp = {
        .options = options,
        .parser = take,
        .doc =
            "Shows whether the services are ready; with --dsn also how far the journals are.\v"
            "Ends with 0 when all are ready, 1 when one is not, 3 when one cannot be reached.\n\n"
            "Examples:\n"
            "  sangkien status\n"
            "  sangkien status --metrics=requests --health 127.0.0.1:9101,127.0.0.1:9102\n"
            "  sangkien status --dsn 'host=/run/postgresql user=sangkien_auditor dbname=sangkien'",
        .children = children,
    };
    struct arena *arena CLEANUP(arena_free) = arena_new();
    struct status_ask ask = { 0 };

    settings_parse(&argp, argc, argv, &ask);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    int status = show(arena, &ask);
    curl_global_cleanup();
    return status;
}
