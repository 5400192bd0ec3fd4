"""tests/wire/test_ctl.py - the command `sangkien` against a gateway of our own in Python.

The gateway here is a second reading of sangkien/wire/v1/wire.proto: CURVE and ZAP by pyzmq, messages by
Python's protobuf from the descriptor set of the build. BUILD_DIR names the build tree (build/).
"""
import csv
import http.server
import io
import json
import os
import pathlib
import subprocess
import threading
import uuid

import pytest
import zmq
import zmq.auth
import zmq.auth.thread
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

REPO = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD_DIR", REPO / "build")).resolve()
CTL = BUILD / "bin/sangkien"
PROGRAMME = "kh-2019"
ENTRY = "01890000-0000-7000-8000-000000000001"
PERSON = "01890000-0000-7000-8000-000000000002"
EDITION = "01890000-0000-7000-8000-000000000003"

pytestmark = pytest.mark.skipif(not CTL.exists(), reason=f"{CTL} is not built")


class Words:
    """Every message type by its full name."""

    def __init__(self):
        files = descriptor_pb2.FileDescriptorSet.FromString((BUILD / "sangkien.binpb").read_bytes())
        pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            pool.Add(file)
        factory = message_factory.MessageFactory(pool)
        self.types = factory.GetMessages([file.name for file in files.file])

    def __getattr__(self, name):
        return self.types["sangkien.wire.v1." + name]

    def __getitem__(self, name):
        return self.types.get("sangkien." + name) or self.types[name]


@pytest.fixture(scope="session")
def words():
    return Words()


class Gateway:
    """Answers each frame by answer(frame, request), which gives a list of ServerFrames."""

    def __init__(self, words, port=0, keys=None, lets_in=lambda key: True):
        self.words, self.frames, self.requests = words, [], []
        self.public, self.secret = keys or zmq.curve_keypair()
        self.context = zmq.Context()
        self.zap = zmq.auth.thread.ThreadAuthenticator(self.context)
        self.zap.start()
        provider = type("Keys", (), {"callback": lambda self, domain, key: lets_in(key)})()
        self.zap.configure_curve_callback(domain="clients", credentials_provider=provider)
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.curve_server = True
        self.socket.curve_secretkey = self.secret
        self.socket.zap_domain = b"clients"
        self.socket.linger = 0
        self.socket.bind(f"tcp://127.0.0.1:{port or '*'}")
        self.endpoint = self.socket.last_endpoint.decode()
        self.answer = lambda frame, request: []
        self.is_stopping, self.wrong = threading.Event(), None
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.is_stopping.is_set():
            if not self.socket.poll(20):
                continue
            who, *rest = self.socket.recv_multipart()
            assert len(rest) == 1, "one frame per message"
            frame = self.words.ClientFrame.FromString(rest[0])
            request = None
            self.frames.append(frame)
            if frame.WhichOneof("content") == "request":
                request = self.words.Request.FromString(frame.request)
                self.requests.append(request)
            try:
                answers = self.answer(frame, request)
            except Exception as wrong: # told to the test at its end
                self.wrong = wrong
                continue
            for out in answers:
                self.socket.send_multipart([who, out.SerializeToString()])

    def stop(self):
        self.is_stopping.set()
        self.thread.join()
        self.socket.close()
        self.zap.stop()
        self.context.term()
        if self.wrong:
            raise self.wrong

    def reply(self, request, **fields):
        fields.setdefault("final", True)
        reply = self.words.Reply(request_id=request.id, **fields)
        return self.words.ServerFrame(reply=reply.SerializeToString())

    def says_yes(self, frame, request):
        return [self.reply(request, subject=request.subject, version=1, positions=[7])]


@pytest.fixture
def gateway(words):
    gateway = Gateway(words)
    yield gateway
    gateway.stop()


class Ctl:
    def __init__(self, folder, gateway):
        self.folder, self.gateway = folder, gateway
        self.key = folder / "key"
        subprocess.run([CTL, "keys", "new", self.key], check=True, capture_output=True)

    def options(self, gateway=None):
        gateway = gateway or self.gateway
        return ["--gateway", gateway.endpoint, "--server-key", gateway.public.decode(),
                "--key", str(self.key)]

    def start(self, command, *arguments, **options):
        return subprocess.Popen([CTL, command, *arguments, *self.options(options.pop("gateway", None))],
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                cwd=self.folder, **options)

    def __call__(self, command, *arguments, stdin=None, **options):
        process = self.start(command, *arguments, stdin=subprocess.PIPE, **options)
        out, err = process.communicate(stdin, timeout=60)
        return process.returncode, out, err

    def call(self, name, *arguments, **options):
        return self("call", name, "--programme", PROGRAMME, *arguments, **options)


@pytest.fixture
def ctl(tmp_path, gateway):
    return Ctl(tmp_path, gateway)


# ---------------------------------------------------------------- call


