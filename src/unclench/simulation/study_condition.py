"""What the state of the people of an arm means to the model: which organs fail, what they take beside, who they are.

What is said not to be there is not read as if it were, and a state without an equation is refused.
"""

from __future__ import annotations

import re

from unclench.simulation.study_text import refuse

# States of people whose kinetics the model takes as those of health, which is said.
AS_IN_HEALTH = (
    r"febrile|premedication|an(a)?esthe|surg(ery|ical)|epilep|convulsi|seizure|spastic|muscle spasm|anxi|\bgad\b|"
    r"insomni|obstructive|\bcopd\b|naive|back pain|disc prolapse|endoscopy|hyperthyroid"
)
# Understood, and without an equation: no factor for them was read.
WITHOUT_EQUATION = (
    r"hepatitis|hepatic (impairment|insufficiency|failure)|fatty liver|steato|(?<!end-stage )(?<!end stage )"
    r"(renal|kidney) (failure|insufficiency|impairment|disease)|\bckd\b|pre-?dialysis|pregnan|hypothyroid"
)
ON_DIALYSIS = r"\besr[df]\b|\beskd\b|end[- ]stage (renal|kidney)|\bha?emodialysis|\bdialysis"
# Words that take back what follows them.
TAKEN_BACK = (
    r"\b(no|not|non|without|before|off|never|except|excluding|prior to|free of|"
    r"after (stopping|withdrawal of|the end of))\b"
)
NOT_TAKEN_BACK = r"non-?smok(er|ing)s?|non-?obese|non-?drinkers?|no other (drugs?|medicines?|disease)"
CHILD_PUGH = r"child(?:[- ](?:turcotte[- ])?pugh|['\u2019]s)?(?:,?\s*(?:class|grade|stage))?"
CHILD_CLASS = re.compile(rf"\b{CHILD_PUGH}\s*([abc])\b(?!\s*(?:/|-|,|and|or|to)\s*[abc]\b)")
CHILD_SCORE = re.compile(rf"\b{CHILD_PUGH}\s*[abc]\b|\bchild[- ](?:turcotte[- ])?pugh\b")
YOUNG_PEOPLE = r"child|infant|febrile|p(a)?ediatric|toddler|newborn|neonat|adolescen|\bteen|\bboys?\b|\bgirls?\b"
HEALTHY = (
    r"\b(healthy|normal)( (volunteers?|subjects?|adults?|men|women|males|females|people|controls?|elderly|young))*|"
    r"\(placebo\)|\bnon-?smok(er|ing)s?\b|\bsmokers?( \(\d+/day\))?|non-?obese|\bfast(ed|ing)\b"
)
SIZE = r"(morbid(ly)? )?(obesity(\s*\(\d+%\s*ibw\))?|obese)"


def condition(text: str, population: str, known: frozenset[str]) -> tuple[str, str | None, bool, tuple[str, ...]]:
    """Which population blanks come from, cirrhosis, dialysis, and the perpetrators that are named.

    Raises
    ------
    RecordError
        for a state that is not understood, taken back, or without an equation.
    """
    words, people = text.strip().lower(), CHILD_SCORE.sub(" ", population.lower())
    if re.search(TAKEN_BACK, re.sub(NOT_TAKEN_BACK, "", words)):
        raise refuse("condition", text, "what there is, not what there is not", "Write healthy, or what is taken.")
    if re.search(r"\bhealthy\s*(/|\bor\b)\s*[a-z]", words):
        raise refuse("condition", text, "one state an arm", "Give the healthy an arm of their own.")
    found = _perpetrators(text, words, known)
    liver = _liver(words)
    dialysis = bool(re.search(ON_DIALYSIS, words)) and not re.search(r"pre-?dialysis", words)
    if re.search(WITHOUT_EQUATION, words) and not (liver or dialysis):
        need = "a state that the model has an equation for: cirrhosis, chronic liver disease or dialysis"
        raise refuse("condition", text, need, "Leave the arm out: no factor for this state was read.")
    plain = re.sub(rf"^(none|controls?)$|{HEALTHY}|{SIZE}", "", words).strip(" +,;")
    if plain and not found and not (liver or dialysis or re.search(AS_IN_HEALTH, words)):
        raise refuse(
            "condition", text, "healthy, obesity, cirrhosis, chronic liver disease, ESRD, or healthy + a perpetrator"
        )
    return _group(CHILD_SCORE.sub(" ", words), people, ill=bool(liver or dialysis)), liver, dialysis, found


def _group(words: str, people: str, *, ill: bool) -> str:
    both = f"{words} {people}"
    if "obes" in re.sub(NOT_TAKEN_BACK, "", words):
        return "obese"
    if re.search(YOUNG_PEOPLE, both):
        return "child"
    if ill or re.search(r"patient|tuberculosis|epilep|laparoscopy|hyperthyroid", both):
        return "patients"
    # Controls matched to patients are as old as patients; those of obese volunteers are volunteers.
    if "matched" in both and not re.search(r"normal (weight|habitus)", both):
        return "patients"
    return "volunteers"


def _liver(words: str) -> str | None:
    """Child-Pugh class where one is said, `unclassed` where not."""
    if not (re.search(r"cirrhosis|cirrhotic|(?<!fatty )liver disease", words) or CHILD_SCORE.search(words)):
        return None
    classes = {one.upper() for one in CHILD_CLASS.findall(words)}
    return classes.pop() if len(classes) == 1 else "unclassed"


def _perpetrators(text: str, words: str, known: frozenset[str]) -> tuple[str, ...]:
    found = _named(words, known)
    if re.search(r"\bvs\b|/", words) and len(found) > 1:
        raise refuse("condition", text, "one treatment an arm", "Give each treatment an arm of its own.")
    for part in words.split("+")[1:] if found else ():
        state = re.search(rf"{HEALTHY}|{SIZE}|{AS_IN_HEALTH}|{ON_DIALYSIS}", part) or _liver(part)
        if re.search(r"[a-z]{3}", part) and not state and not _named(part, known):
            raise refuse("condition", text, f"a perpetrator that the model knows instead of '{part.strip()[:40]}'")
    return found


def _named(words: str, known: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(name for name in known if re.search(rf"\b{re.escape(name)}\b", _synonyms(words))))


def _synonyms(words: str) -> str:
    renamed = {"rifampicin": "rifampin", "omep ": "omeprazole ", "oral contraceptive": "tag:hormonal_contraceptive"}
    for other, name in renamed.items():
        words = words.replace(other, name)
    return re.sub(r"(\w+)-induced", r"\1", words)


def said_of(text: str) -> tuple[str, ...]:
    """What of a state the model does not hold, in words."""
    return (f"{text}: kinetics as in health",) if re.search(AS_IN_HEALTH, text.lower()) else ()


def age_word(text: str, population: str) -> str:
    """`young` or `elderly` where the people are called so.

    Raises
    ------
    RecordError
        for newborns and adolescents, whose ages are never those of children at large.
    """
    words = f"{text} {population}".lower()
    if re.search(r"newborn|neonat|preterm|adolescen|\bteen", words):
        raise refuse("age_range", "", "ages: these are neither adults nor children at large", "Give the ages.")
    both = {word for word in ("young", "elderly") if re.search(rf"\b{word}\b", words)}
    return both.pop() if len(both) == 1 else ""
