/* common/verify.c - programme by programme, in one snapshot of the database. */
#include "common/verify.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/verify_parts.h"

enum { ON_TERMINAL_MS = 200, IN_LINES_MS = 5000 };

static const struct statement export_snapshot = { "export snapshot",
                                                  "SELECT pg_export_snapshot()" };
/* Whoever waits for the others holds no lock; and what is sorted may be large. */
static const struct statement be_patient = {
    "be patient", "SELECT set_config('idle_in_transaction_session_timeout', '0', true),"
                  " set_config('work_mem', '64MB', true)"
};
/* Of the journal by its key, one programme after the other: no row in between is read. A head that is gone hides
 * nothing. */
static const struct statement all_heads = {
    "all heads",
    "WITH RECURSIVE of_journal(programme) AS (SELECT min(programme) FROM runtime.journal UNION ALL"
    "  SELECT (SELECT min(programme) FROM runtime.journal WHERE programme > n.programme)"
    "  FROM of_journal AS n WHERE n.programme IS NOT NULL)"
    " SELECT p.programme, coalesce(h.position, 0), h.chain, coalesce(h.inbox_count, 0), "
    "h.inbox_chain"
    " FROM (SELECT programme FROM runtime.journal_head UNION SELECT programme FROM of_journal) AS p"
    " LEFT JOIN runtime.journal_head AS h ON h.programme = p.programme"
    " WHERE p.programme IS NOT NULL AND ($1::text IS NULL OR p.programme = $1::text)"
    " ORDER BY p.programme COLLATE \"C\""
};

void
verify_damage(struct verifier *v, const char *format, ...)
{
    va_list args;

    v->damages++;
    flockfile(v->out); /* a line is one thread's */
    fprintf(v->out, "damage: %s: ", v->programme);
    va_start(args, format);
    vfprintf(v->out, format, args);
    va_end(args);
    fputc('\n', v->out);
    funlockfile(v->out);
}

const struct kind *
verify_kind(const struct verifier *v, const char *service, const char *name)
{
    for (const struct service *const *s = v->options->services; *s; s++)
        for (const struct kind *const *k = (*s)->kinds; *k && strcmp((*s)->name, service) == 0; k++)
            if (strcmp((*k)->name, name) == 0)
                return *k;
    return NULL;
}

/* ------------------------------------------------------------------ progress */

/* On a terminal one line that changes, elsewhere a line now and then. */
void
verify_progress(struct verifier *v, const char *what, int64_t done, int64_t of)
{
    FILE *to = v->options->progress;
    int64_t now_ms = monotonic_ms();

    if (!to || now_ms - v->told_ms < (v->is_on_terminal ? ON_TERMINAL_MS : IN_LINES_MS))
        return;
    v->told_ms = now_ms;
    fprintf(to, "%s%s: %lld of %lld %s, %lld events a second%s", v->is_on_terminal ? "\r" : "",
            v->programme, (long long) done, (long long) of, what,
            (long long) (v->events * 1000 / (now_ms - v->begun_ms + 1)),
            v->is_on_terminal ? "\033[K" : "\n");
    fflush(to);
}

static void
end_progress(const struct verifier *v)
{
    if (v->is_on_terminal && v->told_ms != v->begun_ms)
        fputs("\r\033[K", v->options->progress);
}

/* ------------------------------------------------------------------ connections */

int
verify_connect(const struct verifier *v, struct db **ret_db)
{
    struct db *db = NULL;
    int rc = db_open(v->options->dsn, "verify", &db);

    if (rc == 0)
        rc = db_prepare(db, &be_patient);
    if (rc == 0 && v->adopt.sql)
        rc = db_prepare(db, &v->adopt);
    if (rc == 0) {
        db_begin_still(db);
        if (v->adopt.sql)
            db_call(db, &v->adopt);
        db_call(db, &be_patient);
        rc = db_run(db);
    }
    if (rc)
        db_close(&db);
    else
        *ret_db = db;
    return rc;
}

/* The first connection chooses the moment at which all of them look. */
static int
choose_snapshot(struct verifier *v, struct arena *arena)
{
    int rc = verify_connect(v, &v->db);

    if (rc == 0)
        rc = db_prepare(v->db, &export_snapshot);
    if (rc)
        return rc;
    db_call(v->db, &export_snapshot);
    rc = db_run(v->db);
    if (rc == 0)
        v->adopt = (struct statement){
            .name = "adopt snapshot",
            .sql = arena_format(arena, "SET TRANSACTION SNAPSHOT '%s'",
                                db_get_text(db_result(v->db, 0), 0, 0)),
        };
    return rc;
}

static int
connect_all(struct verifier *v, struct arena *arena)
{
    int rc = choose_snapshot(v, arena);

    if (rc == 0)
        rc = db_prepare(v->db, &all_heads);
    if (rc == 0) /* by their key, and not all of them sorted before the first is handed out */
        rc = stream_open(v, "-c enable_sort=off", &v->event_stream);
    if (rc == 0)
        rc = stream_open(v, "", &v->sorted_stream);
    v->comparers = comparers_new(v);
    return rc;
}

