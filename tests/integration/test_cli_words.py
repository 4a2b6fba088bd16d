# SPDX-License-Identifier: Apache-2.0
"""Everything that the command `bassin`, bassin-solve and bassin-verify say, they say in French too: each text marked in their
sources is in fr.po, translated."""
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
            subprocess.run(["xgettext", "--from-code=UTF-8", "--keyword=_", "--keyword=N_", "--keyword=P_:1,2", "-o",
                            self.templates[catalogue], *sources], check=True)

    def test_every_text_is_translated(self):
        # msgcmp fails on what is missing, untranslated or fuzzy; msgfmt on formats that differ.
        for catalogue, template in self.templates.items():
            done = subprocess.run(["msgcmp", catalogue, template], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            done = subprocess.run(["msgfmt", "--check-format", "--check-domain", "-o", os.devnull, catalogue],
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_no_translation_is_left_over(self):
        for catalogue, template in self.templates.items():
            merged = subprocess.run(["msgmerge", "--no-fuzzy-matching", "--quiet", catalogue, template], check=True,
                                    capture_output=True, text=True).stdout
            self.assertEqual(re.findall(r"^#~ msgid .*", merged, re.MULTILINE), [])

    def test_french_has_its_narrow_space(self):
        for catalogue in CATALOGUES:
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

    def test_the_environment_decides_without_lang(self):
        for variables, french in (({}, False), ({"LANG": "fr_CA.UTF-8"}, True), ({"LANGUAGE": "fr"}, True),
                                  ({"LANG": "fr_CA.UTF-8", "LC_ALL": "C.UTF-8"}, False),
                                  ({"LANG": "fr_CA.UTF-8", "BASSIN_LANG": "en"}, False), ({"BASSIN_LANG": "fr"}, True)):
            self.assertEqual("COMMANDE" in self.bassin(["--help"], variables), french, variables)

    def help(self, words, language):
        words = [language if word == "LANGUAGE" else word for word in words] + ([language] if words[-1] == "--lang" else [])
        return self.bassin(words, {})

    def bassin(self, words, variables):
        program = os.path.join(os.environ.get("BASSIN_BIN", os.path.join(ROOT, "build/bin")), "bassin")
        done = subprocess.run([program, *words], capture_output=True, text=True, env={"PATH": os.environ["PATH"], **variables})
        self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        return done.stdout


if __name__ == "__main__":
    unittest.main()
