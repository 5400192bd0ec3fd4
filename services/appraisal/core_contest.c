/* services/appraisal/core_contest.c - what is known here of an edition that is judged here: its rules,
 * and where its rounds stand. Pure: no SQL, no sockets, no clock.
 *
 * What submissions says is heard in the order of its journal. Since it registers no entry behind EntrantsConfirmed,
 * every entry is known here when that is heard: whoever begins a round then cannot leave out one that is still on
 * its way. Only an event that could not be taken, and was parked, comes later: whoever is responsible for the system
 * is told of it, and from when it is heard on its entry is waited for. */
#include "services/appraisal/judging.h"

#include "sangkien/submissions/v1/events.pb-c.h"
#include "services/appraisal/ranking.h"

/* ------------------------------------------------------------------ what is heard */

/* Nothing is done by rules by which nobody could count; none with such rules is published. */
static bool
can_be_judged(const Submissions__EditionRules *rules)
{
    if (rules->n_rounds == 0)
        return false;
    for (size_t i = 0; i < rules->n_rounds; i++)
        if (!ranking_can_count(rules->rounds[i]))
            return false;
    return true;
}

/* An edition without rules is judged elsewhere. */
static struct uuid
contest_with_rules(const struct given *given, const void *message)
{
    const Submissions__EditionPublished *heard = message;

    return heard->rules && can_be_judged(heard->rules) ? given->heard_subject : uuid_of(NULL);
}

static int
note_contest(const struct given *given, const void *message, struct events *out)
{
    const struct contest *c = given->state;
    const Submissions__EditionPublished *heard = message;
    Appraisal__ContestNoted *noted;

    if (c->self.state != NOTHING)
        return ACCEPTED;

    noted = new_event(out, ON(contest_noted));
    noted->edition_id = id_text(out, &given->subject);
    noted->rules_digest = heard->rules_digest;
    noted->rules = heard->rules;
    noted->organiser_agency_id = heard->organiser_agency_id;
    return ACCEPTED;
}

static void
contest_noted(void *state, const void *event)
{
    struct contest *c = state;
    const Appraisal__ContestNoted *e = event;
    const Submissions__Eligibility *eligibility = e->rules ? e->rules->eligibility : NULL;

    c->rules_digest = proto_digest_of(e->rules_digest);
    c->rules = e->rules;
    c->jury_may_enter = eligibility && eligibility->jury_may_enter;
    c->organiser_agency_id = uuid_of(e->organiser_agency_id);
}

static int
note_closing(const struct given *given, const void *message, struct events *out)
{
    const struct contest *c = given->state;
    Appraisal__ContestClosed *closed;

    (void) message;
    if (c->self.state != CONTEST(PUBLISHED))
        return ACCEPTED;

    closed = new_event(out, ON(contest_closed));
    closed->edition_id = id_text(out, &given->subject);
    return ACCEPTED;
}

static int
note_entrants(const struct given *given, const void *message, struct events *out)
{
    const struct contest *c = given->state;
    Appraisal__ContestEntrantsConfirmed *confirmed;

    (void) message;
    if (c->self.state != CONTEST(CLOSED))
        return ACCEPTED;

    confirmed = new_event(out, ON(contest_entrants_confirmed));
    confirmed->edition_id = id_text(out, &given->subject);
    return ACCEPTED;
}

static int
note_reopening(const struct given *given, const void *message, struct events *out)
{
    const struct contest *c = given->state;
    Appraisal__ContestReopened *reopened;

    (void) message;
    if (c->self.state != CONTEST(JUDGED))
        return ACCEPTED;

    reopened = new_event(out, ON(contest_reopened));
    reopened->edition_id = id_text(out, &given->subject);
    return ACCEPTED;
}

static int
note_end(const struct given *given, const void *message, struct events *out)
{
    const struct contest *c = given->state;
    Appraisal__ContestEnded *ended;

    (void) message;
    if (c->self.state == NOTHING || c->self.state == CONTEST(ENDED))
        return ACCEPTED;

    ended = new_event(out, ON(contest_ended));
    ended->edition_id = id_text(out, &given->subject);
    return ACCEPTED;
}

/* Is it the row that tells where its round stands, and is that one under way? */
static bool
is_under_way(const struct contest *c, const struct contest_round *r)
{
    return r == judging_standing(c, r->round_code, r->cluster_code) && judging_is_live(r);
}

static void
rounds_under_way(const struct given *given, const void *message, struct keys *keys)
{
    const struct contest *c = given->state;

    (void) message;
    need_state(keys);
    if (!c)
        return;
    LIST_EACH (const struct contest_round, r, &c->rounds)
        if (is_under_way(c, r))
            need(keys, &round_kind, r->round_id);
}

/* What is under way is not annulled here: of all clusters together its sheets could be too many at a time. But none is
 * filled in any more. */
