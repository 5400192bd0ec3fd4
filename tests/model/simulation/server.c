/* tests/model/simulation/server.c - processes: they take what comes, run it as one batch, and die at bad moments. What
 * the loop of a real one does with a batch that fails is done here in the same way. */
#include <stdlib.h>

#include "common/answer.h"
#include "common/hearing.h"
#include "common/proto.h"
#include "sangkien/notifications/v1/inner.pb-c.h"
#include "sangkien/notifications/v1/types.pb-c.h"
#include "tests/model/simulation/bus.h"
#include "tests/model/simulation/check.h"

enum { TRIES = 5, MOST_LETTERS = 16, FAULTY_PER_MILLE = 15 };

/* The process is dead: nobody answers. */
#define DEAD (ERR_FATAL - 1)

/* ------------------------------------------------------------------ life and death */

void
servers_begin(void)
{
    for (unsigned i = 0; i < SERVICES; i++)
        for (unsigned r = 0; r < REPLICAS; r++)
            sim.servers[i][r] = (struct server){ .service = services[i], .number = i };
}

static void
die(struct server *server)
{
    writer_close(&server->writer);
    server->is_up = false;
    sim.is_dead = false;
    if (sim.mistake == DEDUP_FORGOTTEN)
        sim.forgotten[server->number] = sim.answers;
    tell("  %s dies", server->service->name);
}

void
servers_end(void)
{
    for (unsigned i = 0; i < SERVICES; i++)
        for (unsigned r = 0; r < REPLICAS; r++)
            if (sim.servers[i][r].is_up)
                writer_close(&sim.servers[i][r].writer);
}

static void
bring_up(struct server *server)
{
    if (server->is_up)
        return;
    if (writer_open(server->service, "", &server->writer) || hearing_prepare(server->writer.db))
        give_up("%s does not start: %s", server->service->name, err_text());
    server->is_up = true;
}

struct server *
any_server(unsigned service)
{
    return &sim.servers[service][dice_throw(&sim.dice, REPLICAS)];
}

static void
perhaps_fail(void)
{
    static const char *const words[FAULTS] = { "",
                                               "loses its connection while it reads",
                                               "loses its connection before COMMIT",
                                               "loses its connection after COMMIT",
                                               "will die before COMMIT",
                                               "will die after COMMIT" };

    sim.fault = NO_FAULT;
    if (dice_chance(&sim.dice, FAULTY_PER_MILLE)) {
        sim.fault = 1 + (enum fault) dice_throw(&sim.dice, FAULTS - 1);
        sim.trace = trace_number(sim.trace, sim.fault);
        tell("  it %s", words[sim.fault]);
    }
}

/* ------------------------------------------------------------------ commands */

static struct ask *
ask_of(const struct letter *letter, struct parcel *const *parcels)
{
    return letter->work ? parcels[letter->work->ticket]->ask : NULL;
}

static const char *
word_of(const struct server *server, const struct letter *letter)
{
    if (letter->reason)
        return proto_enum_word(&wire__reason__descriptor, letter->reason);
    if (letter->outcome.refusal)
        return proto_enum_word(server->service->refusals, letter->outcome.refusal);
    return "OK";
}

struct turn {
    struct server *server;
    struct parcel *const *parcels; /* NULL: nobody waits for an answer */
};

static void
answer(const struct turn *turn, struct letter *letter)
{
    struct ask *ask = turn->parcels ? ask_of(letter, turn->parcels) : NULL;

    if (!letter_is_request(letter) || letter->fate == PUT_OFF)
        return;
    tell("  %s %s: %s%s", letter->type, id_of(letter->id), word_of(turn->server, letter),
         letter->fate == KNOWN ? " (as before)" : "");
    check_reply(turn->server->service, letter);
    if (ask && (sim.mistake != ANSWER_FORGOTTEN || ask->id.bytes[0] != 0))
        bus_answer_to(ask, letter);
}

static void
answer_all(const struct turn *turn, struct letter **letters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        answer(turn, letters[i]);
}

static int
try(const struct turn *turn, struct letter **letters, size_t count)
{
    struct server *server = turn->server;
    const char *broken_before = "";
    int rc = ERR_RETRY;

    for (int i = 0; i < TRIES && rc == ERR_RETRY; i++) {
        struct hint hint;
        const char *constraint;

        bring_up(server);
        rc = batch_run(&server->writer, letters[0]->programme, letters, count, NULL, &hint);
        if (rc == 0)
            break;
        if (sim.is_dead) {
            if (sim.mistake == ACK_BEFORE_COMMIT && letters[0]->fate == ANSWERED)
                answer_all(turn, letters, count);
            die(server);
            return DEAD;
        }
        MUST("RUNTIME", rc == ERR_RETRY, "%s: %s", server->service->name, err_text());
        constraint = db_constraint(server->writer.db);
        if (db_rollback(server->writer.db))
            give_up("cannot roll back");
        if (constraint[0] && strcmp(broken_before, constraint) == 0)
            return rc;
        broken_before = constraint;
    }
    return rc;
}

