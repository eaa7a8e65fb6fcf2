# Every package this project can use, looked for in one place. Three are required, and headers of
# them are enough: -DSHORTFALL_HEADERS=PREFIX names a folder that holds PREFIX/include. Each other is
# optional: what is not found sets SHORTFALL_NO_<NAME> to the reason, which the list at the end of
# the configure step prints and an absent backend repeats.

set(SHORTFALL_HEADERS "" CACHE PATH "Prefix with the headers of CLI11, fmt and nlohmann/json")

# One line of the list that shortfall_print_packages() prints.
function(shortfall_note_package name answer)
  string(LENGTH "${name}" length)
  math(EXPR blanks "15 - ${length}")
  string(REPEAT " " ${blanks} padding)
  set_property(GLOBAL APPEND_STRING PROPERTY SHORTFALL_PACKAGES "  ${name}${padding}${answer}\n")
endfunction()

function(shortfall_print_packages)
  get_property(lines GLOBAL PROPERTY SHORTFALL_PACKAGES)
  message(STATUS "Packages of this build (${CMAKE_BUILD_TYPE}):\n${lines}")
endfunction()

# The first group that `regex` captures in a header; empty if there is none. `hint` is a folder.
function(shortfall_read_version header hint regex result)
  set(${result} "" PARENT_SCOPE)
  find_file(path ${header} HINTS "${hint}" NO_CACHE)
  if(path)
    file(STRINGS "${path}" lines REGEX "${regex}" LIMIT_COUNT 1)
    if(lines MATCHES "${regex}")
      set(${result} "${CMAKE_MATCH_1}" PARENT_SCOPE)
    endif()
  endif()
endfunction()

# Makes `target` from headers alone, whether or not the package brought CMake files.
# The version is what `regex` finds in `version_header`.
function(shortfall_require_headers name target header debian_package version_header regex)
  string(MAKE_C_IDENTIFIER "SHORTFALL_${name}_INCLUDE" folder)
  find_path(${folder} ${header} HINTS ${SHORTFALL_HEADERS} PATH_SUFFIXES include)
  mark_as_advanced(${folder})
  if(NOT ${folder})
    message(FATAL_ERROR "${name} is required, but <${header}> was not found: install "
      "${debian_package} (scripts/setup does), or name the prefix of its headers with "
      "-DSHORTFALL_HEADERS=PREFIX.")
  endif()
  add_library(${target} INTERFACE IMPORTED)
  target_include_directories(${target} INTERFACE ${${folder}})
  shortfall_read_version(${version_header} "${${folder}}" "${regex}" version)
  if(version MATCHES "^([0-9]+)([0-9][0-9])([0-9][0-9])$")  # fmt says 9.1.0 as 90100
    string(REPLACE ".0" "." version "${CMAKE_MATCH_1}.${CMAKE_MATCH_2}.${CMAKE_MATCH_3}")
  endif()
  shortfall_note_package(${name} "found (${version}, ${${folder}})")
endfunction()

shortfall_require_headers(CLI11 CLI11::CLI11 CLI/CLI.hpp libcli11-dev
  CLI/Version.hpp "CLI11_VERSION \"([^\"]+)\"")
shortfall_require_headers(fmt fmt::fmt fmt/format.h libfmt-dev
  fmt/core.h "define FMT_VERSION ([0-9]+)")
# The library beside these headers is not needed, but halves the time of compiling.
cmake_path(GET SHORTFALL_fmt_INCLUDE PARENT_PATH fmt_prefix)
find_library(SHORTFALL_fmt_LIBRARY fmt PATHS ${fmt_prefix} NO_DEFAULT_PATH
  PATH_SUFFIXES lib/${CMAKE_LIBRARY_ARCHITECTURE} lib lib64)
mark_as_advanced(SHORTFALL_fmt_LIBRARY)
if(SHORTFALL_fmt_LIBRARY)
  target_link_libraries(fmt::fmt INTERFACE ${SHORTFALL_fmt_LIBRARY})
else()
  target_compile_definitions(fmt::fmt INTERFACE FMT_HEADER_ONLY=1)
endif()
shortfall_require_headers(nlohmann/json nlohmann_json::nlohmann_json nlohmann/json.hpp
  nlohmann-json3-dev nlohmann/json.hpp "version ([0-9.]+)")

# Says what became of an optional package, and sets SHORTFALL_NO_<NAME> unless `target` can be linked.
function(shortfall_conclude name target version debian_package lost)
  if(NOT SHORTFALL_WITH_${name})
    set(reason "SHORTFALL_WITH_${name} was OFF when this was built")
  elseif(NOT TARGET ${target})
    set(reason "not found when this was built (Debian: ${debian_package})")
  else()
    shortfall_note_package(${name} "found (${version})")
    return()
  endif()
  set(SHORTFALL_NO_${name} "${reason}" PARENT_SCOPE)
  shortfall_note_package(${name} "absent (${reason}); lost: ${lost}")
endfunction()

