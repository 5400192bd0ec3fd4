/* services/gateway/keys.h - whose key is whose: what the ZAP handler and the door go by.
 *
 * Shapes     two tables: registered systems, exchanged whole by the feed; workers, read once at start.
 * Errors     ERR_FATAL for a worker file that is not as it must be.
 * Threads    any; one mutex inside. Looking for a key takes the same time wherever it stands.
 * Source     RFC 27 (ZAP).
 */
#ifndef SANGKIEN_GATEWAY_KEYS_H
#define SANGKIEN_GATEWAY_KEYS_H

#include <stdbool.h>

#include "common/err.h"
#include "common/id.h"
#include "common/keyfile.h"

enum { USER_ID_SIZE = 65 };

/* A registered system that is not revoked. */
struct principal {
    struct uuid system;
    struct uuid agency;
    uint8_t key[KEY_RAW_SIZE];
};

struct keys;

struct keys *keys_new(void);
void keys_free(struct keys **keys_p);

/* Lines "service Z85-public-key"; "#" begins a comment. The same key twice is an error. */
int keys_load_workers(struct keys *keys, const char *path) MUST_CHECK;

/* Copies the list; it takes the place of the old one at once. */
void keys_set_systems(struct keys *keys, const struct principal *systems, size_t count);

/* The user id of a key: the system's id, or the service's name. */
bool keys_find_system(struct keys *keys, const uint8_t key[KEY_RAW_SIZE],
                      char ret_user_id[USER_ID_SIZE]);
bool keys_find_worker(struct keys *keys, const uint8_t key[KEY_RAW_SIZE],
                      char ret_user_id[USER_ID_SIZE]);

/* Whether the system is registered now, and its agency. */
bool keys_principal(struct keys *keys, const char *user_id, struct principal *ret_principal);

/* false: the text is no Z85 of 40 characters. */
bool key_decode(const char *text, uint8_t ret_key[KEY_RAW_SIZE]);

#endif
