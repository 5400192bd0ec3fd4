"""tests/flow/test_verify.py - whatever is altered in the database behind our backs, verify finds, and where."""
import contextlib
import secrets
import subprocess

import chain
import pytest
from base import until
from ctl import Ctl
from sangkien_client import uuid7
from world import World

DAMAGED = 4
ENTRIES, EVENTS = 6000, 60000  # so many that they are looked at in several lots, by several threads


@pytest.fixture(scope="module")
def ctl(stack):
    return Ctl(stack)


@pytest.fixture(scope="module")
def history(world, base):
    """A programme with entries, refusals and money, in which nothing happens any more."""
    edition = chain.edition(world)
    entry = chain.appraised(world, edition)
    chain.proposed(world, entry, chain.ceiling(world))
    world.say("head", "submissions.SubmitEntry", {}, entry)
    world.say("standing", "submissions.PublishEdition", {}, edition)
    quiet(world)
    return entry


def quiet(world):
    """Until everybody has heard everything, and every mail is out."""
    base = world.base
    until(lambda: not base.unheard(world.programme) and not base.one(
        "SELECT count(*) FROM notifications.notification WHERE programme = %s AND state = 1", world.programme),
        "nothing happens any more", 30)


@contextlib.contextmanager
def changed(base, change, undo, *values):
    """The database with a change that no trigger and no key stands against, taken back afterwards."""
    def run(sql):
        base.run("SET session_replication_role = replica; " + sql, *values)
    run(change)
    try:
        yield
    finally:
        run(undo)


def verify(ctl, world, expect=DAMAGED, *more):
    return ctl("verify", "--programme", world.programme, *more, expect=expect)


def one_place(output):
    """The damages told, which name the place first."""
    return [line.split(": ", 2)[2] for line in output.splitlines() if line.startswith("damage: ")]


def test_a_programme_in_which_nothing_was_altered_is_whole(world, ctl, history):
    output = verify(ctl, world, expect=0)

    position, requests = world.head()
    assert f"{world.programme}: ok, {position} events, {requests} requests" in output


@pytest.mark.parametrize("column, value", [
    ("body", "body || '\\x00'::bytea"), ("recorded_at", "recorded_at + interval '1 microsecond'"),
    ("actor", "gen_random_uuid()"), ("parties", "parties || gen_random_uuid()"), ("because", "because || '.'"),
    ("version", "version + 1000"), ("kind", "'edition'"), ("request_digest", "sha256('x')"),
    ("chain", "sha256('x')"),
])
def test_an_altered_row_of_the_journal_is_found_by_its_position(world, base, ctl, history, column, value):
    position = base.events(world.programme, "EntrySubmitted")[0][0]
    old = base.one(f"SELECT {column} FROM runtime.journal WHERE programme = %s AND position = %s",
                   world.programme, position)
    base.run("CREATE TABLE IF NOT EXISTS public.kept AS SELECT * FROM runtime.journal WITH NO DATA")
    base.run("DELETE FROM public.kept; INSERT INTO public.kept SELECT * FROM runtime.journal"
             " WHERE programme = %s AND position = %s", world.programme, position)
    assert old is not None
    with changed(base, f"UPDATE runtime.journal SET {column} = {value} WHERE programme = %s AND position = %s",
                 f"UPDATE runtime.journal j SET {column} = k.{column} FROM public.kept k"
                 " WHERE j.programme = %s AND j.position = %s", world.programme, position):
        damages = one_place(verify(ctl, world))

    assert f"position {position}: " in damages[0]
    verify(ctl, world, expect=0)


def test_two_rows_of_the_journal_that_changed_places_are_found(world, base, ctl, history):
    first = base.events(world.programme, "EntryDrafted")[0][0]
    swap = ("UPDATE runtime.journal SET position = -position WHERE programme = %s AND position IN (%s, %s);"
            " UPDATE runtime.journal SET position = CASE position WHEN -%s THEN %s ELSE %s END"
            " WHERE programme = %s AND position < 0")
    places = (world.programme, first, first + 1, first, first + 1, first, world.programme)
    base.run("ALTER TABLE runtime.journal DROP CONSTRAINT journal_position_check")
    try:
        with changed(base, swap, swap, *places):
            damages = one_place(verify(ctl, world))
    finally:
        base.run("ALTER TABLE runtime.journal ADD CONSTRAINT journal_position_check CHECK (position > 0)")

    assert f"position {first}: the row is not what was written" in damages
    verify(ctl, world, expect=0)


