/* tests/fuzz/tale_funding.c - funding, from an empty budget to money that is allotted. */
#include "tests/fuzz/tale.h"
#include "tests/unit/funding_story.h"

static void
given_two_cases(struct story *s)
{
    Funding__OpenFundingCase ask;

    given_an_agreed_case(s);
    set_ceiling(s, OTHER_CEILING, "central", 2020, 700);
    ask = opening(s);
    ask.purpose = FUNDING__PURPOSE__PURPOSE_REPLICATION;
    ask.ceiling_id = story_id(s, OTHER_CEILING);
    open_case(s, OTHER_CASE, &ask);
}

static void
tell(struct story *s, unsigned how_far)
{
    static void (*const chapters[])(struct story *) = {
        begin,
        given_a_recommendation,
        given_an_open_case,
        given_a_proposal,
        given_an_agreed_case,
        given_a_submitted_case,
        given_an_approved_case,
        given_an_allotted_case,
        given_two_cases,
    };

    chapters[how_far % (sizeof(chapters) / sizeof(*chapters))](s);
}

static const unsigned persons[] = { OFFICER,    HA_SIGNER,  HA_DEPUTY,  HA_DRAFTER, FIN_SIGNER,
                                    FIN_DEPUTY, ACCOUNTANT, CHAIR,      EVERYBODY,  SECOND_ALL,
                                    CASHIER,    HEAD,       BOOKKEEPER, 0 };
static const unsigned agencies[] = { HOME_AFFAIRS, FINANCE, COMMITTEE, TREASURY, ENTRANT, UNIT, 0 };

const struct tale funding_tale = { &funding_service, tell, persons, agencies };
