/* common/loop.c - takes turns between commands, events, alarms and errands, and never gives up a
 * message whose fate it does not know. */
#include "common/loop.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/answer.h"
#include "common/batch.h"
#include "common/clock.h"
#include "common/hearing.h"
#include "common/log.h"
#include "common/queue.h"

enum { TRIES = 5, HEAR_AT_ONCE = 256, RECONNECT_MS = 200 };

/* Something the errand wants said; it waits until it is done. */
struct saying {
    struct saying *next;
    const char *programme;
    struct uuid subject;
    struct uuid id;
    const ProtobufCMessage *message;
    int rc;
    bool is_done;
};

struct loop {
    const struct process *process;
    const struct config *config;
    const struct service *service;
    struct writer writer;
    struct arena *letters; /* of one batch, through all its attempts */
    struct queue *queue;
    struct bus *bus;
    struct uuid self; /* the service as the source of its own requests */
    int64_t poll_at_ms;
    int64_t reconnect_at_ms;
    pthread_mutex_t lock;
    pthread_cond_t done;
    struct saying *sayings;
    bool is_over;
    struct metric *batches, *letters_in, *refused, *retries, *heard, *parked, *waiting, *seconds;
};

static const struct statement due_timers = {
    "due timers",
    "SELECT programme, id, kind, subject, type, body FROM runtime.timer"
    " WHERE service = $1::text AND due_at <= $2::timestamptz ORDER BY due_at LIMIT 256"
};

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
    int64_t position;
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
        rc = batch_run(&loop->writer, DIRECTORY_PROGRAMME, letters, words.count, NULL, &position);
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
    loop->queue = queue_new();
    loop->self = uuid_derive("service", loop->service->name, strlen(loop->service->name));
    pthread_mutex_init(&loop->lock, NULL);
    pthread_cond_init(&loop->done, NULL);
    name_metrics(loop);
    rc = writer_open(loop->service, loop->config->db_dsn, &loop->writer);
    if (rc == 0)
        rc = hearing_prepare(loop->writer.db);
    if (rc == 0)
        rc = db_prepare(loop->writer.db, &due_timers);
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
    queue_free(&loop->queue);
    pthread_mutex_destroy(&loop->lock);
    pthread_cond_destroy(&loop->done);
    free(loop);
    *loop_p = NULL;
}

/* ------------------------------------------------------------------ answering */

static void
log_letter(const struct loop *loop, const struct letter *letter)
{
    const char *word = letter->reason ? reason_word(letter->reason)
                       : letter->outcome.refusal
                           ? proto_enum_word(loop->service->refusals, letter->outcome.refusal)
                           : "OK";
    char id[UUID_TEXT_SIZE], source[UUID_TEXT_SIZE];

    uuid_print(&letter->id, id);
    uuid_print(&letter->source, source);
    log_info(letter->fate == KNOWN ? "known" : "decided", "type", letter->type, "programme",
             letter->programme, "id", id, "source", source, "result",
             letter->fate == KNOWN ? NULL : word, NULL);
}

static void
answer(struct loop *loop, struct letter *letter)
{
    metric_add(letter->reason || letter->outcome.refusal ? loop->refused : loop->letters_in, 1);
    log_letter(loop, letter);
    if (!letter->work)
        return;
    bus_answer(loop->bus, letter->work, letter->reply);
    work_free(&letter->work);
}

/* Non-final: the sender keeps its bytes and sends them again. */
static void
send_away(struct loop *loop, struct arena *arena, struct letter **letters, size_t count, int reason)
{
    for (size_t i = 0; i < count; i++) {
        letters[i]->outcome = (struct outcome){ 0 };
        letters[i]->reason = reason;
        letters[i]->fate = REFUSED_ONCE;
        letters[i]->reply = answer_pack(arena, loop->service, letters[i], false);
        answer(loop, letters[i]);
    }
}

static void
send_away_work(struct loop *loop, struct work *work)
{
    CLEANUP(arena_free) struct arena *arena = arena_new(); /* the batch in hand keeps its own */

    while (work) {
        struct work *next = work->next;
        struct letter *letter = letter_open(arena, loop->service, work);

        send_away(loop, arena, &letter, 1, WIRE__REASON__REASON_DATABASE_UNAVAILABLE);
        work = next;
    }
}

/* ------------------------------------------------------------------ the connection */

