/* ops/ctl/done.c - which lines of an import are done, kept in a file beside it. */
#include "ops/ctl/done.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/id.h"

struct done {
    FILE *file;
    void *ids; /* tsearch's tree of struct uuid */
};

static int
compare(const void *a, const void *b)
{
    return uuid_compare(a, b);
}

static void
remember(struct done *done, const struct uuid *id)
{
    struct uuid *kept = malloc(sizeof *kept);

    if (!kept)
        abort();
    *kept = *id;
    const struct uuid *const *node = tsearch(kept, &done->ids, compare);
    if (!node)
        abort();
    if (*node != kept)
        free(kept);
}

/* A line that a crash cut short is no id, and is passed over; what is written next begins a new
 * line. */
static void
read_ids(struct done *done)
{
    char line[UUID_TEXT_SIZE + 64];
    struct uuid id;

    while (fgets(line, sizeof line, done->file)) {
        line[strcspn(line, "\r\n")] = '\0';
        if (uuid_parse(line, &id))
            remember(done, &id);
    }
}

static bool
ends_in_the_middle(FILE *file)
{
    return fseek(file, -1, SEEK_END) == 0 && getc(file) != '\n';
}

int
done_open(const char *path, struct done **ret_done)
{
    struct done *done = calloc(1, sizeof *done);

    if (!done)
        abort();
    if (path) {
        done->file = fopen(path, "a+e");
        if (!done->file) {
            free(done);
            return err_set(ERR_FATAL, "%s: %s", path, strerror(errno));
        }
        rewind(done->file);
        read_ids(done);
        if (ends_in_the_middle(done->file))
            fputc('\n', done->file);
    }
    *ret_done = done;
    return 0;
}

void
done_close(struct done **done_p)
{
    struct done *done = *done_p;

    if (!done)
        return;
    if (done->file) {
        fflush(done->file);
        (void) fdatasync(fileno(done->file));
        fclose(done->file);
    }
    tdestroy(done->ids, free);
    free(done);
    *done_p = NULL;
}

bool
done_has(const struct done *done, const char *id)
{
    struct uuid uuid;

    return uuid_parse(id, &uuid) && tfind(&uuid, &done->ids, compare);
}

void
done_add(struct done *done, const char *id)
{
    struct uuid uuid;

    if (!uuid_parse(id, &uuid))
        return;
    remember(done, &uuid);
    if (done->file) {
        fprintf(done->file, "%s\n", id);
        fflush(done->file);
    }
}