def test_the_body_of_a_reply_is_shown_as_what_it_is(ctl, gateway, words):
    created = words["submissions.v1.EntryDrafted"](title="Một cửa liên thông")
    gateway.answer = lambda frame, request: [gateway.reply(
        request, type=created.DESCRIPTOR.full_name, body=created.SerializeToString(), positions=[12])]

    status, out, _ = ctl.call("submissions.CreateEntry", "--subject", ENTRY, "--data", "{}")

    reply = json.loads(out)
    assert status == 0
    assert reply["body"]["title"] == "Một cửa liên thông"
    assert reply["positions"] == ["12"]


def test_what_the_options_say_stands_in_the_request(ctl, gateway, words):
    gateway.answer = gateway.says_yes
    body = {"editionId": EDITION, "entryKind": "ENTRY_KIND_MODEL", "title": "Sáng kiến",
            "authors": [{}, {}]}

    status, _, _ = ctl.call(
        "sangkien.submissions.v1.CreateEntry", "-", "--subject", ENTRY, "--actor", PERSON,
        "--capacity", "FOR_HEAD", "--expected-version", "3", "--validate-only",
        "--expires", "2030-01-01T00:00:00Z", "--min-position", "9", stdin=json.dumps(body))

    request = gateway.requests[0]
    sent = words["submissions.v1.CreateEntry"].FromString(request.body)
    assert status == 0
    assert uuid.UUID(request.id).version == 7
    assert (request.type, request.programme, request.subject) == (
        "sangkien.submissions.v1.CreateEntry", PROGRAMME, ENTRY)
    assert (request.actor.person, request.actor.capacity) == (PERSON, 3)
    assert (request.expected_version, request.validate_only, request.min_position) == (3, True, 9)
    assert request.expires.seconds == 1893456000
    assert request.time.seconds > 0
    assert (sent.title, sent.edition_id, len(sent.authors)) == ("Sáng kiến", EDITION, 2)


def test_unavailable_is_answered_by_the_same_bytes_with_the_first_receipt(ctl, gateway, words):
    def answer(frame, request):
        if len(gateway.requests) < 4:
            receipt = words.Receipt(mac=b"%d" % len(gateway.requests))
            return [gateway.reply(request, final=False, code=14, reason="NO_WORKER", receipt=receipt)]
        return gateway.says_yes(frame, request)
    gateway.answer = answer

    status, _, _ = ctl.call("submissions.SubmitEntry", "--subject", ENTRY)

    assert status == 0
    assert len({frame.request for frame in gateway.frames}) == 1
    assert [frame.receipt.mac for frame in gateway.frames] == [b"", b"1", b"1", b"1"]


def test_a_lost_answer_is_asked_for_again(ctl, gateway):
    gateway.answer = lambda frame, request: (
        [] if len(gateway.frames) == 1 else gateway.says_yes(frame, request))

    status, _, _ = ctl.call("submissions.SubmitEntry", "--subject", ENTRY)

    assert status == 0
    assert gateway.frames[0] == gateway.frames[1]


def test_a_final_refusal_is_not_sent_again_and_names_the_field(ctl, gateway, words):
    wrong = words.FieldViolation(field="total_vnd", description="is not the sum")
    gateway.answer = lambda frame, request: [gateway.reply(
        request, code=9, reason="TOTAL", message="The total is wrong.", field_violations=[wrong])]

    status, out, err = ctl.call("submissions.SubmitDossier", "--subject", ENTRY)

    assert status == 1
    assert json.loads(out)["reason"] == "TOTAL"
    assert "total_vnd: is not the sum" in err
    assert len(gateway.frames) == 1


def test_a_refusal_of_the_message_itself_is_not_sent_again(ctl, gateway):
    gateway.answer = lambda frame, request: [gateway.reply(
        request, final=False, code=3, reason="INVALID_FIELD", message="No.")]

    status, _, _ = ctl.call("submissions.SubmitEntry", "--subject", ENTRY)

    assert status == 1
    assert len(gateway.frames) == 1


def test_busy_to_the_end_is_a_refusal(ctl, gateway):
    gateway.answer = lambda frame, request: [gateway.reply(
        request, final=False, code=8, reason="GATEWAY_BUSY")]

    status, out, err = ctl.call("submissions.SubmitEntry", "--subject", ENTRY, "--timeout", "1")

    assert status == 1
    assert "refused for now: GATEWAY_BUSY" in err
    assert len(gateway.frames) > 2


def test_a_silent_gateway_is_told_from_one_that_is_not_there(ctl, gateway):
    status, _, err = ctl.call("submissions.SubmitEntry", "--timeout", "1")
    assert (status, "is reached, but does not answer" in err) == (3, True)

    with zmq.Context() as context, context.socket(zmq.ROUTER) as free:
        free.bind("tcp://127.0.0.1:*")
        gateway.endpoint = free.last_endpoint.decode()
    status, _, err = ctl.call("submissions.SubmitEntry", "--timeout", "1")
    assert (status, "nobody listens there" in err) == (3, True)


