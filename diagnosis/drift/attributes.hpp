// What of a host is compared with other hosts: its fields (topology/fields.hpp), flattened into
// attributes. Left out is what differs between equal hosts by its nature (marked its_own), what
// follows from the rest (the nearest NIC, the lanes that make up the rate of a port), and the speed
// of a GPU's link that idles: power management trains it down, so that only its width counts until
// it was seen under load.
#pragma once

#include <array>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "diagnosis/figures.hpp"
#include "topology/fields.hpp"

namespace shortfall {

struct Attribute {
  std::string path;              // "cpu.governor"; of an element of a list: "slot.loaded"
  std::string text;              // as people read it; "none": absent, or could not be read
  std::optional<double> figure;  // more is better, or at least more; nothing: no figure
  bool is_rounded = false;       // sizes and clocks: within 1 % they are equal
  bool is_variable = false;      // of an open list by name: whoever lacks it has no value
};

std::string text_of(const std::vector<Gid>&);  // "IB/RoCE v1 at 0, 2; RoCE v2 at 1, 3"

// Visits what is compared of a value in the order of its fields, and tells a sink:
//   enter(key), enter(index), leave()    where the following stands
//   absent(), tell(value)                an attribute
//   tell(variable, value)                one of an open list
template <class Sink>
class Walk {
 public:
  explicit Walk(Sink& sink) : sink_(sink) {}

  template <class T>
  void operator()(const char* key, const T& value) {
    if (is_left_out(key)) return;
    sink_.enter(key);
    visit(value);
    sink_.leave();
  }
  void operator()(const char* key, const PcieLink& link) {
    const bool is_current = slot_ != nullptr && &link == &slot_->current;
    if (is_current && slot_->loaded) return;
    sink_.enter(key);
    // An idle GPU's speed is not its fault.
    visit(is_current && is_gpu_ ? PcieLink{.lanes = link.lanes} : link);
    sink_.leave();
  }
  void operator()(const char* key, const std::optional<PcieLink>& loaded) {
    if (loaded) (*this)(key, *loaded);
  }
  template <class Inner>
  void object(const char* key, Inner inner) {
    sink_.enter(key);
    inner(*this);
    sink_.leave();
  }

  template <class T>
  void visit(const T& value) {
    if constexpr (requires { fields(*this, value); }) {
      fields(*this, value);
    } else {
      sink_.tell(value);
    }
  }
  void visit(const Gpu& gpu) {
    is_gpu_ = true;
    fields(*this, gpu);
    is_gpu_ = false;
  }
  void visit(const PciSlot& slot) {
    slot_ = &slot;
    fields(*this, slot);
    slot_ = nullptr;
  }
  void visit(const PcieLink& link) { tell_or_null(link); }
  void visit(const std::vector<OpsPerCycle>&) {}  // follow from the ISA
  void visit(const std::vector<Gid>& gids) { sink_.tell(text_of(gids)); }
  void visit(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
    sink_.tell(text);
  }
  void visit(const std::vector<int>& numbers) {
    std::string text;
    for (const int number : numbers) text += (text.empty() ? "" : " ") + std::to_string(number);
    sink_.tell(text);
  }
  void visit(const Variables& variables) {
    for (const auto& [name, value] : variables) sink_.tell(name, value);
  }
  template <class T>
  void visit(const std::vector<T>& list) {
    sink_.tell(static_cast<int>(list.size()));
    for (std::size_t i = 0; i < list.size(); ++i) {
      sink_.enter(i);
      visit(list[i]);
      sink_.leave();
    }
  }
  template <class T>
  void visit(const std::optional<T>& value) {
    value ? visit(*value) : sink_.absent();
  }
  template <class T>
  void visit(OrNull<T> marked) {
    tell_or_null(marked.value);
  }
  template <class T>
  void visit(OrEmpty<T> marked) {
    visit(marked.list);
  }
  template <class T>
  void visit(ItsOwn<T>) {}

 private:
  template <class T>
  void tell_or_null(const T& value) {
    value == T{} ? sink_.absent() : sink_.tell(value);
  }
  bool is_left_out(std::string_view key) const {
    // A GPU is known by its address; of a NIC, which is known by its name, it is compared.
    if (is_gpu_ && key == "address") return true;
    constexpr std::array<std::string_view, 5> follow{"nearest_nic", "bridges",
                                                     "nominal_clock_source", "lanes", "lane_speed"};
    for (const std::string_view name : follow) {
      if (key == name) return true;
    }
    return false;
  }

  Sink& sink_;
  bool is_gpu_ = false;
  const PciSlot* slot_ = nullptr;
};

// A sink that makes a key of bytes: equal for equal attributes. Thousands of hosts are mostly
// equal; telling that by keys costs a tenth of flattening each.
class KeyWriter {
 public:
  void enter(const char*) {}
  void enter(std::size_t) {}
  void leave() {}
  void absent() { key_ += '-'; }
  void tell(const std::string& text) {
    tell(static_cast<double>(text.size()));
    key_ += text;
  }
  void tell(const std::string& name, const std::string& value) {
    key_ += '=';
    tell(name);
    tell(value);
  }
  void tell(const PcieLink& link) {
    tell(link.per_lane.value);
    tell(static_cast<double>(link.lanes));
  }
  template <class Unit>
  void tell(Quantity<Unit> quantity) {
    tell(quantity.value);
  }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void tell(Number number) {
    const auto value = static_cast<double>(number);
    std::array<char, sizeof value> bytes;
    std::memcpy(bytes.data(), &value, sizeof value);
    key_ += '+';
    key_.append(bytes.data(), bytes.size());
  }
  std::string key() && { return std::move(key_); }

 private:
  std::string key_;
};

// A sink that lists the attributes.
class Lister {
 public:
  void enter(const char* key);
  void enter(std::size_t index);
  void leave();
  void absent() { add("", {}); }
  void tell(const std::string& text) { add(text, {}); }
  void tell(const std::string& name, const std::string& value);
  void tell(bool is_so) { add(is_so ? "yes" : "no", {}); }
  void tell(int number) { add(std::to_string(number), number); }
  void tell(std::int64_t number) { add(std::to_string(number), static_cast<double>(number)); }
  void tell(double number);
  void tell(const PcieLink& link) { add(pcie_text(link), figure_of(link)); }
  template <class Unit>
  void tell(Quantity<Unit> quantity) {
    add(text_of(quantity), quantity.value);
    attributes_.back().is_rounded = true;
  }
  std::vector<Attribute> attributes() && { return std::move(attributes_); }

 private:
  void add(std::string text, std::optional<double> figure);

  std::string path_;
  std::vector<std::size_t> lengths_;  // of the path before each enter()
  std::vector<Attribute> attributes_;
};

}  // namespace shortfall
