/* tests/bench/pauses.c - rows of those who pause equally long: in each the first to come is the first to go. */
#include "tests/bench/pauses.h"

#include <stddef.h>
#include <stdlib.h>

enum { ROWS = 6, ROOM = 1 << 15 };

struct pauses {
    struct row {
        struct flight flights[ROOM];
        size_t put, taken;
    } rows[ROWS];
    int64_t pause_us; /* in the first row */
};

struct pauses *
pauses_new(int64_t pause_us)
{
    struct pauses *pauses = calloc(1, sizeof(*pauses));

    if (!pauses)
        abort();
    pauses->pause_us = pause_us;
    return pauses;
}

bool
pauses_put(struct pauses *pauses, const struct flight *refused, int64_t now_us)
{
    int nth = refused->refused < ROWS ? refused->refused : ROWS - 1;
    struct row *row = &pauses->rows[nth];
    struct flight *place = &row->flights[row->put % ROOM];

    if (!pauses->pause_us)
        return false;
    if (row->put++ - row->taken == ROOM)
        abort();
    *place = *refused;
    place->began_us = now_us + (pauses->pause_us << nth);
    place->refused++;
    return true;
}

static const struct flight *
first_of(const struct row *row)
{
    return row->taken < row->put ? &row->flights[row->taken % ROOM] : NULL;
}

bool
pauses_take(struct pauses *pauses, int64_t now_us, struct flight *ret_rested)
{
    for (struct row *row = pauses->rows; row < pauses->rows + ROWS; row++) {
        const struct flight *first = first_of(row);

        if (first && first->began_us <= now_us) {
            *ret_rested = *first;
            row->taken++;
            return true;
        }
    }
    return false;
}

int64_t
pauses_next_us(const struct pauses *pauses, int64_t latest_us)
{
    for (const struct row *row = pauses->rows; row < pauses->rows + ROWS; row++) {
        const struct flight *first = first_of(row);

        if (first && first->began_us < latest_us)
            latest_us = first->began_us;
    }
    return latest_us;
}
