"""Serve the review page, made on the server from escaping templates; its script only handles keys.

A form that changes something carries the token itself: the cookie alone is also sent by a page that another program of
this machine serves from another port.
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from fastapi import FastAPI, Form, HTTPException, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, BeforeValidator, StringConstraints, ValidationError

from vlm3_dataset.files import sha256
from vlm3_dataset.filters import rules
from vlm3_dataset.filters.grounding.evidence import evidence_boxes, quoted_posts
from vlm3_dataset.review.decisions import Decision
from vlm3_dataset.review.guard import check_form
from vlm3_dataset.review.log import Register
from vlm3_dataset.review.pairs import Pair, load
from vlm3_dataset.review.queue import Filters, Queue
from vlm3_dataset.review.rendering import environment
from vlm3_dataset.review.serving import guarded
from vlm3_dataset.schema import QA
from vlm3_dataset.sources.pages.readings import load_reading
from vlm3_dataset.sources.threads.conversation import load_thread

# Browsers end the lines of a form with two characters, and count them as one.
LINES = BeforeValidator(lambda text: text.replace("\r\n", "\n") if isinstance(text, str) else text)
Text = Annotated[str, StringConstraints(strip_whitespace=True), LINES]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000), LINES]


class Ruling(BaseModel):
    """What the buttons send."""

    token: str
    key: str
    verdict: Literal["accept", "edit", "reject"]
    question: Text = ""  # of any length: the pair's own words come along with every verdict
    answer: Text = ""
    note: Note = ""
    seen: str = ""  # time of the decision that was shown beside the pair
    query: str = ""  # the filters, to stay among the same pairs


class Undo(BaseModel):
    token: str
    key: str = ""  # the pair; without one, the reviewer's last decision is taken back
    seen: str = ""  # time of that decision when the page was shown
    query: str = ""


class Review:
    """The handlers of all requests. They are coroutines that never wait: one request at a time, and no locks."""

    def __init__(self, work: Path, queue: Queue, register: Register, token: str) -> None:
        self._work, self._queue, self._register, self._token = work, queue, register, token
        self._template = environment("vlm3_dataset.review").get_template("review.html.j2")

    async def show(self, filters: Annotated[Filters, Query()], pair: str = "") -> Response:
        """Show one pair beside its page: the one that is named, else the first that passes the filters."""
        if pair:
            return self._page(filters, self._pair(pair))
        chosen = self._queue.chosen(filters, self._register.standing())
        return self._page(filters, self._queue.pairs[chosen[0]] if chosen else None)

    async def image(self, page_id: str) -> Response:
        """Return a page's picture. Its path comes from the table.

        Raises:
            HTTPException: 404 where there is no such page, 409 where its picture has changed since its pairs were made.
        """
        page = self._queue.pages.get(page_id)
        if page is None or not page.image:
            raise HTTPException(404, "no such page")
        data = (self._work / page.image).read_bytes()
        if sha256(data) != page.sha256:
            raise HTTPException(409, "the picture has changed; run the stages from prepare, and review again")
        kind = "image/png" if page.image.endswith(".png") else "image/jpeg"
        return Response(data, media_type=kind, headers={"Cache-Control": "private, max-age=3600"})

    async def decide(self, ruling: Annotated[Ruling, Form()]) -> Response:
        """Write a decision down, then show the next pair. It is about the pair as shown, an earlier edit included.

        Raises:
            HTTPException: 403 where the form lacks the token, 404 or 409 where the pair is gone or has changed, and 409
                where a colleague has decided while the page was open: that is not overruled unseen.
        """
        check_form(ruling.token, self._token)
        pair, filters = self._pair(ruling.key), _filters(ruling.query)
        before = self._register.standing().get(pair.subject)
        if before and before.reviewer != self._register.reviewer and before.at != ruling.seen:
            raise HTTPException(409, f"{before.reviewer} has decided about this pair meanwhile; go back and look again")
        said = self._said(pair, ruling)
        longest = rules.LONGEST_OF_OWNERS if pair.page.origin == "thread" else rules.LONGEST_ANSWER
        if ruling.verdict == "edit" and (problem := rules.form(said, longest)):
            return self._page(filters, pair, problem=problem, draft=said)
        if ruling.verdict == "reject":
            self._register.add(pair, "reject", note=ruling.note)
        elif said == pair.qa:
            self._register.add(pair, "accept", note=ruling.note)
        else:
            self._register.add(pair, "edit", note=ruling.note, question=said.question, answer=said.answer)
        place = self._queue.place(self._queue.number[pair.key], self._queue.chosen(filters, self._register.standing()))
        return _go(filters, place.after or pair)

    async def take_back(self, undo: Annotated[Undo, Form()]) -> Response:
        """Undo the decision that was in force as the page was shown, and show its pair again.

        Raises:
            HTTPException: 403 where the form lacks the token, 404 where there is no decision to take back, 409 where it
                is another by now: a second click would take back the one before.
        """
        check_form(undo.token, self._token)
        filters = _filters(undo.query)
        if (last := self._last(undo.key)) is None:
            raise HTTPException(404, "there is no decision of yours to take back")
        decision, pair = last
        if decision.at != undo.seen:
            raise HTTPException(409, "you have decided or taken back something meanwhile; go back and look again")
        self._register.take_back(decision)
        return _go(filters, pair)

    def _page(self, filters: Filters, pair: Pair | None, problem: str = "", draft: QA | None = None) -> Response:
        standing = self._register.standing()
        chosen, last = self._queue.chosen(filters, standing), self._last()
        text = self._template.render(
            pair=pair,
            decisions=standing,
            last=last[0].at if last else "",
            place=self._queue.place(self._queue.number[pair.key], chosen) if pair else None,
            beside=self._queue.beside(pair) if pair else (),
            posts=quoted_posts(pair.qa, load_thread(self._work, pair.page.page_id))
            if pair and not pair.page.image
            else (),
            boxes=evidence_boxes(pair.qa.evidence, load_reading(self._work, pair.page.page_id).segments)
            if pair
            else (),
            filters=filters,
            facets=self._queue.facets(filters),
            progress=self._queue.progress(filters, standing),
            problem=problem,
            draft=draft,
            reviewer=self._register.reviewer,
            token=self._token,
        )
        return HTMLResponse(text, 422 if problem else 200)

    def _last(self, key: str = "") -> tuple[Decision, Pair] | None:
        """Return the reviewer's last decision about the pair of a key, or about any pair, and that pair."""
        found = ((each, self._queue.about(each.pair)) for each in self._register.mine())
        return next(((each, pair) for each, pair in found if pair and key in ("", pair.key)), None)

    def _said(self, pair: Pair, ruling: Ruling) -> QA:
        """Return the pair in the words that were typed, else unchanged."""
        before = self._register.standing().get(pair.subject)
        edit = ruling if ruling.verdict == "edit" else before if before and before.verdict == "edit" else None
        return replace(pair.qa, question=edit.question, answer=edit.answer) if edit else pair.qa

    def _pair(self, key: str) -> Pair:
        """Return the pair of a key. Raises HTTPException if there is none, or none any more."""
        number = self._queue.number.get(key)
        if number is None:
            raise HTTPException(404, "no such pair")
        pair = self._queue.pairs[number]
        if all(key != each.key for each in load(self._work, pair.page.page_id)):
            raise HTTPException(409, "this pair has changed since `review` was started; start it again")
        return pair


def _filters(query: str) -> Filters:
    try:
        return Filters.of(query)
    except ValidationError:
        raise HTTPException(422, "no such filter; choose one on the page") from None


def _go(filters: Filters, pair: Pair) -> Response:
    return RedirectResponse(f"/?{filters.query(pair=pair.key)}", 303)


def make(work: Path, queue: Queue, register: Register, token: str) -> FastAPI:
    app = guarded(token)
    review = Review(work, queue, register, token)
    app.get("/")(review.show)
    app.get("/image/{page_id}")(review.image)
    app.post("/decide")(review.decide)
    app.post("/undo")(review.take_back)
    return app
