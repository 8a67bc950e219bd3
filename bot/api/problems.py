"""Errors as `application/problem+json` with a remedy, in the reader's language."""

import math
from collections.abc import Mapping

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import Scope

from bot.sentences import sentence
from flows.errors import AssistantError, Misconfigured, Refused, Retry
from locales.operators import N_, Messages, messages

_STATUS_OF_STATE = {"invalid": 400, "forbidden": 403, "not_found": 404, "too_large": 413, "cursor": 422}
_TITLES = {
    400: N_("The request cannot be understood"),
    401: N_("Not signed in"),
    403: N_("Not allowed"),
    404: N_("Not found"),
    405: N_("This address has no such method"),
    409: N_("It contradicts the present state"),
    413: N_("The request is too large"),
    422: N_("A value cannot be used"),
    500: N_("Something is broken here"),
    503: N_("Not possible at this moment"),
}


class Problem(Exception):
    """A refusal in words of the catalogue: `detail` and `remedy` are marked texts, `values` fill both."""

    def __init__(self, status: int, detail: str, remedy: str = "", **values: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.remedy = remedy
        self.values = values
        self.headers: dict[str, str] = {}


def texts_for(scope: Scope) -> Messages:
    """The texts in the first language of `Accept-Language` that we have; English for programs."""
    for name, value in scope["headers"]:
        if name == b"accept-language":
            for part in value.decode("latin-1").split(","):
                tag = part.split(";")[0].split("-")[0].strip().lower()
                if tag in {"ru", "en"}:
                    return messages(tag)
    return messages("en")


def problem_response(
    texts: Messages, status: int, detail: str, remedy: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """The body of RFC 9457 and its `remedy`; texts are already in the reader's language."""
    title = texts.gettext(_TITLES.get(status, ""))
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, "remedy": remedy}
    return Response(
        orjson.dumps({name: value for name, value in body.items() if value}),
        status,
        headers=dict(headers or {}),
        media_type="application/problem+json",
    )


def marked_problem_response(scope: Scope, problem: Problem) -> Response:
    """A `Problem` in the reader's language."""
    texts = texts_for(scope)
    detail = texts.gettext(problem.detail, **problem.values)
    remedy = texts.gettext(problem.remedy, **problem.values)
    return problem_response(texts, problem.status, detail, remedy, problem.headers)


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error that is raised on purpose."""
    app.add_exception_handler(Problem, _marked)
    app.add_exception_handler(AssistantError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _plain)


async def _marked(request: Request, error: Exception) -> Response:
    if not isinstance(error, Problem):
        raise error
    return marked_problem_response(request.scope, error)


async def _ours(request: Request, error: Exception) -> Response:
    texts = texts_for(request.scope)
    match error:
        case Retry():
            seconds = max(1, math.ceil(error.after or 1))
            remedy = texts.ngettext("Try again in a second", "Try again in {number} seconds", seconds)
            return problem_response(texts, 503, sentence(error.reason, texts), remedy, {"Retry-After": str(seconds)})
        case Refused():
            return problem_response(texts, _STATUS_OF_STATE.get(error.state, 409), sentence(error.reason, texts))
        case Misconfigured():
            return problem_response(
                texts, 500, f"{error.setting}: {sentence(error.reason, texts)}", sentence(error.remedy, texts)
            )
        case _:
            return problem_response(texts, 500, str(error))


async def _invalid(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    texts = texts_for(request.scope)
    # What was sent is not repeated: it may be a phone.
    faults = [
        f"{'.'.join(str(part) for part in fault['loc'])}: {_plainly(fault['msg'], texts)}" for fault in error.errors()
    ]
    return problem_response(texts, 422, "; ".join(faults), texts.gettext("The page /api/docs says what is expected"))


def _plainly(message: str, texts: Messages) -> str:
    return sentence(message.removeprefix("Value error, "), texts)


async def _plain(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    texts = texts_for(request.scope)
    headers = error.headers or {}
    return problem_response(texts, error.status_code, texts.gettext(_TITLES.get(error.status_code, "")), "", headers)
