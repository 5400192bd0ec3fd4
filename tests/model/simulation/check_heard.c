/* tests/model/simulation/check_heard.c - notifications, and that a cursor passes nothing that was not heard: R-N1 to
 * R-N3, R-F4, R-G4. */
#include "common/proto.h"
#include "sangkien/appraisal/v1/events.pb-c.h"
#include "sangkien/funding/v1/events.pb-c.h"
#include "sangkien/notifications/v1/events.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"
#include "tests/model/simulation/rounds.h"

#define ON(event) &notifications__##event##__descriptor

static const char told_what[] = "told", notice_what[] = "notice", nowhere_what[] = "nowhere",
                  unseen_what[] = "unseen";

/* ------------------------------------------------------------------ notifications */

static const struct journal_row *
row_at(const struct tenant *programme, int64_t position)
{
    if (position < 1 || (size_t) position > programme->rows.count)
        return NULL;
    return list_at(&programme->rows, (size_t) position - 1);
}

/* Of one event, to one agency; the words in which it is told are the event's own. */
static int *
told_of(const struct tenant *programme, int64_t position, const struct uuid *agency)
{
    struct uuid key = *agency;

    for (size_t i = 0; i < sizeof(position); i++)
        key.bytes[i] = (uint8_t) (key.bytes[i] ^ (uint8_t) ((uint64_t) position >> (8 * i)));
    return note_of(told_what, programme, key, sizeof(int));
}

static void
told(const struct fact *fact, int64_t position, const char *type, const char *agency_id,
     const char *template)
{
    const struct journal_row *cause = row_at(fact->programme, position);
    struct uuid agency = uuid_of(agency_id);
    const char *name =
        arena_format(sim.step, "%lld %s %s", (long long) position, agency_id, template);
    bool *is_told = note_of(notice_what, fact->programme, uuid_derive("notice", name, strlen(name)),
                            sizeof(*is_told));

    MUST("R-N3", cause && strcmp(cause->type, type) == 0 && position < fact->row->position,
         "a notice speaks of %s at %lld, which is not there", type, (long long) position);
    MUST("R-N1", !*is_told, "%s was told twice of %s at %lld", agency_id, type,
         (long long) position);
    *is_told = true;
    ++*told_of(fact->programme, position, &agency);
}

/* How many of the programme are queued, go to nobody, and have not failed yet. */
static int *
unseen_of(const struct tenant *programme)
{
    return note_of(unseen_what, programme, (struct uuid){ { 0 } }, sizeof(int));
}

static void
queued(const struct fact *fact, const void *event)
{
    const Notifications__NotificationQueued *e = event;
    bool *goes_nowhere =
        note_of(nowhere_what, fact->programme, fact->row->aggregate, sizeof(*goes_nowhere));

    told(fact, e->event_position, e->event_type, e->agency_id, e->template_);
    *goes_nowhere = !*e->address;
    *unseen_of(fact->programme) += *goes_nowhere;
}

static void
failed(const struct fact *fact, const void *event)
{
    bool *goes_nowhere =
        note_of(nowhere_what, fact->programme, fact->row->aggregate, sizeof(*goes_nowhere));

    (void) event;
    *unseen_of(fact->programme) -= *goes_nowhere;
    *goes_nowhere = false;
}

static bool
is_party(const struct journal_row *row, const char *agency_id)
{
    struct uuid agency = uuid_of(agency_id);

    for (size_t i = 0; i < row->party_count; i++)
        if (uuid_equal(&row->parties[i], &agency))
            return true;
    return false;
}

enum { ALL = 1, PARTIES = 2, OTHERS = 4 };

/* clang-format off */
/* Of these events, who cannot but act: all who are told of them, the parties, or all but the parties. */
static const struct {
    const char *type;
    int who;
} for_action[] = {
    { "sangkien.submissions.v1.EntrySubmitted",     ALL },
    { "sangkien.submissions.v1.DossierRequired",    ALL },
    { "sangkien.submissions.v1.DossierReturned",    ALL },
    { "sangkien.submissions.v1.DossierSubmitted",   OTHERS },
    { "sangkien.submissions.v1.DossierOverdue",     PARTIES },
    { "sangkien.appraisal.v1.OpinionsRequested",    ALL },
    { "sangkien.appraisal.v1.AppraisalConcluded",   ALL },
    { "sangkien.appraisal.v1.AppraisalReported",    OTHERS },
    { "sangkien.funding.v1.SignoffOpened",          ALL },
    { "sangkien.funding.v1.FundingAgreed",          OTHERS },
    { "sangkien.funding.v1.FundingSubmitted",       OTHERS },
    { "sangkien.funding.v1.FundsAllotted",          OTHERS },
};
/* clang-format on */

