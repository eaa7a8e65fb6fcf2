// JSON to values; trusts nothing. What keys there are stands in fields.hpp.
#include <fmt/format.h>

#include <limits>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/text.hpp"
#include "report/fields.hpp"
#include "report/json.hpp"
#include "report/words.hpp"

namespace shortfall {
namespace {

constexpr int schema_version = 1;

class Reader {
 public:
  explicit Reader(const Node& from) : from_(from) {}

  template <class T>
  void operator()(const char* key, T&& into) const;

  template <class Inner>
  void object(const char* key, Inner inner) const {
    const Node child = from_[key];
    const Reader visitor(child);
    inner(visitor);
  }
  void later(const char*, const Json&) const {}

 private:
  const Node& from_;
};

// Reads one value: a struct, so that every overload sees every other.
struct Take {
  static void from(const Node& node, double& into) { into = node.number(); }
  static void from(const Node& node, bool& into) { into = node.boolean(); }
  static void from(const Node& node, std::string& into) { into = node.text(); }
  static void from(const Node& node, std::uint64_t& into) { into = node.natural(); }
  static void from(const Node& node, std::int64_t& into) {
    using Limits = std::numeric_limits<std::int64_t>;
    into = node.integer(Limits::min(), Limits::max());
  }
  static void from(const Node& node, int& into) {
    using Limits = std::numeric_limits<int>;
    into = static_cast<int>(node.integer(Limits::min(), Limits::max()));
  }
  static void from(const Node& node, DType& into) {
    const auto type = dtype_named(node.text());
    if (!type) node.reject("one of: " + dtype_names());
    into = *type;
  }
  template <Worded Enum>
  static void from(const Node& node, Enum& into) {
    const Words words = words_of(Enum{});
    const auto found = std::ranges::find(words, node.text());
    if (found == words.end()) node.reject("one of: " + join({words.begin(), words.end()}, ", "));
    into = static_cast<Enum>(found - words.begin());
  }
  static void from(const Node& node, Interval& into) {
    if (node.list().size() != 2) node.reject("a list of two numbers");
    from(node[0], into.low);
    from(node[1], into.high);
  }

  template <class Unit>
  static void from(const Node& node, Quantity<Unit>& into) {
    from(node, into.value);
  }
  template <class T>
  static void from(const Node& node, MaybeNan<T> into) {
    into.value = node.is_null() ? std::numeric_limits<T>::quiet_NaN() : node.number();
  }
  template <class T>
  static void from(const Node& node, OrNull<T> into) {
    into.value = T{};
    if (!node.is_absent()) from(node, into.value);
  }
  template <class T>
  static void from(const Node& node, OrEmpty<T> into) {
    into.list.clear();
    if (!node.is_absent()) from(node, into.list);
  }
  template <class T>
  static void from(const Node& node, ItsOwn<T> into) {
    from(node, into.value);
  }
  template <class T>
  static void from(const Node& node, std::optional<T>& into) {
    into.reset();
    if (!node.is_absent()) from(node, into.emplace());
  }
  template <class T>
  static void from(const Node& node, std::vector<T>& into) {
    into.resize(node.list().size());
    for (std::size_t i = 0; i < into.size(); ++i) from(node[i], into[i]);
  }
  template <class Key, class T>
  static void from(const Node& node, std::vector<std::pair<Key, T>>& into) {
    into.clear();
    for (const auto& [name, value] : node.object().items()) {
      const Node child = node[name];
      auto& [key, content] = into.emplace_back();
      take_key(child, name, key);
      from(child, content);
    }
  }
  template <class T>
  static void from(const Node& node, WithSum<T> into) {
    from(node, into.values);
    std::erase_if(into.values, [](const auto& one) { return one.first == "sum"; });
  }
  static void from(const Node& node, std::vector<ShortfallRow>& into);
  static void from(const Node& node, FabricMatrix& into);
  static void from(const Node& node, Params& into) {
    into = Params();
    for (const auto& [name, value] : node.object().items())
      into.add(name, value_at(node[name], value));
  }

  template <class T>
  requires requires(Reader& each, T& value) { fields(each, value); }
  static void from(const Node& node, T& into) {
    node.object();
    Reader each(node);
    fields(each, into);
  }
  static void from(const Node& node, Result& into);
  static void from(const Node& node, Entry& into);

