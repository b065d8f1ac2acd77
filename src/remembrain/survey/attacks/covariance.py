"""The shrunk covariance of cells, and systems in it over those cells of which each person's answer is known.

It is drawn towards the identity as far as its noise asks for (Ledoit & Wolf 2004, J. Multivar. Anal. 88:365), and kept
whole, or by the people of the reference where these are fewer. This module must not know what a cell is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Bool, Float, Int

from remembrain.errors import DataError

_ACCURACY, _STEP = 1e-8, 1e-4
_MOST_ROUNDS, _MOST_STEPS = 30, 200
_TINY = 1e-30
_ROWS = 256


@dataclass(frozen=True, eq=False)
class Covariance:
    """A diagonal plus ``weight`` times people' people.

    ``whole`` is the matrix, where cells are fewer than twice the people; ``inverse`` is its inverse then, and otherwise
    that of the people's part in Woodbury's formula.
    """

    people: Float[np.ndarray, "reference cell"]
    shrinkage: float
    diagonal: Float[np.ndarray, "cell"]
    whole: Float[np.ndarray, "cell cell"] | None
    inverse: Float[np.ndarray, "small small"]

    @property
    def weight(self) -> float:
        """What people' people counts."""
        return (1 - self.shrinkage) / len(self.people)

    def times(self, rows: Float[np.ndarray, "row cell"]) -> Float[np.ndarray, "row cell"]:
        """Return rows times the matrix."""
        if self.whole is not None:
            return np.asarray(rows @ self.whole)
        return np.asarray(rows * self.diagonal + (rows @ self.people.T * self.weight) @ self.people)

    def solve(self, rows: Float[np.ndarray, "row cell"]) -> Float[np.ndarray, "row cell"]:
        """Return rows times the inverse of the matrix."""
        if self.whole is not None:
            return np.asarray(rows @ self.inverse)
        scaled = rows / self.diagonal
        return np.asarray(scaled - (scaled @ self.people.T @ self.inverse) @ self.people / self.diagonal)

    def inverse_of(self, some: slice) -> Float[np.ndarray, "some some"]:
        """Return the block of the inverse of the matrix of some of the cells."""
        if self.whole is not None:
            return self.inverse[some, some]
        scaled = self.people[:, some] / self.diagonal[some]
        return np.asarray(np.diag(1 / self.diagonal[some]) - scaled.T @ self.inverse @ scaled)

    def solve_known(
        self, rows: Float[np.ndarray, "row cell"], known: Bool[np.ndarray, "row cell"]
    ) -> Float[np.ndarray, "row cell"]:
        """Return every row times the inverse of the matrix of its known cells alone; rows are 0 in the others.

        Notes
        -----
        Conjugate gradients for all rows together: each step costs two matrix products for all of them, where a
        factorisation a row would cost the cube of its cells. Steps are preconditioned by the inverse over all cells, so
        a row of which all is known takes none, and are in single precision; what is left is computed in double, and
        solved again until it is below 1e-8 (Higham 2002, Accuracy and Stability of Numerical Algorithms, chapter 12).

        Raises
        ------
        DataError
            Where that is not reached.
        """
        found = self.solve(rows)
        if known.all():
            return found
        found *= known
        left = rows - self.times(found) * known
        goal, single = _ACCURACY * _length(rows), self._single()
        for _ in range(_MOST_ROUNDS):
            size = _length(left)
            todo = np.flatnonzero(size > goal)
            if not len(todo):
                return found
            small = (left[todo] / size[todo]).astype(np.float32)
            found[todo] += size[todo] * _conjugate_gradients(single, small, known[todo].astype(np.float32))
            left[todo] = rows[todo] - self.times(found[todo]) * known[todo]
        raise DataError(
            "cells go together so closely that what is known of a person could not be told from the rest",
            expected="tables that do not repeat each other, or a larger reference",
        )

    def of_cells(self, places: Int[np.ndarray, "place"]) -> Covariance:
        """Return that of some of the cells, drawn towards the identity as far as this is."""
        people = self.people[:, places]
        return _of(people, self.shrinkage, self.diagonal[places], _gram(people))

    def _single(self) -> Covariance:
        """Return the same in single precision."""
        single = np.float32
        return replace(
            self,
            people=self.people.astype(single),
            diagonal=self.diagonal.astype(single),
            whole=None if self.whole is None else self.whole.astype(single),
            inverse=self.inverse.astype(single),
        )


