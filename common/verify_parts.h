/* common/verify_parts.h - what the parts of verify share. Not for others.
 *
 * Shapes     events and requests are read once, side by side, in the order of their chains. What events say of their
 *            aggregates is kept for a while, until it is folded and compared with the tables, lot by lot.
 *            Nothing grows with the number of rows.
 * Ownership  what belongs to one programme lies in arena; page is emptied now and then.
 * Threads    a verifier belongs to one thread. Requests are looked at and lots are compared on others, each with a
 *            verifier of its own; all say what they find to the same out.
 */
#ifndef SANGKIEN_COMMON_VERIFY_PARTS_H
#define SANGKIEN_COMMON_VERIFY_PARTS_H

#include "common/journal.h"
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
    struct statement adopt; /* has a connection see the same snapshot as the first */
    struct db *db;
    struct stream *event_stream;
    struct stream *sorted_stream;  /* of events once more, aggregate by aggregate */
    struct stream *request_stream; /* of one large programme at a time; */
    struct stream *others;         /* and of all that are not large, */
    bool has_other;                /* of which one row is in hand */
    int64_t all_requests;          /* of all programmes */
    struct comparers *comparers;
    struct requests *requests; /* of one programme, as is all that follows */
    struct answers *answers;
    struct lots *lots;
    struct arena *arena;
    struct arena *page;
    struct list checkpoints; /* of struct checkpoint */
    const char *programme;
    struct journal_head head; /* as stored */
    int64_t events, request_count, erased, aggregates;
    FILE *out;
    size_t damages;
    bool is_on_terminal; /* where progress is told */
    int64_t begun_ms, told_ms;
};

