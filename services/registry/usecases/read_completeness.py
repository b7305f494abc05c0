"""Read how complete the libraries are (名录库完备度, L8): the office all departments, a department its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from services.registry.domain.completeness import Completeness, InspectorFigures, ObjectFigures
from services.registry.domain.reviews import ReviewState
from services.registry.storage.unit_of_work import RegistryUnitOfWork
from services.registry.usecases.review_library import review_standings
from shared.runtime.principal import JOINT_OFFICE


async def completeness(uow: RegistryUnitOfWork) -> Sequence[Completeness]:
    """By department code; a department that has nothing is listed with zeros."""
    sees_all = JOINT_OFFICE in uow.principal.roles or uow.principal.reads_all
    libraries = Counter(library.owner_department for library in await uow.libraries.all())
    open_reviews = Counter(
        one.wanted.department
        for one in await review_standings(uow.today.year, None, uow)
        if one.state != ReviewState.SIGNED
    )
    objects = await uow.completeness.objects()
    inspectors = await uow.completeness.inspectors(uow.today)
    imports = await uow.completeness.imports()
    return [
        Completeness(
            department=one.code,
            name=one.name,
            libraries=libraries[one.code],
            objects=objects.get(one.code, ObjectFigures()),
            inspectors=inspectors.get(one.code, InspectorFigures()),
            last_import_at=imports.get(one.code),
            reviews_open=open_reviews[one.code],
        )
        for one in await uow.departments.all()
        if sees_all or one.code == uow.principal.department
    ]
