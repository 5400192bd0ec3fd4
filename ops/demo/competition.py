"""ops/demo/competition.py - 2019: from the edition's rules to the prizes. Entries come in, judges give points, and two
rounds are ranked.

The results are not told to the system: they are what its judges' sheets come to, and are compared with the known ones.
"""
import dataclasses
import sys

import judging
from local_contest import LocalContest
from province import Province, agency_id, date_of, derive, document, invented_name, person_id
from rounds import Council, Round, check
from story import Ear, Message, Teller, officer

EDITION = derive("edition", "4")
# What befalls whom.
REDRAFTED, SENT_BACK, COPIED, TOO_LATE, MISTYPED = "CCHC4-14", "CCHC4-20", "CCHC4-04", "CCHC4-17", "CCHC4-51"
MISTYPING = "kbnn-expert"  # whose sheet is reopened
THRESHOLD_CENTI, BEST, TIED = 7500, "CCHC4-14", ("CCHC4-37", "CCHC4-51")
STAFF = {"PUBLIC_SERVICE_UNIT": "PUBLIC_EMPLOYEE", "SOCIO_POLITICAL": "UNION_MEMBER"}
WAITED_FOR = ("submissions.RegistrationOpened", "submissions.RegistrationClosed", "appraisal.ContenderNoted",
              "appraisal.ContestClosed", "appraisal.ContestEntrantsConfirmed", "submissions.JudgingEnded",
              "submissions.EntryReachedFinal", "submissions.EntryPlaced",
              "appraisal.DossierNoted", "funding.RecommendationNoted", "funding.FundingWithdrawn",
              "submissions.DossierOverdue", "submissions.EntryPaid")


def minutes(symbol, day):
    return document("MINUTES", symbol, day)


def operator(type, subject, body, nth=""):
    return Message("operator", "", type, subject, body, programme="directory", nth=nth)


