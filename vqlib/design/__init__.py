"""Ways to make a codebook: by rule, by training, and the exact optimum for scalars.

What trains on samples is a function of `(samples, size, weights=None, ...)`, checks them by
`check_training_set`, and returns a `Codebook` with its code vectors sorted. Each family of
algorithms has a module, whose name is none of its functions', and a row in the table of
tests/design/test_arguments.py. What is to serve pictures, too, is called in image/training.py.
"""

from .density import best_uniform as best_uniform
from .density import expected_distortion as expected_distortion
from .density import lloyd_max as lloyd_max
from .entropy_constraint import PricedStep as PricedStep
from .entropy_constraint import encode_at_price as encode_at_price
from .entropy_constraint import entropy_constrained as entropy_constrained
from .entropy_optimum import optimal_entropy_coded as optimal_entropy_coded
from .lloyd_algorithm import Step as Step
from .lloyd_algorithm import grid as grid
from .lloyd_algorithm import lloyd as lloyd
from .lloyd_algorithm import lloyd_steps as lloyd_steps
from .lloyd_algorithm import refine as refine
from .lloyd_algorithm import split as split
from .scalar import DISTINCT_LIMIT as DISTINCT_LIMIT
from .scalar import OptimalScalar as OptimalScalar
from .scalar import optimal_scalar as optimal_scalar
from .scalar import product as product
from .scalar import uniform as uniform
from .training_set import count_distinct as count_distinct
