/* services/gateway/subscription.c - who listens to which programme, how far, and what they get to see. */
#include "services/gateway/subscription.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/authority.h"
#include "services/gateway/reply.h"

enum { STALL_MS = 50, MOST_CREDIT = 1 << 30 };

/* ------------------------------------------------------------------ open and close */

struct subscription *
subscription_find(struct subscriptions *all, uint64_t peer, const char *name)
{
    for (size_t i = 0; i < all->room; i++)
        if (all->items[i] && all->items[i]->peer == peer && strcmp(all->items[i]->name, name) == 0)
            return all->items[i];
    return NULL;
}

static int
judge_room(const struct subscriptions *all, const struct order *order)
{
    size_t of_peer = 0;
    size_t of_system = 0;

    for (size_t i = 0; i < all->room; i++) {
        const struct subscription *s = all->items[i];

        of_peer += s && s->peer == order->peer;
        of_system += s && uuid_equal(&s->system, &order->system);
    }
    if (of_peer >= SUBSCRIPTIONS_PER_PEER || of_system >= SUBSCRIPTIONS_PER_SYSTEM)
        return WIRE__REASON__REASON_SYSTEM_BUSY;
    return all->count < FEED_MOST_SUBSCRIPTIONS ? 0 : WIRE__REASON__REASON_GATEWAY_BUSY;
}

static struct subscription *
add(struct subscriptions *all)
{
    struct subscription *s = calloc(1, sizeof(*s));

    if (!s)
        abort();
    while (all->items[s->index])
        s->index++;
    all->items[s->index] = s;
    all->count++;
    if (s->index >= all->room)
        all->room = s->index + 1;
    return s;
}

static int
read_types(const Wire__Subscribe *ask, const struct word **ret_types)
{
    for (size_t i = 0; i < ask->n_types; i++) {
        ret_types[i] = proto_word(ask->types[i]);
        if (!ret_types[i] || ret_types[i]->kind != WORD_EVENT)
            return WIRE__REASON__REASON_INVALID_FIELD;
    }
    return 0;
}

int
subscription_open(struct subscriptions *all, const struct order *order, const Wire__Subscribe *ask,
                  int64_t now_ms, struct subscription **ret)
{
    const struct word *types[SUBSCRIPTION_MOST_TYPES];
    struct subscription *s = subscription_find(all, order->peer, ask->subscription);
    uint32_t index;
    int reason = ask->n_types > SUBSCRIPTION_MOST_TYPES ? WIRE__REASON__REASON_INVALID_FIELD
                                                        : read_types(ask, types);

    if (reason == 0 && !s)
        reason = judge_room(all, order);
    if (reason != 0)
        return reason;
    if (!s)
        s = add(all);
    index = s->index;
    *s = (struct subscription){ .index = index, .peer = order->peer, .spoke_ms = now_ms };
    s->epoch = ++all->epochs[index]; /* frames of an earlier one mean nothing any more */
    s->system = order->system;
    s->agency = order->agency;
    snprintf(s->name, sizeof(s->name), "%s", ask->subscription);
    snprintf(s->programme, sizeof(s->programme), "%s", ask->programme);
    memcpy(s->types, types, ask->n_types * sizeof(*types));
    s->type_count = ask->n_types;
    s->position = s->last_sent = s->told = ask->after_position;
    subscription_grant(s, ask->credit);
    *ret = s;
    return 0;
}

void
subscription_close(struct subscriptions *all, struct subscription **subscription_p)
{
    struct subscription *s = *subscription_p;

    *subscription_p = NULL;
    all->items[s->index] = NULL;
    all->count--;
    while (all->room && !all->items[all->room - 1])
        all->room--;
    free(s);
}

void
subscriptions_gone(struct subscriptions *all, uint64_t peer)
{
    for (size_t i = 0; i < all->room; i++) {
        struct subscription *s = all->items[i];

        if (s && s->peer == peer)
            subscription_close(all, &s);
    }
}

void
subscription_grant(struct subscription *subscription, uint32_t credit)
{
    subscription->credit += credit;
    if (subscription->credit > MOST_CREDIT)
        subscription->credit = MOST_CREDIT;
}

/* ------------------------------------------------------------------ words to the client */

static struct label
label_of(const struct subscription *s)
{
    return (
        struct label){ LABEL_FRAME, s->peer, { s->index, s->epoch, s->last_sent, s->sent }, true };
}

static void
send_frame(struct subscriptions *all, const struct label *label, const Wire__ServerFrame *frame)
{
    zmq_msg_t packed;

    if (zmq_msg_init_size(&packed, wire__server_frame__get_packed_size(frame)) != 0)
        abort();
    wire__server_frame__pack(frame, zmq_msg_data(&packed));
    all->send(all->context, label, &packed);
}

void
subscription_end(struct subscriptions *all, struct subscription **subscription_p, int reason,
                 const char *message)
{
    struct label label = label_of(*subscription_p);
    zmq_msg_t frame;

    label.may_stall = false;
    reply_ended((*subscription_p)->name, reason, message, &frame);
    all->send(all->context, &label, &frame);
    subscription_close(all, subscription_p);
}

