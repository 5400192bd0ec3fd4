/* services/gateway/post.h - frames to and from the peers of a ROUTER.
 *
 * Shapes     a peer is known by the five bytes that the ROUTER itself chose for its connection; a peer
 *            that brings an id of its own is answered, but never known.
 * Errors     0, or EAGAIN (its queue is full) or EHOSTUNREACH (it is gone) as a positive errno.
 * Threads    the socket's.
 */
#ifndef SANGKIEN_GATEWAY_POST_H
#define SANGKIEN_GATEWAY_POST_H

#include <stdbool.h>
#include <stdint.h>
#include <zmq.h>

struct post {
    zmq_msg_t id;
    zmq_msg_t frame;
    uint64_t peer;
    const char *user_id; /* from the key; NULL: none */
    bool is_plain;       /* exactly one frame, and the id is the ROUTER's */
};

/* false: nothing has come. Otherwise post_close when done with it. */
bool post_receive(void *socket, struct post *ret_post);
void post_close(struct post *post);

/* Sends at once or not at all; takes the frame. */
int post_send(void *socket, uint64_t peer, zmq_msg_t *frame);

/* To a peer with an id of its own. */
int post_return(void *socket, struct post *post, zmq_msg_t *frame);

#endif
