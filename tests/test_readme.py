"""The README's first screen: the commands are there, and the answer it shows is the API's own."""

import json
import re
from pathlib import Path

from starlette.testclient import TestClient

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_two_commands_stand_first():
    assert README.index("$ make serve") < README.index("$ make test") < 700


def test_the_first_answer_is_what_the_api_answers(client: TestClient):
    (path,) = re.findall(r"curl 'http://127\.0\.0\.1:8000(\S+)'", README)
    (shown,) = re.findall(r"```json\n(.*?)```", README, re.DOTALL)

    answered = client.get(path).json()
    printed = json.loads(shown)

    assert printed["data"] == answered["data"]
    assert printed["meta"].keys() == answered["meta"].keys()
    assert printed["meta"]["disclaimer"] == answered["meta"]["disclaimer"]


def test_the_counts_are_true(client: TestClient):
    counts = client.get("/v1/meta").json()["data"]["release"]["counts"]

    for name in ("conditions", "treatments", "red-flags", "faqs", "glossary"):
        assert f"| {counts[name]} " in README or f" {counts[name]} " in README, name
    for name in ("statements", "relations", "findings", "sources"):
        assert f"**{counts[name]:,}** {name}" in README
