/* services/gateway/door_client.c - the outer door: judges what clients send, and hands it on. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/crash.h"
#include "common/field.h"
#include "sangkien/wire/v1/worker.pb-c.h"
#include "services/gateway/door_state.h"
#include "services/gateway/reply.h"

enum { BURST = 256, WORKS = 32, BURST_MS = 2, MOST_BACKLOG = 4096, NAME_SIZE = 65 };

/* A receipt carries a request over a busy night, not over months in which one might pick and choose. */
#define RECEIPT_AGE_US (INT64_C(24) * 3600 * 1000000)

/* ------------------------------------------------------------------ saying no */

static bool
has_receipt(const struct request *request, const struct uuid *system)
{
    return request && system && request_is_command(request) && !uuid_is_nil(&request->id) &&
           request->bytes.size <= REQUEST_MOST_BYTES;
}

void
door_refuse(struct door *door, uint64_t peer, const struct request *request,
            const struct uuid *system, int reason, const struct scan_result *scan,
            int64_t received_us)
{
    static const struct uuid nobody;
    bool with_receipt = has_receipt(request, system);
    struct receipt receipt;
    zmq_msg_t frame;

    if (with_receipt)
        receipt_make(door->receipt_key, system, &request->id, request->bytes, received_us,
                     &receipt);
    metric_add(door->metrics.refused[reason], 1);
    reply_refuse(request ? &request->id : &nobody, reason, scan, with_receipt ? &receipt : NULL,
                 &frame);
    post_send(door->outer, peer, &frame); /* a client that is gone or full asks again */
}

/* Where too much is refused the door rests: for a moment nothing is read, and TCP holds the flood back. from: NULL
 * for who is not registered. */
static void
count_refusal(struct door *door, const struct principal *from)
{
    static const struct uuid nobody;
    int64_t now_ms = monotonic_ms();

    if (!admission_refuse(door->admission, from ? &from->system : &nobody, now_ms))
        door->rest_until_ms = now_ms + 1;
}

static void
refuse_frame(struct door *door, struct post *post)
{
    static const struct uuid nobody;
    zmq_msg_t frame;

    metric_add(door->metrics.refused[WIRE__REASON__REASON_MALFORMED], 1);
    reply_refuse(&nobody, WIRE__REASON__REASON_MALFORMED, NULL, NULL, &frame);
    post_return(door->outer, post, &frame);
}

/* ------------------------------------------------------------------ a request */

/* What is known of a request on its way in. */
struct arrival {
    struct post *post;
    const struct principal *from; /* NULL: not registered, or no longer */
    struct request request;
    struct scan_result scan;
    int64_t received_us;
};

static void
give_work(const struct arrival *a, const struct ticket *ticket, struct worker *worker)
{
    Wire__Work work = WIRE__WORK__INIT;

    work.ticket = ticket->number;
    work.request.data = (uint8_t *) (uintptr_t) a->request.bytes.data;
    work.request.len = a->request.bytes.size;
    work.system.data = (uint8_t *) (uintptr_t) a->from->system.bytes;
    work.system.len = sizeof(a->from->system.bytes);
    work.agency.data = (uint8_t *) (uintptr_t) a->from->agency.bytes;
    work.agency.len = sizeof(a->from->agency.bytes);
    work.received_us = a->received_us;
    worker_give(worker, &work);
}

static void
fill_ticket(struct ticket *ticket, struct arrival *a, const struct place *place)
{
    const uint8_t *data = zmq_msg_data(&a->post->frame);

    ticket->peer = a->post->peer;
    ticket->place = *place;
    ticket->system = a->from->system;
    ticket->id = a->request.id;
    ticket->is_command = request_is_command(&a->request);
    ticket->admitted = a->request.bytes.size;
    ticket->received_us = a->received_us;
    ticket->started_us = monotonic_us();
    ticket->request_at = (size_t) (a->request.bytes.data - data);
    ticket->request_size = a->request.bytes.size;
    zmq_msg_move(&ticket->frame,
                 &a->post->frame); /* from here on the arrival's bytes are the ticket's */
}