 private:
  static Value value_at(const Node& node, const Json& json) {
    using Limits = std::numeric_limits<std::int64_t>;
    if (json.is_string()) return node.text();
    if (!json.is_number()) node.reject("a whole number or a string");
    return node.integer(Limits::min(), Limits::max());
  }
  static void take_key(const Node&, const std::string& name, std::string& into) { into = name; }
  static void take_key(const Node& node, const std::string& name, DType& into) {
    const auto type = dtype_named(name);
    if (!type) node.reject("a key that is one of: " + dtype_names());
    into = *type;
  }
};

template <class T>
void Reader::operator()(const char* key, T&& into) const {
  Take::from(from_[key], into);
}

// What shares are parts of is the step: rows that are more or less than one tell nothing. No share
// is so large that a thousand of them could overflow.
void Take::from(const Node& node, std::vector<ShortfallRow>& into) {
  constexpr std::size_t most_rows = 1000;
  constexpr std::int64_t largest = 1'000'000'000'000'000;
  if (node.list().size() > most_rows) node.reject(fmt::format("at most {} rows", most_rows));
  into.resize(node.list().size());
  for (std::size_t i = 0; i < into.size(); ++i) {
    from(node[i], into[i]);
    node[i]["share_ppt"].integer(-largest, largest);
  }
  const std::int64_t sum = sum_of_shares(into);
  if (sum == whole_step_ppt) return;
  node.reject(fmt::format("rows whose share_ppt are {} together and not {}", whole_step_ppt, sum));
}

// Everything that looks at a matrix relies on its being a square.
void Take::from(const Node& node, FabricMatrix& into) {
  node.object();
  const Reader each(node);
  fields(each, into);
  const auto is_whole = [&](const auto& list) { return list.size() == into.ends.size(); };
  if (is_whole(into.values) && std::ranges::all_of(into.values, is_whole)) return;
  node["values"].reject(fmt::format("{} rows of {} values", into.ends.size(), into.ends.size()));
}

// Everything that looks at a measurement relies on its primary timing.
Measured measured_from(const Node& node) {
  Measured measured;
  const Reader each(node);
  fields(each, measured);
  const Timing& timing = measured.timing;
  const bool is_throughput = timing.primary == Timing::Primary::throughput;
  if (!(is_throughput ? timing.throughput : timing.isolated)) {
    const Node all = node["timing"];
    all[word(timing.primary)].reject("an object, since it is the primary timing");
  }
  return measured;
}

Failed failed_from(const Node& node) {
  Failed failed;
  Take::from(node["rank"], failed.rank);
  Take::from(node["host"], failed.host);
  Take::from(node["reason"], failed.reason);
  return failed;
}

Outcome outcome_from(const Node& node) {
  const Node status = node["status"];
  if (status.text() == "measured") return measured_from(node);
  if (status.text() == "skipped") return Skipped{node["reason"].text()};
  if (status.text() == "failed") return failed_from(node);
  status.reject("one of: measured, skipped, failed");
}

void Take::from(const Node& node, Result& into) {
  node.object();
  const Reader each(node);
  fields(each, into);
  into.outcome = outcome_from(node);
}

void Take::from(const Node& node, Entry& into) {
  from(node, into.result);
  from(node["prediction"], into.prediction);
  from(node["attainment"], into.attainment);
}

}  // namespace

Report report_from(std::string_view json, const std::string& source) {
  const Json document = parsed(json, source);
  const Node root(document, source);
  const Node version = root["schema_version"];
  if (version.integer(0, std::numeric_limits<int>::max()) != schema_version) {
    version.reject(fmt::format("{}, the only version that this program reads", schema_version));
  }
  Report report;
  const Reader each(root);
  fields(each, report);
  return report;
}

std::vector<Result> journal_from(std::string_view lines, const std::string& source) {
  std::vector<Result> results;
  for (std::size_t end = lines.find('\n'); end != std::string_view::npos; end = lines.find('\n')) {
    const std::string where = fmt::format("{}: line {}", source, results.size() + 1);
    const Json document = parsed(lines.substr(0, end), where);
    Take::from(Node(document, where), results.emplace_back());
    lines.remove_prefix(end + 1);
  }
  return results;
}

}  // namespace shortfall
