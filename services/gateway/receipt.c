/* services/gateway/receipt.c - proof of when a request arrived. */
#include "services/gateway/receipt.h"

#include <endian.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <string.h>

#include "common/config.h"
#include "common/field.h"

enum { SECOND_US = 1000000 };

int
receipt_key_read(const char *path, struct receipt_key *ret_key)
{
    struct receipt_key key;
    FILE *file;
    int rc = config_secret_file("SANGKIEN_RECEIPT_KEY", path);

    if (rc != 0)
        return rc;
    file = fopen(path, "re");
    if (!file)
        return err_set(ERR_FATAL, "SANGKIEN_RECEIPT_KEY: %s: %s", path, strerror(errno));
    key.size = fread(key.bytes, 1, sizeof(key.bytes), file);
    fclose(file);
    while (key.size && (key.bytes[key.size - 1] == '\n' || key.bytes[key.size - 1] == '\r'))
        key.size--;
    if (key.size < RECEIPT_KEY_LEAST)
        rc = err_set(ERR_FATAL, "SANGKIEN_RECEIPT_KEY: %s has less than %d bytes", path,
                     RECEIPT_KEY_LEAST);
    else
        *ret_key = key;
    OPENSSL_cleanse(&key, sizeof(key));
    return rc;
}

static size_t
add_part(uint8_t *text, size_t used, const void *part, uint64_t size)
{
    uint64_t length = htobe64(size);

    memcpy(text + used, &length, sizeof(length));
    memcpy(text + used + sizeof(length), part, size);
    return used + sizeof(length) + size;
}

void
receipt_make(const struct receipt_key *key, const struct uuid *source, const struct uuid *id,
             struct bytes request, int64_t received_us, struct receipt *ret_receipt)
{
    struct digest digest = sha256(request.data, request.size);
    uint64_t time = htobe64((uint64_t) received_us);
    uint8_t
        text[4 * sizeof(uint64_t) + sizeof(*source) + sizeof(*id) + sizeof(digest) + sizeof(time)];
    size_t size = add_part(text, 0, source->bytes, sizeof(source->bytes));

    size = add_part(text, size, id->bytes, sizeof(id->bytes));
    size = add_part(text, size, digest.bytes, sizeof(digest.bytes));
    size = add_part(text, size, &time, sizeof(time));
    ret_receipt->received_us = received_us;
    HMAC(EVP_sha256(), key->bytes, (int) key->size, text, size, ret_receipt->mac, NULL);
}

/* A Timestamp of whole microseconds after 1970; false for any other. */
static bool
read_time(struct bytes timestamp, int64_t *ret_us)
{
    struct field seconds = { 0 };
    struct field nanos = { 0 };

    field_find(timestamp, 1, FIELD_NUMBER, &seconds);
    field_find(timestamp, 2, FIELD_NUMBER, &nanos);
    if (seconds.value > INT64_C(253402300799) || nanos.value > 999999999 || nanos.value % 1000)
        return false;
    *ret_us = (int64_t) seconds.value * SECOND_US + (int64_t) nanos.value / 1000;
    return true;
}

bool
receipt_verify(const struct receipt_key *key, const struct uuid *source, const struct uuid *id,
               struct bytes request, struct bytes receipt, int64_t *ret_received_us)
{
    struct receipt expected;
    struct field time;
    struct field mac;
    int64_t received_us;

    if (!field_find(receipt, 1, FIELD_BYTES, &time) || !read_time(time.bytes, &received_us) ||
        !field_find(receipt, 2, FIELD_BYTES, &mac) || mac.bytes.size != RECEIPT_MAC_SIZE)
        return false;
    receipt_make(key, source, id, request, received_us, &expected);
    if (CRYPTO_memcmp(expected.mac, mac.bytes.data, RECEIPT_MAC_SIZE) != 0)
        return false;
    *ret_received_us = received_us;
    return true;
}
