/* tests/model/simulation/commit.c - COMMIT: all of it or nothing, unless a mistake is made on purpose. */
#include <stdlib.h>

#include "common/proto.h"
#include "tests/model/simulation/check.h"
#include "tests/model/simulation/database.h"

/* What is read off the rows below; another order of columns must be noticed. */
#define EVENT_COLUMNS                                                                              \
    "programme, position, service, kind, aggregate, version, type, body, recorded_at, because, "   \
    "parties, source, cause, heard, agency, actor, capacity, traceparent, request_digest, "        \
    "reply_digest, chain"
#define REQUEST_COLUMNS                                                                            \
    "programme, source, id, number, service, type, subject, agency, actor, capacity, received_at," \
    " stored_at, request_digest, salt, request, reply, chain"
#define TIMER_COLUMNS "programme, id, service, kind, subject, type, body, due_at"

enum { EVENT_WIDTH = 21, REQUEST_WIDTH = 17, TIMER_WIDTH = 8 };

static bool
same_words(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a == ' ')
            a++;
        while (*b == ' ')
            b++;
        if (*a != *b)
            return false;
        if (!*a)
            return true;
    }
}

/* How many rows; NULL has none. */
static size_t
rows_in(const struct call *call, const char *columns, size_t width)
{
    size_t rows;

    if (!call)
        return 0;
    rows = (size_t) value_at(call, 0)->number;
    if (!same_words(call->statement->columns, columns) || call->values.count != 1 + rows * width)
        give_up("%s: the columns are others now: mend commit.c", call->statement->name);
    return rows;
}

static struct bytes
keep(struct bytes bytes)
{
    return bytes.size ? arena_bytes(sim.arena, bytes.data, bytes.size)
                      : (struct bytes){ (const uint8_t *) "", 0 };
}

/* ------------------------------------------------------------------ the rows */

static const char *
name_of_type(const char *type)
{
    const struct word *word = proto_word(type);

    if (!word)
        give_up("%s was written to the journal, and nobody knows it", type);
    return word->message->name;
}

static void
keep_event(struct tenant *p, const struct service *service, const struct value *v)
{
    struct journal_row *row = list_add(&p->rows);
    struct bytes parties = { (const void *) v[10].uuids.items,
                             v[10].uuids.count * sizeof(struct uuid) };

    *row = (struct journal_row){
        .position = v[1].number,
        .service = service->name,
        .kind = v[3].text,
        .aggregate = v[4].uuid,
        .version = v[5].number,
        .type = name_of_type(v[6].text),
        .body = keep(v[7].bytes),
        .recorded_us = v[8].number,
        .because = v[9].text,
        .parties = (const void *) keep(parties).data,
        .party_count = v[10].uuids.count,
        .source = v[11].uuid,
        .cause = v[12].uuid,
        .heard = v[13].number,
        .agency = v[14].uuid,
        .actor = v[15].uuid,
        .capacity = (int32_t) v[16].number,
    };
    memcpy(row->chain.bytes, v[20].bytes.data, sizeof(row->chain.bytes));
    if (sim.mistake == CHAIN_BROKEN)
        row->chain.bytes[0] ^= 1;
    if (sim.mistake == POSITION_SKIPPED && row->position > 100)
        row->position++;
    if (sim.mistake == REASON_LOST)
        row->because = "";
    sim.trace = trace_number(sim.trace, (uint64_t) row->position);
    sim.trace = trace_text(sim.trace, row->type);
    sim.trace = trace_bytes(sim.trace, row->body.data, row->body.size);
    if (service_number(service) != NOTIFICATIONS) {
        sim.business = trace_number(sim.business, (uint64_t) row->position);
        sim.business = trace_bytes(sim.business, row->body.data, row->body.size);
    }
}

static struct inbox_key
inbox_key_of(const struct tenant *p, const struct value *v)
{
    return (struct inbox_key){ v[1].uuid, v[2].uuid, p->number };
}

static struct answered *
keep_request(struct tenant *p, const struct service *service, const struct value *v)
{
    struct answered *a = arena_zero(sim.arena, sizeof(*a));

    a->key = inbox_key_of(p, v);
    a->service = service;
    a->number = ++sim.answers;
    memcpy(a->digest.bytes, v[12].bytes.data, sizeof(a->digest.bytes));
    memcpy(a->salt, v[13].bytes.data, sizeof(a->salt));
    a->request = keep(v[14].bytes);
    a->reply = keep(v[15].bytes);
    index_put(&sim.answered, a);
    return a;
}

