#!/usr/bin/python3
"""ops/demo/contest.py - the contest of 2019 from the first registration to the last payment.

Usage: contest.py DIR

DIR is that of a running stack (ops/demo/stack.py). About forty systems speak with keys of their own. Telling
the story again changes nothing and shows the same table.
"""
import hashlib
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import judging  # noqa: E402
import summary  # noqa: E402
from competition import EDITION, Competition  # noqa: E402
from province import DISPATCH, OFFICERS, agency_id, date_of, derive, document, person_id, within  # noqa: E402
from rounds import check  # noqa: E402
from stack import Stack, StackError  # noqa: E402
from story import Message, StoryError, officer  # noqa: E402

CEILING, YEAR = derive("ceiling", "2020"), 2020
CEILING_VND = 2_900_000_000
# What befalls whom.
RETURNED, LATE, SILENT, NOT_RECOMMENDED = "CCHC4-48", "CCHC4-38", "CCHC4-02", "CCHC4-08"
DISAGREED, NO_ROOM, WITHDRAWN, REJECTED, LESS = "CCHC4-10", "CCHC4-31", "CCHC4-32", "CCHC4-26", "CCHC4-51"
COUNTER_VND, LESS_VND = 480_000_000, 120_000_000
PANEL = (("snv-chair", "CHAIR"), ("snv-secretary", "SECRETARY"), ("stc-expert", "MEMBER"),
         ("stp-expert", "MEMBER"), ("skhdt-expert", "MEMBER"))


