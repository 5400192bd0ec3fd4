/* tests/bench/client.c - one system's connection: sends one kind of command, tells what came back. */
#define _GNU_SOURCE /* memmem */
#include "tests/bench/client.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <zmq.h>

#include "common/clock.h"
#include "common/keyfile.h"
#include "common/proto.h"
#include "sangkien/submissions/v1/commands.pb-c.h"
#include "sangkien/wire/v1/wire.pb-c.h"
#include "tests/bench/pool.h"

#define RESOURCE_EXHAUSTED 8 /* of google.rpc.Code */
#define ID_LENGTH 36

/* Stand in the frame for what each command fills in. */
static const char blank_id[] = "11111111-1111-7111-8111-111111111111";
static const char blank_subject[] = "22222222-2222-7222-8222-222222222222";

struct client {
    void *socket;
    struct arena *arena;
    uint32_t salt; /* tells ids of this connection from those of any other */
};

void
die(const char *what, const char *why)
{
    fprintf(stderr, "load: %s: %s\n", what, why);
    exit(1);
}

/* ------------------------------------------------------------------ what is said */

static ProtobufCBinaryData
binary(struct bytes bytes)
{
    return (ProtobufCBinaryData){ bytes.size, (uint8_t *) (uintptr_t) bytes.data };
}

static struct bytes
body_of(const struct command *command)
{
    Submissions__CreateEntry create = SUBMISSIONS__CREATE_ENTRY__INIT;
    Submissions__SubmitEntry submit = SUBMISSIONS__SUBMIT_ENTRY__INIT;

    if (command->updates)
        return proto_pack(command->arena, &submit);
    create.edition_id = command->edition;
    create.entry_kind = SUBMISSIONS__ENTRY_KIND__ENTRY_KIND_INITIATIVE;
    create.title = "Sáng kiến mẫu để đo tốc độ";
    create.summary =
        "Rút ngắn thời gian giải quyết hồ sơ bằng cách kiểm tra thành phần ngay khi nộp.";
    create.team = "đội 1";
    return proto_pack(command->arena, &create);
}

static size_t
find(struct bytes frame, const char *blank)
{
    const uint8_t *at = memmem(frame.data, frame.size, blank, ID_LENGTH);

    if (!at)
        die("frame", "an id is not in it");
    return (size_t) (at - frame.data);
}

void
command_prepare(struct command *command)
{
    Wire__Request request = WIRE__REQUEST__INIT;
    Wire__Actor actor = WIRE__ACTOR__INIT;
    Wire__ClientFrame frame = WIRE__CLIENT_FRAME__INIT;

    command->arena = arena_new();
    actor.person = command->person;
    request.id = blank_id;
    request.type = command->updates ? "sangkien.submissions.v1.SubmitEntry"
                                    : "sangkien.submissions.v1.CreateEntry";
    request.programme = command->programme;
    request.subject = blank_subject;
    request.body = binary(body_of(command));
    request.actor = &actor;
    frame.content_case = WIRE__CLIENT_FRAME__CONTENT_REQUEST;
    frame.request = binary(proto_pack(command->arena, &request));
    command->frame = proto_pack(command->arena, &frame);
    command->id_at = find(command->frame, blank_id);
    command->subject_at = find(command->frame, blank_subject);
}

static void
put_hex(char *at, uint64_t value, int digits)
{
    while (digits-- > 0) {
        at[digits] = "0123456789abcdef"[value & 15];
        value >>= 4;
    }
}

static void
put_pooled(char *at, uint64_t n)
{
    memcpy(at, "00000000-0000-7000-8002-0000", ID_LENGTH - 8);
    put_hex(at + ID_LENGTH - 8, n, 8);
}

/* A version 7 id: time, salt, ticket. The subject of a new entry differs in one digit. */
static void
put_id(char *at, uint32_t salt, uint32_t ticket, char variant)
{
    uint64_t now_ms = (uint64_t) clock_now_us() / 1000;

    put_hex(at, now_ms >> 16, 8);
    at[8] = '-';
    put_hex(at + 9, now_ms, 4);
    at[13] = '-';
    at[14] = '7';
    put_hex(at + 15, salt, 3);
    at[18] = '-';
    at[19] = variant;
    put_hex(at + 20, salt >> 12, 3);
    at[23] = '-';
    put_hex(at + 24, salt >> 24, 4);
    put_hex(at + 28, ticket, 8);
}

