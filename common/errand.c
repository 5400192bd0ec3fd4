/* common/errand.c - the thread beside the loop: its pauses, its connection, its reports. */
#include "common/errand.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "common/arena.h"
#include "common/clock.h"
#include "common/errand_thread.h"
#include "common/log.h"

enum { PAUSE_MS = 1000 };

struct errands {
    const struct process *process;
    struct loop *loop;
    struct db *db;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_over;
};

const struct config *
errand_config(const struct errands *errands)
{
    return errands->process->config;
}

struct db *
errand_db(struct errands *errands)
{
    return errands->db;
}

bool
errand_wait(struct errands *errands, int64_t milliseconds)
{
    const int64_t until_ms = monotonic_ms() + milliseconds;
    bool go_on;

    pthread_mutex_lock(&errands->lock);
    while (!errands->is_over && monotonic_cond_wait(&errands->wake, &errands->lock, until_ms))
        ;
    go_on = !errands->is_over;
    pthread_mutex_unlock(&errands->lock);
    return go_on;
}

/* A claim holds as long as the session that made it: others may end one that says nothing. */
static void
show_life(void *context)
{
    struct errands *errands = context;

    db_begin(errands->db);
    db_commit(errands->db);
    if (db_run(errands->db))
        log_debug("errand lost its connection", "reason", err_text(), NULL);
}

int
errand_say(struct errands *errands, const char *programme, const struct uuid *subject,
           int64_t number, const void *message)
{
    const ProtobufCMessage *said = message;
    CLEANUP(arena_free) struct arena *arena = arena_new();
    const char *name = arena_format(arena, "%s %s %s %lld", programme, said->descriptor->name,
                                    uuid_text(arena, subject), (long long) number);
    struct uuid id = uuid_derive("errand", name, strlen(name));

    return loop_say(errands->loop, programme, subject, &id, said,
                    &(struct waiting){ show_life, errands });
}

static void *
run(void *context)
{
    struct errands *errands = context;

    do {
        int rc = db_is_open(errands->db) ? 0 : db_reconnect(errands->db);

        if (rc == 0)
            rc = errands->process->service->errand(errands);
        if (rc)
            log_warning("errand broke off", "reason", err_text(), NULL);
        if (db_is_open(errands->db) && db_rollback(errands->db))
            log_debug("errand lost its connection", "reason", err_text(), NULL);
    } while (errand_wait(errands, PAUSE_MS));
    return NULL;
}

int
errands_open(const struct process *process, struct errands **ret_errands)
{
    struct errands *errands = calloc(1, sizeof(*errands));
    char name[64];
    int rc;

    if (!errands)
        abort();
    snprintf(name, sizeof(name), "%s-errand", process->service->name);
    errands->process = process;
    pthread_mutex_init(&errands->lock, NULL);
    monotonic_cond_init(&errands->wake);
    rc = db_open(process->config->db_dsn, name, &errands->db);
    if (rc == 0 && process->service->errand_prepare)
        rc = process->service->errand_prepare(errands);
    if (rc == 0)
        rc = db_check_rights(errands->db, process->service->name);
    if (rc) {
        errands_close(&errands);
        return rc;
    }
    *ret_errands = errands;
    return 0;
}

void
errands_start(struct errands *errands, struct loop *loop)
{
    errands->loop = loop;
    if (pthread_create(&errands->thread, NULL, run, errands))
        abort();
}

void
errands_close(struct errands **errands_p)
{
    struct errands *errands = *errands_p;

    if (!errands)
        return;
    if (errands->loop) {
        pthread_mutex_lock(&errands->lock);
        errands->is_over = true;
        pthread_cond_broadcast(&errands->wake);
        pthread_mutex_unlock(&errands->lock);
        pthread_join(errands->thread, NULL);
    }
    db_close(&errands->db);
    pthread_mutex_destroy(&errands->lock);
    pthread_cond_destroy(&errands->wake);
    free(errands);
    *errands_p = NULL;
}
