#include "lsp/facts/heap.h"

#include <algorithm>

namespace refscope::lsp::facts {

std::shared_ptr<Object>& Heap::cell(Id id) {
    const std::size_t chunk = id / kChunk;
    if (chunk >= chunks_.size()) chunks_.resize(chunk + 1);
    auto& shared = chunks_[chunk];
    if (shared == nullptr) {
        shared = std::make_shared<Chunk>(kChunk);
    } else if (shared.use_count() > 1) {
        shared = std::make_shared<Chunk>(*shared);
    }
    return (*shared)[id % kChunk];
}

Id Heap::make(Kind kind, std::string_view type) {
    const Id id = next_++;
    auto& place = cell(id);
    place = std::make_shared<Object>();
    place->kind = kind;
    place->type = type;
    if (kind != Kind::kScope) {
        place->pending = true;
        dead_.push_back(id);
    }
    return id;
}

Object& Heap::edit(Id id) {
    if (journal != nullptr) journal->push_back({id, ~0u});
    auto& place = cell(id);
    if (place.use_count() > 1) place = std::make_shared<Object>(*place);
    return *place;
}

void Heap::count(Id holder, Id target, bool certain) {
    if (!is_object(target)) return;
    Object& object = edit(target);
    object.holders.push_back(holder);
    ++(certain ? object.certain : object.maybe);
}

void Heap::uncount(Id holder, Id target, bool certain) {
    if (!is_object(target)) return;
    Object& object = edit(target);
    const auto found = std::find(object.holders.rbegin(), object.holders.rend(), holder);
    if (found != object.holders.rend()) object.holders.erase(std::next(found).base());
    --(certain ? object.certain : object.maybe);
    if (object.kind == Kind::kScope) return;
    if (object.certain > 0) {
        if (!object.slots.empty() && object.kind != Kind::kFunction) suspects.push_back(target);
        return;
    }
    if (object.maybe > 0 || object.open) {
        doubt_content(target);
    } else if (!object.pending) {
        object.pending = true;
        dead_.push_back(target);
    }
}

// An object that may be gone holds only maybe what it holds; so does all that hangs on it alone.
void Heap::doubt_content(Id first) {
    std::vector<Id> work{first};
    while (!work.empty()) {
        const Id id = work.back();
        work.pop_back();
        const std::size_t size = at(id).slots.size();
        for (std::size_t i = 0; i < size; ++i) {
            const Slot slot = at(id).slots[i];
            if (!slot.certain || slot.edge == Edge::kOwnClass) continue;
            edit(id).slots[i].certain = false;
            if (!is_object(slot.target)) continue;
            Object& target = edit(slot.target);
            --target.certain;
            ++target.maybe;
            if (target.certain == 0 && target.kind != Kind::kScope) work.push_back(slot.target);
        }
    }
}

// A choice stands in one slot only: each holder has its own doubt about the candidates.
Id Heap::own_choice(Id target) {
    if (!is_object(target) || at(target).kind != Kind::kChoice || at(target).holders.empty()) return target;
    const Object& other = at(target);
    std::vector<Id> candidates;
    for (const Slot& slot : other.slots) candidates.push_back(slot.target);
    return choice(candidates, other.smeared, other.flag);
}

void Heap::add(Id holder, Edge edge, Id target, std::string_view label, bool certain) {
    Slot slot;
    slot.edge = edge;
    slot.target = target;
    slot.label = label;
    slot.certain = certain;
    insert(holder, at(holder).slots.size(), slot);
}

void Heap::insert(Id holder, std::size_t index, const Slot& given) {
    Slot slot = given;
    slot.target = own_choice(slot.target);
    if (at(holder).smeared) {  // whoever knows the container may take it out again
        slot.certain = false;
        open(slot.target);
    }
    Object& object = edit(holder);
    object.slots.insert(object.slots.begin() + static_cast<std::ptrdiff_t>(index), slot);
    count(holder, slot.target, slot.certain);
}

void Heap::set(Id holder, std::size_t index, Id target, bool certain) {
    if (journal != nullptr) journal->push_back({holder, static_cast<std::uint32_t>(index)});
    target = own_choice(target);
    if (at(holder).smeared) {
        certain = false;
        open(target);
    }
    auto* const log = journal;
    if (at(holder).kind == Kind::kScope) journal = nullptr;  // the slot is noted already
    Object& object = edit(holder);
    journal = log;
    const Slot old = object.slots[index];
    object.slots[index].target = target;
    object.slots[index].certain = certain;
    count(holder, target, certain);
    uncount(holder, old.target, old.certain);
}

void Heap::remove(Id holder, std::size_t index) {
    Object& object = edit(holder);
    const Slot old = object.slots[index];
    object.slots.erase(object.slots.begin() + static_cast<std::ptrdiff_t>(index));
    uncount(holder, old.target, old.certain);
}

void Heap::clear(Id holder) {
    std::vector<Slot> slots;
    slots.swap(edit(holder).slots);
    for (const Slot& slot : slots) uncount(holder, slot.target, slot.certain);
}

void Heap::drop_object(Id holder) {
    clear(holder);
    cell(holder).reset();
}

Id Heap::next_dead(std::size_t from) {
    while (dead_.size() > from) {
        const Id id = dead_.back();
        dead_.pop_back();
        if (!alive(id)) continue;
        if (at(id).pending) {
            auto* const log = journal;
            journal = nullptr;
            edit(id).pending = false;
            journal = log;
        }
        if (at(id).certain == 0 && at(id).maybe == 0 && !at(id).open) return id;
    }
    return kUnbound;
}

void Heap::open(Id first) {
    std::vector<Id> work{first};
    while (!work.empty()) {
        const Id id = work.back();
        work.pop_back();
        if (!alive(id) || at(id).kind == Kind::kScope) continue;
        const Object& object = at(id);
        const bool code = object.kind == Kind::kFunction || object.kind == Kind::kClass;
        if (code || object.kind == Kind::kGenerator || object.kind == Kind::kMethod || object.kind == Kind::kWrapper) {
            code_escaped = true;
        }
        if (object.open) continue;
        const bool keeps = code || object.kind == Kind::kText || object.kind == Kind::kNumber || object.kind == Kind::kWeakref;
        const std::vector<Slot> slots = object.slots;
        edit(id).open = true;
        if (!keeps) {
            edit(id).smeared = true;
            doubt_content(id);
        }
        for (const Slot& slot : slots) work.push_back(slot.target);
        work.push_back(at(id).referent);  // calling a weak reference gives it away
        if (at(id).certain == 0) doubt_content(id);
    }
}

void Heap::smear(Id id) {
    if (!alive(id) || at(id).smeared) return;
    const std::vector<Slot> slots = at(id).slots;
    edit(id).smeared = true;
    doubt_content(id);
    for (const Slot& slot : slots) open(slot.target);
}

Id Heap::choice(const std::vector<Id>& candidates, bool unknown, bool unbound) {
    const Id id = make(Kind::kChoice, {});
    Object& object = edit(id);
    object.smeared = false;
    object.flag = unbound;
    std::vector<Id> flat;
    for (const Id candidate : candidates) {
        if (candidate == kUnbound) {
            edit(id).flag = true;
        } else if (candidate == kUnknown) {
            unknown = true;
        } else if (alive(candidate) && at(candidate).kind == Kind::kChoice) {
            unknown = unknown || at(candidate).smeared;
            if (at(candidate).flag) edit(id).flag = true;
            for (const Slot& slot : at(candidate).slots) flat.push_back(slot.target);
        } else {
            flat.push_back(candidate);
        }
    }
    std::sort(flat.begin(), flat.end());
    flat.erase(std::unique(flat.begin(), flat.end()), flat.end());
    for (const Id candidate : flat) add(id, Edge::kCandidate, candidate, {}, false);
    edit(id).smeared = unknown;
    return id;
}

void Heap::open_everything(bool names) {
    for (Id id = kFirstObject; id < next_; ++id) {
        if (!alive(id)) continue;
        if (at(id).kind != Kind::kScope) {
            open(id);
            continue;
        }
        for (std::size_t i = 0; i < at(id).slots.size(); ++i) {
            const Id target = at(id).slots[i].target;
            open(target);
            if (names && target != kUnbound) set(id, i, kUnknown);
        }
    }
}

void Heap::give_up_changes(const std::vector<Change>& changes) {
    auto* const log = journal;
    journal = nullptr;
    for (const Change& change : changes) {
        if (!alive(change.id)) continue;
        if (at(change.id).kind != Kind::kScope) {
            open(change.id);
        } else if (change.slot < at(change.id).slots.size()) {
            const Id target = at(change.id).slots[change.slot].target;
            open(target);
            set(change.id, change.slot, choice({target}, true, true));
        }
    }
    journal = log;
}

}  // namespace refscope::lsp::facts
