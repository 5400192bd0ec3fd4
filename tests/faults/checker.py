"""tests/faults/checker.py - decides from facts alone which promises were kept; it uses none of the system's code.

Each rule yields a sentence for every breach it sees. `breaches` gives {rule: sentences}, of those that were broken.
"""
import collections

from check_judging import misjudged

EFFECTS = {  # what one service makes of another one's event, always
    "sangkien.submissions.v1.DossierAccepted": "sangkien.appraisal.v1.DossierNoted",
    "sangkien.appraisal.v1.AppraisalReported": "sangkien.funding.v1.RecommendationNoted",
}
ALWAYS_TOLD = {  # the agencies (world.py) that must know of it, whoever else is told
    "sangkien.funding.v1.SignoffOpened": ("home", "finance"),
    "sangkien.funding.v1.FundingApproved": ("finance",),
}
ENTRANT_TOLD = ("sangkien.submissions.v1.DossierRequired",)  # and whose entry it is
QUEUED, SENT, FAILED = 1, 4, 8
FOR_NOW = (8, 14)  # RESOURCE_EXHAUSTED, UNAVAILABLE: it may be sent again
SEALED = ("score_sheet",)  # what no subscriber is shown
PARTIES = {1, 2}  # HOME_AFFAIRS, FINANCE


def _answers(facts):
    """{request id: [bytes of every final answer that came]}"""
    found = collections.defaultdict(list)
    for fact in facts.diary:
        if fact["what"] == "answer":
            found[fact["id"]].append(bytes.fromhex(fact["bytes"]))
    return found


def _intents(facts):
    return {fact["id"]: fact for fact in facts.diary if fact["what"] == "intent"}


# ----------------------------------------------------------------- requests

def lost(facts):
    """P1: what was answered for good is stored, with that very answer; and what the answer names has happened."""
    stored = {row.id: row for row in facts.inbox}
    at = {event.position: event for event in facts.journal}
    for request_id, raws in _answers(facts).items():
        row = stored.get(request_id)
        if row is None:
            yield f"{request_id} was answered for good and is not stored"
            continue
        if row.reply != raws[0]:
            yield f"{request_id} was given another answer than the stored one"
        for position in facts.words["wire.Reply"].FromString(raws[0]).positions:
            if position not in at or at[position].cause != request_id:
                yield f"{request_id} was told of position {position}, which is not its own"


def doubled(facts):
    """P2: one request, one answer, one effect, and the bytes that were sent; another content has no part in it."""
    yield from _judge_forged(facts)
    for request_id, raws in _answers(facts).items():
        if len(set(raws)) > 1:
            yield f"{request_id} was given {len(set(raws))} different answers"
    intents, rows = _intents(facts), collections.Counter(row.id for row in facts.inbox)
    effects = collections.defaultdict(list)
    for event in facts.journal:
        if event.source is not None and event.heard == 0:
            effects[event.cause].append(event.position)
    for row in facts.inbox:
        if rows[row.id] > 1:
            yield f"{row.id} is stored {rows[row.id]} times"
        if row.id in intents and row.request.hex() != intents[row.id]["bytes"]:
            yield f"{row.id} is stored with other bytes than were sent first"
        told = list(facts.words["wire.Reply"].FromString(row.reply).positions)
        if effects[row.id] != told:
            yield f"{row.id} caused events {effects[row.id]} and was told of {told}"
    known = {row.id for row in facts.inbox}
    for request_id in effects.keys() & intents.keys() - known:
        yield f"{request_id} had an effect and is not stored"


def _judge_forged(facts):
    """After `forged` every reply to the id is to the other content: refused, and in these words."""
    forged = set()
    for fact in facts.diary:
        if fact["what"] == "forged":
            forged.add(fact["id"])
        elif fact["id"] in forged and fact["what"] == "answer":
            yield f"{fact['id']} was answered for good with another content"
        elif fact["id"] in forged and fact["what"] == "refused":
            if fact["reason"] != "REUSED_ID" and fact["code"] not in FOR_NOW:
                yield f"{fact['id']} with another content was refused by {fact['reason']}"


def undecided(facts):
    """P4: whatever was sent has been answered for good."""
    answered = _answers(facts)
    for request_id, intent in _intents(facts).items():
        if request_id not in answered:
            yield f"{request_id} ({intent['type']}) has no answer"


# ----------------------------------------------------------------- the journal

def gaps(facts):
    """P3: positions 1, 2, 3 ..., versions 1, 2, 3 ... of each aggregate, and heads that say so."""
    for wanted, event in enumerate(facts.journal, 1):
        if event.position != wanted:
            yield f"position {event.position} stands where {wanted} belongs"
            break
    versions = collections.defaultdict(int)
    for event in facts.journal:
        versions[event.kind, event.aggregate] += 1
        if event.version != versions[event.kind, event.aggregate]:
            yield f"position {event.position}: version {event.version} of {event.kind} {event.aggregate}"
    if facts.head != (len(facts.journal), len(facts.inbox)):
        yield f"the head says {facts.head}: {len(facts.journal)} events, {len(facts.inbox)} answers"


