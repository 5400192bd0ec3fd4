/* tests/model/simulation/check_signoff.c - two parties, one text: R-F2, R-F3, R-F5, R-F6, R-F9 to R-F11. Shares no line
 * with the core. */
#include "sangkien/directory/v1/types.pb-c.h"
#include "sangkien/funding/v1/commands.pb-c.h"
#include "tests/model/simulation/money.h"

/* ------------------------------------------------------------------ the text */

static bool
adds_up(const Funding__FundingProposed *e)
{
    wide sum = 0;

    for (size_t i = 0; i < e->n_lines; i++) {
        if ((wide) e->lines[i]->quantity * e->lines[i]->unit_price_vnd != e->lines[i]->amount_vnd)
            return false;
        sum += e->lines[i]->amount_vnd;
    }
    return sum == e->total_vnd;
}

void
check_proposed(const struct fact *fact, const void *event)
{
    const Funding__FundingProposed *e = event;
    struct money *m = its_money(fact);

    MUST("R-F9", adds_up(e), "the proposal for %s does not add up", NAME(m));
    MUST("R-F8", e->total_vnd <= m->appraised_vnd, "%lld are proposed for %s, appraised were %lld",
         (long long) e->total_vnd, NAME(m), (long long) m->appraised_vnd);
    MUST("R-F2", is_of_body(fact, e->digest),
         "the proposal for %s has the digest of something else", NAME(m));
    MUST("R-F2", e->proposal_version == m->version + 1, "case %s: version %lld follows %lld",
         NAME(m), (long long) e->proposal_version, (long long) m->version);
    m->version = e->proposal_version;
    m->digest = digest_from(e->digest);
    m->proposed_vnd = e->total_vnd;
    *(struct uuid *) list_add(&m->drafters) = fact->row->actor;
}

/* What the signer had before them, out of the command itself. */
static void
check_signer(const struct fact *fact, const struct money *m, int party)
{
    const Funding__SignOff *ask = fact->request;
    struct digest seen = ask ? digest_from(ask->digest) : (struct digest){ { 0 } };
    const struct uuid *drafter;
    int role = party == FUNDING__PARTY__PARTY_FINANCE ? DIRECTORY__ROLE__ROLE_FINANCE_SIGNOFF
                                                      : DIRECTORY__ROLE__ROLE_HOME_AFFAIRS_SIGNOFF;

    MUST("R-F2", ask && ask->proposal_version == m->version && digest_equal(&seen, &m->digest),
         "a sign-off of another text counts for case %s", NAME(m));
    if (m->drafters.count == 0)
        return; /* its proposal was torn away: that is said already */
    drafter = list_at(&m->drafters, m->drafters.count - 1);
    MUST("R-F3", !uuid_equal(drafter, &fact->row->actor), "case %s was signed by its drafter",
         NAME(m));
    MUST("R-F5", check_held_role(fact->row->actor, role, fact->programme->name, fact->received_us),
         "case %s was signed by somebody who does not speak for the party", NAME(m));
    LIST_EACH (const struct word_given, w, &m->words) {
        MUST("R-F3", w->party == party || !uuid_equal(&w->person, &fact->row->actor),
             "one person signed for both parties of case %s", NAME(m));
        MUST("R-F6",
             w->party == party || w->version != m->version ||
                 !uuid_equal(&w->agency, &fact->row->agency),
             "one agency signed for both parties of case %s", NAME(m));
        MUST("R-F2", w->party != party || w->version != m->version,
             "a party of case %s spoke twice on one version", NAME(m));
    }
}

static void
give_word(const struct fact *fact, struct money *m, int party, bool agrees)
{
    check_signer(fact, m, party);
    *(struct word_given *) list_add(&m->words) =
        (struct word_given){ m->version,        party,    agrees, fact->row->actor,
                             fact->row->agency, m->digest };
}

void
check_signed_off(const struct fact *fact, const void *event)
{
    const Funding__SignedOff *e = event;

    give_word(fact, its_money(fact), (int) e->party, true);
}

void
check_signoff_refused(const struct fact *fact, const void *event)
{
    const Funding__SignoffRefused *e = event;

    give_word(fact, its_money(fact), (int) e->party, false);
}

void
check_agreed(const struct fact *fact, const void *event)
{
    const Funding__FundingAgreed *e = event;
    struct money *m = its_money(fact);
    const struct word_given *words[2] = { NULL, NULL };
    struct digest digest = digest_from(e->digest);

    LIST_EACH (const struct word_given, w, &m->words)
        if (w->version == m->version && w->agrees && digest_equal(&w->digest, &m->digest))
            words[w->party == FUNDING__PARTY__PARTY_FINANCE] = w;
    MUST("R-F2", words[0] && words[1] && digest_equal(&digest, &m->digest),
         "case %s is agreed, and not both parties signed this text", NAME(m));
    if (words[0] && words[1]) {
        MUST("R-F3", !uuid_equal(&words[0]->person, &words[1]->person),
             "case %s is agreed by one person", NAME(m));
        MUST("R-F6", !uuid_equal(&words[0]->agency, &words[1]->agency),
             "case %s is agreed by one agency", NAME(m));
    }
    MUST("R-F8", e->agreed_vnd == m->proposed_vnd,
         "case %s: another amount was agreed than proposed", NAME(m));
    m->is_agreed = true;
    m->agreed_vnd = e->agreed_vnd;
}

void
check_revised(const struct fact *fact, const void *event)
{
    struct money *m = its_money(fact);

    (void) event;
    MUST("R-F11", !m->is_submitted, "case %s was taken back after it was submitted", NAME(m));
    m->is_agreed = false;
    m->agreed_vnd = 0;
}

void
check_submitted(const struct fact *fact, const void *event)
{
    const Funding__FundingSubmitted *e = event;
    struct money *m = its_money(fact);
    struct digest digest = digest_from(e->digest);

    MUST("R-F10", m->is_agreed && !m->is_submitted && digest_equal(&digest, &m->digest),
         "case %s was submitted and is not agreed, or as another text", NAME(m));
    m->is_submitted = true;
}

/* ------------------------------------------------------------------ the decision */

void
check_decider(const struct fact *fact, const struct money *m)
{
    const Funding__Decide *ask = fact->request;
    struct digest seen = ask ? digest_from(ask->digest) : (struct digest){ { 0 } };

    MUST("R-F11", m->is_submitted && !m->is_approved && !m->is_over,
         "case %s was decided, and did not lie before the authority", NAME(m));
    MUST("R-F2", ask && digest_equal(&seen, &m->digest), "case %s: another text was decided on",
         NAME(m));
    LIST_EACH (const struct word_given, w, &m->words)
        MUST("R-F3", !uuid_equal(&w->person, &fact->row->actor),
             "case %s was decided by who signed it", NAME(m));
    LIST_EACH (const struct uuid, drafter, &m->drafters)
        MUST("R-F3", !uuid_equal(drafter, &fact->row->actor), "case %s was decided by its drafter",
             NAME(m));
    MUST("R-F5",
         check_held_role(fact->row->actor, DIRECTORY__ROLE__ROLE_AUTHORITY, fact->programme->name,
                         fact->received_us),
         "case %s was decided by somebody else than the authority", NAME(m));
}
