// Values to JSON. What keys there are stands in fields.hpp.
#include <cmath>

#include "core/overloaded.hpp"
#include "report/fields.hpp"
#include "report/json.hpp"
#include "report/words.hpp"

namespace shortfall {
namespace {

constexpr auto replace_bad_utf8 = Json::error_handler_t::replace;

struct Image;

class Writer {
 public:
  explicit Writer(Json& to) : to_(to) {}

  template <class T>
  void operator()(const char* key, const T& value);

  template <class Inner>
  void object(const char* key, Inner inner) {
    Json& child = to_[key] = Json::object();
    Writer visitor(child);
    inner(visitor);
  }
  void later(const char* key, Json value) { to_[key] = std::move(value); }

 private:
  Json& to_;
};

// The JSON of one value: a struct, so that every overload sees every other.
struct Image {
  template <std::integral T>
  static Json of(T number) {
    return number;
  }
  static Json of(double number) { return std::isfinite(number) ? Json(number) : Json(nullptr); }
  static Json of(const std::string& text) { return text; }
  static Json of(DType type) { return name_of(type); }
  static Json of(Worded auto e) { return word(e); }
  static Json of(const Interval& interval) { return {of(interval.low), of(interval.high)}; }

  template <class Unit>
  static Json of(Quantity<Unit> quantity) {
    return of(quantity.value);
  }
  template <class T>
  static Json of(MaybeNan<T> number) {
    return of(number.value);
  }
  template <class T>
  static Json of(OrNull<T> marked) {
    return marked.value == std::remove_const_t<T>{} ? Json(nullptr) : of(marked.value);
  }
  template <class T>
  static Json of(OrEmpty<T> marked) {
    return of(marked.list);
  }
  template <class T>
  static Json of(ItsOwn<T> marked) {
    return of(marked.value);
  }
  template <class T>
  static Json of(const std::optional<T>& value) {
    return value ? of(*value) : Json(nullptr);
  }
  template <class T>
  static Json of(const std::vector<T>& values) {
    Json list = Json::array();
    for (const T& value : values) list.push_back(of(value));
    return list;
  }
  template <class Key, class T>
  static Json of(const std::vector<std::pair<Key, T>>& pairs) {
    Json object = Json::object();
    for (const auto& [key, value] : pairs) object[key_text(key)] = of(value);
    return object;
  }
  template <class T>
  static Json of(WithSum<T> marked) {
    Json object = of(marked.values);
    double sum = 0;
    for (const auto& [key, value] : marked.values) sum += value;
    object["sum"] = of(sum);
    return object;
  }
  static Json of(const Params& params) {
    Json object = Json::object();
    for (const auto& [name, value] : params) {
      std::visit([&to = object[name]](const auto& held) { to = held; }, value);
    }
    return object;
  }

  template <class T>
  requires requires(Writer& each, const T& value) { fields(each, value); }
  static Json of(const T& value) {
    Json object = Json::object();
    Writer each(object);
    fields(each, value);
    return object;
  }
  static Json of(const Result& result);
  static Json of(const Entry& entry);

 private:
  static const std::string& key_text(const std::string& key) { return key; }
  static std::string key_text(DType key) { return std::string(name_of(key)); }
};

template <class T>
void Writer::operator()(const char* key, const T& value) {
  to_[key] = Image::of(value);
}

void add_if_known(Json& to, const char* key, const auto& figure) {
  if (figure) to[key] = Image::of(*figure);
}

// A payload without link traffic has a bus rate that cannot be told: null rather than no key.
Json image_of(const Rates& rates) {
  Json all = Json::object();
  const auto add = [&](const char* key, const auto& rate) { add_if_known(all, key, rate); };
  add("flop_per_s", rates.flop);
  add("memory_bytes_per_s", rates.memory);
  add("algorithm_bytes_per_s", rates.algorithm);
  if (rates.algorithm) all["bus_bytes_per_s"] = Image::of(rates.bus);
  add("messages_per_s", rates.messages);
  add("cycles_per_s", rates.cycles);
  return all;
}

void add_measured(Json& to, const Measured& measured, const Work& work) {
  const Rates of_one = rates(work, measured.timing.of_primary().median);
  to["status"] = "measured";
  to["reason"] = nullptr;
  Json& of_rates = to["rates"] = image_of(of_one);
  const Yields of_energy = yields(work, measured);
  add_if_known(of_rates, "flop_per_j", of_energy.flop);
  add_if_known(of_rates, "memory_bytes_per_j", of_energy.memory);
  to["aggregate"] = image_of(of_one * static_cast<double>(active_ranks(measured)));
  Writer each(to);
  fields(each, measured);
}

void add_unmeasured(Json& to, const char* status, const std::string& reason) {
  to["status"] = status;
  to["reason"] = reason;
  for (const char* key : {"rates", "aggregate", "vitals", "energy_j", "timing", "verification",
                          "per_rank", "details", "figures", "cost"}) {
    to[key] = nullptr;
  }
}

Json Image::of(const Result& result) {
  Json object = Json::object();
  Writer each(object);
  fields(each, result);
  std::visit(Overloaded{[&](const Measured& m) { add_measured(object, m, result.work); },
                        [&](const Skipped& s) { add_unmeasured(object, "skipped", s.reason); },
                        [&](const Failed& f) {
                          add_unmeasured(object, "failed", f.reason);
                          object["rank"] = f.rank;
                          object["host"] = f.host;
                        }},
             result.outcome);
  return object;
}

// A document is read whole: of larger jobs it tells the slowest alone, as the journal tells all.
void drop_long_lists(Json& per_rank) {
  for (Json& list : per_rank) {
    if (list.is_array() && list.size() > most_listed_ranks) list = nullptr;
  }
}

Json Image::of(const Entry& entry) {
  Json object = of(entry.result);
  drop_long_lists(object["per_rank"]);
  object["prediction"] = of(entry.prediction);
  object["attainment"] = of(entry.attainment);
  return object;
}

std::string indented(const Json& json) { return json.dump(2, ' ', false, replace_bad_utf8) + '\n'; }

}  // namespace

std::string json_of(const Report& report) {
  Json all = {{"schema_version", 1}};
  Writer each(all);
  fields(each, report);
  return indented(all);
}

std::string json_of(const Machine& machine, const std::vector<Finding>& findings) {
  Json all = Image::of(machine);
  all["findings"] = Image::of(findings);
  return indented(all);
}

std::string journal_line(const Result& result) {
  return Image::of(result).dump(-1, ' ', false, replace_bad_utf8);
}

}  // namespace shortfall
