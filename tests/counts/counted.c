/* tests/counts/counted.c - counts every allocation of the process, also those of the libraries. */
#include "tests/counts/counted.h"

#include <stdio.h>
#include <stdlib.h>

/* glibc's own, under its other names. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static size_t allocations;

void *
malloc(size_t size)
{
    allocations++;
    return __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
    allocations++;
    return __libc_calloc(count, size);
}

void *
realloc(void *block, size_t size)
{
    allocations++;
    return __libc_realloc(block, size);
}

size_t
counted(void (*work)(void *context), void *context)
{
    size_t before = allocations;

    work(context);
    return allocations - before;
}

void
tell_case(const char *name, size_t commands)
{
    printf("case %s %zu\n", name, commands);
}

void
tell_figure(const char *name, size_t total)
{
    printf("figure %s %zu\n", name, total);
}
