#include "app/agree.hpp"

#include "core/error.hpp"

namespace shortfall {

std::string agree(World& job, const std::function<std::string()>& decide) {
  enum class Answer : char { text = 'T', usage = 'U', failure = 'F' };
  Answer answer = Answer::text;
  std::string told;
  if (job.rank() == 0) {
    try {
      told = decide();
    } catch (const BadUsage& e) {
      answer = Answer::usage;
      told = e.what();
    } catch (const std::exception& e) {
      answer = Answer::failure;
      told = e.what();
    }
  }
  answer = broadcast(job, answer);
  told = broadcast(job, std::move(told));
  if (answer == Answer::usage) throw BadUsage(told);
  if (answer == Answer::failure) throw std::runtime_error(told);
  return told;
}

}  // namespace shortfall