def test_a_row_missing_in_the_middle_of_the_journal_is_found(world, base, ctl, history):
    position = base.events(world.programme, "EntrySubmitted")[0][0]
    with gone(base, "journal", "position", world.programme, position):
        damages = one_place(verify(ctl, world))

    assert damages[0].startswith(f"position {position}: missing")


def test_a_deleted_tail_of_the_journal_is_found(world, base, ctl, history):
    last = world.head()[0]
    with gone(base, "journal", "position", world.programme, last):
        damages = one_place(verify(ctl, world))

    assert f"position {last - 1}: the journal ends here, its head says {last}" in damages


@pytest.mark.parametrize("column, value", [
    ("reply", "reply || '\\x00'::bytea"), ("received_at", "received_at - interval '1 day'"),
    ("actor", "gen_random_uuid()"), ("request_digest", "sha256('x')"), ("chain", "sha256('x')"),
])
def test_an_altered_row_of_the_inbox_is_found_by_its_number(world, base, ctl, history, column, value):
    number = base.one("SELECT max(number) FROM runtime.inbox WHERE programme = %s", world.programme) - 1
    base.run("DROP TABLE IF EXISTS public.kept_inbox; CREATE TABLE public.kept_inbox AS"
             " SELECT * FROM runtime.inbox WHERE programme = %s AND number = %s", world.programme, number)
    with changed(base, f"UPDATE runtime.inbox SET {column} = {value} WHERE programme = %s AND number = %s",
                 f"UPDATE runtime.inbox i SET {column} = k.{column} FROM public.kept_inbox k"
                 " WHERE i.programme = %s AND i.number = %s", world.programme, number):
        damages = one_place(verify(ctl, world))

    assert any(damage.startswith(f"request {number}: ") for damage in damages), damages
    verify(ctl, world, expect=0)


def test_altered_bytes_of_a_request_are_found(world, base, ctl, history):
    number = base.one("SELECT max(number) FROM runtime.inbox WHERE programme = %s", world.programme)
    place = "programme = %s AND id = (SELECT id FROM runtime.inbox WHERE programme = %s AND number = %s)"
    with changed(base, f"UPDATE runtime.inbox SET request = request || '\\x00'::bytea WHERE {place}",
                 f"UPDATE runtime.inbox SET request = substr(request, 1, length(request) - 1) WHERE {place}",
                 world.programme, world.programme, number):
        damages = one_place(verify(ctl, world))

    assert damages == [f"request {number}: its bytes are not those that came"]


def test_a_refusal_that_was_deleted_is_found(world, base, ctl, history):
    number = base.one("SELECT max(number) FROM runtime.inbox WHERE programme = %s", world.programme)
    with gone(base, "inbox", "number", world.programme, number):
        damages = one_place(verify(ctl, world))

    assert f"request {number - 1}: the inbox ends here, its head says {number}" in damages


def test_a_request_that_was_erased_with_its_salt_is_no_damage(world, base, ctl, history):
    reply = world.say("head", "submissions.SubmitEntry", {}, history)
    base.run("UPDATE runtime.inbox SET salt = NULL, request = NULL WHERE programme = %s AND id = %s", world.programme, reply.request_id)

    assert "(1 erased)" in verify(ctl, world, expect=0)


