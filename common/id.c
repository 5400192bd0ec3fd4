/* common/id.c - UUIDs and digests over OpenSSL's SHA-256. */
#include "common/id.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Times that go back by less than this give ids that still go forward. */
#define TICKS_PER_MS 4096U
#define MOST_TICKS_BACK (INT64_C(60) * 1000 * TICKS_PER_MS)

static const char hex_digits[] = "0123456789abcdef";

/* ------------------------------------------------------------------ SHA-256 */

/* Short parts are collected: the library's own way in costs more than what it does for a few bytes. */
struct hash {
    EVP_MD_CTX *context;
    size_t waits;
    uint8_t waiting[1024];
};

/* Looking up an algorithm and making a context cost more than a short digest: the one is done once,
 * the other once per thread. */
static EVP_MD *algorithm;
static pthread_key_t spare_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
free_hash(void *hash)
{
    EVP_MD_CTX_free(((struct hash *) hash)->context);
    free(hash);
}

static void
find_algorithm(void)
{
    algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    if (!algorithm || pthread_key_create(&spare_key, free_hash) != 0)
        abort();
}

static struct hash *
hash_new(void)
{
    struct hash *hash = malloc(sizeof(*hash));

    if (!hash)
        abort();
    hash->context = EVP_MD_CTX_new();
    return hash;
}

/* The thread's spare one, or a new one when that is in use. */
static struct hash *
take_hash(void)
{
    struct hash *hash;

    pthread_once(&once, find_algorithm);
    hash = pthread_getspecific(spare_key);
    if (hash)
        pthread_setspecific(spare_key, NULL);
    else
        hash = hash_new();
    hash->waits = 0;
    if (!hash->context || !EVP_DigestInit_ex2(hash->context, algorithm, NULL))
        abort();
    return hash;
}

static void
update(struct hash *hash, const void *bytes, size_t size)
{
    if (size && !EVP_DigestUpdate(hash->context, bytes, size))
        abort();
}

static void
add(struct hash *hash, const void *bytes, size_t size)
{
    if (hash->waits + size > sizeof(hash->waiting)) {
        update(hash, hash->waiting, hash->waits);
        hash->waits = 0;
    }
    if (size > sizeof(hash->waiting)) {
        update(hash, bytes, size);
        return;
    }
    if (size)
        memcpy(hash->waiting + hash->waits, bytes, size);
    hash->waits += size;
}

static void
add_part(struct hash *hash, const void *bytes, size_t size)
{
    uint64_t length = __builtin_bswap64((uint64_t) size);

    add(hash, &length, sizeof(length));
    add(hash, bytes, size);
}

struct digest
sha256(const void *bytes, size_t size)
{
    struct hash *hash = take_hash();

    update(hash, bytes, size);
    return hash_close(hash);
}

struct hash *
hash_open(uint8_t domain)
{
    struct hash *hash = take_hash();

    add(hash, &domain, 1);
    return hash;
}

void
hash_bytes(struct hash *hash, const void *bytes, size_t size)
{
    add_part(hash, bytes, size);
}

void
hash_text(struct hash *hash, const char *text)
{
    add_part(hash, text, text ? strlen(text) : 0);
}

/* A part of 8 bytes, big-endian, two's complement. */
void
hash_number(struct hash *hash, int64_t number)
{
    uint64_t big_endian = __builtin_bswap64((uint64_t) number);

    add_part(hash, &big_endian, sizeof(big_endian));
}

struct digest
hash_close(struct hash *hash)
{
    struct digest digest;

    update(hash, hash->waiting, hash->waits);
    if (!EVP_DigestFinal_ex(hash->context, digest.bytes, NULL))
        abort();
    if (pthread_getspecific(spare_key) || pthread_setspecific(spare_key, hash) != 0)
        free_hash(hash);
    return digest;
}

bool
digest_is(const struct digest *digest, const void *bytes, size_t size)
{
    return size == sizeof(digest->bytes) && memcmp(digest->bytes, bytes, size) == 0;
}

const char *
hex_text(struct arena *arena, const void *bytes, size_t size)
{
    const uint8_t *from = bytes;
    char *text = arena_zero(arena, 2 * size + 1);

    for (size_t i = 0; i < size; i++) {
        text[2 * i] = hex_digits[from[i] >> 4];
        text[2 * i + 1] = hex_digits[from[i] & 15];
    }
    return text;
}

/* ------------------------------------------------------------------ UUIDs */

