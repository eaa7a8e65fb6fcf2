// f32, bf16, f16 and int8 products by oneDNN 2 or 3.
#include <oneapi/dnnl/dnnl_debug.h>

#include <oneapi/dnnl/dnnl.hpp>

#include <array>

#include "backends/host/onednn.hpp"
#include "core/error.hpp"

namespace shortfall {
namespace {

using Memory = dnnl::memory;

Memory::data_type type_of(DType type) {
  switch (type) {
    case DType::bf16:
      return Memory::data_type::bf16;
    case DType::f16:
      return Memory::data_type::f16;
    case DType::i32:
      return Memory::data_type::s32;
    case DType::int8:
      return Memory::data_type::s8;
    case DType::u8:
      return Memory::data_type::u8;
    default:
      return Memory::data_type::f32;
  }
}

// oneDNN 2 describes an operation in two steps, oneDNN 3 in one.
template <class Matmul>
typename Matmul::primitive_desc plan_of(const dnnl::engine& engine, const Memory::desc& a,
                                        const Memory::desc& b, const Memory::desc& c) {
  if constexpr (requires { typename Matmul::desc; }) {
    return {typename Matmul::desc(a, b, c), engine};
  } else {
    return {engine, a, b, c};
  }
}

// A batch is one dimension more.
Memory::dims dimensions(const Gemm& gemm, std::int64_t rows, std::int64_t columns) {
  if (gemm.batch == 1) return {rows, columns};
  return {gemm.batch, rows, columns};
}

Memory::desc row_major(const Memory::dims& dimensions, DType type) {
  using Tag = Memory::format_tag;
  return {dimensions, type_of(type), dimensions.size() == 2 ? Tag::ab : Tag::abc};
}

std::string version() {
  const dnnl_version_t& v = *dnnl_version();
  return std::to_string(v.major) + "." + std::to_string(v.minor) + "." + std::to_string(v.patch);
}

class OnednnGemm final : public Prepared {
 public:
  OnednnGemm(const Gemm& gemm, Operands& on, int threads)
      : threads_(threads),
        plain_b_(row_major(dimensions(gemm, gemm.k, gemm.n), gemm.type)),
        plan_(plan_for(gemm)),
        a_(plan_.src_desc(), engine_, on.inputs.at(0)->address()),
        b_(plain_b_, engine_, on.inputs.at(1)->address()),
        c_(plan_.dst_desc(), engine_, on.output->address()) {
    if (is_packed()) {
      packed_b_ = Memory(plan_.weights_desc(), engine_);
      pack_ = dnnl::reorder(b_, packed_b_);
    }
    const Memory& b = is_packed() ? packed_b_ : b_;
    arguments_ = {
        {{DNNL_ARG_SRC, a_.get()}, {DNNL_ARG_WEIGHTS, b.get()}, {DNNL_ARG_DST, c_.get()}}};
    refresh();
  }

  // By the C interface: that of C++ copies its arguments to the heap at each call.
  void enqueue(Stream&) override {
    const auto doing = [] { return "multiply by oneDNN"; };
    const dnnl_status_t started = dnnl_primitive_execute(
        primitive_.get(), stream_.get(), static_cast<int>(arguments_.size()), arguments_.data());
    require(started == dnnl_success, doing, dnnl_status2str(started));
    const dnnl_status_t ended = dnnl_stream_wait(stream_.get());
    require(ended == dnnl_success, doing, dnnl_status2str(ended));
  }

  void refresh() override {
    if (!is_packed()) return;
    pack_.execute(stream_, b_, packed_b_);
    stream_.wait();
  }

  Details details() const override {
    return {{"implementation", "oneDNN " + version() + ", " + plan_.impl_info_str()},
            {"weights", is_packed() ? "packed" : "plain"},
            {"threads", std::to_string(threads_)}};
  }

 private:
  dnnl::matmul::primitive_desc plan_for(const Gemm& gemm) const {
    const DType left = gemm.type == DType::int8 ? DType::u8 : gemm.type;
    return plan_of<dnnl::matmul>(
        engine_, row_major(dimensions(gemm, gemm.m, gemm.k), left),
        {dimensions(gemm, gemm.k, gemm.n), type_of(gemm.type), Memory::format_tag::any},
        row_major(dimensions(gemm, gemm.m, gemm.n), result_type(gemm)));
  }
  bool is_packed() const { return plan_.weights_desc() != plain_b_; }

  int threads_;
  dnnl::engine engine_{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream_{engine_};
  Memory::desc plain_b_;
  dnnl::matmul::primitive_desc plan_;
  dnnl::matmul primitive_{plan_};
  Memory a_, b_, c_, packed_b_;
  dnnl::reorder pack_;
  std::array<dnnl_exec_arg_t, 3> arguments_{};
};

}  // namespace

Preparation prepare_onednn_gemm(const Gemm& gemm, Operands& on, int threads) {
  const std::string type(name_of(gemm.type));
  try {
    return std::make_unique<OnednnGemm>(gemm, on, threads);
  } catch (const dnnl::error& error) {
    if (error.status == dnnl_unimplemented) {
      return Unsupported{"oneDNN " + version() + " does not multiply " + type +
                         " on this processor"};
    }
    throw Error("prepare a product of " + type + " by oneDNN", dnnl_status2str(error.status));
  }
}

Details onednn_details() { return {{"onednn", version()}}; }

}  // namespace shortfall