static void
disconnect_all(struct verifier *v)
{
    comparers_free(&v->comparers);
    stream_close(&v->others);
    stream_close(&v->request_stream);
    stream_close(&v->sorted_stream);
    stream_close(&v->event_stream);
    db_close(&v->db);
}

/* ------------------------------------------------------------------ programmes */

static int
read_heads(struct verifier *v, struct arena *arena, struct list *heads)
{
    int rc;

    list_init(heads, arena, sizeof(struct journal_head));
    db_call(v->db, &all_heads);
    db_text(v->db, v->options->programme);
    rc = db_run(v->db);
    for (size_t i = 0; rc == 0 && i < db_rows(db_result(v->db, 0)); i++) {
        const struct db_result *r = db_result(v->db, 0);
        struct journal_head *head = list_add(heads);

        head->programme = arena_text(arena, db_get_text(r, i, 0));
        head->position = verify_place(db_get_int(r, i, 1));
        head->chain = db_get_digest(r, i, 2);
        head->inbox_count = verify_place(db_get_int(r, i, 3));
        head->inbox_chain = db_get_digest(r, i, 4);
    }
    return rc;
}

static int
verify_programme(struct verifier *v, const struct journal_head *head)
{
    size_t before = v->damages;
    int rc;

    arena_reset(v->arena, 1 << 20);
    v->programme = head->programme;
    v->head = *head;
    v->lots = lots_new(v->arena, v->options->room);
    v->answers = answers_new(v->arena);
    v->events = v->request_count = v->erased = v->aggregates = 0;
    v->begun_ms = v->told_ms = monotonic_ms();
    rc = comparers_begin(v);
    if (rc == 0)
        rc = verify_journal(v);
    if (rc == 0)
        rc = verify_states(v);
    else if (comparers_end(v->comparers))
        rc = err_add(rc, "and nothing was compared");
    lots_free(&v->lots);
    end_progress(v);
    if (rc == 0)
        fprintf(v->out, "%s: %s, %lld events, %lld requests (%lld erased), %lld aggregates\n",
                v->programme, v->damages == before ? "ok" : "damaged", (long long) v->events,
                (long long) v->request_count, (long long) v->erased, (long long) v->aggregates);
    return rc;
}

/* A programme that a checkpoint knows and the database does not. */
static void
look_for_lost(struct verifier *v, const struct list *heads)
{
    LIST_EACH (const struct checkpoint, c, &v->checkpoints) {
        bool there = false;

        LIST_EACH (const struct journal_head, head, heads)
            there = there || strcmp(head->programme, c->programme) == 0;
        if (!there && !v->options->programme) {
            v->programme = c->programme;
            verify_damage(v, "the whole programme is gone; the checkpoint knew %lld events",
                          (long long) c->position);
        }
    }
}

/* Beside the heads that are there: those of programmes of which only requests are left. */
static int
verify_programmes(struct verifier *v, struct arena *arena, struct list *heads)
{
    size_t known = heads->count;
    const char *unknown;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i <= known; i++) {
        const char *next =
            i < known ? ((struct journal_head *) list_at(heads, i))->programme : NULL;

        while (rc == 0 && (unknown = requests_unknown(v, next))) {
            struct journal_head *head = list_add(heads);

            head->programme = arena_text(arena, unknown);
            rc = verify_programme(v, head);
        }
        if (rc == 0 && next)
            rc = verify_programme(v, list_at(heads, i));
    }
    if (rc == 0 && heads->count == 0 && v->options->programme)
        rc = err_set(ERR_NOT_FOUND, "there is no programme %s", v->options->programme);
    return rc;
}

int
verify_run(const struct verify_options *options, size_t *ret_damages)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    CLEANUP(arena_free) struct arena *of_programme = arena_new();
    CLEANUP(arena_free) struct arena *page = arena_new();
    struct verifier v = {
        .options = options,
        .arena = of_programme,
        .page = page,
        .out = options->out,
        .is_on_terminal = options->progress && isatty(fileno(options->progress)),
    };
    struct list heads;
    int rc = connect_all(&v, arena);

    list_init(&v.checkpoints, arena, sizeof(struct checkpoint));
    if (rc == 0 && options->checkpoint)
        rc = checkpoint_read(arena, options->checkpoint, &v.checkpoints);
    if (rc == 0)
        rc = read_heads(&v, arena, &heads);
    if (rc == 0)
        rc = answers_prepare(&v);
    if (rc == 0)
        rc = requests_open(&v, arena, &heads);
    if (rc == 0)
        rc = verify_programmes(&v, arena, &heads);
    if (rc == 0)
        look_for_lost(&v, &heads);
    if (rc == 0 && v.damages == 0 && options->write_checkpoint)
        rc = checkpoint_write(options->write_checkpoint, &heads);
    disconnect_all(&v);
    if (rc == 0)
        *ret_damages = v.damages;
    return rc;
}
