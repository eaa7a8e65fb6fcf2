// The double's arithmetic.
#include <cstring>
#include <vector>

#include "core/bf16.hpp"
#include "core/small_float.hpp"
#include "tests/double/cublaslt.hpp"

namespace shortfall::cublaslt_double {
namespace {

template <class T>
T read(const std::uint8_t* from, std::size_t i) {
  T value;
  std::memcpy(&value, from + i * sizeof(T), sizeof(T));
  return value;
}

double number(cudaDataType_t type, const std::uint8_t* from, std::size_t i) {
  switch (type) {
    case CUDA_R_64F:
      return read<double>(from, i);
    case CUDA_R_32F:
      return static_cast<double>(read<float>(from, i));
    case CUDA_R_16BF:
      return static_cast<double>(static_cast<float>(read<Bf16>(from, i)));
    case CUDA_R_16F:
      return static_cast<double>(read<F16>(from, i));
    case CUDA_R_8I:
      return read<std::int8_t>(from, i);
    case CUDA_R_8F_E4M3:
      return static_cast<double>(read<F8E4M3>(from, i));
    case CUDA_R_8F_E5M2:
      return static_cast<double>(read<F8E5M2>(from, i));
    default: {  // CUDA_R_4F_E2M1
      F4E2M1 value;
      value.bits = (from[i / 2] >> (i % 2 * 4)) & 15U;
      return static_cast<double>(value);
    }
  }
}

void write(cudaDataType_t type, std::uint8_t* to, std::size_t i, double value) {
  const auto put = [&](auto rounded) {
    std::memcpy(to + i * sizeof rounded, &rounded, sizeof rounded);
  };
  switch (type) {
    case CUDA_R_64F:
      return put(value);
    case CUDA_R_32F:
      return put(static_cast<float>(value));
    case CUDA_R_16BF:
      return put(Bf16(static_cast<float>(value)));
    case CUDA_R_16F:
      return put(F16(value));
    default:
      return put(static_cast<std::int32_t>(value));
  }
}

// Scales of blocks lie in tiles of 128 rows by 4 blocks, 512 B each; in a tile, row r of every 32
// comes 16 B behind the one before, and the four rows that are 32 apart lie side by side.
std::size_t place_of_scale(std::size_t row, std::size_t block, std::size_t blocks) {
  const std::size_t tiles_across = (blocks + 3) / 4;
  const std::size_t tile = row / 128 * tiles_across + block / 4;
  return tile * 512 + row % 32 * 16 + row % 128 / 32 * 4 + block % 4;
}

// One operand, whose numbers are asked for by row of the result and place in the sum.
class Operand {
 public:
  Operand(const Work& work, bool is_left)
      : matrix_(is_left ? work.matrices.left : work.matrices.right),
        from_(is_left ? work.left : work.right),
        scales_(static_cast<const std::uint8_t*>(work.product.scales[is_left ? 0 : 1])),
        mode_(work.product.modes[is_left ? 0 : 1]),
        lies_along_sums_(is_left ? work.product.transposes_left == CUBLAS_OP_T
                                 : work.product.transposes_right == CUBLAS_OP_N) {}

  std::vector<double> row(std::int32_t in_batch, std::size_t row, std::size_t length) const {
    const auto leading = static_cast<std::size_t>(matrix_.leading);
    const auto first = static_cast<std::size_t>(matrix_.stride * in_batch);
    std::vector<double> numbers(length);
    for (std::size_t p = 0; p < length; ++p) {
      const std::size_t at = lies_along_sums_ ? row * leading + p : p * leading + row;
      numbers[p] = number(matrix_.type, from_, first + at) * scale(row, p, length);
    }
    return numbers;
  }

 private:
  double scale(std::size_t row, std::size_t p, std::size_t length) const {
    if (scales_ == nullptr) return 1;
    if (mode_ == CUBLASLT_MATMUL_MATRIX_SCALE_SCALAR_32F) {
      return static_cast<double>(read<float>(scales_, 0));
    }
    const bool is_of_32 = mode_ == CUBLASLT_MATMUL_MATRIX_SCALE_VEC32_UE8M0;
    const std::size_t block = is_of_32 ? 32 : 16;
    const std::uint8_t code = scales_[place_of_scale(row, p / block, (length + block - 1) / block)];
    if (is_of_32) return code == 127 ? 1 : 0.0 / 0.0;  // 2^(code - 127); no other one is used here
    F8E4M3 value;
    value.bits = code;
    return static_cast<double>(value);
  }

  const Matrix& matrix_;
  const std::uint8_t* from_;
  const std::uint8_t* scales_;
  std::int32_t mode_;
  bool lies_along_sums_;
};

void spoil(const Work& work) {
  static long products = 0;  // of the one stream that is measured on, and those of tuning
  const bool is_time = products++ >= setting("wrong_after", 0);
  const cudaDataType_t type = work.matrices.result.type;
  if (const auto at = setting("wrong"); at && is_time) {
    const auto i = static_cast<std::size_t>(*at);
    const double found =
        type == CUDA_R_32I ? read<std::int32_t>(work.result, i) : number(type, work.result, i);
    write(type, work.result, i, found + 1 + 0.25 * (found < 0 ? -found : found));
  }
  if (const auto at = setting("nan"); at && is_time) {
    write(type, work.result, static_cast<std::size_t>(*at), 0.0 / 0.0);
  }
}

}  // namespace

void multiply(const Work& work) {
  const Matrix& result = work.matrices.result;
  const bool transposes = work.product.transposes_left == CUBLAS_OP_T;
  const std::size_t length = transposes ? work.matrices.left.rows : work.matrices.left.columns;
  const Operand left(work, true), right(work, false);
  for (std::int32_t in_batch = 0; in_batch < result.batch; ++in_batch) {
    std::vector<std::vector<double>> rows;
    for (std::size_t i = 0; i < result.rows; ++i) rows.push_back(left.row(in_batch, i, length));
    for (std::size_t j = 0; j < result.columns; ++j) {
      const std::vector<double> column = right.row(in_batch, j, length);
      for (std::size_t i = 0; i < result.rows; ++i) {
        double sum = 0;
        for (std::size_t p = 0; p < length; ++p) sum += rows[i][p] * column[p];
        const std::size_t at = static_cast<std::size_t>(result.stride * in_batch) +
                               j * static_cast<std::size_t>(result.leading) + i;
        write(result.type, work.result, at, work.factor * sum);
      }
    }
  }
  spoil(work);
}

}  // namespace shortfall::cublaslt_double
