"""python -m vision train | evaluate | predict | models | publish | runs"""

import sys

from vision.cli import main

sys.exit(main())
