#include "app/job.hpp"

#include "backends/joining.hpp"

namespace shortfall {
namespace {

constexpr Seconds to_end{20};

struct Start {  // of what brings the ranks together
  const char* overdue;
  Seconds patience;
};

// Ranks that meet by TCP give up by themselves, after 120 s, and know who is missing.
Start start_of(Way way) {
  if (way == Way::by_tcp) return {"the ranks have not met in 150 s", {150}};
  return {"MPI has not started in 120 s", {120}};
}

}  // namespace

bool speaks() {
  const auto job = launched();
  return !job || job->rank == 0;
}

Job::Job(Without launcher) : sentinel_(open_sentinel()) {
  const auto told = launched();
  Way way = way_into_job();
  if (!told && launcher == Without::launcher_stays_alone) way = Way::alone;
  if (!speaks()) sentinel_->wait_before_end(Sentinel::grace_of_others);
  const auto [overdue, patience] = start_of(way);
  sentinel_->watch(overdue, patience);
  beacon_ = open_beacon(told);
  beacon_->enter(Phase::join);
  if (way != Way::by_tcp) bind();  // before MPI starts threads of its own
  world_ = join_job(way);
  if (way == Way::by_tcp) {
    for (const std::string& learnt : learn_places(*world_)) remarks_.push_back("set " + learnt);
    bind();
  }
  beacon_->connect(broadcast(*world_, beacon_->address()));
  beacon_->enter(Phase::plan);
  sentinel_->stand_down();
}

void Job::bind() {
  bound_ = bind_rank(launched());
  remarks_.push_back("bound to CPUs " + bound_.set + " by " + bound_.by);
  if (const std::string set = yield_when_shared(bound_); !set.empty())
    remarks_.push_back("set " + set);
}

Job::~Job() {
  sentinel_->on_end({});  // what there was to say is said
  beacon_->enter(Phase::end);
  sentinel_->watch("the job has not ended in 20 s", to_end);
  world_.reset();
  sentinel_->stand_down();
}

}  // namespace shortfall
