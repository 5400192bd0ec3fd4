#!/usr/bin/python3
"""tests/faults/relay.py - a mail relay that is unwilling: it puts off a fifth, and of some it takes never says so.

Usage: RELAY_SEED=NUMBER relay.py DIR PORT

As ops/demo/mail_catcher.py, but one of five recipients is answered 451, and after one mail of twenty, which is kept,
the connection breaks before the answer; DIR/dropped has a line for each of these.
"""
import os
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "ops/demo"))
import mail_catcher  # noqa: E402

PUT_OFF, DROPPED = 0.2, 0.05
dice = random.Random(int(os.environ["RELAY_SEED"]))


class Unwilling(mail_catcher.Catcher):
    async def handle_RCPT(self, server, session, envelope, address, options):
        if dice.random() < PUT_OFF:
            return "451 4.3.0 not now"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 go on"

    async def handle_DATA(self, server, session, envelope):
        answer = await super().handle_DATA(server, session, envelope)
        if dice.random() < DROPPED:
            with open(self.folder / "dropped", "a", encoding="ascii") as file:
                file.write(f"{self.count}\n")
            server.transport.abort()
        return answer


if __name__ == "__main__":
    mail_catcher.main(Unwilling)