static void
keep_timer(struct tenant *p, const struct service *service, const struct value *v)
{
    *(struct timer *) list_add(&p->timers) =
        (struct timer){ v[1].uuid,        service,     v[4].uuid, name_of_type(v[5].text),
                        keep(v[6].bytes), v[7].number, false };
}

/* ------------------------------------------------------------------ states */

/* As the store writes them: new rows before those that change, each in the order of their ids. What is new finds the
 * places of the others still taken. */
static int
written_first(const void *a, const void *b)
{
    const struct held *left = *(struct held *const *) a, *right = *(struct held *const *) b;
    int order = (left->stored_version > 0) - (right->stored_version > 0);

    return order ? order : uuid_compare(&left->id, &right->id);
}

/* All that changed, by kind. */
static struct held **
changed_rows(const struct db *db, size_t *ret_count)
{
    struct list changed;
    size_t first = 0;

    list_init(&changed, db->arena, sizeof(struct held *));
    for (const struct kind *const *kind = db->store.service->kinds; *kind; kind++) {
        size_t count;
        struct held **all = world_all(db->store.world, *kind, &count);

        for (size_t i = 0; i < count; i++)
            if (all[i]->state->version != all[i]->stored_version)
                *(struct held **) list_add(&changed) = all[i];
        if (changed.count > first)
            qsort((struct held **) changed.items + first, changed.count - first,
                  sizeof(struct held *), written_first);
        first = changed.count;
    }
    *ret_count = changed.count;
    return changed.items;
}

/* ------------------------------------------------------------------ the commit */

static bool
asks_again(struct db *db, const struct tenant *p)
{
    const struct call *call = call_named(db, "insert inbox");
    size_t rows = rows_in(call, REQUEST_COLUMNS, REQUEST_WIDTH);

    for (size_t i = 0; i < rows; i++) {
        const struct inbox_key key = inbox_key_of(p, value_at(call, 1 + i * REQUEST_WIDTH));

        if (answered_find(db->store.service, &key))
            return true;
    }
    return false;
}

static void
move_cursor(struct db *db, struct commit *commit)
{
    const struct call *call = call_named(db, "move cursor");
    int64_t *cursor;

    if (!call)
        return;
    cursor = &commit->programme->cursors[service_number(commit->service)];
    commit->moves_cursor = true;
    commit->cursor_from = *cursor;
    commit->cursor_to = *cursor = value_at(call, 2)->number;
}

/* Of a head that was taken as it was known: is it another? */
static bool
is_elsewhere(struct db *db, const struct tenant *p)
{
    const struct call *call = call_named(db, "take head");

    return call && (memcmp(p->head.chain.bytes, value_at(call, 5)->bytes.data,
                           sizeof(p->head.chain.bytes)) != 0 ||
                    memcmp(p->head.inbox_chain.bytes, value_at(call, 6)->bytes.data,
                           sizeof(p->head.inbox_chain.bytes)) != 0 ||
                    sim.programmes[0].head.position != value_at(call, 7)->number);
}

static void
move_head(struct db *db, struct tenant *p)
{
    const struct call *call = call_named(db, "move head");

    if (!call)
        call = call_named(db, "take head");
    if (!call)
        return;
    p->has_head = true;
    p->head.position = value_at(call, 1)->number;
    memcpy(p->head.chain.bytes, value_at(call, 2)->bytes.data, sizeof(p->head.chain.bytes));
    p->head.inbox_count = value_at(call, 3)->number;
    memcpy(p->head.inbox_chain.bytes, value_at(call, 4)->bytes.data,
           sizeof(p->head.inbox_chain.bytes));
}

static void
keep_requests(struct db *db, struct commit *commit)
{
    const struct call *call = call_named(db, "insert inbox");
    size_t rows = rows_in(call, REQUEST_COLUMNS, REQUEST_WIDTH);
    struct answered **requests = arena_zero(db->arena, (rows + 1) * sizeof(*requests));
    int64_t *received_us = arena_zero(db->arena, (rows + 1) * sizeof(*received_us));

    for (size_t i = 0; i < rows; i++) {
        const struct value *v = value_at(call, 1 + i * REQUEST_WIDTH);

        requests[i] = keep_request(commit->programme, commit->service, v);
        received_us[i] = v[10].number;
    }
    commit->requests = requests;
    commit->received_us = received_us;
    commit->request_count = rows;
}

