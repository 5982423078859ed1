"""A question patients ask, with its answer."""

from sqlmodel import Field, SQLModel

from api.knowledge.evidence import Text


class FaqFields(SQLModel):
    """A question patients ask, with its answer."""

    question: Text = Field(description="The question as a patient asks it.")


class Faq(FaqFields, table=True):
    """The fields of a faq, as stored."""

    entity_id: str = Field(primary_key=True, foreign_key="entity.id")
