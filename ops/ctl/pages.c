/* ops/ctl/pages.c - page by page, until there is no token for a next one. */
#include "ops/ctl/pages.h"

#include <assert.h>
#include <string.h>

#include "common/clock.h"
#include "common/proto.h"
#include "ops/ctl/request.h"

#define MOST_PAGES 100000

static const ProtobufCMessageDescriptor *
message_of(const char *type)
{
    const struct word *word = proto_word(type);

    return word ? word->message : NULL;
}

int
listing_of(struct arena *arena, const char *name, struct listing *ret_listing)
{
    const char *type;
    int rc = request_type(arena, name, &type);

    if (rc)
        return rc;
    ret_listing->ask = message_of(type);
    ret_listing->response = message_of(arena_format(arena, "%sResponse", type));
    if (!ret_listing->ask || !ret_listing->response || !listing_rows(ret_listing))
        return err_set(ERR_NOT_FOUND, "%s is no query for a list", name);
    return 0;
}

const ProtobufCFieldDescriptor *
listing_rows(const struct listing *listing)
{
    const ProtobufCMessageDescriptor *d = listing->response;

    for (const ProtobufCFieldDescriptor *f = d->fields; f < d->fields + d->n_fields; f++)
        if (f->label == PROTOBUF_C_LABEL_REPEATED && f->type == PROTOBUF_C_TYPE_MESSAGE)
            return f;
    return NULL;
}

/* *token becomes that of the next page, or "". */
static int
ask_page(struct client *client, struct arena *arena, const struct listing *listing,
         const char **token, void **ret_answer)
{
    struct request_more more = { 0 };
    const ProtobufCFieldDescriptor *field;
    struct uuid id = uuid_new(clock_now_us());
    void *body = proto_new(arena, listing->ask);
    struct bytes request;
    struct call call;

    *(const char **) proto_field(body, "page_token", &field) = *token;
    struct intent intent = {
        .id = uuid_text(arena, &id),
        .type = listing->ask->name,
        .programme = listing->settings->programme,
        .subject = listing->subject,
        .actor = listing->settings->actor ? listing->settings->actor : "",
        .capacity = "",
        .expires = "",
        .body = proto_pack(arena, body),
    };
    if (request_pack(arena, &intent, &more, &request) < 0)
        return failed(EXIT_USAGE, "");
    request_call(&call, arena, intent.id, request, listing->settings->timeout_ms);
    int status = call_ask(client, &call);
    if (status != EXIT_DONE)
        return status;
    if (proto_unpack(arena, listing->response, call.reply->body.data, call.reply->body.len,
                     ret_answer) < 0)
        return failed(EXIT_REFUSED, "the answer cannot be read");
    *token = *(const char **) proto_field(*ret_answer, "next_page_token", &field);
    return EXIT_DONE;
}

int
pages_each(struct client *client, struct arena *arena, const struct listing *listing,
           void (*take)(void *context, ProtobufCMessage *const *rows, size_t count), void *context)
{
    const ProtobufCFieldDescriptor *rows = listing_rows(listing);
    const char *token = "";
    int pages = 0;

    do {
        char *answer = NULL;
        int status = ask_page(client, arena, listing, &token, (void **) &answer);

        if (status != EXIT_DONE)
            return status;
        assert(answer);
        take(context, *(ProtobufCMessage ***) (void *) (answer + rows->offset),
             *(size_t *) (void *) (answer + rows->quantifier_offset));
    } while (token[0] && ++pages < MOST_PAGES);
    return EXIT_DONE;
}
