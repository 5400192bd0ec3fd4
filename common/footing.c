/* common/footing.c - one programme's head as it was left, and a small world of what was looked at under it. */
#include "common/footing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Only so much is kept, and where it did not hold it is not tried again for so many batches. */
enum { MOST = 256, REST = 32 };

struct footing {
    struct arena *arena;
    struct world *world;
    size_t count; /* of what was ever added to this world */
    char programme[65];
    struct journal_head head;
    bool is_known;
    int rest;
};

struct footing *
footing_new(void)
{
    struct footing *f = calloc(1, sizeof(*f));

    if (!f)
        abort();
    f->arena = arena_new();
    return f;
}

void
footing_free(struct footing **footing_p)
{
    struct footing *f = *footing_p;

    if (!f)
        return;
    arena_free(&f->arena);
    free(f);
    *footing_p = NULL;
}

void
footing_lose(struct footing *f)
{
    f->is_known = false;
    f->rest = REST;
}

static void
start_anew(struct footing *f, const char *programme)
{
    arena_reset(f->arena, 1 << 16);
    f->world = world_new(f->arena);
    f->count = 0;
    snprintf(f->programme, sizeof(f->programme), "%s", programme);
}

/* The head as it is known is where the writer found it. */
static bool
continues(const struct footing *f, const struct journal_head *from)
{
    return footing_head(f, from->programme) && digest_equal(&f->head.chain, &from->chain) &&
           digest_equal(&f->head.inbox_chain, &from->inbox_chain);
}

/* What was loaded and left as it is; that something is not there is worth knowing, too. */
static bool
is_worth_keeping(const struct held *held)
{
    return held && held->is_whole && held->state->version == held->stored_version;
}

static void
keep(struct footing *f, const struct held *held)
{
    const struct held *kept = world_find(f->world, held->kind, held->id);

    if ((kept && kept->is_whole) || f->count == MOST)
        return;
    world_bring(f->world, held);
    f->count++;
}

void
footing_move(struct footing *f, const struct journal_head *from, const struct journal_head *to,
             struct world *world, struct letter *const *letters, size_t count)
{
    if (f->rest > 0 || strcmp(from->programme, DIRECTORY_PROGRAMME) == 0) {
        f->rest -= f->rest > 0;
        return;
    }
    if (!continues(f, from) || f->count == MOST)
        start_anew(f, from->programme);
    else
        world_forget_changed(f->world, world);
    for (size_t i = 0; i < count; i++)
        LIST_EACH (const struct held, key, &letters[i]->keys.items) {
            const struct held *held = world_find(world, key->kind, key->id);

            if (is_worth_keeping(held))
                keep(f, held);
        }
    f->head = *to;
    f->head.programme = f->programme;
    f->is_known = true;
}

const struct journal_head *
footing_head(const struct footing *f, const char *programme)
{
    return f->is_known && strcmp(f->programme, programme) == 0 ? &f->head : NULL;
}

bool
footing_bring(const struct footing *f, const struct kind *kind, struct uuid id, struct world *world)
{
    const struct held *kept = world_find(f->world, kind, id);

    if (!kept || !kept->is_whole)
        return false;
    world_bring(world, kept);
    return true;
}
