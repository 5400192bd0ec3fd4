"""tests/flow/test_parked.py - an event that cannot be taken stops its own subject, and nobody else's."""
import contextlib

import chain
import pytest
from base import until
from ctl import Ctl


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


@pytest.fixture(scope="module")
def ctl(stack):
    return Ctl(stack)


@contextlib.contextmanager
def poison(base, subject):
    """Appraisal cannot store what it hears of this dossier."""
    base.run(f"ALTER TABLE appraisal.dossier_intake ADD CONSTRAINT poison CHECK (id <> '{subject}') NOT VALID")
    try:
        yield
    finally:
        base.run("ALTER TABLE appraisal.dossier_intake DROP CONSTRAINT poison")


def parked(base, subject):
    return base.run("SELECT position, reason FROM runtime.parked WHERE consumer = 'appraisal' AND subject = %s"
                    " ORDER BY position", subject)


@pytest.fixture
def sick(world, base, edition):
    """A dossier whose acceptance appraisal could not take, and the position of that event; the cause is mended."""
    entry = chain.entry(world, edition)
    with poison(base, entry):
        chain.dossier(world, entry)
        until(lambda: parked(base, entry), "the event is parked")
        other = chain.entry(world, edition)
        chain.dossier(world, other)
        world.hear("appraisal.DossierNoted", other)  # all others flow
        world.do("head", "submissions.WithdrawEntry", {"reason": "Thôi"}, entry)
        until(lambda: len(parked(base, entry)) == 2, "the later event of the subject waits behind it")
    return entry, parked(base, entry)[0][0]


def test_a_poison_event_parks_its_subject_while_others_flow(world, base, ctl, sick):
    entry, position = sick

    rows = [row for row in ctl.json("parked", "list", "--programme", world.programme)["parked"]
            if row["subject"] == entry]

    assert [int(row["position"]) for row in rows][0] == position
    assert [row["consumer"] for row in rows] == ["appraisal", "appraisal"]
    assert "poison" in rows[0]["reason"]
    assert rows[1]["type"].endswith("EntryWithdrawn")
    assert not [e for e in base.events(world.programme) if e[2] == entry and ".appraisal." in e[1]]


def test_retried_when_it_is_mended_everything_is_taken_in_order(world, base, ctl, sick):
    entry, position = sick

    ctl("parked", "retry", "--programme", world.programme, "--position", position, "--reason", "đã sửa",
        role="administrator")

    until(lambda: not parked(base, entry), "nothing is parked any more")
    words = [e[1].split(".")[-1] for e in base.events(world.programme) if e[2] == entry and ".appraisal." in e[1]]
    assert words == ["DossierNoted", "DossierWithdrawalNoted"]


def test_discarded_it_is_passed_over_and_the_later_ones_are_taken(world, base, ctl, sick):
    entry, position = sick

    ctl("parked", "discard", "--programme", world.programme, "--position", position, "--reason", "vô nghĩa",
        role="administrator")

    until(lambda: not parked(base, entry), "nothing is parked any more")
    words = [e[1].split(".")[-1] for e in base.events(world.programme) if e[2] == entry and ".appraisal." in e[1]]
    assert words == ["DossierWithdrawalNoted"]


def test_an_auditor_cannot_judge_what_is_parked(world, base, ctl, sick):
    entry, position = sick

    ctl("parked", "discard", "--programme", world.programme, "--position", position, "--reason", "x", expect=1)

    assert len(parked(base, entry)) == 2


def test_retried_without_being_mended_it_stays_parked(world, base, edition, ctl):
    entry = chain.entry(world, edition)
    with poison(base, entry):
        chain.dossier(world, entry)
        position = until(lambda: parked(base, entry), "the event is parked")[0][0]
        ctl("parked", "retry", "--programme", world.programme, "--position", position, "--reason", "thử",
            role="administrator")
        until(lambda: base.one("SELECT verdict IS NULL FROM runtime.parked WHERE consumer = 'appraisal'"
                               " AND subject = %s", entry), "the verdict is used up")
        assert parked(base, entry)[0][0] == position
