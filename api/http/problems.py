"""Every error as an RFC 9457 problem document that says what to change."""

import difflib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from api.http.addresses import base_url

log = logging.getLogger("api.problems")

MEDIA_TYPE: Final = "application/problem+json"
ALLOWED_METHODS: Final = "GET, HEAD, OPTIONS"


class ProblemType(StrEnum):
    """The kinds of problem this API answers with; each has its page at `/v1/problems`."""

    MALFORMED_REQUEST = "malformed-request"
    NOT_FOUND = "not-found"
    METHOD_NOT_ALLOWED = "method-not-allowed"
    NOT_ACCEPTABLE = "not-acceptable"
    BODY_NOT_ALLOWED = "body-not-allowed"
    ADDRESS_TOO_LONG = "address-too-long"
    INVALID_PARAMETERS = "invalid-parameters"
    TOO_MANY_REQUESTS = "too-many-requests"
    INTERNAL_ERROR = "internal-error"
    UNAVAILABLE = "unavailable"


class ProblemDescription(BaseModel):
    """What a kind of problem means and what to do about it."""

    id: ProblemType = Field(description="Last part of the `type` address.")
    status: int = Field(description="HTTP status it comes with.")
    title: str = Field(description="What went wrong, the same for every occurrence.")
    what_to_do: str = Field(description="How a caller gets past it.")


DESCRIPTIONS: Final = {
    item.id: item
    for item in (
        ProblemDescription(
            id=ProblemType.MALFORMED_REQUEST,
            status=400,
            title="The address is malformed",
            what_to_do="Percent-encode the address as UTF-8, without control characters.",
        ),
        ProblemDescription(
            id=ProblemType.NOT_FOUND,
            status=404,
            title="There is nothing at this address",
            what_to_do="Try one of the suggestions, or start from the directory at /v1.",
        ),
        ProblemDescription(
            id=ProblemType.METHOD_NOT_ALLOWED,
            status=405,
            title="This API is read-only",
            what_to_do=f"Use one of {ALLOWED_METHODS}.",
        ),
        ProblemDescription(
            id=ProblemType.NOT_ACCEPTABLE,
            status=406,
            title="The answer has no representation you accept",
            what_to_do="Accept application/json, or leave the Accept header out.",
        ),
        ProblemDescription(
            id=ProblemType.BODY_NOT_ALLOWED,
            status=413,
            title="Requests carry no body here",
            what_to_do="Send everything in the address, and no body.",
        ),
        ProblemDescription(
            id=ProblemType.ADDRESS_TOO_LONG,
            status=414,
            title="The address is too long",
            what_to_do="Shorten the query; ask for many slugs in several requests.",
        ),
        ProblemDescription(
            id=ProblemType.INVALID_PARAMETERS,
            status=422,
            title="A parameter is not right",
            what_to_do="Each entry of `errors` names a parameter and what is allowed.",
        ),
        ProblemDescription(
            id=ProblemType.TOO_MANY_REQUESTS,
            status=429,
            title="Too many requests",
            what_to_do="Wait as long as Retry-After says. Answers may be kept: see Cache-Control.",
        ),
        ProblemDescription(
            id=ProblemType.INTERNAL_ERROR,
            status=500,
            title="Something went wrong on our side",
            what_to_do="Try again; if it stays, report it with the request id.",
        ),
        ProblemDescription(
            id=ProblemType.UNAVAILABLE,
            status=503,
            title="The service can't answer just now",
            what_to_do="Try again after the time in Retry-After.",
        ),
    )
}


class ParameterError(BaseModel):
    """What is wrong with one parameter."""

    parameter: str = Field(description="Its name.")
    reason: str = Field(description="What is wrong with it, and what is allowed.")


class Suggestion(BaseModel):
    """Something near what was asked for."""

    name: str = Field(description="What it is called.")
    url: str = Field(description="Where it is.")


class Problem(BaseModel):
    """An error (RFC 9457): what went wrong, and what to change."""

    type: str = Field(description="Address of the page on this kind of problem.")
    title: str = Field(description="What went wrong, the same for every occurrence.")
    status: int = Field(description="HTTP status.")
    detail: str = Field(description="What went wrong this time, and what to change.")
    instance: str = Field(description="The address asked for.")
    request_id: str = Field(description="Quote it when you report the problem.")
    errors: list[ParameterError] = Field(default=[], description="Each wrong parameter.")
    suggestions: list[Suggestion] = Field(default=[], description="What may have been meant.")


