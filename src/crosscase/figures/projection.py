"""The Equal Earth map projection (Šavrič, Patterson & Jenny 2018, International Journal of GIS 33(3), eq. 1-2).

It keeps areas, so that a shaded country weighs as much on the page as it does on the globe.
"""

from __future__ import annotations

import math

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = math.sqrt(3) / 2


def equal_earth(longitude: float, latitude: float) -> tuple[float, float]:
    """Degrees to x and y on a globe of radius 1; x runs to the east from -2.71 to 2.71, y to the north from -1.32 to 1.32.

    >>> [round(value, 4) for value in equal_earth(180, 0)]
    [2.7066, 0.0]
    """
    theta = math.asin(_M * math.sin(math.radians(latitude)))
    square = theta * theta
    sixth = square**3
    slope = 9 * _A4 * sixth * square + 7 * _A3 * sixth + 3 * _A2 * square + _A1
    x = math.radians(longitude) * math.cos(theta) / (_M * slope)
    return x, theta * (_A4 * sixth * square + _A3 * sixth + _A2 * square + _A1)
