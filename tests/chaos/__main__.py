"""The entry of `make chaos`: `python -m chaos`. A worker process imports `chaos.many`, not this."""

import sys

from chaos.many import main

if __name__ == "__main__":
    sys.exit(main())
