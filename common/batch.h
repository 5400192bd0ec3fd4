/* common/batch.h - the path of a command: what one transaction does with the letters of one programme.
 *
 * Shapes     lock the programme's head, load, look up the inbox, decide in memory, write in sets, commit.
 *            What was read beforehand and is still true is not loaded again: see foresight.h. Where it is known
 *            how the head was left, nothing is locked before it is moved: see footing.h.
 * Errors     0: the transaction is committed and every letter has its fate (and requests their reply).
 *            ERR_RETRY, ERR_POISON, ERR_FATAL: rolled back, nothing happened; after ERR_RETRY running
 *            the same letters again resolves also a COMMIT of unknown outcome, by their ids.
 * Ownership  fates and replies lie in the writer's arena until its next batch, and through its batch_ask.
 * Threads    belongs to the writer's thread.
 */
#ifndef SANGKIEN_COMMON_BATCH_H
#define SANGKIEN_COMMON_BATCH_H

#include "common/authority.h"
#include "common/hint.h"
#include "common/journal.h"
#include "common/letter.h"
#include "common/store.h"

struct batch;

/* Everything that a thread needs to write. */
struct writer {
    const struct service *service;
    struct db *db;
    struct store *store;
    struct authority *authority;
    struct foresight *foresight; /* NULL: nothing is read beforehand */
    struct footing *footing;
    struct arena *arena;   /* of one attempt */
    struct arena *spare;   /* that of the attempt before, or its foresight's */
    struct batch *asked;   /* NULL: none is open on the connection */
    struct batch *pending; /* NULL: none is being committed */
};

/* What a batch of heard events does beside: see hearing.h. */
struct hearing {
    int64_t cursor;      /* where the cursor goes */
    struct list parked;  /* of struct parked: rows to be added */
    struct list drained; /* of int64_t: positions of parked rows to be taken away */
};

struct parked {
    int64_t position;
    struct uuid subject;
    const char *reason;
};

int writer_open(const struct service *service, const char *dsn,
                struct writer *ret_writer) MUST_CHECK;
void writer_close(struct writer *writer);

/* Brings the authority up to the end of the directory's journal. */
int writer_prepare_catch_up(struct db *db) MUST_CHECK;
int writer_catch_up(struct db *db, struct authority *authority) MUST_CHECK;

/* hearing is NULL but for heard events: then the transaction has been begun and the cursor is locked.
 * *ret_hint: what the journal has grown by. */
int batch_run(struct writer *writer, const char *programme, struct letter **letters, size_t count,
              const struct hearing *hearing, struct hint *ret_hint) MUST_CHECK;

/* The same in parts. batch_ask sends what loads, with a lock or without, or all of it, and the server is at it until
 * batch_start, which must come next on this connection, and with the same letters; it asks by itself where that was not
 * done. Between batch_start and batch_finish the server writes and commits. When batch_start fails there is no batch. */
void batch_ask(struct writer *writer, const char *programme, struct letter **letters, size_t count);
int batch_start(struct writer *writer, const char *programme, struct letter **letters, size_t count,
                const struct hearing *hearing, struct batch **ret_batch) MUST_CHECK;
int batch_finish(struct batch *batch, struct hint *ret_hint) MUST_CHECK;

/* The same as batch_ask, but between batch_start and batch_finish of the batch before, and only when that
 * one writes and these letters can be decided without asking: then they are committed right after it, or
 * fail with it. false: nothing was sent, and what was read beforehand may be lost. */
bool batch_send_ahead(struct writer *writer, const char *programme, struct letter **letters,
                      size_t count);

/* Does it write, and is most of what its letters speak of there already? Then much had to be read. */
bool batch_reads_much(const struct batch *batch);

/* Are some of its letters to be asked again? Then what came later must wait. */
bool batch_puts_off(const struct batch *batch);

#endif
