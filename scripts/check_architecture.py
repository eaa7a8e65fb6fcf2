#!/usr/bin/env python3
"""Fails if the source tree breaks one of the rules of docs/architecture.md.

Usage: check_architecture.py [ROOT]
"""

import pathlib
import re
import sys

from cpp_outline import Outline, without_noise

# Each folder, and the folders it may include from and link to besides itself.
MEASURES = ["core", "backends", "harness"]
VALUES = ["core", "topology", "model", "harness", "report"]
MAY_USE = {
    "core": [],
    "topology": ["core"],
    "model": ["core", "topology"],
    "backends": ["core"],
    "harness": ["core", "backends"],
    "gemm_bench": MEASURES,
    "microbench": MEASURES,
    "collectives": MEASURES,
    "workload": MEASURES,
    "report": ["core", "topology", "model", "harness"],
    "diagnosis": VALUES,
    "reporters": [*VALUES, "diagnosis"],
    "app": [*VALUES, "backends", "diagnosis", "reporters", "gemm_bench", "microbench", "collectives",
            "workload"],
}
BENCHMARKS = ["gemm_bench", "microbench", "collectives", "workload"]  # one library: shortfall_benchmarks

# Headers and link targets of others, and where alone they may be used.
HOMES = [
    (r"mpi\.h|MPI::", ["backends/mpi"]),
    (r"hwloc|shortfall_hwloc", ["topology", "backends/host"]),
    (r"(oneapi/)?dnnl|cblas|blis|openblas|omp\.h|DNNL::|shortfall_(onednn|openblas|blis)", ["backends/host"]),
    # NCCL's functions take streams of CUDA.
    (r"cuda_runtime_api\.h", ["backends/cuda", "backends/nccl"]),
    (r"cuda(?!_runtime_api)|cublas|nvml|cooperative_groups|mma\.h|CUDA::", ["backends/cuda"]),
    (r"nccl|NCCL::|shortfall_nccl", ["backends/nccl"]),
    (r"uc[pts]/|UCX::", ["backends/ucx"]),
    (r"infiniband/|rdma/", ["backends/verbs"]),
    (r"nlohmann", ["core", "report"]),
    (r"CLI/|CLI11::", ["app"]),
    (r"benchmark/benchmark\.h|benchmark::", ["app"]),
]

LONGEST_FILE, LONGEST_FUNCTION = 300, 60
HEADERS = (".hpp", ".cuh", ".h")

INCLUDE = re.compile(r'^#\s*include\s*(["<])([^">]+)[">]', re.MULTILINE)
# Pattern, the fault, and the folders where it is none.
FORBIDDEN = [
    (r"^\s*#\s*(if|ifdef|ifndef|elif)\b", "has a conditional block: choose the file in CMake", []),
    (r"^\s*#\s*define\s+\w+\(", "defines a function-like macro: write a function", []),
    (r"\bstd::(cout|cerr|clog)\b|\bf?printf\s*\(|\bf?puts\s*\(|\bputchar\s*\(|\bperror\s*\(",
     "prints: return a value, or write to a given stream in reporters/", ["app"]),
    (r"\bfmt::print\s*\(", "prints: return a value, or write to a given stream in reporters/",
     ["app", "reporters"]),
    (r"#\s*include\s*<(thread|condition_variable|future|semaphore|latch|barrier|shared_mutex|stop_token)>",
     "waits or starts threads: only backends/ may", ["backends"]),
    (r"#\s*include\s*<mutex>", "waits: only backends/ and app/ may", ["backends", "app"]),
    (r"\b(steady_clock|high_resolution_clock|clock_gettime|gettimeofday)\b",
     "reads a clock: only backends/ may", ["backends"]),
    (r"\bsystem_clock\b|\bstd::time\s*\(", "reads a clock: only backends/ and app/ may",
     ["backends", "app"]),
    (r"\b(sleep_for|sleep_until|u?sleep|nanosleep)\s*\(", "sleeps: only backends/ may", ["backends"]),
]


def is_below(path, folder):
    return path.parts[:len(pathlib.PurePath(folder).parts)] == pathlib.PurePath(folder).parts


def faults_of_strangers(here, name):
    for pattern, homes in HOMES:
        if re.match(pattern, name) and not any(is_below(here, home) for home in homes):
            if pattern == "nlohmann" and here.stem.endswith("_json"):
                continue
            yield f"uses {name}: only {' and '.join(homes)} may"


