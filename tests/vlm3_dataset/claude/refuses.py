"""What Claude's API refuses: what is not of the SDK's own types, and what its documentation forbids besides."""

import base64
import io

from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from PIL import Image

from tests.vlm3_dataset.claude.sdk_types import faults

LARGEST_EDGE = 2_576  # pixels; with `oversized_image: error` a larger picture is refused instead of shrunk
LARGEST_IMAGE = 10 * 2**20  # bytes of base64


def fault_of(asked: dict, *, knows_schemas: bool = True) -> str | None:
    """Why the real API would answer 400."""
    if wrong := next(faults(asked, MessageCreateParamsNonStreaming, "request"), None):
        return wrong
    images, texts = parts(asked)
    roles = [each["role"] for each in asked["messages"]]
    if roles != ["user", "assistant"] * (len(roles) // 2) + ["user"]:
        return "messages: roles must alternate, and the last is the user's"
    if wrong := next(filter(None, map(fault_of_image, images)), None):
        return wrong
    if not knows_schemas:
        extra = {"output_config"} & asked.keys() or {"transformations"} & {name for image in images for name in image}
        return f"{extra.pop()}: extra inputs are not permitted" if extra else None
    if wrong := fault_of_output(asked.get("output_config", {})):
        return f"output_config.{wrong}"
    texts += asked.get("system", [])
    return None if texts and all(text["text"] for text in texts) else "empty text"


def parts(asked: dict) -> tuple[list[dict], list[dict]]:
    """Pictures and texts of the first message."""
    content = asked["messages"][0]["content"]
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    return tuple([block for block in blocks if block["type"] == kind] for kind in ("image", "text"))


def fault_of_image(image: dict) -> str | None:
    if len(image["source"]["data"]) > LARGEST_IMAGE:
        return "image exceeds 10 MB maximum"
    picture = opened(image)
    if image["source"]["media_type"] != Image.MIME[picture.format]:
        return "media_type does not match the image"
    if max(picture.size) > LARGEST_EDGE and image.get("transformations") == {"oversized_image": "error"}:
        return "image is too large"
    return None


def fault_of_output(config: dict) -> str | None:
    wrong = fault_of_schema(config.get("format", {}).get("schema"))
    return f"format.schema: {wrong}" if wrong else None


def fault_of_schema(schema: object) -> str | None:
    """Every object closed, and no limit that constrained decoding does not know."""
    if isinstance(schema, list):
        return next(filter(None, map(fault_of_schema, schema)), None)
    if not isinstance(schema, dict):
        return None
    if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
        return "additionalProperties must be false"
    if limits := {"minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum"} & schema.keys():
        return f"{limits.pop()} is not supported"
    return fault_of_schema(list(schema.values()))


def opened(image: dict) -> Image.Image:
    return Image.open(io.BytesIO(base64.standard_b64decode(image["source"]["data"])))
