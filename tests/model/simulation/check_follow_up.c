/* tests/model/simulation/check_follow_up.c - the programme's rules, and what follows results: R-G7, R-D1, R-F4, and that
 * nothing of an archived edition is open. */
#include "sangkien/funding/v1/events.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "tests/model/simulation/notes.h"

static const char programme_what[] = "programme rules";

struct programme_note *
programme_note_of(const struct tenant *programme)
{
    static const struct uuid the_one;

    return note_of(programme_what, programme, the_one, sizeof(struct programme_note));
}

void
learn_programme_rules(const struct fact *fact, const void *event)
{
    const Submissions__ProgrammeRulesSet *e = event;
    struct programme_note *n = programme_note_of(fact->programme);

    MUST("R-G7", e->rules_version == n->rules_version + 1,
         "version %lld of the programme's rules follows %lld", (long long) e->rules_version,
         (long long) n->rules_version);
    MUST("R-G7", is_of_body(fact, e->rules_digest),
         "the digest is of other rules of the programme");
    MUST("R-F1", strcmp(e->rules->currency, "VND") == 0, "money is in %s", e->rules->currency);
    n->rules_version = e->rules_version;
    n->rules = digest_from(e->rules_digest);
    n->utc_offset_minutes = e->rules->utc_offset_minutes;
}

/* ------------------------------------------------------------------ what follows results */

void
learn_results_published(const struct fact *fact, const void *event)
{
    const Submissions__ResultsPublished *e = event;
    struct edition_note *n = edition_note_of(fact, fact->row->aggregate);

    MUST("TURN", n->has_results && !n->is_public, "results of %s are published twice, or too early",
         e->edition_id);
    n->is_public = true;
}

void
learn_follow_up_started(const struct fact *fact, const void *event)
{
    const Submissions__FollowUpStarted *e = event;
    const struct edition_note *n = edition_note_of(fact, fact->row->aggregate);

    MUST("R-D1", n->has_results && !n->is_archived, "%s has a follow-up, and no results",
         e->edition_id);
    MUST("R-D4", e->due->document, "the dossiers of %s are owed by nothing", e->edition_id);
    MUST("R-D3", time_from(e->due_at) > fact->row->recorded_us,
         "the dossiers of %s are owed too late", e->edition_id);
}

void
learn_edition_archived(const struct fact *fact, const void *event)
{
    const Submissions__EditionArchived *e = event;
    struct edition_note *n = edition_note_of(fact, fact->row->aggregate);

    MUST("ARCHIVE", n->has_results && n->is_public && !n->is_archived,
         "edition %s is archived and has no results that everybody knows", e->edition_id);
    MUST("ARCHIVE", n->open_dossiers == 0, "edition %s is archived and has %d open dossiers",
         e->edition_id, n->open_dossiers);
    MUST("ARCHIVE", n->open_cases == 0, "edition %s is archived and has %d open funding cases",
         e->edition_id, n->open_cases);
    n->is_archived = true;
}

void
learn_dossier_closed(const struct fact *fact, const void *event)
{
    const Submissions__DossierClosed *e = event;
    struct entry_note *n = entry_note_of(fact, fact->row->aggregate);

    MUST("ARCHIVE", edition_note_of(fact, n->edition)->is_archived && n->is_appraised,
         "dossier %s is closed, and is not over", e->dossier_id);
    n->is_closed = true;
}

/* Said just before its edition is archived, which it would else keep open. */
void
learn_dossier_not_filed(const struct fact *fact, const void *event)
{
    const Submissions__DossierNotFiled *e = event;
    struct entry_note *n = entry_note_of(fact, fact->row->aggregate);

    MUST("R-D2",
         time_from(e->due_at) == (n->is_cured ? n->cure_us : n->due_us) &&
             fact->row->recorded_us >= time_from(e->due_at),
         "dossier %s is given up before its time", e->dossier_id);
    MUST("ARCHIVE", !n->accepted_version && !n->is_closed && !n->dossier_withdrawn,
         "dossier %s was taken, or is over, and is said not to be filed", e->dossier_id);
    count_dossier(fact, n, -1);
    n->is_closed = true;
}

void
count_dossier(const struct fact *fact, const struct entry_note *entry, int change)
{
    struct edition_note *n = edition_note_of(fact, entry->edition);

    n->open_dossiers += change;
    MUST("ARCHIVE", change < 0 || !n->is_archived, "entry %s of an archived edition owes a dossier",
         id_of(fact->row->aggregate));
}

/* ------------------------------------------------------------------ money */

/* What the event that was heard makes of the numbers; the one noted says what it was. */
void
learn_funding_noted(const struct fact *fact, const void *event)
{
    const Submissions__DossierFundingNoted *e = event;
    const struct list *rows = &fact->programme->rows;
    struct entry_note *n = entry_note_of(fact, fact->row->aggregate);
    const struct journal_row *heard =
        fact->row->heard > 0 && (size_t) fact->row->heard <= rows->count
            ? list_at(rows, (size_t) fact->row->heard - 1)
            : NULL;
    int32_t open_more = 0, committed_more = 0;

    MUST("R-G4", heard, "dossier %s notes a case of which nothing was heard", e->dossier_id);
    if (!heard)
        return;
    if (heard->type == funding__funding_case_opened__descriptor.name)
        open_more = 1;
    else if (heard->type == funding__funding_approved__descriptor.name)
        committed_more = 1;
    else
        open_more = -1;
    n->cases += open_more;
    n->committed += committed_more;
    n->cases_upto = fact->row->heard;
    edition_note_of(fact, n->edition)->open_cases += open_more;
    MUST("R-F4", e->open_cases == n->cases && e->committed_cases == n->committed,
         "dossier %s counts %d cases, %d with money, and there are %d and %d", e->dossier_id,
         e->open_cases, e->committed_cases, n->cases, n->committed);
}

void
check_case_heard(const struct tenant *programme, const struct journal_row *row,
                 const char *dossier_id)
{
    const struct fact fact = { .programme = programme };
    const struct entry_note *n = entry_note_of(&fact, uuid_of(dossier_id));

    MUST("R-G4", n->cases_upto >= row->position,
         "submissions passed %s at %lld, and the dossier knows nothing", row->type,
         (long long) row->position);
}
