/* common/batch_guess.c - a batch of which everything is known that it needs is decided at once, and sent whole. */
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

static bool
bring_keys(struct batch *b, const struct letter *letter)
{
    LIST_EACH (const struct held, key, &letter->keys.items)
        if (!bring(b, key->kind, key->id))
            return false;
    return true;
}

/* Brings all that the letter's core looks at. Of what it creates no more is looked for. */
static bool
bring_for(struct batch *b, struct letter *letter)
{
    if (!letter_is_request(letter) || letter->validate_only)
        return false;
    if (!batch_needs_world(letter))
        return true;
    if (!batch_creates(letter) && !bring(b, letter->kind, letter->subject))
        return false;
    batch_name_keys(b, letter, NULL);
    if (letter->keys.wants_state && batch_creates(letter))
        return false;
    if (letter->keys.wants_state)
        batch_name_keys(b, letter, world_find(b->world, letter->kind, letter->subject)->state);
    return bring_keys(b, letter);
}

static bool
bring_all(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (!bring_for(b, b->letters[i]))
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
    footing_lose(b->writer->footing);
    b->world = world_new(b->arena);
    b->foreseen = -1;
    batch_restart(b);
}

bool
batch_guess(struct batch *b)
{
    const struct journal_head *head = footing_head(b->writer->footing, b->programme);

    if (!head || (b->foreseen >= 0 && b->foreseen != head->position) || !bring_all(b))
        return false;
    presume_absent(b);
    world_close(b->world);
    b->verge.has_journal = true;
    b->found = *head;
    b->found.programme = b->programme;
    b->found.directory = authority_position(b->writer->authority);
    b->head = b->found;
    if (judge_all(&b->verge, b->world, b->letters, b->count) || !all_are_seen_through(b)) {
        give_up(b);
        return false;
    }
    CRASH_POINT(decided);
    b->is_guess = true;
    batch_write_guess(b);
    return true;
}
