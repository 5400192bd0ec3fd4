/* common/verify_handover.c - what was answered, on its way to the thread that looks at the events.
 *
 * A ring: one thread puts in, another takes out, and each tells the other of many at a time, since whoever is woken for
 * each costs more than it. */
#include <pthread.h>
#include <stdlib.h>

#include "common/verify_parts.h"

enum { ROOM = 16384, AT_ONCE = 256 };

struct handover {
    size_t put;           /* the giver's */
    size_t known, read;   /* the taker's: how many were given, as it last heard; and taken */
    pthread_mutex_t lock; /* for what follows */
    pthread_cond_t changed;
    size_t given, taken;
    bool is_closed, is_left, is_unwanted;
    struct answered ring[ROOM];
};

struct handover *
handover_new(void)
{
    struct handover *h = calloc(1, sizeof(*h));

    if (!h)
        abort();
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->changed, NULL);
    return h;
}

void
handover_free(struct handover **handover_p)
{
    struct handover *h = *handover_p;

    *handover_p = NULL;
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->changed);
    free(h);
}

/* ------------------------------------------------------------------ who gives */

/* There is room for as many again afterwards. */
static void
tell_taker(struct handover *h)
{
    pthread_mutex_lock(&h->lock);
    h->given = h->put;
    pthread_cond_signal(&h->changed);
    while (h->given - h->taken > ROOM - AT_ONCE && !h->is_left)
        pthread_cond_wait(&h->changed, &h->lock);
    pthread_mutex_unlock(&h->lock);
}

void
handover_put(struct handover *h, const struct answered *answered)
{
    h->ring[h->put++ % ROOM] = *answered;
    if (h->put % AT_ONCE == 0)
        tell_taker(h);
}

bool
handover_is_wanted(struct handover *h)
{
    bool is_wanted;

    pthread_mutex_lock(&h->lock);
    is_wanted = !h->is_unwanted;
    pthread_mutex_unlock(&h->lock);
    return is_wanted;
}

void
handover_close(struct handover *h)
{
    pthread_mutex_lock(&h->lock);
    h->given = h->put;
    h->is_closed = true;
    pthread_cond_signal(&h->changed);
    pthread_mutex_unlock(&h->lock);
}

/* ------------------------------------------------------------------ who takes */

/* What was read makes room. */
static void
hear_giver(struct handover *h)
{
    pthread_mutex_lock(&h->lock);
    h->taken = h->read;
    pthread_cond_signal(&h->changed);
    while (h->given == h->taken && !h->is_closed)
        pthread_cond_wait(&h->changed, &h->lock);
    h->known = h->given;
    pthread_mutex_unlock(&h->lock);
}

const struct answered *
handover_take(struct handover *h)
{
    if (h->read == h->known || h->read % AT_ONCE == 0)
        hear_giver(h);
    return h->read < h->known ? &h->ring[h->read++ % ROOM] : NULL;
}

void
handover_leave(struct handover *h, bool goes_on)
{
    pthread_mutex_lock(&h->lock);
    h->is_left = true;
    h->is_unwanted = !goes_on;
    pthread_cond_signal(&h->changed);
    pthread_mutex_unlock(&h->lock);
}
