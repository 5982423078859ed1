"""What search needs: the ways people ask about an entity, and the index of a release.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("entity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_as", sa.JSON(), nullable=False, server_default="[]"))
    with op.batch_alter_table("entity", schema=None) as batch_op:
        # The default only filled the rows that were there: seeding says what stands in it.
        batch_op.alter_column("asked_as", server_default=None)
    op.create_table(
        "search_index",
        sa.Column("release_id", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("release_id", name=op.f("pk_search_index")),
    )


def downgrade() -> None:
    op.drop_table("search_index")
    with op.batch_alter_table("entity", schema=None) as batch_op:
        batch_op.drop_column("asked_as")
