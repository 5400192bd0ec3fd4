"""tests/flow/test_races.py - two at once for what only one may have: exactly one passes."""
import chain
import pytest
from sangkien_client import uuid7

MILLION = 1_000_000


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


@pytest.fixture(scope="module")
def dossiers(world, edition):
    return [chain.appraised(world, edition) for _ in range(2)]


@pytest.fixture(scope="module", autouse=True)
def two_processes(stack):
    stack.launch("funding-2")
    stack.wait_ready(["funding-2"])
    yield
    stack.end("funding-2")


@pytest.fixture
def open_case(world, edition):
    """A case under sign-off on a dossier of its own."""
    dossier = chain.appraised(world, edition)
    ceiling = chain.ceiling(world)
    return (dossier, ceiling) + chain.proposed(world, dossier, ceiling)


def ceiling_of(world, ceiling):
    return world.ask("finance_signer", "funding.GetBudgetCeiling", {}, ceiling).answer.budget_ceiling


def signoff(world, officer, case, party, digest, **more):
    return world.request(officer, "funding.SignOff", chain.signoff(party, digest, **more), case)


def test_two_last_signoffs_for_the_last_money_under_a_ceiling_let_one_case_pass(world, dossiers):
    ceiling = chain.ceiling(world, 150 * MILLION)
    cases = [chain.proposed(world, dossier, ceiling) for dossier in dossiers]
    for case, digest in cases:
        world.do("home_signer", "funding.SignOff", chain.signoff("HOME_AFFAIRS", digest), case)

    replies = world.post_all([("finance", signoff(world, "finance_signer", case, "FINANCE", digest))
                              for case, digest in cases])

    assert sorted(reply.reason for reply in replies) == ["", "CEILING_EXCEEDED"]
    assert ceiling_of(world, ceiling).reserved_vnd == 100 * MILLION


def test_the_one_who_found_no_room_may_sign_when_there_is_room(world, dossiers):
    ceiling = chain.ceiling(world, 50 * MILLION, source="Nguồn hẹp")
    case, digest = chain.proposed(world, dossiers[0], ceiling, purpose="REPLICATION")
    world.do("home_signer", "funding.SignOff", chain.signoff("HOME_AFFAIRS", digest), case)
    refused = world.say("finance_signer", "funding.SignOff", chain.signoff("FINANCE", digest), case)

    chain.ceiling(world, 100 * MILLION, ceiling, "Nguồn hẹp")
    signed = world.say("finance_signer", "funding.SignOff", chain.signoff("FINANCE", digest), case)

    assert refused.reason == "CEILING_EXCEEDED" and signed.ok


def test_two_decisions_about_one_case_let_one_pass(world, open_case):
    _, ceiling, case, digest = open_case
    chain.agreed(world, case, digest)
    chain.submitted(world, case, digest)

    replies = world.post_all([("committee", world.request(
        officer, "funding.Decide", chain.approval(world, digest, 100 * MILLION), case))
        for officer in ("authority", "deputy")])

    assert sorted(reply.reason for reply in replies) == ["", "NOT_NOW"]
    assert ceiling_of(world, ceiling).committed_vnd == 100 * MILLION


def test_two_allotments_of_the_last_dong_let_one_pass(world, open_case):
    _, _, case, digest = open_case
    chain.approved(world, case, digest)
    world.do("accountant", "funding.Allot", chain.allotment(world, 100 * MILLION - 1), case)

    replies = world.post_all([("finance", world.request("accountant", "funding.Allot", chain.allotment(world, 1),
                                                        case)) for _ in range(2)])

    assert sorted(reply.reason for reply in replies) == ["", "ABOVE_APPROVED"]


def test_one_voucher_pays_once_even_for_two_cases_at_once(world, edition):
    ceiling, cases = chain.ceiling(world), []
    for _ in range(2):
        case, digest = chain.proposed(world, chain.appraised(world, edition), ceiling)
        chain.approved(world, case, digest)
        world.do("accountant", "funding.Allot", chain.allotment(world, 100 * MILLION), case)
        cases.append(case)

    replies = world.post_all([("treasury", world.request(
        "treasurer", "funding.RecordDisbursement", chain.disbursement(MILLION, "CT-1"), case)) for case in cases])

    assert sorted(reply.reason for reply in replies) == ["", "VOUCHER_USED"]


