// How the choices of a training run are called, in words that run_words.hpp understands.
#pragma once

#include <string_view>

#include "model/training/training_run.hpp"

namespace shortfall {

std::string_view word_for(Sharding sharding);
std::string_view word_for(Schedule schedule);
std::string_view word_for(Recompute recompute);
std::string_view word_for(Precision precision);
std::string_view word_for(ContextExchange exchange);

}  // namespace shortfall
