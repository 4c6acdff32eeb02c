"""The innermost loop of the levels, written as vectors: decay of every mode, then the level of every analyte.

Eight people at a time go through all steps of a run. Their modes and the weights that make levels of modes stay in
registers, so that a step loads its decays and stores its levels and nothing else; left to the compiler, each step
would load everything again. A processor with shorter vectors takes the eight in parts.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from unclench.engine.compiled import intrinsic
from unclench.engine.kernel_block import AMOUNT, LANES, WEIGHT
from unclench.engine.kernel_modes import FIRST_DAUGHTER

VECTOR = ir.VectorType(ir.DoubleType(), 8)
FUSED = ("contract",)


def modes_of(bodies: int, daughters: int) -> list[list[int]]:
    """The slots of the modes that each analyte holds, the depot's first."""
    body = list(range(1 + bodies))
    return [body, *([*body, *range(FIRST_DAUGHTER, FIRST_DAUGHTER + d)] for d in range(1, 1 + daughters))]


class Writer:
    """Reads and writes of eight numbers side by side."""

    def __init__(self, builder: Any) -> None:
        self.builder = builder

    def offset(self, at: Any, by: int) -> Any:
        return self.builder.add(at, number(by))

    def pointer(self, base: Any, at: Any) -> Any:
        return self.builder.bitcast(self.builder.gep(base, [at]), VECTOR.as_pointer())

    def load(self, base: Any, at: Any) -> Any:
        return self.builder.load(self.pointer(base, at), align=8)

    def store(self, vector: Any, base: Any, at: Any) -> None:
        self.builder.store(vector, self.pointer(base, at), align=8)

    def sum_of(self, weights: list[Any], terms: list[Any]) -> Any:
        total = self.builder.fmul(weights[0], terms[0], flags=FUSED)
        for weight, term in zip(weights[1:], terms[1:], strict=True):
            total = self.builder.fadd(total, self.builder.fmul(weight, term, flags=FUSED), flags=FUSED)
        return total


def number(value: int) -> Any:
    """A place or a distance, as the compiler writes it."""
    return ir.Constant(cgutils.intp_t, value)


def eight_people(
    writer: Writer, held: list[list[int]], apart: int, plane: int, arrays: list[Any], numbers: list[Any], lane: Any
) -> None:
    """All steps of the eight people from this lane on."""
    builder, (work, decaying, sheet, slots), (first, last, place) = writer.builder, arrays, numbers
    modes: dict[int, Any] = {k: cgutils.alloca_once(builder, VECTOR) for k in held[-1]}  # type: ignore[no-untyped-call]
    for k, kept in modes.items():
        builder.store(writer.load(work, writer.offset(lane, (AMOUNT + k) * LANES)), kept)
    weights = [
        [writer.load(work, writer.offset(lane, (WEIGHT + 8 * a + k) * LANES)) for k in ks] for a, ks in enumerate(held)
    ]
    with cgutils.for_range_slice(builder, first, last, number(1), cgutils.intp_t) as (step, _):
        slot = builder.load(builder.gep(slots, [step]))
        decay = builder.add(lane, builder.mul(slot, number(8 * LANES)))
        target = builder.add(builder.add(place, lane), builder.mul(builder.sub(step, first), number(apart)))
        z = {}
        for k, kept in modes.items():
            z[k] = builder.fmul(builder.load(kept), writer.load(decaying, writer.offset(decay, k * LANES)), flags=FUSED)
            builder.store(z[k], kept)
        for a, ks in enumerate(held):
            level = writer.sum_of(weights[a], [z[k] for k in ks])
            writer.store(level, sheet, writer.offset(target, a * plane))
    for k, kept in modes.items():
        writer.store(builder.load(kept), work, writer.offset(lane, (AMOUNT + k) * LANES))


def emitter(bodies: int, daughters: int, apart: int, plane: int) -> Any:
    """`emit(ws, decays, sheet, slots, first, last, place)`: steps first to last of one block, for this size of system.

    Levels go into the sheet from `place` on: rows `apart` numbers apart, analytes a `plane` apart.
    """
    held = modes_of(bodies, daughters)

    def emit(
        typing_context: Any, ws: Any, decays: Any, sheet: Any, slots: Any, first: Any, last: Any, place: Any
    ) -> Any:
        def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            arrays = [
                context.make_array(kind)(context, builder, value).data
                for kind, value in zip(signature.args[:4], arguments[:4], strict=True)
            ]
            with cgutils.for_range(builder, number(LANES // VECTOR.count), intp=cgutils.intp_t) as group:
                lane = builder.mul(group.index, number(VECTOR.count))
                eight_people(Writer(builder), held, apart, plane, arrays, list(arguments[4:]), lane)
            return context.get_dummy_value()

        return types.void(ws, decays, sheet, slots, types.intp, types.intp, types.intp), build

    return intrinsic(emit)