def shrunk(people: Float[np.ndarray, "reference cell"], blur: Float[np.ndarray, "cell"]) -> Covariance:
    """Return the covariance of cells, each of variance one, from people around their mean; ``blur`` is added to it."""
    gram = _gram(people)
    shrinkage = _shrinkage(people, float(np.vdot(gram, gram)) / len(people) ** 2)
    return _of(people, shrinkage, shrinkage + blur, gram)


def _gram(people: Float[np.ndarray, "reference cell"]) -> Float[np.ndarray, "small small"]:
    """Return people' people, or people people' where that has less than a quarter of the entries."""
    return np.asarray(people.T @ people if people.shape[1] <= 2 * len(people) else people @ people.T)


def _of(
    people: Float[np.ndarray, "reference cell"],
    shrinkage: float,
    diagonal: Float[np.ndarray, "cell"],
    gram: Float[np.ndarray, "small small"],
) -> Covariance:
    """Return a covariance with its inverse; where it is kept whole, in place of ``gram``."""
    n, m = people.shape
    weight, small = (1 - shrinkage) / n, len(gram) == m
    if small:
        gram *= weight
        gram.flat[:: m + 1] += diagonal
        return Covariance(people, shrinkage, diagonal, gram, _inverse(gram))
    inner = np.eye(n) + weight * ((people / diagonal) @ people.T)
    return Covariance(people, shrinkage, diagonal, None, weight * _inverse(inner))


def _inverse(matrix: Float[np.ndarray, "small small"]) -> Float[np.ndarray, "small small"]:
    """Return the inverse of a matrix that is symmetric and positive; thousands of cells leave no room for a second."""
    from scipy.linalg import LinAlgError, lapack

    inverse = matrix.copy()  # whose transpose LAPACK works on: its lower triangle is the upper one here
    _, failed = lapack.dpotrf(inverse.T, lower=1, overwrite_a=1)
    if failed:
        raise LinAlgError("a covariance that is not positive definite")
    lapack.dpotri(inverse.T, lower=1, overwrite_c=1)
    for start in range(0, len(inverse), _ROWS):
        stop = start + _ROWS
        inverse[stop:, start:stop] = inverse[start:stop, stop:].T
        corner = np.triu(inverse[start:stop, start:stop])
        inverse[start:stop, start:stop] = corner + np.triu(corner, 1).T
    return inverse


def _shrinkage(people: Float[np.ndarray, "reference cell"], squares: float) -> float:
    """Return Ledoit and Wolf's weight of the identity; ``squares`` is the sum of the squared covariances.

    That sum is the same of the Gram matrix of people and of that of cells.
    """
    n, m = people.shape
    trace = float(np.square(people).sum()) / n
    away = squares - 2 * trace + m
    noise = (float(np.square(np.square(people).sum(axis=1)).sum()) / n - squares) / n
    return float(np.clip(noise / max(away, 1e-12), 1e-3, 1.0))


def _conjugate_gradients(
    matrix: Covariance, rows: Float[np.ndarray, "row cell"], known: Float[np.ndarray, "row cell"]
) -> Float[np.ndarray, "row cell"]:
    """Return rows of length one times the inverse of the matrix of their known cells, until 1e-4 of each is left."""
    found, left = np.zeros_like(rows), rows.copy()
    towards = matrix.solve(left) * known
    step, product = towards.copy(), _dot(left, towards)
    for _ in range(_MOST_STEPS):
        moved = matrix.times(step) * known
        reach = product / np.maximum(_dot(step, moved), _TINY)
        found += reach * step
        left -= reach * moved
        if float(_dot(left, left).max()) <= _STEP**2:
            break
        towards = matrix.solve(left) * known
        before, product = product, _dot(left, towards)
        step = towards + product / np.maximum(before, _TINY) * step
    return found


def _dot(first: Float[np.ndarray, "row cell"], second: Float[np.ndarray, "row cell"]) -> Float[np.ndarray, "row 1"]:
    """Return the inner product of each row with that of the other."""
    return np.asarray(np.einsum("ij,ij->i", first, second)[:, None])


def _length(rows: Float[np.ndarray, "row cell"]) -> Float[np.ndarray, "row 1"]:
    """Return how long each row is."""
    return np.asarray(np.sqrt(_dot(rows, rows)))
