"""The report's words in one language: sentences, names of codes, and numbers as they are written."""

from __future__ import annotations

import math
from functools import cache, cached_property
from typing import Any

import pandas as pd

from analysis.charts.wording import Words as ChartWords
from analysis.charts.wording import number, signed
from analysis.lexicon import load_yaml
from analysis.measure.law import law
from analysis.problems import DataProblem, choices

FILE = "lexicon/report.yml"
MISSING = "–"
_CODED = frozenset({"genre"})  # kinds of label whose code stands beside the name


@cache
def _laws(lang: str) -> dict[str, str]:
    return {i.id: i.zh if lang == "zh" else i.en for i in law().instruments}


class Words(ChartWords):
    """The words of the figures and, on top, those of `data/lexicon/report.yml`."""

    @cached_property
    def _own(self) -> dict[str, Any]:
        return load_yaml(FILE)

    def sentence(self, key: str) -> str:
        """A text of the report with its placeholders still in it; an unknown key is an error.

        >>> Words("en").sentence("undated")
        'without a date'
        """
        texts = self._own["texts"]
        if key not in texts:
            raise DataProblem(f"{FILE}: no text {key!r}. {choices('Texts', texts)}")
        return str(texts[key][self.lang])

    def finding(self, key: str) -> str:
        """A finding of the report, with its placeholders; an unknown key is an error."""
        findings = self._own["findings"]
        if key not in findings:
            raise DataProblem(f"{FILE}: no finding {key!r}. {choices('Findings', findings)}")
        return str(findings[key][self.lang])

    def measure(self, code: str) -> str:
        """The name of a measure, one that only figures draw included.

        >>> Words("en").measure("n_texts"), Words("en").measure("alpha")
        ('Distinct texts', 'Agreement of coders')
        """
        return self.label("measure", code) if code in self._own["labels"]["measure"] else self.label("drawn", code)

    def measures(self) -> list[str]:
        """The measures that the report has a name for; a small corpus may have no row of some."""
        return list(self._own["labels"]["measure"])

    def label(self, kind: str, code: object) -> str:
        """The name of a code of that kind; a code without a name stands for itself.

        >>> Words("zh").label("status", "denied"), Words("en").label("genre", "G10"), Words("en").label("layer", "x")
        ('否认', 'G10 forum plea', 'x')
        """
        if code is None or code is pd.NA or (isinstance(code, float) and math.isnan(code)):
            code = "unknown"
        names = self._own["labels"].get(kind, {}).get(str(code))
        if names is None:
            return str(code)
        return f"{code} {names[self.lang]}" if kind in _CODED else str(names[self.lang])

    def law(self, fact_id: str) -> str:
        """The law, rule or pact that a fact or instrument is of; what is none of `data/law/` stands for itself.

        >>> Words("en").law("L15.years"), Words("en").law("no-such")
        ('Regulation on Credit Reporting art. 16', 'no-such')
        """
        base = fact_id.partition(".")[0]
        if base in _laws(self.lang):
            return _laws(self.lang)[base]
        disputed = {entry.id: entry.en for entry in law().rules.disputed}
        if self.lang == "en" or base not in disputed:
            return disputed.get(base, fact_id)
        return self.sentence("unfounded").format(name=base)

    def group(self, group: str) -> str:
        """The name of a group of `measures`: a status family, or what stands behind a colon.

        >>> Words("zh").group("claimed"), Words("en").group("tone:angry"), Words("en").group("month:2025-01")
        ('断言', 'angry', '2025-01')
        """
        kind, _, code = group.partition(":")
        if kind == "with":
            return self.theme(code)
        if kind == "quantity":
            return self.quantity(code)
        if kind == "instrument":
            return self.law(code)
        if kind == "campaign":
            return self.sentence("campaign").format(name=code[:8])
        if code in load_yaml("lexicon/charts.yml")["verdicts"]:
            return self.titled(self.quantity(kind), self.verdict(code))
        if code:
            return self.label(kind, code)
        known = load_yaml("lexicon/charts.yml")["families"]
        return self.family(group) if group in known else self.label("group", group)

    def titled(self, name: str, what: str) -> str:
        """A name and what of it, as a heading."""
        return f"{name}{'：' if self.lang == 'zh' else ': '}{what}"

    def written(self, value: float | None, unit: str) -> str:
        """A number in its unit; a missing one is a dash.

        >>> w = Words("zh")
        >>> w.written(0.304, "share"), w.written(1243.0, "count"), w.written(-0.5, "polarity"), w.written(None, "share")
        ('30%', '1,243', '−0.50', '–')
        """
        if value is None or math.isnan(value):
            return MISSING
        if unit == "share":
            return self.percent(value)
        if unit == "count":
            return f"{value:,.0f}"
        return signed(value) if unit == "polarity" else f"{value:.2f}"

    def between(self, low: float | None, high: float | None, unit: str) -> str:
        """An interval in its unit; none is an empty text.

        >>> Words("zh").between(0.166, 0.4916, "share"), Words("en").between(None, None, "share")
        ('17–49%', '')
        """
        if low is None or high is None or math.isnan(low) or math.isnan(high):
            return ""
        if unit == "share":
            return f"{number(low)}{MISSING}{self.percent(high)}"
        to = self.sentence("to") if unit == "polarity" else MISSING
        return f"{self.written(low, unit)}{to}{self.written(high, unit)}"
