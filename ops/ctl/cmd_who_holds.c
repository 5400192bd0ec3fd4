/* ops/ctl/cmd_who_holds.c - sangkien who-holds: all open work of a programme, and who must act
 * next. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/proto.h"
#include "ops/ctl/request.h"
#include "sangkien/appraisal/v1/queries.pb-c.h"
#include "sangkien/funding/v1/queries.pb-c.h"
#include "sangkien/submissions/v1/queries.pb-c.h"

#define MOST_PAGES 10000

struct holds_ask {
    struct settings settings;
    const char *role;
};

/* The three questions look alike: a page token goes in, open work and the next token come out. */
struct question {
    const ProtobufCMessageDescriptor *ask;
    const ProtobufCMessageDescriptor *response;
};

/* clang-format off */
static const struct question questions[] = {
    { &submissions__list_open_dossiers__descriptor, &submissions__list_open_dossiers_response__descriptor },
    { &appraisal__list_open_appraisals__descriptor, &appraisal__list_open_appraisals_response__descriptor },
    { &funding__list_open_funding__descriptor,      &funding__list_open_funding_response__descriptor },
    { 0 },
};
/* clang-format on */

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

static void
add_rows(struct libscols_table *table, struct arena *arena, const struct holds_ask *ask,
         void *answer)
{
    const ProtobufCFieldDescriptor *field = NULL;
    Types__OpenWork ***place = proto_field(answer, "open_work", &field), **work;
    size_t count;

    assert(answer && place && field);
    work = *place;
    count = *(const size_t *) ((const char *) answer + field->quantifier_offset);
    for (size_t n = 0; n < count; n++) {
        if (ask->role && strcmp(ask->role, work[n]->waiting_for) != 0)
            continue;
        struct libscols_line *line = table_row(table);
        table_cell(line, 0, work[n]->kind);
        table_cell(line, 1, work[n]->entry_code);
        table_cell(line, 2, work[n]->title);
        table_cell(line, 3, work[n]->state);
        table_cell(line, 4, work[n]->waiting_for);
        table_cell(line, 5, work[n]->since_us ? time_text(arena, work[n]->since_us) : "");
        table_cell(line, 6, work[n]->subject);
    }
}

/* Asks for one page; *token becomes that of the next one, or "". */
static int
ask_page(struct client *client, struct arena *arena, const struct holds_ask *ask,
         const struct question *question, const char **token, void **ret_answer)
{
    struct request_more more = { 0 };
    const ProtobufCFieldDescriptor *field;
    struct uuid id = uuid_new(clock_now_us());
    void *body = proto_new(arena, question->ask);
    struct bytes request;
    struct call call;

    *(const char **) proto_field(body, "page_token", &field) = *token;
    struct intent intent = {
        .id = uuid_text(arena, &id),
        .type = question->ask->name,
        .programme = ask->settings.programme,
        .subject = "",
        .actor = ask->settings.actor ? ask->settings.actor : "",
        .capacity = "",
        .expires = "",
        .body = proto_pack(arena, body),
    };
    if (request_pack(arena, &intent, &more, &request) < 0)
        return failed(EXIT_USAGE, "");
    request_call(&call, arena, intent.id, request, ask->settings.timeout_ms);
    int status = call_ask(client, &call);
    if (status != EXIT_DONE)
        return status;
    if (proto_unpack(arena, question->response, call.reply->body.data, call.reply->body.len,
                     ret_answer) < 0)
        return failed(EXIT_REFUSED, "the answer cannot be read");
    *token = *(const char **) proto_field(*ret_answer, "next_page_token", &field);
    return EXIT_DONE;
}

static int
gather(struct client *client, struct arena *arena, const struct holds_ask *ask,
       struct libscols_table *table)
{
    for (const struct question *q = questions; q->ask; q++) {
        const char *token = "";
        int pages = 0;
        do {
            void *answer = NULL;
            int status = ask_page(client, arena, ask, q, &token, &answer);
            if (status != EXIT_DONE)
                return status;
            add_rows(table, arena, ask, answer);
        } while (token[0] && ++pages < MOST_PAGES);
    }
    return EXIT_DONE;
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
    static const char *const columns[] = { "KIND",        "CODE",  "TITLE",   "STATE",
                                           "WAITING_FOR", "SINCE", "SUBJECT", NULL };
    static const struct argp_child children[] = { { &settings_argp }, { 0 } };
    static const struct argp argp = {
        .options = options,
        .parser = take,
        .doc = "Shows the open dossiers, appraisals and funding cases, and who must act next.\v"
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
    struct libscols_table *table = table_new("openwork", columns, ask.settings.as_json);
    int status = gather(client, arena, &ask, table);
    if (status == EXIT_DONE)
        table_print(&table);
    else
        table_free(&table);
    return status;
}
