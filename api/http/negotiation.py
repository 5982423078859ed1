"""Which representation a client gets: by `format`, or else by its Accept header (RFC 9110, 12)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import mimeparse
from starlette.requests import Request

from api.http.problems import ProblemError, ProblemType


class Format(StrEnum):
    """A representation this API can answer in."""

    JSON = "json"
    CSV = "csv"
    CSL = "csl"
    BIBTEX = "bibtex"
    RIS = "ris"

    @property
    def media_type(self) -> str:
        """The media type it goes out as."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    Format.JSON: "application/json",
    Format.CSV: "text/csv",
    Format.CSL: "application/vnd.citationstyles.csl+json",
    Format.BIBTEX: "application/x-bibtex",
    Format.RIS: "application/x-research-info-systems",
}


ONLY_JSON: Final = (Format.JSON,)
LIST_FORMATS: Final = (Format.JSON, Format.CSV)
SOURCE_FORMATS: Final = (Format.JSON, Format.CSL, Format.BIBTEX, Format.RIS)
SOURCE_LIST_FORMATS: Final = (*SOURCE_FORMATS, Format.CSV)


def negotiated(request: Request, offered: Sequence[Format]) -> Format:
    """The format to answer in: the one `format` names, or the best that Accept allows.

    Raises a 406 problem that lists what there is.
    """
    if named := request.query_params.get("format"):
        return Format(named)  # the parameter's own check lets only offered ones through
    accept = request.headers.get("accept") or "*/*"
    # The library prefers the last of equals.
    supported = [item.media_type for item in reversed(offered)]
    try:
        best = mimeparse.best_match(supported, accept)
    except mimeparse.MimeTypeParseException:
        best = ""
    if not best:
        raise ProblemError(
            ProblemType.NOT_ACCEPTABLE,
            f"Accept: {accept[:100]} allows none of {', '.join(reversed(supported))}. Change it, "
            "or leave it out.",
        )
    return next(item for item in offered if item.media_type == best)
