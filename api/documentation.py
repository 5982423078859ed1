"""The OpenAPI document: its prose, its errors, and examples that are real answers."""

from copy import deepcopy
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from pydantic.json_schema import models_json_schema

from api.examples import add_examples
from api.http.negotiation import Format
from api.http.problems import (
    DESCRIPTIONS,
    MEDIA_TYPE,
    ParameterError,
    Problem,
    ProblemDescription,
    ProblemType,
    Suggestion,
)
from api.knowledge.kinds import KINDS

TITLE: Final = "Failed-fusion knowledge API"
SUMMARY: Final = "Structured, source-cited knowledge about failed spinal fusion."
LICENSE_INFO: Final = {
    "name": "Code Apache-2.0; content CC BY 4.0",
    "identifier": "Apache-2.0 AND CC-BY-4.0",
}
DESCRIPTION: Final = """\
An open, read-only API about spinal fusions that fail: why, how it shows, how it is found, what can
be done, what the evidence says on each side, and what needs help at once.

- **Every sentence carries its source.** Text is stored as statements, each with its citations.
- **Every number is data.** A finding has its figure, interval, population, design and source.
- **Both sides are shown.** A relation counts the sources for and against it, and names the strongest.

Every body is `{"data", "meta", "links"}`. Errors are `application/problem+json` (RFC 9457) and say
what to change. Answers have strong ETags and may be kept for five minutes. Within v1 there are only
additions.

**Information, not medical advice.** Show the disclaimer in `meta` with the content, and show red
flags first.
"""
TAGS: Final[list[dict[str, Any]]] = [
    {"name": "Directory", "description": "What there is, which release is served, what changed."},
    {
        "name": "Search",
        "description": "Finding the right thing: search, suggestions, passages, exploring symptoms.",
    },
    *(
        {
            "name": kind.plural,
            "description": f"{kind.description} Lists, details, and what is related to each.",
        }
        for kind in KINDS
    ),
    {
        "name": "Evidence",
        "description": "Findings (each result as data) and the sources they were read from.",
    },
    {
        "name": "Statements",
        "description": "The sentences themselves: the unit to quote, each at a permanent address.",
    },
    {"name": "Health", "description": "For load balancers and supervisors."},
]


def _error(kind: ProblemDescription) -> dict[str, Any]:
    """How an error is documented: what it means, and an example of its problem."""
    example = Problem(
        type=f"http://127.0.0.1:8000/v1/problems/{kind.id}",
        title=kind.title,
        status=kind.status,
        detail=kind.what_to_do,
        instance="/v1/conditions/nonunion",
        request_id="5f0c6a4e2d3b4c59a0d1b2c3d4e5f607",
        errors=[],
        suggestions=[],
    )
    if kind.id is ProblemType.INVALID_PARAMETERS:
        reason = "Input should be greater than or equal to 1; '0' was given."
        example.errors = [ParameterError(parameter="limit", reason=reason)]
    if kind.id is ProblemType.NOT_FOUND:
        url = "http://127.0.0.1:8000/v1/conditions/pseudoarthrosis"
        example.suggestions = [Suggestion(name="Pseudoarthrosis (nonunion)", url=url)]
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": f"{kind.title}. {kind.what_to_do}",
        "content": {MEDIA_TYPE: {"schema": schema, "example": example.model_dump()}},
    }


def install(app: FastAPI) -> None:
    """Have the application describe itself with our document instead of FastAPI's own.

    `app.openapi()` is the document without examples, quick to make. The published one has them; it
    is made in a worker thread when first asked for, for it takes a request to every operation.
    """

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]
    app.router.routes[:] = [
        route for route in app.router.routes if getattr(route, "path", None) != app.openapi_url
    ]

    @app.get(str(app.openapi_url), include_in_schema=False)
    def published() -> JSONResponse:
        return JSONResponse(published_document(app))


def published_document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document with its examples. To be called outside of an event loop."""
    complete = deepcopy(app.openapi())
    add_examples(complete, app)
    return complete


def _document(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
        license_info=app.license_info,
        separate_input_output_schemas=False,
    )
    components = schema["components"]
    for name in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(name, None)
    components["schemas"] |= models_json_schema(
        [(Problem, "serialization")], ref_template="#/components/schemas/{model}"
    )[1]["$defs"]
    components["responses"] = {kind.id: _error(kind) for kind in DESCRIPTIONS.values()}
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            _describe(path, operation)
    return schema


def _trimmed(*, several: bool) -> dict[str, Any]:
    """The shape of an answer that `fields` has trimmed: the envelope, and some of the fields."""
    record = {"type": "object"}
    meta, links = ("ListMeta", "ListLinks") if several else ("Meta", "Links")
    return {
        "type": "object",
        "title": "Trimmed",
        "description": "With `fields`: only these.",
        "required": ["data", "meta", "links"],
        "properties": {
            "data": {"type": "array", "items": record} if several else record,
            "meta": {"$ref": f"#/components/schemas/{meta}"},
            "links": {"$ref": f"#/components/schemas/{links}"},
        },
    }


def _describe(path: str, operation: dict[str, Any]) -> None:
    """Tell what FastAPI can't know: how lists are written, and which problems there are."""
    for parameter in operation.get("parameters", []):
        shape = parameter["schema"]
        # A query parameter is there or not; it can't be null.
        options = [option for option in shape.pop("anyOf", []) if option != {"type": "null"}]
        shape |= options[0] if options else {}
        if shape.get("type") == "array":
            parameter.update(style="form", explode=False)
            shape.pop("default", None)
        if parameter["name"] == "fields":
            media = operation["responses"]["200"]["content"]["application/json"]
            several = "limit" in {item["name"] for item in operation["parameters"]}
            media["schema"] = {"anyOf": [media["schema"], _trimmed(several=several)]}
        if parameter["name"] == "format":
            content = operation["responses"]["200"]["content"]
            for name in shape["enum"]:
                records = {"type": "array", "items": {"type": "object"}}
                schema = records if name == Format.CSL else {"type": "string"}
                content.setdefault(Format(name).media_type, {"schema": schema})
    operation["responses"] = {"200": operation["responses"]["200"]} | {
        str(kind.status): {"$ref": f"#/components/responses/{kind.id}"}
        for kind in DESCRIPTIONS.values()
        if kind.id is not ProblemType.NOT_FOUND or "{" in path
    }
