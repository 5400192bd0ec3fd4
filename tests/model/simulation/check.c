/* tests/model/simulation/check.c - looks at every COMMIT and every reply: positions, versions, the fold, and that
 * nothing is done twice. */
#include "tests/model/simulation/check.h"

#include "common/proto.h"

enum { MOST_MOVES = 128 };

struct note_key {
    struct uuid id;
    uint64_t what;
    uint64_t programme;
};

struct note {
    struct note_key key;
    void *body;
};

/* The checker's copy of an aggregate: folded from the journal alone. */
struct folded {
    struct aggregate *state;
    const char *ended_by; /* nothing may follow */
    const char *but;      /* but this, or NULL */
};

struct request_note {
    bool is_stored;
    uint64_t request, reply; /* hashes */
};

static struct index notes;
static uint64_t moves[MOST_ALL_KINDS]
                     [MOST_MOVES]; /* of all episodes, by row of the kind's transitions */
static int64_t positions[PROGRAMMES];
static int64_t heard_upto[SERVICES][PROGRAMMES];

void
check_begin(void)
{
    index_init(&notes, sizeof(struct note_key));
    memset(positions, 0, sizeof(positions));
    memset(heard_upto, 0, sizeof(heard_upto));
}

void
check_end(void)
{
    index_done(&notes);
}

void *
note_of(const char *what, const struct tenant *programme, struct uuid id, size_t size)
{
    const struct note_key key = { id, (uintptr_t) what, programme->number };
    struct note *note = index_get(&notes, &key);

    if (!note) {
        note = arena_zero(sim.arena, sizeof(*note));
        note->key = key;
        note->body = arena_zero(sim.arena, size);
        index_put(&notes, note);
    }
    return note->body;
}

/* ------------------------------------------------------------------ what may follow nothing */

/* Whatever these have led to stays as it is, but for the event named beside. */
static const struct {
    const char *event;
    const char *but;
} last_words[] = {
    { "sangkien.directory.v1.SystemRevoked", NULL },
    { "sangkien.directory.v1.RoleEnded", NULL },
    { "sangkien.submissions.v1.EditionCancelled", NULL },
    { "sangkien.submissions.v1.EntryRefused", NULL },
    { "sangkien.submissions.v1.EntryDisqualified", "sangkien.submissions.v1.EntryPaid" },
    { "sangkien.submissions.v1.EntryWithdrawn", "sangkien.submissions.v1.EntryPaid" },
    { "sangkien.submissions.v1.EditionArchived", "sangkien.submissions.v1.LocalResultsReported" },
    { "sangkien.submissions.v1.DossierWithdrawn", "sangkien.submissions.v1.DossierFundingNoted" },
    { "sangkien.submissions.v1.DossierClosed", "sangkien.submissions.v1.DossierFundingNoted" },
    { "sangkien.submissions.v1.DossierNotFiled", NULL },
    { "sangkien.appraisal.v1.DossierWithdrawalNoted", NULL },
    { "sangkien.appraisal.v1.AppraisalReported", NULL },
    { "sangkien.appraisal.v1.AppraisalVoided", NULL },
    { "sangkien.funding.v1.RecommendationWithdrawn", NULL },
    { "sangkien.funding.v1.FundingRejected", NULL },
    { "sangkien.funding.v1.FundingWithdrawn", NULL },
    { "sangkien.notifications.v1.NotificationSent", NULL },
    { "sangkien.notifications.v1.NotificationFailed", NULL },
    { "sangkien.notifications.v1.NotificationSuppressed", NULL },
};

static const char *
last_word_of(const struct journal_row *row, const char **ret_but)
{
    for (size_t i = 0; i < sizeof(last_words) / sizeof(*last_words); i++)
        if (strcmp(last_words[i].event, row->type) == 0) {
            *ret_but = last_words[i].but;
            return last_words[i].event;
        }
    return NULL;
}

static void
check_end_of(struct folded *folded, const struct journal_row *row)
{
    MUST("FINAL", !folded->ended_by || (folded->but && strcmp(folded->but, row->type) == 0),
         "%s happened to %s %s after %s", row->type, row->kind, id_of(row->aggregate),
         folded->ended_by);
    if (!folded->ended_by)
        folded->ended_by = last_word_of(row, &folded->but);
}

/* ------------------------------------------------------------------ the fold */

static const struct kind *
kind_called(const struct service *service, const char *name)
{
    for (const struct kind *const *kind = service->kinds; *kind; kind++)
        if (strcmp((*kind)->name, name) == 0)
            return *kind;
    give_up("%s has no kind %s", service->name, name);
}

