// How blocks of what several ranks have sent are written.
#pragma once

#include "core/draw_block.hpp"

namespace shortfall::draw {

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const Placed& placed) {
  fill<T>(out, first, p, Poison{});
  const std::size_t begin = std::max(first, placed.at);
  const std::size_t end = std::min(first + out.size(), placed.at + placed.count);
  if (begin < end)
    fill<T>(out.subspan(begin - first, end - begin), begin - placed.at, p, placed.own);
}

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const Reduced& reduction) {
  const std::size_t at = reduction.first + first;
  const std::size_t run = std::min(out.size(), block_size - at % block_size);
  const int one_in = p.range.one_in;
  Numbers result{}, term{};
  result.fill(before_reduction(reduction.reduction, one_in));
  int rank = first_contributor(at, one_in, salt_of(p.draw));
  for (; rank < reduction.ranks; rank += one_in) {
    draw_numbers<T>(std::span(term).first(run), rank, 0, at, p);
    for (std::size_t i = 0; i < block_size; ++i) {
      result[i] = reduced(reduction.reduction, result[i], term[i]);
    }
  }
  for (std::size_t i = 0; i < run; ++i) {
    out[i] = from_number<T>(after_reduction(reduction.reduction, result[i], reduction.ranks));
  }
  if (run < out.size()) fill<T>(out.subspan(run), first + run, p, reduction);
}

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const BlockFromEach& b) {
  Numbers numbers{};
  for (std::size_t done = 0; done < out.size();) {
    const std::size_t rank = (first + done) / b.block;
    const std::size_t within = (first + done) % b.block;
    const std::size_t run = std::min(out.size() - done, b.block - within);
    draw_numbers<T>(std::span(numbers).subspan(done, run), static_cast<int>(rank), 0,
                    b.first + within, p);
    done += run;
  }
  store<T>(out, numbers);
}

template <class T>
void fill(Block<T> out, std::size_t first, const Pattern& p, const FromNeighbors& from) {
  const std::size_t of_before = std::min(out.size(), from.block - std::min(first, from.block));
  Numbers numbers{};
  const auto draw_part = [&](std::size_t at, std::size_t count, int rank, std::size_t index) {
    if (count > 0) draw_numbers<T>(std::span(numbers).subspan(at, count), rank, 0, index, p);
  };
  draw_part(0, of_before, from.before, first);
  draw_part(of_before, out.size() - of_before, from.after, first + of_before - from.block);
  store<T>(out, numbers);
}

}  // namespace shortfall::draw
