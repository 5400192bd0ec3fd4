"""tests/wire/test_identity.py - who speaks, and that an id means one thing once."""
import contextlib
import time

import chain
import pytest
import zmq
from sangkien_client import uuid7
from stack import first_operator_id
from world import Knock


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


def test_the_same_request_twice_has_one_effect_and_gets_the_same_bytes(world, edition):
    request = world.request("clerk", "submissions.CreateEntry", chain.draft(world, edition))
    client = world.client_of("clerk")

    first = client.ask(request)
    head = world.footprint()
    second = client.ask(request)

    assert first.ok and first.final
    assert second.raw == first.raw
    assert world.footprint() == head


def test_a_request_and_its_repetition_sent_together_are_one(world, edition):
    request = world.request("clerk", "submissions.CreateEntry", chain.draft(world, edition))
    client = world.client_of("clerk")
    position, count = world.footprint()

    for _ in range(5):
        client.post(request)
    replies = [client.take(request) for _ in range(5)]

    assert replies[0].ok
    assert {reply.raw for reply in replies} == {replies[0].raw}
    assert world.footprint() == (position + 1, count + 1)


def test_a_refusal_is_stored_and_repeated_for_ever(world, edition):
    entry = uuid7()
    request = world.request("standing", "submissions.RegisterEntry", {"entry_code": "MS-1"}, entry)
    client = world.client_of("standing")

    refused = client.ask(request)
    world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition), entry)

    assert refused.final and refused.reason == "NOT_FOUND"
    assert client.ask(request).raw == refused.raw


def test_an_id_used_for_another_content_is_refused_and_changes_nothing(world, edition):
    request_id, entry = uuid7(), uuid7()
    body = chain.draft(world, edition)
    world.do("clerk", "submissions.CreateEntry", body, entry, id=request_id)
    head = world.footprint()

    reply = world.say("clerk", "submissions.CreateEntry", {**body, "title": "Tên khác"}, entry, id=request_id)

    assert (reply.final, reply.reason) == (False, "REUSED_ID")
    assert [violation.field for violation in reply.field_violations] == ["id"]
    assert world.footprint() == head


def test_one_id_with_two_contents_sent_together_has_the_effect_of_the_first(world, edition):
    client, request_id, entry = world.client_of("clerk"), uuid7(), uuid7()
    contents = [world.request("clerk", "submissions.CreateEntry", chain.draft(world, edition, title=title),
                              entry, id=request_id) for title in ("Một", "Hai")]

    for content in contents:
        client.post(content)
    replies = [client.take(contents[0]) for _ in contents]

    assert sorted(reply.reason for reply in replies) == ["", "REUSED_ID"]
    assert len(world.base.run("SELECT 1 FROM submissions.entry WHERE id = %s", entry)) == 1


def test_two_systems_may_use_the_same_id(world, edition):
    request_id = uuid7()

    first = world.say("clerk", "submissions.CreateEntry", chain.draft(world, edition), id=request_id)
    second = world.say("other_clerk", "submissions.CreateEntry", chain.draft(world, edition), id=request_id)

    assert first.ok and second.ok


def test_a_person_of_another_agency_cannot_be_named_as_actor(world, edition):
    client = world.client("other")
    request = client.request("submissions.CreateEntry", chain.draft(world, edition), subject=uuid7(),
                             programme=world.programme, actor=world.person("clerk"))
    position = world.footprint()[0]

    reply = client.ask(request)

    assert (reply.final, reply.reason) == (True, "WRONG_ACTOR")
    assert [violation.field for violation in reply.field_violations] == ["actor.person"]
    assert world.footprint()[0] == position


def test_a_person_nobody_knows_cannot_be_named_as_actor(world, edition):
    reply = world.say("clerk", "submissions.CreateEntry", chain.draft(world, edition), actor=uuid7())

    assert reply.reason == "WRONG_ACTOR"


def test_a_command_without_actor_is_refused(world, edition):
    reply = world.say("clerk", "submissions.CreateEntry", chain.draft(world, edition), actor="")

    assert not reply.ok and reply.reason in ("WRONG_ACTOR", "INVALID_FIELD")


