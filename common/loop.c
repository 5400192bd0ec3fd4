/* common/loop.c - takes turns between commands, events, alarms and errands. */
#include "common/loop.h"

#include <stdlib.h>
#include <string.h>

#include "common/clock.h"
#include "common/foresight.h"
#include "common/hearing.h"
#include "common/journal.h"
#include "common/loop_state.h"

enum { QUIET_MS = 25 };

/* ------------------------------------------------------------------ opening */

static void
name_metrics(struct loop *loop)
{
    loop->batches =
        metric_new("sangkien_batches_total", NULL, METRIC_COUNTER, "Transactions of commands.");
    loop->letters_in = metric_new("sangkien_commands_total", "outcome=\"accepted\"", METRIC_COUNTER,
                                  "Commands by outcome.");
    loop->refused = metric_new("sangkien_commands_total", "outcome=\"refused\"", METRIC_COUNTER,
                               "Commands by outcome.");
    loop->retries = metric_new("sangkien_batch_retries_total", NULL, METRIC_COUNTER,
                               "Transactions that were run again.");
    loop->heard =
        metric_new("sangkien_events_heard_total", NULL, METRIC_COUNTER, "Events taken in.");
    loop->parked = metric_new("sangkien_events_parked_total", NULL, METRIC_COUNTER,
                              "Events that could not be taken in.");
    loop->waiting =
        metric_new("sangkien_commands_waiting", NULL, METRIC_GAUGE, "Commands in line.");
    loop->seconds = metric_new("sangkien_batch_seconds", NULL, METRIC_SECONDS,
                               "Time of a transaction of commands.");
}

/* The very first words of an installation: said once, in one transaction, when the journal is
 * empty. */
static int
say_first_words(struct loop *loop)
{
    struct list words;
    struct letter **letters;
    struct hint hint;
    int rc;

    if (!loop->service->first_words || authority_position(loop->writer.authority) > 0)
        return 0;
    list_init(&words, loop->letters, sizeof(struct first_word));
    rc = loop->service->first_words(loop->config, loop->letters, &words);
    letters = arena_zero(loop->letters, (words.count + 1) * sizeof(struct letter *));
    for (size_t i = 0; i < words.count && rc == 0; i++) {
        const struct first_word *word = list_at(&words, i);

        rc = letter_write(loop->letters, loop->service, FROM_BIRTH, DIRECTORY_PROGRAMME,
                          word->message->descriptor->name, proto_pack(loop->letters, word->message),
                          &letters[i]);
        if (rc)
            break;
        letters[i]->subject = word->subject;
        letters[i]->id = uuid_derive("first words", &i, sizeof(i));
    }
    if (rc == 0 && words.count)
        rc = batch_run(&loop->writer, DIRECTORY_PROGRAMME, letters, words.count, NULL, &hint);
    if (rc == ERR_RETRY) /* another replica was faster */
        rc = db_rollback(loop->writer.db);
    if (rc == 0)
        rc = writer_catch_up(loop->writer.db, loop->writer.authority);
    return rc;
}

int
loop_open(const struct process *process, struct loop **ret_loop)
{
    struct loop *loop = calloc(1, sizeof(*loop));
    int rc;

    if (!loop)
        abort();
    loop->process = process;
    loop->config = process->config;
    loop->service = process->service;
    loop->letters = arena_new();
    for (size_t i = 0; i < 2; i++)
        loop->turns[i].arena = arena_new();
    loop->queue = queue_new();
    loop->self = uuid_derive("service", loop->service->name, strlen(loop->service->name));
    pthread_mutex_init(&loop->lock, NULL);
    monotonic_cond_init(&loop->done);
    name_metrics(loop);
    rc = writer_open(loop->service, loop->config->db_dsn, &loop->writer);
    if (rc == 0)
        rc = foresight_open(loop->service, loop->config->db_dsn, &loop->writer.foresight);
    if (rc == 0 && hearing_is_needed(loop->service))
        rc = scouts_open(loop->writer.db, loop->service, &loop->scouts);
    if (rc == 0)
        rc = loop_prepare_news(loop->writer.db);
    if (rc == 0)
        rc = db_check_rights(loop->writer.db, loop->service->name);
    if (rc == 0)
        rc = journal_check_clock(loop->writer.db, clock_now_us(),
                                 loop->config->clock_behind_seconds);
    if (rc == 0)
        rc = writer_catch_up(loop->writer.db, loop->writer.authority);
    if (rc == 0 && !process->only_check)
        rc = say_first_words(loop);
    if (rc) {
        loop_close(&loop);
        return rc;
    }
    *ret_loop = loop;
    return 0;
}

void
loop_close(struct loop **loop_p)
{
    struct loop *loop = *loop_p;

    if (!loop)
        return;
    writer_close(&loop->writer);
    arena_free(&loop->letters);
    for (size_t i = 0; i < 2; i++)
        arena_free(&loop->turns[i].arena);
    queue_free(&loop->queue);
    scouts_close(&loop->scouts);
    pthread_mutex_destroy(&loop->lock);
    pthread_cond_destroy(&loop->done);
    free(loop);
    *loop_p = NULL;
}

/* ------------------------------------------------------------------ the loop */

/* When to look for news: at the poll at the latest, at a hint sooner, but a moment after the last look: what
 * comes meanwhile is heard in one transaction. */
static int64_t
look_at_ms(const struct loop *loop)
{
    if (loop->is_hinted && loop->quiet_until_ms < loop->poll_at_ms)
        return loop->quiet_until_ms;
    return loop->poll_at_ms;
}

bool
loop_news_is_due(struct loop *loop)
{
    loop->is_hinted = (bus_was_hinted(loop->bus) && loop->scouts) || loop->is_hinted;
    return monotonic_ms() >= look_at_ms(loop);
}

static void
take_turn(struct loop *loop)
{
    bool busy = loop_do_commands(loop);

    busy = loop_do_sayings(loop) || busy;
    if (!db_is_open(loop->writer.db))
        return;
    if (loop_news_is_due(loop)) {
        int64_t now = monotonic_ms();

        loop->is_hinted = false;
        loop->poll_at_ms = now + loop->config->poll_ms;
        loop->quiet_until_ms = now + QUIET_MS;
        if (loop_look_for_news(loop)) {
            loop->is_hinted = true;
            loop->quiet_until_ms = now;
        }
    } else if (!busy) {
        struct work *work = bus_take(loop->bus, LANE_WRITE, look_at_ms(loop) - monotonic_ms());

        if (work)
            queue_add(loop->queue, work);
    }
}

void
loop_run(struct loop *loop, struct bus *bus)
{
    loop->bus = bus;
    health_ready(loop->process->health, "database", true);
    while (!bus_is_leaving(bus) || queue_length(loop->queue) || loop->turns[loop->next].count) {
        if (!db_is_open(loop->writer.db) && !loop_wait_for_database(loop))
            break;
        take_turn(loop);
    }
    while (loop_do_commands(loop)) /* what had been taken before we left */
        ;
    pthread_mutex_lock(&loop->lock);
    loop->is_over = true;
    pthread_mutex_unlock(&loop->lock);
    loop_do_sayings(loop);
}
