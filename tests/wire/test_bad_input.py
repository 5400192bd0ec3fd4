"""tests/wire/test_bad_input.py - what is wrong is refused by name, and changes nothing."""
import random
import time

import chain
import pytest
from sangkien_client import Reply, uuid7

KIB = 1024


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


@pytest.fixture(scope="module")
def line(world):
    """A connection of our own: some tests get it cut."""
    client = world.connect("entrant")
    yield client
    client.close()


@pytest.fixture(autouse=True)
def nothing_changes(world, edition):
    """Whatever a test here sends: no event comes of it, and no request is stored but final refusals."""
    world.stored = 0
    position, count = world.footprint()
    yield
    assert world.footprint() == (position, count + world.stored)


def answer(world, client, timeout=10):
    """The next frame as a Reply."""
    frame = client.receive(timeout)
    assert frame is not None, "no answer"
    assert frame.WhichOneof("content") == "reply"
    return Reply(world.words, frame.reply, None)


def fields(reply):
    return [violation.field for violation in reply.field_violations]


def create(world, edition, body=None, **more):
    """The bytes of a CreateEntry that would be accepted, but for what is changed."""
    more.setdefault("programme", world.programme)
    more.setdefault("subject", uuid7())
    more.setdefault("actor", world.person("clerk"))
    return world.client("entrant").request(
        more.pop("type", "submissions.CreateEntry"), body or chain.draft(world, edition), **more)


def damaged(world, edition, old, new):
    """The same, with bytes put in the place of others of the same length, as no library would write them."""
    request = create(world, edition, chain.draft(world, edition, title=old))
    assert request.count(old.encode()) == 1 and len(old.encode()) == len(new)
    return request.replace(old.encode(), new)


# ------------------------------------------------------------------ frames

def test_an_empty_frame_is_malformed(world, line):
    line.send(b"")

    reply = answer(world, line)

    assert (reply.final, reply.code, reply.reason) == (False, 3, "MALFORMED")


def test_two_frames_in_one_message_are_malformed(world, line, edition):
    frame = world.words["wire.ClientFrame"](request=create(world, edition)).SerializeToString()
    line.socket.send_multipart([frame, frame])

    assert answer(world, line).reason == "MALFORMED"


def test_random_bytes_are_refused(world, line):
    dice = random.Random(20191029)

    for size in (1, 2, 3, 10, 100, 1000, 10000, 60000):
        line.send(dice.randbytes(size))
        reply = answer(world, line)
        assert not reply.ok and not reply.final and reply.reason, size


def test_a_frame_with_two_contents_is_malformed(world, line, edition):
    request = world.words["wire.ClientFrame"](request=create(world, edition)).SerializeToString()
    subscribe = world.words["wire.ClientFrame"](
        subscribe=dict(subscription="s", programme=world.programme)).SerializeToString()

    line.send(request + subscribe)

    assert answer(world, line).reason == "MALFORMED"


def test_a_request_above_60_KiB_is_refused_by_name(world, line, edition):
    request = create(world, edition, chain.draft(world, edition, summary="x" * (61 * KIB)))
    line.post(request)

    reply = line.take(request)

    assert (reply.final, reply.reason) == (False, "TOO_LARGE")
    assert reply.request_id == world.words["wire.Request"].FromString(request).id


def test_a_frame_of_200_KiB_cuts_the_connection_and_hurts_nobody_else(world, line, edition):
    other = world.client("other")
    line.send(b"\0" * (200 * KIB))

    refused = create(world, edition, chain.draft(world, edition), programme="khong-co")
    reply = other.ask(refused)  # another client is served meanwhile
    again = line.ask(refused)  # and this one, when it has connected again

    assert reply.reason == again.reason == "UNKNOWN_PROGRAMME"


def test_34_KB_of_nesting_are_refused_at_once(world, line, edition):
    nested = b""
    for _ in range(8000):
        size, head = len(nested), b""
        while size >= 0x80:
            head, size = head + bytes([size & 0x7F | 0x80]), size >> 7
        nested = b"\x32" + head + bytes([size]) + nested
        if len(nested) > 34000:
            break
    request = world.words["wire.Request"].FromString(create(world, edition))
    request.body = nested
    began = time.monotonic()

    reply = line.ask(request.SerializeToString())

    assert not reply.ok and not reply.final and reply.reason in ("TOO_COMPLEX", "MALFORMED", "INVALID_FIELD")
    assert time.monotonic() - began < 1.0


def test_groups_are_malformed(world, line, edition):
    request = world.words["wire.Request"].FromString(create(world, edition))
    request.body = b"\x33" * 17000 + b"\x34" * 17000

    assert line.ask(request.SerializeToString()).reason == "MALFORMED"


def test_more_fields_than_4096_are_too_complex(world, line):
    line.send(world.words["wire.ClientFrame"](subscribe=dict(
        subscription="s", programme=world.programme, types=[""] * 5000)))

    assert line.receive().subscription_ended.reason == "TOO_COMPLEX"


def test_a_field_cut_short_is_malformed(world, line, edition):
    request = world.words["wire.Request"].FromString(create(world, edition))
    request.body = request.body[:-1]

    assert line.ask(request.SerializeToString()).reason in ("MALFORMED", "INVALID_FIELD")


