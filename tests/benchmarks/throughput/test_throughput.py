"""The throughput benchmark: its floor, its contestants and the computation of its results."""

import json
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner

from benchmarks.throughput import contestants, good_loop, hardware_floor, plain_loop
from benchmarks.throughput.contestants import (
    NETWORKS,
    PUBLISHED,
    Contestant,
    TrialTiming,
    architecture,
)
from benchmarks.throughput.energy import Counter, EnergyMeter, energy_between
from benchmarks.throughput.hardware_floor import EpochCost, Peak
from benchmarks.throughput.launch import Bench
from benchmarks.throughput.table import ContestantRun, format_figure, notes, result_rows, show
from benchmarks.throughput.throughput import about, main, other_contestants, select, summarise
from search import (
    Architecture,
    Augmentation,
    Block,
    Candidate,
    Head,
    Parallel,
    Pool,
    Recipe,
    Repeat,
    Residual,
)
from search.data.dataset import Dataset
from search.training.device import default_workers
from search.training.trainer import DeviceData, train

NOW = pytest.approx
SMALL = Architecture((1, 6, 6), 10, (Block(2, dropout=0.1),), Head("pool-conv"))
QUICK_TO_LEARN = Candidate(
    Architecture((1, 28, 28), 10, (Block(8, pool=2), Block(8, pool=2), Block(8))),
    Recipe(
        epochs=4, batch=64, rate=0.1, augmentation=Augmentation(rotation=7, shift=1, scale=0.05)
    ),
)
COUNT = 5_000  # images, a tenth of the full set
FEW = 640  # training images
ALIKE = 0.3  # relative difference of losses: over 4 seeds all losses were between 0.85 and 1.13
PEAKS = {1: Peak(1e9, 1e9), 2: Peak(2e9, 2e9)}


def timing(network: str, seconds: float, *, first: bool = False, begin: float = 0.5) -> TrialTiming:
    """Return the timing of a candidate with a first epoch that is `begin` seconds longer."""
    ends = [10 + begin + seconds * epoch for epoch in (1, 2, 3)]
    return TrialTiming(
        network,
        first=first,
        admitted=0.0 if first else 10.0,
        ends=ends,
        training=[0.9 * seconds] * 3,
        accuracy=0.9,
    )


def ran(
    seconds: float,
    places: int = 1,
    joules: float | None = None,
    networks: tuple[str, ...] = NETWORKS,
) -> ContestantRun:
    """Return a run in which NETWORKS take 1, 2, 3 and 4 times `seconds` per epoch."""
    timings = [
        timing(name, seconds * (NETWORKS.index(name) + 1), first=turn == 0)
        for _ in range(places)
        for turn, name in enumerate(networks)
    ]
    return ContestantRun(timings, joules, rss=100.4, pss=50.2)


RUNS = {
    Contestant("plain", 2): [ran(10), ran(12)],
    Contestant("good", 1): [ran(5), ran(5)],
    Contestant("good", 2): [ran(8, 2), ran(4, 2)],
    Contestant("frugal", 2): [ran(2, 2, joules=60), ran(2, 2, joules=60)],
}


def row(name: str) -> dict[str, Any]:
    """Return the results of a contestant of RUNS."""
    (matching,) = (row for row in result_rows(RUNS, PEAKS, "cpu", COUNT) if row["side"] == name)
    return matching


# the floor
def test_the_floor_equals_a_manual_count() -> None:
    """For a 3x3 convolution to 2 channels on 4x4 outputs, pooling and a 1x1 convolution."""
    first, second = 2 * 1 * 9 * 16, 10 * 2
    forward = 2 * (first + second)
    backward = 2 * first + 2 * 2 * second  # the gradient of the image is not needed
    stored = 2 * 16 + 2 + 10  # norm, ReLU, dropout and flatten need no buffer
    assert hardware_floor.epoch_cost(SMALL, 5, 3) == (
        5 * (forward + backward) + 3 * forward,
        4 * stored * (5 * 4 + 3 * 2),
    )