static bool
reconnect(struct loop *loop)
{
    bool open = db_reconnect(loop->writer.db) == 0;

    health_ready(loop->process->health, "database", open);
    if (!open)
        log_warning("database is away", "reason", err_text(), NULL);
    return open;
}

/* Waits for the database, sending new work away meanwhile; false when it is time to stop. */
static bool
wait_for_database(struct loop *loop)
{
    const char *programme;
    struct work *work;

    while (!reconnect(loop)) {
        while ((work = queue_take(loop->queue, SIZE_MAX, &programme)))
            send_away_work(loop, work);
        work = bus_take(loop->bus, LANE_WRITE, RECONNECT_MS);
        if (work) {
            work->next = NULL;
            send_away_work(loop, work);
        }
        if (bus_is_leaving(loop->bus))
            return false;
    }
    return true;
}

/* ------------------------------------------------------------------ commands */

static void
deliver(struct loop *loop, struct letter **letters, size_t count, int64_t position)
{
    struct work *back = NULL;

    for (size_t i = count; i-- > 0;)
        if (letters[i]->fate == PUT_OFF && letters[i]->work) {
            letters[i]->work->next = back;
            back = letters[i]->work;
            letters[i]->work = NULL;
        }
    if (position)
        bus_hint(loop->bus, letters[0]->programme, position);
    for (size_t i = 0; i < count; i++)
        if (letters[i]->fate != PUT_OFF && letter_is_request(letters[i]))
            answer(loop, letters[i]);
    if (back)
        queue_return(loop->queue, letters[0]->programme, back);
}

/* Runs the letters until they are decided, or fail for good. */
static int
try_batch(struct loop *loop, struct letter **letters, size_t count)
{
    int64_t position = 0, began = monotonic_ms();
    int rc = ERR_RETRY;

    for (int i = 0; i < TRIES && rc == ERR_RETRY; i++) {
        bool unknown;

        rc = batch_run(&loop->writer, letters[0]->programme, letters, count, NULL, &position);
        if (rc == 0)
            break;
        unknown = db_commit_is_unknown(loop->writer.db);
        metric_add(loop->retries, 1);
        if (db_is_open(loop->writer.db)) {
            int undone = db_rollback(loop->writer.db);

            if (undone && !db_is_open(loop->writer.db))
                rc = ERR_RETRY;
        }
        if (!db_is_open(loop->writer.db)) {
            log_warning("transaction lost", "reason", err_text(), NULL);
            if (unknown && !wait_for_database(loop))
                return ERR_FATAL; /* leaving: the sender will ask again */
            if (!unknown && !reconnect(loop))
                return ERR_RETRY;
        }
    }
    if (rc)
        return rc;
    metric_add(loop->batches, 1);
    metric_seconds(loop->seconds, (monotonic_ms() - began) * 1000);
    deliver(loop, letters, count, position);
    return 0;
}

static int
refusal_of_constraint(const struct loop *loop, const char *constraint)
{
    for (const struct guard *g = loop->service->guards; g && g->constraint; g++)
        if (strcmp(g->constraint, constraint) == 0)
            return g->refusal;
    return 0;
}

/* The message that fails alone is answered for good, if the database lets us say even that. */
static void
try_alone(struct loop *loop, struct letter *letter)
{
    int rc = try_batch(loop, &letter, 1);
    char constraint[64];

    if (rc == 0)
        return;
    snprintf(constraint, sizeof(constraint), "%s", db_constraint(loop->writer.db));
    if (rc == ERR_FATAL || !db_is_open(loop->writer.db) || (rc == ERR_RETRY && !constraint[0])) {
        log_error("not carried out", "type", letter->type, "reason", err_text(), NULL);
        send_away(loop, loop->letters, &letter, 1, WIRE__REASON__REASON_DATABASE_UNAVAILABLE);
        return;
    }
    if (strcmp(constraint, "inbox_pkey") == 0) { /* another service has answered this id */
        send_away(loop, loop->letters, &letter, 1, WIRE__REASON__REASON_REUSED_ID);
        return;
    }
    letter->forced_refusal = refusal_of_constraint(loop, constraint);
    if (!letter->forced_refusal) {
        letter->forced_reason = WIRE__REASON__REASON_INTERNAL;
        log_error("fails by itself", "type", letter->type, "reason", err_text(), NULL);
    }
    if (try_batch(loop, &letter, 1))
        send_away(loop, loop->letters, &letter, 1, WIRE__REASON__REASON_DATABASE_UNAVAILABLE);
}

