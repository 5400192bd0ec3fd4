/* tests/model/simulation/check_editions.c - editions: R-G7, and registration by their days. */
#include "sangkien/submissions/v1/events.pb-c.h"
#include "tests/model/simulation/notes.h"

const char edition_what[] = "edition";

void
learn_edition_created(const struct fact *fact, const void *event)
{
    const Submissions__EditionCreated *e = event;
    struct edition_note *n = edition_note_of(fact, fact->row->aggregate);
    struct uuid organiser = uuid_of(e->organiser_agency_id);

    n->threshold_centi = e->threshold_centi;
    n->maximum_centi = e->maximum_centi;
    n->judged_elsewhere = e->judged_elsewhere;
    n->rules_version = e->rules ? 1 : 0;
    n->rules = digest_from(e->rules_digest);
    MUST("R-G7", e->judged_elsewhere == (e->maximum_centi > 0), "edition %s has two scales",
         e->edition_id);
    if (*e->parent_edition_id)
        MUST("R-G3", uuid_equal(&organiser, &fact->row->agency), "edition %s is of another agency",
             e->edition_id);
    MUST("R-G7", !*e->parent_edition_id || e->planned_cost_vnd <= e->terms->cost_cap_vnd,
         "edition %s is to cost too much", e->edition_id);
}

void
learn_rules_set(const struct fact *fact, const void *event)
{
    const Submissions__EditionRulesSet *e = event;
    struct edition_note *n = edition_note_of(fact, fact->row->aggregate);

    MUST("R-G7", !n->is_published, "edition %s has other rules after it was published",
         e->edition_id);
    MUST("R-G7", e->rules_version == n->rules_version + 1, "edition %s: version %lld of the rules",
         e->edition_id, (long long) e->rules_version);
    MUST("R-G7", is_of_body(fact, e->rules_digest), "edition %s: the digest is of other rules",
         e->edition_id);
    n->rules_version = e->rules_version;
    n->rules = digest_from(e->rules_digest);
}

static void
check_programme_kept(const struct fact *fact, const Submissions__EditionPublished *e)
{
    const struct programme_note *programme = programme_note_of(fact->programme);
    struct digest kept = digest_from(e->programme_rules_digest);

    MUST("R-G7",
         e->programme_rules_version == programme->rules_version &&
             digest_equal(&kept, &programme->rules),
         "edition %s keeps other rules of the programme", e->edition_id);
    if (!e->rules)
        return;
    MUST("R-G7", programme->rules_version > 0, "edition %s has a programme without rules",
         e->edition_id);
    MUST("R-D3",
         e->rules->opens->utc_offset_minutes == programme->utc_offset_minutes &&
             e->rules->closes->utc_offset_minutes == programme->utc_offset_minutes,
         "edition %s has another local time than its programme", e->edition_id);
}

void
learn_edition_published(const struct fact *fact, const void *event)
{
    const Submissions__EditionPublished *e = event;
    struct edition_note *n = edition_note_of(fact, fact->row->aggregate);
    struct digest rules = digest_from(e->rules_digest);

    MUST("R-G7", !n->is_published, "edition %s was published twice", e->edition_id);
    MUST("R-G7", n->judged_elsewhere == !e->rules, "edition %s has rules, or none, and should not",
         e->edition_id);
    MUST("R-G7", digest_equal(&rules, &n->rules), "edition %s was published with other rules",
         e->edition_id);
    check_programme_kept(fact, e);
    n->is_published = true;
    n->rules_said = e->rules;
    n->opens_us = time_from(e->opens_at);
    n->closes_us = time_from(e->closes_at);
    MUST("R-D3", n->judged_elsewhere || n->opens_us < n->closes_us,
         "edition %s closes before it opens", e->edition_id);
}

void
learn_registration_opened(const struct fact *fact, const void *event)
{
    struct edition_note *n = edition_note_of(fact, fact->row->aggregate);

    (void) event;
    MUST("R-D3", fact->row->recorded_us >= n->opens_us, "edition %s opened too early",
         id_of(fact->row->aggregate));
    n->is_open = n->was_open = true;
}

void
learn_registration_extended(const struct fact *fact, const void *event)
{
    const Submissions__RegistrationExtended *e = event;
    struct edition_note *n = edition_note_of(fact, fact->row->aggregate);

    MUST("R-D4", fact->received_us < n->closes_us, "edition %s was extended too late",
         e->edition_id);
    MUST("R-D4", time_from(e->closes_at) > n->closes_us, "edition %s was not extended",
         e->edition_id);
    MUST("R-D4", e->closes->document, "edition %s was extended by nothing", e->edition_id);
    n->closes_us = time_from(e->closes_at);
}

void
learn_registration_closed(const struct fact *fact, const void *event)
{
    struct edition_note *n = edition_note_of(fact, fact->row->aggregate);

    (void) event;
    MUST("R-D3", fact->row->recorded_us >= n->closes_us, "edition %s closed too early",
         id_of(fact->row->aggregate));
    n->is_open = false;
}

void
learn_entrants_confirmed(const struct fact *fact, const void *event)
{
    struct edition_note *n = edition_note_of(fact, fact->row->aggregate);

    (void) event;
    MUST("R-E1", !n->is_open && !n->judged_elsewhere && !n->is_complete,
         "the entrants of %s are confirmed too early, or twice", id_of(fact->row->aggregate));
    n->is_complete = true;
}

void
learn_edition_cancelled(const struct fact *fact, const void *event)
{
    (void) event;
    edition_note_of(fact, fact->row->aggregate)->is_open = false;
    edition_note_of(fact, fact->row->aggregate)->is_over = true;
}
