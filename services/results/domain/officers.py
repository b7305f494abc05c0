"""Who may record and sign: 谁检查、谁录入、谁公开 (R1), by two officers who hold certificates (B2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from services.results.domain.content import CertificateAnswer
from shared.values.errors import Forbidden, Invalid

OFFICERS_NEEDED: Final = 2
"""行政处罚法 (2021) 第四十二条: at least two officers, with certificates; work plan 二（五）."""


class NotAnInspector(Forbidden):
    message = "只有执法检查人员可以办理，当前账号没有关联执法检查人员"


class NotAssigned(Forbidden):
    message = "您不是这次检查中本部门指派的检查人员，谁检查、谁录入、谁公开"


class DidNotInspect(Forbidden):
    message = "只有参加这次检查的检查人员可以公示结果，谁检查、谁录入、谁公开"


class ReviewerTookPart(Forbidden):
    message = "录入人和参加检查的人员不能审核自己的检查结果"


class SameReviewer(Forbidden):
    """行政处罚法 (2021) 第五十八条: the legal review is by someone who has not decided before."""

    message = "重大决定的法制审核须由初审以外的审核人员进行"


class OfficerNotAssigned(Invalid):
    message = "检查人员 {inspector_id} 不在这次检查本部门的检查组中"


class TwoOfficersNeeded(Invalid):
    message = "检查时在场的本部门检查人员不得少于 2 人，现有 {present} 人"


class RecorderNotPresent(Invalid):
    message = "录入人必须是参加这次检查的检查人员之一"


class CertificateNotValid(Invalid):
    message = "检查人员 {inspector_id} 的执法证在 {on} 无效（{status}），不能参加检查"


def check_officers(present: Sequence[UUID], assigned: Sequence[UUID], recorder: UUID) -> None:
    """Raises OfficerNotAssigned, TwoOfficersNeeded, RecorderNotPresent."""
    for inspector_id in present:
        if inspector_id not in assigned:
            raise OfficerNotAssigned(inspector_id=inspector_id)
    if len(set(present)) < OFFICERS_NEEDED:
        raise TwoOfficersNeeded(present=len(set(present)))
    if recorder not in present:
        raise RecorderNotPresent


def check_certificates(answers: Sequence[CertificateAnswer], on: object) -> None:
    """Every officer's certificate must be valid on the visit's day. Raises CertificateNotValid."""
    for answer in answers:
        if not answer.valid:
            raise CertificateNotValid(inspector_id=answer.inspector_id, on=on, status=answer.status)
