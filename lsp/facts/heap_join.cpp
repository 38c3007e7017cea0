// Joining: two heaps that came from one, after the two ways that a program may have gone, become a heap in which only
// that is certain which holds in both.
#include <algorithm>

#include "lsp/facts/heap.h"

namespace refscope::lsp::facts {

namespace {

bool same_slots(const Object& a, const Object& b) {
    return std::equal(a.slots.begin(), a.slots.end(), b.slots.begin(), b.slots.end(), [](const Slot& x, const Slot& y) {
        return x.target == y.target && x.certain == y.certain && x.label == y.label && x.edge == y.edge;
    });
}

bool same_holders(const Object& a, const Object& b) {
    if (a.certain != b.certain || a.maybe != b.maybe || a.holders.size() != b.holders.size()) return false;
    if (a.holders == b.holders) return true;
    std::vector<Id> x = a.holders, y = b.holders;
    std::sort(x.begin(), x.end());
    std::sort(y.begin(), y.end());
    return x == y;
}

bool keyed(Kind kind) { return kind == Kind::kInstance || kind == Kind::kCell || kind == Kind::kClass || kind == Kind::kScope; }

std::size_t find_label(const std::vector<Slot>& slots, const Slot& wanted) {
    for (std::size_t i = 0; i < slots.size(); ++i) {
        if (slots[i].edge == wanted.edge && slots[i].label == wanted.label) return i;
    }
    return slots.size();
}

}  // namespace

// Calls f(id, a's object or null, b's object or null) for each that is not the very same.
template <class F>
void Heap::for_each_difference(const Heap& a, const Heap& b, F&& f) {
    const std::size_t size = std::max(a.chunks_.size(), b.chunks_.size());
    for (std::size_t chunk = 0; chunk < size; ++chunk) {
        const Chunk* in_a = chunk < a.chunks_.size() ? a.chunks_[chunk].get() : nullptr;
        const Chunk* in_b = chunk < b.chunks_.size() ? b.chunks_[chunk].get() : nullptr;
        if (in_a == in_b) continue;
        for (std::size_t i = 0; i < kChunk; ++i) {
            const Object* one = in_a != nullptr ? (*in_a)[i].get() : nullptr;
            const Object* other = in_b != nullptr ? (*in_b)[i].get() : nullptr;
            if (one != other) f(static_cast<Id>(chunk * kChunk + i), one, other);
        }
    }
}

Id Heap::merged(Id a, bool certain_a, Id b, bool certain_b) {
    if (a == b) return a;
    (void)certain_a;
    (void)certain_b;
    return choice({a, b}, false, false);
}

void Heap::merge_slots(Id id, const Object& a, const Object& b) {
    const bool same_shape =
        a.slots.size() == b.slots.size() &&
        std::equal(a.slots.begin(), a.slots.end(), b.slots.begin(), [](const Slot& x, const Slot& y) {
            return x.label == y.label && x.edge == y.edge && (x.edge != Edge::kKey || x.target == y.target);
        });
    if (a.kind == Kind::kChoice) {
        for (const Slot& slot : b.slots) {
            const auto has = [&](const Slot& one) { return one.target == slot.target; };
            const auto& mine = at(id).slots;
            if (std::any_of(mine.begin(), mine.end(), has)) continue;
            const bool smeared = at(id).smeared;
            edit(id).smeared = false;
            add(id, Edge::kCandidate, slot.target, {}, false);
            edit(id).smeared = smeared;
        }
        return;
    }
    if (same_shape && a.kind != Kind::kSet) {
        for (std::size_t i = 0; i < b.slots.size(); ++i) {
            const Slot& x = a.slots[i];
            const Slot& y = b.slots[i];
            if (x.target == y.target && x.certain == y.certain) continue;
            set(id, i, merged(x.target, x.certain, y.target, y.certain),
                x.target != y.target || (x.certain && y.certain));
        }
        return;
    }
    if (keyed(a.kind)) {
        std::vector<Slot> slots = a.slots;
        for (std::size_t i = 0; i < slots.size(); ++i) {
            const std::size_t there = find_label(b.slots, slots[i]);
            const Id other = there < b.slots.size() ? b.slots[there].target : kUnbound;
            if (other != slots[i].target) set(id, i, choice({slots[i].target, other}, false, false));
        }
        for (const Slot& slot : b.slots) {
            if (find_label(a.slots, slot) < a.slots.size()) continue;
            add(id, slot.edge, choice({slot.target}, false, true), slot.label);
        }
        return;
    }
    // Of different lengths: either content may be there.
    smear(id);
    for (const Slot& slot : b.slots) {
        open(slot.target);
        add(id, slot.edge, slot.target, slot.label, false);
    }
}

Heap Heap::join(const Heap& a, const Heap& b) {
    Heap result = a;
    result.next_ = std::max(a.next_, b.next_);
    result.code_escaped = a.code_escaped || b.code_escaped;
    result.collecting = a.collecting || b.collecting;
    result.lost = a.lost || b.lost;

    std::vector<Id> changed, only_b;
    for_each_difference(a, b, [&](Id id, const Object* in_a, const Object* in_b) {
        changed.push_back(id);
        if (in_a != nullptr || in_b == nullptr) return;
        only_b.push_back(id);
        auto& place = result.cell(id);
        place = std::make_shared<Object>(*in_b);
        place->slots.clear();
        place->holders.clear();
        place->certain = place->maybe = 0;
        place->pending = false;
    });
    for (const Id id : only_b) {
        const std::vector<Slot>& slots = b.at(id).slots;
        const bool smeared = result.at(id).smeared;
        result.edit(id).smeared = false;
        for (const Slot& slot : slots) {
            Slot copy = slot;
            result.edit(id).slots.push_back(copy);
            result.count(id, copy.target, copy.certain);
        }
        result.edit(id).smeared = smeared;
    }
    for_each_difference(a, b, [&](Id id, const Object* in_a, const Object* in_b) {
        if (in_a == nullptr || in_b == nullptr) return;
        if (!same_slots(*in_a, *in_b)) result.merge_slots(id, *in_a, *in_b);
        if (in_b->flag && !result.at(id).flag) result.edit(id).flag = true;
        if (in_a->kind == Kind::kChoice) {
            if (in_b->smeared) result.edit(id).smeared = true;
            return;
        }
        if (in_b->open && !in_a->open) result.open(id);
        if (in_b->smeared && !in_a->smeared) result.smear(id);
    });
    // What one way let go, and what only one way made, is no certain holder.
    for (const Id id : changed) {
        if (!result.alive(id) || result.at(id).kind == Kind::kScope) continue;
        const Object& object = result.at(id);
        if (object.certain > 0) continue;
        if (object.maybe > 0 || object.open) {
            result.doubt_content(id);
        } else if (!object.pending) {
            result.edit(id).pending = true;
            result.dead_.push_back(id);
        }
    }
    return result;
}

bool Heap::is_anything(Id id) const {
    return id == kUnknown || (alive(id) && at(id).kind == Kind::kChoice && at(id).smeared);
}

bool Heap::give_up_difference(const Heap& before, const Heap& after) {
    bool gave_up = false;
    const auto give_up = [&](Id id) {
        if (alive(id) && at(id).kind != Kind::kChoice && at(id).kind != Kind::kScope && !at(id).open) gave_up = true;
        open(id);
    };
    struct Difference {
        Id id;
        const Object* before;
        const Object* after;
    };
    std::vector<Difference> differences;
    for_each_difference(before, after, [&](Id id, const Object* one, const Object* other) {
        if (one != nullptr && alive(id)) differences.push_back({id, one, other});
    });
    for (const auto& [id, one, other] : differences) {
        const bool slots_differ = other == nullptr || !same_slots(*one, *other);
        if (one->kind == Kind::kScope || one->kind == Kind::kCell || one->kind == Kind::kInstance) {
            for (std::size_t i = 0; slots_differ && other != nullptr && i < at(id).slots.size(); ++i) {
                const Id was = i < one->slots.size() ? one->slots[i].target : kUnbound;
                const std::size_t there = one->kind == Kind::kInstance && i < one->slots.size()
                                              ? find_label(other->slots, one->slots[i])
                                              : i;
                const Id is = there < other->slots.size() ? other->slots[there].target : kUnbound;
                if (was == is) continue;
                give_up(is);
                if (is_anything(was)) continue;
                gave_up = true;
                give_up(was);
                set(id, i, choice({was}, true, true));
            }
            if (slots_differ && other != nullptr && other->slots.size() != one->slots.size() &&
                one->kind != Kind::kScope && !at(id).smeared) {
                gave_up = true;
                smear(id);
            }
        } else if (slots_differ && one->kind != Kind::kChoice) {
            if (!at(id).smeared) gave_up = true;
            smear(id);
        }
        if (other != nullptr && slots_differ) {
            for (const Slot& slot : other->slots) {
                if (std::any_of(one->slots.begin(), one->slots.end(),
                                [&](const Slot& old) { return old.target == slot.target; })) {
                    continue;
                }
                give_up(slot.target);
            }
        }
        if (one->kind == Kind::kScope) continue;
        if (other == nullptr || !same_holders(*one, *other) || other->open != one->open ||
            (other->smeared != one->smeared && one->kind != Kind::kChoice)) {
            if (one->kind == Kind::kChoice) continue;
            give_up(id);
        }
    }
    if (after.code_escaped && !code_escaped) gave_up = code_escaped = true;
    if (after.lost && !lost) {
        open_everything(true);
        gave_up = lost = true;
    }
    collecting = collecting || after.collecting;
    return gave_up;
}

}  // namespace refscope::lsp::facts
