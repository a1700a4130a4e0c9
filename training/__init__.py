"""Scripts that make the embedded reader; never imported by the bot.

But: like the bot, they tell nobody that they were run: OpenVINO and NNCF do without the module that reports
to google-analytics.com.
"""

import sys

sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