def test_a_key_that_is_not_let_in_is_told_so(ctl, words):
    gateway = Gateway(words, lets_in=lambda key: False)
    try:
        status, _, err = ctl.call("submissions.SubmitEntry", "--timeout", "1", gateway=gateway)
    finally:
        gateway.stop()

    assert status == 3
    assert "refuses this key" in err
    assert not gateway.frames


def test_another_gateways_key_is_told_so(ctl, gateway):
    gateway.public = zmq.curve_keypair()[0]

    status, _, err = ctl.call("submissions.SubmitEntry", "--timeout", "2")

    assert status == 3
    assert "--server-key" in err


@pytest.mark.parametrize("arguments, reason", [
    (["submissions.Nonsense"], "no message type"),
    (["submissions.CreateEntry", "--data", '{"tittle": "x"}'], "tittle"),
    (["submissions.CreateEntry", "--data", '{"title": 7'], "--data"),
    (["submissions.CreateEntry", "--data", '{"entryKind": "ENTRY_KIND_JOKE"}'], "ENTRY_KIND_JOKE"),
    (["submissions.CreateEntry", "--subject", "7"], "subject"),
    (["submissions.CreateEntry", "--capacity", "KING"], "KING"),
    (["submissions.CreateEntry", "--expires", "tomorrow"], "tomorrow"),
    (["submissions.CreateEntry", "--file", "/nonexistent"], "/nonexistent"),
    (["submissions.CreateEntry", "--timeout", "soon"], "--timeout"),
])
def test_what_cannot_be_a_request_is_never_sent(ctl, gateway, arguments, reason):
    status, _, err = ctl.call(*arguments)

    assert status == 2
    assert reason in err
    assert not gateway.frames


def test_a_kept_call_is_repeated_with_the_same_bytes(ctl, gateway):
    kept = ctl.folder / "call.request"
    arguments = ["submissions.SubmitEntry", "--subject", ENTRY, "--journal", str(kept)]
    gateway.answer = lambda frame, request: [] # the answer is lost, and the caller gives up
    assert ctl.call(*arguments, "--timeout", "1")[0] == 3
    gateway.answer = gateway.says_yes

    assert ctl.call(*arguments)[0] == 0

    assert kept.read_bytes() == gateway.frames[0].request == gateway.frames[1].request


def test_a_kept_call_is_not_sent_for_another_one(ctl, gateway):
    kept = ctl.folder / "call.request"
    gateway.answer = gateway.says_yes
    ctl.call("submissions.SubmitEntry", "--subject", ENTRY, "--journal", str(kept))

    status, _, err = ctl.call("submissions.SubmitEntry", "--subject", PERSON, "--journal", str(kept))

    assert status == 2
    assert "holds another call" in err
    assert len(gateway.frames) == 1


@pytest.mark.parametrize("form", ["{}\n", "public = {}\n"])
def test_the_gateways_key_may_stand_in_a_file(ctl, gateway, form):
    gateway.answer = gateway.says_yes
    file = ctl.folder / "gateway.pub"
    file.write_text(form.format(gateway.public.decode()))
    gateway.public = f"@{file}".encode()

    assert ctl.call("submissions.SubmitEntry")[0] == 0


def test_a_key_may_begin_like_a_files_name(ctl, words):
    """Z85 has 85 characters, and @ is one of them."""
    keys = zmq.curve_keypair()
    while not keys[0].startswith(b"@"):
        keys = zmq.curve_keypair()
    gateway = Gateway(words, keys=keys)
    gateway.answer = gateway.says_yes

    status, _, _ = ctl.call("submissions.SubmitEntry", gateway=gateway)
    gateway.stop()

    assert status == 0


def test_a_context_gives_what_options_do_not(ctl, gateway):
    gateway.answer = gateway.says_yes
    home = ctl.folder / "sangkien"
    home.mkdir()
    (home / "lab").write_text(
        f"# a comment\ngateway = {gateway.endpoint}\nserver-key={gateway.public.decode()}\n"
        f"key={ctl.key}\nprogramme = {PROGRAMME}\n")

    done = subprocess.run([CTL, "call", "submissions.SubmitEntry", "--context", "lab"],
                          env={"XDG_CONFIG_HOME": str(ctl.folder)}, capture_output=True)

    assert done.returncode == 0
    assert gateway.requests[0].programme == PROGRAMME


# ---------------------------------------------------------------- events


