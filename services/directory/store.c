/* services/directory/store.c - where agencies, persons, systems and role bindings are kept. */
#include "services/directory/directory.h"

/* clang-format off */
static const struct column agency_name_columns[] = {
    COLUMN(struct agency_name, name,       TEXT),
    COLUMN(struct agency_name, short_name, TEXT),
    COLUMN_MESSAGE(struct agency_name, document, &types__official_document__descriptor),
    { 0 },
};

static const struct child agency_children[] = {
    CHILD("directory.agency_name", struct agency_state, names, struct agency_name, agency_name_columns),
    { 0 },
};

static const struct column agency_columns[] = {
    COLUMN(struct agency_state, agency_id,        PARTY),
    COLUMN(struct agency_state, name,             TEXT),
    COLUMN(struct agency_state, short_name,       TEXT),
    COLUMN(struct agency_state, agency_class,     ENUM),
    COLUMN(struct agency_state, level,            ENUM),
    COLUMN(struct agency_state, parent_agency_id, UUID),
    COLUMN(struct agency_state, email,            TEXT),
    COLUMN(struct agency_state, agency_code,      TEXT),
    { 0 },
};

static const struct column person_columns[] = {
    COLUMN(struct person_state, agency_id, PARTY),
    { 0 },
};

static const struct column person_private_columns[] = {
    COLUMN(struct person_private, id,        UUID),
    COLUMN(struct person_private, full_name, TEXT),
    COLUMN(struct person_private, email,     TEXT),
    { 0 },
};

static const struct column peer_system_columns[] = {
    COLUMN(struct peer_system_state, agency_id,  PARTY),
    COLUMN(struct peer_system_state, name,       TEXT),
    COLUMN(struct peer_system_state, public_key, TEXT),
    { 0 },
};

static const struct column role_binding_columns[] = {
    COLUMN(struct role_binding_state, role,           ENUM),
    COLUMN(struct role_binding_state, agency_id,      PARTY),
    COLUMN(struct role_binding_state, person_id,      UUID),
    COLUMN(struct role_binding_state, in_programme,   TEXT),
    COLUMN(struct role_binding_state, valid_from_us,  TIME),
    COLUMN(struct role_binding_state, valid_until_us, TIME),
    COLUMN(struct role_binding_state, ended_at_us,    TIME),
    { 0 },
};

const struct table agency_table = { "directory.agency", agency_columns, sizeof(struct agency_state), agency_children };
const struct table person_table = { "directory.person", person_columns, sizeof(struct person_state), NULL };
const struct table person_private_table = { "directory.person_private", person_private_columns, sizeof(struct person_private), NULL };
const struct table peer_system_table = { "directory.peer_system", peer_system_columns, sizeof(struct peer_system_state), NULL };
const struct table role_binding_table = { "directory.role_binding", role_binding_columns, sizeof(struct role_binding_state), NULL };
/* clang-format on */