@dataclass
class ProblemError(Exception):
    """Raised anywhere to answer with a problem."""

    type: ProblemType
    detail: str
    errors: Sequence[ParameterError] = ()
    suggestions: Sequence[Suggestion] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def problem_response(scope: Scope, error: ProblemError) -> JSONResponse:
    """The HTTP answer for a problem."""
    description = DESCRIPTIONS[error.type]
    body = Problem(
        type=f"{base_url(scope)}/v1/problems/{error.type}",
        title=description.title,
        status=description.status,
        detail=error.detail,
        instance=_shown_path(scope),
        request_id=scope.get("state", {}).get("request_id", ""),
        errors=list(error.errors),
        suggestions=list(error.suggestions),
    )
    headers = {"Cache-Control": "no-store", **error.headers}
    if error.type is ProblemType.METHOD_NOT_ALLOWED:
        headers["Allow"] = ALLOWED_METHODS
    if error.type is ProblemType.UNAVAILABLE:
        headers.setdefault("Retry-After", "2")
    return JSONResponse(
        body.model_dump(), description.status, headers=headers, media_type=MEDIA_TYPE
    )


class CrashGuard:
    """Turns what nobody caught into a 500 problem, inside the layers that add headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run the application; answer for it where it fails before it has answered."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Any) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as failure:
            error = _as_problem(failure)
            if error.type is ProblemType.INTERNAL_ERROR:
                request_id = scope.get("state", {}).get("request_id", "")
                log.exception("request %s failed: %s", request_id, _shown_path(scope))
            else:
                log.warning("unavailable: %s", failure)
            if started:
                raise
            await problem_response(scope, error)(scope, receive, send)


def install(app: FastAPI) -> None:
    """Have the application answer every error as a problem."""

    @app.exception_handler(ProblemError)
    async def _(request: Request, error: ProblemError) -> JSONResponse:
        return problem_response(request.scope, error)

    @app.exception_handler(RequestValidationError)
    async def _(request: Request, error: RequestValidationError) -> JSONResponse:
        return problem_response(request.scope, _invalid(request, error.errors()))

    @app.exception_handler(HTTPException)
    async def _(request: Request, error: HTTPException) -> JSONResponse:
        return problem_response(request.scope, _from_http(request, error))


def _as_problem(failure: Exception) -> ProblemError:
    if isinstance(failure, ProblemError):
        return failure
    if isinstance(failure, SQLAlchemyError | TimeoutError):
        return ProblemError(
            ProblemType.UNAVAILABLE, "The database does not answer just now. Try again shortly."
        )
    return ProblemError(
        ProblemType.INTERNAL_ERROR, "The request could not be answered. It has been logged."
    )


def _from_http(request: Request, error: HTTPException) -> ProblemError:
    match error.status_code:
        case HTTPStatus.NOT_FOUND:
            return ProblemError(
                ProblemType.NOT_FOUND,
                f"There is nothing at {request.url.path}. The directory is at /v1.",
                suggestions=_near_paths(request),
            )
        case HTTPStatus.METHOD_NOT_ALLOWED:
            return ProblemError(
                ProblemType.METHOD_NOT_ALLOWED,
                f"{request.method} is not possible here. Use one of {ALLOWED_METHODS}.",
            )
        case _:
            return ProblemError(ProblemType.INTERNAL_ERROR, str(error.detail))


def _near_paths(request: Request) -> list[Suggestion]:
    """Fixed addresses that look like the one asked for."""
    close = difflib.get_close_matches(request.url.path, request.app.state.addresses, n=3)
    return [Suggestion(name=path, url=f"{base_url(request.scope)}{path}") for path in close]


def _invalid(request: Request, details: Sequence[Mapping[str, Any]]) -> ProblemError:
    """A problem that names each wrong parameter and what is allowed for it."""
    errors = [_parameter_error(request, item) for item in details]
    named = ", ".join(dict.fromkeys(error.parameter for error in errors))
    return ProblemError(
        ProblemType.INVALID_PARAMETERS, f"Change these parameters: {named}.", errors=errors
    )


def _parameter_error(request: Request, item: Mapping[str, Any]) -> ParameterError:
    where, *rest = item["loc"]
    name = str(rest[0]) if rest else str(where)
    if item["type"] == "extra_forbidden":
        known = parameter_names(request)
        close = difflib.get_close_matches(name, known, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        allowed = f"Allowed: {', '.join(known)}." if known else "It takes none."
        return ParameterError(
            parameter=name, reason=f"There is no parameter of this name.{hint} {allowed}"
        )
    given = str(item.get("input"))
    given = given if len(given) <= 60 else f"{given[:57]}..."
    reason = str(item["msg"]).removeprefix("Value error, ")
    return ParameterError(parameter=name, reason=f"{reason}; {given!r} was given.")


def parameter_names(request: Request) -> list[str]:
    """The query parameters the route of this request takes."""
    return list(parameter_types(request))


def parameter_types(request: Request) -> dict[str, Any]:
    """The query parameters the route of this request takes, with their types."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    models = [item.field_info.annotation for item in dependant.query_params] if dependant else []
    return {
        name: field.annotation
        for model in models
        if isinstance(model, type) and issubclass(model, BaseModel)
        for name, field in model.model_fields.items()
    }


def _shown_path(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    path = scope.get("raw_path", scope["path"].encode()).decode("latin-1")
    shown = f"{path}?{query}" if query else str(path)
    return shown if len(shown) <= 300 else f"{shown[:297]}..."
