/* services/notifications/address.h - which e-mail addresses and names of hosts may go near a mail
 * server.
 *
 * Shapes     strict ASCII local@domain, at most 254 bytes: no quotes, no comments, no controls, so
 *            that nothing in an address can be read as an SMTP command.
 * Threads    pure.
 * Source     RFC 5321 4.1.2 (Dot-string, Domain) and 4.5.3.1; RFC 1123 2.1.
 */
#ifndef SANGKIEN_NOTIFICATIONS_ADDRESS_H
#define SANGKIEN_NOTIFICATIONS_ADDRESS_H

#include <stdbool.h>

/* NULL and "" are not usable. */
bool address_is_usable(const char *address);
bool domain_is_usable(const char *domain);

#endif
