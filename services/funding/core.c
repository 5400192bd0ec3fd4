/* services/funding/core.c - every move of money, as tables. Pure: no SQL, no sockets, no clock. */
#include "services/funding/core.h"

#include "sangkien/appraisal/v1/events.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"

#define IS_NOTED FUNDING__RECOMMENDATION_STATE__RECOMMENDATION_STATE_NOTED
#define IS_GONE FUNDING__RECOMMENDATION_STATE__RECOMMENDATION_STATE_WITHDRAWN
#define IS_SET FUNDING__CEILING_STATE__CEILING_STATE_SET

/* clang-format off */
static const struct handler recommendation_handlers[] = {
    /* message                                      who may  decide             birth   also locks            about */
    { &appraisal__appraisal_reported__descriptor,   HEARD,   funding_take_note, EITHER, NULL,                 funding_dossier_reported },
    { &submissions__entry_withdrawn__descriptor,    HEARD,   funding_withdraw,  EITHER, funding_linked_cases, NULL },
    { &submissions__entry_disqualified__descriptor, HEARD,   funding_withdraw,  EITHER, funding_linked_cases, NULL },
    { &submissions__result_annulled__descriptor,    HEARD,   funding_withdraw,  EITHER, funding_linked_cases, NULL },
    { &submissions__dossier_closed__descriptor,     HEARD,   funding_close,     EITHER, funding_linked_cases, NULL },
    { &submissions__dossier_not_filed__descriptor,  HEARD,   funding_close,     EITHER, funding_linked_cases, NULL },
    { 0 },
};

static const struct transition recommendation_transitions[] = {
    /* from      when                           to         remember        because */
    { NOTHING,   ON(recommendation_noted),      IS_NOTED,  funding_noted,  "appraisal reported" },
    { IS_NOTED,  ON(recommendation_noted),      IS_NOTED,  funding_noted,  "a later report takes the place of an earlier one" },
    { IS_NOTED,  ON(case_linked),               IS_NOTED,  funding_linked, "a funding case rests on the recommendation" },
    { NOTHING,   ON(recommendation_withdrawn),  IS_GONE,   NULL,           "an entry that was withdrawn, or is archived, can never gain money" },
    { IS_NOTED,  ON(recommendation_withdrawn),  IS_GONE,   NULL,           "an entry that was withdrawn, or is archived, can gain no more money" },
    { 0 },
};

static const struct handler funding_case_handlers[] = {
    /* message                 who may                                            decide                       birth       also locks */
    { ON(open_funding_case),   MAY(STANDING),                                     funding_open_case,           CREATES,    funding_grounds,    NULL },
    { ON(propose_funding),     MAY(STANDING),                                     funding_propose,             MUST_EXIST, NULL,               NULL },
    { ON(sign_off),            MAY(HOME_AFFAIRS_SIGNOFF) | MAY(FINANCE_SIGNOFF),  funding_sign_off,            MUST_EXIST, funding_ceiling_of, NULL },
    { ON(revise_proposal),     MAY(STANDING),                                     funding_revise,              MUST_EXIST, funding_ceiling_of, NULL },
    { ON(submit_to_authority), MAY(STANDING),                                     funding_submit,              MUST_EXIST, NULL,               NULL },
    { ON(decide),              MAY(AUTHORITY),                                    funding_decide,              MUST_EXIST, funding_ceiling_of, NULL },
    { ON(allot),               MAY(ACCOUNTANT),                                   funding_allot,               MUST_EXIST, NULL,               NULL },
    { ON(record_disbursement), MAY(TREASURY) | MAY(ACCOUNTANT),                   funding_record_disbursement, MUST_EXIST, NULL,               NULL },
    { 0 },
};

