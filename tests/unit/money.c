/* tests/unit/money.c - whatever anybody says, in whatever order: money keeps its invariants.
 *
 * 200,000 random commands of a fixed seed, by everybody, right and wrong, in short stories; after
 * every one of them the invariants are looked at from outside, without the core's own functions.
 */
#include "tests/unit/funding_story.h"

enum { STORIES = 400, COMMANDS = 500, DOSSIERS = 3, CASES = 4, CEILINGS = 2 };

static uint64_t random_state = 20191101;

/* xorshift64*: the same numbers everywhere. */
static unsigned
any(unsigned below)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (unsigned) ((random_state * UINT64_C(2685821657736338717)) >> 33) % below;
}

static unsigned
anybody(void)
{
    static const unsigned people[] = { OFFICER,    HA_SIGNER,  HA_DEPUTY,  HA_DRAFTER,
                                       FIN_SIGNER, FIN_DEPUTY, ACCOUNTANT, CHAIR,
                                       EVERYBODY,  SECOND_ALL, CASHIER,    HEAD };

    return people[any(sizeof(people) / sizeof(people[0]))];
}

/* Mostly whoever is meant to, else anybody. */
static unsigned
mostly(unsigned person)
{
    return any(3) ? person : anybody();
}

static unsigned
any_case(void)
{
    return CASE + any(CASES);
}

/* ------------------------------------------------------------------ what anybody may say */

static void
say_ceiling(struct story *s)
{
    static const int64_t amounts[] = { 300, 1000, 1500, 2500 };
    Funding__SetCeiling ask = FUNDING__SET_CEILING__INIT;

    ask.budget_source = any(9) ? "provincial" : "district";
    ask.fiscal_year = any(9) ? 2020 : 2021;
    ask.amount_vnd = amounts[any(4)];
    ask.document = paper(s, "1/QD-UBND");
    story_as(s, mostly(FIN_SIGNER));
    story_say(s, CEILING + any(CEILINGS), &ask);
}

static void
say_opening(struct story *s)
{
    Funding__OpenFundingCase ask = opening(s);

    ask.dossier_id = story_id(s, DOSSIER + any(DOSSIERS));
    ask.ceiling_id = story_id(s, CEILING + any(CEILINGS));
    ask.purpose = (Funding__Purpose) (1 + any(2));
    story_as(s, mostly(OFFICER));
    story_say(s, any_case(), &ask);
}

static void
say_proposal(struct story *s)
{
    int64_t quantity = 1 + any(4), price = 50 + any(4) * 50, amount = quantity * price;

    story_as(s, any(2) ? OFFICER : mostly(HA_DRAFTER));
    propose(s, any_case(), quantity, price, amount, any(9) ? amount : amount + 1);
}

static void
say_signoff(struct story *s)
{
    static const unsigned signers[] = { HA_SIGNER,  HA_DEPUTY, HA_DRAFTER, FIN_SIGNER,
                                        FIN_DEPUTY, EVERYBODY, SECOND_ALL };
    unsigned funding_case = any_case();
    Funding__SignOff ask = signing(s, funding_case, (Funding__Party) (1 + any(2)));
    struct digest digest;
    int64_t number;

    if (any(12) == 0)
        ask.digest.data = (uint8_t *) (uintptr_t) other_digest;
    if (any(12) == 0)
        ask.proposal_version += any(2) ? 1 : -1;
    if (any(12) == 0)
        ask.verdict = FUNDING__VERDICT__VERDICT_DISAGREE;
    ask.reason = any(4) ? "because" : "";
    number = case_of(s, funding_case)->proposal_version;
    digest = case_of(s, funding_case)->digest;
    story_as(s, mostly(signers[any(sizeof(signers) / sizeof(signers[0]))]));
    story_say(s, funding_case, &ask);
    if (s->last.happened.count) { /* signed was what stood there, and nothing else */
        assert_int_equal(ask.proposal_version, number);
        assert_memory_equal(ask.digest.data, digest.bytes, sizeof(digest.bytes));
    }
}

static void
say_decision(struct story *s)
{
    unsigned funding_case = any_case();
    Funding__Decide ask =
        deciding(s, funding_case,
                 any(4) ? FUNDING__RULING__RULING_APPROVE : FUNDING__RULING__RULING_REJECT, 0);

    ask.amount_vnd = ask.ruling == FUNDING__RULING__RULING_APPROVE ? any(600) : any(5) / 4;
    story_as(s, any(2) ? CHAIR : mostly(EVERYBODY));
    story_say(s, funding_case, &ask);
}

static void
say_payment(struct story *s)
{
    char voucher[16];

    snprintf(voucher, sizeof(voucher), "C2-%u", any(40));
    disburse(s, any_case(), 1 + any(60), any(9) ? 2020 : 2021, voucher);
}

static void
say_anything(struct story *s)
{
    unsigned what = any(100);

    if (what < 3)
        say_ceiling(s);
    else if (what < 9)
        say_opening(s);
    else if (what < 21)
        say_proposal(s);
    else if (what < 59)
        say_signoff(s);
    else if (what < 61)
        revise(s, any_case());
    else if (what < 73)
        submit(s, any_case());
    else if (what < 81)
        say_decision(s);
    else if (what < 90)
        allot(s, any_case(), 1 + any(150));
    else if (what < 98)
        say_payment(s);
    else if (what < 99)
        appraised(s, DOSSIER + any(DOSSIERS), (Appraisal__Outcome) (1 + any(4)),
                  200 + 200 * any(4));
    else if (any(3) == 0)
        entry_withdrawn(s, DOSSIER + any(DOSSIERS));
}

/* ------------------------------------------------------------------ what must hold */

