/* tests/model/simulation/wrapped.h - the functions of the product that the simulation answers itself. The linker
 * sends their callers here (--wrap, see CMakeLists.txt); included first, so that their headers declare ours.
 */
#ifndef SANGKIEN_TESTS_MODEL_WRAPPED_H
#define SANGKIEN_TESTS_MODEL_WRAPPED_H

#define db_open __wrap_db_open
#define db_close __wrap_db_close
#define db_prepare __wrap_db_prepare
#define db_begin __wrap_db_begin
#define db_begin_still __wrap_db_begin_still
#define db_end_still __wrap_db_end_still
#define db_commit __wrap_db_commit
#define db_rollback __wrap_db_rollback
#define db_call __wrap_db_call
#define db_text __wrap_db_text
#define db_uuid __wrap_db_uuid
#define db_uuids __wrap_db_uuids
#define db_int8 __wrap_db_int8
#define db_int4 __wrap_db_int4
#define db_bytes __wrap_db_bytes
#define db_time __wrap_db_time
#define db_array __wrap_db_array
#define db_row_array __wrap_db_row_array
#define db_push __wrap_db_push
#define db_send __wrap_db_send
#define db_run __wrap_db_run
#define db_commit_is_unknown __wrap_db_commit_is_unknown
#define db_constraint __wrap_db_constraint
#define db_result __wrap_db_result
#define db_rows __wrap_db_rows
#define db_changed __wrap_db_changed
#define db_is_null __wrap_db_is_null
#define db_get_int __wrap_db_get_int
#define db_get_uuid __wrap_db_get_uuid
#define db_get_uuids __wrap_db_get_uuids
#define db_get_bytes __wrap_db_get_bytes
#define db_get_digest __wrap_db_get_digest
#define db_get_text __wrap_db_get_text
#define store_open __wrap_store_open
#define store_close __wrap_store_close
#define store_load __wrap_store_load
#define store_loaded __wrap_store_loaded
#define store_save __wrap_store_save
#define store_put_asides __wrap_store_put_asides
#define store_check __wrap_store_check
#define store_forget __wrap_store_forget
#define clock_now_us __wrap_clock_now_us
#define getrandom __wrap_getrandom

#endif
