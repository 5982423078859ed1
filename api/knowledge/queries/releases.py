"""Releases and the changes between them."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from api.knowledge.entities import Entity
from api.knowledge.evidence import Source
from api.knowledge.queries.paging import AnySelect, Bytewise, Page, Window, page_of
from api.knowledge.releases import Change, Release


def current_release(session: Session) -> Release | None:
    """The release that is served; None before the first seeding."""
    return session.scalars(select(Release).order_by(col(Release.sequence).desc()).limit(1)).first()


def releases_page(session: Session, window: Window) -> Page[Release]:
    """A page of releases, the newest first."""
    page = page_of(session, select(Release).order_by(col(Release.sequence).desc()), window)
    return Page([row[0] for row in page.rows], page.total)


def release_before(session: Session, since: str | date) -> int | None:
    """The sequence of the release that `since` names: by id, or the last one up to a day.

    0 where the day is before every release; None where no release has that id.
    """
    newest_first = select(col(Release.sequence)).order_by(col(Release.sequence).desc()).limit(1)
    if isinstance(since, date):
        found = session.scalar(newest_first.where(col(Release.released_on) <= since))
        return found or 0
    return session.scalar(newest_first.where(col(Release.id) == since))


def still_there(session: Session, subjects: Collection[str]) -> set[str]:
    """Those of the entities (`kind/slug`) and sources (`source/id`) that exist now."""
    keys = {item.removeprefix("source/") for item in subjects if item.startswith("source/")}
    entities = session.scalars(select(col(Entity.id)).where(col(Entity.id).in_(subjects)))
    sources = session.scalars(select(col(Source.id)).where(col(Source.id).in_(keys)))
    return {*entities, *(f"source/{key}" for key in sources)}


def changes_page(session: Session, after: int, window: Window) -> Page[tuple[Change, Release]]:
    """A page of the changes that came after a release, in order."""
    rows: AnySelect = (
        select(Change, Release)
        .join(Release, col(Release.sequence) == col(Change.release_sequence))
        .where(col(Change.release_sequence) > after)
        .order_by(col(Change.release_sequence), Bytewise(col(Change.subject)))
    )
    return page_of(session, rows, window)
