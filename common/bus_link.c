/* common/bus_link.c - one worker's line to one gateway: when to speak, and what was heard. */
#include "common/bus_link.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/field.h"
#include "common/log.h"
#include "common/socket.h"
#include "sangkien/wire/v1/worker.pb-c.h"

enum { MOST_FRAME_BYTES = 65536, BURST = 256, FIRST_HEARTBEAT_MS = 200, MISSED = 3 };

struct outgoing *
outgoing_new(const void *answer_batch)
{
    const Wire__AnswerBatch *batch = answer_batch;
    size_t size = wire__answer_batch__get_packed_size(batch);
    struct outgoing *outgoing = malloc(sizeof(*outgoing) + size);

    if (!outgoing)
        abort();
    *outgoing = (struct outgoing){ .size = size };
    wire__answer_batch__pack(batch, outgoing->bytes);
    return outgoing;
}

struct outgoing *
outgoing_answer(uint64_t ticket, struct bytes reply)
{
    Wire__Answer answer = WIRE__ANSWER__INIT;
    Wire__AnswerBatch batch = WIRE__ANSWER_BATCH__INIT;

    answer.ticket = ticket;
    answer.reply.data = (uint8_t *) (uintptr_t) reply.data;
    answer.reply.len = reply.size;
    batch.n_answers = 1;
    batch.answers = (Wire__Answer *[]){ &answer };
    return outgoing_new(&batch);
}

void
outgoing_free(struct outgoing **outgoing_p)
{
    free(*outgoing_p);
    *outgoing_p = NULL;
}

static void
drop_all(struct link *link)
{
    while (link->first) {
        struct outgoing *next = link->first->next;

        outgoing_free(&link->first);
        link->first = next;
    }
    link->end = &link->first;
}

void
link_push(struct link *link, struct outgoing *outgoing)
{
    outgoing->next = NULL;
    *link->end = outgoing;
    link->end = &outgoing->next;
}

/* ------------------------------------------------------------------ open and close */

static int
watch_connection(void *context, struct link *link)
{
    char name[64];

    snprintf(name, sizeof(name), "inproc://bus-link-%u", link->number);
    if (zmq_socket_monitor(link->dealer, name,
                           ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_DISCONNECTED |
                               ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) != 0)
        return err_set(ERR_FATAL, "cannot watch %s: %s", link->endpoint, zmq_strerror(zmq_errno()));
    return socket_pair(context, name, false, (struct pair_limits){ 0 }, &link->monitor);
}

static bool
is_key(const char *text)
{
    uint8_t key[32];

    return strlen(text) == KEY_TEXT_SIZE - 1 && zmq_z85_decode(key, text);
}

int
link_open(void *context, const struct config *config, const char *endpoint, unsigned number,
          struct link *ret_link)
{
    struct link link = { .endpoint = endpoint, .number = number };
    char public_key[KEY_TEXT_SIZE];
    char secret_key[KEY_TEXT_SIZE] = "";
    int rc = keyfile_read(config->secret_key, public_key, secret_key);

    if (rc == 0 && !is_key(config->gateway_key))
        rc = err_set(ERR_FATAL, "SANGKIEN_GATEWAY_KEY is no key of 40 characters in Z85");
    if (rc == 0)
        rc = socket_open(context, ZMQ_DEALER, SIDE_INNER, &link.dealer);
    if (rc == 0)
        rc = watch_connection(context, &link);
    if (rc == 0)
        rc = socket_dial(link.dealer, endpoint, config->gateway_key, public_key, secret_key);
    explicit_bzero(secret_key, sizeof(secret_key));
    if (rc != 0) {
        socket_close(&link.dealer);
        socket_close(&link.monitor);
        return rc;
    }
    link.heartbeat_ms = FIRST_HEARTBEAT_MS;
    *ret_link = link;
    ret_link->end = &ret_link->first;
    return 0;
}

void
link_close(struct link *link)
{
    drop_all(link);
    if (link->dealer)
        zmq_socket_monitor(link->dealer, NULL, 0);
    socket_close(&link->monitor);
    socket_close(&link->dealer);
}

/* ------------------------------------------------------------------ the connection */

static void
start_over(struct link *link, bool is_connected, int64_t now_ms)
{
    link->is_connected = is_connected;
    link->is_welcome = false;
    link->is_leaving = false;
    link->has_left = false;
    link->heartbeat_ms = FIRST_HEARTBEAT_MS;
    link->heard_ms = now_ms;
    link->said_ms = now_ms - link->heartbeat_ms; /* speak at once */
    drop_all(link);
}

static void
hear_event(struct link *link, uint16_t event, int64_t now_ms)
{
    if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED) {
        log_info("gateway reached", "endpoint", link->endpoint, NULL);
        start_over(link, true, now_ms);
    } else if (event == ZMQ_EVENT_HANDSHAKE_FAILED_AUTH) {
        log_warning("gateway refuses our key", "endpoint", link->endpoint, NULL);
    } else if (event == ZMQ_EVENT_DISCONNECTED && link->is_connected) {
        log_warning("gateway lost", "endpoint", link->endpoint, NULL);
        start_over(link, false, now_ms);
    }
}