static int
note_cancellation(const struct given *given, const void *message, struct events *out)
{
    const struct contest *c = given->state;
    int refusal = note_end(given, message, out);

    LIST_EACH (const struct contest_round, r, &c->rounds) {
        Appraisal__RoundCalledOff *said;

        if (c->self.state == CONTEST(ENDED) || !is_under_way(c, r))
            continue;
        said = new_event_on(out, &round_kind, r->round_id, ON(round_called_off));
        said->round_id = id_text(out, &r->round_id);
        said->edition_id = id_text(out, &given->subject);
    }
    return refusal;
}

static void
contest_round_noted(void *state, const void *event)
{
    struct contest *c = state;
    const Appraisal__ContestRoundNoted *e = event;
    struct contest_round *r = list_add(&c->rounds);

    r->round_id = uuid_of(e->round_id);
    r->round_code = e->round_code;
    r->cluster_code = e->cluster_code;
    r->instance = e->instance;
    r->state = (int) e->state;
    r->ranking_digest = proto_digest_of(e->ranking_digest);
    r->proposed_by = uuid_of(e->proposed_by);
    r->confirmed_by = uuid_of(e->confirmed_by);
}

/* ------------------------------------------------------------------ what others ask of it */

int
judging_judge_contest(const struct contest *contest)
{
    switch (contest->self.state) {
    case CONTEST(PUBLISHED):
    case CONTEST(CLOSED):
    case CONTEST(ENTRANTS_CONFIRMED):
        return ACCEPTED;
    default:
        return NO(UNKNOWN_CONTEST);
    }
}

int
judging_judge_organiser(const struct given *given, const struct uuid *organiser)
{
    bool organises =
        uuid_is_nil(organiser)
            ? authority_holds(given->authority, &given->actor->person,
                              MAY(ORGANISER) | MAY(STANDING), given->programme, given->received_us)
            : uuid_equal(organiser, &given->actor->agency);

    return organises ? ACCEPTED : NO(NOT_YOUR_CONTEST);
}

const Submissions__RoundRules *
judging_round_rules(const struct contest *contest, const char *code, size_t *ret_nth)
{
    for (size_t i = 0; i < contest->rules->n_rounds; i++)
        if (strcmp(contest->rules->rounds[i]->code, code) == 0) {
            *ret_nth = i;
            return contest->rules->rounds[i];
        }
    return NULL;
}

const Submissions__Cluster *
judging_cluster(const struct contest *contest, const char *code)
{
    for (size_t i = 0; i < contest->rules->n_clusters; i++)
        if (strcmp(contest->rules->clusters[i]->code, code) == 0)
            return contest->rules->clusters[i];
    return NULL;
}

const Submissions__Cluster *
judging_cluster_of(const struct contest *contest, const struct uuid *agency)
{
    for (size_t i = 0; i < contest->rules->n_clusters; i++)
        for (size_t n = 0; n < contest->rules->clusters[i]->n_agency_ids; n++) {
            struct uuid member = uuid_of(contest->rules->clusters[i]->agency_ids[n]);

            if (uuid_equal(&member, agency))
                return contest->rules->clusters[i];
        }
    return NULL;
}

const struct contest_round *
judging_standing(const struct contest *contest, const char *round_code, const char *cluster_code)
{
    const struct contest_round *last = NULL;

    LIST_EACH (const struct contest_round, r, &contest->rounds)
        if (strcmp(r->round_code, round_code) == 0 && strcmp(r->cluster_code, cluster_code) == 0)
            last = r;
    return last;
}

bool
judging_is_live(const struct contest_round *standing)
{
    return standing && standing->state != ROUND(CONFIRMED) && standing->state != ROUND(ANNULLED);
}

static bool
is_confirmed(const struct contest *contest, const char *round_code, const char *cluster_code)
{
    const struct contest_round *standing = judging_standing(contest, round_code, cluster_code);

    return standing && standing->state == ROUND(CONFIRMED);
}

/* A cluster of which nobody is to be judged, any more or ever, holds no round, and nobody waits for it. */
static bool
is_done(const struct contest *contest, const char *round_code, const char *cluster_code)
{
    return judging_awaited_in(contest, round_code, cluster_code) == 0 &&
           !judging_is_live(judging_standing(contest, round_code, cluster_code));
}

static bool
are_all_confirmed(const struct contest *contest, const Submissions__RoundRules *rules)
{
    if (rules->stage != STAGE(CLUSTER))
        return is_done(contest, rules->code, "") && is_confirmed(contest, rules->code, "");
    for (size_t i = 0; i < contest->rules->n_clusters; i++)
        if (!is_done(contest, rules->code, contest->rules->clusters[i]->code))
            return false;
    return true;
}

