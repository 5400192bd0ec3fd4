/* common/queue.c - one line per programme, served in turn; in it one per system, served in turn. */
#include "common/queue.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/letter.h"
#include "common/map.h"

/* Together as many as fill a batch; beside one that does not want much, each less. And for how many takes
 * one counts as wanting much. */
enum { MOST_SHARES = 8, SMALL_SHARES = 16, WANTING = 64 };

struct system {
    struct uuid id;
    struct system *next;
    uint64_t heard;  /* the take before which it last had something to do */
    uint64_t wanted; /* the take before which it last wanted much; 0: long ago */
};

struct sender {
    struct sender *next; /* in a ring of those that wait in this line */
    struct system *system;
    struct work *first;
    struct work *last;
    size_t waiting;
    size_t taken; /* into the batch at hand */
};

struct line {
    struct line *next; /* in a ring of those where somebody waits */
    char programme[65];
    struct work *back;   /* what was given back comes before all else */
    struct sender *turn; /* the sender served last; its next one is served next */
};

struct queue {
    struct line *turn; /* the line served last; its next one is served next */
    char programme[65];
    size_t length;
    uint64_t takes;
    size_t share;       /* of the batch that was taken last, for each system */
    struct map systems; /* of struct system; as many as were ever registered and spoke */
    struct system *known;
};

/* Work on its way out. */
struct chain {
    struct work *first;
    struct work *last;
    size_t length;
};

static void *
zeroed(size_t size)
{
    void *memory = calloc(1, size);

    if (!memory)
        abort();
    return memory;
}

struct queue *
queue_new(void)
{
    struct queue *queue = zeroed(sizeof(*queue));

    queue->takes = QUEUE_LATELY; /* the take 0 was long ago */
    map_init(&queue->systems, offsetof(struct system, id), sizeof(struct uuid));
    return queue;
}

void
queue_free(struct queue **queue_p)
{
    struct queue *queue = *queue_p;
    const char *programme;
    struct work *work;

    *queue_p = NULL;
    if (!queue)
        return;
    while ((work = queue_take(queue, SIZE_MAX, &programme)))
        for (struct work *next; work; work = next) {
            next = work->next;
            work_free(&work);
        }
    for (struct system *s = queue->known, *next; s; s = next) {
        next = s->next;
        free(s);
    }
    map_done(&queue->systems);
    free(queue);
}

/* ------------------------------------------------------------------ shares */

size_t
queue_share(size_t most, size_t systems, bool one_is_modest)
{
    size_t shares = systems > MOST_SHARES ? MOST_SHARES : systems;

    if (systems > 1 && one_is_modest)
        shares = SMALL_SHARES;
    return shares > 1 ? most / shares + (most % shares > 0) : most;
}

static struct system *
system_of(struct queue *queue, const struct uuid *id)
{
    struct system *system = map_get(&queue->systems, id);

    if (system)
        return system;
    system = zeroed(sizeof(*system));
    system->id = *id;
    system->next = queue->known;
    queue->known = system;
    map_put(&queue->systems, system);
    return system;
}

static bool
was_lately(const struct queue *queue, uint64_t take)
{
    return queue->takes - take < QUEUE_LATELY;
}

static bool
wants_much(const struct queue *queue, const struct system *system)
{
    return queue->takes - system->wanted < WANTING;
}

static size_t
systems_about(const struct queue *queue)
{
    size_t count = 0;

    for (const struct system *s = queue->known; s; s = s->next)
        count += was_lately(queue, s->heard);
    return count;
}

/* Is a system about that does not want much? */
static bool
one_is_modest(const struct queue *queue)
{
    for (const struct system *s = queue->known; s; s = s->next)
        if (was_lately(queue, s->heard) && !wants_much(queue, s))
            return true;
    return false;
}

bool
queue_is_shared(const struct queue *queue)
{
    return systems_about(queue) > 1 && one_is_modest(queue);
}

/* ------------------------------------------------------------------ coming */

static struct line *
line_of(struct queue *queue, const char *programme)
{
    struct line *line = queue->turn;

    if (line)
        do {
            if (strcmp(line->programme, programme) == 0)
                return line;
            line = line->next;
        } while (line != queue->turn);
    line = zeroed(sizeof(*line));
    snprintf(line->programme, sizeof(line->programme), "%s", programme);
    line->next = queue->turn ? queue->turn->next : line;
    if (queue->turn)
        queue->turn->next = line;
    queue->turn = line; /* all others come first: nobody overtakes by being new */
    return line;
}

