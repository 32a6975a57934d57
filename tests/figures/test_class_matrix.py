"""The map of many classes holds each class's shares, and says which two are mixed up most."""

import math

from pipeline.figures.class_matrix import class_matrix_figure, worst_confusion

COUNTS = ((8, 2, 0), (0, 5, 0), (3, 0, 1))
LABELS = ("a", "b <", "c")


def test_shares_of_the_class_stand_on_and_beside_the_diagonal() -> None:
    right, wrong = class_matrix_figure(COUNTS, LABELS, "light").data
    assert [float(right.z[i][i]) for i in range(3)] == [float(value) for value in right.z.diagonal()]
    assert abs(float(right.z[0][0]) - 0.8) < 1e-6
    assert abs(float(wrong.z[0][1]) - 0.2) < 1e-6
    assert abs(float(wrong.z[2][0]) - 0.75) < 1e-6
    assert math.isnan(wrong.z[0][0])
    assert math.isnan(wrong.z[0][2])
    assert right.y[1] == "b &lt;"
    assert right.customdata[2][0] == 3


def test_long_names_keep_both_ends() -> None:
    figure = class_matrix_figure(((1, 0), (0, 1)), ("a rather long class 1", "a rather long class 2"), "light")
    assert figure.layout.xaxis.ticktext == ("a rath…class 1", "a rath…class 2")


def test_the_largest_confusion_is_told() -> None:
    assert worst_confusion(COUNTS, LABELS) == "c is most often taken for a, 3 of 4 times"
    assert worst_confusion(((2, 0), (0, 0)), ("a", "b")) == "Every row is read as the class that it is"


def test_a_class_without_rows_has_no_shares() -> None:
    right, wrong = class_matrix_figure(((2, 0), (0, 0)), ("a", "b"), "dark").data
    assert math.isnan(right.z[1][1])
    assert math.isnan(wrong.z[1][0])
