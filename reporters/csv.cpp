#include "reporters/csv.hpp"

#include <fmt/ostream.h>

#include <algorithm>
#include <cmath>

#include "core/overloaded.hpp"
#include "report/words.hpp"

namespace shortfall {
namespace {

std::string text(double number) { return std::isfinite(number) ? fmt::format("{}", number) : ""; }
template <std::integral T>
std::string text(T number) {
  return std::to_string(number);
}
std::string text(std::string_view words) { return std::string(words); }
template <class Unit>
std::string text(Quantity<Unit> quantity) {
  return text(quantity.value);
}
template <class T>
std::string text(const std::optional<T>& value) {
  return value ? text(*value) : "";
}

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string all = "\"";
  for (const char c : cell) all += c == '"' ? std::string("\"\"") : std::string(1, c);
  return all + '"';
}

// The cells of one case, each under its name: a header and its rows are made by the same calls.
class Row {
 public:
  explicit Row(bool is_header) : is_header_(is_header) {}

  template <class T>
  void add(const std::string& name, const T& value) {
    if (!line_.empty()) line_ += ',';
    line_ += quoted(is_header_ ? name : text(value));
  }
  std::string line() const { return line_ + "\r\n"; }

 private:
  bool is_header_;
  std::string line_;
};

void add_times(Row& row, const std::string& name, const std::optional<Summary>& times) {
  const Summary s = times.value_or(Summary{});
  const auto add = [&](const char* key, const auto& value) {
    row.add("timing." + name + "." + key, times ? text(value) : "");
  };
  const auto ci = s.ci95;
  add("n", s.n);
  add("min_s", s.min);
  add("p05_s", s.p05);
  add("p25_s", s.p25);
  add("median_s", s.median);
  add("p75_s", s.p75);
  add("p95_s", s.p95);
  add("p99_s", s.p99);
  add("max_s", s.max);
  add("ci95_s.low", ci ? text(ci->low) : "");
  add("ci95_s.high", ci ? text(ci->high) : "");
}

void add_rates(Row& row, const std::string& name, const Rates& rates) {
  row.add(name + ".flop_per_s", rates.flop);
  row.add(name + ".memory_bytes_per_s", rates.memory);
  row.add(name + ".algorithm_bytes_per_s", rates.algorithm);
  row.add(name + ".bus_bytes_per_s", rates.bus);
  row.add(name + ".messages_per_s", rates.messages);
  row.add(name + ".cycles_per_s", rates.cycles);
}

void add_verification(Row& row, const std::optional<Verification>& verification) {
  const auto wrong = verification ? verification->wrong : std::nullopt;
  row.add("verification.status", verification ? word(verification->status) : "");
  row.add("verification.coverage", verification ? text(verification->coverage) : "");
  row.add("verification.mismatch.rank", wrong ? text(wrong->rank) : "");
  row.add("verification.mismatch.host", wrong ? wrong->host : "");
  row.add("verification.mismatch.index", wrong ? text(wrong->mismatch.index) : "");
  row.add("verification.mismatch.got", wrong ? text(wrong->mismatch.got) : "");
  row.add("verification.mismatch.want", wrong ? text(wrong->mismatch.want) : "");
}

void add_per_rank(Row& row, const PerRank& all, bool is_known) {
  const auto add = [&](const char* key, const auto& value) {
    row.add(std::string("per_rank.") + key, is_known ? text(value) : "");
  };
  const RankTime worst = all.worst.empty() ? RankTime{} : all.worst.front();
  add("n", all.n);
  add("min_s", all.min);
  add("median_s", all.median);
  add("max_s", all.max);
  add("worst.rank", all.worst.empty() ? "" : text(worst.rank));
  add("worst.host", worst.host);
}

void add_worst(Row& row, const std::string& name, const std::optional<AtRank>& worst) {
  row.add("vitals." + name + ".value", worst ? text(worst->value) : "");
  row.add("vitals." + name + ".rank", worst ? text(worst->rank) : "");
  row.add("vitals." + name + ".host", worst ? worst->host : "");
}

void add_vitals(Row& row, const Measured& measured, bool is_known) {
  const Vitals& vitals = measured.vitals;
  row.add("vitals.disturbed", !is_known ? "" : vitals.is_disturbed ? "true" : "false");
  row.add("vitals.reason", vitals.reason.value_or(""));
  row.add("vitals.clock_hz.before", vitals.clock ? text(vitals.clock->before) : "");
  row.add("vitals.clock_hz.after", vitals.clock ? text(vitals.clock->after) : "");
  add_worst(row, "cpu_wait_share", vitals.cpu_wait_share);
  add_worst(row, "other_load_share", vitals.other_load_share);
  add_worst(row, "steal_share", vitals.steal_share);
  add_worst(row, "temperature_c", vitals.temperature_c);
  row.add("vitals.power_w", vitals.power_w);
  row.add("energy_j", measured.energy);
}

void add_measurement(Row& row, const Result& result) {
  const auto* const found = std::get_if<Measured>(&result.outcome);
  const Measured measured = found ? *found : Measured{};
  const Timing& timing = measured.timing;
  const Rates one = found ? rates(result.work, timing.of_primary().median) : Rates{};
  row.add("timing.primary", found ? word(timing.primary) : "");
  add_times(row, "throughput", timing.throughput);
  add_times(row, "isolated", timing.isolated);
  add_times(row, "skew", timing.skew);
  add_rates(row, "rates", one);
  add_rates(row, "aggregate", one * static_cast<double>(active_ranks(measured)));
  add_verification(row, found ? std::optional(measured.verification) : std::nullopt);
  add_per_rank(row, measured.per_rank, found != nullptr);
  add_vitals(row, measured, found != nullptr);
}

std::string status_of(const Outcome& outcome) {
  return std::visit(
      Overloaded{[](const Measured&) { return "measured"; },
                 [](const Skipped&) { return "skipped"; }, [](const Failed&) { return "failed"; }},
      outcome);
}

std::string reason_of(const Outcome& outcome) {
  return std::visit(Overloaded{[](const Measured&) { return std::string(); },
                               [](const Skipped& s) { return s.reason; },
                               [](const Failed& f) {
                                 return fmt::format("rank {} on {}: {}", f.rank, f.host, f.reason);
                               }},
                    outcome);
}

std::string param(const Params& params, const std::string& name) {
  const auto found = std::ranges::find(params, name, &Params::Entry::first);
  return found == params.end() ? "" : text_of(found->second);
}

std::string line_of(bool is_header, const Run& run, const Entry& entry,
                    const std::vector<std::string>& params) {
  Row row(is_header);
  const Result& result = entry.result;
  row.add("run.id", run.id);
  row.add("key", result.key);
  row.add("benchmark", result.benchmark);
  row.add("suite", word(result.suite));
  row.add("device", result.device);
  row.add("backend", result.backend);
  row.add("memory", result.memory);
  for (const std::string& name : params) row.add("params." + name, param(result.params, name));
  row.add("status", status_of(result.outcome));
  row.add("reason", reason_of(result.outcome));
  add_measurement(row, result);
  row.add("attainment.of_datasheet", entry.attainment.of_datasheet);
  row.add("attainment.of_measured_peak", entry.attainment.of_measured_peak);
  row.add("attainment.of_model", entry.attainment.of_model);
  row.add("attainment.of_datasheet_at_clock", entry.attainment.of_datasheet_at_clock);
  return row.line();
}

}  // namespace

void write_csv(std::ostream& out, const Report& report) {
  std::vector<std::string> params;
  for (const Entry& entry : report.entries) {
    for (const auto& [name, value] : entry.result.params) {
      if (std::ranges::find(params, name) == params.end()) params.push_back(name);
    }
  }
  out << line_of(true, report.run, Entry{}, params);
  for (const Entry& entry : report.entries) out << line_of(false, report.run, entry, params);
}

}  // namespace shortfall
