"""Train the judge that the package ships: which red flags a text tells of as present, and whether it
is within the scope of the knowledge base.

    python training/judge.py              # writes api/search/model/judge.onnx

It reads the states that the shipped encoder makes of a text's words: two convolutions see what stands
near what ("no fever" is not "fever"), and each red flag attends to the words that speak of it.
"""

import argparse
import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from encoder import mistyped
from tokenizers import Tokenizer
from torch.nn import functional

from api.ingest.files import read_content
from api.search.encoder import MAX_TOKENS, MODEL
from api.settings import ROOT

HERE = Path(__file__).parent
WIDTH = 768
"""States of the two layers together."""
HIDDEN = 128
EPOCHS = 10
BATCH = 64
NETWORKS = 2
SPELLINGS = 1
"""Mistyped copies of each text that are learned from as well."""
SOFT = 0.03
"""Labels are one reader's: the judge is not to be surer than this."""

SPEAKS_OF_ITSELF = ("symptom", "red_flag", "faq", "recovery_stage")
"""Kinds whose names may tell of a danger sign: they teach nothing about its absence."""


@dataclass(frozen=True)
class Text:
    """A text with the red flags it tells of, for which of them that is known, and its scope."""

    text: str
    flags: frozenset[str]
    known: frozenset[str]
    in_scope: bool | None


def texts(content, flags: list[str]) -> list[Text]:
    """Everything the judge learns from."""
    every = frozenset(flags)
    emergencies = frozenset(
        slug for slug in flags if content.entities[f"red_flag/{slug}"].urgency == "emergency"
    )
    found = [
        Text(row["text"], frozenset(row["flags"]), every, None) for row in rows("red_flags.jsonl")
    ]
    for row in rows("scope.jsonl"):
        nothing = frozenset[str]()
        found.append(
            Text(row["query"], nothing, nothing if row["covered"] else every, row["covered"])
        )
    for row in rows("queries.jsonl"):
        told = frozenset(
            ref.partition("/")[2]
            for ref, grade in row["qrels"].items()
            if ref.startswith("red_flag/") and grade == 3 and row["emergency"]
        )
        found.append(Text(row["query"], told, every if told else emergencies, True))
    for ref, entity in content.entities.items():
        kind, _, slug = ref.partition("/")
        if kind == "red_flag":
            found += [
                Text(phrase, frozenset({slug}), frozenset({slug}), True)
                for phrase in [*entity.asked_as, *entity.signs]
            ]
        elif kind not in SPEAKS_OF_ITSELF:
            # A name is searched for; nobody who types only a name tells of having it now.
            found += [
                Text(name, frozenset(), emergencies, True)
                for name in [entity.name, *entity.synonyms[:3]]
            ]
    return found


def rows(name: str) -> list[dict]:
    """The lines of a training file."""
    return [json.loads(line) for line in (HERE / name).read_text().splitlines()]


