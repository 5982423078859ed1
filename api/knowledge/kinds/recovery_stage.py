"""A stretch of the time after a fusion."""

from sqlmodel import Field, SQLModel


class RecoveryStageFields(SQLModel):
    """A stretch of the time after a fusion."""

    from_week: int = Field(ge=0, index=True, description="First week after surgery it covers.")
    to_week: int | None = Field(
        default=None,
        ge=0,
        description="Last week it covers; null where it has no set end.",
    )
    order: int = Field(ge=1, index=True, description="Place in the order of reading.")


class RecoveryStage(RecoveryStageFields, table=True):
    """The fields of a recovery stage, as stored."""

    __tablename__ = "recovery_stage"

    entity_id: str = Field(primary_key=True, foreign_key="entity.id")
