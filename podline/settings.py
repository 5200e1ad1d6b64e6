"""The environment (and `.env`), read once into a frozen object; every problem is named at once."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

TWILIO_API = "https://api.twilio.com"


class BadSettings(ValueError):
    """All that is wrong with the environment, a line each."""


class Settings(BaseSettings):
    """DESIGN section 4, "Settings". An empty value counts as not given."""

    model_config = SettingsConfigDict(
        env_prefix="PODLINE_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    home: Path = Path("var")
    database_url: SecretStr | None = None
    public_url: str = ""
    twilio_account_sid: str = ""
    twilio_auth_token: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    twilio_api_url: str = TWILIO_API
    twilio_cps: Annotated[float, Field(gt=0)] = 1
    twilio_concurrent_calls: Annotated[int | None, Field(gt=0)] = None
    api_token: SecretStr | None = None
    secret_key: SecretStr | None = None
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8080
    workers: Annotated[int, Field(ge=1, le=64)] = 2
    log: Literal["json", "pretty"] = "json"
    smtp_url: SecretStr | None = None
    mail_key: SecretStr | None = None

    @field_validator("twilio_auth_token", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(one.strip() for one in value.split(",") if one.strip())
        return value

    @field_validator("public_url", "twilio_api_url")
    @classmethod
    def _url(cls, value: str) -> str:
        try:
            if value:
                AnyHttpUrl(value)
        except ValidationError:
            raise ValueError("it is no address; write it like https://desk.example.org") from None
        return value.rstrip("/")

    @property
    def url(self) -> str:
        """What Twilio calls us by; signatures are checked against it."""
        return self.public_url or f"http://{self.host}:{self.port}"

    @property
    def tokens(self) -> tuple[str, ...]:
        return tuple(one.get_secret_value() for one in self.twilio_auth_token)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be seen in a log, an error or a page."""
        others = (self.api_token, self.secret_key, self.mail_key, self.database_url, self.smtp_url)
        return (*self.tokens, *(one.get_secret_value() for one in others if one))

    def missing_for_serving(self) -> list[str]:
        """What `serve` can't do without, in words."""
        needed = {
            "PODLINE_TWILIO_ACCOUNT_SID": self.twilio_account_sid,
            "PODLINE_TWILIO_AUTH_TOKEN": self.tokens,
        }
        return [f"{name} is not set: every webhook would be refused" for name, value in needed.items() if not value]


def read_settings() -> Settings:
    """Raises BadSettings with a line for each problem."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [
            f"PODLINE_{'_'.join(str(part) for part in one['loc']).upper()}: {one['msg'].removeprefix('Value error, ')}."
            for one in error.errors(include_input=False)
        ]
        raise BadSettings("\n".join(lines)) from error
