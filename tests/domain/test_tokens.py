"""What is hidden for its looks."""

import pytest

from package_keeper.domain.tokens import holds_token, without_tokens

KINDS = ["ghp_", "gho_", "ghs_", "ghu_", "ghr_", "github_pat_", "GHP_"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rest", ["0123456789", "x" * 36, "1_eyJ.a-b.c_d", "a.b-c_" * 100])
def test_every_kind_is_hidden_whole(kind: str, rest: str) -> None:
    assert without_tokens(f"<{kind}{rest}>, <{kind}{rest}>") == "<***>, <***>"


@pytest.mark.parametrize("text", ["ghp_x", "gho_tools", "ghost_0123456789", "a_ghp-0123456789"])
def test_names_are_no_tokens(text: str) -> None:
    assert without_tokens(text) == text


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_long_enough_is_surely_one(kind: str) -> None:
    assert holds_token(f"v*, {kind}{'a' * 30}")
    assert not holds_token(f"v*, {kind}{'a' * 29}")
