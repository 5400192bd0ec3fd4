"""tests/harness/plans.py - what the programs prepare, and how PostgreSQL carries it out."""
import json
import re
import subprocess

from stack import SERVICES, free_port

PARSED = re.compile(r" sangkien_(\w+)@(\w+)/\S+ LOG:  duration: \S+ ms  parse ([^:]+): (.*)$", re.M)
SETTINGS = re.compile(r" sangkien_(\w+)@(\w+)/\S+ LOG:  duration: \S+ ms  plan:\n(?:\t.*\n)*?\tSettings: (.*)$", re.M)
NO_TABLE = re.compile(r"BEGIN|COMMIT|ROLLBACK|EXPLAIN|SELECT current_user|SELECT .* FROM pg_class")


def prepared(grown):
    """{service: {name: SQL}} of all that the programs prepare at start, and {service: the planner's settings}.

    The server tells, from the sessions that the programs themselves open.
    """
    stack, log = grown.stack, grown.stack.cluster / "log"
    begin = log.stat().st_size
    for setting in ("log_min_duration_statement = 0", "session_preload_libraries = 'auto_explain'",
                    "auto_explain.log_min_duration = 0", "auto_explain.log_settings = on"):
        grown.ask(f"ALTER DATABASE {grown.name} SET {setting}")
    for service in SERVICES:
        env = {**stack.env(service), "SANGKIEN_DB_DSN": grown.of(stack.dsn(service)),
               "SANGKIEN_LISTEN": f"tcp://127.0.0.1:{free_port()}",
               "SANGKIEN_LISTEN_INNER": f"tcp://127.0.0.1:{free_port()}"}
        subprocess.run([stack.program(service), "--check"], env=env, check=True,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    grown.ask(f"ALTER DATABASE {grown.name} RESET ALL")
    with open(log, encoding="utf-8") as file:
        file.seek(begin)
        told = file.read()
    statements = {service: {} for service in SERVICES}
    for service, database, name, sql in PARSED.findall(told):
        if database == grown.name and not NO_TABLE.match(sql):
            statements[service][name] = sql
    return statements, {service: settings for service, database, settings in SETTINGS.findall(told)
                        if database == grown.name}


class Notices(list):
    """psycopg2 keeps the last fifty and no more."""

    def __delitem__(self, which):
        pass


class Session:
    """A session with the settings and the rights of a service, which tells the plan of all that runs in it."""

    def __init__(self, grown, service, statements, settings):
        self.service, self.statements = service, statements
        self.db = grown.connect()
        self.db.notices = Notices()
        self.ask("LOAD 'auto_explain'")
        for name, value in re.findall(r"(\w+) = '([^']*)'", settings):
            self.ask(f"SET {name} = '{value}'")
        for setting in ("log_level = notice", "log_format = json", "log_analyze = on", "log_buffers = on",
                        "log_timing = off", "log_nested_statements = on", "log_min_duration = 0"):
            self.ask("SET auto_explain." + setting)
        self.become(service)
        for name, sql in statements.items():
            self.ask(f'PREPARE "{name}" AS {sql}')

    def close(self):
        self.db.close()

    def ask(self, sql, values=None):
        with self.db.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def become(self, service=None):
        """None: the superuser."""
        self.ask(f"SET SESSION AUTHORIZATION {'sangkien_' + service if service else 'DEFAULT'}")

    def watch(self, sql, values=None):
        """Runs it; the plans of all that ran."""
        self.db.notices.clear()
        self.ask(sql, values)
        return [Plan(notice) for notice in self.db.notices if "plan:\n" in notice]

    def execute(self, name, values):
        marks = "(" + ", ".join(["%s"] * len(values)) + ")" if values else ""
        return self.watch(f'EXECUTE "{name}" {marks}', values or None)


class Plan:
    def __init__(self, notice):
        told = json.loads(notice.split("plan:\n", 1)[1])
        self.text, self.root = " ".join(told["Query Text"].split()), told["Plan"]

    def nodes(self, node=None):
        node = node or self.root
        yield node
        for child in node.get("Plans", ()):
            yield from self.nodes(child)

    def __str__(self):
        """In one line: what looks at tables, how, and at how many rows."""
        return "; ".join(f"{node['Node Type']} {of(node)} {condition(node)}[{handled(node)}]"
                         for node in self.nodes() if "Scan" in node["Node Type"] or "Sort" in node["Node Type"])


def of(node):
    """The index or the table that a node reads."""
    return node.get("Index Name") or node.get("Relation Name") or ""


def condition(node):
    return node.get("Index Cond") or node.get("TID Cond") or ""


def handled(node):
    """How many rows went through a node."""
    dropped = sum(node.get("Rows Removed by " + what, 0) for what in ("Filter", "Index Recheck"))
    return (node["Actual Rows"] + dropped) * node["Actual Loops"]