class Feed:
    """Serves the events of one programme the way a gateway does, within the credit given."""

    def __init__(self, gateway, words, positions, skip=()):
        self.gateway, self.words = gateway, words
        self.positions, self.skip = positions, skip
        self.credit, self.after, self.subscribed = 0, None, []
        gateway.answer = self.answer

    def event(self, position):
        body = self.words["submissions.v1.EntryRegistered"](entry_code=f"KH-{position}")
        event = self.words["io.cloudevents.v1.CloudEvent"](
            id=str(position), source="sangkien", spec_version="1.0",
            type=body.DESCRIPTOR.full_name, binary_data=body.SerializeToString())
        event.attributes["programme"].ce_string = PROGRAMME
        event.attributes["position"].ce_string = str(position)
        event.attributes["time"].ce_timestamp.seconds = 1577836800
        event.attributes["version"].ce_integer = 2
        event.attributes["datacontenttype"].ce_string = "application/protobuf"
        event.attributes["dataschema"].ce_string = event.type
        return event.SerializeToString()

    def answer(self, frame, request):
        kind = frame.WhichOneof("content")
        if kind == "subscribe":
            self.subscribed.append(frame.subscribe.after_position)
            self.after, self.credit = frame.subscribe.after_position, frame.subscribe.credit
        elif kind == "credit":
            self.credit += frame.credit.credit
        return list(self.flow())

    def flow(self):
        for position in self.positions:
            if position > self.after and self.credit:
                previous, self.after, self.credit = self.after, position, self.credit - 1
                if position not in self.skip:
                    yield self.words.ServerFrame(deliveries=self.words.Deliveries(
                        subscription="sangkien-ctl", previous=previous,
                        list=[self.words.Delivery(position=position, event=self.event(position))]))
        if self.after >= max(self.positions, default=0):
            yield self.words.ServerFrame(progress=self.words.Progress(
                subscription="sangkien-ctl", position=self.after))


def test_events_are_printed_in_order_with_their_data(ctl, gateway, words):
    Feed(gateway, words, [2, 5])

    status, out, _ = ctl("events", "--programme", PROGRAMME)

    first, second = map(json.loads, out.splitlines())
    assert status == 0
    assert first["data"] == {"entryCode": "KH-2"}
    assert (first["specversion"], first["programme"], first["position"]) == ("1.0", PROGRAMME, "2")
    assert (first["time"], first["version"]) == ("2020-01-01T00:00:00Z", 2)
    assert second["position"] == "5"


def test_data_that_is_shown_as_json_is_said_to_be_json(ctl, gateway, words):
    feed = Feed(gateway, words, [1, 2])
    plain = feed.event

    def event(position):
        event = words["io.cloudevents.v1.CloudEvent"].FromString(plain(position))
        if position == 2:
            event.type = "elsewhere.Unknown"  # whose bytes stay what they are
        return event.SerializeToString()
    feed.event = event

    _, out, _ = ctl("events", "--programme", PROGRAMME)

    known, unknown = map(json.loads, out.splitlines())
    assert (known["datacontenttype"], known["dataschema"]) == ("application/json", known["type"])
    assert (unknown["datacontenttype"], "data" in unknown) == ("application/protobuf", False)
    assert unknown["data_base64"]


def test_several_events_of_one_frame_are_printed(ctl, gateway, words):
    feed = Feed(gateway, words, [])
    events = [words.Delivery(position=position, event=feed.event(position)) for position in (2, 3, 5)]
    gateway.answer = lambda frame, request: [words.ServerFrame(deliveries=words.Deliveries(
        subscription="sangkien-ctl", previous=0, list=events))]

    status, out, _ = ctl("events", "--programme", PROGRAMME, "--limit", "2")

    assert status == 0
    assert [json.loads(line)["position"] for line in out.splitlines()] == ["2", "3"]


def test_credit_is_granted_as_events_are_read(ctl, gateway, words):
    Feed(gateway, words, range(1, 1001))

    status, out, _ = ctl("events", "--programme", PROGRAMME)

    assert status == 0
    assert len(out.splitlines()) == 1000


def test_a_missing_event_breaks_the_chain(ctl, gateway, words):
    Feed(gateway, words, [1, 2, 3], skip=[2])

    status, out, err = ctl("events", "--programme", PROGRAMME)

    assert status == 1
    assert [json.loads(line)["position"] for line in out.splitlines()] == ["1"]
    assert "position 3 follows 2, but 1 came last" in err


def test_reading_begins_after_a_position_and_ends_at_a_limit(ctl, gateway, words):
    Feed(gateway, words, range(1, 100))

    status, out, _ = ctl("events", "--programme", PROGRAMME, "--after", "40", "--limit", "3")

    assert status == 0
    assert [json.loads(line)["position"] for line in out.splitlines()] == ["41", "42", "43"]


def test_only_the_types_that_were_asked_for_are_subscribed_to(ctl, gateway, words):
    Feed(gateway, words, [])

    ctl("events", "--programme", PROGRAMME, "--types", "submissions.EntryRegistered")

    assert list(gateway.frames[0].subscribe.types) == ["sangkien.submissions.v1.EntryRegistered"]


