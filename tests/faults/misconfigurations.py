"""tests/faults/misconfigurations.py - the table of everything that may be wrong when a program starts.

A row: its name; the services that are started so; what is changed in a Case; words of the reason. `opens` names what
may have been open for a moment: that an address is wrong shows when it is listened at, and the outer one comes last.
"""
import collections
import pathlib

import zmq
from misconfigured import SECRET

WORKERS = ("directory", "submissions", "appraisal", "funding", "notifications")
EVERY = ("gateway",) + WORKERS

Row = collections.namedtuple("Row", "name services change words opens", defaults=((),))

# ------------------------------------------------------------------ how it is made wrong

def other_key(case):
    public, secret = (key.decode() for key in zmq.curve_keypair())
    return f"public = {case.public()}\nsecret = {secret}\n"


def without(setting):
    return lambda case: case.set(**{setting: None})


def given(**settings):
    return lambda case: case.set(**settings)


def spoilt(do, undo):
    """The database itself: a statement, and the one that makes it good again."""
    return lambda case: case.sql(do, undo)


def renamed(what, name, other):
    """`what` holds {}, where a name stands."""
    return spoilt(what.format(name) + " RENAME TO " + other, what.format(other) + " RENAME TO " + name)


def revoked(right, thing):
    return spoilt(f"REVOKE {right} ON {thing} FROM sangkien_{{service}}",
                  f"GRANT {right} ON {thing} TO sangkien_{{service}}")


RECORDED_LATER = (  # than a minute ago
    "INSERT INTO runtime.journal_head (programme, position) VALUES ('late', 1);"
    " INSERT INTO runtime.journal VALUES ('late', 1, 'x', 'x', gen_random_uuid(), 1, 'sangkien.x.v1.X', '',"
    " now(), '', '{{}}', NULL, gen_random_uuid(), 0, NULL, NULL, 0, '', NULL, NULL, decode(repeat('00', 32), 'hex'))",
    "DELETE FROM runtime.journal WHERE programme = 'late'; DELETE FROM runtime.journal_head WHERE programme = 'late'")


def key_file(text, mode=0o600):
    return lambda case: case.key(text, mode)


def first_operator(old, new):
    """The file of the first operator with some text put in the place of other text."""
    def change(case):
        text = pathlib.Path(case.env["SANGKIEN_FIRST_OPERATOR"]).read_text()
        assert old in text
        fresh(FIRST_OPERATOR=case.file("operator", text.replace(old, new)))(case)
    return change


def fresh(**settings):
    """With a database in which nobody has ever written: there the first operator is looked for."""
    def change(case):
        case.use(case.library.dsn("fresh", case.service))
        case.set(**settings)
    return change


def file_of(setting, text, mode=0o600):
    return lambda case: case.set(**{setting: case.file("given", text, mode)})


def spoilt_template(name, text):
    def change(case):
        path = case.templates() / name
        path.unlink() if text is None else path.write_text(text)
    return change


def option(*words):
    return lambda case: case.options.extend(words)


def same_port(case):
    case.set(LISTEN=case.env["SANGKIEN_LISTEN_INNER"])


def wrong_role(role):
    return lambda case: case.use(case.library.dsn("plain", role))


def superuser(case):
    case.use(case.library.dsn("plain"))


