/* tests/fuzz/tale_judging.c - appraisal again, from rules that are heard of to a round that is confirmed, and the next. */
#include "tests/fuzz/tale.h"
#include "tests/unit/judging_story.h"

static void
begin_in_clusters(struct story *s)
{
    begin_with(s, cluster_rules, 0);
    go_on_closed(s);
    plan(s, ROUND, "cum", "1");
    assign_to(s, ROUND, ENTRY, 2);
}

static void
begin_local(struct story *s)
{
    begin_with(s, usual_rules, ENTRANT);
    for (unsigned i = 0; i < 3; i++)
        register_entry(s, ENTRY + i);
    close_registration(s);
    confirm_entrants(s);
    story_as(s, CLERK);
}

/* The best one is judged again. */
static void
begin_final(struct story *s)
{
    begin_confirmed(s);
    plan(s, FINAL, "chung-khao", "");
    assign_to(s, FINAL, ENTRY, 1);
    start(s, FINAL, 25);
    assert_happened(s, "RoundStarted, SheetAssigned, SheetAssigned, SheetAssigned");
}

static void
begin_judged(struct story *s)
{
    begin_confirmed(s);
    withdraw_entry(s, ENTRY); /* the only finalist */
    story_as(s, HEAD);
    close_judging(s);
    assert_happened(s, "JudgingClosed");
}

static void
begin_annulled(struct story *s)
{
    begin_confirmed(s);
    annul(s, ROUND);
    withdraw_entry(s, ENTRY + 1);
}

/* A chair in conflict, and a vice-chair. */
static void
begin_partial(struct story *s)
{
    begin_tied_in(s, seats_with_vice);
    declare_of(s, CHAIR, ENTRY);
}

static void
tell(struct story *s, unsigned how_far)
{
    static void (*const chapters[])(struct story *) = {
        begin,          begin_closed,   begin_planned,   begin_assigned,    begin_scoring,
        begin_proposed, begin_tied,     begin_confirmed, begin_in_clusters, begin_local,
        begin_final,    begin_annulled, begin_judged,    begin_partial,
    };

    chapters[how_far % (sizeof(chapters) / sizeof(*chapters))](s);
}

static const unsigned persons[] = { CHAIR, SECRETARY, MEMBER, ANOTHER_MEMBER, HEAD,
                                    OWNER, CLERK,     ALLY,   AUTHOR,         UNDERLING,
                                    BOSS,  COLLEAGUE, 0 };
static const unsigned agencies[] = { HOME_AFFAIRS, ENTRANT, FINANCE,  EDUCATION,
                                     PARTNER,      BUREAU,  PROVINCE, 0 };
static const char *const codes[] = { "model",      "new", "use", "so-khao",
                                     "chung-khao", "cum", "1",   NULL };

const struct tale judging_tale = { &appraisal_service, tell, persons, agencies, codes };
