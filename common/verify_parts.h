/* common/verify_parts.h - what the parts of verify share. Not for others.
 *
 * Ownership  everything of one programme lies in arena; page is of one chunk.
 */
#ifndef SANGKIEN_COMMON_VERIFY_PARTS_H
#define SANGKIEN_COMMON_VERIFY_PARTS_H

#include "common/journal.h"
#include "common/store.h"
#include "common/verify.h"
#include "common/world.h"

struct checkpoint {
    char programme[65];
    int64_t position;
    int64_t inbox_count;
    char chain[65];
    char inbox_chain[65];
};

struct verifier {
    const struct verify_options *options;
    struct db *db;
    struct store **stores; /* in the order of the services */
    struct arena *arena;
    struct arena *page;
    struct list checkpoints; /* of struct checkpoint */
    const char *programme;
    struct journal_head head; /* as stored */
    struct world *world;      /* folded from the journal */
    int64_t events, requests, erased, aggregates;
    size_t damages;
};

void verify_damage(struct verifier *v, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

int verify_prepare(struct db *db) MUST_CHECK;
int verify_journal(struct verifier *v) MUST_CHECK;
int verify_inbox(struct verifier *v) MUST_CHECK;
int verify_states(struct verifier *v) MUST_CHECK;

int checkpoint_read(struct arena *arena, const char *path, struct list *ret_checkpoints) MUST_CHECK;
int checkpoint_write(const char *path, const struct list *heads) MUST_CHECK;

/* The checkpoint of the programme in hand; NULL for none. */
const struct checkpoint *checkpoint_of(const struct verifier *v);

#endif
