"""Guard the page: it is for the holder of the token on this machine, and closed to other sites in the browser."""

import secrets
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse
from starlette.middleware.trustedhost import TrustedHostMiddleware

HOSTS = ["127.0.0.1", "localhost"]  # a foreign name that points here (DNS rebinding) is refused
POLICY = (
    "default-src 'none'; img-src 'self'; style-src 'self'; script-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
REFUSED = "Not allowed. Open the address that the command printed; it carries a token that changes with every start."


def guard(app: FastAPI, token: str) -> None:
    """Require the token of every request, in its address or in the cookie that the first answer sets.

    Browsers send a machine's cookies to all of its ports, so the cookie's name has the port.
    """

    @app.middleware("http")
    async def check(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        in_address, cookie = request.query_params.get("token", ""), f"vlm3-review-{request.url.port}"
        if is_token(in_address, token) or is_token(request.cookies.get(cookie, ""), token):
            response = await answer(request)
        else:
            response = PlainTextResponse(REFUSED, 403)
        if is_token(in_address, token):
            response.set_cookie(cookie, token, httponly=True, samesite="strict")
        response.headers.update(HEADERS | {"Cache-Control": response.headers.get("Cache-Control", "no-store")})
        return response

    app.add_middleware(TrustedHostMiddleware, allowed_hosts=HOSTS)  # the last one added is asked first


def check_form(sent: str, token: str) -> None:
    """Refuse a form that another site's page sent: the cookie goes along with it, and the token does not.

    Raises:
        HTTPException: 403, where the form's token is another.
    """
    if not is_token(sent, token):
        raise HTTPException(403, "the form was not sent by this page; load the page again")


def is_token(sent: str, token: str) -> bool:
    return secrets.compare_digest(sent.encode(), token.encode())
