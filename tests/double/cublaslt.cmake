# The double of cuBLASLt: a library that is opened where the real one would be. It enqueues on the
# streams of the program that opens it.
add_library(shortfall_cublaslt_double MODULE cublaslt_calls.cpp cublaslt_library.cpp cublaslt_multiply.cpp)
target_link_libraries(shortfall_cublaslt_double PRIVATE shortfall_options shortfall_cuda_toolkit)
target_compile_options(shortfall_cublaslt_double PRIVATE -O2)  # its loops are what tests wait for
set_target_properties(shortfall_cublaslt_double PROPERTIES PREFIX "" OUTPUT_NAME libcublasLt SUFFIX .so.13
                      LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/doubles)

# Found by a path that goes before LD_LIBRARY_PATH, where the real one may be.
function(shortfall_use_cublaslt_double program)
  add_dependencies(${program} shortfall_cublaslt_double)
  set_target_properties(${program} PROPERTIES ENABLE_EXPORTS ON BUILD_RPATH ${PROJECT_BINARY_DIR}/doubles)
  target_link_options(${program} PRIVATE LINKER:--disable-new-dtags)
endfunction()
