#include "model/training/gpu_sheet.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "core/text.hpp"
#include "topology/datasheets/match_name.hpp"

namespace shortfall {
namespace {

using Words = std::vector<std::string>;

Bytes largest(const DeviceSheet& sheet) {
  Bytes most{};
  for (const Bytes size : sheet.sizes) most = std::max(most, size);
  return most;
}

// "h100" and "80gb" of "NVIDIA H100-80GB" are in the names "H100 SXM5 80GB" and "H100 PCIe 80GB".
// What "SXM" or "TPU" alone means, nobody knows.
bool is_named_by(const DeviceSheet& sheet, const Words& words) {
  const Words own = words_in(sheet.name);
  const bool names_a_model = words.front() == own.front() &&
                             words.front().find_first_of("0123456789") != std::string::npos;
  return names_a_model && std::ranges::all_of(words, [&](const std::string& word) {
           return std::ranges::find(own, word) != own.end();
         });
}

bool is_socketed(const DeviceSheet& sheet) {
  return std::ranges::any_of(words_in(sheet.name),
                             [](const std::string& word) { return word.starts_with("sxm"); });
}

const DeviceSheet* larger(const DeviceSheet* a, const DeviceSheet* b) {
  return a != nullptr && largest(*a) >= largest(*b) ? a : b;
}

// Of a name that is a part of several; nullptr = of none.
const DeviceSheet* usual_part(const std::string& gpu, const Datasheets& sheets) {
  Words words = words_in(gpu);
  for (const std::string_view maker : {"nvidia", "amd", "instinct", "google", "intel"}) {
    std::erase(words, maker);
  }
  if (words.empty()) return nullptr;
  const DeviceSheet* found = nullptr;
  const DeviceSheet* socketed = nullptr;
  for (const DeviceSheet& sheet : sheets.accelerators) {
    if (!is_named_by(sheet, words)) continue;
    found = larger(found, &sheet);
    if (is_socketed(sheet)) socketed = larger(socketed, &sheet);
  }
  return socketed != nullptr ? socketed : found;
}

[[noreturn]] void refuse(const std::string& gpu, const Datasheets& sheets,
                         const std::string& where) {
  if (words_in(gpu) == Words{"cpu"}) {
    throw BadUsage(where +
                   ": gpu: 'cpu' is the processor of whichever host runs it, of which no datasheet "
                   "is known: predict it from a report of that host");
  }
  std::vector<std::string> known;
  for (const DeviceSheet& sheet : sheets.accelerators) known.push_back(sheet.name);
  throw BadUsage(where + ": gpu: expected a GPU with a datasheet (nearest: " +
                 join(nearest(gpu, known), ", ") + "), found '" + gpu +
                 "'. A file of datasheets can add others");
}

}  // namespace

GpuSheet gpu_sheet(const std::string& gpu, const Datasheets& sheets, const std::string& where) {
  const auto any = [](const DeviceSheet&) { return true; };
  const auto matches = best_matches(sheets.accelerators, gpu, any);
  if (matches.size() == 1) return {.sheet = *matches.front(), .assumed = ""};
  const DeviceSheet* part = matches.empty() ? usual_part(gpu, sheets) : nullptr;
  for (const DeviceSheet* const match : matches) part = larger(part, match);
  if (part == nullptr) refuse(gpu, sheets, where);
  return {.sheet = *part, .assumed = "gpu = " + part->name};
}

}  // namespace shortfall
