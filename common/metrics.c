/* common/metrics.c - counters, gauges and histograms, moved by any thread without a lock. */
#include "common/metrics.h"

#include <assert.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common/health.h"

#define BUCKETS 14

/* clang-format off */
static const struct bucket { int64_t most_us; const char *seconds; } buckets[BUCKETS] = {
    { 500,     "0.0005" }, { 1000,    "0.001" }, { 2500,    "0.0025" }, { 5000,     "0.005" },
    { 10000,   "0.01" },   { 25000,   "0.025" }, { 50000,   "0.05" },   { 100000,   "0.1" },
    { 250000,  "0.25" },   { 500000,  "0.5" },   { 1000000, "1" },      { 2500000,  "2.5" },
    { 5000000, "5" },      { 10000000, "10" },
};
static const char *const kind_names[] = { "counter", "gauge", "histogram" };
/* clang-format on */

struct metric {
    struct metric *next;
    char *name;
    char *label;
    char *help;
    enum metric_kind kind;
    _Atomic int64_t value;               /* a histogram's sum in microseconds */
    _Atomic int64_t counts[BUCKETS + 1]; /* the last is for what no bucket holds */
};

/* Metrics are only ever added, at the front; the lock is for adding. */
static _Atomic(struct metric *) first;
static pthread_mutex_t adding = PTHREAD_MUTEX_INITIALIZER;

static bool
ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);

    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static bool
is_well_named(const char *name, enum metric_kind kind)
{
    if (strncmp(name, "sangkien_", 9) != 0 || ends_in(name, "_total") != (kind == METRIC_COUNTER))
        return false;
    return kind != METRIC_SECONDS || ends_in(name, "_seconds");
}

static char *
copy(const char *text)
{
    char *fresh = strdup(text);

    if (!fresh)
        abort();
    return fresh;
}

static struct metric *
find(const char *name, const char *label, enum metric_kind kind)
{
    for (struct metric *m = atomic_load(&first); m; m = m->next)
        if (strcmp(m->name, name) == 0) {
            assert(m->kind == kind);
            if (strcmp(m->label, label) == 0)
                return m;
        }
    return NULL;
}

struct metric *
metric_new(const char *name, const char *label, enum metric_kind kind, const char *help)
{
    struct metric *metric;

    assert(is_well_named(name, kind));
    if (!label)
        label = "";
    pthread_mutex_lock(&adding);
    metric = find(name, label, kind);
    if (!metric) {
        metric = calloc(1, sizeof(*metric));
        if (!metric)
            abort();
        metric->name = copy(name);
        metric->label = copy(label);
        metric->help = copy(help);
        metric->kind = kind;
        metric->next = atomic_load(&first);
        atomic_store(&first, metric);
    }
    pthread_mutex_unlock(&adding);
    return metric;
}

void
metric_add(struct metric *metric, int64_t by)
{
    assert(metric->kind == METRIC_GAUGE || (metric->kind == METRIC_COUNTER && by >= 0));
    atomic_fetch_add_explicit(&metric->value, by, memory_order_relaxed);
}

void
metric_set(struct metric *metric, int64_t value)
{
    assert(metric->kind == METRIC_GAUGE);
    atomic_store_explicit(&metric->value, value, memory_order_relaxed);
}

void
metric_seconds(struct metric *metric, int64_t microseconds)
{
    size_t i = 0;

    assert(metric->kind == METRIC_SECONDS);
    if (microseconds < 0)
        microseconds = 0; /* the clock was set back */
    while (i < BUCKETS && microseconds > buckets[i].most_us)
        i++;
    atomic_fetch_add_explicit(&metric->value, microseconds, memory_order_relaxed);
    atomic_fetch_add_explicit(&metric->counts[i], 1, memory_order_relaxed);
}

/* ------------------------------------------------------------------ printing */

static int64_t
now(const _Atomic int64_t *number)
{
    return atomic_load_explicit(number, memory_order_relaxed);
}

/* The count is the sum of the buckets as read, so that the two agree whatever happens meanwhile. */
static void
print_histogram(const struct metric *m, FILE *out)
{
    const char *comma = *m->label ? "," : "";
    int64_t sum = now(&m->value);
    int64_t count = 0;
    const char *opening = *m->label ? "{" : "";
    const char *closing = *m->label ? "}" : "";

    for (size_t i = 0; i <= BUCKETS; i++) {
        count += now(&m->counts[i]);
        fprintf(out, "%s_bucket{%s%sle=\"%s\"} %lld\n", m->name, m->label, comma,
                i < BUCKETS ? buckets[i].seconds : "+Inf", (long long) count);
    }
    fprintf(out, "%s_sum%s%s%s %lld.%06lld\n", m->name, opening, m->label, closing,
            (long long) (sum / 1000000), (long long) (sum % 1000000));
    fprintf(out, "%s_count%s%s%s %lld\n", m->name, opening, m->label, closing, (long long) count);
}

static void
print_head(const char *name, const char *kind, const char *help, FILE *out)
{
    fprintf(out, "# HELP %s ", name);
    for (const char *c = help; *c; c++)
        fputs(*c == '\n' ? "\\n" : *c == '\\' ? "\\\\" : (const char[]){ *c, '\0' }, out);
    fprintf(out, "\n# TYPE %s %s\n", name, kind);
}

static void
print_sample(const struct metric *m, FILE *out)
{
    if (m->kind == METRIC_SECONDS)
        print_histogram(m, out);
    else if (*m->label)
        fprintf(out, "%s{%s} %lld\n", m->name, m->label, (long long) now(&m->value));
    else
        fprintf(out, "%s %lld\n", m->name, (long long) now(&m->value));
}

static bool
is_first_of_family(const struct metric *newest, const struct metric *metric)
{
    for (const struct metric *m = newest; m != metric; m = m->next)
        if (strcmp(m->name, metric->name) == 0)
            return false;
    return true;
}

static void
print_number(const char *name, const char *help, long long number, FILE *out)
{
    print_head(name, kind_names[METRIC_GAUGE], help, out);
    fprintf(out, "%s %lld\n", name, number);
}

static long long
resident_bytes(void)
{
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    char text[128] = "";
    ssize_t size;

    if (fd < 0)
        return 0;
    size = read(fd, text, sizeof(text) - 1);
    close(fd);
    /* the second number, in pages */
    return size > 0 ? strtoll(text + strcspn(text, " "), NULL, 10) * sysconf(_SC_PAGESIZE) : 0;
}

static long long
open_fds(void)
{
    DIR *folder = opendir("/proc/self/fd");
    long long count = -3; /* ".", ".." and the folder's own */

    if (!folder)
        return 0;
    while (readdir(folder))
        count++;
    closedir(folder);
    return count;
}

static void
print_process(FILE *out)
{
    struct rlimit limit = { 0, 0 };

    getrlimit(RLIMIT_NOFILE, &limit);
    print_number("process_resident_memory_bytes", "Memory that the process holds.",
                 resident_bytes(), out);
    print_number("process_open_fds", "Files and sockets that the process has open.", open_fds(),
                 out);
    print_number("process_max_fds", "Most files and sockets that it may have open.",
                 (long long) limit.rlim_cur, out);
}

void
metrics_print(FILE *out)
{
    const struct metric *newest = atomic_load(&first);

    for (const struct metric *m = newest; m; m = m->next) {
        if (!is_first_of_family(newest, m))
            continue;
        print_head(m->name, kind_names[m->kind], m->help, out);
        for (const struct metric *same = m; same; same = same->next)
            if (strcmp(same->name, m->name) == 0)
                print_sample(same, out);
    }
    print_process(out);
}
