# Standard headers that most files include, read once for each target: a third of the time of
# compiling. The preset bare goes without, so that a file that forgets to include them is found.

option(SHORTFALL_PRECOMPILE "Precompile standard headers" ON)

function(shortfall_precompile target)
  if(SHORTFALL_PRECOMPILE)
    target_precompile_headers(${target} PRIVATE <algorithm> <array> <functional> <map> <memory>
      <optional> <set> <span> <string> <variant> <vector> ${ARGN})
  endif()
endfunction()
