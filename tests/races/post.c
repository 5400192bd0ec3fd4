/* tests/races/post.c - takes the place of common/bus.c: the same functions, and no network. */
#include "tests/races/post.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "common/loop.h"

enum { MOST = 64, PATIENCE_S = 20 };

struct answered {
    uint64_t ticket;
    struct bytes reply;
};

struct bus {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct work *first, *last;
    struct answered answers[MOST];
    size_t answer_count;
    int64_t hinted;
    bool is_woken;
    bool is_leaving;
    int always; /* can be read */
};

struct post {
    struct bus bus;
    struct config config;
    struct process process;
    struct loop *loop;
    struct health *health;
    pthread_t thread;
    bool runs;
    uint64_t last_ticket;
};

/* ------------------------------------------------------------------ what the loop sees */

static struct timespec
in_ms(int64_t ms)
{
    struct timespec at;

    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += ms / 1000;
    at.tv_nsec += ms % 1000 * 1000000;
    if (at.tv_nsec >= 1000000000) {
        at.tv_sec++;
        at.tv_nsec -= 1000000000;
    }
    return at;
}

struct work *
bus_take(struct bus *bus, enum lane lane, int64_t wait_ms)
{
    struct timespec until = in_ms(wait_ms);
    struct work *work;

    assert_int_equal(lane, LANE_WRITE);
    pthread_mutex_lock(&bus->lock);
    while (!bus->first && !bus->is_woken && !bus->is_leaving && wait_ms > 0)
        if (pthread_cond_timedwait(&bus->changed, &bus->lock, &until) == ETIMEDOUT)
            break;
    bus->is_woken = false;
    work = bus->first;
    if (work)
        bus->first = work->next;
    if (!bus->first)
        bus->last = NULL;
    if (work)
        work->next = NULL;
    pthread_mutex_unlock(&bus->lock);
    return work;
}

/* Whatever is there is enough. */
int
bus_watch(struct bus *bus, size_t count)
{
    (void) count;
    return bus->always;
}

void
work_free(struct work **work_p)
{
    if (*work_p)
        free((void *) (uintptr_t) (*work_p)->request.data);
    free(*work_p);
    *work_p = NULL;
}

void
bus_answer(struct bus *bus, const struct work *work, struct bytes reply)
{
    uint8_t *copy = malloc(reply.size + 1);

    if (!copy)
        abort();
    if (reply.size)
        memcpy(copy, reply.data, reply.size);
    pthread_mutex_lock(&bus->lock);
    if (bus->answer_count == MOST)
        abort();
    bus->answers[bus->answer_count++] = (struct answered){ work->ticket, { copy, reply.size } };
    pthread_cond_broadcast(&bus->changed);
    pthread_mutex_unlock(&bus->lock);
}

void
bus_hint(struct bus *bus, const char *programme, const struct hint *hint)
{
    (void) programme;
    pthread_mutex_lock(&bus->lock);
    if (hint->position > bus->hinted)
        bus->hinted = hint->position;
    pthread_cond_broadcast(&bus->changed);
    pthread_mutex_unlock(&bus->lock);
}

void
bus_send(struct bus *bus)
{
    (void) bus;
}

void
bus_wake(struct bus *bus, enum lane lane)
{
    (void) lane;
    pthread_mutex_lock(&bus->lock);
    bus->is_woken = true;
    pthread_cond_broadcast(&bus->changed);
    pthread_mutex_unlock(&bus->lock);
}

bool
bus_was_hinted(struct bus *bus)
{
    (void) bus;
    return false;
}

bool
bus_is_leaving(const struct bus *bus)
{
    pthread_mutex_t *lock = (pthread_mutex_t *) (uintptr_t) &bus->lock;
    bool leaving;

    pthread_mutex_lock(lock);
    leaving = bus->is_leaving;
    pthread_mutex_unlock(lock);
    return leaving;
}

/* ------------------------------------------------------------------ what the test sees */

struct post *
post_open(struct stage *stage, const struct service *service, const char *dsn)
{
    struct post *post = calloc(1, sizeof(*post));

    (void) stage;
    if (!post)
        abort();
    pthread_mutex_init(&post->bus.lock, NULL);
    pthread_cond_init(&post->bus.changed, NULL);
    post->bus.always = eventfd(1, EFD_CLOEXEC);
    post->config = (struct config){ .db_dsn = dsn, .batch_max = 32, .poll_ms = 20 };
    if (health_open(service->name, "", &post->health))
        fail_msg("%s", err_text());
    post->process = (struct process){
        .service = service, .config = &post->config, .health = post->health, .writes = true
    };
    if (loop_open(&post->process, &post->loop))
        fail_msg("%s", err_text());
    return post;
}

