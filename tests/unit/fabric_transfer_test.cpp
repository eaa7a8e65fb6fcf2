// Who sends what to whom between network adapters, and what must arrive.
#include "core/operation/fabric_transfer.hpp"

#include <gtest/gtest.h>

#include "core/operation.hpp"
#include "core/pattern.hpp"

namespace shortfall {
namespace {

using Verb = FabricTransfer::Verb;
using Shape = FabricTransfer::Shape;
using Flows = std::vector<FabricFlow>;

TEST(FabricTransfer, FlowsAreThoseOfItsShape) {
  const auto flows = [](Verb verb, Shape shape, int ranks, int distance = 1) {
    return flows_of({.verb = verb, .shape = shape, .bytes = 8_B, .distance = distance}, ranks);
  };
  EXPECT_EQ(flows(Verb::write, Shape::one_way, 2), (Flows{{0, 1}}));
  EXPECT_EQ(flows(Verb::write, Shape::both_ways, 2), (Flows{{0, 1}, {1, 0}}));
  EXPECT_EQ(flows(Verb::send, Shape::ping_pong, 2), (Flows{{0, 1}, {1, 0}}));
  EXPECT_EQ(flows(Verb::read, Shape::ping_pong, 2), (Flows{{0, 1}})) << "an adapter answers";
  EXPECT_EQ(flows(Verb::write, Shape::all_to_one, 3), (Flows{{0, 2}, {1, 2}}));
  EXPECT_EQ(flows(Verb::write, Shape::one_to_all, 3), (Flows{{0, 1}, {0, 2}}));
  EXPECT_EQ(flows(Verb::write, Shape::shift, 3, 2), (Flows{{0, 2}, {1, 0}, {2, 1}}));
  EXPECT_EQ(flows(Verb::write, Shape::one_way, 1), (Flows{{0, 0}})) << "loopback";
}

TEST(FabricTransfer, WhatIsReadComesFromTheOtherEnd) {
  const FabricTransfer read{.verb = Verb::read, .shape = Shape::one_way, .bytes = 64_B};

  EXPECT_FALSE(expected(read, {1, 2}, {}));
  const auto arrives = expected(read, {0, 2}, {});
  ASSERT_TRUE(arrives);
  EXPECT_EQ(std::get<Own>(arrives->shape).rank, 1);
  EXPECT_EQ(arrives->count, 64U * 16) << "a window of 64 messages, each in a place of its own";
}

TEST(FabricTransfer, OnlyCallersAreTimed) {
  const FabricTransfer write{.verb = Verb::write, .shape = Shape::one_way, .bytes = 64_B};
  const FabricTransfer tag{.verb = Verb::tag, .shape = Shape::one_way, .bytes = 64_B};

  EXPECT_TRUE(takes_time(write, {0, 2}));
  EXPECT_FALSE(takes_time(write, {1, 2}));
  EXPECT_FALSE(takes_time(tag, {1, 2}));
  EXPECT_EQ(carrier_of(write), Carrier::rdma);
  EXPECT_EQ(carrier_of(tag), Carrier::ucx);
}

TEST(FabricTransfer, WorkIsThatOfACaller) {
  const FabricTransfer hub{.verb = Verb::write, .shape = Shape::one_to_all, .bytes = 64_B};
  const FabricTransfer both{.verb = Verb::write, .shape = Shape::both_ways, .bytes = 64_B};

  EXPECT_EQ(work(hub, {0, 4}).payload, 192_B);
  EXPECT_EQ(work(both, {0, 2}).payload, 64_B);
  EXPECT_EQ(work(both, {0, 2}).link, 128_B);
  EXPECT_EQ(messages_of(FabricTransfer{.verb = Verb::write, .shape = Shape::ping_pong}), 2);
  EXPECT_EQ(messages_of(FabricTransfer{.verb = Verb::fetch_add, .shape = Shape::ping_pong}), 1);
}

TEST(FabricTransfer, VerbsHaveTheirNames) {
  for (const std::string_view name : verb_names) EXPECT_EQ(name_of(*verb_named(name)), name);
  EXPECT_FALSE(verb_named("push"));
}

}  // namespace
}  // namespace shortfall
