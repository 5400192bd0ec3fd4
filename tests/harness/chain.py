"""tests/harness/chain.py - the business chain, one step after the other, each by whom it belongs to.

Every function goes on from what the one before it made, and returns the ids and digests that come of it.
"""
import contextlib
import hashlib
import secrets
import time

from base import until
from sangkien_client import uuid7

MILLION = 1_000_000


@contextlib.contextmanager
def later(world, edition_id, seconds):
    """The clock is so much ahead. What is recorded meanwhile is not the programme's last word: whoever starts afterwards
    would find the clock behind it, and refuse."""
    world.stack.move_clock(seconds)
    try:
        yield
    finally:
        world.stack.move_clock(0)
    until(lambda: not world.base.unheard(world.programme), "all is heard that happened meanwhile")
    entry(world, edition_id)


def edition(world):
    """An edition that takes entries."""
    edition_id = uuid7()
    world.do("standing", "submissions.CreateEdition", {
        "ordinal": secrets.randbelow(2**30) + 1, "year": 2019, "name": "Giải pháp cải cách hành chính 2019",
        "judged_elsewhere": True, "threshold_centi": 7000, "maximum_centi": 10000,
        "document": world.document(kind="PLAN")}, edition_id)
    world.do("owner", "submissions.PublishEdition", {}, edition_id)
    world.do("standing", "submissions.OpenRegistration", {}, edition_id)
    return edition_id


def draft(world, edition_id, **more):
    """The body of a CreateEntry."""
    return {"edition_id": edition_id, "entry_kind": "ENTRY_KIND_INITIATIVE", "title": "Một cửa điện tử",
            "summary": "Rút ngắn thời gian giải quyết hồ sơ.",
            "authors": [{"person_id": world.person("author"), "share_bp": 10000}], **more}


def join(world, entry_id, co_entrants, number=1):
    """Each of the co-entrants agrees to that draft; an agency that has no head yet is given one."""
    names = {agency_id: name for name, agency_id in world.agencies.items()}
    for agency in (names[c["agency_id"]] for c in co_entrants):
        head = {"entrant": "head"}.get(agency, f"{agency}_head")
        if head not in world.officers:
            world.add_officer(head, agency)
            world.bind(head, "ENTRANT_HEAD")
        world.do(head, "submissions.JoinEntry", {"draft": number}, entry_id)


def entry(world, edition_id, co_entrants=(), **more):
    """A finalist with a prize."""
    entry_id = uuid7()
    world.do("clerk", "submissions.CreateEntry", draft(world, edition_id, co_entrants=co_entrants, **more), entry_id)
    join(world, entry_id, co_entrants)
    world.do("head", "submissions.SubmitEntry", {}, entry_id)
    world.do("standing", "submissions.RegisterEntry", {"entry_code": "MS-" + secrets.token_hex(4)}, entry_id)
    world.do("standing", "submissions.RecordFinalResult", {
        "score_centi": 9000, "reached_final": True, "award": "AWARD_FIRST",
        "document": world.document(kind="REPORT")}, entry_id)
    return entry_id