static void
suppressed(const struct fact *fact, const void *event)
{
    const Notifications__NotificationSuppressed *e = event;
    const struct journal_row *cause = row_at(fact->programme, e->event_position);

    told(fact, e->event_position, e->event_type, e->agency_id, e->template_);
    for (size_t i = 0; cause && i < sizeof(for_action) / sizeof(*for_action); i++)
        MUST("R-N2",
             strcmp(for_action[i].type, cause->type) != 0 ||
                 !(for_action[i].who & (ALL | (is_party(cause, e->agency_id) ? PARTIES : OTHERS))),
             "%s must act on %s at %lld, and was passed over", e->agency_id, cause->type,
             (long long) e->event_position);
}

/* clang-format off */
const struct facts_row notifications_facts[] = {
    { ON(notification_queued),     queued },
    { ON(notification_suppressed), suppressed },
    { ON(notification_sent),       NULL },
    { ON(notification_failed),     failed },
    { 0 },
};

/* Of these every party is told. */
static const char *const for_parties[] = {
    "sangkien.submissions.v1.EntryRegistered",
    "sangkien.submissions.v1.EntryReachedFinal",
    "sangkien.submissions.v1.EntryEliminated",
    "sangkien.submissions.v1.EntryAwarded",
    "sangkien.submissions.v1.EntryNotAwarded",
    "sangkien.submissions.v1.EntryWithdrawn",
    "sangkien.submissions.v1.DossierRequired",
    "sangkien.submissions.v1.DossierSubmitted",
    "sangkien.submissions.v1.DossierReturned",
    "sangkien.submissions.v1.DossierAccepted",
    "sangkien.submissions.v1.DossierOverdue",
    "sangkien.appraisal.v1.AppraisalOpened",
    "sangkien.appraisal.v1.AppraisalReported",
    "sangkien.appraisal.v1.AppraisalVoided",
    "sangkien.funding.v1.FundingAgreed",
    "sangkien.funding.v1.FundingSubmitted",
    "sangkien.funding.v1.FundingApproved",
    "sangkien.funding.v1.FundingRejected",
    "sangkien.funding.v1.FundsAllotted",
    "sangkien.funding.v1.FundsDisbursed",
    "sangkien.funding.v1.FundingWithdrawn",
    "sangkien.funding.v1.RevocationRequired",
};
/* clang-format on */

static void
parties_are_told(const struct tenant *programme, const struct journal_row *row)
{
    for (size_t i = 0; i < sizeof(for_parties) / sizeof(*for_parties); i++) {
        if (strcmp(for_parties[i], row->type) != 0)
            continue;
        for (size_t n = 0; n < row->party_count; n++)
            MUST("R-N1", *told_of(programme, row->position, &row->parties[n]) == 1,
                 "%s was told %d times of %s at %lld", id_of(row->parties[n]),
                 *told_of(programme, row->position, &row->parties[n]), row->type,
                 (long long) row->position);
    }
}

/* ------------------------------------------------------------------ the other consumers */

static const struct entry_note *
note_at(const struct tenant *programme, struct uuid id)
{
    const struct fact fact = { .programme = programme };

    return entry_note_of(&fact, id);
}

static const void *
event_of(const struct journal_row *row)
{
    void *event = NULL;

    if (proto_unpack(sim.step, proto_word(row->type)->message, row->body.data, row->body.size,
                     &event))
        give_up("%s cannot be read", row->type);
    return event;
}

static bool
is(const struct journal_row *row, const ProtobufCMessageDescriptor *event)
{
    return row->type == event->name;
}

/* An entry can come to nothing any more, whichever of the three it was. */
static bool
is_leaving(const struct journal_row *row)
{
    return is(row, &submissions__entry_withdrawn__descriptor) ||
           is(row, &submissions__entry_disqualified__descriptor) ||
           is(row, &submissions__result_annulled__descriptor);
}

/* One that was annulled since has set its entries back already. */
static void
ranking_heard(const struct tenant *p, const struct journal_row *row)
{
    const Appraisal__RoundConfirmed *e = event_of(row);

    if (round_note_of(p, row->aggregate)->is_annulled)
        return;
    for (size_t i = 0; i < e->ranking->n_lines; i++)
        check_line_heard(p, e->round_id, e->ranking->lines[i]);
}

/* A later round, of which it heard at the same time, may be annulled. */
static void
start_heard(const struct tenant *p, const struct journal_row *row)
{
    const Appraisal__RoundStarted *e = event_of(row);
    const struct fact fact = { .programme = p };
    struct uuid edition = uuid_of(e->edition_id);

    for (size_t i = 0; i < e->n_entry_ids; i++) {
        const struct entry_note *n = note_at(p, uuid_of(e->entry_ids[i]));

        MUST("R-G4",
             !uuid_is_nil(&n->round) || n->is_set_back || n->is_withdrawn ||
                 edition_note_of(&fact, edition)->is_over ||
                 round_note_of(p, row->aggregate)->is_annulled,
             "submissions passed the start of a round, and entry %s knows nothing",
             e->entry_ids[i]);
    }
}

