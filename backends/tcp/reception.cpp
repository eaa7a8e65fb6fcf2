// The first rank's side of a meeting: believes nobody before a hello that fits.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "backends/process.hpp"
#include "backends/tcp/meeting.hpp"
#include "core/error.hpp"
#include "core/text.hpp"

namespace shortfall::tcp {
namespace {

constexpr Seconds patience_with_strangers{2};
constexpr std::size_t strangers_at_once = 16;
constexpr int look_again_ms = static_cast<int>(look_again.value * 1e3);

class Reception {
 public:
  Reception(const Socket& listener, const Hello& own, const std::vector<RankSeat>& seats,
            const Meanwhile& meanwhile)
      : listener_(listener),
        own_(*hello_from(text_of(own))),
        seats_(seats),
        meanwhile_(meanwhile),
        guests_(static_cast<std::size_t>(own.size)) {}

  std::vector<Guest> all_by(Seconds until) {
    while (!missing().empty()) {
      if (steady_now() > until) give_up();
      if (meanwhile_) meanwhile_();
      wait_for_news();
      admit();
      for (Stranger& stranger : strangers_) attend(stranger);
      std::erase_if(strangers_, [](const Stranger& s) { return s.is_dealt_with; });
      check_guests();
    }
    std::vector<Guest> all;
    for (std::size_t rank = 1; rank < guests_.size(); ++rank)
      all.push_back(std::move(guests_[rank]->guest));
    return all;
  }

 private:
  struct Stranger {
    Wire wire;
    std::string address;
    Seconds since;
    std::optional<Hello> hello = {};
    bool is_dealt_with = false;
  };
  struct Place {
    Guest guest;
    Seconds since;
    bool is_taken = false;  // by a rank that has heard its welcome
  };

  bool is_taken(std::size_t rank) const { return guests_[rank] && guests_[rank]->is_taken; }

  std::vector<std::size_t> missing() const {
    std::vector<std::size_t> ranks;
    for (std::size_t rank = 1; rank < guests_.size(); ++rank) {
      if (!is_taken(rank)) ranks.push_back(rank);
    }
    return ranks;
  }

  void wait_for_news() {
    std::vector<pollfd> polled{{listener_.descriptor(), POLLIN, 0}};
    for (const Stranger& stranger : strangers_) polled.push_back(stranger.wire.wish());
    for (const auto& guest : guests_) {
      if (guest) polled.push_back(guest->guest.wire.wish());
    }
    poll(polled.data(), polled.size(), look_again_ms);
  }

  // Others wait in the listener's queue until somebody is dealt with.
  void admit() {
    while (strangers_.size() < strangers_at_once) {
      Socket socket = accept_from(listener_);
      if (!socket) return;
      std::string address = peer_of(socket);
      strangers_.push_back({Wire(std::move(socket)), std::move(address), steady_now()});
    }
  }

  void attend(Stranger& stranger) {
    stranger.wire.attend();
    const bool is_late = steady_now() - stranger.since >= patience_with_strangers;
    if (stranger.hello) return judge(stranger, *stranger.hello);
    if (const auto frame = stranger.wire.take()) {
      if (frame->kind == FrameKind::hello) stranger.hello = hello_from(frame->bytes);
      if (!stranger.hello) return turn_away(stranger, "it said no hello");
      return judge(stranger, *stranger.hello);
    }
    if (!stranger.wire.end().empty()) return turn_away(stranger, stranger.wire.end());
    if (is_late) turn_away(stranger, "it said nothing");
  }

  void turn_away(Stranger& stranger, const std::string& why) {
    stranger.wire.send({.kind = FrameKind::stranger, .bytes = why});
    last_stranger_ = fmt::format("{}: {}", stranger.address, why);
    ++turned_away_;
    stranger.is_dealt_with = true;
  }

  void judge(Stranger& stranger, const Hello& hello) {
    if (hello.job != own_.job) return turn_away(stranger, "it belongs to another job");
    if (const auto why = fault_of(hello); !why.empty()) refuse(stranger, why);
    // It may have lost patience and be on its way to come again.
    if (!stranger.wire.end().empty()) return turn_away(stranger, stranger.wire.end());
    auto& place = guests_[static_cast<std::size_t>(hello.rank)];
    if (place && !may_give_way(*place)) return;  // this one waits
    stranger.wire.trust();
    place.emplace(Guest{std::move(stranger.wire), hello.host, std::move(stranger.address)},
                  steady_now());
    place->guest.wire.send({.kind = FrameKind::welcome, .bytes = own_.host});
    stranger.is_dealt_with = true;
  }

