/* services/gateway/receipt.h - proof, under a key that the gateways share, of when a request arrived.
 *
 * Shapes     HMAC-SHA256 over (source, request id, SHA-256 of the exact bytes, received_us), each part
 *            after its length in 8 bytes big-endian.
 * Units      UTC microseconds.
 * Threads    a key belongs to the thread that uses it.
 * Source     RFC 2104; FIPS 180-4.
 */
#ifndef SANGKIEN_GATEWAY_RECEIPT_H
#define SANGKIEN_GATEWAY_RECEIPT_H

#include "common/err.h"
#include "common/id.h"

enum { RECEIPT_MAC_SIZE = 32, RECEIPT_KEY_LEAST = 32, RECEIPT_KEY_MOST = 1024 };

struct receipt_key;

struct receipt {
    int64_t received_us;
    uint8_t mac[RECEIPT_MAC_SIZE];
};

struct receipt_key *receipt_key_new(const uint8_t *bytes, size_t size);
void receipt_key_free(struct receipt_key **key_p);

/* From a file that nobody else may read. */
int receipt_key_read(const char *path, struct receipt_key **ret_key) MUST_CHECK;

void receipt_make(struct receipt_key *key, const struct uuid *source, const struct uuid *id,
                  struct bytes request, int64_t received_us, struct receipt *ret_receipt);

/* Reads a serialised Receipt; true when it was made under the key for this very request. Takes the same
 * time for every wrong one. */
bool receipt_verify(struct receipt_key *key, const struct uuid *source, const struct uuid *id,
                    struct bytes request, struct bytes receipt, int64_t *ret_received_us);

#endif
