"""What one mention means for the borrower's situation, from -1 (harm) to 1 (relief)."""

from __future__ import annotations

from analysis.lexicon import load_yaml

TITLE_LAYERS = frozenset({"title", "heading", "toc"})


def polarity(base: float, status: str, layer: str, sentence: str, cue: str) -> float:
    """The theme's polarity under its status, with intensity words of the sentence; sentence and cue are folded.

    A threat that is denied is mild relief, a waiver that is refused is harm, a promise is worth little (codebook 4.1).

    >>> polarity(-0.8, "denied", "body", "正规平台不会威胁借款人", "威胁")      # platforms do not threaten
    0.28
    >>> polarity(0.4, "denied", "body", "协商不成", "协商")                    # negotiation failed
    -0.4
    """
    data = load_yaml("lexicon/polarity.yml")
    if status == "promo":
        return float(data["promo_cap"])
    factor = float(data["factor"][status])
    if status == "question" and layer in TITLE_LAYERS:
        factor = float(data["title_question"])
    elif status == "advised" and base > 0:
        factor = float(data["advised_relief"])
    elif status == "denied" and base > 0:
        factor = float(data["denied_relief"])
    elif status == "prohibited" and base > 0:
        factor = 1.0
    value = base * factor
    if factor > 0:
        value *= _intensity(sentence)
    return round(max(-1.0, min(1.0, value)), 4)


def _intensity(sentence: str) -> float:
    """The strongest intensity factor whose words stand in the sentence; 1 where none does."""
    factors = [entry["factor"] for entry in load_yaml("lexicon/polarity.yml")["intensity"] if any(w in sentence for w in entry["any"])]
    return float(max(factors, key=lambda f: abs(f - 1), default=1.0))
