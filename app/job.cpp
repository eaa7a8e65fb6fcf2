#include "app/job.hpp"

namespace shortfall {
namespace {

constexpr Seconds to_start{120}, to_end{20};

}  // namespace

bool speaks() {
  const auto job = launched();
  return !job || job->rank == 0;
}

Job::Job(Without launcher) : sentinel_(open_sentinel()) {
  const auto told = launched();
  if (!speaks()) sentinel_->wait_before_end(Sentinel::grace_of_others);
  sentinel_->watch("MPI has not started in 120 s", to_start);
  beacon_ = open_beacon(told);
  beacon_->enter(Phase::join);
  bound_ = bind_rank(told);
  remarks_.push_back("bound to CPUs " + bound_.set + " by " + bound_.by);
  if (const std::string set = yield_when_shared(bound_); !set.empty())
    remarks_.push_back("set " + set);
  const bool is_alone = !told && launcher == Without::launcher_stays_alone;
  world_ = is_alone ? stay_alone() : join_job();
  beacon_->connect(broadcast(*world_, beacon_->address()));
  beacon_->enter(Phase::plan);
  sentinel_->stand_down();
}

Job::~Job() {
  sentinel_->on_end({});  // what there was to say is said
  beacon_->enter(Phase::end);
  sentinel_->watch("MPI has not ended in 20 s", to_end);
  world_.reset();
  sentinel_->stand_down();
}

}  // namespace shortfall
