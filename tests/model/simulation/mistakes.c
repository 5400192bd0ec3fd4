/* tests/model/simulation/mistakes.c - puts a mistaken row in the place of the product's own, for as long as it takes.
 */
#include "tests/model/simulation/mistakes.h"

#include "common/world.h"
#include "sangkien/directory/v1/types.pb-c.h"
#include "sangkien/submissions/v1/commands.pb-c.h"
#include "tests/model/simulation/simulation.h"

static const char *const mistake_names[MISTAKES] = {
    [NO_MISTAKE] = "none",
    [DEDUP_FORGOTTEN] = "dedup-forgotten",
    [ACK_BEFORE_COMMIT] = "ack-before-commit",
    [CURSOR_BEFORE] = "cursor-before",
    [CURSOR_AFTER] = "cursor-after",
    [TORN_COMMIT] = "torn-commit",
    [POSITION_SKIPPED] = "position-skipped",
    [CHAIN_BROKEN] = "chain-broken",
    [ROLES_NOT_ASKED] = "roles-not-asked",
    [REASON_LOST] = "reason-lost",
    [FACT_LOST] = "fact-lost",
    [STALE_READ] = "stale-read",
    [HEAD_NOT_ASKED] = "head-not-asked",
    [ANSWER_FORGOTTEN] = "answer-forgotten",
    [OPERATOR_TRADES] = "operator-trades",
    [DIGEST_NOT_BOUND] = "digest-not-bound",
    [ONE_PERSON_SIGNS_TWICE] = "one-person-signs-twice",
    [ONE_AGENCY_SIGNS_TWICE] = "one-agency-signs-twice",
    [DRAFTER_SIGNS] = "drafter-signs",
    [CEILING_NOT_CHECKED] = "ceiling-not-checked",
    [CEILING_BELOW_HELD] = "ceiling-below-held",
    [ABOVE_APPRAISED] = "above-appraised",
    [ABOVE_AGREED] = "above-agreed",
    [ABOVE_APPROVED] = "above-approved",
    [ABOVE_ALLOTTED] = "above-allotted",
    [SIGNER_DECIDES] = "signer-decides",
    [RELEASE_FORGOTTEN] = "release-forgotten",
    [WITHDRAWAL_UNHEARD] = "withdrawal-unheard",
    [NOT_RECOMMENDED] = "not-recommended",
    [CASE_TWICE] = "case-twice",
    [VOUCHER_TWICE] = "voucher-twice",
    [OTHER_YEAR] = "other-year",
    [TEXT_CHANGED] = "text-changed",
    [OTHER_TEXT_SUBMITTED] = "other-text-submitted",
    [EDITION_CLOSED] = "edition-closed",
    [CODE_TWICE] = "code-twice",
    [BELOW_THRESHOLD] = "below-threshold",
    [NO_FINALIST] = "no-finalist",
    [HOUR_OFF] = "hour-off",
    [LATE_DOSSIER] = "late-dossier",
    [PARTS_MISSING] = "parts-missing",
    [DOSSIER_CHANGED] = "dossier-changed",
    [SUM_NOT_CHECKED] = "sum-not-checked",
    [OTHER_VERSION] = "other-version",
    [OWN_DOSSIER] = "own-dossier",
    [SILENT_ENTERS] = "silent-enters",
    [ORIGIN_LEAVES] = "origin-leaves",
    [MORE_CONTESTS] = "more-contests",
    [ROLL_FORGOTTEN] = "roll-forgotten",
    [APPRAISAL_TWICE] = "appraisal-twice",
    [AUTHOR_SITS] = "author-sits",
    [SILENCE_COUNTS] = "silence-counts",
    [VOTES_NOT_COUNTED] = "votes-not-counted",
    [ABOVE_ESTIMATE] = "above-estimate",
    [REPORT_CHANGED] = "report-changed",
    [DEAF] = "deaf",
    [SHEET_OF_ANOTHER] = "sheet-of-another",
    [OFF_STEP] = "off-step",
    [REOPENED_BY_ANYBODY] = "reopened-by-anybody",
    [RANKING_FORGOTTEN] = "ranking-forgotten",
    [CONFLICT_JUDGES] = "conflict-judges",
    [CONTENDER_FORGOTTEN] = "contender-forgotten",
    [ENTRANT_AFTER_ALL] = "entrant-after-all",
    [NOBODY_THERE] = "nobody-there",
    [RESULTS_TOO_EARLY] = "results-too-early",
    [OTHER_CLUSTER] = "other-cluster",
    [ROUND_TWICE] = "round-twice",
    [SHEET_NOT_AWAITED] = "sheet-not-awaited",
    [GONE_IS_RANKED] = "gone-is-ranked",
    [PROPOSER_CONFIRMS] = "proposer-confirms",
    [SCORE_CHANGED] = "score-changed",
    [DISQUALIFIED_GOES_ON] = "disqualified-goes-on",
    [PARTIAL_CHAIR] = "partial-chair",
    [MOVED_JUDGE] = "moved-judge",
    [ANNULMENT_UNHEARD] = "annulment-unheard",
    [JUDGED_ALL_THE_SAME] = "judged-all-the-same",
    [ARCHIVED_WHILE_OPEN] = "archived-while-open",
    [ANNULLED_WHILE_COMMITTED] = "annulled-while-committed",
    [NOBODY_TOLD] = "nobody-told",
    [TOLD_OF_NOTHING] = "told-of-nothing",
    [NOBODY_SEES] = "nobody-sees",
    [PASSED_OVER] = "passed-over",
    [MAIL_BLOCKS] = "mail-blocks",
};

