# SPDX-License-Identifier: Apache-2.0
"""The same events through RabbitMQ: a broker of our own in a folder of its own, a quorum queue, confirms, and a consumer in
C that commits to its own database in batches as large as ours (rabbit.c)."""
import contextlib
import os
import socket
import subprocess
import tempfile

import bench_log
import pool
from measure import cursor_of, tool

SERVER = "/usr/lib/rabbitmq/bin/rabbitmq-server"
EVENTS = 100000
BATCH = 4000
START_S = 120


def answers(port):
    with socket.socket() as s:
        s.settimeout(1)
        try:
            s.connect(("127.0.0.1", port))
            s.sendall(b"AMQP\0\0\x09\x01")
            return s.recv(1) == b"\x01"
        except OSError:
            return False


@contextlib.contextmanager
def broker():
    """The port of a broker that nobody else uses; it is gone at the end, and its port mapper with it."""
    with tempfile.TemporaryDirectory(prefix="bassin-rabbit-") as home:
        port, mapper = pool.free_port(), pool.free_port()
        environment = dict(os.environ, HOME=home, ERL_EPMD_PORT=str(mapper), ERL_EPMD_ADDRESS="127.0.0.1",
                           RABBITMQ_NODENAME="bassin%d@localhost" % port, RABBITMQ_NODE_IP_ADDRESS="127.0.0.1",
                           RABBITMQ_NODE_PORT=str(port), RABBITMQ_DIST_PORT=str(pool.free_port()),
                           RABBITMQ_MNESIA_BASE=os.path.join(home, "data"), RABBITMQ_LOG_BASE=os.path.join(home, "log"),
                           RABBITMQ_PID_FILE=os.path.join(home, "pid"), RABBITMQ_CONF_ENV_FILE="/dev/null",
                           RABBITMQ_CONFIG_FILE=os.path.join(home, "rabbitmq"),
                           RABBITMQ_ENABLED_PLUGINS_FILE=os.path.join(home, "plugins"),
                           RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}")
        with open(os.path.join(home, "plugins"), "w") as f:
            f.write("[].\n")
        with open(os.path.join(home, "rabbitmq.conf"), "w") as f:
            f.write("log.console = false\nlog.file.level = error\n")
        with open(os.path.join(home, "out"), "wb") as out, \
                subprocess.Popen([SERVER], env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                                 start_new_session=True) as process:
            try:
                pool.wait_for(lambda: answers(port) or process.poll() is not None, START_S, "the broker answers")
                if process.poll() is not None:
                    with open(os.path.join(home, "out"), errors="replace") as f:
                        raise RuntimeError("the broker has ended: " + f.read())
                yield port
            finally:
                process.terminate()
                process.wait(60)
                subprocess.run(["epmd", "-port", str(mapper), "-kill"], env=environment, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, check=False)


def measure(bench, goals):
    log, database = bench_log.Log(bench), bench.conninfo("notifications")
    with cursor_of(database) as cursor:
        cursor.execute('CREATE TABLE effect (key text COLLATE "C" PRIMARY KEY, title text NOT NULL)')

    def through_rabbitmq(_round):
        with cursor_of(database) as cursor:
            cursor.execute("TRUNCATE effect")
        return EVENTS / float(tool("rabbit", port, database, EVENTS, BATCH))

    with broker() as port:
        log.flat_out()
        through_rabbitmq(0)     # both are warm
        goals.compare("events, against a broker", "RabbitMQ quorum queue, confirms, its consumer's own database", "events/s",
                      log.flat_out, through_rabbitmq, 1.5, 3)
