// The keys of report.json, each named once for writing and for reading; those of the machine stand
// in topology/fields.hpp. A visitor `each` takes
//   each(key, member)          a value; readers insist on the key
//   each.object(key, inner)    an object whose keys inner(visitor) lists
//   each.later(key, value)     what follows from others: written, and never read
#pragma once

#include "core/json.hpp"
#include "report/fabric_fields.hpp"
#include "report/report.hpp"
#include "report/shortfall_fields.hpp"
#include "report/vitals_fields.hpp"
#include "topology/fields.hpp"

namespace shortfall {

void fields(auto& each, Is<Program> auto& program) {
  each("name", program.name);
  each("version", program.version);
  each("commit", program.commit);
}

void fields(auto& each, Is<Run> auto& run) {
  each("id", run.id);
  each("started_at", run.started_at);
  each("finished_at", or_null(run.finished_at));
  each("duration_s", run.duration);
  each("status", run.status);
  each("reason", or_null(run.reason));
  each("command", run.command);
  each("ranks", run.ranks);
  each("hosts", run.hosts);
  each("seed", run.seed);
  each("profile", run.profile);
  each("labels", run.labels);
  each("topology_class", run.topology_class);
  each("before_first_case_s", run.before_first_case);
  each("in_cases_s", run.in_cases);
  each("in_calls_s", run.in_calls);
}

void fields(auto& each, Is<Work> auto& work) {
  each("flop", work.flop);
  each("memory_bytes", work.memory);
  each("payload_bytes", work.payload);
  each("link_bytes", work.link);
  each("messages", work.messages);
  each("cycles", work.cycles);
}

void fields(auto& each, Is<Summary> auto& summary) {
  each("n", summary.n);
  each("min_s", summary.min);
  each("p05_s", summary.p05);
  each("p25_s", summary.p25);
  each("median_s", summary.median);
  each("p75_s", summary.p75);
  each("p95_s", summary.p95);
  each("p99_s", summary.p99);
  each("max_s", summary.max);
  each("ci95_s", summary.ci95);
}

void fields(auto& each, Is<Timing> auto& timing) {
  each("primary", timing.primary);
  each("throughput", timing.throughput);
  each("isolated", timing.isolated);
  each("skew", timing.skew);
}

void fields(auto& each, Is<WrongData> auto& wrong) {
  each("rank", wrong.rank);
  each("host", wrong.host);
  each("index", wrong.mismatch.index);
  each("got", maybe_nan(wrong.mismatch.got));
  each("want", maybe_nan(wrong.mismatch.want));
}

void fields(auto& each, Is<Verification> auto& verification) {
  each("status", verification.status);
  each("coverage", verification.coverage);
  each("mismatch", verification.wrong);
}

void fields(auto& each, Is<RankTime> auto& time) {
  each("rank", time.rank);
  each("host", time.host);
  each("median_s", time.median);
}

void fields(auto& each, Is<PerRank> auto& per_rank) {
  each("n", per_rank.n);
  each("min_s", per_rank.min);
  each("median_s", per_rank.median);
  each("max_s", per_rank.max);
  each("worst", per_rank.worst);
  each("all_s", or_null(per_rank.all));
  each("adapters", or_null(per_rank.adapters));
}

void fields(auto& each, Is<FigureOfRanks> auto& figure) {
  each("name", figure.name);
  each("min", figure.min);
  each("median", figure.median);
  each("max", figure.max);
  each("rank", figure.rank);
  each("host", figure.host);
}

void fields(auto& each, Is<Cost> auto& cost) {
  each("calls_s", cost.calls);
  each("total_s", cost.total);
}

void fields(auto& each, Is<Measured> auto& measured) {
  each("timing", measured.timing);
  each("verification", measured.verification);
  each("per_rank", measured.per_rank);
  each("cost", measured.cost);
  each("details", measured.details);
  each("figures", measured.figures);
  each("vitals", measured.vitals);
  each("energy_j", measured.energy);
}

// All of a result but its outcome, which has other keys for each status.
void fields(auto& each, Is<Result> auto& result) {
  each("key", result.key);
  each("benchmark", result.benchmark);
  each("suite", result.suite);
  each("device", result.device);
  each("backend", result.backend);
  each("memory", result.memory);
  each("params", result.params);
  each("work", result.work);
}

void fields(auto& each, Is<Prediction> auto& prediction) {
  each("time_s", prediction.time);
  each("source", prediction.source);
}

void fields(auto& each, Is<Attainment::Limit> auto& limit) {
  each("name", limit.name);
  each("bytes_per_s", limit.rate);
  each("share", limit.share);
}

void fields(auto& each, Is<Attainment> auto& attainment) {
  each("of_datasheet", attainment.of_datasheet);
  each("datasheet_limit", or_null(attainment.datasheet_limit));
  each("of_datasheet_at_clock", attainment.of_datasheet_at_clock);
  each("of_measured_peak", attainment.of_measured_peak);
  each("of_model", attainment.of_model);
  each("limits", or_empty(attainment.limits));
}

void fields(auto& each, Is<Finding> auto& finding) {
  each("severity", finding.severity);
  each("kind", finding.kind);
  each("host", or_null(finding.host));
  each("rank", finding.rank);
  each("device", or_null(finding.device));
  each("link", or_null(finding.link));
  each("metric", or_null(finding.metric));
  each("value", finding.value);
  each("expected", finding.expected);
  each("unit", or_null(finding.unit));
  each("reason", finding.reason);
  each("action", finding.action);
}

void fields(auto& each, Is<Note> auto& note) {
  each("key", note.key);
  each("reason", note.reason);
}

void fields(auto& each, Is<Verdict> auto& verdict) {
  each("status", verdict.status);
  each("expected", verdict.expected);
  each("tested", verdict.tested);
  each("excluded", verdict.excluded);
  each("unknown", verdict.unknown);
}

void fields(auto& each, Is<Event> auto& event) {
  each("at", event.at);
  each("rank", event.rank);
  each("host", event.host);
  each("kind", event.kind);
  each("message", event.message);
}

void fields(auto& each, Is<Report> auto& report) {
  each("program", report.program);
  each("run", report.run);
  each("machine", report.machine);
  each("results", report.entries);
  each("shortfall", report.shortfall);
  each("fabric", or_empty(report.fabric));
  each("findings", report.findings);
  each("verdict", report.verdict);
  each("events", report.events);
}

}  // namespace shortfall
