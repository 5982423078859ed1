"""Compute the vectors that the package ships, so that seeding our own content computes none.

python training/vectors.py            # writes api/search/model/vectors.npz
python training/vectors.py --check    # exit 1 where a text of data/ has none, or one is left over
"""

import argparse
import sys

from content import the_index

from api.search.vectors import SHIPPED, ship, shipped_keys, unshipped


def main() -> int:
    """Ship the vectors, or check those that are shipped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    wanted = parser.parse_args()
    index = the_index()  # which computes what is not shipped
    texts = [text for entity in index.entities for role in entity.texts for text in role]
    vectors = dict(zip(texts, index.vectors, strict=True))
    if wanted.check:
        missing, left = unshipped(texts), len(shipped_keys()) - len(vectors)
        if missing or left:
            print(
                f"{len(missing)} texts have no shipped vector, {max(left, 0)} vectors have no text: run make vectors"
            )
            return 1
        print(f"The vectors of all {len(vectors)} texts are shipped.")
        return 0
    ship(vectors)
    print(f"{len(vectors)} vectors written to {SHIPPED.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
