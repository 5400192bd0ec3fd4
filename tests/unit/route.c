/* tests/unit/route.c - who works on what: slots, credit, and workers that come and go. */
#include "services/gateway/route.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sangkien/wire/v1/wire.pb-c.h"
#include "services/gateway/ticket.h"

#define SIGN_OFF "sangkien.funding.v1.SignOff"
#define ALLOT "sangkien.funding.v1.Allot"
#define GET_CASE "sangkien.funding.v1.GetFundingCase"
#define BUSY WIRE__REASON__REASON_GATEWAY_BUSY
#define NO_WORKER WIRE__REASON__REASON_NO_WORKER

static const char *
ready(struct routes *routes, uint64_t peer, uint32_t credit)
{
    const char *commands[] = { SIGN_OFF, ALLOT };
    const char *queries[] = { GET_CASE };
    Wire__Ready said = WIRE__READY__INIT;

    said.service = "funding";
    said.n_commands = 2;
    said.commands = commands;
    said.n_queries = 1;
    said.queries = queries;
    said.credit = credit;
    return routes_ready(routes, peer, "funding", &said, 1000);
}

static struct uuid
subject(uint32_t number)
{
    struct uuid id = { { 0 } };

    memcpy(id.bytes + 12, &number, sizeof(number));
    return id;
}

static int
pick(struct routes *routes, const char *type, uint32_t number, struct place *ret_place)
{
    struct uuid id = subject(number);

    return routes_pick(routes, proto_word(type), &id, 0, ret_place);
}

static struct place
take(struct routes *routes, const char *type, uint32_t number)
{
    struct place place;

    assert_int_equal(pick(routes, type, number, &place), 0);
    place_take(&place);
    return place;
}

static int
setup(void **state)
{
    *state = routes_new();
    return 0;
}

static int
teardown(void **state)
{
    struct routes *routes = *state;

    routes_free(&routes);
    return 0;
}

static void
without_a_worker_nobody_does_it(void **state)
{
    struct place place;

    assert_int_equal(pick(*state, SIGN_OFF, 1, &place), NO_WORKER);
    assert_int_equal(pick(*state, GET_CASE, 1, &place), NO_WORKER);
}

static void
a_worker_gets_what_it_offers(void **state)
{
    assert_null(ready(*state, 7, 10));
    assert_int_equal(take(*state, SIGN_OFF, 1).worker->peer, 7);
    assert_int_equal(take(*state, GET_CASE, 1).worker->peer, 7);
}

static void
what_a_service_keeps_to_itself_may_not_be_sent(void **state)
{
    struct place place;

    assert_null(ready(*state, 7, 10));
    assert_int_equal(pick(*state, "sangkien.funding.v1.ReviseProposal", 1, &place),
                     WIRE__REASON__REASON_UNKNOWN_TYPE);
    assert_int_equal(pick(*state, "sangkien.submissions.v1.SubmitEntry", 1, &place), NO_WORKER);
}

static void
a_key_speaks_for_its_own_service_only(void **state)
{
    const char *foreign[] = { "sangkien.submissions.v1.SubmitEntry" };
    const char *longer[] = { "sangkien.funding.v1x.SignOff" };
    Wire__Ready said = WIRE__READY__INIT;

    said.service = "funding";
    said.credit = 1;
    assert_non_null(routes_ready(*state, 7, "submissions", &said, 0));
    said.n_commands = 1;
    said.commands = foreign;
    assert_non_null(routes_ready(*state, 7, "funding", &said, 0));
    said.commands = longer;
    assert_non_null(routes_ready(*state, 7, "funding", &said, 0));
    assert_int_equal(routes_count(*state), 0);
}

static void
an_event_offered_as_a_command_is_left_out(void **state)
{
    const char *commands[] = { "sangkien.funding.v1.SignedOff", SIGN_OFF,
                               "sangkien.funding.v1.New" };
    Wire__Ready said = WIRE__READY__INIT;
    struct place place;

    said.service = "funding";
    said.credit = 1;
    said.n_commands = 3;
    said.commands = commands;
    assert_null(routes_ready(*state, 7, "funding", &said, 0));
    assert_int_equal(pick(*state, SIGN_OFF, 1, &place), 0);
    assert_int_equal(pick(*state, "sangkien.funding.v1.SignedOff", 1, &place), NO_WORKER);
}

