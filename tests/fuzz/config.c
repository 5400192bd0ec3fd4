/* tests/fuzz/config.c - settings from a made-up environment and made-up files: what is shown of them hides the secrets.
 *
 * The source itself is taken in, so that what it keeps for the life of a process can be given back.
 */
#define _GNU_SOURCE /* memfd_create */
#ifndef CONFIG_SOURCE
#define CONFIG_SOURCE "common/config.c"
#endif
#include CONFIG_SOURCE

#include <sys/mman.h>

#include "tests/fuzz/input.h"

#define SECRET_WORD "geheim"

enum { MOST_ENTRIES = 8, FORMS = 6 };

struct environment {
    struct arena *arena;
    char *entries[MOST_ENTRIES + 1];
    int files[MOST_ENTRIES];
    size_t count, file_count;
};

/* In one of the forms in which people write passwords. Free text says the word nowhere. */
static const char *
value_in(struct environment *e, const struct setting *setting, unsigned form, const char *before,
         const char *behind)
{
    if (setting->type == SECRET)
        return arena_format(e->arena, SECRET_WORD "%s", before);
    if (setting->type != TEXT)
        return before;
    switch (form) {
    case 0:
        return arena_format(e->arena, "postgresql://%s:" SECRET_WORD "@%s", before, behind);
    case 1:
        return arena_format(e->arena, "%s password=" SECRET_WORD " %s", before, behind);
    case 2:
        return arena_format(e->arena, "%s password = '" SECRET_WORD "'%s", before, behind);
    case 3:
        return arena_format(e->arena, "postgresql://host/%s?password=" SECRET_WORD "&%s", before,
                            behind);
    default:
        return before;
    }
}

static const char *
in_file(struct environment *e, const char *value)
{
    int fd = memfd_create("setting", MFD_CLOEXEC);

    PROMISE(fd >= 0 && fchmod(fd, 0600) == 0 &&
                write(fd, value, strlen(value)) == (ssize_t) strlen(value),
            "no file can be made");
    e->files[e->file_count++] = fd;
    return arena_format(e->arena, "/proc/self/fd/%d", fd);
}

static void
add_entry(struct environment *e, struct bytes *in)
{
    size_t known = 0;
    uint8_t choice = take_byte(in), form = take_byte(in);
    const char *before = take_text(in, e->arena), *behind = take_text(in, e->arena);
    const char *value;
    char name[NAME_SIZE];
    bool is_file = form & 0x80;

    while (settings[known].member)
        known++;
    if (strstr(before, SECRET_WORD) || strstr(behind, SECRET_WORD))
        return;
    if (choice >= 0xF0) { /* whatever it is */
        e->entries[e->count++] = arena_text(e->arena, before);
        return;
    }
    choice = (uint8_t) (choice % known);
    value = value_in(e, &settings[choice], form % FORMS, before, behind);
    if (is_file)
        value = in_file(e, value);
    print_name(&settings[choice], is_file ? FILE_SUFFIX : "", name);
    e->entries[e->count++] = arena_format(e->arena, "%s=%s", name, value);
}

static void
look_at_numbers(const struct config *config)
{
    for (const struct setting *s = settings; s->member; s++)
        if (s->type == NUMBER) {
            int64_t number = *(const int64_t *) (const void *) ((const char *) config + s->offset);

            PROMISE(number >= s->least && number <= s->most, "%s is %lld", s->member,
                    (long long) number);
        }
}

/* A line for each setting, and no secret. */
static void
look_at_print(const struct config *config)
{
    char *text = NULL;
    size_t size = 0, lines = 0, known = 0;
    FILE *out = open_memstream(&text, &size);

    config_print(config, out);
    fclose(out);
    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    while (settings[known].member)
        known++;
    PROMISE(lines == known, "%zu lines of %zu settings:\n%s", lines, known, text);
    PROMISE(!strstr(text, SECRET_WORD), "a secret is shown:\n%s", text);
    free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct environment e = { .arena = arena_new() };
    struct bytes in = { data, size };
    char **outside = environ;
    struct config config;

    while (in.size && e.count < MOST_ENTRIES && e.file_count < MOST_ENTRIES)
        add_entry(&e, &in);
    environ = e.entries;
    if (config_load(&config) == 0) {
        look_at_numbers(&config);
        look_at_print(&config);
    } else {
        PROMISE(!strstr(err_text(), SECRET_WORD), "a secret is told: %s", err_text());
    }
    environ = outside;
    arena_reset(kept, 1 << 20);
    memset(origins, 0, sizeof(origins));
    for (size_t i = 0; i < e.file_count; i++)
        close(e.files[i]);
    arena_free(&e.arena);
    return 0;
}
