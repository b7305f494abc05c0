"""People of the tests, a line each."""

from __future__ import annotations

from uuid import UUID

from shared.runtime.principal import (
    AUDITOR,
    DEPARTMENT_ADMIN,
    INSPECTOR,
    JOINT_OFFICE,
    REVIEWER,
    Principal,
    service_principal,
)
from shared.values.ids import new_id

DISTRICT = "mengjin"


def an_officer(*roles: str, department: str = "SCJG", district: str = DISTRICT, name: str | None = None) -> Principal:
    officer_id = new_id()
    return Principal(
        subject=f"officer:{name or officer_id}",
        district=district,
        department=department,
        roles=frozenset(roles),
        officer_id=officer_id,
        request_id=str(new_id()),
    )


def the_joint_office(district: str = DISTRICT) -> Principal:
    return an_officer(JOINT_OFFICE, department="LXB", district=district)


def a_department_admin(department: str = "SCJG", district: str = DISTRICT) -> Principal:
    return an_officer(DEPARTMENT_ADMIN, department=department, district=district)


def a_reviewer(department: str = "SCJG", district: str = DISTRICT) -> Principal:
    return an_officer(REVIEWER, department=department, district=district)


def an_auditor(district: str = DISTRICT) -> Principal:
    return an_officer(AUDITOR, department="SJJ", district=district)


def an_inspector(inspector_id: UUID | None = None, department: str = "SCJG", district: str = DISTRICT) -> Principal:
    inspector_id = inspector_id or new_id()
    return Principal(
        subject=f"officer:inspector-{inspector_id}",
        district=district,
        department=department,
        roles=frozenset({INSPECTOR}),
        officer_id=new_id(),
        inspector_id=inspector_id,
        request_id=str(new_id()),
    )


def the_service(name: str, district: str = DISTRICT) -> Principal:
    return service_principal(name, district)