static void
a_subject_stays_with_its_worker_while_anything_of_it_is_in_flight(void **state)
{
    struct place first, second;

    assert_null(ready(*state, 1, 1000));
    first = take(*state, SIGN_OFF, 5);
    for (uint64_t peer = 2; peer < 40; peer++)
        assert_null(ready(*state, peer, 1000));
    second = take(*state, ALLOT, 5);
    assert_ptr_equal(second.worker, first.worker);
    place_leave(&first);
    assert_ptr_equal(take(*state, SIGN_OFF, 5).worker, second.worker);
}

static void
an_idle_slot_may_change_its_worker(void **state)
{
    struct place place = { 0 };
    size_t moved = 0;

    assert_null(ready(*state, 1, 1000));
    assert_null(ready(*state, 2, 1000));
    for (uint32_t i = 0; i < 1000; i++) {
        assert_int_equal(pick(*state, SIGN_OFF, i, &place), 0);
        moved += place.worker->peer == 2;
    }
    assert_true(moved > 400 && moved < 600); /* the second has its share */
}

static void
who_comes_moves_only_its_own_share(void **state)
{
    uint64_t before[200];
    struct place place = { 0 };

    for (uint64_t peer = 1; peer <= 4; peer++)
        assert_null(ready(*state, peer, 1000));
    for (uint32_t i = 0; i < 200; i++) {
        assert_int_equal(pick(*state, SIGN_OFF, i, &place), 0);
        before[i] = place.worker->peer;
    }
    assert_null(ready(*state, 5, 1000));
    for (uint32_t i = 0; i < 200; i++) {
        assert_int_equal(pick(*state, SIGN_OFF, i, &place), 0);
        assert_true(place.worker->peer == before[i] || place.worker->peer == 5);
    }
}

static void
without_credit_it_is_busy(void **state)
{
    struct place first, place;

    assert_null(ready(*state, 1, 2));
    first = take(*state, SIGN_OFF, 1);
    take(*state, SIGN_OFF, 2);
    assert_int_equal(pick(*state, SIGN_OFF, 3, &place), BUSY);
    place_leave(&first);
    assert_int_equal(pick(*state, SIGN_OFF, 3, &place), 0);
}

static void
a_full_slot_waits_for_its_worker_though_others_are_free(void **state)
{
    struct place held, place;

    assert_null(ready(*state, 1, 1));
    held = take(*state, SIGN_OFF, 1);
    assert_null(ready(*state, 2, 1));
    assert_int_equal(pick(*state, SIGN_OFF, 1, &place), BUSY);
    assert_int_equal(held.worker->peer, 1);
}

static void
commands_and_queries_do_not_take_each_others_credit(void **state)
{
    struct place place;

    assert_null(ready(*state, 1, 1));
    take(*state, GET_CASE, 1);
    assert_int_equal(pick(*state, GET_CASE, 1, &place), BUSY);
    assert_int_equal(pick(*state, SIGN_OFF, 1, &place), 0);
}

static void
queries_go_to_whoever_has_least_to_do_and_in_turn(void **state)
{
    uint64_t seen = 0;

    for (uint64_t peer = 1; peer <= 3; peer++)
        assert_null(ready(*state, peer, 10));
    for (int i = 0; i < 3; i++)
        seen |= UINT64_C(1) << take(*state, GET_CASE, 1).worker->peer;
    assert_int_equal(seen, 14);

    for (int i = 0; i < 3; i++) {
        struct place place = take(*state, GET_CASE, 1);

        seen ^= UINT64_C(1) << place.worker->peer;
        place_leave(&place);
    }
    assert_int_equal(seen, 0); /* equally loaded: each had its turn */
}

static void
one_systems_flood_leaves_room_for_others(void **state)
{
    struct uuid id = subject(1);
    struct place place;
    int64_t flood = 0;
    int reason = 0;

    assert_null(ready(*state, 1, 1024));
    while (reason == 0 && flood < 2000) {
        reason = routes_pick(*state, proto_word(SIGN_OFF), &id, flood, &place);
        if (reason == 0) {
            place_take(&place);
            flood++;
        }
    }
    assert_int_equal(reason, WIRE__REASON__REASON_SYSTEM_BUSY);
    assert_true(flood > 650 && flood < 700); /* two thirds of the room */
    assert_int_equal(routes_pick(*state, proto_word(SIGN_OFF), &id, 0, &place), 0);
}

