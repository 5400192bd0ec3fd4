/* services/submissions/core_entry_draft.c - what an entry says, from its first draft to its last. Pure.
 *
 * Rows of a draft are only ever added, each with the draft's number: those of the latest one hold. */
#include "common/proto.h"
#include "services/submissions/entry.h"

/* Everything that was ever drafted is read again each time the entry is. */
enum { MOST_DRAFTS = 100 };

/* ------------------------------------------------------------------ the first draft */

enum { EDITION, ENTRANT, PROMOTED }; /* what creating needs, in this order; PROMOTED are three */

void
entry_needs_for_draft(const struct given *given, const void *command, struct keys *keys)
{
    const Submissions__CreateEntry *ask = command;
    struct uuid edition = uuid_of(ask->edition_id);

    need(keys, &edition_kind, edition);
    need(keys, &entrant_kind, submissions_entrant_id(&edition, &given->actor->agency));
    submissions_needs_for_promotion(given, ask, keys);
}

/* An arrival counts by its own time, also when registration has closed before its turn came. */
static int
judge_registration(const struct given *given, const struct edition *edition, struct events *out)
{
    bool was_open =
        edition->self.state == EDITION_IS(OPEN) || edition->self.state == EDITION_IS(CLOSED);

    if (edition->self.version == 0)
        return wrong(out, NO(UNKNOWN_EDITION), "edition_id", "there is no such edition");
    if (!edition->rules)
        return edition->self.state == EDITION_IS(OPEN) ? ACCEPTED : NO(EDITION_NOT_OPEN);
    if (!was_open || given->received_us < edition->opens_at_us)
        return NO(EDITION_NOT_OPEN);
    if (given->received_us >= edition->closes_at_us)
        return NO(REGISTRATION_CLOSED);
    return edition->entrants_confirmed ? NO(ENTRANTS_CONFIRMED) : ACCEPTED;
}

static int
judge_content(const struct given *given, const struct edition *edition,
              const struct content *content, struct events *out)
{
    int refusal = submissions_judge_authors(given, content->authors, content->n_authors, out);

    if (!refusal)
        refusal = submissions_judge_eligibility(given, edition, content, out);
    return refusal;
}

static struct content
created(const Submissions__CreateEntry *ask)
{
    return (struct content){
        .entry_kind = ask->entry_kind,
        .title = ask->title,
        .summary = ask->summary,
        .track = ask->track,
        .authors = ask->authors,
        .n_authors = ask->n_authors,
        .evidence = ask->evidence,
        .n_evidence = ask->n_evidence,
        .declarations = ask->declarations,
        .n_declarations = ask->n_declarations,
    };
}

/* Of what the event says, which is all but the declarations: whoever knows the rest must not be able to try days of birth
 * against it. */
static ProtobufCBinaryData
digest_so_far(struct events *out, const void *said)
{
    struct bytes bytes = proto_pack(out->arena, said);
    struct digest digest = sha256(bytes.data, bytes.size);

    return proto_digest(out->arena, &digest);
}

static void
say_drafted(const struct given *given, const Submissions__CreateEntry *ask,
            const struct edition *edition, struct events *out)
{
    Submissions__EntryDrafted *said = new_event(out, ON(entry_drafted));
    struct uuid roll = submissions_roll_of(edition, &given->actor->agency);

    said->entry_id = id_text(out, &given->subject);
    said->edition_id = ask->edition_id;
    said->entrant_agency_id = id_text(out, &given->actor->agency);
    said->entry_kind = ask->entry_kind;
    said->title = ask->title;
    said->summary = ask->summary;
    said->team = ask->team;
    said->n_authors = ask->n_authors;
    said->authors = ask->authors;
    said->n_co_entrants = ask->n_co_entrants;
    said->co_entrants = ask->co_entrants;
    said->track = ask->track;
    said->n_evidence = ask->n_evidence;
    said->evidence = ask->evidence;
    said->promoted_from_id = ask->promoted_from_id;
    said->roll_id = id_text(out, &roll);
    if (submissions_is_local(edition))
        said->organiser_agency_id = id_text(out, &edition->organiser_agency_id);
    if (ask->n_co_entrants)
        said->asked_at = proto_time(out->arena, given->received_us);
    said->digest = digest_so_far(out, said);
}

int
entry_create(const struct given *given, const void *command, struct events *out)
{
    const Submissions__CreateEntry *ask = command;
    const struct edition *edition = also(given, EDITION);
    struct content content = created(ask);
    int refusal = judge_registration(given, edition, out);

    if (!refusal)
        refusal = judge_content(given, edition, &content, out);
    if (!refusal)
        refusal = submissions_judge_co_entrants(given, ask, out);
    if (!refusal)
        refusal = submissions_judge_promotion(given, ask, PROMOTED, out);
    if (!refusal)
        refusal = submissions_judge_room(edition, also(given, ENTRANT), ask->team, out);
    if (refusal)
        return refusal;

    say_drafted(given, ask, edition, out);
    submissions_count(out, edition, &edition->self.id, &given->actor->agency, ask->team, 1);
    submissions_say_promoted(given, ask, out);
    return ACCEPTED;
}

