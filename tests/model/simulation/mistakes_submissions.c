/* tests/model/simulation/mistakes_submissions.c - mistakes about entries and dossiers. */
#include <assert.h>
#include <string.h>

#include "services/submissions/submissions.h"
#include "tests/model/simulation/simulation.h"

/* A further aggregate, seen otherwise. */
static int
decide_beside_nth(const struct given *given, size_t nth, struct aggregate *seen,
                  const void *message, struct events *out)
{
    struct given looked = *given;
    struct held also[8];

    assert(nth < given->also_count && given->also_count <= sizeof(also) / sizeof(*also));
    memcpy(also, given->also, given->also_count * sizeof(*also));
    also[nth].state = seen;
    looked.also = also;
    return as_it_should_be(&looked, message, out);
}

static int
decide_beside(const struct given *given, struct aggregate *seen, const void *message,
              struct events *out)
{
    return decide_beside_nth(given, 0, seen, message, out);
}

static int
edition_closed(const struct given *given, const void *message, struct events *out)
{
    struct edition seen = *(const struct edition *) also(given, 0);

    if (seen.self.version)
        seen.self.state = SUBMISSIONS__EDITION_STATE__EDITION_STATE_OPEN;
    return decide_beside(given, &seen.self, message, out);
}

static int
below_threshold(const struct given *given, const void *message, struct events *out)
{
    struct edition seen = *(const struct edition *) also(given, 0);
    Submissions__RecordFinalResult ask = *(const Submissions__RecordFinalResult *) message;

    seen.threshold_centi = 0;
    ask.reached_final = true;
    if (!ask.award)
        ask.award = SUBMISSIONS__AWARD__AWARD_NONE;
    return decide_beside(given, &seen.self, &ask, out);
}

static int
no_finalist(const struct given *given, const void *message, struct events *out)
{
    struct entry seen = *(const struct entry *) also(given, 0);

    if (seen.self.version) {
        seen.self.state = SUBMISSIONS__ENTRY_STATE__ENTRY_STATE_AWARDED;
        seen.reached_final = true;
    }
    return decide_beside(given, &seen.self, message, out);
}

static int
late_dossier(const struct given *given, const void *message, struct events *out)
{
    struct given looked = *given;

    looked.received_us = 0;
    return as_it_should_be(&looked, message, out);
}

static int
other_version(const struct given *given, const void *message, struct events *out)
{
    int refusal = as_it_should_be(given, message, out);
    Submissions__DossierAccepted *accepted = just_said(out, ON(dossier_accepted));

    if (accepted)
        accepted->digest.data[0] ^= 1;
    return refusal;
}

static int
dossier_changed(const struct given *given, const void *message, struct events *out)
{
    int refusal = as_it_should_be(given, message, out);
    Submissions__DossierSubmitted *submitted = just_said(out, ON(dossier_submitted));

    if (submitted)
        submitted->digest.data[0] ^= 1;
    return refusal;
}

static int
parts_missing(const struct given *given, const void *message, struct events *out)
{
    int refusal = as_it_should_be(given, message, out);
    Submissions__DossierSubmitted *submitted = just_said(out, ON(dossier_submitted));

    if (submitted)
        submitted->solution = "";
    return refusal;
}

static int
own_dossier(const struct given *given, const void *message, struct events *out)
{
    struct dossier seen = *(const struct dossier *) given->state;
    struct given looked = *given;

    seen.submitted_by = (struct uuid){ { 0 } };
    looked.state = &seen;
    return as_it_should_be(&looked, message, out);
}

/* As if judging were closed, with whatever ranking is named. */
static int
results_too_early(const struct given *given, const void *message, struct events *out)
{
    const Submissions__ConfirmResults *ask = message;
    struct edition seen = *(const struct edition *) given->state;
    struct given looked = *given;

    seen.judging_ended = true;
    seen.ranking_digest = proto_digest_of(ask->ranking_digest);
    looked.state = &seen;
    return as_it_should_be(&looked, message, out);
}