def test_following_goes_on_where_a_lost_gateway_stopped(ctl, words):
    keys = zmq.curve_keypair()
    first = Gateway(words, keys=keys)
    Feed(first, words, [1, 2])
    process = ctl.start("events", "--programme", PROGRAMME, "--follow", "--limit", "4", gateway=first)
    lines = [process.stdout.readline() for _ in range(2)]
    first.stop()

    second = Gateway(words, port=int(first.endpoint.rsplit(":")[-1]), keys=keys)
    feed = Feed(second, words, [1, 2, 3, 4])
    out, _ = process.communicate(timeout=30)
    second.stop()

    assert feed.subscribed == [2]
    assert [json.loads(line)["position"] for line in lines + out.splitlines()] == ["1", "2", "3", "4"]
    assert process.returncode == 0


def test_a_subscription_that_is_denied_is_a_refusal(ctl, gateway, words):
    gateway.answer = lambda frame, request: [words.ServerFrame(subscription_ended=words.SubscriptionEnded(
        subscription="sangkien-ctl", code=7, reason="NOT_ALLOWED", message="You may not."))]

    status, _, err = ctl("events", "--programme", PROGRAMME)

    assert status == 1
    assert "NOT_ALLOWED" in err


# ---------------------------------------------------------------- import

CSV = '''\
type,subject,edition_id,entry_kind,title,authors,summary
submissions.CreateEntry,,{e},ENTRY_KIND_MODEL,"Một cửa, ""liên thông""",,"Dòng 1
Dòng 2"
submissions.CreateEntry,{s},{e},ENTRY_KIND_INITIATIVE,Số hoá,"[{{}},{{}}]",
'''.format(e=EDITION, s=ENTRY)


def bring_in(ctl, name, text, *arguments):
    (ctl.folder / name).write_text(text)
    return ctl("import", name, "--programme", PROGRAMME, *arguments)


def test_a_table_becomes_requests(ctl, gateway, words):
    gateway.answer = gateway.says_yes

    status, out, _ = bring_in(ctl, "entries.csv", CSV, "--actor", PERSON)

    first, second = (words["submissions.v1.CreateEntry"].FromString(r.body) for r in gateway.requests)
    assert (status, out) == (0, "2 accepted, 0 refused, 0 unanswered, 0 done before\n")
    assert (first.title, first.summary) == ('Một cửa, "liên thông"', "Dòng 1\nDòng 2")
    assert (second.title, len(second.authors), second.edition_id) == ("Số hoá", 2, EDITION)
    assert uuid.UUID(gateway.requests[0].subject).version == 8
    assert gateway.requests[1].subject == ENTRY
    assert {r.actor.person for r in gateway.requests} == {PERSON}


def test_json_lines_become_requests(ctl, gateway, words):
    gateway.answer = gateway.says_yes
    lines = [{"type": "submissions.CreateEntry", "programme": "kh-2020", "subject": ENTRY,
              "actor": PERSON, "capacity": "HEAD", "id": EDITION, "body": {"title": "Một"}},
             {"type": "submissions.SubmitEntry", "subject": ENTRY}]

    status, _, _ = bring_in(ctl, "all.jsonl", "\n".join(map(json.dumps, lines)))

    first, second = gateway.requests
    assert status == 0
    assert (first.programme, first.id, first.actor.capacity) == ("kh-2020", EDITION, 1)
    assert words["submissions.v1.CreateEntry"].FromString(first.body).title == "Một"
    assert (second.programme, second.type) == (PROGRAMME, "sangkien.submissions.v1.SubmitEntry")


def test_importing_again_sends_nothing_again(ctl, gateway):
    gateway.answer = gateway.says_yes
    bring_in(ctl, "entries.csv", CSV)

    status, out, _ = bring_in(ctl, "entries.csv", CSV)

    assert (status, out) == (0, "0 accepted, 0 refused, 0 unanswered, 2 done before\n")
    assert len(gateway.frames) == 2


def test_without_its_state_the_same_requests_are_sent_again(ctl, gateway):
    gateway.answer = gateway.says_yes
    bring_in(ctl, "entries.csv", CSV, "--no-state")
    bring_in(ctl, "entries.csv", CSV, "--no-state")

    sent = [frame.request for frame in gateway.frames]
    assert sent[:2] == sent[2:]


def test_another_batch_is_other_requests(ctl, gateway):
    gateway.answer = gateway.says_yes
    bring_in(ctl, "entries.csv", CSV)
    bring_in(ctl, "entries.csv", CSV, "--batch", "second try")

    assert len({request.id for request in gateway.requests}) == 4


def test_refused_lines_are_named_and_the_others_go_on(ctl, gateway):
    def answer(frame, request):
        if request.subject == ENTRY:
            return [gateway.reply(request, code=9, reason="NOT_NOW", message="Not yet.")]
        return gateway.says_yes(frame, request)
    gateway.answer = answer
    broken = CSV + "submissions.CreateEntry,,not-closed,ENTRY_KIND_JOKE,x,,\nshort,line\n"

    status, out, err = bring_in(ctl, "entries.csv", broken)

    assert (status, out) == (1, "1 accepted, 3 refused, 0 unanswered, 0 done before\n")
    assert "line 4: NOT_NOW: Not yet." in err
    assert "line 5: UNREADABLE" in err and "ENTRY_KIND_JOKE" in err
    assert "line 6: UNREADABLE: has 2 fields where the header has 7" in err