static void
submissions_heard(const struct tenant *p, const struct journal_row *row)
{
    const struct entry_note *n;

    if (is(row, &appraisal__appraisal_opened__descriptor)) {
        n = note_at(p, uuid_of(((const Appraisal__AppraisalOpened *) event_of(row))->dossier_id));
        MUST("R-G4", n->appraisal_started || n->dossier_withdrawn,
             "submissions passed an opened appraisal, and its dossier knows nothing");
    } else if (is(row, &appraisal__appraisal_reported__descriptor)) {
        n = note_at(p, uuid_of(((const Appraisal__AppraisalReported *) event_of(row))->dossier_id));
        MUST("R-G4", n->is_appraised || n->dossier_withdrawn,
             "submissions passed a report, and its dossier knows nothing");
    } else if (is(row, &funding__funds_disbursed__descriptor)) {
        n = note_at(p, uuid_of(((const Funding__FundsDisbursed *) event_of(row))->dossier_id));
        MUST("R-G4", n->is_paid, "submissions passed a payment, and its entry knows nothing");
    } else if (is(row, &funding__funding_case_opened__descriptor)) {
        check_case_heard(p, row, ((const Funding__FundingCaseOpened *) event_of(row))->dossier_id);
    } else if (is(row, &funding__funding_approved__descriptor)) {
        check_case_heard(p, row, ((const Funding__FundingApproved *) event_of(row))->dossier_id);
    } else if (is(row, &funding__funding_rejected__descriptor)) {
        check_case_heard(p, row, ((const Funding__FundingRejected *) event_of(row))->dossier_id);
    } else if (is(row, &funding__funding_withdrawn__descriptor)) {
        check_case_heard(p, row, ((const Funding__FundingWithdrawn *) event_of(row))->dossier_id);
    } else if (is(row, &appraisal__round_started__descriptor)) {
        start_heard(p, row);
    } else if (is(row, &appraisal__round_confirmed__descriptor)) {
        ranking_heard(p, row);
    }
}

static bool
is_judged_here(const struct tenant *p, const struct journal_row *row)
{
    const Submissions__EntryRegistered *e = event_of(row);
    const struct fact fact = { .programme = p };

    return contest_note_of(&fact, uuid_of(e->edition_id))->rules;
}

static void
appraisal_heard(const struct tenant *p, const struct journal_row *row)
{
    const struct entry_note *n = note_at(p, row->aggregate);

    if (is(row, &submissions__dossier_accepted__descriptor))
        MUST("R-G4", n->noted_version == n->accepted_version || n->intake_withdrawn,
             "appraisal passed an accepted dossier and did not note it");
    else if (is(row, &submissions__entry_registered__descriptor))
        MUST("R-G4", contender_note_of(p, row->aggregate)->is_known || !is_judged_here(p, row),
             "appraisal passed a registered entry and did not note it");
    else if (is_leaving(row))
        MUST("R-F4",
             n->intake_withdrawn && (contender_note_of(p, row->aggregate)->is_gone ||
                                     !contender_note_of(p, row->aggregate)->is_known),
             "appraisal passed that an entry left, and did not note it");
}

static void
funding_heard(const struct tenant *p, const struct journal_row *row)
{
    const struct entry_note *n;

    if (is_leaving(row) || is(row, &submissions__dossier_closed__descriptor) ||
        is(row, &submissions__dossier_not_filed__descriptor)) {
        n = note_at(p, row->aggregate);
        MUST("R-F4", n->recommendation_withdrawn,
             "funding passed that an entry left, or its dossier ended, and did not note it");
    } else if (is(row, &appraisal__appraisal_reported__descriptor)) {
        n = note_at(p, uuid_of(((const Appraisal__AppraisalReported *) event_of(row))->dossier_id));
        MUST("R-G4", n->is_recommended || n->recommendation_withdrawn,
             "funding passed a report and did not note it");
    }
}

void
check_heard(const struct commit *commit)
{
    static void (*const all[SERVICES])(const struct tenant *, const struct journal_row *) = {
        NULL, submissions_heard, appraisal_heard, funding_heard, parties_are_told
    };
    unsigned service = service_number(commit->service);

    MUST("R-G4", commit->cursor_to >= commit->cursor_from, "a cursor of %s moved back",
         commit->service->name);
    MUST("R-N2", *unseen_of(commit->programme) == 0,
         "a notice goes to nobody, and nobody can see that");
    for (int64_t at = commit->cursor_from + 1; at <= commit->cursor_to && all[service]; at++)
        all[service](commit->programme, row_at(commit->programme, at));
}