static void
run_letters(struct loop *loop, struct letter **letters, size_t count)
{
    int rc = try_batch(loop, letters, count);

    if (rc == 0)
        return;
    if (!db_is_open(loop->writer.db) || rc == ERR_FATAL) {
        send_away(loop, loop->letters, letters, count, WIRE__REASON__REASON_DATABASE_UNAVAILABLE);
        return;
    }
    for (size_t i = 0; i < count; i++)
        try_alone(loop, letters[i]);
}

/* Opens a chain of work as letters; a rehearsal ends the batch before it, or is a batch of its own.
 */
static size_t
open_letters(struct loop *loop, const char *programme, struct work *work, struct letter **letters)
{
    size_t count = 0;

    while (work) {
        struct work *next = work->next;
        struct letter *letter = letter_open(loop->letters, loop->service, work);

        if (letter->validate_only && count > 0) {
            queue_return(loop->queue, programme, work);
            break;
        }
        letters[count++] = letter;
        work = next;
        if (letter->validate_only) {
            queue_return(loop->queue, programme, work);
            break;
        }
    }
    return count;
}

static bool
do_commands(struct loop *loop)
{
    const char *programme;
    struct work *work;
    struct letter **letters;
    size_t count;

    while ((work = bus_take(loop->bus, LANE_WRITE, 0)))
        queue_add(loop->queue, work);
    metric_set(loop->waiting, (int64_t) queue_length(loop->queue));
    work = queue_take(loop->queue, (size_t) loop->config->batch_max, &programme);
    if (!work)
        return false;
    arena_reset(loop->letters, 1 << 20);
    letters = arena_zero(loop->letters, (size_t) loop->config->batch_max * sizeof(*letters));
    count = open_letters(loop, arena_text(loop->letters, programme), work, letters);
    run_letters(loop, letters, count);
    return true;
}

/* ------------------------------------------------------------------ events */

static void
tell_heard(struct loop *loop, const char *programme, const struct heard *heard)
{
    metric_add(loop->heard, (int64_t) heard->events);
    metric_add(loop->parked, (int64_t) heard->parked);
    if (heard->position)
        bus_hint(loop->bus, programme, heard->position);
}

/* Hears one stride of a programme. What cannot be taken with others is taken alone; what cannot be
 * taken alone is parked. Trouble with the database parks nothing. */
static bool
hear_stride(struct loop *loop, const char *programme)
{
    struct heard heard = { 0 };
    char reason[512] = "";
    int64_t limit = HEAR_AT_ONCE;
    int rc;

    for (int tries = 0; tries < TRIES; tries++) {
        arena_reset(loop->letters, 1 << 20);
        rc = hearing_run(&loop->writer, loop->letters, programme, limit, reason[0] ? reason : NULL,
                         &heard);
        if (rc == 0) {
            if (heard.parked)
                log_error("parked", "programme", programme, "reason", reason, NULL);
            tell_heard(loop, programme, &heard);
            return heard.has_more;
        }
        if (rc == ERR_POISON && limit == 1)
            snprintf(reason, sizeof(reason), "%s", err_text());
        if (rc == ERR_POISON)
            limit = 1;
        else
            log_warning("cannot hear", "programme", programme, "reason", err_text(), NULL);
        if (db_is_open(loop->writer.db) && db_rollback(loop->writer.db))
            log_warning("cannot roll back", "reason", err_text(), NULL);
        if (!db_is_open(loop->writer.db))
            return false;
    }
    return false;
}

static void
drain(struct loop *loop, const char *programme)
{
    struct heard heard = { .has_more = true };

    while (heard.has_more) {
        arena_reset(loop->letters, 1 << 20);
        if (hearing_drain(&loop->writer, loop->letters, programme, &heard)) {
            log_warning("cannot drain", "programme", programme, "reason", err_text(), NULL);
            if (db_rollback(loop->writer.db))
                return;
            return;
        }
        tell_heard(loop, programme, &heard);
    }
}

static void
hear_programme(struct loop *loop, const char *programme)
{
    while (hear_stride(loop, programme) && !bus_is_leaving(loop->bus))
        do_commands(loop); /* nobody waits for a long history */
}

/* ------------------------------------------------------------------ alarms */

struct due {
    char programme[65];
    struct uuid id;
    struct uuid subject;
    char type[129];
    struct bytes body;
};

