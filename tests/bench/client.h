/* tests/bench/client.h - one system's connection: sends one kind of command, tells what came back.
 *
 * Shapes     every command is one ready-made frame in which only the ids are new; the last eight digits
 *            of a request's id are its ticket, by which the sender knows the reply again.
 * Errors     whatever goes wrong ends the program: there is nothing to measure then.
 * Threads    one.
 */
#ifndef SANGKIEN_BENCH_CLIENT_H
#define SANGKIEN_BENCH_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"

/* What all systems of a run say. */
struct command {
    const char *programme, *person, *edition; /* edition: of CreateEntry */
    bool updates;                             /* SubmitEntry instead of CreateEntry */
    struct arena *arena;                      /* keeps the frame */
    struct bytes frame;
    size_t id_at, subject_at; /* where in the frame the two ids are */
};

void command_prepare(struct command *command);

struct client;

struct answer {
    uint32_t ticket;
    bool accepted;
    bool busy;          /* refused for now, for want of room */
    const char *reason; /* "" when accepted; until the next answer */
    const char *id;     /* of the request; as long */
};

struct client *client_dial(void *zmq_context, const char *endpoint, const char *server_key,
                           const char *key_file);
void client_close(struct client **client_p);

/* Readable when an answer may be there; only after client_take has said no. */
int client_fd(const struct client *client);

/* pooled: for SubmitEntry, the how manyth entry of the pool to take. */
void client_send(struct client *client, const struct command *command, uint32_t ticket,
                 uint32_t pooled);

/* false: none is there now. */
bool client_take(struct client *client, struct answer *ret_answer);

void die(const char *what, const char *why) __attribute__((noreturn));

#endif
