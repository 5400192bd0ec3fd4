/* services/gateway/ticket.c - requests under way. */
#include "services/gateway/ticket.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>

/* Tickets never move: chunks of them are added. A number is serial << 32 | index. */
enum { CHUNK = 1024, MOST_CHUNKS = 1024 };

struct tickets {
    struct ticket *chunks[MOST_CHUNKS];
    size_t chunk_count;
    uint32_t *free_indices;
    size_t free_count;
    uint32_t serial;
};

struct tickets *
tickets_new(void)
{
    struct tickets *tickets = calloc(1, sizeof(*tickets));

    if (!tickets ||
        getrandom(&tickets->serial, sizeof(tickets->serial), 0) != sizeof(tickets->serial))
        abort();
    return tickets;
}

void
tickets_free(struct tickets **tickets_p)
{
    struct tickets *tickets = *tickets_p;
    struct ticket *ticket;
    size_t cursor = 0;

    *tickets_p = NULL;
    if (!tickets)
        return;
    while ((ticket = ticket_next(tickets, &cursor)))
        ticket_give_back(tickets, &ticket);
    for (size_t i = 0; i < tickets->chunk_count; i++)
        free(tickets->chunks[i]);
    free(tickets->free_indices);
    free(tickets);
}

static bool
add_chunk(struct tickets *tickets)
{
    size_t first = tickets->chunk_count * CHUNK;

    if (tickets->chunk_count == MOST_CHUNKS)
        return false;
    tickets->chunks[tickets->chunk_count] = calloc(CHUNK, sizeof(struct ticket));
    tickets->free_indices =
        realloc(tickets->free_indices, (first + CHUNK) * sizeof(*tickets->free_indices));
    if (!tickets->chunks[tickets->chunk_count] || !tickets->free_indices)
        abort();
    for (size_t i = CHUNK; i > 0; i--) /* the lowest on top */
        tickets->free_indices[tickets->free_count++] = (uint32_t) (first + i - 1);
    tickets->chunk_count++;
    return true;
}

static struct ticket *
at(struct tickets *tickets, size_t index)
{
    return &tickets->chunks[index / CHUNK][index % CHUNK];
}

struct ticket *
ticket_take(struct tickets *tickets)
{
    struct ticket *ticket;
    uint32_t index;

    if (tickets->free_count == 0 && !add_chunk(tickets))
        return NULL;
    index = tickets->free_indices[--tickets->free_count];
    ticket = at(tickets, index);
    if (++tickets->serial == 0) /* a number is never 0: that means free */
        tickets->serial = 1;
    *ticket = (struct ticket){ .number = (uint64_t) tickets->serial << 32 | index };
    zmq_msg_init(&ticket->frame);
    return ticket;
}

struct ticket *
ticket_find(struct tickets *tickets, uint64_t number)
{
    size_t index = (uint32_t) number;

    if (number == 0 || index >= tickets->chunk_count * CHUNK)
        return NULL;
    return at(tickets, index)->number == number ? at(tickets, index) : NULL;
}

void
ticket_give_back(struct tickets *tickets, struct ticket **ticket_p)
{
    struct ticket *ticket = *ticket_p;

    *ticket_p = NULL;
    assert(ticket->number != 0);
    tickets->free_indices[tickets->free_count++] = (uint32_t) ticket->number;
    ticket->number = 0;
    zmq_msg_close(&ticket->frame);
}

struct ticket *
ticket_next(struct tickets *tickets, size_t *cursor)
{
    while (*cursor < tickets->chunk_count * CHUNK) {
        struct ticket *ticket = at(tickets, (*cursor)++);

        if (ticket->number != 0)
            return ticket;
    }
    return NULL;
}

struct bytes
ticket_request(struct ticket *ticket)
{
    const uint8_t *data = zmq_msg_data(&ticket->frame);

    return (struct bytes){ data + ticket->request_at, ticket->request_size };
}
