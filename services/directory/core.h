/* services/directory/core.h - what the parts of the core share.
 *
 * Threads    pure.
 */
#ifndef SANGKIEN_SERVICES_DIRECTORY_CORE_H
#define SANGKIEN_SERVICES_DIRECTORY_CORE_H

#include "services/directory/directory.h"

/* core_role.c */
int directory_bind_role(const struct given *given, const void *command, struct events *out);
int directory_end_role(const struct given *given, const void *command, struct events *out);
void directory_bound_ones(const struct given *given, const void *command, struct keys *keys);
void directory_role_bound(void *state, const void *event);
void directory_role_ended(void *state, const void *event);

/* core_spelling.c: is this a mailbox as mail may be sent to; is this a CURVE public key? */
bool directory_is_mailbox(const char *text);
bool directory_is_key(const char *text);

/* Does the message speak of the directory's own programme? Nothing here lives in another. */
bool directory_is_here(const struct given *given);

#endif
