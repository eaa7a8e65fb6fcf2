#include "tests/double/runtime_state.hpp"

#include "tests/double/settings_of_rank.hpp"

CUstream_st::CUstream_st() : thread_([this] { run(); }) {}

CUstream_st::~CUstream_st() {
  {
    const std::scoped_lock lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void CUstream_st::add(DoubleWork work) {
  {
    const std::scoped_lock lock(mutex_);
    queue_.push_back(std::move(work));
  }
  changed_.notify_all();
}

bool CUstream_st::is_idle() {
  const std::scoped_lock lock(mutex_);
  return queue_.empty() && !is_busy_;
}

void CUstream_st::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queue_.empty() && !is_busy_; });
}

void CUstream_st::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return is_over_ || !queue_.empty(); });
    if (queue_.empty()) return;
    const DoubleWork work = std::move(queue_.front());
    queue_.pop_front();
    is_busy_ = true;
    lock.unlock();
    if (shortfall::cuda_double::state().broken == 0) work();
    lock.lock();
    is_busy_ = false;
    changed_.notify_all();
  }
}

namespace shortfall::cuda_double {
namespace {

void take(Settings& into, const std::string& name, const std::string& value) {
  if (name == "gpus") into.gpus = std::stoi(value);
  if (name == "first") into.first = std::stoi(value);
  if (name == "peers") into.peers = value != "0";
  if (name == "shares") into.shares = value != "0";
  if (name == "fabric") into.fabric = value != "0";
  if (name == "dmabuf") into.dmabuf = value != "0";
  if (name == "drops") into.drops = value != "0";
  if (name == "driver") into.driver = std::stoi(value);
  if (name == "memory") into.memory = std::stoull(value);
  if (name == "l2") into.l2 = std::stoull(value);
  if (name == "capability") into.capability = std::stoi(value);
  if (name == "units") into.units = std::stoi(value);
  if (name == "clock") into.clock_hz = std::stod(value);
  if (name == "name") into.name = value;
  if (name.rfind("fail.", 0) == 0) into.fail[name.substr(5)] = value;
}

Settings from_environment() {
  Settings settings;
  double_::read_settings(
      "SHORTFALL_CUDA_DOUBLE",
      [&](const std::string& name, const std::string& value) { take(settings, name, value); });
  return settings;
}

}  // namespace

Settings& settings() {
  static Settings all = from_environment();
  return all;
}

State& state() {
  static State* const all = new State;  // streams may end after everything else
  return *all;
}

cudaError_t answer(const char* function) {
  State& s = state();
  if (s.broken != 0) return static_cast<cudaError_t>(s.broken.load());
  const auto found = settings().fail.find(function);
  if (found == settings().fail.end()) return cudaSuccess;
  const auto colon = found->second.find(':');
  const int status = std::stoi(found->second.substr(0, colon));
  const int after = colon == std::string::npos ? 0 : std::stoi(found->second.substr(colon + 1));
  const std::scoped_lock lock(s.mutex);
  if (s.calls[function]++ < after) return cudaSuccess;
  // As errors of memory and of usage do not stick, but broken hardware does.
  constexpr int first_that_sticks = 700, first_beyond = 800;
  if ((status >= first_that_sticks && status < first_beyond) || status == cudaErrorECCUncorrectable)
    s.broken = status;
  return static_cast<cudaError_t>(status);
}

void wait_for_all() {
  std::map<cudaStream_t, std::shared_ptr<CUstream_st>> streams;
  {
    const std::scoped_lock lock(state().mutex);
    streams = state().streams;
  }
  for (const auto& [handle, stream] : streams) stream->wait();
}

void make_visible(const void* address, const Range& range) {
  const std::scoped_lock lock(state().mutex);
  state().visible[address] = range;
}

void make_invisible(const void* address) {
  const std::scoped_lock lock(state().mutex);
  state().visible.erase(address);
}

namespace {

// nullptr: not visible.
const Range* range_of(const void* address) {
  const auto& all = state().visible;
  auto after = all.upper_bound(address);
  if (after == all.begin()) return nullptr;
  const auto& [begin, range] = *--after;
  const auto* const end = static_cast<const char*>(begin) + range.size;
  return static_cast<const char*>(address) < end ? &range : nullptr;
}

}  // namespace

bool is_visible(const void* address) {
  const std::scoped_lock lock(state().mutex);
  return range_of(address) != nullptr;
}

std::size_t arriving(const void* to, std::size_t bytes) {
  const std::scoped_lock lock(state().mutex);
  const Range* const range = range_of(to);
  return settings().drops && range != nullptr && range->is_foreign ? bytes / 2 : bytes;
}

void enqueue(cudaStream_t stream, DoubleWork work) {
  if (stream->capture) {
    stream->capture->nodes.push_back(std::move(work));
  } else {
    stream->add(std::move(work));
  }
}

void break_device(cudaError_t status) { state().broken = status; }

void repair_device() {
  wait_for_all();
  state().broken = 0;
  const std::scoped_lock lock(state().mutex);
  state().calls.clear();
}

}  // namespace shortfall::cuda_double
