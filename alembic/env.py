"""How Alembic reaches the database: through the product's own writer, which holds its write lock."""

from alembic import context
from api.database import writer
from api.knowledge.tables import METADATA
from api.settings import settings

url = context.config.attributes.get("database_url") or settings().database_url

engine = writer(url)
try:
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=METADATA,
            compare_type=True,
            compare_server_default=True,
            render_as_batch=True,  # SQLite alters a table by copying it
            transactional_ddl=True,  # on both engines: a migration happens whole or not at all
        )
        with context.begin_transaction():
            context.run_migrations()
finally:
    engine.dispose()