void verify_damage(struct verifier *v, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Tells now and then how far it is. */
void verify_progress(struct verifier *v, const char *what, int64_t done, int64_t of);

/* Positions and numbers as they stand in the database. What none of them ever reaches reads as 0, which no row has:
 * nobody believes what stands there, and it is counted on from. */
static inline int64_t
verify_place(int64_t stored)
{
    return stored < 0 || stored > INT64_C(1) << 53 ? 0 : stored;
}

/* A connection that sees what all the others see. */
int verify_connect(const struct verifier *v, struct db **ret_db) MUST_CHECK;

/* The kind of a row of the journal; NULL: there is none such. */
const struct kind *verify_kind(const struct verifier *v, const char *service, const char *name);

/* Events, and the requests beside them. */
int verify_journal(struct verifier *v) MUST_CHECK;

/* ------------------------------------------------------------------ streams, in verify_stream.c */

/* A connection of its own, that sees what all the others see, and hands out the rows of one SELECT at a time.
 * PostgreSQL makes the next rows ready while the one in hand is worked on. */
struct stream;

/* settings as libpq takes them, or "". */
int stream_open(const struct verifier *v, const char *settings,
                struct stream **ret_stream) MUST_CHECK;
void stream_close(struct stream **stream_p);

/* A text as a literal of SQL: COPY takes no parameters. */
const char *stream_quote(struct stream *stream, struct arena *arena, const char *text);
int stream_start(struct stream *stream, struct arena *arena, const char *select) MUST_CHECK;

/* false: it is over. The row and its fields last until the next call. */
int stream_next(struct stream *stream, bool *ret_is_row) MUST_CHECK;
int stream_skip(struct stream *stream) MUST_CHECK; /* all that is left */

struct bytes stream_bytes(const struct stream *stream, size_t field); /* data NULL: NULL */
const char *stream_text(const struct stream *stream, size_t field);
int64_t stream_int(const struct stream *stream, size_t field);
int64_t stream_time(const struct stream *stream, size_t field);
struct uuid stream_uuid(const struct stream *stream, size_t field);
struct digest stream_digest(const struct stream *stream, size_t field);
size_t stream_uuids(struct stream *stream, size_t field, const struct uuid **ret_uuids);

/* What a row of the journal tells of its aggregate: with these columns JOURNAL_COLUMNS begins, too. What it points to
 * lasts as long as the row. */
#define TOLD_COLUMNS "position, service, kind, aggregate, version, type, body, recorded_at, because"
struct journal_row stream_told(const struct stream *stream);

/* ------------------------------------------------------------------ requests, in verify_requests.c */

/* What the inbox says of a request that was answered. */
struct answered {
    struct uuid source, id;
    struct digest request, reply;
};

/* The requests of one programme, in the order of their chain, each looked at on the way, by a thread of its own. */
struct requests;

int requests_open(struct verifier *v, struct arena *arena, const struct list *heads) MUST_CHECK;

/* A programme of which there are requests, but nothing else; before that one, or after all. NULL: there is none. */
const char *requests_unknown(const struct verifier *v, const char *before);

/* From begin to end the thread has the streams of requests, and which other is in hand. */
void requests_begin(struct verifier *v);
int requests_end(struct verifier *v, bool to_the_last) MUST_CHECK;

/* Lasts until the next call; NULL: there is no other. */
int requests_next(struct requests *requests, const struct answered **ret_answered) MUST_CHECK;

/* ------------------------------------------------------------------ in verify_handover.c */

/* From one thread to another, in this order. */
struct handover;
struct handover *handover_new(void);
void handover_free(struct handover **handover_p);

/* Waits for room. */
void handover_put(struct handover *handover, const struct answered *answered);
bool handover_is_wanted(struct handover *handover); /* or may one stop before the end? */
void handover_close(struct handover *handover);     /* nothing else comes */

/* Lasts until the next call; NULL: nothing else comes. Whoever leaves takes nothing any more, and says whether the other
 * goes on. */
const struct answered *handover_take(struct handover *handover);
void handover_leave(struct handover *handover, bool goes_on);

/* ------------------------------------------------------------------ in verify_answers.c */

/* Of one programme: what was answered last. */
struct answers;

int answers_prepare(struct verifier *v) MUST_CHECK;
struct answers *answers_new(struct arena *arena);

/* Is the request that caused this event there, with these digests? */
int answers_compare(struct verifier *v, const struct journal_row *event) MUST_CHECK;

/* ------------------------------------------------------------------ in verify_waiting.c */

/* A row, and what lies beside the chain. Erased: neither salt nor bytes are there. */
struct request {
    struct inbox_row row;
    struct bytes salt;
    bool is_erased;
};

enum { MOST_WAITING = 4096 };

/* A heap by number. */
struct waiting {
    struct request *rows[MOST_WAITING];
    size_t count;
};

/* Copies it. false: there is no room. */
bool waiting_add(struct waiting *w, const struct request *r);
struct request *waiting_first(const struct waiting *w); /* NULL: nobody waits */
void waiting_drop_first(struct waiting *w);
void waiting_clear(struct waiting *w);

/* ------------------------------------------------------------------ lots, in verify_lots.c */

/* What an event says of its aggregate. */
struct told {
    struct told *next;
    int64_t position;
    const char *service, *kind, *type;
    struct uuid aggregate;
    int64_t version;
    int64_t recorded_us;
    const char *because;
    struct bytes body;
};

/* Aggregates that are compared together: those with these ids and all between. */
struct lot {
    struct uuid first, last;
    struct arena *kept;
    struct told *told, *last_told;
    size_t births;
    bool is_given, came_late;
    bool is_final; /* all events are here, and what comes out counts; else only is_in_order does */
    bool is_in_order;
    int64_t *unexplained; /* rows of each kind */
    int64_t aggregates;
    size_t damages;
    char *text;
};

/* An event joins what is kept of a lot. */
void lot_keep(struct lot *lot, const struct journal_row *event);

struct lots;
struct lots *lots_new(struct arena *arena, size_t room);
void lots_free(struct lots **lots_p);

/* An event passes by. */
void lots_take(struct verifier *v, const struct journal_row *row);
void lots_give_all(struct verifier *v);

/* Those that must be read from the database, as struct lot, in the order of their ids. */
void lots_again(struct verifier *v, struct list *ret_lots);

/* ------------------------------------------------------------------ one lot, in verify_compare.c */

enum { MOST_KIND_CHILDREN = 8 };

/* What reads the rows of a kind, and those of its children. */
struct kind_rows {
    const struct kind *kind;
    struct statement rows;
    struct statement children[MOST_KIND_CHILDREN];
    size_t child_count;
};

/* A verifier's means to compare. */
void compare_make(struct arena *arena, const struct kind *kind, struct kind_rows *ret_rows);
int compare_prepare(struct db *db, const struct list *kinds) MUST_CHECK; /* of struct kind_rows */
int compare_lot(struct verifier *v, const struct list *kinds, struct lot *lot) MUST_CHECK;

/* ------------------------------------------------------------------ states, in verify_states.c */

/* Threads that fold the events of lots, and compare what comes out with the tables. */
struct comparers;

struct comparers *comparers_new(const struct verifier *v);
void comparers_free(struct comparers **comparers_p);

/* From now on they take lots, until verify_states has told what came out of all. */
int comparers_begin(struct verifier *v) MUST_CHECK;
void comparers_give(struct comparers *comparers, struct lot *lot);
int comparers_end(struct comparers *comparers) MUST_CHECK;
int verify_states(struct verifier *v) MUST_CHECK;

/* ------------------------------------------------------------------ checkpoints */

int checkpoint_read(struct arena *arena, const char *path, struct list *ret_checkpoints) MUST_CHECK;
int checkpoint_write(const char *path, const struct list *heads) MUST_CHECK;

/* The checkpoint of the programme in hand; NULL for none. */
const struct checkpoint *checkpoint_of(const struct verifier *v);

/* Says so when a row's chain is another than at the checkpoint. */
void checkpoint_compare(struct verifier *v, const char *what, int64_t place,
                        const struct digest *chain, int64_t known_place, const char *known);

#endif
