# SPDX-License-Identifier: Apache-2.0
"""What an idle service holds of memory (PSS: its own pages, and its share of those that others map too), and how long it
takes from exec to its first answer, on a store that is migrated: notifications, the largest. Against Node.js with a server
that says hello. PostgreSQL is on neither side; both run alone."""
import os
import re
import signal
import statistics
import time

import pool
from measure import ROUNDS, BenchPool, tool

SERVICE = "notifications"
STARTS = 3
HELLO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "hello.js")


def pss_mib(pid):
    with open("/proc/%d/smaps_rollup" % pid) as f:
        return int(re.search(r"^Pss: +(\d+) kB", f.read(), re.M)[1]) / 1024


def settled(pid):
    """When it has done nothing for a second; the median, since other processes come and go with shares of its pages."""
    time.sleep(1)
    return statistics.median(pss_mib(pid) for _ in range(20))


def started(*words):
    """The quickest of some starts in ms, and the idle memory after the last one."""
    took = []
    for n in range(STARTS):
        ms, pid = tool("first_answer", *words).split()
        took.append(float(ms))
        memory = settled(int(pid)) if n + 1 == STARTS else None
        os.kill(int(pid), signal.SIGKILL)
        pool.wait_for(lambda: not os.path.exists("/proc/%s/fd/0" % pid), 10, "it has ended")
    return min(took), memory


def measure(goals):
    with BenchPool() as bench:
        bench.start(SERVICE)            # migrates
        service = bench.service(SERVICE)
        service.kill()
        os.environ.update(BASSIN_HOME=bench.home, BASSIN_LISTEN="tcp://127.0.0.1:%d" % service.port)
        ours = lambda: started(SERVICE, bench.home, pool.OPERATOR, service.port, os.path.join(pool.BIN, "bassin-" + SERVICE),
                               "--config", os.path.join(bench.home, "etc", SERVICE + ".conf"))
        port = pool.free_port()
        pairs = [(ours(), started("http", port, "/usr/bin/node", HELLO, port)) for _ in range(ROUNDS)]
    against = "Node.js hello server"
    for n, (what, unit, aim) in enumerate((("exec to first answer", "ms", 0.2), ("idle memory (PSS)", "MiB", 0.35))):
        goals.add(what, against, unit, [a[n] for a, _ in pairs], [b[n] for _, b in pairs], 0.5, aim, less=True)
