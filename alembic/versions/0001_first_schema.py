"""The first schema.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "entity",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("synonyms", sa.JSON(), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("icd10cm", sa.JSON(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("n_statements", sa.Integer(), nullable=False),
        sa.Column("n_relations", sa.Integer(), nullable=False),
        sa.Column("n_findings", sa.Integer(), nullable=False),
        sa.Column("n_sources", sa.Integer(), nullable=False),
        sa.Column("fingerprints", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entity")),
        sa.UniqueConstraint("kind", "slug", name=op.f("uq_entity_kind_slug")),
    )
    with op.batch_alter_table("entity", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entity_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_entity_name"), ["name"], unique=False)
        batch_op.create_index(batch_op.f("ix_entity_reviewed_on"), ["reviewed_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_entity_tier"), ["tier"], unique=False)

    op.create_table(
        "release",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("released_on", sa.Date(), nullable=False),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("seeded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data_fingerprint", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name=op.f("pk_release")),
    )
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_id"), ["id"], unique=False)

    op.create_table(
        "source",
        sa.Column(
            "kind",
            sa.Enum(
                "meta-analysis",
                "systematic-review",
                "guideline",
                "journal-article",
                "registry",
                "textbook-chapter",
                "patient-education",
                "web-page",
                "patient-forum",
                "evidence-search",
                name="sourcekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("authors", sa.JSON(), nullable=False),
        sa.Column("container", sa.String(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("volume", sa.String(), nullable=True),
        sa.Column("issue", sa.String(), nullable=True),
        sa.Column("pages", sa.String(), nullable=True),
        sa.Column("doi", sa.String(), nullable=True),
        sa.Column("pmid", sa.String(), nullable=True),
        sa.Column("pmcid", sa.String(), nullable=True),
        sa.Column("url", sa.String(), nullable=True),
        sa.Column("license", sa.String(), nullable=True),
        sa.Column("read", sa.String(), nullable=True),
        sa.Column("identifier_note", sa.String(), nullable=True),
        sa.Column("correction", sa.String(), nullable=True),
        sa.Column("founding", sa.Boolean(), nullable=False),
        sa.Column("unresolved", sa.String(), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("fingerprints", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_source_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_source_year"), ["year"], unique=False)

    op.create_table(
        "change",
        sa.Column(
            "action",
            sa.Enum(
                "added",
                "changed",
                "removed",
                name="changeaction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("release_sequence", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["release_sequence"], ["release.sequence"], name=op.f("fk_change_release_sequence")
        ),
        sa.PrimaryKeyConstraint("release_sequence", "subject", name=op.f("pk_change")),
    )
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_change_subject"), ["subject"], unique=False)

    op.create_table(
        "condition",
        sa.Column(
            "category",
            sa.Enum(
                "failure-mode",
                "complication",
                "syndrome",
                name="conditioncategory",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("onset", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_condition_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_condition")),
    )
    with op.batch_alter_table("condition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_condition_category"), ["category"], unique=False)

    op.create_table(
        "diagnostic",
        sa.Column(
            "modality",
            sa.Enum(
                "history",
                "examination",
                "questionnaire",
                "imaging",
                "laboratory",
                "injection",
                "surgical",
                name="modality",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("radiation", sa.Boolean(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_diagnostic_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_diagnostic")),
    )
    with op.batch_alter_table("diagnostic", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_diagnostic_modality"), ["modality"], unique=False)
        batch_op.create_index(batch_op.f("ix_diagnostic_radiation"), ["radiation"], unique=False)

    op.create_table(
        "facet",
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_facet_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "field", "value", name=op.f("pk_facet")),
    )
    with op.batch_alter_table("facet", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_facet_value"), ["value"], unique=False)

    op.create_table(
        "fact_check",
        sa.Column("claim", sa.String(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "supported",
                "mostly-supported",
                "mixed",
                "unsupported",
                "contradicted",
                name="claimverdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("claimed_by", sa.JSON(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_fact_check_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_fact_check")),
    )
    with op.batch_alter_table("fact_check", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fact_check_verdict"), ["verdict"], unique=False)

    op.create_table(
        "faq",
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_faq_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_faq")),
    )
    op.create_table(
        "finding",
        sa.Column("statement", sa.String(), nullable=False),
        sa.Column(
            "subject_kind",
            sa.Enum(
                "condition",
                "symptom",
                "risk-factor",
                "diagnostic",
                "treatment",
                "prevention",
                "procedure",
                "red-flag",
                "recovery",
                "prognosis",
                "definition",
                "cause",
                "mechanism",
                "course",
                "epidemiology",
                "advice",
                "experience",
                "claim",
                "gap",
                name="subjectkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("condition", sa.String(), nullable=True),
        sa.Column("population", sa.String(), nullable=True),
        sa.Column(
            "region",
            sa.Enum(
                "cervical",
                "thoracolumbar",
                "lumbar",
                "any",
                name="region",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("n_participants", sa.Integer(), nullable=True),
        sa.Column("n_studies", sa.Integer(), nullable=True),
        sa.Column(
            "design",
            sa.Enum(
                "meta-analysis",
                "systematic-review",
                "rct",
                "guideline",
                "prospective-cohort",
                "registry",
                "diagnostic-accuracy",
                "retrospective-cohort",
                "case-control",
                "case-series",
                "expert-review",
                "narrative-review",
                "basic-science",
                "patient-education",
                "patient-report",
                "evidence-search",
                name="design",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "direction",
            sa.Enum(
                "benefit",
                "no-benefit",
                "harm",
                "increases-risk",
                "decreases-risk",
                "no-effect",
                "mixed",
                "descriptive",
                name="direction",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "certainty",
            sa.Enum(
                "high",
                "moderate",
                "low",
                "very-low",
                name="certainty",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("certainty_as_stated", sa.String(), nullable=True),
        sa.Column("locator", sa.String(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("condition_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["condition_id"], ["entity.id"], name=op.f("fk_finding_condition_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_finding_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
    )
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_finding_condition_id"), ["condition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_design"), ["design"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_direction"), ["direction"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_finding_n_participants"), ["n_participants"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_finding_region"), ["region"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_source_id"), ["source_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_finding_subject_kind"), ["subject_kind"], unique=False)

    op.create_table(
        "former_slug",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("slug", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entity.id"], name=op.f("fk_former_slug_entity_id")
        ),
        sa.PrimaryKeyConstraint("kind", "slug", name=op.f("pk_former_slug")),
    )
    with op.batch_alter_table("former_slug", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_former_slug_entity_id"), ["entity_id"], unique=False)

    op.create_table(
        "prevention",
        sa.Column(
            "phase",
            sa.Enum(
                "before",
                "during",
                "after",
                name="phase",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_prevention_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_prevention")),
    )
    with op.batch_alter_table("prevention", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_prevention_phase"), ["phase"], unique=False)

    op.create_table(
        "procedure",
        sa.Column(
            "approach",
            sa.Enum(
                "anterior",
                "posterior",
                "lateral",
                "oblique",
                "combined",
                "various",
                name="surgicalapproach",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "region",
            sa.Enum(
                "cervical",
                "thoracolumbar",
                "lumbar",
                "any",
                name="region",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_procedure_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_procedure")),
    )
    with op.batch_alter_table("procedure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_procedure_approach"), ["approach"], unique=False)
        batch_op.create_index(batch_op.f("ix_procedure_region"), ["region"], unique=False)

    op.create_table(
        "recovery_stage",
        sa.Column("from_week", sa.Integer(), nullable=False),
        sa.Column("to_week", sa.Integer(), nullable=True),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entity.id"], name=op.f("fk_recovery_stage_entity_id")
        ),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_recovery_stage")),
    )
    with op.batch_alter_table("recovery_stage", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recovery_stage_from_week"), ["from_week"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_recovery_stage_order"), ["order"], unique=False)

    op.create_table(
        "red_flag",
        sa.Column(
            "urgency",
            sa.Enum(
                "emergency",
                "same-day",
                "soon",
                name="urgency",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("signs", sa.JSON(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_red_flag_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_red_flag")),
    )
    with op.batch_alter_table("red_flag", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_red_flag_urgency"), ["urgency"], unique=False)

    op.create_table(
        "relation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column(
            "predicate",
            sa.Enum(
                "describes",
                "has_symptom",
                "raises_risk_of",
                "lowers_risk_of",
                "detects",
                "rules_out",
                "warns_of",
                "treats",
                "prevents",
                "can_cause",
                "leads_to",
                "subtype_of",
                "answers_from",
                "related_to",
                name="predicate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("object_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["object_id"], ["entity.id"], name=op.f("fk_relation_object_id")),
        sa.ForeignKeyConstraint(["subject_id"], ["entity.id"], name=op.f("fk_relation_subject_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_relation")),
    )
    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relation_object_id"), ["object_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_relation_predicate"), ["predicate"], unique=False)
        batch_op.create_index(batch_op.f("ix_relation_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "risk_factor",
        sa.Column(
            "domain",
            sa.Enum(
                "demographic",
                "lifestyle",
                "medical",
                "psychosocial",
                "alignment",
                "implant",
                "surgical",
                "postoperative",
                name="riskdomain",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "modifiable",
            sa.Enum(
                "yes",
                "partly",
                "no",
                name="modifiable",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entity_id"], ["entity.id"], name=op.f("fk_risk_factor_entity_id")
        ),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_risk_factor")),
    )
    with op.batch_alter_table("risk_factor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_risk_factor_domain"), ["domain"], unique=False)
        batch_op.create_index(batch_op.f("ix_risk_factor_modifiable"), ["modifiable"], unique=False)

    op.create_table(
        "statement",
        sa.Column("plain", sa.String(), nullable=False),
        sa.Column("clinical", sa.String(), nullable=True),
        sa.Column(
            "topic",
            sa.Enum(
                "summary",
                "definition",
                "urgent",
                "verdict",
                "cause",
                "mechanism",
                "symptom",
                "course",
                "diagnosis",
                "treatment",
                "benefit",
                "harm",
                "prognosis",
                "prevention",
                "recovery",
                "epidemiology",
                "experience",
                "advice",
                "disagreement",
                "known_gap",
                name="topic",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "certainty",
            sa.Enum(
                "high",
                "moderate",
                "low",
                "very-low",
                name="certainty",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("editorial", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_statement_entity_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_entity_id"), ["entity_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_statement_topic"), ["topic"], unique=False)

    op.create_table(
        "symptom",
        sa.Column("body_areas", sa.JSON(), nullable=False),
        sa.Column("red_flag", sa.Boolean(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_symptom_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_symptom")),
    )
    with op.batch_alter_table("symptom", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_symptom_red_flag"), ["red_flag"], unique=False)

    op.create_table(
        "term",
        sa.Column("abbreviation", sa.String(), nullable=True),
        sa.Column("expands_to", sa.String(), nullable=True),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_term_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_term")),
    )
    with op.batch_alter_table("term", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_term_abbreviation"), ["abbreviation"], unique=False)

    op.create_table(
        "treatment",
        sa.Column(
            "approach",
            sa.Enum(
                "self-care",
                "watchful-waiting",
                "rehabilitation",
                "psychological",
                "medication",
                "injection",
                "bone-healing",
                "neuromodulation",
                "surgery",
                name="treatmentapproach",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("invasiveness", sa.Integer(), nullable=False),
        sa.Column("entity_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_treatment_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", name=op.f("pk_treatment")),
    )
    with op.batch_alter_table("treatment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_treatment_approach"), ["approach"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_treatment_invasiveness"), ["invasiveness"], unique=False
        )

    op.create_table(
        "caveat",
        sa.Column(
            "kind",
            sa.Enum(
                "computed",
                "range-end",
                "secondary-citation",
                "misprint",
                "disagrees",
                "conflict-of-interest",
                "no-comparison",
                "not-significant",
                "small-sample",
                "population",
                "timing",
                "partly-read",
                "same-data",
                "note",
                name="caveatkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_caveat_finding_id")),
        sa.PrimaryKeyConstraint("finding_id", "position", name=op.f("pk_caveat")),
    )
    op.create_table(
        "citation",
        sa.Column("statement_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("finding_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_citation_finding_id")
        ),
        sa.ForeignKeyConstraint(["source_id"], ["source.id"], name=op.f("fk_citation_source_id")),
        sa.ForeignKeyConstraint(
            ["statement_id"], ["statement.id"], name=op.f("fk_citation_statement_id")
        ),
        sa.PrimaryKeyConstraint("statement_id", "position", name=op.f("pk_citation")),
    )
    with op.batch_alter_table("citation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_citation_finding_id"), ["finding_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_citation_source_id"), ["source_id"], unique=False)

    op.create_table(
        "measure",
        sa.Column(
            "type",
            sa.Enum(
                "odds_ratio",
                "relative_risk",
                "hazard_ratio",
                "risk_difference",
                "incidence",
                "prevalence",
                "proportion",
                "fusion_rate",
                "success_rate",
                "reoperation_rate",
                "mean_difference",
                "standardized_mean_difference",
                "sensitivity",
                "specificity",
                "ppv",
                "npv",
                "auc",
                "kappa",
                "threshold",
                "duration",
                "other",
                name="measuretype",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column(
            "value_role",
            sa.Enum(
                "point",
                "range-lower",
                "range-upper",
                "lower-bound",
                "upper-bound",
                "typical-within-range",
                "calculated-from-printed-values",
                name="valuerole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ci_low", sa.Float(), nullable=True),
        sa.Column("ci_high", sa.Float(), nullable=True),
        sa.Column("ci_level", sa.Float(), nullable=True),
        sa.Column("range_low", sa.Float(), nullable=True),
        sa.Column("range_high", sa.Float(), nullable=True),
        sa.Column("p_value", sa.String(), nullable=True),
        sa.Column("comparator", sa.String(), nullable=True),
        sa.Column("time_horizon", sa.String(), nullable=True),
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["finding.id"], name=op.f("fk_measure_finding_id")),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_measure")),
    )
    with op.batch_alter_table("measure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measure_type"), ["type"], unique=False)
        batch_op.create_index(batch_op.f("ix_measure_value"), ["value"], unique=False)

    op.create_table(
        "relation_finding",
        sa.Column("relation_id", sa.String(), nullable=False),
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "stance",
            sa.Enum(
                "supports",
                "opposes",
                "null-result",
                "context",
                name="stance",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("indirect", sa.Boolean(), nullable=False),
        sa.Column("caution", sa.String(), nullable=True),
        sa.Column("duplicate_of", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["duplicate_of"], ["finding.id"], name=op.f("fk_relation_finding_duplicate_of")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_relation_finding_finding_id")
        ),
        sa.ForeignKeyConstraint(
            ["relation_id"], ["relation.id"], name=op.f("fk_relation_finding_relation_id")
        ),
        sa.PrimaryKeyConstraint("relation_id", "finding_id", name=op.f("pk_relation_finding")),
    )
    with op.batch_alter_table("relation_finding", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_relation_finding_finding_id"), ["finding_id"], unique=False
        )

    op.create_table(
        "relation_verdict",
        sa.Column("plain", sa.String(), nullable=False),
        sa.Column("clinical", sa.String(), nullable=True),
        sa.Column(
            "value",
            sa.Enum(
                "benefit",
                "probable-benefit",
                "mixed",
                "no-benefit",
                "harm",
                "insufficient",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("departs", sa.String(), nullable=True),
        sa.Column("relation_id", sa.String(), nullable=False),
        sa.Column(
            "by_rule",
            sa.Enum(
                "benefit",
                "probable-benefit",
                "mixed",
                "no-benefit",
                "harm",
                "insufficient",
                name="by_rule",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["relation_id"], ["relation.id"], name=op.f("fk_relation_verdict_relation_id")
        ),
        sa.PrimaryKeyConstraint("relation_id", name=op.f("pk_relation_verdict")),
    )
    with op.batch_alter_table("relation_verdict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_relation_verdict_value"), ["value"], unique=False)

    op.create_table(
        "verdict_citation",
        sa.Column("relation_id", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("finding_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_verdict_citation_finding_id")
        ),
        sa.ForeignKeyConstraint(
            ["relation_id"],
            ["relation_verdict.relation_id"],
            name=op.f("fk_verdict_citation_relation_id"),
        ),
        sa.PrimaryKeyConstraint("relation_id", "position", name=op.f("pk_verdict_citation")),
    )
    with op.batch_alter_table("verdict_citation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_verdict_citation_finding_id"), ["finding_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("verdict_citation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verdict_citation_finding_id"))

    op.drop_table("verdict_citation")
    with op.batch_alter_table("relation_verdict", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relation_verdict_value"))

    op.drop_table("relation_verdict")
    with op.batch_alter_table("relation_finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relation_finding_finding_id"))

    op.drop_table("relation_finding")
    with op.batch_alter_table("measure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measure_value"))
        batch_op.drop_index(batch_op.f("ix_measure_type"))

    op.drop_table("measure")
    with op.batch_alter_table("citation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_citation_source_id"))
        batch_op.drop_index(batch_op.f("ix_citation_finding_id"))

    op.drop_table("citation")
    op.drop_table("caveat")
    with op.batch_alter_table("treatment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_treatment_invasiveness"))
        batch_op.drop_index(batch_op.f("ix_treatment_approach"))

    op.drop_table("treatment")
    with op.batch_alter_table("term", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_term_abbreviation"))

    op.drop_table("term")
    with op.batch_alter_table("symptom", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_symptom_red_flag"))

    op.drop_table("symptom")
    with op.batch_alter_table("statement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_topic"))
        batch_op.drop_index(batch_op.f("ix_statement_entity_id"))

    op.drop_table("statement")
    with op.batch_alter_table("risk_factor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_risk_factor_modifiable"))
        batch_op.drop_index(batch_op.f("ix_risk_factor_domain"))

    op.drop_table("risk_factor")
    with op.batch_alter_table("relation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_relation_subject_id"))
        batch_op.drop_index(batch_op.f("ix_relation_predicate"))
        batch_op.drop_index(batch_op.f("ix_relation_object_id"))

    op.drop_table("relation")
    with op.batch_alter_table("red_flag", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_red_flag_urgency"))

    op.drop_table("red_flag")
    with op.batch_alter_table("recovery_stage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_stage_order"))
        batch_op.drop_index(batch_op.f("ix_recovery_stage_from_week"))

    op.drop_table("recovery_stage")
    with op.batch_alter_table("procedure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_procedure_region"))
        batch_op.drop_index(batch_op.f("ix_procedure_approach"))

    op.drop_table("procedure")
    with op.batch_alter_table("prevention", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_prevention_phase"))

    op.drop_table("prevention")
    with op.batch_alter_table("former_slug", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_former_slug_entity_id"))

    op.drop_table("former_slug")
    with op.batch_alter_table("finding", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_finding_subject_kind"))
        batch_op.drop_index(batch_op.f("ix_finding_source_id"))
        batch_op.drop_index(batch_op.f("ix_finding_region"))
        batch_op.drop_index(batch_op.f("ix_finding_n_participants"))
        batch_op.drop_index(batch_op.f("ix_finding_direction"))
        batch_op.drop_index(batch_op.f("ix_finding_design"))
        batch_op.drop_index(batch_op.f("ix_finding_condition_id"))

    op.drop_table("finding")
    op.drop_table("faq")
    with op.batch_alter_table("fact_check", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fact_check_verdict"))

    op.drop_table("fact_check")
    with op.batch_alter_table("facet", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_facet_value"))

    op.drop_table("facet")
    with op.batch_alter_table("diagnostic", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_diagnostic_radiation"))
        batch_op.drop_index(batch_op.f("ix_diagnostic_modality"))

    op.drop_table("diagnostic")
    with op.batch_alter_table("condition", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_condition_category"))

    op.drop_table("condition")
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_change_subject"))

    op.drop_table("change")
    with op.batch_alter_table("source", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_source_year"))
        batch_op.drop_index(batch_op.f("ix_source_kind"))

    op.drop_table("source")
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_release_id"))

    op.drop_table("release")
    with op.batch_alter_table("entity", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entity_tier"))
        batch_op.drop_index(batch_op.f("ix_entity_reviewed_on"))
        batch_op.drop_index(batch_op.f("ix_entity_name"))
        batch_op.drop_index(batch_op.f("ix_entity_kind"))

    op.drop_table("entity")