/* Where it would go, if it may be sent at all: that is judged later. */
static int
find_place(struct door *door, const struct arrival *a, struct place *ret_place)
{
    int64_t in_flight = admission_count_of(door->admission, &a->from->system) - 1;

    if (!request_may_be_sent(&a->request))
        return 0;
    return routes_pick(door->routes, a->request.word, &a->request.subject, in_flight, ret_place);
}

static int
hand_on(struct door *door, struct arrival *a, const struct place *place)
{
    struct ticket *ticket = ticket_take(door->tickets);

    if (!ticket)
        return WIRE__REASON__REASON_GATEWAY_BUSY;
    give_work(a, ticket, place->worker);
    fill_ticket(ticket, a, place);
    place_take(place);
    return 0;
}

/* What finds no room is not looked through: to refuse a flood must cost little. */
static int
let_in(struct door *door, struct arrival *a)
{
    size_t size = a->request.bytes.size;
    struct place place = { 0 };
    int reason;

    if (!a->from)
        return WIRE__REASON__REASON_UNKNOWN_SYSTEM;
    if (size > REQUEST_MOST_BYTES)
        return WIRE__REASON__REASON_TOO_LARGE;
    if (door->is_draining)
        return WIRE__REASON__REASON_NO_WORKER;
    reason = admission_enter(door->admission, &a->from->system, size);
    if (reason != 0)
        return reason;
    reason = find_place(door, a, &place);
    if (reason == 0)
        reason = request_judge(&a->request, &a->scan);
    if (reason == 0)
        reason = hand_on(door, a, &place);
    if (reason != 0)
        admission_leave(door->admission, &a->from->system, size);
    return reason;
}

static void
take_request(struct door *door, struct post *post, const struct client_frame *frame,
             const struct principal *from)
{
    struct arrival a = { .post = post, .from = from, .received_us = clock_now_us() };
    int64_t earlier_us;
    int reason;

    CRASH_POINT(request_taken);
    request_peek(frame->content, &a.request);
    if (from && frame->has_receipt && has_receipt(&a.request, &from->system) &&
        receipt_verify(door->receipt_key, &from->system, &a.request.id, a.request.bytes,
                       frame->receipt, &earlier_us) &&
        earlier_us < a.received_us && a.received_us - earlier_us <= RECEIPT_AGE_US)
        a.received_us = earlier_us;
    reason = let_in(door, &a);
    CRASH_POINT(request_judged);
    if (reason == 0)
        return;
    door_refuse(door, post->peer, &a.request, from ? &from->system : NULL, reason,
                reason == WIRE__REASON__REASON_INVALID_FIELD ? &a.scan : NULL, a.received_us);
    count_refusal(door, from);
}

/* ------------------------------------------------------------------ orders for the feed */

static const struct word *
word_of(Wire__ClientFrame__ContentCase what)
{
    switch (what) {
    case WIRE__CLIENT_FRAME__CONTENT_SUBSCRIBE:
        return proto_word("sangkien.wire.v1.Subscribe");
    case WIRE__CLIENT_FRAME__CONTENT_CREDIT:
        return proto_word("sangkien.wire.v1.Credit");
    default:
        return proto_word("sangkien.wire.v1.Unsubscribe");
    }
}

static enum order_kind
kind_of(Wire__ClientFrame__ContentCase what)
{
    switch (what) {
    case WIRE__CLIENT_FRAME__CONTENT_SUBSCRIBE:
        return ORDER_SUBSCRIBE;
    case WIRE__CLIENT_FRAME__CONTENT_CREDIT:
        return ORDER_CREDIT;
    default:
        return ORDER_UNSUBSCRIBE;
    }
}

