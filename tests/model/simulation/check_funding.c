/* tests/model/simulation/check_funding.c - cases and ceilings, every dong counted again: R-A1, R-F4, R-F7, R-F8, R-F12
 * to R-F16. Shares no line with the core. */
#include "sangkien/appraisal/v1/types.pb-c.h"
#include "tests/model/simulation/money.h"

#define ON(event) &funding__##event##__descriptor

static const char case_what[] = "case of money", ceiling_what[] = "ceiling",
                  voucher_what[] = "voucher";

struct money *
money_of(const struct fact *fact, struct uuid id)
{
    struct money *m = note_of(case_what, fact->programme, id, sizeof(struct money));

    if (!m->drafters.arena) {
        m->id = id;
        list_init(&m->drafters, sim.arena, sizeof(struct uuid));
        list_init(&m->words, sim.arena, sizeof(struct word_given));
    }
    return m;
}

struct money *
its_money(const struct fact *fact)
{
    return money_of(fact, fact->row->aggregate);
}

static struct ceiling *
ceiling_of(const struct tenant *programme, struct uuid id)
{
    return note_of(ceiling_what, programme, id, sizeof(struct ceiling));
}

/* ------------------------------------------------------------------ recommendations and cases */

static void
recommendation_noted(const struct fact *fact, const void *event)
{
    const Funding__RecommendationNoted *e = event;
    struct entry_note *n = entry_note_of(fact, fact->row->aggregate);

    MUST("R-A1", n->is_reported && e->appraised_vnd == n->ceiling_vnd,
         "%s was recommended with %lld, and reported with %lld", e->dossier_id,
         (long long) e->appraised_vnd, (long long) n->ceiling_vnd);
    MUST("R-F4", !n->recommendation_withdrawn, "%s was recommended after its withdrawal",
         e->dossier_id);
    n->is_recommended = true;
}

/* Its entry left, or its edition was archived. */
static bool
takes_no_part(const struct entry_note *n)
{
    return n->is_withdrawn || n->is_closed;
}

static void
recommendation_withdrawn(const struct fact *fact, const void *event)
{
    struct entry_note *n = entry_note_of(fact, fact->row->aggregate);

    (void) event;
    MUST("R-F4", takes_no_part(n), "a recommendation was withdrawn whose entry goes on");
    n->recommendation_withdrawn = true;
}

static bool
is_recommended(const struct entry_note *n, Funding__Purpose purpose)
{
    if (n->outcome == APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_BOTH)
        return true;
    return n->outcome == (purpose == FUNDING__PURPOSE__PURPOSE_COMPLETION
                              ? APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_COMPLETION
                              : APPRAISAL__OUTCOME__OUTCOME_RECOMMEND_REPLICATION);
}

static void
case_opened(const struct fact *fact, const void *event)
{
    const Funding__FundingCaseOpened *e = event;
    struct money *m = its_money(fact);
    struct entry_note *n = entry_note_of(fact, uuid_of(e->dossier_id));
    struct open_case *open;

    MUST("R-A1", n->is_reported && is_recommended(n, e->purpose),
         "case %s was opened, and no report recommends it", e->funding_case_id);
    MUST("R-F8", e->appraised_vnd == n->ceiling_vnd,
         "case %s was opened for %lld, appraised were %lld", e->funding_case_id,
         (long long) e->appraised_vnd, (long long) n->ceiling_vnd);
    MUST("R-D1", n->reached_final, "case %s was opened for an entry that is no finalist",
         e->funding_case_id);
    MUST("R-F4", !n->recommendation_withdrawn, "case %s was opened for a withdrawn entry",
         e->funding_case_id);
    m->dossier = uuid_of(e->dossier_id);
    m->ceiling = uuid_of(e->ceiling_id);
    m->purpose = (int) e->purpose;
    m->year = e->fiscal_year;
    m->appraised_vnd = n->ceiling_vnd;
    if (!n->open_cases.arena)
        list_init(&n->open_cases, sim.arena, sizeof(struct open_case));
    LIST_EACH (const struct open_case, other, &n->open_cases)
        MUST("R-F15", other->is_over || other->purpose != m->purpose || other->year != m->year,
             "two cases are open for one dossier, purpose and year: %s", e->funding_case_id);
    open = list_add(&n->open_cases);
    *open = (struct open_case){ m->id, m->purpose, m->year, false };
}

