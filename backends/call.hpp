// A Prepared that is one function call: enough for libraries without plans.
#pragma once

#include <utility>

#include "backends/device.hpp"

namespace shortfall {

template <class Function>
class Call final : public Prepared {
 public:
  Call(Function function, Details details)
      : function_(std::move(function)), details_(std::move(details)) {}
  void enqueue(Stream& stream) override { function_(stream); }
  Details details() const override { return details_; }

 private:
  Function function_;
  Details details_;
};

template <class Function>
Preparation prepared_call(Function function, Details details = {}) {
  return std::make_unique<Call<Function>>(std::move(function), std::move(details));
}

}  // namespace shortfall
