/* tests/model/simulation/commands_submissions.c - programmes, and entries from their draft to their end. */
#include "services/submissions/submissions.h"
#include "tests/model/simulation/commands_dossiers.h"
#include "tests/model/simulation/commands_editions.h"

#define ENTRY_IS(s) STATE(SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_##s)
#define EDITION_IS(s) STATE(SUBMISSIONS__EDITION_STATE__EDITION_STATE_##s)

/* The subject, and what is known of it. NULL: there is none such. */
static const void *
about(struct draft *d, const struct kind *kind, unsigned states)
{
    const struct stored *row = any_stored(d->programme, kind, states);

    if (!row)
        return NULL;
    d->subject = row->key.id;
    return row->state;
}

/* ------------------------------------------------------------------ programmes */

static bool
create_programme(struct draft *d)
{
    Submissions__CreateProgramme *m = (void *) (uintptr_t) d->message;

    if (d->programme->has_head && !often(20))
        return false;
    m->name = "Hội thi";
    m->utc_offset_minutes = often(50) ? 4000 : 420;
    spoken_by(d, MAY(OWNER));
    return true;
}

static void
add_legal_basis(Submissions__ProgrammeRules *rules)
{
    Submissions__LegalBasis *basis = proto_new(sim.step, ON(legal_basis));

    rules->n_legal_basis = 1;
    rules->legal_basis = arena_zero(sim.step, sizeof(*rules->legal_basis));
    rules->legal_basis[0] = basis;
    basis->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_PLAN);
    if (often(500))
        basis->valid_from = any_deadline(-400, -300)->date;
    if (often(30))
        basis->valid_to = any_deadline(-200, 200)->date;
}

/* Once soon, and then hardly ever: whoever publishes under other rules keeps those. */
static bool
set_programme_rules(struct draft *d)
{
    Submissions__SetProgrammeRules *m = (void *) (uintptr_t) d->message;
    const struct stored *programme = any_stored(d->programme, &programme_kind, 0);

    if (!programme ||
        (d->programme->stored[kind_number(&programme_rules_kind)].count && !often(40)))
        return false;
    d->subject = programme->key.id;
    m->rules_version = programme_rules_seen(d->programme);
    m->rules = proto_new(sim.step, ON(programme_rules));
    m->rules->jurisdiction = often(30) ? "" : "Tỉnh Khánh Hòa";
    m->rules->language = "vi";
    m->rules->time_zone = "Asia/Ho_Chi_Minh";
    m->rules->utc_offset_minutes = often(20) ? 480 : 420;
    m->rules->currency = often(30) ? "USD" : "VND";
    add_legal_basis(m->rules);
    spoken_by(d, MAY(OWNER) | MAY(STANDING));
    return true;
}

/* ------------------------------------------------------------------ entries */

static Submissions__Author *
author_of(struct uuid person, int32_t share_bp)
{
    Submissions__Author *author = proto_new(sim.step, ON(author));

    author->person_id = text_of(person);
    author->share_bp = share_bp;
    return author;
}

static Submissions__Author **
any_authors(size_t *ret_count)
{
    Submissions__Author **authors = arena_zero(sim.step, 3 * sizeof(Submissions__Author *));
    int32_t share_bp = often(500) ? WHOLE_BP : 6000;

    authors[0] = author_of(any_person(), share_bp);
    *ret_count = 1;
    if (share_bp == WHOLE_BP && !often(30))
        return authors;
    share_bp = often(60) ? 3000 : 4000;
    authors[1] = author_of(any_person(), share_bp);
    *ret_count = 2;
    return authors;
}

/* Now and then one that somebody else may have thought of. */
static const char *
any_title(void)
{
    return word_for("Sáng kiến", between(1, often(100) ? 20 : 100000));
}

/* Rather one that has a head who could agree. */
static void
add_co_entrant(Submissions__CreateEntry *m)
{
    Submissions__CoEntrant *other = proto_new(sim.step, ON(co_entrant));

    other->agency_id = text_of(often(100) ? agency_id(any_of(AGENCIES)) : any_entrant());
    m->co_entrants[m->n_co_entrants++] = other;
}

