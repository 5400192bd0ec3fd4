"""ops/demo/summary.py - what came of the contest: a table, the mails, the verification, and what to try next."""
import collections
import email
import email.policy
import os
import subprocess
import time

from competition import EDITION
from province import PROGRAMME, agency_id, person_id
from story import PATIENCE_S, StoryError

WIDTH = 34  # of a title
FIRST_OUT = 2  # shown of those who do not reach the final
MAIL_DONE = {"SENT", "SUPPRESSED", "FAILED", "BOUNCED"}


def word(words, enum, number):
    """"AGREED" of FUNDING_STATE_AGREED."""
    described = words.pool.FindEnumTypeByName(enum)
    prefix = described.values_by_number[0].name.removesuffix("UNSPECIFIED")
    return described.values_by_number[number].name.removeprefix(prefix)


def million(amount_vnd):
    return f"{amount_vnd / 1e6:,.1f}" if amount_vnd else "-"


def status_of(words, entry, dossier, appraisal, case):
    """The farthest that an entry came, in one word or two."""
    if case:
        state = word(words, "sangkien.funding.v1.FundingState", case.state)
        paid_up = state == "DISBURSING" and case.disbursed_vnd == case.allotted_vnd
        return "PAID IN FULL" if paid_up else state
    if appraisal:
        outcome = word(words, "sangkien.appraisal.v1.Outcome", appraisal.outcome)
        return outcome.replace("_", " ") if outcome == "NOT_RECOMMENDED" else "APPRAISAL"
    if dossier:
        state = word(words, "sangkien.submissions.v1.DossierState", dossier.state)
        return f"{state}, OVERDUE" if dossier.overdue else state
    return word(words, "sangkien.submissions.v1.EntryState", entry.state)


def finalists(contest):
    ask, words = contest.teller.list, contest.stack.words
    entries = ask("snv", "submissions.ListEntries", "entries")
    dossiers = {d.id: d for d in ask("snv", "submissions.ListDossiers", "dossiers")}
    appraisals = {c.dossier_id: c for c in ask("snv", "appraisal.ListAppraisalCases", "appraisal_cases")}
    cases = {c.dossier_id: c for c in ask("snv", "funding.ListFundingCases", "funding_cases")}
    chosen = [e for e in entries if e.reached_final and e.edition_id == EDITION]
    for entry in sorted(chosen, key=lambda e: (-e.score_centi, e.entry_code)):
        case = cases.get(entry.id)
        yield entry, status_of(words, entry, dossiers.get(entry.id), appraisals.get(entry.id), case), case


def short(title):
    return title if len(title) <= WIDTH else title[:WIDTH - 1] + "…"


def names_of(contest):
    return {agency_id(row["code"]): row["short_name"] for row in contest.province.agencies}


def lines_of(contest, round):
    """Of the ranking that was confirmed."""
    return contest.teller.ask("snv", "appraisal.GetRound", round.id).round.ranking.lines


def show_ranking(contest, say):
    """Whom the preliminary let through, and what the final made of them; and the first ones whom it did not."""
    names, words = names_of(contest), contest.stack.words
    entries = {e.id: e for e in contest.teller.list("snv", "submissions.ListEntries", "entries")}
    final = {line.entry_id: line for line in lines_of(contest, contest.final)}
    lines = lines_of(contest, contest.preliminary)
    through = sum(line.advances for line in lines)
    say(f"\n{'place':>5} {'code':9} {'score':>5} {'sheets':>6}  {'parted by':20} {'agency':22} "
        f"{'final':>5} {'score':>5}  prize")
    for line in lines[:through + FIRST_OUT]:
        entry, last = entries[line.entry_id], final.get(line.entry_id)
        fate = f"{'-':>5} {'-':>5}  -"
        if last:
            prize = word(words, "sangkien.submissions.v1.Award", entry.award)
            fate = f"{last.rank:5} {last.score_centi / 100:5.2f}  {prize}"
        say(f"{line.rank:5} {line.entry_code:9} {line.score_centi / 100:5.2f} {line.sheets:6}  {line.tie_rule:20} "
            f"{names[entry.entrant_agency_id]:22} {fate}")
    say(f"... and {len(lines) - through - FIRST_OUT} more of {len(lines)}, down to "
        f"{lines[-1].score_centi / 100:.2f}. {through} reach the final.")


