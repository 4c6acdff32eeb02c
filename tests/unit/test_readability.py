"""The measure itself: syllables that a dictionary gives, and texts whose scores are published."""

from __future__ import annotations

import pytest

from tests.readability import ease, grade, sentences, smog, syllables, words

SYLLABLES = {
    "a": 1, "take": 1, "taken": 2, "dose": 1, "doses": 2, "missed": 1, "needed": 2, "called": 1, "tablet": 2,
    "tablets": 2, "half": 1, "morning": 2, "night": 1, "diazepam": 4, "medicine": 3, "withdrawal": 3, "spasm": 2,
    "alcohol": 3, "driving": 2, "confused": 2, "breathing": 2, "bottle": 2, "table": 2, "little": 2, "measure": 2,
    "liquid": 2, "together": 3, "people": 2, "once": 1, "pharmacy": 3, "prescriber": 3, "sweating": 2, "pregnant": 2,
    "calendar": 3, "number": 2, "zero": 2, "hospital": 3, "ambulance": 3, "emergency": 4, "moving": 2, "safely": 2,
    "carefully": 3, "science": 2, "radio": 3, "Australian": 3, "platypus": 3, "seemingly": 3, "hybrid": 2,
    "mammal": 2, "reptilian": 3, "creature": 2, "someone": 2, "using": 2, "syringe": 2, "clothes": 1, "boxes": 2,
    "changes": 2, "likes": 1, "tried": 1, "shaking": 2, "feel": 1,
}  # fmt: skip


@pytest.mark.parametrize(("word", "count"), SYLLABLES.items())
def test_syllables_are_those_of_a_dictionary(word: str, count: int) -> None:
    assert syllables(word) == count


# Scores that encyclopaedias and textbooks print for these sentences.
@pytest.mark.parametrize(
    ("text", "published"),
    [
        ("The cat sat on the mat.", 116),
        ("This sentence, taken as a reading passage unto itself, is being used to prove a point.", 69),
        ("The Australian platypus is seemingly a hybrid of a mammal and reptilian creature.", 37.5),
    ],
)
def test_reading_ease_of_published_examples(text: str, published: float) -> None:
    assert ease(text) == pytest.approx(published, abs=0.5)


def test_the_grade_of_a_text_counted_by_hand() -> None:
    text = "Take one tablet at night. Do not take two at once."
    assert (len(words(text)), sentences(text)) == (11, 2)
    assert grade(text) == pytest.approx(0.39 * 5.5 + 11.8 * 12 / 11 - 15.59)


def test_hard_words_and_long_sentences_raise_both_measures() -> None:
    easy = "Do not stop all at once. Call us if you feel bad. " * 15
    hard = (
        "Abrupt discontinuation of benzodiazepine medication precipitates considerable physiological instability. " * 30
    )
    assert grade(easy) < 2 < 20 < grade(hard)
    assert smog(easy) < 4 < 15 < smog(hard)
