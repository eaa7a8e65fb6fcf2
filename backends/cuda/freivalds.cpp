#include "backends/cuda/freivalds.hpp"

#include <algorithm>

#include "backends/cuda/download.hpp"
#include "backends/cuda/freivalds_kernels.hpp"
#include "core/draw_data.hpp"
#include "core/freivalds_rows.hpp"

namespace shortfall::cuda {
namespace {

constexpr const char* checking = "check a product";

// An array of the device for as long as a check takes.
template <class T>
class DeviceArray {
 public:
  explicit DeviceArray(std::size_t count)
      : buffer_({static_cast<double>(count * sizeof(T))}), count_(count) {}
  T* data() { return static_cast<T*>(buffer_.address()); }
  std::vector<T> downloaded(CudaStream& on) {
    std::vector<T> all(count_);
    download(std::span<T>(all), data(), on, checking);
    return all;
  }

 private:
  CudaBuffer buffer_;
  std::size_t count_;
};

class ProductCheck {
 public:
  ProductCheck(Buffer& c, const Gemm& g, const Draw& draw, const Checker& with, CudaStream& on)
      : c_(c),
        g_(g),
        draw_(draw),
        with_(with),
        on_(on),
        first_rows_(first_rows(g)),
        columns_(static_cast<std::size_t>(g.n)),
        k_(static_cast<std::size_t>(g.k)),
        right_(products() * k_),
        left_(rows()),
        found_(rows()) {}

  std::optional<Mismatch> run() {
    if (rows() == 0) return std::nullopt;
    sum_right();
    sum_left();
    sum_found();
    const std::vector<double> squares = squares_of_right();
    const std::vector<LeftSums> left = left_.downloaded(on_);
    const std::vector<SignedSums> found = found_.downloaded(on_);
    for (std::size_t row = 0; row < rows(); ++row) {
      const std::size_t product = product_of(row, first_rows_.data(), products());
      if (!is_right(g_, left[row], found[row], squares[product])) return wrong_in(row);
    }
    return std::nullopt;
  }

 private:
  std::size_t products() const { return first_rows_.size() - 1; }
  std::size_t rows() const { return first_rows_.back(); }

  // A warp for each row, if that is not more than the GPU holds a few times.
  unsigned blocks_for(std::size_t rows_of_task) const {
    constexpr std::size_t rows_of_block = 8, blocks_of_unit = 64;
    const std::size_t most = static_cast<std::size_t>(with_.units) * blocks_of_unit;
    return static_cast<unsigned>(
        std::min((rows_of_task + rows_of_block - 1) / rows_of_block, most));
  }

  draw::Key signs() const { return draw::key_of(0, sign_operand, draw_); }

  // What operand `number` is drawn as, and its type.
  std::pair<DType, draw::DrawnOperand> drawn(std::size_t number) const {
    const Pattern pattern = input(g_, {}, number, draw_);
    return {pattern.type,
            draw::drawn_operand(std::get<Drawn>(pattern.shape), pattern.draw, with_.quantiles)};
  }

  void sum_right() {
    const auto [type, operand] = drawn(1);
    const SignedRows task{.type = type,
                          .drawn = operand,
                          .rows = products() * k_,
                          .columns = columns_,
                          .signs = signs(),
                          .sums = right_.data()};
    launch_drawn_sums(task, blocks_for(task.rows), on_.handle());
    check(cudaGetLastError(), checking);
  }

  void sum_left() {
    DeviceArray<std::size_t> firsts(first_rows_.size());
    upload(firsts.data(), std::span<const std::size_t>(first_rows_), on_);
    const auto [type, operand] = drawn(0);
    const LeftRows task{.type = type,
                        .drawn = operand,
                        .rows = rows(),
                        .columns = k_,
                        .right = right_.data(),
                        .first_rows = firsts.data(),
                        .products = products(),
                        .sums = left_.data()};
    launch_left_sums(task, blocks_for(task.rows), on_.handle());
    check(cudaGetLastError(), checking);
    check(cudaStreamSynchronize(on_.handle()), checking);  // before `firsts` is freed
  }

  void sum_found() {
    const SignedRows task{.type = result_type(g_),
                          .memory = c_.address(),
                          .rows = rows(),
                          .columns = columns_,
                          .signs = signs(),
                          .sums = found_.data()};
    launch_memory_sums(task, blocks_for(task.rows), on_.handle());
    check(cudaGetLastError(), checking);
  }

  // Of all of B, for each product: only sorted data ask for them.
  std::vector<double> squares_of_right() {
    std::vector<double> squares(products());
    if (g_.data.kind != Data::Kind::sorted) return squares;
    const std::vector<SignedSums> rows_of_b = right_.downloaded(on_);
    for (std::size_t row = 0; row < rows_of_b.size(); ++row) {
      squares[row / k_] += rows_of_b[row].squares;
    }
    return squares;
  }

  Mismatch wrong_in(std::size_t row) {
    const DType type = result_type(g_);
    std::vector<std::byte> bytes(bytes_of(type, columns_));
    download(std::span<std::byte>(bytes),
             static_cast<const std::byte*>(c_.address()) + row * bytes.size(), on_, checking);
    std::vector<double> found(columns_);
    read_numbers(found, bytes, type);
    return wrong_element(g_, draw_, row, found);
  }

  Buffer& c_;
  const Gemm& g_;
  const Draw& draw_;
  const Checker& with_;
  CudaStream& on_;
  std::vector<std::size_t> first_rows_;
  std::size_t columns_, k_;
  DeviceArray<SignedSums> right_;
  DeviceArray<LeftSums> left_;
  DeviceArray<SignedSums> found_;
};

}  // namespace

std::optional<Mismatch> check_product(Buffer& c, const Gemm& gemm, const Draw& draw,
                                      const Checker& with, CudaStream& on) {
  return ProductCheck(c, gemm, draw, with, on).run();
}

}  // namespace shortfall::cuda
