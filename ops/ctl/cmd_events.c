/* ops/ctl/cmd_events.c - sangkien events: a programme's events, one line of JSON each. */
#include <errno.h>
#include <string.h>

#include "common/clock.h"
#include "ops/ctl/request.h"

#define SUBSCRIPTION "sangkien-ctl"
#define CREDIT 256
#define MOST_TYPES 64
/* The gateway breaks its silence every 15 seconds; one that does not has not heard us. */
#define ASK_AGAIN_MS 20000
/* How long the feed is silent before it counts as read to its end: shorter after a Progress, which the
 * gateway says when it has looked at everything. */
#define QUIET_MS 2000
#define QUIET_AFTER_PROGRESS_MS 500

struct events_ask {
    struct settings settings;
    int64_t after;
    int64_t limit;
    bool follows;
    const char *types;
};

struct feed {
    const struct events_ask *ask;
    struct client *client;
    const char *types[MOST_TYPES];
    size_t type_count;
    int64_t delivered; /* position of the last event, or where we began */
    int64_t printed;
    uint32_t spent; /* events since credit was last granted */
    int64_t asked_ms;
    int64_t quiet_at_ms;
    unsigned losses; /* of the connection, when we asked */
    bool is_sent;
    bool is_answered;
};

static error_t
take(int key, char *argument, struct argp_state *state)
{
    struct events_ask *ask = state->input;

    switch (key) {
    case 'a':
        ask->after = number_of("--after", argument, 0, INT64_MAX);
        return 0;
    case 'f':
        ask->follows = true;
        return 0;
    case 'n':
        ask->limit = number_of("--limit", argument, 1, INT64_MAX);
        return 0;
    case 'T':
        ask->types = argument;
        return 0;
    default:
        return take_common(key, argument, state, &ask->settings, NULL);
    }
}

static int
read_types(struct arena *arena, struct feed *feed)
{
    char *rest = feed->ask->types ? arena_text(arena, feed->ask->types) : NULL;
    char *name;

    while ((name = strsep(&rest, ","))) {
        if (feed->type_count == MOST_TYPES)
            return err_set(ERR_POISON, "more than %d types", MOST_TYPES);
        if (request_type(arena, name, &feed->types[feed->type_count++]) < 0)
            return ERR_POISON;
    }
    return 0;
}

static void
subscribe(struct feed *feed)
{
    Wire__Subscribe subscribe = WIRE__SUBSCRIBE__INIT;
    Wire__ClientFrame frame = WIRE__CLIENT_FRAME__INIT;

    subscribe.subscription = SUBSCRIPTION;
    subscribe.programme = feed->ask->settings.programme;
    subscribe.after_position = feed->delivered;
    subscribe.n_types = feed->type_count;
    subscribe.types = feed->types;
    subscribe.credit = CREDIT;
    frame.content_case = WIRE__CLIENT_FRAME__CONTENT_SUBSCRIBE;
    frame.subscribe = &subscribe;
    feed->spent = 0;
    feed->is_answered = false;
    feed->asked_ms = monotonic_ms();
    feed->losses = client_losses(feed->client);
    feed->is_sent = client_say(feed->client, &frame);
}

/* Credit comes back in halves: often enough that the gateway never waits, rarely enough to cost
 * nothing. */
static void
grant(struct feed *feed)
{
    Wire__Credit credit = WIRE__CREDIT__INIT;
    Wire__ClientFrame frame = WIRE__CLIENT_FRAME__INIT;

    if (++feed->spent < CREDIT / 2)
        return;
    credit.subscription = SUBSCRIPTION;
    credit.credit = feed->spent;
    frame.content_case = WIRE__CLIENT_FRAME__CONTENT_CREDIT;
    frame.credit = &credit;
    if (client_say(feed->client, &frame))
        feed->spent = 0;
}

static int
deliver(struct feed *feed, struct arena *arena, const Wire__Delivery *delivery)
{
    struct bytes event = { delivery->event.data, delivery->event.len };
    const char *json;

    if (json_of_event(arena, event, &json) < 0) {
        fprintf(stderr, "sangkien: position %lld: %s\n", (long long) delivery->position,
                err_text());
        return ERR_POISON;
    }
    puts(json);
    fflush(stdout);
    feed->delivered = delivery->position;
    feed->printed++;
    grant(feed);
    return 0;
}

static bool
has_printed_enough(const struct feed *feed)
{
    return feed->ask->limit > 0 && feed->printed >= feed->ask->limit;
}

/* Every frame names the event before its first. Positions themselves may jump: what lies between was not
 * for this reader. */
