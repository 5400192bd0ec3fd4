/* services/directory/directory.h - what the directory knows: agencies, persons, systems, roles.
 *
 * Shapes     everything lives in the programme "directory". A person's name and mailbox stand
 *            apart, in directory.person_private, and in no event.
 * Units      times in UTC microseconds; periods are [from, until), 0 means open.
 * Source     rule R-G5: tests/model/simulation says it as a check.
 */
#ifndef SANGKIEN_SERVICES_DIRECTORY_DIRECTORY_H
#define SANGKIEN_SERVICES_DIRECTORY_DIRECTORY_H

#include "common/decide.h"
#include "common/service.h"
#include "common/table.h"
#include "sangkien/directory/v1/commands.pb-c.h"
#include "sangkien/directory/v1/events.pb-c.h"
#include "sangkien/directory/v1/types.pb-c.h"

#define NO(r) DIRECTORY__REFUSAL__REFUSAL_##r
#define ON(m) &directory__##m##__descriptor
#define AGENCY_IS(s) DIRECTORY__AGENCY_STATE__AGENCY_STATE_##s
#define PERSON_IS(s) DIRECTORY__PERSON_STATE__PERSON_STATE_##s
#define SYSTEM_IS(s) DIRECTORY__SYSTEM_STATE__SYSTEM_STATE_##s
#define BINDING_IS(s) DIRECTORY__ROLE_BINDING_STATE__ROLE_BINDING_STATE_##s
#define OPERATOR_ROLE DIRECTORY__ROLE__ROLE_OPERATOR

/* A name that the agency has, or had, and the legal act that gave it. */
struct agency_name {
    const char *name;
    const char *short_name;
    const Types__OfficialDocument *document; /* NULL where none was cited */
};

struct agency_state {
    struct aggregate self;
    struct uuid agency_id; /* its own: it is a party of what happens to it */
    const char *name;
    const char *short_name;
    int agency_class;
    int level;
    struct uuid parent_agency_id;
    const char *email;
    const char *agency_code;
    struct list names; /* of struct agency_name, the present one last */
};

struct person_state {
    struct aggregate self;
    struct uuid agency_id;
};

/* Personal data, kept beside the fold. */
struct person_private {
    struct uuid id; /* of the person */
    const char *full_name;
    const char *email;
};

struct peer_system_state {
    struct aggregate self;
    struct uuid agency_id;
    const char *name;
    const char *public_key;
};

struct role_binding_state {
    struct aggregate self;
    int role;
    struct uuid agency_id;
    struct uuid person_id; /* nil: every person of the agency */
    const char *in_programme;
    int64_t valid_from_us;
    int64_t valid_until_us;
    int64_t ended_at_us;
};

extern const struct kind agency_kind;
extern const struct kind person_kind;
extern const struct kind peer_system_kind;
extern const struct kind role_binding_kind;

extern const struct table agency_table;
extern const struct table person_table;
extern const struct table person_private_table;
extern const struct table peer_system_table;
extern const struct table role_binding_table;

extern const struct service directory_service;

/* first_operator.c: what the operator's file says, and the words that follow from it. */
struct first_operator {
    const char *agency_name;
    const char *agency_code;
    const char *agency_email;
    const char *person_name;
    const char *system_name;
    const char *public_key;
};

/* Lines of `key = value`, one for each member; # begins a comment. ERR_FATAL: not such a file. */
int first_operator_read(const char *path, struct arena *arena,
                        struct first_operator *ret_operator) MUST_CHECK;

/* Adds the commands that make the first operator, in order, under ids that never change. */
void first_operator_requests(const struct first_operator *who, struct arena *arena,
                             struct list *ret_words);

/* Both of these with config->first_operator, as struct service wants it. */
int first_operator_words(const struct config *config, struct arena *arena,
                         struct list *ret_words) MUST_CHECK;

#endif
