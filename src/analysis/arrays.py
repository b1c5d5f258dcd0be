"""What arrays are called in hints. Their shapes and units stand in the docstrings."""

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]  # where something stands: rows, columns
ArrayLike = npt.ArrayLike  # numbers, lists of numbers, arrays
