"""The environment (and `.env`), read once into a frozen object; every problem is named at once."""

from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from mail.headers import tidy_address
from mail.letterhead import Letterhead
from mail.relay import Relay, read_relay
from routing.numbers import read_number

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
    supervisor_phone: str = ""
    smtp_url: SecretStr | None = None
    mail_key: SecretStr | None = None
    mail_address: str = ""
    mail_tags: bool = False

    @field_validator("twilio_auth_token", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(one.strip() for one in value.split(",") if one.strip())
        return value

    @field_validator("supervisor_phone")
    @classmethod
    def _number(cls, value: str) -> str:
        try:
            return read_number(value) if value else ""
        except ValueError:
            raise ValueError("it is no telephone number; write it like +14035550100") from None

    @field_validator("public_url", "twilio_api_url")
    @classmethod
    def _url(cls, value: str) -> str:
        try:
            if value:
                AnyHttpUrl(value)
        except ValidationError:
            raise ValueError("it is no address; write it like https://desk.example.org") from None
        return value.rstrip("/")

    @field_validator("mail_address")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not tidy_address(parseaddr(value)[1]):
            raise ValueError("it is no e-mail address; write it like Support <desk@example.org>, or desk@example.org")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _relay(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None:
            read_relay(value.get_secret_value())
        return value

    @property
    def relay(self) -> Relay | None:
        """The mail server that takes our letters."""
        return read_relay(self.smtp_url.get_secret_value()) if self.smtp_url else None

    @property
    def letterhead(self) -> Letterhead | None:
        """In whose name letters go out; None without an address, or without a key to sign them."""
        name, address = parseaddr(self.mail_address)
        if not address or self.secret_key is None:
            return None
        return Letterhead(address, self.secret_key.get_secret_value(), name, self.mail_tags)

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
        password = (self.relay.password,) if self.relay and self.relay.password else ()
        return (*self.tokens, *password, *(one.get_secret_value() for one in others if one))

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
