/* common/table.h - where a state struct is kept, as data.
 *
 * Shapes     an aggregate's table has the columns programme text, id uuid, version int8, state int4,
 *            changed_at timestamptz, and then those listed, in the same order; its key is (programme, id).
 *            A child table has programme text, parent uuid, place int4 (0, 1, 2 ...), and those listed, in order;
 *            its key is (programme, parent, place). Child rows are only ever added.
 *            The column is named as the struct's member, without "_us" at the end of a TIME.
 * Source     the runtime makes every statement from these tables; a wrong one dies at start.
 */
#ifndef SANGKIEN_COMMON_TABLE_H
#define SANGKIEN_COMMON_TABLE_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>

enum column_type {
    COLUMN_END,
    ENUM,    /* int                      int4 */
    INT4,    /* int32_t                  int4 */
    INT8,    /* int64_t                  int8 */
    BOOL,    /* bool                     bool */
    UUID,    /* struct uuid              uuid, NULL for nil */
    PARTY,   /* struct uuid              uuid: an agency that may see the aggregate's events */
    DIGEST,  /* struct digest            bytea of 32, NULL for all zero */
    TEXT,    /* const char *             text, '' for none */
    TIME,    /* int64_t, named ..._us    timestamptz, NULL for 0 */
    MESSAGE, /* protobuf-c message *     bytea, NULL for none */
};

struct column {
    const char *name;
    enum column_type type;
    size_t offset;
    const ProtobufCMessageDescriptor *message;
};

#define COLUMN(type_, member, kind)                                                                \
    {                                                                                              \
#member, kind, offsetof(type_, member), NULL                                               \
    }
#define COLUMN_MESSAGE(type_, member, descriptor)                                                  \
    {                                                                                              \
#member, MESSAGE, offsetof(type_, member), descriptor                                      \
    }

/* A struct list member whose items are rows of a child table. */
struct child {
    const char *name; /* of the table: "funding.signoff" */
    size_t offset;    /* of the struct list */
    const char *member;
    size_t item_size;
    const struct column *columns;
    size_t left; /* of a bool: by this row its PARTY has left; 0: nobody leaves */
};

#define CHILD(table_, type_, member_, item_, columns_)                                             \
    {                                                                                              \
        table_, offsetof(type_, member_), #member_, sizeof(item_), columns_, 0                     \
    }
#define CHILD_LEFT_BY(left_, table_, type_, member_, item_, columns_)                              \
    {                                                                                              \
        table_, offsetof(type_, member_), #member_, sizeof(item_), columns_,                       \
            offsetof(item_, left_)                                                                 \
    }

struct table {
    const char *name; /* "funding.funding_case" */
    const struct column *columns;
    size_t size;                  /* of the state struct */
    const struct child *children; /* NULL or closed by a zero row */
};

#endif
