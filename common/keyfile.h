/* common/keyfile.h - a CURVE key pair in a file.
 *
 * Shapes     lines "public = <Z85>" and "secret = <Z85>", each once; "#" begins a comment.
 * Errors     ERR_FATAL with the file's name and what is wrong; never with the key.
 * Source     RFC 32 (Z85); zmq_curve_public(3).
 */
#ifndef SANGKIEN_COMMON_KEYFILE_H
#define SANGKIEN_COMMON_KEYFILE_H

#include "common/err.h"

#define KEY_TEXT_SIZE 41 /* 40 characters of Z85 and the closing NUL */
#define KEY_RAW_SIZE 32  /* the same key as bytes */

/* Also checks that the public key is the secret one's. */
int keyfile_read(const char *path, char ret_public[KEY_TEXT_SIZE],
                 char ret_secret[KEY_TEXT_SIZE]) MUST_CHECK;

/* For its owner alone; a file that is there is never overwritten. */
int keyfile_write(const char *path, const char *public_key, const char *secret_key) MUST_CHECK;

#endif