# ------------------------------------------------------------------ fields

@pytest.mark.parametrize("what, new", [
    ("is not UTF-8", b"M\xff\xfe\xfd\xfcA\xc0\x80\xf5B"),
    ("is not UTF-8", b"M\xed\xa0\x80nhh\xe1\xbbx"),  # a surrogate
    ("holds a control character", b"Mo\x00 cuaabbb"),
    ("holds a control character", b"Mo\x1b[2Jaabbb"),
    ("is not in Unicode form NFC", "Mo\u0323t cuaab".encode()),
])
def test_text_that_is_no_clean_utf8_is_refused_with_its_field(world, line, edition, what, new):
    old = "Q" * len(new)

    reply = line.ask(damaged(world, edition, old, new))

    assert (reply.final, reply.reason, fields(reply)) == (False, "INVALID_FIELD", ["title"])
    assert reply.field_violations[0].description == what


@pytest.mark.parametrize("field, change", [
    ("entry_kind", {"entry_kind": 99}),
    ("entry_kind", {"entry_kind": 0}),
    ("title", {"title": ""}),
    ("title", {"title": "x" * 501}),
    ("edition_id", {"edition_id": "7"}),
    ("edition_id", {"edition_id": "0190A0E4-7C1B-7DEF-8123-0123456789AB"}),
    ("authors", {"authors": [{"person_id": uuid7(), "share_bp": 1}] * 21}),
    ("authors[1].share_bp", {"authors": [{"person_id": uuid7(), "share_bp": 1},
                                         {"person_id": uuid7(), "share_bp": -1}]}),
    ("authors[0].person_id", {"authors": [{"person_id": "", "share_bp": 1}]}),
])
def test_a_field_that_breaks_its_rule_is_named(world, line, edition, field, change):
    reply = line.ask(create(world, edition, {**chain.draft(world, edition), **change}))

    assert (reply.final, reply.reason) == (False, "INVALID_FIELD")
    assert fields(reply) == [field] and reply.field_violations[0].description


@pytest.mark.parametrize("field, more", [
    ("id", {"id": "1"}),
    ("programme", {"programme": "Khánh Hòa"}),
    ("programme", {"programme": "x" * 65}),
    ("subject", {"subject": "abc"}),
    ("subject", {"subject": ""}),
    ("actor.person", {"actor": "abc"}),
    ("expected_version", {"expected_version": -1}),
])
def test_an_envelope_that_breaks_its_rule_is_refused_with_the_field(world, line, edition, field, more):
    request = create(world, edition, **more)
    line.post(request)

    reply = answer(world, line)

    assert (reply.final, reply.reason) == (False, "INVALID_FIELD")
    assert field in fields(reply)


def test_a_field_that_nobody_knows_is_named_by_its_number(world, line, edition):
    request = world.words["wire.Request"].FromString(create(world, edition))
    request.body += b"\x98\x06\x01"  # field 99

    reply = line.ask(request.SerializeToString())

    assert (reply.reason, fields(reply)) == ("INVALID_FIELD", ["99"])


@pytest.mark.parametrize("type", [
    "sangkien.submissions.v1.Nonsense",  # no such message
    "sangkien.submissions.v1.EntryDrafted",  # an event
    "sangkien.submissions.v1.DeadlinePassed",  # the runtime's own
    "sangkien.notifications.v1.RecordSent",  # what the mailer tells itself
    "sangkien.submissions.v1.Entry",
])
def test_a_type_that_may_not_be_sent_is_unknown(world, line, edition, type):
    request = world.words["wire.Request"].FromString(create(world, edition))
    request.type, request.body = type, b""

    reply = line.ask(request.SerializeToString())

    assert (reply.final, reply.reason) == (False, "UNKNOWN_TYPE")


def test_a_programme_that_does_not_exist_is_refused(world, line, edition):
    reply = line.ask(create(world, edition, programme="khong-co"))

    assert (reply.final, reply.reason, fields(reply)) == (False, "UNKNOWN_PROGRAMME", ["programme"])


def test_an_expired_request_is_refused_for_good(world, line, edition):
    reply = line.ask(create(world, edition, expires=time.time() - 1))

    world.stored = 1
    assert (reply.final, reply.reason, fields(reply)) == (True, "EXPIRED", ["expires"])


def test_a_wrong_expected_version_is_refused_for_good(world, edition):
    reply = world.say("owner", "submissions.PublishEdition", {}, edition, expected_version=77)

    world.stored = 1
    assert (reply.final, reply.reason, fields(reply)) == (True, "VERSION_MISMATCH", ["expected_version"])


def test_a_rehearsal_tells_what_would_happen_and_stores_nothing(world, line, edition):
    good = line.ask(create(world, edition, validate_only=True))
    bad = line.ask(create(world, edition, chain.draft(world, uuid7()), validate_only=True))

    assert (good.code, good.final, good.type) == (0, False, "sangkien.submissions.v1.EntryDrafted")
    assert (bad.final, bad.reason) == (False, "UNKNOWN_EDITION")
