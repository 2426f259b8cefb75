"""`python -m xiuhua.cli`, which is how the supervisor starts its own children."""

import sys

from xiuhua.cli import main

sys.exit(main())
