"""One class per kind of fact. The columns of a data file are the fields of its class: an unknown column is an error.

They are msgspec structs and not dataclasses: thousands of rows are made at every start, and a frozen dataclass takes
ten times as long to make. Empty cells are None for numbers and "" for text. Tuples have "; " between the parts.
"""

from __future__ import annotations

from msgspec import Struct

from unclench.values import Effect, Severity, Standing


class Source(Struct, frozen=True):
    """Where facts were read. `read_as` says: publisher | abstract | unofficial copy | secondary | project."""

    id: str
    title: str
    publisher: str
    year: str
    address: str
    read_as: str


class Rule(Struct, frozen=True):
    """One rule. All questions in `when` must hold; each is given `of` and `limit` of the row.

    `effect` holds in general; `effect_spasticity` replaces it where spasticity is treated (empty: the same).
    `cause` groups findings that have one reason, so that they are shown as one.
    The last columns are what the rule does to a regimen when it fires; empty: nothing.
    """

    id: str
    stage: str  # indication pathway contraindication interaction population precaution dosing dependence taper
    # monitoring counselling alternative overdose adverse quality data
    title: str
    when: tuple[str, ...]
    of: str
    limit: float | None
    severity: Severity
    effect: Effect
    effect_spasticity: str
    cause: str
    say: str
    because: str
    source: str
    locator: str
    standing: Standing
    jurisdiction: str  # "" both, us, uk
    start_mg: float | None
    dose_max_mg: float | None
    day_max_mg: float | None
    days_max: int | None
    times_max: int | None
    refills_max: int | None
    review_day: int | None


class OmittedRule(Struct, frozen=True):
    id: str
    reason: str


class Question(Struct, frozen=True):
    """Something no record holds, or this record lacks. `allowed`: "yes; no", choices, or "" for a number or date."""

    id: str
    area: str  # indication tried risk drink drive other-medicines body safety use
    ask: str
    why: str
    kind: str  # yes-no | choice | number | date
    allowed: tuple[str, ...]
    low: float | None
    high: float | None
    unit: str
    priority: int  # 1 first


class Limit(Struct, frozen=True):
    """A number that a question or a plan compares with."""

    id: str
    value: float
    unit: str
    what: str
    source: str
    locator: str
    standing: Standing


class VerdictRow(Struct, frozen=True):
    """The table of verdicts, as data: the first row that holds decides."""

    order: int
    holds: str
    verdict: str
    regimen: str


class CodeRow(Struct, frozen=True):
    """A code that belongs to a concept group. `match` is exact or prefix (ICD-10-CM and ATC only)."""

    group: str
    system: str  # rxnorm atc snomed icd10cm loinc
    code: str
    match: str
    display: str
    source: str
    standing: Standing


class RemovedCode(Struct, frozen=True):
    """A code that a published set holds and this project left out, with the reason."""

    group: str
    system: str
    code: str
    display: str
    value_set: str
    reason: str


class Term(Struct, frozen=True):
    """Words that place an entry without a known code in a group. `group` "nothing" = understood, bears on no rule.

    `kind`: condition | medicine | allergy | procedure. `match`: word (whole words, case ignored) | stem (start
    of a word) | phrase. `not_if`: words which, when present, cancel the match.
    """

    kind: str
    group: str
    words: str
    match: str
    not_if: tuple[str, ...]
    standing: Standing


class Drug(Struct, frozen=True):
    """An ingredient that matters (or is known not to). `tags` name classes: opioid, benzodiazepine, ssri, nsaid..."""

    id: str  # lower-case generic name, "st johns wort"
    name: str
    rxnorm: str
    atc: str
    names: tuple[str, ...]  # further names, brands, other spellings
    tags: tuple[str, ...]
    source: str
    standing: Standing


class DrugConcept(Struct, frozen=True):
    """A SNOMED CT code of a substance or medicinal product, for records that name medicines by it alone."""

    code: str
    drugs: tuple[str, ...]
    display: str
    source: str


class DrugProduct(Struct, frozen=True):
    """A product code and its ingredients, for records whose codes name products and whose text may be missing."""

    rxnorm: str
    drugs: tuple[str, ...]
    display: str
    source: str


class Measure(Struct, frozen=True):
    """A laboratory value, vital sign or score: its codes, unit of use, and what is plausible."""

    id: str
    name: str
    loinc: tuple[str, ...]
    names: tuple[str, ...]
    unit: str  # UCUM
    molar_mass_g_per_mol: float | None
    plausible_low: float
    plausible_high: float
    keep_days: int | None  # older than this is too old to use; empty: any age
    source: str
    standing: Standing


