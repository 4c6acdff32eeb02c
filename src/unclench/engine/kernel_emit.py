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


def emitter(bodies: int, daughters: int, apart: int, plane: int) -> Any:
    """`emit(ws, decays, sheet, slots, first, last, place)`: steps first to last of one block, for this size of system.

    Levels go into the sheet from `place` on: rows `apart` numbers apart, analytes a `plane` apart.
    """
    held = modes_of(bodies, daughters)

    def emit(
        typing_context: Any, ws: Any, decays: Any, sheet: Any, slots: Any, first: Any, last: Any, place: Any
    ) -> Any:
        def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            work, decaying, to, which = (
                context.make_array(kind)(context, builder, value).data
                for kind, value in zip(signature.args[:4], arguments[:4], strict=True)
            )
            begin, end, origin = arguments[4:]

            def pointer(base: Any, at: Any) -> Any:
                return builder.bitcast(builder.gep(base, [at]), VECTOR.as_pointer())

            def offset(at: Any, by: int) -> Any:
                return builder.add(at, ir.Constant(cgutils.intp_t, by))

            def load(base: Any, at: Any) -> Any:
                return builder.load(pointer(base, at), align=8)

            groups = ir.Constant(cgutils.intp_t, LANES // VECTOR.count)
            with cgutils.for_range(builder, groups, intp=cgutils.intp_t) as group:
                lane = builder.mul(group.index, ir.Constant(cgutils.intp_t, VECTOR.count))
                kept = {k: cgutils.alloca_once(builder, VECTOR) for k in held[-1]}
                for k, place_of in kept.items():
                    builder.store(load(work, offset(lane, (AMOUNT + k) * LANES)), place_of)
                weights = [
                    [load(work, offset(lane, (WEIGHT + 8 * a + k) * LANES)) for k in ks] for a, ks in enumerate(held)
                ]
                with cgutils.for_range_slice(builder, begin, end, ir.Constant(cgutils.intp_t, 1), cgutils.intp_t) as (
                    step,
                    _,
                ):
                    slot = builder.load(builder.gep(which, [step]))
                    decay = builder.add(lane, builder.mul(slot, ir.Constant(cgutils.intp_t, 8 * LANES)))
                    row = builder.mul(builder.sub(step, begin), ir.Constant(cgutils.intp_t, apart))
                    target = builder.add(builder.add(origin, lane), row)
                    z = {}
                    for k, place_of in kept.items():
                        shrunk = load(decaying, offset(decay, k * LANES))
                        z[k] = builder.fmul(builder.load(place_of), shrunk, flags=FUSED)
                        builder.store(z[k], place_of)
                    for a, ks in enumerate(held):
                        level = builder.fmul(weights[a][0], z[0], flags=FUSED)
                        for weight, k in zip(weights[a][1:], ks[1:], strict=True):
                            level = builder.fadd(level, builder.fmul(weight, z[k], flags=FUSED), flags=FUSED)
                        builder.store(level, pointer(to, offset(target, a * plane)), align=8)
                for k, place_of in kept.items():
                    builder.store(builder.load(place_of), pointer(work, offset(lane, (AMOUNT + k) * LANES)), align=8)
            return context.get_dummy_value()

        return types.void(ws, decays, sheet, slots, types.intp, types.intp, types.intp), build

    return intrinsic(emit)