def test_the_floor_of_a_network_without_arithmetic() -> None:
    """A network with pooled pixels as logits has memory traffic but no operations."""
    pooled = Architecture((10, 4, 4), 10, (), Head("pool"))
    assert hardware_floor.epoch_cost(pooled, 1, 0) == (0, 4 * 10 * 4)


def test_the_floor_of_branches_repetitions_and_fixed_filters() -> None:
    """Each layer is counted with its own gradients; joints need neither arithmetic nor a buffer."""
    fire = Parallel(((Block(2, 1),), (Block(3, 3, padding="same"),)))  # both read the image
    shared = Repeat((Residual((Block(5, 1),)),), times=2)
    wide = Architecture((1, 4, 4), 10, (fire, shared, Pool("blur", 2)), Head("pool-conv"))
    branches, each, blur, last = 16 * (2 + 27), 16 * 25, 5 * 4 * 4, 50
    assert hardware_floor.training_macs(wide.layers) == (
        2 * branches + 2 * 3 * each + 2 * blur + 3 * last
    )
    stored = 16 * (2 + 3) + 2 * 16 * 5 + 4 * 5 + 5 + 10
    assert hardware_floor.epoch_cost(wide, 1, 0).traffic == 4 * 4 * stored


def test_the_floor_of_the_published_networks() -> None:
    """Their operations and bytes are those of the first result files, so figures compare."""
    assert [
        hardware_floor.epoch_cost(architecture(name), 50_000, 10_000) for name in PUBLISHED
    ] == [
        (493_105_920_000, 22_448_800_000),
        (247_245_920_000, 14_349_280_000),
        (923_325_440_000, 33_631_840_000),
    ]


def test_the_slower_of_arithmetic_and_traffic_is_the_floor() -> None:
    """The floor is the longer of the two times, because they may overlap."""
    peak = Peak(100.0, 10.0)
    assert EpochCost(200, 10).seconds(peak) == 2
    assert EpochCost(200, 50).seconds(peak) == 5


def test_a_peak_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """The measured operations and bytes per second of this machine are plausible."""
    monkeypatch.setitem(hardware_floor.MATRIX_SIDE, "cpu", 128)
    monkeypatch.setitem(hardware_floor.COPIED, "cpu", 1 << 16)
    peak = hardware_floor.measure_peak("cpu", 1)
    assert 1e8 < peak.operations < 1e13
    assert 1e8 < peak.bandwidth < 1e13


