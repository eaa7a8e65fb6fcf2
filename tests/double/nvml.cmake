# A double of the driver's library libnvidia-ml, in a folder for LD_LIBRARY_PATH; and an old one, which
# lacks most functions.

set(SHORTFALL_DOUBLES ${PROJECT_BINARY_DIR}/doubles)
set(nvml_sources nvml_double.cpp nvml_double_figures.cpp nvml_script.cpp)
list(TRANSFORM nvml_sources PREPEND ${CMAKE_CURRENT_LIST_DIR}/)
foreach(age current old)
  add_library(shortfall_nvml_double_${age} MODULE ${nvml_sources})
  target_link_libraries(shortfall_nvml_double_${age} PRIVATE shortfall_options)
  set_target_properties(shortfall_nvml_double_${age} PROPERTIES PREFIX "" OUTPUT_NAME libnvidia-ml
                                                                SUFFIX .so.1)
endforeach()
set_target_properties(shortfall_nvml_double_current PROPERTIES
  LIBRARY_OUTPUT_DIRECTORY ${SHORTFALL_DOUBLES})
set_target_properties(shortfall_nvml_double_old PROPERTIES
  LIBRARY_OUTPUT_DIRECTORY ${SHORTFALL_DOUBLES}/old)
target_link_options(shortfall_nvml_double_old PRIVATE
  -Wl,--version-script=${CMAKE_CURRENT_LIST_DIR}/nvml_old_driver.map)
if(TARGET shortfall_tests)
  add_dependencies(shortfall_tests shortfall_nvml_double_current shortfall_nvml_double_old)
  target_compile_definitions(shortfall_tests PRIVATE SHORTFALL_DOUBLES="${SHORTFALL_DOUBLES}")
endif()
