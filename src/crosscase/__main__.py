"""``python -m crosscase`` is the same as ``crosscase``."""

import sys

from crosscase.cli import main

sys.exit(main())
