"""python -m vision train | evaluate | export | predict | models | publish | runs"""

import sys

from vision.cli import main

sys.exit(main())
