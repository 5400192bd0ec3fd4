/* common/loop_commands.c - commands in batches: run again, one by one, or sent away; then answered. */
#include <stdio.h>
#include <string.h>

#include "common/answer.h"
#include "common/clock.h"
#include "common/crash.h"
#include "common/footing.h"
#include "common/foresight.h"
#include "common/log.h"
#include "common/loop_state.h"

enum { RECONNECT_MS = 200 };

/* ------------------------------------------------------------------ answering */

static void
log_letter(const struct loop *loop, const struct letter *letter)
{
    const char *word;
    char id[UUID_TEXT_SIZE], source[UUID_TEXT_SIZE];

    if (!log_has_info())
        return;
    word = letter->reason ? reason_word(letter->reason)
           : letter->outcome.refusal
               ? proto_enum_word(loop->service->refusals, letter->outcome.refusal)
               : "OK";
    uuid_print(&letter->id, id);
    uuid_print(&letter->source, source);
    log_info(letter->fate == KNOWN ? "known" : "decided", "type", letter->type, "programme",
             letter->programme, "id", id, "source", source, "result",
             letter->fate == KNOWN ? NULL : word, NULL);
}

static void
note(struct loop *loop, const struct letter *letter)
{
    metric_add(letter->reason || letter->outcome.refusal ? loop->refused : loop->letters_in, 1);
    log_letter(loop, letter);
}

static void
answer(struct loop *loop, struct letter *letter)
{
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
        note(loop, letters[i]);
        answer(loop, letters[i]);
    }
    bus_send(loop->bus);
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

    foresight_renew(loop->writer.foresight); /* another server may have other positions, */
    footing_lose(loop->writer.footing);      /* and other rows at the same ones */
    health_ready(loop->process->health, "database", open);
    if (!open)
        log_warning("database is away", "reason", err_text(), NULL);
    return open;
}

bool
loop_wait_for_database(struct loop *loop)
{
    const char *programme;
    struct work *work;

    loop_give_back(loop);
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

static bool
is_to_answer(const struct letter *letter)
{
    return letter->fate != PUT_OFF && letter_is_request(letter);
}

/* To the log. */
static void
note_all(struct loop *loop, struct letter **letters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_to_answer(letters[i]))
            note(loop, letters[i]);
}

/* To whom it concerns. */
static void
deliver(struct loop *loop, struct letter **letters, size_t count, const struct hint *hint)
{
    if (hint->position)
        bus_hint(loop->bus, letters[0]->programme, hint);
    for (size_t i = 0; i < count; i++)
        if (is_to_answer(letters[i]))
            answer(loop, letters[i]);
    bus_send(loop->bus);
}

/* After a turn comes the next one; after anything else nobody knows what. */
static int
run_batch(struct loop *loop, struct letter **letters, size_t count, bool is_turn,
          struct hint *ret_hint)
{
    struct batch *batch;
    int rc = batch_start(&loop->writer, letters[0]->programme, letters, count, NULL, &batch);

    if (rc)
        return rc;
    if (is_turn)
        loop_look_ahead(loop, batch, count);
    return batch_finish(batch, ret_hint);
}

/* What was sent behind a batch that failed has failed with it. */
static int
roll_back(struct loop *loop, bool was_sent, int rc)
{
    int undone = db_rollback(loop->writer.db);

    if (undone && !db_is_open(loop->writer.db))
        return ERR_RETRY;
    loop->turns[loop->next].is_sent = was_sent;
    return rc;
}

/* Where it is unknown what came of it: for as long as we are there. */
static bool
may_try(struct loop *loop, int tries, bool unknown)
{
    return tries < TRIES || (unknown && !bus_is_leaving(loop->bus));
}

static int
recover(struct loop *loop, bool unknown)
{
    log_warning("transaction lost", "reason", err_text(), NULL);
    if (!unknown)
        return reconnect(loop) ? 0 : ERR_RETRY;
    loop->is_in_doubt = !loop_wait_for_database(loop);
    return loop->is_in_doubt ? ERR_FATAL : 0;
}

/* turn: whose letters they are, NULL when they are of none. What was sent to be committed once is in doubt until an attempt
 * has told: whatever else goes wrong meanwhile, nobody may be told that nothing happened. */
static int
try(struct loop *loop, struct letter **letters, size_t count, const struct turn *turn,
    struct hint *ret_hint)
{
    int64_t began = monotonic_ms();
    char broken[64] = "";
    bool unknown = turn && turn->is_sent;
    int rc = ERR_RETRY;