static const struct edition *
edition_of_id(const struct draft *d, struct uuid id)
{
    const struct stored *row = stored_find(d->programme, &edition_kind, &id);

    return row ? (const void *) row->state : NULL;
}

/* One of a local contest. NULL: none was found. */
static const struct entry *
a_local_winner(const struct draft *d)
{
    enum { TRIES = 80 };

    for (int i = 0; i < TRIES; i++) {
        const struct stored *row =
            any_stored(d->programme, &entry_kind,
                       (often(500) ? ENTRY_IS(AWARDED) : 0) | ENTRY_IS(NOT_AWARDED));
        const struct entry *winner = row ? (const void *) row->state : NULL;
        const struct edition *edition = winner ? edition_of_id(d, winner->edition_id) : NULL;

        if (edition && submissions_is_local(edition) &&
            (uuid_is_nil(&winner->promoted_to_id) || often(20)))
            return winner;
    }
    return NULL;
}

/* Mostly what won. */
static void
say_what_won(Submissions__CreateEntry *m, const struct entry *winner)
{
    size_t count = 0;

    if (often(60))
        return;
    m->title = winner->title;
    m->authors = arena_zero(sim.step, winner->authors.count * sizeof(*m->authors));
    LIST_EACH (const struct author, a, &winner->authors)
        if (a->draft == winner->draft)
            m->authors[count++] = author_of(a->person_id, a->share_bp);
    m->n_authors = count;
}

/* For the edition above. */
static bool
go_on_above(struct draft *d, Submissions__CreateEntry *m)
{
    const struct entry *winner = a_local_winner(d);

    if (!winner)
        return false;
    m->edition_id = text_of(edition_of_id(d, winner->edition_id)->parent_edition_id);
    m->promoted_from_id = text_of(winner->self.id);
    m->promoted_from_edition_id = text_of(winner->edition_id);
    m->promoted_from_agency_id = text_of(winner->organiser_agency_id);
    say_what_won(m, winner);
    spoken_for(d, winner->entrant_agency_id, MAY(CLERK) | MAY(AUTHOR));
    return true;
}

/* Rather of one that is judged here. */
static const struct edition *
open_edition(const struct draft *d)
{
    const struct edition *edition = NULL;

    for (int i = 0; i < 2 && (!edition || edition->judged_elsewhere); i++) {
        const struct stored *row = any_stored(d->programme, &edition_kind, EDITION_IS(OPEN));

        edition = row ? (const void *) row->state : edition;
    }
    return edition;
}

static bool
enter(struct draft *d, Submissions__CreateEntry *m)
{
    const struct edition *edition = open_edition(d);

    if (!edition)
        return false;
    m->edition_id = text_of(edition->self.id);
    if (submissions_is_local(edition) && !often(50))
        spoken_for(d, edition->organiser_agency_id, MAY(CLERK) | MAY(AUTHOR));
    else
        spoken_by(d, MAY(CLERK) | MAY(AUTHOR));
    return true;
}

static bool
create_entry(struct draft *d)
{
    Submissions__CreateEntry *m = (void *) (uintptr_t) d->message;

    m->entry_kind = SUBMISSIONS__ENTRY_KIND__ENTRY_KIND_MODEL;
    m->title = any_title();
    m->summary = "Rút ngắn thời gian giải quyết hồ sơ.";
    m->co_entrants = arena_zero(sim.step, 3 * sizeof(*m->co_entrants));
    m->authors = any_authors(&m->n_authors);
    for (size_t n = any_of(3); n > 0 && often(400); n--)
        add_co_entrant(m);
    return often(700) ? go_on_above(d, m) || enter(d, m) : enter(d, m);
}

/* All of them, but for some that are left out. */
static void
keep_co_entrants(Submissions__ReviseEntry *m, const struct entry *e)
{
    m->co_entrants = arena_zero(sim.step, (e->co_entrants.count + 1) * sizeof(*m->co_entrants));
    LIST_EACH (const struct co_entrant, c, &e->co_entrants) {
        Submissions__CoEntrant *said = proto_new(sim.step, ON(co_entrant));

        if (c->draft || often(150) ||
            (!submissions_is_co_entrant(&e->co_entrants, &c->agency_id) && !often(30)))
            continue;
        said->agency_id = text_of(c->agency_id);
        m->co_entrants[m->n_co_entrants++] = said;
    }
}

