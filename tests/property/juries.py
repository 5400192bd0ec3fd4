"""tests/property/juries.py - contests as the program counts them: its rankings say who goes on and makes up the next
round; and beside each ranking what it says of the same round told in other ways.
"""
import collections
import random
import subprocess

import editions
import messages
import reference
import rounds

# Ways in which a round is told: plain; as it comes otherwise, and without sheets of who has left; with other judges;
# and with one score raised. The first round of each contest is told in all of them, and each other one in some.
PLAIN, OTHERWISE, RELABELLED, RAISED = "plain", "otherwise", "relabelled", "raised"

Said = collections.namedtuple("Said", "refusal data digest again")  # of one way; data: the ranking's bytes
Told = collections.namedtuple("Told", "round names raised")  # how else it was told: whose names, whose score
Held = collections.namedtuple("Held", "nth cluster told said ranking")  # one ranking of a round, or its refusal
Outcome = collections.namedtuple("Outcome", "helds finalists places")


def ways_of(chance, round_, is_first):
    """{way: the round as it is told}, and what one has to know of them; without chance it is told plainly."""
    ways, names, entry = {PLAIN: round_}, None, None
    if chance and (is_first or chance.random() < 0.5):
        there = {**round_, "sheets": [sheet for sheet in round_["sheets"] if sheet[1] in round_["entries"]]}
        ways[OTHERWISE] = rounds.shuffled(chance, there)
    if chance and (is_first or chance.random() < 0.2):
        ways[RELABELLED], names = rounds.relabelled(chance, round_)
        ways[RAISED], entry = rounds.raised(chance, round_) or (round_, None)
    return ways, Told(round_, names, entry)


def counted(types, edition, in_ways):
    """Asks for what the program says of rounds told in ways, and is sent it; returns the outcome."""
    helds, finalists, going_on = [], set(), list(edition.entries)
    chance = random.Random(edition.name) if in_ways else None

    def hold(nth, cluster, entries):
        round_, is_evened = edition.round(nth, cluster, entries), False
        while round_["entries"]:
            ways, told = ways_of(chance, round_, not helds)
            said = yield ways
            plain = said[PLAIN]
            ranking = types.named("sangkien.appraisal.v1.Ranking").FromString(plain.data)
            helds.append(Held(nth, cluster, told, said, ranking))
            if plain.refusal == reference.UNEQUAL_SHEETS and not is_evened:
                round_, is_evened = edition.evened(round_), True
            elif ranking.undecided_entry_ids and not round_["decisions"]:
                round_ = settled(edition, nth, round_, ranking)
            else:
                return ranking
        return types.named("sangkien.appraisal.v1.Ranking")()

    for nth, rules in enumerate(edition.rules.rounds):
        there = [entry for entry in going_on if edition.is_there(entry, nth)]
        groups = {"": there}
        if rules.stage == editions.CLUSTER:
            groups = {cluster.code: [e for e in there if edition.entries[e].cluster == cluster.code]
                      for cluster in edition.rules.clusters}
        finalists = set(there) if rules.stage == editions.FINAL else set()
        going_on = []
        for cluster, entries in groups.items():
            ranking = yield from hold(nth, cluster, entries)
            going_on += [line.entry_id for line in ranking.lines if line.advances]
    places = [(line.entry_id, line.rank, line.advances) for line in ranking.lines
              if edition.is_there(line.entry_id, len(edition.rules.rounds))]
    return Outcome(helds, finalists, places)


def settled(edition, nth, round_, ranking):
    """Once the chair has decided between those of a rank that are undecided."""
    round_, of_rank = {**round_, "decisions": []}, collections.defaultdict(list)
    for line in ranking.lines:
        if line.entry_id in ranking.undecided_entry_ids:
            of_rank[line.rank].append(line.entry_id)
    for equals in of_rank.values():
        edition.decide(nth, round_, equals)
    return round_


def answers(program, lines):
    ran = subprocess.run([messages.BUILD / f"bin/{program}"], input=lines, text=True, check=True, capture_output=True,
                         timeout=300)
    return ran.stdout.splitlines()


def review(types, program, rules, word="rules"):
    """What is said of each edition's rules: [(refusal, [field, ...])], of those accepted [(0, [opens_us, closes_us])]."""
    registered = types.named("sangkien.directory.v1.AgencyRegistered")
    lines = [f"agency {registered(agency_id=id_, name='x').SerializeToString().hex()}" for id_ in editions.AGENCIES]
    lines += [f"{word} {each.SerializeToString().hex()}" for each in rules]
    said = [line.split() for line in answers(program, "\n".join([*lines, ""]))]
    assert len(said) == len(rules)
    return [(int(refusal), fields) for refusal, *fields in said]


def ask(program, asked):
    """What the program says of each [{way: round}], in the same order."""
    kept = {}
    lines = "".join(rounds.lines_of(round_, kept) for ways in asked for round_ in ways.values())
    said = iter(answers(program, lines))

    def read(round_):
        for _ in round_["sheets"]:
            next(said)  # its total
        first, again = next(said), next(said)
        refusal, *rest = first.split()
        return Said(int(refusal), bytes.fromhex(rest[0]) if rest else b"", rest[1] if rest else "", first == again)

    answered = [{way: read(round_) for way, round_ in ways.items()} for ways in asked]
    assert not list(said)
    return answered


def count(types, made, program, in_ways=True):
    """[the outcome of each edition]; all of them take a step at a time."""
    outcomes = [None] * len(made)
    answered = {nth: None for nth in range(len(made))}
    steps = [counted(types, edition, in_ways) for edition in made]
    while answered:
        running = {}
        for nth, answer in answered.items():
            try:
                running[nth] = steps[nth].send(answer)
            except StopIteration as ended:
                outcomes[nth] = ended.value
        answered = dict(zip(running, ask(program, list(running.values())))) if running else {}
    return outcomes