static void
end_case(const struct fact *fact, struct money *m)
{
    struct entry_note *n = entry_note_of(fact, m->dossier);

    m->is_over = true;
    LIST_EACH (struct open_case, open, &n->open_cases)
        if (uuid_equal(&open->id, &m->id))
            open->is_over = true;
}

/* ------------------------------------------------------------------ the decision, and money */

static void
approved(const struct fact *fact, const void *event)
{
    const Funding__FundingApproved *e = event;
    struct money *m = its_money(fact);

    check_decider(fact, m);
    MUST("R-F8", e->approved_vnd > 0 && e->approved_vnd <= m->agreed_vnd,
         "case %s: %lld were approved, and %lld agreed", NAME(m), (long long) e->approved_vnd,
         (long long) m->agreed_vnd);
    MUST("R-F4", !entry_note_of(fact, m->dossier)->recommendation_withdrawn,
         "case %s was approved after its entry's withdrawal", NAME(m));
    m->is_approved = true;
    m->approved_vnd = e->approved_vnd;
}

static void
rejected(const struct fact *fact, const void *event)
{
    struct money *m = its_money(fact);

    (void) event;
    check_decider(fact, m);
    end_case(fact, m);
}

static void
allotted(const struct fact *fact, const void *event)
{
    const Funding__FundsAllotted *e = event;
    struct money *m = its_money(fact);

    MUST("R-F8",
         m->is_approved && e->amount_vnd > 0 &&
             (wide) m->allotted_vnd + e->amount_vnd <= m->approved_vnd,
         "case %s: %lld more were allotted than approved", NAME(m), (long long) e->amount_vnd);
    MUST("R-F4", !m->must_be_revoked, "case %s was allotted money and must be revoked", NAME(m));
    m->allotted_vnd += e->amount_vnd;
}

static void
disbursed(const struct fact *fact, const void *event)
{
    const Funding__FundsDisbursed *e = event;
    struct money *m = its_money(fact);
    const char *name =
        arena_format(sim.step, "%s %d %s", e->treasury_office, e->voucher_year, e->voucher_number);
    bool *is_used = note_of(voucher_what, fact->programme,
                            uuid_derive("voucher", name, strlen(name)), sizeof(*is_used));

    MUST("R-F8", e->amount_vnd > 0 && (wide) m->disbursed_vnd + e->amount_vnd <= m->allotted_vnd,
         "case %s: more was paid than allotted", NAME(m));
    MUST("R-F4", !m->must_be_revoked, "case %s was paid money and must be revoked", NAME(m));
    MUST("R-F12", e->voucher_year == m->year, "case %s was paid in another year", NAME(m));
    MUST("R-F13", !*is_used, "the voucher %s was used twice", name);
    *is_used = true;
    m->disbursed_vnd += e->amount_vnd;
}

static void
withdrawn(const struct fact *fact, const void *event)
{
    struct money *m = its_money(fact);

    (void) event;
    MUST("R-F4", !m->is_approved && takes_no_part(entry_note_of(fact, m->dossier)),
         "case %s was withdrawn, and money was granted or its entry goes on", NAME(m));
    end_case(fact, m);
}

static void
revocation_required(const struct fact *fact, const void *event)
{
    struct money *m = its_money(fact);

    (void) event;
    MUST("R-F4", m->is_approved && takes_no_part(entry_note_of(fact, m->dossier)),
         "case %s is to be revoked without a reason", NAME(m));
    m->must_be_revoked = true;
}

/* ------------------------------------------------------------------ ceilings */

