# SPDX-License-Identifier: Apache-2.0
"""The 240 rounds of tests/vectors/rounds.jsonl through the programs: what each vector expects, and nothing that the
reference in another language (tests/reference) finds wrong. The same in C, judged exhaustively: tests/properties."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

from pool import BIN, ROOT

sys.path.append(os.path.join(ROOT, "tests", "reference"))
import solve_round                                                      # noqa: E402

BATCH = os.path.join(os.environ.get("BASSIN_BUILD", os.path.join(ROOT, "build")), "tests", "tools", "matching__solve")
SLOW = "address" in BIN or "thread" in BIN


def vectors():
    with open(os.path.join(ROOT, "tests", "vectors", "rounds.jsonl"), encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def told(instance, outcome):
    """An outcome in the words of a vector's `expected`."""
    pairs = {by: [[row["learner"], row["posting"]] for row in outcome["placements"] if row["by"] == by]
             for by in ("fixed", "ranked", "assigned")}
    return {"guarantee": instance.get("guarantee", True), "ranked": pairs["ranked"], "fixed": pairs["fixed"],
            "endowments": outcome["endowments"], "assigned_count": len(pairs["assigned"]),
            "assigned_fit": outcome["objective"]["fit"], "placed": outcome["objective"]["placed"],
            "tiers": outcome["objective"]["tiers"], "alone": {row["college"]: row["alone"] for row in outcome["colleges"]}}


def batch(instances, *options):
    """The outcomes of the solver's library, a line each."""
    lines = "".join(json.dumps(i) + "\n" for i in instances)
    return subprocess.run([BATCH, *options], input=lines, capture_output=True, text=True, check=True, timeout=120).stdout.splitlines()


class Vectors(unittest.TestCase):
    maxDiff = 4000

    @classmethod
    def setUpClass(cls):
        cls.vectors = vectors()
        cls.instances = [v["instance"] for v in cls.vectors]
        cls.outcomes = batch(cls.instances, "--verify", "--threads", "3")

    def test_every_vector_comes_out_as_it_says(self):
        self.assertEqual((len(self.vectors), len(self.outcomes)), (240, 240))
        for vector, outcome in zip(self.vectors, self.outcomes):
            self.assertEqual(told(vector["instance"], json.loads(outcome)), vector["expected"], vector["name"])

    def test_the_reference_finds_nothing_wrong(self):
        for vector, outcome in zip(self.vectors, self.outcomes):
            self.assertEqual(solve_round.check(vector["instance"], json.loads(outcome)), [], vector["name"])

    def test_the_bytes_are_canonical(self):
        for vector, outcome in zip(self.vectors, self.outcomes):
            self.assertEqual(outcome, solve_round.canonical_json(json.loads(outcome)), vector["name"])
        for vector, canonical in zip(self.vectors, batch(self.instances, "--canonical")):
            self.assertEqual(canonical, solve_round.canonical_json(solve_round.canonical_instance(vector["instance"])))

    def test_the_programs_solve_and_verify_them(self):
        """One file at a time, as a user does; another round's outcome is refused."""
        some = range(0, 240, 16 if SLOW else 1)
        with tempfile.TemporaryDirectory() as folder:
            instance, outcome = os.path.join(folder, "i.json"), os.path.join(folder, "o.json")

            def verify():
                return subprocess.run([os.path.join(BIN, "bassin-verify"), instance, outcome], capture_output=True, text=True,
                                      check=False, timeout=60)
            for n in some:
                with open(instance, "w", encoding="utf-8") as file:
                    json.dump(self.instances[n], file)
                subprocess.run([os.path.join(BIN, "bassin-solve"), instance, "-o", outcome], check=True, timeout=60,
                               stdout=subprocess.DEVNULL)
                with open(outcome, encoding="utf-8") as file:
                    self.assertEqual(file.read().rstrip("\n"), self.outcomes[n], self.vectors[n]["name"])
                done = verify()
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            with open(outcome, "w", encoding="utf-8") as file:
                file.write(self.outcomes[0])
            self.assertEqual(verify().returncode, 1)


if __name__ == "__main__":
    unittest.main()
