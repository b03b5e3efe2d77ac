"""Servers that misbehave on purpose. They are on the host's loopback, where the emulated network card reaches them."""

import email.utils
import socket
import struct
import threading
import time


class Server:
    """Closed at first, then busy, then too busy, then well."""

    def __init__(self):
        """Takes a port and keeps it closed: connections are refused until `open`."""
        self.log = []
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def open(self):
        self.note("port opened")
        self.socket.listen()
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        for status, headers in self.answers():
            connection, _ = self.socket.accept()
            with connection:
                attempt = read_head(connection).get("x-attempt")
                self.note(f"attempt {attempt}: {status}")
                head = [f"HTTP/1.1 {status}", "Content-Length: 0", "Connection: close"] + headers()
                connection.sendall("".join(line + "\r\n" for line in head + [""]).encode())

    @staticmethod
    def answers():
        date = email.utils.formatdate
        yield "503 Service Unavailable", lambda: ["Retry-After: 1"]
        yield "429 Too Many Requests", lambda: [
            "Date: " + date(int(time.time()), usegmt=True),
            "Retry-After: " + date(int(time.time()) + 2, usegmt=True),
        ]
        yield "200 OK", lambda: []

    def note(self, line):
        self.log.append(line)
        print("  server: " + line, flush=True)


# What the server must have seen, once the device is done.
EXPECTED = [
    "port opened",
    "attempt 2: 503 Service Unavailable",
    "attempt 3: 429 Too Many Requests",
    "attempt 4: 200 OK",
]


def read_head(connection):
    """The headers of a request, by their names in lower case."""
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(4096)
        if not part:
            break
        head += part
    lines = head.decode("ascii", "replace").split("\r\n")[1:]
    pairs = (line.split(":", 1) for line in lines if ":" in line)
    return {name.strip().lower(): value.strip() for name, value in pairs}


class Link:
    """Connections, most of which come to a bad end."""

    # What the server must have done, once the device is done.
    EXPECTED = ["closed", "closed", "closed", "lasted", "closed", "silent", "bye"]

    def __init__(self):
        self.log = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        for end in self.EXPECTED:
            connection, _ = self.socket.accept()
            self.log.append(end)
            print("  server: " + end, flush=True)
            with connection:
                if end == "lasted":
                    for _ in range(16):
                        connection.sendall(b"hello\n")
                        time.sleep(0.1)
                    # To close it then sends a reset.
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                elif end == "silent":
                    connection.settimeout(10)
                    connection.recv(1)  # until the device has given it up
                elif end == "bye":
                    connection.sendall(b"bye\n")
