/* tests/model/simulation/commands_submissions.c - programmes, editions, entries and dossiers. */
#include "services/submissions/submissions.h"
#include "tests/model/simulation/commands.h"

#define ENTRY_IS(s) STATE(SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_##s)
#define DOSSIER_IS(s) STATE(SUBMISSIONS__DOSSIER_STATE__DOSSIER_STATE_##s)
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

/* ------------------------------------------------------------------ programmes and editions */

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

static bool
create_edition(struct draft *d)
{
    Submissions__CreateEdition *m = (void *) (uintptr_t) d->message;
    size_t there = d->programme->stored[kind_number(&edition_kind)].count;

    if (there > 2 && !often(60))
        return false;
    m->ordinal = (int32_t) between(1, 9);
    m->year = 2019;
    m->name = "Lần thứ";
    m->maximum_centi = 10000;
    m->threshold_centi = (int32_t) between(4000, often(50) ? 12000 : 7000);
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_PLAN);
    spoken_by(d, MAY(STANDING) | MAY(ORGANISER));
    return true;
}

static bool
publish_edition(struct draft *d)
{
    spoken_by(d, MAY(OWNER));
    return about(d, &edition_kind, EDITION_IS(DRAFT));
}

static bool
open_registration(struct draft *d)
{
    spoken_by(d, MAY(STANDING) | MAY(ORGANISER));
    return about(d, &edition_kind, EDITION_IS(PUBLISHED));
}

/* ------------------------------------------------------------------ entries */

static void
add_author(Submissions__CreateEntry *m, struct uuid person, int32_t share_bp)
{
    Submissions__Author *author = proto_new(sim.step, ON(author));

    author->person_id = text_of(person);
    author->share_bp = share_bp;
    m->authors[m->n_authors++] = author;
}

static void
add_authors(Submissions__CreateEntry *m)
{
    int32_t share_bp;

    m->authors = arena_zero(sim.step, 3 * sizeof(*m->authors));
    share_bp = often(500) ? WHOLE_BP : 6000;
    add_author(m, any_person(), share_bp);
    if (share_bp == WHOLE_BP && !often(30))
        return;
    share_bp = often(60) ? 3000 : 4000;
    add_author(m, any_person(), share_bp);
}

static void
add_co_entrant(Submissions__CreateEntry *m)
{
    Submissions__CoEntrant *other = proto_new(sim.step, ON(co_entrant));

    other->agency_id = text_of(agency_id(any_of(AGENCIES)));
    m->co_entrants[m->n_co_entrants++] = other;
}

static bool
create_entry(struct draft *d)
{
    Submissions__CreateEntry *m = (void *) (uintptr_t) d->message;
    const struct stored *edition = any_stored(d->programme, &edition_kind, EDITION_IS(OPEN));

    if (!edition)
        return false;
    m->edition_id = text_of(edition->key.id);
    m->entry_kind = SUBMISSIONS__ENTRY_KIND__ENTRY_KIND_MODEL;
    m->title = word_for("Sáng kiến", between(1, 100000));
    m->summary = "Rút ngắn thời gian giải quyết hồ sơ.";
    m->co_entrants = arena_zero(sim.step, 3 * sizeof(*m->co_entrants));
    add_authors(m);
    for (size_t n = any_of(3); n > 0 && often(400); n--)
        add_co_entrant(m);
    spoken_by(d, MAY(CLERK) | MAY(AUTHOR));
    return true;
}

static bool
submit_entry(struct draft *d)
{
    const struct entry *e = about(d, &entry_kind, ENTRY_IS(DRAFT));

    if (e)
        spoken_for(d, e->entrant_agency_id, MAY(ENTRANT_HEAD) | MAY(CLERK));
    return e;
}