static bool
was_agreed(int state)
{
    return state == IS(AGREED) || state == IS(SUBMITTED) || state == IS(APPROVED) ||
           state == IS(REJECTED) || state == IS(ALLOTTED) || state == IS(DISBURSING);
}

/* Two agreements over the case's present text, by two persons of two agencies, neither of whom
 * wrote it. */
static void
assert_two_signoffs(const struct funding_case *c)
{
    const struct proposal_version *current = list_at(&c->proposals, c->proposals.count - 1);
    const struct signoff *found[3] = { NULL, NULL, NULL };

    LIST_EACH (const struct signoff, s, &c->signoffs)
        if (s->number == c->proposal_version) {
            assert_int_equal(s->verdict, FUNDING__VERDICT__VERDICT_AGREE);
            assert_memory_equal(&s->digest, &c->digest, sizeof(s->digest));
            assert_null(found[s->party]);
            found[s->party] = s;
        }
    assert_non_null(found[1]);
    assert_non_null(found[2]);
    assert_memory_not_equal(&found[1]->person_id, &found[2]->person_id, sizeof(struct uuid));
    assert_memory_not_equal(&found[1]->agency_id, &found[2]->agency_id, sizeof(struct uuid));
    for (int party = 1; party <= 2; party++) {
        assert_memory_not_equal(&found[party]->person_id, &current->drafter_id,
                                sizeof(struct uuid));
        assert_memory_not_equal(&found[party]->person_id, &c->decided_by, sizeof(struct uuid));
    }
}

static void
assert_nobody_changed_sides(const struct funding_case *c)
{
    LIST_EACH (const struct signoff, a, &c->signoffs)
        LIST_EACH (const struct signoff, b, &c->signoffs)
            if (a->party != b->party)
                assert_memory_not_equal(&a->person_id, &b->person_id, sizeof(struct uuid));
}

static void
assert_lines_add_up(const struct funding_case *c)
{
    int64_t sum = 0;

    LIST_EACH (const struct proposal_line, line, &c->lines)
        if (line->number == c->proposal_version)
            sum += line->quantity * line->unit_price_vnd;
    assert_int_equal(sum, c->proposed_vnd);
}

static void
assert_amounts(const struct funding_case *c)
{
    int64_t paid = 0;

    LIST_EACH (const struct disbursement, d, &c->disbursements)
        paid += d->amount_vnd;
    assert_int_equal(paid, c->disbursed_vnd);
    assert_true(0 <= c->disbursed_vnd && c->disbursed_vnd <= c->allotted_vnd &&
                c->allotted_vnd <= c->approved_vnd && c->approved_vnd <= c->agreed_vnd &&
                c->agreed_vnd <= c->proposed_vnd && c->proposed_vnd <= c->appraised_vnd);
}

static void
assert_case_holds(struct story *s, const struct funding_case *c)
{
    const struct aggregate *r = world_hold(s->world, &recommendation_kind, c->dossier_id)->state;
    bool over = c->self.state == IS(REJECTED) || c->self.state == IS(WITHDRAWN);

    assert_amounts(c);
    assert_lines_add_up(c);
    assert_nobody_changed_sides(c);
    if (was_agreed(c->self.state))
        assert_two_signoffs(c);
    if (r->state == FUNDING__RECOMMENDATION_STATE__RECOMMENDATION_STATE_WITHDRAWN)
        assert_true(over || c->revocation_required);
}

static void
assert_ceiling_holds(struct story *s, unsigned ceiling)
{
    const struct budget_ceiling *limit = ceiling_of(s, ceiling);
    int64_t reserved = 0, committed = 0;

    for (unsigned i = 0; i < CASES; i++) {
        const struct funding_case *c = case_of(s, CASE + i);

        if (!uuid_equal(&c->ceiling_id, &limit->self.id))
            continue;
        if (c->self.state == IS(AGREED) || c->self.state == IS(SUBMITTED))
            reserved += c->agreed_vnd;
        committed += c->approved_vnd;
    }
    assert_int_equal(limit->reserved_vnd, reserved);
    assert_int_equal(limit->committed_vnd, committed);
    assert_true(reserved + committed <= limit->amount_vnd);
}

/* What happened at all: a story in which nothing happens proves nothing. */
static unsigned long
count_of(const char *word, const char *text, unsigned long *count)
{
    *count += strstr(text, word) != NULL;
    return *count;
}

static void
money_keeps_its_invariants_whatever_anybody_says(void **unused)
{
    static const char *const words[] = { "FundingAgreed",     "FundingApproved", "FundingRejected",
                                         "FundsDisbursed",    "CeilingReleased", "CEILING_EXCEEDED",
                                         "SAME_PERSON",       "SAME_AGENCY",     "DRAFTER",
                                         "SIGNED_BEFORE",     "OTHER_VERSION",   "BELOW_COMMITTED",
                                         "RevocationRequired" };
    unsigned long counts[sizeof(words) / sizeof(words[0])] = { 0 };

    (void) unused;
    for (int story = 0; story < STORIES; story++) {
        struct story s;

        begin(&s);
        set_ceiling(&s, CEILING, "provincial", 2020, 1000);
        for (unsigned i = 0; i < DOSSIERS; i++)
            appraised(&s, DOSSIER + i, APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_BOTH, 600);
        for (int command = 0; command < COMMANDS; command++) {
            say_anything(&s);
            for (unsigned i = 0; i < CASES; i++)
                assert_case_holds(&s, case_of(&s, CASE + i));
            for (unsigned i = 0; i < CEILINGS; i++)
                assert_ceiling_holds(&s, CEILING + i);
            for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
                count_of(words[i], story_result(&s), &counts[i]);
        }
        story_end(&s);
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (counts[i] < 30)
            fail_msg("%s only %lu times: nothing is shown", words[i], counts[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(money_keeps_its_invariants_whatever_anybody_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
