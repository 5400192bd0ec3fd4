"""tests/flow/test_editions.py - an edition with rules of its own, seen from outside: it opens by itself, and stays what it was."""
import hashlib

import chain
import pytest
from ctl import Ctl
from sangkien_client import uuid7

CRITERIA = [{"code": "new", "name": "Tính mới", "max_centi": 5000, "step_centi": 50, "weight": 1},
            {"code": "use", "name": "Hiệu quả", "max_centi": 5000, "step_centi": 50, "weight": 1}]


def day(year, month, number, inclusive=False, **more):
    return {"date": {"year": year, "month": month, "day": number}, "inclusive": inclusive, "utc_offset_minutes": 420, **more}


def rules(world, **more):
    """One round, and registration that is open since 2020."""
    final = {"code": "final", "name": "Chung khảo", "stage": "ROUND_STAGE_FINAL", "min_members": 3, "min_sheets": 3,
             "parts": [{"code": "model", "name": "Mô hình", "mode": "PART_MODE_WRITTEN", "weight_bp": 10000,
                        "criteria": CRITERIA}],
             "aggregation": "AGGREGATION_MEAN", "normalisation": "NORMALISATION_NONE", "decimals": 2, "top_entries": 10,
             "every_place_counts": True, "quorum_bp": 5000, "counting_base": "COUNTING_BASE_JUDGES"}
    return {"subject": "Cải cách hành chính", "legal_basis": [world.document(kind="PLAN")],
            "registration": "Qua trục liên thông", "opens": day(2020, 1, 1), "closes": day(2099, 12, 31, True),
            "eligibility": {}, "rounds": [final], "prizes": [{"award": "AWARD_FIRST", "quota": 1}],
            "local_terms": {"cost_cap_vnd": 50_000_000, "max_promotions": 2, "max_contests_per_agency": 2,
                            "checklist": [{"code": "safe", "text": "An toàn"}]}, **more}


def draft(world, ordinal, **more):
    edition = uuid7()
    world.do("standing", "submissions.CreateEdition", {
        "ordinal": ordinal, "year": 2020, "name": "Lần thứ 5", "document": world.document(kind="PLAN"), **more}, edition)
    return edition


@pytest.fixture(scope="module")
def the_rules(world):
    return rules(world)


@pytest.fixture(scope="module")
def edition(world, the_rules):
    """Published."""
    edition = draft(world, 1)
    world.do("standing", "submissions.SetEditionRules", {"rules": the_rules}, edition)
    world.do("owner", "submissions.PublishEdition", {
        "rules_version": 1, "programme_rules_version": world.programme_rules}, edition)
    return edition


@pytest.fixture(scope="module")
def local(world, edition):
    """A draft of the entrant agency's own contest."""
    local = uuid7()
    world.do("head", "submissions.CreateLocalEdition", {
        "parent_edition_id": edition, "ordinal": 1, "name": "Hội thi của Sở", "document": world.document(kind="PLAN"),
        "planned_cost_vnd": 40_000_000, "met_items": ["safe"]}, local)
    return local


def listed(world, name):
    return {e.id for e in world.ask(name, "submissions.ListEditions", {"page_size": 200}).answer.editions}


def test_what_is_missing_is_named_in_one_reply_and_may_be_mended(world):
    edition = draft(world, 2)
    world.do("standing", "submissions.SetEditionRules", {"rules": {}}, edition)
    reply = world.say("owner", "submissions.PublishEdition", {
        "rules_version": 1, "programme_rules_version": world.programme_rules}, edition)

    assert (reply.final, reply.reason) == (True, "RULES_INCOMPLETE")
    assert [v.field for v in reply.field_violations] == [
        "rules.subject", "rules.legal_basis", "rules.registration", "rules.opens", "rules.closes", "rules.eligibility",
        "rules.rounds", "rules.prizes"]
    world.do("standing", "submissions.SetEditionRules", {"rules": rules(world)}, edition)
    world.do("owner", "submissions.PublishEdition", {
        "rules_version": 2, "programme_rules_version": world.programme_rules}, edition)


