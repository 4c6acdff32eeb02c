"""Which row of the knowledge base is which number of the model. Every reading checks the unit and is remembered."""

from __future__ import annotations

from dataclasses import dataclass

from unclench.knowledge.load import Knowledge
from unclench.models.covariates import Number, Reference
from unclench.models.paediatric import ChildReference
from unclench.models.population import Formation, MolarMasses
from unclench.simulation.sample import Sample
from unclench.values import KnowledgeError

REFERENCE = {
    "cl_l_per_h": ("PK-CL-DIAZEPAM", "L/h"),
    "v1_l": ("PK-V1-DIAZEPAM", "L"),
    "q2_l_per_h": ("PK-Q2-DIAZEPAM", "L/h"),
    "v2_l": ("PK-V2-DIAZEPAM", "L"),
    "q3_l_per_h": ("PK-Q3-DIAZEPAM", "L/h"),
    "v3_l": ("PK-V3-DIAZEPAM", "L"),
    "cln_l_per_h": ("PK-CL-NORDAZEPAM", "L/h"),
    "vn_l": ("PK-V-NORDAZEPAM", "L"),
    "clt_l_per_h": ("PK-CL-TEMAZEPAM", "L/h"),
    "vt_l": ("PK-V-TEMAZEPAM", "L"),
    "clo_l_per_h": ("PK-CL-OXAZEPAM", "L/h"),
    "vo_l": ("PK-V-OXAZEPAM", "L"),
    "weight_kg": ("PK-REF-WEIGHT", "kg"),
    "age_y": ("PK-REF-AGE", "a"),
    "albumin_g_per_l": ("PK-REF-ALBUMIN", "g/L"),
    "ibw_man_kg": ("PK-IBW-MAN", "kg"),
    "ibw_woman_kg": ("PK-IBW-WOMAN", "kg"),
    "ibw_kg_per_cm": ("PK-IBW-SLOPE", "kg/cm"),
    "ibw_base_cm": ("PK-IBW-BASE-HEIGHT", "cm"),
    "ibw_floor_kg": ("PK-IBW-FLOOR", "kg"),
    "size_cap": ("PK-SIZE-CAP", "ratio"),
    "size_exponent": ("PK-SIZE-EXPONENT", "1"),
    "age_cl_exponent": ("PK-AGE-CL", "1"),
    "age_v_exponent": ("PK-AGE-V", "1"),
    "sex_cl": ("PK-SEX-CL", "ratio"),
    "sex_v": ("PK-SEX-V", "ratio"),
    "sex_clt": ("PK-SEX-CLT", "ratio"),
    "fat_v3": ("PK-FAT-V3", "ratio"),
    "fat_vn": ("PK-FAT-VN", "ratio"),
    "cirrhosis_v": ("PK-CIRRHOSIS-V", "ratio"),
    "cirrhosis_cln": ("PK-CIRRHOSIS-CLN", "ratio"),
    "fu": ("PK-FU-DIAZEPAM", "1"),
    "fun_ratio": ("PK-FU-NORDAZEPAM-RATIO", "ratio"),
    "fut_ratio": ("PK-FU-TEMAZEPAM-RATIO", "ratio"),
    "fuo_ratio": ("PK-FU-OXAZEPAM-RATIO", "ratio"),
    "albumin_l_per_g": ("PK-ALBUMIN-AFFINITY", "L/g"),
    "dialysis_cl": ("PK-DIALYSIS-CL", "ratio"),
    "dialysis_v": ("PK-DIALYSIS-V", "ratio"),
    "dialysis_fu": ("PK-FU-DIALYSIS", "1"),
}
CHILD = {
    "cl_l_per_h": ("PK-KU-CL", "L/h"),
    "v1_l": ("PK-KU-V1", "L"),
    "q_l_per_h": ("PK-KU-Q", "L/h"),
    "v2_l": ("PK-KU-V2", "L"),
}
LIVER = {
    "A": "PK-CIRRHOSIS-A",
    "B": "PK-CIRRHOSIS-B",
    "C": "PK-CIRRHOSIS-C",
    "unclassed": "PK-CIRRHOSIS-UNCLASSED",
}
ANALYTES = ("diazepam", "nordazepam", "temazepam", "oxazepam")
FORMATION = {
    "nordazepam": "PK-FM-NORDAZEPAM",
    "temazepam": "PK-FM-TEMAZEPAM",
    "oxazepam_by_nordazepam": "PK-FM-OXAZEPAM-NORDAZEPAM",
    "oxazepam_by_temazepam": "PK-FM-OXAZEPAM-TEMAZEPAM",
}
CIRRHOSIS_ONLY = frozenset({"PK-CIRRHOSIS-V", "PK-CIRRHOSIS-CLN"})
DIALYSIS_ONLY = frozenset({"PK-DIALYSIS-CL", "PK-DIALYSIS-V", "PK-FU-DIALYSIS"})


