#include "model/limits/reference_inputs_json.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <optional>

#include "core/text.hpp"
#include "model/limits/comparison_json.hpp"
#include "model/limits/factors.hpp"

namespace shortfall {
namespace {

constexpr std::int64_t largest_size = std::int64_t{1} << 40;
constexpr std::int64_t longest_sequence = std::int64_t{1} << 20;
constexpr std::int64_t largest_significand = 1000;

// The numbers that stand where `pattern` has a '#'; nothing if the rest of the text is another one.
std::optional<std::vector<double>> numbers_in(std::string_view text, std::string_view pattern) {
  std::vector<double> numbers;
  while (!pattern.empty()) {
    if (pattern.front() != '#') {
      if (text.empty() || text.front() != pattern.front()) return std::nullopt;
      text.remove_prefix(1);
      pattern.remove_prefix(1);
      continue;
    }
    const std::size_t length = std::min(text.find_first_not_of("0123456789.e"), text.size());
    const auto number = parse_number(text.substr(0, length));
    if (!number) return std::nullopt;
    numbers.push_back(*number);
    text.remove_prefix(length);
    pattern.remove_prefix(1);
  }
  if (!text.empty()) return std::nullopt;
  return numbers;
}

// A formula of the published form; only its numbers may differ.
std::vector<double> formula(const Node& node, std::string_view pattern) {
  const auto numbers = numbers_in(node.text(), pattern);
  if (!numbers) node.reject(fmt::format("\"{}\" with numbers for #", pattern));
  return *numbers;
}

// "1/6", or a number.
double fraction(const Node& node, double published) {
  if (node.is_absent()) return published;
  if (!node.is_text()) return number_from(node, 0);
  const std::vector<double> parts = formula(node, "#/#");
  if (parts[1] == 0) node.reject("a fraction");
  return parts[0] / parts[1];
}

void read(const Node& node, double& into) {
  if (!node.is_absent()) into = positive_from(node);
}

void read(const Node& node, std::int64_t& into) {
  if (!node.is_absent()) into = node.integer(1, largest_size);
}

void read_batch_laws(const Node& constants, Assumptions& assumed) {
  if (const Node law = constants["critical_batch"]; !law.is_absent()) {
    read(law["b0_tokens"], assumed.batch.at_start);
    read(law["T0"], assumed.batch.start_flop);
    assumed.batch.exponent = fraction(law["exponent"], assumed.batch.exponent);
    assumed.batch.experts_exponent =
        fraction(law["sparsity_exponent"], assumed.batch.experts_exponent);
  }
  if (const Node law = constants["critical_batch_deepseek"]; !law.is_absent()) {
    read(law["coef"], assumed.optimistic_batch.factor);
    read(law["exponent"], assumed.optimistic_batch.exponent);
  }
}

void read_rounding(const Node& rounding, Assumptions& assumed) {
  const std::string_view text = rounding.text();
  const std::size_t open = text.find('{'), close = text.find('}');
  const std::string_view expected = "\"take_closest in {1,3,5}*2^i, ties to smaller\"";
  if (open == text.npos || close == text.npos || close < open) rounding.reject(expected);
  const std::string around =
      std::string(text.substr(0, open)) + std::string(text.substr(close + 1));
  if (around != "take_closest in *2^i, ties to smaller") rounding.reject(expected);
  assumed.significands.clear();
  for (const std::string& one : split(text.substr(open + 1, close - open - 1), ',')) {
    const auto number = parse_integer(one);
    if (!number || *number < 1 || *number > largest_significand) rounding.reject(expected);
    assumed.significands.push_back(*number);
  }
}

void read_formulas(const Node& constants, Assumptions& assumed) {
  if (const Node node = constants["shared_banks_Bps"]; !node.is_absent()) {
    const auto numbers = formula(node, "#*#*num_sms*clock");
    assumed.shared_bytes_per_clock = numbers[0] * numbers[1];
  }
  if (const Node node = constants["sparsity"]; !node.is_absent()) {
    const auto numbers = formula(node, "#*sqrt(d_model*d_ff/(#*#^2))");
    assumed.experts_factor = numbers[0];
    assumed.experts_ratio = numbers[1];
    assumed.experts_width = numbers[2];
  }
  if (const Node node = constants["linear_scaling_threshold"]; !node.is_absent()) {
    assumed.linear_fraction = formula(node, "utilization <= #*effective_utilization")[0];
  }
  if (const Node node = constants["rounding"]; !node.is_absent()) read_rounding(node, assumed);
  if (const Node node = constants["layers_fit"]; !node.is_absent()) {
    if (node.list().size() != 2) node.reject("a factor and an exponent");
    assumed.layers_factor = positive_from(node[0]);
    assumed.layers_exponent = positive_from(node[1]);
  }
}

Assumptions assumptions_from(const Node& constants) {
  Assumptions assumed;
  read(constants["seconds_in_year"], assumed.year.value);
  read(constants["run_duration_years"], assumed.run_years);
  read(constants["tensor_core_chunk"], assumed.tensor_core_chunk);
  read(constants["useful_register_fraction"], assumed.useful_registers);
  read(constants["useful_l2_fraction"], assumed.useful_l2);
  read(constants["optimizer_overhead_factor"], assumed.optimizer_copies);
  read(constants["chinchilla_tokens_per_param"], assumed.tokens_per_parameter);
  if (const Node node = constants["seq_len"]; !node.is_absent()) {
    assumed.sequence = node.integer(1, longest_sequence);
  }
  read(constants["d_ff_over_d_model"], assumed.ff_ratio);
  read_batch_laws(constants, assumed);
  read_formulas(constants, assumed);
  return assumed;
}

Bandwidth bandwidth_from(const Node& node) {
  if (node.is_text() && node.text() == "inf") return {std::numeric_limits<double>::infinity()};
  return {positive_from(node)};
}

// Every way of placing work on the levels is tried: too many would never end.
void read_sizes(const Node& sizes, std::vector<std::int64_t>& fan_out) {
  constexpr std::size_t kinds_of_work = 5, most_placements = 20000;
  std::size_t placements = 1;
  for (std::size_t level = 0; level < sizes.list().size(); ++level) {
    fan_out.push_back(sizes[level].integer(1, 4096));
    placements *= ordered_factors(fan_out.back(), kinds_of_work).size();
    if (placements > most_placements) {
      sizes[level].reject(
          fmt::format("levels with at most {} placements of work", most_placements));
    }
  }
}

void read_network(const Node& gpu, Accelerator& accelerator) {
  const Node rates = gpu["network_bandwidth_Bps_bidirectional_per_level"];
  const Node latencies = gpu["network_latency_s_per_level"], sizes = gpu["level_sizes"];
  const std::size_t levels = rates.list().size();
  if (levels < 1 || levels > most_levels)
    rates.reject(fmt::format("a list of 1 to {} numbers", most_levels));
  if (latencies.list().size() < levels) {
    latencies.reject(fmt::format("a list of {} numbers", levels));
  }
  if (sizes.list().size() + 1 != levels) {
    sizes.reject(fmt::format("a list of {} numbers", levels - 1));
  }
  for (std::size_t level = 0; level < levels; ++level) {
    accelerator.network.push_back(
        {bandwidth_from(rates[level]), {number_from(latencies[level], 0)}});
  }
  read_sizes(sizes, accelerator.fan_out);
}

Accelerator accelerator_from(const std::string& name, const Node& gpu) {
  Accelerator accelerator{
      .name = name,
      .word_bits = static_cast<int>(gpu["bitwidth"].integer(1, 512)),
      .multiprocessors = gpu["num_sms"].integer(1, largest_size),
      .threads = gpu["threads"].integer(1, largest_size),
      .flop_per_clock_per_thread = positive_from(gpu["flop_per_clock_per_thread"]),
      .max_clock = {positive_from(gpu["max_clock_Hz"])},
      .sustained_fraction = positive_from(gpu["effective_utilization"]),
      .memory_rate = {positive_from(gpu["hbm_Bps"])},
      .l2_rate = {positive_from(gpu["l2_Bps"])},
      .memory = {positive_from(gpu["memory_bytes"])},
      .l2 = {positive_from(gpu["l2_bytes"])},
      .registers = {positive_from(gpu["register_bytes_per_processing_block"])},
      .shares_between_sms = gpu["distributed_shared_memory"].boolean(),
      .product_latency = {number_from(gpu["latency_per_matmul_s"], 0)}};
  if (accelerator.sustained_fraction > 1) {
    gpu["effective_utilization"].reject("a share of the peak, up to 1");
  }
  read_network(gpu, accelerator);
  return accelerator;
}

}  // namespace

const Frontier& ReferenceInputs::swept(const Scenario& scenario) {
  const auto [place, is_new] =
      sweeps.try_emplace({scenario.gpu.name, scenario.sparsity, scenario.batch});
  if (is_new) place->second = frontier(scenario, assumed);
  return place->second;
}

ReferenceInputs inputs_from(const Node& document, std::vector<std::string>& remarks) {
  ReferenceInputs inputs;
  if (const Node constants = document["constants"]; !constants.is_absent()) {
    inputs.assumed = assumptions_from(constants);
  } else {
    remarks.push_back("no section 'constants': those of the paper are used");
  }
  if (const Node gpus = document["gpus"]; !gpus.is_absent()) {
    for (const auto& [name, gpu] : gpus.object().items()) {
      inputs.gpus.emplace(name, accelerator_from(name, gpus[name]));
    }
  } else {
    remarks.push_back("no section 'gpus': those of the paper are used");
    for (Accelerator& gpu : paper_accelerators()) inputs.gpus.emplace(gpu.name, gpu);
  }
  return inputs;
}

const Accelerator& gpu_from(const Node& name, const ReferenceInputs& inputs) {
  const auto found = inputs.gpus.find(name.text());
  if (found != inputs.gpus.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [one, gpu] : inputs.gpus) known.push_back(one);
  name.reject("a GPU of section 'gpus'; nearest: " + join(nearest(name.text(), known), ", "));
}

void check_gpus(const Node& gpus, ReferenceInputs& inputs, SectionCheck& check) {
  for (const auto& [name, gpu] : inputs.gpus) {
    const Node entry = gpus[name];
    const Comparison compare(check, entry, "gpus." + name);
    ++check.entries;
    compare.close("bytewidth", gpu.word_bytes());
    compare.close("clock_Hz", gpu.clock());
    compare.close("peak_flop_per_s", gpu.peak());
    compare.close("sustained_flop_per_s", gpu.sustained());
    compare.close("useful_l2_bytes", gpu.useful_l2(inputs.assumed));
    compare.close("shared_Bps", gpu.shared_rate(inputs.assumed));
    compare.close("useful_register_bytes_per_processing_block",
                  gpu.useful_registers(inputs.assumed));
  }
}

}  // namespace shortfall
