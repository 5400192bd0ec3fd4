/* services/gateway/door_worker.c - the inner door: workers come, answer, give hints and go. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/crash.h"
#include "common/field.h"
#include "common/log.h"
#include "sangkien/wire/v1/worker.pb-c.h"
#include "services/gateway/door_state.h"
#include "services/gateway/reply.h"

enum { BURST = 512, MISSED = 3 };

/* ------------------------------------------------------------------ words to workers */

static int
say(struct door *door, uint64_t peer, const Wire__GatewayFrame *frame)
{
    zmq_msg_t packed;

    if (zmq_msg_init_size(&packed, wire__gateway_frame__get_packed_size(frame)) != 0)
        abort();
    wire__gateway_frame__pack(frame, zmq_msg_data(&packed));
    return post_send(door->inner, peer, &packed);
}

static void
say_welcome(struct door *door, uint64_t peer)
{
    Wire__Welcome welcome = WIRE__WELCOME__INIT;
    Wire__GatewayFrame frame = WIRE__GATEWAY_FRAME__INIT;

    welcome.heartbeat_ms = (uint32_t) door->config->heartbeat_ms;
    frame.content_case = WIRE__GATEWAY_FRAME__CONTENT_WELCOME;
    frame.welcome = &welcome;
    say(door, peer, &frame);
}

static int
say_alive(struct door *door, uint64_t peer)
{
    Wire__Heartbeat heartbeat = WIRE__HEARTBEAT__INIT;
    Wire__GatewayFrame frame = WIRE__GATEWAY_FRAME__INIT;

    frame.content_case = WIRE__GATEWAY_FRAME__CONTENT_HEARTBEAT;
    frame.heartbeat = &heartbeat;
    return say(door, peer, &frame);
}

/* ------------------------------------------------------------------ tickets come to their end */

/* Of a worker that has come, or is about to be forgotten. */
static void
log_worker(const struct worker *worker, const char *message, size_t left, const char *why)
{
    char number[24];
    char count[24];

    snprintf(number, sizeof(number), "%llu", (unsigned long long) worker->serial);
    snprintf(count, sizeof(count), "%zu", left);
    log_info(message, "of", worker->service, "worker", number, "workers", count, "why", why, NULL);
}

static void
forget_worker(struct door *door, struct worker **worker_p, const char *why)
{
    log_worker(*worker_p, "worker gone", routes_count(door->routes) - 1, why);
    routes_remove(door->routes, worker_p);
    metric_set(door->metrics.workers, (int64_t) routes_count(door->routes));
}

void
door_settle(struct door *door, struct ticket **ticket_p)
{
    place_leave(&(*ticket_p)->place);
    admission_leave(door->admission, &(*ticket_p)->system, (*ticket_p)->admitted);
    ticket_give_back(door->tickets, ticket_p);
}

void
door_give_up(struct door *door, struct ticket **ticket_p, int reason)
{
    struct ticket *ticket = *ticket_p;
    struct request request;

    request_peek(ticket_request(ticket), &request);
    door_refuse(door, ticket->peer, &request, &ticket->system, reason, NULL, ticket->received_us);
    door_settle(door, ticket_p);
}

void
door_lose_worker(struct door *door, struct worker **worker_p, const char *why)
{
    struct ticket *ticket;
    size_t cursor = 0;

    while ((ticket = ticket_next(door->tickets, &cursor)))
        if (ticket->place.worker == *worker_p)
            door_give_up(door, &ticket, WIRE__REASON__REASON_NO_WORKER);
    forget_worker(door, worker_p, why);
}

/* ------------------------------------------------------------------ what workers say */

/* A client gets the worker's bytes; a receipt is added where nothing was stored. */
static void
pass_on(struct door *door, struct ticket *ticket, struct bytes reply)
{
    bool is_final = reply_is_final(reply);
    bool with_receipt = !is_final && ticket->is_command;
    struct receipt receipt;
    zmq_msg_t frame;

    if (with_receipt)
        receipt_make(door->receipt_key, &ticket->system, &ticket->id, ticket_request(ticket),
                     ticket->received_us, &receipt);
    metric_add(is_final || !ticket->is_command ? door->metrics.answered : door->metrics.not_final,
               1);
    metric_seconds(door->metrics.seconds, monotonic_us() - ticket->started_us);
    reply_forward(reply, with_receipt ? &receipt : NULL, &frame);
    post_send(door->outer, ticket->peer, &frame); /* a client that is gone asks again */
}

static void
take_answer(struct door *door, struct worker *worker, struct bytes answer)
{
    struct field number = { 0 };
    struct field reply = { 0 };
    struct ticket *ticket;

    field_find(answer, 1, FIELD_NUMBER, &number);
    field_find(answer, 2, FIELD_BYTES, &reply);
    ticket = ticket_find(door->tickets, number.value);
    if (!ticket || !worker || ticket->place.worker != worker)
        return; /* it was answered for, when the worker seemed to be gone */
    CRASH_POINT(answer_taken);
    if (reply.bytes.size == 0) {
        door_give_up(door, &ticket, WIRE__REASON__REASON_NO_WORKER);
    } else {
        pass_on(door, ticket, reply.bytes);
        door_settle(door, &ticket);
    }
    CRASH_POINT(answer_passed);
}

static void
note_types(struct hint *hint, const Wire__Hint *said)
{
    hint->has_more = hint->has_more || said->n_types == 0;
    for (size_t i = 0; i < said->n_types; i++) {
        const struct word *word = proto_word(said->types[i]);

        if (word)
            hint_add_type(hint, word->name);
        else
            hint->has_more = true;
    }
}

