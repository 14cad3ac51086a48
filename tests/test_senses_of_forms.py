"""How well cosines tell the two senses of a written form apart."""

import numpy as np
import pytest

from helpers.probes.senses import same_or_other


def test_the_area_is_the_share_of_pairs_in_the_right_order():
    vectors = np.array([[1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [1.0, 0.3]])
    senses = ["a", "a", "b", "b"]
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosine = unit @ unit.T
    same = [cosine[0, 1], cosine[2, 3]]
    other = [cosine[0, 2], cosine[0, 3], cosine[1, 2], cosine[1, 3]]
    wanted = np.mean([s > o for s in same for o in other])
    found = same_or_other(vectors, senses, ["bank"] * 4)
    assert found == {"bank": pytest.approx(wanted)} and 0 < wanted < 1


def test_equal_vectors_are_at_chance_and_forms_are_kept_apart():
    vectors = np.array([[0.6, 0.8]] * 3 + [[1.0, 0.0]] * 3, np.float32)
    senses = ["a", "a", "b", "a", "a", "b"]
    forms = ["bank"] * 3 + ["banks"] * 3
    assert same_or_other(vectors, senses, forms) == {"bank": 0.5, "banks": 0.5}


def test_a_form_with_one_sense_alone_is_left_out():
    vectors = np.eye(3)
    assert same_or_other(vectors, ["a", "a", "b"], ["bank", "bank", "bat"]) == {}
