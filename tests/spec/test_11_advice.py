"""What the patient is told. Everybody who is offered diazepam hears the same core; who needs more hears more; and without
diazepam only what is true without it is said."""

import pytest

from unclench.knowledge import knowledge

title = "Advice for the patient"


def told(spec):
    """The sentences about one topic that this person hears."""

    def look(case):
        heard = [knowledge().get("advice", key) for key in spec.appraise(case).advice]
        about = " ".join(row.say for row in heard if row.topic == case["topic"])
        return {"is told": case["is told"] if case["is told"] and case["is told"] in about else about}

    return look


@pytest.mark.verifies("P9")
def test_everybody_is_told(spec):
    """The core: how to take it, what to do about a missed dose, alcohol, driving, storage, when to call."""
    spec.shows(
        """
        topic           | is told
        ----------------+------------------------------------------------------------------------------------------------------
        how-to-take     | Take it just as written on the label
        missed-dose     | If you forget a dose, take it when you remember, unless the next one is near. Never take two at once.
        alcohol         | No alcohol while you take it, and for at least 3 days after the last dose.
        driving         | Do not drive, cycle in traffic, climb or use machines until you are sure you are not drowsy.
        other-medicines | Strong painkillers such as codeine, tramadol or morphine with diazepam can stop your breathing.
        help            | Call an ambulance if someone on diazepam is hard to wake
        storage         | Keep it locked
        stopping        | After a few days you can simply stop.
        """,
        told(spec),
    )


@pytest.mark.verifies("P9")
def test_some_are_told_more(spec):
    """UK law on driving, the longer effect in older and heavy people, what a carer should watch, and pregnancy."""
    spec.shows(
        """
        age | sex    | weight | where | problem   | answer                        | topic       | is told
        ----+--------+--------+-------+-----------+-------------------------------+-------------+-------------------------------------------------------------------------------------------------
        42  | male   | 80 kg  | uk    |           | drives=yes                    | driving     | UK law: it is an offence to drive with more than 550 micrograms of diazepam in a litre of blood.
        70  | male   | 80 kg  | us    |           |                               | driving     | From 65 years on the effect lasts longer.
        42  | male   | 120 kg | us    |           |                               | driving     | With a high body weight the effect lasts longer.
        70  | male   | 80 kg  | us    |           |                               | carer       | watch for falls, above all at night, and for new confusion
        42  | male   | 80 kg  | us    |           |                               | carer       |
        30  | female | 70 kg  | us    |           | pregnant=no, breastfeeding=no | pregnancy   | If you could become pregnant, use reliable contraception.
        42  | male   | 80 kg  | us    |           |                               | pregnancy   |
        42  | male   | 80 kg  | us    | Dysphagia |                               | how-to-take | If you have the liquid: measure with the syringe that came with it.
        """,
        told(spec),
    )


@pytest.mark.verifies("P9", "P4")
def test_stopping(spec):
    """Somebody who took it for days may simply stop; somebody who took it for months must never stop at once."""
    spec.shows(
        """
        request                              | answer                                                       | topic    | is told
        -------------------------------------+--------------------------------------------------------------+----------+--------------------------------------
        diazepam 2 mg twice a day for 5 days |                                                              | stopping | After a few days you can simply stop.
                                             | diazepam-now=yes, diazepam-mg-per-day=10, diazepam-months=14 | stopping | never stop all at once
        """,
        told(spec),
    )


@pytest.mark.verifies("P9")
def test_without_diazepam(spec):
    """Under *avoid* nothing is said about taking it; heat, moving and warning signs stay."""
    spec.shows(
        """
        problem           | topic       | is told
        ------------------+-------------+---------------------------------------------------------
        Myasthenia gravis | how-to-take |
        Myasthenia gravis | driving     |
        Myasthenia gravis | self-care   | Stay active.
        Myasthenia gravis | help        | Go to an emergency department at once for new numbness
        """,
        told(spec),
    )
