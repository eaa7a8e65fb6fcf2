# The double of NCCL: a library that is opened where the real one would be. It enqueues on the streams
# of the program that opens it, which finds it as it finds the double of cuBLASLt.
add_library(shortfall_nccl_double MODULE nccl_calls.cpp nccl_exchange.cpp nccl_profiler.cpp nccl_ras.cpp nccl_script.cpp
            nccl_work.cpp settings_of_rank.cpp)
target_link_libraries(shortfall_nccl_double PRIVATE shortfall_options shortfall_cuda_toolkit shortfall_nccl)
target_compile_options(shortfall_nccl_double PRIVATE -O2)
set_target_properties(shortfall_nccl_double PROPERTIES PREFIX "" OUTPUT_NAME libnccl SUFFIX .so.2
                      LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/doubles)
add_dependencies(shortfall_on_double shortfall_nccl_double)
