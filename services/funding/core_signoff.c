/* services/funding/core_signoff.c - two parties, one text: who may sign, and when all have.
 *
 * A person is known by the directory's id (one person, one id), so that a second account does not
 * help.
 */
#include "common/proto_value.h"
#include "services/funding/core.h"

static unsigned
role_of(int party)
{
    switch (party) {
    case FUNDING__PARTY__PARTY_HOME_AFFAIRS:
        return MAY(HOME_AFFAIRS_SIGNOFF);
    case FUNDING__PARTY__PARTY_FINANCE:
        return MAY(FINANCE_SIGNOFF);
    default:
        return 0;
    }
}

static bool
has_spoken(const struct funding_case *c, int party)
{
    LIST_EACH (const struct signoff, s, &c->signoffs)
        if (s->number == c->proposal_version && s->party == party)
            return true;
    return false;
}

/* In any version of this case. */
static bool
signed_for_another_party(const struct funding_case *c, const struct uuid *person, int party)
{
    LIST_EACH (const struct signoff, s, &c->signoffs)
        if (s->party != party && uuid_equal(&s->person_id, person))
            return true;
    return false;
}

static bool
agency_signed_for_another_party(const struct funding_case *c, const struct uuid *agency, int party)
{
    LIST_EACH (const struct signoff, s, &c->signoffs)
        if (s->number == c->proposal_version && s->party != party &&
            uuid_equal(&s->agency_id, agency))
            return true;
    return false;
}

bool
funding_has_signed(const struct funding_case *c, const struct uuid *person)
{
    LIST_EACH (const struct signoff, s, &c->signoffs)
        if (uuid_equal(&s->person_id, person))
            return true;
    return false;
}

bool
funding_has_drafted(const struct funding_case *c, const struct uuid *person)
{
    LIST_EACH (const struct proposal_version, p, &c->proposals)
        if (uuid_equal(&p->drafter_id, person))
            return true;
    return false;
}

static bool
drafted_this(const struct funding_case *c, const struct uuid *person)
{
    LIST_EACH (const struct proposal_version, p, &c->proposals)
        if (p->number == c->proposal_version && uuid_equal(&p->drafter_id, person))
            return true;
    return false;
}

static int
judge_signer(const struct given *given, const Funding__SignOff *ask)
{
    const struct funding_case *c = given->state;
    const struct actor *actor = given->actor;
    int party = (int) ask->party;
    unsigned role = role_of(party);

    if (!funding_is_current(c, ask->proposal_version, ask->digest))
        return NO(OTHER_VERSION);
    if (!role || !authority_holds(given->authority, &actor->person, role, given->programme,
                                  given->received_us))
        return NO(NOT_THE_PARTY);
    if (has_spoken(c, party))
        return NO(ALREADY_SIGNED);
    if (signed_for_another_party(c, &actor->person, party))
        return NO(SAME_PERSON);
    if (agency_signed_for_another_party(c, &actor->agency, party))
        return NO(SAME_AGENCY);
    if (drafted_this(c, &actor->person))
        return NO(DRAFTER);
    return ACCEPTED;
}

/* Both parties, when this one agrees too? Two parties: the other one must have. */
static bool
is_last(const struct funding_case *c, int party)
{
    int other = party == FUNDING__PARTY__PARTY_FINANCE ? FUNDING__PARTY__PARTY_HOME_AFFAIRS
                                                       : FUNDING__PARTY__PARTY_FINANCE;

    LIST_EACH (const struct signoff, s, &c->signoffs)
        if (s->number == c->proposal_version && s->party == other &&
            s->verdict == FUNDING__VERDICT__VERDICT_AGREE && digest_equal(&s->digest, &c->digest))
            return true;
    return false;
}

static void
say_agreed(const struct funding_case *c, struct events *out)
{
    CASE_EVENT(agreed, Funding__FundingAgreed, out, c, ON(funding_agreed));

    agreed->proposal_version = c->proposal_version;
    agreed->digest = funding_digest(out, c);
    agreed->agreed_vnd = c->proposed_vnd;
    funding_reserve(out, c, c->proposed_vnd);
}

/* The last sign-off needs room under the ceiling; without it nothing changes, and it may be given
 * again when there is room. */
static int
agree(const struct given *given, const Funding__SignOff *ask, struct events *out)
{
    const struct funding_case *c = given->state;
    bool last = is_last(c, (int) ask->party);

    if (last && !funding_has_room(also(given, 0), c->proposed_vnd))
        return NO(CEILING_EXCEEDED);

    CASE_EVENT(said, Funding__SignedOff, out, c, ON(signed_off));
    said->party = ask->party;
    said->proposal_version = c->proposal_version;
    said->digest = funding_digest(out, c);
    said->person_id = id_text(out, &given->actor->person);
    said->agency_id = id_text(out, &given->actor->agency);
    if (last)
        say_agreed(c, out);
    return ACCEPTED;
}

static int
disagree(const struct given *given, const Funding__SignOff *ask, struct events *out)
{
    const struct funding_case *c = given->state;

    if (ask->reason[0] == '\0')
        return wrong(out, NO(REASON_MISSING), "reason", "say why, and what would be acceptable");

    CASE_EVENT(refused, Funding__SignoffRefused, out, c, ON(signoff_refused));
    refused->party = ask->party;
    refused->proposal_version = c->proposal_version;
    refused->digest = funding_digest(out, c);
    refused->person_id = id_text(out, &given->actor->person);
    refused->agency_id = id_text(out, &given->actor->agency);
    refused->reason = ask->reason;
    refused->counter_amount_vnd = ask->counter_amount_vnd;
    return ACCEPTED;
}

int
funding_sign_off(const struct given *given, const void *command, struct events *out)
{
    const Funding__SignOff *ask = command;
    int refusal = judge_signer(given, ask);

    if (refusal)
        return refusal;
    return ask->verdict == FUNDING__VERDICT__VERDICT_AGREE ? agree(given, ask, out)
                                                           : disagree(given, ask, out);
}

static void
remember_signoff(struct funding_case *c, Funding__Party party, int64_t version,
                 ProtobufCBinaryData digest, const char *person, const char *agency, int verdict)
{
    struct signoff *s = list_add(&c->signoffs);

    s->number = version;
    s->party = (int) party;
    s->person_id = uuid_of(person);
    s->agency_id = uuid_of(agency);
    s->digest = proto_digest_of(digest);
    s->verdict = verdict;
}

void
funding_signed_off(void *state, const void *event)
{
    const Funding__SignedOff *e = event;

    remember_signoff(state, e->party, e->proposal_version, e->digest, e->person_id, e->agency_id,
                     FUNDING__VERDICT__VERDICT_AGREE);
}

void
funding_signoff_refused(void *state, const void *event)
{
    const Funding__SignoffRefused *e = event;

    remember_signoff(state, e->party, e->proposal_version, e->digest, e->person_id, e->agency_id,
                     FUNDING__VERDICT__VERDICT_DISAGREE);
}

void
funding_agreed(void *state, const void *event)
{
    struct funding_case *c = state;
    const Funding__FundingAgreed *e = event;

    c->agreed_vnd = e->agreed_vnd;
}
