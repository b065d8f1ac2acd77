"""The words that people use for columns, sexes and ages: lists alone, for the modules that understand them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

Fact: TypeAlias = Literal["person", "session", "sex", "site"]


def _listed(*words: str) -> tuple[str, ...]:
    """Return the words of several lines."""
    return tuple(" ".join(words).split())


USUAL: Mapping[Fact, str] = {"person": "participant_id", "session": "session_id", "sex": "sex", "site": "site"}
"""The name that BIDS has for the column of each fact; it is taken without a word."""

SPELLINGS: Mapping[Fact, tuple[str, ...]] = {
    "person": _listed(
        "participantid participant participants subjectid subject subjects subjid subj subid sub sid ptid patientid",
        "patient srcsubjectid subjectkey bblid eid measurevolume measurethickness measurearea measuremean fsid id rid",
        "lhaparcthickness rhaparcthickness lhaparcarea rhaparcarea lhaparcvolume rhaparcvolume",
    ),
    "session": _listed(
        "sessionid session ses visitid visit viscode visitcode timepoint tp wave eventname redcapeventname"
    ),
    "sex": _listed(
        "sex gender sexatbirth birthsex biologicalsex sexassignedatbirth ptgender ptsex patientsex genderidentity",
        "sexgender gendersex sexid geschlecht sexo sexe genero genre sesso kjonn isfemale female ismale male",
    ),
    "site": _listed(
        "site siteid sitename sitenum sitecode sitel center centre centerid centreid centername centrename",
        "acquisitionsite scansite imagingsite mrisite studysite acquisitioncenter acquisitioncentre institution",
        "institutionname hospital scanner scannerid scannersite sitescanner scannermodel manufacturer",
        "deviceserialnumber mrideviceserialnumber machine standort zentrum",
    ),
}
"""Other usual names of these columns, in lower case without anything between the words, the plainest first."""

MALE = frozenset(
    _listed(
        "m male males man men boy boys masculine masculin männlich maennlich mann homme hombre masculino varón varon",
        "uomo maschio mand mannlig",
    )
)
FEMALE = frozenset(
    _listed(
        "f female females woman women girl girls feminine féminin feminin weiblich frau femme mujer femenino femenina",
        "donna femmina kvinde kvinne",
    )
)

AGE = frozenset(_listed("age ages alter edad âge età idade leeftijd ålder alder"))
NOT_AGE = frozenset(
    _listed(
        "group groups gap delta diff difference squared sq z zscore bin bins category cat class residual resid",
        "acceleration pad range band error",
    )
)
"""Words beside *age* that make something else of it."""
