/* common/loop_sayings.c - what the service's errand has to report, decided like any message. */
#include "common/clock.h"
#include "common/log.h"
#include "common/loop_state.h"

enum { SHOW_LIFE_MS = 30000 };

/* false: it has taken long, and nothing has come of it yet. The lock is held. */
static bool
await(struct loop *loop, const struct saying *saying)
{
    const int64_t until_ms = monotonic_ms() + SHOW_LIFE_MS;

    while (!saying->is_done)
        if (!monotonic_cond_wait(&loop->done, &loop->lock, until_ms))
            return false;
    return true;
}

int
loop_say(struct loop *loop, const char *programme, const struct uuid *subject,
         const struct uuid *id, const ProtobufCMessage *message, const struct waiting *waiting)
{
    struct saying saying = { NULL, programme, *subject, *id, message, 0, false };

    pthread_mutex_lock(&loop->lock);
    if (loop->is_over) {
        pthread_mutex_unlock(&loop->lock);
        return err_set(ERR_RETRY, "the service is leaving");
    }
    saying.next = loop->sayings;
    loop->sayings = &saying;
    pthread_mutex_unlock(&loop->lock);
    bus_wake(loop->bus, LANE_WRITE);
    pthread_mutex_lock(&loop->lock);
    while (!await(loop, &saying)) {
        pthread_mutex_unlock(&loop->lock);
        waiting->show_life(waiting->context);
        pthread_mutex_lock(&loop->lock);
    }
    pthread_mutex_unlock(&loop->lock);
    return saying.rc ? err_set(saying.rc, "it was not decided") : 0;
}

static struct letter *
letter_of(struct loop *loop, const struct saying *saying)
{
    Wire__Request request = WIRE__REQUEST__INIT;
    struct bytes body = proto_pack(loop->letters, saying->message);
    struct letter *letter;

    if (letter_write(loop->letters, loop->service, FROM_ERRAND, saying->programme,
                     saying->message->descriptor->name, body, &letter))
        return NULL;
    letter->id = saying->id;
    letter->source = loop->self;
    letter->subject = saying->subject;
    letter->received_us = clock_now_us();
    request.id = uuid_text(loop->letters, &saying->id);
    request.type = letter->type;
    request.programme = letter->programme;
    request.subject = uuid_text(loop->letters, &saying->subject);
    request.body.data = (uint8_t *) (uintptr_t) body.data;
    request.body.len = body.size;
    letter->request = proto_pack(loop->letters, &request);
    return letter;
}

bool
loop_has_sayings(struct loop *loop)
{
    bool has_some;

    pthread_mutex_lock(&loop->lock);
    has_some = loop->sayings;
    pthread_mutex_unlock(&loop->lock);
    return has_some;
}

bool
loop_do_sayings(struct loop *loop)
{
    struct saying *saying;

    pthread_mutex_lock(&loop->lock);
    saying = loop->sayings;
    loop->sayings = NULL;
    pthread_mutex_unlock(&loop->lock);
    if (!saying)
        return false;
    while (saying) {
        struct saying *next = saying->next;
        struct letter *letter;
        int rc;

        arena_reset(loop->letters, 1 << 20);
        letter = letter_of(loop, saying);
        rc = letter ? loop_try(loop, &letter, 1) : ERR_POISON;
        if (rc)
            log_warning("errand not recorded", "reason", err_text(), NULL);
        pthread_mutex_lock(&loop->lock);
        saying->rc = rc;
        saying->is_done = true;
        pthread_cond_broadcast(&loop->done);
        pthread_mutex_unlock(&loop->lock);
        saying = next;
    }
    return true;
}
