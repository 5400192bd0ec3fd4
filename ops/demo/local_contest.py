"""ops/demo/local_contest.py - a district holds a contest of its own, and its winner goes on to the province.

Experts of the province judge there: nobody of the district may judge what the district entered.
"""
import judging
from province import derive, document
from rounds import Council, Round, check
from story import officer

AGENCY, CLERK, HEAD, PROMOTED = "kv", "kv-clerk", "kv-head", "CCHC4-23"
CHAIR, MEMBERS = "stp-expert", ["stc-expert", "vp-expert"]
FINAL = "cham-diem"
CRITERIA = (("tinh-moi", "Tính mới", 5000), ("hieu-qua", "Hiệu quả", 5000))
COST_VND = 9_500_000


def rules():
    province = judging.rules()
    return dict(
        subject=province["subject"], legal_basis=[document("PLAN", "MAU-01/KH-UBND", "2019-03-08", AGENCY)],
        registration="Các phòng, ban, xã, thị trấn đăng ký tại Phòng Nội vụ huyện.",
        opens=judging.until("2019-03-15"), closes=judging.until("2019-03-31", inclusive=True),
        eligibility=province["eligibility"],
        rounds=[dict(judging.round_rules(FINAL, "Chấm điểm", "FINAL", [judging.part(
            "bai-du-thi", "Bài dự thi", "WRITTEN", 10000, [judging.criterion(*c) for c in CRITERIA])],
            is_blind=True, top_entries=1, every_place_counts=True), min_members=3, min_sheets=3)],
        prizes=[dict(award="AWARD_FIRST", quota=1)])


class LocalContest:
    promoted = PROMOTED

    def __init__(self, competition):
        self.competition, self.entries = competition, competition.province.local_entries
        self.edition = derive("edition", AGENCY, "1")
        self.council = Council(competition.teller, self.edition, CLERK, CHAIR, CLERK, MEMBERS)
        self.round = Round(self.council, FINAL)

    def origin(self):
        """What CreateEntry says of where it comes from."""
        return dict(promoted_from_id=self.entries[0].id, promoted_from_edition_id=self.edition)

    def tell(self):
        self.published()
        self.entered()
        self.judged()

    def say(self, person, type, body=None, subject="", **more):
        return self.competition.say(officer(person, "submissions." + type, subject or self.edition, body, **more))

    def published(self):
        self.competition.be("2019-03-11 08:00")
        self.say(CLERK, "CreateLocalEdition", dict(
            parent_edition_id=derive("edition", "4"), ordinal=1, planned_cost_vnd=12_000_000,
            name="Hội thi sáng kiến cải cách hành chính huyện Khánh Vĩnh - năm 2019",
            document=document("PLAN", "MAU-01/KH-UBND", "2019-03-08", AGENCY),
            met_items=[item["code"] for item in judging.rules()["local_terms"]["checklist"]]))
        self.say(CLERK, "SetEditionRules", dict(rules=rules()))
        self.say(HEAD, "PublishEdition", dict(rules_version=2, programme_rules_version=1))

    def entered(self):
        ear, ids = self.competition.ear, [e.id for e in self.entries]
        self.competition.be("2019-03-15 00:00")
        ear.wait("submissions.RegistrationOpened", "edition_id", [self.edition])
        self.competition.be("2019-03-20 08:00")
        self.competition.say(*(self.competition.create(e, edition=self.edition) for e in self.entries))
        self.competition.say(*(self.competition.hand_in(e) for e in self.entries))
        self.competition.be("2019-04-01 00:00")
        ear.wait("submissions.RegistrationClosed", "edition_id", [self.edition])
        for entry in self.entries:
            self.say(CLERK, "RegisterEntry", dict(entry_code=entry.code), entry.id)
        ear.wait("appraisal.ContenderNoted", "entry_id", ids)
        ear.wait("appraisal.ContestClosed", "edition_id", [self.edition])
        self.say(CLERK, "ConfirmEntrants")
        ear.wait("appraisal.ContestEntrantsConfirmed", "edition_id", [self.edition])

    def judged(self):
        self.competition.be("2019-04-02 08:00")
        self.council.constitute(document("DECISION", "MAU-01/QĐ-UBND", "2019-04-01", AGENCY))
        self.council.declare({})
        sheets = self.round.begin(self.entries, judging.until("2019-04-12", inclusive=True))
        self.round.lock(sheets, {
            (judge, e.id): [dict(part="bai-du-thi", criterion=code, score_centi=total // 2) for code, *_ in CRITERIA]
            for e in self.entries
            for judge, total in judging.totals(e, e.score_centi, self.council.judges).items()})
        ranking, digest = self.round.ranking(self.round.propose(
            document("MINUTES", "MAU-05/BB-HDGK", "2019-04-12", AGENCY)))
        check("the scores of the district", [(x.entry_code, x.score_centi) for x in ranking.lines] ==
              [(e.code, e.score_centi) for e in self.entries])
        self.competition.be("2019-04-15 08:00")
        self.round.confirm(digest)
        self.competition.ear.wait("submissions.EntryPlaced", "entry_id", [e.id for e in self.entries])
        self.council.close_judging(HEAD, document("REPORT", "MAU-08/BC-HDGK", "2019-04-15", AGENCY))
        self.competition.ear.wait("submissions.JudgingEnded", "edition_id", [self.edition])
        report = document("REPORT", "MAU-09/BC-UBND", "2019-04-22", AGENCY)
        self.competition.be("2019-04-22 08:00")
        self.say(HEAD, "ConfirmResults", dict(document=report, ranking_digest=digest, prizewinners=[
            dict(entry_id=e.id, award="AWARD_" + e.award) for e in self.entries]))
        self.say(HEAD, "PublishResults")
        self.say(CLERK, "ReportLocalResults", dict(cost_vnd=COST_VND, document=report))
