"""Serve a page to one person on one machine: on loopback, behind a token, until Ctrl-C."""

import secrets
import socket
from collections.abc import Callable
from pathlib import Path

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse
from fastapi.staticfiles import StaticFiles

from vlm3_dataset.errors import UserError
from vlm3_dataset.review.guard import guard

# An unknown page; a malformed form or address; a damaged log; a full disk.
FAILURES = (HTTPException, RequestValidationError, UserError, OSError)


def guarded(token: str) -> FastAPI:
    """Return an app with the guard, the style and the keys but no route; it shows an error as one line."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, exception_handlers=dict.fromkeys(FAILURES, _tell))
    app.mount("/static", StaticFiles(directory=Path(__file__).parent / "static"))
    guard(app, token)
    return app


def serve(make: Callable[[str], FastAPI], port: int, heading: str) -> None:
    """Print `heading` and the address, and serve until Ctrl-C. `make` takes the token. Raises OSError."""
    import uvicorn

    token = secrets.token_urlsafe(32)
    with socket.create_server(("127.0.0.1", port)) as server:
        print(f"{heading}\nhttp://127.0.0.1:{server.getsockname()[1]}/?token={token}", flush=True)
        # No access log: it would print the token.
        uvicorn.Server(uvicorn.Config(make(token), log_level="warning", access_log=False)).run(sockets=[server])


async def _tell(_: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return PlainTextResponse(f"{error.detail}\n", error.status_code)
    if isinstance(error, RequestValidationError):
        wrong = error.errors()[0]
        return PlainTextResponse(f"not done: {wrong['loc'][-1]}: {wrong['msg']}\n", 422)
    return PlainTextResponse(f"not done: {error}\n", 500)
