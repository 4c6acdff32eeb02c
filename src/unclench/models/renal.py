"""Kidney function from creatinine: CKD-EPI 2021, without race (SRC-CKD-EPI-2021, doi:10.1056/NEJMoa2102953).

eGFR = 142 x min(Scr/k, 1)^a x max(Scr/k, 1)^-1.200 x 0.9938^age x 1.012 in women, in mL/min/1.73 m2, Scr in mg/dL.
"""

from __future__ import annotations

SCALE = 142.0
AGE_FACTOR = 0.9938
FEMALE_FACTOR = 1.012
ABOVE_EXPONENT = -1.2
KNOT_MG_PER_DL = {"female": 0.7, "male": 0.9}
BELOW_EXPONENT = {"female": -0.241, "male": -0.302}
UMOL_PER_L_PER_MG_PER_DL = 88.4


def egfr_ckd_epi_2021(creatinine_umol_per_l: float, age_y: float, sex: str) -> float:
    """Estimated glomerular filtration rate of an adult, mL/min/1.73 m2."""
    relative = creatinine_umol_per_l / UMOL_PER_L_PER_MG_PER_DL / KNOT_MG_PER_DL[sex]
    below = min(relative, 1.0) ** BELOW_EXPONENT[sex]
    above = max(relative, 1.0) ** ABOVE_EXPONENT
    return float(SCALE * below * above * AGE_FACTOR**age_y * (FEMALE_FACTOR if sex == "female" else 1.0))