/* ------------------------------------------------------------------ later drafts */

static struct content
revised(const Submissions__ReviseEntry *ask)
{
    return (struct content){
        .entry_kind = ask->entry_kind,
        .title = ask->title,
        .summary = ask->summary,
        .track = ask->track,
        .authors = ask->authors,
        .n_authors = ask->n_authors,
        .evidence = ask->evidence,
        .n_evidence = ask->n_evidence,
        .declarations = ask->declarations,
        .n_declarations = ask->n_declarations,
    };
}

static void
say_revised(const struct given *given, const Submissions__ReviseEntry *ask, struct events *out)
{
    Submissions__EntryRevised *said = new_event(out, ON(entry_revised));

    said->entry_id = id_text(out, &given->subject);
    said->entry_kind = ask->entry_kind;
    said->title = ask->title;
    said->summary = ask->summary;
    said->n_authors = ask->n_authors;
    said->authors = ask->authors;
    said->track = ask->track;
    said->n_evidence = ask->n_evidence;
    said->evidence = ask->evidence;
    said->n_co_entrants = ask->n_co_entrants;
    said->co_entrants = ask->co_entrants;
    if (ask->n_co_entrants)
        said->asked_at = proto_time(out->arena, given->received_us);
    said->digest = digest_so_far(out, said);
}

int
entry_revise(const struct given *given, const void *command, struct events *out)
{
    const struct entry *entry = given->state;
    const Submissions__ReviseEntry *ask = command;
    const struct edition *edition = also(given, EDITION);
    struct content content = revised(ask);
    int refusal;

    if (!entry_is_ours(given, entry))
        return NO(NOT_YOUR_ENTRY);
    refusal = entry_judge_time(given, edition);
    if (!refusal && entry->draft >= MOST_DRAFTS)
        refusal = NO(TOO_MANY_DRAFTS);
    if (!refusal)
        refusal = judge_content(given, edition, &content, out);
    if (!refusal)
        refusal = submissions_judge_who_stays(entry, ask, out);
    if (!refusal && !uuid_is_nil(&entry->promoted_from_id))
        refusal = submissions_judge_lineage(entry, ask->title, ask->authors, ask->n_authors, out);
    if (refusal)
        return refusal;

    say_revised(given, ask, out);
    return ACCEPTED;
}

/* ------------------------------------------------------------------ what is remembered */

static void
remember_authors(struct entry *entry, Submissions__Author *const *said, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct author *author = list_add(&entry->authors);

        author->person_id = uuid_of(said[i]->person_id);
        author->share_bp = said[i]->share_bp;
        author->staff_kind = (int) said[i]->staff_kind;
        author->draft = entry->draft;
    }
}

static void
remember_evidence(struct entry *entry, Submissions__Evidence *const *said, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct evidence *evidence = list_add(&entry->evidence);

        evidence->kind = (int) said[i]->kind;
        evidence->name = said[i]->name;
        evidence->uri = said[i]->uri;
        evidence->sha256 = proto_digest_of(said[i]->sha256);
        evidence->size_bytes = said[i]->size_bytes;
        evidence->media_type = said[i]->media_type;
        evidence->draft = entry->draft;
    }
}

void
entry_drafted(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryDrafted *e = event;

    entry->draft = 1;
    entry->edition_id = uuid_of(e->edition_id);
    entry->organiser_agency_id = uuid_of(e->organiser_agency_id);
    entry->entrant_agency_id = uuid_of(e->entrant_agency_id);
    entry->entry_kind = (int) e->entry_kind;
    entry->title = e->title;
    entry->summary = e->summary;
    entry->team = e->team;
    entry->track = e->track;
    entry->content_digest = proto_digest_of(e->digest);
    entry->promoted_from_id = uuid_of(e->promoted_from_id);
    entry->roll_id = uuid_of(e->roll_id);
    remember_authors(entry, e->authors, e->n_authors);
    remember_evidence(entry, e->evidence, e->n_evidence);
    submissions_remember_co_entrants(&entry->co_entrants, e->co_entrants, e->n_co_entrants);
    entry->silent_since_us = proto_time_us(e->asked_at);
}

void
entry_revised(void *state, const void *event)
{
    struct entry *entry = state;
    const Submissions__EntryRevised *e = event;

    entry->draft++;
    entry->entry_kind = (int) e->entry_kind;
    entry->title = e->title;
    entry->summary = e->summary;
    entry->track = e->track;
    entry->content_digest = proto_digest_of(e->digest);
    remember_authors(entry, e->authors, e->n_authors);
    remember_evidence(entry, e->evidence, e->n_evidence);
    submissions_remember_who_stays(&entry->co_entrants, e, entry->draft);
    entry->silent_since_us = proto_time_us(e->asked_at);
}
