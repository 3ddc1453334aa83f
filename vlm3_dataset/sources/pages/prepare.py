"""Make the pages: a picture and a reading of each, on all cores, each page once.

A finished page is three files named by its id: pages/<id>.jpg, readings/<id>.json, and last pages/<id>.json, which
says what it was made from. The run after a kill finds these and makes the others. A page over which a process died,
or which took more than its time or memory, has its reason in that last file; the others go on.
"""

import functools
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from tqdm import tqdm

from vlm3_dataset.engine import Engine, spread
from vlm3_dataset.errors import UserError
from vlm3_dataset.files import fingerprint, read_json, sha256, write_bytes, write_csv, write_json
from vlm3_dataset.schema import Origin, Page, Reading, Source
from vlm3_dataset.sources import identity, ids, titles
from vlm3_dataset.sources.archive import Picture, boards, pictures
from vlm3_dataset.sources.limits import DEFAULT, PASSING, Limits, Lost, libc, why_not, workers
from vlm3_dataset.sources.pages import headings, html, images, pdf, readings
from vlm3_dataset.sources.pages.page_counts import Extent, extents
from vlm3_dataset.sources.pool import each

VERSION = 4  # raise it when a page would come out differently
MADE = ("image", "sha256", "width", "height", "rotation", "done", "reason")  # the columns that making a page fills


class Mismatch(UserError):
    """A source has changed since the inventory."""


@dataclass(frozen=True, slots=True)
class Task:
    """A page to make: its place in the dataset, the file it comes from, and that file's digest."""

    page: Page
    kind: str
    file: Path
    sha256: str
    passwords: tuple[str, ...] = field(default=(), repr=False)
    listed_under: str = ""  # the heading of the index page that lists the file

    @property
    def made_from(self) -> str:
        """The digest that a finished page is known by; it changes for a file that could not be opened, to try again."""
        unread = [self.page.reason] if self.page.reason else []
        return fingerprint(VERSION, self.sha256, self.page.number, readings.engine_name(), *unread)

    def lost_under(self, limits: Limits) -> str:
        """Return the digest in the record of a page that exceeded these limits: under others it is tried again."""
        return fingerprint(self.made_from, asdict(limits))


def tasks(
    sources: Iterable[Source],
    shelf: Path,
    archive: Path,
    work: Path | None = None,
    *,
    passwords: tuple[str, ...] = (),
    limits: Limits = DEFAULT,
) -> list[Task]:
    """Return the pages of every source that was taken, in the shelf's order, under the ids that are theirs for good.

    `work` keeps whose an id is, and how many pages a file has. `passwords` are tried on locked PDFs.
    """
    planned = plan(sources, shelf, archive, passwords, work=work, limits=limits)
    digests = {task.page.source: task.sha256 for task in planned}
    pages, names = identity.named([task.page for task in planned], digests, identity.before(work) if work else ())
    if work:
        write_csv(work / identity.KEPT, names, identity.Name)
    return [replace(task, page=page) for task, page in zip(planned, pages, strict=True)]


def make(tasks: list[Task], work: Path, limits: Limits = DEFAULT, engine: Engine = "local") -> list[Page]:
    """Make the picture and the reading of each page that has none so far; return the pages in the order of `tasks`.

    A page that neither its folder nor a book has put into a section is in the one that its heading names.
    """
    done = {task.page.page_id: page for task in tasks if (page := _finished(task, work, limits))}
    rest = [task for task in tasks if task.page.page_id not in done]
    with tqdm(total=len(tasks), initial=len(done), desc="prepare", unit="page") as bar:
        processes = workers() if engine == "local" else 1  # a shard has one core
        for page in spread(functools.partial(_make_each, work, limits, processes), rest, engine):
            done[page.page_id] = page
            bar.update()
    return [headings.named(done[task.page.page_id], task.listed_under, work) for task in tasks]


def plan(
    sources: Iterable[Source],
    shelf: Path,
    archive: Path,
    passwords: tuple[str, ...] = (),
    *,
    work: Path | None = None,
    limits: Limits = DEFAULT,
) -> list[Task]:
    """Return the pages of the sources, before any is made; two of different files may still share an id.

    Counts are remembered in `work`.

    Raises:
        Mismatch: a picture of the archive has gone since inventory saw it.
        BrokenExport: a file of the archive is missing or cut.
        NoWorker: no process could be started to count a file's pages.
    """
    sources = list(sources)
    taken = [source for source in sources if not source.reason]
    sections = ids.section_titles(source.path for source in taken if not source.post)
    listed, headed = titles.titles_and_headings(sources, shelf)
    counted = extents(taken, shelf, work, passwords, limits)
    posted = {picture.source.path: picture for board in boards(archive) for picture in pictures(board)}
    tasks = []
    for source in taken:
        if source.post and source.path not in posted:
            raise Mismatch(f"{source.path} was there a moment ago, and is not in {archive}/ any more; run it again")
        if source.post:
            tasks.append(_post_task(source, posted[source.path], archive))
        else:
            tasks += _shelf_tasks(
                source,
                shelf,
                sections,
                title=listed.get(source.path, ""),
                listed_under=headed.get(source.path, ""),
                passwords=passwords,
                extent=counted.get(source.path, Extent()),
            )
    return tasks