class Judge(torch.nn.Module):
    """One network over the states of words."""

    def __init__(self, judgements: int) -> None:
        super().__init__()
        self.inner = torch.nn.Linear(WIDTH, HIDDEN)
        self.near = torch.nn.Conv1d(HIDDEN, HIDDEN, 5, padding=2)
        self.far = torch.nn.Conv1d(HIDDEN, HIDDEN, 5, padding=4, dilation=2)
        self.attend = torch.nn.Linear(HIDDEN, judgements)
        self.tell = torch.nn.Linear(HIDDEN, judgements)
        self.whole = torch.nn.Linear(2 * HIDDEN, judgements)
        self.drop = torch.nn.Dropout(0.2)

    def forward(self, low: torch.Tensor, high: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """A logit for each judgement on each text."""
        real = mask[..., None]
        states = torch.cat([low, high], dim=2)
        hidden = functional.gelu(self.inner(self.drop(states))) * real
        for layer in (self.near, self.far):
            seen = functional.gelu(layer(self.drop(hidden).transpose(1, 2))).transpose(1, 2)
            hidden = (hidden + seen) * real
        hide = (1 - real) * -1e4
        attention = torch.softmax(self.attend(hidden) + hide, dim=1)
        local = (attention * self.tell(self.drop(hidden))).sum(1)
        gist = torch.cat([hidden.sum(1) / mask.sum(1, keepdim=True), (hidden + hide).amax(1)], 1)
        return local + self.whole(self.drop(gist))


class Judges(torch.nn.Module):
    """Several networks, averaged."""

    def __init__(self, networks: list[Judge]) -> None:
        super().__init__()
        self.networks = torch.nn.ModuleList(networks)

    def forward(self, low: torch.Tensor, high: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Their mean logits."""
        return torch.stack([network(low, high, mask) for network in self.networks]).mean(0)


def states_of(every: list[str]) -> list[np.ndarray]:
    """The states the shipped encoder makes of each text: both layers side by side."""
    tokenizer = Tokenizer.from_file(str(MODEL / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    session = onnxruntime.InferenceSession(
        str(MODEL / "encoder.onnx"), providers=["CPUExecutionProvider"]
    )
    ids = [encoded.ids for encoded in tokenizer.encode_batch(every)]
    order = sorted(range(len(ids)), key=lambda place: len(ids[place]))
    found: list[np.ndarray] = [np.empty(0)] * len(ids)
    for start in range(0, len(order), 32):
        batch = order[start : start + 32]
        longest = max(len(ids[place]) for place in batch)
        tokens = np.zeros((len(batch), longest), dtype=np.int64)
        mask = np.zeros_like(tokens)
        for row, place in enumerate(batch):
            tokens[row, : len(ids[place])] = ids[place]
            mask[row, : len(ids[place])] = 1
        low, high = session.run(
            ["low_states", "high_states"], {"input_ids": tokens, "attention_mask": mask}
        )
        for row, place in enumerate(batch):
            size = len(ids[place])
            found[place] = np.concatenate([low[row, :size], high[row, :size]], 1).astype(np.float16)
    return found


def fitted(states, wanted, known, seed: int) -> Judge:
    """A network fitted to texts."""
    torch.manual_seed(seed)
    network = Judge(wanted.shape[1])
    optimizer = torch.optim.AdamW(network.parameters(), lr=1.5e-3, weight_decay=0.02)
    batches = len(states) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 1.5e-3, total_steps=EPOCHS * batches + 1
    )
    for epoch in range(EPOCHS):
        order = torch.randperm(len(states)).tolist()
        # Texts of like length stand together, so that little is padded.
        order = [
            place
            for start in range(0, len(order), 1024)
            for place in sorted(order[start : start + 1024], key=lambda one: len(states[one]))
        ]
        total = 0.0
        for number in torch.randperm(batches).tolist():
            batch = order[number * BATCH : (number + 1) * BATCH]
            longest = max(len(states[place]) for place in batch)
            table = np.zeros((len(batch), longest, WIDTH), dtype=np.float32)
            mask = np.zeros((len(batch), longest), dtype=np.float32)
            for row, place in enumerate(batch):
                table[row, : len(states[place])] = states[place]
                mask[row, : len(states[place])] = 1
            both = torch.tensor(table)
            logits = network(both[..., : WIDTH // 2], both[..., WIDTH // 2 :], torch.tensor(mask))
            loss = functional.binary_cross_entropy_with_logits(
                logits, torch.tensor(wanted[batch]), reduction="none"
            )
            loss = (loss * torch.tensor(known[batch])).sum() / len(batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
        print(f"network {seed}, epoch {epoch + 1}/{EPOCHS}: {total / batches:.3f}", flush=True)
    return network.eval()


def main() -> None:
    """Train, average, export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=MODEL)
    given = parser.parse_args()
    content, problems = read_content(ROOT / "data")
    if problems:
        raise SystemExit("The data has faults: run failed-fusion check.")
    flags = json.loads((MODEL / "red_flags.json").read_text())
    chance = random.Random(0)
    every = texts(content, flags)
    every += [
        Text(mistyped(one.text, chance), one.flags, one.known, one.in_scope)
        for one in every
        for _ in range(SPELLINGS)
    ]
    states = states_of([one.text for one in every])
    wanted = np.array(
        [
            [float(flag in one.flags) for flag in flags] + [float(bool(one.in_scope))]
            for one in every
        ],
        dtype=np.float32,
    )
    wanted = wanted * (1 - SOFT) + SOFT / 2
    known = np.array(
        [
            [float(flag in one.known) for flag in flags] + [float(one.in_scope is not None)]
            for one in every
        ],
        dtype=np.float32,
    )
    judges = Judges([fitted(states, wanted, known, seed) for seed in range(NETWORKS)]).eval()
    low, mask = torch.ones(2, 8, WIDTH // 2), torch.ones(2, 8)
    both = {0: "texts", 1: "tokens"}
    torch.onnx.export(
        judges,
        (low, low, mask),
        str(given.output / "judge.onnx"),
        input_names=["low_states", "high_states", "mask"],
        output_names=["judgements"],
        dynamic_axes={
            "low_states": both,
            "high_states": both,
            "mask": both,
            "judgements": {0: "texts"},
        },
        opset_version=17,
        dynamo=False,
    )


if __name__ == "__main__":
    main()
