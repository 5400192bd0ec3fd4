/* tests/model/simulation/simulation.h - all services in one program: their real cores and the real path of a
 * command, over a clock, a bus and a database that are made up, so that one number decides all that happens.
 *
 * Shapes     An episode is one small world: a directory, two programmes, some thousand commands. It is thrown
 *            away as a whole, and the next one begins. The same seed does the same, to the last byte.
 * Errors     The first rule that is broken ends the episode; see broken().
 * Ownership  What is committed lives in the episode's arena.
 * Threads    One.
 */
#ifndef SANGKIEN_TESTS_MODEL_SIMULATION_H
#define SANGKIEN_TESTS_MODEL_SIMULATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/batch.h"
#include "common/decide.h"
#include "tests/model/simulation/dice.h"
#include "tests/model/simulation/index.h"
#include "tests/model/simulation/mistakes.h"

enum { DIRECTORY, SUBMISSIONS, APPRAISAL, FUNDING, NOTIFICATIONS, SERVICES };
enum { REPLICAS = 2, PROGRAMMES = 3, MOST_ALL_KINDS = 24 };

/* ------------------------------------------------------------------ what is committed */

struct stored_key {
    struct uuid id;
    uint32_t kind;
    uint32_t programme;
};

/* A row of an aggregate's table, with its child rows. */
struct stored {
    struct stored_key key;
    const struct kind *kind;
    struct tenant *programme;
    struct aggregate *state;
};

struct timer {
    struct uuid id;
    const struct service *service;
    struct uuid subject;
    const char *type;
    struct bytes body;
    int64_t due_us;
    bool is_gone;
};

struct tenant {
    const char *name;
    uint32_t number;
    bool has_head;
    struct journal_head head;
    struct list rows;   /* of struct journal_row */
    struct list timers; /* of struct timer */
    int64_t cursors[SERVICES];
    struct list
        stored[MOST_ALL_KINDS]; /* of struct stored *, by kind, in the order of their birth */
};

struct inbox_key {
    struct uuid source;
    struct uuid id;
    uint64_t programme;
};

/* A row of the inbox. */
struct answered {
    struct inbox_key key;
    const struct service *service;
    struct digest digest;
    uint8_t salt[16];
    struct bytes request;
    struct bytes reply;
    uint64_t number; /* in the order in which they were written */
};

/* What one COMMIT adds, in order; as the checker sees it. */
struct commit {
    const struct service *service;
    struct tenant *programme;
    const struct journal_row *events;
    size_t event_count;
    struct answered *const *requests;
    const int64_t *received_us; /* of each request */
    size_t request_count;
    bool moves_cursor;
    int64_t cursor_from, cursor_to;
};

/* ------------------------------------------------------------------ the world */

/* What becomes of the next transaction. */
enum fault {
    NO_FAULT,
    LOST_READ,    /* the connection breaks while it reads */
    LOST_BEFORE,  /* the connection breaks at COMMIT, which did not happen */
    LOST_AFTER,   /* it did happen, but nobody here knows */
    CRASH_BEFORE, /* the process dies before COMMIT */
    CRASH_AFTER,  /* the process dies after it, before anybody is told */
    FAULTS
};

struct server {
    const struct service *service;
    unsigned number; /* of the service */
    struct writer writer;
    bool is_up;
    bool has_crashed_once;
};

/* What becomes of mail. */
enum mail { MAIL_BY_CHANCE, MAIL_SENT, MAIL_FAILED };

struct sim {
    uint64_t seed;
    uint64_t trace;
    uint64_t business; /* the same of everything but notifications */
    enum mail mail;
    struct dice dice;
    struct arena *arena; /* of the episode */
    struct arena *step;  /* of one step */
    struct arena *letters;
    int64_t now_us;
    uint64_t step_number, commands;
    enum mistake mistake;
    enum fault fault;
    bool is_dead; /* the process that has the word died */
    bool prints;
    struct tenant programmes[PROGRAMMES];
    struct index stored;   /* of struct stored */
    struct index answered; /* of struct answered */
    struct index unique;   /* of struct unique */
    struct uuid last_request;
    uint64_t answers;
    uint64_t forgotten[SERVICES]; /* answers up to this one are forgotten, by a mistake */
    struct server servers[SERVICES][REPLICAS];
    const char *rule; /* the one that is broken; NULL: none is */
    char why[600];
};

extern struct sim sim;
extern const struct service *const services[SERVICES];

/* Says it, when steps are printed. */
void tell(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* An id for people, in the step's arena. */
const char *id_of(struct uuid id);

/* The first one counts. */
void broken(const char *rule, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The program itself is at fault. */
void give_up(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/* An episode: gives false when a rule was broken. */
bool run_episode(uint64_t seed, uint64_t commands, uint64_t print_from);

/* ------------------------------------------------------------------ rows.c */

uint32_t kind_number(const struct kind *kind);
const struct kind *kind_of_number(uint32_t number); /* NULL behind the last one */
const struct kind *kind_named(const char *name);
unsigned service_number(const struct service *service);
struct tenant *tenant_called(const char *name); /* NULL: it is none of ours */
struct stored *stored_find(const struct tenant *programme, const struct kind *kind,
                           const struct uuid *id);
static inline struct stored *
stored_at(const struct list *rows, size_t nth)
{
    return *(struct stored *const *) list_at(rows, nth);
}

struct answered *answered_find(const struct service *service, const struct inbox_key *key);
void rows_begin(void);
void rows_end(void);

/* Copies a row into the world that a batch holds, and back. */
void row_load(const struct tenant *programme, struct held *held, bool is_whole);
void row_keep(struct tenant *programme, const struct held *held);
void row_copy(struct arena *arena, const struct kind *kind, const struct aggregate *from,
              struct aggregate *to);
const struct column *column_called(const struct column *columns, const char *name);
int64_t row_number(const struct stored *row, const char *name);
bool row_is(const struct kind *kind, const struct aggregate *a, const struct aggregate *b,
            const char **ret_column);

/* ------------------------------------------------------------------ unique.c */

void unique_begin(void);
void unique_end(void);

/* The constraint that these rows break, or NULL; then they have taken their places. */
const char *unique_take(struct tenant *programme, struct held *const *rows, size_t count);

/* In unique_entries.c: no entry is open of an edition whose entrants are confirmed by these rows. */
bool unique_entries_are_examined(const struct tenant *programme, struct held *const *rows,
                                 size_t count);

/* ------------------------------------------------------------------ server.c */

struct parcel;

void servers_begin(void);
void servers_end(void);
void serve(struct server *server, struct parcel *const *parcels, size_t count);
void hear(struct server *server, struct tenant *programme);
void ring(struct server *server, struct tenant *programme);
void report_mail(struct server *server);
struct server *any_server(unsigned service);

/* The directory's beginning, and everybody's roles: cast.c. */
void cast_begin(void);

#endif
