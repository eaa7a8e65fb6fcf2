#include "backends/one_by_one.hpp"

#include <deque>

namespace shortfall {
namespace {

// Elements of another buffer, which must outlive it.
class Part final : public Buffer {
 public:
  Part(Buffer& whole, DType type, std::size_t first, std::size_t count)
      : address_(static_cast<std::byte*>(whole.address()) + bytes_of(type, first)),
        size_{static_cast<double>(bytes_of(type, count))},
        kind_(whole.kind()) {}
  void* address() override { return address_; }
  Bytes size() const override { return size_; }
  MemoryKind kind() const override { return kind_; }

 private:
  std::byte* address_;
  Bytes size_;
  MemoryKind kind_;
};

class OneByOne final : public Prepared {
 public:
  // Stay where they are: what is prepared on them refers to them.
  Operands& add(Operands on) { return on_.emplace_back(std::move(on)); }
  void add(std::unique_ptr<Prepared> product) { products_.push_back(std::move(product)); }

  void enqueue(Stream& stream) override {
    for (const auto& product : products_) product->enqueue(stream);
  }
  void refresh() override {
    for (const auto& product : products_) product->refresh();
  }
  Details details() const override {
    Details all{{"products", std::to_string(products_.size())}};
    if (!products_.empty()) {  // as the first of them is done, which may differ from the others
      const Details first = products_.front()->details();
      all.insert(all.end(), first.begin(), first.end());
    }
    return all;
  }

 private:
  std::deque<Operands> on_;
  std::vector<std::unique_ptr<Prepared>> products_;
};

Operands part_of(Operands& on, const Gemm& product, std::size_t number, std::size_t first_row) {
  const Layout buffers = layout(product, {});
  const auto k = static_cast<std::size_t>(product.k), n = static_cast<std::size_t>(product.n);
  const auto part = [](Buffer& whole, const Operand& operand, std::size_t first) {
    return std::make_unique<Part>(whole, operand.type, first, operand.count);
  };
  Operands parts;
  parts.inputs.push_back(part(*on.inputs.at(0), buffers.inputs[0], first_row * k));
  parts.inputs.push_back(part(*on.inputs.at(1), buffers.inputs[1], number * k * n));
  parts.output = part(*on.output, buffers.output, first_row * n);
  return parts;
}

}  // namespace

Preparation prepare_one_by_one(const Gemm& gemm, Operands& on, const PrepareProduct& prepare) {
  const auto first = first_rows(gemm);
  auto all = std::make_unique<OneByOne>();
  for (std::int64_t number = 0; number < gemm.batch; ++number) {
    const auto at = static_cast<std::size_t>(number);
    Gemm product = gemm;
    product.m = static_cast<std::int64_t>(first[at + 1] - first[at]);
    product.batch = 1;
    product.skew.reset();
    if (product.m == 0) continue;
    Preparation answer = prepare(product, all->add(part_of(on, product, at, first[at])));
    if (auto* const no = std::get_if<Unsupported>(&answer)) {
      return Unsupported{"product " + std::to_string(number) + ", of " + std::to_string(product.m) +
                         " rows: " + no->reason};
    }
    all->add(std::move(std::get<std::unique_ptr<Prepared>>(answer)));
  }
  return all;
}

}  // namespace shortfall
