"""ops/docker/catcher.py - where the composed system's mail ends while trying out: kept in /mail, never sent.

Asks for encryption like a real relay would; its certificate comes from ops/docker/secrets.
"""
import pathlib
import signal
import ssl

from aiosmtpd.controller import Controller

from mail_catcher import Catcher

CERTIFICATE, KEY = "/run/secrets/catcher_crt", "/run/secrets/catcher_tls"


def main():
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(CERTIFICATE, KEY)
    controller = Controller(Catcher(pathlib.Path("/mail")), hostname="0.0.0.0", port=2525, server_hostname="catcher",
                            tls_context=tls, require_starttls=True, enable_SMTPUTF8=True)
    controller.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()


if __name__ == "__main__":
    main()