static bool
register_entry(struct draft *d)
{
    Submissions__RegisterEntry *m = (void *) (uintptr_t) d->message;

    m->entry_code = word_for("KH", often(50) ? between(1, 40) : between(1, 100000));
    spoken_by(d, MAY(ORGANISER) | MAY(STANDING));
    return about(d, &entry_kind, ENTRY_IS(SUBMITTED));
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

/* Everywhere between the draft and the last payment. */
static bool
withdraw_entry(struct draft *d)
{
    Submissions__WithdrawEntry *m = (void *) (uintptr_t) d->message;
    const struct entry *e = often(500) ? a_recommended_one(d) : about(d, &entry_kind, 0);

    m->reason = "Đơn vị đã sáp nhập.";
    if (e)
        spoken_for(d, e->entrant_agency_id, MAY(ENTRANT_HEAD));
    return e;
}

/* ------------------------------------------------------------------ dossiers */

static bool
require_dossier(struct draft *d)
{
    Submissions__RequireDossier *m = (void *) (uintptr_t) d->message;
    const struct stored *row = NULL;

    for (int i = 0; i < 8 && !row; i++) {
        row = any_stored(d->programme, &entry_kind,
                         often(30) ? 0 : ENTRY_IS(AWARDED) | ENTRY_IS(NOT_AWARDED));
        if (row && stored_find(d->programme, &dossier_kind, &row->key.id) && !often(30))
            row = NULL;
    }
    if (!row)
        return false;
    d->subject = row->key.id;
    m->due = any_deadline(often(100) ? -1 : 3, 40);
    spoken_by(d, MAY(STANDING));
    return true;
}

static bool
submit_dossier(struct draft *d)
{
    Submissions__SubmitDossier *m = (void *) (uintptr_t) d->message;
    const struct dossier *dossier =
        about(d, &dossier_kind, DOSSIER_IS(REQUIRED) | DOSSIER_IS(RETURNED));

    if (!dossier)
        return false;
    m->dossier_form = SUBMISSIONS__DOSSIER_FORM__DOSSIER_FORM_SCHEME;
    m->solution = word_for("Giải pháp", between(1, 100000));
    m->implementation_method = "Thí điểm tại ba đơn vị.";
    m->lines = any_lines(between(10000000, 200000000), &m->n_lines, &m->total_vnd);
    m->document = any_document(TYPES__DOCUMENT_KIND__DOCUMENT_KIND_SUBMISSION);
    spoken_for(d, dossier->entrant_agency_id, MAY(ENTRANT_HEAD));
    return true;
}

static int64_t
version_of(const struct dossier *dossier)
{
    int64_t version = dossier->dossier_version + (often(30) ? between(-1, 1) : 0);

    return version > 0 ? version : 1;
}

static bool
return_dossier(struct draft *d)
{
    Submissions__ReturnDossier *m = (void *) (uintptr_t) d->message;
    const struct dossier *dossier = about(d, &dossier_kind, DOSSIER_IS(SUBMITTED));

    if (!dossier)
        return false;
    m->dossier_version = version_of(dossier);
    m->reason = "Thiếu dự toán.";
    m->cure = any_deadline(often(50) ? -1 : 1, 8);
    spoken_by(d, MAY(STANDING));
    return true;
}

static bool
accept_dossier(struct draft *d)
{
    Submissions__AcceptDossier *m = (void *) (uintptr_t) d->message;
    const struct dossier *dossier = about(d, &dossier_kind, DOSSIER_IS(SUBMITTED));

    if (!dossier)
        return false;
    m->dossier_version = version_of(dossier);
    spoken_by(d, MAY(STANDING));
    return true;
}

/* clang-format off */
const struct maker submissions_makers[] = {
    /* command                 weight */
    { ON(create_programme),    40, create_programme },
    { ON(create_edition),      20, create_edition },
    { ON(publish_edition),     20, publish_edition },
    { ON(open_registration),   20, open_registration },
    { ON(create_entry),        14, create_entry },
    { ON(submit_entry),        20, submit_entry },
    { ON(register_entry),      20, register_entry },
    { ON(record_final_result), 20, record_final_result },
    { ON(require_dossier),     20, require_dossier },
    { ON(submit_dossier),      30, submit_dossier },
    { ON(return_dossier),      12, return_dossier },
    { ON(accept_dossier),      24, accept_dossier },
    { ON(withdraw_entry),       6, withdraw_entry },
    { 0 },
};
/* clang-format on */
