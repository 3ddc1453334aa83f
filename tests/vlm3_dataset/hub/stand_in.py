"""A loopback stand-in for the Hugging Face Hub: repositories of datasets and models, as huggingface_hub 1.16 calls it.

It refuses what the real one refuses, keeps every commit, and fails as it is told to: `faults` are those of the next
requests of a step, one each. A step is "create", "batch", "put", "commit" or "tag"; a fault is a status to answer,
"torn" (done, but the line breaks before the answer), or "before" and "after" (the request is held there until `go`,
which gives a test the time to kill whoever sent it).
"""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.message import Message
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler
from pathlib import PurePosixPath
from urllib.parse import parse_qs, unquote, urlsplit

from tests.loopback import listening

Fault = int | str


@dataclass(frozen=True)
class Blob:
    data: bytes
    lfs: bool

    @property
    def oid(self) -> str:
        """SHA-256 of a large file, git's name of a small one: the Hub tells a client either, never both."""
        if self.lfs:
            return sha256(self.data).hexdigest()
        return sha1(b"blob %d\0" % len(self.data) + self.data).hexdigest()


@dataclass
class Repo:
    private: bool
    commits: dict[str, dict[str, Blob]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def commit(self, files: dict[str, Blob]) -> str:
        told = json.dumps([len(self.commits), {name: blob.oid for name, blob in files.items()}], sort_keys=True)
        oid = sha1(told.encode()).hexdigest()
        self.commits[oid], self.branches["main"] = files, oid
        return oid

    def find(self, revision: str) -> str | None:
        found = self.branches.get(revision) or self.tags.get(revision) or revision
        return found if found in self.commits else None

    def files(self, revision: str = "main") -> dict[str, bytes]:
        return {name: blob.data for name, blob in self.commits[self.find(revision)].items()}


@dataclass
class Hub:
    """What the stand-in holds, and what it was asked."""

    token: str = "hf_made_up_and_may_write"
    reader: str = "hf_made_up_and_may_read"
    owners: tuple[str, ...] = ("shop",)  # whose repositories the token may make
    repos: dict[str, Repo] = field(default_factory=dict)
    stored: dict[str, bytes] = field(default_factory=dict)  # large files by SHA-256
    announced: dict[str, int] = field(default_factory=dict)  # sizes, as a batch announced them
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    puts: list[str] = field(default_factory=list)  # SHA-256 of what was stored, in order
    unknown: list[str] = field(default_factory=list)  # requests that no route takes
    reached: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)
    settled: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    url: str = ""

    def draw(self, step: str) -> Fault | None:
        with self.lock:
            planned = self.faults.get(step)
            return planned.pop(0) if planned else None

    def hold(self, at: str, fault: Fault | None) -> None:
        if fault == at:
            self.reached.set()
            self.go.wait(60)

    def reset(self) -> None:
        """No fault and no upload is left over, and nobody is held."""
        for kept in (self.faults, self.stored, self.puts):
            kept.clear()
        for event in (self.reached, self.go, self.settled):
            event.clear()


class Refused(Exception):
    def __init__(self, status: int, code: str = "", message: str = "refused", **headers: str):
        super().__init__(status)
        self.told = (status, {"error": message}, {"X-Error-Code": code} | headers)


@dataclass(frozen=True)
class Call:
    """A request. `name`, `revision` and `rest` are what its path says."""

    hub: Hub
    method: str
    path: str
    headers: Message
    raw: bytes
    kind: str = "models"  # whose addresses begin with the name alone, but for /api/
    name: str = ""
    revision: str = "main"
    rest: str = ""

    @property
    def json(self) -> dict:
        return json.loads(self.raw)

    @property
    def repo(self) -> Repo:
        """A private repository is as good as absent to whoever may not see it."""
        known = self.headers["Authorization"] in {f"Bearer {self.hub.token}", f"Bearer {self.hub.reader}"}
        repo = self.hub.repos.get(key(self.kind, self.name))
        if repo is None or (repo.private and not known):
            raise Refused(404 if known else 401, "RepoNotFound", "Repository not found")
        return repo

    @property
    def oid(self) -> str:
        if not (found := self.repo.find(self.revision)):
            raise Refused(404, "RevisionNotFound", f"Invalid rev id: {self.revision}")
        return found

    @property
    def files(self) -> dict[str, Blob]:
        return self.repo.commits[self.oid]