const char *
mistake_name(enum mistake mistake)
{
    return mistake_names[mistake];
}

bool
mistake_called(const char *name, enum mistake *ret_mistake)
{
    for (enum mistake m = NO_MISTAKE; m < MISTAKES; m++)
        if (strcmp(mistake_names[m], name) == 0) {
            *ret_mistake = m;
            return true;
        }
    return false;
}

/* ------------------------------------------------------------------ rows */

static const struct handler *own_row;

int
as_it_should_be(const struct given *given, const void *message, struct events *out)
{
    return own_row->decide(given, message, out);
}

void *
just_said(struct events *out, const ProtobufCMessageDescriptor *event)
{
    LIST_EACH (const struct said, said, &out->said)
        if (said->event->descriptor == event)
            return said->event;
    return NULL;
}

static const struct mistaken *
mistaken_row(const struct kind *kind, const struct handler *handler)
{
    static const struct mistaken *const all[] = { funding_mistakes, submissions_mistakes,
                                                  appraisal_mistakes, judging_mistakes,
                                                  notifications_mistakes };

    for (size_t i = 0; i < sizeof(all) / sizeof(*all) && sim.mistake; i++)
        for (const struct mistaken *m = all[i]; m->mistake; m++)
            if (m->mistake == sim.mistake && m->kind == kind && m->message == handler->message)
                return m;
    return NULL;
}

struct outcome __wrap_world_say(struct world *world, const struct handler *handler,
                                const struct kind *kind, const struct envelope *envelope,
                                const void *message);
struct outcome __real_world_say(struct world *world, const struct handler *handler,
                                const struct kind *kind, const struct envelope *envelope,
                                const void *message);

struct outcome
__wrap_world_say(struct world *world, const struct handler *handler, const struct kind *kind,
                 const struct envelope *envelope, const void *message)
{
    const struct mistaken *mistaken = mistaken_row(kind, handler);
    struct handler row = *handler;

    if (mistaken)
        row.decide = mistaken->decide;
    own_row = handler;
    return __real_world_say(world, &row, kind, envelope, message);
}

/* ------------------------------------------------------------------ functions */

bool __wrap_authority_holds(const struct authority *authority, const struct uuid *person,
                            unsigned roles, const char *programme, int64_t at_us);
bool __real_authority_holds(const struct authority *authority, const struct uuid *person,
                            unsigned roles, const char *programme, int64_t at_us);
bool __wrap_authority_is_operator(const struct authority *authority, const struct uuid *person);
bool __real_authority_is_operator(const struct authority *authority, const struct uuid *person);
_Bool __wrap_local_midnight_us(int year, int month, int day, int utc_offset_minutes,
                               int64_t *ret_us);
_Bool __real_local_midnight_us(int year, int month, int day, int utc_offset_minutes,
                               int64_t *ret_us);
int __wrap_submissions_judge_estimate(const Submissions__SubmitDossier *ask, struct events *out);
int __real_submissions_judge_estimate(const Submissions__SubmitDossier *ask, struct events *out);

bool
__wrap_authority_holds(const struct authority *authority, const struct uuid *person, unsigned roles,
                       const char *programme, int64_t at_us)
{
    return sim.mistake == ROLES_NOT_ASKED ||
           __real_authority_holds(authority, person, roles, programme, at_us);
}

bool
__wrap_authority_is_operator(const struct authority *authority, const struct uuid *person)
{
    return sim.mistake != OPERATOR_TRADES && __real_authority_is_operator(authority, person);
}

_Bool
__wrap_local_midnight_us(int year, int month, int day, int utc_offset_minutes, int64_t *ret_us)
{
    return __real_local_midnight_us(
        year, month, day, utc_offset_minutes - (sim.mistake == HOUR_OFF ? 60 : 0), ret_us);
}

int
__wrap_submissions_judge_estimate(const Submissions__SubmitDossier *ask, struct events *out)
{
    return sim.mistake == SUM_NOT_CHECKED ? ACCEPTED : __real_submissions_judge_estimate(ask, out);
}