class Competition:
    def __init__(self, stack, out=sys.stdout):
        self.stack, self.out = stack, out
        self.province, self.teller = Province(), Teller(stack, out)
        self.say, self.be = self.teller.say, self.teller.be
        self.ear = self.final_digest = None
        self.local = LocalContest(self)
        self.council = Council(self.teller, EDITION, "snv-officer", judging.CHAIR, judging.SECRETARY, judging.MEMBERS)
        self.preliminary, self.final = (Round(self.council, code) for code in (judging.PRELIMINARY, judging.FINAL))
        self.finalists = judging.final_order(self.province.entries)
        self.staff_of = {row["code"]: STAFF.get(row["class"], "CIVIL_SERVANT") for row in self.province.agencies}

    def entry(self, code):
        return next(e for e in self.province.entries if e.code == code)

    # ------------------------------------------------------------- who is there

    def agencies(self):
        done, left = {""}, self.province.agencies
        while left:  # an agency comes after the one above it
            now = [row for row in left if row["parent_code"] in done]
            self.say(*(operator("directory.RegisterAgency", agency_id(row["code"]),
                                self.province.register_agency(row)) for row in now))
            done.update(row["code"] for row in now)
            left = [row for row in left if row["code"] not in done]

    def people(self):
        agency_of = self.province.agency_of
        self.say(*(operator("directory.RegisterPerson", person_id(person), dict(
            agency_id=agency_id(agency), full_name=invented_name(person))) for person, agency in agency_of.items()))
        self.say(*(operator("directory.BindRole", derive("binding", person, role), dict(
            role="ROLE_" + role, agency_id=agency_id(agency_of[person]), person_id=person_id(person),
            programme="khanhhoa-cchc")) for person, role in self.province.roles))

    def systems(self):
        self.say(*(operator("directory.RegisterSystem", derive("system", code), dict(
            agency_id=agency_id(code), name=f"Hệ thống quản lý văn bản ({code})",
            public_key=self.stack.public_key(code))) for code in self.province.systems))
        for code in self.province.systems:  # the door learns keys from the journal, within a moment
            self.teller.ask(code, "directory.GetAgency", agency_id(code), programme="directory")

    # ------------------------------------------------------------- March to June: rules and entries

    def edition(self):
        self.be("2019-03-04 08:00")
        plan = document("PLAN", "MAU-02/KH-UBND", "2019-03-01", "ubnd-tinh", "Kế hoạch tổ chức cuộc thi (mẫu)")
        self.say(officer("vp-owner", "submissions.CreateProgramme", derive("programme"), dict(
            name="Cuộc thi Mô hình, sáng kiến cải cách hành chính của công chức, viên chức trẻ",
            utc_offset_minutes=420)))
        self.say(officer("vp-owner", "submissions.SetProgrammeRules", derive("programme"), dict(rules=dict(
            jurisdiction="Cơ quan, đơn vị của tỉnh Khánh Hòa", language="vi", time_zone="Asia/Ho_Chi_Minh",
            utc_offset_minutes=420, currency="VND", legal_basis=[dict(document=document(
                "DECISION", "MAU-01/QĐ-UBND", "2016-01-15", "ubnd-tinh", "Quy chế cuộc thi (mẫu)"),
                valid_from=date_of("2016-02-01"))]))))
        self.say(officer("snv-officer", "submissions.CreateEdition", EDITION, dict(
            ordinal=4, year=2019, name="Lần thứ 4 - năm 2019", document=plan)))
        self.say(officer("snv-officer", "submissions.SetEditionRules", EDITION, dict(rules=judging.rules())))
        self.say(officer("vp-owner", "submissions.PublishEdition", EDITION, dict(
            rules_version=1, programme_rules_version=1)))
        self.ear = Ear(self.teller.client("snv"), *WAITED_FOR)

    def local_contest(self):
        self.local.tell()

    def opened(self):
        self.be("2019-05-02 00:00")
        self.ear.wait("submissions.RegistrationOpened", "edition_id", [EDITION])

    def content(self, entry, summary=""):
        """What CreateEntry and ReviseEntry have in common."""
        return dict(
            entry_kind="ENTRY_KIND_" + entry.entry_kind, title=entry.title,
            summary=summary or f"Dữ liệu mẫu, không phải bài dự thi thật. {entry.title}.",
            authors=[dict(person_id=person_id(a), share_bp=10000 // len(entry.authors),
                          staff_kind="STAFF_KIND_" + self.staff_of[entry.agency]) for a in entry.authors],
            declarations=[dict(person_id=person_id(a), born_on=judging.born_on(a)) for a in entry.authors],
            co_entrants=[dict(agency_id=agency_id(code)) for code in entry.co_entrants])

    def create(self, entry, summary="", expect="", edition=EDITION, **more):
        return Message(entry.agency, f"{entry.agency}-clerk", "submissions.CreateEntry", entry.id, dict(
            self.content(entry, summary), edition_id=edition, team=entry.team, **more), expect=expect)

    def revise(self, entry):
        return Message(entry.agency, f"{entry.agency}-clerk", "submissions.ReviseEntry", entry.id, self.content(entry))

    @staticmethod
    def hand_in(entry, nth=""):
        return Message(entry.agency, f"{entry.agency}-head", "submissions.SubmitEntry", entry.id, nth=nth)

    @staticmethod
    def join(entry, draft=1):
        """Every agency that is named beside the entrant agency agrees to that draft."""
        return [Message(code, f"{code}-head", "submissions.JoinEntry", entry.id, dict(draft=draft), nth=str(draft))
                for code in entry.co_entrants]

    def copy(self):
        """The same idea once more, from another team of its agency."""
        entry = self.entry(COPIED)
        return dataclasses.replace(entry, code=f"{entry.code}-2", team="Đội 2", title=entry.title.upper())

    def entries_in(self):
        self.be("2019-05-20 08:00")
        entries = [*self.province.entries, self.copy()]
        drafts = {REDRAFTED: "Bản nháp đầu tiên.", SENT_BACK: "Tóm tắt sẽ bổ sung sau."}
        origins = {self.local.promoted: self.local.origin()}
        self.say(*(self.create(e, drafts.get(e.code, ""), **origins.get(e.code, {})) for e in entries))
        self.say(self.revise(self.entry(REDRAFTED)))
        self.say(*(m for e in entries for m in self.join(e, 2 if e.code == REDRAFTED else 1)))
        self.say(*(self.hand_in(e) for e in entries))

    def closed(self):
        self.be("2019-06-01 00:00")  # "until 31/05/2019, that day included": the next day's first moment is too late
        self.ear.wait("submissions.RegistrationClosed", "edition_id", [EDITION])
        late = dataclasses.replace(self.entry(TOO_LATE), code=f"{TOO_LATE}-2", team="Đội 2", title=(
            "Hẹn giờ làm thủ tục qua điện thoại cho người dân ở thôn xa"))
        self.say(self.create(late, expect="REGISTRATION_CLOSED"))

    def examined(self):
        self.be("2019-06-03 08:00")
        self.say(officer("snv-officer", "submissions.ReturnEntry", self.entry(SENT_BACK).id, dict(
            faults=["ENTRY_FAULT_INCOMPLETE"], reason="Chưa có phần tóm tắt nội dung; đề nghị bổ sung.",
            cure=judging.until("2019-06-10", inclusive=True))))
        self.say(officer("snv-officer", "submissions.RefuseEntry", self.copy().id, dict(
            fault="ENTRY_FAULT_DUPLICATE", reason="Trùng với bài dự thi khác của chính đơn vị.")))
        self.be("2019-06-07 08:00")
        self.say(self.revise(self.entry(SENT_BACK)))
        self.say(self.hand_in(self.entry(SENT_BACK), nth="2"))
        self.say(*self.join(self.entry(SENT_BACK), 2))

    def entries_registered(self):
        self.be("2019-06-10 08:00")
        self.say(*(officer("snv-officer", "submissions.RegisterEntry", e.id, dict(entry_code=e.code))
                   for e in self.province.entries))
        self.ear.wait("appraisal.ContenderNoted", "entry_id", [e.id for e in self.province.entries])
        self.ear.wait("appraisal.ContestClosed", "edition_id", [EDITION])
        self.say(officer("snv-officer", "submissions.ConfirmEntrants", EDITION))
        self.ear.wait("appraisal.ContestEntrantsConfirmed", "edition_id", [EDITION])

    # ------------------------------------------------------------- June to October: the rounds

    def council_sits(self):
        self.be("2019-06-12 08:00")
        self.council.constitute(document("DECISION", "MAU-03/QĐ-SNV", "2019-06-11", abstract=(
            "Thành lập Hội đồng giám khảo")))
        self.be("2019-06-13 08:00")
        self.council.declare({who: [self.entry(code).id] for code, who in judging.RECUSED.items()})

    def preliminary_scored(self):
        entries = self.province.entries
        self.be("2019-06-17 08:00")
        sheets = self.preliminary.begin(entries, judging.until("2019-07-31", inclusive=True))
        self.be("2019-07-15 08:00")
        right = {(judge, e.id): scores for e in entries for judge, scores in judging.preliminary(e).items()}
        mistyped = MISTYPING, self.entry(MISTYPED).id
        self.preliminary.lock(sheets, {**right, mistyped: judging.split(5770)})

        self.be("2019-08-01 08:00")
        self.preliminary.propose(minutes("MAU-21/BB-HDGK", "2019-08-01"))
        self.preliminary.reopen(sheets[mistyped], "Phiếu lệch xa các phiếu khác; giám khảo xác nhận ghi nhầm điểm.")
        self.say(self.preliminary.sheet_locked(MISTYPING, sheets[mistyped], right[mistyped], nth="2"))

    def preliminary_ranked(self):
        self.be("2019-08-05 08:00")
        proposed = self.preliminary.propose(minutes("MAU-22/BB-HDGK", "2019-08-05"), nth="2")
        ranking, digest = self.preliminary.ranking(proposed)
        self.compare(ranking.lines)
        self.preliminary.confirm(digest, by=judging.SECRETARY, expect="SAME_PERSON")
        self.be("2019-08-06 08:00")
        self.preliminary.confirm(digest)
        self.ear.wait("submissions.EntryReachedFinal", "entry_id", [e.id for e in self.finalists])

    def compare(self, lines):
        """What the sheets came to, with what is known of 2019."""
        through = [line for line in lines if line.advances]
        tied = [line for line in lines if line.score_centi == self.entry(TIED[0]).score_centi]
        check("the scores", {x.entry_code: x.score_centi for x in lines} ==
               {e.code: e.score_centi for e in self.province.entries})
        check("who reaches the final", {x.entry_code for x in through} == {e.code for e in self.finalists})
        check("the threshold", all(x.advances == (x.score_centi >= THRESHOLD_CENTI) for x in lines))
        check("the best one", (lines[0].rank, lines[0].entry_code, lines[0].score_centi) == (1, BEST, 8300))
        check("what parts two of 77.80", [(x.entry_code, x.tie_rule) for x in tied] ==
               [(code, "criterion tinh-moi") for code in TIED] and tied[0].rank + 1 == tied[1].rank)

    def final_judged(self):
        self.be("2019-10-21 08:00")
        sheets = self.final.begin(self.finalists, judging.until("2019-10-25", inclusive=True))
        self.be("2019-10-25 14:00")
        self.final.lock(sheets, {(judge, e.id): scores for place, e in enumerate(self.finalists, 1)
                                 for judge, scores in judging.final(e, place).items()})
        ranking, self.final_digest = self.final.ranking(self.final.propose(minutes("MAU-31/BB-HDGK", "2019-10-25")))
        check("the order of the final", [x.entry_code for x in ranking.lines] == [e.code for e in self.finalists])
        self.final.confirm(self.final_digest)
        self.ear.wait("submissions.EntryPlaced", "entry_id", [e.id for e in self.finalists])

    def results(self):
        self.be("2019-10-28 08:00")
        self.council.close_judging("snv-officer", document("REPORT", "MAU-10/BC-HDGK", "2019-10-25"))
        self.ear.wait("submissions.JudgingEnded", "edition_id", [EDITION])
        self.be("2019-10-29 14:00")
        self.say(officer("vp-owner", "submissions.ConfirmResults", EDITION, dict(
            prizewinners=[dict(entry_id=e.id, award="AWARD_" + e.award) for e in self.finalists],
            ranking_digest=self.final_digest, document=document("REPORT", "2417/BC-SNV", "2019-10-29"))))
        self.be("2019-11-01 08:00")
        self.say(officer("vp-owner", "submissions.PublishResults", EDITION, dict(
            url="https://caicachhanhchinh.khanhhoa.example/cuoc-thi-2019")))

    PHASES = (
        ("{agencies} agencies enter the directory", agencies),
        ("people, and who may do what", people),
        ("systems with keys of their own", systems),
        ("programme khanhhoa-cchc; the rules of edition 4/2019 are published", edition),
        ("Khánh Vĩnh holds a contest of its own, and its winner goes on to the province", local_contest),
        ("registration opens by itself on 02/05/2019", opened),
        ("{entries} entries and a copy of one, from {entrants} agencies; one is drafted anew", entries_in),
        ("registration closes by itself; one comes at midnight, and is refused", closed),
        ("one entry is sent back and mended; the copy is refused", examined),
        ("Home Affairs registers {entries}", entries_registered),
        ("a council of seven; one of them declares a conflict", council_sits),
        ("preliminary: {judges} judges lock their sheets; one is reopened", preliminary_scored),
        ("preliminary: {finalists} of {entries} reach 75 points; a criterion parts two of 77.80", preliminary_ranked),
        ("final: four parts, every place counts", final_judged),
        ("judging is closed; results: ten prizes, and everybody may read them", results),
    )
