/* services/gateway/reply.c - the gateway's own words to a client, as whole ServerFrames. */
#include "services/gateway/reply.h"

#include <stdlib.h>
#include <string.h>

#include "common/answer.h"
#include "common/field.h"
#include "sangkien/wire/v1/wire.pb-c.h"

enum {
    FINAL_FIELD = 2,
    RECEIPT_FIELD_TAG = 12 << 3 | FIELD_BYTES,
    REPLY_TAG = 1 << 3 | FIELD_BYTES
};
enum { SECOND_US = 1000000 };

static void
pack_frame(const Wire__ServerFrame *frame, zmq_msg_t *ret_frame)
{
    if (zmq_msg_init_size(ret_frame, wire__server_frame__get_packed_size(frame)) != 0)
        abort();
    wire__server_frame__pack(frame, zmq_msg_data(ret_frame));
}

/* Receipt and time in one, so that both live as long. */
struct receipt_words {
    Google__Protobuf__Timestamp time;
    Wire__Receipt receipt;
};

static Wire__Receipt *
word_receipt(const struct receipt *receipt, struct receipt_words *words)
{
    google__protobuf__timestamp__init(&words->time);
    wire__receipt__init(&words->receipt);
    words->time.seconds = receipt->received_us / SECOND_US;
    words->time.nanos = (int32_t) (receipt->received_us % SECOND_US) * 1000;
    words->receipt.received_at = &words->time;
    words->receipt.mac.data = (uint8_t *) (uintptr_t) receipt->mac;
    words->receipt.mac.len = sizeof(receipt->mac);
    return &words->receipt;
}

static size_t
word_violations(const struct scan_result *scan, Wire__FieldViolation *items,
                Wire__FieldViolation **list)
{
    for (size_t i = 0; i < scan->count; i++) {
        wire__field_violation__init(&items[i]);
        items[i].field = scan->violations[i].field;
        items[i].description = scan->violations[i].description;
        list[i] = &items[i];
    }
    return scan->count;
}

void
reply_refuse(const struct uuid *id, int reason, const struct scan_result *scan,
             const struct receipt *receipt, zmq_msg_t *ret_frame)
{
    Wire__FieldViolation items[SCAN_MOST_VIOLATIONS];
    Wire__FieldViolation *list[SCAN_MOST_VIOLATIONS];
    uint8_t packed[8192];
    char id_text[UUID_TEXT_SIZE] = "";
    struct receipt_words words;
    Wire__Reply reply = WIRE__REPLY__INIT;
    size_t size;

    if (!uuid_is_nil(id))
        uuid_print(id, id_text);
    reply.request_id = id_text;
    reply.code = reason_code(reason);
    reply.reason = reason_word(reason);
    reply.message = reason_sentence(reason);
    reply.field_violations = list;
    if (scan)
        reply.n_field_violations = word_violations(scan, items, list);
    if (receipt)
        reply.receipt = word_receipt(receipt, &words);
    size = wire__reply__get_packed_size(&reply);
    if (size > sizeof(packed)) /* cannot be: every part of it is bounded */
        abort();
    wire__reply__pack(&reply, packed);
    reply_forward((struct bytes){ packed, size }, NULL, ret_frame);
}

static size_t
put_number(uint8_t *place, uint64_t number)
{
    size_t size = 0;

    while (number >= 0x80) {
        place[size++] = (uint8_t) (number | 0x80);
        number >>= 7;
    }
    place[size++] = (uint8_t) number;
    return size;
}

/* Protobuf lets fields follow in any order: the receipt is put behind the bytes, which stay as they are. */
void
reply_forward(struct bytes reply, const struct receipt *receipt, zmq_msg_t *ret_frame)
{
    uint8_t tail[128] = { RECEIPT_FIELD_TAG };
    uint8_t head[16] = { REPLY_TAG };
    size_t tail_size = 0;
    size_t head_size;
    uint8_t *data;

    if (receipt) {
        struct receipt_words words;
        const Wire__Receipt *said = word_receipt(receipt, &words);

        tail_size = 1 + put_number(tail + 1, wire__receipt__get_packed_size(said));
        tail_size += wire__receipt__pack(said, tail + tail_size);
    }
    head_size = 1 + put_number(head + 1, reply.size + tail_size);
    if (zmq_msg_init_size(ret_frame, head_size + reply.size + tail_size) != 0)
        abort();
    data = zmq_msg_data(ret_frame);
    memcpy(data, head, head_size);
    memcpy(data + head_size, reply.data, reply.size);
    memcpy(data + head_size + reply.size, tail, tail_size);
}

bool
reply_is_final(struct bytes reply)
{
    struct field final;

    return field_find(reply, FINAL_FIELD, FIELD_NUMBER, &final) && final.value;
}

void
reply_ended(const char *subscription, int reason, const char *message, zmq_msg_t *ret_frame)
{
    Wire__SubscriptionEnded ended = WIRE__SUBSCRIPTION_ENDED__INIT;
    Wire__ServerFrame frame = WIRE__SERVER_FRAME__INIT;

    ended.subscription = subscription;
    ended.code = reason_code(reason);
    ended.reason = reason_word(reason);
    ended.message = message ? message : reason_sentence(reason);
    frame.content_case = WIRE__SERVER_FRAME__CONTENT_SUBSCRIPTION_ENDED;
    frame.subscription_ended = &ended;
    pack_frame(&frame, ret_frame);
}
