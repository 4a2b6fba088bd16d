# SPDX-License-Identifier: Apache-2.0
"""bassin-verify as its user meets it: exit codes, one line for what is wrong, standard input, a learner's line, French."""
import json
import os
import subprocess
import tempfile
import unittest

BIN = os.environ.get("BASSIN_BIN", os.path.join(os.path.dirname(__file__), "../../build/bin"))

ROUND = {"seed": "small", "learners": [
    {"id": "ada", "college": "c1", "ranking": [["p1"], ["q1"]]},
    {"id": "bob", "college": "c1", "ranking": [["p1"], ["q1"]]},
    {"id": "eve", "college": "c2", "ranking": [["p1"]], "assignable": False}],
    "postings": [
    {"id": "p1", "college": "c1", "capacity": 1, "ranking": [["ada"], ["bob"]]},
    {"id": "q1", "college": "c2", "capacity": 1, "ranking": []}]}


class Verify(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="bassin-verify-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.instance = self.write("instance.json", json.dumps(ROUND))
        self.outcome = os.path.join(self.folder, "outcome.json")
        subprocess.run([os.path.join(BIN, "bassin-solve"), self.instance, "-o", self.outcome], check=True, timeout=60)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def verify(self, *words, stdin=None, lang="en"):
        env = {**os.environ, "BASSIN_LANG": lang}
        with open(stdin or os.devnull, "rb") as source:
            return subprocess.run([os.path.join(BIN, "bassin-verify"), *words], stdin=source, capture_output=True, text=True,
                                  encoding="utf-8", env=env, timeout=60, check=False)

    def spoilt(self, change):
        with open(self.outcome, encoding="utf-8") as file:
            outcome = json.load(file)
        change(outcome)
        return self.write("spoilt.json", json.dumps(outcome, indent=1))

    def refused(self, status, said, *words, **how):
        done = self.verify(*words, **how)
        self.assertEqual((done.returncode, done.stdout, done.stderr.count("\n")), (status, "", 1), done)
        self.assertIn(said, done.stderr)

    def test_it_accepts_what_the_solver_gave_with_one_line(self):
        for words, how in (((self.instance, self.outcome), {}), (("-", self.outcome), {"stdin": self.instance}),
                           ((self.instance, "-"), {"stdin": self.outcome})):
            done = self.verify(*words, **how)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertRegex(done.stdout, r"^accepted: .* \(learners: 3, postings: 2, colleges: 2\)\n$")

    def test_it_names_the_first_condition_that_is_broken(self):
        def swap(outcome):
            rows = outcome["placements"]
            rows[0]["posting"], rows[1]["posting"] = rows[1]["posting"], rows[0]["posting"]
        self.refused(1, 'placement: in the pool: learner "ada"', self.instance, self.spoilt(swap))
        self.refused(1, "objective: ", self.instance, self.spoilt(lambda o: o["objective"].update(placed=3)))
        self.refused(1, "unreadable: ", self.instance, self.write("cut.json", '{"certificate": {'))
        self.refused(1, "digest: ", self.write("other.json", json.dumps({**ROUND, "seed": "other"})),
                     self.spoilt(lambda o: None))

    def test_what_cannot_be_used_is_said_in_one_line(self):
        self.refused(2, "the instance and its outcome are wanted", self.instance)
        self.refused(2, "one of the two files only", "-", "-")
        self.refused(2, "one instance and one outcome", self.instance, self.outcome, "more")
        self.refused(2, "unknown option", "--frob", self.instance, self.outcome)
        self.refused(2, "--lang takes fr or en", "--lang", "de", self.instance, self.outcome)
        self.refused(2, "no such file", os.path.join(self.folder, "none"), self.outcome)
        self.refused(2, "no such file", self.instance, os.path.join(self.folder, "none"))
        self.refused(2, "this is a folder", self.folder, self.outcome)
        self.refused(2, "line 1", self.write("bad.json", "{]"), self.outcome)

    def test_a_learner_reads_her_line(self):
        done = self.verify("--learner", "eve", self.instance, self.outcome)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("Learner eve of college c2\nIn the pool: no place\n", done.stdout)
        self.assertIn("ahead of you: 2\n        all held by learners on their endowed seats\n"
                      .replace("        all", "        open seats: all"), done.stdout)
        self.assertIn("Your line holds", done.stdout)
        self.refused(2, "knows no learner", "--learner", "zoe", self.instance, self.outcome)
        done = self.verify("--learner", "eve", self.instance,
                           self.spoilt(lambda o: o["certificate"]["pool"]["postings"][0]["cutoffs"][0].update(cutoff=None)))
        self.assertEqual((done.returncode, done.stderr.count("\n")), (1, 1))
        self.assertIn("blocking_pair", done.stderr)

    def test_it_speaks_french(self):
        self.assertIn("accepté\u202f:", self.verify(self.instance, self.outcome, lang="fr").stdout)
        self.assertIn("Dans le bassin\u202f: aucune place",
                      self.verify("--lang=fr", "--learner=eve", self.instance, self.outcome).stdout)
        self.refused(1, "dans l'objectif", self.instance, self.spoilt(lambda o: o["objective"].update(placed=3)), lang="fr")
        self.assertIn("Code de sortie", self.verify("--help", lang="fr").stdout)


if __name__ == "__main__":
    unittest.main()
