/* services/notifications/smtp.c - libcurl speaks SMTP; here is what its outcomes mean. */
#include "services/notifications/smtp.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "services/notifications/address.h"

enum { MOST_REASON = 200, MOST_URL = 512 };

struct smtp {
    CURL *curl;
    const struct config *config;
    char url[MOST_URL];
    struct bytes rest; /* of the mail under way */
    enum smtp_phase phase;
    char reply[MOST_REASON]; /* the relay's last line */
    char reason[MOST_REASON + CURL_ERROR_SIZE + 32];
    char error[CURL_ERROR_SIZE];
};

/* ------------------------------------------------------------------ what an outcome means */

enum smtp_verdict
smtp_judge(bool succeeded, enum smtp_phase phase, long response)
{
    if (succeeded)
        return MAIL_SENT;
    if (phase == PHASE_CONNECT)
        return MAIL_NO_RELAY; /* a refused log-in or sender is our own trouble, not the recipient's
                               */
    if (response == 421)
        return MAIL_NO_RELAY; /* the relay is closing down */
    if (response >= 500 && response < 600)
        return MAIL_REFUSED;
    /* 4xx; or 354 and then silence, which leaves open whether the mail was taken: the same
     * Message-ID goes out again. */
    return MAIL_RETRY;
}

/* ------------------------------------------------------------------ what libcurl calls back */

static size_t
give_content(char *buffer, size_t size, size_t count, void *context)
{
    struct smtp *smtp = context;
    size_t most = size * count;

    if (most > smtp->rest.size)
        most = smtp->rest.size;
    if (most == 0) {
        smtp->phase = PHASE_ANSWER;
        return 0;
    }
    memcpy(buffer, smtp->rest.data, most);
    smtp->rest.data += most;
    smtp->rest.size -= most;
    return most;
}

/* Keeps the last line with which the relay refused something; what follows is only its good-bye.
 * The lines are a stranger's words: of them only printable ASCII. */
static size_t
take_reply(char *buffer, size_t size, size_t count, void *context)
{
    struct smtp *smtp = context;
    size_t kept = 0;

    if (size * count == 0 || (buffer[0] != '4' && buffer[0] != '5'))
        return size * count;
    for (size_t i = 0; i < size * count && kept < sizeof(smtp->reply) - 1; i++)
        if (buffer[i] >= ' ' && buffer[i] < 0x7f)
            smtp->reply[kept++] = buffer[i];
    smtp->reply[kept] = '\0';
    return size * count;
}

static bool
begins_with(const char *line, size_t size, const char *word)
{
    return size >= strlen(word) && strncasecmp(line, word, strlen(word)) == 0;
}

/* Follows the conversation by what we say; log-in lines pass here too and are never kept. */
static int
follow(CURL *curl, curl_infotype type, char *line, size_t size, void *context)
{
    struct smtp *smtp = context;

    (void) curl;
    if (type != CURLINFO_HEADER_OUT)
        return 0;
    if (begins_with(line, size, "RCPT TO"))
        smtp->phase = PHASE_RECIPIENT;
    else if (begins_with(line, size, "DATA"))
        smtp->phase = PHASE_CONTENT;
    return 0;
}

/* ------------------------------------------------------------------ settings */

static void
free_text(char **text_p)
{
    curl_free(*text_p);
}

static void
free_url(CURLU **url_p)
{
    curl_url_cleanup(*url_p);
}

static bool
is_this_machine(const char *host)
{
    struct in_addr address;

    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
           (inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127);
}

