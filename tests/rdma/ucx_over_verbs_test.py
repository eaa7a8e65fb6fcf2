"""What UCX does of its calls with an adapter: by verbs, between two ranks of one software device."""

import os
import unittest

from program import ProgramTest

# UCX before 1.19 takes datagrams of adapters like mlx5 alone for addressed to it.
OVER_VERBS = {"UCX_TLS": "rc_v,self", "UCX_NET_DEVICES": "rxe0:1", "UCX_UD_VERBS_ETH_DGID_CHECK": "n"}


class OverVerbs(ProgramTest):
    def setUp(self):
        super().setUp()
        for name, value in OVER_VERBS.items():
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name)

    def test_every_call_is_verified_and_the_adapter_named(self):
        ended = self.call_run("ucx_latency", "ucx_bandwidth", "--links", "ucx", "--set", "op=put,get,tag,am,stream",
                              "--set", "bytes=8,64KiB", "--samples", "3", ranks=2, limit=200)

        self.assertEqual(ended.status, 0, ended)
        results = [r for r in self.report()["results"] if r["benchmark"].startswith("ucx_")]
        self.assertEqual(len(results), 5 * 3 * 2)  # there and back, one way, both ways; two sizes
        for result in results:
            self.assertEqual(result["status"], "measured", (result["key"], result["reason"]))
            self.assertEqual(result["verification"]["status"], "passed", result["key"])
            self.assertIn("rc_verbs/rxe0:1", result["details"]["transports"], result["key"])


if __name__ == "__main__":
    unittest.main()
