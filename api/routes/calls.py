"""What every route needs of a request: one snapshot of the database, and how to answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import Depends, Request, Response
from pydantic import BaseModel
from sqlmodel import Session

from api.http.addresses import base_url
from api.http.negotiation import (
    LIST_FORMATS,
    ONLY_JSON,
    SOURCE_FORMATS,
    SOURCE_LIST_FORMATS,
    Format,
    negotiated,
)
from api.http.problems import ParameterError, ProblemError, ProblemType
from api.knowledge.entities import Entity
from api.knowledge.queries.paging import Window
from api.knowledge.queries.releases import current_release
from api.knowledge.releases import Release
from api.representations.citations import as_bibtex, as_csl, as_ris
from api.representations.csv import as_csv
from api.representations.envelope import (
    DISCLAIMER,
    LICENSE,
    Address,
    Answer,
    Links,
    ListAnswer,
    ListMeta,
    Meta,
    link_header,
    list_links,
)
from api.representations.records import SourceRecord
from api.representations.search import UnderstoodMeta
from api.search.engine import Engine
from api.search.engines import Engines
from api.search.suggest import Suggester

_NO_INDEX: Final = (
    "The database holds no search index of its release: run failed-fusion seed on it."
)
_SAFE: Final = "%&=+,:/;?@!$'()*~-._[]"


@dataclass(frozen=True)
class Call:
    """One request: its session (a snapshot of one release), and the answers it can get."""

    session: Session
    release: Release
    address: Address
    request: Request

    @property
    def base(self) -> str:
        """The address of the service."""
        return self.address.base

    def require_entity(self, parameter: str, ref: str) -> None:
        """Refuse a parameter that names an entity there is not."""
        if self.session.get(Entity, ref) is None:
            raise ProblemError(
                ProblemType.INVALID_PARAMETERS,
                f"Change these parameters: {parameter}.",
                errors=[ParameterError(parameter=parameter, reason=f"There is no entity {ref}.")],
            )

    def engine(self) -> Engine:
        """The search engine of the release. Raises a 503 problem where there is none."""
        engines: Engines = self.request.app.state.engines
        found = engines.engine(self.session, self.release.id)
        if found is None:
            raise ProblemError(ProblemType.UNAVAILABLE, _NO_INDEX)
        return found

    def suggester(self) -> Suggester:
        """What completes names of the release. Raises a 503 problem where there is none."""
        engines: Engines = self.request.app.state.engines
        found = engines.suggester(self.session, self.release.id)
        if found is None:
            raise ProblemError(ProblemType.UNAVAILABLE, _NO_INDEX)
        return found

    def answer(
        self,
        data: BaseModel | Sequence[BaseModel],
        fields: Sequence[str] = (),
        understood: Mapping[str, Any] | None = None,
    ) -> Response:
        """One thing; `fields` trims it to these, and `understood` says how a query was understood.

        A source is also answered as a citation.
        """
        citable = [data] if isinstance(data, SourceRecord) else []
        form = negotiated(self.request, SOURCE_FORMATS if citable else ONLY_JSON)
        if form is not Format.JSON:
            return _cited(form, citable)
        meta = {"release": self.release.id, "license": LICENSE, "disclaimer": DISCLAIMER}
        body = Answer[Any].model_construct(
            data=data,
            meta=Meta(**meta) if understood is None else UnderstoodMeta(**meta, **understood),
            links=Links(self=str(self.address)),
        )
        return _json(body, {"data": set(fields)} if fields else {})

    def answer_list(
        self,
        rows: Sequence[BaseModel],
        total: int,
        window: Window,
        fields: Sequence[str] = (),
        missing: Sequence[str] | None = None,
        *,
        citable: bool = False,
        meta_model: type[ListMeta] = ListMeta,
        more_meta: Mapping[str, Any] | None = None,
    ) -> Response:
        """A page of a list; `fields` trims its rows, `missing` tells ids that were not found.
        `more_meta` is what `meta_model` says beyond a list's meta.

        A list is also answered as CSV, and a `citable` one, of sources, as citations.
        """
        links = list_links(self.address, window, total)
        form = negotiated(self.request, SOURCE_LIST_FORMATS if citable else LIST_FORMATS)
        if form is not Format.JSON:
            response = (
                Response(as_csv(rows, fields), media_type=form.media_type)
                if form is Format.CSV
                else _cited(form, [row for row in rows if isinstance(row, SourceRecord)])
            )
            response.headers["Link"] = link_header(links)
            return response
        meta = meta_model(
            release=self.release.id,
            license=LICENSE,
            disclaimer=DISCLAIMER,
            total=total,
            limit=window.limit,
            offset=window.offset,
            **more_meta or {},
        )
        if missing is not None:
            meta.missing = list(missing)
        body = ListAnswer[Any].model_construct(data=list(rows), meta=meta, links=links)
        response = _json(body, {"data": {"__all__": set(fields)}} if fields else {})
        response.headers["Link"] = link_header(links)
        return response


def _cited(form: Format, sources: Sequence[SourceRecord]) -> Response:
    """Sources in the format of a reference manager."""
    write = {Format.CSL: as_csl, Format.BIBTEX: as_bibtex, Format.RIS: as_ris}[form]
    return Response(write(sources), media_type=f"{form.media_type}; charset=utf-8")


def _json(body: BaseModel, trimmed: dict[str, Any]) -> Response:
    """A body as JSON. What was never set (an include nobody asked for) is left out."""
    include = {**trimmed, "meta": True, "links": True} if trimmed else None
    # The rows know their own shape; their types are not repeated in the envelope at run time.
    text = body.model_dump_json(include=include, exclude_unset=True, serialize_as_any=True)
    return Response(text, media_type="application/json")


def _call(request: Request) -> Iterator[Call]:
    """Open a snapshot for the time of the request."""
    with Session(request.app.state.engine) as session:
        release = current_release(session)
        if release is None:
            raise ProblemError(
                ProblemType.UNAVAILABLE, "The database holds no release yet: it is being seeded."
            )
        # The query is repeated in links in the form it came; only raw UTF-8 is escaped.
        address = Address(
            base=base_url(request.scope),
            path=request.url.path,
            query=quote(request.scope["query_string"], safe=_SAFE),
        )
        yield Call(session, release, address, request)


CallDep = Annotated[Call, Depends(_call)]
