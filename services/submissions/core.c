/* services/submissions/core.c - what the cores of all kinds share. Pure, as they are. */
#include "common/clock.h"
#include "services/submissions/submissions.h"

bool
submissions_day(const Types__Date *date, int64_t *ret_us)
{
    return date && local_midnight_us(date->year, date->month, date->day, 0, ret_us);
}

int
submissions_deadline_end(const Types__Deadline *deadline, const char *field, struct events *out,
                         int64_t *ret_us)
{
    const Types__Date *date = deadline ? deadline->date : NULL;
    int64_t midnight_us = 0;

    if (!date || !local_midnight_us(date->year, date->month, date->day,
                                    deadline->utc_offset_minutes, &midnight_us))
        return wrong(out, NO(BAD_DATE), arena_format(out->arena, "%s.date", field),
                     "there is no such day at that offset from UTC");
    *ret_us = deadline->inclusive ? midnight_us + DAY_US : midnight_us;
    return ACCEPTED;
}

int
submissions_judge_document(const Types__OfficialDocument *document, struct events *out)
{
    int64_t midnight_us;

    if (!document || !submissions_day(document->issued_on, &midnight_us))
        return wrong(out, NO(BAD_DATE), "document.issued_on", "there is no such day");
    return ACCEPTED;
}
