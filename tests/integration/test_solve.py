# SPDX-License-Identifier: Apache-2.0
"""bassin-solve as its user meets it: a file or "-" in and out, exit codes, trouble with files, what-if, both languages."""
import json
import os
import random
import resource
import signal
import subprocess
import tempfile
import unittest

BIN = os.environ.get("BASSIN_BIN", os.path.join(os.path.dirname(__file__), "../../build/bin"))
SOLVE = os.path.join(BIN, "bassin-solve")

# Alone, c1 places one of two and c2 its only one; in the pool, a2 finds the second seat of q1. Should there be but one, it is
# b1's by the guarantee, though q1 would rather have a2.
SMALL = {"seed": "small", "learners": [
    {"id": "a1", "college": "c1", "ranking": [["p1"], ["q1"]]},
    {"id": "a2", "college": "c1", "ranking": [["p1"], ["q1"]]},
    {"id": "b1", "college": "c2", "ranking": [["q1"]]}],
    "postings": [
    {"id": "p1", "college": "c1", "capacity": 1, "ranking": [["a1"], ["a2"]]},
    {"id": "q1", "college": "c2", "capacity": 2, "ranking": [["a2"], ["b1"]]}]}


def large(learners, postings, colleges=4, seed=1):
    """A round of every feature, the same for the same seed."""
    rng = random.Random(seed)
    ids = ["p%04d" % j for j in range(postings)]
    made = {"seed": "large", "learners": [], "postings": [], "fit": []}
    wanted = {p: [] for p in ids}
    for i in range(learners):
        open_to_her = rng.sample(ids, 8)
        for p in open_to_her[:5]:
            wanted[p].append("l%05d" % i)
        made["learners"].append({"id": "l%05d" % i, "college": "c%d" % (i % colleges), "tier": rng.randrange(3),
                                 "ranking": [[p] for p in open_to_her[:5]], "groups": rng.sample(["g1", "g2"], rng.randrange(2))})
        made["fit"] += [["l%05d" % i, p, rng.randrange(1001)] for p in open_to_her]
    for j, p in enumerate(ids):
        made["postings"].append({"id": p, "college": "c%d" % (j % colleges), "capacity": rng.randrange(8),
                                 "ranking": [wanted[p][:5]] if wanted[p] else [],
                                 "reserves": [{"group": "g1", "seats": 1}] if j % 3 == 0 else []})
    return made


def shuffled(instance, seed):
    rng, other = random.Random(seed), json.loads(json.dumps(instance))
    for key in ("learners", "postings", "fit"):
        rng.shuffle(other.get(key, []))
    return other


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="bassin-solve-")
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name, value=None):
        path = os.path.join(self.folder, name)
        if value is not None:
            with open(path, "wb") as f:
                f.write(value if isinstance(value, bytes) else json.dumps(value).encode())
        return path

    def solve(self, *words, given=b"", **options):
        env = {"PATH": os.environ["PATH"], **{k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}}
        done = subprocess.run([SOLVE, *words], input=given, capture_output=True, env=env, timeout=120, **options)
        return done.returncode, done.stdout, done.stderr.decode()

    def solved(self, *words, **options):
        status, out, err = self.solve(*words, **options)
        self.assertEqual((status, err), (0, ""), words)
        return out

    def refused(self, status, *words, **options):
        """Nothing on standard output, one line on the other, which is returned."""
        got, out, err = self.solve(*words, **options)
        self.assertEqual((got, out), (status, b""), (words, err))
        self.assertRegex(err, r"\Abassin-solve: .+: [^\n]+\n\Z")
        return err