@dataclass(slots=True, eq=False)
class Numbers:
    """Reads parameters by id, and keeps which ids were used, in order of first use.

    With a sample, `drawn` gives every column its own draw of what studies leave unsure.
    """

    known: Knowledge
    used: dict[str, None]
    sample: Sample | None = None

    def value(self, key: str, unit: str) -> float:
        """The value of a row, in a unit that must be that of the row."""
        row = self.known.parameter(key)
        if row.unit != unit:
            raise KnowledgeError(
                where=f"parameters.csv {key}", found=row.unit, need=unit, fix="Correct the unit and the value together."
            )
        self.used[key] = None
        return row.value

    def drawn(self, key: str, unit: str) -> Number:
        """The value of a row for every column of the sample; the bare value without a sample or where it is sure."""
        value = self.value(key, unit)
        row = self.known.parameter(key)
        return value if self.sample is None or not row.scale else self.sample.doubt(row, self.known)

    def log_sd(self, key: str) -> float:
        """The spread between people of a row: on the log scale, or the logit scale for a share."""
        row = self.known.parameter(key)
        if row.log_sd is None:
            raise KnowledgeError(
                where=f"parameters.csv {key}", found="no log_sd", need="one", fix="Give the row a spread."
            )
        self.used[key] = None
        return row.log_sd

    def range(self, key: str) -> tuple[float, float]:
        """The lowest and highest value that a row allows."""
        row = self.known.parameter(key)
        if row.low is None or row.high is None:
            raise KnowledgeError(where=f"parameters.csv {key}", found="no range", need="one", fix="Give low and high.")
        return row.low, row.high

    def reference(self, *, cirrhosis: bool, dialysis: bool) -> Reference:
        """The adult's numbers. Those of a disease that is not there are read but do not count as used."""
        found = Reference(**{field: self.drawn(key, unit) for field, (key, unit) in REFERENCE.items()})  # type: ignore[arg-type]  # rows without a scale stay floats
        unused = (frozenset() if cirrhosis else CIRRHOSIS_ONLY) | (frozenset() if dialysis else DIALYSIS_ONLY)
        for key in unused:
            self.used.pop(key, None)
        return found

    def child_reference(self) -> ChildReference:
        """The numbers of the published paediatric model."""
        return ChildReference(**{field: self.drawn(key, unit) for field, (key, unit) in CHILD.items()})

    def liver_cl(self, cirrhosis: str | None) -> Number:
        """The multiple of clearance for this class of cirrhosis."""
        return self.drawn(LIVER[cirrhosis], "ratio") if cirrhosis in LIVER else 1.0

    def formation(self) -> Formation:
        """What becomes of cleared diazepam and its metabolites."""
        return Formation(**{field: self.drawn(key, "1") for field, key in FORMATION.items()})

    def molar_masses(self) -> MolarMasses:
        return MolarMasses(**{name: self.value(f"PK-MM-{name.upper()}", "g/mol") for name in ANALYTES})
