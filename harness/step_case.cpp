#include "harness/step_case.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "core/error.hpp"
#include "core/overloaded.hpp"
#include "core/product_shape.hpp"

namespace shortfall {
namespace {

constexpr std::string_view product = "step_product", pass = "step_pass", exchange = "step_exchange";
constexpr std::string_view send = "send";  // a Transfer of one message

Value text(std::string_view word) { return std::string(word); }
Value number(Bytes bytes) { return static_cast<std::int64_t>(bytes.value); }

// As its arrays are laid out, so that a pass of so many bytes is the same pass.
Bytes whole_arrays(const MemoryPass& of) { return work_of(of, {}).memory; }

Bytes whole_elements(const Collective& of) {
  const auto size = static_cast<double>(size_of(of.type));
  return {std::max(std::floor(of.bytes.value / size), 1.0) * size};
}

[[noreturn]] void refuse(const std::string& what) {
  throw Error("measure an operation of a routine", what + " is done by no benchmark of steps");
}

Case case_of(const Gemm& gemm, const std::string& group) {
  if (gemm.skew) refuse("a grouped product");
  return {std::string(product), Params({{"shape", text_of(MxNxK{gemm.m, gemm.n, gemm.k})},
                                        {"batch", gemm.batch},
                                        {"dtype", text(name_of(gemm.type))},
                                        {"group", group}})};
}

Case case_of(const MemoryPass& of, const std::string& group) {
  const int reads = of.kind == MemoryPass::Kind::mix ? of.reads : 1;
  return {std::string(pass), Params({{"kind", text(name_of(of.kind))},
                                     {"reads", std::int64_t{reads}},
                                     {"bytes", number(whole_arrays(of))},
                                     {"group", group}})};
}

Case case_of(const Collective& of, const std::string& group) {
  return {std::string(exchange), Params({{"kind", text(name_of(of.kind))},
                                         {"bytes", number(whole_elements(of))},
                                         {"dtype", text(name_of(of.type))},
                                         {"group", group}})};
}

Case case_of(const Transfer& of, const std::string& group) {
  if (of.kind != Transfer::Kind::one_way) refuse("a transfer that is not one way");
  return {std::string(exchange),
          Params({{"kind", text(send)},
                  {"bytes", number({std::max(std::floor(of.bytes.value), 1.0)})},
                  {"dtype", text(name_of(DType::u8))},
                  {"group", group}})};
}

std::optional<Operation> product_of(const Params& params) {
  const auto [m, n, k] = shape_from(params.text("shape"));
  const std::int64_t batch = params.integer("batch");
  if (batch < 1) return std::nullopt;
  return Gemm{.m = m, .n = n, .k = k, .type = params.dtype(), .batch = batch, .is_cold = true};
}

std::optional<Operation> pass_of(const Params& params) {
  const auto kind = pass_kind_named(params.text("kind"));
  const std::int64_t reads = params.integer("reads");
  const Bytes bytes = params.bytes("bytes");
  if (!kind || reads < 1 || reads > MemoryPass::most_reads || bytes < 1_B) return std::nullopt;
  return MemoryPass{
      .kind = *kind, .bytes = bytes, .reads = static_cast<int>(reads), .is_cold = true};
}

std::optional<Operation> exchange_of(const Params& params) {
  const std::string& word = params.text("kind");
  const Bytes bytes = params.bytes("bytes");
  if (bytes < 1_B) return std::nullopt;
  if (word == send) {
    return Transfer{.kind = Transfer::Kind::one_way, .bytes = bytes, .window = 1, .is_cold = true};
  }
  const auto kind = collective_kind_named(word);
  if (!kind) return std::nullopt;
  return Collective{.kind = *kind, .bytes = bytes, .type = params.dtype(), .is_cold = true};
}

}  // namespace

Case step_case(const RoutineOperation& step) {
  return std::visit(Overloaded{[&](const Gemm& gemm) { return case_of(gemm, step.group); },
                               [&](const MemoryPass& of) { return case_of(of, step.group); },
                               [&](const Collective& of) { return case_of(of, step.group); },
                               [&](const Transfer& of) { return case_of(of, step.group); },
                               [](const auto&) -> Case {
                                 refuse(
                                     "an operation that is none of these: product, "
                                     "memory pass, collective, transfer");
                               }},
                    step.operation);
}

std::optional<Operation> step_operation(const std::string& benchmark, const Params& params) {
  try {
    if (benchmark == product) return product_of(params);
    if (benchmark == pass) return pass_of(params);
    if (benchmark == exchange) return exchange_of(params);
  } catch (const BadUsage&) {  // of a shape
  } catch (const Error&) {     // of a parameter that is not there
  }
  return std::nullopt;
}

std::string part_of(const RoutineOperation& step) { return step.phase + "." + step.part; }

std::string name_of_step(const RoutineOperation& step) {
  const bool is_case = std::visit(
      Overloaded{[](const Gemm& gemm) { return !gemm.skew; },
                 [](const Transfer& of) { return of.kind == Transfer::Kind::one_way; },
                 [](const MemoryPass&) { return true; }, [](const Collective&) { return true; },
                 [](const auto&) { return false; }},
      step.operation);
  return part_of(step) + (is_case ? " (" + step_case(step).key() + ")" : "");
}

}  // namespace shortfall