def dossier_body(world, amount=100 * MILLION, **more):
    return {"dossier_form": "DOSSIER_FORM_SCHEME", "solution": "Giải pháp đầy đủ.",
            "implementation_method": "Triển khai tại ba huyện.", "lines": [
                {"description": "Máy chủ", "quantity": 2, "unit_price_vnd": amount // 2, "amount_vnd": amount}],
            "total_vnd": amount, "document": world.document(kind="SUBMISSION"), **more}


def require(world, entry_id, day=(2099, 12, 31), utc_offset_minutes=420):
    """A dossier is due by the end of that day, in Viet Nam unless another offset is given."""
    year, month, day = day
    world.do("standing", "submissions.RequireDossier", {"due": {
        "date": {"year": year, "month": month, "day": day}, "inclusive": True,
        "utc_offset_minutes": utc_offset_minutes}}, entry_id)


def require_today(world, entry_id, now):
    """Due at the coming midnight in Viet Nam; in how many seconds that is."""
    local = now + 7 * 3600
    require(world, entry_id, time.gmtime(local)[:3])
    return 86400 - local % 86400


def dossier(world, entry_id, amount=100 * MILLION):
    """An accepted dossier of the entry."""
    require(world, entry_id)
    world.do("head", "submissions.SubmitDossier", dossier_body(world, amount), entry_id)
    world.do("standing", "submissions.AcceptDossier", {"dossier_version": 1}, entry_id)


def appraisal(world, dossier_id, ceiling=100 * MILLION):
    """A reported appraisal that recommends completion with money."""
    case = uuid7()
    world.hear("appraisal.DossierNoted", dossier_id)
    world.do("standing", "appraisal.OpenAppraisal", {"dossier_id": dossier_id, "dossier_version": 1}, case)
    world.do("standing", "appraisal.SetPanel", {"panel": [
        {"person_id": world.person("chair"), "seat": "PANEL_SEAT_CHAIR"},
        {"person_id": world.person("secretary"), "seat": "PANEL_SEAT_SECRETARY"},
        {"person_id": world.person("member"), "seat": "PANEL_SEAT_MEMBER"}]}, case)
    world.do("standing", "appraisal.RequestOpinions", {"agency_ids": [world.agencies["science"]], "due": {
        "date": {"year": 2099, "month": 1, "day": 1}, "utc_offset_minutes": 420}}, case)
    world.do("member", "appraisal.GiveOpinion", {
        "dossier_version": 1, "verdict": "VERDICT_SUPPORT", "opinion": "Đồng ý.",
        "document": world.document(kind="DISPATCH")}, case)
    world.do("chair", "appraisal.Conclude", {
        "dossier_version": 1, "outcome": "OUTCOME_RECOMMEND_BOTH", "scope": "SCOPE_PROVINCE",
        "recommended_ceiling_vnd": ceiling, "votes_for": 3, "secretary_id": world.person("secretary"),
        "minutes": world.document(kind="MINUTES")}, case)
    world.do("standing", "appraisal.IssueReport", {"report": world.document(kind="REPORT")}, case)
    world.hear("funding.RecommendationNoted", dossier_id)
    return case


def ceiling(world, amount=1000 * MILLION, ceiling_id=None, source=None):
    ceiling_id = ceiling_id or uuid7()
    world.do("finance_signer", "funding.SetCeiling", {
        "budget_source": source or "Nguồn " + ceiling_id, "fiscal_year": 2020, "amount_vnd": amount,
        "document": world.document()}, ceiling_id)
    return ceiling_id


def appraised(world, edition_id, amount=100 * MILLION, **more):
    """A dossier for which money may be asked."""
    entry_id = entry(world, edition_id, **more)
    dossier(world, entry_id, amount)
    appraisal(world, entry_id, amount)
    return entry_id


def case_body(world, dossier_id, ceiling_id, purpose="COMPLETION"):
    return {"dossier_id": dossier_id, "purpose": "PURPOSE_" + purpose, "fiscal_year": 2020,
            "ceiling_id": ceiling_id, "beneficiary_kind": "BENEFICIARY_KIND_AGENCY",
            "beneficiary_id": world.agencies["entrant"], "budget_unit_agency_id": world.agencies["entrant"],
            "budget_unit_code": "1234567"}


def proposal(world, amount):
    """A ProposeFunding, and the digest that everybody signs: SHA-256 of exactly its bytes."""
    body = world.words["funding.ProposeFunding"](total_vnd=amount, justification="Thống nhất một văn bản.", lines=[
        {"description": "Máy chủ", "quantity": 1, "unit_price_vnd": amount, "amount_vnd": amount}])
    return body, hashlib.sha256(body.SerializeToString()).digest()


def proposed(world, dossier_id, ceiling_id, amount=100 * MILLION, purpose="COMPLETION"):
    """A funding case with a proposal under sign-off: (case, digest)."""
    case = uuid7()
    world.do("standing", "funding.OpenFundingCase", case_body(world, dossier_id, ceiling_id, purpose), case)
    body, digest = proposal(world, amount)
    world.do("standing", "funding.ProposeFunding", body, case)
    return case, digest


def signoff(party, digest, version=1, verdict="AGREE", **more):
    return {"party": "PARTY_" + party, "verdict": "VERDICT_" + verdict, "proposal_version": version,
            "digest": digest, **more}


def agreed(world, case, digest):
    world.do("home_signer", "funding.SignOff", signoff("HOME_AFFAIRS", digest), case)
    world.do("finance_signer", "funding.SignOff", signoff("FINANCE", digest), case)


def submitted(world, case, digest):
    world.do("standing", "funding.SubmitToAuthority", {
        "proposal_version": 1, "digest": digest, "submission": world.document(kind="SUBMISSION")}, case)


def approval(world, digest, amount, **more):
    return {"ruling": "RULING_APPROVE", "proposal_version": 1, "digest": digest, "amount_vnd": amount,
            "decision": world.document(), **more}


def approved(world, case, digest, amount=100 * MILLION):
    """Signed by both, submitted, approved."""
    agreed(world, case, digest)
    submitted(world, case, digest)
    world.do("authority", "funding.Decide", approval(world, digest, amount), case)


def allotment(world, amount):
    return {"amount_vnd": amount, "allotment_method": "ALLOTMENT_METHOD_PAYMENT_ORDER",
            "document": world.document()}


def disbursement(amount, voucher=None):
    return {"disbursement_kind": "DISBURSEMENT_KIND_PAYMENT", "amount_vnd": amount,
            "treasury_office": "KBNN Khánh Hòa", "voucher_year": 2020,
            "voucher_number": voucher or secrets.token_hex(6)}
