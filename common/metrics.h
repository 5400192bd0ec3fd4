/* common/metrics.h - all metrics of the process as Prometheus text. */
#ifndef SANGKIEN_COMMON_METRICS_H
#define SANGKIEN_COMMON_METRICS_H

#include <stdio.h>

void metrics_print(FILE *out);

#endif
