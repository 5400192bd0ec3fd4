/* tests/model/simulation/commands_dossiers.c - what finalists owe, and what becomes of it. */
#include "tests/model/simulation/commands_dossiers.h"

#include "services/submissions/submissions.h"

#define ENTRY_IS(s) STATE(SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_##s)
#define DOSSIER_IS(s) STATE(SUBMISSIONS__DOSSIER_STATE__DOSSIER_STATE_##s)

/* The subject, and what is known of it. NULL: there is none such. */
static const struct dossier *
about(struct draft *d, unsigned states)
{
    const struct stored *row = any_stored(d->programme, &dossier_kind, states);

    if (!row)
        return NULL;
    d->subject = row->key.id;
    return (const void *) row->state;
}

bool
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

/* After some contests nobody hands in what he owes, after others nobody mends it. */
static bool
is_neglected(const struct draft *d, const struct dossier *dossier)
{
    const struct stored *row = stored_find(d->programme, &entry_kind, &dossier->self.id);
    const struct entry *entry = row ? (const void *) row->state : NULL;

    return entry && (dossier->dossier_version ? entry->edition_id.bytes[15] % 2 == 1
                                              : entry->edition_id.bytes[15] % 4 == 0);
}

bool
submit_dossier(struct draft *d)
{
    Submissions__SubmitDossier *m = (void *) (uintptr_t) d->message;
    const struct dossier *dossier = about(d, DOSSIER_IS(REQUIRED) | DOSSIER_IS(RETURNED));

    if (!dossier || is_neglected(d, dossier))
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

bool
return_dossier(struct draft *d)
{
    Submissions__ReturnDossier *m = (void *) (uintptr_t) d->message;
    const struct dossier *dossier = about(d, DOSSIER_IS(SUBMITTED));

    if (!dossier)
        return false;
    m->dossier_version = version_of(dossier);
    m->reason = "Thiếu dự toán.";
    m->cure = any_deadline(often(50) ? -1 : 1, 8);
    spoken_by(d, MAY(STANDING));
    return true;
}

bool
accept_dossier(struct draft *d)
{
    Submissions__AcceptDossier *m = (void *) (uintptr_t) d->message;
    const struct dossier *dossier = about(d, DOSSIER_IS(SUBMITTED));

    if (!dossier)
        return false;
    m->dossier_version = version_of(dossier);
    spoken_by(d, MAY(STANDING));
    return true;
}
