/* tests/model/simulation/bus.c - what is on its way, and who waits for what. */
#include "tests/model/simulation/bus.h"

#include "tests/model/simulation/check.h"

enum {
    MOST_PARCELS = 96,
    MOST_ANSWERS = 96,
    MOST_WAITING = 48,
    MOST_RECENT = 64,
    MOST_AT_ONCE = 12
};

struct answer_back {
    struct ask *ask;
    uint64_t hash;
    bool is_final;
    bool may_try_again;
};

static struct {
    struct parcel parcels[MOST_PARCELS];
    size_t parcel_count;
    struct answer_back answers[MOST_ANSWERS];
    size_t answer_count;
    struct ask *waiting[MOST_WAITING];
    size_t waiting_count;
    struct ask *recent[MOST_RECENT];
    size_t recent_count;
    bool is_reliable;
} bus;

void
bus_begin(void)
{
    memset(&bus, 0, sizeof(bus));
}

static bool
happens(unsigned per_mille)
{
    return !bus.is_reliable && dice_chance(&sim.dice, per_mille);
}

/* ------------------------------------------------------------------ to the services */

static void
send_copy(struct ask *ask)
{
    if (bus.parcel_count == MOST_PARCELS)
        return; /* the gateway is busy */
    bus.parcels[bus.parcel_count++] = (struct parcel){ ask, sim.now_us };
}

static void
send(struct ask *ask)
{
    if (!happens(60))
        send_copy(ask);
    if (happens(80))
        send_copy(ask);
}

/* When too many wait, the one that has waited longest gives up. */
void
bus_post(struct ask *ask)
{
    if (bus.waiting_count == MOST_WAITING) {
        bus.waiting[0]->is_over = true;
        memmove(bus.waiting, bus.waiting + 1, (MOST_WAITING - 1) * sizeof(*bus.waiting));
        bus.waiting_count--;
    }
    bus.waiting[bus.waiting_count++] = ask;
    bus.recent[bus.recent_count++ % MOST_RECENT] = ask;
    send(ask);
}

void
bus_resend(void)
{
    size_t recent = bus.recent_count < MOST_RECENT ? bus.recent_count : MOST_RECENT;

    if (bus.waiting_count && !dice_chance(&sim.dice, 200))
        send(bus.waiting[dice_throw(&sim.dice, bus.waiting_count)]);
    else if (recent)
        send(bus.recent[dice_throw(&sim.dice, recent)]);
}

void
bus_return(const struct parcel *parcel)
{
    if (bus.parcel_count < MOST_PARCELS)
        bus.parcels[bus.parcel_count++] = *parcel;
}

static struct parcel
take_parcel(size_t nth)
{
    struct parcel parcel = bus.parcels[nth];

    bus.parcels[nth] = bus.parcels[--bus.parcel_count];
    return parcel;
}

static bool
go_together(const struct parcel *a, const struct parcel *b)
{
    return a->ask->service == b->ask->service && strcmp(a->ask->programme, b->ask->programme) == 0;
}

void
bus_deliver(void)
{
    struct parcel taken[MOST_AT_ONCE], *parcels[MOST_AT_ONCE];
    size_t most = 1 + dice_throw(&sim.dice, MOST_AT_ONCE), count = 0;

    if (bus.parcel_count == 0)
        return;
    taken[count++] = take_parcel(dice_throw(&sim.dice, bus.parcel_count));
    for (size_t i = bus.parcel_count; i-- > 0 && count < most;)
        if (go_together(&bus.parcels[i], &taken[0]))
            taken[count++] = take_parcel(i);
    for (size_t i = 0; i < count; i++) {
        parcels[i] = &taken[i];
        sim.trace = trace_bytes(sim.trace, taken[i].ask->id.bytes, sizeof(struct uuid));
    }
    serve(any_server(taken[0].ask->service), parcels, count);
}

/* ------------------------------------------------------------------ and back */

static bool
may_try_again(int reason)
{
    return reason == WIRE__REASON__REASON_DATABASE_UNAVAILABLE ||
           reason == WIRE__REASON__REASON_NO_WORKER;
}

void
bus_answer_to(struct ask *ask, const struct letter *letter)
{
    uint64_t hash = trace_bytes(0, letter->reply.data, letter->reply.size);
    bool is_final = reply_is_final(letter->reply);

    sim.trace = trace_number(sim.trace, hash);
    sim.business = trace_number(sim.business, hash);
    if (bus.answer_count == MOST_ANSWERS || happens(60))
        return;
    bus.answers[bus.answer_count++] =
        (struct answer_back){ ask, hash, is_final, may_try_again(letter->reason) };
}

static void
stop_waiting(const struct ask *ask)
{
    for (size_t i = 0; i < bus.waiting_count; i++)
        if (bus.waiting[i] == ask) {
            bus.waiting[i] = bus.waiting[--bus.waiting_count];
            return;
        }
}

static void
take_answer(struct ask *ask, const struct answer_back *back)
{
    if (back->is_final) {
        MUST("R-G2", !ask->has_answer || ask->answer == back->hash,
             "a client got two different final answers to %s", ask->type);
        ask->has_answer = true;
        ask->answer = back->hash;
    }
    if (!back->is_final && back->may_try_again)
        return;
    ask->is_over = true;
    stop_waiting(ask);
}

void
bus_deliver_answers(void)
{
    size_t most = 1 + dice_throw(&sim.dice, MOST_AT_ONCE);

    while (most-- > 0 && bus.answer_count > 0) {
        size_t nth = dice_throw(&sim.dice, bus.answer_count);
        struct answer_back back = bus.answers[nth];

        bus.answers[nth] = bus.answers[--bus.answer_count];
        take_answer(back.ask, &back);
    }
}

bool
bus_settle(void)
{
    enum { PATIENCE = 4000 };

    bus.is_reliable = true;
    for (int i = 0; i < PATIENCE && bus.waiting_count && !sim.rule; i++) {
        arena_reset(sim.step, 1 << 20);
        if (bus.parcel_count == 0)
            bus_resend();
        bus_deliver();
        bus_deliver_answers();
    }
    return bus.waiting_count == 0;
}
