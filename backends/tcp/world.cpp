#include "backends/tcp/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <exception>
#include <span>
#include <type_traits>

#include "backends/process.hpp"
#include "backends/tcp/part.hpp"
#include "core/error.hpp"

namespace shortfall::tcp {
namespace {

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void copy(const std::string& text, std::span<std::byte> to) {
  std::ranges::copy(std::as_bytes(std::span(text)), to.begin());
}

template <class T>
std::string text_of_value(const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  return text_of(std::as_bytes(std::span(&value, 1)));
}

class TcpWorld final : public World {
 public:
  TcpWorld(std::shared_ptr<Star> star, std::shared_ptr<Star> job, Site site, Seconds joined_in)
      : star_(std::move(star)),
        job_(std::move(job)),
        site_(std::move(site)),
        joined_in_(joined_in) {}

  int rank() const override { return star_->rank(); }
  int size() const override { return star_->size(); }
  std::string host(int rank) const override { return seat(rank).host; }
  int rank_in_job(int rank) const override { return seat(rank).rank_in_job; }
  Seconds now() const override { return steady_now(); }
  Seconds joined_in() const override { return joined_in_; }
  std::string joined_by() const override { return "tcp"; }
  void set_deadline(Deadline deadline) override { star_->set_deadline(deadline); }
  Deadline deadline() const override { return star_->deadline(); }
  void raise_alarm() override { job_->raise_alarm(); }
  bool hears_alarm() override { return job_->hears_alarm(); }

  void barrier() override {
    star_->exchange(FrameKind::barrier, "", [](const auto&) { return std::string(); });
  }

  void broadcast(std::span<std::byte> data, int from) override {
    star_->begin(FrameKind::broadcast);
    const std::string mine = rank() == from ? text_of(data) : "";
    if (rank() == 0) {
      const std::string told = from == 0 ? mine : heard(from, data.size());
      star_->tell_all(told, from);
      copy(told, data);
    } else if (rank() == from) {
      star_->tell(0, mine);
    } else {
      copy(heard(0, data.size()), data);
    }
    star_->flush();
  }

  std::vector<std::byte> gather(std::span<const std::byte> mine) override {
    const std::string all =
        star_->exchange(FrameKind::gather, text_of(mine), [&](const auto& by_rank) {
          std::string joined;
          for (int rank = 0; rank < size(); ++rank) {
            const std::string& part = by_rank[static_cast<std::size_t>(rank)];
            check_size(rank, part, mine.size());
            joined += part;
          }
          return joined;
        });
    const auto bytes = std::as_bytes(std::span(all));
    return {bytes.begin(), bytes.end()};
  }

  std::vector<std::string> collect(const std::string& mine) override {
    star_->begin(FrameKind::collect);
    if (rank() == 0) return star_->hear_all(mine);
    star_->tell(0, mine);
    star_->flush();
    return {};
  }

  // Up: the kind, whom it is about, and the reason. Down: the same of the weightiest, of which it
  // is always known whom it is about.
  Ballot vote(Vote mine) override {
    struct Head {
      Vote::Kind kind;
      int about;
    };
    const auto head_of = [](const std::string& vote) {
      Head head{};
      std::memcpy(&head, vote.data(), std::min(vote.size(), sizeof head));
      return head;
    };
    const int about = mine.about < 0 ? rank_in_job(rank()) : mine.about;
    const std::string worst = star_->exchange(
        FrameKind::vote, text_of_value(Head{mine.kind, about}) + mine.reason,
        [&](const auto& by_rank) {
          return *std::ranges::max_element(
              by_rank, {}, [&](const std::string& vote) { return head_of(vote).kind; });
        });
    const Head head = head_of(worst);
    if (head.kind == Vote::Kind::ready) return {};
    return {{head.kind, worst.substr(sizeof head), head.about}, head.about};
  }

  Slowest slowest(Seconds mine) override {
    const std::string worst =
        star_->exchange(FrameKind::slowest, text_of_value(mine), [&](const auto& by_rank) {
          Slowest slowest{mine, 0};
          for (int rank = 1; rank < size(); ++rank) {
            const auto theirs = values_of(rank, by_rank[static_cast<std::size_t>(rank)], 1).front();
            if (theirs > slowest.time) slowest = {theirs, rank};
          }
          return text_of_value(slowest);
        });
    Slowest slowest;
    std::memcpy(&slowest, worst.data(), sizeof slowest);
    return slowest;
  }

  void slowest_of_each(std::span<Seconds> times) override {
    const std::string worst = star_->exchange(
        FrameKind::slowest_of_each, text_of(std::as_bytes(times)), [&](const auto& by_rank) {
          std::vector<Seconds> slowest(times.begin(), times.end());
          for (int rank = 1; rank < size(); ++rank) {
            const auto theirs =
                values_of(rank, by_rank[static_cast<std::size_t>(rank)], times.size());
            std::ranges::transform(slowest, theirs, slowest.begin(), std::ranges::max);
          }
          return text_of(std::as_bytes(std::span(slowest)));
        });
    copy(worst, std::as_writable_bytes(times));
  }

