"""tests/harness/inner.py - a gateway of our own, to hand the very same work to two processes at once."""
import os
import subprocess
import uuid

import zmq
import zmq.auth.thread


class InnerGateway:
    """The inner side of a gateway: workers dial it, it deals out Work and takes Answers."""

    def __init__(self, stack):
        self.stack, self.words, self.ticket, self.workers = stack, stack.words, 0, []
        self.public, secret = zmq.curve_keypair()
        self.context = zmq.Context()
        self.zap = zmq.auth.thread.ThreadAuthenticator(self.context)
        self.zap.start()
        self.zap.configure_curve(domain="*", location=zmq.auth.CURVE_ALLOW_ANY)
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.curve_server, self.socket.curve_secretkey, self.socket.linger = True, secret, 0
        self.socket.zap_domain = b"worker"
        self.socket.bind("tcp://127.0.0.1:*")
        self.processes = []

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            who, _ = self.receive("leave")
            self.send(who, welcome=dict(heartbeat_ms=1000))  # it is let go
        for process in self.processes:
            assert process.wait(30) == 0
        self.socket.close()
        self.zap.stop()
        self.context.term()

    def hire(self, service):
        """Starts one more process of a service that works for us; returns who it is."""
        env = self.stack.env(service)
        env.update(SANGKIEN_GATEWAY=self.socket.last_endpoint.decode(), SANGKIEN_GATEWAY_KEY=self.public.decode(),
                   SANGKIEN_HEALTH="")
        with open(os.devnull, "wb") as nothing:
            self.processes.append(subprocess.Popen([self.stack.program(service)], env=env, stdout=nothing,
                                                   stderr=nothing, stdin=subprocess.DEVNULL))
        who, frame = self.receive("ready")
        assert frame.ready.service == service
        self.send(who, welcome=dict(heartbeat_ms=1000))
        return who

    def send(self, who, **content):
        self.socket.send_multipart([who, self.words["wire.GatewayFrame"](**content).SerializeToString()])

    def receive(self, kind, timeout=20):
        """The next frame of that kind; others are passed over, heartbeats answered."""
        while self.socket.poll(int(timeout * 1000)):
            who, content = self.socket.recv_multipart()
            frame = self.words["wire.WorkerFrame"].FromString(content)
            if frame.WhichOneof("content") == "heartbeat":
                self.send(who, heartbeat={})
            if frame.WhichOneof("content") == kind:
                return who, frame
        raise AssertionError(f"no {kind} within {timeout} s")

    def work(self, who, request, system, agency, received_us):
        self.ticket += 1
        self.send(who, works=dict(works=[dict(ticket=self.ticket, request=request, system=uuid.UUID(system).bytes,
                                              agency=uuid.UUID(agency).bytes, received_us=received_us)]))
        return self.ticket

    def answers(self, count):
        """{ticket: (bytes of the reply, Reply)}"""
        found = {}
        while len(found) < count:
            for answer in self.receive("answers")[1].answers.answers:
                found[answer.ticket] = answer.reply, self.words["wire.Reply"].FromString(answer.reply)
        return found
