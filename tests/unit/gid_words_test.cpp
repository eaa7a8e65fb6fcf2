// How addresses of RDMA ports are chosen on the command line.
#include "core/gid_words.hpp"

#include <gtest/gtest.h>

namespace shortfall {
namespace {

GidBytes bytes_of(const std::string& address) { return gid_words_from(address)->network->address; }

bool holds(const std::string& network, const std::string& address) {
  return gid_words_from(network)->network->holds(bytes_of(address));
}

TEST(GidWords, AreAnIndexATypeOrANetwork) {
  EXPECT_EQ(gid_words_from("auto"), GidWords{});
  EXPECT_EQ(gid_words_from("3")->index, 3);
  EXPECT_EQ(gid_words_from("v1")->type, "RoCE v1");
  EXPECT_EQ(gid_words_from("v2")->type, "RoCE v2");
  EXPECT_EQ(gid_words_from("10.0.0.1")->network->bits, 128);
  EXPECT_EQ(gid_words_from("10.0.0.0/24")->network->bits, 96 + 24);
  EXPECT_EQ(gid_words_from("fd00::/64")->network->bits, 64);
}

TEST(GidWords, AnAddressIsItselfInAnySpelling) {
  EXPECT_TRUE(holds("10.0.0.1", "10.0.0.1"));
  EXPECT_TRUE(holds("10.0.0.1", "::ffff:10.0.0.1"));
  EXPECT_TRUE(holds("fd00:0:0::1", "fd00::1"));
  EXPECT_FALSE(holds("10.0.0.1", "10.0.0.2"));
  EXPECT_FALSE(holds("10.0.0.1", "::10.0.0.1"));
}

TEST(GidWords, ANetworkHoldsWhatSharesItsFirstBits) {
  EXPECT_TRUE(holds("10.0.0.0/24", "10.0.0.255"));
  EXPECT_FALSE(holds("10.0.0.0/24", "10.0.1.0"));
  EXPECT_TRUE(holds("10.0.0.9/20", "10.0.15.255"));
  EXPECT_FALSE(holds("10.0.0.9/20", "10.0.16.0"));
  EXPECT_TRUE(holds("fe80::/10", "febf::1"));
  EXPECT_FALSE(holds("fe80::/10", "fec0::1"));
}

TEST(GidWords, NetworksOfNoBitsHoldAllOfTheirFamily) {
  EXPECT_TRUE(holds("0.0.0.0/0", "192.168.1.1"));
  EXPECT_FALSE(holds("0.0.0.0/0", "fd00::1"));
  EXPECT_TRUE(holds("::/0", "192.168.1.1"));
}

TEST(GidWords, AreRefusedWhereTheyNameNothing) {
  for (const char* const text :
       {"", "-1", "65536", "v3", "V2", "10.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "/24",
        "fd00::/129", "fd00::g", "roce0"}) {
    EXPECT_FALSE(gid_words_from(text)) << text;
  }
}

}  // namespace
}  // namespace shortfall
