"""What stands in published tables beside numbers and levels: totals, names of what is told, marks of what is not.

A word counts where it is the whole of a cell or heading. Knows no question and no file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, TypeAlias

from remembrain.cohort.tsv import MISSING

Measure: TypeAlias = Literal[
    "count", "of", "percent", "share", "mean", "sd", "quantile", "q5", "q10", "q25", "q50", "q75", "q90", "q95",
    "contrast", "p", "value",
]  # fmt: skip
"""What a number says: people, people it is of, a percentage, a share, a mean, a standard deviation, a quantile (of a
level that its file says, or of this), a contrast of two groups, the p-value of a test; ``value`` where that is not
said."""

QUANTILES: Mapping[Measure, float] = {
    "q5": 0.05, "q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9, "q95": 0.95,
}  # fmt: skip
NUMBERS: tuple[Measure, ...] = ("mean", "sd", "quantile", *QUANTILES, "contrast")
"""What is told of people's numbers, and not of how many they are."""


def _listed(words: str) -> frozenset[str]:
    """Return words that are parted by bars."""
    return frozenset(words.split("|"))


MEASURES: Mapping[Measure, frozenset[str]] = {
    "count": _listed(
        "n|count|counts|number|numbers|num|freq|frequency|frequencies|people|persons|person|respondents|"
        "participants|number of people|number of persons|number of respondents|number of participants|"
        "unweighted n|unweighted count|weighted n|weighted count|n unweighted|n weighted|observations|obs|anzahl|"
        "personen|haufigkeit|häufigkeit|effectif|effectifs|nombre|antal|antall|aantal|numero|número|ps|"
        "pure numb|nb|pers|cases|number of cases|anzahl personen|anzahl der personen|aantal personen|antal personer|"
        "nombre de personnes|número de personas|numero di persone"
    ),
    "of": _listed("of|base|base n|n base|total n|n total|denominator|n of|out of|unweighted base|answered|valid n"),
    "percent": _listed(
        "%|percent|percents|pct|percentage|percentages|per cent|pc|pt|prozent|pourcentage|procent|prosent|"
        "porcentaje|col %|column %|row %|total %|cell %|valid %|valid percent|column percent|row percent|"
        "weighted %|weighted percent|% of people|% of respondents|percent of people|anteil %|anteil in %|in %"
    ),
    "share": _listed(
        "share|shares|proportion|proportions|prop|fraction|fractions|anteil|part|andel|aandeel|probability"
    ),
    "mean": _listed(
        "mean|means|average|averages|avg|mean value|mittelwert|durchschnitt|moyenne|medel|gjennomsnitt|"
        "gemiddelde|media|weighted mean"
    ),
    "sd": _listed(
        "sd|sds|s d|std|stdev|st dev|std dev|std deviation|standard deviation|standard deviations|"
        "standardabweichung|écart type|standardavvikelse|standardavvik|standaarddeviatie|"
        "desviación estándar|deviazione standard"
    ),
    "contrast": _listed(
        "contrast|contrasts|d|cohen s d|cohens d|cohen d|effect size|effect sizes|hedges g|smd|"
        "standardised mean difference|standardized mean difference|t value|t statistic|t score|z value|z statistic|"
        "z score"
    ),
    "quantile": _listed("quantile|quantiles|percentile|percentiles"),
    "q50": _listed("median|medians|med|mdn|median value|zentralwert|médiane|mediane|mediaan|mediana|second quartile"),
    "q25": _listed("lower quartile|first quartile|1st quartile|unteres quartil|premier quartile"),
    "q75": _listed("upper quartile|third quartile|3rd quartile|oberes quartil|troisième quartile"),
    "p": _listed("p|p value|p values|pvalue|pvalues|p val|sig|significance|p wert|valeur p|valor p"),
    "value": _listed("v4 0|v4 1|v4 2|v4 3|value|values|obs value|wert|valeur|estimate|estimates|figure|result|data"),
}
_PERCENTILES = {
    said: measure
    for measure, level in QUANTILES.items()
    for said in (f"{100 * level:g}th percentile", f"{100 * level:g} percentile", f"percentile {100 * level:g}")
}
_MEASURE_OF = {word: measure for measure, words in MEASURES.items() for word in words} | _PERCENTILES

