/* tests/unit/entry_story.h - an edition with rules of its own, and entries that meet them or do not.
 *
 * Shapes     the edition is put there as it is when registration is open: how it came to be so is another story.
 *            Beside those of submissions_story.h there are the agency 5, which stands below 3, and 51 and 52, its
 *            clerk and head; 12 and 13 are the owner's and organise.
 */
#ifndef SANGKIEN_TESTS_UNIT_ENTRY_STORY_H
#define SANGKIEN_TESTS_UNIT_ENTRY_STORY_H

#include "tests/unit/submissions_story.h"

#define CLOSES_US (STORY_BEGINS_US + 10 * DAY_US)

static inline void
agency_below_3_is_there(struct story *s)
{
    Directory__AgencyRegistered e = DIRECTORY__AGENCY_REGISTERED__INIT;

    e.agency_id = story_id(s, 5);
    e.name = "Agency 5";
    e.agency_code = "A5";
    e.agency_class = DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_PUBLIC_SERVICE_UNIT;
    e.parent_agency_id = story_id(s, 3);
    story_directory(s, &e);
    story_person(s, 5, 51);
    story_person(s, 5, 52);
    story_bind(s, DIRECTORY__ROLE__ROLE_CLERK, 5, 51, s->programme);
    story_bind(s, DIRECTORY__ROLE__ROLE_ENTRANT_HEAD, 5, 52, s->programme);
}

static inline void
organisers_are_there(struct story *s)
{
    for (unsigned person = 12; person <= 13; person++) {
        story_person(s, 1, person);
        story_bind(s, DIRECTORY__ROLE__ROLE_ORGANISER, 1, person, s->programme);
    }
}

/* All may enter, as often as they like. */
static inline struct edition *
edition_has_rules(struct story *s, unsigned number)
{
    struct edition *edition = (void *) world_hold(s->world, &edition_kind, ID(number))->state;

    edition->self.version = 3;
    edition->self.state = SUBMISSIONS__EDITION_STATE__EDITION_STATE_OPEN;
    edition->opens_at_us = STORY_BEGINS_US;
    edition->closes_at_us = CLOSES_US;
    edition->rules = proto_new(s->arena, ON(edition_rules));
    edition->rules->eligibility = proto_new(s->arena, ON(eligibility));
    edition->rules->eligibility->organisers_may_enter = true;
    return edition;
}

static inline struct edition *
edition_of_agency_3(struct story *s, unsigned number)
{
    struct edition *edition = edition_has_rules(s, number);

    edition->organiser_agency_id = ID(3);
    edition->parent_edition_id = ID(100);
    return edition;
}

static inline void
create_as(struct story *s, unsigned person, unsigned entry, const char *team)
{
    Submissions__CreateEntry *ask = new_entry(s);

    ask->n_co_entrants = 0;
    ask->team = team;
    say_as(s, person, entry, ask);
}

static inline void
submit_as(struct story *s, unsigned person, unsigned entry)
{
    Submissions__SubmitEntry ask = SUBMISSIONS__SUBMIT_ENTRY__INIT;

    say_as(s, person, entry, &ask);
}

static inline void
register_as(struct story *s, unsigned person, unsigned entry, const char *code)
{
    Submissions__RegisterEntry ask = SUBMISSIONS__REGISTER_ENTRY__INIT;

    ask.entry_code = code;
    say_as(s, person, entry, &ask);
}

/* Of the same content as new_entry, but for the title. */
static inline Submissions__ReviseEntry *
new_draft(struct story *s, const char *title)
{
    Submissions__CreateEntry *first = new_entry(s);
    Submissions__ReviseEntry *ask = proto_new(s->arena, ON(revise_entry));

    ask->entry_kind = first->entry_kind;
    ask->title = title;
    ask->n_authors = first->n_authors;
    ask->authors = first->authors;
    ask->n_co_entrants = first->n_co_entrants;
    ask->co_entrants = first->co_entrants;
    return ask;
}

static inline void
return_entry_until(struct story *s, unsigned person, unsigned entry, Types__Deadline *cure)
{
    Submissions__ReturnEntry ask = SUBMISSIONS__RETURN_ENTRY__INIT;
    Submissions__EntryFault faults[] = { SUBMISSIONS__ENTRY_FAULT__ENTRY_FAULT_INCOMPLETE };

    ask.n_faults = 1;
    ask.faults = faults;
    ask.reason = "Thiếu minh chứng";
    ask.cure = cure;
    say_as(s, person, entry, &ask);
}

static inline void
refuse_entry_as(struct story *s, unsigned person, unsigned entry)
{
    Submissions__RefuseEntry ask = SUBMISSIONS__REFUSE_ENTRY__INIT;

    ask.fault = SUBMISSIONS__ENTRY_FAULT__ENTRY_FAULT_DUPLICATE;
    ask.reason = "Trùng lặp";
    say_as(s, person, entry, &ask);
}

static inline const struct entry *
entry_at(struct story *s, unsigned number)
{
    return story_state(s, &entry_kind, number);
}

#endif
