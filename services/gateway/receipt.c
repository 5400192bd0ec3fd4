/* services/gateway/receipt.c - proof of when a request arrived. */
#include "services/gateway/receipt.h"

#include <endian.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/config.h"
#include "common/field.h"

enum { SECOND_US = 1000000 };

/* What follows from the key alone is computed once: a flood of refusals has a receipt each. */
struct receipt_key {
    EVP_MAC_CTX *hmac;
};

struct receipt_key *
receipt_key_new(const uint8_t *bytes, size_t size)
{
    char digest[] = "SHA256";
    OSSL_PARAM parameters[] = { OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                                OSSL_PARAM_construct_end() };
    struct receipt_key *key = calloc(1, sizeof(*key));
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);

    if (!key || !hmac)
        abort();
    key->hmac = EVP_MAC_CTX_new(hmac);
    EVP_MAC_free(hmac);
    if (!key->hmac || !EVP_MAC_init(key->hmac, bytes, size, parameters))
        abort();
    return key;
}

void
receipt_key_free(struct receipt_key **key_p)
{
    if (*key_p)
        EVP_MAC_CTX_free((*key_p)->hmac);
    free(*key_p);
    *key_p = NULL;
}

int
receipt_key_read(const char *path, struct receipt_key **ret_key)
{
    uint8_t bytes[RECEIPT_KEY_MOST];
    size_t size;
    FILE *file;
    int rc = config_secret_file("SANGKIEN_RECEIPT_KEY", path);

    if (rc != 0)
        return rc;
    file = fopen(path, "re");
    if (!file)
        return err_set(ERR_FATAL, "SANGKIEN_RECEIPT_KEY: %s: %s", path, strerror(errno));
    size = fread(bytes, 1, sizeof(bytes), file);
    fclose(file);
    while (size && (bytes[size - 1] == '\n' || bytes[size - 1] == '\r'))
        size--;
    if (size < RECEIPT_KEY_LEAST)
        rc = err_set(ERR_FATAL, "SANGKIEN_RECEIPT_KEY: %s has less than %d bytes", path,
                     RECEIPT_KEY_LEAST);
    else
        *ret_key = receipt_key_new(bytes, size);
    OPENSSL_cleanse(bytes, sizeof(bytes));
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
receipt_make(struct receipt_key *key, const struct uuid *source, const struct uuid *id,
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
    if (!EVP_MAC_init(key->hmac, NULL, 0, NULL) || !EVP_MAC_update(key->hmac, text, size) ||
        !EVP_MAC_final(key->hmac, ret_receipt->mac, NULL, sizeof(ret_receipt->mac)))
        abort();
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
receipt_verify(struct receipt_key *key, const struct uuid *source, const struct uuid *id,
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
