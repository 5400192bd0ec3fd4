/* tests/unit/funding_story.h - the people, the commands and the beginnings of funding's stories.
 *
 * Units      whole dong, small ones.
 */
#ifndef SANGKIEN_TESTS_UNIT_FUNDING_STORY_H
#define SANGKIEN_TESTS_UNIT_FUNDING_STORY_H

#include "services/funding/funding.h"
#include "tests/unit/story.h"

#include "sangkien/appraisal/v1/events.pb-c.h"
#include "sangkien/submissions/v1/events.pb-c.h"

#define HERE "khanh-hoa"

/* Agencies, and the persons in them: person 11 is of agency 1. */
enum { HOME_AFFAIRS = 1, FINANCE, COMMITTEE, TREASURY, ENTRANT, UNIT };
enum {
    OFFICER = 11,    /* STANDING: opens and drafts */
    HA_SIGNER,       /* HOME_AFFAIRS_SIGNOFF */
    HA_DEPUTY,       /* HOME_AFFAIRS_SIGNOFF */
    HA_DRAFTER,      /* STANDING and HOME_AFFAIRS_SIGNOFF */
    FIN_SIGNER = 21, /* FINANCE_SIGNOFF */
    FIN_DEPUTY,      /* FINANCE_SIGNOFF */
    ACCOUNTANT,      /* ACCOUNTANT */
    CHAIR = 31,      /* AUTHORITY */
    EVERYBODY,    /* both sign-offs, STANDING and AUTHORITY: the officer who must not be able to */
    SECOND_ALL,   /* the same roles, the same agency */
    CASHIER = 41, /* TREASURY */
    HEAD = 51,    /* no role that matters here */
    BOOKKEEPER,   /* ACCOUNTANT, at the entrant */
};
enum { CEILING = 900, OTHER_CEILING, NO_CEILING, DOSSIER = 100, CASE = 200, OTHER_CASE };

static const uint8_t other_digest[32] = { 1 };

static inline void
begin(struct story *s)
{
    story_begin(s, &funding_service, HERE);
    for (unsigned agency = HOME_AFFAIRS; agency <= UNIT; agency++)
        story_agency(s, agency);
    for (unsigned person = OFFICER; person <= HA_DRAFTER; person++)
        story_person(s, HOME_AFFAIRS, person);
    for (unsigned person = FIN_SIGNER; person <= ACCOUNTANT; person++)
        story_person(s, FINANCE, person);
    for (unsigned person = CHAIR; person <= SECOND_ALL; person++)
        story_person(s, COMMITTEE, person);
    story_person(s, TREASURY, CASHIER);
    story_person(s, ENTRANT, HEAD);
    story_person(s, ENTRANT, BOOKKEEPER);
    story_bind(s, DIRECTORY__ROLE__ROLE_ACCOUNTANT, ENTRANT, BOOKKEEPER, HERE);
    story_bind(s, DIRECTORY__ROLE__ROLE_STANDING, HOME_AFFAIRS, OFFICER, HERE);
    story_bind(s, DIRECTORY__ROLE__ROLE_HOME_AFFAIRS_SIGNOFF, HOME_AFFAIRS, HA_SIGNER, HERE);
    story_bind(s, DIRECTORY__ROLE__ROLE_HOME_AFFAIRS_SIGNOFF, HOME_AFFAIRS, HA_DEPUTY, HERE);
    story_bind(s, DIRECTORY__ROLE__ROLE_HOME_AFFAIRS_SIGNOFF, HOME_AFFAIRS, HA_DRAFTER, HERE);
    story_bind(s, DIRECTORY__ROLE__ROLE_STANDING, HOME_AFFAIRS, HA_DRAFTER, HERE);
    story_bind(s, DIRECTORY__ROLE__ROLE_FINANCE_SIGNOFF, FINANCE, FIN_SIGNER, HERE);
    story_bind(s, DIRECTORY__ROLE__ROLE_FINANCE_SIGNOFF, FINANCE, FIN_DEPUTY, HERE);
    story_bind(s, DIRECTORY__ROLE__ROLE_ACCOUNTANT, FINANCE, ACCOUNTANT, HERE);
    story_bind(s, DIRECTORY__ROLE__ROLE_AUTHORITY, COMMITTEE, CHAIR, HERE);
    for (unsigned person = EVERYBODY; person <= SECOND_ALL; person++) {
        story_bind(s, DIRECTORY__ROLE__ROLE_STANDING, COMMITTEE, person, HERE);
        story_bind(s, DIRECTORY__ROLE__ROLE_HOME_AFFAIRS_SIGNOFF, COMMITTEE, person, HERE);
        story_bind(s, DIRECTORY__ROLE__ROLE_FINANCE_SIGNOFF, COMMITTEE, person, HERE);
        story_bind(s, DIRECTORY__ROLE__ROLE_AUTHORITY, COMMITTEE, person, HERE);
    }
    story_bind(s, DIRECTORY__ROLE__ROLE_TREASURY, TREASURY, CASHIER, HERE);
}

/* ------------------------------------------------------------------ what is said */

