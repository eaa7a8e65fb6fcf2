#include "backends/nccl/choices.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>

namespace shortfall::nccl {
namespace {

constexpr const char* prefix = "shortfall:";

ncclResult_t begin(void** context, int* events, const char* communicator, std::uint64_t mark, int,
                   int, int, void (*)()) {
  Choices* const choices = Choices::of_communicator(communicator);
  *context = choices;
  *events = choices == nullptr ? 0 : event_of_collective;
  if (choices != nullptr) choices->note_mark(mark);
  return ncclSuccess;
}

ncclResult_t start(void* context, void** event, ProfilerEvent* told) {
  *event = nullptr;  // its end is of no interest
  if (context == nullptr || told->type != event_of_collective) return ncclSuccess;
  static_cast<Choices*>(context)->note(told->collective);
  return ncclSuccess;
}

ncclResult_t stop(void*) { return ncclSuccess; }
ncclResult_t record(void*, int, void*) { return ncclSuccess; }
ncclResult_t finalize(void*) { return ncclSuccess; }

}  // namespace

const ProfilerPlugin ncclProfiler_v4{"shortfall", begin, start, stop, record, finalize};

// A profiler is told nothing else of a communicator that its maker could choose: so the name is
// where its choices are kept.
std::string Choices::name_of_communicator() const {
  return fmt::format("{}{}", prefix, fmt::ptr(this));
}

Choices* Choices::of_communicator(const char* name) {
  const std::size_t length = std::strlen(prefix);
  if (name == nullptr || std::strncmp(name, prefix, length) != 0) return nullptr;
  return reinterpret_cast<Choices*>(std::strtoull(name + length, nullptr, 16));
}

void Choices::note(const CollectiveEvent& event) {
  if (event.to == scratch_ || event.function == nullptr) return;
  const auto text = [](const char* told) { return std::string(told == nullptr ? "" : told); };
  const std::scoped_lock lock(mutex_);
  last_[event.function] = {text(event.algorithm), text(event.protocol), event.channels};
}

void Choices::note_mark(std::uint64_t mark) {
  const std::scoped_lock lock(mutex_);
  mark_ = mark;
}

std::optional<std::uint64_t> Choices::mark() const {
  const std::scoped_lock lock(mutex_);
  return mark_;
}

Details Choices::of_last(const std::string& function) const {
  const std::scoped_lock lock(mutex_);
  const auto found = last_.find(function);
  if (found == last_.end()) return {};
  return {{"algorithm", found->second.algorithm},
          {"protocol", found->second.protocol},
          {"channels_used", std::to_string(found->second.channels)}};
}

void ask_for_choices() { setenv("NCCL_PROFILER_PLUGIN", "STATIC_PLUGIN", 0); }

}  // namespace shortfall::nccl
