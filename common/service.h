/* common/service.h - a service, as data. The one main() in common/main.c runs it.
 *
 * Shapes     kinds stand in lock order; every table ends in a zero row.
 */
#ifndef SANGKIEN_COMMON_SERVICE_H
#define SANGKIEN_COMMON_SERVICE_H

#include "common/decide.h"
#include "common/table.h"

struct config;
struct errands;
struct process;

/* A question that readers answer without touching the write path.
 *
 * A Get has a kind: the aggregate of the subject is read by its table, and its columns and children fill
 * the fields of the same names in the response's first field.
 * A Get with an answer makes its response itself, of that aggregate and those that also names.
 * A List has a select list: one statement; its rows fill the repeated first field of the response, column
 * by column name. $1 programme, $2 the asking agency (NULL when it may read all), $3 the key (text) after which
 * to go on (NULL at first), $4 how many rows (int8). The first column must be named page_key, be unique, of type
 * text, and be what the rows are ordered by; it fills nothing. Where it asks for them: $5 the person who asks, NULL when it
 * is not one of the agency's; $6 the question's subject. */
struct query {
    const ProtobufCMessageDescriptor *ask;
    const ProtobufCMessageDescriptor *response;
    const struct kind *kind;
    const char *select;
    bool for_everybody; /* Get: not only for parties and for those who read the whole programme */
    bool asks_person;   /* List: $5 and $6 are there */
    /* Get: who may see it, instead of all that. Pure; given->actor is who asks. */
    bool (*may_see)(const struct given *given);
    /* Get: what else is loaded. Pure. */
    void (*also)(const struct given *given, const void *ask, struct keys *keys);
    /* Get: who is shown nothing, given that, whatever they may see otherwise. Pure. */
    bool (*is_hidden)(const struct given *given);
    /* Get: makes of the state what is shown of it, as by taking rows out of its lists; NULL: all is. Pure. */
    void (*show)(const struct given *given, void *state);
    /* Get: the response, of the query's type, to be filled. Pure. */
    void (*answer)(const struct given *given, const void *ask, struct arena *arena, void *response);
};

/* The usual page, of a table t by its id: UUIDs are ordered like their texts, byte by byte. The first stands
 * first in the select list, the second last in the statement, after a WHERE. */
#define QUERY_PAGE_KEY "t.id::text AS page_key"
#define QUERY_PAGE                                                                                 \
    " AND t.id > coalesce($3::text, '00000000-0000-0000-0000-000000000000')::uuid"                 \
    " ORDER BY t.id LIMIT $4::int8"

/* A branch of the ids of a page: rows of a table, of which $4 are enough. Each branch walks an index of its own; an
 * OR between them would walk the whole programme. */
#define QUERY_IDS(table, id, whose)                                                                \
    "(SELECT " id " AS id FROM " table " WHERE programme = $1::text AND " whose " AND " id         \
    " > coalesce($3::text, '00000000-0000-0000-0000-000000000000')::uuid"                          \
    " ORDER BY " id " LIMIT $4::int8)"
#define QUERY_ALL "$2::uuid IS NULL"
#define QUERY_BY_IDS(columns, table, ids)                                                          \
    "SELECT " columns " FROM (" ids " ORDER BY 1 LIMIT $4::int8) AS k CROSS JOIN LATERAL"          \
    " (SELECT * FROM " table " WHERE programme = $1::text AND id = k.id LIMIT 1) AS t"             \
    " ORDER BY k.id"

/* Where every agency sees every row, $2 plays no part; but PostgreSQL must learn its type. */
#define QUERY_FOR_EVERYBODY " AND ($2::uuid IS NULL OR true)"

/* What waits, and for whom: the rows of the schema's view open_work, w, that meet the condition whose. */
#define QUERY_WORK                                                                                 \
    "SELECT w.page_key, w.subject, w.kind, w.entry_code, w.title, w.state, w.waiting_for,"         \
    " w.agency_id, w.since_us, w.until_us FROM "
#define QUERY_OPEN_WORK(schema, whose)                                                             \
    QUERY_WORK schema                                                                              \
        ".open_work AS w WHERE w.programme = $1::text"                                             \
        " AND " whose " AND w.page_key > coalesce($3::text, '') COLLATE \"C\" AND w.subject >="    \
        " coalesce(left($3::text, 36), '00000000-0000-0000-0000-000000000000')::uuid"              \
        " ORDER BY w.subject, w.page_key LIMIT $4::int8"

/* A command of the runtime's own, said before anybody may say anything. */
struct first_word {
    struct uuid subject;
    ProtobufCMessage *message;
};

struct service {
    const char *name;                /* "funding": also its schema and its database role */
    const char *package;             /* "sangkien.funding.v1" */
    const struct kind *const *kinds; /* closed by NULL; their order is the lock order */
    const struct query *queries;
    const ProtobufCEnumDescriptor *refusals;
    const struct refusal_text *refusal_texts;
    const struct guard *guards;        /* NULL for none */
    const struct table *const *asides; /* tables of put_aside, closed by NULL; NULL for none */
    /* The directory: what is said at the very first start, in one transaction, by nobody; NULL for none.
     * Adds to ret_words, a list of struct first_word. */
    int (*first_words)(const struct config *config, struct arena *arena, struct list *ret_words);
    /* Work outside any transaction (mail), on a thread of its own; NULL for none. See errand.h. */
    int (*errand)(struct errands *errands);
    int (*errand_prepare)(
        struct errands *errands); /* prepares its statements and checks its settings, once */
    /* A process that is no service loop (the gateway) does its work here instead; see process.h. */
    int (*serve)(struct process *process);
};

/* The handler of a message, and the kind whose table it stands in; NULL when nobody handles it. */
const struct handler *service_handler(const struct service *service,
                                      const ProtobufCMessageDescriptor *message,
                                      const struct kind **ret_kind);

/* Runs the process: options, checks, threads, until a signal. Returns the exit status. */
int service_main(const struct service *service, int argc, char **argv);

#endif
