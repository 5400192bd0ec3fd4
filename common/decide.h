/* common/decide.h - the words in which a core speaks: what is given, what is decided, what follows.
 *
 * Shapes     an aggregate's version counts its events; 0 means that it does not exist yet.
 * Units      times in UTC microseconds; money in whole dong.
 * Errors     decide returns ACCEPTED or a Refusal of its service: an answer, never a fault.
 * Ownership  all of it lives in the batch's arena; a core frees nothing.
 * Threads    pure: sees only what it is given.
 */
#ifndef SANGKIEN_COMMON_DECIDE_H
#define SANGKIEN_COMMON_DECIDE_H

#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/arena.h"
#include "common/authority.h"
#include "common/id.h"
#include "common/list.h"

/* Every state struct begins with one, called self. */
struct aggregate {
    struct uuid id;
    int64_t version;
    int64_t changed_us; /* time of its last event */
    int state;          /* of the kind's enum */
};

struct kind;

/* An aggregate that the batch holds locked. */
struct held {
    const struct kind *kind;
    struct uuid id;
    struct aggregate *state; /* version 0 when it does not exist */
    int64_t stored_version;  /* as loaded from the database */
    struct row_place place;  /* in its table; of stored ones */
    bool is_loaded;
    bool is_whole; /* with its child rows */
};

/* Which further aggregates a decision needs. */
struct keys {
    struct arena *arena;
    struct list items; /* of struct held, without state */
    bool wants_state;  /* set by need_state: ask again when the first aggregate is loaded */
};

void need(struct keys *keys, const struct kind *kind, struct uuid id);
void need_state(struct keys *keys);

struct given {
    const void *state;       /* the aggregate that the message is about */
    const struct held *also; /* the further ones, in the order in which they were asked for */
    size_t also_count;
    struct uuid subject;
    const char *programme;
    const struct actor *actor; /* zeroed when the runtime itself speaks */
    int64_t received_us;       /* arrival at the gateway: what deadlines are judged by */
    int64_t now_us;            /* time of the batch */
    struct bytes body;         /* the message's exact bytes */
    const struct authority *authority;
    /* Of a heard event: */
    struct uuid heard_subject; /* the aggregate it belongs to */
    int64_t heard_position;
    const char *heard_type;
    const struct uuid *heard_parties;
    size_t heard_party_count;
    /* Of also-functions before loading: state is NULL. */
};

/* The nth further aggregate; never NULL for one that was asked for. */
const void *also(const struct given *given, size_t nth);

/* What a decision says. */
struct said {
    const struct kind *kind;
    struct uuid id;
    ProtobufCMessage *event;
};

struct violation {
    const char *field;
    const char *description;
};

/* A message to be decided on later, and about which aggregate. */
struct alarm {
    int64_t due_us;
    const ProtobufCMessage *message;
    const struct kind *kind;
    struct uuid subject;
};

/* A row that is kept beside the fold: personal data. */
struct aside {
    const struct table *table;
    const void *row;
};

struct events {
    struct arena *arena;
    const struct kind *kind; /* of the aggregate that the message is about */
    struct uuid subject;
    struct list said;       /* of struct said */
    struct list violations; /* of struct violation */
    struct list alarms;     /* of struct alarm */
    struct list asides;     /* of struct aside */
};

#define ACCEPTED 0

/* A new event of the aggregate that the message is about, or of another one held. Zeroed, to be filled. */
void *new_event(struct events *out, const ProtobufCMessageDescriptor *event);
void *new_event_on(struct events *out, const struct kind *kind, struct uuid id,
                   const ProtobufCMessageDescriptor *event);

/* Refuses and names the field, as in return wrong(out, NO(TOTAL), "total_vnd", "is not the sum"). */
int wrong(struct events *out, int refusal, const char *field, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Has the runtime say this message at that time, to the aggregate that the message is about, or to another one held; a
 * handler must hear it that may ONLY_RUNTIME. */
void set_alarm(struct events *out, int64_t due_us, const void *message);
void set_alarm_on(struct events *out, const struct kind *kind, struct uuid id, int64_t due_us,
                  const void *message);

void put_aside(struct events *out, const struct table *table, const void *row);

/* A UUID as events carry it. */
const char *id_text(struct events *out, const struct uuid *id);

/* ------------------------------------------------------------------ the tables of a core */

/* Who may send a message: a set of roles, or one of these. */
#define MAY(role) (1U << DIRECTORY__ROLE__ROLE_##role)
#define ANYBODY (1U << 31) /* any person of a registered system's agency; decide looks closer */
#define HEARD (1U << 30)   /* not a command: an event of another service */
#define ONLY_RUNTIME (1U << 29) /* an alarm, or the service's own errand */

enum birth {
    MUST_EXIST, /* refused NOT_FOUND otherwise */
    CREATES,    /* refused ALREADY_EXISTS otherwise */
    EITHER,
    FOUNDS, /* CREATES, and with it the programme's journal */
};

struct handler {
    const ProtobufCMessageDescriptor *message;
    unsigned who;
    int (*decide)(const struct given *given, const void *message, struct events *out);
    enum birth birth;
    /* Names further aggregates to lock; may be NULL. Called without state first, and once more with it
     * when it said need_state. */
    void (*also)(const struct given *given, const void *message, struct keys *keys);
    /* Heard events: which aggregate of this kind they are about; NULL means the event's own subject.
     * The nil id means: none, pass over it. */
    struct uuid (*subject)(const struct given *given, const void *message);
};

/* No row, no move. */
struct transition {
    int from;
    const ProtobufCMessageDescriptor *event;
    int to;
    void (*remember)(void *state, const void *event);
    const char *because;
};

#define NOTHING 0 /* the state of what does not exist */

struct refusal_text {
    int refusal;
    const char *sentence;
};

/* A constraint of the database that says the same as a refusal. */
struct guard {
    const char *constraint;
    int refusal;
};

struct kind {
    const char *name; /* "funding_case" */
    const ProtobufCEnumDescriptor *states;
    const struct table *table;
    const struct handler *handlers;
    const struct transition *transitions;
    bool
        is_sealed; /* its events are shown to no subscriber, also not to those who read the whole programme */
};

/* NULL: no such move. */
const struct transition *transition_find(const struct kind *kind, int from,
                                         const ProtobufCMessageDescriptor *event);

#endif
