/* common/verify_states.c - every state row against what its events make of it: lots, on several threads. */
#define _GNU_SOURCE /* gettid */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/verify_parts.h"

enum { COMPARERS = 3, QUEUE = 4, NICE = 10 };

#define FEW_EVENTS 50000 /* for which one thread is enough */

/* The rows of a lot lie close together: block by block they are read in half the time. */
static const struct statement by_block = {
    "by block",
    "SELECT set_config('enable_indexscan', 'off', true),"
    " set_config('enable_bitmapscan', 'on', true), set_config('enable_sort', 'on', true)"
};

/* One thread, with a verifier of its own. */
struct comparer {
    struct comparers *all;
    pthread_t thread;
    struct verifier v;
    int rc;
    char reason[512];
};

struct comparers {
    struct arena *arena;
    struct list kinds; /* of struct kind_rows */
    struct comparer comparers[COMPARERS];
    size_t connected, running;
    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t changed;
    struct lot *queue[QUEUE];
    size_t given, taken;
    bool is_closed, is_broken;
};

struct comparers *
comparers_new(const struct verifier *v)
{
    struct comparers *all = calloc(1, sizeof(*all));

    if (!all)
        abort();
    pthread_mutex_init(&all->lock, NULL);
    pthread_cond_init(&all->changed, NULL);
    all->arena = arena_new();
    list_init(&all->kinds, all->arena, sizeof(struct kind_rows));
    for (const struct service *const *s = v->options->services; *s; s++)
        for (const struct kind *const *k = (*s)->kinds; *k; k++)
            compare_make(all->arena, *k, list_add(&all->kinds));
    return all;
}

static int
connect_one(struct comparers *all, const struct verifier *v)
{
    struct comparer *c = &all->comparers[all->connected++];
    int rc = verify_connect(v, &c->v.db);

    c->all = all;
    c->v.options = v->options;
    c->v.arena = arena_new();
    c->v.page = arena_new();
    if (rc == 0)
        rc = compare_prepare(c->v.db, &all->kinds);
    if (rc == 0)
        rc = db_prepare(c->v.db, &by_block);
    if (rc)
        return rc;
    db_call(c->v.db, &by_block);
    return db_run(c->v.db);
}

/* ------------------------------------------------------------------ a thread */

/* NULL: there will be no more. */
static struct lot *
take_lot(struct comparers *all)
{
    struct lot *lot = NULL;

    pthread_mutex_lock(&all->lock);
    while (all->given == all->taken && !all->is_closed && !all->is_broken)
        pthread_cond_wait(&all->changed, &all->lock);
    if (all->given > all->taken && !all->is_broken)
        lot = all->queue[all->taken++ % QUEUE];
    pthread_cond_broadcast(&all->changed);
    pthread_mutex_unlock(&all->lock);
    return lot;
}

static bool
is_in_order(const struct comparers *all, const struct lot *lot)
{
    bool all_explained = true;

    for (size_t i = 0; i < all->kinds.count; i++)
        all_explained = all_explained && lot->unexplained[i] == 0;
    return all_explained && lot->damages == 0;
}

/* What it has to say waits in the lot: it is told in the order of the lots, or forgotten, when the lot is to be
 * read again. */
static void
compare_one(struct comparer *c, struct lot *lot)
{
    size_t size = 0, before = c->v.damages;

    if (!lot->is_final)
        lot->unexplained = arena_zero(lot->kept, c->all->kinds.count * sizeof(*lot->unexplained));
    c->v.out = open_memstream(&lot->text, &size);
    if (!c->v.out)
        abort();
    c->rc = compare_lot(&c->v, &c->all->kinds, lot);
    fclose(c->v.out);
    lot->damages = c->v.damages - before;
    if (c->rc)
        snprintf(c->reason, sizeof(c->reason), "%s", err_text());
    lot->is_in_order = c->rc == 0 && is_in_order(c->all, lot);
    arena_free(&lot->kept);
    if (lot->is_final)
        return;
    free(lot->text);
    lot->text = NULL;
}

static void *
compare_lots(void *context)
{
    struct comparer *c = context;
    struct lot *lot;

    setpriority(PRIO_PROCESS, (id_t) gettid(), NICE); /* everybody waits for the chain */
    while (c->rc == 0 && (lot = take_lot(c->all)))
        compare_one(c, lot);
    pthread_mutex_lock(&c->all->lock);
    c->all->is_broken = c->all->is_broken || c->rc;
    pthread_cond_broadcast(&c->all->changed);
    pthread_mutex_unlock(&c->all->lock);
    return NULL;
}

/* ------------------------------------------------------------------ all of them */

int
comparers_begin(struct verifier *v)
{
    struct comparers *all = v->comparers;
    size_t wanted = v->head.position > FEW_EVENTS ? COMPARERS : 1;
    int rc = 0;

    while (all->connected < wanted && rc == 0)
        rc = connect_one(all, v);
    if (rc)
        return rc;
    all->given = all->taken = 0;
    all->is_closed = all->is_broken = false;
    for (all->running = 0; all->running < wanted; all->running++) {
        struct comparer *c = &all->comparers[all->running];

        c->v.programme = v->programme;
        if (pthread_create(&c->thread, NULL, compare_lots, c))
            abort();
    }
    return 0;
}

void
comparers_give(struct comparers *all, struct lot *lot)
{
    pthread_mutex_lock(&all->lock);
    while (all->given - all->taken == QUEUE && !all->is_broken)
        pthread_cond_wait(&all->changed, &all->lock);
    if (!all->is_broken)
        all->queue[all->given++ % QUEUE] = lot;
    pthread_cond_broadcast(&all->changed);
    pthread_mutex_unlock(&all->lock);
}

