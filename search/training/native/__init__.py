"""A training step in C++ for the cores of a CPU: optional, built when first needed, never missed.

`proof.open_program` gives a candidate's network as a program. It gives None where there is no
compiler, the engine does not prove itself, or a layer is unknown to it; torch's own operators do
the same sums then. `stages` reads the layers, `program` runs them, `library` builds and loads what
lies beside: vector.h, convolution.h, stage.h, elements.h and engine.cpp. FRUGAL_NATIVE=0 in the
environment turns it off.
"""

from search.training.native.build import available

__all__ = ["available"]