def unheard(facts):
    """P3: every event had its effect in every service that hears it, once."""
    effects = collections.Counter((event.heard, event.type, event.aggregate) for event in facts.journal if event.heard)
    for (position, type, aggregate), count in effects.items():
        if count > 1:
            yield f"position {position} had the effect {type} on {aggregate} {count} times"
    had = {(position, type) for position, type, _ in effects}
    for event in facts.journal:
        if event.type in EFFECTS and (event.position, EFFECTS[event.type]) not in had:
            yield f"position {event.position} ({event.type}) never became {EFFECTS[event.type]}"


def unfed(facts):
    """P3: a subscriber is given every event but sealed ones once, in order, as it is: afterwards, and while all the rest happens."""
    yield from facts.broken
    events = [(event.position, event.type, event.body) for event in facts.journal if event.kind not in SEALED]
    for when, given in facts.feeds.items():
        if given != events:
            missing = len(set(events) - set(given))
            yield f"{when} the feed gave {len(given)} of {len(events)} events, {missing} are missing or others"


# ----------------------------------------------------------------- deadlines

def unrung(facts):
    """P19: a deadline that passes is noticed once, and not before it is over."""
    dossiers = collections.defaultdict(dict)  # dossier -> {what happened: event}
    for event in facts.journal:
        name = event.type.rpartition(".")[2]
        if name == "DossierOverdue":
            due = _due(facts, dossiers[event.aggregate])
            if event.recorded < due:
                yield f"position {event.position}: overdue {due - event.recorded:.0f} s before it was due"
            if name in dossiers[event.aggregate]:
                yield f"position {event.position}: overdue once more"
        dossiers[event.aggregate][name] = event
    for dossier, had in dossiers.items():
        if "DossierRequired" in had and not had.keys() & {"DossierOverdue", "DossierSubmitted", "DossierWithdrawn"}:
            if _due(facts, had) < facts.now:
                yield f"dossier {dossier} is overdue, and nobody has noticed"


def _due(facts, had):
    """When it must be there, by whoever required it last."""
    last = max((had[name] for name in ("DossierRequired", "DossierReturned") if name in had), key=lambda e: e.position)
    said = facts.decode(last)
    at = said.due_at if last is had["DossierRequired"] else said.cure_at
    return at.seconds + at.nanos / 1e9


# ----------------------------------------------------------------- sign-off

class Signing:
    """Of one funding case, as the journal tells it."""

    def __init__(self):
        self.signed = {}  # party -> (person, agency, digest, version)
        self.agreed = None

    def void(self):
        self.signed, self.agreed = {}, None


def _signoffs(facts):
    """{request id: SignOff}, of all that were carried out"""
    request, body = facts.words["wire.Request"], facts.words["funding.SignOff"]
    return {row.id: body.FromString(request.FromString(row.request).body)
            for row in facts.inbox if row.type == "sangkien.funding.v1.SignOff"}


def unsigned(facts):
    """P11: money is granted only on a text that two persons of two agencies have signed, and that very text."""
    cases, asked = collections.defaultdict(Signing), _signoffs(facts)
    for event in facts.journal:
        if event.kind != "funding_case":
            continue
        case, said, name = cases[event.aggregate], facts.decode(event), event.type.rpartition(".")[2]
        if name in ("FundingProposed", "ProposalRevised", "SignoffRefused"):
            case.void()
        elif name == "SignedOff":
            if (event.actor, event.agency) != (said.person_id, said.agency_id):
                yield f"position {event.position}: signed in the name of somebody else"
            if event.cause not in asked or asked[event.cause].digest != said.digest:
                yield f"position {event.position}: signed another text than the signer had before him"
            case.signed[said.party] = (said.person_id, said.agency_id, said.digest, said.proposal_version)
        elif name == "FundingAgreed":
            yield from _judge_agreement(event, said, case)
            case.agreed = said.digest
        elif name in ("FundingSubmitted", "FundingApproved") and said.digest != case.agreed:
            yield f"position {event.position}: {name} of a text that was not agreed on"
        if name == "FundingApproved" and said.person_id in {person for person, *_ in case.signed.values()}:
            yield f"position {event.position}: who signed decided too"


def _judge_agreement(event, said, case):
    words = list(case.signed.values())
    if set(case.signed) != PARTIES:
        yield f"position {event.position}: agreed with the sign-offs of {sorted(case.signed)}"
    elif len({person for person, *_ in words}) < 2 or len({agency for _, agency, *_ in words}) < 2:
        yield f"position {event.position}: one person or one agency signed for both"
    if any(word[2:] != (said.digest, said.proposal_version) for word in words):
        yield f"position {event.position}: agreed on another text than was signed"


# ----------------------------------------------------------------- money

class Purse:
    """What a ceiling, or a case, has come to."""

    def __init__(self):
        self.amount = self.reserved = self.committed = 0
        self.agreed = self.approved = self.allotted = self.disbursed = 0