def test_one_person_cannot_sign_for_both_parties(world, open_case):
    _, _, case, digest = open_case
    world.add_officer("both", "finance")
    world.bind("both", "HOME_AFFAIRS_SIGNOFF")
    world.bind("both", "FINANCE_SIGNOFF")
    world.do("both", "funding.SignOff", chain.signoff("HOME_AFFAIRS", digest), case)

    reply = world.say("both", "funding.SignOff", chain.signoff("FINANCE", digest), case)

    assert (reply.final, reply.reason) == (True, "SAME_PERSON")


def test_one_person_cannot_sign_for_both_parties_at_once_either(world, open_case):
    _, _, case, digest = open_case
    world.add_officer("hasty", "finance")
    world.bind("hasty", "HOME_AFFAIRS_SIGNOFF")
    world.bind("hasty", "FINANCE_SIGNOFF")

    replies = world.post_all([("finance", signoff(world, "hasty", case, party, digest))
                              for party in ("HOME_AFFAIRS", "FINANCE")])

    assert sorted(reply.reason for reply in replies) == ["", "SAME_PERSON"]


def test_whoever_drafted_the_text_cannot_sign_it(world, open_case):
    _, _, case, digest = open_case
    world.bind("standing", "HOME_AFFAIRS_SIGNOFF")

    reply = world.say("standing", "funding.SignOff", chain.signoff("HOME_AFFAIRS", digest), case)

    assert reply.reason == "DRAFTER"


def test_a_signature_under_another_text_is_refused(world, open_case):
    _, _, case, digest = open_case

    stale = world.say("finance_signer", "funding.SignOff", chain.signoff("FINANCE", bytes(32)), case)
    other = world.say("finance_signer", "funding.SignOff", chain.signoff("FINANCE", digest, version=2), case)

    assert {stale.reason, other.reason} == {"OTHER_VERSION"}


def test_a_new_version_of_the_text_voids_the_signature_under_the_old_one(world, open_case):
    _, _, case, digest = open_case
    world.do("home_signer", "funding.SignOff", chain.signoff("HOME_AFFAIRS", digest), case)
    world.do("standing", "funding.ReviseProposal", {"reason": "Điều chỉnh"}, case)
    body, newer = chain.proposal(world, 90 * MILLION)
    world.do("standing", "funding.ProposeFunding", body, case)

    old = world.say("finance_signer", "funding.SignOff", chain.signoff("FINANCE", digest), case)
    new = world.say("finance_signer", "funding.SignOff", chain.signoff("FINANCE", newer, version=2), case)

    assert old.reason == "OTHER_VERSION"
    assert new.ok and new.type == "sangkien.funding.v1.SignedOff" and len(new.positions) == 1  # not agreed yet


def test_disagreement_needs_a_reason_and_sends_the_text_back(world, open_case):
    _, ceiling, case, digest = open_case

    silent = world.say("finance_signer", "funding.SignOff", chain.signoff("FINANCE", digest, verdict="DISAGREE"), case)
    world.do("finance_signer", "funding.SignOff", chain.signoff(
        "FINANCE", digest, verdict="DISAGREE", reason="Vượt định mức", counter_amount_vnd=80 * MILLION), case)
    after = world.say("home_signer", "funding.SignOff", chain.signoff("HOME_AFFAIRS", digest), case)

    assert silent.reason == "REASON_MISSING"
    assert [violation.field for violation in silent.field_violations] == ["reason"]
    assert after.reason == "NOT_NOW"
    assert ceiling_of(world, ceiling).reserved_vnd == 0


def test_who_signed_does_not_decide(world, open_case):
    _, _, case, digest = open_case
    world.bind("authority", "FINANCE_SIGNOFF")
    world.do("home_signer", "funding.SignOff", chain.signoff("HOME_AFFAIRS", digest), case)
    world.do("authority", "funding.SignOff", chain.signoff("FINANCE", digest), case)
    chain.submitted(world, case, digest)

    reply = world.say("authority", "funding.Decide", chain.approval(world, digest, 100 * MILLION), case)

    assert reply.reason == "SIGNED_BEFORE"


def test_two_cases_for_one_purpose_at_once_let_one_open(world, edition):
    dossier, ceiling = chain.appraised(world, edition), chain.ceiling(world)

    replies = world.post_all([("home", world.request(
        "standing", "funding.OpenFundingCase", chain.case_body(world, dossier, ceiling), uuid7()))
        for _ in range(2)])

    assert sorted(reply.reason for reply in replies) == ["", "CASE_OPEN"]
