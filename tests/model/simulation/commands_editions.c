/* tests/model/simulation/commands_editions.c - editions: those that are judged elsewhere, whose entries go all the way,
 * and those with rules of their own, which open and close by themselves. */
#include "tests/model/simulation/commands_editions.h"

#include "tests/model/simulation/commands_rules.h"

#define EDITION_IS(s) STATE(SUBMISSIONS__EDITION_STATE__EDITION_STATE_##s)
#define ENTRY_IS(s) SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_##s

/* The subject, rather one that is judged here; whoever runs it speaks. */
static const struct edition *
about(struct draft *d, unsigned states, unsigned provincial, unsigned local)
{
    const struct edition *edition = NULL;

    for (int i = 0; i < 8; i++) {
        const struct stored *row = any_stored(d->programme, &edition_kind, states);

        if (!row)
            return NULL;
        d->subject = row->key.id;
        edition = (const void *) row->state;
        if (!edition->judged_elsewhere)
            break;
    }
    if (edition->judged_elsewhere && !often(20))
        return NULL;
    if (submissions_is_local(edition) && !often(30))
        spoken_for(d, edition->organiser_agency_id, local);
    else
        spoken_by(d, provincial | (often(30) ? local : 0));
    return edition;
}

bool
create_edition(struct draft *d)
{
    Submissions__CreateEdition *m = (void *) (uintptr_t) d->message;
    size_t there = d->programme->stored[kind_number(&edition_kind)].count;

    if (there > 2 && !often(60))
        return false;
    m->ordinal = (int32_t) between(1, 15);
    m->year = 2019;
    m->name = "Lần thứ";
    m->judged_elsewhere = !often(450);
    if (m->judged_elsewhere || often(30)) {
        m->maximum_centi = 10000;
        m->threshold_centi = (int32_t) between(4000, often(50) ? 12000 : 7000);
    }
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_PLAN);
    spoken_by(d, MAY(STANDING) | MAY(ORGANISER));
    return true;
}

/* One that stays open for some days, so that its local contests can be over before; but for some. */
static const struct edition *
an_edition_above(const struct draft *d)
{
    enum { MOST = 9 };
    const struct stored *row =
        any_stored(d->programme, &edition_kind, EDITION_IS(PUBLISHED) | EDITION_IS(OPEN));
    const struct edition *above = row ? (const void *) row->state : NULL;
    bool is_late = above && above->closes_at_us < sim.now_us + INT64_C(4) * 86400000000;

    if (!above || above->judged_elsewhere || (is_late && !often(100)) ||
        d->programme->stored[kind_number(&edition_kind)].count > MOST)
        return NULL;
    return above;
}

bool
create_local_edition(struct draft *d)
{
    static char *met[] = { (char *) "safe", (char *) "cheap" };
    Submissions__CreateLocalEdition *m = (void *) (uintptr_t) d->message;
    const struct edition *above = an_edition_above(d);

    if (!above)
        return false;
    m->parent_edition_id = text_of(above->self.id);
    m->ordinal = (int32_t) between(1, 2);
    m->name = "Hội thi của đơn vị";
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_PLAN);
    m->planned_cost_vnd = between(1, COST_CAP_VND + COST_CAP_VND / 10);
    m->n_met_items = often(50) ? 2 : 1;
    m->met_items = (void *) met;
    spoken_by(d, MAY(ENTRANT_HEAD) | MAY(CLERK));
    return true;
}

/* ------------------------------------------------------------------ rules */

bool
set_edition_rules(struct draft *d)
{
    Submissions__SetEditionRules *m = (void *) (uintptr_t) d->message;
    const struct edition *edition =
        about(d, EDITION_IS(DRAFT), MAY(STANDING) | MAY(ORGANISER), MAY(ENTRANT_HEAD) | MAY(CLERK));

    m->rules = any_rules(edition);
    return edition;
}

/* Now and then one that does not hold. */
int64_t
programme_rules_seen(const struct tenant *programme)
{
    const struct stored *row = any_stored(programme, &programme_rules_kind, 0);
    int64_t version =
        row ? ((const struct programme_rules *) (const void *) row->state)->rules_version : 0;

    return often(30) ? version + 1 : version;
}

