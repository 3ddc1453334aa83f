"""The stand-in knows a request by the SDK's own types, and all of ours are such."""

import pytest
from anthropic.types.message_create_params import MessageCreateParamsNonStreaming
from anthropic.types.messages.batch_create_params import BatchCreateParams

from tests.vlm3_dataset.claude.refuses import fault_of
from tests.vlm3_dataset.claude.sdk_types import faults
from tests.vlm3_dataset.claude.test_claude import MODEL
from tests.vlm3_dataset.shelves import scan
from vlm3_dataset.claude import request
from vlm3_dataset.labelers.claude import prompts, second_reader, thread_prompts, thread_reader

OURS = [
    *(request.build(prompt, "words", scan(), MODEL) for prompt in (prompts.PROMPT, second_reader.PROMPT)),
    *(request.build(prompt, "words", b"", MODEL) for prompt in (thread_prompts.PROMPT, thread_reader.PROMPT)),
]


@pytest.mark.parametrize("ours", [*OURS, request.again(OURS[0], "no JSON")])
def test_what_we_send_is_of_the_sdks_types(ours):
    assert fault_of(ours) is None
    batch = {"requests": [{"custom_id": "a", "params": ours}]}
    assert list(faults(batch, BatchCreateParams)) == []


def image(**source):
    block = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "a"} | source}
    return [{"role": "user", "content": [block]}]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"temperature": 0}, "body.temperature: extra inputs are not permitted"),
        ({"max_tokens": "8000"}, "body.max_tokens: '8000' is no"),
        ({"output_config": {"effort": "tiny"}}, "body.output_config.effort: 'tiny' is no"),
        ({"messages": image(media_type="image/bmp")}, "body.messages.0.content.0.source.media_type: 'image/bmp' is no"),
        ({"messages": [{"content": "no role"}]}, "body.messages.0.role: field required"),
        ({"messages": {}}, "body.messages: not of type"),
        ({"thinking": {"type": "enabled"}}, "body.thinking.type: 'enabled' is no"),
    ],
)
def test_what_is_not_is_named_with_its_place(wrong, said):
    (fault,) = faults(OURS[0] | wrong, MessageCreateParamsNonStreaming)
    assert fault.startswith(said)