    for (int tries = 0; rc == ERR_RETRY && may_try(loop, tries, unknown); tries++) {
        bool was_sent = loop->turns[loop->next].is_sent;

        rc = run_batch(loop, letters, count, turn != NULL, ret_hint);
        if (rc == 0)
            break;
        unknown = db_commit_is_unknown(loop->writer.db) || unknown;
        metric_add(loop->retries, 1);
        if (db_is_open(loop->writer.db))
            rc = roll_back(loop, was_sent, rc);
        if (!db_is_open(loop->writer.db)) {
            int gone = recover(loop, unknown);

            if (gone)
                return gone;
            tries -= unknown; /* until it is known */
        }
        if (broken[0] && strcmp(broken, db_constraint(loop->writer.db)) == 0)
            return rc; /* once more may help a lost race; twice the same is no race */
        snprintf(broken, sizeof(broken), "%s", db_constraint(loop->writer.db));
    }
    if (rc) {
        loop->is_in_doubt = unknown && rc == ERR_RETRY;
        return rc;
    }
    metric_add(loop->batches, 1);
    metric_seconds(loop->seconds, (monotonic_ms() - began) * 1000);
    return 0;
}

int
loop_try(struct loop *loop, struct letter **letters, size_t count)
{
    struct hint hint;
    int rc = try(loop, letters, count, NULL, &hint);

    if (rc == 0) {
        note_all(loop, letters, count);
        deliver(loop, letters, count, &hint);
    }
    return rc;
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
settle(struct loop *loop, struct letter *letter, int rc)
{
    const char *constraint = db_constraint(loop->writer.db);

    if (rc == ERR_RETRY && !constraint[0]) {
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
    if (loop_try(loop, &letter, 1))
        send_away(loop, loop->letters, &letter, 1, WIRE__REASON__REASON_DATABASE_UNAVAILABLE);
}

/* We leave, and do not know: nobody may be told that nothing happened. The gateway gives these up when we are gone. */
static void
abandon(struct letter **letters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (letters[i]->work)
            work_free(&letters[i]->work);
}

static bool
any_put_off(struct letter *const *letters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (letters[i]->fate == PUT_OFF)
            return true;
    return false;
}

static void
put_off(struct letter **letters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        letters[i]->fate = PUT_OFF;
}

static void run_letters(struct loop *loop, struct letter **letters, size_t count);

/* What fails together is halved until the one that fails is alone: the others wait for few transactions. */
static void
run_apart(struct loop *loop, struct letter **letters, size_t count, int rc)
{
    if (loop->is_in_doubt) {
        abandon(letters, count);
    } else if (!db_is_open(loop->writer.db) || rc == ERR_FATAL) {
        send_away(loop, loop->letters, letters, count, WIRE__REASON__REASON_DATABASE_UNAVAILABLE);
    } else if (count == 1) {
        settle(loop, letters[0], rc);
    } else {
        run_letters(loop, letters, count / 2);
        CRASH_POINT(half_done);
        if (any_put_off(letters, count / 2))
            put_off(letters + count / 2, count - count / 2);
        else
            run_letters(loop, letters + count / 2, count - count / 2);
    }
}

static void
run_letters(struct loop *loop, struct letter **letters, size_t count)
{
    int rc = loop_try(loop, letters, count);

    if (rc)
        run_apart(loop, letters, count, rc);
}

/* The server is asked for the next turn before this one's answers are given, so that it is never idle. From then on
 * the head may be locked: what goes to the log, which may be slow, goes before. */
static void
run_turn(struct loop *loop)
{
    struct turn *turn = &loop->turns[loop->next];
    size_t count = turn->count;
    struct hint hint;
    int rc;

    CRASH_POINT(work_taken);
    turn->count = 0;
    loop->next = 1 - loop->next;
    arena_reset(loop->letters, 1 << 20); /* for replies beside the batch's */
    rc = try(loop, turn->letters, count, turn, &hint);
    turn->is_sent = false;
    if (rc) {
        run_apart(loop, turn->letters, count, rc);
    } else {
        note_all(loop, turn->letters, count);
        if (!any_put_off(turn->letters, count))
            loop_ask_ahead(loop);
        CRASH_POINT(asked_ahead);
        deliver(loop, turn->letters, count, &hint);
        CRASH_POINT(replied);
    }
    loop_put_off(loop, turn->letters, count);
}

bool
loop_do_commands(struct loop *loop)
{
    loop_gather(loop);
    if (loop->turns[loop->next].count == 0)
        return false;
    do
        run_turn(loop);
    while (loop->writer.asked);
    return true;
}
