// What the double of NCCL is asked to be, and to do wrong.
#include "tests/double/nccl_double.hpp"
#include "tests/double/settings_of_rank.hpp"

namespace shortfall::nccl_double {
namespace {

void take(Script& into, const std::string& name, const std::string& value) {
  const auto colon = value.find(':');
  if (name == "version") into.version = std::stoi(value);
  if (name == "ras") into.has_ras = value != "0";
  if (name != "fault") return;
  into.fault = value.substr(0, colon);
  if (colon != std::string::npos) into.after = std::stol(value.substr(colon + 1));
}

Script from_environment() {
  Script script;
  double_::read_settings(
      "SHORTFALL_NCCL_DOUBLE",
      [&](const std::string& name, const std::string& value) { take(script, name, value); });
  return script;
}

}  // namespace

const Script& script() {
  static const Script read = from_environment();
  return read;
}

}  // namespace shortfall::nccl_double
