/* tests/model/simulation/check_coalitions.c - nobody enters by what others say; what goes on above is what won below, and
 * stands no longer than that; and there are no more contests below, and no more winners from them, than the terms allow. */
#include <string.h>

#include "tests/model/simulation/coalitions.h"

static const char below_what[] = "contests of an agency under an edition";

/* Of an agency under an edition. */
struct below_note {
    int32_t contests, promotions;
};

static struct entry_note *
its_note(const struct fact *fact)
{
    return entry_note_of(fact, fact->row->aggregate);
}

static void
leaves(struct entry_note *n, size_t place)
{
    n->left[place] = n->asked[place];
    n->asked[place] = (struct uuid){ { 0 } };
}

/* ------------------------------------------------------------------ drafts */

static bool
has_author(Submissions__Author *const *authors, size_t count, const struct uuid *person)
{
    for (size_t i = 0; i < count; i++) {
        struct uuid other = uuid_of(authors[i]->person_id);

        if (uuid_equal(&other, person))
            return true;
    }
    return false;
}

static void
learn_authors(struct entry_note *n, Submissions__Author *const *authors, size_t count)
{
    n->author_count = count;
    for (size_t i = 0; i < count && i < MOST_NOTED; i++)
        n->authors[i] = uuid_of(authors[i]->person_id);
}

static void
judge_lineage(const struct fact *fact, Submissions__Author *const *authors, size_t count)
{
    const struct entry_note *n = its_note(fact);
    const struct entry_note *origin = entry_note_of(fact, n->promoted_from);

    if (uuid_is_nil(&n->promoted_from))
        return;
    MUST("LINEAGE", count == origin->author_count, "entry %s goes on with other authors",
         id_of(fact->row->aggregate));
    for (size_t i = 0; i < origin->author_count && i < MOST_NOTED; i++)
        MUST("LINEAGE", has_author(authors, count, &origin->authors[i]),
             "entry %s goes on without an author", id_of(fact->row->aggregate));
}

void
learn_co_entrants(const struct fact *fact, const Submissions__EntryDrafted *drafted)
{
    struct entry_note *n = its_note(fact);

    n->draft = 1;
    n->organiser = uuid_of(drafted->organiser_agency_id);
    n->promoted_from = uuid_of(drafted->promoted_from_id);
    learn_authors(n, drafted->authors, drafted->n_authors);
    judge_lineage(fact, drafted->authors, drafted->n_authors);
    if (!uuid_is_nil(&n->promoted_from))
        entry_note_of(fact, n->promoted_from)->promoted_to = fact->row->aggregate;
    for (size_t i = 0; i < drafted->n_co_entrants && i < MOST_NOTED; i++)
        n->asked[i] = uuid_of(drafted->co_entrants[i]->agency_id);
}

static bool
is_named(const Submissions__EntryRevised *revised, const struct uuid *agency)
{
    for (size_t i = 0; i < revised->n_co_entrants; i++) {
        struct uuid named = uuid_of(revised->co_entrants[i]->agency_id);

        if (uuid_equal(&named, agency))
            return true;
    }
    return false;
}

/* Whoever is not named is out; each that is was there before. */
static void
learn_who_stays(const struct fact *fact, const Submissions__EntryRevised *revised)
{
    struct entry_note *n = its_note(fact);
    size_t there = 0;

    for (size_t i = 0; i < MOST_NOTED; i++) {
        if (!uuid_is_nil(&n->asked[i]) && !is_named(revised, &n->asked[i]))
            leaves(n, i);
        there += !uuid_is_nil(&n->asked[i]);
    }
    MUST("COALITION", there == revised->n_co_entrants, "entry %s names a co-entrant anew",
         revised->entry_id);
}

void
learn_next_draft(const struct fact *fact, const Submissions__EntryRevised *revised)
{
    struct entry_note *n = its_note(fact);

    n->draft++;
    learn_who_stays(fact, revised);
    judge_lineage(fact, revised->authors, revised->n_authors);
    learn_authors(n, revised->authors, revised->n_authors);
}

/* ------------------------------------------------------------------ who agrees */

static size_t
place_of(const struct fact *fact, const char *agency_id)
{
    struct uuid agency = uuid_of(agency_id);
    const struct entry_note *n = its_note(fact);
    size_t place = 0;

    MUST("COALITION", uuid_equal(&agency, &fact->row->agency), "%s was spoken for by another",
         agency_id);
    while (place < MOST_NOTED && !uuid_equal(&n->asked[place], &agency))
        place++;
    MUST("COALITION", place < MOST_NOTED && !n->is_registered,
         "%s is none of the entry's co-entrants, or comes too late", agency_id);
    return place < MOST_NOTED ? place : 0;
}

