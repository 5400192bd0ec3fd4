"""tests/faults/test_hostile_bodies.py - what is made to break whoever reads it is refused, and nothing comes of it.

They are sent with a key that is good, so that they get as far as a message can. No process dies of one, each gets an
answer, and whoever works meanwhile is served.
"""
import chain
import pytest
from hostile import Siege
from hostile_bodies import BEHIND, BODIES, KIB, inner, merged, nested, number, storm, tag
from sangkien_client import Reply, uuid7

REFUSED = {"MALFORMED", "TOO_COMPLEX", "INVALID_FIELD", "TOO_LARGE", "UNKNOWN_TYPE"}
AT_ONCE = 100


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


@pytest.fixture(scope="module")
def siege(world, base, edition):
    """One siege for all of them: a neighbour works from the first to the last."""
    with Siege(world, base, edition, tell=lambda line: None) as siege:
        yield siege


@pytest.fixture
def line(world, siege):
    with world.connect("other") as client:
        yield client
    siege.neighbour.served(1)


def of_others(base, world):
    """What stands in the journal and the inbox of the hostile agency's system."""
    return base.run("SELECT (SELECT count(*) FROM runtime.journal WHERE source = %s),"
                    " (SELECT count(*) FROM runtime.inbox WHERE source = %s)", *2 * [world.systems["other"]])


def answer(client, timeout=20):
    frame = client.receive(timeout)
    assert frame is not None and frame.WhichOneof("content") == "reply", frame
    return Reply(client.words, frame.reply, None)


def request(world, edition, body=None):
    made = world.words["wire.Request"].FromString(world.request(
        "other_clerk", "submissions.CreateEntry", chain.draft(world, edition)))
    if body is not None:
        made.body = body
    return made.SerializeToString()


@pytest.mark.parametrize("name", BODIES)
def test_a_body_made_to_break_its_reader_is_refused(world, base, edition, line, name):
    stored = of_others(base, world)

    line.post(request(world, edition, BODIES[name]))
    reply = answer(line)

    assert (reply.final, reply.reason in REFUSED) == (False, True), reply
    assert of_others(base, world) == stored


@pytest.mark.parametrize("name", BEHIND)
def test_what_stands_behind_a_good_request_spoils_it(world, base, edition, line, name):
    stored = of_others(base, world)

    line.post(request(world, edition) + BEHIND[name])
    reply = answer(line)

    assert (reply.final, reply.reason in REFUSED) == (False, True), reply
    assert of_others(base, world) == stored


@pytest.mark.parametrize("frame", [
    nested(1, 60 * KIB), nested(2, 60 * KIB), merged(5, 60 * KIB), inner(1, b"") * 2, inner(1, b"") * 20000,
    inner(2, b"") + inner(4, b""), tag(5, 3) * 60 * KIB, b"\x80" * 60 * KIB, inner(1, inner(6, b"") * 20000),
    inner(2, inner(4, b"x") * 20000), inner(3, tag(2, 0) + number((1 << 64) - 1)), inner(9, b"x"), b"\0" * 120 * KIB,
], ids=lambda frame: f"{frame[:4].hex()} and {len(frame)} bytes")
def test_a_frame_made_to_break_the_door_gets_an_answer(world, base, edition, line, frame):
    stored = of_others(base, world)

    line.send(frame)
    said = line.receive(20)

    assert said is not None and said.WhichOneof("content") in ("reply", "subscription_ended")
    assert line.call("submissions.ListEntries", {}, programme=world.programme).ok
    assert of_others(base, world) == stored


def test_a_hundred_thousand_unknown_fields_cut_the_connection(world, base, edition, line):
    stored = of_others(base, world)

    line.send(inner(1, b"\x78\0" * 100_000))

    assert line.call("submissions.ListEntries", {}, programme=world.programme).ok  # it has come back
    assert of_others(base, world) == stored


def test_numbers_longer_than_they_need_be_are_one_request_with_one_effect(world, base, edition, line):
    """Protobuf allows them. What counts as the same content is the bytes, so they are neither mended nor shortened."""
    good = world.words["wire.Request"].FromString(request(world, edition))
    same = good.SerializeToString().replace(
        inner(1, good.id.encode()), tag(1, 2) + number(36, 4) + good.id.encode(), 1)
    assert len(same) == len(good.SerializeToString()) + 3

    first, again = line.ask(same), line.ask(same)
    other = line.ask(good.SerializeToString())

    assert first.ok and first.raw == again.raw and other.reason == "REUSED_ID"
    assert base.one("SELECT count(*) FROM runtime.journal WHERE cause = %s", good.id) == 1


def test_a_storm_of_broken_requests_gets_an_answer_each(world, base, edition, line, long, rng):
    good = [request(world, edition),
            world.request("other_head", "submissions.SubmitEntry", {}, uuid7()),
            world.request("other_head", "submissions.SubmitDossier", chain.dossier_body(world), uuid7()),
            world.request("other_clerk", "funding.ProposeFunding", chain.proposal(world, 1000)[0], uuid7()),
            world.request("other_clerk", "directory.RegisterPerson", {"full_name": "Ông X"}, programme="directory"),
            world.client("other").request("submissions.ListEntries", {"page_size": 5}, programme=world.programme)]
    broken = storm(good, 100_000 if long else 1500, rng)

    for at in range(0, len(broken), AT_ONCE):
        sent = broken[at:at + AT_ONCE]
        for one in sent:
            line.post(one)
        for _ in sent:
            answer(line)
