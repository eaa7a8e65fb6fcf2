"""Jobs on four hosts: measured through their links whatever the order of ranks, and missed when lost."""

import datetime
import signal
import unittest

from on_hosts import HostsTest, call, init_of, on_hosts
from program import QUICK

HOSTS = ["node01", "node02", "node03", "node04"]
HEALTHY, SHAPED = (0.9e9, 1.05e9), (0.5e9, 0.65e9)  # bit/s that links of 1 Gbit/s and 600 Mbit/s deliver
ALL_REDUCE = ["all_reduce", "--dtype", "f32", "--set", "op=sum", "--set", "place=in_place",
              "--set", "start=blocking"]
# A short case, then one of half a minute.
LONG = [*ALL_REDUCE, "--set", "group=world", "--sizes", "64KiB:16MiB:256", "--samples", "100"]


class JobsOnHosts(HostsTest):
    def run_on_hosts(self, *arguments, ranks=4, options=()):
        """The report of a run that must be complete and good."""
        ended = self.call_run(*arguments, ranks=ranks, before=on_hosts(4, *options), limit=90)
        self.assertEqual(ended.status, 0, ended)
        report = self.report()
        self.assertEqual((report["run"]["status"], report["run"]["hosts"]), ("complete", 4))
        for result in report["results"]:
            self.assertEqual(result["status"], "measured", result)
            self.assertNotEqual(result["verification"]["status"], "failed", result)
        return report

    def order(self, names):
        """Options for a cluster whose ranks 0, 1, ... are on the hosts `names`."""
        path = self.folder / "hostfile"
        path.write_text("".join(f"{name}\n" for name in names))
        return ["--on", "node01", "export OMPI_MCA_rmaps_base_mapping_policy=seq; "
                                  f"export OMPI_MCA_orte_default_hostfile={path}"]

    def bits_per_second(self, report, names):
        """{(sending host, receiving host): payload}. The first rank of a pair sends. Of the fastest sample:
        who else uses this machine's processors can only slow it down."""
        found = {}
        for result in report["results"]:
            if result["benchmark"] == "send_recv_bandwidth":
                sender, receiver = (names[int(rank)] for rank in result["params"]["group"].split("-"))
                found[sender, receiver] = 8 * result["work"]["payload_bytes"] / result["timing"]["throughput"]["min_s"]
        return found

    def measure_links(self, names):
        """With node02 sending slowly: the report, and what was measured between neighbours in `names`."""
        pairs = ",".join(f"{rank}-{rank + 1},{rank + 1}-{rank}" for rank in range(3))
        report = self.run_on_hosts("send_recv_bandwidth", "--sizes", "4MiB:4MiB", "--samples", "9", "--set",
                                   f"group={pairs}", "--set", "direction=one_way", "--set", "window=auto",
                                   options=["--rate", "node02", "600mbit", *self.order(names)])
        return report, self.bits_per_second(report, names)

    def check_links(self, rates):
        self.assertEqual(len(rates), 6)
        for (sender, receiver), rate in rates.items():
            low, high = SHAPED if sender == "node02" else HEALTHY
            self.assertTrue(low <= rate <= high, f"{sender} to {receiver}: {rate / 1e9:.3f} Gbit/s of {rates}")

    def findings(self, report):
        """Without what others on this machine did meanwhile."""
        return sorted((f["kind"], f["host"]) for f in report["findings"] if f["kind"] != "disturbed")

    def silent_ranks(self, report):
        return {event["rank"] for event in report["events"] if event["kind"] == "silent"}

    def start_long(self):
        job = self.start("run", *LONG, "--out", self.out, "--case-timeout", "8", ranks=4, before=on_hosts(4))
        job.wait_until(lambda: self.has_finished_a_case() and b'"all_reduce"' in self.journal(), "the first case")
        return job

    def journal(self):
        return (self.out / "journal.jsonl").read_bytes()

    def test_a_quick_selection_is_measured_on_four_hosts(self):
        report = self.run_on_hosts(*QUICK, "--dtype", "f32")

        self.assertEqual([host["name"] for host in report["machine"]["hosts"]], HOSTS)
        self.assertEqual([kind for kind, _ in self.findings(report) if kind != "crippled_library"], [])

    def test_groups_across_hosts_and_rails_are_measured(self):
        report = self.run_on_hosts(*ALL_REDUCE, "--set", "group=within_host,across_hosts,rails", "--sizes",
                                   "4KiB:4KiB", "--samples", "3", ranks=8, options=["--slots", "2"])

        ranks = {r["params"]["group"]: r["per_rank"]["n"] for r in report["results"] if r["benchmark"] == "all_reduce"}
        self.assertEqual(ranks, {"within_host": 8, "across_hosts": 4, "rails": 8})

    def test_links_and_a_slow_sender_are_measured_whatever_the_order_of_ranks(self):
        report, rates = self.measure_links(HOSTS)
        self.check_links(rates)
        self.out = self.folder / "permuted"

        permuted, rates = self.measure_links(HOSTS[::-1])

        self.check_links(rates)
        self.assertEqual([host["name"] for host in permuted["machine"]["hosts"]], HOSTS[::-1])
        self.assertEqual(self.findings(permuted), self.findings(report))

    def test_a_lost_host_ends_the_job_with_its_rank_named(self):
        job = self.start_long()
        cut_at = datetime.datetime.now(datetime.timezone.utc)
        cut = call("nsenter", f"--target={init_of(job.process)}", "--net", "ip", "link", "set", "node03", "down")
        self.assertEqual(cut.returncode, 0, cut.stderr)

        ended = job.end(60)

        self.assertEqual(ended.status, 3, ended)
        report = self.report()
        self.assertEqual(report["run"]["status"], "partial")
        self.assertEqual(self.silent_ranks(report), {2})
        ended_at = datetime.datetime.fromisoformat(report["run"]["finished_at"])
        self.assertLess((ended_at - cut_at).total_seconds(), 8 + 5)

    def test_sigterm_leaves_a_partial_report(self):
        job = self.start_long()

        job.process.send_signal(signal.SIGTERM)
        job.end(20)

        report = self.report()
        self.assertEqual(report["run"]["status"], "partial")
        self.assertIn("SIGTERM", report["run"]["reason"])


if __name__ == "__main__":
    unittest.main()
