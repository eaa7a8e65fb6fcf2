// The exception types: what was attempted, what was answered, and where.
#pragma once

#include <concepts>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>

namespace shortfall {

class Error : public std::runtime_error {
 public:
  Error(std::string_view doing, std::string_view answer,
        std::source_location at = std::source_location::current())
      : std::runtime_error(std::string(doing) + ": " + std::string(answer) + " [" + at.file_name() +
                           ":" + std::to_string(at.line()) + "]") {}
};

// A device has not so much memory left: what needed it is left out, and others go on.
class OutOfMemory : public Error {
 public:
  using Error::Error;
};

// What the user typed cannot be done; says the option, the value and what is allowed. Exit 64.
class BadUsage : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Other ranks did not answer in time; the job cannot go on in step. Exit 3.
class Lost : public Error {
 public:
  using Error::Error;
};

// Another rank has failed in what all do together: this one gives up, too, and can vote.
class Forsaken : public Error {
 public:
  using Error::Error;
};

// One rank is to blame, maybe another one than that which noticed.
class FaultOf : public Error {
 public:
  // `rank` in the job; -1: the one that throws, or nobody knows.
  FaultOf(int rank, std::string_view doing, std::string_view answer,
          std::source_location at = std::source_location::current())
      : Error(doing, answer, at), rank_(rank) {}
  int rank() const { return rank_; }

 private:
  int rank_;
};

// What was given up does not end all the same: this rank's device will do nothing more.
class Stuck : public Error {
 public:
  using Error::Error;
};

// Throws unless `holds`. `doing` is called only then: on the timed path an eager message would cost
// more than a small operation.
template <std::invocable Message>
void require(bool holds, Message doing, std::string_view answer,
             std::source_location at = std::source_location::current()) {
  if (!holds) [[unlikely]]
    throw Error(doing(), answer, at);
}

}  // namespace shortfall
