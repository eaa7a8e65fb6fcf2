// The engine of UCX in one rank of a group: it has an endpoint to each rank that it exchanges data
// with, and moves only while somebody waits.
#pragma once

#include <ucp/api/ucp.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "backends/ucx/calls.hpp"
#include "backends/ucx/context.hpp"
#include "backends/world.hpp"

namespace shortfall::ucx {

class Engine {
 public:
  Engine(std::shared_ptr<const Context> context, World& group);
  ~Engine();  // other ranks may be gone: waits for nobody for long
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  ucp_worker_h handle() const { return handle_; }
  const Context& context() const { return *context_; }
  // By which other ranks reach it: bytes.
  std::string address() const;
  ucp_ep_h connect(int peer, const std::string& address);

  // Does all that an exchange of data takes. Where it throws, the engine is broken, and whose
  // endpoint has failed is told.
  template <class Work>
  void exchange(const Work& work) {
    try {
      work();
    } catch (const std::exception&) {
      is_broken_ = true;
      blame();
      throw;
    }
  }
  // Within it: makes progress until `done` says so. Throws Forsaken when another rank has failed,
  // and gives up when nothing has moved for a third of the group's patience.
  template <class Done>
  void progress_until(const Done& done) {
    Watch watch;
    for (unsigned polls = 1; !done(); ++polls) {
      watch.events += ucp_worker_progress(handle_);
      if (polls % polls_between_looks == 0) [[unlikely]]
        look(watch);
    }
  }
  // What was begun may still come to memory that is freed soon: nothing is done with it again.
  bool is_broken() const { return is_broken_; }

  // Numbers that are the same on all ranks, which ask for them alike; of messages that must not be
  // taken for those of another operation.
  std::uint16_t next_number() { return numbers_++; }

 private:
  friend class Calls;
  using Clock = std::chrono::steady_clock;
  // Of one wait. The clock is read when it has become long: a short one costs nothing.
  struct Watch {
    unsigned events = 0;  // since the clock was read
    std::optional<Clock::time_point> last_event;
  };
  struct Endpoint {
    ucp_ep_h handle = nullptr;
    int rank = -1;
    ucs_status_t status = UCS_OK;
  };
  static constexpr unsigned polls_between_looks = 4096;

  void look(Watch& watch);
  void blame() const;  // throws if an endpoint has failed
  std::string peers() const;
  void close() noexcept;

  std::shared_ptr<const Context> context_;
  World& group_;
  ucp_worker_h handle_ = nullptr;
  std::map<int, std::unique_ptr<Endpoint>> endpoints_;
  std::list<Pending> pending_;  // of Calls, and of those that ended with some under way
  std::uint16_t numbers_ = 0;
  bool is_broken_ = false;
};

// The calls of one kind that one object begins. After a failure the object is gone before they are:
// UCX tells of their ends when the engine closes. So the engine owns what it is told to.
class Calls {
 public:
  explicit Calls(std::shared_ptr<Engine> engine)
      : engine_(std::move(engine)), pending_(engine_->pending_.emplace(engine_->pending_.end())) {}
  ~Calls() {
    if (pending_->count == 0) engine_->pending_.erase(pending_);
  }
  Calls(const Calls&) = delete;
  Calls& operator=(const Calls&) = delete;

  Pending& operator*() { return *pending_; }
  Pending* operator->() { return &*pending_; }
  const Pending* operator->() const { return &*pending_; }

 private:
  std::shared_ptr<Engine> engine_;
  std::list<Pending>::iterator pending_;  // stays where it is
};

// The transports of an endpoint, as it tells them; see lanes.hpp.
std::string lanes_of(ucp_ep_h endpoint);

}  // namespace shortfall::ucx