# A library without CMake files of its own: `target` is made of a header's folder and a library.
# Optional last arguments: subfolders to look in, first choice first.
function(shortfall_find_library target header library)
  find_path(${target}_INCLUDE ${header} PATH_SUFFIXES ${ARGN})
  find_library(${target}_LIBRARY ${library} PATH_SUFFIXES ${ARGN})
  mark_as_advanced(${target}_INCLUDE ${target}_LIBRARY)
  if(${target}_INCLUDE AND ${target}_LIBRARY)
    add_library(${target} INTERFACE IMPORTED GLOBAL)
    target_include_directories(${target} INTERFACE ${${target}_INCLUDE})
    target_link_libraries(${target} INTERFACE ${${target}_LIBRARY})
  endif()
endfunction()

option(SHORTFALL_WITH_MPI "Use MPI if it is found" ON)
if(SHORTFALL_WITH_MPI)
  set(MPI_CXX_SKIP_MPICXX ON)
  find_package(MPI QUIET COMPONENTS CXX)
  set(mpi_version "MPI ${MPI_CXX_VERSION}")
  foreach(part MAJOR MINOR RELEASE)
    shortfall_read_version(mpi.h "${MPI_CXX_HEADER_DIR}" "OMPI_${part}_VERSION ([0-9]+)" mpi_${part})
  endforeach()
  if(NOT mpi_MAJOR STREQUAL "")
    string(PREPEND mpi_version "Open MPI ${mpi_MAJOR}.${mpi_MINOR}.${mpi_RELEASE}, ")
  endif()
endif()
shortfall_conclude(MPI MPI::MPI_CXX "${mpi_version}" libopenmpi-dev
  "jobs of several ranks, collectives, transfers")

option(SHORTFALL_WITH_HWLOC "Use hwloc if it is found" ON)
if(SHORTFALL_WITH_HWLOC)
  shortfall_find_library(shortfall_hwloc hwloc.h hwloc)
  shortfall_read_version(hwloc/autogen/config.h "${shortfall_hwloc_INCLUDE}"
    "HWLOC_VERSION \"([^\"]+)\"" hwloc_version)
endif()
shortfall_conclude(HWLOC shortfall_hwloc "${hwloc_version}" libhwloc-dev
  "caches and NUMA nodes are read from sysfs instead")

option(SHORTFALL_WITH_OPENMP "Use OpenMP if the compiler has it" ON)
if(SHORTFALL_WITH_OPENMP)
  find_package(OpenMP QUIET COMPONENTS CXX)
endif()
shortfall_conclude(OPENMP OpenMP::OpenMP_CXX "${OpenMP_CXX_VERSION}" libgomp1
  "memory benchmarks use one thread of each rank")

option(SHORTFALL_WITH_ONEDNN "Use oneDNN if it is found" ON)
if(SHORTFALL_WITH_ONEDNN)
  # Not by its CMake files: Debian's ask for OpenCL, which nobody here needs.
  shortfall_find_library(shortfall_onednn oneapi/dnnl/dnnl.hpp dnnl)
  set(onednn_version "")
  foreach(part MAJOR MINOR PATCH)
    shortfall_read_version(oneapi/dnnl/dnnl_version.h "${shortfall_onednn_INCLUDE}"
      "DNNL_VERSION_${part} ([0-9]+)" onednn_${part})
    string(APPEND onednn_version ".${onednn_${part}}")
  endforeach()
  string(SUBSTRING "${onednn_version}" 1 -1 onednn_version)
endif()
shortfall_conclude(ONEDNN shortfall_onednn "${onednn_version}" libdnnl-dev
  "gemm in f32, bf16, f16 and int8 on the host")

# Of the two, the faster is taken at each product.
option(SHORTFALL_WITH_OPENBLAS "Use OpenBLAS if it is found" ON)
if(SHORTFALL_WITH_OPENBLAS)
  shortfall_find_library(shortfall_openblas openblas_config.h openblas
    openblas-pthread openblas-openmp openblas)
  shortfall_read_version(openblas_config.h "${shortfall_openblas_INCLUDE}"
    "OPENBLAS_VERSION \" *OpenBLAS ([^ \"]+)" openblas_version)
endif()
shortfall_conclude(OPENBLAS shortfall_openblas "${openblas_version}, ${shortfall_openblas_LIBRARY}"
  libopenblas-dev "gemm in f64 on the host, or the choice of the faster library for it")

option(SHORTFALL_WITH_BLIS "Use BLIS if it is found" ON)
if(SHORTFALL_WITH_BLIS)
  shortfall_find_library(shortfall_blis blis.h blis blis-openmp blis-pthread blis)
endif()
shortfall_conclude(BLIS shortfall_blis "${shortfall_blis_LIBRARY}" libblis-openmp-dev
  "gemm in f64 on the host, or the choice of the faster library for it")

