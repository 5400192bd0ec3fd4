"""tests/wire/test_metrics.py - what a process tells of itself over HTTP."""
import http.client
import re
import subprocess

import chain
import pytest

SERVICES = ["gateway", "directory", "submissions", "appraisal", "funding", "notifications"]


def get(stack, name, path, method="GET"):
    connection = http.client.HTTPConnection("127.0.0.1", stack.port("health." + name), timeout=5)
    connection.request(method, path)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, body


@pytest.mark.parametrize("name", SERVICES)
def test_the_metrics_are_what_promtool_expects(stack, name):
    status, text = get(stack, name, "/metrics")
    done = subprocess.run(["promtool", "check", "metrics"], input=text, text=True, capture_output=True)

    assert status == 200 and text
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", SERVICES)
def test_a_process_is_alive_and_ready(stack, name):
    assert get(stack, name, "/healthz")[0] == 200
    assert get(stack, name, "/readyz")[0] == 200
    assert get(stack, name, "/nothing")[0] == 404


def test_what_happens_is_counted(world, stack):
    def accepted():
        text = get(stack, "submissions", "/metrics")[1]
        return int(re.search(r'^sangkien_commands_total\{outcome="accepted"\} (\d+)', text, re.M).group(1))

    before = accepted()
    chain.edition(world)

    assert accepted() == before + 3


@pytest.mark.disturbs
def test_without_its_database_a_process_is_alive_but_not_ready(stack, base):
    from base import until

    base.kill()
    try:
        until(lambda: get(stack, "funding", "/readyz")[0] == 503, "funding is not ready")
        assert get(stack, "funding", "/healthz")[0] == 200
    finally:
        base.start()
