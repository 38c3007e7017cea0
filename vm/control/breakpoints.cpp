#include "vm/control/breakpoints.h"

#include <climits>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

#include "vm/bytecode/translate.h"
#include "vm/compiler/compile.h"
#include "vm/interpreter/interpreter.h"
#include "vm/objects/str.h"
#include "vm/objects/type.h"
#include "vm/syntax/parse.h"

namespace refscope::vm {

std::string real_path(const std::string& path) {
    char resolved[PATH_MAX];
    return realpath(path.c_str(), resolved) ? resolved : path;
}

namespace {

void collect_lines(const bytecode::CodeUnit& unit, std::set<int>* lines) {
    bytecode::RegisterCode code = bytecode::translate(unit);
    for (size_t i = 0; i < code.instructions.size(); i += 1 + static_cast<size_t>(bytecode::cache_slots(code.instructions[i].op()))) {
        if (code.info[i].starts_line) lines->insert(code.info[i].line);
    }
    for (const auto& constant : unit.consts) {
        if (constant->kind == bytecode::Constant::Kind::kCode) collect_lines(*constant->code, lines);
    }
}

const std::string& file_of(const CodeObject* code) { return code_unit(code).filename; }

bool is_function_named(const CodeObject* code, const std::string& name) {
    const bytecode::CodeUnit& unit = code_unit(code);
    return unit.name != "<module>" && (unit.name == name || unit.qualname == name);
}

// The first line of the body: where a function breakpoint stops.
uint32_t first_body_instruction(const CodeObject* code) {
    for (uint32_t i = 0; i < code->instruction_count; i += 1 + static_cast<uint32_t>(bytecode::cache_slots(code->instructions[i].op()))) {
        if (code->registers->info[i].starts_line) return i;
    }
    return UINT32_MAX;
}

template <class F>
void for_each_instruction(CodeObject* code, F&& f) {
    for (uint32_t i = 0; i < code->instruction_count;) {
        uint32_t next = i + 1 + static_cast<uint32_t>(bytecode::cache_slots(code->instructions[i].op()));
        f(i);
        i = next;
    }
}

}  // namespace

std::set<int> executable_lines(const std::string& path) {
    std::set<int> lines;
    std::ifstream file(path, std::ios::binary);
    if (!file) return lines;
    std::stringstream bytes;
    bytes << file.rdbuf();
    base::DecodedSource decoded = base::decode_source(bytes.str(), path);
    if (!decoded.error.empty()) return lines;
    syntax::ParseResult parsed = syntax::parse(decoded.source);
    if (!parsed.ok()) return lines;
    compiler::CompileResult result = compiler::compile(*parsed.tree, decoded.source.text(), path);
    if (result.code) collect_lines(*result.code, &lines);
    return lines;
}

std::vector<LineBreakpointResult> CodeBreakpoints::set_lines(const std::string& path, const std::vector<std::pair<int, int>>& id_and_line) {
    std::string real = real_path(path);
    std::set<int> lines = executable_lines(real);
    std::vector<LineBreakpointResult> results;
    auto& places = lines_[real];
    places.clear();
    for (auto [id, line] : id_and_line) {
        auto at = lines.lower_bound(line);
        if (at == lines.end()) {
            results.push_back({id, false, line, lines.empty() ? "the file cannot be read or compiled" : "no code on this line or below it"});
            continue;
        }
        places[*at].push_back(id);
        results.push_back({id, true, *at, ""});
    }
    if (places.empty()) lines_.erase(real);
    for_each_code([](CodeObject* code, void* self) { static_cast<CodeBreakpoints*>(self)->patch(code); }, this);
    return results;
}

void CodeBreakpoints::set_functions(std::vector<std::pair<int, std::string>> functions) {
    functions_ = std::move(functions);
    for_each_code([](CodeObject* code, void* self) { static_cast<CodeBreakpoints*>(self)->patch(code); }, this);
}

void CodeBreakpoints::clear() {
    lines_.clear();
    functions_.clear();
    for_each_code([](CodeObject* code, void* self) { static_cast<CodeBreakpoints*>(self)->patch(code); }, this);
}

void CodeBreakpoints::flood(Frame* innermost) {
    drain();
    for (Frame* frame = innermost; frame; frame = frame->caller()) {
        flooded_.push_back(newref(frame->code));
        for_each_instruction(frame->code, [&](uint32_t i) { patch_instruction(frame->code, i); });
    }
}

void CodeBreakpoints::drain() {
    for (CodeObject* code : std::exchange(flooded_, {})) {
        patch(code);
        decref(code);
    }
}

void CodeBreakpoints::code_prepared(CodeObject* code) { patch(code); }

void CodeBreakpoints::patch(CodeObject* code) {
    auto file = lines_.empty() ? lines_.end() : lines_.find(real_path(file_of(code)));
    uint32_t entry = UINT32_MAX;
    for (const auto& [id, name] : functions_) {
        if (is_function_named(code, name)) entry = first_body_instruction(code);
    }
    for_each_instruction(code, [&](uint32_t i) {
        const bytecode::InstructionInfo& info = code->registers->info[i];
        bool wanted = i == entry || (file != lines_.end() && info.starts_line && file->second.count(info.line));
        if (wanted != is_patched(code, i)) wanted ? patch_instruction(code, i) : unpatch_instruction(code, i);
    });
}

std::vector<int> CodeBreakpoints::at(const Frame* frame, bool* function) const {
    std::vector<int> ids;
    *function = false;
    const bytecode::InstructionInfo& info = frame->info();
    auto file = lines_.empty() ? lines_.end() : lines_.find(real_path(file_of(frame->code)));
    if (file != lines_.end() && info.starts_line) {
        auto line = file->second.find(info.line);
        if (line != file->second.end()) ids = line->second;
    }
    for (const auto& [id, name] : functions_) {
        if (is_function_named(frame->code, name) && first_body_instruction(frame->code) == instruction_index(frame->code, frame->pc)) {
            *function = ids.empty();
            ids.push_back(id);
        }
    }
    return ids;
}

namespace {

bool is_class_named(Type* type, const std::string& name) {
    if (name == type_short_name(type)) return true;
    return type->has(kHeapType) && type->ht_qualname && str_to_utf8(type->ht_qualname) == name;
}

}  // namespace

std::vector<int> DeathBreakpoints::matching(Object* object) const {
    std::vector<int> ids;
    for (const ByObject& by : objects_) {
        if (by.object == object) ids.push_back(by.id);
    }
    for (const ByObject& by : named_objects_) {
        if (by.object == object) ids.push_back(by.id);
    }
    for (const ByClass& by : classes_) {
        for (Type* type = object->type; type; type = type->tp_base) {
            if (!is_class_named(type, by.name)) continue;
            ids.push_back(by.id);
            break;
        }
    }
    return ids;
}

std::vector<int> DeathBreakpoints::forget(Object* object) {
    std::vector<int> ended;
    for (auto* list : {&objects_, &named_objects_}) {
        for (size_t i = 0; i < list->size();) {
            if ((*list)[i].object == object) {
                ended.push_back((*list)[i].id);
                list->erase(list->begin() + static_cast<ptrdiff_t>(i));
            } else {
                ++i;
            }
        }
    }
    return ended;
}

}  // namespace refscope::vm
