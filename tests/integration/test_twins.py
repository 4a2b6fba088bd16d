# SPDX-License-Identifier: Apache-2.0
"""A page and its French twin say the same: as many headings, the same commands and options, tables of the same length, the
same links. So does each mail: what one language's template names, the other's names too."""
import glob
import os
import re
import unittest

BUILDS = ("plain",)
ROOT = os.environ.get("BASSIN_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
PAGES = (("README.md", "README.fr.md"), ("services/cli/FEEDS.md", "services/cli/FEEDS.fr.md"), ("deploy/README.md", "deploy/README.fr.md"),
         ("deploy/BACKUP.md", "deploy/BACKUP.fr.md"), ("deploy/KEYS.md", "deploy/KEYS.fr.md"))
TEMPLATES = os.path.join(ROOT, "services", "notifications", "templates")


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as f:
        return f.read()


def headings(page):
    return [len(marks) for marks in re.findall(r"^(#+) ", page, re.MULTILINE)]


def command(line):
    """What is the same in both languages: programs, their commands, options. Not files, names and titles."""
    words = re.sub(r'"[^"]*"', "", line.split(" #")[0]).split()
    return [word for word in words if re.fullmatch(r"(--?)?[a-z_-]+|&&|[|>]", word)]


def commands(page):
    lines = re.findall(r"^    (?! )(.+)$", page, re.MULTILINE)
    return [command(line) for line in lines if re.match(r"(make|bassin|export)\b", line)]


def rows(page):
    return [line.count("|") for line in page.splitlines() if line.startswith("|")]


def links(page):
    return sorted(link.replace(".fr.md", ".md") for link in re.findall(r"\]\(([^)]+)\)", page))


class Twins(unittest.TestCase):
    def test_pages_are_built_alike(self):
        for english, french in (map(read, pair) for pair in PAGES):
            self.assertGreater(len(headings(english)), 1)
            for part in (headings, commands, rows, links):
                self.assertEqual(part(english), part(french), part.__name__)

    def test_each_names_the_other(self):
        for pair in PAGES:
            for one, other in (pair, pair[::-1]):
                self.assertIn("](%s)" % os.path.basename(other), read(one).split("\n## ")[0], one)

    def test_columns_of_feeds_are_in_both(self):
        said = [set(re.findall(r"\b[a-z]+_[a-z_]+\b", " ".join(re.findall(r"`[^`]+`", read(page))))) for page in PAGES[1]]
        self.assertGreater(len(said[0]), 10)
        self.assertEqual(said[0], said[1])

    def test_french_pages_have_french_typography(self):
        # Code apart: no straight quotation marks, and a narrow no-break space before : ; ! ? and inside guillemets.
        for _, french in PAGES:
            text = re.sub(r"`[^`]*`|^    .*$|<!--.*?-->|https?://\S+|\]\([^)]*\)", "", read(french), flags=re.MULTILINE)
            self.assertEqual(re.findall(r'.{0,20}".{0,20}', text), [], french)
            self.assertEqual(re.findall(r".{0,20}[^\W\d_)][;!?](?: |$).{0,20}", text, re.MULTILINE), [], french)
            self.assertEqual(re.findall(r".{0,20}(?:« | [»:;!?](?=[ ,.)*]|$)).{0,20}", text, re.MULTILINE), [], french)

    def test_templates_name_the_same(self):
        names = sorted(glob.glob(os.path.join(TEMPLATES, "*.en.*")))
        self.assertGreater(len(names), 5)
        self.assertEqual([name.replace(".en.", ".fr.") for name in names], sorted(glob.glob(os.path.join(TEMPLATES, "*.fr.*"))))
        for name in names:
            said = []
            for path in (name, name.replace(".en.", ".fr.")):
                with open(path, encoding="utf-8") as f:
                    said.append(set(re.findall(r"\{\{\{?[&]?\s*([a-z_.]+)\s*\}?\}\}", f.read())))
            self.assertEqual(*said, os.path.basename(name))


if __name__ == "__main__":
    unittest.main()