static int
deliver_all(struct feed *feed, struct arena *arena, const Wire__Deliveries *deliveries)
{
    int64_t previous = deliveries->previous;
    int rc = 0;

    for (size_t i = 0; i < deliveries->n_list && rc == 0 && !has_printed_enough(feed); i++) {
        const Wire__Delivery *delivery = deliveries->list[i];

        if (delivery->position > feed->delivered && previous != feed->delivered) {
            fprintf(
                stderr,
                "sangkien: the chain is broken: position %lld follows %lld, but %lld came last\n",
                (long long) delivery->position, (long long) previous, (long long) feed->delivered);
            return ERR_POISON;
        }
        previous = delivery->position;
        if (delivery->position > feed->delivered) /* else seen already: of an earlier Subscribe */
            rc = deliver(feed, arena, delivery);
    }
    return rc;
}

/* Takes one frame; *ret_exit is set when it ends the reading. */
static bool
hear(struct feed *feed, struct arena *arena, const Wire__ServerFrame *frame, int *ret_exit)
{
    int64_t now = monotonic_ms();

    switch (frame->content_case) {
    case WIRE__SERVER_FRAME__CONTENT_DELIVERIES:
        if (deliver_all(feed, arena, frame->deliveries) < 0) {
            *ret_exit = EXIT_REFUSED;
            return true;
        }
        feed->quiet_at_ms = now + QUIET_MS;
        break;
    case WIRE__SERVER_FRAME__CONTENT_PROGRESS:
        feed->quiet_at_ms = now + QUIET_AFTER_PROGRESS_MS;
        break;
    case WIRE__SERVER_FRAME__CONTENT_SUBSCRIPTION_ENDED:
        fprintf(stderr, "sangkien: the subscription ended: %s: %s\n",
                frame->subscription_ended->reason, frame->subscription_ended->message);
        *ret_exit = EXIT_REFUSED;
        return true;
    default:
        return false;
    }
    feed->is_answered = true;
    *ret_exit = EXIT_DONE;
    return has_printed_enough(feed);
}

/* A gateway that was lost knows nothing of the subscription. */
static bool
must_ask(const struct feed *feed, int64_t now)
{
    if (!feed->is_sent)
        return client_is_connected(feed->client);
    return feed->losses != client_losses(feed->client) ||
           (!feed->is_answered && now >= feed->asked_ms + ASK_AGAIN_MS);
}

static int
follow(struct feed *feed)
{
    int64_t deadline = monotonic_ms() + feed->ask->settings.timeout_ms;
    int status = EXIT_DONE;

    subscribe(feed);
    for (;;) {
        struct arena *arena CLEANUP(arena_free) = arena_new();
        const Wire__ServerFrame *frame = client_hear(feed->client, arena, 100);
        if (frame && hear(feed, arena, frame, &status))
            return status;

        int64_t now = monotonic_ms();
        if (must_ask(feed, now))
            subscribe(feed);
        if (feed->is_answered)
            deadline = now + feed->ask->settings.timeout_ms;
        if (feed->is_answered && !feed->ask->follows && now >= feed->quiet_at_ms)
            return EXIT_DONE;
        if (!feed->is_answered && now >= deadline) {
            fprintf(stderr, "sangkien: no answer: %s\n", client_trouble(feed->client));
            return EXIT_UNREACHED;
        }
    }
}

/* clang-format off */
static const struct argp_option options[] = {
    { "after", 'a', "N", 0, "Begin after this position (0)", 1 },
    { "follow", 'f', NULL, 0, "Go on with what happens from now on", 1 },
    { "types", 'T', "A,B", 0, "Only events of these types", 1 },
    { "limit", 'n', "N", 0, "End after so many events", 1 },
    { 0 },
};
/* clang-format on */

int
cmd_events(int argc, char **argv)
{
    static const struct argp_child children[] = { { &settings_argp }, { 0 } };
    static const struct argp argp = {
        .options = options,
        .parser = take,
        .doc = "Prints the events of a programme that your agency may see, one line of JSON each.\v"
               "Ends with 1 when an event is missing in the chain.\n\n"
               "Examples:\n"
               "  sangkien events --programme kh-2019\n"
               "  sangkien events --programme kh-2019 --after 120 --follow\n"
               "  sangkien events --programme kh-2019 --types funding.FundingAgreed | jq .data",
        .children = children,
    };
    struct arena *arena CLEANUP(arena_free) = arena_new();
    struct client *client CLEANUP(client_close) = NULL;
    struct events_ask ask = { .settings.timeout_ms = 30000 };
    struct feed feed = { .ask = &ask };

    settings_parse(&argp, argc, argv, &ask);
    if (!ask.settings.programme)
        usage("which programme? --programme");
    feed.delivered = ask.after;
    if (read_types(arena, &feed) < 0 || client_open(&ask.settings, &client) < 0)
        return failed(EXIT_USAGE, "");
    feed.client = client;
    return follow(&feed);
}
