"""A server on loopback for the length of a test: what the stand-ins of Claude and of the Hub have in common."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

POLL = 0.02  # seconds until a server sees that it shall end; half of one, as it comes, was most of a small test


class _Server(ThreadingHTTPServer):
    request_queue_size = 128  # calls come 32 at once; five is the default

    def get_request(self) -> tuple[socket.socket, Any]:
        """Let a body follow its headers at once: it would wait 40 ms for the client to confirm them."""
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection, address

    def handle_error(self, *_) -> None:
        """A killed client breaks its line, as it may."""


@contextmanager
def listening(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """The server's address."""
    server = _Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
