/* tests/bench/generate_say.c - one command: decided by its core, chained and written like a batch does it. */
#include "common/answer.h"
#include "common/proto.h"
#include "common/record.h"
#include "services/submissions/submissions.h"
#include "tests/bench/generate.h"

#include <string.h>

extern const struct service submissions_service;

/* SplitMix64: small, and the same everywhere. */
static uint64_t
next_number(struct chronicle *c)
{
    return mix_bits(c->dice += UINT64_C(0x9e3779b97f4a7c15));
}

uint64_t
throw_dice(struct chronicle *c, uint64_t below)
{
    return next_number(c) % below;
}

/* Version 7, as clients make them. */
static struct uuid
draw_id(struct chronicle *c)
{
    uint64_t high = (uint64_t) (c->now_us / 1000) << 16 | 0x7000 | (next_number(c) & 0xfff);
    uint64_t low = UINT64_C(1) << 63 | next_number(c) >> 2;
    struct uuid id;

    for (int i = 0; i < 8; i++) {
        id.bytes[i] = (uint8_t) (high >> (56 - 8 * i));
        id.bytes[8 + i] = (uint8_t) (low >> (56 - 8 * i));
    }
    return id;
}

const char *
new_id(struct chronicle *c, struct arena *arena)
{
    struct uuid id = draw_id(c);

    return uuid_text(arena, &id);
}

static struct letter
write_letter(struct chronicle *c, const char *subject, const ProtobufCMessage *message)
{
    struct letter letter = { .programme = c->programme,
                             .id = draw_id(c),
                             .subject = uuid_of(subject),
                             .type = message->descriptor->name,
                             .body = proto_pack(c->scratch, message),
                             .message = message,
                             .traceparent = "" };

    letter.handler = service_handler(&submissions_service, message->descriptor, &letter.kind);
    return letter;
}

static void
decide(struct chronicle *c, struct world *world, struct letter *letter)
{
    struct envelope envelope = letter_envelope(letter, c->now_us, c->authority);

    letter->outcome = world_say(world, letter->handler, letter->kind, &envelope, letter->message);
    letter->reason = letter->outcome.reason;
    letter->first_position = c->head.position + 1;
}

static struct bytes
pack_request(struct chronicle *c, const struct letter *letter)
{
    Wire__Request request = WIRE__REQUEST__INIT;
    Wire__Actor actor = WIRE__ACTOR__INIT;

    actor.person = uuid_text(c->scratch, &letter->actor.person);
    actor.capacity = WIRE__CAPACITY__CAPACITY_HEAD;
    request.id = uuid_text(c->scratch, &letter->id);
    request.type = letter->type;
    request.programme = letter->programme;
    request.subject = uuid_text(c->scratch, &letter->subject);
    request.body =
        (ProtobufCBinaryData){ letter->body.size, (uint8_t *) (uintptr_t) letter->body.data };
    request.actor = &actor;
    return proto_pack(c->scratch, &request);
}

static struct record
record_of(struct chronicle *c)
{
    return (struct record){ &submissions_service, c->scratch, &c->head, c->now_us };
}

static struct inbox_row
write_request(struct chronicle *c, struct letter *letter)
{
    const uint64_t salt[2] = { next_number(c), next_number(c) };
    const struct record record = record_of(c);
    struct inbox_row row = record_request(&record, letter, (const uint8_t *) salt);

    copy_inbox(c->inbox, &row);
    return row;
}

/* request: what caused them; NULL for an alarm. */
static void
write_events(struct chronicle *c, const struct letter *letter, const struct inbox_row *request)
{
    const struct record record = record_of(c);

    LIST_EACH (const struct happened, h, &letter->outcome.happened) {
        struct journal_row row = record_event(&record, letter, h, request);

        copy_event(c->journal, &row);
    }
}

bool
say(struct chronicle *c, struct world *world, const struct speaker *who, const char *subject,
    const ProtobufCMessage *message, struct list *ret_alarms)
{
    struct letter letter;
    struct inbox_row request;

    arena_reset(c->scratch, 1 << 20);
    letter = write_letter(c, subject, message);
    letter.origin = FROM_CLIENT;
    letter.source = who->system;
    letter.actor = (struct actor){ .person = who->person,
                                   .agency = who->agency,
                                   .system = who->system,
                                   .capacity = WIRE__CAPACITY__CAPACITY_HEAD };
    letter.received_us = c->now_us - (int64_t) throw_dice(c, 5000);
    letter.request = pack_request(c, &letter);
    decide(c, world, &letter);
    request = write_request(c, &letter);
    write_events(c, &letter, &request);
    if (ret_alarms)
        *ret_alarms = letter.outcome.alarms;
    return !letter.reason && !letter.outcome.refusal;
}

static void
write_unasked(struct chronicle *c, struct world *world, const char *subject,
              const ProtobufCMessage *message, enum origin origin)
{
    struct letter letter;

    arena_reset(c->scratch, 1 << 20);
    letter = write_letter(c, subject, message);
    letter.origin = origin;
    letter.position = origin == FROM_JOURNAL ? c->head.position : 0;
    decide(c, world, &letter);
    write_events(c, &letter, NULL);
}

void
ring(struct chronicle *c, struct world *world, const char *subject, const ProtobufCMessage *message)
{
    write_unasked(c, world, subject, message, FROM_TIMER);
}

void
hear(struct chronicle *c, struct world *world, const char *subject, const ProtobufCMessage *message)
{
    write_unasked(c, world, subject, message, FROM_JOURNAL);
}
