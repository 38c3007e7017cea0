// The abstract objects that a program's lines make, and the counted references between them, as CPython 3.11 would have
// them after each statement. A reference is *certain* or *maybe* there; an object is *open* when code that is not known
// may hold it too, *smeared* when what it holds is not known any more. What no line could have touched stays exact, and
// that is the rule for everything here: what is not certain is given up, never guessed.
//
// A heap is a value: copying one is cheap (its parts are shared until they change), which is how branches are run and
// joined. Counts are always the sum of the references in the slots. Objects whose count fell to zero wait in a list
// until the statement ends (`next_dead`). One thread; nothing outside `lsp/facts` sees it.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace refscope::lsp::facts {

using Id = std::uint32_t;

inline constexpr Id kUnbound = 0;   // no value: a name without one, an attribute that is not there
inline constexpr Id kUnknown = 1;   // any object that is open, or one never seen
inline constexpr Id kFirstObject = 2;
inline constexpr Id kConstantBit = 0x80000000u;  // an entry of the table of constants: shared, not counted

inline constexpr bool is_object(Id id) { return id >= kFirstObject && (id & kConstantBit) == 0; }
inline constexpr bool is_constant(Id id) { return (id & kConstantBit) != 0; }

enum class Kind : std::uint8_t {
    kScope,     // the names of a module, a running function or a class body
    kCell,
    kList,
    kTuple,
    kDict,      // slots: key, value, key, value ...
    kSet,
    kText,      // a str or bytes made at run time
    kNumber,    // an int or float made at run time
    kInstance,  // slot 0: its class
    kClass,
    kFunction,
    kMethod,    // a bound method: of a function or of a built-in type
    kWrapper,   // property, staticmethod, classmethod
    kGenerator,
    kIterator,  // of built-in containers; views as well
    kWeakref,
    kException,
    kOther,     // a fresh object that holds nothing
    kChoice,    // no object: one of several, after a join
};

enum class Edge : std::uint8_t {
    kName,
    kCellValue,
    kItem,
    kKey,
    kValue,
    kMember,
    kAttribute,
    kType,
    kBase,
    kMro,
    kOwnClass,  // the class's own tuple and descriptors
    kClosure,
    kDefault,
    kAnnotation,
    kFunction,
    kReceiver,
    kSource,    // of an iterator
    kArgument,  // of a generator or an exception
    kCallback,
    kCandidate,
};

struct Slot {
    Edge edge = Edge::kItem;
    bool certain = true;
    Id target = kUnbound;
    std::string_view label;
};

struct Object {
    Kind kind = Kind::kOther;
    bool open = false;
    bool smeared = false;
    bool pending = false;   // waits in a list of the dead
    bool flag = false;      // Choice: may be unbound; Generator: has run; Class: changed since its definition
    std::uint32_t certain = 0;  // references to it
    std::uint32_t maybe = 0;
    Id referent = kUnbound;     // of a weak reference; the frame of a function's closure has none
    const void* node = nullptr;  // what it was made by: a definition in the tree
    std::string_view type;
    std::string_view text;      // Text: its characters, when `known`
    std::int64_t number = 0;
    bool known = false;
    std::vector<Slot> slots;
    std::vector<Id> holders;    // one for each reference
};

class Heap {
  public:
    Heap() = default;

    Id make(Kind kind, std::string_view type);
    const Object& at(Id id) const { return *pointer(id); }
    bool alive(Id id) const { return is_object(id) && pointer(id) != nullptr; }
    Object& edit(Id id);  // before its own fields change; slots change through what follows
    Id end() const { return next_; }
    void reserve_ids_up_to(Id next) { next_ = next > next_ ? next : next_; }

    // References.
    void add(Id holder, Edge edge, Id target, std::string_view label = {}, bool certain = true);
    void insert(Id holder, std::size_t index, const Slot& slot);
    void set(Id holder, std::size_t index, Id target, bool certain = true);
    void remove(Id holder, std::size_t index);
    void clear(Id holder);
    void drop_object(Id holder);  // its references and itself
    Id next_dead(std::size_t from);
    std::size_t dead_mark() const { return dead_.size(); }

    // Giving up.
    void open(Id id);    // code that is not known may hold it and change it
    void smear(Id id);   // its content is not known; its own count stands
    void doubt(Id id) { doubt_content(id); }  // it may be gone: it holds only maybe what it holds
    Id choice(const std::vector<Id>& candidates, bool unknown, bool unbound);
    void open_everything(bool names);  // names: what they mean is not known either
    bool is_anything(Id id) const;  // unknown, or a choice with the unknown in it

    // Branches: both came from one heap, and `b` took its first new id where `a` had ended.
    static Heap join(const Heap& a, const Heap& b);
    // Gives up in this heap whatever differs between two others that came before and after some code. True when
    // something had to be given up.
    bool give_up_difference(const Heap& before, const Heap& after);

    // While code runs of which any prefix may be all that happens (the body of a `try`).
    struct Change {
        Id id;
        std::uint32_t slot;
    };
    std::vector<Change>* journal = nullptr;
    void give_up_changes(const std::vector<Change>& changes);

    std::vector<Id> suspects;  // lost a reference and live on: perhaps in a cycle that nothing holds

    bool code_escaped = false;  // functions of the file may be called by code that is not known
    bool collecting = true;     // the collector may run at any time
    bool lost = false;          // names may mean anything

  private:
    static constexpr std::size_t kChunk = 64;
    using Chunk = std::vector<std::shared_ptr<Object>>;

    const Object* pointer(Id id) const {
        const std::size_t chunk = id / kChunk;
        if (chunk >= chunks_.size() || chunks_[chunk] == nullptr) return nullptr;
        return (*chunks_[chunk])[id % kChunk].get();
    }
    std::shared_ptr<Object>& cell(Id id);
    void count(Id holder, Id target, bool certain);
    void uncount(Id holder, Id target, bool certain);
    void doubt_content(Id id);
    Id own_choice(Id target);
    Id merged(Id a, bool certain_a, Id b, bool certain_b);
    void merge_slots(Id id, const Object& a, const Object& b);
    template <class F>
    static void for_each_difference(const Heap& a, const Heap& b, F&& f);

    std::vector<std::shared_ptr<Chunk>> chunks_;
    Id next_ = kFirstObject;
    std::vector<Id> dead_;
};

}  // namespace refscope::lsp::facts