static inline Types__OfficialDocument *
paper(struct story *s, const char *symbol)
{
    Types__OfficialDocument *document = proto_new(s->arena, &types__official_document__descriptor);

    document->kind = TYPES__DOCUMENT_KIND__DOCUMENT_KIND_DECISION;
    document->document_symbol = symbol;
    return document;
}

static inline void
appraised(struct story *s, unsigned dossier, Appraisal__Outcome outcome, int64_t vnd)
{
    Appraisal__AppraisalReported e = APPRAISAL__APPRAISAL_REPORTED__INIT;

    e.appraisal_case_id = story_id(s, 700);
    e.dossier_id = story_id(s, dossier);
    e.dossier_version = 1;
    e.entry_code = "KH-2019-7";
    e.title = "Bookless library";
    e.entrant_agency_id = story_id(s, ENTRANT);
    e.outcome = outcome;
    e.recommended_ceiling_vnd = vnd;
    story_hear(s, 700, &e);
}

static inline void
entry_withdrawn(struct story *s, unsigned dossier)
{
    Submissions__EntryWithdrawn e = SUBMISSIONS__ENTRY_WITHDRAWN__INIT;

    e.entry_id = story_id(s, dossier);
    e.reason = "given up";
    story_hear(s, dossier, &e);
}

static inline void
set_ceiling(struct story *s, unsigned ceiling, const char *source, int year, int64_t vnd)
{
    Funding__SetCeiling ask = FUNDING__SET_CEILING__INIT;

    ask.budget_source = source;
    ask.fiscal_year = year;
    ask.amount_vnd = vnd;
    ask.document = paper(s, "1/QD-UBND");
    story_as(s, FIN_SIGNER);
    story_say(s, ceiling, &ask);
}

static inline Funding__OpenFundingCase
opening(struct story *s)
{
    Funding__OpenFundingCase ask = FUNDING__OPEN_FUNDING_CASE__INIT;

    ask.dossier_id = story_id(s, DOSSIER);
    ask.purpose = FUNDING__PURPOSE__PURPOSE_COMPLETION;
    ask.fiscal_year = 2020;
    ask.ceiling_id = story_id(s, CEILING);
    ask.beneficiary_kind = FUNDING__BENEFICIARY_KIND__BENEFICIARY_KIND_AGENCY;
    ask.beneficiary_id = story_id(s, ENTRANT);
    ask.budget_unit_agency_id = story_id(s, UNIT);
    ask.budget_unit_code = "1034567";
    return ask;
}

static inline void
open_case(struct story *s, unsigned funding_case, const Funding__OpenFundingCase *ask)
{
    story_as(s, OFFICER);
    story_say(s, funding_case, ask);
}

/* One line of so many times the price, and what they are said to come to. */
static inline void
propose(struct story *s, unsigned funding_case, int64_t quantity, int64_t price, int64_t amount,
        int64_t total)
{
    Funding__ProposeFunding ask = FUNDING__PROPOSE_FUNDING__INIT;
    Types__EstimateLine line = TYPES__ESTIMATE_LINE__INIT, *lines[] = { &line };

    line.description = "shelves";
    line.quantity = quantity;
    line.unit_price_vnd = price;
    line.amount_vnd = amount;
    line.index_code = "6750";
    ask.n_lines = 1;
    ask.lines = lines;
    ask.total_vnd = total;
    story_say(s, funding_case, &ask);
}

static inline void
proposed(struct story *s, unsigned funding_case, int64_t vnd)
{
    story_as(s, OFFICER);
    propose(s, funding_case, 1, vnd, vnd, vnd);
}

static inline const struct funding_case *
case_of(struct story *s, unsigned funding_case)
{
    return story_state(s, &funding_case_kind, funding_case);
}

static inline const struct budget_ceiling *
ceiling_of(struct story *s, unsigned ceiling)
{
    return story_state(s, &budget_ceiling_kind, ceiling);
}

static inline ProtobufCBinaryData
digest_of(struct story *s, unsigned funding_case)
{
    struct bytes copy = arena_bytes(s->arena, case_of(s, funding_case)->digest.bytes, 32);

    return (ProtobufCBinaryData){ copy.size, (uint8_t *) (uintptr_t) copy.data };
}

static inline Funding__SignOff
signing(struct story *s, unsigned funding_case, Funding__Party party)
{
    Funding__SignOff ask = FUNDING__SIGN_OFF__INIT;

    ask.party = party;
    ask.verdict = FUNDING__VERDICT__VERDICT_AGREE;
    ask.proposal_version = case_of(s, funding_case)->proposal_version;
    ask.digest = digest_of(s, funding_case);
    return ask;
}

static inline void
sign(struct story *s, unsigned funding_case, unsigned person, Funding__Party party)
{
    Funding__SignOff ask = signing(s, funding_case, party);

    story_as(s, person);
    story_say(s, funding_case, &ask);
}

static inline void
object(struct story *s, unsigned person, Funding__Party party, const char *reason)
{
    Funding__SignOff ask = signing(s, CASE, party);

    ask.verdict = FUNDING__VERDICT__VERDICT_DISAGREE;
    ask.reason = reason;
    story_as(s, person);
    story_say(s, CASE, &ask);
}

