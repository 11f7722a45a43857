"""What is searched: architectures, recipes, candidates, budgets, published networks.

Plain frozen values with a JSON round trip. No torch, no Optuna.
"""
