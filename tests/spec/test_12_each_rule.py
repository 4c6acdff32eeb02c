"""Each rule, and the smallest change to the person that makes it speak. A rule that nothing can wake is a dead rule."""

from __future__ import annotations

import pytest

from tests.spec.conftest import ON, Spec, rows
from unclench.appraisal.appraise import appraise
from unclench.knowledge import knowledge
from unclench.record import read
from unclench.values import Answer

title = "Each rule and what wakes it"

USE = "diazepam-now=yes, diazepam-mg-per-day={mg}, diazepam-months={months}"

WAKES = """
    rule             | problem                       | medicine                          | answer                    | request
    -----------------+-------------------------------+-----------------------------------+---------------------------+--------
    IND-01           |                               |                                   |                           | diazepam 2 mg at night for 5 days
    IND-02           | Spastic hemiplegia            |                                   | tone=yes                  | diazepam 2 mg at night for 5 days
    IND-03           | Stiff-person syndrome         |                                   |                           | diazepam 2 mg at night for 5 days
    IND-04           | Tetanus                       |                                   |                           | diazepam 2 mg at night for 5 days
    IND-06           |                               |                                   | spasm=no                  | diazepam 2 mg at night for 5 days
    IND-07           |                               |                                   | leg-pain=yes              | diazepam 2 mg at night for 5 days
    IND-08           |                               |                                   | red-flags=yes             | diazepam 2 mg at night for 5 days
    IND-09           |                               |                                   | cramp=yes                 | diazepam 2 mg at night for 5 days
    IND-10           | Drug-induced dystonia         |                                   |                           | diazepam 2 mg at night for 5 days
    IND-11           | Stroke + Spastic hemiplegia   |                                   | tone=yes                  | diazepam 2 mg at night for 5 days
    IND-12           |                               |                                   | purpose=sleep             | diazepam 2 mg at night for 5 days
    PATH-01          |                               |                                   | tried-non-drug=not-tried  | diazepam 2 mg at night for 5 days
    PATH-02          |                               | levothyroxine 50 mcg once a day   | tried-nsaid=not-tried, tried-relaxant=not-tried | diazepam 2 mg at night for 5 days
    PATH-04          |                               |                                   | onset-days=200            | diazepam 2 mg at night for 5 days
    PATH-05          |                               |                                   |                           | diazepam 2 mg at night for 5 days
    PATH-06          |                               |                                   | pain=2, limits-function=no | diazepam 2 mg at night for 5 days
    PATH-07          | Multiple sclerosis            |                                   | tone=yes, tried-baclofen=not-tried | diazepam 2 mg at night for 5 days
    PATH-09          |                               |                                   | tone=yes, focal=yes       | diazepam 2 mg at night for 5 days
    PATH-10          |                               |                                   | tone=yes, stands-on-tone=yes | diazepam 2 mg at night for 5 days
    PATH-11          |                               |                                   | USE 6 0.3, gain=no        |
    PATH-12          |                               |                                   | earlier-course=yes        | diazepam 2 mg at night for 5 days
    PATH-13          |                               |                                   | USE 6 8                   |
    CI-03            | Myasthenia gravis             |                                   |                           | diazepam 2 mg at night for 5 days
    CI-04            | Chronic respiratory failure   |                                   |                           | diazepam 2 mg at night for 5 days
    CI-05            | Central sleep apnoea          |                                   |                           | diazepam 2 mg at night for 5 days
    CI-06            | Hepatic encephalopathy        |                                   |                           | diazepam 2 mg at night for 5 days
    CI-07            |                               |                                   | glaucoma=acute-angle-closure | diazepam 2 mg at night for 5 days
    CI-08            |                               |                                   | glaucoma=open-angle-untreated | diazepam 2 mg at night for 5 days
    CI-09            |                               |                                   | glaucoma=open-angle-treated | diazepam 2 mg at night for 5 days
    CI-10            |                               |                                   | intoxicated=yes           | diazepam 2 mg at night for 5 days
    CI-11            |                               |                                   |                           | diazepam 2 mg at night for 5 days for depression
    CI-12            |                               | sodium oxybate 3 g at night       | oxybate=?                 | diazepam 2 mg at night for 5 days
    INT-01           |                               | tramadol 50 mg twice a day        |                           | diazepam 2 mg at night for 5 days
    INT-02           | COPD                          | tramadol 50 mg twice a day        |                           | diazepam 2 mg at night for 5 days
    INT-03           |                               |                                   | drinks-alcohol=yes        | diazepam 2 mg at night for 5 days
    INT-04           |                               | zopiclone 7.5 mg at night         |                           | diazepam 2 mg at night for 5 days
    INT-05           |                               | quetiapine 25 mg at night         |                           | diazepam 2 mg at night for 5 days
    INT-05-CLOZAPINE |                               | clozapine 100 mg at night         |                           | diazepam 2 mg at night for 5 days
    INT-07           |                               | fluvoxamine 100 mg once a day     |                           | diazepam 2 mg at night for 5 days
    INT-07-MODERATE  |                               | omeprazole 20 mg once a day       |                           | diazepam 2 mg at night for 5 days
    INT-07-RITONAVIR |                               | ritonavir 100 mg once a day       |                           | diazepam 2 mg at night for 5 days
    INT-08           |                               | itraconazole 200 mg once a day    |                           | diazepam 2 mg at night for 5 days
    INT-09           |                               | rifampicin 600 mg once a day      |                           | diazepam 2 mg at night for 5 days
    INT-11           |                               |                                   | herbal=yes                | diazepam 2 mg at night for 5 days
    POP-06           | Frailty                       |                                   |                           | diazepam 2 mg at night for 5 days
    POP-10           |                               |                                   | paradoxical=yes           | diazepam 2 mg at night for 5 days
    POP-15           | Cirrhosis                     |                                   | liver-disease=mild        | diazepam 2 mg at night for 5 days
    POP-16           | Cirrhosis                     |                                   |                           | diazepam 2 mg at night for 5 days
    POP-17           | End stage renal disease       |                                   |                           | diazepam 2 mg at night for 5 days
    POP-18           | Asthma                        |                                   |                           | diazepam 2 mg at night for 5 days
    POP-19           | Obesity hypoventilation syndrome |                                |                           | diazepam 2 mg at night for 5 days
    POP-22           |                               |                                   | cyp2c19=poor              | diazepam 2 mg at night for 5 days
    POP-23           | Depression                    |                                   |                           | diazepam 2 mg at night for 5 days
    POP-24           | Schizophrenia                 |                                   |                           | diazepam 2 mg at night for 5 days
    POP-25           | Cocaine dependence            |                                   |                           | diazepam 2 mg at night for 5 days
    POP-26           | Epilepsy                      |                                   |                           | diazepam 2 mg at night for 5 days
    POP-27           | Acute intermittent porphyria  |                                   |                           | diazepam 2 mg at night for 5 days
    POP-28           | Lactose intolerance           |                                   |                           | diazepam 2 mg at night for 5 days
    POP-29           |                               |                                   | drives=yes                | diazepam 2 mg at night for 5 days
    PRE-01-BULBAR    | Motor neurone disease + Dysphagia |                               |                           | diazepam 2 mg at night for 5 days
    PRE-01           | Dysphagia                     |                                   |                           | diazepam 2 mg at night for 5 days
    PRE-02           |                               | lisinopril 10 mg once a day       |                           | diazepam 2 mg at night for 5 days
    PRE-03           |                               |                                   | procedure=yes             | diazepam 2 mg at night for 5 days
    PRE-05           | Palliative care               |                                   |                           | diazepam 2 mg at night for 5 days
    DOSE-01          |                               |                                   |                           | diazepam 2 mg at night for 5 days
    DOSE-02          |                               |                                   |                           | diazepam 20 mg at night for 5 days
    DOSE-04          |                               |                                   | tone=yes                  | diazepam 10 mg seven times a day for 5 days
    DOSE-05          |                               |                                   | tone=yes                  | diazepam 2 mg at night for 5 days
    DOSE-05-START    |                               |                                   | tone=yes                  | diazepam 5 mg three times a day for 5 days
    DOSE-06          | Frailty                       |                                   |                           | diazepam 2 mg at night for 5 days
    DOSE-07          |                               |                                   |                           | diazepam 10 mg at night for 5 days
    DOSE-08          |                               |                                   |                           | diazepam 5 mg as needed
    DOSE-09          |                               |                                   |                           | diazepam 2 mg at night for 10 days
    DOSE-11          |                               |                                   |                           | diazepam oral solution 2 mg at night for 5 days
    DOSE-12          |                               |                                   |                           | diazepam 5 mg rectal once a day for 5 days
    DEP-01           |                               |                                   |                           | diazepam 2 mg at night for 20 days
    DEP-02           |                               |                                   |                           | diazepam 2 mg at night for 40 days
    DEP-03           |                               |                                   | USE 6 2                   |
    DEP-04           |                               |                                   | USE 15 2                  |
    DEP-05           |                               |                                   | USE 5 2, diazepam-days-per-week=2 |
    DEP-06           |                               |                                   | USE 6 0.6                 |
    DEP-07           |                               |                                   | USE 6 2                   |
    DEP-08           |                               |                                   | USE 6 8                   |
    TAP-01           |                               |                                   | USE 6 8                   |
    TAP-02           |                               |                                   | USE 6 8, withdrawal-signs=yes |
    TAP-03           |                               |                                   | USE 6 8, withdrawal-seizure=yes |
    TAP-05           |                               | tramadol 50 mg twice a day        | USE 6 8                   |
    TAP-06           |                               |                                   | USE 6 8                   |
    MON-05           |                               |                                   | USE 6 8                   |
    USE-01           |                               |                                   | USE 6 0.3                 | diazepam 2 mg at night for 5 days
    AE-01            |                               |                                   | USE 6 0.3, side-effect=drowsy |
    AE-02            |                               |                                   | USE 6 0.3, side-effect=agitated |
    AE-03            |                               |                                   | USE 6 0.3, side-effect=memory |
    AE-04            |                               |                                   | USE 6 0.3, side-effect=liver-blood-skin |
    AE-05            |                               |                                   | USE 6 0.3, side-effect=fall |
    OD-01            |                               |                                   | intoxicated=yes           | diazepam 2 mg at night for 5 days
    CNS-02           |                               | tramadol 50 mg twice a day        |                           | diazepam 2 mg at night for 5 days
"""