static struct folded *
folded_of(const struct kind *kind, const struct tenant *programme, struct uuid id)
{
    struct folded *folded = note_of(kind->name, programme, id, sizeof(*folded));

    if (!folded->state)
        folded->state = world_blank(sim.arena, kind, id);
    return folded;
}

static void
count_move(const struct kind *kind, int state, const ProtobufCMessage *event)
{
    const struct transition *t = transition_find(kind, state, event->descriptor);

    if (t && t - kind->transitions < MOST_MOVES)
        moves[kind_number(kind)][t - kind->transitions]++;
}

void
check_tell_moves(FILE *out)
{
    const struct kind *kind;

    for (uint32_t n = 0; (kind = kind_of_number(n)); n++)
        for (const struct transition *t = kind->transitions; t->event; t++) {
            const char *from = t->from ? proto_enum_word(kind->states, t->from) : "nothing";

            fprintf(out, "%s %s %s %llu\n", kind->name, from, t->event->short_name,
                    (unsigned long long) moves[n][t - kind->transitions]);
        }
}

static void
fold(const struct fact *fact, const struct kind *kind)
{
    const struct journal_row *row = fact->row;
    struct folded *folded = folded_of(kind, fact->programme, row->aggregate);
    const char *because = "";

    MUST("VERSIONS", row->version == folded->state->version + 1,
         "%s %s has version %lld after %lld", row->kind, id_of(row->aggregate),
         (long long) row->version, (long long) folded->state->version);
    count_move(kind, folded->state->state, fact->event);
    if (world_apply(kind, folded->state, fact->event, row->recorded_us, &because))
        broken("FOLD", "%s", err_text());
    MUST("R-G3", row->because && *row->because && strcmp(because, row->because) == 0,
         "%s has another reason than the table: %s", row->type, row->because);
    check_end_of(folded, row);
}

/* The table must hold what the journal says. */
static void
compare(const struct kind *kind, const struct tenant *programme, struct uuid id)
{
    const struct stored *stored = stored_find(programme, kind, &id);
    const struct folded *folded = folded_of(kind, programme, id);
    const char *column = "";

    if (!stored)
        broken("FOLD", "%s %s is in the journal, and not in its table", kind->name, id_of(id));
    else if (!row_is(kind, stored->state, folded->state, &column))
        broken("FOLD", "%s %s: %s is not what the journal says", kind->name, id_of(id), column);
}

void
check_number(const char *rule, const struct commit *commit, const struct journal_row *row,
             const char *column, int64_t counted)
{
    const struct stored *stored =
        stored_find(commit->programme, kind_called(commit->service, row->kind), &row->aggregate);

    if (stored)
        MUST(rule, row_number(stored, column) == counted, "%s %s: %s is %lld, and should be %lld",
             row->kind, id_of(row->aggregate), column, (long long) row_number(stored, column),
             (long long) counted);
}

/* ------------------------------------------------------------------ facts */

static const struct facts_row *
facts_of_service(const struct service *service)
{
    static const struct facts_row *const all[SERVICES] = { directory_facts, submissions_facts,
                                                           appraisal_facts, funding_facts,
                                                           notifications_facts };

    return all[service_number(service)];
}

static void
learn(const struct fact *fact)
{
    for (const struct facts_row *f = facts_of_service(fact->commit->service); f->event; f++)
        if (f->event == fact->event->descriptor) {
            if (f->learn)
                f->learn(fact, fact->event);
            return;
        }
    give_up("the checker does not know %s: say in check_%s.c what it must hold to", fact->row->type,
            fact->commit->service->name);
}

/* Finds the command behind an event among the requests of the same commit. */
static void
find_request(const struct commit *commit, struct fact *fact)
{
    fact->request = NULL;
    fact->body = (struct bytes){ NULL, 0 };
    for (size_t i = 0; i < commit->request_count; i++) {
        const struct answered *a = commit->requests[i];
        Wire__Request *request = NULL;
        const struct word *word;
        void *message = NULL;

        if (!uuid_equal(&a->key.id, &fact->row->cause) ||
            !uuid_equal(&a->key.source, &fact->row->source))
            continue;
        if (proto_unpack(sim.step, &wire__request__descriptor, a->request.data, a->request.size,
                         &request))
            give_up("a request was stored that is none");
        word = proto_word(request->type);
        if (!word ||
            proto_unpack(sim.step, word->message, request->body.data, request->body.len, &message))
            give_up("a request was stored whose body is none");
        fact->request = message;
        fact->body = (struct bytes){ request->body.data, request->body.len };
        fact->received_us = commit->received_us[i];
        return;
    }
}

