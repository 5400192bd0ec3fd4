/* tests/model/simulation/mistakes_appraisal.c - mistakes about panels, opinions, votes and reports. */
#include "sangkien/submissions/v1/events.pb-c.h"
#include "services/appraisal/appraisal.h"
#include "tests/model/simulation/simulation.h"

static int
decide_on(const struct given *given, const void *state, const void *message, struct events *out)
{
    struct given looked = *given;

    looked.state = state;
    return as_it_should_be(&looked, message, out);
}

/* Nobody looks whether it was taken up, nor says that it is. */
static int
appraisal_twice(const struct given *given, const void *message, struct events *out)
{
    struct dossier_intake seen = *(const struct dossier_intake *) also(given, 0);
    struct given looked = *given;
    struct held also = given->also[0];
    int refusal;

    if (seen.self.state == INTAKE(TAKEN_UP))
        seen.self.state = INTAKE(WAITING);
    also.state = &seen.self;
    looked.also = &also;
    refusal = as_it_should_be(&looked, message, out);
    if (!refusal && seen.appraisal_case_id.bytes[6])
        out->said.count--;
    return refusal;
}

static int
author_sits(const struct given *given, const void *message, struct events *out)
{
    struct appraisal_case seen = *(const struct appraisal_case *) given->state;

    list_init(&seen.authors, sim.letters, sizeof(struct case_author));
    return decide_on(given, &seen, message, out);
}

static int
silence_counts(const struct given *given, const void *message, struct events *out)
{
    struct given looked = *given;

    looked.received_us = INT64_MAX;
    return as_it_should_be(&looked, message, out);
}

/* All are taken to have voted for it; their number is told as it was. */
static int
votes_not_counted(const struct given *given, const void *message, struct events *out)
{
    const struct appraisal_case *c = given->state;
    const Appraisal__Conclude *asked = message;
    Appraisal__Conclude ask = *asked;
    Appraisal__AppraisalConcluded *concluded;
    int refusal;

    ask.votes_for = (int32_t) c->panel.count;
    refusal = as_it_should_be(given, &ask, out);
    concluded = just_said(out, ON(appraisal_concluded));
    if (concluded)
        concluded->votes_for = asked->votes_for;
    return refusal;
}

static int
above_estimate(const struct given *given, const void *message, struct events *out)
{
    struct appraisal_case seen = *(const struct appraisal_case *) given->state;

    seen.estimate_vnd = INT64_MAX;
    return decide_on(given, &seen, message, out);
}

static int
report_changed(const struct given *given, const void *message, struct events *out)
{
    int refusal = as_it_should_be(given, message, out);
    Appraisal__AppraisalReported *reported = just_said(out, ON(appraisal_reported));

    if (reported)
        reported->recommended_ceiling_vnd++;
    return refusal;
}

static int
deaf(const struct given *given, const void *message, struct events *out)
{
    (void) given;
    (void) message;
    (void) out;
    return NO(BAD_DATE);
}

/* clang-format off */
const struct mistaken appraisal_mistakes[] = {
    { APPRAISAL_TWICE,   &appraisal_case_kind, ON(open_appraisal), appraisal_twice },
    { AUTHOR_SITS,       &appraisal_case_kind, ON(set_panel),    author_sits },
    { SILENCE_COUNTS,    &appraisal_case_kind, ON(conclude),     silence_counts },
    { VOTES_NOT_COUNTED, &appraisal_case_kind, ON(conclude),     votes_not_counted },
    { ABOVE_ESTIMATE,    &appraisal_case_kind, ON(conclude),     above_estimate },
    { REPORT_CHANGED,    &appraisal_case_kind, ON(issue_report), report_changed },
    { DEAF, &dossier_intake_kind, OF(submissions, dossier_accepted), deaf },
    { 0 },
};
/* clang-format on */
