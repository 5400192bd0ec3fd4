"""tests/faults/facts.py - all that is known of a programme when a storm is over, from four places that do not know each
other.

The clients' diary, the tables (read by the superuser, not by the system's code), the mails that the relay took, and
what a subscriber of the feed was given.
"""
import collections
import email
import email.policy
import functools

import diary

Answered = collections.namedtuple("Answered", "source id type subject agency actor request reply")
Event = collections.namedtuple("Event", "programme position service kind aggregate version type body recorded source"
                                        " cause heard agency actor")
Notification = collections.namedtuple("Notification", "id state event_position event_type agency template")
DIRECTORY = "directory"  # the programme of what belongs to no programme
Mail = collections.namedtuple("Mail", "notification to")  # to: every address, as text
CEILING = "SELECT id::text, amount_vnd, reserved_vnd, committed_vnd FROM funding.budget_ceiling WHERE programme = %s"
CASE = ("SELECT id::text, agreed_vnd, approved_vnd, allotted_vnd, disbursed_vnd FROM funding.funding_case"
        " WHERE programme = %s")


class Facts:
    """`told` is what the diary says of this programme, `feeds` {when: [(position, type, body)]} what was given, `mails`
    {number: Mail} all that the relay took."""

    def __init__(self, world, programme, told, feeds, mails, broken=()):
        base = world.base
        self.words = world.words
        self.diary = told
        self.inbox = [Answered(*row[:6], bytes(row[6]), bytes(row[7])) for row in base.run(
            "SELECT source::text, id::text, type, subject::text, agency::text, actor::text, request, reply"
            " FROM runtime.inbox WHERE programme = %s", programme)]
        self.journal = [Event(*row[:7], bytes(row[7]), *row[8:]) for row in base.run(
            "SELECT programme, position, service, kind, aggregate::text, version, type, body,"
            " extract(epoch FROM recorded_at)::float8, source::text, cause::text, heard, agency::text, actor::text"
            " FROM runtime.journal WHERE programme = %s ORDER BY position", programme)]
        self.head = base.head(programme)
        self.ceilings = {row[0]: row[1:] for row in base.run(CEILING, programme)}
        self.cases = {row[0]: row[1:] for row in base.run(CASE, programme)}
        self.notifications = [Notification(*row) for row in base.run(
            "SELECT id::text, state, event_position, event_type, agency_id::text, template"
            " FROM notifications.notification WHERE programme = %s", programme)]
        self.agencies = dict(world.agencies)  # {name: id}
        self.addresses = dict(base.run("SELECT id::text, email FROM directory.agency"))
        self.foreign = {row[0] for row in base.run(
            "SELECT id::text FROM notifications.notification WHERE programme <> %s", programme)}
        kept = {number: mail for number, mail in mails.items() if mail.notification not in self.foreign}
        self.mails = list(kept.values())
        self.feeds = feeds
        self.broken = broken  # what the feed told while it lived and should not have
        self.now = world.stack.clock()
        # After a kill of the mailer or of what it works with, and after one that the relay took without a word, a mail
        # may come again, under its Message-ID. Whoever kills counts.
        self.kills = 0
        self.drops = len(kept.keys() & _numbers(world.stack.folder / "mail/dropped"))

    def decode(self, event):
        return self.words[event.type].FromString(event.body)


def _numbers(path):
    return {int(line) for line in path.read_text().splitlines()} if path.exists() else set()


def mails_of(stack):
    return dict(sorted((int(file.stem), _mail(file)) for file in (stack.folder / "mail").glob("*.eml")))


@functools.cache
def _mail(file):
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    return Mail(mail["Message-ID"].strip("<>").partition("@")[0],
                ", ".join(to.addr_spec for header in mail.get_all("To", []) for to in header.addresses))


def by_programme(path):
    """{programme: [what the diary says of its requests]}"""
    told, programmes = collections.defaultdict(list), {}
    for fact in diary.read(path):
        programme = programmes.setdefault(fact["id"], fact.get("programme"))
        told[programme].append(fact)
    return told


def replay(world, programme):
    """All of the programme's events, as the system of its owner, or of the operator, is given them when all is over."""
    client, last = world.client("operator" if programme == DIRECTORY else "committee"), world.base.head(programme)[0]
    return [(position, event.type, event.binary_data)
            for position, event in (client.subscribe(programme, until=last) if last else ())]
