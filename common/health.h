/* common/health.h - /healthz, /readyz and /metrics over HTTP.
 *
 * Shapes     metrics are Prometheus text 0.0.4; names begin with "sangkien_", carry their unit, and
 *            counters end in "_total".
 * Errors     ERR_FATAL when the address cannot be bound.
 * Threads    counters and gauges may be moved from any thread; the page has a thread of its own.
 */
#ifndef SANGKIEN_COMMON_HEALTH_H
#define SANGKIEN_COMMON_HEALTH_H

#include <stdbool.h>
#include <stdint.h>

#include "common/err.h"

enum metric_kind { METRIC_COUNTER, METRIC_GAUGE, METRIC_SECONDS /* histogram */ };

struct metric;

struct health;

/* Registers a metric for the process's life; label may be NULL or like "outcome=\"refused\"". The same
 * name and label give the same metric. */
struct metric *metric_new(const char *name, const char *label, enum metric_kind kind,
                          const char *help);
void metric_add(struct metric *metric, int64_t by);
void metric_set(struct metric *metric, int64_t value);
void metric_seconds(struct metric *metric, int64_t microseconds);

/* address is "127.0.0.1:9101" or "[::1]:9101"; "" opens nothing and gives a health that only remembers. */
int health_open(const char *service, const char *address, struct health **ret_health) MUST_CHECK;

/* Opens the page of a health that was opened with "": no port before everything has been checked. */
int health_listen(struct health *health, const char *address) MUST_CHECK;
void health_close(struct health **health_p);

/* Not ready until every named condition has been said to hold: health_ready(h, "database", true). */
void health_expect(struct health *health, const char *condition);
void health_ready(struct health *health, const char *condition, bool holds);

#endif
