"""tests/harness/world.py - a programme with its agencies, persons, systems and roles, made by messages.

An officer is called by a short name. Whoever speaks does so by the system of the own agency.
"""
import collections
import contextlib
import secrets
import time

import zmq
from sangkien_client import Client, uuid7
from stack import first_operator_id
from zmq.utils.monitor import recv_monitor_message

Officer = collections.namedtuple("Officer", "name agency person")

# agency: its officers, and the roles each of them holds in the programme
AGENCIES = {
    "committee": {"owner": ["OWNER"], "authority": ["AUTHORITY"], "deputy": ["AUTHORITY"]},
    "home": {"standing": ["STANDING", "ORGANISER"], "home_signer": ["HOME_AFFAIRS_SIGNOFF"],
             "chair": [], "secretary": []},
    "finance": {"finance_signer": ["FINANCE_SIGNOFF"], "accountant": ["ACCOUNTANT"]},
    "treasury": {"treasurer": ["TREASURY"]},
    "entrant": {"clerk": ["CLERK"], "head": ["ENTRANT_HEAD"], "author": ["AUTHOR"]},
    "other": {"other_clerk": ["CLERK"], "other_head": ["ENTRANT_HEAD"]},
    "science": {"member": []},
}


class Knock:
    """Tries whether a key is let in at the door."""

    def __init__(self, stack, keys):
        self.stack, self.keys = stack, keys

    def once(self, timeout=5):
        """True: let in; False: refused; None: no word in time."""
        socket = zmq.Context.instance().socket(zmq.DEALER)
        socket.linger = 0
        socket.curve_serverkey = self.stack.public_key("gateway").encode()
        socket.curve_publickey, socket.curve_secretkey = self.keys
        watch = socket.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_HANDSHAKE_FAILED_AUTH
                                          | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL
                                          | zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL)
        try:
            socket.connect(self.stack.endpoint)
            if not watch.poll(int(timeout * 1000)):
                return None
            return recv_monitor_message(watch)["event"] == zmq.EVENT_HANDSHAKE_SUCCEEDED
        finally:
            socket.disable_monitor()
            watch.close()
            socket.close()

    def until_let_in(self, timeout=10):
        end = time.monotonic() + timeout
        while not self.once():
            assert time.monotonic() < end, f"the key was not let in within {timeout} s"