def test_registration_opens_by_itself_and_entries_come_in(world, edition):
    world.hear("submissions.RegistrationOpened", edition)
    world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition))


def test_everybody_reads_the_rules_that_were_published(world, edition, the_rules):
    shown = world.ask("clerk", "submissions.GetEdition", {}, edition).answer.edition
    body = world.words["submissions.SetEditionRules"](rules=the_rules)

    assert shown.rules.rounds[0].parts[0].criteria[1].code == "use"
    assert shown.rules_digest == hashlib.sha256(body.SerializeToString()).digest()
    assert (shown.opens_at.seconds, shown.closes_at.seconds) == (1577811600, 4102419600)
    assert not shown.judged_elsewhere and not shown.organiser_agency_id


def test_a_number_is_used_once_in_the_programme_and_once_by_each_agency(world, edition, local):
    reply = world.say("standing", "submissions.CreateEdition", {
        "ordinal": 1, "year": 2020, "name": "Lần nữa", "document": world.document(kind="PLAN")})
    again = world.say("head", "submissions.CreateLocalEdition", {
        "parent_edition_id": edition, "ordinal": 1, "name": "Lần nữa", "document": world.document(kind="PLAN"),
        "met_items": ["safe"]})

    assert (reply.final, reply.reason) == (True, "ORDINAL_USED")
    assert (again.final, again.reason) == (True, "ORDINAL_USED")


def test_a_local_contest_is_its_organisers_until_it_is_published(world, local):
    assert local in listed(world, "clerk") and local in listed(world, "owner")
    assert local not in listed(world, "other_clerk")
    world.do("clerk", "submissions.SetEditionRules", {"rules": rules(world, local_terms=None)}, local)
    world.do("head", "submissions.PublishEdition", {
        "rules_version": 2, "programme_rules_version": world.programme_rules}, local)
    world.hear("submissions.RegistrationOpened", local)
    assert local in listed(world, "other_clerk")
    shown = world.ask("clerk", "submissions.GetEdition", {}, local).answer.edition
    assert (shown.cost_cap_vnd, shown.planned_cost_vnd, shown.max_promotions) == (50_000_000, 40_000_000, 2)


def test_who_came_a_moment_ago_is_known_to_the_first_question(world, edition):
    world.hear("appraisal.ContestNoted", edition)
    world.ask("standing", "appraisal.ListRounds")  # a reader that knows nothing of what comes now
    newcomer = world.add_officer("newcomer", "science").person
    seats = {world.person("chair"): "CHAIR", world.person("secretary"): "SECRETARY", newcomer: "MEMBER"}
    council = uuid7()
    done = world.do("standing", "appraisal.ConstituteCouncil", {
        "edition_id": edition, "document": world.document(),
        "members": [{"person_id": person, "seat": "PANEL_SEAT_" + seat} for person, seat in seats.items()]}, council)

    shown = world.ask("newcomer", "appraisal.GetCouncil", {}, council, actor=newcomer, min_position=max(done.positions))

    assert shown.ok and len(shown.answer.council.members) == 3


def test_registration_is_put_off_by_a_document_and_an_edition_called_off(world):
    edition = draft(world, 3)
    world.do("standing", "submissions.SetEditionRules", {"rules": rules(world)}, edition)
    world.do("owner", "submissions.PublishEdition", {
        "rules_version": 1, "programme_rules_version": world.programme_rules}, edition)
    world.do("owner", "submissions.ExtendRegistration", {"closes": day(2100, 1, 31, document=world.document())}, edition)
    assert world.ask("clerk", "submissions.GetEdition", {}, edition).answer.edition.closes_at.seconds == 4105011600
    world.do("owner", "submissions.CancelEdition", {"reason": "Không tổ chức"}, edition)


def test_all_of_it_is_told_alike_by_journal_and_tables(world, stack, edition, local):
    assert Ctl(stack)("verify", "--programme", world.programme).splitlines()[-1] == "verify: ok"
