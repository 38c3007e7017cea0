// What is recorded: for each name that a line mentions, the count after the line, and who holds.
#include <algorithm>

#include "lsp/facts/run.h"
#include "vm/syntax/ast_visitor.h"

namespace refscope::lsp::facts {

using namespace syntax;

namespace {

constexpr std::size_t kMostHolders = 12;
constexpr std::size_t kSearch = 2000;  // objects looked at for one question

bool is_block(NodeKind kind) {
    switch (kind) {
        case NodeKind::If:
        case NodeKind::For:
        case NodeKind::AsyncFor:
        case NodeKind::While:
        case NodeKind::With:
        case NodeKind::AsyncWith:
        case NodeKind::Match: return true;
        default: return false;
    }
}

const ExprNode* none_assigned(const StmtNode& node) {
    if (const auto* assignment = node_cast<Assign>(&node)) return assignment->value;
    if (const auto* annotated = node_cast<AnnAssign>(&node)) return annotated->value;
    return nullptr;
}

std::string in_words(std::uint32_t count) { return std::to_string(count); }

}  // namespace

void Run::begin_statement(const StmtNode& node) {
    if (!recording_) return;
    if (!mentions_.empty() && node.range.lineno > mentions_line_) flush_mentions();
    if (mentions_.empty()) old_garbage_ = garbage_;
    mentions_line_ = node.range.lineno;

    std::vector<const ExprNode*> released;
    if (const auto* deletion = node_cast<Delete>(&node)) {
        for (const auto* target : deletion->targets) {
            if (const auto* tuple = node_cast<Tuple>(target)) {
                released.insert(released.end(), tuple->elts.begin(), tuple->elts.end());
            } else {
                released.push_back(target);
            }
        }
    }
    const auto* value = node_cast<Constant>(none_assigned(node));
    if (value != nullptr && value->constant_kind == ConstantKind::None) {
        if (const auto* assignment = node_cast<Assign>(&node)) {
            released.assign(assignment->targets.begin(), assignment->targets.end());
        } else {
            released.push_back(static_cast<const AnnAssign&>(node).target);
        }
    }
    mention(node);
    for (const auto* target : released) {
        const auto* name = node_cast<Name>(target);
        if (name == nullptr) continue;
        const Id object = peek(name->id);
        // What is bound to nothing that counts lets nothing go.
        if (value != nullptr && !heap_.alive(object) && object != kUnknown) continue;
        for (auto mention = mentions_.rbegin(); mention != mentions_.rend(); ++mention) {
            if (mention->range.begin != name->range.begin) continue;
            mention->released = true;
            mention->object = object;
            if (heap_.alive(object)) mention->before = bounds(object);
            break;
        }
    }
}

void Run::end_statement(const StmtNode& node) {
    find_garbage();
    if (!recording_) return;
    if (node.kind == NodeKind::ClassDef && mentions_.empty()) mention(node);
    if (!is_block(node.kind)) mentions_line_ = std::max(mentions_line_, node.range.end_lineno);
}

void Run::mention_name(std::string_view name, const Range& range) {
    if (name.empty()) return;
    Mention mention;
    mention.name = name;
    mention.range = range;
    mentions_.push_back(mention);
}

// The names that the statement itself mentions: not those of blocks and scopes inside.
void Run::mention(const Node& node) {
    std::vector<const Node*> work;
    const auto push = [&](const Node* child) {
        if (child != nullptr) work.push_back(child);
    };
    switch (node.kind) {
        case NodeKind::If: push(static_cast<const If&>(node).test); break;
        case NodeKind::While: push(static_cast<const While&>(node).test); break;
        case NodeKind::For:
        case NodeKind::AsyncFor:
            push(static_cast<const For&>(node).target);
            push(static_cast<const For&>(node).iter);
            break;
        case NodeKind::With:
        case NodeKind::AsyncWith:
            for (const auto* item : static_cast<const With&>(node).items) push(item);
            break;
        case NodeKind::Match: push(static_cast<const Match&>(node).subject); break;
        case NodeKind::FunctionDef:
        case NodeKind::AsyncFunctionDef: {
            const auto& function = static_cast<const FunctionDef&>(node);
            mention_name(function.name, function.name.range);
            for (const auto* one : function.decorator_list) push(one);
            if (function.args != nullptr) {
                for (const auto* one : function.args->defaults) push(one);
                for (const auto* one : function.args->kw_defaults) push(one);
            }
            break;
        }
        case NodeKind::ClassDef: {
            const auto& definition = static_cast<const ClassDef&>(node);
            mention_name(definition.name, definition.name.range);
            for (const auto* one : definition.bases) push(one);
            for (const auto* one : definition.decorator_list) push(one);
            break;
        }
        case NodeKind::Import:
            for (const auto* alias : static_cast<const Import&>(node).names) {
                const auto& name = alias->asname.empty() ? alias->name : alias->asname;
                if (name.text.find('.') == std::string_view::npos) mention_name(name, name.range);
            }
            return;
        case NodeKind::ImportFrom:
            for (const auto* alias : static_cast<const ImportFrom&>(node).names) {
                const auto& name = alias->asname.empty() ? alias->name : alias->asname;
                mention_name(name, name.range);
            }
            return;
        default: for_each_child(node, [&](const Node& child) { push(&child); }); break;
    }
    while (!work.empty()) {
        const Node* at = work.back();
        work.pop_back();
        switch (at->kind) {
            case NodeKind::Lambda: {
                const auto* parameters = static_cast<const Lambda*>(at)->args;
                if (parameters == nullptr) break;
                for (const auto* one : parameters->defaults) push(one);
                for (const auto* one : parameters->kw_defaults) push(one);
                break;
            }
            case NodeKind::ListComp: push(static_cast<const ListComp*>(at)->generators[0]->iter); break;
            case NodeKind::SetComp: push(static_cast<const SetComp*>(at)->generators[0]->iter); break;
            case NodeKind::DictComp: push(static_cast<const DictComp*>(at)->generators[0]->iter); break;
            case NodeKind::GeneratorExp: push(static_cast<const GeneratorExp*>(at)->generators[0]->iter); break;
            case NodeKind::Name: mention_name(static_cast<const Name*>(at)->id, at->range); break;
            default: for_each_child(*at, [&](const Node& child) { push(&child); }); break;
        }
    }
}

void Run::flush_mentions() {
    std::vector<Mention> mentions;
    mentions.swap(mentions_);
    for (const Mention& one : mentions) record(one, mentions_line_);
}

Run::Bounds Run::bounds(Id id) const {
    Bounds result;
    const Object& object = heap_.at(id);
    if (object.kind == Kind::kChoice) {
        // Whichever it is, the name that asks holds it.
        bool first = true;
        for (const Slot& slot : object.slots) {
            Bounds one;
            if (!heap_.alive(slot.target)) {
                one.limited = false;
            } else {
                one = bounds(slot.target);
            }
            one.low += heap_.alive(slot.target) ? 1 : 0;
            if (first) {
                result = one;
            } else {
                result.low = std::min(result.low, one.low);
                result.high = std::max(result.high, one.high);
                result.limited = result.limited && one.limited;
            }
            first = false;
        }
        if (object.smeared || object.flag || first) {
            result.limited = false;
            result.low = std::min<std::uint32_t>(result.low, 1);
        }
        return result;
    }
    result.low = object.certain;
    result.high = object.certain + object.maybe;
    result.limited = !object.open;
    if (heap_.collecting) {
        for (const Id holder : object.holders) {
            if (garbage_.count(holder) != 0 && result.low > 0) --result.low;
        }
    }
    return result;
}

void Run::record(const Mention& mention, int line) {
    const auto text = [](const Bounds& bounds) {
        if (bounds.exact()) return in_words(bounds.low);
        if (!bounds.limited) return "≥ " + in_words(bounds.low);
        return in_words(bounds.low) + "–" + in_words(bounds.high);
    };
    CountFact fact;
    fact.name = std::string(mention.name);
    fact.range = mention.range;
    fact.line = line;

    if (mention.released) {
        if (!heap_.alive(mention.object) && mention.before.low == 0) {
            if (is_constant(mention.object) && constants_.at(mention.object).sort != ConstantSort::kResult) {
                fact.type = std::string(constants_.at(mention.object).type);
                fact.count = "shared";
                fact.note = std::string(constants_.at(mention.object).reason);
            } else {
                fact.count = "refcount unknown";
                fact.note = "of the object that the name lets go";
            }
            facts_[mention.range.begin] = std::move(fact);
            return;
        }
        Bounds after;
        if (heap_.alive(mention.object)) {
            // Garbage that this line makes is still there when the line ends.
            std::set<Id> now = std::move(garbage_);
            garbage_ = old_garbage_;
            after = bounds(mention.object);
            garbage_ = std::move(now);
            fact.type = std::string(type_of(mention.object));
            fact.holders = holders_of(mention.object);
        }
        if (mention.before.exact() && after.exact()) {
            fact.count = "refcount " + text(mention.before) + " → " + text(after);
        } else if (!mention.before.limited || !after.limited) {
            mention.before.limited ? fact.count = "refcount unknown"
                                   : fact.count = "refcount ≥ " + in_words(mention.before.low) + " → ≥ " + in_words(after.low);
        } else {
            fact.count = "references " + text(mention.before) + " → " + text(after);
        }
        if (after.exact() && after.low == 0) {
            fact.note = "the object dies here";
        } else if (heap_.alive(mention.object) && garbage_.count(mention.object) != 0) {
            fact.note = "in a cycle that nothing else holds: waits for the collector";
        }
        facts_[mention.range.begin] = std::move(fact);
        return;
    }

    const auto place = place_of(mention.name);
    if (!place) return;
    const Object& holder = heap_.at(place->first);
    const Id value = holder.slots[place->second].target;
    if (value == kUnbound) {
        facts_.erase(mention.range.begin);
        return;
    }
    if (is_constant(value)) {
        const auto& constant = constants_.at(value);
        fact.type = std::string(constant.type);
        if (constant.sort == ConstantSort::kResult) {
            fact.count = "refcount unknown";
            fact.note = "a new object, or one that the runtime shares";
        } else {
            fact.count = "shared";
            fact.note = std::string(constant.reason);
        }
        facts_[mention.range.begin] = std::move(fact);
        return;
    }
    if (value == kUnknown || (holder.kind == Kind::kCell && holder.smeared)) {
        fact.count = "refcount ≥ 1";
        fact.note = "where the object comes from is not known";
        facts_[mention.range.begin] = std::move(fact);
        return;
    }
    Bounds count = bounds(value);
    if (count.low == 0) count.low = 1;  // the name itself
    fact.type = std::string(type_of(value));
    fact.holders = holders_of(value);
    if (count.exact()) {
        fact.count = "refcount " + text(count);
    } else if (!count.limited) {
        fact.count = "refcount " + text(count);
        fact.note = "code that is not known here may hold it too";
    } else {
        fact.count = "references " + text(count);
        fact.note = "it depends on the way taken, or on the collector";
    }
    facts_[mention.range.begin] = std::move(fact);
}

// ---- garbage: what only a cycle holds

bool Run::hangs_on_root(Id first) const {
    std::vector<Id> work{first};
    std::set<Id> seen;
    while (!work.empty()) {
        const Id id = work.back();
        work.pop_back();
        if (!heap_.alive(id) || !seen.insert(id).second) continue;
        if (seen.size() > kSearch) return false;
        const Object& object = heap_.at(id);
        if (object.kind == Kind::kScope || object.open || object.pending) return true;
        work.insert(work.end(), object.holders.rbegin(), object.holders.rend());
    }
    return false;
}

void Run::find_garbage() {
    std::vector<Id> suspects;
    suspects.swap(heap_.suspects);
    std::sort(suspects.begin(), suspects.end());
    suspects.erase(std::unique(suspects.begin(), suspects.end()), suspects.end());
    for (const Id suspect : suspects) {
        if (!heap_.alive(suspect) || garbage_.count(suspect) != 0 || hangs_on_root(suspect)) continue;
        std::vector<Id> work{suspect};
        while (!work.empty()) {
            const Id id = work.back();
            work.pop_back();
            if (!heap_.alive(id) || garbage_.count(id) != 0 || hangs_on_root(id)) continue;
            garbage_.insert(id);
            for (const Slot& slot : heap_.at(id).slots) work.push_back(slot.target);
            if (!heap_.collecting || heap_.at(id).kind != Kind::kInstance || heap_.at(id).slots.empty()) continue;
            // A collection may come at any time, and with it what `__del__` does.
            bool known = true;
            if (find_in_class(heap_.at(id).slots[0].target, "__del__", known) != kUnbound || !known) heap_.code_escaped = true;
        }
    }
}

// ---- holders in the source's names

std::string Run::name_of(Id id, int depth) const {
    const Object& object = heap_.at(id);
    std::string found;
    for (const Id holder : object.holders) {
        if (!heap_.alive(holder)) continue;
        const Object& other = heap_.at(holder);
        for (const Slot& slot : other.slots) {
            if (slot.target != id) continue;
            if (other.kind == Kind::kScope && slot.edge == Edge::kName && slot.label.front() != '(') return std::string(slot.label);
            if (other.kind == Kind::kCell && slot.label != "__class__" && found.empty()) found = std::string(slot.label);
            if (!found.empty() || depth <= 0) continue;
            const std::string base = name_of(holder, depth - 1);
            if (base.empty()) continue;
            if (slot.edge == Edge::kAttribute) found = base + "." + std::string(slot.label);
            if (slot.edge == Edge::kItem) found = base + "[" + std::to_string(&slot - other.slots.data()) + "]";
            if (slot.edge == Edge::kValue) {
                const Slot& key = other.slots[static_cast<std::size_t>(&slot - other.slots.data()) - 1];
                const auto text = text_of(key.target);
                const auto number = number_of(key.target);
                found = base + (text                      ? "['" + std::string(*text) + "']"
                                : number && number->known ? "[" + std::to_string(number->value) + "]"
                                                          : "[…]");
            }
        }
    }
    return found;
}

std::string Run::holder_name(Id holder, Id id, const Slot& slot, int depth) const {
    const Object& other = heap_.at(holder);
    const std::string base = other.kind == Kind::kScope ? "" : name_of(holder, depth);
    const auto of = [&](const std::string& what) {
        return base.empty() ? what : what + " `" + base + "`";
    };
    const std::string type(type_of(holder));
    const auto index = static_cast<std::size_t>(&slot - other.slots.data());
    switch (slot.edge) {
        case Edge::kName: return "`" + std::string(slot.label) + "`";
        case Edge::kCellValue: {
            std::string text, closures;
            for (const Id one : other.holders) {
                if (!heap_.alive(one)) continue;
                if (heap_.at(one).kind == Kind::kScope) text = "`" + std::string(slot.label) + "`";
                if (heap_.at(one).kind != Kind::kFunction) continue;
                std::string function = name_of(one, 1);
                if (function.empty()) {
                    const auto* node = static_cast<const Node*>(heap_.at(one).node);
                    const auto* definition = node_cast<FunctionDef>(node);
                    function = definition != nullptr ? std::string(definition->name.text) : "lambda";
                }
                if (closures.find("`" + function + "`") != std::string::npos) continue;
                closures += (closures.empty() ? "closure `" : ", closure `") + function + "`";
            }
            if (slot.label == "__class__") return "the cell `__class__` of its methods";
            if (text.empty()) return closures.empty() ? "a closure cell" : closures;
            return closures.empty() ? text : text + " (one cell with " + closures + ")";
        }
        case Edge::kItem:
            if (other.type == "slice") return "a slice";
            return base.empty() ? "item [" + std::to_string(index) + "] of a " + type
                                : "`" + base + "[" + std::to_string(index) + "]`";
        case Edge::kValue: {
            const auto text = index > 0 ? text_of(other.slots[index - 1].target) : std::nullopt;
            const auto number = index > 0 ? number_of(other.slots[index - 1].target) : std::nullopt;
            const std::string key = text                      ? "'" + std::string(*text) + "'"
                                    : number && number->known ? std::to_string(number->value)
                                                              : "…";
            return base.empty() ? "value of a dict" : "`" + base + "[" + key + "]`";
        }
        case Edge::kKey: return base.empty() ? "key of a dict" : of("key of");
        case Edge::kMember: return base.empty() ? "member of a set" : of("member of");
        case Edge::kAttribute:
            if (base.empty()) return "attribute `" + std::string(slot.label) + "` of a " + type;
            return "`" + base + "." + std::string(slot.label) + "`";
        case Edge::kType: return base.empty() ? "an instance" : of("instance");
        case Edge::kBase:
            if (other.kind == Kind::kScope) return "the running `class` statement";
            return of("`" + std::string(slot.label) + "` of");
        case Edge::kMro: return of("`__mro__` of");
        case Edge::kOwnClass:
            return slot.label == "__mro__" ? "its own `__mro__`" : "its own descriptor `" + std::string(slot.label) + "`";
        case Edge::kClosure: return base.empty() ? "a closure" : of("closure");
        case Edge::kDefault: return of("default of `" + std::string(slot.label) + "` in");
        case Edge::kAnnotation: return of("annotation `" + std::string(slot.label) + "` of");
        case Edge::kFunction:
            if (other.kind == Kind::kGenerator) return of("frame of the generator");
            return of(other.kind == Kind::kMethod ? "bound method" : type);
        case Edge::kReceiver:
            if (other.kind == Kind::kScope) return "the `with` block";
            return of("bound method");
        case Edge::kSource:
            if (other.kind == Kind::kScope) return slot.label == "match" ? "the `match` block" : "the running loop";
            if (other.kind == Kind::kIterator && base.empty()) return "the running loop's iterator";
            return of(other.kind == Kind::kGenerator ? "generator" : "iterator");
        case Edge::kArgument: return of(other.kind == Kind::kGenerator ? "frame of the generator" : "`args` of");
        case Edge::kCallback: return of("callback of weak reference");
        case Edge::kCandidate: break;
    }
    (void)id;
    return type;
}

std::vector<std::string> Run::holders_of(Id id) const {
    std::vector<std::string> names;
    const Object& object = heap_.at(id);
    if (object.kind == Kind::kChoice) return names;
    std::vector<Id> holders = object.holders;
    std::vector<Id> unique;
    for (const Id holder : holders) {
        if (std::find(unique.begin(), unique.end(), holder) == unique.end()) unique.push_back(holder);
        if (unique.size() > 4 * kMostHolders) break;
    }
    std::stable_sort(unique.begin(), unique.end(), [&](Id a, Id b) {
        const auto rank = [&](Id one) { return !heap_.alive(one) ? 2 : heap_.at(one).kind == Kind::kScope || heap_.at(one).kind == Kind::kCell ? 0 : 1; };
        return rank(a) < rank(b);
    });
    for (const Id holder : unique) {
        if (!heap_.alive(holder)) continue;
        const Object& other = heap_.at(holder);
        if (other.kind == Kind::kChoice) {
            for (const Id above : other.holders) {
                if (!heap_.alive(above)) continue;
                for (const Slot& slot : heap_.at(above).slots) {
                    if (slot.target == holder) names.push_back("maybe " + holder_name(above, holder, slot, 2));
                }
            }
            continue;
        }
        for (const Slot& slot : other.slots) {
            if (slot.target != id) continue;
            if (names.size() == kMostHolders) {
                names.push_back("…");
                return names;
            }
            std::string name = holder_name(holder, id, slot, 2);
            if (!slot.certain) name = "maybe " + name;
            names.push_back(std::move(name));
        }
    }
    return names;
}

}  // namespace refscope::lsp::facts