# the contestants
def test_all_contestants_learn_the_same(small_mnist: Dataset) -> None:
    """Plain loop, good loop and Frugal reach a similar training loss on the same images."""
    few = replace(
        small_mnist,
        train=small_mnist.train.at(torch.arange(FEW)),
        validation=small_mnist.validation.at(torch.arange(FEW // 5)),
    )
    with torch.random.fork_rng():
        torch.manual_seed(0)
        by_hand = [loss for loss, _ in plain_loop.epochs(few, QUICK_TO_LEARN, "cpu", 0)]
        well = [loss for loss, _ in good_loop.epochs(few, QUICK_TO_LEARN, "cpu")]
    data = DeviceData(few, torch.device("cpu"))
    ours = [result.training_loss for result in train(QUICK_TO_LEARN, 0, data)]
    assert max(losses[-1] - losses[0] for losses in (by_hand, well, ours)) < -0.5
    assert by_hand[-1] == NOW(ours[-1], rel=ALIKE)
    assert well[-1] == NOW(ours[-1], rel=ALIKE)


def test_augmentation_of_nothing_changes_nothing(small_mnist: Dataset) -> None:
    """Without rotation, shift and scale the good loop does not change the images."""
    images = small_mnist.train.images[:20]
    assert torch.allclose(good_loop.augmented(images, Augmentation()), images / 255, atol=1e-4)


def test_augmentation_shifts_each_image_independently() -> None:
    """Each image moves by a random distance, up to the given one in each direction."""
    images = torch.zeros(200, 1, 28, 28, dtype=torch.uint8)
    images[:, :, 14, 14] = 255
    moved = good_loop.augmented(images, Augmentation(shift=3))[:, 0]
    places = torch.arange(28.0)
    across = (moved.sum(1) @ places / moved.sum((1, 2))) - 14
    down = (moved.sum(2) @ places / moved.sum((1, 2))) - 14
    for distance in (across, down):
        assert 2.5 < distance.abs().max() <= 3.001
        assert distance.std() == NOW(3**0.5, rel=0.15)


def test_every_place_trains_all_networks() -> None:
    """The places start with different published networks; the separable one is always the last."""
    orders = [[name for name, _ in contestants.training_plan(3, place)] for place in range(3)]
    assert {frozenset(order) for order in orders} == {frozenset(NETWORKS)}
    assert {order[0] for order in orders} == set(PUBLISHED)
    assert {order[-1] for order in orders} == {"separable"}
    assert len({candidate.recipe for _, candidate in contestants.training_plan(3)}) == 1


def test_the_networks_have_the_documented_sizes() -> None:
    """Their parameters and multiply-accumulates are those of benchmarks/README.md."""
    networks = [architecture(name) for name in NETWORKS]
    assert [network.parameters for network in networks] == [8_172, 7_758, 9_904, 9_682]
    assert [network.macs for network in networks] == [1_567_416, 791_656, 2_920_672, 1_246_176]


def test_selected_networks_alone_are_trained() -> None:
    """A place trains the selected networks, in an order that depends on the place."""
    assert [name for name, _ in contestants.training_plan(3, 1, ("separable",))] == ["separable"]
    some = ("ev8-5", "drill-down-3", "separable")
    assert [name for name, _ in contestants.training_plan(3, 1, some)] == [
        "drill-down-3",
        "ev8-5",
        "separable",
    ]


def test_a_pool_is_kept_full(small_mnist: Dataset) -> None:
    """When a candidate ends, the next one of its place starts; every epoch is timed."""
    plans = [[(name, short(place)) for name in "abc"] for place in range(2)]
    clock = count()
    timings = contestants.run_pool(small_mnist, "cpu", plans, lambda: float(next(clock)))
    assert sorted(one.network for one in timings) == list("aabbcc")
    assert [one.first for one in timings] == [True, True] + 4 * [False]
    for one in timings:
        assert len(one.ends) == len(one.training) == 2
        assert one.admitted < one.ends[0] < one.ends[1]


def short(place: int) -> Candidate:
    """Return a candidate that trains very fast."""
    return Candidate(Architecture((1, 28, 28), 10, (Block(2 + place, pool=4),)), Recipe(epochs=2))


def test_a_contestant_is_found_by_its_name() -> None:
    """`parse_contestant` is the inverse of `Contestant.name`."""
    for contestant in (
        Contestant("plain", 0),
        Contestant("good", 2),
        Contestant("frugal", 32),
        Contestant("torch", 2),
    ):
        assert contestants.parse_contestant(contestant.name) == contestant


def test_pools_are_limited_to_the_cores_of_a_cpu() -> None:
    """On a CPU a pool has at most one candidate per core; on a GPU all sizes are used."""
    cores = default_workers("cpu")
    at_once = [one.number for one in other_contestants("cpu", (1, 2, 1_000))]
    assert max(at_once) <= cores
    on_gpu = other_contestants("cuda", (1, 32))
    assert [one.number for one in on_gpu if one.kind == "frugal"] == [1, 32]


def test_contestants_are_selected_by_name() -> None:
    """They keep the order of a round, and one plain loop alone needs no calibration."""
    names = ("frugal-1", "good-1", "plain-1")
    chosen = [contestant.name for contestant in select(Bench("cpu", COUNT, 2), (1,), names)]
    assert chosen == ["plain-1", "good-1", "frugal-1"]
    alone = select(Bench("cpu", COUNT, 2), (1,), ("frugal-1",))
    assert alone == [Contestant("frugal", 1)]


def test_an_unknown_contestant_is_refused() -> None:
    """The error contains the name and the known names."""
    result = CliRunner().invoke(main, ["--contestant", "fast-1"])
    assert result.exit_code == 2
    assert "unknown contestant 'fast-1'" in result.output
    assert "good-1" in result.output


def test_thread_limits_are_not_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Environment variables that limit torch's threads are removed for every contestant."""
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert "OMP_NUM_THREADS" not in Contestant("plain", 0).environment
    assert Contestant("torch", 2).environment[contestants.NATIVE] == "0"


# the results
def test_seconds_are_extrapolated_and_divided() -> None:
    """Seconds are a mean over networks, scaled to all images, divided by candidates at a time."""
    results = row("frugal-2")
    assert results["seconds_per_epoch_of_each"]["median"] == NOW(2 * 2 * 10)
    assert results["seconds_per_epoch"]["median"] == NOW(2 * 2 * 10 / 2)
    networks = [seconds["median"] for seconds in results["seconds_per_epoch_by_network"].values()]
    assert networks == NOW([10, 20, 30, 40])


def test_means_are_over_the_published_networks() -> None:
    """The separable network does not change them if all networks are trained."""
    published = {one: [run.of(PUBLISHED) for run in rounds] for one, rounds in RUNS.items()}
    without = result_rows(published, PEAKS, "cpu", COUNT, PUBLISHED)
    own = ("by_network", "seconds_per_epoch_by_network", "joules_per_trial")  # of all networks
    for before, after in zip(without, result_rows(RUNS, PEAKS, "cpu", COUNT), strict=True):
        assert before == after | {key: before[key] for key in own}


def test_means_are_over_the_selected_networks() -> None:
    """One network alone has its own mean, and the start of a candidate is not measured."""
    runs = {Contestant("frugal", 2): [ran(2, 2, networks=("separable",))]}
    (results,) = result_rows(runs, PEAKS, "cpu", COUNT, ("separable",))
    assert results["seconds_per_epoch"]["median"] == NOW(40)
    assert results["seconds_to_begin_a_candidate"] is None
    assert results["seconds_per_trial"]["median"] == NOW(15 * 40)
    assert results["times_plain"] is None
    assert list(results["by_network"]) == ["separable"]


def test_a_trial_includes_its_start() -> None:
    """A trial is 15 epochs plus its start; the start of the process is reported separately."""
    results = row("frugal-2")
    assert results["seconds_to_begin_a_candidate"]["median"] == NOW(0.5)
    assert results["seconds_to_start"]["median"] == NOW(10.5)
    assert results["seconds_per_trial"]["median"] == NOW((15 * 40 + 0.5) / 2, rel=1e-3)
    assert results["trials_per_hour"]["median"] == NOW(3_600 / 300.25, rel=1e-3)


def test_ratios_are_of_the_same_round() -> None:
    """Ratios to the plain and the good loop have the lowest and the highest round."""
    times = row("frugal-2")["times_plain"]
    assert times["lowest"] == NOW((15 * 200 + 0.5) / 300.25, rel=1e-3)
    assert times["highest"] == NOW((15 * 240 + 0.5) / 300.25, rel=1e-3)
    assert row("frugal-2")["times_good"]["median"] == NOW(5, rel=1e-2)
    assert row("plain-2")["times_plain"] == {"median": 1, "lowest": 1, "highest": 1}


def test_each_network_has_its_own_ratios() -> None:
    """They compare the epochs of one network in the same round."""
    separable = row("frugal-2")["by_network"]["separable"]
    assert separable == {
        "seconds_per_epoch": {"median": 40, "lowest": 40, "highest": 40},
        "times_plain": {"median": 11, "lowest": 10, "highest": 12},
        "times_good": {"median": 5, "lowest": 5, "highest": 5},
        "times_good_copies": {"median": 3, "lowest": 2, "highest": 4},
    }
    assert row("good-2")["by_network"]["ev8-5"]["times_good"]["highest"] == 2.5


def test_the_floor_is_that_of_the_cores_in_use() -> None:
    """A pool of two is compared with the peak of two cores, for the full set of images."""
    slow, fast = row("plain-2"), row("frugal-2")
    both = min(2, default_workers("cpu"))
    assert fast["cores"] == both
    costs = [hardware_floor.epoch_cost(architecture(name), 50_000, 10_000) for name in PUBLISHED]
    seconds = sum(cost.seconds(PEAKS[both]) for cost in costs) / 3
    assert fast["floor_seconds_per_epoch"] == NOW(seconds, rel=1e-3)
    assert fast["times_floor"]["median"] == NOW(20 / seconds, rel=1e-3)
    assert slow["times_floor"]["lowest"] == NOW(200 / seconds, rel=1e-3)


def test_memory_and_energy() -> None:
    """Memory is the maximum of all rounds; joules are per trial; unknown values are None."""
    results = row("frugal-2")
    assert (results["peak_rss_mib"], results["peak_pss_mib"], results["peak_gpu_mib"]) == (
        100,
        50,
        None,
    )
    assert results["joules_per_trial"]["median"] == NOW(60 / (2 * 4 * 3) * 15 * 10, rel=1e-3)
    assert results["share_not_training"]["median"] == NOW(0.1)
    assert row("good-1")["joules_per_trial"] is None


def test_a_counter_may_wrap_around() -> None:
    """The energy is correct if RAPL's counters wrapped around between two readings."""
    before = [Counter(90.0, 100.0), Counter(1.0, 100.0)]
    assert energy_between(before, [Counter(5.0, 100.0), Counter(3.0, 100.0)]) == NOW(17)
    meter = EnergyMeter("cpu").joules()
    assert meter is None or meter >= 0


def test_the_json_contains_the_conditions() -> None:
    """Device, versions, date, cores, engine and images are included; JSON keeps all results."""
    bench = Bench("cpu", COUNT, 2)
    figures = summarise(RUNS, {cores: [peak] for cores, peak in PEAKS.items()}, bench)
    results = about(bench, quick=True) | figures | {"rounds": 2, "failed": [], "load_before": 3.5}
    for name in ("date", "device", "cores", "platform", "python", "torch", "torchvision", "recipe"):
        assert results[name], name
    assert results["mean_over"] == PUBLISHED
    assert isinstance(results["native"], bool)
    assert results["extrapolated"] == "linearly from 5,000 to 50,000 images"
    again = json.loads(json.dumps(results))
    assert again["rows"] == results["rows"]
    assert any("Extrapolated" in line for line in notes(again))
    assert any("not idle" in line for line in notes(again))


def test_the_tables_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """Every contestant has a row in two tables, and a row per network in another one."""
    bench = Bench("cpu", COUNT, 2)
    figures = summarise(RUNS, {cores: [peak] for cores, peak in PEAKS.items()}, bench)
    more = {"rounds": 2, "failed": ["good-2"], "load_before": 0.1}
    show(about(bench, quick=True) | figures | more)
    printed = capsys.readouterr().out
    assert printed.count("Frugal, candidates: 2") == 2 + len(NETWORKS)
    assert printed.count("separable, 9,682") == len(RUNS)
    assert "3 (2 to 4)" in printed
    assert "9.99 to 12" in printed or "10 to 12" in printed
    assert "left out: good-2" in printed


def test_figures_are_short() -> None:
    """Figures have three digits and commas between thousands; unknown figures are n/a."""
    assert [format_figure(value) for value in (None, 0.12345, 12.345, 12_345.6)] == [
        "n/a",
        "0.123",
        "12.3",
        "12,346",
    ]


@pytest.mark.slow
def test_the_whole_benchmark_runs(tmp_path: Path) -> None:
    """All contestants run in their processes on the fewest images; the JSON is complete."""
    out = tmp_path / "throughput.json"
    few = ["--images=1280", "--epochs=1", "--rounds=1", "--device=cpu", f"--out={out}"]
    result = CliRunner().invoke(main, few, catch_exceptions=False)
    assert result.exit_code == 0
    results = json.loads(out.read_text())
    assert results["failed"] == []
    kinds = [row["side"].partition("-")[0] for row in results["rows"]]
    assert {"plain", "good", "frugal"} <= set(kinds)
    for row in results["rows"]:
        assert row["seconds_per_epoch"]["median"] > row["floor_seconds_per_epoch"]
        assert row["n"] == 1