static struct sender *
sender_of(struct line *line, struct system *system)
{
    struct sender *sender = line->turn;

    if (sender)
        do {
            if (sender->system == system)
                return sender;
            sender = sender->next;
        } while (sender != line->turn);
    sender = zeroed(sizeof(*sender));
    sender->system = system;
    sender->next = line->turn ? line->turn->next : sender;
    if (line->turn)
        line->turn->next = sender;
    line->turn = sender;
    return sender;
}

void
queue_add(struct queue *queue, struct work *work)
{
    struct system *system = system_of(queue, &work->system);
    char programme[65] = "";
    struct sender *sender;

    if (!request_programme(work->request, programme))
        programme[0] = '\0'; /* unreadable ones stand in a line of their own */
    sender = sender_of(line_of(queue, programme), system);
    system->heard = queue->takes;
    work->next = NULL;
    if (sender->last)
        sender->last->next = work;
    else
        sender->first = work;
    sender->last = work;
    sender->waiting++;
    queue->length++;
}

void
queue_return(struct queue *queue, const char *programme, struct work *first)
{
    struct work *last = first;
    struct line *line;

    if (!first)
        return; /* an empty line would be taken for one with work in it */
    line = line_of(queue, programme);
    queue->length++;
    while (last->next) {
        last = last->next;
        queue->length++;
    }
    last->next = line->back;
    line->back = first;
}

/* ------------------------------------------------------------------ going */

static void
move(struct work **from, struct chain *chain)
{
    struct work *work = *from;

    *from = work->next;
    work->next = NULL;
    if (chain->last)
        chain->last->next = work;
    else
        chain->first = work;
    chain->last = work;
    chain->length++;
}

/* One piece of work of the system whose turn it is. */
static void
take_next(struct line *line, struct chain *chain)
{
    struct sender *before = line->turn, *sender = before->next;

    move(&sender->first, chain);
    sender->waiting--;
    sender->taken++;
    line->turn = sender;
    if (sender->first)
        return;
    line->turn = before == sender ? NULL : before;
    before->next = sender->next;
    free(sender);
}

/* Nobody has taken anything yet. Who has half of an equal part of the batch waiting, or in the batch before, which
 * may still be in hand, wants much. */
static void
begin_batch(struct queue *queue, struct line *line, size_t most)
{
    size_t systems = systems_about(queue);
    struct sender *sender = line->turn;

    if (sender)
        do {
            if (2 * (sender->waiting + sender->taken) * systems >= most)
                sender->system->wanted = queue->takes;
            sender->taken = 0;
            sender = sender->next;
        } while (sender != line->turn);
    queue->share = queue_share(most, systems, one_is_modest(queue));
    queue->takes++;
}

/* The sender whose turn it is has never taken more than the others. */
static void
take_shares(struct line *line, size_t share, size_t room, struct chain *chain)
{
    while (line->back && chain->length < room)
        move(&line->back, chain);
    while (line->turn && line->turn->next->taken < share && chain->length < room)
        take_next(line, chain);
}

/* From the line behind this one. It has had its turn then. */
static struct work *
take_behind(struct queue *queue, struct line *before, size_t room)
{
    struct line *line = before->next;
    struct chain chain = { 0 };

    take_shares(line, queue->share, room, &chain);
    queue->length -= chain.length;
    if (line->back || line->turn) {
        queue->turn = line;
    } else {
        queue->turn = before == line ? NULL : before;
        before->next = line->next;
        free(line);
    }
    return chain.first;
}

struct work *
queue_take(struct queue *queue, size_t most, const char **ret_programme)
{
    struct line *line;

    if (!queue->turn)
        return NULL;
    line = queue->turn->next;
    memcpy(queue->programme, line->programme, sizeof(queue->programme));
    *ret_programme = queue->programme;
    begin_batch(queue, line, most);
    return take_behind(queue, queue->turn, most);
}

struct work *
queue_take_more(struct queue *queue, size_t room, const char *programme)
{
    struct line *before = queue->turn;

    if (before)
        do {
            if (strcmp(before->next->programme, programme) == 0)
                return take_behind(queue, before, room);
            before = before->next;
        } while (before != queue->turn);
    return NULL;
}

size_t
queue_length(const struct queue *queue)
{
    return queue->length;
}
