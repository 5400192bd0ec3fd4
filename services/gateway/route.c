/* services/gateway/route.c - who works on what. */
#include "services/gateway/route.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sangkien/wire/v1/wire.pb-c.h"

enum { MOST_WORKERS = 1024, NAME_SIZE = 65, SHARE = 2 };

struct served {
    struct served *next;
    char name[NAME_SIZE];
    struct slot slots[ROUTE_SLOTS];
};

struct routes {
    struct worker *first;
    size_t count;
    struct served *served;
    struct served **by_word; /* who serves a word, by its place in proto_words */
    uint64_t serial;
    uint64_t turn;
};

static void *
zeroed(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (!memory)
        abort();
    return memory;
}

struct routes *
routes_new(void)
{
    struct routes *routes = zeroed(1, sizeof(*routes));

    routes->by_word = zeroed(proto_word_count, sizeof(struct served *));
    return routes;
}

static void
worker_free(struct worker *worker)
{
    free(worker->offers);
    free(worker->hears);
    free(worker->works);
    free(worker);
}

void
routes_free(struct routes **routes_p)
{
    struct routes *routes = *routes_p;

    *routes_p = NULL;
    if (!routes)
        return;
    for (struct worker *w = routes->first, *next; w; w = next) {
        next = w->next;
        worker_free(w);
    }
    for (struct served *s = routes->served, *next; s; s = next) {
        next = s->next;
        free(s);
    }
    free(routes->by_word);
    free(routes);
}

struct worker *
routes_find(const struct routes *routes, uint64_t peer)
{
    struct worker *worker = routes->first;

    while (worker && worker->peer != peer)
        worker = worker->next;
    return worker;
}

struct worker *
routes_first(const struct routes *routes)
{
    return routes->first;
}

size_t
routes_count(const struct routes *routes)
{
    return routes->count;
}

struct worker *
routes_silent(const struct routes *routes, int64_t now_ms, int64_t silence_ms)
{
    struct worker *worker = routes->first;

    while (worker && now_ms - worker->heard_ms <= silence_ms)
        worker = worker->next;
    return worker;
}

/* ------------------------------------------------------------------ coming and going */

static struct served *
served_of(struct routes *routes, const char *name)
{
    struct served *served = routes->served;

    while (served && strcmp(served->name, name) != 0)
        served = served->next;
    if (served)
        return served;
    served = zeroed(1, sizeof(*served));
    snprintf(served->name, sizeof(served->name), "%s", name);
    served->next = routes->served;
    routes->served = served;
    return served;
}

static bool
all_in_package(const char *service, const char *const *names, size_t count)
{
    char package[NAME_SIZE + 16];
    size_t length = (size_t) snprintf(package, sizeof(package), "sangkien.%s.v1.", service);

    for (size_t i = 0; i < count; i++)
        if (strncmp(names[i], package, length) != 0)
            return false;
    return true;
}

/* Words that this gateway does not know are left out: it could not look through such messages. */
static void
note_offers(struct routes *routes, struct worker *worker, const char *const *names, size_t count,
            enum word_kind kind)
{
    for (size_t i = 0; i < count; i++) {
        const struct word *word = proto_word(names[i]);

        if (!word || word->kind != kind)
            continue;
        worker->offers[word - proto_words] = true;
        worker->offers_any[kind == WORD_COMMAND ? COMMANDS : QUERIES] = true;
        routes->by_word[word - proto_words] = worker->served;
    }
}

static void
note_heard(struct worker *worker, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct word *word = proto_word(names[i]);

        if (word && word->kind == WORD_EVENT)
            worker->hears[word - proto_words] = true;
    }
}

static struct worker *
add_worker(struct routes *routes, uint64_t peer)
{
    struct worker *worker = zeroed(1, sizeof(*worker));

    worker->peer = peer;
    worker->serial = ++routes->serial;
    worker->offers = zeroed(proto_word_count, sizeof(bool));
    worker->hears = zeroed(proto_word_count, sizeof(bool));
    worker->next = routes->first;
    routes->first = worker;
    routes->count++;
    return worker;
}

const char *
routes_ready(struct routes *routes, uint64_t peer, const char *service_of_key,
             const Wire__Ready *ready, int64_t now_ms)
{
    const char *const *commands = (const char *const *) ready->commands;
    const char *const *queries = (const char *const *) ready->queries;
    struct worker *worker = routes_find(routes, peer);

    if (strcmp(ready->service, service_of_key) != 0 || strlen(ready->service) >= NAME_SIZE)
        return "the key is that of another service";
    if (!all_in_package(ready->service, commands, ready->n_commands) ||
        !all_in_package(ready->service, queries, ready->n_queries))
        return "a message is of another service's package";
    if (ready->credit == 0)
        return "it takes no work";
    if (!worker && routes->count == MOST_WORKERS)
        return "there are too many workers";
    if (!worker)
        worker = add_worker(routes, peer);
    worker->served = served_of(routes, ready->service);
    worker->service = worker->served->name;
    worker->credit = ready->credit;
    worker->heard_ms = now_ms;
    worker->is_leaving = false;
    memset(worker->offers, 0, proto_word_count * sizeof(bool));
    memset(worker->offers_any, 0, sizeof(worker->offers_any));
    memset(worker->hears, 0, proto_word_count * sizeof(bool));
    note_offers(routes, worker, commands, ready->n_commands, WORD_COMMAND);
    note_offers(routes, worker, queries, ready->n_queries, WORD_QUERY);
    note_heard(worker, (const char *const *) ready->heard, ready->n_heard);
    return NULL;
}

bool
worker_is_idle(const struct worker *worker)
{
    return worker->in_flight[COMMANDS] == 0 && worker->in_flight[QUERIES] == 0;
}

