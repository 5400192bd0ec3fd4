/* common/reader_state.h - what a reader is made of, for reader.c and reader_get.c. */
#ifndef SANGKIEN_COMMON_READER_STATE_H
#define SANGKIEN_COMMON_READER_STATE_H

#include "common/reader.h"
#include "common/store.h"
#include "sangkien/wire/v1/wire.pb-c.h"

enum { MOST_QUERIES = 32, MOST_WAITING = 64 };

struct reader {
    const struct process *process;
    const struct service *service;
    struct db *db;
    struct store *store;
    struct authority *authority;
    struct arena *arena;
    struct bus *bus;
    struct statement lists[MOST_QUERIES]; /* in the order of the service's queries */
    struct metric *answered;
    struct waiting {
        struct work *work;
        int64_t until_ms;
    } waiting[MOST_WAITING]; /* questions about what this database has not seen yet */
    size_t waiting_count;
    int64_t look_at_ms;
};

/* A question on its way to its answer. */
struct question {
    Wire__Request *request;
    const struct query *query;
    size_t nth; /* of the query */
    const void *message;
    struct actor actor; /* who asks; the person nil unless it is one of the agency's */
    int64_t position;   /* the journal's end that the answer reflects */
};

/* The answer to a Get, or a wire Reason instead. */
int reader_get(struct reader *reader, struct question *q, ProtobufCMessage **ret_response,
               int *ret_reason) MUST_CHECK;

#endif
