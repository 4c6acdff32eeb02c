"""A thin hand on libSBML: each call adds one checked element. It knows units and rates, and no medicine.

Level 3 version 1, core only: what every tool reads. Amounts are milligrams (`hasOnlySubstanceUnits`), because a depot
has an amount and no volume; concentrations are parameters set by assignment rules, in the unit that laboratories use.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from unclench.values import EngineError

LEVEL, VERSION = 3, 1
# Terms of the Systems Biology Ontology.
SBO = {
    "compartment": "SBO:0000290",
    "substance": "SBO:0000247",
    "volume": "SBO:0000468",
    "rate": "SBO:0000009",
    "quantity": "SBO:0000002",
    "concentration": "SBO:0000196",
    "transport": "SBO:0000185",
    "conversion": "SBO:0000182",
    "loss": "SBO:0000179",
    "input": "SBO:0000395",
}

UNITS: dict[str, tuple[tuple[str, int, int, float], ...]] = {  # (kind, exponent, scale, multiplier)
    "mg": (("gram", 1, -3, 1.0),),
    "L": (("litre", 1, 0, 1.0),),
    "h": (("second", 1, 0, 3600.0),),
    "per_h": (("second", -1, 0, 3600.0),),
    "L_per_h": (("litre", 1, 0, 1.0), ("second", -1, 0, 3600.0)),
    "mg_per_h": (("gram", 1, -3, 1.0), ("second", -1, 0, 3600.0)),
    "ng_per_mL": (("gram", 1, -9, 1.0), ("litre", -1, -3, 1.0)),
    "g_per_L": (("gram", 1, 0, 1.0), ("litre", -1, 0, 1.0)),
    # What a level in mg/L is multiplied by to be one in ng/mL.
    "ng_per_mL_per_mg_per_L": (
        ("gram", 1, -9, 1.0),
        ("litre", -1, -3, 1.0),
        ("gram", -1, -3, 1.0),
        ("litre", 1, 0, 1.0),
    ),
    "one": (("dimensionless", 1, 0, 1.0),),
}
_KINDS = {"gram": "UNIT_KIND_GRAM", "litre": "UNIT_KIND_LITRE", "second": "UNIT_KIND_SECOND"}


class SbmlDocument:
    """A document under construction. Every fault of libSBML becomes an EngineError that names the element."""

    def __init__(self, model_id: str, name: str, notes: Sequence[str]) -> None:
        import libsbml  # type: ignore[import-untyped]  # it has no stubs

        self._lib: Any = libsbml
        self._document = libsbml.SBMLDocument(LEVEL, VERSION)
        self._model = self._document.createModel()
        self._set(self._model, id=model_id, name=name, timeUnits="h", substanceUnits="mg", extentUnits="mg")
        self._set(self._model, volumeUnits="L")
        self._note(self._model, notes)
        for key, parts in UNITS.items():
            self._unit(key, parts)

    def compartment(self, key: str, litres: float, name: str) -> None:
        made = self._model.createCompartment()
        self._set(made, id=key, name=name, spatialDimensions=3, size=litres, constant=True, units="L")
        self._set(made, SBOTerm=SBO["compartment"])

    def amount(self, key: str, compartment: str, name: str) -> None:
        """A species in mg, none of it at the start."""
        made = self._model.createSpecies()
        self._set(made, id=key, name=name, compartment=compartment, initialAmount=0.0, substanceUnits="mg")
        self._set(made, hasOnlySubstanceUnits=True, boundaryCondition=False, constant=False, SBOTerm=SBO["substance"])

    def parameter(
        self, key: str, value: float | None, unit: str, name: str, *, constant: bool = True, kind: str = "quantity"
    ) -> None:
        """A named number; None where a rule sets it."""
        made = self._model.createParameter()
        self._set(made, id=key, name=name, units=unit, constant=constant, SBOTerm=SBO[kind])
        if value is not None:
            self._set(made, value=value)

    def rule(self, key: str, formula: str) -> None:
        """What a parameter is at all times."""
        made = self._model.createAssignmentRule()
        self._set(made, variable=key, math=self._math(formula))

    def rate_rule(self, key: str, formula: str) -> None:
        """How fast a parameter changes."""
        made = self._model.createRateRule()
        self._set(made, variable=key, math=self._math(formula))

    def reaction(
        self, key: str, name: str, rate: str, *, of: str = "", to: str = "", driven_by: Sequence[str] = (), kind: str
    ) -> None:
        """A flow in mg/h from one amount to another; either may be missing. `driven_by`: others that its rate needs."""
        made = self._model.createReaction()
        self._set(made, id=key, name=name, reversible=False, fast=False, SBOTerm=SBO[kind])
        for species, create in ((of, made.createReactant), (to, made.createProduct)):
            if species:
                self._set(create(), species=species, stoichiometry=1.0, constant=True)
        for species in driven_by:
            self._set(made.createModifier(), species=species)
        self._set(made.createKineticLaw(), math=self._math(rate))

    def event(self, key: str, name: str, when: str, then: Sequence[tuple[str, str]]) -> None:
        """What happens once each time that a condition comes true; also when it is true at the very start.

        Values are those at the moment of doing, not of the trigger: two doses at one instant then add up, whichever
        comes first.
        """
        made = self._model.createEvent()
        self._set(made, id=key, name=name, useValuesFromTriggerTime=False)
        self._set(made.createTrigger(), initialValue=False, persistent=True, math=self._math(when))
        for variable, formula in then:
            self._set(made.createEventAssignment(), variable=variable, math=self._math(formula))

    def to_xml(self) -> bytes:
        """The bytes of the document: no clock and no machine in them."""
        text: str = self._lib.writeSBMLToString(self._document)
        return text.encode()

    def _unit(self, key: str, parts: tuple[tuple[str, int, int, float], ...]) -> None:
        made = self._model.createUnitDefinition()
        self._set(made, id=key)
        for kind, exponent, scale, multiplier in parts:
            unit = made.createUnit()
            which = getattr(self._lib, _KINDS.get(kind, "UNIT_KIND_DIMENSIONLESS"))
            self._set(unit, kind=which, exponent=exponent, scale=scale, multiplier=multiplier)

    def _math(self, formula: str) -> Any:
        tree = self._lib.parseL3Formula(formula)
        if tree is None:
            raise self._fault(formula, self._lib.getLastParseL3Error())
        return tree

    def _note(self, element: Any, paragraphs: Sequence[str]) -> None:
        body = "".join(f"<p>{escape(line)}</p>" for line in paragraphs)
        done = element.setNotes(f'<body xmlns="http://www.w3.org/1999/xhtml">{body}</body>')
        if done != self._lib.LIBSBML_OPERATION_SUCCESS:
            raise self._fault("notes", self._lib.OperationReturnValue_toString(done))

    def _set(self, element: Any, **attributes: Any) -> None:
        for attribute, value in attributes.items():
            done = getattr(element, f"set{attribute[0].upper()}{attribute[1:]}")(value)
            if done != self._lib.LIBSBML_OPERATION_SUCCESS:
                what = f"{attribute} = {value!r}"
                raise self._fault(what, self._lib.OperationReturnValue_toString(done))

    def _fault(self, what: str, found: str) -> EngineError:
        return EngineError(
            where="SBML export", found=f"{what}: {found}", need="an element of SBML", fix="Report this: it is a bug."
        )