/* No dossier is there. */
static int
archived_while_open(const struct given *given, const void *message, struct events *out)
{
    struct held *also = arena_zero(sim.letters, (given->also_count + 1) * sizeof(*also));
    struct given looked = *given;

    memcpy(also, given->also, given->also_count * sizeof(*also));
    for (size_t i = 0; i < given->also_count; i++)
        if (also[i].kind == &dossier_kind) {
            struct dossier *seen = arena_zero(sim.letters, sizeof(*seen));

            seen->self.id = also[i].id;
            also[i].state = &seen->self;
        }
    looked.also = also;
    return as_it_should_be(&looked, message, out);
}

static int
annulled_while_committed(const struct given *given, const void *message, struct events *out)
{
    struct dossier seen = *(const struct dossier *) also(given, 0);

    seen.committed_cases = 0;
    return decide_beside(given, &seen.self, message, out);
}

static int
decide_on(const struct given *given, const struct entry *seen, const void *message,
          struct events *out)
{
    struct given looked = *given;

    looked.state = seen;
    return as_it_should_be(&looked, message, out);
}

static int
silent_enters(const struct given *given, const void *message, struct events *out)
{
    struct entry seen = *(const struct entry *) given->state;

    seen.co_entrants.count = 0;
    return decide_on(given, &seen, message, out);
}

static int
origin_leaves(const struct given *given, const void *message, struct events *out)
{
    struct entry seen = *(const struct entry *) given->state;

    seen.promoted_to_id = (struct uuid){ { 0 } };
    return decide_on(given, &seen, message, out);
}

static int
more_contests(const struct given *given, const void *message, struct events *out)
{
    struct entrant seen = *(const struct entrant *) also(given, 1);

    seen.contests = 0;
    return decide_beside_nth(given, 1, &seen.self, message, out);
}

/* As if nobody else could come in. */
static int
roll_forgotten(const struct given *given, const void *message, struct events *out)
{
    struct edition seen = *(const struct edition *) also(given, 1);

    seen.entrants_confirmed = true;
    return decide_beside_nth(given, 1, &seen.self, message, out);
}

/* clang-format off */
const struct mistaken submissions_mistakes[] = {
    { RESULTS_TOO_EARLY, &edition_kind, ON(confirm_results),   results_too_early },
    { EDITION_CLOSED,  &entry_kind,   ON(create_entry),        edition_closed },
    { BELOW_THRESHOLD, &entry_kind,   ON(record_final_result), below_threshold },
    { NO_FINALIST,     &dossier_kind, ON(require_dossier),     no_finalist },
    { LATE_DOSSIER,    &dossier_kind, ON(submit_dossier),      late_dossier },
    { DOSSIER_CHANGED, &dossier_kind, ON(submit_dossier),      dossier_changed },
    { PARTS_MISSING,   &dossier_kind, ON(submit_dossier),      parts_missing },
    { OTHER_VERSION,   &dossier_kind, ON(accept_dossier),      other_version },
    { OWN_DOSSIER,     &dossier_kind, ON(accept_dossier),      own_dossier },
    { ARCHIVED_WHILE_OPEN,      &edition_kind, ON(archive_edition), archived_while_open },
    { ANNULLED_WHILE_COMMITTED, &entry_kind,   ON(annul_result),    annulled_while_committed },
    { SILENT_ENTERS,   &entry_kind,   ON(register_entry),      silent_enters },
    { ORIGIN_LEAVES,   &entry_kind,   ON(withdraw_entry),      origin_leaves },
    { ORIGIN_LEAVES,   &entry_kind,   ON(disqualify_entry),    origin_leaves },
    { ORIGIN_LEAVES,   &entry_kind,   ON(annul_result),        origin_leaves },
    { MORE_CONTESTS,   &edition_kind, ON(create_local_edition), more_contests },
    { ROLL_FORGOTTEN,  &entry_kind,   ON(withdraw_entry),      roll_forgotten },
    { 0 },
};
/* clang-format on */
