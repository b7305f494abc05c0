"""The demo district: an invented administration with invented firms, made from a seed."""

from demo.district.build import generate as generate
from demo.district.model import District as District