static int
try_and_answer(const struct turn *turn, struct letter **letters, size_t count)
{
    int rc = try(turn, letters, count);

    if (rc == 0)
        answer_all(turn, letters, count);
    return rc;
}

static void
send_away(const struct turn *turn, struct letter *letter, int reason)
{
    letter->outcome = (struct outcome){ 0 };
    letter->reason = reason;
    letter->fate = REFUSED_ONCE;
    letter->reply = answer_pack(sim.letters, turn->server->service, letter, false);
    answer(turn, letter);
}

static int
refusal_of(const struct service *service, const char *constraint)
{
    for (const struct guard *g = service->guards; g && g->constraint; g++)
        if (strcmp(g->constraint, constraint) == 0)
            return g->refusal;
    return 0;
}

/* It fails alone. */
static void
settle(const struct turn *turn, struct letter *letter, const char *constraint)
{
    if (!constraint[0]) {
        send_away(turn, letter, WIRE__REASON__REASON_DATABASE_UNAVAILABLE);
        return;
    }
    if (strcmp(constraint, "inbox_pkey") == 0) { /* another service has answered this id */
        send_away(turn, letter, WIRE__REASON__REASON_REUSED_ID);
        return;
    }
    letter->forced_refusal = refusal_of(turn->server->service, constraint);
    if (!letter->forced_refusal)
        broken("GUARDS", "%s broke %s, for which there is no refusal", letter->type, constraint);
    if (try_and_answer(turn, &letter, 1) != 0)
        tell("  %s could not be refused", letter->type);
}

static bool
any_put_off(struct letter *const *letters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (letters[i]->fate == PUT_OFF)
            return true;
    return false;
}

static int
run_letters(const struct turn *turn, struct letter **letters, size_t count)
{
    int rc = try_and_answer(turn, letters, count);

    if (rc == 0 || rc == DEAD)
        return rc;
    if (count == 1) {
        settle(turn, letters[0], db_constraint(turn->server->writer.db));
        return 0;
    }
    rc = run_letters(turn, letters, count / 2);
    if (rc == DEAD)
        return rc;
    if (any_put_off(letters, count / 2)) {
        for (size_t i = count / 2; i < count; i++)
            letters[i]->fate = PUT_OFF;
        return 0;
    }
    return run_letters(turn, letters + count / 2, count - count / 2);
}

/* A rehearsal is a turn of its own. */
static size_t
one_turn(struct letter *const *letters, size_t count)
{
    size_t n = 1;

    while (!letters[0]->validate_only && n < count && !letters[n]->validate_only)
        n++;
    return n;
}

void
serve(struct server *server, struct parcel *const *parcels, size_t count)
{
    const struct turn turn = { server, parcels };
    struct work works[MOST_LETTERS];
    struct letter *letters[MOST_LETTERS];
    int rc = 0;

    arena_reset(sim.letters, 1 << 20);
    tell("%s takes %zu", server->service->name, count);
    perhaps_fail();
    for (size_t i = 0; i < count; i++) {
        const struct ask *ask = parcels[i]->ask;

        works[i] = (struct work){ .ticket = i,
                                  .system = ask->source,
                                  .agency = ask->agency,
                                  .received_us = parcels[i]->received_us,
                                  .request = ask->request };
        letters[i] = letter_open(sim.letters, server->service, &works[i]);
    }
    for (size_t i = 0, n; i < count && rc != DEAD; i += n) {
        n = one_turn(letters + i, count - i);
        rc = run_letters(&turn, letters + i, n);
    }
    sim.fault = NO_FAULT;
    for (size_t i = 0; i < count && rc != DEAD; i++)
        if (letters[i]->fate == PUT_OFF)
            bus_return(parcels[i]);
}

/* ------------------------------------------------------------------ events */