MORE = """
    rule     | age | sex    | weight | measured                    | answer              | medicine                     | request
    ---------+-----+--------+--------+-----------------------------+---------------------+------------------------------+--------
    CI-02    | 0.3 |        | 6 kg   |                             |                     |                              | diazepam 1 mg at night for 5 days
    POP-01   | 70  |        |        |                             |                     |                              | diazepam 2 mg at night for 5 days
    POP-02   | 70  |        |        |                             | falls=yes           |                              | diazepam 2 mg at night for 5 days
    POP-03   | 70  |        |        |                             | memory=yes          |                              | diazepam 2 mg at night for 5 days
    POP-04   | 70  |        |        |                             |                     |                              | diazepam 2 mg at night for 40 days
    POP-05   | 70  |        |        | SpO2 = 85 %                 |                     |                              | diazepam 2 mg at night for 5 days
    INT-06   | 70  |        |        |                             |                     | sertraline 50 mg once a day + gabapentin 300 mg at night | diazepam 2 mg at night for 5 days
    CNS-04   | 70  |        |        |                             |                     |                              | diazepam 2 mg at night for 5 days
    MON-08   | 70  |        |        |                             | USE 6 8, falls=yes  |                              |
    POP-07   | 10  |        | 30 kg  |                             | tone=yes, focal=no  |                              | diazepam 2 mg at night for 5 days
    POP-08   | 10  |        | 30 kg  |                             | takes-opioid=yes    |                              | diazepam 2 mg at night for 5 days
    POP-09   | 3   |        | 14 kg  |                             |                     |                              | diazepam oral solution 1 mg at night for 5 days
    POP-11   | 30  | female |        |                             | pregnant=yes        |                              | diazepam 2 mg at night for 5 days
    POP-12   | 30  | female |        |                             |                     |                              | diazepam 2 mg at night for 5 days
    POP-13   | 30  | female |        |                             | pregnant=no, breastfeeding=yes |                   | diazepam 2 mg at night for 5 days
    POP-14   | 30  | female |        |                             | pregnant=no, breastfeeding=yes |                   | diazepam 2 mg once a day for 1 day
    INT-10   | 30  | female |        |                             | pregnant=no         | ethinylestradiol and levonorgestrel | diazepam 2 mg at night for 5 days
    TAP-04   | 30  | female |        |                             | USE 6 8, pregnant=yes |                            |
    CNS-03   | 30  | female |        |                             |                     |                              | diazepam 2 mg at night for 5 days
    POP-20   |     |        | 130 kg |                             |                     |                              | diazepam 2 mg at night for 5 days
    POP-21   |     |        |        | albumin = 28 g/L            |                     |                              | diazepam 2 mg at night for 5 days
"""

