#include "vm/modules/io_module.h"

#include <cstring>
#include <string>

#include "vm/heap/allocator.h"
#include "vm/host/host.h"
#include "vm/modules/interpreter_flags.h"
#include "vm/modules/io_base.h"
#include "vm/modules/posix_path.h"
#include "vm/objects/abstract.h"
#include "vm/objects/arguments.h"
#include "vm/objects/bool.h"
#include "vm/objects/call.h"
#include "vm/objects/dict.h"
#include "vm/objects/errors.h"
#include "vm/objects/exceptions.h"
#include "vm/objects/int.h"
#include "vm/objects/module_object.h"
#include "vm/objects/singletons.h"
#include "vm/objects/str.h"
#include "vm/objects/tuple.h"
#include "vm/objects/type.h"

namespace refscope::vm {

namespace {

// What a mode of open() asks for.
struct Mode {
    bool creating = false, reading = false, writing = false, appending = false, updating = false, text = false, binary = false;
    std::string raw;  // for FileIO
};

bool parse_mode(const char* text, Mode* mode) {
    for (const char* c = text; *c; ++c) {
        bool* seen = nullptr;
        switch (*c) {
            case 'x': seen = &mode->creating; break;
            case 'r': seen = &mode->reading; break;
            case 'w': seen = &mode->writing; break;
            case 'a': seen = &mode->appending; break;
            case '+': seen = &mode->updating; break;
            case 't': seen = &mode->text; break;
            case 'b': seen = &mode->binary; break;
        }
        if (!seen || *seen) {
            err_format(exc::ValueError, "invalid mode: '%s'", text);
            return false;
        }
        *seen = true;
    }
    if (mode->text && mode->binary) {
        err_set_string(exc::ValueError, "can't have text and binary mode at once");
        return false;
    }
    if (mode->creating + mode->reading + mode->writing + mode->appending != 1) {
        err_set_string(exc::ValueError, "must have exactly one of create/read/write/append mode");
        return false;
    }
    mode->raw = mode->creating ? "x" : mode->reading ? "r" : mode->writing ? "w" : "a";
    if (mode->updating) mode->raw += '+';
    return true;
}

bool text_or_none(Object* argument, const char* position, const char** result) {
    *result = nullptr;
    if (!argument || is_none(argument)) return true;
    if (!str_check(argument)) {
        argument_bad("open", position, "str or None", argument);
        return false;
    }
    *result = str_as_utf8(argument);
    return *result != nullptr;
}

// Closes what has been opened when a later step fails, with the first error kept.
Owned close_after_failure(const Ref<>& opened) {
    Ref<> failure = own(err_fetch());
    Ref<> closed = own(object_call_method(opened.get(), ID(close)));
    err_chain(failure.release());
    return nullptr;
}

Owned open_file(Object* name, const char* mode_text, intptr_t buffering, Object* encoding, Object* errors, const char* newline,
                bool close_descriptor, Object* opener) {
    Mode mode;
    if (!parse_mode(mode_text, &mode)) return nullptr;
    auto given = [](Object* option) { return option && !is_none(option); };
    if (mode.binary && given(encoding)) return err_set_string(exc::ValueError, "binary mode doesn't take an encoding argument");
    if (mode.binary && given(errors)) return err_set_string(exc::ValueError, "binary mode doesn't take an errors argument");
    if (mode.binary && newline) return err_set_string(exc::ValueError, "binary mode doesn't take a newline argument");
    if (mode.binary && buffering == 1 &&
        err_warn(exc::RuntimeWarning, 1,
                 "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used") < 0) {
        return nullptr;
    }
    Ref<> file = int_check(name) ? share(name) : own(object_fspath(name));
    if (!file) return nullptr;
    Ref<> raw = own(file_io_new(file.get(), mode.raw.c_str(), close_descriptor, opener));
    if (!raw) return nullptr;
    const int descriptor = file_io_descriptor(raw.get());
    const bool terminal = buffering < 0 && host().is_terminal(descriptor);
    const bool line_buffering = buffering == 1 || terminal;
    if (buffering == 1 || terminal) buffering = -1;
    if (buffering < 0) {
        struct stat status;
        buffering = kDefaultBufferSize;
        if (host().status_of_descriptor(descriptor, &status) == 0 && status.st_blksize > 1) buffering = status.st_blksize;
    }
    if (buffering == 0) {
        if (mode.binary) return raw.release();
        err_set_string(exc::ValueError, "can't have unbuffered text I/O");
        return close_after_failure(raw);
    }
    Type* type = mode.updating ? &buffered_random_type : mode.reading ? &buffered_reader_type : &buffered_writer_type;
    Ref<> buffer = own(buffered_new(type, raw.get(), buffering));
    if (!buffer) return close_after_failure(raw);
    if (mode.binary) return buffer.release();
    Ref<> text = own(text_io_new(buffer.get(), encoding ? encoding : none(), errors ? errors : none(), newline,
                                 line_buffering, false));
    if (!text) return close_after_failure(buffer);
    Ref<> mode_object = own(str_from_string(mode_text));
    if (!mode_object || object_set_attr(text.get(), ID(mode), mode_object.get()) < 0) return close_after_failure(text);
    return text.release();
}

Owned io_open_code(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"path", nullptr};
    static const KeywordParser parser{"open_code", names, 1, 1};
    Object* out[1] = {};
    if (!unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    if (!str_check(out[0])) {
        argument_bad("open_code", "argument 'path'", "str", out[0]);
        return nullptr;
    }
    return open_file(out[0], "rb", -1, nullptr, nullptr, nullptr, true, nullptr);
}
Owned io_text_encoding(Object*, Object* const* args, intptr_t nargs) {
    if (!check_positional("text_encoding", nargs, 1, 2)) return nullptr;
    return is_none(args[0]) ? str_intern_from_string("locale") : newref(args[0]);
}

const MethodDef io_functions[] = {
    method_def("open", io_open, kMethFastcall | kMethKeywords,
               "open($module, /, file, mode=\'r\', buffering=-1, encoding=None,\n     errors=None, newline=None, closefd=True, opener=None)\n--\n\nOpen a file."),
    method_def("text_encoding", io_text_encoding, kMethFastcall),
    method_def("open_code", io_open_code, kMethFastcall | kMethKeywords),
    {nullptr, nullptr, 0}};

int make_unsupported_operation() {
    if (unsupported_operation) return 0;
    Ref<> name = own(str_from_string("UnsupportedOperation"));
    Ref<> bases = own(tuple_pack({&exc::OSError, &exc::ValueError}));
    Ref<> dict = own(dict_new());
    Ref<> module = own(str_from_string("io"));
    if (!name || !bases || !dict || !module || dict_set_item_string(dict.get(), "__module__", module.get()) < 0) return -1;
    unsupported_operation = type_new_from(&type_type, name.get(), bases.get(), dict.get(), nullptr);
    if (!unsupported_operation) return -1;
    register_root(&unsupported_operation, "io.UnsupportedOperation");
    return 0;
}

}  // namespace

int init_io_types() {
    Type* const types[] = {&io_base_type,         &raw_io_base_type,     &buffered_io_base_type, &text_io_base_type,
                           &file_io_type,         &bytes_io_type,        &string_io_type,        &text_io_wrapper_type,
                           &newline_decoder_type, &buffered_reader_type, &buffered_writer_type,  &buffered_random_type,
                           &buffered_rw_pair_type};
    for (Type* type : types) {
        if (!type->has(kReady) && type_ready(type) < 0) return -1;
    }
    return make_unsupported_operation();
}

Owned io_open(Object*, Object* const* args, intptr_t nargs, Object* kwnames) {
    static const char* const names[] = {"file", "mode", "buffering", "encoding", "errors", "newline", "closefd", "opener", nullptr};
    static const KeywordParser parser{"open", names, 1, 8};
    Object* out[8] = {};
    const char *mode = "r", *newline, *ignored;
    int buffering = -1;
    bool close_descriptor = true;
    if (init_io_types() < 0 || !unpack_keywords(parser, args, nargs, kwnames, out)) return nullptr;
    if (out[1]) {
        if (!str_check(out[1])) {
            argument_bad("open", "argument 'mode'", "str", out[1]);
            return nullptr;
        }
        if (!(mode = str_as_utf8(out[1]))) return nullptr;
    }
    if (out[2] && !argument_int(out[2], &buffering)) return nullptr;
    if (!text_or_none(out[3], "argument 'encoding'", &ignored) || !text_or_none(out[4], "argument 'errors'", &ignored) ||
        !text_or_none(out[5], "argument 'newline'", &newline) || (out[6] && !argument_bool(out[6], &close_descriptor))) {
        return nullptr;
    }
    return open_file(out[0], mode, buffering, out[3], out[4], newline, close_descriptor,
                     out[7] && !is_none(out[7]) ? out[7] : nullptr);
}

Owned open_standard_stream(int descriptor, const char* name, bool writes, bool line_buffered) {
    if (init_io_types() < 0) return nullptr;
    Ref<> number = own(int_from_int(descriptor));
    Ref<> raw = own(file_io_new(number.get(), writes ? "wb" : "rb", false, nullptr));
    Ref<> shown_name = own(str_from_string(name));
    if (!raw || !shown_name || object_set_attr(raw.get(), ID(name), shown_name.get()) < 0) return nullptr;
    const char* setting = python_variable("PYTHONUNBUFFERED");
    const bool unbuffered = writes && (interpreter_flags.unbuffered || (setting && *setting));
    Ref<> buffer = unbuffered ? raw
                              : own(buffered_new(writes ? &buffered_writer_type : &buffered_reader_type, raw.get(), kDefaultBufferSize));
    Ref<> encoding = own(str_from_string("utf-8"));
    Ref<> errors = own(str_from_string(descriptor == 2 ? "backslashreplace" : locale_is_c() ? "surrogateescape" : "strict"));
    if (!buffer || !encoding || !errors) return nullptr;
    const bool line_buffering = writes && (line_buffered || descriptor == 2 || host().is_terminal(descriptor));
    Ref<> text = own(text_io_new(buffer.get(), encoding.get(), errors.get(), "\n", line_buffering, unbuffered));
    Ref<> mode = own(str_from_string(writes ? "w" : "r"));
    if (!text || !mode || object_set_attr(text.get(), ID(mode), mode.get()) < 0) return nullptr;
    return text.release();
}

Owned create_io_module() {
    if (init_io_types() < 0) return nullptr;
    Ref<> module = own(module_create("_io", "Files: raw, buffered and text.", io_functions));
    if (!module || module_add_int(module.get(), "DEFAULT_BUFFER_SIZE", kDefaultBufferSize) < 0 ||
        module_add_object(module.get(), "BlockingIOError", &exc::BlockingIOError) < 0 ||
        module_add_object(module.get(), "UnsupportedOperation", unsupported_operation) < 0) {
        return nullptr;
    }
    for (Type* type : {&io_base_type, &raw_io_base_type, &buffered_io_base_type, &text_io_base_type, &file_io_type, &bytes_io_type,
                       &string_io_type, &text_io_wrapper_type, &newline_decoder_type, &buffered_reader_type,
                       &buffered_writer_type, &buffered_random_type, &buffered_rw_pair_type}) {
        if (module_add_type(module.get(), type) < 0) return nullptr;
    }
    return module.release();
}

}  // namespace refscope::vm
