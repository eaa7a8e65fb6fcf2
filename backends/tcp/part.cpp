#include "backends/tcp/part.hpp"

#include <optional>

#include "backends/process.hpp"
#include "backends/tcp/meeting.hpp"
#include "core/error.hpp"

namespace shortfall::tcp {
namespace {

constexpr const char* doing = "split the job";

// An alarm may be of a rank of another part, and all of this one are about to come.
constexpr Seconds patience_after_alarm{2};

class Watch {
 public:
  Watch(Star& whole, Star& job) : whole_(whole), job_(job) {}

  void operator()() {
    whole_.look_around();
    if (!job_.hears_alarm()) return;
    const Seconds now = steady_now();
    if (!heard_) heard_ = now;
    if (now - *heard_ > patience_after_alarm) throw Forsaken(doing, "another rank has failed");
  }

 private:
  Star &whole_, &job_;
  std::optional<Seconds> heard_;
};

std::vector<Wire> wires_of(const StarPart& part, const Socket& listener, Seconds until,
                           const Meanwhile& meanwhile) {
  const RankSeat &first = part.seats.front(),
                 &mine = part.seats[static_cast<std::size_t>(part.my_place)];
  const Hello own{part.name, part.my_place, static_cast<int>(part.seats.size()), mine.host};
  std::vector<Wire> wires;
  if (own.size == 1) return wires;
  if (part.port == 0) throw Error(doing, name_of(first) + " can listen on no port");
  if (part.my_place == 0) {
    allow_descriptors(own.size);
    for (Guest& guest : receive_ranks(listener, own, part.seats, until, meanwhile))
      wires.push_back(std::move(guest.wire));
    return wires;
  }
  std::vector<Target> targets{{first.host, part.port}};
  if (!first.address.empty()) targets.insert(targets.begin(), {first.address, part.port});
  wires.push_back(find_first_rank(targets, own, mine, until, meanwhile).wire);
  return wires;
}

}  // namespace

std::shared_ptr<Star> meet(const StarPart& part, const Socket& listener, Star& whole,
                           const std::shared_ptr<Star>& job) {
  const Seconds until = steady_now() + whole.deadline().patience;
  auto star = std::make_shared<Star>(part.my_place, part.seats,
                                     wires_of(part, listener, until, Watch(whole, *job)), job);
  star->set_deadline(whole.deadline());
  return star;
}

}  // namespace shortfall::tcp