bool
publish_edition(struct draft *d)
{
    Submissions__PublishEdition *m = (void *) (uintptr_t) d->message;
    const struct stored *row = any_stored(d->programme, &edition_kind, EDITION_IS(DRAFT));
    const struct edition *edition;

    if (!row)
        return false;
    d->subject = row->key.id;
    edition = (const void *) row->state;
    m->rules_version = edition->rules_version - often(30);
    if (m->rules_version < 0)
        m->rules_version = 1;
    m->programme_rules_version = programme_rules_seen(d->programme);
    if (submissions_is_local(edition))
        spoken_for(d, edition->organiser_agency_id, MAY(ENTRANT_HEAD));
    else
        spoken_by(d, MAY(OWNER));
    return true;
}

/* ------------------------------------------------------------------ registration */

bool
open_registration(struct draft *d)
{
    const struct stored *row = any_stored(d->programme, &edition_kind, EDITION_IS(PUBLISHED));

    if (!row)
        return false;
    d->subject = row->key.id;
    spoken_by(d, MAY(STANDING) | MAY(ORGANISER));
    return true;
}

bool
extend_registration(struct draft *d)
{
    Submissions__ExtendRegistration *m = (void *) (uintptr_t) d->message;

    m->closes = any_deadline(1, 6);
    if (!often(30))
        m->closes->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DECISION);
    return about(d, EDITION_IS(PUBLISHED) | EDITION_IS(OPEN), MAY(OWNER), MAY(ENTRANT_HEAD));
}

bool
close_registration(struct draft *d)
{
    return about(d, EDITION_IS(OPEN), MAY(STANDING) | MAY(ORGANISER),
                 MAY(ENTRANT_HEAD) | MAY(CLERK));
}

static bool
has_entries(const struct draft *d, int state)
{
    const struct list *rows = &d->programme->stored[kind_number(&entry_kind)];

    for (size_t i = 0; i < rows->count; i++) {
        const struct entry *entry = (const void *) stored_at(rows, i)->state;

        if (entry->self.state == state && uuid_equal(&entry->edition_id, &d->subject))
            return true;
    }
    return false;
}

/* When all are examined, but for some. */
bool
confirm_entrants(struct draft *d)
{
    const struct edition *edition = about(d, EDITION_IS(CLOSED), MAY(STANDING) | MAY(ORGANISER),
                                          MAY(ENTRANT_HEAD) | MAY(CLERK));

    return edition && (!edition->entrants_confirmed || often(20)) &&
           (!has_entries(d, ENTRY_IS(SUBMITTED)) || often(50)) &&
           (has_entries(d, ENTRY_IS(REGISTERED)) || often(50));
}

/* ------------------------------------------------------------------ ends */

/* The first place wins the first prize, the next ones the second, as far as they may have any; a local contest has one,
 * and may give none. */
static Submissions__Award
award_for(const struct edition *edition, const struct entry *entry,
          const Submissions__FinalPlace *place, size_t *given_p)
{
    if (often(20))
        return (Submissions__Award) between(1, 5);
    if (!place->may_have_prize || !entry || entry->self.state != ENTRY_IS(FINALIST))
        return SUBMISSIONS__AWARD__AWARD_NONE;
    switch ((*given_p)++) {
    case 0:
        return submissions_is_local(edition) && often(400) ? SUBMISSIONS__AWARD__AWARD_NONE
                                                           : SUBMISSIONS__AWARD__AWARD_FIRST;
    case 1:
    case 2:
        return submissions_is_local(edition) ? SUBMISSIONS__AWARD__AWARD_NONE
                                             : SUBMISSIONS__AWARD__AWARD_SECOND;
    default:
        return SUBMISSIONS__AWARD__AWARD_NONE;
    }
}

