/* tests/fuzz/frames.c - what a client's frame meets at the gateway's door, up to the feed's subscriptions. */
#include <zmq.h>

#include "common/field.h"
#include "common/letter.h"
#include "services/gateway/reply.h"
#include "services/gateway/request.h"
#include "services/gateway/subscription.h"
#include "tests/fuzz/input.h"

#define NOW_US INT64_C(1572566400000000)

static const struct uuid somebody = { { [6] = 0x70, [8] = 0x80, [15] = 1 } };

/* Our own words to a client are what the protocol says, and small. */
static void
look_at_reply(zmq_msg_t *frame)
{
    struct bytes bytes = { zmq_msg_data(frame), zmq_msg_size(frame) };
    struct arena *arena = arena_new();
    Wire__ServerFrame *said;
    Wire__Reply *reply;
    int rc = proto_unpack(arena, &wire__server_frame__descriptor, bytes.data, bytes.size, &said);

    PROMISE(bytes.size <= 8192, "%zu bytes", bytes.size);
    PROMISE(rc == 0, "%s", err_text());
    if (said->content_case == WIRE__SERVER_FRAME__CONTENT_REPLY) {
        rc = proto_unpack(arena, &wire__reply__descriptor, said->reply.data, said->reply.len,
                          &reply);
        PROMISE(rc == 0 && !reply->final && reply->reason[0], "a refusal that is none");
    }
    arena_free(&arena);
    zmq_msg_close(frame);
}

/* A key that nobody knows: no receipt can be right but the one that we make. */
static void
try_receipt(const struct request *request, struct bytes receipt, struct receipt *ret_made)
{
    static struct receipt_key *key;
    int64_t received_us = 0;

    if (!key)
        key = receipt_key_new((const uint8_t *) "0123456789abcdef0123456789abcdef", 32);
    PROMISE(!receipt_verify(key, &somebody, &request->id, request->bytes, receipt, &received_us) ||
                received_us == NOW_US,
            "a receipt out of nothing");
    receipt_make(key, &somebody, &request->id, request->bytes, NOW_US, ret_made);
}

static void
take_request(const struct client_frame *frame)
{
    struct request request;
    struct scan_result scan;
    struct receipt receipt;
    zmq_msg_t refusal;
    int reason;

    request_peek(frame->content, &request);
    try_receipt(&request, frame->receipt, &receipt);
    reason = request_judge(&request, &scan);
    if (reason != 0) {
        reply_refuse(&request.id, reason, &scan, &receipt, &refusal);
        look_at_reply(&refusal);
        return;
    }
    PROMISE(request_may_be_sent(&request) && !uuid_is_nil(&request.id), "of no type, or no id");
    PROMISE(!request_is_command(&request) || !uuid_is_nil(&request.subject), "about nothing");
}

static void
send_nowhere(void *context, const struct label *label, zmq_msg_t *frame)
{
    (void) context;
    (void) label;
    look_at_reply(frame);
}

static void
subscribe(struct subscriptions *all, struct arena *arena, struct bytes content)
{
    const struct order order = { .kind = ORDER_SUBSCRIBE, .peer = 7, .system = somebody };
    struct subscription *subscription = NULL;
    Wire__Subscribe *ask;
    int rc = proto_unpack(arena, &wire__subscribe__descriptor, content.data, content.size, &ask);

    PROMISE(rc == 0, "%s", err_text());
    if (subscription_open(all, &order, ask, 0, &subscription) != 0)
        return;
    PROMISE(subscription_find(all, 7, ask->subscription) == subscription, "it cannot be found");
    PROMISE(subscription->credit >= 0, "%lld", (long long) subscription->credit);
    subscription_grant(subscription, UINT32_MAX);
    subscription_grant(subscription, ask->credit);
    PROMISE(subscription->credit >= 0, "%lld", (long long) subscription->credit);
    subscription_progress(all, subscription, 1000000);
    subscription_end(all, &subscription, WIRE__REASON__REASON_UNKNOWN_PROGRAMME, NULL);
}

static void
take_order(const struct client_frame *frame)
{
    static const char *const names[] = { "", "", "sangkien.wire.v1.Subscribe",
                                         "sangkien.wire.v1.Credit",
                                         "sangkien.wire.v1.Unsubscribe" };
    struct subscriptions *all;
    struct scan_result scan;
    struct arena *arena;

    PROMISE(frame->what < sizeof(names) / sizeof(*names), "content %d", (int) frame->what);
    if (scan_message(proto_word(names[frame->what]), frame->content, &scan) != 0 ||
        frame->what != WIRE__CLIENT_FRAME__CONTENT_SUBSCRIBE)
        return;
    all = calloc(1, sizeof(*all));
    if (!all)
        abort();
    arena = arena_new();
    all->send = send_nowhere;
    subscribe(all, arena, frame->content);
    PROMISE(all->count == 0 && all->room == 0, "%zu are left", all->count);
    arena_free(&arena);
    free(all);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes bytes = { data, size };
    struct client_frame frame;
    char programme[65];

    request_programme(bytes, programme);
    reply_is_final(bytes);
    if (client_frame_read(bytes, &frame) != 0)
        return 0;
    if (frame.what == WIRE__CLIENT_FRAME__CONTENT_REQUEST)
        take_request(&frame);
    else
        take_order(&frame);
    return 0;
}
