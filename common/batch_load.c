/* common/batch_load.c - locks the journal's head, loads every aggregate that a batch needs, and asks the inbox. */
#include <assert.h>
#include <stdlib.h>

#include "common/batch_state.h"
#include "common/footing.h"
#include "common/foresight.h"

static const struct statement find_known = {
    "find known",
    "SELECT i.* FROM unnest($2::uuid[], $3::uuid[]) AS k(source, id) CROSS JOIN LATERAL"
    " (SELECT source, id, request_digest, reply, salt FROM runtime.inbox"
    "  WHERE programme = $1::text AND source = k.source AND id = k.id LIMIT 1) AS i"
};
static const struct statement take_timers = {
    "take timers", "DELETE FROM runtime.timer WHERE programme = $1::text AND id = ANY($2::uuid[])"
                   " RETURNING id"
};

int
batch_prepare_load(struct db *db)
{
    static const struct statement *const all[] = { &find_known, &take_timers };
    int rc = 0;

    for (size_t i = 0; i < sizeof(all) / sizeof(*all) && rc == 0; i++)
        rc = db_prepare(db, all[i]);
    return rc;
}

static size_t
rank_of(const struct batch *b, const struct kind *kind)
{
    size_t rank = 0;

    while (b->writer->service->kinds[rank] != kind) {
        assert(b->writer->service->kinds[rank]);
        rank++;
    }
    return rank;
}

static size_t
kinds_of(const struct batch *b)
{
    size_t count = 0;

    while (b->writer->service->kinds[count])
        count++;
    return count;
}

bool
batch_needs_world(const struct letter *letter)
{
    return letter->handler && letter->fate == UNDECIDED && !letter->twin;
}

void
batch_name_keys(struct batch *b, struct letter *letter, const void *state)
{
    struct envelope envelope = letter_envelope(letter, b->verge.now_us, b->writer->authority);

    world_needs(b->world, letter->handler, &envelope, state, letter->message, &letter->keys);
}

/* An aggregate that some letter needs. One that is only to be created is looked for, no more: if it is there,
 * its child rows do not matter. */
struct wanted {
    struct uuid id;
    bool is_whole;
};

static int
wanted_order(const void *a, const void *b)
{
    const struct wanted *left = a, *right = b;
    int order = uuid_compare(&left->id, &right->id);

    return order ? order : (int) right->is_whole - (int) left->is_whole;
}

/* Unless the world holds it already. */
static void
want(const struct batch *b, const struct kind *kind, struct list *list, const struct uuid *id,
     bool is_whole)
{
    const struct held *held = world_hold(b->world, kind, *id);

    if (!held->is_whole && (is_whole || !held->is_loaded))
        *(struct wanted *) list_add(list) = (struct wanted){ *id, is_whole };
}

bool
batch_creates(const struct letter *letter)
{
    return letter->handler->birth == CREATES || letter->handler->birth == FOUNDS;
}

static void
want_kind(const struct batch *b, const struct kind *kind, struct list *wanted)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct letter *letter = b->letters[i];

        if (!batch_needs_world(letter))
            continue;
        if (letter->kind == kind)
            want(b, kind, wanted, &letter->subject, !batch_creates(letter));
        LIST_EACH (const struct held, key, &letter->keys.items)
            if (key->kind == kind)
                want(b, kind, wanted, &key->id, true);
    }
}

/* Queues the load of all of one kind that the letters are known to need, each once. false: there is none. */
static bool
load_kind(struct batch *b, const struct kind *kind)
{
    struct list wanted, ids;
    const struct wanted *w;
    size_t whole = 0;

    list_init(&wanted, b->arena, sizeof(struct wanted));
    list_init(&ids, b->arena, sizeof(struct uuid));
    want_kind(b, kind, &wanted);
    if (wanted.count == 0)
        return false;
    w = wanted.items;
    qsort(wanted.items, wanted.count, sizeof(*w), wanted_order);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < wanted.count; i++)
            if (w[i].is_whole == (pass == 0) && (i == 0 || !uuid_equal(&w[i].id, &w[i - 1].id)))
                *(struct uuid *) list_add(&ids) = w[i].id;
        if (pass == 0)
            whole = ids.count;
    }
    store_load(b->store, kind, b->programme, ids.items, ids.count, whole);
    return true;
}

/* The kinds behind the first letter that must see its own aggregate to know what else it needs. */
static size_t
first_unknown(const struct batch *b, size_t from, size_t kinds)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct letter *letter = b->letters[i];

        if (batch_needs_world(letter) && letter->keys.wants_state &&
            rank_of(b, letter->kind) >= from && rank_of(b, letter->kind) + 1 < kinds)
            kinds = rank_of(b, letter->kind) + 1;
    }
    return kinds;
}

static void
ask_inbox(struct batch *b)
{
    size_t requests = 0;

    for (size_t i = 0; i < b->count; i++)
        requests += letter_is_request(b->letters[i]);
    if (requests == 0)
        return;
    b->verge.has_known = true;
    db_call(b->db, &find_known);
    db_text(b->db, b->programme);
    db_array(b->db, DB_UUID, requests);
    for (size_t i = 0; i < b->count; i++)
        if (letter_is_request(b->letters[i]))
            db_uuid(b->db, &b->letters[i]->source);
    db_array(b->db, DB_UUID, requests);
    for (size_t i = 0; i < b->count; i++)
        if (letter_is_request(b->letters[i]))
            db_uuid(b->db, &b->letters[i]->id);
}

