"""Every third-party sample reads, or is refused with a reason that is right. Skips where the samples are absent."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from unclench.record import read
from unclench.record.codes import RxNorm
from unclench.record.patient import Patient, Status
from unclench.values import RecordError

SAMPLES = Path(__file__).parents[2] / ".." / "shared" / "samples"
ON = date(2026, 11, 22)
DIAZEPAM = {RxNorm(code) for code in ("563026", "197589", "197590", "197591")}
DECEASED = ("Ernie_Rosenbaum", "Lyle_Baumbach", "Gilberto_Orosco", "Beatrice_Aufderhar")
WITHOUT_PATIENT = ("1685497", "1272431", "1627321")

pytestmark = [
    pytest.mark.skipif(not SAMPLES.is_dir(), reason="third-party samples are not beside this checkout"),
    pytest.mark.verifies("R1"),
]


def files(folder: str) -> list[Path]:
    return sorted(path for path in (SAMPLES / folder).glob("*.json*") if path.is_file()) if SAMPLES.is_dir() else []


def cases(folder: str) -> list[Path]:
    return sorted(path for path in (SAMPLES / folder / "cases").iterdir() if path.is_dir()) if SAMPLES.is_dir() else []


def refusal(source: Path) -> RecordError:
    with pytest.raises(RecordError) as caught:
        read(source, on=ON)
    assert str(source) in caught.value.where
    return caught.value


@pytest.mark.parametrize("file", [*files("synthea-r4"), *files("pathling-r4")], ids=lambda file: file.name[:25])
def test_synthetic_bundles_read(file: Path) -> None:
    found = read(file, on=ON)
    assert found.birth is not None
    assert found.sex is not None
    assert found.conditions or file.name.startswith("Luigi_Wiegand")  # the one record without a problem list
    assert found.observations
    assert found.deceased == file.name.startswith(DECEASED)
    assert not [one for one in found.noticed if one.kind in ("unreadable", "not-for-patient", "future")]


def test_the_diazepam_orders_are_there() -> None:
    found: dict[str, list[Status]] = {}
    for file in files("synthea-r4"):
        orders = [m.status for m in read(file, on=ON).medications if RxNorm("563026") in m.codes]
        if orders:
            found[file.name.split("_")[0]] = orders
    assert len(found) == 5
    assert any(Status.ACTIVE in orders for orders in found.values())


@pytest.mark.verifies("R4")
def test_orders_that_outlive_the_patient_are_noticed() -> None:
    notices = [
        one
        for file in files("synthea-r4")
        for one in read(file, on=ON).noticed
        if one.kind == "contradiction" and "after death" in one.text
    ]
    assert len(notices) == 13


@pytest.mark.parametrize("file", files("smart-r4"), ids=lambda file: file.name)
def test_bundles_without_a_patient_are_refused_by_name(file: Path) -> None:
    if ".01." not in file.name and any(name in file.name for name in WITHOUT_PATIENT):
        error = refusal(file)
        assert "no Patient" in error.found
        assert "together" in error.fix
    else:
        assert read(file, on=ON).sex == "male" or "1213208" in file.name


@pytest.mark.parametrize("number", WITHOUT_PATIENT)
def test_a_record_in_two_files(number: str) -> None:
    pair = tuple(SAMPLES / "smart-r4" / f"patient-{number}.fhir-bundle{part}.json" for part in ("", ".01"))
    found = read(pair, on=ON)
    assert found.conditions
    assert found.allergies
    assert len(found.observations) > 100


def test_dispenses_are_the_evidence_of_use() -> None:
    found = read(SAMPLES / "smart-r4" / "patient-1137192.fhir-bundle.json", on=ON)
    (diazepam,) = (m for m in found.medications if DIAZEPAM & set(m.codes))
    assert diazepam.status is Status.ACTIVE
    assert diazepam.last_seen is not None
    assert diazepam.last_seen.last == date(2013, 1, 5)
    assert diazepam.dosage is not None
    assert (diazepam.dosage.mg_per_dose, diazepam.dosage.doses_per_day, diazepam.dosage.as_needed) == (10, 2, True)
    assert (diazepam.days_supply, diazepam.strength_mg) == (6, 10)
    pair = tuple(SAMPLES / "smart-r4" / f"patient-1685497.fhir-bundle{part}.json" for part in ("", ".01"))
    assert all(one.kind == "order" for one in read(pair, on=ON).medications)


def test_no_known_allergy_is_not_an_allergy() -> None:
    found = [read(file, on=ON) for file in files("smart-r4") if "1213208" in file.name]
    assert [one.is_none_known for one in found[0].allergies] == [True]


@pytest.mark.parametrize("file", files("smart-stu3"), ids=lambda file: file.name)
def test_stu3_is_refused(file: Path) -> None:
    assert "not FHIR R4" in refusal(file).found


@pytest.mark.parametrize("file", files("cds-requests"), ids=lambda file: file.name)
def test_bodies_of_cds_hooks_are_refused(file: Path) -> None:
    assert "CDS Hooks" in refusal(file).found


def test_a_bulk_export() -> None:
    error = refusal(SAMPLES / "bulk-r4")
    assert "13 patients" in error.found
    assert "--patient" in error.fix
    found = read(SAMPLES / "bulk-r4", on=ON, patient_id="3af3708d-41f1-cd80-f3dd-ec5ac76072bf")
    assert found.deceased
    assert found.source == "NDJSON folder"
    (diazepam,) = (m for m in found.medications if DIAZEPAM & set(m.codes))
    assert diazepam.reasons
    assert diazepam.dosage is None


def _check_case(found: Patient) -> None:
    assert found.birth is not None
    assert not [one for one in found.noticed if one.kind in ("unreadable", "not-for-patient")]


@pytest.mark.parametrize("folder", [*cases("cms156"), *cases("cms506")], ids=lambda folder: folder.name[:8])
def test_folders_of_single_resources(folder: Path) -> None:
    _check_case(read(folder, on=ON))


def test_nothing_of_the_samples_is_left_out() -> None:
    """A new folder of samples must get a test here."""
    known = {
        "synthea-r4",
        "pathling-r4",
        "smart-r4",
        "smart-stu3",
        "cds-requests",
        "bulk-r4",
        "cms156",
        "cms506",
        "LICENSES",
    }
    assert {path.name for path in SAMPLES.iterdir() if path.is_dir()} == known
