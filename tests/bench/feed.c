/* tests/bench/feed.c - a subscriber: how fast it catches up, and how soon it sees what has just happened.
 *
 * That no event is missing, doubled or out of order is looked at all along, and ends the run. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/clock.h"
#include "common/field.h"
#include "common/keyfile.h"
#include "common/proto.h"
#include "sangkien/wire/v1/wire.pb-c.h"
#include "tests/bench/client.h"
#include "tests/bench/tally.h"

enum { CREDIT = 1 << 16, PATIENCE_MS = 30000, NAME_SIZE = 16 };

static const char usage[] =
    "Usage: feed catch-up ENDPOINT SERVER_KEY KEYFILE PROGRAMME AFTER UNTIL SECONDS\n"
    "       feed live ENDPOINT SERVER_KEY KEYFILE PROGRAMME AFTER EDITION PERSON COMMANDS\n"
    "\n"
    "catch-up reads the events from AFTER to UNTIL, which must all be for this system: once, or "
    "with\n"
    "SECONDS above 0 again and again until that time is over.\n"
    "live sends one CreateEntry at a time and waits for its reply and for its event; AFTER is the "
    "end of\n"
    "the journal, and nobody else may draft entries meanwhile.\n"
    "Prints one line of JSON.\n";

struct reader {
    void *socket;
    struct arena *arena;
    const char *programme;
    const char *type;     /* the only one to be sent; NULL: all */
    char name[NAME_SIZE]; /* of the subscription: another one each time it begins again */
    unsigned begun;
    int64_t position; /* of the last event */
    uint32_t spent;   /* credit, since it was last granted */
    int64_t events, frames, bytes;
};

static int64_t
number(const char *text)
{
    return strtoll(text, NULL, 10);
}

/* ------------------------------------------------------------------ what is said */

static void
dial(struct reader *reader, void *context, char **argv)
{
    char public_key[KEY_TEXT_SIZE], secret_key[KEY_TEXT_SIZE];
    int linger = 0, patience_ms = PATIENCE_MS;

    if (keyfile_read(argv[2], public_key, secret_key))
        die(argv[2], err_text());
    reader->socket = zmq_socket(context, ZMQ_DEALER);
    reader->arena = arena_new();
    reader->programme = argv[3];
    zmq_setsockopt(reader->socket, ZMQ_CURVE_SERVERKEY, argv[1], KEY_TEXT_SIZE);
    zmq_setsockopt(reader->socket, ZMQ_CURVE_PUBLICKEY, public_key, KEY_TEXT_SIZE);
    zmq_setsockopt(reader->socket, ZMQ_CURVE_SECRETKEY, secret_key, KEY_TEXT_SIZE);
    zmq_setsockopt(reader->socket, ZMQ_LINGER, &linger, sizeof(linger));
    zmq_setsockopt(reader->socket, ZMQ_RCVTIMEO, &patience_ms, sizeof(patience_ms));
    if (zmq_connect(reader->socket, argv[0]))
        die(argv[0], zmq_strerror(zmq_errno()));
}

static void
say(struct reader *reader, const Wire__ClientFrame *frame)
{
    struct bytes packed = proto_pack(reader->arena, frame);

    if (zmq_send(reader->socket, packed.data, packed.size, 0) < 0)
        die("cannot send", zmq_strerror(zmq_errno()));
}

static void
subscribe(struct reader *reader)
{
    Wire__Subscribe subscribe = WIRE__SUBSCRIBE__INIT;
    Wire__ClientFrame frame = { .base = PROTOBUF_C_MESSAGE_INIT(&wire__client_frame__descriptor) };

    snprintf(reader->name, sizeof(reader->name), "%u", ++reader->begun);
    reader->spent = 0;
    subscribe.subscription = reader->name;
    subscribe.programme = reader->programme;
    subscribe.after_position = reader->position;
    subscribe.n_types = reader->type ? 1 : 0;
    subscribe.types = &reader->type;
    subscribe.credit = CREDIT;
    frame.content_case = WIRE__CLIENT_FRAME__CONTENT_SUBSCRIBE;
    frame.subscribe = &subscribe;
    say(reader, &frame);
}