/* ------------------------------------------------------------------ the connection */

struct client *
client_dial(void *zmq_context, const char *endpoint, const char *server_key, const char *key_file)
{
    struct client *client = calloc(1, sizeof(*client));
    char public_key[KEY_TEXT_SIZE], secret_key[KEY_TEXT_SIZE];
    void *socket = zmq_socket(zmq_context, ZMQ_DEALER);
    int hwm = 0, linger = 0;

    if (!client || !socket)
        die("socket", zmq_strerror(zmq_errno()));
    if (keyfile_read(key_file, public_key, secret_key))
        die(key_file, err_text());
    zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server_key, KEY_TEXT_SIZE);
    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public_key, KEY_TEXT_SIZE);
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_key, KEY_TEXT_SIZE);
    zmq_setsockopt(socket, ZMQ_SNDHWM, &hwm, sizeof(hwm));
    zmq_setsockopt(socket, ZMQ_RCVHWM, &hwm, sizeof(hwm));
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof(linger));
    if (zmq_connect(socket, endpoint))
        die(endpoint, zmq_strerror(zmq_errno()));
    client->socket = socket;
    client->arena = arena_new();
    if (getrandom(&client->salt, sizeof(client->salt), 0) < 0)
        die("getrandom", strerror(errno));
    return client;
}

void
client_close(struct client **client_p)
{
    zmq_close((*client_p)->socket);
    arena_free(&(*client_p)->arena);
    free(*client_p);
    *client_p = NULL;
}

int
client_fd(const struct client *client)
{
    int fd;
    size_t size = sizeof(fd);

    if (zmq_getsockopt(client->socket, ZMQ_FD, &fd, &size))
        die("socket", zmq_strerror(zmq_errno()));
    return fd;
}

void
client_send(struct client *client, const struct command *command, uint32_t ticket, uint32_t pooled)
{
    zmq_msg_t message;
    char *frame;

    zmq_msg_init_size(&message, command->frame.size);
    frame = zmq_msg_data(&message);
    memcpy(frame, command->frame.data, command->frame.size);
    put_id(frame + command->id_at, client->salt, ticket, '8');
    if (command->updates)
        put_pooled(frame + command->subject_at, pool_entry(pooled));
    else
        put_id(frame + command->subject_at, client->salt, ticket, '9');
    if (zmq_msg_send(&message, client->socket, ZMQ_DONTWAIT) < 0)
        die("cannot send", zmq_strerror(zmq_errno()));
}

bool
client_take(struct client *client, struct answer *ret_answer)
{
    Wire__ServerFrame *frame = NULL;
    Wire__Reply *reply = NULL;
    zmq_msg_t message;

    zmq_msg_init(&message);
    if (zmq_msg_recv(&message, client->socket, ZMQ_DONTWAIT) < 0) {
        if (zmq_errno() != EAGAIN)
            die("no answer", zmq_strerror(zmq_errno()));
        return false;
    }
    arena_reset(client->arena, 1 << 16);
    if (proto_unpack(client->arena, &wire__server_frame__descriptor, zmq_msg_data(&message),
                     zmq_msg_size(&message), &frame) ||
        frame->content_case != WIRE__SERVER_FRAME__CONTENT_REPLY ||
        proto_unpack(client->arena, &wire__reply__descriptor, frame->reply.data, frame->reply.len,
                     &reply) ||
        strlen(reply->request_id) != ID_LENGTH)
        die("answer", "cannot be read");
    zmq_msg_close(&message);
    ret_answer->ticket = (uint32_t) strtoul(reply->request_id + 28, NULL, 16);
    ret_answer->accepted = reply->code == 0 && reply->final;
    ret_answer->busy = reply->code == RESOURCE_EXHAUSTED;
    ret_answer->reason = reply->reason;
    ret_answer->id = reply->request_id;
    return true;
}
