/* tests/model/simulation/unique_entries.c - what the database says of an edition and of all its entries at once. */
#include "common/clock.h"
#include "services/submissions/entry.h"
#include "tests/model/simulation/simulation.h"

static bool
is_open(const struct edition *edition, const struct entry *entry)
{
    return uuid_equal(&entry->edition_id, &edition->self.id) &&
           (entry->self.state == ENTRY_IS(SUBMITTED) ||
            (entry->self.state == ENTRY_IS(RETURNED) &&
             entry->cure_at_us + DAY_US > edition->self.changed_us));
}

static bool
is_changed(const struct stored *stored, struct held *const *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i]->kind == stored->kind && uuid_equal(&rows[i]->id, &stored->key.id))
            return true;
    return false;
}

static bool
has_open_entries(const struct tenant *programme, const struct edition *edition,
                 struct held *const *rows, size_t count)
{
    const struct list *entries = &programme->stored[kind_number(&entry_kind)];

    for (size_t i = 0; i < count; i++)
        if (rows[i]->kind == &entry_kind && is_open(edition, (const void *) rows[i]->state))
            return true;
    for (size_t i = 0; i < entries->count; i++) {
        const struct stored *stored = stored_at(entries, i);

        if (is_open(edition, (const void *) stored->state) && !is_changed(stored, rows, count))
            return true;
    }
    return false;
}

bool
unique_entries_are_examined(const struct tenant *programme, struct held *const *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct edition *edition = (const void *) rows[i]->state, *before;
        const struct stored *stored;

        if (rows[i]->kind != &edition_kind || !edition->entrants_confirmed)
            continue;
        stored = stored_find(programme, &edition_kind, &rows[i]->id);
        before = stored ? (const void *) stored->state : NULL;
        if ((!before || !before->entrants_confirmed) &&
            has_open_entries(programme, edition, rows, count))
            return false;
    }
    return true;
}
