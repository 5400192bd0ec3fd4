/* services/gateway/admission.c - how much may be under way, of one system and of all. */
#include "services/gateway/admission.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

#include "common/map.h"
#include "sangkien/wire/v1/wire.pb-c.h"

enum { OVERHEAD = 512 }; /* bytes that a request costs besides its own */

/* Refusals a millisecond, of one system and of all: a flood takes processor time from whoever is not refused,
 * so it is read no faster than this. At once as many as in so many milliseconds. */
enum { REFUSALS_OF_ONE = 16, REFUSALS_OF_ALL = 72, PATIENCE_MS = 8 };

struct load {
    struct uuid system;
    struct load *next;
    int64_t count;
    int64_t bytes;
    int64_t refusals_left;
    int64_t refused_ms; /* as of when so many are left */
};

struct admission {
    int64_t most_count;
    int64_t most_bytes;
    int64_t most_bytes_of_all;
    struct load all;
    struct map systems; /* of struct load; as many as were ever registered and spoke */
    struct load *first;
};

struct admission *
admission_new(const struct config *config)
{
    struct admission *a = calloc(1, sizeof(*a));

    if (!a)
        abort();
    a->most_count = config->system_inflight;
    a->most_bytes = config->system_inflight_bytes;
    a->most_bytes_of_all = config->global_inflight_bytes;
    map_init(&a->systems, offsetof(struct load, system), sizeof(struct uuid));
    return a;
}

void
admission_free(struct admission **admission_p)
{
    struct admission *a = *admission_p;

    *admission_p = NULL;
    if (!a)
        return;
    for (struct load *load = a->first, *next; load; load = next) {
        next = load->next;
        free(load);
    }
    map_done(&a->systems);
    free(a);
}

static struct load *
load_of(struct admission *a, const struct uuid *system)
{
    struct load *load = map_get(&a->systems, system);

    if (load)
        return load;
    load = calloc(1, sizeof(*load));
    if (!load)
        abort();
    load->system = *system;
    load->next = a->first;
    a->first = load;
    map_put(&a->systems, load);
    return load;
}

int
admission_enter(struct admission *admission, const struct uuid *system, size_t bytes)
{
    struct load *load = load_of(admission, system);
    int64_t cost = (int64_t) bytes + OVERHEAD;

    if (load->count >= admission->most_count || load->bytes + cost > admission->most_bytes)
        return WIRE__REASON__REASON_SYSTEM_BUSY;
    if (admission->all.bytes + cost > admission->most_bytes_of_all)
        return WIRE__REASON__REASON_GATEWAY_BUSY;
    load->count++;
    load->bytes += cost;
    admission->all.count++;
    admission->all.bytes += cost;
    return 0;
}

void
admission_leave(struct admission *admission, const struct uuid *system, size_t bytes)
{
    struct load *load = load_of(admission, system);
    int64_t cost = (int64_t) bytes + OVERHEAD;

    assert(load->count > 0 && load->bytes >= cost);
    load->count--;
    load->bytes -= cost;
    admission->all.count--;
    admission->all.bytes -= cost;
}

int64_t
admission_patience(int64_t left, int64_t pause_ms, int64_t refusals_a_ms)
{
    int64_t most = refusals_a_ms * PATIENCE_MS;

    if (pause_ms >= PATIENCE_MS)
        return most;
    left += refusals_a_ms * pause_ms;
    return left < most ? left : most;
}

static bool
has_patience(struct load *load, int64_t now_ms, int64_t refusals_a_ms)
{
    load->refusals_left =
        admission_patience(load->refusals_left, now_ms - load->refused_ms, refusals_a_ms);
    load->refused_ms = now_ms;
    return load->refusals_left > 0;
}

bool
admission_refuse(struct admission *admission, const struct uuid *system, int64_t now_ms)
{
    struct load *load = load_of(admission, system);
    bool of_one = has_patience(load, now_ms, REFUSALS_OF_ONE);
    bool of_all = has_patience(&admission->all, now_ms, REFUSALS_OF_ALL);

    load->refusals_left -= of_one;
    admission->all.refusals_left -= of_all;
    return of_one && of_all;
}

int64_t
admission_count_of(const struct admission *admission, const struct uuid *system)
{
    const struct load *load = map_get(&admission->systems, system);

    return load ? load->count : 0;
}

int64_t
admission_count(const struct admission *admission)
{
    return admission->all.count;
}

int64_t
admission_bytes(const struct admission *admission)
{
    return admission->all.bytes;
}
