"""Who acts, as the domain knows him."""

from __future__ import annotations

from services.results.domain.records import Actor
from services.results.storage.unit_of_work import ResultsUnitOfWork
from shared.runtime.principal import INSPECTOR, REVIEWER


def the_inspector(uow: ResultsUnitOfWork) -> Actor:
    """The caller as an inspector (执法检查人员). Raises RoleMissing, NotAnInspector."""
    uow.principal.require(INSPECTOR)
    actor = Actor(uow.principal.subject, uow.principal.inspector_id)
    actor.as_inspector()
    return actor


def the_reviewer(uow: ResultsUnitOfWork) -> Actor:
    """The caller as the reviewer (法制审核). Raises RoleMissing."""
    uow.principal.require(REVIEWER)
    return Actor(uow.principal.subject, uow.principal.inspector_id)
