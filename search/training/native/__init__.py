"""The C++ engine: training steps on the cores of a CPU. Optional; built when it is first needed.

`self_check.open_program` gives a candidate's network as a program. It gives None where there is no
compiler, the engine fails its self-check, or the engine cannot run a layer; torch's operators
compute the steps then. `stages` reads the layers, `program` runs them, `build` compiles and loads
the sources beside it: vector.h, convolution.h, stage.h, elements.h and engine.cpp.
FRUGAL_NATIVE=0 in the environment turns the engine off.
"""

from search.training.native.build import available

__all__ = ["available"]