void
subscription_progress(struct subscriptions *all, struct subscription *subscription, int64_t now_ms)
{
    Wire__Progress progress = WIRE__PROGRESS__INIT;
    Wire__ServerFrame frame = WIRE__SERVER_FRAME__INIT;
    struct label label = label_of(subscription);

    progress.subscription = subscription->name;
    progress.position = subscription->position;
    frame.content_case = WIRE__SERVER_FRAME__CONTENT_PROGRESS;
    frame.progress = &progress;
    subscription->told = subscription->position;
    subscription->spoke_ms = now_ms;
    send_frame(all, &label, &frame);
}

static void
deliver(struct subscriptions *all, struct subscription *s, struct sheaf *sheaf, int64_t now_ms)
{
    struct label label = label_of(s);
    int64_t previous = s->last_sent;
    zmq_msg_t frame;

    if (sheaf->count == 0)
        return;
    s->last_sent = sheaf->rows[sheaf->count - 1]->position;
    s->sent += sheaf->count;
    s->spoke_ms = now_ms;
    sheaf_pack(sheaf, s->name, previous, s->index, &frame);
    all->send(all->context, &label, &frame);
}

/* ------------------------------------------------------------------ the stream */

bool
subscription_wants(const struct subscription *subscription, int64_t head, int64_t now_ms)
{
    return subscription->is_checked && subscription->position < head && subscription->credit > 0 &&
           now_ms >= subscription->stalled_until_ms && !subscription_is_full(subscription);
}

bool
subscription_is_full(const struct subscription *subscription)
{
    return stream_bytes(subscription->index) >= STREAM_MOST_BYTES;
}

static bool
is_wanted_type(const struct subscription *s, struct event_row *row)
{
    if (s->type_count > 0 && !row->word)
        row->word = proto_word(row->type);
    for (size_t i = 0; i < s->type_count; i++)
        if (s->types[i] == row->word)
            return true;
    return s->type_count == 0;
}

static bool
is_party(const struct subscription *s, const struct event_row *row)
{
    for (size_t i = 0; i < row->party_count; i++)
        if (uuid_equal(&row->parties[i], &s->agency))
            return true;
    return false;
}

static bool
is_sealed(const struct event_row *row)
{
    return row->party_count == 1 && uuid_is_nil(&row->parties[0]);
}

/* false: it must wait for credit, or for what is under way. */
static bool
take_event(struct subscriptions *all, struct subscription *s, const struct page *page,
           struct event_row *row, struct sheaf *sheaf, int64_t now_ms)
{
    if (s->credit == 0)
        return false;
    if (!row->packed.data)
        row->packed = cloudevent_pack(page->arena, page->programme, row);
    if (!sheaf_add(sheaf, row)) {
        deliver(all, s, sheaf, now_ms);
        if (subscription_is_full(s))
            return false;
        sheaf_add(sheaf, row);
    }
    s->position = s->told = row->position;
    s->credit--;
    return true;
}

static void
pass_over(struct subscriptions *all, struct subscription *s, const struct event_row *row,
          struct sheaf *sheaf, int64_t now_ms)
{
    s->position = row->position;
    if (s->position - s->told < PROGRESS_AFTER)
        return;
    deliver(all, s, sheaf, now_ms);
    subscription_progress(all, s, now_ms);
}

void
subscription_take(struct subscriptions *all, struct subscription *subscription,
                  const struct page *page, const struct authority *authority, int64_t now_ms)
{
    struct subscription *s = subscription;
    bool reads_all = authority_reads_all(authority, &s->agency, page->programme, page->now_us);
    struct sheaf sheaf = { .count = 0 };
    bool goes_on = true;

    for (size_t i = 0; i < page->count && goes_on; i++) {
        struct event_row *row = &page->rows[i];

        if (row->position <= s->position)
            continue;
        if (is_wanted_type(s, row) && ((reads_all && !is_sealed(row)) || is_party(s, row)))
            goes_on = take_event(all, s, page, row, &sheaf, now_ms);
        else
            pass_over(all, s, row, &sheaf, now_ms);
    }
    deliver(all, s, &sheaf, now_ms);
    if (goes_on && page->is_last && (s->position > s->told || !s->has_reached_end)) {
        s->has_reached_end = true;
        subscription_progress(all, s, now_ms);
    }
}

/* The client's connection is full: everything from that frame on was dropped by the door. */
void
subscription_stall(struct subscriptions *all, const struct mark *mark, int64_t now_ms)
{
    struct subscription *s = mark->index < all->room ? all->items[mark->index] : NULL;

    if (!s || s->epoch != mark->epoch)
        return;
    s->epoch = ++all->epochs[mark->index];
    s->credit += (int64_t) (s->sent - mark->sent);
    s->sent = mark->sent;
    s->position = s->last_sent = s->told = mark->previous;
    s->stalled_until_ms = now_ms + STALL_MS;
}
