"""Records of 50 trials: 12 trained, 1 stopped early, 37 over budget."""

from tests.support import simulated_run as simulated

RECORDS = [
    *(simulated.trained(number, 0.9900 + 0.0003 * number) for number in range(12)),
    simulated.ended(12, "stopped early", [0.9, 0.95, 0.97, 0.981]),
    *(simulated.ended(number, "over budget", []) for number in range(13, 50)),
]
