/* services/notifications/mailing.c - loads the module of mail. */
#include "services/notifications/mailing.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_REASON = 512 };

int
mailing_load(const struct mailing **ret_mailing)
{
    void *module = dlopen("sangkien-mail.so", RTLD_NOW | RTLD_LOCAL);
    const struct mailing *mailing = module ? dlsym(module, "sangkien_mailing") : NULL;

    if (!mailing)
        return err_set(ERR_FATAL, "the module of mail cannot be loaded: %s", dlerror());
    if (strcmp(mailing->version, SANGKIEN_VERSION) != 0)
        return err_set(ERR_FATAL, "the module of mail is of version %s", mailing->version);
    *ret_mailing = mailing;
    return 0;
}

/* The child: says what is wrong, if anything is. */
static void
check_and_tell(const struct config *config, int fd)
{
    const struct mailing *mailing = NULL;
    int rc = mailing_load(&mailing);

    if (mailing)
        rc = mailing->check(config);
    if (rc != 0 && write(fd, err_text(), strlen(err_text())) < 0)
        _exit(2); /* then it stays untold what is wrong */
    _exit(rc != 0);
}

static int
hear_of(pid_t child, int fd)
{
    char reason[MOST_REASON] = "";
    ssize_t size = read(fd, reason, sizeof(reason) - 1);
    int status;

    if (waitpid(child, &status, 0) < 0)
        return err_set(ERR_FATAL, "cannot wait for the check of mail: %s", strerror(errno));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    return err_set(ERR_FATAL, "%s", size > 0 ? reason : "the check of mail broke off");
}

int
mailing_check(const struct config *config)
{
    int ends[2];
    pid_t child;
    int rc;

    if (pipe(ends) != 0)
        return err_set(ERR_FATAL, "cannot make a pipe: %s", strerror(errno));
    child = fork();
    if (child == 0)
        check_and_tell(config, ends[1]);
    close(ends[1]);
    rc = child > 0 ? hear_of(child, ends[0])
                   : err_set(ERR_FATAL, "cannot make a process: %s", strerror(errno));
    close(ends[0]);
    return rc;
}