static void
ring(struct loop *loop, const struct due *due)
{
    struct letter *letter;

    arena_reset(loop->letters, 1 << 20);
    if (letter_write(loop->letters, loop->service, FROM_TIMER, due->programme, due->type, due->body,
                     &letter)) {
        log_error("alarm nobody understands", "type", due->type, "reason", err_text(), NULL);
        return;
    }
    letter->id = due->id;
    letter->subject = due->subject;
    if (try_batch(loop, &letter, 1) == 0)
        return;
    log_error("alarm fails", "type", due->type, "reason", err_text(), NULL);
    letter->forced_reason = WIRE__REASON__REASON_INTERNAL; /* it is taken away, and logged */
    if (db_is_open(loop->writer.db) && try_batch(loop, &letter, 1))
        log_error("alarm stays", "type", due->type, "reason", err_text(), NULL);
}

/* ------------------------------------------------------------------ looking around */

/* One round trip that finds out what there is to hear and which alarms are due. */
static void
look_for_news(struct loop *loop)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    struct db *db = loop->writer.db;
    bool hears = hearing_is_needed(loop->service);
    const struct db_result *r;
    struct list due, news, drains;
    size_t nth = 0;

    list_init(&due, arena, sizeof(struct due));
    list_init(&news, arena, 65);
    list_init(&drains, arena, 65);
    if (hears)
        hearing_ask_news(db, loop->service);
    db_call(db, &due_timers);
    db_text(db, loop->service->name);
    db_time(db, clock_now_us());
    if (db_run(db)) {
        log_warning("cannot look for news", "reason", err_text(), NULL);
        return;
    }
    r = hears ? db_result(db, nth++) : NULL;
    for (size_t i = 0; r && i < db_rows(r); i++)
        snprintf(list_add(db_get_int(r, i, 1) ? &drains : &news), 65, "%s", db_get_text(r, i, 0));
    r = db_result(db, nth);
    for (size_t i = 0; i < db_rows(r); i++) {
        struct due *d = list_add(&due);
        struct bytes body = db_get_bytes(r, i, 5);

        snprintf(d->programme, sizeof(d->programme), "%s", db_get_text(r, i, 0));
        d->id = db_get_uuid(r, i, 1);
        d->subject = db_get_uuid(r, i, 3);
        snprintf(d->type, sizeof(d->type), "%s", db_get_text(r, i, 4));
        d->body = arena_bytes(arena, body.data, body.size);
    }
    LIST_EACH (const struct due, d, &due)
        ring(loop, d);
    for (size_t i = 0; i < drains.count; i++)
        drain(loop, list_at(&drains, i));
    for (size_t i = 0; i < news.count; i++)
        hear_programme(loop, list_at(&news, i));
}

/* ------------------------------------------------------------------ errands */

int
loop_say(struct loop *loop, const char *programme, const struct uuid *subject,
         const struct uuid *id, const ProtobufCMessage *message)
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
    while (!saying.is_done)
        pthread_cond_wait(&loop->done, &loop->lock);
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

static bool
do_sayings(struct loop *loop)
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
        rc = letter ? try_batch(loop, &letter, 1) : ERR_POISON;
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

/* ------------------------------------------------------------------ the loop */

static void
take_turn(struct loop *loop)
{
    bool busy = do_commands(loop);
    int64_t now = monotonic_ms();

    busy = do_sayings(loop) || busy;
    if (!db_is_open(loop->writer.db))
        return;
    if ((bus_was_hinted(loop->bus) && hearing_is_needed(loop->service)) ||
        now >= loop->poll_at_ms) {
        loop->poll_at_ms = now + loop->config->poll_ms;
        look_for_news(loop);
    } else if (!busy) {
        struct work *work = bus_take(loop->bus, LANE_WRITE, loop->poll_at_ms - now);

        if (work)
            queue_add(loop->queue, work);
    }
}

void
loop_run(struct loop *loop, struct bus *bus)
{
    loop->bus = bus;
    health_ready(loop->process->health, "database", true);
    while (!bus_is_leaving(bus) || queue_length(loop->queue)) {
        if (!db_is_open(loop->writer.db) && !wait_for_database(loop))
            break;
        take_turn(loop);
    }
    while (do_commands(loop)) /* what had been taken before we left */
        ;
    pthread_mutex_lock(&loop->lock);
    loop->is_over = true;
    pthread_mutex_unlock(&loop->lock);
    do_sayings(loop);
}