class Files(Case):
    def test_the_outcome_goes_where_it_is_told(self):
        instance, out = self.path("in.json", SMALL), self.path("out.json")
        plain = self.solved(instance)
        self.assertEqual(json.loads(plain)["objective"]["placed"], 3)
        self.assertEqual(self.solved("-", given=json.dumps(SMALL).encode()), plain)
        self.assertEqual(self.solved(instance, "-o", "-"), plain)
        self.assertEqual(self.solved("--output=" + out, "--", instance), b"")
        with open(out, "rb") as f:
            self.assertEqual(f.read(), plain)
        self.assertEqual(sorted(os.listdir(self.folder)), ["in.json", "out.json"])
        self.assertEqual(os.stat(out).st_mode & 0o777, 0o666 & ~self.umask())

    def umask(self):
        mask = os.umask(0)
        os.umask(mask)
        return mask

    def test_a_link_is_followed_and_stays_a_link(self):
        instance, kept, link = self.path("in.json", SMALL), self.path("kept.json", b"old"), self.path("link.json")
        os.symlink("kept.json", link)
        self.solved(instance, "-o", link)
        self.assertTrue(os.path.islink(link))
        with open(kept, "rb") as f:
            self.assertEqual(f.read(), self.solved(instance))

    def test_the_same_bytes_in_any_order_and_for_any_number_of_threads(self):
        made = large(1500, 300)
        once = self.solved("-", given=json.dumps(made).encode())
        for threads, seed in ((1, 1), (2, 2), (7, 3), (64, 4)):
            self.assertEqual(self.solved("-", "--threads", str(threads), given=json.dumps(shuffled(made, seed)).encode()), once)

    def test_a_full_disk_leaves_nothing_and_says_so(self):
        instance, out = self.path("in.json", SMALL), self.path("out.json", b"old")
        self.assertIn("/dev/full: there is no room left", self.refused(1, instance, "-o", "/dev/full"))
        self.assertIn("il n'y a plus d'espace", self.refused(1, instance, "-o", "/dev/full", "--lang", "fr"))
        with open("/dev/full", "wb") as full:
            done = subprocess.run([SOLVE, instance], stdout=full, stderr=subprocess.PIPE, timeout=60)
        self.assertEqual((done.returncode, done.stderr.count(b"\n")), (1, 1))
        small = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        self.assertIn("too large", self.refused(1, instance, "-o", out, preexec_fn=small))
        with open(out, "rb") as f:
            self.assertEqual(f.read(), b"old")
        self.assertEqual(sorted(os.listdir(self.folder)), ["in.json", "out.json"])

    def test_files_that_are_not_there_or_cannot_be(self):
        instance = self.path("in.json", SMALL)
        self.assertIn("there is no such file", self.refused(2, self.path("nowhere.json")))
        self.assertIn("this is a folder", self.refused(2, self.folder))
        self.assertIn("there is no such file or folder", self.refused(1, instance, "-o", self.path("nowhere/out.json")))
        self.assertIn("this is a folder", self.refused(1, instance, "-o", self.folder))

    def test_a_reader_that_goes_away_is_told_of(self):
        ours, theirs = os.pipe()
        os.close(ours)
        done = subprocess.run([SOLVE, self.path("in.json", SMALL)], stdout=theirs, stderr=subprocess.PIPE, timeout=60)
        os.close(theirs)
        self.assertEqual((done.returncode, done.stderr.count(b"\n")), (1, 1))

    def test_killed_while_it_writes_it_leaves_no_half_file(self):
        instance, out = self.path("in.json", large(3000, 600)), self.path("out.json", b"old")
        whole = self.solved(instance)
        for _ in range(12):
            child = subprocess.Popen([SOLVE, instance, "-o", out])
            while child.poll() is None and not self.writes(child.pid):
                pass
            child.send_signal(signal.SIGKILL)
            child.wait()
            for name in set(os.listdir(self.folder)) - {"in.json"}:
                with open(self.path(name), "rb") as f:
                    self.assertIn(f.read(), (b"old", whole), name)

    def writes(self, pid):
        """It has a file open in the folder, or is past that."""
        try:
            links = [os.readlink("/proc/%d/fd/%s" % (pid, fd)) for fd in os.listdir("/proc/%d/fd" % pid)]
        except OSError:
            return False
        return any(link.startswith(self.folder) and not link.endswith("in.json") for link in links)


