"""Codebooks inside a network: a small autoencoder whose latents are quantized.

The codebook is learned with the network (VQ-VAE) or is a fixed grid (FSQ). All gradients are
written out by hand, in NumPy.
"""

from .autoencoder import Autoencoder as Autoencoder
from .autoencoder import gradients as gradients
from .quantizers import Finite as Finite
from .quantizers import Learned as Learned
from .training import train_autoencoder as train_autoencoder
