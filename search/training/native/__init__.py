"""The C++ engine: training steps on a CPU. Optional; built on first use.

`self_check.open_program` returns a candidate's network as a program for the engine. It returns None
if there is no compiler, if the engine fails its self-check, or if the engine does not support the
network. Then torch is used. `stages` converts the layers to stages, `program` runs them, and
`build` compiles and loads the sources in this package: vector.h, activation.h, convolution.h,
depthwise.h, stage.h, elements.h and engine.cpp. Set FRUGAL_NATIVE=0 in the environment to disable
the engine.
"""

from search.training.native.build import available

__all__ = ["available"]
