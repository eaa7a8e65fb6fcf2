#include "diagnosis/drift/told.hpp"

#include <algorithm>

#include "diagnosis/drift/dissent.hpp"

namespace shortfall {
namespace {

constexpr const char* all_devices = "*";

}  // namespace

ToldByDrift::ToldByDrift(const std::vector<Drift>& drift) {
  for (const Drift& of : drift) {
    const bool is_of_all = of.attribute.find("[*]") != of.attribute.npos;
    patterns_[{of.host, is_of_all ? all_devices : of.device}].push_back(pattern_of(of.attribute));
  }
}

bool ToldByDrift::has(const std::string& host, const std::string& device,
                      std::string_view beginning) const {
  return has_under(host, device, beginning) || has_under(host, all_devices, beginning);
}

bool ToldByDrift::has_under(const std::string& host, const std::string& device,
                            std::string_view beginning) const {
  const auto found = patterns_.find({host, device});
  return found != patterns_.end() &&
         std::ranges::any_of(found->second, [&](const std::string& pattern) {
           return pattern.starts_with(beginning);
         });
}

}  // namespace shortfall
