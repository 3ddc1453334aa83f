"""Serve the page on which a person judges answers that the judge has judged, one at a time beside their pages."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from fastapi import FastAPI, Form, HTTPException, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from evaluation.judge.agreement import ASKED, Item, append_verdict, by_metric, item_key, load, read_verdicts
from evaluation.pages import PageFile
from vlm3_dataset.review.guard import check_form
from vlm3_dataset.review.rendering import environment
from vlm3_dataset.review.serving import guarded


class VerdictForm(BaseModel):
    """What the buttons send."""

    token: str
    number: int
    verdict: Literal["yes", "no"]


class UndoForm(BaseModel):
    token: str


class AgreementPages:
    """The handlers of all requests. They are coroutines that never wait: one request at a time, and no locks."""

    def __init__(
        self, run: Path, items: Sequence[Item], pages: Mapping[str, PageFile], person: str, token: str
    ) -> None:
        self._run, self._items, self._pages, self._person, self._token = run, items, pages, person, token
        self._given: list[int] = []  # numbers judged since the page was opened, for undo
        self._template = environment("evaluation.judge").get_template("agree.html.j2")

    async def show(self, number: int | None = None) -> Response:
        """Show the item that is named, else the first without a verdict; at the end, how far both agree."""
        said = read_verdicts(self._run).get(self._person, {})
        at = next((at for at, item in enumerate(self._items) if item_key(item) not in said), None)
        at = number if number is not None else at
        item = None if at is None else self._item(at)
        text = self._template.render(
            item=item,
            number=at,
            asked=ASKED,
            said=said.get(item_key(item)) if item else None,
            has_page=bool(item and item.image and item.page_id in self._pages),
            done=sum(item_key(one) in said for one in self._items),
            count=len(self._items),
            agreement={} if item else by_metric(self._run, load(self._run)),
            person=self._person,
            token=self._token,
        )
        return HTMLResponse(text)

    async def image(self, number: int) -> Response:
        """Return the page of an item, by a path that comes from the dataset. Raises HTTPException (404) without one."""
        page = self._pages.get(self._item(number).page_id)
        if page is None or not page.path.is_file():
            raise HTTPException(404, "no such page")
        kind = "image/png" if page.name.endswith(".png") else "image/jpeg"
        return Response(page.path.read_bytes(), media_type=kind, headers={"Cache-Control": "private, max-age=3600"})

    async def judge(self, given: Annotated[VerdictForm, Form()]) -> Response:
        """Write a verdict down, then show the next item without one."""
        check_form(given.token, self._token)
        append_verdict(self._run, self._item(given.number), self._person, given.verdict == "yes")
        self._given.append(given.number)
        return RedirectResponse("/", 303)

    async def take_back(self, undo: Annotated[UndoForm, Form()]) -> Response:
        """Take the last verdict back and show its item again. Raises HTTPException (404) where none was given."""
        check_form(undo.token, self._token)
        if not self._given:
            raise HTTPException(404, "nothing was judged since this page was opened")
        number = self._given.pop()
        append_verdict(self._run, self._items[number], self._person, None)
        return RedirectResponse(f"/?number={number}", 303)

    def _item(self, number: int) -> Item:
        if not 0 <= number < len(self._items):
            raise HTTPException(404, "no such answer")
        return self._items[number]


def make(run: Path, items: Sequence[Item], pages: Mapping[str, PageFile], person: str, token: str) -> FastAPI:
    app, agreeing = guarded(token), AgreementPages(run, items, pages, person, token)
    app.get("/")(agreeing.show)
    app.get("/image/{number}")(agreeing.image)
    app.post("/judge")(agreeing.judge)
    app.post("/undo")(agreeing.take_back)
    return app
