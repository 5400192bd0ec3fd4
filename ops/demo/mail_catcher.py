#!/usr/bin/python3
"""ops/demo/mail_catcher.py - takes every mail that comes and keeps it as DIR/1.eml, DIR/2.eml ...

Usage: mail_catcher.py DIR PORT

Listens on loopback, without encryption; sends nothing on.
"""
import os
import pathlib
import signal
import sys

from aiosmtpd.controller import Controller


class Catcher:
    def __init__(self, folder):
        self.folder = folder
        self.count = max((int(file.stem) for file in folder.glob("*.eml")), default=0)

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        unfinished = self.folder / "unfinished"
        unfinished.write_bytes(envelope.content)
        os.rename(unfinished, self.folder / f"{self.count}.eml")  # whoever looks sees whole mails only
        return "250 2.0.0 kept"


def main(handler=Catcher):
    folder, port = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    controller = Controller(handler(folder), hostname="127.0.0.1", port=port, enable_SMTPUTF8=True)
    controller.start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    controller.stop()


if __name__ == "__main__":
    main()