static inline void
revise(struct story *s, unsigned funding_case)
{
    Funding__ReviseProposal ask = FUNDING__REVISE_PROPOSAL__INIT;

    ask.reason = "prices fell";
    story_as(s, OFFICER);
    story_say(s, funding_case, &ask);
}

static inline void
submit(struct story *s, unsigned funding_case)
{
    Funding__SubmitToAuthority ask = FUNDING__SUBMIT_TO_AUTHORITY__INIT;

    ask.proposal_version = case_of(s, funding_case)->proposal_version;
    ask.digest = digest_of(s, funding_case);
    ask.submission = paper(s, "12/TTr-SNV");
    story_as(s, OFFICER);
    story_say(s, funding_case, &ask);
}

static inline Funding__Decide
deciding(struct story *s, unsigned funding_case, Funding__Ruling ruling, int64_t vnd)
{
    Funding__Decide ask = FUNDING__DECIDE__INIT;

    ask.ruling = ruling;
    ask.proposal_version = case_of(s, funding_case)->proposal_version;
    ask.digest = digest_of(s, funding_case);
    ask.amount_vnd = vnd;
    ask.reason = ruling == FUNDING__RULING__RULING_REJECT ? "no money" : "";
    ask.decision = paper(s, "123/QD-UBND");
    return ask;
}

static inline void
decide(struct story *s, unsigned funding_case, unsigned person, Funding__Ruling ruling, int64_t vnd)
{
    Funding__Decide ask = deciding(s, funding_case, ruling, vnd);

    story_as(s, person);
    story_say(s, funding_case, &ask);
}

static inline void
approve(struct story *s, unsigned funding_case, int64_t vnd)
{
    decide(s, funding_case, CHAIR, FUNDING__RULING__RULING_APPROVE, vnd);
}

static inline void
allot_as(struct story *s, unsigned person, unsigned funding_case, int64_t vnd)
{
    Funding__Allot ask = FUNDING__ALLOT__INIT;

    ask.amount_vnd = vnd;
    ask.allotment_method = FUNDING__ALLOTMENT_METHOD__ALLOTMENT_METHOD_PAYMENT_ORDER;
    ask.document = paper(s, "5/LCT");
    story_as(s, person);
    story_say(s, funding_case, &ask);
}

static inline void
allot(struct story *s, unsigned funding_case, int64_t vnd)
{
    allot_as(s, ACCOUNTANT, funding_case, vnd);
}

static inline void
disburse(struct story *s, unsigned funding_case, int64_t vnd, int year, const char *voucher)
{
    Funding__RecordDisbursement ask = FUNDING__RECORD_DISBURSEMENT__INIT;

    ask.disbursement_kind = FUNDING__DISBURSEMENT_KIND__DISBURSEMENT_KIND_PAYMENT;
    ask.amount_vnd = vnd;
    ask.treasury_office = "Nha Trang";
    ask.voucher_year = year;
    ask.voucher_number = voucher;
    story_as(s, CASHIER);
    story_say(s, funding_case, &ask);
}

/* ------------------------------------------------------------------ how far the story has come */

static inline void
given_a_recommendation(struct story *s)
{
    begin(s);
    set_ceiling(s, CEILING, "provincial", 2020, 1000);
    appraised(s, DOSSIER, APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_BOTH, 600);
}

static inline void
given_an_open_case(struct story *s)
{
    given_a_recommendation(s);

    Funding__OpenFundingCase ask = opening(s);
    open_case(s, CASE, &ask);
    assert_happened(s, "FundingCaseOpened, CaseLinked");
}

static inline void
given_a_proposal(struct story *s)
{
    given_an_open_case(s);
    proposed(s, CASE, 500);
    assert_happened(s, "FundingProposed, SignoffOpened");
}

static inline void
given_an_agreed_case(struct story *s)
{
    given_a_proposal(s);
    sign(s, CASE, HA_SIGNER, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    assert_happened(s, "SignedOff");
    sign(s, CASE, FIN_SIGNER, FUNDING__PARTY__PARTY_FINANCE);
    assert_happened(s, "SignedOff, FundingAgreed, CeilingReserved");
}

static inline void
given_a_submitted_case(struct story *s)
{
    given_an_agreed_case(s);
    submit(s, CASE);
    assert_happened(s, "FundingSubmitted");
}

static inline void
given_an_approved_case(struct story *s)
{
    given_a_submitted_case(s);
    approve(s, CASE, 400);
    assert_happened(s, "FundingApproved, CeilingCommitted");
}

static inline void
given_an_allotted_case(struct story *s)
{
    given_an_approved_case(s);
    allot(s, CASE, 300);
    assert_happened(s, "FundsAllotted");
}

#define A_STORY(name, given)                                                                       \
    static void name##_told(struct story *s);                                                      \
    static void name(void **unused)                                                                \
    {                                                                                              \
        struct story s;                                                                            \
                                                                                                   \
        (void) unused;                                                                             \
        given(&s);                                                                                 \
        name##_told(&s);                                                                           \
        story_end(&s);                                                                             \
    }                                                                                              \
    static void name##_told(struct story *s)

#endif