class Parameter(Struct, frozen=True):
    """A number of the model. `log_sd`: between people. `low`, `high`: range of the value itself.

    With a `scale` (log, logit or plain) the range is a 90 % interval of what studies leave unsure, normal on that
    scale, and simulations draw from it. Without one, the range is something else, which `what` says.
    """

    id: str
    value: float
    unit: str
    log_sd: float | None
    low: float | None
    high: float | None
    scale: str
    grade: str
    what: str
    source: str
    locator: str
    standing: Standing


class ParameterCorrelation(Struct, frozen=True):
    """How two estimates hang together, on their scales: both came out of one fit."""

    id: str
    first: str
    second: str
    correlation: float
    source: str
    standing: Standing


class Ratio(Struct, frozen=True):
    """A measured ratio of exposure (with / without), from people."""

    id: str
    victim: str
    perpetrator: str  # drug id
    dose: str
    dose_low_mg_per_day: float | None
    dose_high_mg_per_day: float | None
    n: int | None
    people: str
    phenotype: str  # "" | NM | PM
    auc_ratio: float | None
    half_life_ratio: float | None
    nordazepam_auc_ratio: float | None
    use: str  # use | show | exclude
    note: str
    source: str
    standing: Standing


class Perpetrator(Struct, frozen=True):
    """How strongly a drug blocks (positive) or induces (negative) the two enzymes, and how fast."""

    id: str
    drug: str
    dose: str
    dose_low_mg_per_day: float | None
    dose_high_mg_per_day: float | None
    ir_cyp3a4: float | None
    ir_cyp2c19: float | None
    offset_half_life_h: float | None
    note: str
    source: str
    standing: Standing


class CombinedEffect(Struct, frozen=True):
    """What a medicine does together with diazepam to effect (not exposure)."""

    id: str
    drug: str  # drug id, or ""
    tag: str  # drug tag, or ""
    title: str
    mechanism: str
    effect: str
    severity: str  # contraindicated | major | moderate | minor
    do: str
    evidence: str
    source: str
    standing: Standing


class Product(Struct, frozen=True):
    """What can be dispensed."""

    id: str
    name: str
    form: str  # tablet | solution | concentrate
    strength_mg: float  # per tablet, or per mL
    scored: str  # yes | no | unknown
    jurisdiction: str
    rxnorm: str
    note: str
    source: str
    standing: Standing


class Alternative(Struct, frozen=True):
    """Another way to treat. `uses`: the indications it may serve. `dose` is shown only with an offer or caution."""

    id: str
    rule: str
    name: str
    kind: str  # drug | non-drug | procedure
    drug: str
    uses: tuple[str, ...]
    step: int
    evidence: str
    strength: str  # high | moderate | low | very low | none | expert
    dose: str
    say: str
    source: str
    locator: str
    standing: Standing


class AlternativeCheck(Struct, frozen=True):
    """Why an alternative may not suit this patient. Same grammar as a rule: questions in `when`, `of`, `limit`."""

    id: str
    alternative: str
    when: tuple[str, ...]
    of: str
    limit: float | None
    result: str  # not-for-this-patient | caution
    say: str
    source: str
    locator: str
    standing: Standing


class Advice(Struct, frozen=True):
    """A sentence for the patient. `when` as in a rule; empty: everyone who is offered diazepam."""

    id: str
    topic: str  # how-to-take missed-dose expect serious help driving alcohol other-medicines storage stopping
    # prevention sleep self-care pregnancy carer
    when: tuple[str, ...]
    of: str
    limit: float | None
    even_without_diazepam: str  # yes | no
    say: str
    rate: str  # "12 of 57 people on diazepam and 8 of 55 on placebo", or ""
    source: str
    locator: str
    standing: Standing


class Claim(Struct, frozen=True):
    """A statement of the founding documents, and what keeps it."""

    id: str
    says: str
    judged: str  # agrees | refines | contradicts
    better: str
    kept_by: tuple[str, ...]  # ids of rules, parameters, advice, alternatives, or "refused: ..."
    source: str
    standing: Standing


class Statement(Struct, frozen=True):
    """A sentence that outputs show as it is: limits of the tool, warnings at the head."""

    id: str
    text: str
    where: str
    source: str
    standing: Standing


class Softening(Struct, frozen=True):
    """A rule that lowers a concern: when its question says yes, `rule` has `effect` instead of its own."""

    id: str
    rule: str
    when: tuple[str, ...]
    of: str
    limit: float | None
    effect: Effect
    because: str
    source: str
    locator: str
    standing: Standing
