#include "diagnosis/details.hpp"

#include <algorithm>

namespace shortfall {

std::string detail_of(const Measured& measured, std::string_view name) {
  const auto found = std::ranges::find(measured.details, name, &Details::value_type::first);
  return found != measured.details.end() ? found->second : "";
}

}  // namespace shortfall
