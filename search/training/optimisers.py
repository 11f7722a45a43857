"""torch's optimisers for the weights of a network, as a recipe describes them."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from search.candidates.recipe import ADAMW_BETA, Recipe


class KernelMuon(torch.optim.Muon):
    """torch.optim.Muon for kernels of convolutions (out, in, height, width), in any memory format.

    A kernel is updated as a matrix (out, in * height * width). The matrices are copies, so only
    this optimiser may change the kernels.
    """

    def __init__(self, kernels: list[nn.Parameter], **settings: Any) -> None:
        self._kernels = kernels
        self._matrices = [nn.Parameter(kernel.detach().flatten(1).clone()) for kernel in kernels]
        super().__init__(self._matrices, **settings)
        self.register_step_pre_hook(lambda *_: self._read_gradients())
        self.register_step_post_hook(lambda *_: self._write_kernels())

    def _read_gradients(self) -> None:
        for kernel, matrix in zip(self._kernels, self._matrices, strict=True):
            matrix.grad = None if kernel.grad is None else kernel.grad.flatten(1)

    @torch.no_grad()
    def _write_kernels(self) -> None:
        for kernel, matrix in zip(self._kernels, self._matrices, strict=True):
            kernel.copy_(matrix.view_as(kernel))


def is_kernel(weight: Tensor) -> bool:
    """Whether the weight is the kernel of a convolution, which Muon updates."""
    return weight.dim() == 4


def build_optimisers(
    recipe: Recipe, network: nn.Module, device: torch.device
) -> tuple[Optimizer, ...]:
    """Return the optimisers of the recipe; each updates a part of the weights.

    There are two for a recipe with Muon: Muon and AdamW. One of them is missing if the network has
    no weights for it. Otherwise there is one.
    """
    weights = list(network.parameters())
    if recipe.optimiser != "muon":
        return (_optimiser(recipe, weights, device),)
    kernels = [weight for weight in weights if is_kernel(weight)]
    others = [weight for weight in weights if not is_kernel(weight)]
    muon = [_muon(recipe, kernels)] if kernels else []
    return (*muon, *([_adam(torch.optim.AdamW, recipe, others, device)] if others else []))


def set_rate(optimiser: Optimizer, recipe: Recipe, rate: float, momentum: float) -> None:
    """Set the learning rate and momentum of a step, as in `search.candidates.recipe.rates`."""
    if recipe.optimiser == "muon" and not isinstance(optimiser, KernelMuon):
        rate, momentum = rate * recipe.adamw_rate / recipe.rate, ADAMW_BETA
    for group in optimiser.param_groups:
        group["lr"] = rate
        if "betas" in group:
            group["betas"] = (momentum, recipe.beta2)
        else:
            group["momentum"] = momentum


def _optimiser(recipe: Recipe, weights: list[nn.Parameter], device: torch.device) -> Optimizer:
    if recipe.optimiser == "sgd":
        return _sgd(recipe, weights, device)
    if recipe.optimiser == "nadam":
        return _nadam(recipe, weights)
    if recipe.optimiser == "rmsprop":
        return _rmsprop(recipe, weights)
    kind = torch.optim.Adam if recipe.optimiser == "adam" else torch.optim.AdamW
    return _adam(kind, recipe, weights, device)


def _sgd(recipe: Recipe, weights: list[nn.Parameter], device: torch.device) -> Optimizer:
    return torch.optim.SGD(
        weights,
        lr=recipe.rate,
        momentum=recipe.momentum,
        nesterov=recipe.nesterov,
        weight_decay=recipe.weight_decay,
        fused=_can_fuse(device),
    )


def _adam(
    kind: type[torch.optim.Adam], recipe: Recipe, weights: list[nn.Parameter], device: torch.device
) -> Optimizer:
    return kind(
        weights,
        lr=recipe.rate,
        betas=(recipe.momentum, recipe.beta2),
        eps=recipe.epsilon,
        weight_decay=recipe.weight_decay,
        fused=_can_fuse(device),
    )


def _nadam(recipe: Recipe, weights: list[nn.Parameter]) -> Optimizer:
    return torch.optim.NAdam(
        weights,
        lr=recipe.rate,
        betas=(recipe.momentum, recipe.beta2),
        eps=recipe.epsilon,
        weight_decay=recipe.weight_decay,
        momentum_decay=recipe.momentum_decay,
        foreach=True,
    )


def _rmsprop(recipe: Recipe, weights: list[nn.Parameter]) -> Optimizer:
    return torch.optim.RMSprop(
        weights,
        lr=recipe.rate,
        alpha=recipe.alpha,
        eps=recipe.epsilon,
        weight_decay=recipe.weight_decay,
        momentum=recipe.momentum,
        foreach=True,
    )


def _muon(recipe: Recipe, kernels: list[nn.Parameter]) -> Optimizer:
    return KernelMuon(
        kernels,
        lr=recipe.rate,
        weight_decay=recipe.weight_decay,
        momentum=recipe.momentum,
        nesterov=recipe.nesterov,
        ns_steps=recipe.muon_steps,
        adjust_lr_fn="original",
    )


def _can_fuse(device: torch.device) -> bool:
    return device.type in ("cpu", "cuda")