static void
who_leaves_gets_nothing_new(void **state)
{
    struct place held, place;

    assert_null(ready(*state, 1, 10));
    held = take(*state, SIGN_OFF, 1);
    held.worker->is_leaving = true;
    assert_int_equal(pick(*state, SIGN_OFF, 1, &place), BUSY); /* it may still answer */
    assert_int_equal(pick(*state, SIGN_OFF, 2, &place), NO_WORKER);
    assert_int_equal(pick(*state, GET_CASE, 2, &place), NO_WORKER);
    assert_null(ready(*state, 2, 10));
    assert_int_equal(take(*state, SIGN_OFF, 2).worker->peer, 2);
    place_leave(&held);
    assert_true(worker_is_idle(held.worker));
    assert_int_equal(take(*state, SIGN_OFF, 1).worker->peer, 2);
}

static void
what_is_new_about_a_worker_is_taken_in(void **state)
{
    struct place place;

    assert_null(ready(*state, 1, 1));
    take(*state, SIGN_OFF, 1);
    assert_int_equal(pick(*state, SIGN_OFF, 2, &place), BUSY);
    assert_null(ready(*state, 1, 2));
    assert_int_equal(routes_count(*state), 1);
    assert_int_equal(pick(*state, SIGN_OFF, 2, &place), 0);
}

static void
who_is_silent_for_too_long_is_found_and_forgotten(void **state)
{
    struct worker *silent;
    struct place place;

    assert_null(ready(*state, 1, 10));
    assert_null(routes_silent(*state, 4000, 3000));
    silent = routes_silent(*state, 4001, 3000);
    assert_non_null(silent);
    routes_remove(*state, &silent);
    assert_null(silent);
    assert_null(routes_find(*state, 1));
    assert_int_equal(pick(*state, SIGN_OFF, 1, &place), NO_WORKER);
}

/* ------------------------------------------------------------------ tickets */

static void
a_ticket_is_found_by_its_number_until_it_is_given_back(void **state)
{
    struct tickets *tickets = tickets_new();
    struct ticket *ticket = ticket_take(tickets);
    uint64_t number = ticket->number;

    (void) state;
    assert_ptr_equal(ticket_find(tickets, number), ticket);
    assert_null(ticket_find(tickets, number + 1));
    assert_null(ticket_find(tickets, number ^ UINT64_C(1) << 40));
    assert_null(ticket_find(tickets, 0));
    ticket_give_back(tickets, &ticket);
    assert_null(ticket_find(tickets, number));
    ticket = ticket_take(tickets);
    assert_true(ticket->number != number);
    assert_null(ticket_find(tickets, number));
    tickets_free(&tickets);
}

static void
all_tickets_that_are_out_are_walked_over_once(void **state)
{
    struct tickets *tickets = tickets_new();
    struct ticket *ticket;
    size_t cursor = 0;
    size_t count = 0;

    (void) state;
    for (int i = 0; i < 3000; i++)
        assert_non_null(ticket_take(tickets));
    while ((ticket = ticket_next(tickets, &cursor))) {
        count++;
        if (count % 2)
            ticket_give_back(tickets, &ticket);
    }
    assert_int_equal(count, 3000);
    for (cursor = 0, count = 0; ticket_next(tickets, &cursor);)
        count++;
    assert_int_equal(count, 1500);
    tickets_free(&tickets);
}

int
main(void)
{
#define ROUTE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ROUTE(without_a_worker_nobody_does_it),
        ROUTE(a_worker_gets_what_it_offers),
        ROUTE(what_a_service_keeps_to_itself_may_not_be_sent),
        ROUTE(a_key_speaks_for_its_own_service_only),
        ROUTE(an_event_offered_as_a_command_is_left_out),
        ROUTE(a_subject_stays_with_its_worker_while_anything_of_it_is_in_flight),
        ROUTE(an_idle_slot_may_change_its_worker),
        ROUTE(who_comes_moves_only_its_own_share),
        ROUTE(without_credit_it_is_busy),
        ROUTE(a_full_slot_waits_for_its_worker_though_others_are_free),
        ROUTE(commands_and_queries_do_not_take_each_others_credit),
        ROUTE(queries_go_to_whoever_has_least_to_do_and_in_turn),
        ROUTE(one_systems_flood_leaves_room_for_others),
        ROUTE(who_leaves_gets_nothing_new),
        ROUTE(what_is_new_about_a_worker_is_taken_in),
        ROUTE(who_is_silent_for_too_long_is_found_and_forgotten),
        cmocka_unit_test(a_ticket_is_found_by_its_number_until_it_is_given_back),
        cmocka_unit_test(all_tickets_that_are_out_are_walked_over_once),
    };

    return cmocka_run_group_tests_name("route", tests, NULL, NULL);
}
