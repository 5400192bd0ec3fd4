/* services/gateway/zap.c - decides at every handshake who is let in. */
#include "services/gateway/zap.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "common/clock.h"
#include "common/health.h"
#include "common/log.h"

enum {
    VERSION,
    REQUEST_ID,
    DOMAIN,
    ADDRESS,
    IDENTITY,
    MECHANISM,
    CREDENTIALS,
    FRAMES,
    MOST_FRAMES = 8
};
enum { LINES_PER_SECOND = 10 };

struct zap {
    void *socket;
    struct keys *keys;
    pthread_t thread;
    struct metric *let_in;
    struct metric *refused;
    int64_t second; /* in which the lines below were logged */
    int lines;
    int64_t unsaid;
};

static bool
is_text(const struct zap_request *request, int frame, const char *text)
{
    return request->frames[frame].size == strlen(text) &&
           memcmp(request->frames[frame].data, text, strlen(text)) == 0;
}

int
zap_judge(struct keys *keys, const struct zap_request *request, char ret_user_id[USER_ID_SIZE])
{
    const uint8_t *key;
    bool is_known = false;

    ret_user_id[0] = '\0';
    if (request->count != FRAMES || !is_text(request, VERSION, "1.0") ||
        !is_text(request, MECHANISM, "CURVE") || request->frames[CREDENTIALS].size != KEY_RAW_SIZE)
        return 400;
    key = request->frames[CREDENTIALS].data;
    if (is_text(request, DOMAIN, DOMAIN_CLIENT))
        is_known = keys_find_system(keys, key, ret_user_id);
    else if (is_text(request, DOMAIN, DOMAIN_WORKER))
        is_known = keys_find_worker(keys, key, ret_user_id);
    return is_known ? 200 : 400;
}

/* ------------------------------------------------------------------ one line, but no flood */

static void
copy_frame(const struct zap_request *request, int frame, char *ret_text, size_t size)
{
    size_t length = request->frames[frame].size < size ? request->frames[frame].size : size - 1;

    memcpy(ret_text, request->frames[frame].data, length);
    ret_text[length] = '\0';
}

static void
say_refused(struct zap *zap, const struct zap_request *request)
{
    char domain[16] = "";
    char address[64] = "";
    char unsaid[24] = "";
    int64_t second = monotonic_ms() / 1000;

    metric_add(zap->refused, 1);
    if (second != zap->second) {
        zap->second = second;
        zap->lines = 0;
    }
    if (zap->lines++ >= LINES_PER_SECOND) {
        zap->unsaid++;
        return;
    }
    if (request->count > ADDRESS) {
        copy_frame(request, DOMAIN, domain, sizeof(domain));
        copy_frame(request, ADDRESS, address, sizeof(address));
    }
    snprintf(unsaid, sizeof(unsaid), "%lld", (long long) zap->unsaid);
    log_warning("handshake refused", "domain", domain, "address", address, "unsaid",
                zap->unsaid ? unsaid : NULL, NULL);
    zap->unsaid = 0;
}

/* ------------------------------------------------------------------ the thread */

static void
answer(struct zap *zap, const struct zap_request *request)
{
    char user_id[USER_ID_SIZE];
    int status = zap_judge(zap->keys, request, user_id);
    const char *id = request->count > REQUEST_ID ? request->frames[REQUEST_ID].data : "";
    size_t id_size = request->count > REQUEST_ID ? request->frames[REQUEST_ID].size : 0;

    zmq_send(zap->socket, "1.0", 3, ZMQ_SNDMORE);
    zmq_send(zap->socket, id, id_size, ZMQ_SNDMORE);
    zmq_send(zap->socket, status == 200 ? "200" : "400", 3, ZMQ_SNDMORE);
    zmq_send(zap->socket, status == 200 ? "OK" : "Refused", status == 200 ? 2 : 7, ZMQ_SNDMORE);
    zmq_send(zap->socket, user_id, strlen(user_id), ZMQ_SNDMORE);
    zmq_send(zap->socket, "", 0, 0);
    if (status == 200)
        metric_add(zap->let_in, 1);
    else
        say_refused(zap, request);
}

/* Reads all frames of one request. false: the context is ending. */
static bool
receive(struct zap *zap, zmq_msg_t *frames, struct zap_request *ret_request)
{
    bool has_more = true;

    ret_request->count = 0;
    while (has_more) {
        zmq_msg_t spare;
        zmq_msg_t *frame = ret_request->count < MOST_FRAMES ? &frames[ret_request->count] : &spare;
        int size;

        zmq_msg_init(frame);
        do
            size = zmq_msg_recv(frame, zap->socket, 0);
        while (size < 0 && zmq_errno() == EINTR);
        if (size < 0)
            return false;
        has_more = zmq_msg_more(frame);
        if (frame == &spare) {
            zmq_msg_close(&spare);
        } else {
            ret_request->frames[ret_request->count].data = zmq_msg_data(frame);
            ret_request->frames[ret_request->count].size = zmq_msg_size(frame);
        }
        if (ret_request->count < MOST_FRAMES + 1)
            ret_request->count++;
    }
    return true;
}

static void *
run(void *context)
{
    struct zap *zap = context;
    zmq_msg_t frames[MOST_FRAMES];
    struct zap_request request;

    while (receive(zap, frames, &request)) {
        answer(zap, &request);
        for (size_t i = 0; i < request.count && i < MOST_FRAMES; i++)
            zmq_msg_close(&frames[i]);
    }
    zmq_close(zap->socket);
    return NULL;
}

int
zap_open(void *context, struct keys *keys, struct zap **ret_zap)
{
    struct zap *zap = calloc(1, sizeof(*zap));
    int linger = 0;

    if (!zap)
        abort();
    zap->keys = keys;
    zap->let_in = metric_new("sangkien_gateway_handshakes_total", "outcome=\"let_in\"",
                             METRIC_COUNTER, "Handshakes, by outcome.");
    zap->refused = metric_new("sangkien_gateway_handshakes_total", "outcome=\"refused\"",
                              METRIC_COUNTER, "Handshakes, by outcome.");
    zap->socket = zmq_socket(context, ZMQ_REP);
    if (!zap->socket || zmq_setsockopt(zap->socket, ZMQ_LINGER, &linger, sizeof(linger)) != 0 ||
        zmq_bind(zap->socket, "inproc://zeromq.zap.01") != 0 ||
        pthread_create(&zap->thread, NULL, run, zap) != 0) {
        if (zap->socket)
            zmq_close(zap->socket);
        free(zap);
        return err_set(ERR_FATAL, "cannot open the ZAP handler: %s", zmq_strerror(zmq_errno()));
    }
    *ret_zap = zap;
    return 0;
}

void
zap_close(struct zap **zap_p)
{
    if (*zap_p) {
        pthread_join((*zap_p)->thread, NULL);
        free(*zap_p);
    }
    *zap_p = NULL;
}