def key(kind: str, name: str) -> str:
    """A dataset and a model may have the same name."""
    return name if kind == "datasets" else f"{kind}/{name}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: Hub

    def do_GET(self):
        length = int(self.headers.get("Content-Length") or 0)
        raw = self.rfile.read(length)
        if len(raw) < length:  # the sender died in the middle of it
            self.close_connection = True
            return
        fault = self.hub.draw(step_of(self.command, self.path))
        self.hub.hold("before", fault)
        try:
            if isinstance(fault, int):
                raise Refused(fault, message=f"out of order, see {self.hub.url}/status")
            told = routed(Call(self.hub, self.command, self.path, self.headers, raw))
        except Refused as refused:
            told = refused.told
        self.hub.hold("after", fault)
        if fault in {"before", "after"}:
            self.hub.settled.set()
        self.close_connection = fault == "torn"
        if fault != "torn":
            self.answer(*told)

    do_HEAD = do_POST = do_PUT = do_GET  # noqa: N815 - the server asks for these names

    def answer(self, status, body, headers=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in ({"Content-Type": "application/json"} | (headers or {})).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_):
        pass


@contextmanager
def serving() -> Iterator[Hub]:
    hub = Hub()

    with listening(type("Bound", (Handler,), {"hub": hub})) as hub.url:
        try:
            yield hub
        finally:
            hub.go.set()


def step_of(method: str, path: str) -> str:
    found = re.search(r"/(create)$|/objects/(batch)$|/(commit|tag)/", path) if method == "POST" else None
    return next(filter(None, found.groups())) if found else method.lower()


def routed(call: Call) -> tuple:
    """Status, body and headers."""
    path = unquote(urlsplit(call.path).path)
    for pattern, methods, route in ROUTES:
        if (found := re.fullmatch(pattern, path)) and call.method in methods.split():
            if methods == "POST" and route is not paths_info:
                may_write(call)
            return route(replace(call, **{name: told for name, told in found.groupdict().items() if told}))
    call.hub.unknown.append(f"{call.method} {path}")
    raise Refused(404, message="no such page")


def may_write(call: Call) -> None:
    told = call.headers["Authorization"]
    if told == f"Bearer {call.hub.reader}":
        raise Refused(403, message="this token may not write")
    if told != f"Bearer {call.hub.token}":
        raise Refused(401, message="Invalid credentials in Authorization header")


def create(call: Call) -> tuple:
    owner, name = call.json["organization"], f"{call.json['organization']}/{call.json['name']}"
    if owner not in call.hub.owners:
        raise Refused(403, message=f"you may not make repositories of {owner}")
    place = key(f"{call.json.get('type', 'model')}s", name)
    told = {
        "url": f"{call.hub.url}/{'' if place.startswith('models/') else 'datasets/'}{name}",
        "name": name,
        "id": name,
    }
    with call.hub.lock:
        if place in call.hub.repos:
            return 409, told | {"error": "You already created this repo"}
        call.hub.repos[place] = Repo(private=call.json["visibility"] == "private")
        call.hub.repos[place].commit({".gitattributes": Blob(b"*.parquet filter=lfs\n", lfs=False)})
    return 200, told


def valid_yaml(call: Call) -> tuple:
    return 200, {"errors": [], "warnings": []}


def info(call: Call) -> tuple:
    files = [{"rfilename": path} for path in call.files]
    return 200, {"id": call.name, "sha": call.oid, "private": call.repo.private, "tags": [], "siblings": files}


def refs(call: Call) -> tuple:
    def shown(kind: str, known: dict[str, str]) -> list:
        return [{"name": each, "ref": f"refs/{kind}/{each}", "targetCommit": oid} for each, oid in known.items()]

    repo = call.repo
    return 200, {"branches": shown("heads", repo.branches), "tags": shown("tags", repo.tags), "converts": []}


def entry(path: str, blob: Blob | None) -> dict:
    if blob is None:
        return {"type": "directory", "path": path, "oid": "0" * 40}
    told = {"type": "file", "path": path, "size": len(blob.data), "oid": blob.oid[:40]}
    return told | ({"lfs": {"oid": blob.oid, "size": len(blob.data), "pointerSize": 134}} if blob.lfs else {})


def entries(files: dict[str, Blob]) -> dict[str, dict]:
    """Files and the folders that they stand in."""
    known = {parent.as_posix(): None for path in files for parent in PurePosixPath(path).parents} | files
    return {path: entry(path, blob) for path, blob in known.items() if path != "."}


def tree(call: Call) -> tuple:
    prefix, known = f"{call.rest}/" if call.rest else "", entries(call.files)
    if call.rest and call.rest not in known:
        raise Refused(404, "EntryNotFound", f"{call.rest} does not exist")
    deep = "recursive=true" in call.path.lower()
    inside = [path for path in known if path.startswith(prefix)]
    return 200, [known[path] for path in inside if deep or "/" not in path.removeprefix(prefix)]


def paths_info(call: Call) -> tuple:
    known = entries(call.files)
    return 200, [known[path] for path in parse_qs(call.raw.decode())["paths"] if path in known]


def resolve(call: Call) -> tuple:
    blob = call.files.get(call.rest)
    if blob is None:
        raise Refused(404, "EntryNotFound", "Entry not found", **{"X-Repo-Commit": call.oid})
    headers = {"X-Repo-Commit": call.oid, "ETag": f'"{blob.oid}"', "Content-Type": "application/octet-stream"}
    if not (asked := call.headers["Range"]):
        return 200, blob.data, headers
    first, last = re.fullmatch(r"bytes=(\d+)-(\d*)", asked).groups()
    first, last = int(first), min(int(last or len(blob.data)), len(blob.data) - 1)
    return 206, blob.data[first : last + 1], headers | {"Content-Range": f"bytes {first}-{last}/{len(blob.data)}"}


