/* tests/counts/door.c - what the gateway does for a request that it lets in, and for the reply that it passes on.
 *
 * The doors' own functions take frames that stand ready and put down frames that nobody sends: what is counted
 * is the gateway's work, without ZeroMQ's and CURVE's. Each does it once before, so that tables have grown.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "sangkien/submissions/v1/commands.pb-c.h"
#include "sangkien/wire/v1/worker.pb-c.h"
#include "services/gateway/door_state.h"
#include "tests/counts/counted.h"

enum { REQUESTS = 1024, SYSTEMS = 32, ANSWERS = 32, MOST_FRAMES = 2 * REQUESTS };
enum { WORKER = SYSTEMS }; /* its connection; those of the systems have their numbers */

extern bool __wrap_post_receive(void *socket, struct post *ret_post);
extern int __wrap_post_send(void *socket, uint64_t peer, zmq_msg_t *frame);
extern int64_t __wrap_monotonic_ms(void);
extern int64_t __wrap_clock_now_us(void);
extern ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags);

/* ------------------------------------------------------------------ in place of sockets, clock and chance */

struct frames {
    zmq_msg_t list[MOST_FRAMES];
    const char *user_ids[MOST_FRAMES]; /* of those that come */
    uint64_t peers[MOST_FRAMES];
    size_t next;
    size_t count;
};

static struct frames coming, put_down;

bool
__wrap_post_receive(void *socket, struct post *ret_post)
{
    (void) socket;
    if (coming.next == coming.count)
        return false;
    *ret_post = (struct post){ .peer = coming.peers[coming.next],
                               .user_id = coming.user_ids[coming.next],
                               .is_plain = true };
    zmq_msg_init(&ret_post->id);
    zmq_msg_init(&ret_post->frame);
    zmq_msg_move(&ret_post->frame, &coming.list[coming.next++]);
    return true;
}

int
__wrap_post_send(void *socket, uint64_t peer, zmq_msg_t *frame)
{
    (void) socket;
    (void) peer;
    if (put_down.count == MOST_FRAMES)
        abort();
    zmq_msg_init(&put_down.list[put_down.count]);
    zmq_msg_move(&put_down.list[put_down.count++], frame);
    return 0;
}

int64_t
__wrap_monotonic_ms(void)
{
    return 1;
}

int64_t
__wrap_clock_now_us(void)
{
    return INT64_C(1572325200000000); /* 2019-10-29 */
}

ssize_t
__wrap_getrandom(void *bytes, size_t size, unsigned flags)
{
    (void) flags;
    memset(bytes, 0x5a, size);
    return (ssize_t) size;
}

static void
throw_away(struct frames *frames)
{
    for (; frames->count > 0; frames->count--)
        zmq_msg_close(&frames->list[frames->count - 1]);
    frames->next = 0;
}

static struct bytes
bytes_of(zmq_msg_t *frame)
{
    return (struct bytes){ zmq_msg_data(frame), zmq_msg_size(frame) };
}

/* ------------------------------------------------------------------ what comes */

static struct arena *arena;

static void
give_up(const char *why)
{
    fprintf(stderr, "tests/counts/door.c: %s\n", why);
    exit(EXIT_FAILURE);
}

static struct uuid
id_of(const char *what, size_t number)
{
    return uuid_derive(what, &number, sizeof(number));
}

static const char *
text_of(const char *what, size_t number)
{
    struct uuid id = id_of(what, number);

    return uuid_text(arena, &id);
}

static ProtobufCBinaryData
packed(const void *message)
{
    struct bytes bytes = proto_pack(arena, message);

    return (ProtobufCBinaryData){ bytes.size, (uint8_t *) (uintptr_t) bytes.data };
}

static void
comes(const void *message, const char *user_id, uint64_t peer)
{
    ProtobufCBinaryData bytes = packed(message);

    if (zmq_msg_init_size(&coming.list[coming.count], bytes.len) != 0)
        abort();
    memcpy(zmq_msg_data(&coming.list[coming.count]), bytes.data, bytes.len);
    coming.user_ids[coming.count] = user_id;
    coming.peers[coming.count++] = peer;
}

static ProtobufCBinaryData
create_entry(void)
{
    Submissions__CreateEntry ask = SUBMISSIONS__CREATE_ENTRY__INIT;
    Submissions__Author author = SUBMISSIONS__AUTHOR__INIT, *authors[] = { &author };

    ask.edition_id = text_of("edition", 1);
    ask.entry_kind = SUBMISSIONS__ENTRY_KIND__ENTRY_KIND_MODEL;
    ask.title = "Sáng kiến mẫu để đếm công việc";
    ask.summary = "Rút ngắn thời gian giải quyết hồ sơ bằng cách kiểm tra thành phần ngay khi nộp.";
    ask.team = "đội 1";
    author.person_id = text_of("person", 1);
    author.share_bp = 10000;
    ask.n_authors = 1;
    ask.authors = authors;
    return packed(&ask);
}

static void
a_request_comes(size_t number)
{
    Wire__Request ask = WIRE__REQUEST__INIT;
    Wire__Actor actor = WIRE__ACTOR__INIT;
    Wire__ClientFrame frame = WIRE__CLIENT_FRAME__INIT;

    ask.id = text_of("request", number);
    ask.type = submissions__create_entry__descriptor.name;
    ask.programme = "counts";
    ask.subject = text_of("entry", number);
    ask.body = create_entry();
    actor.person = text_of("person", 1);
    actor.capacity = WIRE__CAPACITY__CAPACITY_HEAD;
    ask.actor = &actor;
    frame.content_case = WIRE__CLIENT_FRAME__CONTENT_REQUEST;
    frame.request = packed(&ask);
    comes(&frame, text_of("system", number % SYSTEMS), number % SYSTEMS);
}