void
learn_co_entrant_joined(const struct fact *fact, const void *event)
{
    const Submissions__CoEntrantJoined *e = event;
    struct entry_note *n = its_note(fact);

    MUST("COALITION", e->draft == n->draft, "%s agreed to another draft", e->agency_id);
    n->agreed[place_of(fact, e->agency_id)] = e->draft;
}

void
learn_co_entrant_left(const struct fact *fact, const void *event)
{
    const Submissions__CoEntrantLeft *e = event;

    leaves(its_note(fact), place_of(fact, e->agency_id));
}

/* Before the event is learned: who leaves by it hears of that. */
void
check_who_hears(const struct fact *fact)
{
    const struct entry_note *n;

    if (strcmp(fact->row->kind, "entry") != 0)
        return;
    n = its_note(fact);
    for (size_t i = 0; i < MOST_NOTED; i++)
        for (size_t k = 0; k < fact->row->party_count; k++)
            MUST("COALITION",
                 uuid_is_nil(&n->left[i]) || uuid_equal(&n->left[i], &n->organiser) ||
                     !uuid_equal(&n->left[i], &fact->row->parties[k]),
                 "%s left entry %s, and hears of it", id_of(n->left[i]),
                 id_of(fact->row->aggregate));
}

void
judge_agreement(const struct fact *fact, const Submissions__EntryRegistered *registered)
{
    const struct entry_note *n = its_note(fact);
    const struct entry_note *origin = entry_note_of(fact, n->promoted_from);
    size_t there = 0;

    for (size_t i = 0; i < MOST_NOTED; i++) {
        if (uuid_is_nil(&n->asked[i]))
            continue;
        there++;
        MUST("COALITION", n->agreed[i] == n->draft,
             "entry %s is registered for an agency that did not agree", registered->entry_id);
    }
    MUST("COALITION", there == registered->n_co_entrants, "entry %s has other co-entrants",
         registered->entry_id);
    MUST("LINEAGE", uuid_is_nil(&n->promoted_from) || !origin->is_withdrawn,
         "entry %s goes on, and what won is out", registered->entry_id);
}

/* ------------------------------------------------------------------ what goes on */

void
judge_leaving(const struct fact *fact)
{
    const struct entry_note *n = its_note(fact);
    const struct entry_note *above = entry_note_of(fact, n->promoted_to);

    MUST("LINEAGE", uuid_is_nil(&n->promoted_to) || !above->is_handed_in || above->is_withdrawn,
         "entry %s is out, and goes on above", id_of(fact->row->aggregate));
}

static struct below_note *
below_note_of(const struct fact *fact, const char *edition_id, const char *agency_id)
{
    struct uuid both[2] = { uuid_of(edition_id), uuid_of(agency_id) };

    return note_of(below_what, fact->programme, uuid_derive("below", both, sizeof(both)),
                   sizeof(struct below_note));
}

static const Submissions__LocalTerms *
terms_of(const struct fact *fact, const char *edition_id)
{
    return edition_note_of(fact, uuid_of(edition_id))->rules_said->local_terms;
}

void
learn_contest_counted(const struct fact *fact, const void *event)
{
    const Submissions__LocalContestCounted *e = event;
    struct below_note *below = below_note_of(fact, e->edition_id, e->agency_id);

    below->contests++;
    MUST("LOCAL", below->contests <= terms_of(fact, e->edition_id)->max_contests_per_agency,
         "agency %s holds %d contests", e->agency_id, below->contests);
}

void
learn_agency_promotion(const struct fact *fact, const void *event)
{
    const Submissions__AgencyPromotionCounted *e = event;
    struct below_note *below = below_note_of(fact, e->edition_id, e->agency_id);
    struct uuid organiser = entry_note_of(fact, uuid_of(e->entry_id))->organiser;
    struct uuid agency = uuid_of(e->agency_id);

    below->promotions++;
    MUST("LOCAL", uuid_equal(&organiser, &agency), "entry %s won in another agency's contest",
         e->entry_id);
    MUST("LOCAL", below->promotions <= terms_of(fact, e->edition_id)->max_promotions,
         "agency %s sends %d entries up", e->agency_id, below->promotions);
}
