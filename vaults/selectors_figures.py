"""The figures in force."""

from dataclasses import fields

from django.db import DEFAULT_DB_ALIAS

from access.together import Question, Row, ask
from vaults.models import FiguresProposal, FiguresVersion
from vaults.rules.figures import Figures

# Plain SQL: each deed of a vault asks it.
_COLUMNS = ", ".join(field.name for field in fields(Figures))
_IN_FORCE = f"SELECT {_COLUMNS} FROM vaults_figuresversion ORDER BY id DESC LIMIT 1"  # noqa: S608 (our words)
_ALL = [field.attname for field in FiguresVersion._meta.concrete_fields]
_NEWEST = f"SELECT {', '.join(_ALL)} FROM vaults_figuresversion ORDER BY id DESC LIMIT 1"  # noqa: S608


def figures_in_force() -> Figures:
    """Of the newest version; the defaults before the first one."""
    return ask(figures_question())


def figures_question() -> Question[Figures]:
    return Question(_IN_FORCE, (), _figures)


def version_question() -> Question[FiguresVersion | None]:
    """The newest version as a row; None before the first one."""
    return Question(_NEWEST, (), _version)


def _version(rows: list[Row]) -> FiguresVersion | None:
    return FiguresVersion.from_db(DEFAULT_DB_ALIAS, _ALL, rows[0]) if rows else None


def _figures(rows: list[Row]) -> Figures:
    return Figures(*rows[0]) if rows else Figures()


def open_proposal() -> FiguresProposal | None:
    return FiguresProposal.objects.filter(ended_at__isnull=True).first()