def ascii(case):
    case.library.make("ascii", "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
    case.use(case.library.dsn("ascii", case.service))


GATEWAY, FUNDING, DIRECTORY, MAIL = ("gateway",), ("funding",), ("directory",), ("notifications",)
IN_USE = "Address already in use"

KEYS = [
    Row("no key file is named", EVERY, without("SECRET_KEY"), "SANGKIEN_SECRET_KEY"),
    Row("the key file is not there", EVERY, given(SECRET_KEY="/nowhere/key"), "SANGKIEN_SECRET_KEY: /nowhere/key: No"),
    Row("the key file is a directory", EVERY, given(SECRET_KEY="/"), "SANGKIEN_SECRET_KEY: / is no regular file"),
    Row("the key file is empty", EVERY, key_file(""), "a key is missing"),
    Row("everybody may read the key", EVERY, key_file(None, 0o604), "SANGKIEN_SECRET_KEY: others may read"),
    Row("others may write the key", FUNDING, key_file(None, 0o620), "SANGKIEN_SECRET_KEY: others may read"),
    Row("the key is short", EVERY, key_file("public = " + "x" * 39 + "\n"), "line 1 is no"),
    Row("the key is no Z85", GATEWAY + FUNDING, key_file(f"public = {'x' * 40}\nsecret = {'~' * 40}\n"), "is no Z85"),
    Row("the secret key is missing", GATEWAY + FUNDING,
        lambda c: c.key(f"public = {c.public()}\n"), "a key is missing"),
    Row("the public key is another's", EVERY, lambda c: c.key(other_key(c)), "is not that of the secret one"),
    Row("the key file holds something else", FUNDING, key_file("-----BEGIN PRIVATE KEY-----\n"), "line 1 is no"),
    Row("the gateway's key is not given", WORKERS, without("GATEWAY_KEY"), "SANGKIEN_GATEWAY_KEY"),
    Row("the gateway's key is short", FUNDING, given(GATEWAY_KEY="x" * 39), "SANGKIEN_GATEWAY_KEY"),
    Row("the gateway's key is no Z85", FUNDING, given(GATEWAY_KEY="~" * 40), "SANGKIEN_GATEWAY_KEY"),
    Row("no file of workers is named", GATEWAY, without("WORKER_KEYS"), "SANGKIEN_WORKER_KEYS"),
    Row("the file of workers is not there", GATEWAY, given(WORKER_KEYS="/nowhere"), "SANGKIEN_WORKER_KEYS: /nowhere"),
    Row("a worker's key has a wrong length", GATEWAY, file_of("WORKER_KEYS", f"funding {'x' * 41}\n"), "line 1"),
    Row("a line of workers never ends", GATEWAY, file_of("WORKER_KEYS", "x" * 300), "line 1 is too long"),
    Row("no key of receipts is named", GATEWAY, without("RECEIPT_KEY"), "SANGKIEN_RECEIPT_KEY"),
    Row("the key of receipts is empty", GATEWAY, file_of("RECEIPT_KEY", ""), "SANGKIEN_RECEIPT_KEY"),
    Row("the key of receipts is open", GATEWAY,
        file_of("RECEIPT_KEY", "y" * 64, 0o660), "SANGKIEN_RECEIPT_KEY: others"),
]

SETTINGS = [
    Row("a setting is misspelt", EVERY, given(HEALHT="127.0.0.1:1"), "SANGKIEN_HEALHT: there is no such setting"),
    Row("a path is asked for in a file", FUNDING,
        given(SECRET_KEY_FILE="/key"), "SANGKIEN_SECRET_KEY_FILE: there is no"),
    Row("a setting is given twice", FUNDING,
        given(DB_DSN_FILE="/etc/hostname"), "SANGKIEN_DB_DSN_FILE: the setting is"),
    Row("the file of a setting is not there", FUNDING, given(DB_DSN=None, DB_DSN_FILE="/nowhere"),
        "SANGKIEN_DB_DSN_FILE: /nowhere"),
    Row("the file of a setting is a novel", FUNDING,
        lambda c: c.set(DB_DSN=None, DB_DSN_FILE=c.file("given", "x" * 70000)), "is too long"),
    Row("a number is negative", EVERY, given(CREDIT="-1"), 'SANGKIEN_CREDIT: "-1" is no whole number'),
    Row("a number is nought", FUNDING, given(BATCH_MAX="0"), "SANGKIEN_BATCH_MAX: 0 is not within 1 and"),
    Row("a number is too large", FUNDING, given(BATCH_MAX="401"), "SANGKIEN_BATCH_MAX: 401 is not within"),
    Row("a number is endless", EVERY, given(POLL_MS="9" * 30), "SANGKIEN_POLL_MS"),
    Row("a number has a unit", FUNDING, given(HEARTBEAT_MS="1000ms"), 'SANGKIEN_HEARTBEAT_MS: "1000ms"'),
    Row("a number is empty", GATEWAY, given(SYSTEM_INFLIGHT=""), 'SANGKIEN_SYSTEM_INFLIGHT: ""'),
    Row("one system may send next to nothing", GATEWAY, given(SYSTEM_INFLIGHT_BYTES="1024"),
        "SANGKIEN_SYSTEM_INFLIGHT_BYTES"),
    Row("all may send more than there is", GATEWAY, given(GLOBAL_INFLIGHT_BYTES=str(1 << 50)),
        "SANGKIEN_GLOBAL_INFLIGHT_BYTES"),
    Row("the log is to be loud", EVERY, given(LOG_LEVEL="loud"), 'SANGKIEN_LOG_LEVEL: "loud"'),
    Row("the clock's file is not there", EVERY, given(CLOCK_FILE="/nowhere"), "SANGKIEN_CLOCK_FILE: /nowhere"),
    Row("the clock is behind the journal", EVERY,
        lambda case: (case.sql(*RECORDED_LATER), file_of("CLOCK_FILE", "-60\n")(case)), "seconds behind the journal"),
    Row("the clock's file tells no seconds", FUNDING, file_of("CLOCK_FILE", "yesterday\n"), "SANGKIEN_CLOCK_FILE"),
    Row("a role that a gateway has not", GATEWAY, option("--role", "writer"), "gateway has no roles"),
]

ADDRESSES = [
    Row("the page's address has no port", EVERY, given(HEALTH="127.0.0.1"), "SANGKIEN_HEALTH"),
    Row("the page's address is a name", FUNDING, given(HEALTH="localhost:9101"), "SANGKIEN_HEALTH"),
    Row("the page's port is out of range", FUNDING, given(HEALTH="127.0.0.1:65536"), "SANGKIEN_HEALTH"),
    Row("the page's port is taken", EVERY, lambda c: c.take("health"), IN_USE),
    Row("no gateway is named", WORKERS, given(GATEWAY=""), "SANGKIEN_GATEWAY: no gateway is named"),
    Row("the gateway's port is out of range", FUNDING, given(GATEWAY="tcp://127.0.0.1:65537"), "there is no such port"),
    Row("the gateway's endpoint is none", FUNDING, given(GATEWAY="127.0.0.1:7302"), "cannot dial 127.0.0.1:7302"),
    Row("the outer endpoint is none", GATEWAY, given(LISTEN="7301"), "cannot listen at 7301", ("health", "inner")),
    Row("the outer endpoint is empty", GATEWAY, given(LISTEN=""), "cannot listen at", ("health", "inner")),
    Row("the outer port is out of range", GATEWAY, given(LISTEN="tcp://127.0.0.1:70000"), "there is no such port",
        ("health", "inner")),
    Row("the outer address is not ours", GATEWAY,
        given(LISTEN="tcp://192.0.2.1:7301"), "cannot listen at tcp://192.0.2",
        ("health", "inner")),
    Row("the outer port is taken", GATEWAY, lambda c: c.take("outer"), IN_USE, ("health", "inner")),
    Row("the inner endpoint is none", GATEWAY, given(LISTEN_INNER="ftp://127.0.0.1:1"), "cannot listen at ftp",
        ("health",)),
    Row("the inner port is taken", GATEWAY, lambda c: c.take("inner"), IN_USE, ("health",)),
    Row("both doors are one", GATEWAY, same_port, IN_USE, ("health", "inner")),
]

DATABASE = [
    Row("the database server is not there", WORKERS, lambda c: c.use("host=/nowhere dbname=sangkien user=x"),
        "cannot connect to PostgreSQL"),
    Row("the database is not there", FUNDING,
        lambda c: c.use(c.library.dsn("nowhere", "funding")), '"nowhere" does not'),
    Row("the role is not there", FUNDING, lambda c: c.use(c.library.dsn("plain", "nobody")), "sangkien_nobody"),
    Row("the DSN is none", WORKERS, lambda c: c.use("host"), "connection info"),
    Row("the DSN has a word that libpq does not know", FUNDING,
        lambda c: c.use(c.library.dsn("plain") + " hots=1"), "hots"),
    Row("the role is another service's", WORKERS, lambda c: c.use(c.library.dsn(
        "plain", "funding" if c.service == "appraisal" else "appraisal")), "permission denied"),
    Row("the gateway's role may write", GATEWAY, wrong_role("submissions"), "must be sangkien_gateway"),
    Row("the role is the superuser's", EVERY, superuser, "must be sangkien_"),
    Row("the role only looks", FUNDING, wrong_role("auditor"), "must be sangkien_funding"),
    Row("nobody has made the schema", EVERY, renamed("ALTER SCHEMA {}", "runtime", "elsewhere"), "ops/db/migrate"),
    Row("the schema is from tomorrow", EVERY, spoilt(
        "UPDATE runtime.schema_version SET version = version + 1",
        "UPDATE runtime.schema_version SET version = version - 1"), "schema version is 2"),
    Row("the schema has no version", FUNDING, spoilt(
        "DELETE FROM runtime.schema_version", "INSERT INTO runtime.schema_version VALUES (1)"), "schema"),
    Row("the journal is not there", EVERY, renamed("ALTER TABLE runtime.{}", "journal", "diary"),
        '"runtime.journal" does not'),
    Row("the inbox has no salt", WORKERS, spoilt(
        "ALTER TABLE runtime.inbox RENAME salt TO pepper", "ALTER TABLE runtime.inbox RENAME pepper TO salt"), "salt"),
    Row("a service's tables are not there", ("submissions", "appraisal", "funding"), spoilt(
        "ALTER SCHEMA {service} RENAME TO elsewhere", "ALTER SCHEMA elsewhere RENAME TO {service}"), "does not exist"),
    Row("a column has another name", MAIL, spoilt(
        "ALTER TABLE notifications.notification RENAME address TO mailbox",
        "ALTER TABLE notifications.notification RENAME mailbox TO address"), "address"),
    Row("a function is not there", WORKERS, renamed("ALTER FUNCTION runtime.{}", "must_be", "may_be"),
        "runtime.must_be"),
    Row("the journal may not be read", EVERY, revoked("SELECT", "runtime.journal"),
        "permission denied for table journal"),
    Row("the journal may not be written", WORKERS, revoked("INSERT", "runtime.journal"),
        "permission denied for table journal"),
    Row("the inbox may not be written", FUNDING, revoked("INSERT", "runtime.inbox"),
        "permission denied for table inbox"),
    Row("the head may not be moved", FUNDING, revoked("UPDATE", "runtime.journal_head"),
        "permission denied for table journal_head"),
    Row("the own schema may not be entered", FUNDING, revoked("USAGE", "SCHEMA funding"),
        "permission denied for schema funding"),
    Row("the own table may not be changed", FUNDING, revoked("UPDATE", "funding.funding_case"),
        "permission denied for table funding_case"),
    Row("the role commits without waiting", EVERY, spoilt(
        "ALTER ROLE sangkien_{service} IN DATABASE plain SET synchronous_commit = off",
        "ALTER ROLE sangkien_{service} IN DATABASE plain RESET synchronous_commit"), "synchronous_commit = off"),
    Row("the database commits locally", FUNDING, spoilt(
        "ALTER DATABASE plain SET synchronous_commit = local", "ALTER DATABASE plain RESET synchronous_commit"),
        "synchronous_commit = local"),
    Row("the database is not in UTF-8", FUNDING, ascii, "server_encoding = SQL_ASCII"),
]

CARELESS = [
    Row("the server does not flush", EVERY, lambda c: c.carelessly(fsync="off"), "fsync = off"),
    Row("the server writes pages in part", EVERY, lambda c: c.carelessly(full_page_writes="off"),
        "full_page_writes = off"),
    Row("the server has no checksums", EVERY, lambda c: c.carelessly(), "data_checksums = off"),
]

OPERATOR = [
    Row("there is no first operator", DIRECTORY, fresh(FIRST_OPERATOR=None), "SANGKIEN_FIRST_OPERATOR names no file"),
    Row("the first operator's file is not there", DIRECTORY, fresh(FIRST_OPERATOR="/nowhere"),
        "SANGKIEN_FIRST_OPERATOR: /nowhere"),
    Row("the first operator has no key", DIRECTORY, first_operator("public_key", "#"), "public_key is missing"),
    Row("the first operator's key is none", DIRECTORY,
        first_operator("public_key = ", "public_key = ~"), "public_key is not"),
    Row("the first operator is there twice", DIRECTORY, first_operator("agency_code", "person_name = x\nagency_code"),
        "person_name is there twice"),
    Row("the first operator has an unknown word", DIRECTORY, first_operator("agency_code", "code"), "no such key"),
    Row("the first operator's address is none", DIRECTORY, first_operator("@khanhhoa", "#khanhhoa"), "agency_email"),
    Row("the first operator has a name without end", DIRECTORY,
        first_operator("agency_code = ", "agency_code = " + "X" * 600),
        "more than"),
]

RELAY = [
    Row("the relay speaks HTTP", MAIL, given(SMTP_URL="http://127.0.0.1:25"), "SANGKIEN_SMTP_URL must begin with"),
    Row("the relay is no URL", MAIL, given(SMTP_URL="smtp://"), "SANGKIEN_SMTP_URL is no URL"),
    Row("a relay elsewhere without TLS", MAIL,
        given(SMTP_URL="smtp://relay.example:25"), "SANGKIEN_SMTP_PLAIN is only"),
    Row("TLS perhaps", MAIL, given(SMTP_PLAIN="yes"), 'SANGKIEN_SMTP_PLAIN is "allow" or nothing'),
    Row("certificates that are not there", MAIL, given(SMTP_CA_FILE="/nowhere"), "SANGKIEN_SMTP_CA_FILE: /nowhere"),
    Row("the relay's password is open", MAIL, lambda c: c.set(SMTP_PASSWORD=None, SMTP_PASSWORD_FILE=c.file(
        "given", SECRET, 0o644)), "SANGKIEN_SMTP_PASSWORD_FILE: others may read"),
    Row("nobody sends the mail", MAIL, given(MAIL_FROM=""), "SANGKIEN_MAIL_FROM"),
    Row("the sender is two", MAIL, given(MAIL_FROM="a@b.example\r\nBcc: c@d.example"), "SANGKIEN_MAIL_FROM"),
    Row("the mail's domain is none", MAIL, given(MAIL_DOMAIN="not a domain"), "SANGKIEN_MAIL_DOMAIN"),
    Row("a language that nobody wrote", MAIL, given(MAIL_LANGUAGES="vi,fr"), 'mail languages "vi,fr"'),
    Row("no templates", MAIL, given(TEMPLATES="/nowhere"), "template /nowhere"),
    Row("one template is missing", MAIL, spoilt_template("en/funds_disbursed.mustache", None), "en/funds_disbursed"),
    Row("one template is broken", MAIL,
        spoilt_template("vi/opinion_given.mustache", "{{#open}}\n\nx"), "vi/opinion_given"),
]

ROWS = KEYS + SETTINGS + ADDRESSES + DATABASE + CARELESS + OPERATOR + RELAY


def cases(all):
    """(row, service): each row with every service, or with the gateway and one worker, in turn."""
    chosen = []
    for n, row in enumerate(ROWS):
        workers = [service for service in row.services if service != "gateway"]
        if workers and not all:
            workers = [workers[n % len(workers)]]
        chosen += [(row, service) for service in ["gateway"] * ("gateway" in row.services) + workers]
    return chosen
