# SPDX-License-Identifier: Apache-2.0
"""Everything that the programs say, they say in French too: each text marked in their sources, and each setting, is in a fr.po,
translated, with the same blanks to fill; texts that stand side by side in both languages are there in both."""
import glob
import os
import re
import subprocess
import tempfile
import unittest

BUILDS = ("plain",)
ROOT = os.environ.get("BASSIN_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
SOURCES = os.path.join(ROOT, "services", "cli")
CATALOGUES = sorted(glob.glob(os.path.join(ROOT, "services", "*", "po", "fr.po")))
# What every service shares, and the tables of settings, which bring their own marks.
SHARED = os.path.join(ROOT, "shared", "service", "po", "fr.po")
SETTINGS = ["SETTING_TEXT:3", "SETTING_SECRET:3", "SETTING_CHOICE:4", "SETTING_INT:5", "SETTINGS_ABOUT", "settings_complain:2"]
# Functions and macros that take a sentence in English and the same in French, at these places.
PAIRS = ["flaw_set:5,6", "report_violation:4,5", "REFUSE:3,4"]
# A blank to fill, without how wide it is: "%.0s" takes what "%s" takes.
BLANK = re.compile(r"%[-+ #0-9.*]*((?:hh|h|ll|l|z|j)?[a-zA-Z])")
SERVICES = ("bassin-employer-intake", "bassin-learner-intake", "bassin-matching", "bassin-notifications")
# A command of the table as it stands there: { "round open", ...
COMMAND = re.compile(r'^\t\{ "([a-z -]+)", ', re.MULTILINE)


class Words(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="bassin-words-")
        self.addCleanup(folder.cleanup)
        self.templates = {}
        for catalogue in CATALOGUES:
            service = os.path.dirname(os.path.dirname(catalogue))
            self.templates[catalogue] = os.path.join(folder.name, os.path.basename(service) + ".pot")
            sources = sorted(glob.glob(os.path.join(service, "*.[ch]")) + glob.glob(os.path.join(service, "*", "*.[ch]")))
            self.extract(["_", "N_", "P_:1,2"], sources, self.templates[catalogue])
        self.templates[SHARED] = os.path.join(folder.name, "shared.pot")
        self.extract(["_", "N_"], sorted(glob.glob(os.path.join(ROOT, "shared", "*", "*.c"))), self.templates[SHARED])
        services = sorted(glob.glob(os.path.join(ROOT, "services", "*", "*.c")))
        self.extract(SETTINGS, sorted(glob.glob(os.path.join(ROOT, "shared", "*", "*.c"))) + services, self.templates[SHARED],
                     "--join-existing")
        self.pairs = os.path.join(folder.name, "pairs.pot")
        self.extract(PAIRS, services + sorted(glob.glob(os.path.join(ROOT, "services", "*", "*", "*.c"))), self.pairs)

    @staticmethod
    def extract(keywords, sources, template, *options):
        subprocess.run(["xgettext", "--from-code=UTF-8", "--keyword", *("--keyword=" + word for word in keywords), *options,
                        "-o", template, *sources], check=True)

    def test_every_text_is_translated(self):
        # msgcmp fails on what is missing, untranslated or fuzzy; msgfmt on formats that differ.
        for catalogue, template in self.templates.items():
            done = subprocess.run(["msgcmp", catalogue, template], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            # Which texts are formats is known from the sources: a catalogue need not say so.
            merged = subprocess.run(["msgmerge", "--no-fuzzy-matching", "--quiet", catalogue, template], check=True,
                                    capture_output=True).stdout
            done = subprocess.run(["msgfmt", "--check", "-o", os.devnull, "-"], input=merged, capture_output=True)
            self.assertEqual(done.returncode, 0, done.stderr.decode())

    def test_every_setting_is_a_text_to_translate(self):
        with open(self.templates[SHARED], encoding="utf-8") as f:
            template = f.read()
        sources = glob.glob(os.path.join(ROOT, "s*", "**", "*.c"), recursive=True)
        for path in sources:
            with open(path, encoding="utf-8") as f:
                about = re.findall(r"\.about\s*=\s*(\S+)", f.read())
            self.assertTrue(all(text.startswith("SETTINGS_ABOUT(") for text in about), path)
        self.assertIn('msgid "the pool\'s folder"', template)

    def test_sentences_in_pairs_are_in_both_languages(self):
        with open(self.pairs, encoding="utf-8") as f:
            entries = re.findall(r'^msgid (.*?)^msgid_plural (.*?)^msgstr', f.read(), re.MULTILINE | re.DOTALL)
        self.assertGreater(len(entries), 20)
        for entry in entries:
            english, french = ("".join(re.findall(r'"(.*)"$', text, re.MULTILINE)) for text in entry)
            self.assertNotIn(french, ("", english))
            self.assertEqual(BLANK.findall(english), BLANK.findall(french), english)

    def test_no_translation_is_left_over(self):
        for catalogue, template in self.templates.items():
            merged = subprocess.run(["msgmerge", "--no-fuzzy-matching", "--quiet", catalogue, template], check=True,
                                    capture_output=True, text=True).stdout
            self.assertEqual(re.findall(r"^#~ msgid .*", merged, re.MULTILINE), [])

    def test_french_has_its_narrow_space(self):
        for catalogue in self.templates:
            with open(catalogue, encoding="utf-8") as f:
                texts = "".join(line for line in f if line.startswith("msgstr") or line.startswith('"'))
            self.assertEqual(re.findall(r".{0,20}(?:« | »| [:;?!](?=[ \\\"])).{0,20}", texts), [])

    def test_every_command_has_its_help_in_both_languages(self):
        with open(os.path.join(SOURCES, "commands.c"), encoding="utf-8") as f:
            names = COMMAND.findall(f.read().split("cli_commands[]")[1])
        self.assertGreater(len(names), 25)
        for name in names:
            for words in (name.split() + ["--help", "--lang"], ["--lang", "LANGUAGE"] + name.split() + ["--help"]):
                said = [self.help(words, language) for language in ("fr", "en")]
                self.assertIn("Usage :", said[0].replace("\u202f", " "))
                self.assertIn("Usage: bassin " + name, said[1])

    def test_services_explain_their_settings_in_both_languages(self):
        for program in SERVICES:
            said = [self.run_program(program, ["--help"], {"BASSIN_LANG": language}) for language in ("en", "fr")]
            flags = [re.findall(r"^  (--[a-z-]+)", text, re.MULTILINE) for text in said]
            self.assertGreater(len(flags[0]), 15)
            self.assertEqual(*flags)
            shared = set(said[0].splitlines()) & set(said[1].splitlines())
            self.assertEqual(shared, {""}, program)
            wrong = self.start(program, ["--check", "--nonsense"], {"BASSIN_LANG": "fr"})
            self.assertIn("option inconnue", wrong.stderr)
            self.assertEqual(wrong.returncode, 2)

    def test_the_environment_decides_without_lang(self):
        for variables, french in (({}, False), ({"LANG": "fr_CA.UTF-8"}, True), ({"LANGUAGE": "fr"}, True),
                                  ({"LANG": "fr_CA.UTF-8", "LC_ALL": "C.UTF-8"}, False),
                                  ({"LANG": "fr_CA.UTF-8", "BASSIN_LANG": "en"}, False), ({"BASSIN_LANG": "fr"}, True)):
            self.assertEqual("COMMANDE" in self.bassin(["--help"], variables), french, variables)

    def help(self, words, language):
        words = [language if word == "LANGUAGE" else word for word in words] + ([language] if words[-1] == "--lang" else [])
        return self.bassin(words, {})

    def bassin(self, words, variables):
        return self.run_program("bassin", words, variables)

    @staticmethod
    def start(name, words, variables):
        program = os.path.join(os.environ.get("BASSIN_BIN", os.path.join(ROOT, "build/bin")), name)
        return subprocess.run([program, *words], capture_output=True, text=True, env={"PATH": os.environ["PATH"], **variables})

    def run_program(self, name, words, variables):
        done = self.start(name, words, variables)
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return done.stdout


if __name__ == "__main__":
    unittest.main()