static void *
run(void *context)
{
    struct post *post = context;

    loop_run(post->loop, &post->bus);
    return NULL;
}

void
post_start(struct post *post)
{
    post->runs = true;
    assert_int_equal(pthread_create(&post->thread, NULL, run, post), 0);
}

void
post_leave(struct post *post)
{
    pthread_mutex_lock(&post->bus.lock);
    post->bus.is_leaving = true;
    pthread_cond_broadcast(&post->bus.changed);
    pthread_mutex_unlock(&post->bus.lock);
    if (post->runs)
        pthread_join(post->thread, NULL);
    post->runs = false;
}

void
post_close(struct post **post_p)
{
    struct post *post = *post_p;

    post_leave(post);
    loop_close(&post->loop);
    health_close(&post->health);
    for (size_t i = 0; i < post->bus.answer_count; i++)
        free((void *) (uintptr_t) post->bus.answers[i].reply.data);
    for (struct work *work = post->bus.first; work;) {
        struct work *next = work->next;

        work_free(&work);
        work = next;
    }
    close(post->bus.always);
    free(post);
    *post_p = NULL;
}

static uint64_t
put_in_line(struct post *post, struct uuid agency, struct uuid system, struct bytes request)
{
    struct work *work = calloc(1, sizeof(*work));
    uint8_t *copy = malloc(request.size + 1);

    if (!work || !copy)
        abort();
    memcpy(copy, request.data, request.size);
    *work = (struct work){ .ticket = ++post->last_ticket,
                           .system = system,
                           .agency = agency,
                           .received_us = clock_now_us(),
                           .request = { copy, request.size } };
    pthread_mutex_lock(&post->bus.lock);
    if (post->bus.last)
        post->bus.last->next = work;
    else
        post->bus.first = work;
    post->bus.last = work;
    pthread_cond_broadcast(&post->bus.changed);
    pthread_mutex_unlock(&post->bus.lock);
    return post->last_ticket;
}

uint64_t
post_send(struct post *post, struct stage *stage, const struct letter *letter)
{
    (void) stage;
    return put_in_line(post, letter->actor.agency, letter->source, letter->request);
}

uint64_t
post_send_bytes(struct post *post, struct stage *stage, unsigned person, struct bytes request)
{
    unsigned agency = person / 10;

    return put_in_line(post, stage_id(stage, agency), stage_id(stage, 100 + agency), request);
}

static const struct answered *
answer_to(const struct bus *bus, uint64_t ticket)
{
    for (size_t i = 0; i < bus->answer_count; i++)
        if (bus->answers[i].ticket == ticket)
            return &bus->answers[i];
    return NULL;
}

static struct bytes
await_reply(struct post *post, struct stage *stage, uint64_t ticket)
{
    struct timespec until = in_ms(PATIENCE_S * 1000);
    struct bytes reply = { NULL, 0 };
    const struct answered *answered;
    int rc = 0;

    pthread_mutex_lock(&post->bus.lock);
    while (!(answered = answer_to(&post->bus, ticket)) && rc == 0)
        rc = pthread_cond_timedwait(&post->bus.changed, &post->bus.lock, &until);
    if (answered)
        reply = arena_bytes(stage->arena, answered->reply.data, answered->reply.size);
    pthread_mutex_unlock(&post->bus.lock);
    if (!answered)
        fail_msg("nobody answers");
    return reply;
}

const char *
post_answer(struct post *post, struct stage *stage, uint64_t ticket)
{
    return reply_word(stage->arena, await_reply(post, stage, ticket));
}

Wire__Reply *
post_reply(struct post *post, struct stage *stage, uint64_t ticket)
{
    return reply_of(stage->arena, await_reply(post, stage, ticket));
}

bool
post_is_answered(struct post *post, uint64_t ticket)
{
    bool answered;

    pthread_mutex_lock(&post->bus.lock);
    answered = answer_to(&post->bus, ticket) != NULL;
    pthread_mutex_unlock(&post->bus.lock);
    return answered;
}

void
post_wait_hint(struct post *post, int64_t position)
{
    struct timespec until = in_ms(PATIENCE_S * 1000);
    int rc = 0;

    pthread_mutex_lock(&post->bus.lock);
    while (post->bus.hinted < position && rc == 0)
        rc = pthread_cond_timedwait(&post->bus.changed, &post->bus.lock, &until);
    pthread_mutex_unlock(&post->bus.lock);
    assert_int_equal(rc, 0);
}
