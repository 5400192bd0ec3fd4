/* services/directory/first_operator.c - who may speak first: read from a file, said once.
 *
 * The ids follow from constant names: saying it again could only meet what is there already.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <uninorm.h>
#include <unistr.h>

#include "common/config.h"
#include "common/list.h"
#include "common/proto.h"
#include "services/directory/core.h"

struct setting {
    const char *key;
    size_t offset;
    bool may_be_empty;
};

/* clang-format off */
static const struct setting settings[] = {
    { "agency_name",  offsetof(struct first_operator, agency_name),  false },
    { "agency_code",  offsetof(struct first_operator, agency_code),  false },
    { "agency_email", offsetof(struct first_operator, agency_email), true },
    { "person_name",  offsetof(struct first_operator, person_name),  false },
    { "system_name",  offsetof(struct first_operator, system_name),  false },
    { "public_key",   offsetof(struct first_operator, public_key),   false },
    { 0 },
};
/* clang-format on */

/* ------------------------------------------------------------------ the file */

static void
close_file(FILE **file_p)
{
    if (*file_p)
        (void) fclose(*file_p);
}

static void
free_line(char **line_p)
{
    free(*line_p);
}

static char *
trim(char *text)
{
    char *end;

    text += strspn(text, " \t\r\n");
    end = text + strlen(text);
    while (end > text && strchr(" \t\r\n", end[-1]))
        end--;
    *end = '\0';
    return text;
}

/* What the gateway would ask of any text: UTF-8, NFC, no control characters. */
static bool
is_clean(const char *text)
{
    const uint8_t *bytes = (const uint8_t *) text;
    size_t size = strlen(text), normal_size = 0;
    uint8_t *normal;
    bool same;

    if (u8_check(bytes, size))
        return false;
    for (const uint8_t *c = bytes; *c; c++)
        if (*c < 0x20 || *c == 0x7f || (*c == 0xc2 && c[1] < 0xa0))
            return false;
    normal = u8_normalize(UNINORM_NFC, bytes, size, NULL, &normal_size);
    same = normal && normal_size == size && memcmp(normal, bytes, size) == 0;
    free(normal);
    return same;
}

static const char **
member_of(struct first_operator *who, const struct setting *setting)
{
    return (const char **) (void *) ((char *) who + setting->offset);
}

static int
take_line(char *line, struct arena *arena, struct first_operator *who)
{
    const struct setting *setting = settings;
    char *equals = strchr(line, '=');
    char *value;

    if (!equals)
        return err_set(ERR_FATAL, "is not `key = value`");
    value = trim(equals + 1);
    *equals = '\0';
    line = trim(line);
    while (setting->key && strcmp(setting->key, line) != 0)
        setting++;
    if (!setting->key)
        return err_set(ERR_FATAL, "there is no such key");
    if (*member_of(who, setting))
        return err_set(ERR_FATAL, "%s is there twice", setting->key);
    if (!is_clean(value))
        return err_set(ERR_FATAL, "%s is not UTF-8 in NFC without control characters",
                       setting->key);
    *member_of(who, setting) = arena_text(arena, value);
    return 0;
}

static int
check_all(struct first_operator *who)
{
    for (const struct setting *s = settings; s->key; s++) {
        const char **member = member_of(who, s);

        if (!s->may_be_empty && (!*member || !**member))
            return err_set(ERR_FATAL, "%s is missing", s->key);
        if (!*member)
            *member = "";
    }
    if (!directory_is_key(who->public_key))
        return err_set(ERR_FATAL, "public_key is not a CURVE key as 40 characters of Z85");
    if (who->agency_email && *who->agency_email && !directory_is_mailbox(who->agency_email))
        return err_set(ERR_FATAL, "agency_email is no ASCII address local@domain");
    return 0;
}