static void
check_ceiling(const struct fact *fact)
{
    const struct ceiling *c = ceiling_of(fact->programme, fact->row->aggregate);

    MUST("R-F7",
         c->reserved_vnd >= 0 && c->committed_vnd >= 0 &&
             c->reserved_vnd + c->committed_vnd <= c->amount_vnd,
         "a ceiling of %lld holds %lld reserved and %lld committed", (long long) c->amount_vnd,
         (long long) c->reserved_vnd, (long long) c->committed_vnd);
}

static void
ceiling_set(const struct fact *fact, const void *event)
{
    const Funding__CeilingSet *e = event;

    ceiling_of(fact->programme, fact->row->aggregate)->amount_vnd = e->amount_vnd;
    check_ceiling(fact);
}

static void
ceiling_changed(const struct fact *fact, const void *event)
{
    const Funding__CeilingChanged *e = event;

    ceiling_of(fact->programme, fact->row->aggregate)->amount_vnd = e->amount_vnd;
    check_ceiling(fact);
}

static void
reserved(const struct fact *fact, const void *event)
{
    const Funding__CeilingReserved *e = event;
    struct money *m = money_of(fact, uuid_of(e->funding_case_id));

    MUST("R-F16",
         m->reserved_vnd == 0 && e->amount_vnd == m->agreed_vnd &&
             uuid_equal(&m->ceiling, &fact->row->aggregate),
         "case %s was reserved twice, or another amount, or elsewhere", NAME(m));
    m->reserved_vnd = e->amount_vnd;
    ceiling_of(fact->programme, fact->row->aggregate)->reserved_vnd += e->amount_vnd;
    check_ceiling(fact);
}

static void
released(const struct fact *fact, const void *event)
{
    const Funding__CeilingReleased *e = event;
    struct money *m = money_of(fact, uuid_of(e->funding_case_id));

    MUST("R-F16",
         m->reserved_vnd > 0 && m->reserved_vnd == e->amount_vnd &&
             uuid_equal(&m->ceiling, &fact->row->aggregate),
         "case %s gave back %lld of %lld", NAME(m), (long long) e->amount_vnd,
         (long long) m->reserved_vnd);
    m->reserved_vnd = 0;
    ceiling_of(fact->programme, fact->row->aggregate)->reserved_vnd -= e->amount_vnd;
    check_ceiling(fact);
}

static void
committed(const struct fact *fact, const void *event)
{
    const Funding__CeilingCommitted *e = event;
    struct money *m = money_of(fact, uuid_of(e->funding_case_id));
    struct ceiling *c = ceiling_of(fact->programme, fact->row->aggregate);

    MUST("R-F16",
         m->reserved_vnd > 0 && m->reserved_vnd == e->reserved_vnd && m->committed_vnd == 0,
         "case %s committed %lld of a reservation of %lld", NAME(m), (long long) e->reserved_vnd,
         (long long) m->reserved_vnd);
    MUST("R-F8", e->committed_vnd == m->approved_vnd,
         "case %s committed another amount than approved", NAME(m));
    m->reserved_vnd = 0;
    m->committed_vnd = e->committed_vnd;
    c->reserved_vnd -= e->reserved_vnd;
    c->committed_vnd += e->committed_vnd;
    check_ceiling(fact);
}

/* A case that is agreed or submitted keeps its amount reserved, an approved one committed, and no other any. */
static void
check_case(const struct money *m)
{
    bool keeps = m->is_agreed && !m->is_approved && !m->is_over;

    MUST("R-F16", m->reserved_vnd == (keeps ? m->agreed_vnd : 0),
         "case %s has %lld reserved, and should have %lld", NAME(m), (long long) m->reserved_vnd,
         (long long) (keeps ? m->agreed_vnd : 0));
    MUST("R-F7", m->committed_vnd == m->approved_vnd,
         "case %s has %lld committed, and %lld approved", NAME(m), (long long) m->committed_vnd,
         (long long) m->approved_vnd);
    MUST("R-F8",
         m->disbursed_vnd <= m->allotted_vnd && m->allotted_vnd <= m->approved_vnd &&
             (!m->is_approved || m->approved_vnd <= m->agreed_vnd) &&
             m->agreed_vnd <= m->proposed_vnd && m->proposed_vnd <= m->appraised_vnd,
         "the amounts of case %s are out of their order", NAME(m));
}