void
link_watch(struct link *link, int64_t now_ms)
{
    zmq_msg_t part;
    uint16_t event;

    zmq_msg_init(&part);
    while (zmq_msg_recv(&part, link->monitor, ZMQ_DONTWAIT) >= 0) {
        if (zmq_msg_size(&part) >= sizeof(event)) {
            memcpy(&event, zmq_msg_data(&part), sizeof(event));
            hear_event(link, event, now_ms);
        }
        while (zmq_msg_more(&part) && zmq_msg_recv(&part, link->monitor, ZMQ_DONTWAIT) >= 0) {
        }
    }
    zmq_msg_close(&part);
}

/* ------------------------------------------------------------------ in */

static bool
read_uuid(struct bytes bytes, struct uuid *ret_uuid)
{
    if (bytes.size != sizeof(ret_uuid->bytes))
        return false;
    memcpy(ret_uuid->bytes, bytes.data, sizeof(ret_uuid->bytes));
    return true;
}

/* The work's request points into the frame. false: it is no work. */
static bool
read_work(struct bytes rest, struct work *ret_work)
{
    struct work work = { 0 };
    bool is_whole = true;
    struct field f;

    while (field_next(&rest, &f) == FIELD_GOT) {
        if (f.number == 1 && f.type == FIELD_NUMBER)
            work.ticket = f.value;
        else if (f.number == 2 && f.type == FIELD_BYTES)
            work.request = f.bytes;
        else if (f.number == 3 && f.type == FIELD_BYTES)
            is_whole = read_uuid(f.bytes, &work.system) && is_whole;
        else if (f.number == 4 && f.type == FIELD_BYTES)
            is_whole = read_uuid(f.bytes, &work.agency) && is_whole;
        else if (f.number == 5 && f.type == FIELD_NUMBER)
            work.received_us = (int64_t) f.value;
    }
    *ret_work = work;
    return is_whole && work.request.data;
}

/* Every piece of work keeps the frame: what it points to lies in its own copy of it, which is the same
 * memory unless the frame is very short. */
static void
catch_work(struct link *link, zmq_msg_t *frame, struct bytes content, struct catch *catch)
{
    struct parcel *parcel = calloc(1, sizeof(*parcel));
    ptrdiff_t at = content.data - (const uint8_t *) zmq_msg_data(frame);

    if (!parcel)
        abort();
    zmq_msg_init(&parcel->frame);
    zmq_msg_copy(&parcel->frame, frame);
    content.data = (const uint8_t *) zmq_msg_data(&parcel->frame) + at;
    if (!read_work(content, &parcel->work)) {
        zmq_msg_close(&parcel->frame);
        free(parcel);
        return;
    }
    parcel->work.gateway = link->number;
    *catch->end = &parcel->work;
    catch->end = &parcel->work.next;
}

static void
catch_works(struct link *link, zmq_msg_t *frame, struct bytes batch, struct catch *catch)
{
    struct field f;

    while (field_next(&batch, &f) == FIELD_GOT)
        if (f.number == 1 && f.type == FIELD_BYTES)
            catch_work(link, frame, f.bytes, catch);
}

static void
hear_welcome(struct link *link, struct bytes welcome)
{
    struct field f;

    link->is_welcome = !link->is_leaving;
    link->has_left = link->is_leaving;
    if (field_find(welcome, 1, FIELD_NUMBER, &f) && f.value >= 10 && f.value <= 3600000)
        link->heartbeat_ms = (int64_t) f.value;
}

static void
hear_frame(struct link *link, zmq_msg_t *frame, struct catch *catch)
{
    struct bytes bytes = { zmq_msg_data(frame), zmq_msg_size(frame) };
    struct field f;

    if (field_next(&bytes, &f) != FIELD_GOT || f.type != FIELD_BYTES)
        return;
    if (f.number == WIRE__GATEWAY_FRAME__CONTENT_WORKS)
        catch_works(link, frame, f.bytes, catch);
    else if (f.number == WIRE__GATEWAY_FRAME__CONTENT_HINT)
        catch->was_hinted = true;
    else if (f.number == WIRE__GATEWAY_FRAME__CONTENT_WELCOME)
        hear_welcome(link, f.bytes);
}

void
link_receive(struct link *link, int64_t now_ms, struct catch *catch)
{
    zmq_msg_t frame;

    zmq_msg_init(&frame);
    for (int i = 0; i < BURST && zmq_msg_recv(&frame, link->dealer, ZMQ_DONTWAIT) >= 0; i++) {
        link->heard_ms = now_ms;
        if (!zmq_msg_more(&frame))
            hear_frame(link, &frame, catch);
    }
    zmq_msg_close(&frame);
}