def test_a_line_waits_for_what_was_said_of_its_subject(ctl, gateway, words):
    """The first line is answered UNAVAILABLE once; what follows on its subject must not overtake it."""
    def answer(frame, request):
        if len(gateway.requests) == 1:
            return [gateway.reply(request, final=False, code=14, reason="NO_WORKER")]
        return gateway.says_yes(frame, request)
    gateway.answer = answer
    line = '{"type": "submissions.WithdrawEntry", "subject": "%s", "body": {"reason": "%d"}}\n'

    status, _, _ = bring_in(ctl, "all.jsonl", "".join(line % (ENTRY, n) for n in range(3)))

    said = [words["submissions.v1.WithdrawEntry"].FromString(r.body).reason for r in gateway.requests]
    assert status == 0
    assert said == ["0", "0", "1", "2"]


def test_many_lines_are_under_way_at_a_time(ctl, gateway):
    """Nothing is answered until eight requests are there: only a window of eight gets through."""
    waiting = []

    def answer(frame, request):
        waiting.append(gateway.says_yes(frame, request)[0])
        if len(waiting) < 8:
            return []
        answers, waiting[:] = waiting[:], []
        return answers
    gateway.answer = answer
    text = "edition_id,title\n" + "".join(f"{EDITION},entry {n}\n" for n in range(32))

    status, out, _ = bring_in(ctl, "e.csv", text, "--type", "submissions.CreateEntry", "--window", "8")

    assert (status, out) == (0, "32 accepted, 0 refused, 0 unanswered, 0 done before\n")
    assert len(gateway.frames) == 32


def test_an_import_that_gets_no_answer_stops(ctl, gateway):
    status, out, err = bring_in(ctl, "entries.csv", CSV, "--timeout", "1", "--window", "1")

    assert status == 3
    assert "line 2: not answered in time" in err


# ---------------------------------------------------------------- lists


class Pages:
    """Answers questions page by page: a list of answers for each query, one after the other."""

    def __init__(self, gateway, words, pages):
        self.gateway, self.words, self.pages, self.asked = gateway, words, pages, []
        gateway.answer = self.answer

    def answer(self, frame, request):
        name = request.type.removeprefix("sangkien.").replace(".v1", "")
        token = self.words[request.type.removeprefix("sangkien.")].FromString(request.body).page_token
        page, pages = int(token or 0), self.pages[name]
        response = self.words[request.type.removeprefix("sangkien.") + "Response"](
            **pages[page], next_page_token=str(page + 1) if page + 1 < len(pages) else "")
        self.asked.append((name, request.subject, token))
        return [self.gateway.reply(request, final=False, type=response.DESCRIPTOR.full_name,
                                   body=response.SerializeToString())]


ROUND = dict(id=ENTRY, state=4, round_code="so-khao", cluster_code="khối huyện", instance=2, due_at=dict(
    seconds=1577836800), ranking_digest=bytes(range(32)))


def test_every_page_of_a_list_is_one_table(ctl, gateway, words):
    pages = Pages(gateway, words, {"submissions.ListEntries": [
        dict(entries=[dict(id=ENTRY, state=6, title="Một cửa"), dict(title="Hai")]), dict(entries=[]),
        dict(entries=[dict(title="Ba", co_entrants=[dict(agency_id=PERSON)])])]})

    status, out, err = ctl("list", "submissions.ListEntries", "--programme", PROGRAMME)

    head, *rows = out.splitlines()
    assert (status, err) == (0, "")
    assert [token for _, _, token in pages.asked] == ["", "1", "2"]
    assert head.split()[:4] == ["id", "version", "state", "edition_id"]
    assert "authors" not in head and "co_entrants" not in head  # a cell holds one value
    assert len(rows) == 3
    assert ENTRY in rows[0] and "FINALIST" in rows[0] and "Một cửa" in rows[0]
    assert "Hai" in rows[1] and "Ba" in rows[2] and PERSON not in out


def test_a_list_is_json_for_programs(ctl, gateway, words):
    Pages(gateway, words, {"appraisal.ListRounds": [
        dict(rounds=[ROUND]), dict(rounds=[dict(round_code="chung-khao")])]})

    status, out, _ = ctl("list", "appraisal.ListRounds", "--programme", PROGRAMME, "--json")

    first, second = json.loads(out)["rows"]
    assert status == 0
    assert (first["state"], first["cluster_code"], first["instance"]) == ("CONFIRMED", "khối huyện", "2")
    assert first["due_at"].startswith("2020-01-01T00:00:00")
    assert first["ranking_digest"] == bytes(range(32)).hex()
    assert second["round_code"] == "chung-khao" and not second["due_at"]


