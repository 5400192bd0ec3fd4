/* common/config.c - the one table of settings, and how it is read, printed and described.
 *
 * A PATH names a file itself; it has no ..._FILE of its own, whatever its name ends in.
 */
#include "common/config.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/arena.h"
#include "common/mask.h"

#define PREFIX "SANGKIEN_"
#define CTL_PREFIX "SANGKIEN_CTL_"
#define FILE_SUFFIX "_FILE"
#define NAME_SIZE 64
#define MOST_BYTES 65536 /* of a value in a file */

enum setting_type { TEXT, NUMBER, PATH, SECRET };

struct setting {
    const char *member;
    enum setting_type type;
    size_t offset;
    const char *standard; /* what it is when nobody says */
    int64_t least;
    int64_t most;
    const char *help;
};

extern char **environ;

#define SETTING_COUNT 64 /* with the closing zero row */
static const struct setting settings[SETTING_COUNT];

/* Where each value came from: NULL for the table, "" for the environment, else a file. */
static const char *origins[SETTING_COUNT];

/* What the values lie in; never freed. */
static struct arena *kept;

/* ------------------------------------------------------------------ names */

static void
print_name(const struct setting *setting, const char *suffix, char ret_name[NAME_SIZE])
{
    int length = snprintf(ret_name, NAME_SIZE, PREFIX "%s%s", setting->member, suffix);

    assert(length < NAME_SIZE);
    for (char *c = ret_name; *c; c++)
        *c = (char) toupper((unsigned char) *c);
}

static const char *
value_of(const struct setting *setting, const char *suffix)
{
    char name[NAME_SIZE];

    print_name(setting, suffix, name);
    return getenv(name);
}

static bool
is_named(const struct setting *setting, const char *suffix, const char *text, size_t length)
{
    char name[NAME_SIZE];

    print_name(setting, suffix, name);
    return strlen(name) == length && memcmp(name, text, length) == 0;
}

static bool
is_known(const char *name, size_t length)
{
    for (const struct setting *s = settings; s->member; s++)
        if (is_named(s, "", name, length) ||
            (s->type != PATH && is_named(s, FILE_SUFFIX, name, length)))
            return true;
    return false;
}

static int
refuse_unknown(void)
{
    for (char **entry = environ; entry && *entry; entry++) {
        size_t length = strcspn(*entry, "=");

        if (strncmp(*entry, CTL_PREFIX, strlen(CTL_PREFIX)) == 0)
            continue; /* the command line's own */
        if (strncmp(*entry, PREFIX, strlen(PREFIX)) == 0 && !is_known(*entry, length))
            return err_set(ERR_FATAL, "%.*s: there is no such setting", (int) length, *entry);
    }
    return 0;
}

/* ------------------------------------------------------------------ reading */

static int
read_all(int fd, const char *name, const char *path, const char **ret_text)
{
    char *text = arena_zero(kept, MOST_BYTES + 2);
    size_t used = 0;
    ssize_t got = 1;

    while (used <= MOST_BYTES && got > 0) {
        got = read(fd, text + used, MOST_BYTES + 1 - used);
        if (got > 0)
            used += (size_t) got;
    }
    if (got < 0)
        return err_set(ERR_FATAL, "%s: %s: %s", name, path, strerror(errno));
    if (used > MOST_BYTES || memchr(text, '\0', used))
        return err_set(ERR_FATAL, "%s: %s is too long or holds a NUL", name, path);
    if (used && text[used - 1] == '\n')
        used--;
    text[used] = '\0';
    *ret_text = text;
    return 0;
}

static int
read_file(const char *name, const char *path, const char **ret_text)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int rc;

    if (fd < 0)
        return err_set(ERR_FATAL, "%s: %s: %s", name, path, strerror(errno));
    rc = read_all(fd, name, path, ret_text);
    close(fd);
    return rc;
}