static void
take_hint(struct door *door, struct bytes content)
{
    struct scan_result scan;
    struct growth *growth;
    Wire__Hint *said;
    size_t i = 0;

    if (scan_message(proto_word("sangkien.wire.v1.Hint"), content, &scan) != 0 ||
        proto_unpack(door->arena, &wire__hint__descriptor, content.data, content.size, &said) != 0)
        return;
    if (door->growth_count == MOST_GROWTHS)
        door_tell_hints(door);
    while (i < door->growth_count && strcmp(door->growths[i].programme, said->programme) != 0)
        i++;
    growth = &door->growths[i];
    if (i == door->growth_count) {
        *growth = (struct growth){ 0 };
        snprintf(growth->programme, HINT_NAME_SIZE, "%s", said->programme);
        door->growth_count++;
    }
    if (said->position > growth->hint.position)
        growth->hint.position = said->position;
    note_types(&growth->hint, said);
}

static void
take_answers(struct door *door, struct worker *worker, struct bytes batch)
{
    struct field f;

    while (field_next(&batch, &f) == FIELD_GOT)
        if (f.number == 1 && f.type == FIELD_BYTES)
            take_answer(door, worker, f.bytes);
        else if (f.number == 2 && f.type == FIELD_BYTES)
            take_hint(door, f.bytes);
    if (worker && worker->is_leaving && worker_is_idle(worker))
        forget_worker(door, &worker, "left");
}

/* A worker that came back by a new connection still stands here by its old one: whoever is gone shows it
 * now. */
static void
knock_at_all(struct door *door)
{
    for (struct worker *w = routes_first(door->routes), *next; w; w = next) {
        next = w->next;
        if (say_alive(door, w->peer) == EHOSTUNREACH)
            door_lose_worker(door, &w, "unreachable");
    }
}

static void
take_ready(struct door *door, const struct post *post, struct bytes content)
{
    struct worker *known = routes_find(door->routes, post->peer);
    struct scan_result scan;
    const char *why = "it cannot be read";
    Wire__Ready *ready;

    if (scan_message(proto_word("sangkien.wire.v1.Ready"), content, &scan) == 0 &&
        proto_unpack(door->arena, &wire__ready__descriptor, content.data, content.size, &ready) ==
            0)
        why = routes_ready(door->routes, post->peer, post->user_id, ready, monotonic_ms());
    if (why) {
        log_warning("worker refused", "key_of", post->user_id, "why", why, NULL);
        return;
    }
    if (!known) {
        log_worker(routes_find(door->routes, post->peer), "worker ready",
                   routes_count(door->routes), NULL);
        knock_at_all(door);
    }
    metric_set(door->metrics.workers, (int64_t) routes_count(door->routes));
    say_welcome(door, post->peer);
}

static void
take_leave(struct door *door, struct worker *worker)
{
    if (!worker)
        return;
    worker->is_leaving = true;
    say_welcome(door, worker->peer); /* it is let go: no work follows this */
    if (worker_is_idle(worker))
        forget_worker(door, &worker, "left");
}

static void
take_frame(struct door *door, struct post *post)
{
    struct bytes bytes = { zmq_msg_data(&post->frame), zmq_msg_size(&post->frame) };
    struct worker *worker;
    struct field content;

    if (!post->is_plain || !post->user_id || field_next(&bytes, &content) != FIELD_GOT ||
        content.type != FIELD_BYTES)
        return;
    worker = routes_find(door->routes, post->peer);
    if (worker)
        worker->heard_ms = monotonic_ms();
    if (content.number == WIRE__WORKER_FRAME__CONTENT_ANSWERS)
        take_answers(door, worker, content.bytes);
    else if (content.number == WIRE__WORKER_FRAME__CONTENT_READY)
        take_ready(door, post, content.bytes);
    else if (content.number == WIRE__WORKER_FRAME__CONTENT_LEAVE)
        take_leave(door, worker);
}

void
door_take_workers(struct door *door)
{
    struct post post;

    for (int i = 0; i < BURST && post_receive(door->inner, &post); i++) {
        take_frame(door, &post);
        post_close(&post);
    }
    arena_reset(door->arena, 1 << 16);
}

/* ------------------------------------------------------------------ now and then */

static bool
hears_of(const struct worker *worker, const struct hint *hint)
{
    for (size_t i = 0; i < hint->type_count; i++)
        if (worker->hears[proto_word(hint->types[i]) - proto_words])
            return true;
    return hint->has_more;
}

void
door_tell_hints(struct door *door)
{
    for (size_t i = 0; i < door->growth_count; i++) {
        const struct growth *growth = &door->growths[i];
        Wire__Hint hint = WIRE__HINT__INIT;
        Wire__GatewayFrame frame = WIRE__GATEWAY_FRAME__INIT;
        struct order order = { .kind = ORDER_HINT };
        uint8_t packed[HINT_NAME_SIZE + 32];
        size_t size;

        hint.programme = growth->programme;
        hint.position = growth->hint.position;
        frame.content_case = WIRE__GATEWAY_FRAME__CONTENT_HINT;
        frame.hint = &hint;
        for (struct worker *w = routes_first(door->routes); w; w = w->next)
            if (hears_of(w, &growth->hint))
                say(door, w->peer, &frame); /* lost ones do no harm: everybody also polls */
        size = wire__hint__pack(&hint, packed);
        door_order(door, &order, (struct bytes){ packed, size });
    }
    door->growth_count = 0;
}

void
door_beat(struct door *door, int64_t now_ms)
{
    struct worker *silent;

    if (now_ms < door->beat_ms)
        return;
    door->beat_ms = now_ms + door->config->heartbeat_ms;
    process_watch_clock(door->process);
    knock_at_all(door);
    while ((silent = routes_silent(door->routes, now_ms, MISSED * door->config->heartbeat_ms)))
        door_lose_worker(door, &silent, "silent");
}
