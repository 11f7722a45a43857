"""A training step in C++ for the cores of a CPU: optional, built when first needed, never missed.

`program.open_program` gives a candidate's network as a program, or None where there is no compiler,
or a layer that the engine does not know; torch's own operators do the same sums then. `stages`
reads the layers, `library` builds and loads what lies beside: vector.h, convolution.h, stage.h,
elements.h and engine.cpp. FRUGAL_NATIVE=0 in the environment turns it off.
"""

from search.native.library import available

__all__ = ["available"]