static void
add_winners(const struct draft *d, const struct edition *edition, Submissions__ConfirmResults *m)
{
    static const Submissions__FinalPlaces nobody = SUBMISSIONS__FINAL_PLACES__INIT;
    const Submissions__FinalPlaces *places = edition->places ? edition->places : &nobody;
    size_t prizes = 0;

    m->prizewinners = arena_zero(sim.step, (places->n_places + 1) * sizeof(*m->prizewinners));
    for (size_t i = 0; i < places->n_places; i++) {
        struct uuid id = uuid_of(places->places[i]->entry_id);
        const struct stored *row = stored_find(d->programme, &entry_kind, &id);
        Submissions__Prizewinner *winner = proto_new(sim.step, ON(prizewinner));

        if (often(10))
            continue;
        winner->entry_id = places->places[i]->entry_id;
        winner->award =
            award_for(edition, row ? (const void *) row->state : NULL, places->places[i], &prizes);
        m->prizewinners[m->n_prizewinners++] = winner;
    }
}

/* Too early, now and then; or of another ranking. */
bool
confirm_results(struct draft *d)
{
    Submissions__ConfirmResults *m = (void *) (uintptr_t) d->message;
    const struct edition *edition =
        about(d, EDITION_IS(JUDGING), MAY(OWNER) | MAY(ORGANISER), MAY(ENTRANT_HEAD));

    if (!edition || (!edition->judging_ended && !often(edition->places ? 60 : 20)))
        return false;
    add_winners(d, edition, m);
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_REPORT);
    m->ranking_digest = proto_digest(sim.step, &edition->ranking_digest);
    if (often(20))
        m->ranking_digest = (ProtobufCBinaryData){ 0, NULL };
    return true;
}

/* Rarely: whatever was judged may be judged again. At times where judging is open, or has results. */
bool
reopen_judging(struct draft *d)
{
    Submissions__ReopenJudging *m = (void *) (uintptr_t) d->message;
    const struct edition *edition =
        about(d, often(950) ? EDITION_IS(JUDGING) : 0, MAY(OWNER), MAY(ENTRANT_HEAD));

    if (!edition || (!edition->judging_ended && !often(20)))
        return false;
    m->reason = "Cộng nhầm điểm.";
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DECISION);
    return true;
}

/* ------------------------------------------------------------------ what follows them */

bool
publish_results(struct draft *d)
{
    Submissions__PublishResults *m = (void *) (uintptr_t) d->message;

    m->url = "https://khanhhoa.example/ket-qua";
    if (often(500))
        m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DISPATCH);
    return about(d, often(900) ? EDITION_IS(RESULTS_CONFIRMED) | EDITION_IS(FOLLOW_UP) : 0,
                 MAY(OWNER) | MAY(ORGANISER), MAY(ENTRANT_HEAD));
}

bool
start_follow_up(struct draft *d)
{
    Submissions__StartFollowUp *m = (void *) (uintptr_t) d->message;

    m->due = any_deadline(often(50) ? -1 : 3, often(300) ? 4 : 40);
    if (!often(30))
        m->due->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DISPATCH);
    return about(d, EDITION_IS(RESULTS_CONFIRMED), MAY(STANDING), MAY(STANDING));
}

bool
archive_edition(struct draft *d)
{
    const struct edition *edition = about(
        d, often(300) ? EDITION_IS(RESULTS_CONFIRMED) : EDITION_IS(FOLLOW_UP), MAY(STANDING), 0);

    if (!edition)
        return false;
    spoken_by(d, MAY(STANDING));
    return edition->self.state == SUBMISSIONS__EDITION_STATE__EDITION_STATE_FOLLOW_UP || often(80);
}

bool
report_local_results(struct draft *d)
{
    Submissions__ReportLocalResults *m = (void *) (uintptr_t) d->message;

    m->cost_vnd = between(0, COST_CAP_VND);
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_REPORT);
    return about(d, often(900) ? EDITION_IS(RESULTS_CONFIRMED) : 0, MAY(CLERK),
                 MAY(ENTRANT_HEAD) | MAY(CLERK));
}

bool
cancel_edition(struct draft *d)
{
    static const unsigned states[] = { EDITION_IS(DRAFT),     EDITION_IS(PUBLISHED),
                                       EDITION_IS(PUBLISHED), EDITION_IS(CLOSED),
                                       EDITION_IS(JUDGING),   0 };
    Submissions__CancelEdition *m = (void *) (uintptr_t) d->message;

    if (!often(250))
        return false;
    m->reason = "Không tổ chức.";
    return about(d, states[any_of(6)], MAY(OWNER), MAY(ENTRANT_HEAD));
}
