#include "backends/after_stream.hpp"

namespace shortfall {
namespace {

class AfterStream final : public Prepared {
 public:
  AfterStream(std::unique_ptr<Prepared> work, Buffer& output, Details::value_type note)
      : work_(std::move(work)), output_(output), note_(std::move(note)) {}
  void enqueue(Stream& stream) override {
    empty(stream);
    work_->enqueue(stream);
  }
  void refresh() override { work_->refresh(); }
  void collect() override {
    output_.take_in_arrivals();
    work_->collect();
  }
  Details details() const override {
    Details all = work_->details();
    all.push_back(note_);
    return all;
  }
  std::vector<Figure> figures() const override { return work_->figures(); }

 private:
  std::unique_ptr<Prepared> work_;
  Buffer& output_;
  Details::value_type note_;
};

}  // namespace

void empty(Stream& stream) {
  stream.release();
  while (!stream.done()) {
  }
}

std::unique_ptr<Prepared> after_stream(std::unique_ptr<Prepared> work, Buffer& output,
                                       Details::value_type note) {
  return std::make_unique<AfterStream>(std::move(work), output, std::move(note));
}

}  // namespace shortfall
