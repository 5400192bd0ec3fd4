"""tests/wire/test_feed.py - events: history, then live; in order, once, and only what one may see."""
import collections
import itertools

import chain
import pytest
from sangkien_client import uuid7


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


@pytest.fixture(scope="module")
def history(world, edition):
    """Some entries of two agencies, before anybody listens."""
    for clerk in ("clerk", "other_clerk", "clerk"):
        world.do(clerk, "submissions.CreateEntry", chain.draft(world, edition))


Heard = collections.namedtuple("Heard", "position previous event")


def heard_in(deliveries):
    """The events of a frame, each with the position before it."""
    before = [deliveries.previous] + [delivery.position for delivery in deliveries.list]
    return [Heard(delivery.position, previous, delivery.event)
            for delivery, previous in zip(deliveries.list, before)]


class Ear:
    """One subscription on a connection of its own, event by event or frame by frame."""

    def __init__(self, world, system, programme=None, after=0, credit=1000, types=(), name="s"):
        self.world, self.client, self.name, self.waiting = world, world.connect(system), name, []
        self.client.send(world.words["wire.ClientFrame"](subscribe=dict(
            subscription=name, programme=programme or world.programme, after_position=after, credit=credit,
            types=["sangkien." + t for t in types])))

    def frame(self, timeout=10):
        frame = self.client.receive(timeout)
        return None if frame is None else getattr(frame, frame.WhichOneof("content"))

    def next(self, timeout=10):
        """A Heard, a Progress or a SubscriptionEnded."""
        if not self.waiting:
            frame = self.frame(timeout)
            if not hasattr(frame, "list"):
                return frame
            self.waiting = heard_in(frame)
        return self.waiting.pop(0)

    def until(self, position, timeout=10):
        """Events up to a position that came or was told of."""
        found = []
        while True:
            said = self.next(timeout)
            assert said is not None, f"nothing more after {[f.position for f in found]}"
            assert not hasattr(said, "reason"), said
            if hasattr(said, "event"):
                found.append(said)
            if said.position >= position:
                return found

    def grant(self, credit):
        self.client.send(self.world.words["wire.ClientFrame"](credit=dict(subscription=self.name, credit=credit)))

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.client.close()


def event_of(world, heard):
    return world.words["io.cloudevents.v1.CloudEvent"].FromString(heard.event)


def draft_many(world, edition, count, **more):
    """Drafts of one clerk, many under way; the positions of their events."""
    client, body = world.client_of("clerk"), chain.draft(world, edition, **more)
    say = dict(programme=world.programme, actor=world.person("clerk"))
    requests = [client.request("submissions.CreateEntry", body, subject=uuid7(), **say) for _ in range(count)]
    for request in requests:
        client.post(request)
    replies = [client.take(request) for request in requests]
    assert all(reply.ok for reply in replies)
    return sorted(position for reply in replies for position in reply.positions)


def test_history_comes_first_and_then_what_happens_now_without_gap_or_repetition(world, edition, history):
    with Ear(world, "committee") as ear:
        told = ear.until(world.head()[0])
        for _ in range(3):
            last = world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition)).positions[-1]
        told += ear.until(last)

    assert [delivery.position for delivery in told] == list(range(1, told[-1].position + 1))
    assert [delivery.previous for delivery in told] == list(range(0, told[-1].position))


def test_an_event_is_a_cloudevent_with_everything_in_it(world, edition, history):
    entry = uuid7()
    reply = world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition), entry)
    position, event = world.hear("submissions.EntryDrafted", entry)

    text = {name: value.ce_string or value.ce_uri for name, value in event.attributes.items()}
    drafted = world.words[event.type].FromString(event.binary_data)
    assert (event.spec_version, event.source) == ("1.0", "urn:sangkien:submissions")
    assert event.id == f"{world.programme}/{position}" and list(reply.positions) == [position]
    assert text["datacontenttype"] == "application/protobuf" and text["dataschema"] == event.type
    assert (text["subject"], text["programme"], text["position"], text["version"]) == (
        entry, world.programme, str(position), "1")
    assert text["causationid"] == reply.request_id
    assert event.attributes["time"].HasField("ce_timestamp")
    assert (drafted.entry_id, drafted.title) == (entry, "Một cửa điện tử")
    assert reply.body == event.binary_data


def test_only_the_types_that_were_asked_for_come(world, history):
    wanted = "sangkien.submissions.v1.EntryDrafted"
    with Ear(world, "committee", types=["submissions.v1.EntryDrafted"]) as ear:
        told = ear.until(world.head()[0])

    events = [event_of(world, delivery) for delivery in told]
    assert len(events) >= 3 and {event.type for event in events} == {wanted}
    assert [d.previous for d in told] == [0] + [d.position for d in told[:-1]]


def test_no_more_comes_than_was_granted(world, history):
    with Ear(world, "committee", credit=2) as ear:
        first = [ear.next().position, ear.next().position]
        assert ear.next(0.3) is None
        ear.grant(1)
        third = ear.next()
        assert ear.next(0.3) is None

    assert first + [third.position] == [1, 2, 3]


def test_credit_may_end_within_what_would_be_one_frame(world, history):
    with Ear(world, "committee", credit=2) as ear:
        first = ear.frame()
        ear.grant(1)
        second = ear.frame()

    assert ([d.position for d in first.list], first.previous) == ([1, 2], 0)
    assert ([d.position for d in second.list], second.previous) == ([3], 2)


