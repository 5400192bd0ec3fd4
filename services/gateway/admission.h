/* services/gateway/admission.h - how much may be under way, of one system and of all.
 *
 * Shapes     every request counts its bytes and a share of what it costs besides.
 * Errors     0, or SYSTEM_BUSY or GATEWAY_BUSY of the wire.
 * Threads    belongs to the door.
 */
#ifndef SANGKIEN_GATEWAY_ADMISSION_H
#define SANGKIEN_GATEWAY_ADMISSION_H

#include "common/config.h"
#include "common/id.h"

struct admission;

struct admission *admission_new(const struct config *config);
void admission_free(struct admission **admission_p);

/* Everything that enters must leave, with the same size. */
int admission_enter(struct admission *admission, const struct uuid *system, size_t bytes);
void admission_leave(struct admission *admission, const struct uuid *system, size_t bytes);

int64_t admission_count_of(const struct admission *admission, const struct uuid *system);
int64_t admission_count(const struct admission *admission);
int64_t admission_bytes(const struct admission *admission);

#endif
