#include "topology/encode.hpp"

#include <charconv>
#include <iterator>
#include <type_traits>

#include "core/error.hpp"

namespace shortfall {
namespace {

// Every value is "<length>:<bytes>", numbers in decimal: no character needs an escape.
class Writer {
 public:
  void operator()(const std::string& value) { text_ += std::to_string(value.size()) + ":" + value; }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void operator()(Number value) {
    char digits[64];
    const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value);
    (*this)(std::string(std::begin(digits), end));
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(Enum value, Enum /*last*/) { (*this)(static_cast<int>(value)); }
  template <class Element, class Each>
  void operator()(const std::vector<Element>& values, Each each) {
    (*this)(values.size());
    for (const Element& value : values) each(*this, value);
  }
  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  void operator()(std::string& value) { value = std::string(next()); }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void operator()(Number& value) { value = number<Number>(next()); }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void operator()(Enum& value, Enum last) {
    const int read = number<int>(next());
    expect(read >= 0 && read <= static_cast<int>(last), "a kind is not one of the known ones");
    value = static_cast<Enum>(read);
  }
  template <class Element, class Each>
  void operator()(std::vector<Element>& values, Each each) {
    const auto count = number<std::size_t>(next());
    expect(count <= text_.size(), "a list is longer than the text");
    values.resize(count);
    for (Element& value : values) each(*this, value);
  }
  void finish() const { expect(text_.empty(), "it goes on after its last field"); }

 private:
  static void expect(bool holds, std::string_view answer) {
    require(
        holds, [] { return "read the description of a host"; }, answer);
  }

  template <class Number>
  static Number number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    expect(error == std::errc{} && end == text.data() + text.size(), "a number is malformed");
    return value;
  }

  std::string_view next() {
    const std::size_t colon = text_.find(':');
    expect(colon != std::string_view::npos, "it ends early");
    const auto length = number<std::size_t>(text_.substr(0, colon));
    text_.remove_prefix(colon + 1);
    expect(length <= text_.size(), "it ends early");
    const std::string_view field = text_.substr(0, length);
    text_.remove_prefix(length);
    return field;
  }

  std::string_view text_;
};

// One list of fields for both directions, so that they cannot differ.
template <class Archive, class AnyCpu>
void pass_cpu(Archive& archive, AnyCpu& cpu) {
  archive(cpu.model);
  archive(cpu.vendor);
  archive(cpu.family);
  archive(cpu.model_number);
  archive(cpu.isa);
  archive(cpu.features, [](auto& each, auto& feature) { each(feature); });
  archive(cpu.sockets);
  archive(cpu.cores);
  archive(cpu.threads);
  archive(cpu.numa_nodes);
  archive(cpu.nominal_clock.value);
  archive(cpu.nominal_clock_source);
  archive(cpu.caches, [](auto& each, auto& cache) {
    each(cache.level);
    each(cache.size.value);
    each(cache.shared);
  });
}

template <class Archive, class AnyHost>
void pass_host(Archive& archive, AnyHost& host) {
  archive(host.name);
  archive(host.ranks);
  pass_cpu(archive, host.cpu);
  archive(host.ops_per_cycle, [](auto& each, auto& ops) {
    each(ops.type, DType::u8);
    each(ops.value);
    each(ops.source);
  });
  archive(host.memory.value);
  archive(host.memory_available.value);
  archive(host.devices, [](auto& each, auto& device) {
    each(device.kind, PciDevice::Kind::rdma);
    each(device.address);
    each(device.vendor);
  });
  archive(host.kernel);
  archive(host.hypervisor);
}

}  // namespace

std::string encode(const Host& host) {
  Writer writer;
  pass_host(writer, host);
  return std::move(writer).text();
}

Host decode_host(std::string_view text) {
  Reader reader(text);
  Host host;
  pass_host(reader, host);
  reader.finish();
  return host;
}

}  // namespace shortfall