@pytest.mark.parametrize("kind, change, undo", [
    ("entry", "UPDATE submissions.entry SET title = title || '.'",
     "UPDATE submissions.entry SET title = left(title, -1)"),
    ("entry", "UPDATE submissions.entry SET state = state + 100", "UPDATE submissions.entry SET state = state - 100"),
    ("funding_case", "UPDATE funding.funding_case SET proposed_vnd = proposed_vnd - 1",
     "UPDATE funding.funding_case SET proposed_vnd = proposed_vnd + 1"),
    ("dossier", "UPDATE submissions.dossier_line SET description = description || '.'",
     "UPDATE submissions.dossier_line SET description = left(description, -1)"),
])
def test_a_state_that_its_events_do_not_make_is_found(world, base, ctl, history, kind, change, undo):
    where = " WHERE programme = %s"
    names = base.run("SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
                     " WHERE contype = 'c' AND conrelid = %s::regclass", change.split()[1])
    for table, name, _ in names:
        base.run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        with changed(base, change + where, undo + where, world.programme):
            damages = one_place(verify(ctl, world))
    finally:
        for table, name, definition in names:
            base.run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")

    assert damages and all(damage.startswith(f"{kind} ") for damage in damages)
    verify(ctl, world, expect=0)


def test_a_state_that_no_event_explains_is_found(world, base, ctl, history):
    forged = uuid7()
    columns = base.one("SELECT string_agg(column_name, ', ') FROM information_schema.columns WHERE"
                       " table_schema = 'funding' AND table_name = 'budget_ceiling' AND column_name NOT IN ('id')")
    copy = (f"INSERT INTO funding.budget_ceiling (id, {columns}) SELECT '{forged}', "
            + columns.replace("budget_source", "budget_source || '.'")
            + " FROM funding.budget_ceiling WHERE programme = %s LIMIT 1")
    undo = f"DELETE FROM funding.budget_ceiling WHERE programme = %s AND id = '{forged}'"
    with changed(base, copy, undo, world.programme):
        damages = one_place(verify(ctl, world))

    assert damages == ["budget_ceiling: 1 rows that no event explains"]


def test_only_a_checkpoint_shows_a_journal_that_was_cut_together_with_its_head(world, base, ctl, history, tmp_path):
    checkpoint = tmp_path / "head"
    verify(ctl, world, 0, "--write-checkpoint", checkpoint)
    position, count = world.head()
    kept = base.run("SELECT position, chain, inbox_count, inbox_chain FROM runtime.journal_head WHERE programme = %s",
                    world.programme)[0]
    number, chained = base.run("SELECT number, chain FROM runtime.inbox WHERE programme = %s AND number = %s",
                               world.programme, count - 1)[0]
    with gone(base, "inbox", "number", world.programme, count):
        with changed(base, "UPDATE runtime.journal_head SET inbox_count = %s, inbox_chain = %s WHERE programme = %s",
                     "SELECT %s, %s, %s", number, chained, world.programme):
            try:
                verify(ctl, world, expect=0)  # rewritten with care: by itself it is in order
                damages = one_place(verify(ctl, world, DAMAGED, "--checkpoint", checkpoint))
            finally:
                base.run("UPDATE runtime.journal_head SET inbox_count = %s, inbox_chain = %s WHERE programme = %s",
                         kept[2], kept[3], world.programme)

    assert damages == [f"request {count - 1}: the inbox ends here, the checkpoint knew {count}"]
    verify(ctl, world, 0, "--checkpoint", checkpoint)


# ------------------------------------------------------------- where there is much

@pytest.fixture(scope="module")
def crowd(stack, base):
    """A programme with thousands of entries."""
    world = World(stack, base, "crowd-" + secrets.token_hex(4))
    quiet(world)
    subprocess.run([stack.build / "bin/generate", "--dsn", stack.dsn(), "--programme", world.programme,
                    "--entries", str(ENTRIES), "--events", str(EVENTS)], check=True, capture_output=True)
    yield world
    world.close()


def entry_of(base, world, part):
    """(id, position of its first event) of the entry before which this part of all entries was drafted."""
    drafted = base.events(world.programme, "EntryDrafted")
    position, _, entry, _ = drafted[int(part * (len(drafted) - 1))]
    return entry, position


def test_a_programme_with_thousands_of_entries_is_whole(base, ctl, crowd):
    output = verify(ctl, crowd, expect=0)

    position, requests = crowd.head()
    assert position > EVENTS
    assert f"{crowd.programme}: ok, {position} events, {requests} requests (0 erased)" in output


