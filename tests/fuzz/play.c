/* tests/fuzz/play.c - what must be true after every step: no event without its row, and what happened can be told
 * again from the journal's bytes alone. */
#include "tests/fuzz/play.h"

#include <sanitizer/allocator_interface.h>

#include "common/answer.h"
#include "common/columns.h"
#include "common/record.h"
#include "tests/fuzz/input.h"

enum { MOST_PACKED = 60 * 1024, MOST_MEMORY = 16 << 20, ARENA_CHUNK = 64 * 1024 };

struct moment {
    const struct kind *kind;
    struct uuid id;
    int64_t version;
    int state;
};

/* ------------------------------------------------------------------ memory */

static bool is_counting;
static long blocks;
static size_t arena_before;

/* Chunks of an arena are larger than this: they are how a core may use memory. */
static bool
is_counted(const volatile void *block)
{
    return is_counting && block &&
           __sanitizer_get_allocated_size((const void *) (uintptr_t) block) < ARENA_CHUNK;
}

static void
count_malloc(const volatile void *block, size_t size)
{
    (void) size;
    blocks += is_counted(block);
}

static void
count_free(const volatile void *block)
{
    blocks -= is_counted(block);
}

static void
begin_counting(const struct play *play)
{
    static bool is_hooked;

    if (!is_hooked)
        PROMISE(__sanitizer_install_malloc_and_free_hooks(count_malloc, count_free),
                "allocations cannot be counted");
    is_hooked = true;
    arena_before = arena_used(play->story.arena);
    blocks = 0;
    is_counting = true;
}

/* ------------------------------------------------------------------ before and after */

static void
note_all(struct play *play)
{
    struct story *s = &play->story;

    list_init(&play->before, s->arena, sizeof(struct moment));
    for (const struct kind *const *kind = s->service->kinds; *kind; kind++) {
        size_t count;
        struct held **all = world_all(s->world, *kind, &count);

        for (size_t i = 0; i < count; i++)
            *(struct moment *) list_add(&play->before) =
                (struct moment){ *kind, all[i]->id, all[i]->state->version, all[i]->state->state };
    }
}

static struct moment *
moment_of(struct play *play, const struct kind *kind, struct uuid id)
{
    struct moment *added;

    LIST_EACH (struct moment, m, &play->before)
        if (m->kind == kind && uuid_equal(&m->id, &id))
            return m;
    added = list_add(&play->before);
    *added = (struct moment){ kind, id, 0, NOTHING };
    return added;
}

void
check_begin(struct play *play)
{
    note_all(play);
    begin_counting(play);
}

/* ------------------------------------------------------------------ what happened */

static void
look_at_move(struct play *play, const struct happened *h)
{
    const char *name = h->event->descriptor->name;
    struct moment *m = moment_of(play, h->kind, h->id);
    const struct transition *t = transition_find(h->kind, m->state, h->event->descriptor);

    PROMISE(t, "%s in state %d of %s: no row allows it", name, m->state, h->kind->name);
    PROMISE(t->because && *t->because && h->because == t->because, "%s: no reason", name);
    PROMISE(h->version == m->version + 1, "%s: version %lld after %lld", name,
            (long long) h->version, (long long) m->version);
    m->state = t->to;
    m->version++;
}

/* As verify does it: from the bytes that the journal keeps. */
static void
happen_again(struct play *play, const struct happened *h, struct bytes body)
{
    struct story *s = &play->again;
    struct held *held = world_hold(s->world, h->kind, h->id);
    const char *because;
    void *event;
    int rc = proto_unpack(s->arena, h->event->descriptor, body.data, body.size, &event);

    PROMISE(rc == 0, "%s cannot be read again: %s", h->event->descriptor->name, err_text());
    rc = world_apply(h->kind, held->state, event, play->story.now_us, &because);
    PROMISE(rc == 0, "%s", err_text());
}