  std::unique_ptr<World> split(int color, int place) override;

  Seconds clock_offset() override {
    star_->begin(FrameKind::clock);
    Seconds mine{0};
    for (int other = 1; other < size(); ++other) {
      if (host(other) == host(0) || leader_of(other) != other) continue;
      if (rank() == other) mine = offset_to_rank_0();
      if (rank() == 0) answer(other);
    }
    return shortfall::gather(*this, mine)[static_cast<std::size_t>(leader_of(rank()))];
  }

 private:
  const RankSeat& seat(int rank) const { return star_->seats().at(static_cast<std::size_t>(rank)); }

  std::string heard(int from, std::size_t due) {
    std::string bytes = star_->hear(from);
    check_size(from, bytes, due);
    return bytes;
  }
  void check_size(int from, const std::string& bytes, std::size_t due) {
    if (bytes.size() == due) return;
    star_->lose(fmt::format("{} is out of step: it told {} bytes where {} were due",
                            star_->name_of(from), bytes.size(), due));
  }
  std::vector<Seconds> values_of(int from, const std::string& bytes, std::size_t due) {
    check_size(from, bytes, due * sizeof(Seconds));
    std::vector<Seconds> values(due);
    copy(bytes, std::as_writable_bytes(std::span(values)));
    return values;
  }

  int leader_of(int rank) const {  // the lowest rank of its host
    return static_cast<int>(std::ranges::find(star_->seats(), host(rank), &RankSeat::host) -
                            star_->seats().begin());
  }
  // Rank 0's clock minus ours, from the exchange with the shortest way there and back.
  static constexpr int exchanges = 16;
  Seconds offset_to_rank_0() {
    Seconds best{0}, shortest{1e9};
    for (int i = 0; i < exchanges; ++i) {
      const Seconds sent = now();
      star_->tell(0, "");
      const Seconds theirs = values_of(0, star_->hear(0), 1).front();
      const Seconds back = now();
      if (back - sent < shortest) {
        shortest = back - sent;
        best = theirs - (sent + back) / 2;
      }
    }
    return best;
  }
  void answer(int other) {
    for (int i = 0; i < exchanges; ++i) {
      star_->hear(other);
      star_->tell(other, text_of_value(now()));
    }
  }

  std::vector<int> members_of(int color, int place);
  StarPart part_of(int color, const std::vector<int>& members) const;

  std::shared_ptr<Star> star_;
  std::shared_ptr<Star> job_;  // the same, where this is no part
  Site site_;
  Seconds joined_in_;
};

// The ranks of this rank's colour, in the order of their part.
std::vector<int> TcpWorld::members_of(int color, int place) {
  struct Wish {
    int color, place;
  };
  const auto wishes = shortfall::gather(*this, Wish{color, place});
  std::vector<int> members;
  for (int rank = 0; rank < size(); ++rank) {
    if (wishes[static_cast<std::size_t>(rank)].color == color) members.push_back(rank);
  }
  std::ranges::stable_sort(members, {},
                           [&](int rank) { return wishes[static_cast<std::size_t>(rank)].place; });
  return members;
}

StarPart TcpWorld::part_of(int color, const std::vector<int>& members) const {
  StarPart part{.name = fmt::format("{}/{}.{}", site_.job, star_->number(), color)};
  for (const int member : members) part.seats.push_back(seat(member));
  part.my_place = static_cast<int>(std::ranges::find(members, rank()) - members.begin());
  return part;
}

std::unique_ptr<World> TcpWorld::split(int color, int place) {
  const std::vector<int> members = members_of(color, place);
  const bool is_first = color >= 0 && members.size() > 1 && members.front() == rank();
  const Socket listener = is_first ? listen_on(0, site_.is_one_host) : Socket();
  const auto ports = shortfall::gather(*this, listener ? port_of(listener) : 0);
  std::unique_ptr<World> made;
  std::exception_ptr thrown;
  try {
    if (color >= 0) {
      StarPart part = part_of(color, members);
      part.port = ports[static_cast<std::size_t>(members.front())];
      made = std::make_unique<TcpWorld>(meet(part, listener, *star_, job_), job_,
                                        Site{part.name, site_.is_one_host}, Seconds{0});
    }
  } catch (const Lost&) {
    throw;  // nobody is left to agree with
  } catch (const std::exception&) {
    thrown = std::current_exception();
  }
  // A rank that has its part while another has none would be alone with what comes next.
  const auto have_met = shortfall::gather(*this, thrown ? 0 : 1);
  if (thrown) std::rethrow_exception(thrown);
  const auto missing = std::ranges::find(have_met, 0) - have_met.begin();
  if (missing == size()) return made;
  throw Forsaken("split the job",
                 star_->name_of(static_cast<int>(missing)) + " has not met its part");
}

}  // namespace

std::unique_ptr<World> make_world(std::shared_ptr<Star> star, Site site, Seconds joined_in) {
  auto job = star;
  return std::make_unique<TcpWorld>(std::move(star), std::move(job), std::move(site), joined_in);
}

}  // namespace shortfall::tcp