@pytest.mark.parametrize("part", [0, 0.5, 1])
def test_among_thousands_one_altered_entry_is_found(base, ctl, crowd, part):
    entry, _ = entry_of(base, crowd, part)
    with changed(base, "UPDATE submissions.entry SET title = title || '.' WHERE programme = %s AND id = %s",
                 "UPDATE submissions.entry SET title = left(title, -1) WHERE programme = %s AND id = %s",
                 crowd.programme, entry):
        damages = one_place(verify(ctl, crowd))

    assert damages == [f"entry {entry}: title is not what its events say"]


@pytest.mark.parametrize("part", [0, 0.5, 1])
def test_among_thousands_one_event_that_is_gone_is_found_and_what_it_made(base, ctl, crowd, part):
    entry, position = entry_of(base, crowd, part)
    with gone(base, "journal", "position", crowd.programme, position):
        damages = one_place(verify(ctl, crowd))

    assert damages[0].startswith(f"position {position}: missing")
    assert any(damage.endswith(f"version 2 of entry {entry} follows 0") for damage in damages)
    assert any(damage.startswith(f"entry {entry}: ") for damage in damages)


@pytest.mark.parametrize("part", [0, 0.5, 1])
def test_among_thousands_one_entry_that_no_event_explains_is_found(base, ctl, crowd, part):
    entry, _ = entry_of(base, crowd, part)
    forged = entry[:-1] + ("0" if entry[-1] != "0" else "1")
    columns = base.one("SELECT string_agg(column_name, ', ') FROM information_schema.columns WHERE table_schema ="
                       " 'submissions' AND table_name = 'entry' AND column_name NOT IN ('id', 'entry_code')")
    copy = (f"INSERT INTO submissions.entry (id, entry_code, {columns}) SELECT '{forged}', entry_code || '.', {columns}"
            " FROM submissions.entry WHERE programme = %s AND id = %s")
    with changed(base, copy, f"DELETE FROM submissions.entry WHERE programme = %s AND id = '{forged}' AND id <> %s",
                 crowd.programme, entry):
        damages = one_place(verify(ctl, crowd))

    assert damages == ["entry: 1 rows that no event explains"]


def test_among_thousands_one_request_that_is_gone_is_found(base, ctl, crowd):
    number = crowd.head()[1] // 2
    with gone(base, "inbox", "number", crowd.programme, number):
        damages = one_place(verify(ctl, crowd))

    assert damages[0].startswith(f"request {number}: missing")
    assert all(damage == damages[1] or "is not in the inbox" in damage for damage in damages[1:])


def test_a_second_request_of_the_same_number_is_found_wherever_it_lies(base, ctl, crowd):
    # Rows that change are written elsewhere: so many are behind them now that there is no room in which to wait.
    base.run("UPDATE runtime.inbox SET salt = NULL, request = NULL WHERE programme = %s"
             " AND number BETWEEN 1001 AND 6000", crowd.programme)
    assert "(5000 erased)" in verify(ctl, crowd, expect=0)

    second = ("INSERT INTO runtime.inbox SELECT (jsonb_populate_record(i, jsonb_build_object('id', %s))).*"
              " FROM runtime.inbox i WHERE programme = %s AND number = 7")
    with changed(base, second, "DELETE FROM runtime.inbox WHERE id = %s AND programme = %s", uuid7(), crowd.programme):
        damages = one_place(verify(ctl, crowd))

    assert damages and all(" bear a number that is taken" in damage or damage.startswith(("request 7: ", "request 8: "))
                           for damage in damages)
    verify(ctl, crowd, expect=0)


@contextlib.contextmanager
def gone(base, table, place, programme, value):
    """The table without one row, which is put back afterwards."""
    where = f"programme = %s AND {place} = %s"
    base.run(f"DROP TABLE IF EXISTS public.gone_{table}; CREATE TABLE public.gone_{table} AS"
             f" SELECT * FROM runtime.{table} WHERE {where}", programme, value)
    base.run(f"SET session_replication_role = replica; DELETE FROM runtime.{table} WHERE {where}", programme, value)
    try:
        yield
    finally:
        base.run(f"SET session_replication_role = replica;"
                 f" INSERT INTO runtime.{table} SELECT * FROM public.gone_{table}; DROP TABLE public.gone_{table}")
