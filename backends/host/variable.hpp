// A variable of the environment that is another for a while.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>

namespace shortfall {

// Restored on destruction: programs that this one starts find what the user has set.
class ChangedVariable {
 public:
  ChangedVariable(const char* name, const char* value) : name_(name) {  // nullptr: not set
    if (const char* const old = std::getenv(name)) old_ = old;
    set(value);
  }
  ~ChangedVariable() { set(old_ ? old_->c_str() : nullptr); }
  ChangedVariable(const ChangedVariable&) = delete;
  ChangedVariable& operator=(const ChangedVariable&) = delete;

 private:
  void set(const char* value) {
    if (value != nullptr) {
      setenv(name_, value, 1);
    } else {
      unsetenv(name_);
    }
  }

  const char* name_;
  std::optional<std::string> old_;
};

}  // namespace shortfall
