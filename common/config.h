/* common/config.h - every setting there is, in one table.
 *
 * Shapes     SANGKIEN_<NAME>, or SANGKIEN_<NAME>_FILE naming a file that holds the value; both is an error.
 *            A text that nobody set and that has no default is "", never NULL.
 * Errors     ERR_FATAL, with the setting's name in the reason.
 * Ownership  the strings live as long as the process.
 */
#ifndef SANGKIEN_COMMON_CONFIG_H
#define SANGKIEN_COMMON_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "common/err.h"

struct config {
    const char *db_dsn;
    const char *gateway;        /* inner endpoints that a worker dials, separated by commas */
    const char *gateway_key;    /* public key of the gateway, Z85 */
    const char *secret_key;     /* file: the process's own CURVE key pair */
    const char *listen;         /* gateway: outer endpoint */
    const char *listen_inner;   /* gateway: inner endpoint */
    const char *worker_keys;    /* gateway: file with lines "service Z85-public-key" */
    const char *receipt_key;    /* gateway: file with the key of receipts, at least 32 bytes */
    const char *first_operator; /* directory: file that describes the very first operator */
    const char *health;         /* address:port of the HTTP page; empty for none */
    const char *clock_file;
    const char *log_level;
    const char *smtp_url;
    const char *smtp_user;
    const char *smtp_password; /* secret */
    const char *smtp_ca_file;
    const char *smtp_plain; /* "allow" lets mail go unencrypted, to loopback only */
    const char *mail_from;
    const char *mail_domain;      /* right-hand side of Message-ID */
    const char *mail_languages;   /* "vi" or "vi,en" */
    const char *templates;        /* directory of the mail templates */
    int64_t batch_max;            /* commands in one transaction */
    int64_t credit;               /* commands a worker takes at a time */
    int64_t poll_ms;              /* fallback poll of the journal */
    int64_t clock_behind_seconds; /* of the machine, behind the journal, at start */
    int64_t heartbeat_ms;
    int64_t system_inflight; /* gateway: requests under way of one system */
    int64_t system_inflight_bytes;
    int64_t global_inflight_bytes;
    int64_t mail_retry_seconds; /* first pause after a failed attempt; doubles up to an hour */
    int64_t mail_attempts;
};

/* Reads the environment. */
int config_load(struct config *ret_config) MUST_CHECK;

/* One line per setting: name, value (secrets masked), where it came from. */
void config_print(const struct config *config, FILE *out);

/* The table as the manual shows it: name, default, meaning. */
void config_describe(FILE *out);

/* ERR_FATAL unless the file exists and nobody but its owner (and root) may read it. */
int config_secret_file(const char *setting, const char *path) MUST_CHECK;

#endif