static bool
is_dash_place(size_t place)
{
    return place == 8 || place == 13 || place == 18 || place == 23;
}

static int
hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
uuid_parse(const char *text, struct uuid *ret_uuid)
{
    struct uuid uuid;
    size_t byte = 0;

    if (!text || strnlen(text, UUID_TEXT_SIZE) != UUID_TEXT_SIZE - 1)
        return false;
    for (size_t i = 0; i < UUID_TEXT_SIZE - 1;) {
        int high, low;

        if (is_dash_place(i)) {
            if (text[i++] != '-')
                return false;
            continue;
        }
        high = hex_value(text[i]);
        low = hex_value(text[i + 1]);
        if (high < 0 || low < 0)
            return false;
        uuid.bytes[byte++] = (uint8_t) (high << 4 | low);
        i += 2;
    }
    *ret_uuid = uuid;
    return true;
}

struct uuid
uuid_of(const char *text)
{
    struct uuid uuid = { { 0 } };

    uuid_parse(text, &uuid);
    return uuid;
}

bool
uuid_is_nil(const struct uuid *uuid)
{
    static const struct uuid nil;

    return uuid_equal(uuid, &nil);
}

int
uuid_compare(const struct uuid *a, const struct uuid *b)
{
    return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

/* The end of SplitMix64. */
uint64_t
mix_bits(uint64_t number)
{
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

uint64_t
uuid_hash(const struct uuid *uuid)
{
    uint64_t halves[2];

    memcpy(halves, uuid->bytes, sizeof(halves));
    return mix_bits(halves[0] ^ mix_bits(halves[1]));
}

void
uuid_print(const struct uuid *uuid, char ret_text[UUID_TEXT_SIZE])
{
    size_t byte = 0;

    for (size_t i = 0; i < UUID_TEXT_SIZE - 1;) {
        if (is_dash_place(i)) {
            ret_text[i++] = '-';
            continue;
        }
        ret_text[i++] = hex_digits[uuid->bytes[byte] >> 4];
        ret_text[i++] = hex_digits[uuid->bytes[byte++] & 15];
    }
    ret_text[UUID_TEXT_SIZE - 1] = '\0';
}

const char *
uuid_text(struct arena *arena, const struct uuid *uuid)
{
    char *text;

    if (uuid_is_nil(uuid))
        return "";
    text = arena_zero(arena, UUID_TEXT_SIZE);
    uuid_print(uuid, text);
    return text;
}

static void
mark(struct uuid *uuid, uint8_t version)
{
    uuid->bytes[6] = (uint8_t) ((uuid->bytes[6] & 0x0f) | version << 4);
    uuid->bytes[8] = (uint8_t) ((uuid->bytes[8] & 0x3f) | 0x80);
}

/* 4,096 ticks to the millisecond fill the 12 bits after the time (RFC 9562, section 6.2, method 3).
 * No two calls get the same tick. */
static int64_t
next_tick(int64_t now_us)
{
    static _Atomic int64_t last;
    int64_t now = now_us / 1000 * TICKS_PER_MS + now_us % 1000 * TICKS_PER_MS / 1000;
    int64_t before = atomic_load_explicit(&last, memory_order_relaxed);
    int64_t tick;

    do {
        bool is_behind = now <= before && before - now < MOST_TICKS_BACK;

        tick = is_behind ? before + 1 : now;
    } while (!atomic_compare_exchange_weak(&last, &before, tick));
    return tick;
}

struct uuid
uuid_new(int64_t now_us)
{
    uint64_t tick = (uint64_t) next_tick(now_us > 0 ? now_us : 0);
    struct uuid uuid;

    for (int i = 0; i < 6; i++)
        uuid.bytes[i] = (uint8_t) (tick / TICKS_PER_MS >> (40 - 8 * i));
    uuid.bytes[6] = (uint8_t) (tick % TICKS_PER_MS >> 8);
    uuid.bytes[7] = (uint8_t) tick;
    if (getrandom(uuid.bytes + 8, 8, 0) != 8)
        abort(); /* cannot be: so few bytes are never cut short */
    mark(&uuid, 7);
    return uuid;
}

struct uuid
uuid_derive(const char *what, const void *bytes, size_t size)
{
    struct hash *hash = take_hash();
    struct digest digest;
    struct uuid uuid;

    add_part(hash, what, strlen(what));
    add_part(hash, bytes, size);
    digest = hash_close(hash);
    memcpy(uuid.bytes, digest.bytes, sizeof(uuid.bytes));
    mark(&uuid, 8);
    return uuid;
}
