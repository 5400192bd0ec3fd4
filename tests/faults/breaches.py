"""tests/faults/breaches.py - each breach of a promise, put into true facts by hand."""
import checker
from facts import Mail


def place(facts, name, nth=0):
    """Where the nth event of a name stands in the journal."""
    return [i for i, event in enumerate(facts.journal) if event.type.endswith("." + name)][nth]


def retell(facts, at, **changes):
    """Another body for an event that stays where it is."""
    said = facts.decode(facts.journal[at])
    for field, value in changes.items():
        setattr(said, field, value)
    facts.journal[at] = facts.journal[at]._replace(body=said.SerializeToString())


def some(facts, types=("SubmitEntry", "CreateProgramme", "RegisterAgency")):
    """Where a row of the inbox is that a client was told of."""
    told = {fact["id"] for fact in facts.diary if fact["what"] == "answer"}
    return next(i for i, row in enumerate(facts.inbox) if row.id in told and row.type.endswith(types))


def an_answer_is_gone(facts):
    del facts.inbox[some(facts)]


def an_answer_is_another(facts):
    at = some(facts)
    facts.inbox[at] = facts.inbox[at]._replace(reply=facts.inbox[at - 1].reply)


def a_client_was_told_two_things(facts):
    answer = next(fact for fact in facts.diary if fact["what"] == "answer")
    facts.diary.append({**answer, "bytes": facts.inbox[-1].reply.hex()})


def a_request_had_two_effects(facts):
    at = place(facts, "EntrySubmitted")
    facts.journal.append(facts.journal[at]._replace(position=facts.journal[-1].position + 1, version=99))


def other_bytes_are_stored(facts):
    facts.inbox[some(facts)] = facts.inbox[some(facts)]._replace(request=b"x")


def forge(facts, what, **more):
    """Something that a client sent comes again with another content, and is replied to."""
    answer = next(fact for fact in facts.diary if fact["what"] == "answer")
    facts.diary += [{"what": "forged", "id": answer["id"]}, {**answer, "what": what, **more}]


def another_content_was_given_the_answer(facts):
    forge(facts, "answer")


def another_content_was_refused_in_other_words(facts):
    forge(facts, "refused", reason="EXPIRED", code=9)


def nobody_answered(facts):
    request_id = next(fact["id"] for fact in facts.diary if fact["what"] == "answer")
    facts.diary = [fact for fact in facts.diary if fact["id"] != request_id or fact["what"] != "answer"]