def preupload(call: Call) -> tuple:
    def told(path: str) -> dict:
        oid = call.files[path].oid if path in call.files else None
        mode = "lfs" if path.endswith((".parquet", ".safetensors")) else "regular"
        return {"path": path, "uploadMode": mode, "shouldIgnore": False, "oid": oid}

    return 200, {"files": [told(each["path"]) for each in call.json["files"]]}


def batch(call: Call) -> tuple:
    """Where to put what is not there yet. The address is signed, since nobody shows a token to a bucket."""
    hub, objects = (
        call.repo and call.hub,
        [{key: each[key] for key in ("oid", "size")} for each in call.json["objects"]],
    )
    for each in objects:
        if each["oid"] not in hub.stored:
            hub.announced[each["oid"]] = each["size"]
            each["actions"] = {"upload": {"href": f"{hub.url}/bucket/{each['oid']}?signature={signed(each['oid'])}"}}
    return 200, {"transfer": "basic", "objects": objects}


def signed(oid: str) -> str:
    return sha256(f"secret {oid}".encode()).hexdigest()


def put(call: Call) -> tuple:
    if f"signature={signed(call.rest)}" not in call.path or call.headers["Authorization"]:
        raise Refused(403, message="SignatureDoesNotMatch")
    if sha256(call.raw).hexdigest() != call.rest or len(call.raw) != call.hub.announced.get(call.rest):
        raise Refused(400, message="other bytes than were announced")
    with call.hub.lock:
        call.hub.stored[call.rest] = call.raw
        call.hub.puts.append(call.rest)
    return 200, b""


def commit(call: Call) -> tuple:
    """All of it or nothing."""
    head, *lines = [json.loads(line) for line in call.raw.splitlines()]
    with call.hub.lock:
        repo, parent = call.repo, call.repo.branches.get(call.revision)
        if head["key"] != "header" or not head["value"]["summary"] or parent is None:
            raise Refused(400, message="no header, or no branch")
        if head["value"].get("parentCommit", parent) != parent:
            raise Refused(412, message="A commit has happened since. Please refresh and try again.")
        files = dict(repo.commits[parent])
        for line in lines:
            change(call.hub, files, line["key"], line["value"])
        oid = repo.commit(files)
    page = f"{call.hub.url}/{'' if call.kind == 'models' else 'datasets/'}{call.name}"
    return 200, {"success": True, "commitOid": oid, "commitUrl": f"{page}/commit/{oid}"}


def change(hub: Hub, files: dict[str, Blob], key: str, told: dict) -> None:
    if key == "file":
        files[told["path"]] = Blob(base64.b64decode(told["content"], validate=True), lfs=False)
    elif key == "lfsFile":
        if len(hub.stored.get(told["oid"], b"")) != told["size"] or told["algo"] != "sha256":
            raise Refused(400, message=f"{told['path']} was not uploaded")
        files[told["path"]] = Blob(hub.stored[told["oid"]], lfs=True)
    elif key == "deletedFile" and told["path"] in files:
        del files[told["path"]]
    else:
        raise Refused(400, message=f"cannot do {key}")


def tag(call: Call) -> tuple:
    with call.hub.lock:
        if call.json["tag"] in call.repo.tags:
            raise Refused(409, message="Tag already exists")
        call.repo.tags[call.json["tag"]] = call.oid
    return 200, {}


NAME = r"(?P<name>[\w.-]+/[\w.-]+)"
API, PLACE = rf"/api/(?P<kind>datasets|models)/{NAME}", rf"/(?:(?P<kind>datasets)/)?{NAME}"
REVISION = r"(?P<revision>[^/]+)"
ROUTES = (
    (r"/api/repos/create", "POST", create),
    (r"/api/validate-yaml", "POST", valid_yaml),
    (rf"{API}(?:/revision/{REVISION})?", "GET", info),
    (rf"{API}/refs", "GET", refs),
    (rf"{API}/tree/{REVISION}(?:/(?P<rest>.+))?", "GET", tree),
    (rf"{API}/paths-info/{REVISION}", "POST", paths_info),
    (rf"{API}/preupload/{REVISION}", "POST", preupload),
    (rf"{API}/commit/{REVISION}", "POST", commit),
    (rf"{API}/tag/{REVISION}", "POST", tag),
    (rf"{PLACE}\.git/info/lfs/objects/batch", "POST", batch),
    (rf"{PLACE}/resolve/{REVISION}/(?P<rest>.+)", "GET HEAD", resolve),
    (r"/bucket/(?P<rest>[0-9a-f]{64})", "PUT", put),
)
