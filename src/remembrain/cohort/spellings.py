"""The words that people use for columns, sexes and ages: lists alone, for the modules that understand them."""

from __future__ import annotations

import re
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
        "lhaparcthickness rhaparcthickness lhaparcarea rhaparcarea lhaparcvolume rhaparcvolume recordid ixiid proband",
        "measurestd measuremin measuremax measurenvoxels measuresnr probandid sujet names name",
    ),
    "session": _listed(
        "sessionid session visitid visit viscode visitcode timepoint tp wave eventname redcapeventname ses"
    ),
    "sex": _listed(
        "sex gender sexatbirth birthsex biologicalsex sexassignedatbirth ptgender ptsex patientsex genderidentity",
        "sexgender gendersex sexid geschlecht sexo sexe genero genre sesso kjonn isfemale female ismale male mf",
        "riagendr 3100 f3100 p31 participantp31",
    ),
    "site": _listed(
        "site siteid siteidl sitename sitenum sitecode sitel center centre centerid centreid centername centrename",
        "acquisitionsite scansite imagingsite mrisite studysite acquisitioncenter acquisitioncentre institution",
        "institutionname hospital scanner scannerid scannersite sitescanner scannermodel manufacturer",
        "deviceserialnumber mrideviceserialnumber machine standort zentrum",
        "5420 f5420 p54i2 participantp54i2",
    ),
}
"""Other usual names of these columns, in lower case without anything between the words, the plainest first.

Those of numbers are fields of the UK Biobank (31-0.0, f.54.2.0, p31).
"""

ANSWERS = frozenset(_listed("yes no y n true false ja nein oui non sí si refused never always"))
"""Levels of an answer to a question, and of no sex or site."""

FACT_WORDS: Mapping[Fact, frozenset[str]] = {
    "sex": frozenset(_listed("sex gender geschlecht")),
    "site": frozenset(_listed("site scanner center centre hospital manufacturer deviceserialnumber")),
}
"""Words that speak of a fact in a name that is none of these."""

ATLAS_TABLE = re.compile(
    r"[lr]h(?:aparc(?:dktatlas(?:40)?|a200[59]s)?(?:pial)?|ba(?:exvivo)?(?:thresh)?)"
    r"(?:thickness|thicknessstd|area|volume|meancurv|gauscurv|foldind|curvind)"
)
"""What FreeSurfer's aparcstats2table writes over the column of people, for its own atlases, however it was renamed.

Each is written out: lh_bankssts_thickness and lh_BA1_exvivo_area are regions of them.
"""

ANY_ATLAS_TABLE = re.compile(
    r"[lr]h\.(?:.+\.)?(?:thickness|thicknessstd|area|volume|meancurv|gauscurv|foldind|curvind)", re.IGNORECASE
)
"""The same as it writes it over the first column for any atlas."""

VISITS = _listed(
    "session ses visit vis timepoint tp time wave rescan scan retest test repeat rep run mri mr baseline bl followup",
    "follow up fu pre post months month mo years year yr weeks week wk days day arm screening screen initial init",
    "event exam first second third before after acq",
)
VISITS_IN_A_LETTER = ("v", "t", "w", "m", "y", "d")
"""What stands behind names for the time of a visit."""

