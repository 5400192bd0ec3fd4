"""tests/wire/test_money_input.py - sums that are wrong are refused with the line, and no money moves."""
import chain
import pytest
from sangkien_client import uuid7

LARGEST = 2**63 - 1


@pytest.fixture(scope="module")
def dossier_id(world):
    """A dossier that waits to be submitted."""
    entry = chain.entry(world, chain.edition(world))
    chain.require(world, entry)
    return entry


def line_of(quantity, price, amount):
    return {"description": "Máy chủ", "quantity": quantity, "unit_price_vnd": price, "amount_vnd": amount}


GOOD = line_of(2, 500, 1000)


@pytest.mark.parametrize("final, reason, field, change", [
    (False, "INVALID_FIELD", "total_vnd", {"total_vnd": -1000}),
    (False, "INVALID_FIELD", "total_vnd", {"total_vnd": 0}),
    (False, "INVALID_FIELD", "lines[1].amount_vnd", {"lines": [GOOD, line_of(1, 1, -1)]}),
    (False, "INVALID_FIELD", "lines[1].quantity", {"lines": [GOOD, line_of(-1, 1, 1)]}),
    (False, "INVALID_FIELD", "lines", {"lines": []}),
    (False, "INVALID_FIELD", "lines", {"lines": [GOOD] * 101}),
    (False, "INVALID_FIELD", "solution", {"solution": ""}),
    (False, "INVALID_FIELD", "implementation_method", {"implementation_method": ""}),
    (False, "INVALID_FIELD", "document.document_symbol",
     {"document": {"kind": "DOCUMENT_KIND_SUBMISSION", "issued_on": {"year": 2019, "month": 1, "day": 1}}}),
    (False, "INVALID_FIELD", "document.sha256", {"document": {
        "kind": "DOCUMENT_KIND_SUBMISSION", "document_symbol": "1/TTr", "sha256": b"short",
        "issued_on": {"year": 2019, "month": 1, "day": 1}}}),
    (True, "LINE_AMOUNT", "lines[1].amount_vnd", {"lines": [GOOD, line_of(3, 100, 301)], "total_vnd": 1301}),
    (True, "MONEY_OVERFLOW", "lines[1].amount_vnd",
     {"lines": [GOOD, line_of(2**32, 2**32, LARGEST)], "total_vnd": LARGEST}),
    (True, "MONEY_OVERFLOW", "total_vnd",
     {"lines": [line_of(1, LARGEST, LARGEST)] * 2, "total_vnd": LARGEST}),
    (True, "TOTAL", "total_vnd", {"lines": [GOOD, GOOD], "total_vnd": 2001}),
    (True, "BAD_DATE", "document.issued_on", {"document": {
        "kind": "DOCUMENT_KIND_SUBMISSION", "document_symbol": "1/TTr",
        "issued_on": {"year": 2019, "month": 2, "day": 29}}}),
])
def test_a_dossier_with_a_wrong_field_is_refused_and_nothing_changes(world, dossier_id, final, reason, field,
                                                                  change):
    position, count = world.footprint()

    reply = world.say("head", "submissions.SubmitDossier", {**chain.dossier_body(world, 1000), **change}, dossier_id)

    assert (reply.final, reply.reason) == (final, reason)
    assert [violation.field for violation in reply.field_violations] == [field]
    assert world.footprint() == (position, count + final)


def test_a_proposal_above_what_was_appraised_is_refused(world):
    dossier = chain.appraised(world, chain.edition(world), amount=1000)
    ceiling, case = chain.ceiling(world), uuid7()
    world.do("standing", "funding.OpenFundingCase", chain.case_body(world, dossier, ceiling), case)

    reply = world.say("standing", "funding.ProposeFunding", chain.proposal(world, 1001)[0], case)

    assert reply.reason == "ABOVE_APPRAISED_CEILING"
    assert [violation.field for violation in reply.field_violations] == ["total_vnd"]