/* When they have done all that they were given. */
int
comparers_end(struct comparers *all)
{
    int rc = 0;

    pthread_mutex_lock(&all->lock);
    all->is_closed = true;
    pthread_cond_broadcast(&all->changed);
    pthread_mutex_unlock(&all->lock);
    for (; all->running; all->running--) {
        struct comparer *c = &all->comparers[all->running - 1];

        pthread_join(c->thread, NULL);
        if (c->rc && rc == 0)
            rc = err_set(c->rc, "%s", c->reason);
    }
    return rc;
}

void
comparers_free(struct comparers **comparers_p)
{
    struct comparers *all = *comparers_p;

    if (!all)
        return;
    for (size_t i = 0; i < all->connected; i++) {
        db_close(&all->comparers[i].v.db);
        arena_free(&all->comparers[i].v.arena);
        arena_free(&all->comparers[i].v.page);
    }
    pthread_mutex_destroy(&all->lock);
    pthread_cond_destroy(&all->changed);
    arena_free(&all->arena);
    free(all);
    *comparers_p = NULL;
}

/* ------------------------------------------------------------------ what came out */

static void
tell(struct verifier *v, const struct list *lots)
{
    const struct list *kinds = &v->comparers->kinds;

    LIST_EACH (struct lot, lot, lots) {
        fputs(lot->text ? lot->text : "", v->out);
        v->damages += lot->damages;
        v->aggregates += lot->aggregates;
    }
    for (size_t i = 0; i < kinds->count; i++) {
        const struct kind_rows *k = list_at(kinds, i);
        int64_t unexplained = 0;

        LIST_EACH (struct lot, lot, lots)
            unexplained += lot->unexplained[i];
        if (unexplained)
            verify_damage(v, "%s: %lld rows that no event explains", k->kind->name,
                          (long long) unexplained);
    }
}

/* ------------------------------------------------------------------ once more */

/* Few of them are named each; of many, all between the first and the last is read. */
enum { MOST_RANGES = 16 };

static const char *
between(struct arena *arena, const char *text, const struct uuid *first, const struct uuid *last)
{
    char from[UUID_TEXT_SIZE], to[UUID_TEXT_SIZE];

    uuid_print(first, from);
    uuid_print(last, to);
    return arena_format(arena, "%s%saggregate BETWEEN '%s' AND '%s'", text, *text ? " OR " : "",
                        from, to);
}

static const char *
ranges(struct arena *arena, const struct list *again)
{
    const struct lot *first = list_at(again, 0), *last = list_at(again, again->count - 1);
    const char *text = "";

    if (again->count > MOST_RANGES)
        return between(arena, "", &first->first, &last->last);
    LIST_EACH (const struct lot, lot, again)
        text = between(arena, text, &lot->first, &lot->last);
    return text;
}

static void
keep_told(const struct stream *s, struct lot *lot)
{
    const struct journal_row event = stream_told(s);

    lot_keep(lot, &event);
}

/* A lot is given away when the first event behind it comes. Of those between two lots nobody wants to know. */
static int
read_lots(struct verifier *v, struct list *again)
{
    struct stream *s = v->sorted_stream;
    bool is_row = true;
    size_t nth = 0;
    int rc = 0;

    while (rc == 0 && nth < again->count && (rc = stream_next(s, &is_row)) == 0) {
        struct uuid id = is_row ? stream_uuid(s, 3) : (struct uuid){ 0 };
        struct lot *lot = list_at(again, nth);

        while (!is_row || uuid_compare(&id, &lot->last) > 0) {
            comparers_give(v->comparers, lot);
            verify_progress(v, "lots read again", (int64_t) nth, (int64_t) again->count);
            if (++nth == again->count)
                break;
            lot = list_at(again, nth);
            lot->kept = arena_new();
        }
        if (nth < again->count && uuid_compare(&id, &lot->first) >= 0)
            keep_told(s, lot);
    }
    return rc == 0 && is_row ? stream_skip(s) : rc;
}

static int
read_again(struct verifier *v, struct list *again)
{
    struct lot *first = list_at(again, 0);
    int rc;

    arena_reset(v->page, 1 << 20);
    LIST_EACH (struct lot, lot, again)
        lot->unexplained = arena_zero(v->arena, v->comparers->kinds.count * sizeof(int64_t));
    first->kept = arena_new();
    rc = stream_start(v->sorted_stream, v->page,
                      arena_format(v->page,
                                   "SELECT " TOLD_COLUMNS
                                   " FROM runtime.journal WHERE programme = %s AND (%s)"
                                   " ORDER BY aggregate, position",
                                   stream_quote(v->sorted_stream, v->page, v->programme),
                                   ranges(v->page, again)));
    return rc ? rc : read_lots(v, again);
}

int
verify_states(struct verifier *v)
{
    struct comparers *all = v->comparers;
    struct list again;
    int rc, ended;

    lots_give_all(v);
    rc = comparers_end(all);
    if (rc)
        return rc;
    lots_again(v, &again);
    if (again.count == 0)
        return 0;
    rc = comparers_begin(v);
    if (rc)
        return rc;
    rc = read_again(v, &again);
    ended = comparers_end(all);
    rc = rc ? rc : ended;
    if (rc == 0)
        tell(v, &again);
    LIST_EACH (struct lot, lot, &again) { /* also what nobody came to */
        arena_free(&lot->kept);
        free(lot->text);
    }
    return rc;
}