MALE = frozenset(
    _listed(
        "m male males man men boy boys masculine masculin männlich maennlich mann homme hombre masculino varón varon",
        "uomo maschio mand mannlig männer maenner hommes hombres varones homens uomini maschi mannen män menn",
        "mænd miehet",
    )
)
FEMALE = frozenset(
    _listed(
        "f female females woman women girl girls feminine féminin feminin weiblich frau femme mujer femenino femenina",
        "donna femmina kvinde kvinne kvinna vrouw frauen femmes mujeres mulheres mulher donne femmine vrouwen kvinnor",
        "kvinner kvinder naiset",
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

AGE_GROUPS = frozenset(
    _listed("group groups grp bin bins category categories cat class band bracket range decade tertile")
)
AGE_GROUPS_JOINED = frozenset(
    _listed("agegroup agegroups agegrp agebin agecat agecategory ageclass ageband agebracket agerange altersgruppe")
)
"""Words that make groups of ages."""

MISSING_NUMBER = frozenset(
    _listed(
        ". - -- --- – — ? #n/a #na #n/d n.a. n.a na. nil #div/0! #value! #ref! #name? #num! #null! missing unknown",
        "\\n -nan nan(ind) -nan(ind) 1.#ind -1.#ind 1.#qnan -1.#qnan #fehler #nv #wert! #bezug! n/v k.a. k.a",
    )
) | {"not available", "not applicable", "no data"}
"""What says that nothing is known where numbers are expected, beside what says so everywhere."""

MISSING_LEVEL = frozenset(_listed(". ? #n/a #na #div/0! #value! #ref! #name? #num! #null!"))
"""The same where words are expected."""

SUMMARY_ROWS = frozenset(
    _listed("mean average median total sum sd std stdev min max count n se variance mittelwert summe")
)
"""Names of rows that sum up others."""

IDENTIFIERS = frozenset(
    _listed(
        "id ids rid uid guid uuid ptid pid sid mrn eid iid fid seqn subjid subid patid participantid subjectid",
        "patientid imageuid loniuid identifier barcode accession serial index idx rownames rowname rownum rownumber",
    )
)
"""A column whose name ends in one of these words measures nothing."""

BESIDE_IDENTIFIERS = IDENTIFIERS | frozenset(
    _listed(
        "subject subj sub participant patient person proband case scan session visit study image record series file",
        "family mother father mri exam row line order number num nr no code key src",
    )
)
"""A column named by these words alone measures nothing, if it is different for many."""

TIMES = frozenset(_listed("timestamp time datetime date epoch unixtime unix posix created modified uploaded acquired"))
"""A column named by one of these words that goes with the rows is a time and no measure."""

RELATIVES = frozenset(
    _listed(
        "twin sibling sib mother father mum dad parent family fam pair partner spouse match matched control proband"
    )
)
"""A column whose name has one of these words names somebody else."""

MEASURES = frozenset(
    _listed(
        "vol volume volumes area areas thickness icv etiv tiv mm mm2 mm3 cm3 ml voxels voxel vertices numvert",
        "count counts intensity weight height hippocampus cortex amygdala thalamus ventricle ventricles gm wm csf",
        "gmv wmv wmh",
    )
)
"""A column whose name has one of these words measures something, even where no two people have the same."""

PREDICTIONS = frozenset(
    _listed(
        "pred preds predicted prediction predictions predict yhat ypred ytrue yhats fitted bag brainage brainpad pad",
        "brainages brainagegap brainagedelta brainagegaps agegap agedelta agediff residual residuals resid",
    )
)
PREDICTIONS_ALONE = frozenset(_listed("delta gap error mae output logit loss estimate estimated"))
PREDICTIONS_TOGETHER = tuple(
    frozenset(pair.split("+"))
    for pair in _listed(
        "brain+age age+gap age+delta age+error estimated+age age+diff age+difference y+hat y+true abs+error",
        "absolute+error squared+error model+output model+error age+corrected ground+truth age+acceleration",
    )
)
"""Words for the predictions of a model and what is computed of them."""

MEMBERSHIP = frozenset(
    _listed(
        "train training trained trainset member members membership ismember nonmember split splits partition set",
        "subset holdout heldout insample outofsample test testing testset validation intrain istrain intraining seen",
    )
)
BESIDE_MEMBERSHIP = MEMBERSHIP | frozenset(
    _listed("was is in used for on of the by model ml dl data brain age brainage id group flag")
)
"""Words for who was trained on, and those that stand beside them."""

SETS = frozenset(
    _listed(
        "train training trainset train_set tr trn test testing testset test_set tst val valid validation validate dev",
        "holdout hold-out heldout held-out member nonmember non-member members nonmembers non-members discovery",
        "replication calibration insample in-sample out-of-sample unseen seen",
    )
)
"""Levels of a column that says who was trained on."""

FOLDS = frozenset(_listed("fold folds foldid cvfold cv kfold outerfold innerfold"))
"""Words for the folds of a cross-validation."""

ROLE_WORDS: Mapping[str, tuple[str, ...]] = {
    "member": _listed(
        "member members train training trained trainset trainingset trainingdata traindata tr trn insample seen in"
    ),
    "nonmember": _listed(
        "nonmember nonmembers test testing tested testset testingset testdata tst te holdout heldout holdoutset",
        "heldoutset outofsample unseen untrained nottrained eval evaluation external externaltest out",
    ),
    "validation": _listed("validation val valid validate dev devset valset validationset tuning"),
    "population": ("population",),
    "canary": ("canary", "canaries"),
    "unused": _listed("unused none excluded"),
}
"""Words for roles in a split, in lower case without anything between; the roles are their own words."""

YES = frozenset(_listed("1 true yes y t 1.0 known ja oui si sí"))
NO = frozenset(_listed("0 false no n f 0.0 unknown nein non"))

SAYS_MEMBER = frozenset(
    _listed("train training trained trainset trainingset member members membership ismember insample seen intrain")
    + _listed("istrain intraining istraining")
)
SAYS_NONMEMBER = frozenset(
    _listed("test testing tested testset holdout heldout hold held nonmember nonmembers outofsample unseen not non out")
    + _listed("validation val untrained without left never")
)
TURNING = frozenset(_listed("not non out left never without"))
"""Those of them that only turn around what another word says."""
SAYS_MEANT = frozenset(_listed("included include includes inclusion incl keep kept select selected usable eligible"))
SAYS_LEFT_OUT = frozenset(_listed("excluded exclude exclusion excl drop dropped removed unusable"))
MAY_SAY_WHO = (
    frozenset(_listed("in role roles split splits partition set subset group groups grp assignment usage use used"))
    | MEMBERSHIP
    | FOLDS
)
"""Words in the name of a column that says who of a list is meant, or may say it."""
