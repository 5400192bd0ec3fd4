/* tests/unit/world.c - what a batch holds in memory: all of a decision happens or nothing, and nothing unseen. */
#include "tests/unit/funding_story.h"

static void
a_state_that_was_never_there_is_blank_and_has_version_0(void **unused)
{
    struct arena *arena = arena_new();
    struct world *world = world_new(arena);
    const struct held *held = world_hold(world, &funding_case_kind, ID(1));
    const struct funding_case *c = (const void *) held->state;

    (void) unused;
    assert_int_equal(c->self.version, 0);
    assert_int_equal(c->self.state, NOTHING);
    assert_string_equal(c->title, "");
    assert_int_equal(c->signoffs.count, 0);
    assert_ptr_equal(world_hold(world, &funding_case_kind, ID(1)), held);
    arena_free(&arena);
}

static void
one_id_is_another_aggregate_in_another_kind(void **unused)
{
    struct arena *arena = arena_new();
    struct world *world = world_new(arena);

    (void) unused;
    assert_ptr_not_equal(world_hold(world, &funding_case_kind, ID(1)),
                         world_hold(world, &budget_ceiling_kind, ID(1)));
    arena_free(&arena);
}

static void
thousands_are_found_again(void **unused)
{
    struct arena *arena = arena_new();
    struct world *world = world_new(arena);
    struct held *held[3000];
    size_t count;

    (void) unused;
    for (unsigned i = 0; i < 3000; i++)
        held[i] = world_hold(world, i % 2 ? &funding_case_kind : &budget_ceiling_kind, ID(i));
    for (unsigned i = 0; i < 3000; i++)
        assert_ptr_equal(
            world_hold(world, i % 2 ? &funding_case_kind : &budget_ceiling_kind, ID(i)), held[i]);
    world_all(world, &funding_case_kind, &count);
    assert_int_equal(count, 1500);
    arena_free(&arena);
}

A_STORY(an_event_counts_up_the_version_of_its_own_aggregate_only, given_a_recommendation)
{
    int64_t before = ceiling_of(s, CEILING)->self.version;
    Funding__OpenFundingCase ask = opening(s);

    open_case(s, CASE, &ask);
    assert_int_equal(case_of(s, CASE)->self.version, 1);
    assert_int_equal(s->last.version, 1);
    assert_int_equal(ceiling_of(s, CEILING)->self.version, before);
}

A_STORY(what_must_exist_is_not_found_where_it_does_not, given_a_recommendation)
{
    proposed(s, OTHER_CASE, 5);
    assert_refused(s, "NOT_FOUND");
}

A_STORY(what_exists_is_not_created_again, given_an_open_case)
{
    Funding__OpenFundingCase ask = opening(s);

    open_case(s, CASE, &ask);
    assert_refused(s, "ALREADY_EXISTS");
}

A_STORY(who_expects_another_version_is_told_so_and_nothing_happens, given_an_open_case)
{
    s->expected_version = 2;
    proposed(s, CASE, 500);
    assert_refused(s, "VERSION_MISMATCH");
    assert_int_equal(case_of(s, CASE)->self.version, 1);
    s->expected_version = 1;
    proposed(s, CASE, 500);
    assert_happened(s, "FundingProposed, SignoffOpened");
}

A_STORY(where_no_row_allows_it_none_of_its_events_happens, given_an_approved_case)
{
    int64_t version = case_of(s, CASE)->self.version;
    int64_t committed = ceiling_of(s, CEILING)->committed_vnd;

    approve(s, CASE, 400);
    assert_refused(s, "NOT_NOW");
    assert_int_equal(case_of(s, CASE)->self.version, version);
    assert_int_equal(ceiling_of(s, CEILING)->committed_vnd, committed);
}

A_STORY(the_second_event_of_a_decision_starts_where_the_first_one_leads, given_an_open_case)
{
    proposed(s, CASE, 500);
    assert_happened(s, "FundingProposed, SignoffOpened");
    assert_int_equal(case_of(s, CASE)->self.version, 3);
}

A_STORY(an_event_names_as_parties_the_agencies_of_its_aggregate_once_each, given_an_open_case)
{
    const struct happened *h = list_at(&s->last.happened, 0);

    assert_true(story_is_party(s, 0, ENTRANT));
    assert_true(story_is_party(s, 0, UNIT));
    for (size_t i = 0; i < h->party_count; i++)
        for (size_t n = 0; n < i; n++)
            assert_false(uuid_equal(&h->parties[i], &h->parties[n]));
}

/* ------------------------------------------------------------------ what is not loaded */

