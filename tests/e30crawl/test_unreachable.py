"""What is wrong with an address is told as a sentence: real errors, made on loopback with Scrapy as it is."""

import socket
import ssl
import struct
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from time import sleep

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from scrapy import Request
from scrapy.exceptions import ResponseDataLossError
from twisted.internet.error import NoRouteError, TCPTimedOutError

from e30crawl.middlewares import RobotsForbidden, RobotsUnreachable
from e30crawl.unreachable import unreachable
from tests.loopback import POLL

DAY = timedelta(days=1)


def certificate(name, folder, issuer=None, age=DAY):
    """A certificate for this name that was made so long ago and holds for two days; with its key, also as a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by, signing = issuer or (subject, key)
    begin = datetime.now(UTC) - age
    made = (
        x509.CertificateBuilder(by, subject, key.public_key(), x509.random_serial_number(), begin, begin + 2 * DAY)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .sign(signing, SHA256())
    )
    path = folder / f"{made.serial_number}.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return (subject, key), path


class Answering(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if self.path == "/robots.txt" else 200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_):
        pass


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A handshake that fails is what we are here for."""


@contextmanager
def web(certified=None):
    """A web server's port, with TLS where there is a certificate."""
    with Quiet(("127.0.0.1", 0), Answering) as server:
        if certified:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certified)
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        Thread(target=server.serve_forever, args=(POLL,), daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@contextmanager
def listening(behave):
    """A port behind which `behave` gets every connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            while True:
                try:
                    line, _ = server.accept()
                except OSError:
                    return
                Thread(target=behave, args=(line,), daemon=True).start()

        Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def silent(line):
    sleep(20)
    line.close()


def hangs_up(line):
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # with a reset
    line.close()


def says(words):
    def answer(line):
        line.recv(1000)
        line.sendall(words)
        line.close()

    return answer


@pytest.fixture(scope="module")
def told(probe, tmp_path_factory):
    """By a word, what was told of an address; `{place}` stands for where it was."""
    folder = tmp_path_factory.mktemp("certificates")
    root, trusted = certificate("root of the test", folder)
    with ExitStack() as open_:
        ports = {
            "good": web(certificate("board.example", folder, root)[1]),
            "expired": web(certificate("board.example", folder, root, age=9 * DAY)[1]),
            "self-signed": web(certificate("board.example", folder)[1]),
            "plain": web(),
            "silent": listening(silent),
            "hangs up": listening(hangs_up),
            "ssh": listening(says(b"SSH-2.0-OpenSSH_9.2\r\n")),
            "half": listening(says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")),
        }
        ports = {name: open_.enter_context(server) for name, server in ports.items()}
        with socket.create_server(("127.0.0.1", 0)) as closed:
            ports["closed"] = closed.getsockname()[1]
        urls = {
            "no name": "http://nosuch.example/",
            "private": "http://inside.example/",
            "slow name": "http://slow.example/",
            "nobody": f"http://board.example:{ports['closed']}/",
            "silent": f"http://board.example:{ports['silent']}/",
            "silent https": f"https://board.example:{ports['silent']}/",
            "hangs up": f"http://board.example:{ports['hangs up']}/",
            "ssh": f"http://board.example:{ports['ssh']}/",
            "half": f"http://board.example:{ports['half']}/",
            "plain": f"http://board.example:{ports['plain']}/",
            "http not https": f"https://board.example:{ports['plain']}/",
            "https not http": f"http://board.example:{ports['good']}/",
            "good": f"https://board.example:{ports['good']}/",
            "other name": f"https://other.example:{ports['good']}/",
            "expired": f"https://board.example:{ports['expired']}/",
            "self-signed": f"https://board.example:{ports['self-signed']}/",
            "second address": f"http://both.example:{ports['plain']}/",
        }
        names = {
            "board.example": ["127.0.0.1"],
            "other.example": ["127.0.0.1"],
            "both.example": ["::1", "127.0.0.2", "127.0.0.1"],
        }
        outcomes = probe(
            *urls.values(),
            names=names | {"inside.example": ["127.0.0.1", "10.1.2.3", "::1"], "slow.example": "slow"},
            environment={"SSL_CERT_FILE": str(trusted)},
            GUARD_ALLOW=[f"{host}:{port}" for host in names for port in ports.values()],
        )
    return {name: _without_place(outcomes[url], url) for name, url in urls.items()}


def _without_place(said, url):
    return said.replace(url.split("/")[2], "{place}") if isinstance(said, str) else said


LOOK_UP = "no such host on the public internet (DNS lookup failed: no results for hostname lookup: {place}.)"
IN = "{{place}} does not speak {} as it should: {}"
INVALID = IN.format("https", "[('SSL routines', '', 'certificate verify failed')]")


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("no name", LOOK_UP),
        ("private", LOOK_UP),
        ("slow name", "no answer from {place} within 2 s"),
        ("nobody", "nothing listens at {place}"),
        ("silent", "no answer from {place} within 2 s"),
        ("silent https", "no answer from {place} within 2 s"),
        ("https not http", IN.format("http", "Connection was closed cleanly.")),
        ("ssh", IN.format("http", "('wrong number of parts', b'SSH-2.0-OpenSSH_9.2')")),
        ("http not https", IN.format("https", "[('SSL routines', '', 'wrong version number')]")),
        ("expired", INVALID),
        ("self-signed", INVALID),
        ("half", "RobotsUnreachable: robots.txt unreachable: ResponseDataLossError"),  # somebody answered
        ("plain", 200),
        ("good", 200),
        ("second address", 200),
    ],
)
def test_what_is_wrong_is_told(told, case, said):
    assert told[case] == said


def test_a_certificate_for_another_name(told):
    assert told["other name"].startswith(IN.format("https", "VerificationError(errors=[DNSMismatch("))


def test_whoever_hangs_up_does_so_before_or_after_the_line_stands(told):
    assert told["hangs up"].startswith(IN.format("http", ""))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoRouteError(101, "Network is unreachable"), "[::1]:8000 does not speak http as it should: No route to host"),
        (TCPTimedOutError(110, "Connection timed out"), "no answer from [::1]:8000 in time"),
    ],
)
def test_errors_that_loopback_cannot_make(error, said):
    assert unreachable(error, Request("http://me:secret@[::1]:8000/forums/")).startswith(said)


@pytest.mark.parametrize(
    "error", [RobotsForbidden(), RobotsUnreachable(""), ResponseDataLossError(), ValueError(), None]
)
def test_other_failures_are_not_the_addresss(error):
    assert unreachable(error, Request("http://board.example/")) is None
