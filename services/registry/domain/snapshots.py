"""Why a snapshot for a pool is refused."""

from __future__ import annotations

from shared.values.errors import Invalid


class SnapshotDistrictDiffers(Invalid):
    message = "要冻结的是地区“{asked}”的名册，令牌属于地区“{known}”"
