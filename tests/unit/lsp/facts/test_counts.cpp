// The facts of small files, asked by line and name.
#include <catch2/catch.hpp>

#include "lsp/facts/counts.h"
#include "vm/syntax/parse.h"

using namespace refscope;

namespace {

class Facts {
  public:
    explicit Facts(const std::string& text) : source_(text, "test.py") {
        syntax::ParseOptions options;
        options.tolerant = true;
        parsed_ = syntax::parse(source_, options);
        facts_ = std::make_unique<lsp::facts::CountFacts>(static_cast<const syntax::Module&>(*parsed_.tree));
    }
    // The last mention of the name on the line.
    std::string of(int line, const std::string& name) const {
        std::string found;
        for (const auto& [offset, fact] : facts_->all()) {
            if (fact.range.lineno == line && fact.name == name) found = fact.count;
        }
        return found;
    }
    const lsp::facts::CountFacts& all() const { return *facts_; }

  private:
    base::SourceText source_;
    syntax::ParseResult parsed_;
    std::unique_ptr<lsp::facts::CountFacts> facts_;
};

}  // namespace

TEST_CASE("a swap through a tuple leaves both counts", "[facts]") {
    const Facts facts("a, b = [], {}\na, b = b, a\n");
    CHECK(facts.of(2, "a") == "refcount 1");
    CHECK(facts.of(2, "b") == "refcount 1");
}

TEST_CASE("a plain class holds itself three times", "[facts]") {
    const Facts facts("class A:\n    pass\nclass B(A):\n    pass\nb = B()\nprint(A, B)\n");
    CHECK(facts.of(1, "A") == "refcount 4");
    CHECK(facts.of(6, "A") == "refcount 7");
    CHECK(facts.of(6, "B") == "refcount 3");
}

TEST_CASE("slots take the place of the descriptors", "[facts]") {
    const Facts facts("class A:\n    __slots__ = ('x', 'y')\nprint(A)\n");
    CHECK(facts.of(3, "A") == "refcount 4");
}

TEST_CASE("a function of the file is followed into", "[facts]") {
    const Facts facts("kept = []\ndef keep(value):\n    kept.append(value)\nx = []\nkeep(x)\nkeep(x)\n");
    CHECK(facts.of(6, "x") == "refcount 3");
}

TEST_CASE("what a call of unknown code takes is not certain any more", "[facts]") {
    const Facts facts("from elsewhere import keep\nx = []\ny = []\nkeep([x])\nprint(x, y)\n");
    CHECK(facts.of(5, "x").find("≥") != std::string::npos);
    CHECK(facts.of(5, "y") == "refcount 1");
}

TEST_CASE("ways that differ give bounds, ways that agree a count", "[facts]") {
    const Facts facts("import sys\nx = []\nif sys.argv:\n    a = x\n    b = [1]\nelse:\n    a = x\n    b = [x]\nprint(x, a, b)\n");
    CHECK(facts.of(9, "x") == "references 2–3");
    CHECK(facts.of(9, "b") == "refcount 1");
}

TEST_CASE("the running loop holds what it runs over", "[facts]") {
    const Facts facts("x = [1]\nfor i in x:\n    print(x)\nprint(x)\n");
    CHECK(facts.of(3, "x") == "refcount 2");
    CHECK(facts.of(4, "x") == "refcount 1");
}

TEST_CASE("__del__ runs when the last reference goes", "[facts]") {
    const Facts facts("saved = []\nclass Back:\n    def __del__(self):\n        saved.append(self)\nb = Back()\ndel b\nc = saved[0]\n");
    CHECK(facts.of(7, "c") == "refcount 2");
}

TEST_CASE("a weak reference counts for nothing and knows of the death", "[facts]") {
    const Facts facts("import weakref\nclass A:\n    pass\na = A()\nr = weakref.ref(a)\nb = r()\ndel a, b\nc = r()\nprint(c)\n");
    CHECK(facts.of(6, "b") == "refcount 2");
    CHECK(facts.of(9, "c") == "shared");
}

TEST_CASE("a handler makes what its `try` touched uncertain", "[facts]") {
    const Facts facts("x = []\nkept = []\ny = []\ntry:\n    kept.append(x)\n    int('no')\nexcept ValueError:\n    pass\nprint(x, y)\n");
    CHECK(facts.of(9, "x").find("refcount ≥") == 0);
    CHECK(facts.of(9, "y") == "refcount 1");
}

TEST_CASE("exec may do anything", "[facts]") {
    const Facts facts("x = []\nexec('y = x')\nprint(x)\n");
    CHECK(facts.of(3, "x").find("refcount ≥") == 0);
}

TEST_CASE("trees of any depth end", "[facts]") {
    std::string text = "x = []\ny = ";
    for (int i = 0; i < 20'000; ++i) text += "x + ";
    text += "x\n";
    for (int i = 0; i < 90; ++i) text += std::string(static_cast<std::size_t>(i), ' ') + "if x:\n";
    text += std::string(90, ' ') + "z = [x]\n";
    const Facts facts(text);
    CHECK(facts.of(1, "x") == "refcount 1");
}

TEST_CASE("nested loops and recursion end", "[facts]") {
    std::string text = "def f(n):\n    return f(n - 1) + f(n - 2)\nx = f(10)\n";
    for (int i = 0; i < 12; ++i) text += std::string(static_cast<std::size_t>(4 * i), ' ') + "for i" + std::to_string(i) + " in y:\n";
    text += std::string(48, ' ') + "z = [f(1)]\n";
    const Facts facts(text);
    CHECK(facts.all().all().size() > 2);
}
