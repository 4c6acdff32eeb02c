"""Every alternative is appraised like diazepam itself: *offer*, *caution*, *not* for this patient, or *cannot say* with the
question that would settle it. A dose is given only with *offer* and *caution*."""

import pytest

title = "Alternatives"
SHORT = {"not-for-this-patient": "not", "cannot-say": "cannot say"}


def appraised(spec, always=None):
    """The result of each alternative by the first word of its name."""

    def look(case):
        answer = ", ".join(filter(None, ((always or {}).get("answer"), case.get("answer"))))
        found = spec.appraise(case | (always or {}) | {"answer": answer}).alternatives
        assert all(bool(each.dose) <= (each.result in ("offer", "caution")) for each in found)
        return {each.name.split(" (")[0]: SHORT.get(each.result, each.result) for each in found}

    return look


@pytest.mark.verifies("P8")
def test_anti_inflammatories(spec):
    """NSAIDs by mouth: not with an ulcer, an anticoagulant, failing kidneys or heart, cirrhosis, allergy or pregnancy."""
    spec.shows(
        """
        age | sex    | problem       | medicine                    | allergy   | measured                | answer       | ibuprofen  | naproxen   | topical NSAID
        ----+--------+---------------+-----------------------------+-----------+-------------------------+--------------+------------+------------+--------------
        42  | male   | Peptic ulcer  |                             |           |                         |              | not        | not        | offer
        42  | male   |               | warfarin 3 mg once a day    |           |                         |              | not        | not        | caution
        42  | male   |               |                             |           | egfr = 25 mL/min/1.73m2 |              | not        | not        | caution
        42  | male   |               |                             |           | egfr = 45 mL/min/1.73m2 |              | caution    | caution    | offer
        42  | male   | Heart failure |                             |           |                         |              | not        | not        | offer
        42  | male   | Cirrhosis     |                             |           |                         |              | not        | not        | offer
        42  | male   | Asthma        |                             |           |                         |              | caution    | caution    | offer
        42  | male   |               |                             | ibuprofen |                         |              | not        | not        | not
        42  | male   |               | sertraline 50 mg once a day |           |                         |              | caution    | caution    | offer
        70  | male   |               |                             |           |                         |              | caution    | caution    | offer
        30  | female |               |                             |           |                         | pregnant=yes | not        | not        | caution
        30  | female |               |                             |           |                         |              | cannot say | cannot say | caution
        """,
        appraised(spec),
    )


@pytest.mark.verifies("P8")
def test_relaxants(spec):
    """Cyclobenzaprine: not in older people, heart failure or arrhythmia; with an SSRI caution. Tizanidine: never with
    ciprofloxacin or fluvoxamine, which multiply its level. Methocarbamol: not in pregnancy."""
    spec.shows(
        """
        age | sex    | problem             | medicine                         | answer               | cyclobenzaprine | tizanidine | methocarbamol
        ----+--------+---------------------+----------------------------------+----------------------+-----------------+------------+--------------
        42  | male   |                     |                                  |                      | offer           | offer      | offer
        70  | male   |                     |                                  |                      | not             | caution    | caution
        42  | male   | Heart failure       |                                  |                      | not             | caution    | offer
        42  | male   | Atrial fibrillation |                                  |                      | not             | caution    | offer
        42  | male   |                     | sertraline 50 mg once a day      |                      | caution         | offer      | offer
        42  | male   |                     | ciprofloxacin 500 mg twice a day |                      | caution         | not        | offer
        42  | male   |                     | fluvoxamine 100 mg once a day    |                      | caution         | not        | offer
        42  | male   | Cirrhosis           |                                  | liver-disease=severe | not             | not        | caution
        42  | male   | Cirrhosis           |                                  |                      | cannot say      | cannot say | caution
        30  | female |                     |                                  | pregnant=yes         | caution         | not        | not
        """,
        appraised(spec),
    )


@pytest.mark.verifies("P8")
def test_in_spasticity(spec):
    """Baclofen: not when the kidneys fail, carefully when they are weak. Dantrolene: not with cirrhosis. Botulinum toxin is
    for spasticity of one or two groups of muscles."""
    spec.shows(
        """
        problem                        | medicine                         | measured                | answer    | baclofen | tizanidine | dantrolene | botulinum toxin A
        -------------------------------+----------------------------------+-------------------------+-----------+----------+------------+------------+------------------
        Spastic hemiplegia             |                                  |                         |           | offer    | offer      | offer      | caution
        Spastic hemiplegia             |                                  | egfr = 25 mL/min/1.73m2 |           | not      | offer      | offer      | caution
        Spastic hemiplegia             |                                  | egfr = 45 mL/min/1.73m2 |           | caution  | offer      | offer      | caution
        Spastic hemiplegia + Cirrhosis |                                  |                         |           | caution  | cannot say | not        | caution
        Spastic hemiplegia             | ciprofloxacin 500 mg twice a day |                         |           | offer    | not        | offer      | caution
        Spastic hemiplegia             |                                  |                         | focal=yes | offer    | offer      | offer      | offer
        """,
        appraised(spec, {"only": "yes", "answer": "spasm=?, tone=yes, focal=no, stands-on-tone=no"}),
    )


@pytest.mark.verifies("P8", "R3")
def test_paracetamol(spec):
    """Less in frail, light or mildly liver-diseased people; not in severe liver disease. An unknown allergy list clears no
    medicine."""
    spec.shows(
        """
        weight | problem   | allergy     | answer               | without   | paracetamol
        -------+-----------+-------------+----------------------+-----------+------------
        80 kg  |           |             |                      |           | offer
        45 kg  |           |             |                      |           | caution
        80 kg  | Frailty   |             |                      |           | caution
        80 kg  | Cirrhosis |             | liver-disease=mild   |           | caution
        80 kg  | Cirrhosis |             | liver-disease=severe |           | not
        80 kg  |           | paracetamol |                      |           | not
        80 kg  |           |             |                      | allergies | cannot say
        """,
        appraised(spec),
    )