def test_a_long_history_comes_in_few_frames_and_whole(world, edition, history):
    last = draft_many(world, edition, 300)[-1]
    frames = []
    with Ear(world, "committee") as ear:
        while not frames or frames[-1].list[-1].position < last:
            frames.append(ear.frame())

    assert [d.position for frame in frames for d in frame.list][:last] == list(range(1, last + 1))
    assert [frame.previous for frame in frames] == [0] + [frame.list[-1].position for frame in frames[:-1]]
    assert len(frames) < last / 20


def test_a_long_history_comes_whole_whatever_the_credit(world, edition, history):
    last = draft_many(world, edition, 100)[-1]
    with Ear(world, "committee", credit=7) as ear:
        told = []
        while not told or told[-1].position < last:
            said = ear.next()
            if hasattr(said, "event"):
                told.append(said)
                ear.grant(1)

    assert [heard.position for heard in told] == list(range(1, told[-1].position + 1))
    assert [heard.previous for heard in told] == list(range(0, told[-1].position))


def test_a_frame_holds_at_most_64_kib(world, edition):
    positions = draft_many(world, edition, 20, summary="x" * 8000)
    told, sizes = [], []
    with Ear(world, "committee", after=positions[0] - 1, types=["submissions.v1.EntryDrafted"]) as ear:
        while not told or told[-1] < positions[-1]:
            frame = ear.frame()
            told += [delivery.position for delivery in frame.list]
            sizes.append(frame.ByteSize())

    assert set(positions) <= set(told)
    assert 32768 < max(sizes) <= 65536


def test_an_agency_sees_its_own_events_and_progress_over_those_of_others(world, edition, history):
    mine, theirs = uuid7(), uuid7()
    world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition), mine)
    world.do("other_clerk", "submissions.CreateEntry", chain.draft(world, edition), theirs)
    head = world.head()[0]

    with Ear(world, "entrant") as ear:
        told = ear.until(head)
    subjects = {event_of(world, delivery).attributes["subject"].ce_string for delivery in told}

    assert mine in subjects and theirs not in subjects
    assert len(told) < head


def test_a_stranger_sees_no_event_but_hears_of_the_position(world, history):
    with Ear(world, "science") as ear:
        told = ear.until(world.head()[0])

    assert {event_of(world, delivery).type.split(".")[1] for delivery in told} <= {"notifications"}  # its own mail


def test_after_a_reconnection_it_goes_on_from_the_last_position(world, edition, history):
    with Ear(world, "committee", credit=4) as ear:
        seen = [ear.next().position for _ in range(4)]
    world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition))

    with Ear(world, "committee", after=seen[-1]) as ear:
        rest = ear.until(world.head()[0])

    assert rest[0].previous == seen[-1]
    assert seen + [delivery.position for delivery in rest] == list(range(1, rest[-1].position + 1))


@pytest.mark.disturbs
def test_when_the_gateway_is_killed_listening_goes_on_where_it_was(world, stack, edition, history):
    with Ear(world, "committee") as ear:
        last = ear.until(world.head()[0])[-1].position
        stack.restart("gateway", how=9)
        new = world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition)).positions[-1]
    with Ear(world, "committee", after=last) as ear:
        told = ear.until(new)

    assert [delivery.position for delivery in told] == list(range(last + 1, told[-1].position + 1))


def test_two_subscriptions_on_one_connection_do_not_meet(world, history):
    client = world.connect("committee")
    for name in ("a", "b"):
        client.send(world.words["wire.ClientFrame"](subscribe=dict(
            subscription=name, programme=world.programme, credit=3)))
    told = {"a": [], "b": []}
    while sum(map(len, told.values())) < 6:
        deliveries = client.receive().deliveries
        told[deliveries.subscription] += [delivery.position for delivery in deliveries.list]
    client.close()

    assert told == {"a": [1, 2, 3], "b": [1, 2, 3]}


def test_an_unknown_programme_ends_the_subscription(world):
    with Ear(world, "committee", programme="khong-co") as ear:
        ended = ear.next()
    assert ended.reason == "UNKNOWN_PROGRAMME" and ended.code == 5


def test_a_type_that_is_no_event_ends_the_subscription(world):
    with Ear(world, "committee", types=["submissions.v1.CreateEntry"]) as ear:
        assert ear.next().reason == "INVALID_FIELD"


def test_a_connection_has_at_most_sixteen_subscriptions(world):
    client = world.connect("committee")
    for name in itertools.islice(itertools.count(), 17):
        client.send(world.words["wire.ClientFrame"](subscribe=dict(
            subscription=str(name), programme=world.programme, credit=0)))
    frames = iter(lambda: client.receive(5), None)
    ended = next(frame.subscription_ended for frame in frames if frame.HasField("subscription_ended"))
    client.close()

    assert (ended.subscription, ended.reason) == ("16", "SYSTEM_BUSY")


def test_nothing_comes_after_unsubscribing(world, edition, history):
    with Ear(world, "committee", credit=1) as ear:
        ear.next()
        ear.client.send(world.words["wire.ClientFrame"](unsubscribe=dict(subscription="s")))
        ear.grant(1000)
        reply = ear.client.call("submissions.GetEdition", {}, programme=world.programme, subject=edition)
        assert reply.ok
        assert ear.next(0.3) is None
