#include "core/routine_json.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/overloaded.hpp"
#include "core/pattern.hpp"

namespace shortfall {
namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr double most_bytes = 0x1p62;

// Enumerators stand as their numbers: both ends are one program.
template <class Enum>
Enum enumerator(const Node& node, Enum last) {
  return static_cast<Enum>(node.integer(0, static_cast<std::int64_t>(last)));
}

Bytes bytes_in(const Node& node) {
  const double bytes = node.number();
  if (!(bytes >= 0 && bytes <= most_bytes)) node.reject("0 to 2^62 bytes");
  return {bytes};
}

double at_least_zero(const Node& node) {
  const double number = node.number();
  if (!(number >= 0 && std::isfinite(number))) node.reject("a number that is at least 0");
  return number;
}

DType type_in(const Node& node) { return enumerator(node, last_dtype); }

Json json_of(const Gemm& g) {
  Json all{{"kind", "gemm"},
           {"m", g.m},
           {"n", g.n},
           {"k", g.k},
           {"type", g.type},
           {"batch", g.batch},
           {"data", g.data.kind},
           {"zeros", g.data.share_of_zeros},
           {"cold", g.is_cold}};
  if (g.skew) all["skew"] = *g.skew;
  return all;
}

Gemm gemm_from(const Node& node) {
  Gemm g{.m = node["m"].integer(1, most),
         .n = node["n"].integer(1, most),
         .k = node["k"].integer(1, most),
         .type = type_in(node["type"]),
         .batch = node["batch"].integer(1, most),
         .data = {enumerator(node["data"], Data::Kind::sorted), at_least_zero(node["zeros"])},
         .skew = std::nullopt,
         .is_cold = node["cold"].boolean()};
  if (const Node skew = node["skew"]; !skew.is_absent()) g.skew = at_least_zero(skew);
  return g;
}

Json json_of(const Attention& a) {
  return {{"kind", "attention"},
          {"batch", a.batch},
          {"heads", a.heads},
          {"kv_heads", a.kv_heads},
          {"queries", a.queries},
          {"keys", a.keys},
          {"key_dim", a.key_dim},
          {"value_dim", a.value_dim},
          {"direction", a.direction},
          {"causal", a.causal},
          {"type", a.type}};
}

Attention attention_from(const Node& node) {
  return {.batch = node["batch"].integer(1, most),
          .heads = node["heads"].integer(1, most),
          .kv_heads = node["kv_heads"].integer(1, most),
          .queries = node["queries"].integer(1, most),
          .keys = node["keys"].integer(1, most),
          .key_dim = node["key_dim"].integer(1, most),
          .value_dim = node["value_dim"].integer(1, most),
          .direction = enumerator(node["direction"], Attention::Direction::backward),
          .causal = node["causal"].boolean(),
          .type = type_in(node["type"])};
}

Json json_of(const MemoryPass& p) {
  return {{"kind", "pass"},   {"pattern", p.kind},          {"bytes", p.bytes.value},
          {"reads", p.reads}, {"pages", p.placement.pages}, {"node", p.placement.node}};
}

int small_integer(const Node& node, int least) {
  return static_cast<int>(node.integer(least, std::numeric_limits<int>::max()));
}

MemoryPass pass_from(const Node& node) {
  return {.kind = enumerator(node["pattern"], MemoryPass::Kind::gather),
          .bytes = bytes_in(node["bytes"]),
          .reads = static_cast<int>(node["reads"].integer(1, MemoryPass::most_reads)),
          .placement = {enumerator(node["pages"], Pages::small),
                        small_integer(node["node"], local_node)}};
}

Json json_of(const Collective& c) {
  return {{"kind", "collective"},     {"pattern", c.kind},
          {"bytes", c.bytes.value},   {"type", c.type},
          {"reduction", c.reduction}, {"in_place", c.in_place},
          {"start", c.start},         {"skew", c.skew}};
}

Collective collective_from(const Node& node) {
  return {.kind = enumerator(node["pattern"], Collective::Kind::barrier),
          .bytes = bytes_in(node["bytes"]),
          .type = type_in(node["type"]),
          .reduction = enumerator(node["reduction"], Collective::Reduction::avg),
          .in_place = node["in_place"].boolean(),
          .start = enumerator(node["start"], Collective::Start::graph),
          .skew = at_least_zero(node["skew"])};
}

Json json_of(const Transfer& t) {
  return {
      {"kind", "transfer"}, {"pattern", t.kind}, {"bytes", t.bytes.value}, {"window", t.window}};
}

Transfer transfer_from(const Node& node) {
  return {.kind = enumerator(node["pattern"], Transfer::Kind::two_way),
          .bytes = bytes_in(node["bytes"]),
          .window = small_integer(node["window"], 0)};
}

Json json_of(const Operation& operation) {
  return std::visit(Overloaded{[](const Gemm& each) { return json_of(each); },
                               [](const Attention& each) { return json_of(each); },
                               [](const MemoryPass& each) { return json_of(each); },
                               [](const Collective& each) { return json_of(each); },
                               [](const Transfer& each) { return json_of(each); },
                               [](const auto&) -> Json {
                                 throw BadUsage(
                                     "a routine: expected products, attention, passes over memory, "
                                     "collectives and messages, found another kind of operation");
                               }},
                    operation);
}

Operation operation_from(const Node& node) {
  const Node kind = node["kind"];
  const std::string& word = kind.text();
  if (word == "gemm") return gemm_from(node);
  if (word == "attention") return attention_from(node);
  if (word == "pass") return pass_from(node);
  if (word == "collective") return collective_from(node);
  if (word == "transfer") return transfer_from(node);
  kind.reject("gemm, attention, pass, collective or transfer");
}

}  // namespace

std::string encode(const Routine& routine) {
  Json operations = Json::array();
  for (const RoutineOperation& each : routine.operations) {
    Json one{{"group", each.group}, {"phase", each.phase}, {"part", each.part}};
    one["operation"] = json_of(each.operation);
    operations.push_back(std::move(one));
  }
  return Json{{"name", routine.name}, {"operations", operations}, {"order", routine.order}}.dump();
}

Routine routine_from(const std::string& text) {
  const std::string source = "routine";
  const Json document = parsed(text, source);
  const Node root(document, source);
  Routine routine{.name = root["name"].text(), .operations = {}, .order = {}};
  const Node operations = root["operations"];
  for (std::size_t i = 0; i < operations.list().size(); ++i) {
    const Node one = operations[i];
    routine.operations.push_back({.operation = operation_from(one["operation"]),
                                  .group = one["group"].text(),
                                  .phase = one["phase"].text(),
                                  .part = one["part"].text()});
  }
  const Node order = root["order"];
  const auto last = static_cast<std::int64_t>(routine.operations.size()) - 1;
  for (std::size_t i = 0; i < order.list().size(); ++i) {
    routine.order.push_back(static_cast<std::uint32_t>(order[i].integer(0, last)));
  }
  return routine;
}

std::string mark_of(const Routine& routine) {
  const std::string text = encode(routine);
  return std::to_string(fingerprint(std::as_bytes(std::span(text))));
}

}  // namespace shortfall