static void
keep_rows(struct db *db, struct commit *commit)
{
    struct tenant *p = commit->programme;
    const struct call *events = call_named(db, "insert journal");
    const struct call *timers = call_named(db, "set timers");
    size_t event_count = rows_in(events, EVENT_COLUMNS, EVENT_WIDTH);
    size_t timer_count = rows_in(timers, TIMER_COLUMNS, TIMER_WIDTH), first = p->rows.count;

    for (size_t i = 0; i < event_count; i++)
        keep_event(p, commit->service, value_at(events, 1 + i * EVENT_WIDTH));
    for (size_t i = 0; i < timer_count; i++)
        keep_timer(p, commit->service, value_at(timers, 1 + i * TIMER_WIDTH));
    commit->event_count = event_count;
    commit->events = event_count ? list_at(&p->rows, first) : NULL;
    keep_requests(db, commit);
    move_head(db, p);
}

static void
take_away_timers(struct db *db)
{
    for (size_t i = 0; i < db->taken.count; i++)
        (*(struct timer **) list_at(&db->taken, i))->is_gone = true;
}

static int
break_off(struct db *db, bool is_unknown)
{
    db->is_unknown = is_unknown;
    sim.is_dead = sim.fault == CRASH_BEFORE || sim.fault == CRASH_AFTER;
    sim.fault = NO_FAULT;
    return err_set(ERR_RETRY, "the connection broke at COMMIT");
}

static int
violate(struct db *db, const char *constraint)
{
    db->constraint = constraint;
    return err_set(ERR_RETRY, "this would break %s", constraint);
}

/* What is new is there already. */
static const char *
broken_by_birth(const struct tenant *p, struct held *const *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i]->stored_version == 0 && stored_find(p, rows[i]->kind, &rows[i]->id))
            return arena_format(sim.arena, "%s_pkey", rows[i]->kind->name);
    return NULL;
}

/* Nothing of it happened, but for what mistakes make happen. */
static int
come_to_nothing(struct db *db, struct commit *commit, struct held *const *rows, size_t count)
{
    if (sim.mistake == CURSOR_BEFORE) {
        move_cursor(db, commit);
        check_commit(commit);
    }
    for (size_t i = 0; sim.mistake == TORN_COMMIT && i < count; i++)
        row_keep(commit->programme, rows[i]);
    return break_off(db, true);
}

/* Every event can be heard, in whatever order commands came. */
static void
must_not_park(struct db *db, const struct commit *commit)
{
    enum { REASON = 5 };
    const struct call *call = call_named(db, "park");

    if (call)
        broken("HEARD", "%s cannot hear an event of %s: %s", commit->service->name,
               commit->programme->name, value_at(call, REASON)->text);
}

static void
come_about(struct db *db, struct commit *commit, struct held *const *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (sim.mistake != FACT_LOST || !dice_chance(&sim.dice, 5))
            row_keep(commit->programme, rows[i]);
    keep_rows(db, commit);
    take_away_timers(db);
    if (sim.mistake != CURSOR_AFTER || (sim.fault != CRASH_AFTER && sim.fault != LOST_AFTER))
        move_cursor(db, commit);
    must_not_park(db, commit);
    check_commit(commit);
}

int
transaction_commit(struct db *db)
{
    struct commit commit = { .service = db->store.service };
    struct tenant *p = tenant_called(db->store.programme);
    const char *constraint;
    size_t count;
    struct held **rows = changed_rows(db, &count);

    commit.programme = p;
    if (!p)
        give_up("something was written in the programme %s", db->store.programme);
    if (sim.fault == LOST_BEFORE || sim.fault == CRASH_BEFORE)
        return come_to_nothing(db, &commit, rows, count);
    if (is_elsewhere(db, p) && sim.mistake != HEAD_NOT_ASKED)
        return violate(db, "");
    if (asks_again(db, p))
        return violate(db, "inbox_pkey");
    constraint = broken_by_birth(p, rows, count);
    if (constraint)
        return violate(db, constraint);
    constraint = unique_take(p, rows, count);
    if (constraint)
        return violate(db, constraint);
    come_about(db, &commit, rows, count);
    if (sim.fault == LOST_AFTER || sim.fault == CRASH_AFTER)
        return break_off(db, true);
    return 0;
}
