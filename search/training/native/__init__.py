"""The C++ engine: training steps on the cores of a CPU. Optional; built when it is first needed.

`self_check.open_program` returns a candidate's network as a program. It returns None where there is
no compiler, the engine fails its self-check, or the engine cannot run a layer. In those cases torch
is used. `stages` converts the layers to stages, `program` runs them, `build` compiles and loads the
sources in this package: vector.h, convolution.h, stage.h, elements.h and engine.cpp.
FRUGAL_NATIVE=0 in the environment turns the engine off.
"""

from search.training.native.build import available

__all__ = ["available"]
