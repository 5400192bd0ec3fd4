#!/usr/bin/python3
"""test_report.py - what ops/bench writes has the shape that it promises, from a few rounds that were kept."""
import collections
import contextlib
import importlib.util
import io
import json
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "ops/demo")]

import bench  # noqa: E402
import peers  # noqa: E402
import report  # noqa: E402
from figures import Figures  # noqa: E402

SAMPLE = json.loads((HERE / "sample.json").read_text())
LATENCIES = ("p50_us", "p99_us")
# What others may rely on: {folder of the JSON: names of numbers in it}; * is any name.
PROMISED = {
    "sangkien.256": ("rate", *LATENCIES),
    "pgbench.plain": ("best_rate", "best_clients", "single_p50_us", "single_p99_us"),
    "pgbench.cte": ("best_rate", "best_clients", "single_p50_us", "single_p99_us"),
    "limit": ("rate",),
    "peers.*": ("rate", *LATENCIES, "rss_mib"),
    "ratio": ("vs_pgbench_plain", "vs_pgbench_cte", "vs_limit", "vs_best_peer", "p50_vs_pgbench", "p99_vs_pgbench"),
    "memory.*": ("idle_mib", "peak_mib"),
}


def kept_runs():
    return {tuple(key): rows for key, rows in SAMPLE["runs"]}


def found(**instead):
    return {**SAMPLE["rest"], **Figures(kept_runs()).report(), **instead}


def folders(value, path):
    """Every part of the JSON at the path."""
    if not path:
        return [value]
    names = value if path[0] == "*" else [path[0]]
    return [part for name in names for part in folders(value[name], path[1:])]


def ended(found, *options):
    """Exit status of ops/bench --from a file that has this, and what it printed."""
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()) as printed:
        file = pathlib.Path(folder, "found.json")
        file.write_text(json.dumps(found))
        with mock.patch.object(sys, "argv", ["bench", "--from", str(file), *options]):
            return bench.main(), printed.getvalue()


class Json(unittest.TestCase):
    def test_every_promised_key_is_a_number(self):
        for path, names in PROMISED.items():
            parts = folders(found(), path.split("."))
            self.assertTrue(parts, path)
            for part in parts:
                self.assertTrue(all(isinstance(part[name], (int, float)) for name in names), (path, part))

    def test_it_is_the_same_once_written_and_read(self):
        self.assertEqual(json.loads(json.dumps(found())), found())


class Ratios(unittest.TestCase):
    def test_the_worse_of_both_kinds_counts(self):
        ratio = found()["ratio"]
        self.assertAlmostEqual(ratio["vs_pgbench_plain"], 27000 / (6900 * 0.9 - 100))
        self.assertEqual(ratio["vs_pgbench_plain"], ratio["kinds"]["update"]["vs_pgbench_plain"][0])
        self.assertLess(ratio["vs_pgbench_plain"], ratio["kinds"]["create"]["vs_pgbench_plain"][0])

    def test_peers_with_plain_statements_are_compared_also_by_themselves(self):
        ratio = found()["ratio"]
        self.assertAlmostEqual(ratio["vs_best_peer"], 39000 / 6050)
        self.assertAlmostEqual(ratio["vs_best_plain_peer"], 39000 / 4750)
        self.assertAlmostEqual(ratio["vs_best_batch_peer"], 39000 / 5900)

    def test_rounds_go_on_with_what_ratios_stand_on(self):
        decisive = Figures(kept_runs()).decisive()
        self.assertLessEqual({("sangkien", "update", 1, 256), ("pgbench", "create", "plain", 1),
                              ("pgbench", "create", "cte", 16), ("limit", "update", 256, 2),
                              ("peers", "nats_cte", 64), ("peers", "nats_batch", 256)}, decisive)
        self.assertFalse({("sangkien", "create", 32, 256), ("pgbench", "create", "cte", 1)} & decisive)

    def test_what_was_not_measured_has_no_ratio(self):
        few = {key: rows for key, rows in kept_runs().items() if key[0] in ("sangkien", "limit")}
        self.assertEqual(set(Figures(few).report()["ratio"]), {"vs_limit", "kinds"})


class Report(unittest.TestCase):
    def test_every_contender_has_its_row(self):
        text = report.text(found())
        for words in ("CreateEntry", "SubmitEntry", "cte", "256 x 2", "fastify_plain", "nats_cte", "submissions"):
            self.assertIn(words, text)
        self.assertNotIn("MISSING", text)

    def test_tables_are_whole_in_every_form(self):
        for table in report.tables(found()):
            self.assertTrue(all(len(row) == len(table.head) for row in table.rows), table.title)
            self.assertIn(f"### {table.title}", report.markdown(found()))

    def test_the_page_has_its_pictures(self):
        if not importlib.util.find_spec("matplotlib"):
            self.skipTest("python3-matplotlib is not there")
        self.assertEqual(report.html(found()).count("<svg"), 5)

    def test_who_is_missing_is_named_first_and_is_an_error(self):
        status, printed = ended(found(missing={"peers rabbitmq_cte": "no such file"}))
        self.assertEqual(status, 1)
        self.assertLess(printed.index("MISSING"), printed.index("Ratios"))
        self.assertIn("rabbitmq_cte", printed)

    def test_unless_it_may_be_missing(self):
        self.assertEqual(ended(found(missing={"peers nats_cte": "ended"}), "--allow-missing")[0], 0)
        self.assertEqual(ended(found())[0], 0)


class Missing(unittest.TestCase):
    def test_one_that_fails_costs_nobody_elses_figures(self):
        def fails():
            raise RuntimeError("the broker did not start")

        turns = [bench.Turn(contextlib.nullcontext, [(("peers", "bad_plain", 64), fails)]),
                 bench.Turn(contextlib.nullcontext, [(("peers", "good_plain", 64), lambda: {"rate": 1.0})])]
        runs, missing = collections.defaultdict(list), {}
        with contextlib.redirect_stderr(io.StringIO()):
            for turn in 2 * turns:
                bench.take_turn(mock.Mock(), turn, runs, missing)
        self.assertEqual(missing, {"peers bad_plain": "the broker did not start"})
        self.assertEqual(dict(runs), {("peers", "good_plain", 64): [{"rate": 1.0}] * 2})

    def test_every_peer_is_described(self):
        described = (HERE / "peers/README.md").read_text()
        for peer in peers.PEERS:
            self.assertRegex(described, rf"(?m)^## .*\b{peer.name}\b")


if __name__ == "__main__":
    unittest.main()