static const struct transition funding_case_transitions[] = {
    /* from               when                        to                  remember                     because */
    { NOTHING,            ON(funding_case_opened),    IS(DRAFT),          funding_case_opened,         "appraisal recommends this purpose" },
    { IS(DRAFT),          ON(funding_proposed),       IS(PROPOSED),       funding_proposed,            "a text and an amount lie on the table" },
    { IS(REVISING),       ON(funding_proposed),       IS(PROPOSED),       funding_proposed,            "a new version voids every sign-off of the old one" },
    { IS(PROPOSED),       ON(signoff_opened),         IS(UNDER_SIGNOFF),  NULL,                        "both parties have the same text before them" },
    { IS(UNDER_SIGNOFF),  ON(signed_off),             IS(UNDER_SIGNOFF),  funding_signed_off,          "one party agreed to this very version" },
    { IS(UNDER_SIGNOFF),  ON(funding_agreed),         IS(AGREED),         funding_agreed,              "every party agreed to this very version" },
    { IS(UNDER_SIGNOFF),  ON(signoff_refused),        IS(REVISING),       funding_signoff_refused,     "a party disagreed" },
    { IS(UNDER_SIGNOFF),  ON(proposal_revised),       IS(REVISING),       funding_revised,             "the text is taken back; its sign-offs are void" },
    { IS(AGREED),         ON(proposal_revised),       IS(REVISING),       funding_revised,             "the agreed text is taken back; its sign-offs are void" },
    { IS(AGREED),         ON(funding_submitted),      IS(SUBMITTED),      funding_submitted,           "the agreed text lies before the authority" },
    { IS(SUBMITTED),      ON(funding_approved),       IS(APPROVED),       funding_approved,            "the authority grants the money" },
    { IS(SUBMITTED),      ON(funding_rejected),       IS(REJECTED),       funding_rejected,            "the authority grants nothing" },
    { IS(APPROVED),       ON(funds_allotted),         IS(ALLOTTED),       funding_allotted,            "the budget unit may spend" },
    { IS(ALLOTTED),       ON(funds_allotted),         IS(ALLOTTED),       funding_allotted,            "the budget unit may spend more" },
    { IS(ALLOTTED),       ON(funds_disbursed),        IS(DISBURSING),     funding_disbursed,           "the first money is out" },
    { IS(DISBURSING),     ON(funds_disbursed),        IS(DISBURSING),     funding_disbursed,           "more money is out" },
    { IS(DRAFT),          ON(funding_withdrawn),      IS(WITHDRAWN),      NULL,                        "the entry was withdrawn, or is archived" },
    { IS(PROPOSED),       ON(funding_withdrawn),      IS(WITHDRAWN),      NULL,                        "the entry was withdrawn, or is archived" },
    { IS(UNDER_SIGNOFF),  ON(funding_withdrawn),      IS(WITHDRAWN),      NULL,                        "the entry was withdrawn, or is archived" },
    { IS(REVISING),       ON(funding_withdrawn),      IS(WITHDRAWN),      NULL,                        "the entry was withdrawn, or is archived" },
    { IS(AGREED),         ON(funding_withdrawn),      IS(WITHDRAWN),      NULL,                        "the entry was withdrawn, or is archived" },
    { IS(SUBMITTED),      ON(funding_withdrawn),      IS(WITHDRAWN),      NULL,                        "the entry was withdrawn, or is archived" },
    { IS(APPROVED),       ON(revocation_required),    IS(APPROVED),       funding_revocation_required, "the entry was withdrawn, or archived, after the decision" },
    { IS(ALLOTTED),       ON(revocation_required),    IS(ALLOTTED),       funding_revocation_required, "the entry was withdrawn, or archived, after the allotment" },
    { IS(DISBURSING),     ON(revocation_required),    IS(DISBURSING),     funding_revocation_required, "the entry was withdrawn, or archived, when money was out" },
    { 0 },
};

static const struct handler budget_ceiling_handlers[] = {
    /* message            who may                                    decide               birth */
    { ON(set_ceiling),    MAY(FINANCE_SIGNOFF) | MAY(AUTHORITY),     funding_set_ceiling, EITHER, NULL, NULL },
    { 0 },
};

static const struct transition budget_ceiling_transitions[] = {
    /* from    when                    to       remember                   because */
    { NOTHING, ON(ceiling_set),        IS_SET,  funding_ceiling_set,       "the source has a limit for the year" },
    { IS_SET,  ON(ceiling_changed),    IS_SET,  funding_ceiling_changed,   "the limit was changed by a document" },
    { IS_SET,  ON(ceiling_reserved),   IS_SET,  funding_ceiling_reserved,  "a case was agreed" },
    { IS_SET,  ON(ceiling_released),   IS_SET,  funding_ceiling_released,  "an agreed case was taken back, rejected or withdrawn" },
    { IS_SET,  ON(ceiling_committed),  IS_SET,  funding_ceiling_committed, "a case was approved" },
    { 0 },
};

const struct kind recommendation_kind = {
    "recommendation", &funding__recommendation_state__descriptor, &recommendation_table,
    recommendation_handlers, recommendation_transitions,
};

const struct kind funding_case_kind = {
    "funding_case", &funding__funding_state__descriptor, &funding_case_table,
    funding_case_handlers, funding_case_transitions,
};

const struct kind budget_ceiling_kind = {
    "budget_ceiling", &funding__ceiling_state__descriptor, &budget_ceiling_table,
    budget_ceiling_handlers, budget_ceiling_transitions,
};
/* clang-format on */