_TOTALS = _listed(
    "total|totals|grand total|sub total|all|overall|sum|tot|t|all people|all persons|all respondents|"
    "all participants|all levels|all ages|all groups|all categories|everyone|everybody|whole|whole group|both|"
    "both sexes|insgesamt|gesamt|alle|summe|ensemble|tous|totaal|totalt|i alt|yhteensä|totale|the whole|"
    "entire sample|whole sample|full sample|complete sample"
)
_NO_ANSWER = _listed(
    "missing|n missing|n miss|number missing|no answer|not answered|not stated|unknown|no response|non response|"
    "nonresponse|refused|"
    "refusal|don t know|dont know|not known|n a|na|nan|not available|no data|keine angabe|unbekannt|"
    "non réponse|inconnu|invalid|item nonresponse|prefer not to say|not reported|unspecified"
)
VARIABLE = _listed(
    "variable|variables|question|questions|item|items|characteristic|characteristics|indicator|"
    "column|name|frage|merkmal|table|topic|variable name|field|subject"
)
LEVEL = _listed(
    "level|levels|category|categories|answer|answers|response|responses|option|value label|label|"
    "kategorie|antwort|code|breakdown|group|modality"
)
STATISTIC = _listed(
    "measure|measures|statistic|statistics|stat|stats|unit|units|unit measure|unit of measure|contents|contentscode|"
    "content|metric|type|indicator|data item|kennzahl|observation|tabelltyp|information"
)
ATTRIBUTES = _listed(
    "obs status|conf status|status|flag|flags|note|notes|comment|comments|footnote|footnotes|decimals|unit mult|"
    "obs flag|data marking|comment obs|obs conf|pre break value|dataflow|structure|structure id|structure name|action|"
    "last update|symbol|quality"
)

_STATUS = re.compile(
    r"|".join(
        (
            r"\.{1,3}|…|-{1,2}|–|—|:|[*#/]{1,3}|†",
            r"[:.]?\s?[cpsuwxzd]|n\.?[apr]\.?|n\.?d\.?|low|supp(?:r|ressed)?|confidential|withheld|hidden|secret",
            r"not (?:shown|available|applicable|published|disclosed)|masked",
            r"(?:[<≤]=?|less than|fewer than|under|below)\s?[0-9]{1,3}",
            r"(?:p\s?)?[<>≤≥]=?\s?[01]?[.,][0-9]{1,6}",
            r"[0-9]{1,2}\s?(?:-|–|to)\s?[0-9]{1,3}",
        )
    )
)
_FLAGGED = re.compile(
    r"(?P<number>.*[0-9]%?)(?:\s*[*†‡§¹²³⁴⁵⁶⁷⁸⁹]+|\s*[\[(](?:[a-z]|[1-9])[\])]|\s+[bdefnprsu]{1,2})", re.I
)


@lru_cache(2**16)
def form(text: str) -> str:
    """Return a text as names are compared: small letters, digits and % with blanks between words."""
    apart = re.sub(r"[^\w%]|_", " ", text.casefold().replace("%", " % "))
    return " ".join(apart.split())


def measure_of(text: str) -> Measure | None:
    """Return what a heading says of the numbers below it, if that is all it says."""
    return _MEASURE_OF.get(form(text)) or _MEASURE_OF.get(form(re.sub(r"[(\[].*[)\]]\s*$", "", text)))


def measure_beside(text: str) -> tuple[Measure, str] | None:
    """Return what a heading says of numbers, and what else it says: ``male (%)`` is percent, and male."""
    words = form(text).split()
    for size in (3, 2, 1):
        for measured, rest in ((words[-size:], words[:-size]), (words[:size], words[size:])):
            measure = _MEASURE_OF.get(" ".join(measured))
            if measure and rest:
                of_mean = rest[1:] if measure in NUMBERS and rest[0] == "of" else rest
                return measure, " ".join(of_mean)
    return None


def measures_in(text: str) -> set[Measure]:
    """Return what the words of a title say of the numbers; no single letter counts."""
    words = form(text).split()
    said = {word: _MEASURE_OF.get(word) for word in words if len(word) > 2 or word == "%"}
    return {measure for measure in said.values() if measure in ("count", "percent", "share", *NUMBERS)}


def is_total(text: str) -> bool:
    """Tell whether a level is that of everybody."""
    return form(text) in _TOTALS


def is_no_answer(text: str) -> bool:
    """Tell whether a level is that of people who gave no answer."""
    return form(text) in _NO_ANSWER


def status_of(text: str) -> str | None:
    """Return the mark that stands in place of a number, ``""`` for nothing, None where it is no mark."""
    plain = text.strip().lower()
    if plain in MISSING:
        return plain
    inner = plain[1:-1].strip() if plain[:1] + plain[-1:] in ("[]", "()") and len(plain) > 2 else plain
    return plain if _STATUS.fullmatch(inner) else None


def without_flag(text: str) -> str:
    """Return a number without the mark of a footnote or of its quality behind it: 12*, 12 [u], 12.3 b."""
    flagged = _FLAGGED.fullmatch(text.strip())
    return flagged["number"].strip() if flagged is not None else text
