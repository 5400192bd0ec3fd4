/* common/store_state.h - what the parts of the store share. Not for others. */
#ifndef SANGKIEN_COMMON_STORE_STATE_H
#define SANGKIEN_COMMON_STORE_STATE_H

#include "common/store.h"

enum { MOST_KINDS = 16, MOST_CHILDREN = 8, MOST_PENDING = 512, MOST_ASIDES = 4 };

struct child_statements {
    const struct child *child;
    struct statement load;
    struct statement insert;
};

struct kind_statements {
    const struct kind *kind;
    struct statement load;
    struct statement insert;
    struct statement update;
    size_t child_count;
    struct child_statements children[MOST_CHILDREN];
};

/* What a queued load was for, so that its result can be taken. */
struct pending {
    const struct kind_statements *kind;
    const struct child_statements *child; /* NULL: the rows of the kind itself */
    const struct uuid *ids;
    size_t count;
    size_t whole; /* of the ids: with their child rows */
};

struct aside_statement {
    const struct table *table;
    struct statement insert;
};

struct store {
    struct db *db;
    struct arena *arena; /* of the statements' texts */
    struct arena *scratch;
    struct kind_statements kinds[MOST_KINDS];
    size_t kind_count;
    struct aside_statement asides[MOST_ASIDES];
    size_t aside_count;
    struct pending pending[MOST_PENDING];
    size_t pending_count;
};

#endif
