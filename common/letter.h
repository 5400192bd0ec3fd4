/* common/letter.h - one message on its way through a batch: who says it, what, and what became of it.
 *
 * Ownership  a letter and all it points to live in the arena it was opened in, which outlives every
 *            attempt at the batch; what an attempt makes of it lies in the attempt's own arena.
 */
#ifndef SANGKIEN_COMMON_LETTER_H
#define SANGKIEN_COMMON_LETTER_H

#include "common/bus.h"
#include "common/proto.h"
#include "common/service.h"
#include "common/world.h"
#include "sangkien/wire/v1/wire.pb-c.h"

enum origin {
    FROM_CLIENT,  /* a request by way of the gateway */
    FROM_ERRAND,  /* a request of the service's own errand */
    FROM_JOURNAL, /* an event of another service */
    FROM_TIMER,   /* an alarm that is due */
    FROM_BIRTH,   /* the first words of a new installation */
};

enum fate {
    UNDECIDED,
    REFUSED_ONCE, /* non-final: nothing is stored */
    KNOWN,        /* answered before: the stored reply */
    ANSWERED,     /* decided now; stored when it came from a request */
    DROPPED,      /* a timer that is no more, or an event that concerns nobody */
    PUT_OFF,      /* needs what this batch has not loaded */
};

struct letter {
    enum origin origin;
    const char *programme;
    struct uuid source;
    struct uuid id; /* of the request, timer or cause */
    struct uuid subject;
    struct actor actor;
    const char *type;
    struct bytes body;
    const void *message; /* the body, unpacked */
    const struct handler *handler;
    const struct kind *kind;
    int64_t received_us;
    int64_t expires_us;
    int64_t expected_version;
    bool validate_only;
    const char *traceparent;
    struct bytes request; /* exact bytes; empty unless it is a request */
    struct work *work;    /* FROM_CLIENT */
    /* FROM_JOURNAL */
    int64_t position;
    struct uuid heard_subject;
    const struct uuid *parties;
    size_t party_count;
    int64_t parked_position; /* it was parked, and is tried again */

    /* When a batch failed and it failed alone: what to answer. */
    int forced_reason;
    int forced_refusal;

    /* Of one attempt: */
    struct keys keys;
    const struct letter *twin; /* the same request, earlier in the batch */
    bool clashes;              /* another content under the same id is earlier in the batch */
    enum fate fate;
    int reason; /* a wire Reason, or 0 */
    struct outcome outcome;
    const char *explanation; /* a sentence beside the reason, or NULL */
    const char *field;       /* the field it is about, or NULL */
    struct bytes reply;
    int64_t first_position; /* of its events in the journal */
};

/* Is it a request that gets a reply? */
bool letter_is_request(const struct letter *letter);

/* Reads a client's request. Never fails: what cannot be read is a letter that is refused already. */
struct letter *letter_open(struct arena *arena, const struct service *service, struct work *work);

/* A letter from inside: a heard event, a timer, an errand's report. ERR_POISON: not readable, or nobody
 * handles it. */
int letter_write(struct arena *arena, const struct service *service, enum origin origin,
                 const char *programme, const char *type, struct bytes body,
                 struct letter **ret_letter) MUST_CHECK;

/* Forgets what an attempt made of it. */
void letter_restart(struct letter *letter);

struct envelope letter_envelope(const struct letter *letter, int64_t now_us,
                                const struct authority *authority);

/* The programme of a serialised Request without unpacking it: for sorting. false: there is none. */
bool request_programme(struct bytes request, char ret_programme[65]);

#endif