/* Before the entrants are confirmed, nobody knows of a cluster that it is empty. */
bool
judging_may_begin(const struct contest *contest, size_t nth)
{
    if (nth > 0 && contest->self.state != CONTEST(ENTRANTS_CONFIRMED))
        return false;
    for (size_t i = 0; i < nth; i++)
        if (!are_all_confirmed(contest, contest->rules->rounds[i]))
            return false;
    return true;
}

bool
judging_later_began(const struct contest *contest, size_t nth)
{
    LIST_EACH (const struct contest_round, r, &contest->rounds) {
        const struct contest_round *standing =
            judging_standing(contest, r->round_code, r->cluster_code);
        size_t place = 0;

        judging_round_rules(contest, r->round_code, &place);
        if (place > nth && standing->state != ROUND(ANNULLED))
            return true;
    }
    return false;
}

/* clang-format off */
#define ORGANISERS (MAY(ORGANISER) | MAY(STANDING) | MAY(CLERK) | MAY(ENTRANT_HEAD))

static const struct handler contest_handlers[] = {
    /* message                              who may  decide        birth   also locks  about */
    { OF(submissions, edition_published),   HEARD,   note_contest, EITHER, NULL,       contest_with_rules },
    { OF(submissions, registration_closed), HEARD,   note_closing, EITHER },
    { OF(submissions, entrants_confirmed),  HEARD,   note_entrants, EITHER },
    { OF(submissions, judging_reopened),    HEARD,   note_reopening, EITHER },
    { OF(submissions, results_confirmed),   HEARD,   note_end,     EITHER },
    { OF(submissions, edition_cancelled),   HEARD,   note_cancellation, EITHER, rounds_under_way },
    { ON(close_judging),                    ORGANISERS, judging_close_judging, MUST_EXIST },
    { 0 },
};

static const struct transition contest_transitions[] = {
    /* from                       when                           to                           remember                    because */
    { NOTHING,                    ON(contest_noted),             CONTEST(PUBLISHED),          contest_noted,              "the rules by which it is judged are published, and frozen" },
    { CONTEST(PUBLISHED),         ON(contenders_awaited),        CONTEST(PUBLISHED),          judging_contenders_awaited, "an entry was registered, or went away" },
    { CONTEST(CLOSED),            ON(contenders_awaited),        CONTEST(CLOSED),             judging_contenders_awaited, "an entry was registered or assigned, or went away" },
    { CONTEST(ENTRANTS_CONFIRMED), ON(contenders_awaited),       CONTEST(ENTRANTS_CONFIRMED), judging_contenders_awaited, "entries were assigned, passed on or set back, or went away" },
    { CONTEST(JUDGED),            ON(contenders_awaited),        CONTEST(JUDGED),             judging_contenders_awaited, "an entry was heard of when judging was closed, or went away" },
    { CONTEST(PUBLISHED),         ON(contest_closed),            CONTEST(CLOSED),             NULL,                       "registration is over: rounds can be planned" },
    { CONTEST(CLOSED),            ON(contest_entrants_confirmed), CONTEST(ENTRANTS_CONFIRMED), NULL,                      "no further entry is registered: it is known who is to be judged" },
    { CONTEST(CLOSED),            ON(contest_round_noted),       CONTEST(CLOSED),             contest_round_noted,        "the first round was planned, or annulled before it began" },
    { CONTEST(ENTRANTS_CONFIRMED), ON(contest_round_noted),      CONTEST(ENTRANTS_CONFIRMED), contest_round_noted,        "a round was planned, confirmed or annulled" },
    { CONTEST(ENDED),             ON(contest_round_noted),       CONTEST(ENDED),              contest_round_noted,        "a round was annulled that was under way when the edition was cancelled" },
    { CONTEST(ENTRANTS_CONFIRMED), ON(judging_closed),           CONTEST(JUDGED),             NULL,                       "nobody waits, and no round is under way: what was confirmed stands" },
    { CONTEST(JUDGED),            ON(contest_reopened),          CONTEST(ENTRANTS_CONFIRMED), NULL,                       "the owner opened judging again, before there were results" },
    { CONTEST(PUBLISHED),         ON(contest_ended),             CONTEST(ENDED),              NULL,                       "the edition was cancelled before registration was over" },
    { CONTEST(CLOSED),            ON(contest_ended),             CONTEST(ENDED),              NULL,                       "the edition was cancelled before its entrants were confirmed" },
    { CONTEST(ENTRANTS_CONFIRMED), ON(contest_ended),            CONTEST(ENDED),              NULL,                       "the edition was cancelled while it was judged" },
    { CONTEST(JUDGED),            ON(contest_ended),             CONTEST(ENDED),              NULL,                       "the results are confirmed, or the edition was cancelled" },
    { 0 },
};
/* clang-format on */

const struct kind contest_kind = {
    .name = "contest",
    .states = &appraisal__contest_state__descriptor,
    .table = &contest_table,
    .handlers = contest_handlers,
    .transitions = contest_transitions,
};