static bool
ask_timers(struct batch *b)
{
    size_t timers = 0;

    for (size_t i = 0; i < b->count; i++)
        timers += b->letters[i]->origin == FROM_TIMER;
    if (timers == 0)
        return false;
    db_call(b->db, &take_timers);
    db_text(b->db, b->programme);
    db_array(b->db, DB_UUID, timers);
    for (size_t i = 0; i < b->count; i++)
        if (b->letters[i]->origin == FROM_TIMER)
            db_uuid(b->db, &b->letters[i]->id);
    return true;
}

/* What decides beside the aggregates: is the timer still there, was the request answered before? */
static void
ask_surroundings(struct batch *b)
{
    b->verge.has_timers = ask_timers(b);
    ask_inbox(b);
}

/* Copied: results do not last. */
static void
take_surroundings(struct batch *b, size_t *nth_p)
{
    const struct db_result *r;

    if (b->verge.has_timers) {
        r = db_result(b->db, (*nth_p)++);
        for (size_t i = 0; i < db_rows(r); i++)
            *(struct uuid *) list_add(&b->verge.timers) = db_get_uuid(r, i, 0);
    }
    if (b->verge.has_known) {
        r = db_result(b->db, (*nth_p)++);
        for (size_t i = 0; i < db_rows(r); i++)
            verge_add_known(&b->verge, r, i);
    }
}

/* Keys that stand in the states of the kinds before upto. Nobody comes back for those of the last kind, whose letters must
 * know all keys beforehand. */
static void
name_more_keys(struct batch *b, size_t upto)
{
    for (size_t i = 0; i < b->count; i++) {
        struct letter *letter = b->letters[i];

        if (batch_needs_world(letter) && letter->keys.wants_state &&
            rank_of(b, letter->kind) < upto)
            batch_name_keys(b, letter, world_hold(b->world, letter->kind, letter->subject)->state);
    }
}

bool
batch_puts_off(const struct batch *b)
{
    return b->count && b->letters[b->count - 1]->fate == PUT_OFF;
}

bool
batch_reads_much(const struct batch *b)
{
    size_t there = 0;

    for (size_t i = 0; i < b->count; i++)
        there += b->letters[i]->handler && !batch_creates(b->letters[i]);
    return b->writes && 2 * there > b->count;
}

/* Queues the loads of one round: those kinds of which the keys are known. Gives the first kind behind them. What is there
 * already is not asked for again; a state may name another aggregate of its own kind. */
static size_t
ask_round(struct batch *b, size_t from)
{
    size_t kinds = kinds_of(b), upto = first_unknown(b, from, kinds);

    for (size_t rank = 0; rank < upto; rank++)
        load_kind(b, b->writer->service->kinds[rank]);
    return upto;
}

static void
name_all_keys(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (batch_needs_world(b->letters[i]))
            batch_name_keys(b, b->letters[i], NULL);
}

bool
batch_ask_missing(struct batch *b)
{
    bool any = false;

    for (const struct kind *const *kind = b->writer->service->kinds; *kind; kind++)
        any = load_kind(b, *kind) || any;
    return any;
}

void
batch_ask_first(struct batch *b)
{
    name_all_keys(b);
    ask_round(b, 0);
}

/* What was foreseen is not true any more: somebody else has written. */
static bool
is_outdated(const struct batch *b)
{
    return b->foreseen >= 0 && b->foreseen != b->found.position;
}

static int
load_rest(struct batch *b, size_t upto)
{
    size_t kinds = kinds_of(b);
    int rc = 0;

    while (rc == 0 && upto < kinds) {
        size_t first = 0;

        name_more_keys(b, upto);
        upto = ask_round(b, upto);
        rc = db_run(b->db);
        if (rc == 0)
            rc = store_loaded(b->store, b->world, b->arena, &first);
    }
    return rc;
}

static int
load_again(struct batch *b)
{
    foresight_blame(b->writer->foresight);
    footing_lose(b->writer->footing);
    b->foreseen = -1;
    b->world = world_new(b->arena);
    name_all_keys(b);
    return load_rest(b, 0);
}

/* A cursor that moves past what concerns nobody needs no lock. */
void
batch_ask_load(struct batch *b)
{
    if (b->count == 0)
        return;
    name_all_keys(b);
    journal_lock(b->db, b->programme);
    ask_surroundings(b);
    b->upto = ask_round(b, 0);
}

/* In one round trip, unless some key must be read off a loaded state first. */
int
batch_load(struct batch *b)
{
    size_t nth = b->hearing ? 0 : 1; /* BEGIN's own result */
    int rc;

    if (b->count == 0)
        return 0;
    rc = db_run(b->db);
    if (rc)
        return rc;
    b->verge.has_journal = journal_locked(b->db, nth++, b->programme, &b->found);
    b->head = b->found;
    take_surroundings(b, &nth);
    rc = store_loaded(b->store, b->world, b->arena, &nth);
    if (rc == 0)
        rc = is_outdated(b) ? load_again(b) : load_rest(b, b->upto);
    world_close(b->world);
    if (rc == 0 && b->head.directory > authority_position(b->writer->authority)) {
        rc = writer_catch_up(b->db, b->writer->authority);
        if (rc == 0 && b->hearing) /* whom events concern was looked up before */
            rc = err_set(ERR_RETRY, "the directory has moved on");
    }
    return rc;
}
