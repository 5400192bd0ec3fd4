/* services/funding/core_proposal.c - the text and the amount on which everybody must agree. */
#include <string.h>

#include "common/proto_value.h"
#include "services/funding/core.h"

bool
funding_is_current(const struct funding_case *c, int64_t version, ProtobufCBinaryData digest)
{
    return c->proposal_version > 0 && version == c->proposal_version &&
           digest_is(&c->digest, digest.data, digest.len);
}

/* A copy: the case's own digest changes when a later message of the batch proposes anew. */
ProtobufCBinaryData
funding_digest(struct events *out, const struct funding_case *c)
{
    return proto_digest(out->arena, &c->digest);
}

static int
judge_lines(const Funding__ProposeFunding *ask, struct events *out)
{
    int64_t sum = 0;

    for (size_t i = 0; i < ask->n_lines; i++) {
        const Types__EstimateLine *line = ask->lines[i];
        int64_t amount;

        if (__builtin_mul_overflow(line->quantity, line->unit_price_vnd, &amount) ||
            __builtin_add_overflow(sum, line->amount_vnd, &sum))
            return wrong(out, NO(MONEY_OVERFLOW), "lines", "line %zu is too large", i);
        if (amount != line->amount_vnd)
            return wrong(out, NO(LINE_AMOUNT), "lines", "line %zu is not quantity x unit price", i);
    }
    if (sum != ask->total_vnd)
        return wrong(out, NO(TOTAL), "total_vnd", "is not the sum of the lines");
    return ACCEPTED;
}

static void
open_signoff(const struct funding_case *c, const Funding__FundingProposed *proposed,
             struct events *out)
{
    static const Funding__Party both[] = { FUNDING__PARTY__PARTY_HOME_AFFAIRS,
                                           FUNDING__PARTY__PARTY_FINANCE };
    Funding__Party *parties = arena_zero(out->arena, sizeof(both));
    CASE_EVENT(opened, Funding__SignoffOpened, out, c, ON(signoff_opened));

    memcpy(parties, both, sizeof(both));
    opened->proposal_version = proposed->proposal_version;
    opened->digest = proposed->digest;
    opened->total_vnd = proposed->total_vnd;
    opened->n_parties = sizeof(both) / sizeof(both[0]);
    opened->parties = parties;
}

static void
say_proposed(const struct given *given, const Funding__ProposeFunding *ask, struct events *out)
{
    const struct funding_case *c = given->state;
    struct digest *digest = arena_zero(out->arena, sizeof(*digest));
    CASE_EVENT(proposed, Funding__FundingProposed, out, c, ON(funding_proposed));

    *digest = sha256(given->body.data, given->body.size);
    proposed->proposal_version = c->proposal_version + 1;
    proposed->digest = (ProtobufCBinaryData){ sizeof(digest->bytes), digest->bytes };
    proposed->n_lines = ask->n_lines;
    proposed->lines = ask->lines;
    proposed->total_vnd = ask->total_vnd;
    proposed->drafter_id = id_text(out, &given->actor->person);
    open_signoff(c, proposed, out);
}

int
funding_propose(const struct given *given, const void *command, struct events *out)
{
    const struct funding_case *c = given->state;
    const Funding__ProposeFunding *ask = command;
    int refusal = judge_lines(ask, out);

    if (refusal)
        return refusal;
    if (ask->total_vnd > c->appraised_vnd)
        return wrong(out, NO(ABOVE_APPRAISED_CEILING), "total_vnd", "appraised were %lld",
                     (long long) c->appraised_vnd);
    say_proposed(given, ask, out);
    return ACCEPTED;
}

int
funding_revise(const struct given *given, const void *command, struct events *out)
{
    const struct funding_case *c = given->state;
    const Funding__ReviseProposal *ask = command;
    CASE_EVENT(revised, Funding__ProposalRevised, out, c, ON(proposal_revised));

    revised->proposal_version = c->proposal_version;
    revised->reason = ask->reason;
    if (c->self.state == IS(AGREED))
        funding_release(out, c);
    return ACCEPTED;
}

static void
say_submitted(const struct funding_case *c, const Funding__SubmitToAuthority *ask,
              struct events *out)
{
    CASE_EVENT(submitted, Funding__FundingSubmitted, out, c, ON(funding_submitted));

    submitted->agreed_vnd = c->agreed_vnd;
    submitted->digest = funding_digest(out, c);
    submitted->submission = ask->submission;
}

int
funding_submit(const struct given *given, const void *command, struct events *out)
{
    const struct funding_case *c = given->state;
    const Funding__SubmitToAuthority *ask = command;

    if (!funding_is_current(c, ask->proposal_version, ask->digest))
        return NO(OTHER_VERSION);
    say_submitted(c, ask, out);
    return ACCEPTED;
}

void
funding_proposed(void *state, const void *event)
{
    struct funding_case *c = state;
    const Funding__FundingProposed *e = event;
    struct proposal_version *proposal = list_add(&c->proposals);

    c->proposal_version = e->proposal_version;
    c->digest = proto_digest_of(e->digest);
    c->proposed_vnd = e->total_vnd;
    proposal->number = e->proposal_version;
    proposal->digest = c->digest;
    proposal->total_vnd = e->total_vnd;
    proposal->drafter_id = uuid_of(e->drafter_id);
    for (size_t i = 0; i < e->n_lines; i++) {
        struct proposal_line *line = list_add(&c->lines);

        line->number = e->proposal_version;
        line->ordinal = (int32_t) i + 1;
        line->description = e->lines[i]->description;
        line->quantity = e->lines[i]->quantity;
        line->unit_price_vnd = e->lines[i]->unit_price_vnd;
        line->amount_vnd = e->lines[i]->amount_vnd;
        line->index_code = e->lines[i]->index_code;
    }
}

void
funding_revised(void *state, const void *event)
{
    struct funding_case *c = state;

    (void) event;
    c->agreed_vnd = 0;
}

void
funding_submitted(void *state, const void *event)
{
    struct funding_case *c = state;
    const Funding__FundingSubmitted *e = event;

    c->submission = e->submission;
}
