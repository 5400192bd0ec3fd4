/* ops/ctl/calls.c - sends requests until they are answered. */
#include "ops/ctl/calls.h"

#include <stdlib.h>
#include <string.h>

#include "common/answer.h"
#include "common/clock.h"
#include "common/proto.h"

#define FIRST_PAUSE_MS 100
#define LONGEST_PAUSE_MS 5000
#define SILENCE_MS 5000 /* after which a frame is taken for lost */

static void
send_call(struct client *client, struct call *call, int64_t now)
{
    Wire__ClientFrame frame = WIRE__CLIENT_FRAME__INIT;

    frame.content_case = WIRE__CLIENT_FRAME__CONTENT_REQUEST;
    frame.request.data = (uint8_t *) call->request.data;
    frame.request.len = call->request.size;
    frame.receipt = call->receipt;
    call->losses = client_losses(client);
    call->is_sent = client_say(client, &frame);
    call->due_ms = now + (call->is_sent ? SILENCE_MS : FIRST_PAUSE_MS);
}

void
calls_start(struct calls *calls, struct call *call)
{
    struct call **last = &calls->first;

    while (*last)
        last = &(*last)->next;
    call->next = NULL;
    *last = call;
    call->pause_ms = FIRST_PAUSE_MS;
    call->due_ms = monotonic_ms();
}

/* Doubled pauses, of which half is chance, so that many clients do not come back together. */
static void
put_off(struct call *call)
{
    int64_t half = call->pause_ms / 2;

    call->due_ms = monotonic_ms() + half + (int64_t) arc4random_uniform((uint32_t) half + 1);
    if (call->pause_ms < LONGEST_PAUSE_MS)
        call->pause_ms *= 2;
}

static struct call *
take_out(struct call **place)
{
    struct call *call = *place;

    *place = call->next;
    call->next = NULL;
    return call;
}

/* The call that a reply answers. A frame that the gateway could not read has no id to give back:
 * then it is the only one there is, or nobody's. */
static struct call **
place_of(struct calls *calls, const char *id)
{
    struct call **place = &calls->first;

    if (id[0] == '\0')
        return *place && !(*place)->next ? place : NULL;
    while (*place && strcmp((*place)->id, id) != 0)
        place = &(*place)->next;
    return *place ? place : NULL;
}

bool
call_may_go_again(const Wire__Reply *reply)
{
    return !reply->final &&
           (reply->code == CODE_UNAVAILABLE || reply->code == CODE_RESOURCE_EXHAUSTED);
}

static struct call *
answered(struct calls *calls, struct bytes bytes, struct arena *arena)
{
    const Wire__Reply *reply;

    if (proto_unpack(arena, &wire__reply__descriptor, bytes.data, bytes.size, &reply) < 0)
        return NULL;
    struct call **place = place_of(calls, reply->request_id);
    if (!place)
        return NULL;

    struct call *call = *place;
    call->reply_bytes = arena_bytes(call->arena, bytes.data, bytes.size);
    if (proto_unpack(call->arena, &wire__reply__descriptor, bytes.data, bytes.size, &call->reply) <
        0)
        return NULL;
    if (!call_may_go_again(call->reply))
        return take_out(place);
    if (call->reply->receipt && !call->receipt)
        call->receipt = call->reply->receipt; /* the first one is the earliest arrival */
    put_off(call);
    return NULL;
}

/* Has it, as far as we know, never reached the gateway that is there now? */
static bool
is_unsent(struct client *client, const struct call *call)
{
    return !call->is_sent || (!call->reply && call->losses != client_losses(client));
}

/* Sends what is due; gives back a call whose time is over, or NULL and how long nothing is due. What was
 * never sent goes out in the order in which it was started. */
static struct call *
tend(struct calls *calls, int64_t *ret_wait_ms)
{
    struct client *client = calls->client;
    int64_t now = monotonic_ms();
    int64_t next = now + 1000;
    bool is_blocked = false;

    for (struct call **place = &calls->first; *place; place = &(*place)->next) {
        struct call *call = *place;
        bool was_unsent = is_unsent(client, call);
        if (now >= call->deadline_ms)
            return take_out(place);
        if (call->deadline_ms < next)
            next = call->deadline_ms;
        if (was_unsent && is_blocked)
            continue;
        if (now >= call->due_ms || (was_unsent && client_is_connected(client)))
            send_call(client, call, now);
        is_blocked = is_blocked || !call->is_sent;
        if (call->due_ms < next)
            next = call->due_ms;
    }
    *ret_wait_ms = next > now ? next - now : 0;
    return NULL;
}

struct call *
calls_finish(struct calls *calls)
{
    while (calls->first) {
        struct arena *arena CLEANUP(arena_free) = arena_new();
        int64_t wait_ms = 0;
        struct call *over = tend(calls, &wait_ms);
        if (over)
            return over;
        const Wire__ServerFrame *frame = client_hear(calls->client, arena, wait_ms);
        if (!frame || frame->content_case != WIRE__SERVER_FRAME__CONTENT_REPLY)
            continue;
        over = answered(calls, (struct bytes){ frame->reply.data, frame->reply.len }, arena);
        if (over)
            return over;
    }
    return NULL;
}

int
call_ask(struct client *client, struct call *call)
{
    struct calls calls = { .client = client };
    const Wire__Reply *reply;

    calls_start(&calls, call);
    (void) calls_finish(&calls);
    reply = call->reply;
    if (!reply) {
        fprintf(stderr, "sangkien: no answer: %s\n", client_trouble(client));
        return EXIT_UNREACHED;
    }
    if (reply->code == CODE_OK)
        return EXIT_DONE;
    fprintf(stderr, "sangkien: refused%s: %s: %s\n", call_may_go_again(reply) ? " for now" : "",
            reply->reason, reply->message);
    call_print_violations(reply);
    return EXIT_REFUSED;
}

void
call_print_violations(const Wire__Reply *reply)
{
    for (size_t n = 0; n < reply->n_field_violations; n++)
        fprintf(stderr, "  %s: %s\n", reply->field_violations[n]->field,
                reply->field_violations[n]->description);
}
