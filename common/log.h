/* common/log.h - one structured line per message, on standard error.
 *
 * Shapes     logfmt: ts=... level=info service=funding msg="..." key=value ...; values are escaped so that
 *            no input can begin a new line or a new key.
 * Threads    any.
 */
#ifndef SANGKIEN_COMMON_LOG_H
#define SANGKIEN_COMMON_LOG_H

#include <stdbool.h>

#include "common/err.h"

/* level: debug, info, warning or error. */
int log_open(const char *service, const char *level) MUST_CHECK;

/* Is anything said by log_info shown? Spares the making of what nobody reads. */
bool log_has_info(void);

/* Fields are pairs of key and value, closed by NULL: log_info("answered", "type", t, "reason", r, NULL).
 * A NULL value leaves the pair out. */
void log_debug(const char *message, ...) __attribute__((sentinel));
void log_info(const char *message, ...) __attribute__((sentinel));
void log_warning(const char *message, ...) __attribute__((sentinel));
void log_error(const char *message, ...) __attribute__((sentinel));
bool log_is_debug(void);

#endif
