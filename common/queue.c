/* common/queue.c - one line per programme, served in turn. */
#include "common/queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/letter.h"

struct line {
    struct line *next; /* in a ring of those where somebody waits */
    char programme[65];
    struct work *first;
    struct work *last;
};

struct queue {
    struct line *turn; /* the line served last; its next one is served next */
    char programme[65];
    size_t length;
};

struct queue *
queue_new(void)
{
    struct queue *queue = calloc(1, sizeof(*queue));

    if (!queue)
        abort();
    return queue;
}

void
queue_free(struct queue **queue_p)
{
    const char *programme;
    struct work *work;

    if (!*queue_p)
        return;
    while ((work = queue_take(*queue_p, SIZE_MAX, &programme)))
        while (work) {
            struct work *next = work->next;

            work_free(&work);
            work = next;
        }
    free(*queue_p);
    *queue_p = NULL;
}

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
    line = calloc(1, sizeof(*line));
    if (!line)
        abort();
    snprintf(line->programme, sizeof(line->programme), "%s", programme);
    line->next = queue->turn ? queue->turn->next : line;
    if (queue->turn)
        queue->turn->next = line;
    queue->turn = line; /* all others come first: nobody overtakes by being new */
    return line;
}

void
queue_add(struct queue *queue, struct work *work)
{
    char programme[65] = "";
    struct line *line;

    if (!request_programme(work->request, programme))
        programme[0] = '\0'; /* unreadable ones stand in a line of their own */
    line = line_of(queue, programme);
    work->next = NULL;
    if (line->last)
        line->last->next = work;
    else
        line->first = work;
    line->last = work;
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
    last->next = line->first;
    line->first = first;
    if (!line->last)
        line->last = last;
}

static void
leave_ring(struct queue *queue, struct line *before, struct line *line)
{
    queue->turn = before == line ? NULL : before;
    before->next = line->next;
    free(line);
}

struct work *
queue_take(struct queue *queue, size_t most, const char **ret_programme)
{
    struct line *before = queue->turn, *line;
    struct work *first, *last;

    if (!before)
        return NULL;
    line = before->next;
    first = last = line->first;
    for (size_t n = 1; last->next && n < most; n++) {
        last = last->next;
        queue->length--;
    }
    queue->length--;
    line->first = last->next;
    last->next = NULL;
    memcpy(queue->programme, line->programme, sizeof(queue->programme));
    *ret_programme = queue->programme;
    if (line->first)
        queue->turn = line;
    else
        leave_ring(queue, before, line);
    return first;
}

size_t
queue_length(const struct queue *queue)
{
    return queue->length;
}
