from numpy import uint64
from numpy.typing import NDArray

def sort(numbers: NDArray[uint64], lowest: int, /) -> None:
    """Sort numbers in place by their bits from ``lowest`` on; of those that are the same there, none overtakes another.

    Raises ``ValueError`` if they are not numbers of 64 bits, one after the other.
    """
