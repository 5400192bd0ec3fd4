/* tests/model/simulation/check.h - the rules that must hold after every step, whatever the cores think of them.
 *
 * Shapes     Everything is counted again from the events as they stand in the journals, by the checker's own
 *            arithmetic; of the product it uses the events' definitions, and the fold only to compare it with the
 *            tables.
 * Names      a rule has one name, here and in the headers of the services that keep it.
 */
#ifndef SANGKIEN_TESTS_MODEL_CHECK_H
#define SANGKIEN_TESTS_MODEL_CHECK_H

#include <stdio.h>

#include "common/field.h"
#include "tests/model/simulation/simulation.h"

void check_begin(void);
void check_end(void);

/* How often each row of a table of transitions was taken, a line each. */
void check_tell_moves(FILE *out);

/* What a COMMIT has just added. */
void check_commit(const struct commit *commit);

/* A reply that is on its way to whoever sent these bytes. */
void check_reply(const struct service *service, const struct letter *letter);

static inline bool
reply_is_final(struct bytes reply)
{
    enum { FINAL = 2 };
    struct field field;

    return field_find(reply, FINAL, FIELD_NUMBER, &field) && field.value;
}

/* ------------------------------------------------------------------ for its parts */

/* One event with what surrounds it. */
struct fact {
    const struct commit *commit;
    const struct journal_row *row;
    const ProtobufCMessage *event;
    const void *request; /* the command that caused it, of the same commit; NULL: none did */
    struct bytes body;   /* the command's exact bytes */
    int64_t received_us;
    const struct tenant *programme;
};

#define MUST(rule, holds, ...)                                                                     \
    do {                                                                                           \
        if (!(holds))                                                                              \
            broken(rule, __VA_ARGS__);                                                             \
    } while (0)

/* The checker's own notes about one aggregate, zeroed when there are none yet; of the given size, always. */
void *note_of(const char *what, const struct tenant *programme, struct uuid id, size_t size);

/* Did the person hold the role, as the directory's journal says? */
bool check_held_role(struct uuid person, int role, const char *programme, int64_t at_us);

/* Was the person made an operator, and is still? */
bool check_runs_system(struct uuid person);

struct facts_row {
    const ProtobufCMessageDescriptor *event;
    void (*learn)(const struct fact *fact, const void *event);
};

/* Tables closed by a zero row. */
extern const struct facts_row directory_facts[], submissions_facts[], appraisal_facts[],
    funding_facts[], notifications_facts[];

/* What must hold between aggregates and in the tables, once all of a commit is there. */
void check_money(const struct commit *commit);
void check_entries(const struct commit *commit);

/* Does the table say of the aggregate what the checker has counted? */
void check_number(const char *rule, const struct commit *commit, const struct journal_row *row,
                  const char *column, int64_t counted);

/* Does nobody hear of an entry that it has left? */
void check_who_hears(const struct fact *fact);

/* When nobody has anything to hear any more: do services agree on who takes part? */
void check_rest(void);

/* What a cursor has passed must have been heard. */
void check_heard(const struct commit *commit);

#endif