def test_a_list_is_a_table_for_spreadsheets(ctl, gateway, words):
    def recognition(title, *authors, entry_code="KH-1"):
        return dict(entry_id=ENTRY, year=2019, entry_code=entry_code, title=title, author_ids=authors,
                    reached_final=True, award=2)
    Pages(gateway, words, {"submissions.ListRecognitions": [
        dict(recognitions=[recognition('Một cửa, "liên thông"', PERSON, EDITION),
                           recognition("Dòng 1\nDòng 2")]),
        dict(recognitions=[recognition("=1+1", entry_code="-1")])]})

    status, out, _ = ctl("list", "submissions.ListRecognitions", "--programme", PROGRAMME, "--csv")

    head, *rows = csv.reader(io.StringIO(out, newline=""))
    first, second, third = (dict(zip(head, row)) for row in rows)
    assert status == 0
    assert head == ["entry_id", "edition_id", "year", "entry_code", "title", "entrant_agency_id", "author_ids",
                    "reached_final", "award"]
    assert first == dict(entry_id=ENTRY, edition_id="", year="2019", entry_code="KH-1", entrant_agency_id="",
                         title='Một cửa, "liên thông"', author_ids=f"{PERSON}; {EDITION}", reached_final="true",
                         award="FIRST")
    assert second["title"] == "Dòng 1\nDòng 2"
    assert (third["title"], third["entry_code"]) == ("'=1+1", "'-1")  # no spreadsheet reckons it


def test_lines_of_csv_end_as_the_rfc_says(ctl, gateway, words):
    Pages(gateway, words, {"appraisal.ListRoundProgress": [dict(progress=[dict(round_id=ENTRY, assigned=-1)])]})

    out = subprocess.run([CTL, "list", "appraisal.ListRoundProgress", "--csv", "--programme", PROGRAMME,
                          *ctl.options()], capture_output=True).stdout

    assert out == f"round_id,person_id,assigned,locked,excused,due_at\r\n{ENTRY},,-1,0,0,\r\n".encode()


def test_a_list_may_be_about_one_thing_and_for_one_person(ctl, gateway, words):
    pages = Pages(gateway, words, {"submissions.ListResults": [dict(results=[dict(title="Một")]), dict()]})

    status, out, _ = ctl("list", "sangkien.submissions.v1.ListResults", "--programme", PROGRAMME, "--subject", EDITION,
                         "--actor", PERSON)

    assert (status, len(out.splitlines())) == (0, 2)
    assert [subject for _, subject, _ in pages.asked] == [EDITION, EDITION]
    assert {request.actor.person for request in gateway.requests} == {PERSON}


def test_a_list_of_nothing_is_no_failure(ctl, gateway, words):
    Pages(gateway, words, {"submissions.ListEditions": [dict()]})

    status, table, err = ctl("list", "submissions.ListEditions", "--programme", PROGRAMME)
    _, as_json, _ = ctl("list", "submissions.ListEditions", "--programme", PROGRAMME, "--json")
    _, as_csv, _ = ctl("list", "submissions.ListEditions", "--programme", PROGRAMME, "--csv")

    assert (status, err, len(table.splitlines()) < 2) == (0, "", True)
    assert not json.loads(as_json)["rows"]
    assert as_csv.startswith("id,version,state,") and len(as_csv.splitlines()) == 1


def test_a_list_that_breaks_off_is_not_taken_for_whole(ctl, gateway, words):
    pages = Pages(gateway, words, {"submissions.ListEditions": [dict(editions=[dict(name="Một")]), dict()]})

    def answer(frame, request):
        if pages.asked:
            return [gateway.reply(request, final=False, code=3, reason="INVALID_FIELD", message="No.")]
        return pages.answer(frame, request)
    gateway.answer = answer

    status, out, err = ctl("list", "submissions.ListEditions", "--programme", PROGRAMME)

    assert (status, out) == (1, "")
    assert "INVALID_FIELD" in err


@pytest.mark.parametrize("arguments, reason", [
    (["submissions.ListNonsense", "--programme", PROGRAMME], "no message type"),
    (["submissions.CreateEntry", "--programme", PROGRAMME], "is no query for a list"),
    (["submissions.GetEntry", "--programme", PROGRAMME], "is no query for a list"),
    (["appraisal.RecomputeRanking", "--programme", PROGRAMME], "is no query for a list"),
    (["submissions.ListEntries"], "--programme"),
    (["--programme", PROGRAMME], "which list"),
    (["submissions.ListResults", "--programme", PROGRAMME, "--subject", "7"], "subject"),
])
def test_what_is_no_list_is_never_asked(ctl, gateway, arguments, reason):
    status, out, err = ctl("list", *arguments)

    assert (status, out) == (2, "")
    assert reason in err
    assert not gateway.frames