static void
check_source(const struct fact *fact)
{
    const struct journal_row *row = fact->row;
    int64_t *upto = &heard_upto[service_number(fact->commit->service)][fact->programme->number];

    MUST("R-G3", uuid_is_nil(&row->source) || fact->request,
         "%s names a request that was not stored with it", row->type);
    if (row->heard)
        MUST("HEARD_ONCE", row->heard > *upto, "%s of position %lld was heard again by %s",
             row->type, (long long) row->heard, fact->commit->service->name);
    MUST("POSITIONS", row->position == ++positions[fact->programme->number],
         "position %lld of %s follows %lld", (long long) row->position, fact->programme->name,
         (long long) positions[fact->programme->number] - 1);
}

static void
check_event(const struct commit *commit, const struct journal_row *row, struct fact *fact)
{
    const struct word *word = proto_word(row->type);
    void *event = NULL;

    if (proto_unpack(sim.arena, word->message, row->body.data, row->body.size, &event))
        give_up("%s stands in the journal and cannot be read", row->type);
    if (!fact->row || !uuid_equal(&fact->row->cause, &row->cause) ||
        !uuid_equal(&fact->row->source, &row->source)) {
        fact->row = row;
        find_request(commit, fact);
    }
    fact->row = row;
    fact->event = event;
    check_source(fact);
    fold(fact, kind_called(commit->service, row->kind));
    check_who_hears(fact);
    learn(fact);
}

/* ------------------------------------------------------------------ requests and replies */

static struct request_note *
request_note_of(const struct tenant *programme, const struct uuid *source, const struct uuid *id)
{
    static const char what[] = "request";
    struct uuid both = *id;

    for (size_t i = 0; i < sizeof(both.bytes); i++)
        both.bytes[i] = (uint8_t) (both.bytes[i] ^ source->bytes[(i + 5) % sizeof(both.bytes)]);
    return note_of(what, programme, both, sizeof(struct request_note));
}

static void
check_request(const struct commit *commit, const struct answered *a)
{
    struct request_note *note = request_note_of(commit->programme, &a->key.source, &a->key.id);

    MUST("R-G2", !note->is_stored, "request %s was carried out twice", id_of(a->key.id));
    note->is_stored = true;
    note->request = trace_bytes(0, a->request.data, a->request.size);
    note->reply = trace_bytes(0, a->reply.data, a->reply.size);
}

void
check_reply(const struct service *service, const struct letter *letter)
{
    const struct tenant *programme = tenant_called(letter->programme);
    const struct request_note *note;
    bool same;

    if (!programme)
        return;
    note = request_note_of(programme, &letter->source, &letter->id);
    same = note->request == trace_bytes(0, letter->request.data, letter->request.size);
    if (reply_is_final(letter->reply)) {
        MUST("ACK", note->is_stored, "%s gave a final answer to %s, which is not stored",
             service->name, letter->type);
        MUST("R-G2", !note->is_stored || same,
             "%s got the answer to another content under the same id", letter->type);
        MUST("R-G2",
             !note->is_stored ||
                 note->reply == trace_bytes(0, letter->reply.data, letter->reply.size),
             "%s got another answer than before", letter->type);
        return;
    }
    MUST("R-G2",
         !note->is_stored || !same || letter->reason == WIRE__REASON__REASON_DATABASE_UNAVAILABLE,
         "%s was answered for good before, and now it is not", letter->type);
}

/* ------------------------------------------------------------------ a commit */

void
check_commit(const struct commit *commit)
{
    struct fact fact = { .commit = commit, .programme = commit->programme };
    int64_t *upto = &heard_upto[service_number(commit->service)][commit->programme->number];

    for (size_t i = 0; i < commit->request_count; i++)
        check_request(commit, commit->requests[i]);
    for (size_t i = 0; i < commit->event_count && !sim.rule; i++)
        check_event(commit, &commit->events[i], &fact);
    for (size_t i = 0; i < commit->event_count && !sim.rule; i++)
        compare(kind_called(commit->service, commit->events[i].kind), commit->programme,
                commit->events[i].aggregate);
    for (size_t i = 0; i < commit->event_count; i++)
        *upto = commit->events[i].heard > *upto ? commit->events[i].heard : *upto;
    MUST("POSITIONS", commit->programme->head.position == positions[commit->programme->number],
         "the head of %s stands at %lld, its last event at %lld", commit->programme->name,
         (long long) commit->programme->head.position,
         (long long) positions[commit->programme->number]);
    if (commit->event_count)
        MUST("CHAIN",
             digest_equal(&commit->programme->head.chain,
                          &commit->events[commit->event_count - 1].chain),
             "the head of %s does not end the chain", commit->programme->name);
    if (!sim.rule)
        check_money(commit);
    if (!sim.rule)
        check_entries(commit);
    if (!sim.rule && commit->moves_cursor)
        check_heard(commit);
}
