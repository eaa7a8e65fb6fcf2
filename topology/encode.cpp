#include "topology/encode.hpp"

#include <charconv>
#include <iterator>
#include <type_traits>

#include "core/error.hpp"
#include "topology/fields.hpp"

namespace shortfall {
namespace {

// Every value is "<length>:<bytes>", numbers in decimal: no character needs an escape. Writer and
// Reader visit the same fields in the same order, so that they cannot differ.
class Writer {
 public:
  enum class Own { with, without };  // what is each host's own
  explicit Writer(Own own = Own::with) : own_(own) {}

  template <class T>
  void operator()(const char* /*key*/, const T& value) {
    put(value);
  }
  template <class Inner>
  void object(const char* /*key*/, Inner inner) {
    inner(*this);
  }
  std::string text() && { return std::move(text_); }

 private:
  void put(const std::string& value) {
    text_ += std::to_string(value.size());
    text_ += ':';
    text_ += value;
  }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void put(Number value) {
    char digits[64];
    const auto [end, error] = std::to_chars(std::begin(digits), std::end(digits), value);
    put(std::string(std::begin(digits), end));
  }
  void put(bool value) { put(value ? 1 : 0); }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void put(Enum value) { put(static_cast<int>(value)); }
  template <class Unit>
  void put(Quantity<Unit> quantity) {
    put(quantity.value);
  }
  template <class T>
  void put(OrNull<T> marked) {
    put(marked.value);
  }
  template <class T>
  void put(OrEmpty<T> marked) {
    put(marked.list);
  }
  template <class T>
  void put(ItsOwn<T> marked) {
    if (own_ == Own::with) put(marked.value);
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    put(values.size());
    for (const T& value : values) put(value);
  }
  template <class First, class Second>
  void put(const std::pair<First, Second>& pair) {
    put(pair.first);
    put(pair.second);
  }
  template <class T>
  requires requires(Writer& each, const T& value) { fields(each, value); }
  void put(const T& value) { fields(*this, value); }

  Own own_;
  std::string text_;
};

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  template <class T>
  void operator()(const char* /*key*/, T&& value) {
    take(value);
  }
  template <class Inner>
  void object(const char* /*key*/, Inner inner) {
    inner(*this);
  }
  void finish() const { expect(text_.empty(), "it goes on after its last field"); }

 private:
  static void expect(bool holds, std::string_view answer) {
    require(
        holds, [] { return "read what another rank sent of its host"; }, answer);
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

  void take(std::string& value) { value = std::string(next()); }
  template <class Number>
  requires std::is_arithmetic_v<Number>
  void take(Number& value) { value = number<Number>(next()); }
  void take(bool& value) {
    const int read = number<int>(next());
    expect(read == 0 || read == 1, "a truth value is neither 0 nor 1");
    value = read == 1;
  }
  void take(DType& value) { value = enumerator(last_dtype); }
  template <Worded Enum>
  void take(Enum& value) {
    value = enumerator(static_cast<Enum>(words_of(Enum{}).size() - 1));
  }
  template <class Enum>
  Enum enumerator(Enum last) {
    const int read = number<int>(next());
    expect(read >= 0 && read <= static_cast<int>(last), "a kind is not one of the known ones");
    return static_cast<Enum>(read);
  }
  template <class Unit>
  void take(Quantity<Unit>& quantity) {
    take(quantity.value);
  }
  template <class T>
  void take(OrNull<T> marked) {
    take(marked.value);
  }
  template <class T>
  void take(OrEmpty<T> marked) {
    take(marked.list);
  }
  template <class T>
  void take(ItsOwn<T> marked) {
    take(marked.value);
  }
  template <class T>
  void take(std::optional<T>& value) {
    bool is_there = false;
    take(is_there);
    value.reset();
    if (is_there) take(value.emplace());
  }
  template <class T>
  void take(std::vector<T>& values) {
    const auto count = number<std::size_t>(next());
    expect(count <= text_.size(), "a list is longer than the text");
    values.resize(count);
    for (T& value : values) take(value);
  }
  template <class First, class Second>
  void take(std::pair<First, Second>& pair) {
    take(pair.first);
    take(pair.second);
  }
  template <class T>
  requires requires(Reader& each, T& value) { fields(each, value); }
  void take(T& value) { fields(*this, value); }

  std::string_view text_;
};

template <class T>
std::string written(const T& value, Writer::Own own = Writer::Own::with) {
  Writer writer(own);
  writer("", value);
  return std::move(writer).text();
}

template <class T>
T read(std::string_view text) {
  Reader reader(text);
  T value;
  reader("", value);
  reader.finish();
  return value;
}

}  // namespace

std::string encode(const Host& host) { return written(host); }

std::string common_part(const Host& host) { return written(host, Writer::Own::without); }

Host decode_host(std::string_view text) { return read<Host>(text); }

std::string encode(const Binding& binding) { return written(binding); }

Binding decode_binding(std::string_view text) { return read<Binding>(text); }

std::string encode(const std::vector<CounterChange>& changes) { return written(changes); }

std::vector<CounterChange> decode_changes(std::string_view text) {
  return read<std::vector<CounterChange>>(text);
}

}  // namespace shortfall
