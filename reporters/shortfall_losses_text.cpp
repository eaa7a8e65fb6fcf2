#include "reporters/shortfall_losses_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/text.hpp"
#include "reporters/lines.hpp"
#include "reporters/loss_words.hpp"

namespace shortfall {
namespace {

constexpr double percent = 1e10;       // in shares
constexpr double least_points = 0.05;  // shown as 0.1
constexpr std::size_t losses_told = 3, longest_name = 60;

std::string delivery_of(const Shortfall& s) {
  const std::string delivered = scaled(s.delivered.value, "FLOP/s");
  const bool is_measured = s.measured_step.has_value();
  const std::string reach =
      is_measured ? "reach this training step" : "would reach this training step";
  const std::string by = is_measured ? "" : ", predicted: the step was not executed";
  if (!(s.datasheet.value > 0)) {
    return fmt::format(
        "The datasheet does not tell how many FLOP/s were to be had: {} per rank {}{}.", delivered,
        reach, by);
  }
  return fmt::format("Of {} per rank on the datasheet, {} {} ({:.1f} %{}).",
                     scaled(s.datasheet.value, "FLOP/s"), delivered, reach,
                     100 * (s.delivered / s.datasheet), by);
}

std::string named(const ShortfallRow& row) {
  const std::string name = loss_text(row);
  return row.culprit ? fmt::format("{} ({})", name, whom_text(*row.culprit)) : name;
}

std::vector<std::string> told(const std::vector<const ShortfallRow*>& rows) {
  std::vector<std::string> all;
  for (const ShortfallRow* row : rows) {
    all.push_back(fmt::format("{:.1f} to {}", points_of(*row), named(*row)));
  }
  return all;
}

// "12.1 points go to memory, 9.3 to shapes".
std::string largest_text(const std::vector<const ShortfallRow*>& rows) {
  std::string all = join(told(rows), ", ");
  const std::size_t first = all.find(' ');
  return first == std::string::npos ? all : all.insert(first, " points go");
}

std::string gains_text(const std::vector<ShortfallRow>& rows) {
  std::vector<std::string> all;
  for (const ShortfallRow& row : rows) {
    const double gain = -points_of(row);
    if (gain < least_points) continue;
    all.push_back(
        row.id == "residual"
            ? fmt::format("The step was {:.1f} points faster than the model explains.", gain)
            : fmt::format("{:.1f} points come back by {}.", gain, named(row)));
  }
  return join(all, " ");
}

}  // namespace

double points_of(const ShortfallRow& row) { return static_cast<double>(row.share_ppt) / percent; }

std::string loss_text(const ShortfallRow& row) {
  const std::string_view known = words_of_loss(row.id).name;
  if (!known.empty()) return std::string(known);
  return shortened(row.label.empty() ? row.id : row.label, longest_name);
}

std::string whom_text(const Culprit& culprit) {
  std::string who = culprit.rank ? fmt::format("rank {}", *culprit.rank) : "";
  if (!culprit.host.empty())
    who += (who.empty() ? "" : " on ") + shortened(culprit.host, longest_name);
  for (const std::string& more : {culprit.device, culprit.link}) {
    if (!more.empty()) who += (who.empty() ? "" : ", ") + shortened(more, longest_name);
  }
  return who.empty() ? "not told who" : who;
}

std::vector<const ShortfallRow*> largest_losses(const std::vector<ShortfallRow>& rows,
                                                std::size_t most) {
  std::vector<const ShortfallRow*> losses;
  for (const ShortfallRow& row : rows) {
    if (row.id != "delivered" && points_of(row) >= least_points) losses.push_back(&row);
  }
  std::ranges::stable_sort(losses, std::greater(), [](const auto* row) { return row->share_ppt; });
  losses.resize(std::min(most, losses.size()));
  return losses;
}

std::string shortfall_sentence(const Shortfall& shortfall) {
  const auto all = largest_losses(shortfall.waterfall, shortfall.waterfall.size());
  const auto largest = largest_losses(shortfall.waterfall, losses_told);
  std::vector<const ShortfallRow*> accused;
  for (std::size_t i = largest.size(); i < all.size(); ++i) {
    if (all[i]->culprit) accused.push_back(all[i]);
  }
  std::vector<std::string> sentences{delivery_of(shortfall)};
  if (!largest.empty()) {
    const std::string others = accused.empty() ? "" : "; " + join(told(accused), ", ");
    sentences.push_back(largest_text(largest) + others + ".");
  }
  const std::string gains = gains_text(shortfall.waterfall);
  if (!gains.empty()) sentences.push_back(gains);
  return join(sentences, " ");
}

}  // namespace shortfall
