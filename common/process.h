/* common/process.h - what a process that runs by itself is handed by main().
 *
 * Shapes     serve() is called when everything has been checked; it returns when signal_fd is readable, and
 *            by then has opened and closed all it needs.
 */
#ifndef SANGKIEN_COMMON_PROCESS_H
#define SANGKIEN_COMMON_PROCESS_H

#include <stdbool.h>

#include "common/config.h"
#include "common/health.h"
#include "common/service.h"

struct process {
    const struct service *service;
    const struct config *config;
    struct health *health;
    int signal_fd;   /* signalfd: SIGTERM and SIGINT; readable means stop */
    bool only_check; /* --check: open everything that can be checked, then return */
    bool writes;     /* --role writer or both */
    bool reads;      /* --role reader or both */
};

/* Once in a while: tells on the page of health, and in the log, when the machine's clock has jumped. */
void process_watch_clock(const struct process *process);

#endif
