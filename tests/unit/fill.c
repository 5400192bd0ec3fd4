/* tests/unit/fill.c - states and rows become responses, field by field of the same name. */
#include "common/fill.h"

#include <arpa/inet.h>
#include <endian.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>

#include "common/proto.h"
#include "common/world.h"
#include "sangkien/funding/v1/queries.pb-c.h"
#include "services/funding/funding.h"

extern const struct service funding_service;

static struct arena *arena;
static PGresult *rows;

static int
begin(void **state)
{
    (void) state;
    arena = arena_new();
    return 0;
}

static int
end(void **state)
{
    (void) state;
    PQclear(rows);
    rows = NULL;
    arena_free(&arena);
    return 0;
}

static const struct query *
query_of(const ProtobufCMessageDescriptor *ask)
{
    const struct query *q = funding_service.queries;

    while (q->ask != ask)
        q++;
    return q;
}

static void
a_state_fills_the_fields_of_its_columns_and_children(void **unused)
{
    struct funding_case *c =
        (void *) world_blank(arena, &funding_case_kind, (struct uuid){ { 1 } });
    const Funding__GetFundingCaseResponse *response;
    const Funding__FundingCase *shown;
    struct signoff *signoff = list_add(&c->signoffs);

    (void) unused;
    c->self.version = 7;
    c->self.state = FUNDING__FUNDING_STATE__FUNDING_STATE_AGREED;
    c->title = "a title";
    c->agreed_vnd = 123;
    c->digest.bytes[0] = 9;
    c->dossier_id.bytes[15] = 2;
    signoff->party = FUNDING__PARTY__PARTY_FINANCE;
    signoff->person_id.bytes[0] = 3;
    response =
        (const void *) fill_get(arena, query_of(&funding__get_funding_case__descriptor), &c->self);
    shown = response->funding_case;
    assert_int_equal(shown->version, 7);
    assert_int_equal(shown->state, FUNDING__FUNDING_STATE__FUNDING_STATE_AGREED);
    assert_string_equal(shown->title, "a title");
    assert_int_equal(shown->agreed_vnd, 123);
    assert_int_equal(shown->digest.len, 32);
    assert_string_equal(shown->dossier_id, "00000000-0000-0000-0000-000000000002");
    assert_int_equal(shown->n_signoffs, 1);
    assert_int_equal(shown->signoffs[0]->party, FUNDING__PARTY__PARTY_FINANCE);
}

static void
what_is_not_there_yet_is_empty(void **unused)
{
    struct funding_case *c =
        (void *) world_blank(arena, &funding_case_kind, (struct uuid){ { 1 } });
    const Funding__GetFundingCaseResponse *response =
        (const void *) fill_get(arena, query_of(&funding__get_funding_case__descriptor), &c->self);

    (void) unused;
    assert_int_equal(response->funding_case->digest.len, 0);
    assert_string_equal(response->funding_case->ceiling_id, "");
    assert_null(response->funding_case->decision);
    assert_int_equal(response->funding_case->n_signoffs, 0);
}

/* ------------------------------------------------------------------ lists */

static void
begin_rows(const char *const *names, const Oid *types, int width)
{
    PGresAttDesc columns[8] = { 0 };

    for (int i = 0; i < width; i++) {
        columns[i].name = (char *) (uintptr_t) names[i];
        columns[i].typid = types[i];
        columns[i].format = 1;
    }
    rows = PQmakeEmptyPGresult(NULL, PGRES_TUPLES_OK);
    assert_int_equal(PQsetResultAttrs(rows, width, columns), 1);
}

static void
put(int row, int column, const void *value, size_t size)
{
    assert_int_equal(PQsetvalue(rows, row, column, (char *) (uintptr_t) value, (int) size), 1);
}

static void
ceilings(int count)
{
    static const char *const names[] = { "page_key",   "id",          "budget_source",
                                         "amount_vnd", "fiscal_year", "not_a_field" };
    static const Oid types[] = { 25, 2950, 25, 20, 23, 25 };

    begin_rows(names, types, 6);
    for (int i = 0; i < count; i++) {
        char key[8];
        uint8_t id[16] = { 0 };
        uint64_t amount = htobe64((uint64_t) (100 + i));
        uint32_t year = htonl(2020);

        snprintf(key, sizeof(key), "key%d", i);
        id[15] = (uint8_t) i;
        put(i, 0, key, strlen(key));
        put(i, 1, id, sizeof(id));
        put(i, 2, "provincial", 10);
        put(i, 3, &amount, sizeof(amount));
        put(i, 4, &year, sizeof(year));
        PQsetvalue(rows, i, 5, NULL, -1);
    }
}

static const Funding__ListBudgetCeilingsResponse *
listed(size_t size, size_t most_bytes)
{
    return (const void *) fill_list(arena, query_of(&funding__list_budget_ceilings__descriptor),
                                    (const struct db_result *) rows, size, most_bytes);
}

static void
a_row_fills_the_fields_that_its_columns_are_named_after(void **unused)
{
    const Funding__ListBudgetCeilingsResponse *response;

    (void) unused;
    ceilings(2);
    response = listed(10, 60000);
    assert_int_equal(response->n_budget_ceilings, 2);
    assert_string_equal(response->budget_ceilings[1]->id, "00000000-0000-0000-0000-000000000001");
    assert_string_equal(response->budget_ceilings[1]->budget_source, "provincial");
    assert_int_equal(response->budget_ceilings[1]->amount_vnd, 101);
    assert_int_equal(response->budget_ceilings[1]->fiscal_year, 2020);
    assert_string_equal(response->next_page_token, "");
}

static void
one_row_more_than_a_page_makes_a_token_of_the_last_one_shown(void **unused)
{
    const Funding__ListBudgetCeilingsResponse *response;

    (void) unused;
    ceilings(4);
    response = listed(3, 60000);
    assert_int_equal(response->n_budget_ceilings, 3);
    assert_string_equal(response->next_page_token, "key2");
}

static void
a_page_that_would_be_too_large_ends_before(void **unused)
{
    const Funding__ListBudgetCeilingsResponse *response;

    (void) unused;
    ceilings(4);
    response = listed(10, 150);
    assert_true(response->n_budget_ceilings >= 1 && response->n_budget_ceilings < 4);
    assert_true(protobuf_c_message_get_packed_size(&response->base) < 300);
    assert_string_not_equal(response->next_page_token, "");
}

static void
even_one_large_row_is_shown_so_that_pages_go_on(void **unused)
{
    const Funding__ListBudgetCeilingsResponse *response;

    (void) unused;
    ceilings(2);
    response = listed(10, 1);
    assert_int_equal(response->n_budget_ceilings, 1);
    assert_string_equal(response->next_page_token, "key0");
}

static void
no_rows_make_an_empty_page(void **unused)
{
    (void) unused;
    ceilings(0);
    assert_int_equal(listed(10, 60000)->n_budget_ceilings, 0);
    assert_string_equal(listed(10, 60000)->next_page_token, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_state_fills_the_fields_of_its_columns_and_children),
        TEST(what_is_not_there_yet_is_empty),
        TEST(a_row_fills_the_fields_that_its_columns_are_named_after),
        TEST(one_row_more_than_a_page_makes_a_token_of_the_last_one_shown),
        TEST(a_page_that_would_be_too_large_ends_before),
        TEST(even_one_large_row_is_shown_so_that_pages_go_on),
        TEST(no_rows_make_an_empty_page),
    };

    return cmocka_run_group_tests_name("unit.fill", tests, NULL, NULL);
}
