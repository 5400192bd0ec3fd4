/* services/notifications/phrases.h - how the words of the protocol are said to people.
 *
 * Threads    pure.
 */
#ifndef SANGKIEN_NOTIFICATIONS_PHRASES_H
#define SANGKIEN_NOTIFICATIONS_PHRASES_H

#include "services/notifications/facts.h"

/* "giải Nhất" for AWARD_FIRST; NULL for what has no phrase, also for UNSPECIFIED. */
const char *phrase_of(enum language language, const ProtobufCEnumDescriptor *descriptor, int value);

/* 1234567 as "1.234.567 đồng". */
const char *money_text(struct arena *arena, enum language language, int64_t amount_vnd);

/* 8550 as "85,50". */
const char *centi_text(struct arena *arena, enum language language, int64_t centi);

/* A day of the calendar: "31/01/2020". */
const char *day_text(struct arena *arena, enum language language, int year, int month, int day);

/* "thứ Sáu, 31/01/2020, 00:00 giờ Việt Nam". */
const char *local_time_text(struct arena *arena, enum language language, int64_t time_us);

#endif