void
hear(struct server *server, struct tenant *programme)
{
    struct heard heard = { 0 };
    struct failure failure = { 0 };
    int64_t limit = 1 + (int64_t) dice_throw(&sim.dice, 24);
    int rc = ERR_RETRY;

    if (programme->cursors[server->number] >= programme->head.position)
        return;
    tell("%s hears %s after %lld", server->service->name, programme->name,
         (long long) programme->cursors[server->number]);
    perhaps_fail();
    for (int i = 0; i < TRIES && rc; i++) {
        bring_up(server);
        arena_reset(sim.letters, 1 << 20);
        rc = hearing_run(&server->writer, sim.letters, programme->name, limit, &failure, &failure,
                         &heard);
        if (rc == 0)
            break;
        if (sim.is_dead) {
            die(server);
            break;
        }
        MUST("RUNTIME", rc == ERR_RETRY || rc == ERR_POISON, "%s: %s", server->service->name,
             err_text());
        if (rc == ERR_POISON)
            limit = 1;
        if (db_rollback(server->writer.db))
            give_up("cannot roll back");
    }
    sim.fault = NO_FAULT;
}

/* ------------------------------------------------------------------ alarms */

/* One that is due, and now and then one that rang already, as another process may still have it. */
static const struct timer *
due_timer(const struct server *server, const struct tenant *programme)
{
    bool takes_gone = dice_chance(&sim.dice, 50);

    LIST_EACH (const struct timer, timer, &programme->timers)
        if (timer->service == server->service && timer->due_us <= sim.now_us &&
            timer->is_gone == takes_gone)
            return timer;
    return NULL;
}

void
ring(struct server *server, struct tenant *programme)
{
    const struct turn turn = { server, NULL };
    const struct timer *timer = due_timer(server, programme);
    struct letter *letter;

    if (!timer)
        return;
    arena_reset(sim.letters, 1 << 20);
    tell("%s rings for %s", server->service->name, id_of(timer->subject));
    if (letter_write(sim.letters, server->service, FROM_TIMER, programme->name, timer->type,
                     timer->body, &letter))
        give_up("%s", err_text());
    letter->id = timer->id;
    letter->subject = timer->subject;
    perhaps_fail();
    if (try(&turn, &letter, 1) == ERR_POISON)
        broken("ALARM", "%s cannot ring: %s", timer->type, err_text());
    sim.fault = NO_FAULT;
}

/* ------------------------------------------------------------------ mail */

static const ProtobufCMessage *
what_came_of_it(void)
{
    Notifications__RecordSent *sent =
        proto_new(sim.letters, &notifications__record_sent__descriptor);
    Notifications__RecordFailure *failure =
        proto_new(sim.letters, &notifications__record_failure__descriptor);
    bool fails;

    sent->attempts = failure->attempts = 1;
    failure->failure = "the relay refused it";
    fails = dice_chance(&sim.dice, 200);
    if (sim.mail != MAIL_BY_CHANCE)
        fails = sim.mail == MAIL_FAILED;
    return fails ? &failure->base : &sent->base;
}

/* As the loop writes what its errand says. */
static struct letter *
report_on(const struct server *server, const struct stored *notice)
{
    Wire__Request request = WIRE__REQUEST__INIT;
    const ProtobufCMessage *message = what_came_of_it();
    struct bytes body = proto_pack(sim.letters, message);
    const char *programme = notice->programme->name;
    const char *name = arena_format(sim.letters, "%s %s %d", programme, id_of(notice->key.id),
                                    (int) dice_throw(&sim.dice, 2));
    struct letter *letter;

    if (letter_write(sim.letters, server->service, FROM_ERRAND, programme,
                     message->descriptor->name, body, &letter))
        give_up("%s", err_text());
    letter->id = uuid_derive("errand", name, strlen(name));
    letter->source = uuid_derive("self", server->service->name, strlen(server->service->name));
    letter->subject = notice->key.id;
    letter->received_us = sim.now_us;
    request.id = uuid_text(sim.letters, &letter->id);
    request.type = letter->type;
    request.programme = letter->programme;
    request.subject = uuid_text(sim.letters, &letter->subject);
    request.body.data = (uint8_t *) (uintptr_t) body.data;
    request.body.len = body.size;
    letter->request = proto_pack(sim.letters, &request);
    return letter;
}

void
report_mail(struct server *server)
{
    const struct turn turn = { server, NULL };
    const struct tenant *programme = &sim.programmes[1 + dice_throw(&sim.dice, PROGRAMMES - 1)];
    const struct list *notices = &programme->stored[kind_number(server->service->kinds[0])];
    const struct stored *notice;
    struct letter *letter;

    if (notices->count == 0)
        return;
    notice = stored_at(notices, dice_throw(&sim.dice, notices->count));
    if (notice->state->state != NOTIFICATIONS__NOTIFICATION_STATE__NOTIFICATION_STATE_QUEUED &&
        !dice_chance(&sim.dice, 100))
        return;
    arena_reset(sim.letters, 1 << 20);
    perhaps_fail();
    letter = report_on(server, notice);
    tell("%s reports on %s", server->service->name, id_of(notice->key.id));
    run_letters(&turn, &letter, 1);
    sim.fault = NO_FAULT;
}
