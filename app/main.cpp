// Reads the command line and lets rank 0 alone speak and decide.
#include <fmt/core.h>

#include "app/commands.hpp"
#include "app/job.hpp"
#include "app/options.hpp"
#include "app/run.hpp"
#include "core/error.hpp"
#include "core/overloaded.hpp"
#include "core/text.hpp"

namespace {

constexpr int unknown = 3;
constexpr int bad_usage = 64;

int act(int argc, char** argv) {
  using namespace shortfall;
  Command command = parse(argc, argv);
  return std::visit(
      Overloaded{[&](RunOptions& o) { return run(std::move(o), command_line(argc, argv)); },
                 [](const ListOptions& o) { return list(o); },
                 [](const MachineOptions& o) { return show_machine(o); },
                 [](const ReportOptions& o) { return show_report(o); },
                 [](const LimitsOptions& o) { return show_limits(o); },
                 [](const PredictOptions& o) { return predict(o); },
                 [](const PlanOptions& o) { return plan(o); },
                 [](const CompareOptions& o) { return compare(o); },
                 [](const Shown& shown) {
                   if (speaks()) fmt::print("{}", shown.text);
                   return 0;
                 }},
      command);
}

// Other ranks than the first keep silent and leave the decision to it.
int end(int status, const char* message) {
  if (!shortfall::speaks()) return 0;
  fmt::print(stderr, "shortfall: {}\n", message);
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return act(argc, argv);
  } catch (const shortfall::BadUsage& e) {
    return end(bad_usage, e.what());
  } catch (const shortfall::Lost& e) {  // maybe of the first
    fmt::print(stderr, "shortfall: {}\n", e.what());
    return unknown;
  } catch (const std::exception& e) {
    return end(unknown, e.what());
  }
}
