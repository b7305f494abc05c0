"""What import jobs look like over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field

from services.registry.api.fields import Plain
from services.registry.domain.import_findings import Finding
from services.registry.domain.import_jobs import (
    STATE_LABELS,
    FileFormat,
    ImportCounts,
    ImportJob,
    ImportMode,
    ImportSource,
)
from services.registry.domain.import_rows import ImportKind
from services.registry.usecases.read_imports import JobShown
from shared.runtime.http import In, Out

DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class ImportFileOut(Out):
    """已上传的文件。"""

    digest: str = Field(description="文件的 SHA-256 摘要，创建导入任务时使用", examples=[DIGEST])
    size: int = Field(description="字节数", examples=[1048576])


class ImportJobIn(In):
    """创建导入任务。"""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "examples": [
                {"file_digest": DIGEST, "kind": "entities"},
                {
                    "file_digest": DIGEST,
                    "kind": "entities",
                    "columns": {"name": "企业名称", "registered_on": "注册日期", "address": "注册地址"},
                    "defaults": {"departments": "SCJG"},
                    "preview": True,
                },
                {
                    "file_digest": DIGEST,
                    "kind": "entities",
                    "resend_of": "0192f3a4-7c1d-7b2e-9f00-3a5d6c7e8f91",
                    "as_of": "2026-11-01T00:00:00+08:00",
                },
            ]
        },
    )

    file_digest: str = Field(description="已上传文件的摘要", pattern=r"^[0-9a-f]{64}$")
    file_name: Plain | None = Field(None, description="文件名，仅作备注", max_length=200)
    kind: ImportKind = Field(description="内容：entities、inspectors、experts、departments")
    format: FileFormat = Field(FileFormat.AUTO, description="格式")
    encoding: Literal["auto", "utf-8", "gb18030"] = Field("auto", description="CSV 的编码")
    columns: dict[Plain, Plain] = Field(
        default_factory=dict, description="对应关系：我们的字段 → 文件的列名", max_length=50
    )
    defaults: dict[Plain, Plain] = Field(
        default_factory=dict, description="空白时的默认值：我们的字段 → 值", max_length=50
    )
    mode: ImportMode = Field(ImportMode.PARTIAL, description="partial 导入合格的行；atomic 全部合格才导入")
    preview: bool = Field(False, description="true：校验后等待确认；false：校验后直接导入")
    resend_of: UUID | None = Field(None, description="补报：所更正的原任务编号；行数不能多于原任务等待更正的行数")
    as_of: AwareDatetime | None = Field(
        None, description="文件数据的截止时间，默认为创建任务的时间；库中在此之后更新过的数据不覆盖"
    )

    def source(self) -> ImportSource:
        return ImportSource(
            self.file_digest, self.file_name, self.format, self.encoding, dict(self.columns), dict(self.defaults)
        )


class ImportCountsOut(Out):
    """各类行数：total = new + changed + unchanged + duplicate + older + wrong。"""

    total: int = Field(description="总行数", examples=[1000])
    new: int = Field(description="新增", examples=[900])
    changed: int = Field(description="有变化", examples=[60])
    unchanged: int = Field(description="没有变化", examples=[20])
    duplicate: int = Field(description="与文件中前面的行相同", examples=[5])
    older: int = Field(description="库中的数据比文件新，没有覆盖", examples=[0])
    wrong: int = Field(description="不符合要求，等待更正", examples=[15])

    @classmethod
    def of(cls, counts: ImportCounts) -> ImportCountsOut:
        names = ImportCounts.__slots__
        return cls(total=counts.total, **{name: getattr(counts, name) for name in names})


class ImportJobOut(Out):
    """一个导入任务。"""

    id: UUID = Field(description="任务编号")
    version: int = Field(description="版本", examples=[3])
    kind: str = Field(description="内容", examples=["entities"])
    state: str = Field(
        description="状态：queued、validating、validated、committing、succeeded、failed、cancelled",
        examples=["succeeded"],
    )
    state_label: str = Field(description="状态的中文名", examples=["已完成"])
    file_digest: str = Field(description="文件摘要", examples=[DIGEST])
    file_name: str | None = Field(description="文件名", examples=["企业名录.csv"])
    mode: str = Field(description="partial 或 atomic", examples=["partial"])
    preview: bool = Field(description="是否先预览", examples=[False])
    percent: int = Field(description="进度，0 至 100", examples=[100])
    counts: ImportCountsOut | None = Field(description="各类行数；校验完成前为空")
    overall: ImportCountsOut | None = Field(description="连同已完成的补报一起的行数，合计不变；没有补报时为空")
    resend_of: UUID | None = Field(description="补报所更正的原任务")
    as_of: datetime | None = Field(description="文件数据的截止时间")
    ignored_headers: list[str] = Field(description="文件中没有用到的列", examples=[["备注"]])
    change_set_id: UUID | None = Field(description="变更批次；没有任何变化时为空")
    failure_code: str | None = Field(description="失败的代码", examples=["registry.import_file_unreadable"])
    failure_message: str | None = Field(description="失败的中文说明", examples=["无法读取文件"])
    created_by: str = Field(description="由谁创建", examples=["officer:zhang"])
    created_at: datetime = Field(description="创建时间")
    finished_at: datetime | None = Field(description="结束时间")

    @classmethod
    def of(cls, job: ImportJob) -> ImportJobOut:
        return cls.shown(JobShown(job, job.percent(0), None))

    @classmethod
    def shown(cls, found: JobShown) -> ImportJobOut:
        job = found.job
        return cls(
            percent=found.percent,
            overall=None if found.overall is None else ImportCountsOut.of(found.overall),
            resend_of=job.resend_of,
            as_of=job.as_of,
            id=job.id,
            version=job.version,
            kind=job.kind.value,
            state=job.state.value,
            state_label=STATE_LABELS[job.state],
            file_digest=job.source.file_digest,
            file_name=job.source.file_name,
            mode=job.mode.value,
            preview=job.is_preview,
            counts=None if job.counts is None else ImportCountsOut.of(job.counts),
            ignored_headers=list(job.ignored_headers),
            change_set_id=job.change_set_id,
            failure_code=job.failure_code,
            failure_message=job.failure_message,
            created_by=job.created_by,
            created_at=job.created_at,
            finished_at=job.finished_at,
        )


class FindingOut(Out):
    """没有导入的一行（一行可有几处）。"""

    line: int = Field(description="文件中的行号，标题行为 1", examples=[17])
    outcome: str = Field(description="wrong 不符合要求；duplicate 重复；older 库中较新", examples=["wrong"])
    field: str = Field(description="字段；整行的问题为空", examples=["uscc"])
    header: str = Field(description="字段的中文名", examples=["统一社会信用代码"])
    value: str | None = Field(description="所填内容（个人信息已隐去）", examples=["91410308MA0000001X"])
    code: str = Field(description="稳定的代码", examples=["uscc.check_digit"])
    message: str = Field(description="中文说明", examples=["统一社会信用代码校验位不正确，请核对是否录入有误"])

    @classmethod
    def of(cls, finding: Finding, header: str) -> FindingOut:
        names = ("line", "outcome", "field", "value", "code", "message")
        return cls.model_validate({name: getattr(finding, name) for name in names} | {"header": header})