void
worker_give(struct worker *worker, const Wire__Work *work)
{
    Wire__WorkBatch batch = WIRE__WORK_BATCH__INIT;
    size_t size;

    /* Batches that stand one behind the other are one batch. */
    batch.n_works = 1;
    batch.works = (Wire__Work *[]){ (Wire__Work *) (uintptr_t) work };
    size = wire__work_batch__get_packed_size(&batch);
    if (worker->works_size + size > worker->works_room) {
        worker->works_room = 2 * (worker->works_size + size);
        worker->works = realloc(worker->works, worker->works_room);
        if (!worker->works)
            abort();
    }
    wire__work_batch__pack(&batch, worker->works + worker->works_size);
    worker->works_size += size;
}

void
routes_remove(struct routes *routes, struct worker **worker_p)
{
    struct worker *worker = *worker_p;
    struct worker **link = &routes->first;

    *worker_p = NULL;
    assert(worker_is_idle(worker));
    for (size_t i = 0; i < ROUTE_SLOTS; i++)
        if (worker->served->slots[i].worker == worker)
            worker->served->slots[i].worker = NULL;
    while (*link != worker)
        link = &(*link)->next;
    *link = worker->next;
    routes->count--;
    worker_free(worker);
}

/* ------------------------------------------------------------------ where to */

static size_t
slot_of(const struct uuid *subject)
{
    return (size_t) (uuid_hash(subject) % ROUTE_SLOTS);
}

static uint32_t
free_of(const struct worker *worker, enum work_kind kind)
{
    return worker->in_flight[kind] < worker->credit ? worker->credit - worker->in_flight[kind] : 0;
}

static bool
may_take(const struct worker *worker, size_t word)
{
    return worker->offers[word] && !worker->is_leaving;
}

/* Each slot has its own order of preference among the workers, so that a worker who comes or goes moves
 * only its own share of the slots. */
static struct worker *
prefer(const struct routes *routes, size_t word, size_t slot, bool *ret_any)
{
    struct worker *best = NULL;
    uint64_t most = 0;

    *ret_any = false;
    for (struct worker *w = routes->first; w; w = w->next) {
        uint64_t weight = mix_bits(w->serial * ROUTE_SLOTS + slot);

        if (!may_take(w, word))
            continue;
        *ret_any = true;
        if (free_of(w, COMMANDS) > 0 && (!best || weight > most)) {
            best = w;
            most = weight;
        }
    }
    return best;
}

static struct worker *
least_loaded(struct routes *routes, size_t word, bool *ret_any)
{
    struct worker *best = NULL;

    *ret_any = false;
    for (struct worker *w = routes->first; w; w = w->next) {
        if (!may_take(w, word))
            continue;
        *ret_any = true;
        if (free_of(w, QUERIES) > 0 &&
            (!best || w->in_flight[QUERIES] < best->in_flight[QUERIES] ||
             (w->in_flight[QUERIES] == best->in_flight[QUERIES] && w->last_turn < best->last_turn)))
            best = w;
    }
    if (best)
        best->last_turn = ++routes->turn;
    return best;
}

static struct worker *
pick_for_command(struct routes *routes, size_t word, const struct uuid *subject,
                 struct slot **ret_slot, bool *ret_any)
{
    size_t index = slot_of(subject);
    struct slot *slot = &routes->by_word[word]->slots[index];

    *ret_slot = slot;
    if (slot->in_flight == 0)
        return prefer(routes, word, index, ret_any);
    *ret_any = true; /* it must stay where it is, and wait if that cannot take it */
    return may_take(slot->worker, word) && free_of(slot->worker, COMMANDS) ? slot->worker : NULL;
}

/* Nobody ever offered the word. When others of its kind are offered by its service, it is one that may
 * not be sent. */
static int
judge_unoffered(const struct routes *routes, const struct word *word, enum work_kind kind)
{
    for (const struct worker *w = routes->first; w; w = w->next)
        if (w->offers_any[kind] && all_in_package(w->service, &word->name, 1))
            return WIRE__REASON__REASON_UNKNOWN_TYPE;
    return WIRE__REASON__REASON_NO_WORKER;
}

int64_t
route_share(int64_t room)
{
    return SHARE * room;
}

int
routes_pick(struct routes *routes, const struct word *word, const struct uuid *subject,
            int64_t in_flight_of_system, struct place *ret_place)
{
    size_t index = (size_t) (word - proto_words);
    enum work_kind kind = word->kind == WORD_COMMAND ? COMMANDS : QUERIES;
    struct place place = { 0 };
    bool any;

    if (!routes->by_word[index])
        return judge_unoffered(routes, word, kind);
    if (kind == COMMANDS)
        place.worker = pick_for_command(routes, index, subject, &place.slot, &any);
    else
        place.worker = least_loaded(routes, index, &any);
    if (!any)
        return WIRE__REASON__REASON_NO_WORKER;
    if (!place.worker)
        return WIRE__REASON__REASON_GATEWAY_BUSY;
    if (in_flight_of_system > route_share(free_of(place.worker, kind)))
        return WIRE__REASON__REASON_SYSTEM_BUSY;
    *ret_place = place;
    return 0;
}

void
place_take(const struct place *place)
{
    place->worker->in_flight[place->slot ? COMMANDS : QUERIES]++;
    if (place->slot) {
        assert(place->slot->in_flight == 0 || place->slot->worker == place->worker);
        place->slot->worker = place->worker;
        place->slot->in_flight++;
    }
}

void
place_leave(const struct place *place)
{
    uint32_t *count = &place->worker->in_flight[place->slot ? COMMANDS : QUERIES];

    assert(*count > 0 && (!place->slot || place->slot->in_flight > 0));
    (*count)--;
    if (place->slot)
        place->slot->in_flight--;
}