static int
parse_number(const struct setting *setting, const char *text, int64_t *ret_number)
{
    char name[NAME_SIZE];
    long long number;
    char *end;

    print_name(setting, "", name);
    errno = 0;
    number = strtoll(text, &end, 10);
    if (!isdigit((unsigned char) *text) || *end || errno)
        return err_set(ERR_FATAL, "%s: \"%s\" is no whole number", name, text);
    if (number < setting->least || number > setting->most)
        return err_set(ERR_FATAL, "%s: %lld is not within %lld and %lld", name, number,
                       (long long) setting->least, (long long) setting->most);
    *ret_number = number;
    return 0;
}

/* What the environment says; NULL when it says nothing. */
static int
find_value(const struct setting *setting, const char **ret_value, const char **ret_origin)
{
    const char *direct = value_of(setting, "");
    const char *path = setting->type == PATH ? NULL : value_of(setting, FILE_SUFFIX);
    char name[NAME_SIZE];
    int rc = 0;

    print_name(setting, path ? FILE_SUFFIX : "", name);
    *ret_value = direct;
    *ret_origin = "";
    if (!path)
        return 0;
    if (direct)
        return err_set(ERR_FATAL, "%s: the setting is given twice, with and without " FILE_SUFFIX,
                       name);
    if (setting->type == SECRET)
        rc = config_secret_file(name, path);
    if (rc == 0)
        rc = read_file(name, path, ret_value);
    *ret_origin = arena_text(kept, path);
    return rc;
}

static int
load(struct config *config, const struct setting *setting, const char **ret_origin)
{
    void *member = (char *) config + setting->offset;
    const char *value = NULL;
    const char *origin;
    int rc = find_value(setting, &value, &origin);

    if (rc != 0)
        return rc;
    *ret_origin = value ? origin : NULL;
    if (!value)
        value = setting->standard;
    if (setting->type == NUMBER)
        return parse_number(setting, value, member);
    *(const char **) member = arena_text(kept, value); /* the environment may move */
    return 0;
}

int
config_load(struct config *ret_config)
{
    const char *where[SETTING_COUNT] = { NULL };
    struct config config = { 0 };
    int rc = refuse_unknown();

    if (!kept)
        kept = arena_new();
    for (size_t i = 0; rc == 0 && settings[i].member; i++) {
        rc = load(&config, &settings[i], &where[i]);
    }
    if (rc != 0)
        return rc;
    memcpy(origins, where, sizeof(origins));
    *ret_config = config;
    return 0;
}

/* ------------------------------------------------------------------ showing */

static void
print_value(const struct config *config, const struct setting *setting, FILE *out)
{
    const void *member = (const char *) config + setting->offset;
    const char *text;

    if (setting->type == NUMBER) {
        fprintf(out, "%lld", (long long) *(const int64_t *) member);
        return;
    }
    text = *(const char *const *) member;
    if (setting->type == SECRET)
        fputs(*text ? MASK : "", out);
    else
        mask_print(text, out);
}

void
config_print(const struct config *config, FILE *out)
{
    for (size_t i = 0; settings[i].member; i++) {
        const char *origin = origins[i] ? origins[i] : "default";
        char name[NAME_SIZE];

        print_name(&settings[i], "", name);
        fprintf(out, "%s=", name);
        print_value(config, &settings[i], out);
        fprintf(out, " (%s)\n", *origin ? origin : "environment");
    }
}

void
config_describe(FILE *out)
{
    for (const struct setting *s = settings; s->member; s++) {
        char name[NAME_SIZE];

        print_name(s, "", name);
        fprintf(out, "%-32s %-24s %s\n", name, *s->standard ? s->standard : "-", s->help);
    }
}

