"""Query parameters: their types, and the refusal of every other one."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar, get_origin

from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, create_model

from api.http.problems import ParameterError, ProblemError, ProblemType, parameter_types
from api.knowledge.queries.paging import Window
from api.knowledge.vocabulary import Audience

ListFormat: TypeAlias = Literal["json", "csv"]
SourceFormat: TypeAlias = Literal["json", "csl", "bibtex", "ris"]
SourceListFormat: TypeAlias = Literal["json", "csl", "bibtex", "ris", "csv"]

Route = TypeVar("Route", bound=Callable[..., Any])

PRINTABLE: Final = r"^[^\x00-\x1f\x7f]*$"
"""Text without control characters: a request that holds any is refused before it gets here."""

MAX_IDS: Final = 200
"""So many ids one request may name."""


def _split(values: Any) -> Any:
    """`a,b` and a repeated parameter alike as a list."""
    if not isinstance(values, list):
        return values
    return [item.strip() for value in values for item in str(value).split(",")]


def _without_repeats(items: list[Any]) -> list[Any]:
    return list(dict.fromkeys(items))


def comma_list(item: Any, description: str, max_items: int = 30) -> Any:
    """A parameter that takes several values, with commas between them; given, one at least."""
    return Annotated[
        list[item],
        BeforeValidator(_split),
        Field(min_length=1, max_length=max_items, description=description),
        AfterValidator(_without_repeats),
    ]


class NoParameters(BaseModel):
    """A route that takes no query parameters."""

    model_config = ConfigDict(extra="forbid")


class Paged(NoParameters):
    """Which page of a list."""

    limit: int = Field(default=20, ge=1, le=200, description="Rows on a page, 1 to 200.")
    offset: int = Field(default=0, ge=0, le=1_000_000, description="Rows to skip.")

    @property
    def window(self) -> Window:
        """The page as queries take it."""
        return Window(self.limit, self.offset)


class Listed(Paged):
    """Which page of a list, and in which format."""

    format: ListFormat | None = Field(
        default=None, description="Format of the answer; default: what the Accept header allows."
    )


class CitedAs(NoParameters):
    """In which format a source is wanted."""

    format: SourceFormat | None = Field(
        default=None, description="Format of the answer; default: what the Accept header allows."
    )


class Worded(NoParameters):
    """For whom."""

    audience: Audience = Field(
        default=Audience.PLAIN,
        description="`plain` for everyone, `clinical` for clinicians: picks `text` and `summary`.",
    )


def choices(names: Sequence[str]) -> Any:
    """One of these words."""
    return Literal[tuple(names)]


def fields_of(model: type[BaseModel], besides: Sequence[str] = ()) -> Any:
    """The `fields` parameter for rows of a model; `besides` are asked for by `include` instead."""
    return comma_list(
        choices([name for name in model.model_fields if name not in besides]),
        "Trim the answer to these fields, with commas between them.",
        max_items=60,
    )


def ids_of(item: Any, what: str) -> Any:
    """The `ids` parameter: a batch of these."""
    return comma_list(item, f"Only these {what}, at most {MAX_IDS}.", MAX_IDS)


def sort_by(names: Sequence[str]) -> Any:
    """The `sort` parameter over these columns."""
    return comma_list(
        choices([sign + name for name in names for sign in ("", "-")]),
        "Sort by these, with commas between them; a leading dash for falling order.",
        max_items=4,
    )


def parameters(name: str, *bases: type[BaseModel], **own: Any) -> type[Any]:
    """A query-parameter model: the bases' parameters and `own`, as `name=(type, default)`."""
    model: type[Any] = create_model(name, __base__=bases or (NoParameters,), **own)
    return model


def key(description: str, example: str) -> Any:
    """A key as a part of the path. What no key looks like is simply not found."""
    return Path(description=description, max_length=250, pattern=PRINTABLE, examples=[example])


def takes(model: type[BaseModel], slug: str | None = None) -> Callable[[Route], Route]:
    """Say of a route made at run time what its `wanted` is read from, and an example of its `slug`.

    Such types exist only when the application runs; a type checker sees what the route declares.
    """

    def mark(route: Route) -> Route:
        route.__annotations__["wanted"] = Annotated[model, Query()]
        if slug is not None:
            route.__annotations__["slug"] = Annotated[str, key("Slug of the entity.", slug)]
        return route

    return mark


def _once(request: Request) -> None:
    """Refuse a single-valued parameter that is given twice: which one was meant is unknown."""
    given = [key for key, _ in request.query_params.multi_items()]
    repeated = [key for key in dict.fromkeys(given) if given.count(key) > 1]
    if not repeated:
        return
    types = parameter_types(request)
    errors = [
        ParameterError(parameter=key, reason="It is given more than once. Give it once.")
        for key in repeated
        if key in types and get_origin(types[key]) is not list
    ]
    if errors:
        named = ", ".join(error.parameter for error in errors)
        raise ProblemError(
            ProblemType.INVALID_PARAMETERS, f"Change these parameters: {named}.", errors=errors
        )


OncePerParameter = Depends(_once)
Nothing = Annotated[NoParameters, Query()]
"""For routes without parameters: any is refused."""