# Woken by records that the short form cannot hold, each by a test of its own; or by nothing at all: they hold for everyone.
ELSEWHERE = {
    "IND-05": "tests/spec/test_02_indication.py",
    "PATH-03": "tests/acceptance/consultations.yaml",
    "PATH-08": "tests/acceptance/consultations.yaml",
    "CI-01": "tests/acceptance/consultations.yaml",
    "POP-29-UK": "test_british_rules",
    "DOSE-03": "tests/spec/test_05_request_and_use.py",
    "MON-04": "tests/acceptance/consultations.yaml",
    "MON-06": "test_rules_about_levels_and_screens",
    "MON-07": "test_rules_about_levels_and_screens",
    "DQ-01": "tests/acceptance/test_samples_consult.py",
    "DQ-02": "tests/spec/test_06_record.py",
    "DQ-03": "tests/acceptance/test_samples_consult.py",
    "DQ-04": "tests/acceptance/test_samples_consult.py",
    "DQ-08": "tests/unit/test_measures.py",
    "DQ-09": "test_an_allergy_in_words",
    "DQ-10": "tests/spec/test_06_record.py",
}


def in_full(case: dict[str, str]) -> dict[str, str]:
    """`USE 6 8` is short for taking 6 mg a day for 8 months."""
    answer = case["answer"]
    if answer.startswith("USE "):
        first, _, rest = answer.partition(",")
        _, mg, months = first.split()
        answer = ",".join(part for part in (USE.format(mg=mg, months=months), rest) if part)
    return {key: value for key, value in {**case, "answer": answer}.items() if value or key == "request"}


