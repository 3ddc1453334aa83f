"""Makes the pages: a picture and a reading of each, on all cores, each page once.

A finished page is three files named by its id: pages/<id>.jpg, readings/<id>.json, and last pages/<id>.json, which
says what it was made from. A run that was killed finds those and goes on behind them.
"""

import ctypes
import functools
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset.choice import ALL, Choice
from vlm3_dataset.errors import Mendable
from vlm3_dataset.files import fingerprint, read_json, sha256, write_bytes, write_json
from vlm3_dataset.schema import Origin, Page, Reading, Source
from vlm3_dataset.shelf import documents, forum, identity, images, names, reading, titles, web
from vlm3_dataset.shelf.images import Unreadable
from vlm3_dataset.shelf.metadata import without_metadata

M_MMAP_THRESHOLD, LARGE_BLOCK = -3, 16 * 2**20  # OCR's blocks go back at once: 0.85 GB for 1.1 on its largest picture
WORKER_BYTES = 950_000_000  # 841 MB at most were seen, over 1,225 pages
VERSION = 2  # raise it when a page would come out differently


class Mismatch(Mendable):
    """The inventory and what lies there now are not of the same moment."""


@dataclass(frozen=True, slots=True)
class Task:
    """A page to make: its place in the data set, the file it comes from, and that file's digest."""

    page: Page
    kind: str
    file: Path
    sha256: str
    passwords: tuple[str, ...] = field(default=(), repr=False)

    @property
    def made_from(self) -> str:
        """What a page could not even be looked for in is looked into again: a password may have come."""
        unread = [self.page.reason] if self.page.reason else []
        return fingerprint(VERSION, self.sha256, self.page.number, reading.engine_name(), *unread)


def prepare(
    sources: Iterable[Source],
    shelf: Path,
    archive: Path,
    work: Path,
    *,
    passwords: tuple[str, ...] = (),
    choice: Choice = ALL,
) -> list[Page]:
    """The chosen pages of every source that was taken, in the shelf's order; one that failed carries its reason.

    `passwords` are tried on locked PDFs.

    Raises:
        Mismatch: the archive is not the one that the inventory saw.
    """
    tasks = plan(sources, shelf, archive, passwords)
    digests = {task.page.source: task.sha256 for task in tasks}
    pages = identity.named([task.page for task in tasks], digests, work)
    tasks = [replace(task, page=page) for task, page in zip(tasks, pages, strict=True)]
    chosen = {page.page_id for page in choice.of(task.page for task in tasks)}
    tasks = [task for task in tasks if task.page.page_id in chosen]
    done = {task.page.page_id: page for task in tasks if (page := _finished(task, work))}
    rest = [task for task in tasks if task.page.page_id not in done]
    with tqdm(total=len(tasks), initial=len(done), desc="prepare", unit="page") as bar:
        for page in _on_all_cores(_make, rest, work):
            done[page.page_id] = page
            bar.update()
    return [done[task.page.page_id] for task in tasks]


def plan(sources: Iterable[Source], shelf: Path, archive: Path, passwords: tuple[str, ...] = ()) -> list[Task]:
    """The pages that the sources hold, before any is made; two of different files may still have one id."""
    sources = list(sources)
    taken = [source for source in sources if not source.reason]
    sections = names.section_titles(source.path for source in taken if not source.post)
    listed = titles.titles(sources, shelf)
    pictures = {picture.source.path: picture for board in forum.boards(archive) for picture in forum.pictures(board)}
    tasks = []
    for source in taken:
        if source.post and source.path not in pictures:
            raise Mismatch(
                f"{source.path} is in the inventory, but no longer in {archive}/; run the stage inventory again"
            )
        if source.post:
            tasks.append(_post_task(source, pictures[source.path], archive))
        else:
            tasks += _shelf_tasks(source, shelf, sections, listed.get(source.path, ""), passwords)
    return tasks


def _shelf_tasks(
    source: Source, shelf: Path, sections: dict[str, str], title: str, passwords: tuple[str, ...]
) -> list[Task]:
    file = shelf / source.path
    reason, pages = "", 1
    try:
        pages = _pages(source.kind, file.read_bytes(), passwords)
    except Unreadable as error:
        reason = str(error)
    except OSError as error:
        reason = f"cannot be read: {error.strerror}; run inventory again"
    section, section_name = names.section(source.path, sections)
    origin: Origin = {"pdf": "pdf", "html": "html"}.get(source.kind, "image")  # type: ignore[assignment]
    return [
        Task(
            Page(
                page_id=names.page_id(source.path, number, pages),
                source=source.path,
                number=number,
                origin=origin,
                section=section,
                section_name=section_name,
                group=names.group(source.path, number),
                title=title,
                reason=reason,
            ),
            source.kind,
            file,
            source.sha256,
            passwords if source.kind == "pdf" else (),
        )
        for number in range(1, pages + 1)
    ]


