#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs fuzz targets (libFuzzer) and says in TAP how it went: run.py [--seconds N] PROGRAM...

Each program first runs its corpus (tests/fuzz/corpus/NAME), then large hostile inputs, then new ones: so many executions
(more under BASSIN_TEST_FULL=1), or for N seconds. What fails is kept in build/fuzz/failed/, and repeated with
`build/fuzz/NAME FILE`; BASSIN_SEED repeats a run. What `make fuzz` finds stays in build/fuzz/found/NAME; after
`build/fuzz/NAME -merge=1 tests/fuzz/corpus/NAME build/fuzz/found/NAME` what is new of it is in the corpus.
"""
import argparse
import base64
import os
import re
import secrets
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "fuzz")
MEGABYTE = 1 << 20
LIMITS = ["-max_len=%d" % MEGABYTE, "-timeout=60", "-rss_limit_mb=2048", "-print_final_stats=1", "-detect_leaks=1"]
RUNS = {"instance": (20000, 150000), "claim": (12000, 90000), "solve": (1500, 20000),
        "bounce": (2500, 100000)}
tests = failures = 0


def tap(name, why=None):
    global tests, failures
    tests += 1
    failures += why is not None
    print("%sok %d - %s" % ("" if why is None else "not ", tests, name), flush=True)
    for line in (why or "").splitlines():
        print("#   " + line)


def run(program, *args):
    """Runs the program; (None or what went wrong, its output)."""
    kept = os.path.join(BUILD, "failed", os.path.basename(program) + "-")
    os.makedirs(os.path.dirname(kept), exist_ok=True)
    done = subprocess.run([program, *LIMITS, "-artifact_prefix=" + kept, *args], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    output = done.stdout.decode("utf-8", "replace")
    if done.returncode == 0:
        return None, output
    why = ["status %d" % done.returncode, *output.splitlines()[-60:]]
    for path in re.findall(r"written to (\S+)", output):
        with open(path, "rb") as file:
            why += [path, base64.b64encode(file.read()[:3000]).decode()]
    return "\n".join(why), output


def filled(before, unit, after=b""):
    """About a megabyte of the same again and again."""
    count = (MEGABYTE - len(before) - len(after)) // len(unit)
    return before + unit * count + after


def numbered(before, unit, after, most=10 ** 9):
    """The same with a number in each."""
    out, size = [], len(before) + len(after)
    for n in range(most):
        part = unit % ((n,) * unit.count(b"%d"))
        size += len(part)
        if size > MEGABYTE:
            break
        out.append(part)
    return before + b"".join(out)[:-1] + after


def hostile_instances():
    people = b'],"postings":[{"id":"p","capacity":2147483647}'
    yield "deep arrays", filled(b'{"seed":', b"[")
    yield "deep objects", filled(b"", b'{"a":')
    yield "one long id", filled(b'{"seed":"s","learners":[{"id":"', b"x", b'"}]}')
    yield "one long seed", filled(b'{"seed":"', b"\\n", b'"}')
    yield "blanks", filled(b'{"seed":"s"', b" ", b"}")
    yield "a long number", filled(b'{"seed":"s","postings":[{"id":"p","capacity":', b"1", b"}]}")
    yield "an open text", filled(b'{"seed":"', b"\\u0041")
    yield "no text at all", filled(b"", b"\0")
    yield "not UTF-8", filled(b'{"seed":"', b"\xff")
    yield "learners", numbered(b'{"seed":"s","learners":[', b'{"id":"%d"},', b"]}")
    yield "postings", numbered(b'{"seed":"s","postings":[', b'{"id":"%d","capacity":1},', b"]}")
    yield "huge postings", numbered(b'{"seed":"s","postings":[', b'{"id":"%d","capacity":2147483647},', b"]}")
    yield "colleges", numbered(b'{"seed":"s","postings":[', b'{"id":"%d","college":"%d","capacity":1},', b"]}")
    yield "one id again and again", filled(b'{"seed":"s","learners":[', b'{"id":"a"},', b'{"id":"a"}]}')
    yield "keys again and again", filled(b"{", b'"seed":"s",', b'"seed":"s"}')
    yield "all want one seat", numbered(
        b'{"seed":"s","postings":[{"id":"p","capacity":1}],"learners":[', b'{"id":"%d","ranking":[["p"]]},', b"]}")
    yield "all want huge seats", numbered(
        b'{"seed":"s"' + people[1:] + b'],"learners":[', b'{"id":"%d","ranking":[["p"]]},', b"]}")
    yield "groups of one learner", numbered(b'{"seed":"s","learners":[{"id":"a","groups":[', b'"%d",', b"]}]}")
    yield "tiers", numbered(b'{"seed":"s","learners":[{"id":"a","ranking":[', b'["%d"],', b"]}]}")
    yield "empty tiers", filled(b'{"seed":"s","learners":[{"id":"a","ranking":[', b"[],", b"[]]}]}")
    yield "reserves", numbered(b'{"seed":"s","postings":[{"id":"p","capacity":2147483647,"reserves":[',
                               b'{"group":"%d","seats":2147483647},', b"]}]}")
    yield "reserves and members", reserves_and_members(4000)
    yield "everybody everywhere", everybody_everywhere(200)
    yield "solo runs", solo_runs(5000)
    yield "a chain", chain(10000)
    yield "outranked everywhere", outranked_everywhere(4200, 30)
    yield "crowds", crowds(1200, 60, 60)


def everybody_everywhere(many):
    """A full table: each ranks each, each is eligible for each."""
    ids = b",".join(b'["%d"]' % n for n in range(many))
    rows = b",".join(b'["%d","%d",%d]' % (a, b, (a * b) % 1001) for a in range(many) for b in range(many))
    people = b",".join(b'{"id":"%d","ranking":[%s]}' % (n, ids if n % 4 == 0 else b"") for n in range(many))
    seats = b",".join(b'{"id":"%d","capacity":1,"ranking":[%s]}' % (n, ids if n % 4 == 0 else b"") for n in range(many))
    whole = b'{"seed":"s","learners":[' + people + b'],"postings":[' + seats + b'],"fit":[' + rows + b"]}"
    assert len(whole) <= MEGABYTE
    return whole


def reserves_and_members(many):
    """One posting with a reserve for each of many groups, and learners who are members of one each and all want it."""
    reserves = b",".join(b'{"group":"%d","seats":1}' % n for n in range(many))
    people = b",".join(b'{"id":"%d","groups":["%d"],"ranking":[["p"]]}' % (n, n % many) for n in range(4 * many))
    whole = (b'{"seed":"s","postings":[{"id":"p","capacity":%d,"reserves":[' % (2 * many) + reserves +
             b']}],"learners":[' + people + b"]}")
    assert len(whole) <= MEGABYTE
    return whole


def solo_runs(many):
    """A college for each learner."""
    people = b",".join(b'{"id":"%d","college":"%d"}' % (n, n) for n in range(many))
    seats = b",".join(b'{"id":"%d","college":"%d","capacity":1}' % (n, n) for n in range(many))
    rows = b",".join(b'["%d","%d",1],["%d","%d",1000]' % (n, n, n, (n + 1) % many) for n in range(many))
    whole = b'{"seed":"s","learners":[' + people + b'],"postings":[' + seats + b'],"fit":[' + rows + b"]}"
    assert len(whole) <= MEGABYTE
    return whole


def chain(many):
    """Each may have her seat or the next one; the first comes last and moves everybody, since the last seat is free."""
    people = b",".join(b'{"id":"%d","tier":%d}' % (n, 1 + n % 99) for n in range(many))
    seats = b",".join(b'{"id":"%d","capacity":1}' % n for n in range(many))
    rows = b",".join(b'["%d","%d",1000],["%d","%d",999]' % (n, n, n, min(n + 1, many - 1)) for n in range(many - 1))
    whole = (b'{"seed":"s","learners":[{"id":"z","tier":99},' + people + b'],"postings":[' + seats +
             b'],"fit":[["z","0",1],' + rows + b"]}")
    assert len(whole) <= MEGABYTE
    return whole


def outranked_everywhere(many, postings):
    """Each is told, posting by posting, how many are before her."""
    ids = b",".join(b'["%d"]' % n for n in range(postings))
    people = b",".join(b'{"id":"%d","assignable":false,"ranking":[%s]}' % (n, ids) for n in range(many))
    seats = b",".join(b'{"id":"%d","capacity":1}' % n for n in range(postings))
    whole = b'{"seed":"s","learners":[' + people + b'],"postings":[' + seats + b"]}"
    assert len(whole) <= MEGABYTE
    return whole


def crowds(many, postings, groups):
    """Many postings of many reserves, wanted by learners of many groups."""
    ids = b",".join(b'"%d"' % n for n in range(postings))
    names = [b'"%d"' % n for n in range(groups)]
    people = b",".join(b'{"id":"%d","ranking":[[%s]],"groups":[%s],"assignable":false}' % (
        n, ids, b",".join(names[n % 7:])) for n in range(many))
    reserves = [b'{"group":%s,"seats":1}' % name for name in names]
    seats = b",".join(b'{"id":"%d","capacity":%d,"reserves":[%s]}' % (
        n, groups, b",".join(reserves[n % groups:] + reserves[:n % groups])) for n in range(postings))
    whole = b'{"seed":"s","learners":[' + people + b'],"postings":[' + seats + b"]}"
    assert len(whole) <= MEGABYTE
    return whole


def hostile_claims():
    for first in b"\0\1\2":
        which = bytes([first])
        yield "deep arrays %d" % first, which + filled(b'{"placements":', b"[")[:-1]
        yield "deep objects %d" % first, which + filled(b"", b'{"certificate":')[:-1]
        yield "one placement again %d" % first, which + filled(
            b'{"placements":[', b'{"by":"ranked","learner":"a","posting":"p"},')[:-1]
        yield "prices %d" % first, which + filled(b'{"certificate":{"alone":{"prices":{"learners":[', b'["a",1],')[:-1]
        yield "slots %d" % first, which + filled(b'{"certificate":{"pool":{"postings":[{"cutoffs":[],"posting":"p","slots":[',
                                                 b'{"endowed":false,"learner":"a","reserve":null},')[:-1]
        yield "one long text %d" % first, which + filled(b'{"instance_digest":"', b"0")[:-1]


def hostile_reports():
    head = b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nA: b\n\n"
    who = b"Final-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\n"
    back = b"\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <x@y.example>\n\n--b--\n"
    yield "parts in parts", numbered(b"", b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", b"")
    yield "one boundary again and again", filled(b"", b"Content-Type: multipart/mixed; boundary=b\n\n--b\n")
    yield "mails in mails", filled(b"", b"Content-Type: message/rfc822\n\n")
    yield "parts", filled(head[:43], b"--b\nContent-Type: text/plain\n\nx\n")
    yield "recipients", filled(head, who + b"\n", back)
    yield "blocks", filled(head, b"A: b\n\n", back)
    yield "empty lines", filled(head, b"\r\n", who + back)
    yield "one long field", filled(head + b"Final-Recipient: rfc822; ", b"a", b"@b.example\n" + back)
    yield "one long diagnostic", filled(head + who + b"Diagnostic-Code: smtp; ", b"x\n ", b"\n" + back)
    yield "fields", filled(head, b"Status: 5.1.1\n", back)
    yield "one long Message-ID", filled(head + who + b"\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <", b"x",
                                        b"@y.example>\n\n--b--\n")
    yield "comments in comments", filled(head + who + b"\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: ", b"(")
    yield "parameters", numbered(b"Content-Type: multipart/report; ", b"boundary*%d*=x;", b"\n\n--x\n")
    yield "encoded words", filled(head + b"Final-Recipient: ", b"=?utf-8?Q?=00?= ", b"\n" + back)
    yield "no text at all", filled(b"", b"\0")


def hostile_rounds():
    yield "all ones", b"\xff" * 4096
    yield "all equal", b"\x18\x0c" + b"\x77" * 4096
    yield "a count", bytes(range(256)) * 16


HOSTILE = {"instance": hostile_instances, "claim": hostile_claims, "solve": hostile_rounds, "bounce": hostile_reports}


def try_hostile(program, name):
    with tempfile.TemporaryDirectory() as folder:
        files = []
        for what, content in HOSTILE[name]():
            files.append(os.path.join(folder, what.replace(" ", "-")))
            with open(files[-1], "wb") as file:
                file.write(content)
        why, _ = run(program, *files)
    tap("%s: %d large hostile inputs" % (name, len(files)), why)


def try_new(program, name, seconds):
    corpus = os.path.join(HERE, "corpus", name)
    seed = int(os.environ.get("BASSIN_SEED", secrets.randbelow(1 << 31))) % (1 << 31) or 1
    full = os.environ.get("BASSIN_TEST_FULL") == "1"
    much = "-max_total_time=%d" % seconds if seconds else "-runs=%d" % RUNS[name][full]
    dictionary = [] if name == "solve" else ["-dict=" + os.path.join(HERE, "json.dict")]
    print("# BASSIN_SEED=%d" % seed, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        found = os.path.join(BUILD, "found", name) if seconds else folder
        os.makedirs(found, exist_ok=True)
        why, output = run(program, "-seed=%d" % seed, much, *dictionary, found, corpus)
    executed = re.search(r"number_of_executed_units:\s*(\d+)", output)
    coverage = re.findall(r"cov: (\d+) ft: (\d+) corp: (\d+)", output)
    tap("%s: new inputs" % name, why)
    if executed and coverage:
        print("# %s: %s executions, %s edges covered, %s features, corpus of %s" % (name, executed.group(1), *coverage[-1]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=0)
    parser.add_argument("programs", nargs="+", metavar="PROGRAM")
    args = parser.parse_args()
    for program in args.programs:
        name = os.path.basename(program)
        corpus = os.path.join(HERE, "corpus", name)
        why, _ = run(os.path.abspath(program), "-runs=0", corpus)
        tap("%s: the corpus, %d inputs" % (name, len(os.listdir(corpus))), why)
        try_hostile(os.path.abspath(program), name)
        try_new(os.path.abspath(program), name, args.seconds)
    print("1..%d" % tests)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
