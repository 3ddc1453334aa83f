"""What can be asked of a page's picture: a prompt, and the form of its answer. Pure."""

import json
from dataclasses import dataclass

from pydantic import BaseModel

from vlm3_dataset.labels.models import Model


@dataclass(frozen=True, slots=True)
class Prompt:
    """One kind of request. Change a word of it and raise its `version`."""

    name: str
    version: str
    system: str
    answer: type[BaseModel]
    usual_output: int  # tokens of an answer, until some that were paid for know better

    def words(self, model: Model) -> str:
        """The system text; for a server that knows no schema, with the schema in words."""
        if model.has_schema:
            return self.system
        schema = json.dumps(self.answer.model_json_schema())
        return f"{self.system}\nAnswer with one JSON object and nothing else. Its JSON schema:\n{schema}\n"
