/* tests/model/simulation/bus.h - clients, and what lies between them and the services: it loses, doubles and
 * reorders what is sent, both ways.
 *
 * Shapes     A client sends the same bytes until it has a final answer; now and then also afterwards.
 */
#ifndef SANGKIEN_TESTS_MODEL_BUS_H
#define SANGKIEN_TESTS_MODEL_BUS_H

#include "tests/model/simulation/simulation.h"

/* What somebody wants to have done. */
struct ask {
    struct uuid id, source, agency;
    const char *programme;
    unsigned service;
    const char *type;
    struct bytes request;
    bool is_over;
    bool has_answer;
    uint64_t answer; /* hash of the final one */
};

/* One copy of it on its way. */
struct parcel {
    struct ask *ask;
    int64_t received_us; /* when a gateway had it */
};

void bus_begin(void);

/* A new wish; its first copy is sent. */
void bus_post(struct ask *ask);

/* Some copies reach a service, or some answers their clients. */
void bus_deliver(void);
void bus_deliver_answers(void);

/* A client loses patience. */
void bus_resend(void);

/* A service gives an answer; it may get lost. */
void bus_answer_to(struct ask *ask, const struct letter *letter);

/* It was taken, and is given back. */
void bus_return(const struct parcel *parcel);

/* Until everybody has an answer, with nothing lost any more. false: somebody never gets one. */
bool bus_settle(void);

#endif