def faults_of_includes(here, text):
    folder = here.parts[0]
    for quote, name in INCLUDE.findall(text):
        if quote == "<":
            yield from faults_of_strangers(here, name)
            continue
        target = name.split("/")[0]
        if name == "core/json.hpp" and folder not in ("core", "report") and not here.stem.endswith("_json"):
            yield f"includes {name}: only codecs may, which stand in report/ or are named *_json"
        if target not in MAY_USE or "/" not in name:
            yield f'includes "{name}": name it from the root of the repository'
        elif target != folder and target not in MAY_USE[folder]:
            yield f'includes "{name}": {folder}/ may not look into {target}/'
        private = re.match(r"backends/(\w+)/", name)
        if private and not is_below(here, private.group()) and str(here) != f"backends/{private[1]}.cpp":
            yield f'includes "{name}": a backend has no public header'


def faults_of_source(here, text):
    if len(text.splitlines()) > LONGEST_FILE:
        yield f"is longer than {LONGEST_FILE} lines: split it by meaning"
    if here.suffix in HEADERS and "#pragma once" not in text:
        yield "is a header without #pragma once"
    if not re.search(r"\bnamespace shortfall\b", text) and not re.search(r"\bint main\(", text):
        yield "declares nothing in namespace shortfall"
    if here.suffix in HEADERS and not text.startswith("// "):
        yield "does not open with a sentence on what it is for"
    code = without_noise(text)
    for pattern, fault, homes in FORBIDDEN:
        if here.parts[0] not in homes and (match := re.search(pattern, code, re.MULTILINE)):
            yield f"line {code[:match.start()].count(chr(10)) + 1} {fault}"
    outline = Outline(text)
    for line in outline.mutable:
        yield f"line {line} defines a variable that outlives its function and can change: pass a value"
    for line, length in outline.functions:
        if length > LONGEST_FUNCTION:
            yield f"line {line} begins a function of {length} lines, more than {LONGEST_FUNCTION}"
    yield from faults_of_includes(here, text)


def folders_of(target):
    """The folders whose code a CMake target holds; none for targets that are not ours."""
    name = target.removeprefix("shortfall_")
    if name == "benchmarks":
        return BENCHMARKS
    return [name] if target != name and name in MAY_USE else []


def faults_of_cmake(here, text, has_json_codecs):
    text = re.sub(r"#[^\n]*", "", text)
    for call in re.findall(r"target_link_libraries\s*\(([^)]*)\)", text):
        owner, *linked = [word for word in call.split() if word not in ("PUBLIC", "PRIVATE", "INTERFACE")]
        is_program = re.search(rf"add_executable\s*\(\s*{re.escape(owner)}\b", text)
        users = [here.parts[0]] if is_program else folders_of(owner) or [here.parts[0]]
        for target in linked:
            for user in users:
                for used in folders_of(target):
                    if used != user and used not in MAY_USE[user]:
                        yield f"links {owner} with {target}: {user}/ may not look into {used}/"
            if not (target.startswith("nlohmann") and has_json_codecs):
                yield from faults_of_strangers(here, target)


TYPE = re.compile(r"^(?:struct|class|enum class|enum)\s+(?:alignas\([^)]*\)\s+)?(\w+)[^;{]*\{", re.MULTILINE)


def faults_of_types(headers):
    """Two types of one name: the linker keeps the functions of either one."""
    homes = {}
    for here, text in headers.items():
        for name in TYPE.findall(without_noise(text)):
            homes.setdefault(name, []).append(str(here))
    return [f"{files[1]}: defines {name}, which {files[0]} does, too: give one of them another name"
            for name, files in homes.items() if len(set(files)) > 1]


def check(root):
    """Every fault below `root`, as 'file: what is wrong', and the number of files that were read."""
    found, read, headers = [], 0, {}
    for folder in MAY_USE:
        for path in sorted((root / folder).rglob("*")):
            here = path.relative_to(root)
            if path.suffix in (".cpp", ".cu", ".c", *HEADERS):
                faults = faults_of_source(here, path.read_text())
                if path.suffix in HEADERS:
                    headers[here] = path.read_text()
            elif path.name == "CMakeLists.txt":
                faults = faults_of_cmake(here, path.read_text(), any(path.parent.rglob("*_json.cpp")))
            else:
                continue
            read += 1
            found += [f"{here}: {fault}" for fault in faults]
    found += faults_of_types(headers)
    for folder in ("tests", "scripts", "cmake", "bench"):
        for path in sorted((root / folder).rglob("*")):
            if path.is_file() and path.suffix in (".cpp", ".cu", *HEADERS, ".py", ".cmake", ".sh", ""):
                if len(path.read_text(errors="replace").splitlines()) > LONGEST_FILE:
                    found.append(f"{path.relative_to(root)}: is longer than {LONGEST_FILE} lines")
    return found, read


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent)
    found, read = check(root.resolve())
    for fault in found:
        print(fault)
    print(f"{read} files were checked, {len(found)} faults found")
    return 1 if found or not read else 0


if __name__ == "__main__":
    sys.exit(main())
