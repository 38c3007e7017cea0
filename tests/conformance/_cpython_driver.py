# Runs one of CPython's own test files through unittest, and writes each method's outcome to a file as it comes, so that
# what was done before a crash is known. Arguments: the test's name, the file of outcomes.
# Methods that the file already names are left out: after a crash the rest can go on.
import sys
import unittest


class Recorder(unittest.TestResult):
    def __init__(self, report):
        super().__init__()
        self.report = report

    def write(self, test, outcome):
        self.report.write(f'{test.id()}\t{outcome}\n')
        self.report.flush()

    def startTest(self, test):
        super().startTest(test)
        self.outcome = 'ok'
        self.write(test, 'started')

    def addError(self, test, error):
        super().addError(test, error)
        self.outcome = 'error'
        self.tell(test)
        if not isinstance(test, unittest.TestCase):  # setUpClass and its like have no start and no end
            self.write(test, 'error')

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.outcome = 'failure'
        self.tell(test)

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error is not None:
            self.outcome = 'failure'

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.outcome = 'skipped'
        if not isinstance(test, unittest.TestCase):
            self.write(test, 'skipped')

    def addExpectedFailure(self, test, error):
        super().addExpectedFailure(test, error)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.outcome = 'failure'

    def tell(self, test):
        text = (self.errors + self.failures)[-1][1] if self.errors or self.failures else ''
        for kept in (self.errors, self.failures):
            if kept and kept[-1][0] is test:
                text = kept[-1][1]
        sys.stderr.write(f'--- {test.id()}\n{text}\n')

    def stopTest(self, test):
        super().stopTest(test)
        self.write(test, self.outcome)


def methods(suite):
    for each in suite:
        if isinstance(each, unittest.TestSuite):
            yield from methods(each)
        else:
            yield each


def without(suite, done):
    kept = []
    for each in suite:
        if isinstance(each, unittest.TestSuite):
            kept.append(without(each, done))
        elif each.id() not in done:
            kept.append(each)
    return unittest.TestSuite(kept)


def main(name, path):
    with open(path) as report:
        done = {line.split('\t')[0] for line in report}
    suite = unittest.defaultTestLoader.loadTestsFromName('test.' + name)
    with open(path, 'a') as report:
        without(suite, done).run(Recorder(report))


if __name__ == '__main__':
    main(*sys.argv[1:])
