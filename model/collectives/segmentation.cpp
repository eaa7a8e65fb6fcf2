#include "model/collectives/segmentation.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/statistics.hpp"

namespace shortfall {
namespace {

using Samples = std::span<const LogSample>;

constexpr double impossible = std::numeric_limits<double>::infinity();

constexpr double bend_per_scatter = 1.345;  // Huber's: costs 5 % of efficiency on normal noise
constexpr double most_scatter = 0.075;      // errors beyond 10 % always count less

constexpr std::size_t sizes_of_a_segment = 3;  // one more than a line needs
constexpr std::size_t most_segments = 12;
constexpr std::size_t most_places = 40;  // where a cut is tried: time grows with their square

// An isolated point, slower (or faster) than both its neighbours, is no reason for a cut: as one it
// counts no more than this many times the scatter.
constexpr double most_of_a_spike = 4;

// Where a sweep may be cut: before samples[i], with the number of different sizes below.
struct Place {
  std::size_t sample, sizes_below;
};

std::vector<Place> changes_of_size(Samples samples) {
  std::vector<Place> changes{{0, 0}};
  for (std::size_t i = 1; i < samples.size(); ++i) {
    if (samples[i].bytes > samples[i - 1].bytes) changes.push_back({i, changes.size()});
  }
  return changes;
}

// The first place of each step of a grid in log(size).
std::vector<Place> thinned(const std::vector<Place>& places, Samples samples) {
  const double smallest = std::max(samples[places[1].sample].bytes, 1.0);
  const double steps_per_log = most_places / std::log(samples.back().bytes / smallest);
  std::vector<Place> kept{places.front()};
  double last_step = -1;
  for (std::size_t i = 1; i < places.size(); ++i) {
    const double size = std::max(samples[places[i].sample].bytes, smallest);
    const double step = std::floor(std::log(size / smallest) * steps_per_log);
    if (step > last_step) kept.push_back(places[i]);
    last_step = step;
  }
  return kept;
}

// All changes of size or, of a long sweep, some of them; and the end.
std::vector<Place> places_in(Samples samples) {
  std::vector<Place> places = changes_of_size(samples);
  const Place end{samples.size(), places.size()};
  if (places.size() > most_places) places = thinned(places, samples);
  places.push_back(end);
  return places;
}

bool is_spike(Samples samples, std::size_t i) {
  if (i == 0 || i + 1 == samples.size()) return false;
  const double before = samples[i - 1].seconds, here = samples[i].seconds,
               after = samples[i + 1].seconds;
  return here > std::max(before, after) || here < std::min(before, after);
}

// A matrix over pairs of places.
template <class T>
class Pairs {
 public:
  explicit Pairs(std::size_t places) : places_(places), values_(places * places) {}
  T& operator()(std::size_t from, std::size_t to) { return values_[from * places_ + to]; }
  const T& operator()(std::size_t from, std::size_t to) const {
    return values_[from * places_ + to];
  }

 private:
  std::size_t places_;
  std::vector<T> values_;
};

class Search {
 public:
  explicit Search(Samples samples)
      : samples_(samples),
        places_(places_in(samples)),
        lines_(places_.size()),
        losses_(places_.size()) {
    for (std::size_t i = 0; i < samples.size(); ++i) is_spike_.push_back(is_spike(samples, i));
    for_each_segment([&](std::size_t from, std::size_t to) {
      lines_(from, to) = guessed_line(between(from, to));
    });
  }

  // Of all numbers of segments the one that is borne out, if scatter is what `huber` says.
  Segmentation best(Huber huber, double most_of_a_spike_loss) {
    for_each_segment([&](std::size_t from, std::size_t to) {
      CostLine& line = lines_(from, to);
      line = fit_line(between(from, to), huber, line, rough);
      losses_(from, to) = loss(line, from, to, huber, most_of_a_spike_loss);
    });
    return described(cuts(), huber);
  }

 private:
  bool may_be_a_segment(std::size_t from, std::size_t to) const {
    const bool is_whole = from == 0 && to + 1 == places_.size();
    return is_whole || places_[to].sizes_below >= places_[from].sizes_below + sizes_of_a_segment;
  }

  void for_each_segment(auto&& visit) const {
    for (std::size_t from = 0; from < places_.size(); ++from) {
      for (std::size_t to = from + 1; to < places_.size(); ++to) {
        if (may_be_a_segment(from, to)) visit(from, to);
      }
    }
  }