@pytest.mark.verifies("A2", "A3", "A4", "A5", "A6", "A7")
@pytest.mark.parametrize("table", [WAKES, MORE], ids=["adult man", "other people"])
def test_each_rule_can_be_woken(spec: Spec, table: str) -> None:
    """The change in each row, and nothing more, makes the rule answer yes."""
    asleep = []
    for case in rows(table):
        found = spec.appraise(in_full(case))
        if case["rule"] not in {one.rule for one in found.findings if one.answer is Answer.YES}:
            asleep.append(case["rule"])

    assert asleep == []


@pytest.mark.verifies("A6")
def test_british_rules(spec: Spec) -> None:
    """The legal limit for driving is named in the United Kingdom alone."""
    spec(
        """
        where | answer     | rule      | answered
        ------+------------+-----------+---------
        uk    | drives=yes | POP-29-UK | yes
        """
    )


@pytest.mark.verifies("R2")
def test_an_allergy_in_words(spec: Spec) -> None:
    """An allergy without a code is read by its text, and that is said."""
    spec(
        """
        allergy    | rule  | answered
        -----------+-------+---------
        penicillin | DQ-09 | yes
        """
    )


LEVELS = """
patient: {age: 42, sex: male}
medications: ["diazepam 5 mg twice a day, since 2026-11-01"]
measurements:
  - {name: diazepam, loinc: 3548-5, value: 300 ng/mL, "on": 2026-11-15}
  - {name: benzodiazepines in urine, loinc: 3390-2, value: negative, "on": 2026-11-15}
"""


@pytest.mark.verifies("P7")
def test_rules_about_levels_and_screens() -> None:
    """A level says little about effect, and a negative screen is confirmed before anybody acts on it."""
    found = appraise(read(LEVELS.encode(), on=ON), ON)

    assert {"MON-06", "MON-07"} <= {one.rule for one in found.findings if one.answer is Answer.YES}


@pytest.mark.verifies("A2")
def test_no_rule_is_forgotten() -> None:
    """Every rule is woken here, woken elsewhere, or holds for everyone."""
    woken = {case["rule"] for table in (WAKES, MORE) for case in rows(table)} | set(ELSEWHERE)
    for_everyone = {rule.id for rule in knowledge().table("rules") if not rule.when}

    assert {rule.id for rule in knowledge().table("rules")} - woken - for_everyone == set()
