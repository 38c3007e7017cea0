// A place is a file and a line; sites, of which a line has many, are mapped to places once. A traceback is a row of places and the
// depth of the stack. With a limit of one frame the last traceback of each site is remembered beside its place, so that an
// allocation in the same depth as the one before needs no search.
#include "vm/modules/allocation_tracebacks.h"

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>

#include "vm/interpreter/frame.h"
#include "vm/objects/str.h"

namespace refscope::vm {

using bytecode::RegisterOp;

namespace {

constexpr uint32_t kCallersPlace = UINT32_MAX;  // the site lies before RESUME: the frame does not count yet
constexpr uint32_t kRuntimesPlace = 1;
constexpr int kDeepest = UINT16_MAX;

struct Place {
    Ref<> file;
    int line;
};
struct SiteEntry {
    uint32_t place = 0;  // 0: not looked up yet
    uint32_t depth = 0, traceback = 0;
};
struct Traceback {
    size_t first;  // index into rows
    uint32_t count, depth;
};
struct Tracebacks {
    std::vector<SiteEntry> sites;
    std::vector<Place> places;  // [0] unused, [kRuntimesPlace]: no Python code
    std::map<std::pair<std::string, int>, uint32_t> place_numbers;
    std::vector<uint32_t> rows;  // places of all tracebacks, one after the other
    std::vector<Traceback> all;  // [0] unused
    std::unordered_multimap<uint64_t, uint32_t> by_hash;
    std::vector<uint32_t> scratch;
    int limit = 1;
};
Tracebacks& make_tracebacks() {
    static Tracebacks* instance = new Tracebacks;
    return *instance;
}
Tracebacks& known = make_tracebacks();

uint32_t place_number(Object* file, int line) {
    if (!file) return kRuntimesPlace;
    auto [found, inserted] = known.place_numbers.try_emplace({str_to_utf8(file), line}, 0);
    if (inserted) {
        found->second = static_cast<uint32_t>(known.places.size());
        known.places.push_back({share(file), line});
    }
    return found->second;
}

// Where execution counts as being in the function: CPython's frames are complete from RESUME on.
uint32_t first_traced(const CodeObject* code) {
    for (uint32_t i = 0; i < code->instruction_count;) {
        const RegisterOp op = code->instructions[i].op();
        if (op == RegisterOp::RESUME) return i;
        i += 1 + static_cast<uint32_t>(bytecode::cache_slots(op));
    }
    return 0;
}

[[gnu::noinline]] uint32_t look_up_site(uint32_t site) {
    int line = 0;
    CodeObject* code = code_of_site(site, &line);
    if (!code) return place_number(nullptr, 0);
    const auto* base = reinterpret_cast<const bytecode::Instruction*>(thread->instruction_base);
    if (instruction_index(code, base + site) < first_traced(code)) return kCallersPlace;
    return place_number(code->co_filename, line < 0 ? 0 : line);
}

inline SiteEntry& entry_of(uint32_t site) {
    if (RS_UNLIKELY(site >= known.sites.size())) known.sites.resize(site + site / 2 + 1024);
    SiteEntry& entry = known.sites[site];
    if (RS_UNLIKELY(entry.place == 0)) entry.place = look_up_site(site);
    return entry;
}

inline uint32_t site_of_frame(const FrameLink* frame) {
    return static_cast<uint32_t>((static_cast<const char*>(frame->pc) - thread->instruction_base) >> thread->instruction_shift);
}

uint32_t number_of(const uint32_t* places, size_t count, uint32_t depth) {
    uint64_t hash = depth;
    for (size_t i = 0; i < count; ++i) hash = (hash ^ places[i]) * 0x9e3779b97f4a7c15u, hash ^= hash >> 29;
    auto [begin, end] = known.by_hash.equal_range(hash);
    for (auto it = begin; it != end; ++it) {
        const Traceback& candidate = known.all[it->second];
        if (candidate.depth == depth && candidate.count == count &&
            std::equal(places, places + count, known.rows.begin() + static_cast<ptrdiff_t>(candidate.first)))
            return it->second;
    }
    if (known.all.empty()) known.all.emplace_back();
    const auto number = static_cast<uint32_t>(known.all.size());
    known.all.push_back({known.rows.size(), static_cast<uint32_t>(count), depth});
    known.rows.insert(known.rows.end(), places, places + count);
    known.by_hash.emplace(hash, number);
    return number;
}

[[gnu::noinline]] uint32_t walk_frames(uint32_t site) {
    known.scratch.clear();
    uint32_t depth = 0;
    bool innermost = true;
    for (const FrameLink* frame = thread->frame; frame; frame = frame->previous) {
        if (!frame->pc) continue;
        const uint32_t place = entry_of(innermost && site ? site : site_of_frame(frame)).place;
        innermost = false;
        if (place == kCallersPlace) continue;
        if (known.scratch.size() < static_cast<size_t>(known.limit)) known.scratch.push_back(place);
        if (depth < kDeepest) ++depth;
    }
    if (known.scratch.empty()) {
        known.scratch.push_back(place_number(nullptr, 0));
        depth = 1;
    }
    return number_of(known.scratch.data(), known.scratch.size(), depth);
}

}  // namespace

uint32_t allocation_traceback(uint32_t site) {
    if (RS_UNLIKELY(known.limit != 1 || site == 0)) return walk_frames(site);
    SiteEntry& entry = entry_of(site);
    if (RS_UNLIKELY(entry.place == kCallersPlace)) return walk_frames(site);
    uint32_t depth = 0;
    for (const FrameLink* frame = thread->frame; frame; frame = frame->previous) ++depth;
    if (RS_UNLIKELY(depth > kDeepest)) depth = kDeepest;
    if (RS_LIKELY(entry.depth == depth)) return entry.traceback;
    const uint32_t number = number_of(&entry.place, 1, depth);
    entry.depth = depth;
    entry.traceback = number;
    return number;
}

std::vector<AllocationPlace> places_of_traceback(uint32_t traceback) {
    const Traceback& row = known.all[traceback];
    std::vector<AllocationPlace> places;
    for (uint32_t i = 0; i < row.count; ++i) {
        const Place& place = known.places[known.rows[row.first + i]];
        places.push_back({place.file.get(), place.line});
    }
    return places;
}

int depth_of_traceback(uint32_t traceback) { return static_cast<int>(known.all[traceback].depth); }
void set_traceback_limit(int frames) {
    known.limit = frames;
    if (!known.places.empty()) return;
    known.places.resize(2);
    known.places[kRuntimesPlace] = {own(str_from_utf8("<unknown>", 9)), 0};
}
int traceback_limit() { return known.limit; }

void clear_allocation_tracebacks() {
    known.sites.clear();
    known.place_numbers.clear();
    known.rows.clear();
    known.all.clear();
    known.by_hash.clear();
    // Last, and from a row that nobody sees any more: releasing a name gives memory back.
    std::vector<Place> gone;
    while (known.places.size() > 2) {
        gone.push_back(std::move(known.places.back()));
        known.places.pop_back();
    }
}

size_t allocation_traceback_memory() {
    return known.sites.capacity() * sizeof(SiteEntry) + known.places.capacity() * sizeof(Place) + known.rows.capacity() * sizeof(uint32_t) +
           known.all.capacity() * sizeof(Traceback) + known.by_hash.size() * 4 * sizeof(void*);
}

}  // namespace refscope::vm