static void
unsubscribe(struct reader *reader)
{
    Wire__Unsubscribe unsubscribe = WIRE__UNSUBSCRIBE__INIT;
    Wire__ClientFrame frame = { .base = PROTOBUF_C_MESSAGE_INIT(&wire__client_frame__descriptor) };

    unsubscribe.subscription = reader->name;
    frame.content_case = WIRE__CLIENT_FRAME__CONTENT_UNSUBSCRIBE;
    frame.unsubscribe = &unsubscribe;
    say(reader, &frame);
}

static void
grant(struct reader *reader)
{
    Wire__Credit credit = WIRE__CREDIT__INIT;
    Wire__ClientFrame frame = { .base = PROTOBUF_C_MESSAGE_INIT(&wire__client_frame__descriptor) };

    if (reader->spent < CREDIT / 4)
        return;
    credit.subscription = reader->name;
    credit.credit = reader->spent;
    frame.content_case = WIRE__CLIENT_FRAME__CONTENT_CREDIT;
    frame.credit = &credit;
    say(reader, &frame);
    reader->spent = 0;
}

/* ------------------------------------------------------------------ what comes */

static int64_t
number_in(struct bytes message, uint32_t field)
{
    struct field f;

    return field_find(message, field, FIELD_NUMBER, &f) ? (int64_t) f.value : 0;
}

/* Frames of a subscription that was left may still be under way. */
static bool
is_ours(const struct reader *reader, struct bytes content)
{
    struct field name;

    return field_find(content, 1, FIELD_BYTES, &name) && name.bytes.size == strlen(reader->name) &&
           memcmp(name.bytes.data, reader->name, name.bytes.size) == 0;
}

static void
take_delivery(struct reader *reader, struct bytes delivery)
{
    int64_t position = number_in(delivery, 1);
    struct field event;

    if (!field_find(delivery, 2, FIELD_BYTES, &event) || position <= reader->position ||
        (!reader->type && position != reader->position + 1)) {
        fprintf(stderr, "feed: %" PRId64 " follows %" PRId64 "\n", position, reader->position);
        exit(1);
    }
    reader->position = position;
    reader->events++;
    reader->spent++;
}

/* Not unpacked by a library, for what is measured is the feed. */
static void
take_deliveries(struct reader *reader, struct bytes rest)
{
    enum field_found found;
    struct field f;

    if (number_in(rest, 2) != reader->position)
        die("a frame", "is missing");
    while ((found = field_next(&rest, &f)) == FIELD_GOT)
        if (f.number == 3)
            take_delivery(reader, f.bytes);
    if (found == FIELD_BAD)
        die("a frame", "cannot be read");
}

/* Waits for one frame. */
static void
take_frame(struct reader *reader)
{
    struct field content;
    struct bytes bytes;
    zmq_msg_t frame;

    zmq_msg_init(&frame);
    if (zmq_msg_recv(&frame, reader->socket, 0) < 0)
        die("nothing came", zmq_strerror(zmq_errno()));
    bytes = (struct bytes){ zmq_msg_data(&frame), zmq_msg_size(&frame) };
    reader->frames++;
    reader->bytes += (int64_t) bytes.size;
    arena_reset(reader->arena, 1 << 16);
    if (field_next(&bytes, &content) != FIELD_GOT ||
        content.number == WIRE__SERVER_FRAME__CONTENT_SUBSCRIPTION_ENDED)
        die("the subscription", "ended");
    if (content.number == WIRE__SERVER_FRAME__CONTENT_DELIVERIES && is_ours(reader, content.bytes))
        take_deliveries(reader, content.bytes);
    grant(reader);
    zmq_msg_close(&frame);
}