def a_position_is_missing(facts):
    del facts.journal[len(facts.journal) // 2]


def two_positions_changed_places(facts):
    i = len(facts.journal) // 2
    a, b = facts.journal[i:i + 2]
    facts.journal[i:i + 2] = b._replace(position=a.position), a._replace(position=b.position)
    for given in facts.feeds.values():
        given[i:i + 2] = reversed(given[i:i + 2])


def a_version_was_used_twice(facts):
    at = place(facts, "EntrySubmitted")
    facts.journal[at] = facts.journal[at]._replace(version=1)


def an_event_was_not_heard(facts):
    at = place(facts, "DossierNoted")
    facts.journal[at] = facts.journal[at]._replace(heard=0, source=None)


def an_event_was_heard_twice(facts):
    at = place(facts, "DossierNoted")
    facts.journal.append(facts.journal[at]._replace(position=facts.journal[-1].position + 1))


def the_feed_left_one_out(facts):
    del facts.feeds["from the beginning"][1]


def the_feed_repeated_itself(facts):
    live = facts.feeds["all the while"]
    live.insert(8, live[7])


def the_feed_left_a_gap_and_came_back(facts):
    facts.broken = ["position 7 follows 3, not 6"]


def a_deadline_passed_too_early(facts):
    at = place(facts, "DossierOverdue")
    facts.journal[at] = facts.journal[at]._replace(recorded=facts.journal[at].recorded - 2 * 86400)


def a_deadline_passed_twice(facts):
    at = place(facts, "DossierOverdue")
    facts.journal.append(facts.journal[at]._replace(position=facts.journal[-1].position + 1))


def a_deadline_was_not_noticed(facts):
    at = place(facts, "DossierOverdue")
    facts.journal[at] = facts.journal[at]._replace(type="sangkien.submissions.v1.DossierDrafted")


def one_person_signed_for_both(facts):
    at = place(facts, "FundingAgreed")
    case = facts.journal[at].aggregate
    signed = [i for i, event in enumerate(facts.journal[:at]) if event.aggregate == case
              and event.type.endswith(".SignedOff")][-2:]
    first = facts.decode(facts.journal[signed[0]])
    retell(facts, signed[1], person_id=first.person_id, agency_id=first.agency_id)
    facts.journal[signed[1]] = facts.journal[signed[1]]._replace(actor=first.person_id, agency=first.agency_id)


def one_party_never_signed(facts):
    at = place(facts, "FundingAgreed")
    case = facts.journal[at].aggregate
    signed = next(i for i in range(at - 1, 0, -1) if facts.journal[i].aggregate == case
                  and facts.journal[i].type.endswith(".SignedOff"))
    facts.journal[signed] = facts.journal[signed]._replace(kind="budget_ceiling", type="sangkien.funding.v1.CeilingSet")


def another_text_was_signed(facts):
    retell(facts, place(facts, "SignedOff"), digest=b"\1" * 32)


def another_text_was_granted(facts):
    retell(facts, place(facts, "FundingApproved"), digest=b"\1" * 32)


def who_signed_decided(facts):
    at = place(facts, "FundingApproved")
    case = facts.journal[at].aggregate
    signed = next(event for event in facts.journal if event.aggregate == case and event.type.endswith(".SignedOff"))
    retell(facts, at, person_id=facts.decode(signed).person_id)


def a_ceiling_was_passed(facts, amount_vnd=1):
    ceiling = facts.journal[place(facts, "CeilingReserved")].aggregate
    for at, event in enumerate(facts.journal):
        if event.aggregate == ceiling and event.type.endswith((".CeilingSet", ".CeilingChanged")):
            retell(facts, at, amount_vnd=amount_vnd)
    facts.ceilings[ceiling] = (amount_vnd, *facts.ceilings[ceiling][1:])


def a_ceiling_of_nothing_was_passed(facts):
    a_ceiling_was_passed(facts, 0)


def more_was_granted_than_agreed(facts):
    retell(facts, place(facts, "FundingApproved"), approved_vnd=10**15)


def more_was_paid_than_allotted(facts):
    retell(facts, place(facts, "FundsDisbursed"), amount_vnd=10**15)


def a_ceiling_says_something_else(facts):
    ceiling, row = next(iter(facts.ceilings.items()))
    facts.ceilings[ceiling] = (row[0], row[1] + 1, row[2])


def a_case_says_something_else(facts):
    case, row = next((case, row) for case, row in facts.cases.items() if row[3])
    facts.cases[case] = (*row[:3], row[3] + 1)


def a_case_says_that_more_was_agreed(facts):
    case, row = next((case, row) for case, row in facts.cases.items() if row[0])
    facts.cases[case] = (row[0] + 1, *row[1:])


def a_reservation_was_released_twice(facts):
    at = place(facts, "CeilingCommitted")
    facts.journal.append(facts.journal[at]._replace(position=facts.journal[-1].position + 1))


def a_mail_is_missing(facts):
    facts.mails = [mail for mail in facts.mails if mail.notification != facts.mails[-1].notification]


def a_mail_came_twice(facts):
    facts.mails.extend([facts.mails[-1]] * (facts.kills + facts.drops + 1))


def a_mail_went_to_somebody_else(facts):
    mail = facts.mails[-1]
    facts.mails[-1] = mail._replace(to=next(to for to in facts.addresses.values() if to != mail.to))


def a_mail_went_to_somebody_else_too(facts):
    facts.mails[-1] = facts.mails[-1]._replace(to=facts.mails[-1].to + ", x@khanhhoa.example")


def a_mail_is_of_nothing(facts):
    facts.mails.append(Mail("00000000-0000-7000-8000-000000000000", "x"))


def a_notice_still_waits(facts):
    facts.notifications[3] = facts.notifications[3]._replace(state=checker.QUEUED)


def a_mail_was_given_up(facts):
    given_up = facts.notifications[3]
    facts.notifications[3] = given_up._replace(state=checker.FAILED)
    facts.mails = [mail for mail in facts.mails if mail.notification != given_up.id]


def nobody_was_told(facts, agencies=None):
    """Of something that all must know, or not all of them."""
    at = facts.journal[place(facts, "SignoffOpened")].position
    untold = {n.id for n in facts.notifications if n.event_position == at and n.agency in (agencies or [n.agency])}
    facts.notifications = [n for n in facts.notifications if n.id not in untold]
    facts.mails = [mail for mail in facts.mails if mail.notification not in untold]


def one_party_was_not_told(facts):
    nobody_was_told(facts, [facts.agencies["finance"]])


def two_entries_have_one_code(facts):
    first = facts.decode(facts.journal[place(facts, "EntryRegistered")]).entry_code
    retell(facts, place(facts, "EntryRegistered", 1), entry_code=first)


def a_judge_has_a_conflict_and_a_sheet(facts):
    """Known before the sheet was given."""
    sheet = facts.decode(facts.journal[place(facts, "SheetAssigned")])
    for at, event in enumerate(facts.journal):
        if event.type.endswith(".EntriesAssigned") and event.aggregate == sheet.round_id:
            said = facts.decode(event)
            said.conflicts.add(person_id=sheet.person_id, entry_id=sheet.entry_id)
            facts.journal[at] = event._replace(body=said.SerializeToString())


def a_sheet_was_locked_by_somebody_else(facts):
    at = place(facts, "SheetLocked")
    facts.journal[at] = facts.journal[at]._replace(actor=facts.journal[place(facts, "RoundPlanned")].actor)


def points_were_changed(facts):
    at = place(facts, "SheetLocked", -1)  # reopened no more
    said = facts.decode(facts.journal[at])
    said.scores.scores[0].score_centi += 50
    facts.journal[at] = facts.journal[at]._replace(body=said.SerializeToString())


def one_person_stood_behind_a_ranking(facts):
    at = place(facts, "RoundConfirmed")
    facts.journal[at] = facts.journal[at]._replace(actor=facts.decode(facts.journal[at]).proposed_by)


def another_ranking_was_confirmed(facts):
    retell(facts, place(facts, "RoundConfirmed"), ranking_digest=bytes(32))


def judging_was_closed_on_no_round(facts):
    facts.journal = [event for event in facts.journal if not event.type.endswith(".RoundConfirmed")]


def results_came_before_judging_was_closed(facts):
    facts.journal = [event for event in facts.journal if not event.type.endswith(".JudgingClosed")]


def a_round_was_annulled_on_which_results_stand(facts):
    ended, at = facts.journal[place(facts, "ResultsConfirmed")], place(facts, "RoundConfirmed")
    said = facts.decode(facts.journal[at])
    annulled = facts.words["appraisal.RoundAnnulled"](round_id=said.round_id, edition_id=ended.aggregate)
    facts.journal.append(ended._replace(service="appraisal", kind="round", type="sangkien.appraisal.v1.RoundAnnulled",
                                        body=annulled.SerializeToString()))


BREACHES = {
    "lost": (an_answer_is_gone, an_answer_is_another),
    "doubled": (a_client_was_told_two_things, a_request_had_two_effects, other_bytes_are_stored,
                another_content_was_given_the_answer, another_content_was_refused_in_other_words),
    "undecided": (nobody_answered,),
    "gaps": (a_position_is_missing, a_version_was_used_twice),
    "unheard": (an_event_was_not_heard, an_event_was_heard_twice),
    "unfed": (the_feed_left_one_out, the_feed_repeated_itself, the_feed_left_a_gap_and_came_back,
              two_positions_changed_places),
    "unrung": (a_deadline_passed_too_early, a_deadline_passed_twice, a_deadline_was_not_noticed),
    "unsigned": (one_person_signed_for_both, one_party_never_signed, another_text_was_signed, another_text_was_granted,
                 who_signed_decided),
    "unconserved": (a_ceiling_was_passed, a_ceiling_of_nothing_was_passed, more_was_granted_than_agreed,
                    more_was_paid_than_allotted, a_ceiling_says_something_else, a_case_says_something_else,
                    a_case_says_that_more_was_agreed),
    "unreserved": (a_reservation_was_released_twice,),
    "untold": (a_mail_is_missing, a_mail_came_twice, a_mail_went_to_somebody_else, a_mail_went_to_somebody_else_too,
               a_mail_is_of_nothing, a_notice_still_waits, a_mail_was_given_up, nobody_was_told,
               one_party_was_not_told),
    "misjudged": (two_entries_have_one_code, a_judge_has_a_conflict_and_a_sheet, a_sheet_was_locked_by_somebody_else,
                  points_were_changed, one_person_stood_behind_a_ranking, another_ranking_was_confirmed,
                  judging_was_closed_on_no_round,
                  results_came_before_judging_was_closed, a_round_was_annulled_on_which_results_stand),
}
