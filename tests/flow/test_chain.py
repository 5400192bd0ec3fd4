"""tests/flow/test_chain.py - from the entry to the money, as every agency lives through it."""
import contextlib

import chain
import pytest
from base import until
from sangkien_client import uuid7

MILLION = 1_000_000


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


@pytest.fixture(scope="module")
def paid(world, edition):
    """One entry all the way: (entry, ceiling, case)."""
    entry = chain.appraised(world, edition)
    until(lambda: not world.base.unheard(world.programme), "both who hear of the report have heard of it")
    ceiling = chain.ceiling(world)
    case, digest = chain.proposed(world, entry, ceiling)
    chain.approved(world, case, digest, 90 * MILLION)
    world.do("accountant", "funding.Allot", chain.allotment(world, 90 * MILLION), case)
    world.do("treasurer", "funding.RecordDisbursement", chain.disbursement(40 * MILLION), case)
    world.hear("submissions.EntryPaid", entry)
    return entry, ceiling, case


def test_an_entry_goes_all_the_way_to_money(world, paid):
    entry_id, ceiling_id, case_id = paid
    entry = world.ask("owner", "submissions.GetEntry", {}, entry_id).answer.entry
    dossier = world.ask("owner", "submissions.GetDossier", {}, entry_id).answer.dossier
    case = world.ask("owner", "funding.GetFundingCase", {}, case_id).answer.funding_case
    ceiling = world.ask("owner", "funding.GetBudgetCeiling", {}, ceiling_id).answer.budget_ceiling

    assert entry.money_paid and entry.reached_final
    assert dossier.state == 6  # APPRAISED
    assert (case.agreed_vnd, case.approved_vnd, case.allotted_vnd, case.disbursed_vnd) == (
        100 * MILLION, 90 * MILLION, 90 * MILLION, 40 * MILLION)
    assert (ceiling.reserved_vnd, ceiling.committed_vnd) == (0, 90 * MILLION)
    assert [(s.party, s.verdict) for s in case.signoffs] == [(1, 1), (2, 1)]


def test_every_step_is_in_the_journal_in_the_order_in_which_it_happened(world, base, paid):
    entry_id, _, case_id = paid
    words = [(row[1].split(".")[1], row[1].split(".")[-1]) for row in base.events(world.programme)
             if row[2] in (entry_id, case_id)]
    counted = ("submissions", "DossierFundingNoted")  # when it opens, and when it is approved: as submissions hears of it
    assert words.count(counted) == 2 and words.index(("funding", "FundingCaseOpened")) < words.index(counted)
    words = [word for word in words if word != counted]
    noted = words.index(("funding", "RecommendationNoted"))  # while submissions hears of the appraisal by itself

    assert words.index(("appraisal", "DossierTakenUp")) < noted < words.index(("funding", "FundingCaseOpened"))
    assert words[:noted] + words[noted + 1:] == [
        ("submissions", "EntryDrafted"), ("submissions", "EntrySubmitted"), ("submissions", "EntryRegistered"),
        ("submissions", "EntryAssigned"), ("submissions", "EntryReachedFinal"), ("submissions", "EntryAwarded"),
        ("submissions", "DossierRequired"), ("submissions", "DossierDrafted"), ("submissions", "DossierSubmitted"),
        ("submissions", "DossierAccepted"), ("appraisal", "DossierNoted"), ("appraisal", "DossierTakenUp"),
        ("submissions", "DossierAppraisalStarted"), ("submissions", "DossierAppraised"),
        ("funding", "FundingCaseOpened"), ("funding", "CaseLinked"), ("funding", "FundingProposed"),
        ("funding", "SignoffOpened"), ("funding", "SignedOff"), ("funding", "SignedOff"),
        ("funding", "FundingAgreed"), ("funding", "FundingSubmitted"), ("funding", "FundingApproved"),
        ("funding", "FundsAllotted"), ("funding", "FundsDisbursed"), ("submissions", "EntryPaid")]


def test_the_entrant_agency_hears_of_its_money(world, paid):
    feed = world.client("entrant").subscribe(world.programme, until=world.head()[0])
    with contextlib.closing(feed):
        types = {event.type.split(".")[-1] for _, event in feed}

    assert {"EntryAwarded", "DossierAccepted", "AppraisalReported", "FundingApproved", "FundsDisbursed"} <= types
    assert not {"CeilingReserved", "CeilingSet"} & types


def test_an_entry_for_which_money_went_out_cannot_be_withdrawn(world, paid):
    reply = world.say("head", "submissions.WithdrawEntry", {"reason": "Thôi"}, paid[0])

    assert (reply.final, reply.reason) == (True, "MONEY_PAID")


def test_a_withdrawn_entry_takes_its_dossier_appraisal_and_money_with_it(world, base, edition):
    entry = chain.appraised(world, edition)
    ceiling = chain.ceiling(world)
    case, digest = chain.proposed(world, entry, ceiling)
    chain.agreed(world, case, digest)

    world.do("head", "submissions.WithdrawEntry", {"reason": "Thôi"}, entry)
    world.hear("funding.FundingWithdrawn", case)

    assert world.ask("owner", "funding.GetBudgetCeiling", {}, ceiling).answer.budget_ceiling.reserved_vnd == 0
    assert world.say("standing", "funding.OpenFundingCase", chain.case_body(world, entry, ceiling),
                     uuid7()).reason == "ENTRY_WITHDRAWN"


def test_a_dossier_that_does_not_come_in_time_is_told_overdue(world, edition):
    entry = chain.entry(world, edition)
    chain.require(world, entry, day=(2031, 12, 31))

    with chain.later(world, edition, 10 * 366 * 86400):
        world.hear("submissions.DossierOverdue", entry)

    assert world.ask("clerk", "submissions.GetDossier", {}, entry).answer.dossier.overdue


def test_open_work_tells_for_whom_it_waits(world, edition):
    entry = chain.entry(world, edition)
    chain.require(world, entry)
    work = [w for w in _all(world, "head", "submissions.ListOpenDossiers") if w.subject == entry]

    assert [(w.state, w.waiting_for, w.agency_id) for w in work] == [
        ("REQUIRED", "ENTRANT_HEAD", world.agencies["entrant"])]


def test_everybody_has_heard_everything_in_the_end(world, base, paid):
    until(lambda: not base.unheard(world.programme), "everybody has heard everything")
    assert base.one("SELECT count(*) FROM runtime.parked WHERE programme = %s", world.programme) == 0


def _all(world, officer, type):
    token, found = None, []
    while token != "":
        answer = world.ask(officer, type, {"page_size": 200, "page_token": token or ""}).answer
        token, found = answer.next_page_token, found + list(answer.open_work)
    return found