def show_table(contest, say):
    names = names_of(contest)
    say(f"\n{'code':9} {'final':>5}  {'agency':22} {'title':{WIDTH}}  {'status':18}"
        f"{'agreed':>8} {'decided':>8} {'paid':>8}")
    for entry, status, case in finalists(contest):
        money = [getattr(case, m, 0) for m in ("agreed_vnd", "approved_vnd", "disbursed_vnd")]
        say(f"{entry.entry_code:9} {entry.score_centi / 100:5.2f}  {names[entry.entrant_agency_id]:22} "
            f"{short(entry.title):{WIDTH}}  {status:18}" + " ".join(f"{million(vnd):>8}" for vnd in money))
    for ceiling in contest.teller.list("stc", "funding.ListBudgetCeilings", "budget_ceilings"):
        say(f"Million dong. {ceiling.budget_source} {ceiling.fiscal_year}: ceiling {million(ceiling.amount_vnd)}, "
            f"reserved {million(ceiling.reserved_vnd)}, committed {million(ceiling.committed_vnd)}.")


def show_refusals(contest, say):
    say("\nRefused, as they should be:")
    for type_name, actor, reason, sentence in contest.teller.refused:
        say(f"  {type_name:30} {actor:15} {reason}: {sentence}")


def wait_for_mail(contest):
    """Until every notification is out: (how many, how many of them went)."""
    end, words = time.monotonic() + PATIENCE_S, contest.stack.words
    while True:
        rows = contest.teller.list("snv", "notifications.ListNotifications", "notifications")
        states = collections.Counter(
            word(words, "sangkien.notifications.v1.NotificationState", row.state) for row in rows)
        heard = any(row.event_position >= contest.last_position for row in rows)
        if heard and set(states) <= MAIL_DONE:
            return states
        if time.monotonic() > end:
            raise StoryError(f"mail is still on its way: {dict(states)}")
        time.sleep(0.2)  # between two looks


def read_mails(folder):
    for file in sorted(folder.glob("*.eml"), key=lambda f: int(f.stem)):
        yield email.message_from_bytes(file.read_bytes(), policy=email.policy.default)


def show_mail(contest, say):
    states = wait_for_mail(contest)
    folder = contest.stack.folder / "mail"
    mails = list(read_mails(folder))
    told = collections.Counter(mail["To"].addresses[0].username for mail in mails)
    say(f"\nMail: {dict(states)}; kept in {folder}. Per agency:")
    names = [f"{name} {count}" for name, count in sorted(told.items(), key=lambda item: (-item[1], item[0]))]
    for start in range(0, len(names), 10):
        say("  " + ", ".join(names[start:start + 10]))
    decided = [mail for mail in mails if "Đã quyết định kinh phí" in mail["Subject"]
               and mail["To"].addresses[0].username == "stttt"]
    if decided:
        mail = decided[0]
        say("\nOne of them:")
        for header in ("From", "To", "Subject"):  # Python leaves a blank between encoded words
            say(f"  {header}: {' '.join(mail[header].split())}")
        say("")
        vietnamese, _, english = mail.get_body(("plain",)).get_content().partition("\n----------")
        for line in vietnamese.rstrip().splitlines() + ["(the same in English)"] * bool(english):
            say(f"  | {line}")


def show_verify(contest, say):
    program = contest.stack.build / "bin/sangkien"
    own = {name: value for name, value in os.environ.items() if not name.startswith("SANGKIEN_")}
    done = subprocess.run([str(program), "verify", "--dsn", contest.stack.dsn("auditor")], text=True, env=own,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    say("\n$ sangkien verify")
    say("\n".join("  " + line for line in done.stdout.splitlines()))
    if done.returncode:
        raise StoryError(f"sangkien verify ended with {done.returncode}")


def near(path):
    """As one would type it from here."""
    return path if ".." in os.path.relpath(path) else os.path.relpath(path)


def show_next(contest, say):
    stack = contest.stack
    home_affairs = stack.folder / "env-home-affairs"
    lines = [f". {stack.folder}/env",
             f"export SANGKIEN_CTL_KEY='{stack.make_key('snv')}'",
             f"export SANGKIEN_CTL_ACTOR='{person_id('snv-officer')}'",
             f"export SANGKIEN_CTL_PROGRAMME='{PROGRAMME}'"]
    home_affairs.write_text("\n".join(lines) + "\n")
    say(f"""
The system is up. What you may try, as an officer of Home Affairs:
  . {near(home_affairs)}
  sangkien status
  sangkien who-holds
  sangkien events --limit 5
  sangkien list submissions.ListResults --subject {EDITION} --csv
  sangkien call funding.ListFundingCases
As an administrator, who may also say what becomes of an event that a service could not take:
  . {near(stack.folder / "env-administrator")}
  sangkien parked list
  sangkien verify""")


def show(contest):
    def say(text):
        print(text, file=contest.out, flush=True)

    show_ranking(contest, say)
    show_table(contest, say)
    show_refusals(contest, say)
    show_mail(contest, say)
    show_verify(contest, say)
    show_next(contest, say)
