"""How a pool runs its members. Nobody outside needs to look in: `training.open_pool` chooses."""
