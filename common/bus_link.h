/* common/bus_link.h - one worker's line to one gateway: when to speak, and what was heard.
 *
 * Shapes     not connected -> connected -> (Ready, Welcome) welcome -> (Leave, Welcome) left.
 *            Three missed heartbeats, or a new connection: back to connected.
 * Units      times in milliseconds of the monotonic clock.
 * Threads    belongs to the bus's thread.
 * Source     proto/sangkien/wire/v1/worker.proto.
 */
#ifndef SANGKIEN_COMMON_BUS_LINK_H
#define SANGKIEN_COMMON_BUS_LINK_H

#include <zmq.h>

#include "common/bus.h"

/* On its way out: a packed AnswerBatch of one. Batches that stand one behind the other are one batch. */
struct outgoing {
    struct outgoing *next;
    size_t size;
    uint8_t bytes[];
};

struct outgoing *outgoing_new(const void *answer_batch);
struct outgoing *outgoing_answer(uint64_t ticket, struct bytes reply);
void outgoing_free(struct outgoing **outgoing_p);

/* Work with the frame that it lies in, which it shares with others. */
struct parcel {
    struct work work; /* first: work_free gets this one */
    zmq_msg_t frame;
};

struct link {
    const char *endpoint;
    unsigned number;
    void *dealer;
    void *monitor;
    bool is_connected;
    bool is_welcome;
    bool is_leaving; /* Leave was said: a Welcome now answers that */
    bool has_left;
    int64_t heard_ms;
    int64_t said_ms;
    int64_t heartbeat_ms;
    struct outgoing *first; /* waiting to go out, in order */
    struct outgoing **end;
};

/* What a look at the line brought. */
struct catch
{
    struct work *first;
    struct work **end;
    bool was_hinted;
};

int link_open(void *context, const struct config *config, const char *endpoint, unsigned number,
              struct link *ret_link) MUST_CHECK;
void link_close(struct link *link);

void link_push(struct link *link, struct outgoing *outgoing);

/* Hears what the connection itself has to tell: made, lost, refused. */
void link_watch(struct link *link, int64_t now_ms);

/* Takes in up to a burst of frames; the caller owns the works caught. */
void link_receive(struct link *link, int64_t now_ms, struct catch *catch);

/* Sends what can go now. What cannot because nobody is there is dropped: it would no longer be
 * true. */
void link_flush(struct link *link, int64_t now_ms);

/* Ready, Leave or heartbeat when due. ready is a packed WorkerFrame. */
void link_speak(struct link *link, int64_t now_ms, struct bytes ready, bool serves, bool leaves);

/* When link_speak wants to be called again; never: INT64_MAX. */
int64_t link_due_ms(const struct link *link, bool serves);

#endif