static ProtobufCBinaryData
some_reply(void)
{
    Wire__Reply reply = WIRE__REPLY__INIT;
    int64_t position = 1234567;

    reply.request_id = text_of("request", 1);
    reply.final = true;
    reply.type = "sangkien.submissions.v1.EntryDrafted";
    reply.body = create_entry(); /* about as long as the event */
    reply.subject = text_of("entry", 1);
    reply.version = 1;
    reply.n_positions = 1;
    reply.positions = &position;
    return packed(&reply);
}

static void
answers_come(const Wire__WorkBatch *works)
{
    Wire__Answer answers[ANSWERS], *list[ANSWERS];
    Wire__AnswerBatch batch = WIRE__ANSWER_BATCH__INIT;
    Wire__WorkerFrame frame = WIRE__WORKER_FRAME__INIT;

    if (works->n_works != ANSWERS)
        give_up("work does not go out in the bundles that are expected");
    for (size_t i = 0; i < ANSWERS; i++) {
        wire__answer__init(&answers[i]);
        answers[i].ticket = works->works[i]->ticket;
        answers[i].reply = some_reply();
        list[i] = &answers[i];
    }
    batch.n_answers = ANSWERS;
    batch.answers = list;
    frame.content_case = WIRE__WORKER_FRAME__CONTENT_ANSWERS;
    frame.answers = &batch;
    comes(&frame, "submissions", WORKER);
}

static void
a_worker_comes(void)
{
    const char *commands[] = { submissions__create_entry__descriptor.name };
    Wire__Ready ready = WIRE__READY__INIT;
    Wire__WorkerFrame frame = WIRE__WORKER_FRAME__INIT;

    ready.service = "submissions";
    ready.n_commands = 1;
    ready.commands = commands;
    ready.credit = 4 * REQUESTS;
    frame.content_case = WIRE__WORKER_FRAME__CONTENT_READY;
    frame.ready = &ready;
    comes(&frame, "submissions", WORKER);
}

/* ------------------------------------------------------------------ the doors */

static const struct config config = { .heartbeat_ms = 1000,
                                      .system_inflight = REQUESTS,
                                      .system_inflight_bytes = 1 << 24,
                                      .global_inflight_bytes = 1 << 28 };
static struct door door = { .config = &config };

static void
make_doors(void)
{
    struct principal systems[SYSTEMS];

    for (size_t i = 0; i < SYSTEMS; i++)
        systems[i] =
            (struct principal){ .system = id_of("system", i), .agency = id_of("agency", i) };
    door.keys = keys_new();
    keys_set_systems(door.keys, systems, SYSTEMS);
    door.routes = routes_new();
    door.tickets = tickets_new();
    door.admission = admission_new(&config);
    door.arena = arena_new();
    door.metrics.answered = metric_new("sangkien_answered_total", NULL, METRIC_COUNTER, "");
    door.metrics.seconds = metric_new("sangkien_answer_seconds", NULL, METRIC_SECONDS, "");
    door.metrics.workers = metric_new("sangkien_workers", NULL, METRIC_GAUGE, "");
    for (int reason = 0; reason < MOST_REASONS; reason++)
        door.metrics.refused[reason] = door.metrics.answered;
}

static void
close_doors(void)
{
    arena_free(&door.arena);
    admission_free(&door.admission);
    tickets_free(&door.tickets);
    routes_free(&door.routes);
    keys_free(&door.keys);
}

static void
take(void *context)
{
    void (*take_some)(struct door * door) = *(void (**)(struct door *)) context;

    while (coming.next < coming.count)
        take_some(&door);
}

static size_t
take_all(void (*take_some)(struct door *door), bool is_counted)
{
    size_t allocations = 0;

    throw_away(&put_down);
    if (is_counted)
        allocations = counted(take, &take_some);
    else
        take(&take_some);
    throw_away(&coming);
    return allocations;
}

static size_t
take_requests(size_t first, bool is_counted)
{
    for (size_t i = 0; i < REQUESTS; i++)
        a_request_comes(first + i);
    return take_all(door_take_clients, is_counted);
}

/* To the works that were put down. */
static size_t
take_replies(bool is_counted)
{
    size_t allocations;

    for (size_t i = 0; i < put_down.count; i++) {
        struct bytes bytes = bytes_of(&put_down.list[i]);
        Wire__GatewayFrame *frame;

        if (proto_unpack(arena, &wire__gateway_frame__descriptor, bytes.data, bytes.size, &frame) ||
            frame->content_case != WIRE__GATEWAY_FRAME__CONTENT_WORKS)
            give_up("a request was not handed on");
        answers_come(frame->works);
    }
    allocations = take_all(door_take_workers, is_counted);
    if (put_down.count != REQUESTS || admission_count(door.admission) != 0)
        give_up("a reply was not passed on");
    return allocations;
}

static void
tell(const char *name, size_t allocations)
{
    tell_case(name, REQUESTS);
    tell_figure("allocations", allocations);
}

int
main(void)
{
    arena = arena_new();
    make_doors();
    a_worker_comes();
    take_all(door_take_workers, false);
    take_requests(0, false);
    take_replies(false);
    tell("request", take_requests(REQUESTS, true));
    tell("reply", take_replies(true));
    throw_away(&put_down);
    close_doors();
    arena_free(&arena);
    return 0;
}
