"""Tries whatever an operating system gives, and says what came of it, a line for each."""

import encodings.idna  # What `socket` would load when it is first asked for a host.
import os
import socket
import subprocess
import sys
import time
import urllib.request


def report(address):
    """`address` is where somebody listens: `127.0.0.1:8080`."""
    host, port = address.split(":")
    attempts = {
        "read-file": lambda: open("/etc/hostname").read(),
        "read-here": lambda: open("app.py").read(),
        "write-file": lambda: open("/tmp/out", "w").write("loot"),
        "list-folder": lambda: os.listdir("/"),
        "make-folder": lambda: os.mkdir("/loot"),
        "connect": lambda: socket.create_connection((host, int(port))),
        "listen": lambda: socket.create_server(("127.0.0.1", 0)),
        "datagrams": lambda: socket.socket(type=socket.SOCK_DGRAM).bind(("127.0.0.1", 0)),
        "look-up": lambda: socket.getaddrinfo("localhost", 80),
        "client": lambda: urllib.request.urlopen(f"http://{address}/").read(),
        "program": lambda: subprocess.run(["/bin/ls"]),
    }
    before = time.monotonic()
    lines = [attempt(what, action) for what, action in attempts.items()]
    lines += [
        f"environment: {len(os.environ)} variables",
        f"arguments: {len(sys.argv)}",
        f"random: {yes(any(os.urandom(16)))}",
        f"clock: {yes(time.time() > 0)}",
        f"monotonic: {yes(time.monotonic() - before < 1)}",
    ]
    return "\n".join(lines)


def attempt(what, action):
    try:
        return f"{what}: works, {action()!r}"
    except OSError:
        return f"{what}: refused"
    except Exception as error:
        return f"{what}: broken, {error!r}"


def yes(truth):
    return "true" if truth else "false"
