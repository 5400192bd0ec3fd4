/* common/keyfile.c - a CURVE key pair in a file. */
#include "common/keyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#define LINE_SIZE 256

/* "name = value" or nothing; false for anything else. */
static bool
read_line(const char *line, char ret_public[KEY_TEXT_SIZE], char ret_secret[KEY_TEXT_SIZE])
{
    char name[8] = "";
    char value[KEY_TEXT_SIZE] = "";
    char rest;
    char *place;

    line += strspn(line, " \t\r\n");
    if (*line == '\0' || *line == '#')
        return true;
    if (sscanf(line, "%7[a-z] = %40s %c", name, value, &rest) != 2)
        return false;
    place = strcmp(name, "public") == 0   ? ret_public
            : strcmp(name, "secret") == 0 ? ret_secret
                                          : NULL;
    if (!place || *place || strlen(value) != KEY_TEXT_SIZE - 1)
        return false;
    memcpy(place, value, KEY_TEXT_SIZE);
    OPENSSL_cleanse(value, sizeof(value));
    return true;
}

static int
read_lines(FILE *file, const char *path, char ret_public[KEY_TEXT_SIZE],
           char ret_secret[KEY_TEXT_SIZE])
{
    char line[LINE_SIZE];
    int number = 0;
    int rc = 0;

    while (rc == 0 && fgets(line, sizeof(line), file)) {
        number++;
        if (!strchr(line, '\n') && !feof(file))
            rc = err_set(ERR_FATAL, "%s: line %d is too long", path, number);
        else if (!read_line(line, ret_public, ret_secret))
            rc = err_set(ERR_FATAL, "%s: line %d is no \"public = <Z85>\" or \"secret = <Z85>\"",
                         path, number);
    }
    OPENSSL_cleanse(line, sizeof(line));
    if (rc == 0 && ferror(file))
        rc = err_set(ERR_FATAL, "%s: %s", path, strerror(errno));
    return rc;
}

static int
check_pair(const char *path, const char *public_key, const char *secret_key)
{
    char derived[KEY_TEXT_SIZE];

    if (!*public_key || !*secret_key)
        return err_set(ERR_FATAL, "%s: a key is missing", path);
    if (zmq_curve_public(derived, secret_key) != 0)
        return err_set(ERR_FATAL, "%s: the secret key is no Z85", path);
    if (strcmp(derived, public_key) != 0)
        return err_set(ERR_FATAL, "%s: the public key is not that of the secret one", path);
    return 0;
}

int
keyfile_read(const char *path, char ret_public[KEY_TEXT_SIZE], char ret_secret[KEY_TEXT_SIZE])
{
    char public_key[KEY_TEXT_SIZE] = "";
    char secret_key[KEY_TEXT_SIZE] = "";
    FILE *file = fopen(path, "re");
    int rc;

    if (!file)
        return err_set(ERR_FATAL, "%s: %s", path, strerror(errno));
    rc = read_lines(file, path, public_key, secret_key);
    fclose(file);
    if (rc == 0)
        rc = check_pair(path, public_key, secret_key);
    if (rc == 0) {
        memcpy(ret_public, public_key, KEY_TEXT_SIZE);
        memcpy(ret_secret, secret_key, KEY_TEXT_SIZE);
    }
    OPENSSL_cleanse(secret_key, sizeof(secret_key));
    return rc;
}

int
keyfile_write(const char *path, const char *public_key, const char *secret_key)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

    if (fd < 0)
        return err_set(ERR_FATAL, "%s: %s", path, strerror(errno));
    /* The umask may have taken bits away, never added any: but the owner must be able to read it. */
    bool saved = fchmod(fd, 0600) == 0 &&
                 dprintf(fd, "public = %s\nsecret = %s\n", public_key, secret_key) > 0 &&
                 fsync(fd) == 0;
    if (close(fd) != 0 || !saved) {
        unlink(path);
        return err_set(ERR_FATAL, "%s: %s", path, strerror(errno));
    }
    return 0;
}
