"""Writing past the cache: levels of a large population are written once and read much later.

An ordinary store first reads the line that it is about to overwrite, which doubles the traffic to memory. A streaming
store does not; it needs an aligned place, and a fence before another thread may look.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils

from unclench.engine.compiled import Array, intrinsic, part

WIDE, NARROW = 8, 2


def _mover(width: int) -> Any:
    """An instruction that streams so many neighbouring numbers from one array to another, both from this place on."""

    def move(typing_context: Any, to: Any, source: Any, place: Any) -> Any:
        def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            vector = ir.VectorType(ir.DoubleType(), width)
            pointers = []
            for kind, value in zip(signature.args[:2], arguments[:2], strict=True):
                data = context.make_array(kind)(context, builder, value).data
                pointers.append(builder.bitcast(builder.gep(data, [arguments[2]]), vector.as_pointer()))
            loaded = builder.load(pointers[1])
            loaded.align = 8
            stored = builder.store(loaded, pointers[0])
            stored.align = 8 * width
            stored.set_metadata("nontemporal", builder.module.add_metadata([ir.Constant(ir.IntType(32), 1)]))
            return context.get_dummy_value()

        return types.void(to, source, types.intp), build

    return intrinsic(move)


@intrinsic
def address(typing_context: Any, of: Any) -> Any:
    """Where an array's first number lies."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return builder.ptrtoint(data, cgutils.intp_t)

    return types.intp(of), build


@intrinsic
def fence(typing_context: Any) -> Any:
    """Everything streamed so far becomes visible to other threads."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.fence("seq_cst")
        return context.get_dummy_value()

    return types.void(), build


@intrinsic
def take(typing_context: Any, array: Any, place: Any) -> Any:
    """array[place] for a place that is not negative: without the check, loops become vector instructions."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        return builder.load(builder.gep(data, [arguments[1]]))

    return types.float64(array, types.intp), build


@intrinsic
def put(typing_context: Any, array: Any, place: Any, number: Any) -> Any:
    """array[place] = number, likewise."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        builder.store(arguments[2], builder.gep(data, [arguments[1]]))
        return context.get_dummy_value()

    return types.void(array, types.intp, types.float64), build


wide, narrow = _mover(WIDE), _mover(NARROW)


@part
def copy(to: Array, source: Array, past_cache: bool) -> None:
    """Copy a short row, past the cache if asked and if it lies well enough."""
    count = to.shape[0]
    if past_cache and address(to) % 64 == 0 and count % WIDE == 0:
        for i in range(0, count, WIDE):
            wide(to, source, i)
    elif past_cache and address(to) % 16 == 0 and count % NARROW == 0:
        for i in range(0, count, NARROW):
            narrow(to, source, i)
    else:
        for i in range(count):
            to[i] = source[i]
