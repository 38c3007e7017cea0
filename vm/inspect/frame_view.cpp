#include "vm/inspect/frame_view.h"

#include "vm/objects/cell.h"
#include "vm/objects/dict.h"
#include "vm/objects/str.h"

namespace refscope::vm {

namespace {

std::string text_of(Object* object) { return str_check(object) ? str_to_utf8(object) : "?"; }

bool is_special(const std::string& name) {
    return name.size() > 4 && name.compare(0, 2, "__") == 0 && name.compare(name.size() - 2, 2, "__") == 0;
}

// A cell's content for a variable that closures share.
Object* local_value(Frame* frame, int index) {
    Object* value = frame->registers[index];
    uint8_t kind = code_unit(frame->code).localspluskinds[static_cast<size_t>(index)];
    if (value && (kind & (bytecode::kLocalCell | bytecode::kLocalFree)) && cell_check(value)) return static_cast<CellObject*>(value)->ob_ref;
    return value;
}

void add_namespace(Object* dict, NamedObjects* names) {
    if (!dict || !dict_check(dict)) return;
    NamedObjects special;
    intptr_t position = 0;
    Object *key, *value;
    while (dict_next(dict, &position, &key, &value)) {
        std::string name = text_of(key);
        (is_special(name) ? special : *names).emplace_back(name, value);
    }
    names->insert(names->end(), special.begin(), special.end());
}

}  // namespace

FramePlace frame_place(const Frame* frame) {
    const bytecode::CodeUnit& unit = code_unit(frame->code);
    return {unit.name, unit.filename, frame_line(frame), unit.firstlineno};
}

std::vector<Frame*> thread_frames() {
    std::vector<Frame*> frames;
    for (Frame* frame = current_frame(); frame; frame = frame->caller()) frames.push_back(frame);
    return frames;
}

NamedObjects frame_names(Frame* frame) {
    NamedObjects names;
    for (int i = 0; i < frame->code->nlocalsplus; ++i) {
        if (Object* value = local_value(frame, i)) names.emplace_back(code_unit(frame->code).localsplusnames[static_cast<size_t>(i)], value);
    }
    if (!(frame->code->flags & bytecode::kCoOptimized)) add_namespace(frame->locals, &names);
    return names;
}

NamedObjects frame_globals_list(Frame* frame) {
    NamedObjects names;
    add_namespace(frame->globals, &names);
    return names;
}

NamedObjects frame_temporaries(Frame* frame) {
    NamedObjects names;
    for (int i = 0; i < frame_stack_depth(frame); ++i) {
        if (Object* value = frame_stack_entry(frame, i)) names.emplace_back("[" + std::to_string(i) + "]", value);
    }
    return names;
}

}  // namespace refscope::vm
