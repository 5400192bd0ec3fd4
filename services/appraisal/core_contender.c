/* services/appraisal/core_contender.c - registered entries of a contest that is judged here, and which
 * round they are in. Pure: no SQL, no sockets, no clock.
 *
 * What a round does to its entries is decided there (core_round*.c), and remembered here. */
#include "services/appraisal/judging.h"

#include "sangkien/submissions/v1/events.pb-c.h"

static void
its_contest(const struct given *given, const void *message, struct keys *keys)
{
    const Submissions__EntryRegistered *heard = message;

    (void) given;
    need(keys, &contest_kind, uuid_of(heard->edition_id));
}

static const char **
co_entrants_of(const Submissions__EntryRegistered *heard, struct events *out, size_t *ret_count)
{
    const char **ids = arena_zero(out->arena, (heard->n_co_entrants + 1) * sizeof(*ids));

    for (size_t i = 0; i < heard->n_co_entrants; i++)
        ids[i] = heard->co_entrants[i]->agency_id;
    *ret_count = heard->n_co_entrants;
    return ids;
}

static void
count_one_more(const struct contest *contest, const Submissions__EntryRegistered *heard,
               struct events *out)
{
    struct uuid agency = uuid_of(heard->entrant_agency_id);
    struct tally tally;

    judging_tally_begin(&tally, contest, out);
    judging_tally(&tally, "", &agency, 1);
    judging_tally_say(&tally);
}

/* An entry of an edition that is judged elsewhere is nobody here. */
static int
note_contender(const struct given *given, const void *message, struct events *out)
{
    const struct contender *c = given->state;
    const struct contest *contest = also(given, 0);
    const Submissions__EntryRegistered *heard = message;
    Appraisal__ContenderNoted *noted;

    if (contest->self.state == NOTHING || c->self.state != NOTHING)
        return ACCEPTED;

    noted = new_event(out, ON(contender_noted));
    noted->entry_id = id_text(out, &given->subject);
    noted->edition_id = heard->edition_id;
    noted->entry_code = heard->entry_code;
    noted->title = heard->title;
    noted->entrant_agency_id = heard->entrant_agency_id;
    noted->n_author_ids = heard->n_author_ids;
    noted->author_ids = heard->author_ids;
    noted->co_entrant_ids = co_entrants_of(heard, out, &noted->n_co_entrant_ids);
    noted->track = heard->track;
    noted->submitted_at = heard->submitted_at;
    noted->entry_version = heard->entry_version;
    noted->summary = heard->summary;
    noted->team = heard->team;
    noted->n_evidence = heard->n_evidence;
    noted->evidence = heard->evidence;
    count_one_more(contest, heard, out);
    return ACCEPTED;
}

static void
remember_evidence(struct list *evidence, Submissions__Evidence *const *said, size_t count)
{
    for (size_t i = 0; i < count; i++)
        *(struct exhibit *) list_add(evidence) =
            (struct exhibit){ (int) said[i]->kind, said[i]->name,
                              said[i]->uri,        proto_digest_of(said[i]->sha256),
                              said[i]->size_bytes, said[i]->media_type };
}

static void
contender_noted(void *state, const void *event)
{
    struct contender *c = state;
    const Appraisal__ContenderNoted *e = event;

    c->edition_id = uuid_of(e->edition_id);
    c->entry_code = e->entry_code;
    c->title = e->title;
    c->entrant_agency_id = uuid_of(e->entrant_agency_id);
    c->track = e->track;
    c->submitted_at_us = proto_time_us(e->submitted_at);
    c->entry_version = e->entry_version;
    c->summary = e->summary;
    c->team = e->team;
    for (size_t i = 0; i < e->n_author_ids; i++)
        ((struct contender_author *) list_add(&c->authors))->person_id = uuid_of(e->author_ids[i]);
    for (size_t i = 0; i < e->n_co_entrant_ids; i++)
        ((struct co_entrant *) list_add(&c->co_entrants))->agency_id =
            uuid_of(e->co_entrant_ids[i]);
    remember_evidence(&c->evidence, e->evidence, e->n_evidence);
}

/* The intake of its dossier (core_intake.c) hears that an entry has left, for both of them. */
void
contender_leaves(const struct contender *c, const struct contest *contest, struct events *out)
{
    Appraisal__ContenderGone *gone;
    struct tally tally;

    if (c->self.state == NOTHING || c->self.state == CONTENDER(GONE))
        return;
    gone = new_event_on(out, &contender_kind, c->self.id, ON(contender_gone));
    gone->entry_id = id_text(out, &c->self.id);
    if (c->self.state != CONTENDER(READY))
        return; /* it waited for nothing */
    judging_tally_begin(&tally, contest, out);
    judging_tally(&tally, c->next_round_code, &c->entrant_agency_id, -1);
    judging_tally_say(&tally);
}

static void
contender_assigned(void *state, const void *event)
{
    struct contender *c = state;
    const Appraisal__ContenderAssigned *e = event;

    c->round_id = uuid_of(e->round_id);
    c->next_round_code = "";
}

static void
contender_passed(void *state, const void *event)
{
    struct contender *c = state;
    const Appraisal__ContenderPassed *e = event;

    c->next_round_code = e->next_round_code;
}

static void
contender_out(void *state, const void *event)
{
    struct contender *c = state;

    (void) event;
    c->next_round_code = "";
}

/* clang-format off */
static const struct handler contender_handlers[] = {
    /* message                             who may  decide          birth   also locks */
    { OF(submissions, entry_registered),   HEARD,   note_contender, EITHER, its_contest },
    { 0 },
};

static const struct transition contender_transitions[] = {
    /* from                 when                    to                   remember            because */
    { NOTHING,              ON(contender_noted),    CONTENDER(READY),    contender_noted,    "the entry was registered in a contest that is judged here" },
    { CONTENDER(READY),     ON(contender_assigned), CONTENDER(IN_ROUND), contender_assigned, "the organiser assigned it to the round that is its next" },
    { CONTENDER(IN_ROUND),  ON(contender_passed),   CONTENDER(READY),    contender_passed,   "it advanced, or its round was annulled before it was confirmed" },
    { CONTENDER(READY),     ON(contender_passed),   CONTENDER(READY),    contender_passed,   "the round from which it had advanced was annulled" },
    { CONTENDER(OUT),       ON(contender_passed),   CONTENDER(READY),    contender_passed,   "the round that was its last one was annulled" },
    { CONTENDER(IN_ROUND),  ON(contender_out),      CONTENDER(OUT),      contender_out,      "the confirmed round was its last one" },
    { CONTENDER(READY),     ON(contender_gone),     CONTENDER(GONE),     NULL,               "the entry was withdrawn or disqualified between rounds" },
    { CONTENDER(IN_ROUND),  ON(contender_gone),     CONTENDER(GONE),     NULL,               "the entry was withdrawn or disqualified while it was judged" },
    { CONTENDER(OUT),       ON(contender_gone),     CONTENDER(GONE),     NULL,               "the entry was withdrawn or disqualified after its last round" },
    { 0 },
};
/* clang-format on */

const struct kind contender_kind = {
    .name = "contender",
    .states = &appraisal__contender_state__descriptor,
    .table = &contender_table,
    .handlers = contender_handlers,
    .transitions = contender_transitions,
};
