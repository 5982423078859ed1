"""Whether the process lives, and whether it can answer."""

from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from sqlmodel import Session

from api.http.problems import ProblemError, ProblemType
from api.knowledge.queries.releases import current_release
from api.routes.parameters import Nothing

router = APIRouter(tags=["Health"])


class Alive(BaseModel):
    """The process lives."""

    status: Literal["ok"] = Field(description="Always ok: a dead process does not answer.")


class Ready(Alive):
    """The process can answer."""

    release: str = Field(description="Id of the release that is served.")


@router.get("/healthz", operation_id="get_health")
def get_health(_: Nothing) -> Alive:
    """Whether the process lives. It looks at nothing else: restart it when this fails."""
    return Alive(status="ok")


@router.get("/readyz", operation_id="get_readiness")
def get_readiness(request: Request, _: Nothing) -> Ready:
    """Whether the service can answer: its database is there and holds a release.

    Send no traffic while this is 503.
    """
    with Session(request.app.state.engine) as session:
        release = current_release(session)
    if release is None:
        raise ProblemError(ProblemType.UNAVAILABLE, "The database holds no release yet.")
    return Ready(status="ok", release=release.id)
