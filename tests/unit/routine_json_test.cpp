// Routines as text and back.
#include "core/routine_json.hpp"

#include <gtest/gtest.h>

#include "refusal.hpp"

namespace shortfall {
namespace {

Routine sample_routine() {
  const auto operation = [](const Operation& each, const std::string& group) {
    return RoutineOperation{each, group, "forward", "mlp"};
  };
  return {.name = "gpt2-124m",
          .operations = {operation(Gemm{.m = 1, .n = 2, .k = 3, .type = DType::bf16, .batch = 4},
                                   "all"),
                         operation(Gemm{.m = 5,
                                        .n = 6,
                                        .k = 7,
                                        .data = {Data::Kind::sparse, 0.25},
                                        .skew = 0.5,
                                        .is_cold = true},
                                   "one"),
                         operation(Attention{.batch = 1,
                                             .heads = 8,
                                             .kv_heads = 2,
                                             .queries = 3,
                                             .keys = 4,
                                             .key_dim = 5,
                                             .value_dim = 6,
                                             .direction = Attention::Direction::backward,
                                             .causal = false,
                                             .type = DType::f16},
                                   "all"),
                         operation(MemoryPass{.kind = MemoryPass::Kind::mix,
                                              .bytes = {12345678901234.0},
                                              .reads = 3,
                                              .placement = {Pages::small, 1}},
                                   "all"),
                         operation(Collective{.kind = Collective::Kind::reduce_scatter,
                                              .bytes = {4096},
                                              .type = DType::bf16,
                                              .reduction = Collective::Reduction::max,
                                              .in_place = true,
                                              .start = Collective::Start::overlapped,
                                              .skew = 1.5},
                                   "blocks_of_2"),
                         operation(
                             Transfer{.kind = Transfer::Kind::one_way, .bytes = {64}, .window = 3},
                             "every_2")},
          .order = {0, 1, 1, 5, 2, 3, 4, 0}};
}

TEST(RoutineText, IsReadAsItWasWritten) {
  EXPECT_EQ(routine_from(encode(sample_routine())), sample_routine());
  EXPECT_EQ(routine_from(encode(Routine{})), Routine{});
}

TEST(RoutineText, HoldsNoOtherOperations) {
  Routine routine;
  routine.operations.push_back({PeakRate{}, "all", "forward", "mlp"});
  EXPECT_NE(refusal_of([&] { (void)encode(routine); }).find("another kind"), std::string::npos);
}

std::string with(const std::string& part, const std::string& instead) {
  std::string text = encode(sample_routine());
  const std::size_t at = text.find(part);
  if (at == std::string::npos) return "not found: " + part;
  return text.replace(at, part.size(), instead);
}

TEST(RoutineText, ThatIsBrokenIsRefusedWithThePlace) {
  const auto refused = [](const std::string& text) {
    return refusal_of([&] { (void)routine_from(text); });
  };
  EXPECT_NE(refused("{"), "accepted");
  EXPECT_NE(refused("{}").find("name"), std::string::npos);
  EXPECT_NE(refused(with("\"m\":1", "\"m\":0")).find("operations[0].operation.m"),
            std::string::npos);
  EXPECT_NE(refused(with("\"m\":1", "\"m\":1.5")).find(".m"), std::string::npos);
  EXPECT_NE(refused(with("\"kind\":\"gemm\"", "\"kind\":\"gem\"")).find("kind"), std::string::npos);
  EXPECT_NE(refused(with("\"bytes\":4096.0", "\"bytes\":-1")).find("bytes"), std::string::npos);
  EXPECT_NE(refused(with("\"bytes\":4096.0", "\"bytes\":1e300")).find("bytes"), std::string::npos);
  EXPECT_NE(refused(with("\"skew\":1.5", "\"skew\":-1")).find("skew"), std::string::npos);
  EXPECT_NE(refused(with("\"reads\":3", "\"reads\":99")).find("reads"), std::string::npos);
  EXPECT_NE(refused(with("\"order\":[0", "\"order\":[6")).find("order[0]"), std::string::npos);
}

}  // namespace
}  // namespace shortfall
