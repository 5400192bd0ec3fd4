/* tests/counts/counted.h - runs a piece of work and counts what it asked of others.
 *
 * Threads    one: everything that the process does meanwhile is counted.
 */
#ifndef SANGKIEN_TESTS_COUNTS_COUNTED_H
#define SANGKIEN_TESTS_COUNTS_COUNTED_H

#include <stddef.h>

/* Runs the work, and gives how often memory was asked for. Callgrind is told to collect from this
 * function's beginning to its end, and to write down what it has each time. */
size_t counted(void (*work)(void *context), void *context);

/* Tells figures.py of the work that was counted last. */
void tell_case(const char *name, size_t commands);
void tell_figure(const char *name, size_t total);

#endif
