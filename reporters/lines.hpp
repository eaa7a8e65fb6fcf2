// Helpers for text of limited width.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace shortfall {

// Columns rather than bytes: UTF-8 continuation bytes take none.
std::size_t columns(std::string_view text);

// `text` broken at blanks into lines of at most `width` columns, each led by `indent` blanks; words
// that are longer stay whole. Every line ends with a line end; control characters become blanks.
std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

// The same with `name` in the margin of its first line; a name that does not fit gets a line of its
// own.
std::string item(std::string_view name, std::string_view text, std::size_t width,
                 std::size_t indent);

// At most `width` columns, "..." at its end where it was longer; control characters become blanks.
std::string shortened(std::string_view text, std::size_t width);

// "0-3, 8": ascending numbers, runs folded.
std::string ranges(const std::vector<int>& numbers);

}  // namespace shortfall