/* Withdrawing an entry reaches every case of it. */
static void
check_withdrawal(const struct fact *fact)
{
    const struct entry_note *n = entry_note_of(fact, fact->row->aggregate);

    LIST_EACH (const struct open_case, open, &n->open_cases)
        MUST("R-F4", open->is_over || money_of(fact, open->id)->must_be_revoked,
             "case %s of a withdrawn entry goes on", id_of(open->id));
}

static void
compare_case(const struct fact *fact)
{
    const struct money *m = its_money(fact);
    const struct {
        const char *column;
        int64_t counted;
    } amounts[] = {
        { "appraised_vnd", m->appraised_vnd }, { "proposed_vnd", m->proposed_vnd },
        { "agreed_vnd", m->agreed_vnd },       { "approved_vnd", m->approved_vnd },
        { "allotted_vnd", m->allotted_vnd },   { "disbursed_vnd", m->disbursed_vnd },
        { "proposal_version", m->version },    { "revocation_required", m->must_be_revoked },
    };

    for (size_t i = 0; i < sizeof(amounts) / sizeof(*amounts); i++)
        check_number("R-F8", fact->commit, fact->row, amounts[i].column, amounts[i].counted);
}

static void
compare_ceiling(const struct fact *fact)
{
    const struct ceiling *c = ceiling_of(fact->programme, fact->row->aggregate);

    check_number("R-F7", fact->commit, fact->row, "amount_vnd", c->amount_vnd);
    check_number("R-F7", fact->commit, fact->row, "reserved_vnd", (int64_t) c->reserved_vnd);
    check_number("R-F7", fact->commit, fact->row, "committed_vnd", (int64_t) c->committed_vnd);
}

void
check_money(const struct commit *commit)
{
    struct fact fact = { .commit = commit, .programme = commit->programme };

    if (strcmp(commit->service->name, "funding") != 0)
        return;
    for (size_t i = 0; i < commit->event_count; i++) {
        fact.row = &commit->events[i];
        if (strcmp(fact.row->type, "sangkien.funding.v1.RecommendationWithdrawn") == 0)
            check_withdrawal(&fact);
        if (strcmp(fact.row->kind, "budget_ceiling") == 0)
            compare_ceiling(&fact);
        if (strcmp(fact.row->kind, "funding_case") == 0) {
            check_case(its_money(&fact));
            compare_case(&fact);
        }
    }
}

/* clang-format off */
const struct facts_row funding_facts[] = {
    { ON(recommendation_noted),     recommendation_noted },
    { ON(recommendation_withdrawn), recommendation_withdrawn },
    { ON(case_linked),              NULL },
    { ON(funding_case_opened),      case_opened },
    { ON(funding_proposed),         check_proposed },
    { ON(signoff_opened),           NULL },
    { ON(signed_off),               check_signed_off },
    { ON(funding_agreed),           check_agreed },
    { ON(signoff_refused),          check_signoff_refused },
    { ON(proposal_revised),         check_revised },
    { ON(funding_submitted),        check_submitted },
    { ON(funding_approved),         approved },
    { ON(funding_rejected),         rejected },
    { ON(funds_allotted),           allotted },
    { ON(funds_disbursed),          disbursed },
    { ON(funding_withdrawn),        withdrawn },
    { ON(revocation_required),      revocation_required },
    { ON(ceiling_set),              ceiling_set },
    { ON(ceiling_changed),          ceiling_changed },
    { ON(ceiling_reserved),         reserved },
    { ON(ceiling_released),         released },
    { ON(ceiling_committed),        committed },
    { 0 },
};
/* clang-format on */
