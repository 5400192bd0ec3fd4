/* services/submissions/core_dossier_money.c - what is open about a dossier, and which money is committed for it, as heard from
 * funding. Pure.
 *
 * Heard late: a case may have been opened or decided that is not known here yet. Funding hears of every entry that leaves, and
 * stops what it has decided meanwhile. A decision is not taken back yet: what is committed stays so. */
#include "services/submissions/dossier.h"

bool
dossier_is_unfinished(const struct dossier *dossier)
{
    switch (dossier->self.state) {
    case NOTHING:
    case DOSSIER_IS(APPRAISED):
    case DOSSIER_IS(CLOSED):
    case DOSSIER_IS(WITHDRAWN):
    case DOSSIER_IS(NOT_FILED):
        return false;
    default:
        return true;
    }
}

/* Whatever is heard of a case, it says of which dossier. */
struct uuid
dossier_of_case(const struct given *given, const void *event)
{
    (void) given;
    return uuid_of(proto_text(event, "dossier_id"));
}

static int
say_noted(const struct given *given, struct events *out, int32_t open_more, int32_t committed_more)
{
    const struct dossier *dossier = given->state;
    Submissions__DossierFundingNoted *said = new_event(out, ON(dossier_funding_noted));

    said->dossier_id = id_text(out, &given->subject);
    said->funding_case_id = id_text(out, &given->heard_subject);
    said->open_cases = dossier->open_cases + open_more;
    said->committed_cases = dossier->committed_cases + committed_more;
    return ACCEPTED;
}

int
dossier_hear_opened(const struct given *given, const void *event, struct events *out)
{
    (void) event;
    return say_noted(given, out, 1, 0);
}

int
dossier_hear_granted(const struct given *given, const void *event, struct events *out)
{
    (void) event;
    return say_noted(given, out, 0, 1);
}

int
dossier_hear_ended(const struct given *given, const void *event, struct events *out)
{
    (void) event;
    return say_noted(given, out, -1, 0);
}

void
dossier_funding_noted(void *state, const void *event)
{
    struct dossier *dossier = state;
    const Submissions__DossierFundingNoted *e = event;

    dossier->open_cases = e->open_cases;
    dossier->committed_cases = e->committed_cases;
}
