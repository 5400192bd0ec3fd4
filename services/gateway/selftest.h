/* services/gateway/selftest.h - tries at start whether the doors refuse a key that nobody registered.
 *
 * Errors     0: both refused it. ERR_FATAL: one let it in, or did not say no in time.
 */
#ifndef SANGKIEN_GATEWAY_SELFTEST_H
#define SANGKIEN_GATEWAY_SELFTEST_H

#include "common/err.h"

/* The socket has all its options and is bound nowhere yet: it is tried at a port of loopback that is
 * closed again afterwards. name is for the reason. */
int selftest_door(void *context, void *socket, const char *public_key, const char *name) MUST_CHECK;

#endif
