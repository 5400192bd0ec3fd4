/* common/db_check.h - what a PostgreSQL server must be like before anything is entrusted to it.
 *
 * Errors     ERR_FATAL with the setting that is wrong; ERR_RETRY when the server cannot be asked.
 * Source     design rule: fsync, full_page_writes, synchronous_commit and checksums, or nothing.
 */
#ifndef SANGKIEN_COMMON_DB_CHECK_H
#define SANGKIEN_COMMON_DB_CHECK_H

#include <libpq-fe.h>

#include "common/err.h"

#define SCHEMA_VERSION 1 /* of ops/db: what runtime.schema_version must say */

int db_check(PGconn *conn) MUST_CHECK;

#endif
