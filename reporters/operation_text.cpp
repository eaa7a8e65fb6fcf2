#include "reporters/operation_text.hpp"

#include <fmt/format.h>

#include <array>

#include "core/overloaded.hpp"
#include "core/text.hpp"

namespace shortfall {
namespace {

struct AxisWords {
  std::string_view name, text;
};

// By RankAxis.
constexpr std::array<AxisWords, 10> axes{{{"none", ""},
                                          {"tensor", "tensor-parallel ranks"},
                                          {"context", "context-parallel ranks"},
                                          {"experts", "expert-parallel ranks"},
                                          {"pipeline", "stages of the pipeline"},
                                          {"data", "data-parallel ranks"},
                                          {"data_experts", "data-parallel ranks of experts"},
                                          {"shards", "ranks of a shard group"},
                                          {"replicas", "shard groups"},
                                          {"clusters", "clusters"}}};

// Four digits tell apart what is not whole, as shares of parameters are.
std::string size_of(Bytes bytes) {
  if (bytes >= 1_GiB) return fmt::format("{:.4g} GiB", bytes / 1_GiB);
  if (bytes >= 1_MiB) return fmt::format("{:.4g} MiB", bytes / 1_MiB);
  return fmt::format("{:.4g} KiB", bytes / 1_KiB);
}

std::string of(const Gemm& gemm) {
  const std::string times = gemm.batch > 1 ? fmt::format("{} times ", gemm.batch) : "";
  return fmt::format("{}{} x {} x {} {} product", times, gemm.m, gemm.n, gemm.k,
                     name_of(gemm.type));
}

std::string of(const Attention& a) {
  return fmt::format(
      "{} x {} heads of {} queries x {} keys{}, {} attention{}", a.batch, a.heads, a.queries,
      a.keys, a.kv_heads < a.heads ? " (" + counted(a.kv_heads, "head") + " of keys)" : "",
      name_of(a.type), a.direction == Attention::Direction::backward ? " backward" : "");
}

std::string of(const MemoryPass& pass) { return "pass over " + size_of(pass.bytes); }

std::string of(const Collective& collective) {
  return fmt::format("{} of {}", name_of(collective.kind), size_of(collective.bytes));
}

std::string of(const Transfer& transfer) { return "message of " + size_of(transfer.bytes); }

}  // namespace

std::string text_of(const Operation& operation) {
  return std::visit(
      Overloaded{[](const Gemm& o) { return of(o); }, [](const Attention& o) { return of(o); },
                 [](const MemoryPass& o) { return of(o); },
                 [](const Collective& o) { return of(o); }, [](const Transfer& o) { return of(o); },
                 [](const auto&) { return std::string(); }},
      operation);
}

std::string_view text_of(RankAxis axis) { return axes[static_cast<std::size_t>(axis)].text; }
std::string_view name_of(RankAxis axis) { return axes[static_cast<std::size_t>(axis)].name; }

}  // namespace shortfall
