/* common/verify_waiting.c - requests that came early, the lowest number first. */
#include <stdlib.h>
#include <string.h>

#include "common/verify_parts.h"

static struct bytes
keep(uint8_t **room_p, const void *data, size_t size)
{
    uint8_t *copy = *room_p;

    if (size)
        memcpy(copy, data, size);
    *room_p += size;
    return (struct bytes){ copy, size };
}

/* A copy in one piece, for the time after its page. */
static struct request *
copy_request(const struct request *r)
{
    size_t service = strlen(r->row.service) + 1, type = strlen(r->row.type) + 1;
    struct request *copy = malloc(sizeof(*copy) + service + type + r->row.reply.size +
                                  r->row.request.size + r->salt.size);
    uint8_t *room;

    if (!copy)
        abort();
    room = (uint8_t *) (copy + 1);
    *copy = *r;
    copy->row.service = (const char *) keep(&room, r->row.service, service).data;
    copy->row.type = (const char *) keep(&room, r->row.type, type).data;
    copy->row.reply = keep(&room, r->row.reply.data, r->row.reply.size);
    copy->row.request = keep(&room, r->row.request.data, r->row.request.size);
    copy->salt = keep(&room, r->salt.data, r->salt.size);
    return copy;
}

static bool
comes_before(const struct waiting *w, size_t a, size_t b)
{
    return w->rows[a]->row.number < w->rows[b]->row.number;
}

static void
swap(struct waiting *w, size_t a, size_t b)
{
    struct request *was = w->rows[a];

    w->rows[a] = w->rows[b];
    w->rows[b] = was;
}

bool
waiting_add(struct waiting *w, const struct request *r)
{
    size_t at = w->count;

    if (w->count == MOST_WAITING)
        return false;
    w->rows[w->count++] = copy_request(r);
    for (; at && comes_before(w, at, (at - 1) / 2); at = (at - 1) / 2)
        swap(w, at, (at - 1) / 2);
    return true;
}

struct request *
waiting_first(const struct waiting *w)
{
    return w->count ? w->rows[0] : NULL;
}

void
waiting_drop_first(struct waiting *w)
{
    size_t at = 0, next;

    free(w->rows[0]);
    w->rows[0] = w->rows[--w->count];
    while ((next = 2 * at + 1) < w->count) {
        next += next + 1 < w->count && comes_before(w, next + 1, next);
        if (!comes_before(w, next, at))
            break;
        swap(w, at, next);
        at = next;
    }
}

void
waiting_clear(struct waiting *w)
{
    while (w->count)
        free(w->rows[--w->count]);
}