def test_open_work_of_all_services_is_one_table(ctl, gateway, words):
    def work(kind, title, waiting_for="FINANCE"):
        return dict(kind=kind, title=title, entry_code="KH-1", waiting_for=waiting_for, since_us=1577836800000000,
                    subject=ENTRY)
    pages = Pages(gateway, words, {
        "submissions.ListOpenEntries": [dict(open_work=[work("entry", "Bài", "ORGANISER")])],
        "submissions.ListOpenDossiers": [dict(open_work=[work("dossier", "Trang một")]),
                                         dict(open_work=[work("dossier", "Trang hai")])],
        "appraisal.ListOpenJudging": [dict(open_work=[work("round", "so-khao", "CHAIR")])],
        "appraisal.ListOpenAppraisals": [dict(open_work=[work("appraisal_case", "Khác")])],
        "funding.ListOpenFunding": [dict(open_work=[work("funding_case", "Khác")])]})

    status, out, _ = ctl("who-holds", "--programme", PROGRAMME, "--json")
    rows = json.loads(out)["openwork"]
    asked = list(dict.fromkeys(name for name, _, _ in pages.asked))
    _, table, _ = ctl("who-holds", "--programme", PROGRAMME)
    _, chairs, _ = ctl("who-holds", "--programme", PROGRAMME, "--role", "CHAIR", "--json")

    assert status == 0
    assert asked == list(pages.pages)
    assert [row["title"] for row in rows] == ["Bài", "Trang một", "Trang hai", "so-khao", "Khác", "Khác"]
    assert [row["kind"] for row in rows] == ["entry", "dossier", "dossier", "round", "appraisal_case", "funding_case"]
    assert rows[1]["waiting_for"] == "FINANCE"
    assert rows[1]["since"].startswith("2020-01-01T00:00:00") and not rows[1]["until"]
    assert {row["subject"] for row in rows} == {ENTRY}
    assert "\x1b" not in table and "Trang hai" in table and ENTRY in table
    assert [row["title"] for row in json.loads(chairs)["openwork"]] == ["so-khao"]


# ---------------------------------------------------------------- the others


def test_keys_are_for_their_owner_only_and_never_overwritten(tmp_path):
    file = tmp_path / "key"

    made = subprocess.run([CTL, "keys", "new", file], capture_output=True, text=True)
    shown = subprocess.run([CTL, "keys", "show", file], capture_output=True, text=True)
    as_json = subprocess.run([CTL, "keys", "show", "--json", file], capture_output=True, text=True)
    before = file.read_bytes()
    again = subprocess.run([CTL, "keys", "new", file], capture_output=True, text=True)

    pair = dict(line.split(" = ") for line in file.read_text().splitlines())
    assert file.stat().st_mode & 0o777 == 0o600
    assert made.stdout == shown.stdout == pair["public"] + "\n"
    assert json.loads(as_json.stdout) == {"publicKey": pair["public"]}
    assert zmq.curve_public(pair["secret"].encode()) == pair["public"].encode()
    assert pair["secret"] not in shown.stdout + made.stdout
    assert (again.returncode, file.read_bytes()) == (2, before)


def test_a_key_that_others_can_read_is_not_used(ctl, gateway):
    ctl.key.chmod(0o644)

    status, _, err = ctl.call("submissions.SubmitEntry")

    assert (status, "chmod 600" in err) == (2, True)
    assert not gateway.frames


class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        pages = {"/readyz": (self.server.status, self.server.text),
                 "/metrics": (200, "# HELP x y\nsangkien_requests_total{outcome=\"refused\"} 3\n")}
        status, text = pages[self.path]
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *arguments):
        pass


@pytest.fixture
def health():
    servers = []

    def serve(status, text):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Health)
        server.status, server.text = status, text
        threading.Thread(target=server.serve_forever).start()
        servers.append(server)
        return "127.0.0.1:%d" % server.server_port
    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_status_tells_who_is_ready_and_what_is_missing(health):
    ready = health(200, "funding is ready\n")
    not_ready = health(503, "appraisal is not ready\nfailed: database\nfailed: gateway\n")

    done = subprocess.run([CTL, "status", "--json", "--health", f"{ready},{not_ready}"],
                          capture_output=True, text=True)
    alone = subprocess.run([CTL, "status", "--metrics=requests", "--health", ready],
                           capture_output=True, text=True)
    nobody = subprocess.run([CTL, "status", "--health", "127.0.0.1:1"], capture_output=True)

    rows = json.loads(done.stdout)["services"]
    assert [(row["service"], row["state"], row["missing"]) for row in rows] == [
        ("funding", "ready", None), ("appraisal", "not ready", "database, gateway")]
    assert 'sangkien_requests_total{outcome="refused"}  3' in alone.stdout
    assert (done.returncode, alone.returncode, nobody.returncode) == (1, 0, 3)
