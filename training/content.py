"""The index of the content in `data/`, for training on it."""

import tempfile

from sqlmodel import Session

from api import migrations
from api.database import reader, writer
from api.ingest.seed import seed
from api.knowledge.queries.releases import current_release
from api.search.index import Index
from api.search.store import stored_index
from api.settings import ROOT


def the_index() -> Index:
    """The index as a fresh seeding makes it."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/training.db"
        migrations.upgrade(url)
        engine = writer(url)
        seed(engine, ROOT / "data", "training")
        engine.dispose()
        engine = reader(url)
        with Session(engine) as session:
            release = current_release(session)
            index = stored_index(session, release.id) if release else None
        engine.dispose()
    assert index, "a seeding leaves an index"
    return index