def test_an_officer_without_the_role_is_refused(world, edition):
    reply = world.say("head", "submissions.CreateEntry", chain.draft(world, edition))

    assert (reply.final, reply.reason) == (True, "NOT_ALLOWED")


def test_a_role_in_one_programme_counts_in_no_other(world, edition):
    reply = world.say("standing", "directory.RevokeSystem", {"reason": "Không được"}, world.systems["other"],
                      programme="directory")

    assert reply.reason == "NOT_ALLOWED"


def test_an_entry_of_another_agency_cannot_be_submitted(world, edition):
    entry = uuid7()
    world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition), entry)

    reply = world.say("other_head", "submissions.SubmitEntry", {}, entry)

    assert (reply.final, reply.reason) == (True, "NOT_YOUR_ENTRY")


def test_a_role_that_ended_counts_no_more(world, edition):
    world.add_officer("temporary", "entrant")
    world.bind("temporary", "CLERK")
    world.do("temporary", "submissions.CreateEntry", chain.draft(world, edition))

    world.direct("EndRole", {"reason": "Hết nhiệm kỳ"}, world.bindings["temporary", "CLERK"])

    reply = world.say("temporary", "submissions.CreateEntry", chain.draft(world, edition))
    assert reply.reason == "NOT_ALLOWED"


def test_a_key_that_nobody_registered_is_not_let_in(stack):
    assert Knock(stack, zmq.curve_keypair()).once() is False


def test_a_client_with_the_wrong_server_key_gets_no_answer(world, stack):
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.linger = 0
    socket.curve_serverkey = zmq.curve_keypair()[0]
    socket.curve_publickey, socket.curve_secretkey = world.keys["entrant"]
    with contextlib.closing(socket):
        socket.connect(stack.endpoint)
        socket.send(b"")
        assert not socket.poll(500)


def test_a_client_without_encryption_gets_no_answer(stack):
    socket = zmq.Context.instance().socket(zmq.DEALER)
    socket.linger = 0
    with contextlib.closing(socket):
        socket.connect(stack.endpoint)
        socket.send(b"")
        assert not socket.poll(500)


def test_a_worker_key_is_no_client_key(stack):
    keys = (stack.public_key("funding").encode(), _secret(stack, "funding"))

    assert Knock(stack, keys).once() is False


def _secret(stack, name):
    text = stack.make_key(name).read_text()
    return text.split("secret = ")[1].strip().encode()


def test_a_revoked_system_is_refused_within_a_second_and_hears_nothing_more(world, stack, edition):
    world.add_system("revoked", "entrant")
    client = world.connect("revoked")
    body = chain.draft(world, edition)
    say = dict(programme=world.programme, actor=world.person("clerk"))
    assert client.call("submissions.CreateEntry", body, subject=uuid7(), **say).ok
    client.send(world.words["wire.ClientFrame"](subscribe=dict(
        subscription="s", programme=world.programme, credit=1000)))
    assert client.receive().HasField("deliveries")

    world.direct("RevokeSystem", {"reason": "Khóa bị lộ"}, world.systems["revoked"])
    revoked = time.monotonic()

    ended = client.receive(5)
    while ended and not ended.HasField("subscription_ended"):
        ended = client.receive(5)
    assert ended and ended.subscription_ended.reason == "UNKNOWN_SYSTEM"
    request = client.request("submissions.CreateEntry", body, subject=uuid7(), **say)
    reply = client.ask(request)
    assert time.monotonic() - revoked < 1.0
    assert reply.reason == "UNKNOWN_SYSTEM" and not reply.final
    assert Knock(stack, world.keys["revoked"]).once() is False
    client.close()


def test_a_key_that_was_revoked_can_never_be_registered_again(world):
    world.add_system("lost", "entrant")
    world.direct("RevokeSystem", {"reason": "Mất"}, world.systems["lost"])

    reply = world.operator.call("directory.RegisterSystem", {
        "agency_id": world.agencies["entrant"], "name": "Lại", "public_key": world.keys["lost"][0].decode()},
        programme="directory", subject=uuid7(), actor=first_operator_id("person"))

    assert reply.reason == "KEY_ALREADY_REGISTERED"