class Refusals(Case):
    GARBAGE = (b"", b"{", b"[]", b"null", b"\xff\xfe", b"NaN", b'{"seed": "x"', b'{"seed": "x"}}', b'{"seed": ""}',
               b'{"learners": []}', b'{"seed": "x", "sed": 1}', b'{"seed": "x", "seed": "y"}', b'{"seed": "\xff"}',
               b'{"seed": "x", "learners": ' + b"[" * 100000, b'{"seed": "x", "learners": [{"id": "l1"}, {"id": "l1"}]}',
               b'{"seed": "x", "learners": [{"id": "l1", "ranking": [["p1"]]}]}',
               b'{"seed": "x", "postings": [{"id": "p1"}]}', b'{"seed": "x", "postings": [{"id": "p1", "capacity": -1}]}',
               b'{"seed": "x", "postings": [{"id": "p1", "capacity": 1e99}]}',
               b'{"seed": "x", "postings": [{"id": "p1", "capacity": 99999999999999999999999}]}')

    def test_garbage_is_refused_with_one_line_in_both_languages(self):
        for given in self.GARBAGE:
            english = self.refused(2, "-", "--lang", "en", given=given)
            french = self.refused(2, "--lang=fr", "-", given=given)
            self.assertTrue(english.startswith("bassin-solve: standard input: "), english)
            self.assertTrue(french.startswith("bassin-solve: entrée standard: "), french)
            self.assertNotEqual(english.split(": ", 2)[2], french.split(": ", 2)[2], given)

    def test_an_id_that_is_wrong_is_named(self):
        bad = json.loads(json.dumps(SMALL))
        bad["fit"] = [["b1", "q1", 1001]]
        for language in ("en", "fr"):
            line = self.refused(2, self.path("in.json", bad), "--lang", language)
            for word in (self.path("in.json"), "b1", "1001", "1000"):
                self.assertIn(word, line)

    def test_nothing_is_written_for_a_bad_instance(self):
        out = self.path("out.json", b"old")
        self.refused(2, self.path("in.json", b"{"), "-o", out)
        with open(out, "rb") as f:
            self.assertEqual(f.read(), b"old")

    def test_words_that_cannot_be_used(self):
        instance = self.path("in.json", SMALL)
        for words in ([], [instance, instance], [instance, "--threads", "0"], [instance, "--threads", "x"], [instance, "--lang", "de"],
                      [instance, "--nothing"], [instance, "-o"], [instance, "--list", "-1"], [instance, "--move-seats", "q1"],
                      [instance, "--move-seats", "=2"], [instance, "--move-seats", "q1=2.5"], [instance, "--move-seats", "q1=+-2"],
                      [instance, "--move-seats", "q1="], [instance, "--move-seats", "q1=99999999999999999999"]):
            english, french = (self.refused(2, *words, "--lang", language) if "--lang" not in words else self.refused(2, *words)
                               for language in ("en", "fr"))
            self.assertTrue(english != french or "--lang" in words, words)

    def test_changes_that_cannot_be_made(self):
        instance = self.path("in.json", {**SMALL, "fixed": [["b1", "q1"]]})
        out = self.path("out.json")
        for words, named in ((["--without-college", "c9"], "c9"), (["--move-seats", "q9=1"], "q9"), (["--move-seats", "q1=0"], "1"),
                             (["--move-seats", "q1=-2"], "q1"), (["--move-seats", "q1=2147483648"], "q1"),
                             (["--without-college", "c2", "--move-seats", "q1=2"], "q1")):
            for language in ("en", "fr"):
                self.assertIn(named, self.refused(2, instance, *words, "-o", out, "--lang", language))
        self.assertFalse(os.path.exists(out))


