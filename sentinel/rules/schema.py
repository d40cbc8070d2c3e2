"""The JSON Schema of rules.yaml, for editors."""

from __future__ import annotations

from datetime import timedelta

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from sentinel.rules.model import Rules, Share
from sentinel.rules.values import format_duration, format_percent


def rules_schema() -> JsonSchemaValue:
    """The schema (draft 2020-12) of the file as it is written.

    It knows every key and form. What one part says of another (names, thresholds that ascend) only `load_rules` knows,
    and a ${NAME} in the place of a number is beyond it.
    """
    schema = Rules.model_json_schema(by_alias=True, schema_generator=_AsWritten)
    return {"$schema": GenerateJsonSchema.schema_dialect, **schema, "title": "rules.yaml of sentinel"}


class _AsWritten(GenerateJsonSchema):
    """Defaults in the file's own notation; a key that has no value is left out, never null."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        match schema.get("default"):
            case Share() as share:
                return {**inner, "default": format_percent(share)}
            case timedelta() as span:
                return {**inner, "default": format_duration(span)}
            case bool() | int() | float() | str() as plain:
                return {**inner, "default": plain}
            case _:
                return inner