class Contest(Competition):
    """What follows from the competition."""

    def __init__(self, stack, out=sys.stdout):
        super().__init__(stack, out)
        self.last_position = 0  # in the journal, of what was said last
        self.filed = [d for d in self.province.dossiers if d.entry.code != LATE]
        self.funded = [d for d in self.filed if d.entry.code != NOT_RECOMMENDED]

    # ------------------------------------------------------------- January 2020: the dossiers

    def dossiers_required(self):
        self.be("2019-11-25 08:00")
        due = dict(date=date_of("2020-01-31"), inclusive=False, utc_offset_minutes=420, document=dict(
            DISPATCH, issued_on=date_of("2019-11-22"), issuer_agency_id=agency_id("ubnd-tinh")))
        self.say(officer("snv-officer", "submissions.StartFollowUp", EDITION, dict(due=due)))
        owed = self.teller.list("snv", "submissions.ListDossiers", "dossiers")
        check("who owes a dossier", {d.id for d in owed} == {d.id for d in self.province.dossiers})

    def submit(self, dossier, nth="", expect="", lines=None):
        entry, lines = dossier.entry, lines or dossier.lines
        return Message(entry.agency, f"{entry.agency}-head", "submissions.SubmitDossier", dossier.id, dict(
            dossier_form="DOSSIER_FORM_" + dossier.form, solution=dossier.solution,
            implementation_method=dossier.method, lines=lines, total_vnd=sum(x["amount_vnd"] for x in lines),
            document=document("SUBMISSION", f"MAU-{entry.code[-2:]}/TTr", "2020-01-10", entry.agency)),
            expect=expect, nth=nth)

    def dossiers_in(self):
        self.be("2020-01-13 08:00")
        self.say(*(self.submit(d, lines=d.lines[:1] if d.entry.code == RETURNED else None) for d in self.filed))

    def returned_and_cured(self):
        self.be("2020-01-16 08:00")
        dossier, = (d for d in self.filed if d.entry.code == RETURNED)
        self.say(officer("snv-officer", "submissions.ReturnDossier", dossier.id, dict(
            dossier_version=1, reason="Dự toán chưa có kinh phí thiết bị và tập huấn; đề nghị bổ sung.",
            cure=dict(date=date_of("2020-01-22"), inclusive=True, utc_offset_minutes=420))))
        self.be("2020-01-20 08:00")
        self.say(self.submit(dossier, nth="2"))

    def too_late(self):
        late, = (d for d in self.province.dossiers if d.entry.code == LATE)
        self.be("2020-01-31 00:00")  # "before 31/01/2020": that day's first moment is too late
        self.ear.wait("submissions.DossierOverdue", "dossier_id", [late.id])
        self.say(self.submit(late, expect="DEADLINE_PASSED"))

    def accepted(self):
        self.be("2020-02-03 08:00")
        self.say(*(officer("snv-officer", "submissions.AcceptDossier", d.id, dict(
            dossier_version=2 if d.entry.code == RETURNED else 1)) for d in self.filed))
        self.ear.wait("appraisal.DossierNoted", "dossier_id", [d.id for d in self.filed])

    # ------------------------------------------------------------- February: appraisal

    @staticmethod
    def case(dossier):
        return derive("appraisal", dossier.entry.code)

    @staticmethod
    def version(dossier):
        return 2 if dossier.entry.code == RETURNED else 1

    def panels(self):
        self.say(*(officer("snv-officer", "appraisal.OpenAppraisal", self.case(d), dict(
            dossier_id=d.id, dossier_version=self.version(d))) for d in self.filed))
        panel = [dict(person_id=person_id(person), seat="PANEL_SEAT_" + seat) for person, seat in PANEL]
        self.say(*(officer("snv-officer", "appraisal.SetPanel", self.case(d), dict(panel=panel))
                   for d in self.filed))

    def opinions(self):
        due = dict(date=date_of("2020-02-20"), inclusive=True, utc_offset_minutes=420)
        self.say(*(officer("snv-officer", "appraisal.RequestOpinions", self.case(d), dict(
            agency_ids=[agency_id("stc"), agency_id("skhdt")], due=due)) for d in self.filed))
        self.be("2020-02-12 08:00")
        for person, verdict, words in (
                ("stc-expert", "SUPPORT", "Thống nhất về sự cần thiết; kinh phí bố trí trong dự toán năm 2020."),
                ("skhdt-expert", "COMMENT", "Đề nghị làm rõ phương án duy trì sau khi hoàn thiện.")):
            agency = OFFICERS[person][0]
            self.say(*(officer(person, "appraisal.GiveOpinion", self.case(d), dict(
                dossier_version=self.version(d), verdict="VERDICT_" + verdict, opinion=words,
                document=document("DISPATCH", f"MAU-{d.entry.code[-2:]}/{agency.upper()}", "2020-02-12", agency)))
                for d in self.filed if (d.entry.code, person) != (SILENT, "skhdt-expert")))

    def conclude(self, dossier, expect="", nth=""):
        is_recommended = dossier.entry.code != NOT_RECOMMENDED
        return officer("snv-chair", "appraisal.Conclude", self.case(dossier), dict(
            dossier_version=self.version(dossier), votes_for=5 if is_recommended else 2,
            outcome="OUTCOME_RECOMMEND_BOTH" if is_recommended else "OUTCOME_NOT_RECOMMENDED",
            scope="SCOPE_PROVINCE" if dossier.form == "SCHEME" else "SCOPE_LOCALITY",
            recommended_ceiling_vnd=dossier.recommended_vnd, secretary_id=person_id("snv-secretary"),
            minutes=document("MINUTES", f"MAU-{dossier.entry.code[-2:]}/BB", "2020-02-18")), expect=expect, nth=nth)

    def reports(self):
        self.be("2020-02-18 08:00")
        silent = [d for d in self.filed if d.entry.code == SILENT]
        self.say(*(self.conclude(d) for d in self.filed if d.entry.code != SILENT))
        self.say(*(self.conclude(d, expect="OPINIONS_OUTSTANDING") for d in silent))
        self.be("2020-02-21 08:00")  # the time for opinions is over: silence no longer holds it up
        self.say(*(self.conclude(d, nth="2") for d in silent))
        self.be("2020-02-25 08:00")
        self.say(*(officer("snv-officer", "appraisal.IssueReport", self.case(d), dict(
            report=document("REPORT", f"MAU-{d.entry.code[-2:]}/BC-SNV", "2020-02-25"))) for d in self.filed))
        self.ear.wait("funding.RecommendationNoted", "dossier_id", [d.id for d in self.filed])

    # ------------------------------------------------------------- March to June: the money

    @staticmethod
    def funding(dossier):
        return derive("funding", dossier.entry.code)

    def proposal(self, dossier, number=1):
        """The fields of ProposeFunding, the text that everybody signs."""
        limit = dossier.recommended_vnd if number == 1 else COUNTER_VND
        lines = within(dossier.lines, limit)
        return dict(lines=lines, total_vnd=sum(line["amount_vnd"] for line in lines), justification=(
            f"Hỗ trợ hoàn thiện mô hình, sáng kiến {dossier.entry.code}, bản thứ {number}."))

    def latest(self, dossier):
        number = 2 if dossier.entry.code == DISAGREED else 1
        return number, self.proposal(dossier, number)

    def digest(self, fields):
        body = self.stack.words["funding.ProposeFunding"](**fields)
        return hashlib.sha256(body.SerializeToString()).digest()

    def open_cases(self):
        self.be("2020-03-02 08:00")
        self.say(officer("ubnd-vice-chair", "funding.SetCeiling", CEILING, dict(
            budget_source="Ngân sách tỉnh", fiscal_year=YEAR, amount_vnd=CEILING_VND,
            document=document("DECISION", "MAU-03/QĐ-UBND", "2020-02-28", "ubnd-tinh"))))
        self.say(*(officer("snv-officer", "funding.OpenFundingCase", self.funding(d), dict(
            dossier_id=d.id, purpose="PURPOSE_COMPLETION", fiscal_year=YEAR, ceiling_id=CEILING,
            beneficiary_kind="BENEFICIARY_KIND_AGENCY", beneficiary_id=agency_id(d.entry.agency),
            budget_unit_agency_id=agency_id(d.entry.agency), budget_unit_code=f"10{int(d.entry.code[-2:]):05}"))
            for d in self.funded))
        self.say(*(officer("snv-officer", "funding.ProposeFunding", self.funding(d), self.proposal(d), nth="1")
                   for d in self.funded))

    def sign(self, dossier, person, number=1, verdict="AGREE", nth="", expect="", **more):
        party = "HOME_AFFAIRS" if person == "snv-director" else "FINANCE"
        return officer(person, "funding.SignOff", self.funding(dossier), dict(
            party="PARTY_" + party, verdict="VERDICT_" + verdict, proposal_version=number,
            digest=self.digest(self.proposal(dossier, number)), **more), nth=f"{number}{nth}", expect=expect)

    def signed_off(self):
        self.be("2020-03-09 08:00")
        self.say(*(self.sign(d, "snv-director") for d in self.funded))
        self.be("2020-03-12 08:00")
        self.say(*(self.sign(d, "stc-director") for d in self.funded
                   if d.entry.code not in (DISAGREED, NO_ROOM)))

    def disagreed(self):
        dossier, = (d for d in self.funded if d.entry.code == DISAGREED)
        self.say(self.sign(dossier, "stc-director", verdict="DISAGREE", counter_amount_vnd=COUNTER_VND,
                           reason="Giảm số ki-ốt và số lớp tập huấn; mức hỗ trợ phù hợp là 480.000.000 đồng."))
        self.be("2020-03-16 08:00")
        self.say(officer("snv-officer", "funding.ProposeFunding", self.funding(dossier),
                         self.proposal(dossier, 2), nth="2"))
        self.say(self.sign(dossier, "snv-director", 2))
        self.say(self.sign(dossier, "stc-director", 2))

    def no_room(self):
        self.be("2020-03-18 08:00")
        dossier, = (d for d in self.funded if d.entry.code == NO_ROOM)
        self.say(self.sign(dossier, "stc-director", expect="CEILING_EXCEEDED"))

    def withdrawn(self):
        self.be("2020-03-20 08:00")
        gone, = (d for d in self.funded if d.entry.code == WITHDRAWN)
        short, = (d for d in self.funded if d.entry.code == NO_ROOM)
        agency = gone.entry.agency
        self.say(Message(agency, f"{agency}-head", "submissions.WithdrawEntry", gone.id, dict(
            reason="Đơn vị lồng ghép nội dung vào đề án khác, không đề nghị hỗ trợ.")))
        self.ear.wait("funding.FundingWithdrawn", "funding_case_id", [self.funding(gone)])
        self.say(self.sign(short, "stc-director", nth=" again"))

    def decided(self):
        self.be("2020-04-06 08:00")
        agreed = [d for d in self.funded if d.entry.code != WITHDRAWN]
        submission = document("SUBMISSION", "MAU-04/TTr-SNV", "2020-04-03")
        current = {d.id: self.latest(d) for d in agreed}
        text = {key: dict(proposal_version=n, digest=self.digest(p)) for key, (n, p) in current.items()}
        self.say(*(officer("snv-officer", "funding.SubmitToAuthority", self.funding(d), dict(
            text[d.id], submission=submission)) for d in agreed))
        self.be("2020-04-20 08:00")
        for d in agreed:
            decision = document("DECISION", f"MAU-{d.entry.code[-2:]}/QĐ-UBND", "2020-04-20", "ubnd-tinh")
            ruling = dict(ruling="RULING_APPROVE", amount_vnd=self.approved_vnd(d))
            if d.entry.code == REJECTED:
                ruling = dict(ruling="RULING_REJECT", reason="Nhiệm vụ thường xuyên, đã có trong dự toán của đơn vị.")
            self.say(officer("ubnd-vice-chair", "funding.Decide", self.funding(d), dict(
                text[d.id], decision=decision, **ruling)))

    def approved_vnd(self, dossier):
        return LESS_VND if dossier.entry.code == LESS else self.latest(dossier)[1]["total_vnd"]

    def approved(self):
        return [d for d in self.funded if d.entry.code not in (WITHDRAWN, REJECTED)]

    def allotted(self):
        self.be("2020-05-11 08:00")
        self.say(*(officer("stc-accountant", "funding.Allot", self.funding(d), dict(
            amount_vnd=self.approved_vnd(d), allotment_method="ALLOTMENT_METHOD_SUPPLEMENTARY_ESTIMATE",
            document=document("DECISION", f"MAU-{d.entry.code[-2:]}/QĐ-STC", "2020-05-11", "stc")))
            for d in self.approved()))

    def disbursed(self):
        self.be("2020-06-15 08:00")

        def pay(dossier, nth, kind, amount_vnd, expect=""):
            return officer("kbnn-teller", "funding.RecordDisbursement", self.funding(dossier), dict(
                disbursement_kind="DISBURSEMENT_KIND_" + kind, amount_vnd=amount_vnd, treasury_office="KBNN-KH",
                voucher_year=YEAR, voucher_number=f"MAU-{dossier.entry.code[-2:]}-{nth}"), nth=nth, expect=expect)

        amounts = {d.id: self.approved_vnd(d) for d in self.approved()}
        paid = self.say(*(pay(d, "1", "ADVANCE", amounts[d.id] * 3 // 10) for d in self.approved()))
        self.say(*(pay(d, "2", "PAYMENT", amounts[d.id] - amounts[d.id] * 3 // 10)
                   for d in self.approved() if d.entry.code != NO_ROOM))  # which is not finished yet
        self.say(pay(self.approved()[0], "3", "PAYMENT", 1_000_000, expect="ABOVE_ALLOTTED"))
        self.ear.wait("submissions.EntryPaid", "entry_id", [d.id for d in self.approved()])
        self.last_position = max(position for reply in paid for position in reply.positions)

    def not_over(self):
        """Money that was granted is accounted for later; the district's contest is over."""
        self.be("2020-06-30 08:00")
        self.say(officer("snv-officer", "submissions.ArchiveEdition", self.local.edition))
        self.say(officer("snv-officer", "submissions.ArchiveEdition", EDITION, expect="OPEN_CASES"))

    PHASES = (
        *Competition.PHASES,
        ("follow-up: {dossiers} dossiers are owed, before 31/01/2020", dossiers_required),
        ("{filed} dossiers arrive in time", dossiers_in),
        ("one is returned, and cured", returned_and_cured),
        ("one comes at midnight of 31/01/2020, and is refused", too_late),
        ("{filed} dossiers accepted", accepted),
        ("appraisal: panels", panels),
        ("appraisal: opinions of Finance and of Planning", opinions),
        ("appraisal: conclusions and reports; one waits for a silent agency", reports),
        ("ceiling of 2020, {funded} funding cases, {funded} proposals", open_cases),
        ("Home Affairs and Finance sign off", signed_off),
        ("Finance disagrees with one: second round at its counter-amount", disagreed),
        ("the last sign-off of one finds no room under the ceiling", no_room),
        ("one entry is withdrawn after agreement; its money makes room", withdrawn),
        ("the People's Committee decides: {approved} approved, one of them for less; 1 rejected", decided),
        ("Finance allots", allotted),
        ("the Treasury pays; one payment above the allotment is refused", disbursed),
        ("the district's contest is archived; the province's is not, while anything of it is open", not_over),
    )

    def counts(self):
        """What the phases' titles say in numbers."""
        province = self.province
        return {"agencies": len(province.agencies), "entries": len(province.entries),
                "entrants": len(province.entrants), "finalists": len(self.finalists), "judges": len(judging.JUDGES),
                "dossiers": len(province.dossiers), "filed": len(self.filed), "funded": len(self.funded),
                "approved": len(self.approved())}

    def run(self):
        count, counts = len(self.PHASES), self.counts()
        for number, (title, work) in enumerate(self.PHASES, 1):
            self.teller.phase(number, count, title.format(**counts), lambda: work(self))
        summary.show(self)


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__.split("\n\n", 1)[1].strip())
        return 0 if sys.argv[1:] in (["-h"], ["--help"]) else 2
    contest = Contest(Stack(sys.argv[1]))
    try:
        contest.run()
    except (StackError, StoryError, TimeoutError) as error:
        print(f"contest.py: {error}", file=sys.stderr)
        return 1
    finally:
        contest.teller.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