def _post_task(source: Source, picture: forum.Picture, archive: Path) -> Task:
    """A forum picture's page. The board is part of the id, because two boards count their posts alike."""
    board = names.slug(source.post.split("/")[0])
    page = Page(
        page_id=f"post-{board}-{picture.post_id}-{source.sha256[:6]}",
        source=source.path,
        number=1,
        origin="post",
        section="",
        section_name="Forum",
        group=f"thread-{board}-{picture.thread_id}",
        source_url=picture.url,
        context=picture.context,
    )
    return Task(page, source.kind, archive / source.path, source.sha256)


def _pages(kind: str, data: bytes, passwords: tuple[str, ...]) -> int:
    if kind == "pdf":
        return documents.count(documents.unlocked(data, passwords))
    if kind == "html":
        return documents.count(web.lay_out(data))
    return images.frames(data)


def _finished(task: Task, work: Path) -> Page | None:
    """The page as an earlier run left it, with today's place in the data set."""
    stored = read_json(work / "pages" / f"{task.page.page_id}.json")
    if not stored or stored["made_from"] != task.made_from:
        return None
    made = {name: stored["page"][name] for name in ("image", "sha256", "width", "height", "rotation", "done", "reason")}
    if made["image"] and not (work / made["image"]).is_file():
        return None
    return replace(task.page, **made)


def _make(task: Task, work: Path) -> Page:
    """Writes one page's picture, reading and record, in this order."""
    page = task.page
    if not page.reason:
        try:
            picture, printed = _picture_and_reading(task)
        except Unreadable as error:
            page = replace(page, reason=str(error))
        except OSError as error:
            page = replace(page, reason=f"cannot be read: {error.strerror}; run inventory again")
        else:
            page = replace(
                page,
                image=f"pages/{page.page_id}{picture.suffix}",
                sha256=sha256(picture.data),
                width=picture.width,
                height=picture.height,
                rotation=picture.rotation,
                done=picture.done,
            )
            write_bytes(work / page.image, picture.data)
            write_json(work / "readings" / f"{page.page_id}.json", asdict(printed))
    write_json(work / "pages" / f"{page.page_id}.json", {"made_from": task.made_from, "page": asdict(page)})
    return page


def _picture_and_reading(task: Task) -> tuple[images.Picture, Reading]:
    data = task.file.read_bytes()
    if task.kind not in {"pdf", "html"}:
        picture = images.picture(data, task.page.number - 1)
        if task.page.origin == "post":
            picture = replace(picture, data=without_metadata(picture.data))
        return picture, reading.ocr(picture.data)
    document = web.lay_out(data) if task.kind == "html" else documents.unlocked(data, task.passwords)
    sheet = documents.sheet(document, task.page.number)
    if sheet.text is None:
        return sheet.picture, reading.ocr(sheet.picture.data)
    return sheet.picture, Reading("html" if task.kind == "html" else "text layer", sheet.text)


def _on_all_cores(work_on: Callable[[Task, Path], Page], tasks: list[Task], work: Path) -> Iterator[Page]:
    """Runs tasks in as many processes as there are cores; spawned, because onnxruntime does not survive a fork."""
    if not tasks:
        return
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(_workers(), len(tasks)), context, initializer=_begin_worker)
    try:
        for future in as_completed([pool.submit(_leaving_nothing, work_on, task, work) for task in tasks]):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _workers() -> int:
    """As many as there are cores, and as there is memory for."""
    try:
        free = next(line for line in Path("/proc/meminfo").read_text().splitlines() if line.startswith("MemAvailable:"))
    except (OSError, StopIteration):  # not Linux
        return os.cpu_count() or 1
    return max(1, min(os.cpu_count() or 1, int(free.split()[1]) * 1024 // WORKER_BYTES))


def _begin_worker() -> None:
    _end_with_parent()
    _libc("mallopt")(M_MMAP_THRESHOLD, LARGE_BLOCK)


def _leaving_nothing(work_on: Callable[[Task, Path], Page], task: Task, work: Path) -> Page:
    """Gives back one page's memory before the next: glibc keeps it, and a worker grew to 1.35 GB."""
    try:
        return work_on(task, work)
    finally:
        _libc("malloc_trim")(0)


@functools.cache
def _libc(name: str) -> Callable[..., int]:
    """A function of glibc; nothing where the system has another C library."""
    return getattr(ctypes.CDLL(None), name, lambda *_: 0)


def _end_with_parent() -> None:
    """Ends a worker whose parent was killed; it would otherwise wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (parent.join(), os._exit(1)), daemon=True).start()
