/* common/authority.h - who is who and who may what: a process's own copy of the directory.
 *
 * Shapes     built by folding the events of the programme "directory" in order; asked by time.
 * Units      times in UTC microseconds; periods are [from, until), 0 means open.
 * Errors     NULL or false for what is not known.
 * Ownership  what is returned lives as long as the authority.
 * Threads    one writer; see authority_hear. Readers in other threads must hold a lock of their own.
 */
#ifndef SANGKIEN_COMMON_AUTHORITY_H
#define SANGKIEN_COMMON_AUTHORITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/err.h"
#include "common/id.h"
#include "common/keyfile.h"

#define DIRECTORY_PROGRAMME "directory"

/* Whoever speaks: from the key (agency, system) and from the message (person, capacity). */
struct actor {
    struct uuid person;
    struct uuid agency;
    struct uuid system;
    int capacity;
};

struct agency {
    struct uuid id;
    const char *name;
    const char *short_name;
    const char *email;
    const char *code;
    int agency_class;   /* a directory AgencyClass */
    struct uuid parent; /* nil: none */
};

struct peer_system {
    struct uuid id;
    struct uuid agency;
    const char *name;
    char public_key[KEY_TEXT_SIZE];
    bool is_revoked;
};

struct authority;

struct authority *authority_new(void);
void authority_free(struct authority **authority_p);

/* Last position of the directory's journal that went in. */
int64_t authority_position(const struct authority *authority);

/* Takes in one event of the directory's journal; types that do not matter here only move the position. */
int authority_hear(struct authority *authority, int64_t position, const char *type,
                   const void *body, size_t size) MUST_CHECK;

const struct agency *authority_agency(const struct authority *authority, const struct uuid *agency);
/* Does the one stand anywhere above the other? Nobody stands above itself. */
bool authority_is_above(const struct authority *authority, const struct uuid *upper,
                        const struct uuid *lower);

const struct peer_system *authority_system(const struct authority *authority,
                                           const struct uuid *system);
const struct peer_system *authority_system_by_key(const struct authority *authority,
                                                  const char *public_key);

/* The agency of a person; NULL when there is no such person. */
const struct uuid *authority_agency_of(const struct authority *authority,
                                       const struct uuid *person);

/* Does the person hold one of these roles (a set of MAY bits) in the programme at that time? An operator
 * holds no business role whatever is bound to the agency. */
bool authority_holds(const struct authority *authority, const struct uuid *person, unsigned roles,
                     const char *programme, int64_t at_us);

/* Does the person hold any role but OPERATOR anywhere, now or later, by name or through the agency? And
 * OPERATOR? A binding counts until it is ended, also when its period is over. */
bool authority_has_business(const struct authority *authority, const struct uuid *person);
bool authority_is_operator(const struct authority *authority, const struct uuid *person);

/* Is there an operator at that time, for an open period, by another binding than this one? */
bool authority_has_other_operator(const struct authority *authority, const struct uuid *binding,
                                  int64_t at_us);

/* Does any person of the agency hold one of these roles in the programme at that time? What binds the whole
 * agency counts also while none of its persons is registered, but not when all of them are operators. */
bool authority_agency_holds(const struct authority *authority, const struct uuid *agency,
                            unsigned roles, const char *programme, int64_t at_us);

/* May the agency read everything of the programme? Roles that see the whole are OWNER, STANDING, ORGANISER,
 * the sign-off parties, AUTHORITY, ACCOUNTANT, TREASURY and AUDITOR; and OPERATOR in the directory. */
bool authority_reads_all(const struct authority *authority, const struct uuid *agency,
                         const char *programme, int64_t at_us);

/* Calls back for every agency that holds one of the roles in the programme at that time, once each;
 * roles 0 means every agency there is. */
void authority_each_agency(const struct authority *authority, unsigned roles, const char *programme,
                           int64_t at_us, void (*each)(void *context, const struct agency *agency),
                           void *context);

/* Calls back for every system that is not revoked. */
void authority_each_system(const struct authority *authority,
                           void (*each)(void *context, const struct peer_system *system),
                           void *context);

#endif