static bool
revise_entry(struct draft *d)
{
    Submissions__ReviseEntry *m = (void *) (uintptr_t) d->message;
    const struct entry *e = about(d, &entry_kind, ENTRY_IS(DRAFT) | ENTRY_IS(RETURNED));

    m->entry_kind = SUBMISSIONS__ENTRY_KIND__ENTRY_KIND_INITIATIVE;
    m->title = any_title();
    m->authors = any_authors(&m->n_authors);
    if (e && !uuid_is_nil(&e->promoted_from_id) && !often(100))
        m->title = e->title;
    if (e) {
        keep_co_entrants(m, e);
        spoken_for(d, e->entrant_agency_id, MAY(AUTHOR) | MAY(CLERK));
    }
    return e;
}

/* One that has co-entrants, and one of them. NULL: none was found. */
static const struct entry *
a_coalition(struct draft *d, struct uuid *ret_agency)
{
    for (int i = 0; i < 24; i++) {
        const struct entry *e =
            about(d, &entry_kind, ENTRY_IS(DRAFT) | ENTRY_IS(RETURNED) | ENTRY_IS(SUBMITTED));
        const struct co_entrant *c;

        if (!e || e->co_entrants.count == 0)
            continue;
        c = list_at(&e->co_entrants, any_of(e->co_entrants.count));
        *ret_agency = c->agency_id;
        if (submissions_draft_agreed(&e->co_entrants, &c->agency_id) != e->draft || often(50))
            return e;
    }
    return NULL;
}

static bool
join_entry(struct draft *d)
{
    Submissions__JoinEntry *m = (void *) (uintptr_t) d->message;
    struct uuid agency;
    const struct entry *e = a_coalition(d, &agency);

    if (!e)
        return false;
    m->draft = e->draft + often(30);
    spoken_for(d, agency, MAY(ENTRANT_HEAD));
    return true;
}

static bool
leave_entry(struct draft *d)
{
    Submissions__LeaveEntry *m = (void *) (uintptr_t) d->message;
    struct uuid agency;
    const struct entry *e = a_coalition(d, &agency);

    m->reason = "Không tham gia.";
    if (e)
        spoken_for(d, agency, MAY(ENTRANT_HEAD));
    return e;
}

/* One that was handed in, or returned; whoever organises its edition speaks. */
static const struct entry *
about_examined(struct draft *d, unsigned states)
{
    const struct entry *e = about(d, &entry_kind, states);
    const struct edition *edition = e ? edition_of_id(d, e->edition_id) : NULL;

    if (edition && submissions_is_local(edition))
        spoken_for(d, edition->organiser_agency_id, MAY(CLERK) | MAY(ENTRANT_HEAD));
    else
        spoken_by(d, MAY(ORGANISER) | MAY(STANDING));
    return e;
}

static bool
return_entry(struct draft *d)
{
    static Submissions__EntryFault faults[] = { SUBMISSIONS__ENTRY_FAULT__ENTRY_FAULT_INCOMPLETE };
    Submissions__ReturnEntry *m = (void *) (uintptr_t) d->message;

    m->faults = faults;
    m->n_faults = 1;
    m->reason = "Thiếu minh chứng.";
    m->cure = any_deadline(often(50) ? -1 : 1, 4);
    return about_examined(d, ENTRY_IS(SUBMITTED));
}

static bool
refuse_entry(struct draft *d)
{
    Submissions__RefuseEntry *m = (void *) (uintptr_t) d->message;

    m->fault = SUBMISSIONS__ENTRY_FAULT__ENTRY_FAULT_DUPLICATE;
    m->reason = "Trùng lặp.";
    return about_examined(d, ENTRY_IS(SUBMITTED) | ENTRY_IS(RETURNED));
}