static int
check_url(const struct config *config)
{
    CLEANUP(free_url) CURLU *url = curl_url();
    CLEANUP(free_text) char *scheme = NULL;
    CLEANUP(free_text) char *host = NULL;

    if (!url ||
        curl_url_set(url, CURLUPART_URL, config->smtp_url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK ||
        curl_url_get(url, CURLUPART_HOST, &host, 0) != CURLUE_OK)
        return err_set(ERR_FATAL, "SANGKIEN_SMTP_URL is no URL");
    if (strcmp(scheme, "smtp") != 0 && strcmp(scheme, "smtps") != 0)
        return err_set(ERR_FATAL, "SANGKIEN_SMTP_URL must begin with smtp:// or smtps://");
    if (strcmp(config->smtp_plain, "allow") == 0 && !is_this_machine(host))
        return err_set(ERR_FATAL,
                       "SANGKIEN_SMTP_PLAIN is only for a relay on this machine, not for %s", host);
    return 0;
}

int
smtp_check(const struct config *config)
{
    if (*config->smtp_plain && strcmp(config->smtp_plain, "allow") != 0)
        return err_set(ERR_FATAL, "SANGKIEN_SMTP_PLAIN is \"allow\" or nothing");
    if (!address_is_usable(config->mail_from))
        return err_set(ERR_FATAL, "SANGKIEN_MAIL_FROM is no e-mail address");
    if (config->smtp_ca_file && *config->smtp_ca_file && access(config->smtp_ca_file, R_OK) != 0)
        return err_set(ERR_FATAL, "SANGKIEN_SMTP_CA_FILE: %s: %s", config->smtp_ca_file,
                       strerror(errno));
    if (!domain_is_usable(config->mail_domain))
        return err_set(ERR_FATAL, "SANGKIEN_MAIL_DOMAIN is no domain");
    return check_url(config);
}

/* What stays the same for every mail on this handle. */
static void
set_up(struct smtp *smtp)
{
    const struct config *config = smtp->config;
    CURL *curl = smtp->curl;
    const bool plain = strcmp(config->smtp_plain, "allow") == 0;

    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_URL, smtp->url);
    /* Never TRY: it falls back to clear text without a word. */
    curl_easy_setopt(curl, CURLOPT_USE_SSL, plain ? (long) CURLUSESSL_NONE : (long) CURLUSESSL_ALL);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (*config->smtp_ca_file)
        curl_easy_setopt(curl, CURLOPT_CAINFO, config->smtp_ca_file);
    if (*config->smtp_user) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, config->smtp_user);
        curl_easy_setopt(curl, CURLOPT_PASSWORD, config->smtp_password);
    }
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 15L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, 120L);
    /* An idle connection that the relay may have given up is not used again. */
    curl_easy_setopt(curl, CURLOPT_MAXAGE_CONN, 30L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, smtp->error);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_content);
    curl_easy_setopt(curl, CURLOPT_READDATA, smtp);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_reply);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, smtp);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_reply);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, smtp);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L); /* into follow(), not onto the terminal */
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, follow);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, smtp);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, config->mail_from);
}

int
smtp_open(const struct config *config, struct smtp **ret_smtp)
{
    struct smtp *smtp;
    const char *host = strstr(config->smtp_url, "://");
    int rc = smtp_check(config);

    if (rc)
        return rc;
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return err_set(ERR_FATAL, "libcurl cannot be started");
    smtp = calloc(1, sizeof(*smtp));
    if (!smtp)
        abort();
    smtp->config = config;
    /* The URL's path is the name that EHLO says: the mail domain rather than the machine's own
     * name. */
    snprintf(smtp->url, sizeof(smtp->url), "%s%s%s", config->smtp_url,
             strchr(host + strlen("://"), '/') ? "" : "/",
             strchr(host + strlen("://"), '/') ? "" : config->mail_domain);
    smtp->curl = curl_easy_init();
    if (!smtp->curl) {
        smtp_close(&smtp);
        return err_set(ERR_FATAL, "libcurl gives no handle");
    }
    set_up(smtp);
    *ret_smtp = smtp;
    return 0;
}

void
smtp_close(struct smtp **smtp_p)
{
    struct smtp *smtp = *smtp_p;

    *smtp_p = NULL;
    if (!smtp)
        return;
    curl_easy_cleanup(smtp->curl);
    free(smtp);
    curl_global_cleanup();
}

/* ------------------------------------------------------------------ sending */

/* In front the relay's words when there are any: they say more than libcurl's. */
static const char *
reason_of(struct smtp *smtp, CURLcode code, long response)
{
    if (response >= 400 && *smtp->reply)
        snprintf(smtp->reason, sizeof(smtp->reason), "%s", smtp->reply);
    else
        snprintf(smtp->reason, sizeof(smtp->reason), "%s (last response %ld)",
                 *smtp->error ? smtp->error : curl_easy_strerror(code), response);
    return smtp->reason;
}

enum smtp_verdict
smtp_send(struct smtp *smtp, const char *to, struct bytes mail, const char **ret_reason)
{
    struct curl_slist *recipients;
    CURLcode code;
    long response = 0;

    *ret_reason = "not an e-mail address";
    if (!address_is_usable(to)) /* libcurl would send a line break in it as a command */
        return MAIL_REFUSED;
    recipients = curl_slist_append(NULL, to);
    if (!recipients)
        abort();
    smtp->rest = mail;
    smtp->phase = PHASE_CONNECT;
    smtp->reply[0] = '\0';
    smtp->error[0] = '\0';
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(smtp->curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t) mail.size);
    code = curl_easy_perform(smtp->curl);
    curl_easy_getinfo(smtp->curl, CURLINFO_RESPONSE_CODE, &response);
    curl_easy_setopt(smtp->curl, CURLOPT_MAIL_RCPT, NULL);
    curl_slist_free_all(recipients);
    *ret_reason = code == CURLE_OK ? "" : reason_of(smtp, code, response);
    return smtp_judge(code == CURLE_OK, smtp->phase, response);
}
