/* services/directory/service.c - the directory, as data. */
#include "sangkien/directory/v1/queries.pb-c.h"
#include "services/directory/directory.h"

/* Names and mailboxes of agencies are for everybody; roles are for those who see the whole and for
 * the agency itself. */
static const char list_agencies[] =
    "SELECT " QUERY_PAGE_KEY ", t.id, t.version, t.state, t.name, t.short_name, t.agency_class,"
    " t.level, t.parent_agency_id, t.email, t.agency_code"
    " FROM directory.agency AS t WHERE t.programme = $1::text" QUERY_FOR_EVERYBODY QUERY_PAGE;

static const char list_role_bindings[] =
    QUERY_BY_IDS(QUERY_PAGE_KEY ", t.id, t.version, t.state, t.role, t.agency_id, t.person_id,"
                                " t.in_programme AS programme",
                 "directory.role_binding",
                 QUERY_IDS("directory.role_binding", "id", QUERY_ALL) " UNION " QUERY_IDS(
                     "directory.role_binding", "id", "agency_id = $2"));

static const struct kind *const kinds[] = {
    &agency_kind, &person_kind, &peer_system_kind, &role_binding_kind, NULL,
};

static const struct table *const asides[] = { &person_private_table, NULL };

/* clang-format off */
static const struct query queries[] = {
    { ON(get_agency),         ON(get_agency_response),         &agency_kind, NULL, .for_everybody = true },
    { ON(list_agencies),      ON(list_agencies_response),      NULL, list_agencies },
    { ON(list_role_bindings), ON(list_role_bindings_response), NULL, list_role_bindings },
    { 0 },
};

static const struct refusal_text refusal_texts[] = {
    { NO(NOT_THE_DIRECTORY),               "agencies, persons, systems and roles live in the programme \"directory\" only" },
    { NO(UNKNOWN_AGENCY),                  "there is no such agency" },
    { NO(UNKNOWN_PERSON),                  "there is no such person" },
    { NO(OPERATOR_HOLDS_NO_BUSINESS_ROLE), "an operator is one person, in the directory alone, and holds no business role" },
    { NO(NOT_TO_ONESELF),                  "nobody gives a role to themself or to their own agency" },
    { NO(KEY_ALREADY_REGISTERED),          "this key is, or was, that of a system" },
    { NO(BAD_KEY),                         "the key is not a CURVE public key as 40 characters of Z85" },
    { NO(BAD_PERIOD),                      "the period is empty, over, or not made of times" },
    { NO(BAD_EMAIL),                       "the mailbox is not an ASCII address local@domain" },
    { NO(LAST_OPERATOR),                   "without this one there would be no operator for good" },
    { NO(CODE_ALREADY_USED),               "another agency has this code" },
    { NO(PERSON_OF_ANOTHER_AGENCY),        "the person does not belong to this agency" },
    { 0 },
};

/* What two requests at once cannot see of each other, the database says. */
static const struct guard guards[] = {
    { "agency_agency_code_key",                       NO(CODE_ALREADY_USED) },
    { "peer_system_public_key_key",                   NO(KEY_ALREADY_REGISTERED) },
    { "role_binding_operator_holds_no_business_role", NO(OPERATOR_HOLDS_NO_BUSINESS_ROLE) },
    { "role_binding_last_operator",                   NO(LAST_OPERATOR) },
    { 0 },
};
/* clang-format on */

const struct service directory_service = {
    .name = "directory",
    .package = "sangkien.directory.v1",
    .kinds = kinds,
    .queries = queries,
    .refusals = &directory__refusal__descriptor,
    .refusal_texts = refusal_texts,
    .guards = guards,
    .asides = asides,
    .first_words = first_operator_words,
};
