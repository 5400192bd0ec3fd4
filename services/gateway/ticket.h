/* services/gateway/ticket.h - requests under way: whose, where, and what is needed to answer for them.
 *
 * Shapes     a ticket's number is never used twice, nor by the next run of the process: a late answer
 *            finds nothing.
 * Ownership  tickets belong to the table; a ticket's frame is closed when it is given back.
 * Threads    belongs to the door.
 */
#ifndef SANGKIEN_GATEWAY_TICKET_H
#define SANGKIEN_GATEWAY_TICKET_H

#include <zmq.h>

#include "services/gateway/request.h"
#include "services/gateway/route.h"

struct ticket {
    uint64_t number;
    uint64_t peer;      /* the client's connection */
    struct place place; /* who works on it */
    struct uuid system;
    struct uuid id; /* of the request */
    bool is_command;
    size_t admitted;     /* bytes to be given back to admission */
    int64_t received_us; /* the earlier one of a valid receipt */
    int64_t started_us;  /* monotonic: when it was handed on */
    zmq_msg_t frame;     /* as it came: for the receipt, should one be needed */
    size_t request_at;
    size_t request_size;
};

struct tickets;

struct tickets *tickets_new(void);
void tickets_free(struct tickets **tickets_p);

/* NULL: there are too many. */
struct ticket *ticket_take(struct tickets *tickets);
struct ticket *ticket_find(struct tickets *tickets, uint64_t number);
void ticket_give_back(struct tickets *tickets, struct ticket **ticket_p);

/* Walks over all that are out: begin with *cursor 0. Giving back the one at hand is allowed. */
struct ticket *ticket_next(struct tickets *tickets, size_t *cursor);

struct bytes ticket_request(struct ticket *ticket);

#endif