static void
end_subscription(struct door *door, uint64_t peer, struct bytes content, int reason,
                 const struct scan_result *scan)
{
    char message[SCAN_PATH_SIZE + SCAN_TEXT_SIZE + 2];
    char name[NAME_SIZE] = "";
    struct field f;
    zmq_msg_t frame;

    if (scan->reason == 0 && field_find(content, 1, FIELD_BYTES, &f) && f.bytes.size < NAME_SIZE)
        memcpy(name, f.bytes.data, f.bytes.size);
    if (scan->count > 0)
        snprintf(message, sizeof(message), "%s %s", scan->violations[0].field,
                 scan->violations[0].description);
    metric_add(door->metrics.refused[reason], 1);
    reply_ended(name, reason, scan->count ? message : NULL, &frame);
    post_send(door->outer, peer, &frame);
}

static void
take_order(struct door *door, struct post *post, const struct client_frame *frame,
           const struct principal *from)
{
    struct order order = { .kind = kind_of(frame->what), .peer = post->peer };
    struct scan_result scan;
    int reason = scan_message(word_of(frame->what), frame->content, &scan);

    if (reason == 0 && frame->has_receipt)
        reason = WIRE__REASON__REASON_MALFORMED;
    if (reason == 0 && !from)
        reason = WIRE__REASON__REASON_UNKNOWN_SYSTEM;
    if (reason == 0 && feed_backlog(door->feed) >= MOST_BACKLOG)
        reason = WIRE__REASON__REASON_GATEWAY_BUSY;
    if (reason != 0) {
        end_subscription(door, post->peer, frame->content, reason, &scan);
        count_refusal(door, from);
        return;
    }
    order.system = from->system;
    order.agency = from->agency;
    feed_count_order(door->feed);
    door_order(door, &order, frame->content);
}

/* ------------------------------------------------------------------ a frame */

static void
take_frame(struct door *door, struct post *post)
{
    struct bytes bytes = { zmq_msg_data(&post->frame), zmq_msg_size(&post->frame) };
    struct client_frame frame;
    struct principal principal;
    const struct principal *from =
        keys_principal(door->keys, post->user_id, &principal) ? &principal : NULL;

    if (!post->is_plain || client_frame_read(bytes, &frame) != 0) {
        refuse_frame(door, post);
        count_refusal(door, from);
        return;
    }
    if (frame.what == WIRE__CLIENT_FRAME__CONTENT_REQUEST)
        take_request(door, post, &frame, from);
    else
        take_order(door, post, &frame, from);
}

/* A worker that cannot be reached has its work given back to the clients. */
static void
send_works(struct door *door)
{
    for (struct worker *w = routes_first(door->routes), *next; w; w = next) {
        uint8_t head[FIELD_HEAD_SIZE];
        size_t head_size = field_head(head, WIRE__GATEWAY_FRAME__CONTENT_WORKS, w->works_size);
        zmq_msg_t frame;

        next = w->next;
        if (w->works_size == 0)
            continue;
        if (zmq_msg_init_size(&frame, head_size + w->works_size) != 0)
            abort();
        memcpy(zmq_msg_data(&frame), head, head_size);
        memcpy((uint8_t *) zmq_msg_data(&frame) + head_size, w->works, w->works_size);
        w->works_size = 0;
        if (post_send(door->inner, w->peer, &frame) != 0)
            door_lose_worker(door, &w, "unreachable");
        CRASH_POINT(work_sent);
    }
}

/* Bounded in time too: looking through the longest texts takes a millisecond, and answers wait. */
static bool
goes_on(const struct door *door, int64_t end_ms)
{
    int64_t now_ms = monotonic_ms();

    return now_ms < end_ms && now_ms >= door->rest_until_ms;
}

void
door_take_clients(struct door *door)
{
    int64_t end_ms = monotonic_ms() + BURST_MS;
    struct post post;

    for (int i = 0; i < BURST && goes_on(door, end_ms) && post_receive(door->outer, &post); i++) {
        take_frame(door, &post);
        post_close(&post);
        if (i % WORKS == WORKS - 1)
            send_works(door);
    }
    send_works(door);
}