/* A batch that has loaded the case as it stands, and perhaps its ceiling. */
static struct outcome
say_in_a_closed_world(struct story *s, bool with_ceiling)
{
    struct world *world = world_new(s->arena);
    struct held *own = world_hold(world, &funding_case_kind, ID(CASE));
    Funding__SignOff ask = signing(s, CASE, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    const struct kind *kind = NULL;
    const struct handler *handler = service_handler(&funding_service, ask.base.descriptor, &kind);
    struct envelope envelope;

    own->state = (struct aggregate *) (uintptr_t) case_of(s, CASE);
    own->is_loaded = true;
    if (with_ceiling) {
        struct held *ceiling = world_hold(world, &budget_ceiling_kind, ID(CEILING));

        ceiling->state = (struct aggregate *) (uintptr_t) ceiling_of(s, CEILING);
        ceiling->is_loaded = true;
    }
    world_close(world);
    story_as(s, HA_SIGNER);
    envelope = story_envelope(s, &ask);
    envelope.subject = ID(CASE);
    return world_say(world, handler, kind, &envelope, story_copy(s, &ask.base));
}

A_STORY(a_message_that_needs_what_is_not_loaded_is_put_off_and_nothing_happens, given_a_proposal)
{
    int64_t version = case_of(s, CASE)->self.version;
    struct outcome outcome = say_in_a_closed_world(s, false);

    assert_true(outcome.is_put_off);
    assert_int_equal(outcome.happened.count, 0);
    assert_int_equal(outcome.reason, 0);
    assert_int_equal(case_of(s, CASE)->self.version, version);
}

A_STORY(with_all_that_it_needs_it_is_decided, given_a_proposal)
{
    struct outcome outcome = say_in_a_closed_world(s, true);

    assert_false(outcome.is_put_off);
    assert_int_equal(outcome.refusal, 0);
    assert_int_equal(outcome.happened.count, 1);
}

A_STORY(needs_are_asked_for_again_when_the_first_aggregate_is_known, given_a_proposal)
{
    Funding__SignOff ask = signing(s, CASE, FUNDING__PARTY__PARTY_HOME_AFFAIRS);
    const struct kind *kind = NULL;
    const struct handler *handler = service_handler(&funding_service, ask.base.descriptor, &kind);
    struct envelope envelope = story_envelope(s, &ask);
    struct keys keys;
    const struct held *key;

    world_needs(s->world, handler, &envelope, NULL, &ask, &keys);
    assert_true(keys.wants_state);
    assert_int_equal(keys.items.count, 0);
    world_needs(s->world, handler, &envelope, case_of(s, CASE), &ask, &keys);
    assert_int_equal(keys.items.count, 1);
    key = list_at(&keys.items, 0);
    assert_ptr_equal(key->kind, &budget_ceiling_kind);
    assert_true(uuid_equal(&key->id, &(struct uuid[]){ ID(CEILING) }[0]));
}

A_STORY(an_event_that_cannot_happen_does_not_fold, given_an_open_case)
{
    Funding__FundingAgreed event = FUNDING__FUNDING_AGREED__INIT;
    struct aggregate *state = (struct aggregate *) (uintptr_t) case_of(s, CASE);
    const char *because;

    assert_int_equal(world_apply(&funding_case_kind, state, &event.base, 1, &because), ERR_POISON);
    assert_int_equal(state->version, 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_state_that_was_never_there_is_blank_and_has_version_0),
        cmocka_unit_test(one_id_is_another_aggregate_in_another_kind),
        cmocka_unit_test(thousands_are_found_again),
        cmocka_unit_test(an_event_counts_up_the_version_of_its_own_aggregate_only),
        cmocka_unit_test(what_must_exist_is_not_found_where_it_does_not),
        cmocka_unit_test(what_exists_is_not_created_again),
        cmocka_unit_test(who_expects_another_version_is_told_so_and_nothing_happens),
        cmocka_unit_test(where_no_row_allows_it_none_of_its_events_happens),
        cmocka_unit_test(the_second_event_of_a_decision_starts_where_the_first_one_leads),
        cmocka_unit_test(an_event_names_as_parties_the_agencies_of_its_aggregate_once_each),
        cmocka_unit_test(a_message_that_needs_what_is_not_loaded_is_put_off_and_nothing_happens),
        cmocka_unit_test(with_all_that_it_needs_it_is_decided),
        cmocka_unit_test(needs_are_asked_for_again_when_the_first_aggregate_is_known),
        cmocka_unit_test(an_event_that_cannot_happen_does_not_fold),
    };

    return cmocka_run_group_tests_name("unit.world", tests, NULL, NULL);
}