int
first_operator_read(const char *path, struct arena *arena, struct first_operator *ret_operator)
{
    CLEANUP(close_file) FILE *file = fopen(path, "re");
    CLEANUP(free_line) char *line = NULL;
    struct first_operator who = { 0 };
    size_t room = 0;
    ssize_t length;
    int rc = 0;

    if (!file)
        return err_set(ERR_FATAL, "%s: %s", path, strerror(errno));
    for (int number = 1; rc == 0 && (length = getline(&line, &room, file)) > 0; number++) {
        bool has_nul = strlen(line) < (size_t) length;
        char *text = trim(line);

        if (has_nul)
            rc = err_set(ERR_FATAL, "has a NUL in it");
        else if (*text && *text != '#')
            rc = take_line(text, arena, &who);
        if (rc)
            return err_add(rc, "%s, line %d", path, number);
    }
    if (ferror(file))
        return err_set(ERR_FATAL, "%s: %s", path, strerror(errno));
    rc = check_all(&who);
    if (rc)
        return err_add(rc, "%s", path);
    *ret_operator = who;
    return 0;
}

/* ------------------------------------------------------------------ the words */

static struct uuid
id_of(const char *what)
{
    return uuid_derive("sangkien first operator", what, strlen(what));
}

static void *
add_word(struct list *words, struct arena *arena, const char *subject,
         const ProtobufCMessageDescriptor *message)
{
    struct first_word *word = list_add(words);

    word->subject = id_of(subject);
    word->message = proto_new(arena, message);
    return word->message;
}

void
first_operator_requests(const struct first_operator *who, struct arena *arena,
                        struct list *ret_words)
{
    struct uuid agency_id = id_of("agency"), person_id = id_of("person");
    const char *agency_text = uuid_text(arena, &agency_id);
    Directory__RegisterAgency *agency = add_word(ret_words, arena, "agency", ON(register_agency));
    Directory__RegisterPerson *person = add_word(ret_words, arena, "person", ON(register_person));
    Directory__RegisterSystem *system = add_word(ret_words, arena, "system", ON(register_system));
    Directory__BindRole *binding = add_word(ret_words, arena, "binding", ON(bind_role));

    agency->name = who->agency_name;
    agency->agency_class = DIRECTORY__AGENCY_CLASS__AGENCY_CLASS_DEPARTMENT;
    agency->level = DIRECTORY__AGENCY_LEVEL__AGENCY_LEVEL_PROVINCE;
    agency->email = who->agency_email;
    agency->agency_code = who->agency_code;
    person->agency_id = agency_text;
    person->full_name = who->person_name;
    system->agency_id = agency_text;
    system->name = who->system_name;
    system->public_key = who->public_key;
    binding->role = OPERATOR_ROLE;
    binding->agency_id = agency_text;
    binding->person_id = uuid_text(arena, &person_id);
    binding->programme = DIRECTORY_PROGRAMME;
}

/* These words do not pass the gateway, which would have measured their texts. */
static int
check_limits(const struct first_word *said)
{
    const struct word *word = proto_word_of(said->message->descriptor);

    for (unsigned i = 0; i < word->message->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &word->message->fields[i];
        const void *member = (const char *) said->message + field->offset;
        uint32_t most = word->limits[i].max_bytes;

        if (field->type == PROTOBUF_C_TYPE_STRING && most &&
            strlen(*(const char *const *) member) > most)
            return err_set(ERR_FATAL, "%s of %s has more than %u bytes", field->name,
                           word->message->short_name, most);
    }
    return 0;
}

int
first_operator_words(const struct config *config, struct arena *arena, struct list *ret_words)
{
    struct first_operator who = { 0 };
    struct list words;
    int rc;

    if (!config->first_operator || !*config->first_operator)
        return err_set(ERR_FATAL,
                       "there is no operator yet, and SANGKIEN_FIRST_OPERATOR names no file");
    rc = first_operator_read(config->first_operator, arena, &who);
    if (rc)
        return err_add(rc, "SANGKIEN_FIRST_OPERATOR");
    list_init(&words, arena, sizeof(struct first_word));
    first_operator_requests(&who, arena, &words);
    LIST_EACH (const struct first_word, word, &words) {
        rc = check_limits(word);
        if (rc)
            return err_add(rc, "%s", config->first_operator);
    }
    LIST_EACH (const struct first_word, word, &words)
        *(struct first_word *) list_add(ret_words) = *word;
    return 0;
}
