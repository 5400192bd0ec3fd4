/* tests/unit/quorum.c - who must be there when a ranking is proposed, and that it is remembered. */
#include "tests/unit/judging_story.h"

/* All sheets are locked; the quorum is that of the base. */
static void
begin_locked(struct story *s, int32_t quorum_bp, Submissions__CountingBase base)
{
    begin_scoring(s);
    lock_all(s, ENTRY, 5000);
    lock_all(s, ENTRY + 1, 4000);
    ((Submissions__RoundRules *) (uintptr_t) the_round(s)->rules)->quorum_bp = quorum_bp;
    ((Submissions__RoundRules *) (uintptr_t) the_round(s)->rules)->counting_base = base;
}

static void
a_ranking_is_proposed_where_enough_are_present(void **unused __attribute__((unused)))
{
    static const unsigned three[] = { SECRETARY, CHAIR, MEMBER };
    static const struct {
        int32_t quorum_bp;
        Submissions__CountingBase base;
        size_t present; /* of the three */
        bool is_enough;
    } cases[] = {
        /* four members: two thirds of them are three, as parts count as whole persons */
        { 6667, SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_MEMBERS, 3, true },
        { 6667, SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_MEMBERS, 2, false },
        { 5000, SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_MEMBERS, 2, true },
        { 5001, SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_MEMBERS, 2, false },
        { 10000, SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_MEMBERS, 3, false },
        { 1, SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_MEMBERS, 1, true },
        /* three judges, of whom the secretary is none */
        { 6666, SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_JUDGES, 3, true },
        { 6667, SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_JUDGES, 3, false },
        { 6666, SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_JUDGES, 2, false },
        { 1, SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_JUDGES, 1, false },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct story s;

        begin_locked(&s, cases[i].quorum_bp, cases[i].base);
        propose_with(&s, SECRETARY, ROUND, three, cases[i].present);
        if (cases[i].is_enough)
            assert_happened(&s, "RankingProposed");
        else
            assert_refused(&s, "NO_QUORUM");
        story_end(&s);
    }
}

static void
those_present_are_members_each_named_once_with_who_proposes(void **unused __attribute__((unused)))
{
    static const unsigned with_another[] = { CHAIR, SECRETARY, MEMBER, COLLEAGUE };
    static const unsigned one_twice[] = { CHAIR, SECRETARY, MEMBER, CHAIR };
    static const unsigned without_chair[] = { SECRETARY, MEMBER, ANOTHER_MEMBER };
    struct story s;

    begin_locked(&s, 6667, SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_MEMBERS);
    propose_with(&s, CHAIR, ROUND, with_another, 4);
    assert_refused(&s, "NOT_A_MEMBER");
    assert_string_equal(((const struct violation *) list_at(&s.last.violations, 0))->field,
                        "present_person_ids[3]");
    propose_with(&s, CHAIR, ROUND, one_twice, 4);
    assert_refused(&s, "SITS_TWICE");
    propose_with(&s, CHAIR, ROUND, without_chair, 3);
    assert_refused(&s, "NO_QUORUM");
    assert_string_equal(((const struct violation *) list_at(&s.last.violations, 0))->description,
                        "leave out who proposes");
    propose_with(&s, SECRETARY, ROUND, without_chair, 3);
    assert_happened(&s, "RankingProposed");
    story_end(&s);
}

static void
the_minutes_are_of_a_day_that_there_is(void **unused __attribute__((unused)))
{
    Appraisal__ProposeRanking m = APPRAISAL__PROPOSE_RANKING__INIT;
    struct story s;

    begin_locked(&s, 1, SUBMISSIONS__COUNTING_BASE__COUNTING_BASE_MEMBERS);
    const char *present[] = { story_id(&s, CHAIR) };

    m.n_present_person_ids = 1;
    m.present_person_ids = present;
    m.minutes = document(&s, 31);
    story_as(&s, CHAIR);
    story_say(&s, ROUND, &m);
    assert_refused(&s, "BAD_DATE");
    story_end(&s);
}

static void
who_was_there_is_remembered_and_told_with_the_confirmed_ranking(void **unused
                                                                __attribute__((unused)))
{
    struct story s;

    begin_proposed(&s);
    assert_int_equal(the_round(&s)->deliberation->n_present_person_ids, 3);
    confirm_as(&s, CHAIR);
    const Appraisal__RoundConfirmed *e = story_event(&s, 0);

    assert_string_equal(e->deliberation->present_person_ids[2], story_id(&s, MEMBER));
    assert_string_equal(e->deliberation->minutes->document_symbol, "12/QD-SNV");
    assert_non_null(the_round(&s)->deliberation);
    story_end(&s);
}

