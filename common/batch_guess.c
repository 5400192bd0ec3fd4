/* common/batch_guess.c - a batch of which everything is known that it needs is decided at once, and sent whole. What is
 * not known is read before, if need be: without a lock, since taking the head will tell whether it was still true. */
#include "common/batch_state.h"
#include "common/crash.h"
#include "common/footing.h"

static bool
bring(struct batch *b, const struct kind *kind, struct uuid id)
{
    const struct held *held = world_find(b->world, kind, id);

    if (held && held->is_whole)
        return true;
    if (!footing_bring(b->writer->footing, kind, id, b->world))
        return false;
    b->foreseen = footing_head(b->writer->footing, b->programme)->position;
    return true;
}

/* Brings all that the letter's core looks at, as far as it is known. Of what it creates no more is looked for. */
static bool
bring_for(struct batch *b, struct letter *letter)
{
    bool is_there = batch_creates(letter) || bring(b, letter->kind, letter->subject);
    bool is_all = is_there;

    batch_name_keys(b, letter, NULL);
    if (letter->keys.wants_state && batch_creates(letter))
        return false;
    if (letter->keys.wants_state && is_there)
        batch_name_keys(b, letter, world_find(b->world, letter->kind, letter->subject)->state);
    LIST_EACH (const struct held, key, &letter->keys.items)
        is_all = bring(b, key->kind, key->id) && is_all;
    return is_all;
}

static bool
bring_all(struct batch *b)
{
    bool is_all = true;

    for (size_t i = 0; i < b->count; i++)
        if (batch_needs_world(b->letters[i]))
            is_all = bring_for(b, b->letters[i]) && is_all;
    return is_all;
}

/* Is it known where the head is, and do only requests lie here that are to be carried out and stored? */
static bool
may_guess(const struct batch *b)
{
    const struct journal_head *head = footing_head(b->writer->footing, b->programme);

    if (!head || (b->foreseen >= 0 && b->foreseen != head->position))
        return false;
    for (size_t i = 0; i < b->count; i++)
        if (!letter_is_request(b->letters[i]) || b->letters[i]->validate_only ||
            b->letters[i]->fate == REFUSED_ONCE)
            return false;
    return true;
}

/* What is to be created is not there: its table's key knows. */
static void
presume_absent(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (batch_needs_world(b->letters[i]) && batch_creates(b->letters[i]))
            world_hold(b->world, b->letters[i]->kind, b->letters[i]->subject)->is_loaded = true;
}

/* Will the database see it if it was answered before, or if what it creates is there already? Both must
 * be stored for that. */
static bool
is_seen_through(const struct letter *letter)
{
    if (letter->twin)
        return letter->fate == KNOWN;
    return letter->fate == ANSWERED &&
           (!batch_creates(letter) || letter->outcome.happened.count > 0);
}

static bool
all_are_seen_through(const struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (!is_seen_through(b->letters[i]))
            return false;
    return true;
}

/* Begins again, with nothing known. */
static void
give_up(struct batch *b)
{
    b->world = world_new(b->arena);
    b->foreseen = -1;
    batch_restart(b);
}

/* On the known head, with all that is needed. false: it must be asked for, and what was decided given up. */
static bool
decide(struct batch *b)
{
    presume_absent(b);
    world_close(b->world);
    b->verge.has_journal = true;
    b->found = *footing_head(b->writer->footing, b->programme);
    b->found.programme = b->programme;
    b->found.directory = authority_position(b->writer->authority);
    b->head = b->found;
    if (judge_all(&b->verge, b->world, b->letters, b->count) || !all_are_seen_through(b)) {
        footing_lose(b->writer->footing);
        return false;
    }
    CRASH_POINT(decided);
    b->is_guess = true;
    batch_write_guess(b);
    return true;
}

bool
batch_guess(struct batch *b)
{
    if (!may_guess(b) || !bring_all(b))
        return false;
    if (decide(b))
        return true;
    give_up(b);
    return false;
}

/* Of one moment: whatever comes between is seen when the head is taken. */
bool
batch_peek(struct batch *b)
{
    if (!may_guess(b))
        return false;
    presume_absent(b);
    b->foreseen = footing_head(b->writer->footing, b->programme)->position;
    db_begin_still(b->db);
    batch_ask_missing(b);
    db_send(b->db);
    b->is_peek = true;
    return true;
}

int
batch_peeked(struct batch *b)
{
    size_t first = 1; /* behind BEGIN */
    bool has_all;
    int rc;

    do {
        rc = db_run(b->db);
        if (rc == 0)
            rc = store_loaded(b->store, b->world, b->arena, &first);
        if (rc)
            return rc;
        first = 0;
        has_all = bring_all(b);
    } while (!has_all && batch_ask_missing(b));
    if (has_all && decide(b))
        return 0;
    give_up(b); /* what is to be created must be looked for, too */
    return db_rollback(b->db);
}