class World:
    def __init__(self, stack, base, programme):
        self.stack, self.base, self.programme, self.words = stack, base, programme, stack.words
        self.agencies, self.systems, self.officers, self.keys, self.clients = {}, {}, {}, {}, {}
        self.bindings = {}
        self.listeners = []  # of the feed, in threads of their own: stopped when the world is closed
        self.operator = self.clients["operator"] = stack.operator()
        self.systems["operator"] = first_operator_id("system")
        self.officers["operator"] = Officer("operator", "operator", first_operator_id("person"))
        for agency, officers in AGENCIES.items():
            self.add_agency(agency)
            for name, roles in officers.items():
                self.add_officer(name, agency)
                for role in roles:
                    self.bind(name, role)
        self.programme_id = uuid7()
        self.do("owner", "submissions.CreateProgramme", {"name": f"Thử nghiệm {programme}", "utc_offset_minutes": 420},
                self.programme_id)
        self.programme_rules = 0  # the version that holds
        self.set_programme_rules(420)

    def set_programme_rules(self, utc_offset_minutes):
        """What holds for all editions that are published from now on."""
        self.do("owner", "submissions.SetProgrammeRules", {"rules_version": self.programme_rules, "rules": {
            "jurisdiction": "Tỉnh Khánh Hòa", "language": "vi", "time_zone": "Asia/Ho_Chi_Minh",
            "utc_offset_minutes": utc_offset_minutes, "currency": "VND",
            "legal_basis": [{"document": self.document(kind="PLAN")}]}}, self.programme_id)
        self.programme_rules += 1

    def close(self):
        for listener in self.listeners:
            listener.stop()
        for client in self.clients.values():
            client.close()

    # ------------------------------------------------------------- the directory

    def direct(self, type, body, subject=None, id=None):
        """The operator says it in the directory; it must be accepted. Returns the subject."""
        subject = subject or uuid7()
        reply = self.operator.call("directory." + type, body, programme="directory", subject=subject,
                                   actor=first_operator_id("person"), id=id)
        assert reply.ok, reply
        return subject

    def add_agency(self, name):
        code = f"{name}-{self.programme}"
        self.agencies[name] = self.direct("RegisterAgency", {
            "name": f"Cơ quan {name}", "short_name": name, "agency_class": "AGENCY_CLASS_DEPARTMENT",
            "level": "AGENCY_LEVEL_PROVINCE", "agency_code": code, "email": f"{code}@khanhhoa.example"})
        self.add_system(name, name)

    def add_system(self, name, agency):
        self.keys[name] = zmq.curve_keypair()
        self.systems[name] = self.direct("RegisterSystem", {
            "agency_id": self.agencies[agency], "name": name, "public_key": self.keys[name][0].decode()})

    def add_officer(self, name, agency):
        person = self.direct("RegisterPerson", {"agency_id": self.agencies[agency], "full_name": f"Ông {name}"})
        self.officers[name] = Officer(name, agency, person)
        return self.officers[name]

    def bind(self, name, role):
        officer = self.officers[name]
        self.bindings[name, role] = self.direct("BindRole", {
            "role": "ROLE_" + role, "agency_id": self.agencies[officer.agency], "person_id": officer.person,
            "programme": self.programme})

    # ------------------------------------------------------------- speaking

    def connect(self, system):
        """A new connection with the key of a system, when the door knows it."""
        Knock(self.stack, self.keys[system]).until_let_in()
        return Client(self.stack.endpoint, self.stack.public_key("gateway"), *self.keys[system],
                      words=self.words)

    def client(self, system):
        if system not in self.clients:
            self.clients[system] = self.connect(system)
        return self.clients[system]

    def person(self, name):
        return self.officers[name].person

    def client_of(self, name):
        return self.client(self.officers[name].agency)

    def request(self, name, type, body=None, subject=None, **more):
        """The bytes of what an officer would say."""
        more.setdefault("programme", self.programme)
        more.setdefault("actor", self.person(name))
        return self.client_of(name).request(type, body, subject=subject or uuid7(), **more)

    def say(self, name, type, body=None, subject=None, timeout=30, resend=True, **more):
        """An officer says it; returns the Reply, whatever it is."""
        return self.client_of(name).ask(self.request(name, type, body, subject, **more), timeout, resend)

    def do(self, name, type, body=None, subject=None, **more):
        """An officer says it, and it must be accepted. Returns the Reply."""
        reply = self.say(name, type, body, subject, **more)
        assert reply.ok, f"{type}: {reply} {list(reply.field_violations)}"
        return reply

    def ask(self, name, type, body=None, subject="", **more):
        """A query by the system of an officer's agency; returns the Reply."""
        client = self.client_of(name)
        return client.ask(client.request(type, body, programme=self.programme, subject=subject, **more))

    def post_all(self, requests):
        """Sends (system, bytes) one after another without waiting, then takes the replies in that order."""
        for system, request in requests:
            self.client(system).post(request)
        return [self.client(system).take(request) for system, request in requests]

    # ------------------------------------------------------------- hearing

    def hear(self, type, subject=None, system="committee", after=0, timeout=15):
        """The first event of a type, about a subject if given: (position, CloudEvent). It may be still to come."""
        feed = self.client(system).subscribe(self.programme, after=after, types=[type], idle=timeout)
        with contextlib.closing(feed):
            for position, event in feed:
                if subject is None or event.attributes["subject"].ce_string == subject:
                    return position, event
        raise AssertionError(f"{type} did not come within {timeout} s")

    def head(self):
        return self.base.head(self.programme)

    def footprint(self):
        return self.base.footprint(self.programme)

    @staticmethod
    def document(symbol=None, kind="DECISION", issued=(2019, 10, 29)):
        year, month, day = issued
        return {"kind": "DOCUMENT_KIND_" + kind, "document_symbol": symbol or secrets.token_hex(3) + "/QĐ-UBND",
                "issued_on": {"year": year, "month": month, "day": day}}
