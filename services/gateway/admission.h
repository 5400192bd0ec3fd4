/* services/gateway/admission.h - how much may be under way, of one system and of all.
 *
 * Shapes     every request counts its bytes and a share of what it costs besides.
 * Units      times in milliseconds of the monotonic clock.
 * Errors     0, or SYSTEM_BUSY or GATEWAY_BUSY of the wire.
 * Threads    belongs to the door.
 */
#ifndef SANGKIEN_GATEWAY_ADMISSION_H
#define SANGKIEN_GATEWAY_ADMISSION_H

#include <stdbool.h>

#include "common/config.h"
#include "common/id.h"

struct admission;

struct admission *admission_new(const struct config *config);
void admission_free(struct admission **admission_p);

/* Everything that enters must leave, with the same size. */
int admission_enter(struct admission *admission, const struct uuid *system, size_t bytes);
void admission_leave(struct admission *admission, const struct uuid *system, size_t bytes);

/* A request of the system was refused: that costs something too. false: that happened so often of late, to it or to
 * all together, that the door shall rest; ask again in a millisecond. */
bool admission_refuse(struct admission *admission, const struct uuid *system, int64_t now_ms);

/* How often one may still be refused, when so long ago it was so often. */
int64_t admission_patience(int64_t left, int64_t pause_ms, int64_t refusals_a_ms);

int64_t admission_count_of(const struct admission *admission, const struct uuid *system);
int64_t admission_count(const struct admission *admission);
int64_t admission_bytes(const struct admission *admission);

#endif