/* ------------------------------------------------------------------ catch-up */

static void
catch_up(struct reader *reader, int64_t until, double seconds)
{
    int64_t began_us = monotonic_us(), after = reader->position;
    int64_t end_us = began_us + (int64_t) (seconds * 1e6);
    double took;

    subscribe(reader);
    while (seconds > 0 ? monotonic_us() < end_us : reader->position < until) {
        take_frame(reader);
        if (seconds > 0 && reader->position >= until) {
            unsubscribe(reader);
            reader->position = after;
            subscribe(reader);
        }
    }
    took = (double) (monotonic_us() - began_us) / 1e6;
    printf("{\"events\": %" PRId64 ", \"seconds\": %.3f, \"rate\": %.0f, \"frames\": %" PRId64
           ", \"bytes\": %" PRId64 "}\n",
           reader->events, took, (double) reader->events / took, reader->frames, reader->bytes);
}

/* ------------------------------------------------------------------ live */

struct times {
    struct tally command; /* sent to replied */
    struct tally lag;     /* replied to seen; 0 when the event was first */
    struct tally seen;    /* sent to seen */
};

static void
one_command(struct client *client, const struct command *command, uint32_t ticket,
            struct reader *reader, struct times *times)
{
    zmq_pollitem_t items[] = { { NULL, client_fd(client), ZMQ_POLLIN, 0 },
                               { reader->socket, 0, ZMQ_POLLIN, 0 } };
    int64_t sent_us = monotonic_us(), replied_us = 0, seen_us = 0, before = reader->position;
    struct answer answer;

    client_send(client, command, ticket, 0);
    while (!replied_us || !seen_us) {
        if (!replied_us && client_take(client, &answer)) {
            replied_us = monotonic_us();
            if (!answer.accepted)
                die("refused", answer.reason);
            continue;
        }
        if (zmq_poll(items, 2, PATIENCE_MS) <= 0)
            die("nothing came", "neither reply nor event");
        if (items[1].revents)
            take_frame(reader);
        if (!seen_us && reader->position > before)
            seen_us = monotonic_us();
    }
    tally_add(&times->command, replied_us - sent_us);
    tally_add(&times->lag, seen_us > replied_us ? seen_us - replied_us : 0);
    tally_add(&times->seen, seen_us - sent_us);
}

static void
live(struct reader *reader, struct client *client, struct command *command, uint32_t commands)
{
    static struct times times;

    command_prepare(command);
    reader->type = "sangkien.submissions.v1.EntryDrafted";
    subscribe(reader);
    take_frame(reader); /* Progress: the end of the history */
    for (uint32_t i = 0; i < commands; i++)
        one_command(client, command, i, reader, &times);
    printf("{\"command\": {");
    tally_print(&times.command);
    printf("}, \"lag\": {");
    tally_print(&times.lag);
    printf("}, \"seen\": {");
    tally_print(&times.seen);
    printf("}}\n");
    arena_free(&command->arena);
}

/* ------------------------------------------------------------------ what is asked for */

int
main(int argc, char **argv)
{
    bool is_live = argc == 10 && strcmp(argv[1], "live") == 0;
    void *context = zmq_ctx_new();
    struct reader reader = { 0 };

    if (!is_live && (argc != 9 || strcmp(argv[1], "catch-up") != 0)) {
        fputs(usage, stderr);
        return 2;
    }
    dial(&reader, context, argv + 2);
    reader.position = number(argv[6]);
    if (is_live) {
        struct client *client = client_dial(context, argv[2], argv[3], argv[4]);
        struct command command = { .programme = argv[5], .edition = argv[7], .person = argv[8] };

        live(&reader, client, &command, (uint32_t) number(argv[9]));
        client_close(&client);
    } else {
        catch_up(&reader, number(argv[7]), strtod(argv[8], NULL));
    }
    zmq_close(reader.socket);
    zmq_ctx_term(context);
    arena_free(&reader.arena);
    return 0;
}
