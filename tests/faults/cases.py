"""tests/faults/cases.py - what clients have in mind: stories that go on as answers come in.

A story is a generator. It yields what somebody says next and is given the reply; how often it must be sent, and what
breaks meanwhile, is not its business. Every command of the chain occurs, and wrong ones between them.
"""
import hashlib

import chain
import zmq
from judging import Judging
from sangkien_client import uuid7
from steps import by, direct, must, say, tomorrow, when_heard

MILLION = chain.MILLION
FORGOTTEN = 0.2  # of all dossiers: nobody hands them in
CEILINGS, DIRECTED, FOUNDED = 0.05, 0.05, 0.03  # of all stories
JUDGED = 0.3  # of all stories, as long as there are contests
OPENED = 0.05  # of all new programmes: every agency that there is gets a mail


class Cases:
    """Stories of one world; `rng` decides which way each one goes."""

    def __init__(self, world, rng, edition, ceilings, contests=()):
        self.world, self.rng, self.edition, self.ceilings = world, rng, edition, ceilings
        self.contests = list(contests)  # that wait to be judged

    def chance(self, share):
        return self.rng.random() < share

    # ------------------------------------------------------------- an entry, from draft to money

    def entry(self):
        world, entry, amount = self.world, uuid7(), self.rng.randrange(2, 50) * 2 * MILLION
        yield from must(say("clerk", "submissions.CreateEntry", chain.draft(world, self.edition), entry))
        if self.chance(0.1):
            yield say("other_clerk", "submissions.SubmitEntry", {}, entry)  # not theirs
        yield from must(say("head", "submissions.SubmitEntry", {}, entry))
        if self.chance(0.1):
            yield say("clerk", "submissions.WithdrawEntry", {"reason": "Rút bài dự thi."}, entry)
            return
        yield from must(say("standing", "submissions.RegisterEntry", {"entry_code": f"MS-{uuid7()[-12:]}"}, entry))
        reaches = self.chance(0.8)
        yield from must(say("standing", "submissions.RecordFinalResult", {
            "score_centi": 9000 if reaches else 5000, "reached_final": reaches,
            "award": "AWARD_FIRST" if reaches else "AWARD_UNSPECIFIED",
            "document": world.document(kind="REPORT")}, entry))
        if reaches:
            yield from self.dossier(entry, amount)

    def dossier(self, entry, amount):
        world = self.world
        if self.chance(FORGOTTEN):
            yield from must(say("standing", "submissions.RequireDossier", {"due": tomorrow(world.stack)}, entry))
            return
        yield from must(say("standing", "submissions.RequireDossier", {"due": by(12, 31)}, entry))
        version = 1
        yield from must(say("head", "submissions.SubmitDossier", chain.dossier_body(world, amount), entry))
        if self.chance(0.3):
            yield from must(say("standing", "submissions.ReturnDossier", {
                "dossier_version": 1, "reason": "Thiếu dự toán.", "cure": by(11, 30)}, entry))
            yield from must(say("head", "submissions.SubmitDossier", chain.dossier_body(world, amount), entry))
            version = 2
        yield from must(say("standing", "submissions.AcceptDossier", {"dossier_version": version}, entry))
        if self.chance(0.05):
            yield say("head", "submissions.WithdrawEntry", {"reason": "Rút sau khi nộp hồ sơ."}, entry)
            return
        yield from self.appraisal(entry, version, amount)

    def appraisal(self, entry, version, amount):
        world, case = self.world, uuid7()
        yield from when_heard(say("standing", "appraisal.OpenAppraisal",
                                  {"dossier_id": entry, "dossier_version": version}, case))
        yield from must(say("standing", "appraisal.SetPanel", {"panel": [
            {"person_id": world.person("chair"), "seat": "PANEL_SEAT_CHAIR"},
            {"person_id": world.person("secretary"), "seat": "PANEL_SEAT_SECRETARY"},
            {"person_id": world.person("member"), "seat": "PANEL_SEAT_MEMBER"}]}, case))
        yield from must(say("standing", "appraisal.RequestOpinions", {
            "agency_ids": [world.agencies["science"]], "due": by(1, 1)}, case))
        yield from must(say("member", "appraisal.GiveOpinion", {
            "dossier_version": version, "verdict": "VERDICT_SUPPORT", "opinion": "Đồng ý.",
            "document": world.document(kind="DISPATCH")}, case))
        yield from must(say("chair", "appraisal.Conclude", {
            "dossier_version": version, "outcome": "OUTCOME_RECOMMEND_BOTH", "scope": "SCOPE_PROVINCE",
            "recommended_ceiling_vnd": amount, "votes_for": 3, "secretary_id": world.person("secretary"),
            "minutes": world.document(kind="MINUTES")}, case))
        yield from must(say("standing", "appraisal.IssueReport", {"report": world.document(kind="REPORT")}, case))
        yield from self.funding(entry, amount)

    # ------------------------------------------------------------- money

    def funding(self, entry, amount):
        world, case = self.world, uuid7()
        ceiling = self.rng.choice(self.ceilings)
        yield from when_heard(say("standing", "funding.OpenFundingCase", chain.case_body(world, entry, ceiling),
                                  case))
        for version in (1, 2):
            body, digest = chain.proposal(world, amount)
            yield from must(say("standing", "funding.ProposeFunding", body, case))
            yield from self.wrong_signoffs(case, version, digest)
            if version == 1 and self.chance(0.2):
                yield from must(say("finance_signer", "funding.SignOff", chain.signoff(
                    "FINANCE", digest, verdict="DISAGREE", reason="Vượt định mức.",
                    counter_amount_vnd=amount // 2), case))
                amount = amount // 2
                continue
            break
        parties = [("home_signer", "HOME_AFFAIRS"), ("finance_signer", "FINANCE")]
        self.rng.shuffle(parties)
        for who, party in parties:
            reply = yield say(who, "funding.SignOff", chain.signoff(party, digest, version), case)
            if not reply.ok:  # no room under the ceiling
                assert reply.reason == "CEILING_EXCEEDED", reply
                yield say("standing", "funding.ReviseProposal", {"reason": "Không còn kinh phí."}, case)
                return
        yield from must(say("standing", "funding.SubmitToAuthority", {
            "proposal_version": version, "digest": digest, "submission": world.document(kind="SUBMISSION")}, case))
        yield from self.decision(entry, case, version, digest, amount)

    def wrong_signoffs(self, case, version, digest):
        """Another text; for the other party; twice."""
        other = hashlib.sha256(digest).digest()
        if self.chance(0.3):
            yield say("home_signer", "funding.SignOff", chain.signoff("HOME_AFFAIRS", other, version), case)
        if self.chance(0.3):
            yield say("home_signer", "funding.SignOff", chain.signoff("FINANCE", digest, version), case)
        if self.chance(0.1):
            yield say("standing", "funding.SignOff", chain.signoff("HOME_AFFAIRS", digest, version), case)

    def decision(self, entry, case, version, digest, amount):
        world = self.world
        if self.chance(0.2):
            yield say("authority", "funding.Decide",
                      chain.approval(world, digest, amount * 2, proposal_version=version), case)
        if self.chance(0.1):
            yield from must(say("authority", "funding.Decide", {
                "ruling": "RULING_REJECT", "proposal_version": version, "digest": digest,
                "reason": "Đã có trong dự toán.", "decision": world.document()}, case))
            return
        granted = amount if self.chance(0.8) else amount // 2
        yield from must(say("authority", "funding.Decide",
                            chain.approval(world, digest, granted, proposal_version=version), case))
        yield from must(say("accountant", "funding.Allot", chain.allotment(world, granted), case))
        if self.chance(0.2):
            yield say("accountant", "funding.Allot", chain.allotment(world, granted), case)  # twice the money
        first = granted // 3
        yield from must(say("treasurer", "funding.RecordDisbursement", chain.disbursement(first), case))
        if self.chance(0.2):
            yield say("treasurer", "funding.RecordDisbursement", chain.disbursement(granted), case)  # too much
        yield from must(say("treasurer", "funding.RecordDisbursement", chain.disbursement(granted - first), case))
        if self.chance(0.2):
            yield say("head", "submissions.WithdrawEntry", {"reason": "Rút khi tiền đã chi."}, entry)

    # ------------------------------------------------------------- who is who

    def directed(self):
        """An agency comes, with a person, a system and a role; some of it goes again."""
        agency, person, code = uuid7(), uuid7(), f"{self.world.programme}-{uuid7()[-12:]}"
        registers = {"name": "Cơ quan mới", "agency_class": "AGENCY_CLASS_DEPARTMENT", "agency_code": code,
                     "level": "AGENCY_LEVEL_PROVINCE", "email": f"{code}@khanhhoa.example"}
        yield from must(direct("RegisterAgency", registers, agency))
        if self.chance(0.2):
            yield direct("RegisterAgency", registers)  # the code is taken
        yield from must(direct("RenameAgency", {"name": "Tên khác", "document": self.world.document()}, agency))
        yield from must(direct("RegisterPerson", {"agency_id": agency, "full_name": "Ông Mới"}, person))
        yield from self.with_a_system(agency)
        yield from self.with_a_role(agency, person)

    def with_a_system(self, agency):
        system = uuid7()
        registers = {"agency_id": agency, "name": "Hệ thống mới", "public_key": zmq.curve_keypair()[0].decode()}
        yield from must(direct("RegisterSystem", registers, system))
        if self.chance(0.2):
            yield direct("RegisterSystem", registers)  # the key is taken
        if self.chance(0.5):
            yield from must(direct("RevokeSystem", {"reason": "Khóa bị lộ."}, system))

    def with_a_role(self, agency, person):
        binding, binds = uuid7(), {"role": "ROLE_CLERK", "agency_id": agency, "programme": self.world.programme}
        if self.chance(0.2):
            yield direct("BindRole", {**binds, "person_id": self.world.person("clerk")})  # of another agency
        yield from must(direct("BindRole", {**binds, "person_id": person}, binding))
        yield from must(direct("EndRole", {"reason": "Chuyển công tác."}, binding))
        if self.chance(0.2):
            yield direct("EndRole", {"reason": "Một lần nữa."}, binding)

    def founded(self):
        """A programme of its own, with an edition that may take an entry."""
        programme, edition = f"{self.world.programme}-{uuid7()[-12:]}", uuid7()
        for name, role in (("owner", "OWNER"), ("standing", "STANDING"), ("clerk", "CLERK")):
            yield from must(direct("BindRole", {
                "role": "ROLE_" + role, "programme": programme, "person_id": self.world.person(name),
                "agency_id": self.world.agencies[self.world.officers[name].agency]}))
        founds = {"name": "Chương trình mới", "utc_offset_minutes": 420}
        yield from must(say("owner", "submissions.CreateProgramme", founds, programme=programme))
        if self.chance(0.2):
            yield say("owner", "submissions.CreateProgramme", founds, programme=programme)  # it is there
        creates = {"ordinal": 1, "year": 2019, "name": "Hội thi", "judged_elsewhere": True, "threshold_centi": 7000,
                   "maximum_centi": 10000, "document": self.world.document(kind="PLAN")}
        yield from must(say("standing", "submissions.CreateEdition", creates, edition, programme=programme))
        if self.chance(0.2):
            yield say("standing", "submissions.CreateEdition", creates, programme=programme)  # the number is taken
        yield from must(say("owner", "submissions.PublishEdition", {}, edition, programme=programme))
        if self.chance(OPENED):
            yield from must(say("standing", "submissions.OpenRegistration", {}, edition, programme=programme))
            yield from must(say("clerk", "submissions.CreateEntry", chain.draft(self.world, edition),
                                programme=programme))

    def drafting(self):
        """Nothing but new entries, of which nobody but submissions takes notice."""
        for _ in range(20):
            yield from must(say("clerk", "submissions.CreateEntry", chain.draft(self.world, self.edition), uuid7()))

    def rivalling(self):
        """Entries that want codes which others may have: only the database knows."""
        for _ in range(2):
            entry = uuid7()
            yield from must(say("clerk", "submissions.CreateEntry", chain.draft(self.world, self.edition), entry))
            yield from must(say("head", "submissions.SubmitEntry", {}, entry))
            for _ in range(9):
                yield say("standing", "submissions.RegisterEntry", {"entry_code": f"MS-{self.rng.randrange(20)}"}, entry)

    def founding(self):
        """Nothing but programmes and who is who."""
        return self.founded() if self.chance(0.3) else self.directed()

    # ------------------------------------------------------------- beside

    def ceiling(self):
        """Raised and lowered under those who draw on it; below what is taken it must not go."""
        ceiling = self.rng.choice(self.ceilings)
        for _ in range(4):
            yield say("finance_signer", "funding.SetCeiling", {
                "budget_source": "Nguồn " + ceiling, "fiscal_year": 2020, "document": self.world.document(),
                "amount_vnd": self.rng.randrange(1, 8) * 100 * MILLION}, ceiling)._replace(wait=1.0)

    def any(self):
        if self.contests and self.chance(JUDGED):
            return Judging(self.world, self.rng, self.contests.pop()).story()
        for share, story in ((CEILINGS, self.ceiling), (DIRECTED, self.directed), (FOUNDED, self.founded)):
            if self.chance(share):
                return story()
        return self.entry()
