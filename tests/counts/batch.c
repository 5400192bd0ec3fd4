/* tests/counts/batch.c - what a batch of commands asks of processor, memory and database, from the request's
 * bytes to the reply's.
 *
 * Counted are batches of entries that are drafted, and of the same entries being handed in, as a service does
 * it with what it took from the gateway. One just like it that nobody counts comes before each: buffers have
 * grown to what they need, and the results that are thrown away first are as many.
 */
#include "tests/races/stage.h"

#include <string.h>

#include "sangkien/submissions/v1/commands.pb-c.h"
#include "tests/counts/counted.h"
#include "tests/counts/wire.h"

extern struct uuid __wrap_uuid_new(int64_t now_us);
extern int64_t __wrap_clock_now_us(void);

/* Numbers of the stage's ids: entries are counted from the last one on. */
enum { EDITION = 600, FIRST_ENTRY = 100000, MOST = 128 };

static struct stage s;
static struct writer writer;
static struct arena *letters_arena;
static const char *run_name; /* ids follow from it: no two runs of one database have the same */
static unsigned requests;

struct uuid
__wrap_uuid_new(int64_t now_us)
{
    (void) now_us;
    return uuid_derive("run", run_name, strlen(run_name));
}

int64_t
__wrap_clock_now_us(void)
{
    static int64_t now_us = INT64_C(1572325200000000); /* 2019-10-29 */

    return now_us += 1000;
}

/* ------------------------------------------------------------------ the commands */

static const void *
create_entry(void)
{
    static Submissions__CreateEntry ask = SUBMISSIONS__CREATE_ENTRY__INIT;
    static Submissions__Author author = SUBMISSIONS__AUTHOR__INIT, *authors[] = { &author };

    ask.edition_id = stage_id_text(&s, EDITION);
    ask.entry_kind = SUBMISSIONS__ENTRY_KIND__ENTRY_KIND_MODEL;
    ask.title = "Sáng kiến mẫu để đếm công việc";
    ask.summary = "Rút ngắn thời gian giải quyết hồ sơ bằng cách kiểm tra thành phần ngay khi nộp.";
    ask.team = "đội 1";
    author.person_id = stage_id_text(&s, CLERK);
    author.share_bp = 10000;
    ask.n_authors = 1;
    ask.authors = authors;
    return &ask;
}

static const void *
submit_entry(void)
{
    static const Submissions__SubmitEntry ask = SUBMISSIONS__SUBMIT_ENTRY__INIT;

    return &ask;
}

/* It is published by two requests, and opened by the third. */
static void
open_an_edition(void)
{
    static const Submissions__OpenRegistration ask = SUBMISSIONS__OPEN_REGISTRATION__INIT;
    struct letter *open;

    given_a_published_edition(&s, &writer, 1, EDITION);
    requests = 3;
    open = stage_letter(&s, &submissions_service, requests, OFFICER, EDITION, &ask);
    assert_string_equal(stage_say(&writer, open), "OK");
}

/* ------------------------------------------------------------------ batches */

struct batch_of {
    struct work works[MOST];
    struct letter *letters[MOST];
    size_t count;
};

/* One for each entry of the batch, as the gateway hands it over. */
static void
fill(struct batch_of *b, const void *message, unsigned first_entry, size_t count)
{
    b->count = count;
    for (unsigned i = 0; i < count; i++)
        b->works[i] = (struct work){ .system = stage_id(&s, 100 + CLERK / 10),
                                     .agency = stage_id(&s, CLERK / 10),
                                     .received_us = clock_now_us(),
                                     .request = stage_request(&s, s.programme, ++requests, CLERK,
                                                              FIRST_ENTRY + first_entry + i, false,
                                                              message) };
}

static void
run(void *context)
{
    struct batch_of *b = context;

    arena_reset(letters_arena, 1 << 20);
    for (size_t i = 0; i < b->count; i++)
        b->letters[i] = letter_open(letters_arena, &submissions_service, &b->works[i]);
    stage_run(&writer, s.programme, b->letters, b->count);
}

static void
must_be_done(const struct batch_of *b)
{
    for (size_t i = 0; i < b->count; i++)
        assert_string_equal(reply_word(s.arena, b->letters[i]->reply), "OK");
}

static void
count(const char *kind, struct batch_of *b)
{
    struct wire_counts wire;
    size_t allocations;

    wire_listen();
    allocations = counted(run, b);
    wire = wire_heard();
    must_be_done(b);
    tell_case(arena_format(s.arena, "%s.%zu", kind, b->count), b->count);
    tell_figure("statements", wire.statements);
    tell_figure("round_trips", wire.round_trips);
    tell_figure("bytes_sent", wire.bytes);
    tell_figure("allocations", allocations);
    tell_figure("arena_bytes", arena_used(writer.arena) + arena_used(letters_arena));
}

static void
count_kind(const char *kind, const void *message, unsigned first_entry, size_t size)
{
    static struct batch_of b;

    fill(&b, message, first_entry, size);
    run(&b);
    fill(&b, message, first_entry + MOST, size);
    count(kind, &b);
}

static void
count_batches(void)
{
    static const size_t sizes[] = { 1, 16, MOST };

    for (unsigned i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        count_kind("create", create_entry(), 2 * MOST * i, sizes[i]);
        count_kind("update", submit_entry(), 2 * MOST * i, sizes[i]);
    }
}

int
main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("Usage: counts_batch NAME-OF-THE-RUN\n", stderr);
        return 2;
    }
    run_name = argv[1];
    stage_begin(&s);
    stage_writer(&s, &submissions_service, &writer);
    letters_arena = arena_new();
    open_an_edition();
    count_batches();
    assert_string_equal(stage_verify(&s), "");
    arena_free(&letters_arena);
    writer_close(&writer);
    stage_end(&s);
    return 0;
}
