"""world.py - the programme in which we are measured: systems, an open edition, a pool of entries; and bench.*.

Whoever must act on an entry that was handed in is told by mail, and there is nobody: what is compared is the
command, and nobody else sends mail. `tell_by_mail` makes somebody who is told.
"""
import pathlib
import subprocess
import uuid

from command import TEXTS
from stack import REPO, first_operator_id

PROGRAMME = "bench"
MOST_SYSTEMS = 32
POOL = 200_000  # as pool.h and schema.sql have it
ROW_TYPES = ("CreateEntry", "SubmitEntry", "EntryDrafted", "EntrySubmitted")
ROW_BYTES = """SELECT round(avg(pg_column_size(t.*))) FROM
(SELECT * FROM {table} WHERE type = 'sangkien.submissions.v1.{type}' LIMIT 1000) AS t"""
WRITTEN = "runtime.inbox, runtime.journal, submissions.entry, bench.inbox, bench.journal, bench.entry"
ROLES = ("OWNER", "STANDING", "CLERK")
PLAN = {"kind": "DOCUMENT_KIND_PLAN", "document_symbol": "1/KH-UBND", "issued_on": {"year": 2019, "month": 1, "day": 2}}
POOL_IDS = "00000000-0000-7000-8002-"  # and n in twelve hexadecimal digits

# Memory that nobody has touched is made when somebody does, and whoever writes most would pay for most of it. A server
# that has run for an hour has touched all of its own.
TOUCH_BUFFERS = """
CREATE TABLE public.touched (filler text);
ALTER TABLE public.touched ALTER filler SET STORAGE PLAIN;
INSERT INTO public.touched
SELECT repeat('x', 7000) FROM generate_series(1, (SELECT setting::int FROM pg_settings WHERE name = 'shared_buffers'));
DROP TABLE public.touched;
"""
# Drafts again, whose version goes on.
REFILL_POOL = f"""
UPDATE submissions.entry SET state = 1, submitted_by = NULL WHERE programme = '{PROGRAMME}' AND state <> 1
   AND id BETWEEN '{POOL_IDS}{0:012x}' AND '{POOL_IDS}{POOL - 1:012x}';
VACUUM submissions.entry;
"""


def must(reply):
    assert reply.ok, reply
    return reply


class World:
    """Needs a stack that is ready; makes everything with the stack's first operator."""

    def __init__(self, stack, idle_mib):
        self.stack, self.idle_mib, self.taken = stack, idle_mib, 0  # idle_mib: before anybody spoke to the services
        self.keys = [f"bench-{n}" for n in range(MOST_SYSTEMS)]
        self.ids = {name: str(uuid.uuid4()) for name in ("agency", "person", "programme", "edition", *ROLES)}

    def build(self):
        self._found()
        self._open_edition()
        self._tell("EndRole", self.ids["STANDING"], reason="nobody is told")
        self.sql(TOUCH_BUFFERS)
        self.fill_pool()
        self.sql((REPO / "tests/bench/schema.sql").read_text())
        return self

    def _tell(self, type, subject, **body):
        with self.stack.operator() as operator:
            must(operator.call(f"directory.{type}", body, programme="directory", subject=subject,
                               actor=first_operator_id("person")))

    def _found(self):
        self._tell("RegisterAgency", self.ids["agency"], name="Cơ quan đo tốc độ", agency_code="bench",
                   agency_class="AGENCY_CLASS_DEPARTMENT", level="AGENCY_LEVEL_PROVINCE",
                   email="bench@khanhhoa.example")
        self._tell("RegisterPerson", self.ids["person"], agency_id=self.ids["agency"], full_name="Người đo")
        for key in self.keys:
            self._tell("RegisterSystem", str(uuid.uuid4()), agency_id=self.ids["agency"], name=key,
                       public_key=self.stack.public_key(key))
        for role in ROLES:
            self._tell("BindRole", self.ids[role], role=f"ROLE_{role}", agency_id=self.ids["agency"],
                       person_id=self.ids["person"], programme=PROGRAMME)

    def tell_by_mail(self):
        """From now on the agency is told of every entry that is handed in."""
        self._tell("BindRole", str(uuid.uuid4()), role="ROLE_STANDING", agency_id=self.ids["agency"],
                   person_id=self.ids["person"], programme=PROGRAMME)

    def say(self, type, subject, **body):
        with self.stack.client(self.keys[0]) as client:
            return must(client.call(f"submissions.{type}", body, programme=PROGRAMME, subject=subject,
                                    actor=self.ids["person"]))

    def _open_edition(self):
        self.say("CreateProgramme", self.ids["programme"], name="Đo tốc độ", utc_offset_minutes=420)
        self.say("CreateEdition", self.ids["edition"], ordinal=1, year=2019, name="Đo tốc độ", judged_elsewhere=True,
                 threshold_centi=7500, maximum_centi=10000, document=PLAN)
        self.say("PublishEdition", self.ids["edition"])
        self.say("OpenRegistration", self.ids["edition"])

    # ------------------------------------------------------------- the pool

    def fill_pool(self):
        self.sql((REPO / "tests/bench/pool.sql").read_text(), programme=PROGRAMME, count=POOL, **TEXTS,
                 **{name: self.ids[name] for name in ("edition", "agency", "person")})

    def pool(self):
        """How many entries of the pool were taken: less than half of it."""
        if 2 * self.taken > POOL:
            self.sql(REFILL_POOL)
            self.taken = 0
        return self.taken

    def took(self, count):
        self.taken += count

    # ------------------------------------------------------------- the database, as its owner

    def sql(self, text, **variables):
        words = [word for name, value in variables.items() for word in ("-v", f"{name}={value}")]
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *words, self.stack.dsn()], text=True,
                              input=text, capture_output=True, check=False)
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.strip()

    def settle(self):
        """Nobody pays for what the one before left to be cleaned up and written."""
        self.sql(f"VACUUM {WRITTEN}; CHECKPOINT;")

    def row_bytes(self):
        """{type: [ours, the others']}: how long a row of the inbox, or of the journal, is. None: there are none."""
        found = {}
        for type in ROW_TYPES:
            table = "inbox" if type in ROW_TYPES[:2] else "journal"
            both = [self.sql(ROW_BYTES.format(table=f"{schema}.{table}", type=type)) for schema in ("runtime", "bench")]
            found[type] = [int(bytes) if bytes else None for bytes in both]
        return found

    def clear_others(self):
        """Empties what others than ourselves have written."""
        self.sql("CALL bench.clear()")
        self.settle()
