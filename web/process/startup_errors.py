"""Why the server can't start, or go on: one line that says what to do."""


class CannotStartError(Exception):
    """What is printed instead of a traceback. `exit_code` is 2 for a wrong setting, 1 for anything else."""

    def __init__(self, message: str, exit_code: int = 1) -> None:
        super().__init__(message)
        self.exit_code = exit_code
