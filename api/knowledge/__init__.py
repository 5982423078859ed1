"""What the product knows: vocabulary, tables, kinds and the queries over them. No HTTP here."""

from sqlmodel import SQLModel

# Constraints are named, so that a migration can say which one it means on every engine.
SQLModel.metadata.naming_convention = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}
