"""Speed, measured, never in a timed test; how well passages are found and questions answered.

But: run by hand.  OpenVINO is kept from reporting its users here as it is in `qa_engine.runtime`, whichever
of the two is imported first.
"""

import sys

sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