  Samples between(std::size_t from, std::size_t to) const {
    return samples_.subspan(places_[from].sample, places_[to].sample - places_[from].sample);
  }

  double loss(const CostLine& line, std::size_t from, std::size_t to, Huber huber,
              double most_of_a_spike_loss) const {
    double sum = 0;
    for (std::size_t i = places_[from].sample; i < places_[to].sample; ++i) {
      const double one = huber.loss(log_error(line, samples_[i]));
      sum += is_spike_[i] ? std::min(one, most_of_a_spike_loss) : one;
    }
    return sum;
  }

  // n log(mean square) + parameters log(n). Each segment has two numbers; each cut, because it is
  // sought among many places, counts as two more (as in the criterion of Zhang and Siegmund, 2007).
  // Counted as one, noise would cut one straight line out of ten.
  double criterion(double total_loss, std::size_t segments) const {
    const auto n = static_cast<double>(samples_.size());
    const auto parameters = static_cast<double>(4 * segments);
    return n * std::log(2 * total_loss / n + least_scatter * least_scatter) +
           parameters * std::log(n);
  }

  // least(k, to): the loss of the best k segments up to a place; begin(k, to): where the last one
  // of them begins.
  struct Table {
    explicit Table(std::size_t side) : least(side), begin(side) {}
    Pairs<double> least;
    Pairs<std::size_t> begin;
  };

  void add_row(Table& table, std::size_t k) const {
    for (std::size_t to = 0; to < places_.size(); ++to) {
      double& least = table.least(k, to);
      least = impossible;
      if (k == 0 && to == 0) least = 0;
      for (std::size_t begin = 0; k > 0 && begin < to; ++begin) {
        if (!may_be_a_segment(begin, to)) continue;
        const double now = table.least(k - 1, begin) + losses_(begin, to);
        if (now >= least) continue;
        least = now;
        table.begin(k, to) = begin;
      }
    }
  }

  // The places where the segments of the best segmentation begin, and the end.
  std::vector<std::size_t> cuts() const {
    const std::size_t end = places_.size() - 1;
    const std::size_t most =
        std::clamp<std::size_t>(places_[end].sizes_below / sizes_of_a_segment, 1, most_segments);
    Table table(std::max(most, end) + 1);
    add_row(table, 0);
    std::size_t chosen = 1;
    double lowest = impossible;
    for (std::size_t k = 1; k <= most; ++k) {
      add_row(table, k);
      const double now = criterion(table.least(k, end), k);
      if (now >= lowest) continue;
      lowest = now;
      chosen = k;
    }
    std::vector<std::size_t> result{end};
    for (std::size_t k = chosen; k > 0; --k) result.push_back(table.begin(k, result.back()));
    std::ranges::reverse(result);
    return result;
  }

  Segmentation described(const std::vector<std::size_t>& cuts, Huber huber) const {
    Segmentation result;
    std::vector<double> errors;
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
      const Samples samples = between(cuts[i], cuts[i + 1]);
      const CostLine line = fit_line(samples, huber, lines_(cuts[i], cuts[i + 1]));
      result.segments.push_back({places_[cuts[i]].sample, places_[cuts[i + 1]].sample, line});
      for (const LogSample& sample : samples) {
        errors.push_back(std::abs(log_error(line, sample)));
      }
    }
    const auto n = static_cast<double>(samples_.size());
    const double free = n - 2 * static_cast<double>(result.segments.size());
    constexpr double of_normal = 1.4826;  // standard deviation per median of absolute values
    if (free > 0) result.scatter = of_normal * median(std::move(errors)) * std::sqrt(n / free);
    return result;
  }

  Samples samples_;
  std::vector<Place> places_;
  std::vector<bool> is_spike_;
  Pairs<CostLine> lines_;
  Pairs<double> losses_;
};

}  // namespace

Huber huber_for(double scatter) {
  return {bend_per_scatter * std::clamp(scatter, least_scatter, most_scatter)};
}

// Twice: what counts as an outlier depends on the scatter, which is known only around a fit.
Segmentation segment(Samples samples) {
  Search search(samples);
  const double scatter = search.best(huber_for(most_scatter), impossible).scatter;
  const Huber huber = huber_for(scatter);
  return search.best(huber, huber.loss(most_of_a_spike / bend_per_scatter * huber.bend));
}

}  // namespace shortfall