option(SHORTFALL_WITH_CUDA "Use CUDA if its compiler is found" ON)
if(SHORTFALL_WITH_CUDA)
  # Where toolkits are put that are not in PATH. By the environment, so that check_language() tries
  # it: a compiler that does not work is as good as none.
  find_program(SHORTFALL_NVCC nvcc HINTS ENV CUDA_HOME ENV CUDA_PATH PATH_SUFFIXES bin
               PATHS /usr/local/cuda /opt/cuda)
  mark_as_advanced(SHORTFALL_NVCC)
  if(SHORTFALL_NVCC AND NOT DEFINED ENV{CUDACXX})
    set(ENV{CUDACXX} ${SHORTFALL_NVCC})
  endif()
  include(CheckLanguage)
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    enable_language(CUDA)
    find_package(CUDAToolkit QUIET)
    find_path(SHORTFALL_CUBLASLT_INCLUDE cublasLt.h HINTS ${CUDAToolkit_INCLUDE_DIRS})
    mark_as_advanced(SHORTFALL_CUBLASLT_INCLUDE)
  endif()
  if(TARGET CUDA::cudart_static AND SHORTFALL_CUBLASLT_INCLUDE)
    add_library(shortfall_cuda_toolkit INTERFACE IMPORTED GLOBAL)
    target_include_directories(shortfall_cuda_toolkit SYSTEM INTERFACE
      ${CUDAToolkit_INCLUDE_DIRS} ${SHORTFALL_CUBLASLT_INCLUDE})
  endif()
endif()
shortfall_conclude(CUDA shortfall_cuda_toolkit "CUDA ${CUDAToolkit_VERSION}"
  "nvidia-cuda-toolkit, of non-free" "everything on NVIDIA GPUs")

option(SHORTFALL_WITH_NCCL "Use NCCL if its header is found" ON)
if(SHORTFALL_WITH_NCCL)
  find_path(SHORTFALL_NCCL_INCLUDE nccl.h HINTS ${CUDAToolkit_INCLUDE_DIRS} ENV NCCL_HOME
            PATHS /usr/local/cuda /opt/cuda PATH_SUFFIXES include)
  mark_as_advanced(SHORTFALL_NCCL_INCLUDE)
  if(SHORTFALL_NCCL_INCLUDE)
    add_library(shortfall_nccl INTERFACE IMPORTED GLOBAL)
    target_include_directories(shortfall_nccl SYSTEM INTERFACE ${SHORTFALL_NCCL_INCLUDE})
    foreach(part MAJOR MINOR PATCH)
      shortfall_read_version(nccl.h "${SHORTFALL_NCCL_INCLUDE}" "define NCCL_${part} ([0-9]+)" nccl_${part})
    endforeach()
  endif()
endif()
shortfall_conclude(NCCL shortfall_nccl "NCCL ${nccl_MAJOR}.${nccl_MINOR}.${nccl_PATCH}, ${SHORTFALL_NCCL_INCLUDE}"
  "libnccl-dev, of NVIDIA" "collectives between GPUs")

option(SHORTFALL_WITH_VERBS "Use libibverbs if it is found" ON)
if(SHORTFALL_WITH_VERBS)
  shortfall_find_library(shortfall_verbs infiniband/verbs.h ibverbs)
endif()
shortfall_conclude(VERBS shortfall_verbs "${shortfall_verbs_LIBRARY}" libibverbs-dev
  "RDMA between network adapters")

option(SHORTFALL_WITH_UCX "Use UCX if it is found" ON)
if(SHORTFALL_WITH_UCX)
  shortfall_find_library(shortfall_ucx ucp/api/ucp.h ucp)
  shortfall_find_library(shortfall_ucs ucs/type/status.h ucs)
  if(TARGET shortfall_ucx AND TARGET shortfall_ucs)
    target_link_libraries(shortfall_ucx INTERFACE shortfall_ucs)
  endif()
  foreach(part MAJOR MINOR)
    shortfall_read_version(ucp/api/ucp_version.h "${shortfall_ucx_INCLUDE}" "define UCP_API_${part} +([0-9]+)" ucx_${part})
  endforeach()
endif()
shortfall_conclude(UCX shortfall_ucx "UCX ${ucx_MAJOR}.${ucx_MINOR}" libucx-dev
  "put, get, tags, active messages and streams of UCX")

option(SHORTFALL_WITH_BENCHMARK "Use Google Benchmark if it is found" ON)
if(SHORTFALL_WITH_BENCHMARK)
  find_package(benchmark QUIET CONFIG)
endif()
shortfall_conclude(BENCHMARK benchmark::benchmark "${benchmark_VERSION}" libbenchmark-dev
  "the program shortfall_microbench")

option(SHORTFALL_WITH_TESTS "Build the unit tests if GoogleTest is found" ON)
if(SHORTFALL_WITH_TESTS)
  find_package(GTest QUIET CONFIG)
endif()
shortfall_conclude(TESTS GTest::gtest_main "GoogleTest ${GTest_VERSION}" libgtest-dev
  "unit and contract tests")