static bool
submit_entry(struct draft *d)
{
    const struct entry *e = about(d, &entry_kind, ENTRY_IS(DRAFT) | ENTRY_IS(RETURNED));

    if (e)
        spoken_for(d, e->entrant_agency_id, MAY(ENTRANT_HEAD) | MAY(CLERK));
    return e;
}

static bool
register_entry(struct draft *d)
{
    Submissions__RegisterEntry *m = (void *) (uintptr_t) d->message;

    m->entry_code = word_for("KH", often(50) ? between(1, 40) : between(1, 100000));
    return about_examined(d, ENTRY_IS(SUBMITTED));
}

static bool
record_final_result(struct draft *d)
{
    Submissions__RecordFinalResult *m = (void *) (uintptr_t) d->message;

    m->reached_final = !often(120);
    m->score_centi = (int32_t) (m->reached_final ? between(7000, 10000) : between(0, 4000));
    if (often(20))
        m->score_centi = (int32_t) between(0, 12000);
    if (m->reached_final || often(30))
        m->award = (Submissions__Award) between(often(30) ? 0 : 1, 5);
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_REPORT);
    spoken_by(d, MAY(ORGANISER) | MAY(STANDING));
    return about(d, &entry_kind, ENTRY_IS(REGISTERED));
}

/* An entry for which there may be money: a recommendation has its entry's id. */
static const struct entry *
a_recommended_one(struct draft *d)
{
    const struct kind *recommendations = kind_named("recommendation");
    const struct stored *row = any_stored(d->programme, recommendations, STATE(1));
    const struct stored *entry = row ? stored_find(d->programme, &entry_kind, &row->key.id) : NULL;

    if (!entry)
        return NULL;
    d->subject = row->key.id;
    return (const void *) entry->state;
}

/* One that goes on above. NULL: none was found. */
static const struct entry *
a_promoted_one(struct draft *d)
{
    for (int i = 0; i < 24; i++) {
        const struct entry *e = about(d, &entry_kind, ENTRY_IS(AWARDED) | ENTRY_IS(NOT_AWARDED));

        if (e && !uuid_is_nil(&e->promoted_to_id))
            return e;
    }
    return NULL;
}

/* Everywhere between the draft and the last payment. */
static bool
withdraw_entry(struct draft *d)
{
    Submissions__WithdrawEntry *m = (void *) (uintptr_t) d->message;
    const struct entry *e = often(400) ? a_promoted_one(d) : NULL;

    if (!e)
        e = often(500) ? a_recommended_one(d) : about(d, &entry_kind, 0);

    m->reason = "Đơn vị đã sáp nhập.";
    if (e)
        spoken_for(d, e->entrant_agency_id, MAY(ENTRANT_HEAD));
    return e;
}

/* ------------------------------------------------------------------ accusations */

static unsigned
states_of_accused(void)
{
    switch (any_of(5)) {
    case 0:
        return 0;
    case 1:
    case 2:
        return ENTRY_IS(IN_ROUND) | ENTRY_IS(FINALIST) | ENTRY_IS(ELIMINATED);
    default:
        return ENTRY_IS(SUBMITTED) | ENTRY_IS(RETURNED) | ENTRY_IS(REGISTERED);
    }
}

/* One that is accused, or not, rather than any; at times one for which there may be money. */
static const struct entry *
about_accused(struct draft *d, bool is_accused)
{
    unsigned states = states_of_accused();
    bool is_recommended = often(500);
    const struct entry *e = NULL;

    for (int i = 0; i < 24; i++) {
        e = is_recommended ? a_recommended_one(d) : about(d, &entry_kind, states);
        if (!e || uuid_is_nil(&e->accused_by) != is_accused)
            break;
    }
    return e;
}

static bool
propose_disqualification(struct draft *d)
{
    Submissions__ProposeDisqualification *m = (void *) (uintptr_t) d->message;

    m->reason = "Sao chép.";
    m->answer_due = any_deadline(often(50) ? -1 : 1, 6);
    spoken_by(d, MAY(ORGANISER) | (often(200) ? MAY(OWNER) : 0));
    return about_accused(d, false);
}

