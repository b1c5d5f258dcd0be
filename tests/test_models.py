import numpy as np
import pytest
import scipy.stats
from analysis import models


@pytest.mark.parametrize(("mean", "variation"), [(0.4, 0.5), (7.0, 0.2), (300.0, 1.5)])
def test_counts_equal_scipys_negative_binomial(mean, variation):
    count = np.arange(0, 40.0)
    size = 1 / variation**2
    expected = scipy.stats.nbinom.cdf(count, size, size / (size + mean))
    np.testing.assert_allclose(models.count_cdf(count, mean, variation), expected, rtol=1e-10)


def test_trigamma_inverse_inverts():
    for value in (0.02, 0.5, 3.0, 40.0):
        assert scipy.special.polygamma(1, models.trigamma_inverse(value)) == pytest.approx(value, rel=1e-7)
