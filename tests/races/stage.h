/* tests/races/stage.h - a programme of its own in a real database, with people, writers and a judge outside.
 *
 * Shapes     agencies: 1 owner and authority, 2 Home Affairs, 3 Finance, 4 an entrant; persons: 11 owner,
 *            12 chair (AUTHORITY); 21 officer (STANDING), 22 signer; 31 signer of Finance.
 *            Every stage has a new programme, so that tests of one cluster never meet.
 * Errors     what must not fail, fails the test.
 */
#ifndef SANGKIEN_TESTS_RACES_STAGE_H
#define SANGKIEN_TESTS_RACES_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <libpq-fe.h>
#include <pthread.h>

#include "common/batch.h"
#include "common/clock.h"
#include "services/funding/funding.h"

extern const struct service directory_service, submissions_service, funding_service;

enum { OWNER = 11, CHAIR, OFFICER = 21, HA_SIGNER, FIN_SIGNER = 31, CLERK = 41 };

struct stage {
    struct arena *arena;
    const char *programme;
    PGconn *judge;      /* the superuser, who looks and tampers from outside */
    size_t verify_room; /* as struct verify_options has it */
    struct writer funding;
};

void stage_begin(struct stage *stage);
void stage_end(struct stage *stage);

/* A test on a new stage, on which all must be well at the end. */
#define STAGE_TEST(name, stage)                                                                    \
    cmocka_unit_test_prestate_setup_teardown(name, stage_set_up, stage_tear_down, stage)
int stage_set_up(void **stage_p);
int stage_tear_down(void **stage_p);

/* How a service connects; folder: of the socket, NULL for the database itself. */
const char *stage_dsn(struct stage *stage, const char *service, const char *folder);
void stage_writer(struct stage *stage, const struct service *service, struct writer *ret_writer);

/* The person may do nothing any more. */
void stage_end_roles(struct stage *stage, unsigned person);

/* Ids of this programme. */
struct uuid stage_id(const struct stage *stage, unsigned number);
const char *stage_id_text(const struct stage *stage, unsigned number);

/* A person's request, with this number as its id. */
struct letter *stage_letter(struct stage *stage, const struct service *service, unsigned request,
                            unsigned person, unsigned subject, const void *message);
struct letter *stage_letter_in(struct stage *stage, const struct service *service,
                               const char *programme, unsigned request, unsigned person,
                               unsigned subject, const void *message);
/* The same bytes once more, as they would come again. */
struct letter *stage_again(struct stage *stage, const struct service *service,
                           const struct letter *letter);
struct bytes stage_request(struct stage *stage, const char *programme, unsigned request,
                           unsigned person, unsigned subject, bool validate_only,
                           const void *message);

/* Runs letters as one batch, once more if it must be tried again; fails the test unless it says 0. */
int stage_run(struct writer *writer, const char *programme, struct letter **letters, size_t count);
/* One letter, alone: "OK", or why not. */
const char *stage_say(struct writer *writer, struct letter *letter);
/* "OK", or the reason in a reply; "" when there is none. final and positions are checked by callers. */
const char *reply_word(struct arena *arena, struct bytes reply);
Wire__Reply *reply_of(struct arena *arena, struct bytes reply);

/* A number, or a text, out of the database; $1 is the programme. */
int64_t stage_number(struct stage *stage, const char *sql);
const char *stage_text(struct stage *stage, const char *sql);
void stage_do(struct stage *stage, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Waits until so many connections of services wait for a lock that somebody holds. */
void stage_wait_blocked(struct stage *stage, int64_t how_many);

/* Another service's event, as it would stand in the journal. Gives its position. */
int64_t stage_publish(struct stage *stage, const char *service, unsigned aggregate,
                      const char *type, struct bytes body);

/* Is anything not what it was? The damages that verify names, a line each; "" when all is well. */
const char *stage_verify(struct stage *stage);

/* ------------------------------------------------------------------ submissions' beginnings */

/* An edition is created and published by two requests, of these numbers. */
void given_a_published_edition(struct stage *s, struct writer *writer, unsigned first_request,
                               unsigned edition);

struct letter *ask_open_registration(struct stage *s, unsigned request, unsigned edition);
struct letter *ask_submit_entry(struct stage *s, unsigned request, unsigned entry);
struct letter *ask_create_entry(struct stage *s, unsigned request, unsigned edition,
                                unsigned entry);

/* ------------------------------------------------------------------ funding's beginnings */

struct letter *ask_set_ceiling(struct stage *s, unsigned request, unsigned ceiling,
                               const char *source, int64_t vnd);
struct letter *ask_open_case(struct stage *s, unsigned request, unsigned funding_case,
                             unsigned dossier, unsigned ceiling);
struct letter *ask_propose(struct stage *s, unsigned request, unsigned funding_case, int64_t vnd);
struct letter *ask_sign(struct stage *s, unsigned request, unsigned funding_case, unsigned person);
struct letter *ask_submit(struct stage *s, unsigned request, unsigned funding_case);
struct letter *ask_approve(struct stage *s, unsigned request, unsigned funding_case, int64_t vnd);

/* An appraisal that recommends so much; heard by nobody yet. */
int64_t publish_appraisal(struct stage *s, unsigned dossier, const char *title, int64_t vnd);
void hear_all(struct stage *s, struct writer *writer);

/* A ceiling 900 with so much, and a proposed case over so much for each number, 1 sign-off short. */
void given_cases_one_sign_off_short(struct stage *s, int64_t ceiling_vnd, int64_t vnd,
                                    const unsigned *cases, size_t count);

/* Runs batches at the same time, each on a thread and a connection of its own. */
struct rival {
    struct writer writer;
    struct letter *letters[8];
    size_t count;
    const char *programme;
    int rc;
    char why[200];
    pthread_t thread;
};
void rival_start(struct rival *rival);
void rival_join(struct rival *rival);
/* As the loop does: runs again what must be run again. */
int rival_settle(struct rival *rival);

#endif