def unconserved(facts):
    """P12: at every position no ceiling is passed, and nobody gets more than was agreed, granted, allotted."""
    purses = collections.defaultdict(Purse)
    for event in facts.journal:
        if event.service != "funding":
            continue
        purse, said = purses[event.aggregate], facts.decode(event)
        _count(event.type.rpartition(".")[2], said, purse)
        if min(purse.reserved, purse.committed) < 0 or purse.reserved + purse.committed > purse.amount:
            yield f"position {event.position}: {purse.reserved} + {purse.committed} under a ceiling of {purse.amount}"
        if not purse.disbursed <= purse.allotted <= purse.approved:
            yield f"position {event.position}: {purse.disbursed} of {purse.allotted} of {purse.approved}"
        if purse.approved > purse.agreed:
            yield f"position {event.position}: {purse.approved} granted, {purse.agreed} agreed"
    for ceiling, row in facts.ceilings.items():
        purse = purses[ceiling]
        if row != (purse.amount, purse.reserved, purse.committed):
            yield f"ceiling {ceiling} says {row}"
    for case, row in facts.cases.items():
        purse = purses[case]
        if row != (purse.agreed, purse.approved, purse.allotted, purse.disbursed):
            yield f"case {case} says {row}"


def _count(name, said, purse):
    if name in ("CeilingSet", "CeilingChanged"):
        purse.amount = said.amount_vnd
    elif name == "CeilingReserved":
        purse.reserved += said.amount_vnd
    elif name == "CeilingReleased":
        purse.reserved -= said.amount_vnd
    elif name == "CeilingCommitted":
        purse.reserved -= said.reserved_vnd
        purse.committed += said.committed_vnd
    elif name == "FundingAgreed":
        purse.agreed = said.agreed_vnd
    elif name == "ProposalRevised":
        purse.agreed = 0
    elif name == "FundingApproved":
        purse.approved = said.approved_vnd
    elif name == "FundsAllotted":
        purse.allotted += said.amount_vnd
    elif name == "FundsDisbursed":
        purse.disbursed += said.amount_vnd


def unreserved(facts):
    """P12: what is reserved or committed is what the cases under a ceiling were promised, dong by dong."""
    held = collections.defaultdict(dict)  # ceiling -> {case: amount}
    for event in facts.journal:
        name = event.type.rpartition(".")[2]
        if event.kind != "budget_ceiling" or name in ("CeilingSet", "CeilingChanged"):
            continue
        said = facts.decode(event)
        before = held[event.aggregate].pop(said.funding_case_id, None)
        if name == "CeilingReserved":
            if before is not None:
                yield f"position {event.position}: {said.funding_case_id} reserves twice"
            held[event.aggregate][said.funding_case_id] = said.amount_vnd
        elif before != (said.amount_vnd if name == "CeilingReleased" else said.reserved_vnd):
            yield f"position {event.position}: {name} of {before}"


# ----------------------------------------------------------------- mail

def untold(facts):
    """P15: who must know was told: once, but for a crash between the relay's word and ours; nobody else was. Everybody
    has an address here, and the relay takes every mail in the end: no notification may come to anything else."""
    known = {notification.id: notification for notification in facts.notifications}
    mails = collections.Counter(mail.notification for mail in facts.mails)
    for notification in facts.notifications:
        if notification.state == QUEUED:
            yield f"notification {notification.id} still waits"
        elif notification.state != SENT:
            yield f"notification {notification.id} was given up: state {notification.state}"
        elif mails[notification.id] == 0:
            yield f"notification {notification.id} is called sent, and the relay has no mail of it"
    for name in mails.keys() - known.keys():
        yield f"a mail {name} is of no notification"
    for mail in facts.mails:
        if mail.notification in known and mail.to != facts.addresses.get(known[mail.notification].agency):
            yield f"a mail of notification {mail.notification} went to {mail.to}"
    again = sum(count - 1 for count in mails.values())
    if again > facts.kills + facts.drops:
        yield f"{again} mails came once more, after {facts.kills} kills and {facts.drops} answers that never came"
    told = {(notification.event_position, notification.agency) for notification in facts.notifications}
    for event in facts.journal:
        agencies = [facts.agencies[name] for name in ALWAYS_TOLD.get(event.type, ())]
        if event.type in ENTRANT_TOLD:
            agencies.append(facts.decode(event).entrant_agency_id)
        for agency in agencies:
            if (event.position, agency) not in told:
                yield f"position {event.position} ({event.type}): {agency} is not told"
    twice = collections.Counter((n.event_position, n.agency, n.template) for n in facts.notifications)
    for key, count in twice.items():
        if count > 1:
            yield f"{count} notifications of {key}"


RULES = (lost, doubled, undecided, gaps, unheard, unfed, unrung, unsigned, unconserved, unreserved, untold,
         misjudged)


def breaches(facts):
    found = {rule.__name__: list(rule(facts)) for rule in RULES}
    return {name: said for name, said in found.items() if said}