int
config_secret_file(const char *setting, const char *path)
{
    struct stat status;

    if (stat(path, &status) != 0)
        return err_set(ERR_FATAL, "%s: %s: %s", setting, path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        return err_set(ERR_FATAL, "%s: %s is no regular file", setting, path);
    if (status.st_uid != geteuid() && status.st_uid != 0)
        return err_set(ERR_FATAL, "%s: %s belongs to somebody else", setting, path);
    if (status.st_mode & 077)
        return err_set(ERR_FATAL, "%s: others may read %s: chmod 600", setting, path);
    return 0;
}

/* clang-format off */
#define KIB INT64_C(1024)
#define MIB (1024 * KIB)
#define ROW(member, type, standard, help) { #member, type, offsetof(struct config, member), standard, 0, 0, help }
#define NUM(member, standard, least, most, help) { #member, NUMBER, offsetof(struct config, member), standard, least, most, help }

static const struct setting settings[SETTING_COUNT] = {
    ROW(db_dsn,         TEXT,   "",                     "PostgreSQL, as libpq understands it"),
    ROW(gateway,        TEXT,   "tcp://127.0.0.1:7302", "inner endpoints of the gateways, separated by commas"),
    ROW(gateway_key,    TEXT,   "",                     "public key of the gateways, Z85"),
    ROW(secret_key,     PATH,   "",                     "file with the process's own CURVE key pair"),
    ROW(listen,         TEXT,   "tcp://127.0.0.1:7301", "gateway: endpoint for other systems"),
    ROW(listen_inner,   TEXT,   "tcp://127.0.0.1:7302", "gateway: endpoint for the services"),
    ROW(worker_keys,    PATH,   "",                     "gateway: file with lines \"service Z85-public-key\""),
    ROW(receipt_key,    PATH,   "",                     "gateway: file with the key of receipts, at least 32 bytes"),
    ROW(first_operator, PATH,   "",                     "directory: file that describes the very first operator"),
    ROW(health,         TEXT,   "",                     "address:port of /healthz, /readyz and /metrics; empty for none"),
    ROW(clock_file,     PATH,   "",                     "rehearsals only: file with seconds to move the clock by"),
    ROW(log_level,      TEXT,   "info",                 "debug, info, warning or error"),
    ROW(smtp_url,       TEXT,   "",                     "notifications: mail relay, smtp:// or smtps://"),
    ROW(smtp_user,      TEXT,   "",                     "notifications: user at the relay; empty for none"),
    ROW(smtp_password,  SECRET, "",                     "notifications: password at the relay"),
    ROW(smtp_ca_file,   PATH,   "",                     "notifications: certificates to trust instead of the system's"),
    ROW(smtp_plain,     TEXT,   "",                     "notifications: \"allow\" lets mail go unencrypted, to loopback only"),
    ROW(mail_from,      TEXT,   "",                     "notifications: address of the sender"),
    ROW(mail_domain,    TEXT,   "localhost",            "notifications: right-hand side of Message-ID"),
    ROW(mail_languages, TEXT,   "vi,en",                "notifications: \"vi\" or \"vi,en\""),
    ROW(templates,      TEXT,   "",                     "notifications: directory of the mail templates"),
    NUM(batch_max,             "256",       1,   400,           "most commands in one transaction"),
    NUM(credit,                "2048",      1,   65536,         "most commands that a service takes at a time"),
    NUM(poll_ms,               "250",       10,  60000,         "milliseconds between fallback looks at the journal"),
    NUM(heartbeat_ms,          "1000",      100, 60000,         "milliseconds between signs of life to the gateway"),
    NUM(system_inflight,       "2048",      1,   1000000,       "gateway: most requests of one system under way"),
    NUM(system_inflight_bytes, "16777216",  64 * KIB, 1024 * MIB,       "gateway: most bytes of one system under way"),
    NUM(global_inflight_bytes, "134217728", MIB, 65536 * MIB,  "gateway: most bytes of all systems under way"),
    NUM(clock_behind_seconds,  "10",        0,   3155760000,    "most seconds that the machine's clock may be behind the journal at start"),
    NUM(mail_retry_seconds,    "60",        1,   3600,          "notifications: first pause after a failed attempt; doubles up to an hour"),
    NUM(mail_attempts,         "100",       1,   10000,         "notifications: attempts before a mail is given up"),
    { 0 },
};
/* clang-format on */
