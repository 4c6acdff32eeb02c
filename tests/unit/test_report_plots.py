"""Curves as SVG."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.consultation_factory import course, regimen
from unclench.report.drawing import kept_points, nice_above, nice_step
from unclench.report.plots import level_columns, level_rows, plots


def test_a_plot_is_xml_with_a_name_a_description_and_bands():
    for plot in plots(course()):
        root = ElementTree.fromstring(plot.svg)
        assert root.get("role") == "img"
        assert root.find("title") is not None
        assert root.find("desc") is not None
        classes = {item.get("class") for item in root}
        assert {"band90", "band50", "typical", "dose", "end"} <= classes


def test_both_panels_share_one_scale():
    scales = [
        [item.text for item in ElementTree.fromstring(plot.svg) if item.get("text-anchor") == "end"]
        for plot in plots(course())
    ]
    assert scales[0][:4] == scales[1][:4]


def test_kept_points_hold_both_ends_and_every_extreme():
    curve = course(regimen(28)).curves[0]
    kept = kept_points(curve.t_h, curve.typical)
    assert kept[0] == 0
    assert kept[-1] == len(curve.t_h) - 1
    assert int(np.argmax(curve.typical)) in kept
    assert all(np.diff(kept) > 0)


@given(st.floats(1e-6, 1e6))
def test_axes_end_above_the_data_and_not_far(value):
    assert value <= nice_above(value) * (1 + 1e-9)
    assert nice_above(value) <= value + nice_step(value)


@pytest.mark.parametrize("days", [3, 7, 28, 400])
def test_the_table_stays_short_and_covers_total_and_unbound(days):
    made = course(regimen(days))
    assert len(level_rows(made)) <= 12
    assert level_columns(made)[1] == "diazepam unbound, ng/mL"
