/* services/notifications/backoff.h - how long to wait after a failed attempt. Pure. */
#ifndef SANGKIEN_NOTIFICATIONS_BACKOFF_H
#define SANGKIEN_NOTIFICATIONS_BACKOFF_H

#include <stdint.h>

#include "common/id.h"

/* Doubles from the first pause up to an hour; up to a tenth more, by the notification, so that what
 * failed together does not come again together. */
static inline int64_t
backoff_seconds(int64_t first_seconds, int32_t attempts, const struct uuid *notification)
{
    int64_t seconds = first_seconds > 0 ? first_seconds : 1;

    for (int32_t i = 1; i < attempts && seconds < 3600; i++)
        seconds *= 2;
    if (seconds > 3600)
        seconds = 3600;
    return seconds + seconds * notification->bytes[15] / 2550;
}

#endif
