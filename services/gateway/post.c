/* services/gateway/post.c - frames to and from the peers of a ROUTER. */
#include "services/gateway/post.h"

#include <errno.h>
#include <string.h>

enum { ID_SIZE = 5 };

/* false: the id is one that the peer chose itself. */
static bool
read_peer(zmq_msg_t *id, uint64_t *ret_peer)
{
    const uint8_t *bytes = zmq_msg_data(id);
    uint32_t number;

    if (zmq_msg_size(id) != ID_SIZE || bytes[0] != 0)
        return false;
    memcpy(&number, bytes + 1, sizeof(number));
    *ret_peer = number;
    return true;
}

bool
post_receive(void *socket, struct post *ret_post)
{
    size_t frames = 0;
    zmq_msg_t more;

    zmq_msg_init(&ret_post->id);
    if (zmq_msg_recv(&ret_post->id, socket, ZMQ_DONTWAIT) < 0)
        return false;
    zmq_msg_init(&ret_post->frame);
    zmq_msg_init(&more);
    /* All parts of a message are there when the first one is. */
    for (bool has_more = zmq_msg_more(&ret_post->id); has_more; frames++) {
        zmq_msg_t *frame = frames == 0 ? &ret_post->frame : &more;

        if (zmq_msg_recv(frame, socket, ZMQ_DONTWAIT) < 0)
            break;
        has_more = zmq_msg_more(frame);
    }
    zmq_msg_close(&more);
    ret_post->peer = 0;
    ret_post->is_plain = read_peer(&ret_post->id, &ret_post->peer) && frames == 1;
    ret_post->user_id = zmq_msg_gets(&ret_post->frame, "User-Id");
    return true;
}

void
post_close(struct post *post)
{
    zmq_msg_close(&post->id);
    zmq_msg_close(&post->frame);
}

/* A pipe that was just emptied shows only when the socket looks for news. */
static int
send_id(void *socket, const void *id, size_t size)
{
    int events;
    size_t events_size = sizeof(events);

    if (zmq_send(socket, id, size, ZMQ_DONTWAIT | ZMQ_SNDMORE) >= 0)
        return 0;
    if (zmq_errno() != EAGAIN)
        return zmq_errno();
    zmq_getsockopt(socket, ZMQ_EVENTS, &events, &events_size);
    return zmq_send(socket, id, size, ZMQ_DONTWAIT | ZMQ_SNDMORE) >= 0 ? 0 : zmq_errno();
}

static int
send_frames(void *socket, const void *id, size_t size, zmq_msg_t *frame)
{
    int rc = send_id(socket, id, size);

    if (rc == 0 && zmq_msg_send(frame, socket, ZMQ_DONTWAIT) < 0)
        rc = zmq_errno();
    if (rc != 0)
        zmq_msg_close(frame);
    return rc;
}

int
post_send(void *socket, uint64_t peer, zmq_msg_t *frame)
{
    uint8_t id[ID_SIZE] = { 0 };
    uint32_t number = (uint32_t) peer;

    memcpy(id + 1, &number, sizeof(number));
    return send_frames(socket, id, sizeof(id), frame);
}

int
post_return(void *socket, struct post *post, zmq_msg_t *frame)
{
    return send_frames(socket, zmq_msg_data(&post->id), zmq_msg_size(&post->id), frame);
}
