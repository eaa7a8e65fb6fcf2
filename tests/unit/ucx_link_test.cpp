// Links of UCX between threads of one process, each a rank with a worker of its own.
#include <gtest/gtest.h>

#include <algorithm>

#include "backends/backend.hpp"
#include "core/pattern.hpp"
#include "tcp_ranks.hpp"

namespace shortfall {
namespace {

using Shape = FabricTransfer::Shape;
using Verb = FabricTransfer::Verb;

Backend backend_named(const std::string& name) {
  const auto all = backends();
  return *std::ranges::find(all, name, &Backend::name);
}

class UcxLink : public testing::Test {
 protected:
  void SetUp() override {
    const Probe found = backend_named("ucx").probe();
    if (!std::holds_alternative<Usable>(found)) GTEST_SKIP() << "UCX is not usable here";
  }
};

// One rank with an operation made ready.
class Rank {
 public:
  explicit Rank(World& world)
      : world_(world),
        device_(backend_named("host").open_device(0)),
        stream_(device_->open_stream()),
        link_(backend_named("ucx").open_link(world, {})) {}

  std::string prepare(const FabricTransfer& transfer) {
    transfer_ = transfer;
    prepared_.reset();
    on_ = {};
    const Layout buffers = layout_of(transfer, group());
    on_.inputs.push_back(allocate(buffers.inputs[0].bytes()));
    on_.output = allocate(buffers.output.bytes());
    auto answer = link_->prepare(transfer, on_);
    if (const auto* const no = std::get_if<Unsupported>(&answer)) return no->reason;
    prepared_ = std::get<std::unique_ptr<Prepared>>(std::move(answer));
    return {};
  }

  // What is wrong with what has arrived after so many calls; "" if nothing.
  std::string exchange(int calls, std::uint64_t batch = 1) {
    const Draw draw{7, batch};
    device_->fill(*on_.inputs[0], input(transfer_, group(), 0, draw));
    prepared_->refresh();
    device_->fill(*on_.output, output_before(transfer_, group(), draw));
    world_.barrier();
    for (int i = 0; i < calls; ++i) call();
    link_->settle();
    world_.barrier();
    prepared_->collect();
    const auto wanted = expected(transfer_, group(), draw);
    if (!wanted) return {};
    const auto wrong = device_->compare(*on_.output, *wanted);
    return wrong ? "wrong at " + std::to_string(wrong->index) : "";
  }

  void call() { prepared_->enqueue(*stream_); }

 private:
  Group group() const { return {world_.rank(), world_.size()}; }
  std::unique_ptr<Buffer> allocate(Bytes bytes) {
    auto own = link_->allocate(transfer_, bytes, MemoryKind::host);
    return own ? std::move(own) : device_->allocate(bytes);
  }

  World& world_;
  std::unique_ptr<Device> device_;
  std::unique_ptr<Stream> stream_;
  std::unique_ptr<Communicator> link_;
  FabricTransfer transfer_{Verb::tag, Shape::ping_pong, {}};
  Operands on_;
  std::unique_ptr<Prepared> prepared_;
};

TEST_F(UcxLink, CarriesEveryCallInEveryShape) {
  for (const std::string& thrown : tcp::on_ranks(2, [](World& world) {
         Rank rank(world);
         for (const Verb verb : {Verb::put, Verb::get, Verb::tag, Verb::am, Verb::stream}) {
           for (const Shape shape : {Shape::ping_pong, Shape::one_way, Shape::both_ways}) {
             const std::string name(name_of(verb));
             EXPECT_EQ(rank.prepare({verb, shape, 5000_B, 3}), "") << name;
             EXPECT_EQ(rank.exchange(4, 1), "") << name;
             EXPECT_EQ(rank.exchange(3, 2), "") << name;
           }
         }
       })) {
    EXPECT_EQ(thrown, "");
  }
}

TEST_F(UcxLink, RefusesWhatTakesMoreThanTwoRanks) {
  for (const std::string& thrown : tcp::on_ranks(2, [](World& world) {
         EXPECT_NE(Rank(world).prepare({Verb::tag, Shape::all_to_one, 8_B}), "");
       })) {
    EXPECT_EQ(thrown, "");
  }
}

TEST_F(UcxLink, GivesUpOnARankThatMakesNoProgressAndConnectsAnew) {
  // Receives of streams are ended by UCX when the engine closes, after the case.
  for (const Verb verb : {Verb::tag, Verb::stream}) {
    for (const std::string& thrown : tcp::on_ranks(2, [verb](World& world) {
           Rank rank(world);
           EXPECT_EQ(rank.prepare({verb, Shape::ping_pong, 8_B}), "");
           if (world.rank() == 0) {
             world.set_deadline({Seconds{0.9}});
             std::string told;
             try {
               rank.call();
             } catch (const std::exception& e) {
               told = e.what();
             }
             EXPECT_TRUE(tcp::says(told, "rank 1 on ", "timeout: nothing for 0.3 s", "UCX_TLS"));
             world.set_deadline({tcp::long_enough});
           }
           world.barrier();
           EXPECT_EQ(rank.prepare({Verb::am, Shape::ping_pong, 64_KiB}), "");
           EXPECT_EQ(rank.exchange(2), "");
         })) {
      EXPECT_EQ(thrown, "");
    }
  }
}

}  // namespace
}  // namespace shortfall
