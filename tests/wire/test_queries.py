"""tests/wire/test_queries.py - questions: what is there, page by page, and only for whom it is."""
import chain
import judged
import pytest
from sangkien_client import uuid7


@pytest.fixture(scope="module")
def edition(world):
    return chain.edition(world)


@pytest.fixture(scope="module")
def entries(world, edition):
    """Seven of one agency, one of another."""
    mine = [uuid7() for _ in range(7)]
    for entry in mine:
        world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition), entry)
    theirs = uuid7()
    world.do("other_clerk", "submissions.CreateEntry", chain.draft(world, edition), theirs)
    return mine, theirs


def test_get_gives_what_was_said(world, edition, entries):
    mine, _ = entries
    reply = world.ask("clerk", "submissions.GetEntry", {}, mine[0])

    entry = reply.answer.entry
    assert reply.ok and not reply.final and reply.positions == []
    assert (entry.id, entry.version, entry.state) == (mine[0], 1, 1)
    assert (entry.title, entry.edition_id) == ("Một cửa điện tử", edition)
    assert entry.entrant_agency_id == world.agencies["entrant"]
    assert [(a.person_id, a.share_bp) for a in entry.authors] == [(world.person("author"), 10000)]
    assert 0 < reply.as_of_position <= world.head()[0]


def test_a_question_changes_nothing(world, entries):
    footprint = world.footprint()
    world.ask("clerk", "submissions.GetEntry", {}, entries[0][0])
    world.ask("clerk", "submissions.ListEntries", {})
    assert world.footprint() == footprint


def test_what_is_not_there_and_what_is_not_for_the_asker_look_the_same(world, entries):
    _, theirs = entries
    hidden = world.ask("clerk", "submissions.GetEntry", {}, theirs)
    missing = world.ask("clerk", "submissions.GetEntry", {}, uuid7())

    assert (hidden.code, hidden.reason, hidden.message, hidden.version) == (
        missing.code, missing.reason, missing.message, missing.version)
    assert hidden.reason == "NOT_FOUND"


def test_who_holds_a_role_in_the_programme_sees_every_entry(world, entries):
    mine, theirs = entries
    assert world.ask("owner", "submissions.GetEntry", {}, theirs).ok
    listed = world.ask("owner", "submissions.ListEntries", {"page_size": 200}).answer.entries
    assert set(mine + [theirs]) <= {entry.id for entry in listed}


def test_an_agency_lists_its_own_entries_only(world, entries):
    mine, theirs = entries
    listed = world.ask("clerk", "submissions.ListEntries", {"page_size": 200}).answer.entries
    assert {entry.id for entry in listed} == set(mine)
    assert not world.ask("member", "submissions.ListEntries", {}).answer.entries


def test_pages_join_without_gap_or_repetition(world, entries):
    mine, _ = entries
    found, token, pages = [], "", 0
    while pages == 0 or token:
        reply = world.ask("clerk", "submissions.ListEntries", {"page_size": 3, "page_token": token})
        found += [entry.id for entry in reply.answer.entries]
        token, pages = reply.answer.next_page_token, pages + 1
        assert len(reply.answer.entries) <= 3

    assert pages == 3 and found == sorted(mine)


def test_a_negative_page_size_is_refused(world):
    reply = world.ask("clerk", "submissions.ListEntries", {"page_size": -1})
    assert [violation.field for violation in reply.field_violations] == ["page_size"]


def test_a_state_may_be_asked_for_as_of_a_position_at_least(world, edition):
    entry = uuid7()
    done = world.do("clerk", "submissions.CreateEntry", chain.draft(world, edition), entry)

    reply = world.ask("clerk", "submissions.GetEntry", {}, entry, min_position=max(done.positions))

    assert reply.ok and reply.as_of_position >= max(done.positions)


def test_a_position_that_is_not_reached_is_told_after_a_second(world, entries):
    client = world.client("entrant")
    request = client.request("submissions.GetEntry", {}, programme=world.programme, subject=entries[0][0],
                             min_position=world.head()[0] + 1000)

    reply = client.ask(request, timeout=5, resend=False)

    assert (reply.code, reply.reason, reply.final) == (14, "NOT_YET_VISIBLE", False)


def test_the_programme_and_its_edition_are_for_everybody(world, edition):
    programme = world.ask("member", "submissions.ListProgrammes", {})
    assert [p.programme for p in programme.answer.programmes] == [world.programme]
    assert world.ask("member", "submissions.GetEdition", {}, edition).answer.edition.year == 2019


def test_agencies_are_for_everybody_but_who_holds_which_role_is_not(world):
    client = world.client("science")
    agency = client.call("directory.GetAgency", {}, programme="directory", subject=world.agencies["finance"])
    roles = client.call("directory.ListRoleBindings", {"page_size": 200}, programme="directory")

    assert agency.answer.agency.short_name == "finance"
    assert {binding.agency_id for binding in roles.answer.role_bindings} <= {world.agencies["science"]}


def test_the_programme_of_nobody_is_unknown(world):
    client = world.client("entrant")
    reply = client.call("submissions.ListEntries", {}, programme="khong-co")
    assert reply.reason == "UNKNOWN_PROGRAMME"


def test_whoever_was_registered_a_moment_ago_may_ask_for_what_is_theirs(world):
    now = judged.next_minute(world)
    council = judged.council(world, judged.published(world, now - judged.MINUTE, now + judged.MINUTE))

    mine = world.ask("expert1", "appraisal.GetCouncil", {}, council, actor=world.person("expert1"))
    another = world.ask("expert1", "appraisal.GetCouncil", {}, council, actor=world.person("expert2"))

    assert [member.person_id for member in mine.answer.council.members][0] == world.person("chair")
    assert another.reason == "NOT_FOUND"
