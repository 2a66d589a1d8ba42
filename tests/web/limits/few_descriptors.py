"""A real server that may have 300 descriptors: `python -m tests.web.limits.few_descriptors serve`."""

import resource
import runpy

DESCRIPTORS = 300

if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
    runpy.run_path("main.py", run_name="__main__")
