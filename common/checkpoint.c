/* common/checkpoint.c - the file in which the ends of all journals are kept elsewhere. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/clock.h"
#include "common/verify_parts.h"

int
checkpoint_read(struct arena *arena, const char *path, struct list *ret_checkpoints)
{
    FILE *file = fopen(path, "re");
    char line[512];
    int rc = 0;

    list_init(ret_checkpoints, arena, sizeof(struct checkpoint));
    if (!file)
        return err_set(ERR_FATAL, "cannot read the checkpoint %s: %s", path, strerror(errno));
    while (rc == 0 && fgets(line, sizeof(line), file)) {
        struct checkpoint c = { 0 };
        long long position, count;

        if (line[0] == '#')
            continue;
        if (sscanf(line, "%64s %lld %64s %lld %64s", c.programme, &position, c.chain, &count,
                   c.inbox_chain) != 5 ||
            strlen(c.chain) != 64 || strlen(c.inbox_chain) != 64)
            rc = err_set(ERR_FATAL, "%s is no checkpoint: %.60s", path, line);
        c.position = position;
        c.inbox_count = count;
        if (rc == 0)
            *(struct checkpoint *) list_add(ret_checkpoints) = c;
    }
    fclose(file);
    return rc;
}

int
checkpoint_write(const char *path, const struct list *heads)
{
    CLEANUP(arena_free) struct arena *arena = arena_new();
    FILE *file = fopen(path, "we");

    if (!file)
        return err_set(ERR_FATAL, "cannot write the checkpoint %s: %s", path, strerror(errno));
    fprintf(file, "# programme, position, chain, requests, their chain; taken %s\n",
            time_text(arena, clock_now_us()));
    LIST_EACH (const struct journal_head, h, heads)
        fprintf(file, "%s %lld %s %lld %s\n", h->programme, (long long) h->position,
                hex_text(arena, h->chain.bytes, 32), (long long) h->inbox_count,
                hex_text(arena, h->inbox_chain.bytes, 32));
    if (fclose(file))
        return err_set(ERR_FATAL, "cannot write the checkpoint %s: %s", path, strerror(errno));
    return 0;
}

const struct checkpoint *
checkpoint_of(const struct verifier *v)
{
    LIST_EACH (const struct checkpoint, c, &v->checkpoints)
        if (strcmp(c->programme, v->programme) == 0)
            return c;
    return NULL;
}

void
checkpoint_compare(struct verifier *v, const char *what, int64_t place, const struct digest *chain,
                   int64_t known_place, const char *known)
{
    if (place == known_place && strcmp(hex_text(v->page, chain->bytes, 32), known) != 0)
        verify_damage(v, "%s %lld: another chain than at the checkpoint", what, (long long) place);
}
