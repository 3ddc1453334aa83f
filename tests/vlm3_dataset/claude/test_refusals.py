"""What a server's "no" is about."""

import pytest

from vlm3_dataset.claude import refusals


@pytest.mark.parametrize(
    "message",
    [
        "Output blocked by content filtering policy",
        "Could not process image",
        "messages.0.content.0.image.source.base64: image exceeds 10 MB maximum",
        "messages.0.content.0.image.source.base64.data: At least one of the image dimensions exceed max allowed size",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "This model's maximum context length is 32768 tokens. However, you requested 33000 tokens (25000 in the text",
        "The model's context length is only 32768 tokens, resulting in a maximum input length of 24768 tokens.",
        "max_tokens: 25000 + 8000 exceeds the context window of 32768 tokens",
        "the request exceeds the available context size (4096 tokens), try increasing it",
        "internal error",
    ],
)
def test_a_400_is_about_its_own_request(message):
    assert refusals.about(400, message) == "request"


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (400, "Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade."),
        (400, "You have reached your specified API usage limits. You will regain access on 2026-12-01 at 00:00 UTC."),
        (400, "max_tokens: 8000 > 4096, which is the maximum allowed number of output tokens for claude-x"),
        (400, "output_config.format.schema: property 'minimum' is not supported"),
        (400, "thinking: adaptive is not supported for this model"),
        (400, "This model does not support assistant message prefill."),
        (400, "Unsupported parameter: 'max_tokens' is not supported with this model."),
        (401, "invalid x-api-key"),
        (402, "billing"),
        (403, "Your API key does not have permission to use the specified resource"),
        (404, "model: claude-hiaku-5-5"),
    ],
)
def test_an_account_or_a_setting_is_wrong_for_every_request(status, message):
    assert refusals.about(status, message) == "everything"


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504, 529])
@pytest.mark.parametrize("message", ["Internal error while fetching image", "Output blocked", "model: overloaded"])
def test_what_passes_is_only_the_moment_whatever_words_it_contains(status, message):
    assert refusals.about(status, message) == "moment"


def test_only_the_first_line_of_what_is_said_is_shown():
    error = Exception("ignored")
    error.body = {"error": {"message": f"first {'x' * 300}\nsecond"}}
    assert refusals.message_of(error) == f"first {'x' * 300}"[:200]
    assert refusals.message_of(ValueError("plain")) == "plain"
