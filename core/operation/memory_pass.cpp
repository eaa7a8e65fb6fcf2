#include "core/operation/memory_pass.hpp"

#include <algorithm>
#include <array>

namespace shortfall {
namespace {

using Kind = MemoryPass::Kind;

constexpr std::array<std::string_view, 9> names{"read",  "write", "copy", "scale", "add",
                                                "triad", "dot",   "mix",  "gather"};

// Arrays of f64 that are read.
int inputs_of(const MemoryPass& pass) {
  switch (pass.kind) {
    case Kind::write:
      return 0;
    case Kind::read:
    case Kind::copy:
    case Kind::scale:
    case Kind::gather:
      return 1;
    case Kind::add:
    case Kind::triad:
    case Kind::dot:
      return 2;
    case Kind::mix:
      return pass.reads;
  }
  return 0;
}

int operations_on_each(const MemoryPass& pass) {
  switch (pass.kind) {
    case Kind::write:
    case Kind::copy:
    case Kind::gather:
      return 0;
    case Kind::read:
    case Kind::scale:
    case Kind::add:
      return 1;
    case Kind::triad:
    case Kind::dot:
      return 2;
    case Kind::mix:
      return inputs_of(pass) - 1;
  }
  return 0;
}

// Of one element of every array.
std::size_t bytes_of_each(const MemoryPass& pass) {
  const int arrays = inputs_of(pass) + (is_sum(pass.kind) ? 0 : 1);
  return static_cast<std::size_t>(arrays) * size_of(DType::f64) +
         (pass.kind == Kind::gather ? size_of(DType::i32) : 0);
}

// Arrays hold whole cache lines of f64, at least one.
std::size_t elements_of(const MemoryPass& pass) {
  constexpr std::size_t line = 8;
  const auto fitting =
      static_cast<std::size_t>(pass.bytes.value / static_cast<double>(bytes_of_each(pass)));
  return std::max(fitting / line, std::size_t{1}) * line;
}

}  // namespace

std::string_view name_of(MemoryPass::Kind kind) { return names[static_cast<std::size_t>(kind)]; }

std::optional<MemoryPass::Kind> pass_kind_named(std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<MemoryPass::Kind>(found - names.begin());
}

bool is_sum(MemoryPass::Kind kind) { return kind == Kind::read || kind == Kind::dot; }

Layout layout_of(const MemoryPass& p, const Group&) {
  const Operand array{DType::f64, elements_of(p)};
  Layout buffers{std::vector<Operand>(static_cast<std::size_t>(inputs_of(p)), array), array};
  if (p.kind == Kind::gather) buffers.inputs.push_back({DType::i32, array.count});
  if (is_sum(p.kind)) buffers.output.count = 1;
  return buffers;
}

Work work_of(const MemoryPass& p, const Group&) {
  const auto elements = static_cast<double>(elements_of(p));
  return {.flop = {operations_on_each(p) * elements},
          .memory = {static_cast<double>(bytes_of_each(p)) * elements}};
}

}  // namespace shortfall
