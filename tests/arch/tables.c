/* tests/arch/tables.c - every service's tables are whole: each message handled once, each move once, every reason said.
 */
#include <stdio.h>
#include <string.h>

#include "common/err.h"
#include "common/tables.h"

extern const struct service directory_service, submissions_service, appraisal_service,
    funding_service, notifications_service;

static const struct service *const services[] = { &directory_service, &submissions_service,
                                                  &appraisal_service, &funding_service,
                                                  &notifications_service };

int
main(void)
{
    int broken = 0;

    for (size_t i = 0; i < sizeof(services) / sizeof(*services); i++) {
        if (tables_check(services[i]) == 0)
            continue;
        printf("%s: %s\n", services[i]->name, err_text());
        broken = 1;
    }
    printf("%s: every service's tables are whole\n", broken ? "BROKEN" : "kept");
    return broken;
}