static void
a_void_proposal_takes_its_session_with_it(void **unused __attribute__((unused)))
{
    struct story s;

    begin_proposed(&s);
    story_as(&s, CHAIR);
    reopen(&s, ENTRY, MEMBER);
    assert_null(the_round(&s)->deliberation);
    story_end(&s);
}

/* ------------------------------------------------------------------ who stands in */

/* All sheets are locked, and MEMBER is the vice-chair. */
static void
begin_with_vice(struct story *s, int32_t other_centi)
{
    begin_scoring_in(s, seats_with_vice);
    lock_all(s, ENTRY, 5000);
    lock_all(s, ENTRY + 1, other_centi);
}

static void
the_vice_chair_proposes_only_where_the_chair_or_the_secretary_is_away(void **unused
                                                                      __attribute__((unused)))
{
    static const unsigned all[] = { CHAIR, SECRETARY, MEMBER, ANOTHER_MEMBER };
    static const unsigned no_chair[] = { SECRETARY, MEMBER, ANOTHER_MEMBER };
    static const unsigned no_secretary[] = { CHAIR, MEMBER, ANOTHER_MEMBER };
    struct story s;

    begin_with_vice(&s, 4000);
    propose_with(&s, MEMBER, ROUND, all, 4);
    assert_refused(&s, "NOT_THE_CHAIR");
    propose_with(&s, ANOTHER_MEMBER, ROUND, no_chair, 3);
    assert_refused(&s, "NOT_THE_CHAIR");
    propose_with(&s, MEMBER, ROUND, no_chair, 3);
    assert_happened(&s, "RankingProposed");
    confirm_as(&s, MEMBER);
    assert_refused(&s, "SAME_PERSON");
    confirm_as(&s, SECRETARY);
    assert_int_equal(s.last.refusal, ACCEPTED);
    story_end(&s);

    begin_with_vice(&s, 4000);
    propose_with(&s, MEMBER, ROUND, no_secretary, 3);
    assert_happened(&s, "RankingProposed");
    confirm_as(&s, CHAIR);
    assert_int_equal(s.last.refusal, ACCEPTED);
    story_end(&s);
}

static void
the_vice_chair_confirms_and_decides_only_where_the_chair_is_away(void **unused
                                                                 __attribute__((unused)))
{
    static const unsigned all[] = { CHAIR, SECRETARY, MEMBER, ANOTHER_MEMBER };
    static const unsigned no_chair[] = { SECRETARY, MEMBER, ANOTHER_MEMBER };
    static const unsigned no_secretary[] = { CHAIR, MEMBER, ANOTHER_MEMBER };
    static const unsigned both[] = { ENTRY + 1, ENTRY };
    struct story s;

    begin_with_vice(&s, 5000);
    propose_with(&s, SECRETARY, ROUND, all, 4);
    confirm_as(&s, MEMBER);
    assert_refused(&s, "NOT_THE_CHAIR");
    decide_tie_as(&s, MEMBER, both, 2, 8);
    assert_refused(&s, "NOT_THE_CHAIR");
    propose_with(&s, CHAIR, ROUND, no_secretary, 3);
    decide_tie_as(&s, MEMBER, both, 2, 8); /* that is the chair's, who is there */
    assert_refused(&s, "NOT_THE_CHAIR");
    propose_with(&s, SECRETARY, ROUND, no_chair, 3);
    decide_tie_as(&s, CHAIR, both, 2, 8);
    assert_refused(&s, "NOT_THE_CHAIR");
    decide_tie_as(&s, MEMBER, both, 2, 8);
    assert_happened(&s, "TieDecided");
    confirm_as(&s, MEMBER);
    assert_refused(&s, "NOT_THE_CHAIR"); /* nothing is proposed */
    propose_with(&s, SECRETARY, ROUND, no_chair, 3);
    confirm_as(&s, MEMBER);
    assert_int_equal(s.last.refusal, ACCEPTED);
    assert_int_equal(the_round(&s)->self.state, ROUND(CONFIRMED));
    story_end(&s);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ranking_is_proposed_where_enough_are_present),
        cmocka_unit_test(those_present_are_members_each_named_once_with_who_proposes),
        cmocka_unit_test(the_minutes_are_of_a_day_that_there_is),
        cmocka_unit_test(who_was_there_is_remembered_and_told_with_the_confirmed_ranking),
        cmocka_unit_test(a_void_proposal_takes_its_session_with_it),
        cmocka_unit_test(the_vice_chair_proposes_only_where_the_chair_or_the_secretary_is_away),
        cmocka_unit_test(the_vice_chair_confirms_and_decides_only_where_the_chair_is_away),
    };

    return cmocka_run_group_tests_name("quorum", tests, NULL, NULL);
}