def _shelf_tasks(
    source: Source,
    shelf: Path,
    sections: dict[str, str],
    *,
    title: str,
    listed_under: str,
    passwords: tuple[str, ...],
    extent: Extent,
) -> list[Task]:
    section, section_name = ids.section(source.path, sections)
    origin: Origin = {"pdf": "pdf", "html": "html"}.get(source.kind, "image")  # type: ignore[assignment]
    return [
        Task(
            Page(
                page_id=ids.page_id(source.path, number, extent.pages),
                source=source.path,
                number=number,
                origin=origin,
                section=section,
                section_name=section_name,
                group=ids.group(source.path, number, extent.pages),
                title=title,
                reason=extent.reason,
            ),
            source.kind,
            shelf / source.path,
            source.sha256,
            passwords if source.kind == "pdf" else (),
            listed_under,
        )
        for number in range(1, extent.pages + 1)
    ]


def _post_task(source: Source, picture: Picture, archive: Path) -> Task:
    """Return a forum picture's page. The board is part of the id, because two boards count their posts alike.

    Its group is that of its thread's words.
    """
    board = source.post.split("/")[0]
    page = Page(
        page_id=f"post-{ids.slug(board)}-{picture.post_id}-{source.sha256[:6]}",
        source=source.path,
        number=1,
        origin="post",
        section="",
        section_name="Forum",
        group=f"thread-{ids.board_name(board)}-{picture.thread_id}",
        source_url=picture.url,
        context=picture.context,
    )
    return Task(page, source.kind, archive / source.path, source.sha256)


def _finished(task: Task, work: Path, limits: Limits) -> Page | None:
    """Return the page as an earlier run left it, with its present place in the dataset; None if it was not made."""
    stored = read_json(work / "pages" / f"{task.page.page_id}.json")
    if not stored or stored["made_from"] not in {task.made_from, task.lost_under(limits)}:
        return None
    made = {name: stored["page"][name] for name in MADE}
    files = (work / made["image"], work / "readings" / f"{task.page.page_id}.json")
    if made["image"] and not all(file.is_file() for file in files):
        return None
    return replace(task.page, **made)


def _make(work: Path, task: Task) -> Page:
    """Write one page's picture, reading and record, in this order."""
    page = task.page
    if not page.reason:
        try:
            picture, printed = _picture_and_reading(task)
        except Exception as error:  # noqa: BLE001 - whatever a library raises over a broken file costs this page alone
            page = replace(page, reason=why_not(error, task.file))
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
            found = work / "found" / Path(page.image).name
            if picture.found and page.origin != "post":  # pictures of posts have never been sent with it
                write_bytes(found, picture.found)
            else:
                found.unlink(missing_ok=True)  # the page is scanned anew: answers about the old scan are none of its
            write_json(work / "readings" / f"{page.page_id}.json", asdict(printed))
    _record(page, task.made_from, work)
    libc("malloc_trim")(0)  # glibc keeps one page's memory for the next, and a worker grew to 1.35 GB
    return page


def _record(page: Page, made_from: str, work: Path) -> None:
    write_json(work / "pages" / f"{page.page_id}.json", {"made_from": made_from, "page": asdict(page)})


def _picture_and_reading(task: Task) -> tuple[images.Picture, Reading]:
    if task.kind == "heic":
        images.learn_heic()
    if task.kind not in {"pdf", "html"}:
        picture = images.picture(task.file, task.page.number - 1)
        return picture, readings.ocr(picture.data)
    is_html = task.kind == "html"
    document = html.lay_out(task.file.read_bytes()) if is_html else task.file
    sheet = pdf.sheet(document, task.page.number, task.passwords)
    if sheet.text is None:
        return sheet.picture, readings.ocr(sheet.picture.data)
    return sheet.picture, Reading("html" if is_html else "text layer", sheet.text)


def _make_each(work: Path, limits: Limits, processes: int, tasks: list[Task]) -> Iterator[Page]:
    """Make pages in worker processes and yield them as they come; finished files of a dead machine are found."""
    rest = []
    for task in tasks:
        if page := _finished(task, work, limits):
            yield page
        else:
            rest.append(task)
    for task, page in each(functools.partial(_make, work), rest, limits, processes):
        if isinstance(page, Lost):
            lost = replace(task.page, reason=page.reason(limits))
            if page.code not in PASSING:  # if the machine caused it, the next run tries again
                _record(lost, task.lost_under(limits), work)
            yield lost
        else:
            yield page