static void
look_at_events(struct play *play, struct letter *letter, const struct record *record,
               const struct inbox_row *request)
{
    struct story *s = &play->story;

    LIST_EACH (const struct happened, h, &letter->outcome.happened) {
        struct journal_row row = record_event(record, letter, h, request);

        PROMISE(row.body.size <= MOST_PACKED, "%s has %zu bytes", row.type, row.body.size);
        look_at_move(play, h);
        happen_again(play, h, row.body);
    }
    s->last = letter->outcome;
    story_remember(s);
}

static void
look_at_letter(struct play *play, struct letter *letter)
{
    struct story *s = &play->story;
    struct record record = { s->service, s->arena, &play->head, s->now_us };
    const uint8_t salt[16] = { 0 };
    struct inbox_row request = { 0 };
    bool is_refused = letter->reason || letter->outcome.refusal;

    PROMISE(letter->fate != UNDECIDED && letter->fate != PUT_OFF, "%s: nobody decided it",
            letter->type);
    PROMISE(!is_refused || letter->outcome.happened.count == 0, "%s: refused, and it happened",
            letter->type);
    PROMISE(!letter->outcome.refusal ||
                protobuf_c_enum_descriptor_get_value(s->service->refusals, letter->outcome.refusal),
            "%s: refusal %d has no name", letter->type, letter->outcome.refusal);
    letter->first_position = play->head.position + 1;
    if (letter->fate == REFUSED_ONCE && letter_is_request(letter))
        letter->reply = answer_pack(s->arena, s->service, letter, false);
    if (letter->fate == ANSWERED && letter_is_request(letter))
        request = record_request(&record, letter, salt);
    PROMISE(letter->reply.size <= MOST_PACKED, "%s: the reply has %zu bytes", letter->type,
            letter->reply.size);
    if (letter->fate == ANSWERED)
        look_at_events(play, letter, &record, letter_is_request(letter) ? &request : NULL);
}

/* ------------------------------------------------------------------ how it all stands now */

static void
compare_columns(const struct kind *kind, const struct column *columns, const void *a, const void *b)
{
    for (const struct column *c = columns; c->name; c++)
        PROMISE(column_equal(c, a, b), "%s: %s is not what its events say", kind->name, c->name);
}

static void
compare(const struct kind *kind, const struct aggregate *state, const struct aggregate *again)
{
    PROMISE(state->version == again->version && state->state == again->state, "%s: not the same",
            kind->name);
    compare_columns(kind, kind->table->columns, state, again);
    for (const struct child *c = kind->table->children; c && c->name; c++) {
        const struct list *here = (const void *) ((const char *) state + c->offset);
        const struct list *there = (const void *) ((const char *) again + c->offset);

        PROMISE(here->count == there->count, "%s: %s", kind->name, c->member);
        for (size_t i = 0; i < here->count; i++)
            compare_columns(kind, c->columns, list_at(here, i), list_at(there, i));
    }
}

static void
look_at_all(struct play *play)
{
    for (const struct kind *const *kind = play->story.service->kinds; *kind; kind++) {
        size_t count;
        struct held **all = world_all(play->story.world, *kind, &count);

        for (size_t i = 0; i < count; i++) {
            const struct moment *m = moment_of(play, *kind, all[i]->id);

            PROMISE(all[i]->state->version == m->version && all[i]->state->state == m->state,
                    "%s changed, and no event says so", (*kind)->name);
            compare(*kind, all[i]->state, world_hold(play->again.world, *kind, all[i]->id)->state);
        }
    }
}

void
check_step(struct play *play, struct letter **letters, size_t count, int rc)
{
    size_t used = arena_used(play->story.arena) - arena_before;

    is_counting = false;
    PROMISE(blocks == 0, "%ld blocks were allocated beside the arena", blocks);
    PROMISE(used <= MOST_MEMORY, "%s took %zu bytes", letters[0]->type, used);
    PROMISE(rc == 0 || (rc == ERR_POISON && letters[0]->origin == FROM_JOURNAL), "%s: %s",
            letters[0]->type, err_text());
    for (size_t i = 0; i < count && rc == 0; i++)
        look_at_letter(play, letters[i]);
    if (!play->is_over)
        look_at_all(play);
}
