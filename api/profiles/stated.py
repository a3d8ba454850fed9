"""Records in which a field that is left out, empty or null says nothing."""

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, model_validator

from api.profiles.values import blank


def _allow_null(schema: dict[str, Any]) -> None:
    """Say in the JSON schema that an optional field may be null."""
    required = schema.get("required", [])
    for name, field in schema.get("properties", {}).items():
        if name not in required and {"type": "null"} not in field.get("anyOf", []):
            told = {
                key: field.pop(key) for key in ("title", "description", "default") if key in field
            }
            schema["properties"][name] = {"anyOf": [field, {"type": "null"}], **told}


class Stated(BaseModel):
    """Refuses unknown fields and other types than JSON's; blank means the field's default."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        json_schema_extra=_allow_null,
    )
    _when_blank: ClassVar[dict[str, Any]]

    @classmethod
    def __pydantic_init_subclass__(cls, **_kwargs: Any) -> None:
        fields = cls.model_fields.items()
        cls._when_blank = {
            name: field.get_default(call_default_factory=True, validated_data={})
            for name, field in fields
            if not field.is_required()
        }

    @model_validator(mode="before")
    @classmethod
    def _blank_is_default(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        when_blank = cls._when_blank
        return {
            name: when_blank[name] if blank(value) and name in when_blank else value
            for name, value in data.items()
            if not (blank(value) and name in cls.model_fields and name not in when_blank)
        }
