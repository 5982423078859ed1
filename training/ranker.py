"""Train the ranker and the judge of scope that the package ships, from judged queries.

    python training/ranker.py             # writes api/search/model/ranker.json and scope.json

The ranker learns, from `queries.jsonl`, to put the entities that were judged to answer a query above
the others. The judge learns, from `coverage.jsonl`, which the encoder never saw, what is within the
scope of the knowledge base. The queries on which search is evaluated are never read here.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from content import the_index
from sklearn.linear_model import LogisticRegression

from api.search.encoder import MODEL, Encoder
from api.search.query import understood
from api.search.ranking import candidates
from api.search.scope import evidence
from api.search.spelling import Speller

HERE = Path(__file__).parent
HIDDEN = 24
NETWORKS = 5
EPOCHS = 50
WEIGHT_DECAY = 0.02
DROPPED = 0.15
"""Part of the features left out in each step, so that none is relied on alone."""
QUERY_LENGTH = 500


class Network(torch.nn.Module):
    """One hidden layer beside a direct one."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = torch.nn.Linear(width, HIDDEN)
        self.outer = torch.nn.Linear(HIDDEN, 1, bias=False)
        self.direct = torch.nn.Linear(width, 1, bias=False)
        torch.nn.init.zeros_(self.direct.weight)

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """A score for each row."""
        hidden = torch.relu(self.inner(features))
        return (self.outer(hidden) + self.direct(features))[..., 0]

    def weights(self) -> dict[str, list]:
        """The weights as `api.search.ranking.Ranker` reads them."""
        return {
            "inner": self.inner.weight.detach().T.round(decimals=5).tolist(),
            "bias": self.inner.bias.detach().round(decimals=5).tolist(),
            "outer": self.outer.weight.detach()[0].round(decimals=5).tolist(),
            "direct": self.direct.weight.detach()[0].round(decimals=5).tolist(),
        }


def fitted(lists: list[tuple[torch.Tensor, torch.Tensor]], seed_: int) -> Network:
    """A network fitted to lists of standardized features and grades, by the softmax loss over each
    list (Cao et al. 2007, ListNet), with the gain 2^grade - 1 as in nDCG.
    """
    torch.manual_seed(seed_)
    network = Network(lists[0][0].shape[1])
    optimizer = torch.optim.AdamW(network.parameters(), lr=5e-3, weight_decay=WEIGHT_DECAY)
    batches = (len(lists) + 15) // 16
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 1e-2, total_steps=EPOCHS * batches + 1
    )
    for _ in range(EPOCHS):
        order = torch.randperm(len(lists)).tolist()
        for start in range(0, len(order), 16):
            loss = torch.zeros(())
            for place in order[start : start + 16]:
                features, grades = lists[place]
                kept = (torch.rand(features.shape[1]) > DROPPED).float()
                gain = 2**grades - 1
                scores = network(features * kept)
                loss = loss - (gain / gain.sum() * torch.log_softmax(scores, 0)).sum()
            optimizer.zero_grad()
            (loss / 16).backward()
            optimizer.step()
            schedule.step()
    return network


def rows(name: str) -> list[dict]:
    """The lines of a training file."""
    return [json.loads(line) for line in (HERE / name).read_text().splitlines()]


def main() -> None:
    """Train both and write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=MODEL)
    wanted = parser.parse_args()
    index, encoder = the_index(), Encoder()
    speller = Speller(index.word_counts, encoder.knows)
    lists = []
    for row in rows("queries.jsonl"):
        query = understood(row["query"][:QUERY_LENGTH], index, speller, encoder)
        close = candidates(index, query)
        grades = [row["qrels"].get(index.entities[entity].ref, 0) for entity in close.entities]
        if any(grades):
            lists.append((close.features, np.array(grades, dtype=np.float32)))
    every = np.concatenate([features for features, _ in lists])
    mean, scale = every.mean(axis=0), every.std(axis=0) + 1e-3
    standard = [
        (torch.tensor((features - mean) / scale), torch.tensor(grades))
        for features, grades in lists
    ]
    networks = [fitted(standard, number) for number in range(NETWORKS)]
    learned = {
        "mean": mean.round(5).tolist(),
        "scale": scale.round(5).tolist(),
        "networks": [network.weights() for network in networks],
    }
    (wanted.output / "ranker.json").write_text(json.dumps(learned) + "\n")
    seen, covered = [], []
    for row in rows("coverage.jsonl"):
        query = understood(row["query"][:QUERY_LENGTH], index, speller, encoder)
        seen.append(evidence(candidates(index, query), query))
        covered.append(row["covered"])
    table = np.stack(seen)
    mean, scale = table.mean(axis=0), table.std(axis=0) + 1e-3
    judge = LogisticRegression(C=1.0, class_weight="balanced").fit((table - mean) / scale, covered)
    learned = {
        "mean": mean.round(5).tolist(),
        "scale": scale.round(5).tolist(),
        "weights": judge.coef_[0].round(5).tolist(),
        "bias": round(float(judge.intercept_[0]), 5),
    }
    (wanted.output / "scope.json").write_text(json.dumps(learned) + "\n")
    print(f"{len(lists)} judged queries, {len(covered)} judged for coverage")


if __name__ == "__main__":
    main()
