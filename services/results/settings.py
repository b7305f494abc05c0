"""Settings of results, from `RESULTS_…` variables."""

from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from services.results.adapters.aws_signature import S3Access
from shared.runtime.settings import ServiceSettings


class ResultsSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="RESULTS_")

    evidence_s3_endpoint: str | None = None
    """Base URL of an S3-compatible store for evidence; without it, a folder under `files_dir`."""
    evidence_s3_bucket: str = "evidence"
    evidence_s3_region: str = "us-east-1"
    evidence_s3_key_id: str = ""
    evidence_s3_secret: SecretStr = SecretStr("")

    def evidence_bucket(self) -> S3Access | None:
        if self.evidence_s3_endpoint is None:
            return None
        return S3Access(
            self.evidence_s3_endpoint.rstrip("/"),
            self.evidence_s3_bucket,
            self.evidence_s3_region,
            self.evidence_s3_key_id,
            self.evidence_s3_secret.get_secret_value(),
        )
