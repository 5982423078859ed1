"""The reading grade of plain wording: Flesch-Kincaid, with medical names excepted."""

import re
from functools import cache
from typing import Final

import pyphen

MAX_GRADE: Final = 8.0
"""The highest school grade (US) a plain wording may need."""

MIN_WORDS: Final = 12
"""Shorter texts are not graded: the formula is meaningless on a handful of words."""

MEDICAL_NAMES: Final = frozenset(
    [
        "pseudoarthrosis",
        "pseudarthrosis",
        "nonunion",
        "non-union",
        "vertebra",
        "vertebrae",
        "vertebral",
        "spinal",
        "surgical",
        "surgery",
        "operation",
        "arachnoiditis",
        "osteoporosis",
        "osteopenia",
        "epidural",
        "fibrosis",
        "stenosis",
        "herniation",
        "sacroiliac",
        "adhesiolysis",
        "laminectomy",
        "discectomy",
        "decompression",
        "bisphosphonate",
        "bisphosphonates",
        "teriparatide",
        "denosumab",
        "romosozumab",
        "abaloparatide",
        "gabapentin",
        "pregabalin",
        "duloxetine",
        "amitriptyline",
        "ketamine",
        "lidocaine",
        "opioid",
        "opioids",
        "antibiotic",
        "antibiotics",
        "ibuprofen",
        "anti-inflammatory",
        "anti-inflammatories",
        "corticosteroid",
        "corticosteroids",
        "steroid",
        "steroids",
        "diabetes",
        "obesity",
        "depression",
        "anxiety",
        "infection",
        "inflammation",
        "stimulator",
        "stimulation",
        "neurostimulation",
        "electromagnetic",
        "ultrasound",
        "radiofrequency",
        "ablation",
        "allograft",
        "autograft",
        "demineralized",
        "bone",
        "morphogenetic",
        "protein",
        "titanium",
        "polyetheretherketone",
        "hydroxyapatite",
        "pedicle",
        "interbody",
        "anterior",
        "posterior",
        "posterolateral",
        "lateral",
        "oblique",
        "cervical",
        "lumbar",
        "thoracic",
        "thoracolumbar",
        "lumbosacral",
        "sagittal",
        "kyphosis",
        "lordosis",
        "scoliosis",
        "spondylolisthesis",
        "meningitis",
        "abscess",
        "hematoma",
        "haematoma",
        "embolism",
        "thrombosis",
        "cerebrospinal",
        "dysphagia",
        "cauda",
        "equina",
        "rehabilitation",
        "physiotherapy",
        "physiotherapist",
        "psychologist",
        "cognitive",
        "behavioural",
        "behavioral",
        "acupuncture",
        "arthritis",
        "rheumatoid",
        "fluoroscopy",
        "computed",
        "tomography",
        "magnetic",
        "resonance",
        "imaging",
        "gadolinium",
        "scintigraphy",
        "positron",
        "emission",
        "electromyography",
        "questionnaire",
        "disability",
        "adjacent",
        "segment",
        "syndrome",
        "anesthesia",
        "anaesthesia",
        "anesthetic",
        "anaesthetic",
        "nicotine",
        "vitamin",
        "calcium",
        "hemoglobin",
        "albumin",
        "parathyroid",
        "testosterone",
        "degeneration",
        "degenerative",
        "instrumentation",
        "hypersensitivity",
        "pseudomeningocele",
        "durotomy",
        "neuropathic",
    ]
)
"""Names a reader meets anyway, for which no plainer word says the same thing."""

_WORD = re.compile(r"[A-Za-z][A-Za-z'-]*")
_TOKEN = re.compile(r"[^\W_](?:[\w.,%'\u2019-]*\w)?")
_SENTENCE_END = re.compile(r"[.!?]+(?=\s|$|[\")\u201d])")
_HYPHENATION: Final = pyphen.Pyphen(lang="en_US")


@cache
def grade(text: str) -> float | None:
    """The Flesch-Kincaid grade of `text`, or None where it is too short to be graded.

    0.39 words a sentence + 11.8 syllables a word - 15.59 (Kincaid et al. 1975), with the syllables
    that Pyphen's hyphenation finds. A medical name counts as one syllable, so that naming the
    disease does not cost the grade.
    """
    if len(_WORD.findall(text)) < MIN_WORDS:
        return None
    eased = _WORD.sub(lambda word: "name" if word[0].lower() in MEDICAL_NAMES else word[0], text)
    words = [re.sub(r"[^a-z0-9]", "", word.lower()) for word in _TOKEN.findall(eased)]
    sentences = len(_SENTENCE_END.findall(eased)) or 1
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / sentences + 11.8 * syllables / len(words) - 15.59


@cache
def _syllables(word: str) -> int:
    return len(_HYPHENATION.positions(word)) + 1