  // To the same rank, which comes again because it did not hear its welcome in time. Until that is
  // known, it may be another process that claims to be the same.
  static bool may_give_way(const Place& place) {
    return !place.guest.wire.end().empty() || steady_now() - place.since >= patience_with_strangers;
  }

  // Why a rank of this job cannot be one; empty if it can.
  std::string fault_of(const Hello& hello) const {
    const auto here = name_of({own_.rank, own_.host});
    const auto there = name_of({hello.rank, hello.host});
    if (hello.version != own_.version) {
      return fmt::format(
          "{} speaks version {} of the protocol between ranks, {} version {}. Start "
          "the same build of Shortfall everywhere",
          there, hello.version, here, own_.version);
    }
    if (hello.size != own_.size) {
      return fmt::format(
          "{} was started with WORLD_SIZE={}, {} with WORLD_SIZE={}. Give all ranks "
          "the same",
          there, hello.size, here, own_.size);
    }
    if (hello.rank >= own_.size) {
      return fmt::format("{} is beyond WORLD_SIZE={}. Number ranks from 0", there, own_.size);
    }
    const auto rank = static_cast<std::size_t>(hello.rank);
    if (hello.rank != own_.rank && !is_taken(rank)) return "";
    return fmt::format(
        "two processes were started as rank {}: on {} and on {}. Give each a RANK of "
        "its own",
        hello.rank, is_taken(rank) ? guests_[rank]->guest.host : own_.host, hello.host);
  }

  [[noreturn]] void refuse(Stranger& stranger, const std::string& why) {
    stranger.wire.send({.kind = FrameKind::refusal, .bytes = why});
    tell_guests(FrameKind::refusal, why);
    throw BadUsage(why);
  }

  void check_guests() {
    for (std::size_t rank = 1; rank < guests_.size(); ++rank) {
      auto& place = guests_[rank];
      if (!place) continue;
      Wire& wire = place->guest.wire;
      wire.attend();
      if (!place->is_taken) {
        const auto answer = wire.take();
        place->is_taken = answer && answer->kind == FrameKind::here;
      }
      if (wire.end().empty()) continue;
      if (place->is_taken)
        lose(name_of({seats_[rank].rank_in_job, place->guest.host}) + ": " + wire.end());
      place.reset();
    }
  }

  [[noreturn]] void give_up() {
    std::vector<std::string> names;
    for (const std::size_t rank : missing()) names.push_back(name_of(seats_[rank]));
    std::string why = some_of(std::move(names)) + " did not come in time";
    if (turned_away_ > 0) {
      why += fmt::format("; {} turned away, the last from {}", counted(turned_away_, "connection"),
                         last_stranger_);
    }
    lose(why + ". Look whether they were started, and whether they can reach port " +
         std::to_string(port_of(listener_)) + " here");
  }

  [[noreturn]] void lose(const std::string& why) {
    tell_guests(FrameKind::lost, why);
    throw Lost(fmt::format("join {} as {}", counted(own_.size, "rank"), name_of(seats_[0])), why);
  }

  void tell_guests(FrameKind kind, const std::string& why) {
    for (auto& guest : guests_) {
      if (guest) guest->guest.wire.send({.kind = kind, .bytes = why});
    }
  }

  const Socket& listener_;
  Hello own_;
  const std::vector<RankSeat>& seats_;
  const Meanwhile& meanwhile_;
  std::vector<std::optional<Place>> guests_;  // by rank; never the first
  std::vector<Stranger> strangers_;
  int turned_away_ = 0;
  std::string last_stranger_;
};

}  // namespace

std::vector<Guest> receive_ranks(const Socket& listener, const Hello& own,
                                 const std::vector<RankSeat>& seats, Seconds until,
                                 const Meanwhile& meanwhile) {
  return Reception(listener, own, seats, meanwhile).all_by(until);
}

}  // namespace shortfall::tcp