/* ------------------------------------------------------------------ out */

/* A pipe that was just made or emptied shows only when the socket looks for news. */
static void
look_for_news(void *socket)
{
    int events;
    size_t size = sizeof(events);

    zmq_getsockopt(socket, ZMQ_EVENTS, &events, &size);
}

static bool
send_frame(struct link *link, zmq_msg_t *frame)
{
    if (zmq_msg_send(frame, link->dealer, ZMQ_DONTWAIT) >= 0)
        return true;
    look_for_news(link->dealer);
    return zmq_msg_send(frame, link->dealer, ZMQ_DONTWAIT) >= 0;
}

/* How many of those in front go into one frame, and how large it will be behind its head. */
static size_t
measure_frame(const struct link *link, size_t *ret_size)
{
    size_t count = 0, size = 0;

    for (const struct outgoing *o = link->first; o; o = o->next) {
        if (count > 0 && size + o->size > MOST_FRAME_BYTES)
            break;
        size += o->size;
        count++;
    }
    *ret_size = size;
    return count;
}

static void
fill_frame(const struct link *link, size_t count, size_t size, zmq_msg_t *ret_frame)
{
    uint8_t head[FIELD_HEAD_SIZE];
    size_t head_size = field_head(head, WIRE__WORKER_FRAME__CONTENT_ANSWERS, size);
    const struct outgoing *o = link->first;
    uint8_t *at;

    if (zmq_msg_init_size(ret_frame, head_size + size) != 0)
        abort();
    at = zmq_msg_data(ret_frame);
    memcpy(at, head, head_size);
    at += head_size;
    for (size_t i = 0; i < count; i++, o = o->next) {
        memcpy(at, o->bytes, o->size);
        at += o->size;
    }
}

void
link_flush(struct link *link, int64_t now_ms)
{
    bool is_sent = true;

    if (!link->is_connected)
        drop_all(link);
    while (link->first && is_sent) {
        zmq_msg_t frame;
        size_t size;
        size_t count = measure_frame(link, &size);

        fill_frame(link, count, size, &frame);
        is_sent = send_frame(link, &frame);
        zmq_msg_close(&frame);
        for (size_t i = 0; i < count && is_sent; i++) {
            struct outgoing *next = link->first->next;

            outgoing_free(&link->first);
            link->first = next;
            link->said_ms = now_ms;
        }
    }
    if (!link->first)
        link->end = &link->first;
}

static void
say_bytes(struct link *link, const void *bytes, size_t size, int64_t now_ms)
{
    zmq_msg_t frame;

    if (zmq_msg_init_size(&frame, size) != 0)
        abort();
    memcpy(zmq_msg_data(&frame), bytes, size);
    send_frame(link, &frame);
    link->said_ms = now_ms; /* or not: it will be said again when due */
    zmq_msg_close(&frame);
}

static void
say(struct link *link, const Wire__WorkerFrame *frame, int64_t now_ms)
{
    uint8_t packed[32] = { 0 };

    say_bytes(link, packed, wire__worker_frame__pack(frame, packed), now_ms);
}

static void
say_leave(struct link *link, int64_t now_ms)
{
    Wire__Leave leave = WIRE__LEAVE__INIT;
    Wire__WorkerFrame frame = WIRE__WORKER_FRAME__INIT;

    frame.content_case = WIRE__WORKER_FRAME__CONTENT_LEAVE;
    frame.leave = &leave;
    say(link, &frame, now_ms);
}

static void
say_alive(struct link *link, int64_t now_ms)
{
    Wire__Heartbeat heartbeat = WIRE__HEARTBEAT__INIT;
    Wire__WorkerFrame frame = WIRE__WORKER_FRAME__INIT;

    frame.content_case = WIRE__WORKER_FRAME__CONTENT_HEARTBEAT;
    frame.heartbeat = &heartbeat;
    say(link, &frame, now_ms);
}

void
link_speak(struct link *link, int64_t now_ms, struct bytes ready, bool serves, bool leaves)
{
    if (!link->is_connected || !serves)
        return;
    if (link->is_welcome && now_ms - link->heard_ms > MISSED * link->heartbeat_ms) {
        log_warning("gateway silent", "endpoint", link->endpoint, NULL);
        link->is_welcome = false;
    }
    if (leaves && link->is_welcome) {
        link->is_welcome = false;
        link->is_leaving = true;
        say_leave(link, now_ms);
        return;
    }
    if (now_ms < link_due_ms(link, serves))
        return;
    if (link->is_welcome || leaves)
        say_alive(link, now_ms);
    else
        say_bytes(link, ready.data, ready.size, now_ms);
}

int64_t
link_due_ms(const struct link *link, bool serves)
{
    return link->is_connected && serves ? link->said_ms + link->heartbeat_ms : INT64_MAX;
}
