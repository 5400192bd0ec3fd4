/* common/id.h - UUIDs, digests and their spellings.
 *
 * Shapes     a UUID is 16 bytes, as text 36 lower-case characters; a digest is a SHA-256, 32 bytes.
 * Errors     false, and the output untouched, where text is no UUID.
 * Source     RFC 9562 (version 7 for new ids, version 5's scheme over SHA-256, marked version 8, for
 *            ids that follow from others); FIPS 180-4.
 */
#ifndef SANGKIEN_COMMON_ID_H
#define SANGKIEN_COMMON_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/arena.h"

/* Where a row lies in its table (ctid). Good while nobody else may write: under the lock of the programme's
 * head. */
struct row_place {
    uint8_t bytes[6];
};

struct uuid {
    uint8_t bytes[16];
};

struct digest {
    uint8_t bytes[32];
};

#define UUID_TEXT_SIZE 37 /* with the closing NUL */

static inline bool
uuid_equal(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

static inline bool
digest_equal(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

bool uuid_parse(const char *text, struct uuid *ret_uuid);

/* The nil UUID for text that is empty or none. */
struct uuid uuid_of(const char *text);
bool uuid_is_nil(const struct uuid *uuid);
int uuid_compare(const struct uuid *a, const struct uuid *b);

/* For tables: each bit depends on every bit of the id, whichever of them its maker has left the same. */
uint64_t uuid_hash(const struct uuid *uuid);
uint64_t mix_bits(uint64_t number);

void uuid_print(const struct uuid *uuid, char ret_text[UUID_TEXT_SIZE]);
const char *uuid_text(struct arena *arena, const struct uuid *uuid); /* "" for nil */

/* A new version 7 id of this time. */
struct uuid uuid_new(int64_t now_us);

/* The id that follows from these bytes: the same ones give the same id. */
struct uuid uuid_derive(const char *what, const void *bytes, size_t size);

bool digest_is(const struct digest *digest, const void *bytes, size_t size);
struct digest sha256(const void *bytes, size_t size);

/* A SHA-256 over several parts, each written after its length in 8 bytes big-endian: no two lists of
 * parts give the same bytes. The first byte is the domain. hash_close ends it and takes it away. */
struct hash;
struct hash *hash_open(uint8_t domain);
void hash_bytes(struct hash *hash, const void *bytes, size_t size);
void hash_text(struct hash *hash, const char *text); /* NULL counts as "" */
void hash_number(struct hash *hash, int64_t number);
struct digest hash_close(struct hash *hash);

const char *hex_text(struct arena *arena, const void *bytes, size_t size);

#endif
