"""Runs one method of a unittest file, for ctest: run_method.py FILE METHOD. Status 77: skipped."""

import importlib.util
import pathlib
import sys
import unittest


def cases_of(suite):
    for item in suite:
        if isinstance(item, unittest.TestSuite):
            yield from cases_of(item)
        else:
            yield item


def main():
    path, method = pathlib.Path(sys.argv[1]), sys.argv[2]
    sys.path.insert(0, str(path.parent))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = [case for case in cases_of(unittest.defaultTestLoader.loadTestsFromModule(module))
             if case.id().rsplit(".", 1)[-1] == method]
    if len(found) != 1:
        print(f"{path} has {len(found)} tests named {method}")
        return 1
    result = unittest.TextTestRunner(verbosity=2).run(unittest.TestSuite(found))
    if not result.wasSuccessful():
        return 1
    if result.skipped:
        print("\n".join(reason for _, reason in result.skipped))
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main())