class WhatIf(Case):
    def table(self, *words, instance=None):
        """The lines of both tables as lists of cells, split where columns are."""
        text = self.solved(self.path("in.json", instance or SMALL), *words).decode()
        return text, [line.split() for line in text.splitlines()]

    def difference(self, *words, instance=None):
        return json.loads(self.solved(self.path("in.json", instance or SMALL), "--json", *words))

    def college(self, difference, name):
        row = next(row for row in difference["colleges"] if row["college"] == name)
        return tuple(row[key] for key in ("learners", "alone", "before", "after"))

    def moves(self, difference):
        return {m["learner"]: (m["what"], m["before"]["posting"], m["after"]["posting"]) for m in difference["learners"]}

    def test_what_joining_gives_a_college(self):
        said = self.difference("--without-college", "c1")
        self.assertEqual(self.college(said, "c1"), (2, 1, 2, 1))
        self.assertEqual(self.college(said, "c2"), (1, 1, 1, 1))
        self.assertEqual(self.moves(said), {"a2": ("loses", "q1", None)})
        self.assertEqual(said["placed"], {"before": 3, "after": 2})
        self.assertEqual(said["change"], {"move_seats": [], "without_college": "c1", "without_guarantee": False})

    def test_the_table_of_colleges_and_of_those_who_move(self):
        text, lines = self.table("--without-college", "c2")
        self.assertIn(["c1", "2", "1", "2", "1", "-1", "1", "0", "0", "0", "0"], lines)
        self.assertIn(["c2", "1", "1", "1", "1", "0", "0", "0", "0", "0", "0"], lines)
        self.assertIn(["In", "all", "3", "2", "3", "2", "-1", "1", "0", "0", "0", "0"], lines)
        self.assertIn(["a2", "c1", "loses", "her", "place", "q1", "2", "-", "-"], lines)
        self.assertIn("What joining gives college c2: a place to 0 of its learners who have none alone", text)
        ends = {len(line) for line in text.splitlines() if line[:2] in ("c1", "c2", "Co", "In")}
        self.assertEqual(len(ends), 1, text)

    def test_what_joining_gives_is_said_in_words(self):
        said = "What joining gives college c1: a place to 1 of its learners who have none alone, a better choice to 0; 0 would"
        self.assertIn(said, self.table("--without-college", "c1")[0])
        self.assertIn("donne à l'établissement c1", self.table("--without-college", "c1", "--lang", "fr")[0])
        self.assertNotIn("joining", self.table("--without-guarantee")[0])

    def test_the_tables_speak_french(self):
        text, lines = self.table("--without-college", "c2", "--lang", "fr")
        self.assertIn("Établissement", text)
        self.assertIn("hors du bassin", text)
        self.assertIn(["a2", "c1", "perd", "sa", "place", "q1", "2", "-", "-"], lines)

    def test_one_seat_more_and_one_less(self):
        said = self.difference("--move-seats", "p1=+1")
        self.assertEqual(self.moves(said), {"a2": ("better", "q1", "p1")})
        self.assertEqual(said["learners"][0]["before"]["choice"], 2)
        self.assertEqual(said["learners"][0]["after"]["choice"], 1)
        self.assertEqual(self.moves(self.difference("--move-seats", "q1=1")), {"a2": ("loses", "q1", None)})
        self.assertEqual(self.moves(self.difference("--move-seats", "q1=-1")), {"a2": ("loses", "q1", None)})
        self.assertEqual(self.moves(self.difference("--move-seats", "q1=-1", "--move-seats", "p1=+1")),
                         {"a2": ("better", "q1", "p1")})
        self.assertEqual(self.moves(self.difference("--move-seats", "q1=2")), {})
        self.assertIn("Nobody moves.", self.table("--move-seats", "q1=+0")[0])

    def test_the_guarantee_and_a_change_combined(self):
        self.assertEqual(self.moves(self.difference("--without-guarantee")), {})
        said = self.difference("--without-guarantee", "--move-seats", "q1=1")
        self.assertEqual(self.moves(said), {"b1": ("loses", "q1", None)})
        self.assertEqual(self.college(said, "c2"), (1, 1, 1, 0))

    def test_pairs_across_the_border_stand(self):
        # a1 is fixed at c2's posting, b1 held at c1's: without c2, both stand, and neither seat is free.
        instance = {**SMALL, "fixed": [["a1", "q1"]], "held": [["b1", "p1"]]}
        said = self.difference("--without-college", "c2", instance=instance)
        self.assertEqual(self.college(said, "c1"), (2, 1, 2, 1))
        self.assertEqual(self.college(said, "c2"), (1, 1, 1, 1))
        self.assertEqual(self.moves(said)["a2"][0], "loses")

    def test_the_list_has_a_limit_and_json_has_none(self):
        instance = large(400, 60)
        words = ("--move-seats", "p0001=+300")
        everybody = self.difference(*words, instance=instance)["learners"]
        self.assertGreater(len(everybody), 30)
        text, _ = self.table(*words, instance=instance)
        self.assertIn("and %d more" % (len(everybody) - 20), text)
        self.assertNotIn("more\n", self.table(*words, "--list", "1000", instance=instance)[0])
        self.assertTrue(self.table(*words, "--list", "0", instance=instance)[0].endswith("\n%d learners move.\n" % len(everybody)))

    def test_a_changed_round_is_the_round_of_a_changed_file(self):
        made = large(300, 50)
        said = self.difference("--move-seats", "p0003=9", "--without-guarantee", instance=made)
        changed = json.loads(json.dumps(made))
        changed["guarantee"] = False
        changed["postings"][3]["capacity"] = 9
        before, after = ({p["learner"]: p["posting"] for p in json.loads(self.solved("-", given=json.dumps(i).encode()))["placements"]}
                         for i in (made, changed))
        moved = {l["id"]: (before.get(l["id"]), after.get(l["id"])) for l in made["learners"]}
        self.assertEqual({learner: places[1:] for learner, places in self.moves(said).items()},
                         {learner: places for learner, places in moved.items() if places[0] != places[1]})

    def test_without_a_college_the_others_are_solved_as_if_it_had_never_been(self):
        made = large(300, 50)
        said = self.difference("--without-college", "c2", instance=made)
        kept = lambda rows: [row for row in rows if row["college"] != "c2"]
        rest = {**made, "learners": kept(made["learners"]), "postings": kept(made["postings"])}
        learners, postings = ({row["id"] for row in rest[key]} for key in ("learners", "postings"))
        only = lambda tiers, ids: [tier for tier in ([i for i in tier if i in ids] for tier in tiers) if tier]
        rest["learners"] = [{**row, "ranking": only(row["ranking"], postings)} for row in rest["learners"]]
        rest["postings"] = [{**row, "ranking": only(row["ranking"], learners)} for row in rest["postings"]]
        rest["fit"] = [row for row in made["fit"] if row[0] in learners and row[1] in postings]
        full, without = (json.loads(self.solved("-", given=json.dumps(i).encode())) for i in (made, rest))
        for row in without["colleges"]:
            self.assertEqual(self.college(said, row["college"])[3], row["pool"], row)
        own = next(row for row in full["colleges"] if row["college"] == "c2")
        self.assertEqual(self.college(said, "c2"), (own["learners"], own["alone"], own["pool"], own["alone"]))


class Words(Case):
    def test_help_speaks_both_languages(self):
        english, french = (self.solved("--help", "--lang", language).decode() for language in ("en", "fr"))
        self.assertTrue(english.startswith("Usage: bassin-solve [OPTION...] INSTANCE.json"), english)
        for option in ("--threads", "--without-college", "--without-guarantee", "--move-seats", "--json", "--lang", "--output"):
            self.assertIn(option, english)
            self.assertIn(option, french)
        self.assertIn("Code de sortie", french)
        self.assertRegex(self.solved("--version").decode(), r"\Abassin-solve \d")


if __name__ == "__main__":
    unittest.main()
