// The form of datasheet files: docs/datasheets.md.
#pragma once

#include <string>
#include <string_view>

#include "topology/datasheets.hpp"

namespace shortfall {

// Throws BadUsage, naming `source` and the place, on anything else than such a document. Rows
// `of_user` name it as their file.
Datasheets datasheets_from(std::string_view text, const std::string& source, bool of_user);

}  // namespace shortfall
