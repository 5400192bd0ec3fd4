/* tests/bench/load.c - sends one kind of command, so many in flight, and tells rate and latencies.
 *
 * Usage: load ENDPOINT SERVER_KEY PUBLIC SECRET PROGRAMME EDITION ACTOR IN_FLIGHT COMMANDS
 * Prints one line of JSON. Every command is a CreateEntry of its own; each must be accepted, or the run fails.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zmq.h>

#include "common/arena.h"
#include "common/clock.h"
#include "common/id.h"
#include "common/proto.h"
#include "sangkien/submissions/v1/commands.pb-c.h"
#include "sangkien/wire/v1/wire.pb-c.h"

struct plan {
    const char *programme, *edition, *actor;
    size_t in_flight, commands;
};

struct run {
    const struct plan *plan;
    void *socket;
    struct arena *arena;
    struct uuid *ids; /* of the commands under way, by their place */
    int64_t *began_us;
    int64_t *took_us; /* of those that are done */
    size_t sent, done, refused;
};

static int64_t
now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t) t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
die(const char *what)
{
    fprintf(stderr, "load: %s: %s\n", what, zmq_strerror(zmq_errno()));
    exit(1);
}

static struct bytes
frame_of(struct run *run, const struct uuid *id)
{
    Submissions__CreateEntry entry = SUBMISSIONS__CREATE_ENTRY__INIT;
    Wire__Request request = WIRE__REQUEST__INIT;
    Wire__Actor actor = WIRE__ACTOR__INIT;
    Wire__ClientFrame frame = WIRE__CLIENT_FRAME__INIT;
    struct uuid subject = uuid_new(clock_now_us());
    struct bytes packed;

    entry.edition_id = run->plan->edition;
    entry.entry_kind = SUBMISSIONS__ENTRY_KIND__ENTRY_KIND_INITIATIVE;
    entry.title = "Sáng kiến mẫu để đo tốc độ";
    entry.summary =
        "Rút ngắn thời gian giải quyết hồ sơ bằng cách kiểm tra thành phần ngay khi nộp.";
    entry.team = "đội 1";
    packed = proto_pack(run->arena, &entry);
    actor.person = run->plan->actor;
    request.id = uuid_text(run->arena, id);
    request.type = "sangkien.submissions.v1.CreateEntry";
    request.programme = run->plan->programme;
    request.subject = uuid_text(run->arena, &subject);
    request.body = (ProtobufCBinaryData){ packed.size, (uint8_t *) (uintptr_t) packed.data };
    request.actor = &actor;
    packed = proto_pack(run->arena, &request);
    frame.content_case = WIRE__CLIENT_FRAME__CONTENT_REQUEST;
    frame.request = (ProtobufCBinaryData){ packed.size, (uint8_t *) (uintptr_t) packed.data };
    return proto_pack(run->arena, &frame);
}

static void
send_one(struct run *run, size_t place)
{
    struct bytes frame;

    run->ids[place] = uuid_new(clock_now_us());
    arena_reset(run->arena, 1 << 16);
    frame = frame_of(run, &run->ids[place]);
    run->began_us[place] = now_us();
    if (zmq_send(run->socket, frame.data, frame.size, 0) < 0)
        die("cannot send");
    run->sent++;
}

static size_t
place_of(const struct run *run, const char *id_text)
{
    struct uuid id = uuid_of(id_text);

    for (size_t i = 0; i < run->plan->in_flight; i++)
        if (uuid_equal(&run->ids[i], &id))
            return i;
    fprintf(stderr, "load: a reply to nobody\n");
    exit(1);
}

static void
take_one(struct run *run)
{
    Wire__ServerFrame *frame = NULL;
    Wire__Reply *reply = NULL;
    zmq_msg_t message;
    size_t place;

    zmq_msg_init(&message);
    if (zmq_msg_recv(&message, run->socket, 0) < 0)
        die("no answer");
    arena_reset(run->arena, 1 << 16);
    if (proto_unpack(run->arena, &wire__server_frame__descriptor, zmq_msg_data(&message),
                     zmq_msg_size(&message), &frame) ||
        proto_unpack(run->arena, &wire__reply__descriptor, frame->reply.data, frame->reply.len,
                     &reply))
        die("unreadable answer");
    place = place_of(run, reply->request_id);
    run->took_us[run->done++] = now_us() - run->began_us[place];
    if (reply->code != 0 || !reply->final) {
        if (run->refused++ == 0)
            fprintf(stderr, "load: refused: %s %s\n", reply->reason, reply->message);
    }
    zmq_msg_close(&message);
    if (run->sent < run->plan->commands)
        send_one(run, place);
}

static int
by_size(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

static void *
dial(void *context, char **argv)
{
    void *socket = zmq_socket(context, ZMQ_DEALER);
    int hwm = 0, linger = 0, patience_ms = 30000;

    zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, argv[2], 41);
    zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, argv[3], 41);
    zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, argv[4], 41);
    zmq_setsockopt(socket, ZMQ_SNDHWM, &hwm, sizeof(hwm));
    zmq_setsockopt(socket, ZMQ_RCVHWM, &hwm, sizeof(hwm));
    zmq_setsockopt(socket, ZMQ_LINGER, &linger, sizeof(linger));
    zmq_setsockopt(socket, ZMQ_RCVTIMEO, &patience_ms, sizeof(patience_ms));
    if (zmq_connect(socket, argv[1]))
        die("cannot connect");
    return socket;
}

static void
report(struct run *run, int64_t took_us)
{
    qsort(run->took_us, run->done, sizeof(*run->took_us), by_size);
    printf("{\"in_flight\": %zu, \"commands\": %zu, \"refused\": %zu, \"per_second\": %.0f,"
           " \"p50_ms\": %.3f, \"p99_ms\": %.3f}\n",
           run->plan->in_flight, run->done, run->refused,
           (double) run->done * 1e6 / (double) took_us, (double) run->took_us[run->done / 2] / 1000,
           (double) run->took_us[run->done * 99 / 100] / 1000);
}

int
main(int argc, char **argv)
{
    struct plan plan;
    struct run run = { .plan = &plan };
    void *context = zmq_ctx_new();
    int64_t began_us;

    if (argc != 10) {
        fprintf(stderr, "usage: load ENDPOINT SERVER_KEY PUBLIC SECRET PROGRAMME EDITION ACTOR"
                        " IN_FLIGHT COMMANDS\n");
        return 2;
    }
    plan = (struct plan){ argv[5], argv[6], argv[7], strtoul(argv[8], NULL, 10),
                          strtoul(argv[9], NULL, 10) };
    assert(plan.in_flight > 0 && plan.commands >= plan.in_flight);
    run.socket = dial(context, argv);
    run.arena = arena_new();
    run.ids = calloc(plan.in_flight, sizeof(*run.ids));
    run.began_us = calloc(plan.in_flight, sizeof(*run.began_us));
    run.took_us = calloc(plan.commands, sizeof(*run.took_us));
    began_us = now_us();
    for (size_t i = 0; i < plan.in_flight; i++)
        send_one(&run, i);
    while (run.done < run.plan->commands)
        take_one(&run);
    report(&run, now_us() - began_us);
    zmq_close(run.socket);
    zmq_ctx_term(context);
    return run.refused ? 1 : 0;
}
