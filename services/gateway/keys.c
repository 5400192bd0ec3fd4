/* services/gateway/keys.c - whose key is whose. */
#include "services/gateway/keys.h"

#include <errno.h>
#include <openssl/crypto.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

enum { MOST_WORKERS = 256, LINE_SIZE = 256 };

struct worker_key {
    char service[USER_ID_SIZE];
    uint8_t key[KEY_RAW_SIZE];
};

struct keys {
    pthread_mutex_t mutex;
    struct principal *systems; /* by id */
    size_t system_count;
    struct worker_key workers[MOST_WORKERS];
    size_t worker_count;
};

struct keys *
keys_new(void)
{
    struct keys *keys = calloc(1, sizeof(*keys));

    if (!keys)
        abort();
    pthread_mutex_init(&keys->mutex, NULL);
    return keys;
}

void
keys_free(struct keys **keys_p)
{
    if (*keys_p) {
        pthread_mutex_destroy(&(*keys_p)->mutex);
        free((*keys_p)->systems);
        free(*keys_p);
    }
    *keys_p = NULL;
}

bool
key_decode(const char *text, uint8_t ret_key[KEY_RAW_SIZE])
{
    uint8_t key[KEY_RAW_SIZE];

    if (strlen(text) != KEY_TEXT_SIZE - 1 || !zmq_z85_decode(key, text))
        return false;
    memcpy(ret_key, key, KEY_RAW_SIZE);
    return true;
}

/* ------------------------------------------------------------------ the file of workers */

static bool
is_service_name(const char *name)
{
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz_");

    return length > 0 && name[length] == '\0';
}

static int
add_worker(struct keys *keys, const char *path, int number, const char *service, const char *text)
{
    struct worker_key *worker = &keys->workers[keys->worker_count];

    if (keys->worker_count == MOST_WORKERS)
        return err_set(ERR_FATAL, "%s: more than %d keys", path, MOST_WORKERS);
    if (!is_service_name(service) || !key_decode(text, worker->key))
        return err_set(ERR_FATAL, "%s: line %d is no service and key", path, number);
    for (size_t i = 0; i < keys->worker_count; i++)
        if (memcmp(keys->workers[i].key, worker->key, KEY_RAW_SIZE) == 0)
            return err_set(ERR_FATAL, "%s: line %d has a key that stands there before", path,
                           number);
    memcpy(worker->service, service, strlen(service) + 1);
    keys->worker_count++;
    return 0;
}

static int
read_worker(struct keys *keys, const char *path, int number, char *line)
{
    char service[USER_ID_SIZE];
    char text[KEY_TEXT_SIZE];
    char rest;

    line += strspn(line, " \t\r\n");
    if (*line == '\0' || *line == '#')
        return 0;
    if (sscanf(line, "%64s %40s %c", service, text, &rest) != 2)
        return err_set(ERR_FATAL, "%s: line %d is no service and key", path, number);
    return add_worker(keys, path, number, service, text);
}

int
keys_load_workers(struct keys *keys, const char *path)
{
    FILE *file = fopen(path, "re");
    char line[LINE_SIZE];
    int number = 0;
    int rc = 0;

    if (!file)
        return err_set(ERR_FATAL, "SANGKIEN_WORKER_KEYS: %s: %s", path, strerror(errno));
    while (rc == 0 && fgets(line, sizeof(line), file)) {
        number++;
        if (!strchr(line, '\n') && !feof(file))
            rc = err_set(ERR_FATAL, "%s: line %d is too long", path, number);
        else
            rc = read_worker(keys, path, number, line);
    }
    if (rc == 0 && ferror(file))
        rc = err_set(ERR_FATAL, "SANGKIEN_WORKER_KEYS: %s: %s", path, strerror(errno));
    fclose(file);
    if (rc == 0 && keys->worker_count == 0)
        rc = err_set(ERR_FATAL, "SANGKIEN_WORKER_KEYS: %s names no worker", path);
    return rc;
}

/* ------------------------------------------------------------------ systems */

static int
compare_ids(const void *a, const void *b)
{
    return uuid_compare(&((const struct principal *) a)->system,
                        &((const struct principal *) b)->system);
}

void
keys_set_systems(struct keys *keys, const struct principal *systems, size_t count)
{
    struct principal *fresh = calloc(count ? count : 1, sizeof(*fresh));
    struct principal *old;

    if (!fresh)
        abort();
    if (count)
        memcpy(fresh, systems, count * sizeof(*fresh));
    qsort(fresh, count, sizeof(*fresh), compare_ids);
    pthread_mutex_lock(&keys->mutex);
    old = keys->systems;
    keys->systems = fresh;
    keys->system_count = count;
    pthread_mutex_unlock(&keys->mutex);
    free(old);
}

/* Goes on to the end also when it was found: the time tells nothing. */
bool
keys_find_system(struct keys *keys, const uint8_t key[KEY_RAW_SIZE], char ret_user_id[USER_ID_SIZE])
{
    size_t at = SIZE_MAX;

    pthread_mutex_lock(&keys->mutex);
    for (size_t i = 0; i < keys->system_count; i++)
        at = CRYPTO_memcmp(keys->systems[i].key, key, KEY_RAW_SIZE) == 0 ? i : at;
    if (at != SIZE_MAX)
        uuid_print(&keys->systems[at].system, ret_user_id);
    pthread_mutex_unlock(&keys->mutex);
    return at != SIZE_MAX;
}

bool
keys_find_worker(struct keys *keys, const uint8_t key[KEY_RAW_SIZE], char ret_user_id[USER_ID_SIZE])
{
    size_t at = SIZE_MAX;

    for (size_t i = 0; i < keys->worker_count; i++) /* never changes after start */
        at = CRYPTO_memcmp(keys->workers[i].key, key, KEY_RAW_SIZE) == 0 ? i : at;
    if (at != SIZE_MAX)
        memcpy(ret_user_id, keys->workers[at].service, USER_ID_SIZE);
    return at != SIZE_MAX;
}

bool
keys_principal(struct keys *keys, const char *user_id, struct principal *ret_principal)
{
    struct principal wanted = { 0 };
    const struct principal *found = NULL;

    if (!user_id || !uuid_parse(user_id, &wanted.system))
        return false;
    pthread_mutex_lock(&keys->mutex);
    if (keys->system_count)
        found = bsearch(&wanted, keys->systems, keys->system_count, sizeof(wanted), compare_ids);
    if (found)
        *ret_principal = *found;
    pthread_mutex_unlock(&keys->mutex);
    return found;
}
