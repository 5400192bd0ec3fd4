"""ops/demo/province.py - the agencies, people and papers of the demo. People and papers are invented.

Every id follows from a name, so that saying everything again meets what is there already.
"""
import csv
import dataclasses
import hashlib
import pathlib
import uuid

DATA = pathlib.Path(__file__).resolve().parent / "data"
PROGRAMME = "khanhhoa-cchc"
DOMAIN = "khanhhoa.example"  # .example never has a mailbox behind it
DISPATCH = dict(kind="DOCUMENT_KIND_DISPATCH", document_symbol="MAU-01/UBND", abstract=(
    "V/v phát huy kết quả cuộc thi “Mô hình, sáng kiến cải cách hành chính của công chức, viên chức trẻ”"))

# person: (agency, roles in the programme). Whoever drafts does not sign; whoever signs does not decide.
OFFICERS = {
    "vp-owner": ("vp-ubnd", ["OWNER"]),
    "ubnd-vice-chair": ("ubnd-tinh", ["AUTHORITY"]),
    "snv-officer": ("snv", ["STANDING"]),
    "snv-chair": ("snv", ["STANDING"]),
    "snv-secretary": ("snv", ["STANDING"]),
    "snv-director": ("snv", ["HOME_AFFAIRS_SIGNOFF"]),
    "stc-director": ("stc", ["FINANCE_SIGNOFF"]),
    "stc-accountant": ("stc", ["ACCOUNTANT"]),
    "stc-expert": ("stc", ["MEMBER", "CONSULTEE"]),
    "stp-expert": ("stp", ["MEMBER"]),
    "skhdt-expert": ("skhdt", ["MEMBER", "CONSULTEE"]),
    "vp-expert": ("vp-ubnd", ["MEMBER"]),
    "kbnn-expert": ("kbnn", ["MEMBER"]),
    "kbnn-teller": ("kbnn", ["TREASURY"]),
}
SURNAMES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Cao Đinh Mai Tô".split()
MIDDLE_NAMES = "Thị Văn Minh Ngọc Thanh Quốc Hải Thu Đức Bảo Khánh Xuân Hoài Gia Kim".split()
GIVEN_NAMES = ("An Bình Châu Dung Duy Giang Hà Hiếu Hoa Hùng Hương Khoa Lan Linh Long Mai Nam Nga Nhung Phúc "
               "Quân Quỳnh Sơn Tâm Thảo Thắng Trang Trung Tuấn Vy Yến").split()


def derive(*names):
    """The id of whatever has these names."""
    return str(uuid.uuid5(uuid.NAMESPACE_DNS, "/".join(names) + ".demo." + DOMAIN))


def rows(name):
    with open(DATA / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def invented_name(key):
    """Always the same for the same key, and nobody's."""
    digest = hashlib.sha256(key.encode()).digest()
    return " ".join(names[digest[n] % len(names)]
                    for n, names in enumerate((SURNAMES, MIDDLE_NAMES, GIVEN_NAMES)))


def date_of(text):
    """"2020-01-31" as a Date."""
    return dict(zip(("year", "month", "day"), map(int, text.split("-"))))


def document(kind, symbol, date, issuer="snv", abstract=""):
    return dict(kind="DOCUMENT_KIND_" + kind, document_symbol=symbol, issued_on=date_of(date),
                issuer_agency_id=agency_id(issuer), abstract=abstract)


def agency_id(code):
    return derive("agency", code)


def person_id(key):
    return derive("person", key)


@dataclasses.dataclass
class Entry:
    code: str
    agency: str
    team: str
    co_entrants: list
    entry_kind: str
    score_centi: int
    award: str
    title: str
    authors: list  # persons

    @property
    def id(self):
        return derive("entry", self.code)

    @property
    def is_finalist(self):
        return bool(self.award)


@dataclasses.dataclass
class Dossier:
    entry: Entry
    form: str
    recommended_vnd: int
    solution: str
    method: str
    lines: list

    @property
    def id(self):
        return self.entry.id

    @property
    def total_vnd(self):
        return sum(line["amount_vnd"] for line in self.lines)


def line_of(row):
    quantity, price = int(row["quantity"]), int(row["unit_price_vnd"])
    return dict(description=row["description"], quantity=quantity, unit_price_vnd=price,
                amount_vnd=quantity * price, index_code=row["index_code"])


def within(lines, limit_vnd):
    """The same estimate cut down to a limit: line by line as much as there is still room for."""
    kept = []
    for line in lines:
        quantity = min(line["quantity"], limit_vnd // line["unit_price_vnd"])
        if quantity:
            kept.append({**line, "quantity": quantity, "amount_vnd": quantity * line["unit_price_vnd"]})
            limit_vnd -= kept[-1]["amount_vnd"]
    return kept


def read_entries(name):
    entries = []
    for row in rows(name):
        count = 1 + sum(row["title"].encode()) % 2
        entries.append(Entry(
            row["entry_code"], row["agency"], row["team"], row["co_entrants"].split(";") if row["co_entrants"] else [],
            row["entry_kind"], int(row["score"].replace(".", "")), row["award"], row["title"],
            [f"author-{row['entry_code']}-{n}" for n in range(1, count + 1)]))
    return entries


def read_dossiers(entries):
    by_code = {entry.code: entry for entry in entries}
    lines = rows("estimates.csv")
    return [Dossier(by_code[row["entry_code"]], row["dossier_form"], int(row["recommended_ceiling_vnd"]),
                    row["solution"], row["implementation_method"],
                    [line_of(line) for line in lines if line["entry_code"] == row["entry_code"]])
            for row in rows("dossiers.csv")]


class Province:
    """Who is there: agencies, persons, systems and what they may do in the programme."""

    def __init__(self):
        self.agencies = rows("agencies.csv")
        self.entries = read_entries("entries.csv")
        self.local_entries = read_entries("local_entries.csv")
        self.dossiers = read_dossiers(self.entries)
        won_below = {entry.title: entry.authors for entry in self.local_entries}
        for entry in self.entries:  # what won a local contest goes on with its authors
            entry.authors = won_below.get(entry.title, entry.authors)
        self.entrants = sorted({entry.agency for entry in self.entries})
        self.co_entrants = sorted({agency for entry in self.entries for agency in entry.co_entrants})
        self.roles = [(person, role) for person, (_, roles) in OFFICERS.items() for role in roles]
        self.agency_of = {person: agency for person, (agency, _) in OFFICERS.items()}
        for agency in self.entrants:
            for role, person in (("CLERK", f"{agency}-clerk"), ("ENTRANT_HEAD", f"{agency}-head")):
                self.agency_of[person] = agency
                self.roles.append((person, role))
        for agency in set(self.co_entrants) - set(self.entrants):
            self.agency_of[f"{agency}-head"] = agency
            self.roles.append((f"{agency}-head", "ENTRANT_HEAD"))
        for entry in self.entries + self.local_entries:
            self.agency_of.update({author: entry.agency for author in entry.authors})
        self.systems = sorted({*self.entrants, *self.co_entrants} | {agency for agency, _ in OFFICERS.values()})

    def register_agency(self, row):
        return dict(name=row["name"], short_name=row["short_name"], agency_code=f"KH-{row['code']}",
                    agency_class="AGENCY_CLASS_" + row["class"], level="AGENCY_LEVEL_" + row["level"],
                    parent_agency_id=agency_id(row["parent_code"]) if row["parent_code"] else "",
                    email=f"{row['email_local']}@{DOMAIN}")