static bool
answer_accusation(struct draft *d)
{
    Submissions__AnswerAccusation *m = (void *) (uintptr_t) d->message;
    const struct entry *e = about_accused(d, true);

    m->answer = "Không sao chép.";
    if (e)
        spoken_for(d, e->entrant_agency_id, MAY(ENTRANT_HEAD));
    return e;
}

static bool
dismiss_accusation(struct draft *d)
{
    Submissions__DismissAccusation *m = (void *) (uintptr_t) d->message;

    m->reason = "Không có căn cứ.";
    spoken_by(d, MAY(OWNER));
    return about_accused(d, true);
}

static bool
disqualify_entry(struct draft *d)
{
    Submissions__DisqualifyEntry *m = (void *) (uintptr_t) d->message;

    m->reason = "Sao chép.";
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DECISION);
    spoken_by(d, MAY(OWNER));
    return about_accused(d, true);
}

/* One for which money was granted, and submissions has not heard of it. NULL: none was found. */
static const struct entry *
a_granted_one(struct draft *d)
{
    for (int i = 0; i < 24; i++) {
        const struct stored *row = NULL;
        struct uuid id;

        if (any_granted_dossier(d->programme, &id))
            row = stored_find(d->programme, &dossier_kind, &id);
        if (!row || ((const struct dossier *) (const void *) row->state)->committed_cases)
            continue;
        d->subject = id;
        return (const void *) stored_find(d->programme, &entry_kind, &id)->state;
    }
    return NULL;
}

static bool
annul_result(struct draft *d)
{
    Submissions__AnnulResult *m = (void *) (uintptr_t) d->message;

    m->reason = "Sai quy chế.";
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DECISION);
    spoken_by(d, MAY(OWNER));
    if (a_granted_one(d))
        return true;
    return often(500) ? a_recommended_one(d) != NULL
                      : about(d, &entry_kind, ENTRY_IS(AWARDED) | ENTRY_IS(NOT_AWARDED)) != NULL;
}

/* clang-format off */
const struct maker submissions_makers[] = {
    /* command                 weight */
    { ON(create_programme),    40, create_programme },
    { ON(set_programme_rules),  8, set_programme_rules },
    { ON(create_edition),      20, create_edition },
    { ON(create_local_edition), 16, create_local_edition },
    { ON(set_edition_rules),   14, set_edition_rules },
    { ON(publish_edition),     20, publish_edition },
    { ON(open_registration),   20, open_registration },
    { ON(extend_registration),  2, extend_registration },
    { ON(close_registration),   2, close_registration },
    { ON(confirm_entrants),    40, confirm_entrants },
    { ON(confirm_results),     16, confirm_results },
    { ON(reopen_judging),       2, reopen_judging },
    { ON(publish_results),      4, publish_results },
    { ON(start_follow_up),      4, start_follow_up },
    { ON(archive_edition),     30, archive_edition },
    { ON(report_local_results), 4, report_local_results },
    { ON(cancel_edition),       1, cancel_edition },
    { ON(create_entry),        22, create_entry },
    { ON(revise_entry),         6, revise_entry },
    { ON(submit_entry),        20, submit_entry },
    { ON(join_entry),          16, join_entry },
    { ON(leave_entry),          2, leave_entry },
    { ON(return_entry),         4, return_entry },
    { ON(refuse_entry),         2, refuse_entry },
    { ON(register_entry),      26, register_entry },
    { ON(record_final_result), 20, record_final_result },
    { ON(require_dossier),     20, require_dossier },
    { ON(submit_dossier),      30, submit_dossier },
    { ON(return_dossier),      12, return_dossier },
    { ON(accept_dossier),      24, accept_dossier },
    { ON(withdraw_entry),       9, withdraw_entry },
    { ON(annul_result),         3, annul_result },

    { ON(propose_disqualification), 7, propose_disqualification },
    { ON(answer_accusation),        7, answer_accusation },
    { ON(dismiss_accusation),       4, dismiss_accusation },
    { ON(disqualify_entry),        10, disqualify_entry },
    { 0 },
};
/* clang-format on */
