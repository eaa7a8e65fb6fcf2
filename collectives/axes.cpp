#include "collectives/axes.hpp"

namespace shortfall {
namespace {

Axis sizes(bool is_essential) {
  Axis axis = geometric("bytes", 8_B, {16_MiB, 8}, {16_MiB, is_essential ? 2 : 8}, {1_GiB, 2});
  if (!is_essential) axis.values[0] = {Value(std::int64_t{1} << 20)};
  return axis;
}

}  // namespace

std::vector<Axis> collective_axes(const Offer& offer) {
  std::vector<Axis> axes{
      sizes(offer.is_essential),
      usually(dtypes({DType::f32, DType::f64, DType::bf16, DType::i32, DType::u8}), {"f32"})};
  if (offer.reduces) axes.push_back(usually(choice("op", {"sum", "max"}), {"sum"}));
  axes.push_back(offer.is_in_place
                     ? usually(choice("place", {"out_of_place", "in_place"}), {"out_of_place"})
                     : choice("place", {"out_of_place"}));
  axes.push_back(usually(choice("start", {"blocking", "nonblocking", "overlapped"}), {"blocking"}));
  axes.push_back(usually(choice("group", {"world", "halves", "pairs", "next_pairs", "within_host",
                                          "across_hosts", "rails"}),
                         {"world"}));
  return axes;
}

Collective collective_from(Collective::Kind kind, const Params& params) {
  using Start = Collective::Start;
  const std::string& start = params.text("start");
  Collective collective{kind, params.bytes("bytes"), params.dtype()};
  if (params.has("op") && params.text("op") == "max") {
    collective.reduction = Collective::Reduction::max;
  }
  collective.in_place = params.text("place") == "in_place";
  collective.start = start == "blocking"      ? Start::blocking
                     : start == "nonblocking" ? Start::nonblocking
                                              : Start::overlapped;
  return collective;
}

}  // namespace shortfall
