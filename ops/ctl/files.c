/* ops/ctl/files.c - whole files and key files. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "common/config.h"
#include "ops/ctl/ctl.h"

#define MOST_BYTES ((size_t) 64 * 1024 * 1024)

int
failed(int exit_code, const char *what)
{
    fprintf(stderr, "sangkien: %s%s%s\n", what, what[0] ? ": " : "", err_text());
    return exit_code;
}

int
read_all(struct arena *arena, const char *path, struct bytes *ret_bytes)
{
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    size_t room = 65536, size = 0, got;

    if (!file)
        return err_set(ERR_FATAL, "%s: %s", path, strerror(errno));
    char *text = arena_zero(arena, room);
    while ((got = fread(text + size, 1, room - size - 1, file)) > 0 && size < MOST_BYTES) {
        size += got;
        if (size + 1 == room) {
            char *larger = arena_zero(arena, room * 2);
            memcpy(larger, text, size);
            text = larger;
            room *= 2;
        }
    }
    bool is_whole = !ferror(file) && feof(file);
    if (file != stdin)
        fclose(file);
    if (!is_whole)
        return err_set(ERR_FATAL, "%s: cannot be read to its end", path);
    *ret_bytes = (struct bytes){ (uint8_t *) text, size };
    return 0;
}

int
key_pair_load(const char *path, struct key_pair *ret_pair)
{
    if (config_secret_file("key", path) < 0)
        return ERR_FATAL;
    return keyfile_read(path, ret_pair->public_key, ret_pair->secret_key);
}

/* The public half is what people send each other, alone or with its name before it. */
int
public_key_load(const char *path, char ret_key[KEY_TEXT_SIZE])
{
    char line[256], key[KEY_TEXT_SIZE] = "";
    FILE *file = fopen(path, "re");

    if (!file)
        return err_set(ERR_FATAL, "%s: %s", path, strerror(errno));
    while (strlen(key) != KEY_TEXT_SIZE - 1 && fgets(line, sizeof line, file)) {
        if (sscanf(line, " public = %40s", key) != 1)
            (void) sscanf(line, "%40s", key);
    }
    explicit_bzero(line, sizeof line);
    fclose(file);
    if (strlen(key) != KEY_TEXT_SIZE - 1)
        return err_set(ERR_FATAL, "%s: holds no public key of 40 characters", path);
    memcpy(ret_key, key, KEY_TEXT_SIZE);
    return 0;
}

/* "@" is a character of Z85 too: a key may begin with it. */
int
public_key_of(const char *text, char ret_key[KEY_TEXT_SIZE])
{
    bool has_key_size = strlen(text) == KEY_TEXT_SIZE - 1;

    if (text[0] == '@' && (!has_key_size || access(text + 1, F_OK) == 0))
        return public_key_load(text + 1, ret_key);
    if (!has_key_size)
        return err_set(ERR_FATAL, "a public key has 40 characters, not %zu", strlen(text));
    memcpy(ret_key, text, KEY_TEXT_SIZE);
    return 0;
}
